"""Where the elements of a merged resource come from, as FHIR Provenance (US Core author, IPS assembler, mXDE source).

One Provenance for each set of facts that stands behind elements of a resource: its target names the resource and, by
the extension `targetPath`, the elements; its entities are the facts, served under /fhir/source at their version.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.disclose.view import View
from gateway.fhir.own import own
from gateway.ids import ID_LENGTH, digest
from gateway.jsontext import loads

ROLES = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
DERIVED = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-DataOperation", "code": "DERIVE"}]}
PATH = "http://hl7.org/fhir/StructureDefinition/targetPath"
NEVER = "1970-01-01T00:00:00Z"


def of(view: View, references: Iterable[str]) -> list[dict[str, Any]]:
    """The Provenance resources of merged resources (`Type/id`), in order: a pure function of the view.

    Authors are sources by their names, not by what the settings call them today: an old answer can be built again.
    """
    return [_provenance(view, reference, facts, elements)
            for reference in references for facts, elements in _backed(view.record["provenance"].get(reference, {}))]


def _backed(elements: Mapping[str, Iterable[str]]) -> list[tuple[tuple[str, ...], list[str]]]:
    """Sets of facts with the elements that rest on exactly these."""
    found: dict[tuple[str, ...], list[str]] = {}
    for element, facts in sorted(elements.items()):
        found.setdefault(tuple(sorted(facts)), []).append(element)
    return sorted(found.items())


def _provenance(view: View, reference: str, facts: tuple[str, ...], elements: list[str]) -> dict[str, Any]:
    known = [view.facts[f] for f in facts]
    authors = [_agent("author", s) for s in sorted({f["source"] for f in known})]
    paths = [{"url": PATH, "valueString": element} for element in elements]
    return own({
        "resourceType": "Provenance", "id": digest([reference, facts])[:ID_LENGTH],
        "target": [{"extension": paths, "reference": reference}], "recorded": view.updated.get(reference, NEVER),
        "activity": DERIVED, "agent": [_agent("assembler", "throughline"), *authors],
        "entity": [{"role": "source", "what": {"reference": source_reference(f)}} for f in known]})


def _agent(role: str, who: str) -> dict[str, Any]:
    return {"type": {"coding": [{"system": ROLES, "code": role}]}, "who": {"display": who}}


def source_reference(fact: Mapping[str, Any]) -> str:
    """Where the fact itself is served, at its version."""
    version = loads(str(fact["version"]))
    return f"source/{fact['source']}/{fact['type']}/{fact['key']}/_history/{version}"
