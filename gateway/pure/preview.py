"""`gateway map preview`: sample messages under changed mapping files beside the deployed ones. Stores nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.config import Source, mapping_files, utf8
from gateway.errors import ConfigError, error
from gateway.fhir.validate import validate
from gateway.mapping.ledger import unnumbered
from gateway.mapping.run import Coverage, Mapper, Result, result
from gateway.model import Message, Rejected
from gateway.pure.mapping import mapper_of, reads
from gateway.reading.reader import reader_of
from gateway.registry import adapter_class
from gateway.shipped import shipped

KINDS = ("hl7v2", "ccda")
_LOCAL = "urn:throughline:"
Files = Mapping[str, str]


@dataclass
class Preview:
    """Sums over the messages of a preview."""

    states: Counter[str] = field(default_factory=Counter)
    changes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    systems: Counter[str] = field(default_factory=Counter)
    coverage: Coverage = field(default_factory=Coverage)
    skipped: list[str] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """The document of `gateway map preview`; shares of codes are by system, `text` where there is no code."""
        counted = self.coverage.json()
        codes = self.systems.total()
        return {"schema": "gateway.map-preview/1", "messages": self.states.total(),
                **{state: self.states[state] for state in ("same", "changed", "failed")},
                "changes": [{"count": n, "element": e, "before": b, "after": a}
                            for (e, b, a), n in self.changes.most_common()],
                "failures": [{"count": n, "code": c, "where": w} for (c, w), n in self.failures.most_common()],
                "fields": {s: counted[s] for s in ("mapped", "ignored", "unmapped")},
                "unmapped": [p["path"] for p in counted["paths"] if p["unmapped"]],
                "codes": {system: round(n / codes, 4) for system, n in self.systems.most_common()},
                "skipped": self.skipped}


def deployed(home: Path) -> dict[str, str]:
    """The mapping files in force: the shipped ones with the home's own over them, where there is a home."""
    return {**shipped(), **mapping_files(home / "mappings")}


def changed(path: Path, old: Files) -> dict[str, str]:
    """The files with the new ones over them: a folder laid out like mappings/, or one YAML file by its name."""
    if path.is_dir():
        return {**old, **mapping_files(path)}
    written = utf8(path, path.name)
    return {**old, f"{reads(written)}/{path.name}": written}


def preview(inputs: Iterable[tuple[str, bytes]], old: Files, new: Files, zone: str | None = None) -> Preview:
    """Map every message under both; inputs are name and bytes of files of HL7 v2 or C-CDA. Raises ConfigError."""
    out, mappers = Preview(), dict[str, tuple[Mapper, Mapper]]()
    for name, data in inputs:
        kind = next((k for k in KINDS if adapter_class(k)().sniff(data)), "")
        if not kind:
            out.skipped.append(name)
            continue
        if kind not in mappers:
            first = mapper_of(kind, old, (), zone)
            mappers[kind] = first, first if new == old else mapper_of(kind, new, (), zone)
        for message in adapter_class(kind)().split(data):
            _compare(message, *mappers[kind], out)
    return out


def preview_of(source: Source, home: Path, taken: Iterable[tuple[str, bytes]], old: Files, new: Files) -> Preview:
    """The same for messages (kind and bytes) of one source, read with its settings. Raises ConfigError."""
    out = Preview()
    before = _mapper(source, home, old)
    after = before if new == old else _mapper(source, home, new)
    for kind, raw in taken:
        _compare(Message("", kind, raw, ""), before, after, out)
    return out


def _mapper(source: Source, home: Path, files: Files) -> Mapper:
    reader = reader_of(source, home, files)
    if reader.mapping is None:
        raise ConfigError(error("mapping-none-used", f"The source {source.name!r} speaks FHIR; no mapping reads its "
                                "messages.", source.name, "Preview a source that sends HL7 v2, documents or tables."))
    return Mapper(reader.adapter, reader.mapping, validate, source.name, source.timezone, source.locale,
                  source.assigners)


def _compare(message: Message | Rejected, old: Mapper, new: Mapper, out: Preview) -> None:
    before = result(old, message)
    after = before if new is old else result(new, message)
    out.coverage.add(after)
    out.systems.update(_codes(list(after.mapped.resources)))
    changes = set(_changes(before, after))
    out.changes.update(changes)
    if after.failed:
        serious = {(i.code, i.where) for i in after.mapped.issues if i.severity in ("error", "fatal")}
        out.failures.update(serious)
    out.states["failed" if after.failed else "changed" if changes else "same"] += 1


def _changes(before: Result, after: Result) -> Iterator[tuple[str, str, str]]:
    """(Type.element, before, after) for each value that differs, "" where there is none."""
    old, new = (_values(r) for r in (before, after))
    for place in sorted(old.keys() | new.keys()):
        if old.get(place) != new.get(place):
            yield unnumbered(f"{place[0].partition('/')[0]}{place[1]}"), old.get(place, ""), new.get(place, "")


def _values(found: Result) -> dict[tuple[str, str], str]:
    values = {(f"{r['resourceType']}/{r['id']}", path): value for r in found.mapped.resources
              for path, value in _leaves(r, "")}
    said = {("assertion", f".{n}.{a.kind}{path}"): value for n, a in enumerate(found.mapped.assertions)
            for path, value in _leaves(a.body, "")}
    return {**values, **said}


def _leaves(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            yield from _leaves(value, f"{path}.{name}")
    elif isinstance(node, list | tuple):
        for number, value in enumerate(node, 1):
            yield from _leaves(value, f"{path}[{number}]")
    else:
        yield path, str(node)


def _codes(node: Any) -> Iterator[str]:
    """For each coded element its system, `local` where the source made it up, `text` where words stand alone."""
    if isinstance(node, list):
        for item in node:
            yield from _codes(item)
    elif isinstance(node, Mapping):
        if "coding" in node:
            systems = [str(c.get("system", "")) for c in node["coding"]]
            yield next((s for s in systems if s and not s.startswith(_LOCAL)), "local")
        elif node.keys() == {"text"}:
            yield "text"
        for value in node.values():
            yield from _codes(value)
