"""What the loaded terminology answers: which codes mean the same or more, what a code is called, whether it is known.

Loaded are ConceptMaps and the targets of code tables. A code that is not there is not thereby wrong.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.jsontext import loads

Code = tuple[str, str]  # system, code
_BACK = {"wider": "narrower", "narrower": "wider", "subsumes": "specializes", "specializes": "subsumes"}


@dataclass(frozen=True, slots=True)
class Match:
    """One relation of a ConceptMap: `target` stands in `equivalence` (R4 code) to what was asked for."""

    equivalence: str
    target: Code
    map: str


@dataclass(frozen=True)
class Concepts:
    """relations: code → what maps say of it, in both directions; displays: code → its name, "" when none is loaded."""

    relations: Mapping[Code, tuple[Match, ...]]
    displays: Mapping[Code, str]

    def translate(self, code: Code, target: str = "", map: str = "") -> list[Match]:
        """Relations of a code, to one target system and by one map (id or canonical) when they are named."""
        return [m for m in self.relations.get(code, ()) if target in ("", m.target[0]) and map in ("", m.map)]

    def systems(self) -> set[str]:
        """Code systems of which any code is loaded."""
        return {system for system, _ in self.displays}


def load(files: Mapping[str, str]) -> Concepts:
    """Concepts out of the mapping files by path: `conceptmaps/*.json`, which `tables.load` checks; `tables/*.csv`."""
    relations: dict[Code, list[Match]] = {}
    displays: dict[Code, str] = {}
    for path, text in sorted(files.items()):
        if path.startswith("conceptmaps/"):
            for one, match, names in _mapped(loads(text)):
                relations.setdefault(one, []).append(match)
                back = _BACK.get(match.equivalence, match.equivalence)
                relations.setdefault(match.target, []).append(Match(back, one, match.map))
                _name(displays, names)
        elif path.startswith("tables/"):
            rows = csv.DictReader(io.StringIO(text.partition("\n")[2]))
            _name(displays, {(r["system"], r["code"]): r.get("display") or "" for r in rows if r.get("code")})
    return Concepts({code: tuple(dict.fromkeys(found)) for code, found in relations.items()}, displays)


def _name(displays: dict[Code, str], names: Mapping[Code, str]) -> None:
    for code, display in names.items():
        if not displays.get(code):
            displays[code] = display


def _mapped(concept_map: Mapping[str, Any]) -> Iterator[tuple[Code, Match, dict[Code, str]]]:
    """Code, relation, and the displays of both, for each relation of a ConceptMap."""
    name = str(concept_map.get("url") or concept_map.get("id") or "")
    for group in concept_map.get("group", ()):
        for element in group["element"]:
            one = (group["source"], element["code"])
            for relation in element.get("target", ()):
                if "code" in relation:
                    other = (group["target"], relation["code"])
                    names = {one: str(element.get("display", "")), other: str(relation.get("display", ""))}
                    yield one, Match(relation["equivalence"], other, name), names
