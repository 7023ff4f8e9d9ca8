"""What the package ships as data: mappings, code tables, ConceptMaps. A home's own files lie over them by path."""

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable


@cache
def shipped() -> Mapping[str, str]:
    """Text of every shipped mapping file by its path below mappings/ (`hl7v2/patient.yaml`, `tables/sex.csv`)."""
    found: dict[str, str] = {}
    _walk(files("mappings"), "", found)
    return dict(sorted(found.items()))


@cache
def codes() -> Mapping[str, Mapping[str, str]]:
    """Every issue code with its severity, meaning and next step."""
    text = files("gateway").joinpath("codes.csv").read_text("utf-8")
    return {row["code"]: row for row in csv.DictReader(io.StringIO(text))}


def _walk(folder: Traversable, prefix: str, found: dict[str, str]) -> None:
    for item in folder.iterdir():
        if item.is_dir():
            _walk(item, f"{prefix}{item.name}/", found)
        elif item.name.endswith((".yaml", ".csv", ".json")):
            found[prefix + item.name] = item.read_text("utf-8")


def below(files: Mapping[str, str], *prefixes: str) -> dict[str, str]:
    """The files whose path is one of the prefixes, with or without suffix, or lies below one."""
    return {path: text for path, text in files.items()
            if any(path == p or path.rpartition(".")[0] == p or path.startswith(p.rstrip("/") + "/") for p in prefixes)}
