"""From sources/<name>.toml to a Reader: adapter, compiled mapping, tables, checks."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from gateway.config import Source, place
from gateway.errors import ConfigError, error
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.validate import salvage
from gateway.mapping.compiler import compile_mappings
from gateway.mapping.tables import read_table
from gateway.reading.inside import KIND
from gateway.reading.process import Reader
from gateway.registry import make_adapter
from gateway.sdk import Adapter, Table
from gateway.shipped import below

PATHS = ("path", "folder", "file", "token_file", "certificate_file", "key_file", "clients_file")


def tables(files: Mapping[str, str]) -> dict[str, Table]:
    """Code tables by name."""
    return {Path(path).stem: read_table(Path(path).stem, text) for path, text in below(files, "tables").items()}


def adapter_of(source: Source, home: Path) -> Adapter:
    """The adapter with a source's settings; paths are relative to the home. Raises ConfigError."""
    if source.wrong:
        raise ConfigError(*source.wrong)
    settings: dict[str, Any] = dict(source.connection)
    for name in PATHS:
        if isinstance(settings.get(name), str) and settings[name]:
            settings[name] = str(home / settings[name])
    if source.charset:
        settings.setdefault("charset", source.charset)
    file = home / "sources" / f"{source.name}.toml"
    return make_adapter(source.kind, settings, lambda name: place(file, name) if file.exists() else file.name)


def mapping_of(names: tuple[str, ...], kind: str, files: Mapping[str, str], adapter: Any, codes: Mapping[str, Table],
               where: str = "") -> Any:
    """The compiled mapping a source names, by default all of its kind. Raises ConfigError with all mistakes."""
    chosen = {p: t for p, t in below(files, *(names or (kind,))).items() if p.endswith(".yaml")}
    if not chosen:
        raise ConfigError(error("mapping-missing", f"There is no mapping {', '.join(names) or kind!r}.", where,
                                "Name a file or folder below mappings/."))
    return compile_mappings(chosen, adapter, ELEMENTS, codes)


def reader_of(source: Source, home: Path, files: Mapping[str, str]) -> Reader:
    """Everything that reading a source needs. Raises ConfigError."""
    adapter = adapter_of(source, home)
    codes = tables(files)
    mapping = None if hasattr(adapter, "resources") else mapping_of(
        source.mapping, source.kind, files, adapter, codes, f"sources/{source.name}.toml")
    documents = cache(partial(_documents, source, files)) if hasattr(adapter, "enclosed") else None
    return Reader(source.name, adapter, mapping, salvage, source.timezone, source.locale, source.assigners, codes,
                  _share(source.max_unmapped), documents)


def _documents(source: Source, files: Mapping[str, str]) -> Reader:
    """How the documents inside a source's messages are read: by all mappings of their kind."""
    return reader_of(replace(source, kind=KIND, mapping=(), connection={"folder": "."}, charset=""), Path(), files)


def _share(text: str) -> float:
    return float(text.rstrip(" %")) / 100 if text else 1.0
