"""The tables that grouping reads: which codes mean the same, which are broader, units, molar masses; with versions.

Only `equal` and `equivalent` make two codes one concept (MRG-06); `wider` and its kin only say that one lies above the
other. Nothing here rewrites a code: a concept is a name for grouping, the source's own code stays in the record.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from gateway.errors import ConfigError, Issue, error
from gateway.jsontext import BadJson, loads
from gateway.terminology.closure import ancestors, representatives
from gateway.terminology.spelling import spelt
from gateway.terminology.ucum import Unit, parse, spoken

SAME = frozenset({"equal", "equivalent"})
UP = frozenset({"wider", "subsumes"})          # the target is broader than the source
DOWN = frozenset({"narrower", "specializes"})  # the target is narrower than the source
_RELATIONS = SAME | UP | DOWN | {"relatedto", "inexact", "unmatched", "disjoint"}
UCUM = "http://unitsofmeasure.org"
# Table → the column beside system and code that it must have; of systems the one beside system.
_COLUMNS = {"systems": "alias", "molar-masses": "grams_per_mole", "valences": "valence", "none-known": "about",
            "substance-names": "name", "kinds": "kind"}
_NUMBERS = frozenset({"molar-masses", "valences"})


@dataclass(frozen=True)
class Tables:
    """Versioned inputs of the merge. Concepts are texts `system|code`.

    systems     alias of a code system (an OID, a national edition) → its usual URI
    priorities  code system → rank; the least names the primary concept of a CodeableConcept
    same        concept → representative of all concepts that mean the same
    above       representative → representatives of all concepts that are broader
    molar       representative of a test → grams in a mole of its analyte, for mass ↔ substance
    valences    representative of a test → charges of its ion, for equivalents ↔ substance
    none_known  representative of "nothing known" → what it speaks of (`allergy`, `allergy:food`, `problem`, …)
    names       lower-case name of a substance → its representative: for warnings, never to join anything
    kinds       representatives of codes that name a kind of thing, not a thing: "any allergy to a drug"
    versions    table → version
    """

    systems: Mapping[str, str] = field(default_factory=dict)
    priorities: Mapping[str, int] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, frozenset[str]] = field(default_factory=dict)
    molar: Mapping[str, Fraction] = field(default_factory=dict)
    valences: Mapping[str, Fraction] = field(default_factory=dict)
    none_known: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    versions: Mapping[str, str] = field(default_factory=dict)

    def system(self, uri: str) -> str:
        return self.systems.get(uri, uri)

    def concept(self, system: str, code: str) -> str:
        """The concept of a code: the representative of all codes that mean the same."""
        usual = self.systems.get(system, system)
        own = f"{usual}|{spelt(usual, code)}"
        return self.same.get(own, own)

    def priority(self, system: str) -> int:
        return self.priorities.get(self.systems.get(system, system), len(self.priorities))

    def broader(self, concept: str) -> frozenset[str]:
        return self.above.get(concept, frozenset())

    def unit(self, system: str, code: str, text: str) -> Unit | None:
        """The unit of a Quantity: its UCUM code, else what its text says; None when that cannot be told for sure."""
        if system == UCUM:
            return parse(code or text)
        said = "" if system else code or text
        return spoken(said) or parse(said) if said else None


def load(texts: Mapping[str, str]) -> Tables:
    """Tables out of files by path: FHIR ConceptMaps (`*.json`) and `terminology/*.csv`.

    Raises ConfigError with every mistake of every file at once.
    """
    loader = _Loader()
    for path, text in sorted(texts.items()):
        if path.endswith(".json"):
            loader.concept_map(path, text)
        elif path.endswith(".csv"):
            loader.table(path, text)
    if loader.issues:
        raise ConfigError(*loader.issues)
    return loader.tables()


class _Loader:
    """Collects edges and rows of all files; closures are computed once, at the end."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self.versions: dict[str, str] = {}
        self.edges: list[tuple[str, str, str]] = []
        self.rows: dict[str, list[dict[str, str]]] = {}

    def concept_map(self, path: str, text: str) -> None:
        try:
            resource = loads(text)
        except BadJson as e:
            self._bad(path, f"{e}")
            return
        if not isinstance(resource, dict) or resource.get("resourceType") != "ConceptMap":
            self._bad(path, "The file is no FHIR ConceptMap")
            return
        if not isinstance(resource.get("version"), str):
            self._bad(path, "A ConceptMap needs a version: the record names the versions it was made with")
        self.versions[path.rpartition("/")[2].removesuffix(".json")] = str(resource.get("version"))
        groups = resource.get("group", [])
        if not isinstance(groups, list):
            self._bad(f"{path} ConceptMap.group", "It is a list of groups")
            return
        for n, group in enumerate(groups):
            self._group(f"{path} ConceptMap.group[{n}]", group)

    def _group(self, where: str, group: Any) -> None:
        try:
            source, target = group["source"], group["target"]
            found = [(f"{source}|{element['code']}", relation["equivalence"], f"{target}|{relation['code']}")
                     for element in group["element"] for relation in element.get("target", ()) if "code" in relation]
        except (KeyError, TypeError) as e:
            self._bad(where, f"A group needs source, target, element.code, target.equivalence: {e} is missing")
        else:
            for relation in sorted({str(r) for _, r, _ in found} - _RELATIONS):
                self._bad(where, f"{relation} is no equivalence of FHIR R4; they are {', '.join(sorted(_RELATIONS))}")
            self.edges += found

    def table(self, path: str, text: str) -> None:
        first, _, rest = text.partition("\n")
        name = path.rpartition("/")[2].removesuffix(".csv")
        if not first.startswith("# version:"):
            self._bad(f"{path}:1", "The first line of a table is `# version: …`")
            return
        if name not in _COLUMNS:
            self._bad(path, f"The merge reads no table of this name; it reads {', '.join(sorted(_COLUMNS))}")
            return
        self.versions[name] = first.removeprefix("# version:").strip()
        reader = csv.DictReader(io.StringIO(rest))
        for row in reader:
            fault = _fault(name, row)
            if fault:
                self._bad(f"{path}:{reader.line_num + 1}", fault)
            else:
                self.rows.setdefault(name, []).append(row)

    def _bad(self, where: str, message: str) -> None:
        self.issues.append(error("terminology-invalid", f"{message}.", where, "Correct the file; nothing was loaded."))

    def tables(self) -> Tables:
        systems = {row["alias"]: row["system"] for row in self.rows.get("systems", ()) if row["alias"]}
        order = dict.fromkeys(row["system"] for row in self.rows.get("systems", ()))
        edges = [(_concept(systems, a), relation, _concept(systems, b)) for a, relation, b in self.edges]
        same = representatives((a, b) for a, relation, b in edges if relation in SAME)
        named = {k: same.get(k, k) for e in edges for k in (e[0], e[2])}
        upward = [(named[a], named[b]) for a, relation, b in edges if relation in UP]
        upward += [(named[b], named[a]) for a, relation, b in edges if relation in DOWN]
        return Tables(systems, {s: n for n, s in enumerate(order)}, same, ancestors(upward),
                      {c: Fraction(v) for c, v in self._keyed("molar-masses", "grams_per_mole", systems, same)},
                      {c: Fraction(v) for c, v in self._keyed("valences", "valence", systems, same)},
                      dict(self._keyed("none-known", "about", systems, same)),
                      {name.casefold(): c for c, name in self._keyed("substance-names", "name", systems, same)},
                      frozenset(c for c, _ in self._keyed("kinds", "kind", systems, same)),
                      dict(sorted(self.versions.items())))

    def _keyed(self, name: str, column: str, systems: Mapping[str, str],
               same: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        for row in self.rows.get(name, ()):
            concept = _concept(systems, f"{row['system']}|{row['code']}")
            yield same.get(concept, concept), row[column]


def _fault(name: str, row: Mapping[str, str | None]) -> str:
    """What is wrong with the row of a table, "" when nothing is."""
    needed = ("system", _COLUMNS[name]) if name == "systems" else ("system", "code", _COLUMNS[name])
    missing = [c for c in needed if row.get(c) is None]
    if missing:
        return f"The row has no {' and no '.join(missing)}"
    number = str(row[_COLUMNS[name]])
    return "" if name not in _NUMBERS or _is_positive(number) else f"{number} is no number above zero"


def _is_positive(number: str) -> bool:
    try:
        return Fraction(number) > 0
    except (ValueError, ZeroDivisionError):
        return False


def _concept(systems: Mapping[str, str], concept: str) -> str:
    system, _, code = concept.rpartition("|")
    system = systems.get(system, system)
    return f"{system}|{spelt(system, code)}"
