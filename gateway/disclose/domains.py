"""Domains of patient identifiers (assigning authorities): which this reader knows, and which a search is about.

PIXm and PDQm: a domain that only a hidden source knows is not known.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from gateway.disclose.view import View, Views
from gateway.fhir.search import Criterion, token
from gateway.opened import Gate
from gateway.policy.request import Request
from gateway.store import search
from gateway.store.engine import Transaction

TRIED = 20             # people whose records are opened to learn whether a domain is known to this reader
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


def patient(view: View) -> dict[str, Any]:
    """The Patient that a reader sees, {} when none."""
    return (view.resource(f"Patient/{view.patient}") or {}) if view.decision.permit and view.patient else {}


def identifiers(view: View) -> list[tuple[str, str]]:
    """(system, value) of the identifiers that a reader sees."""
    return [(i.get("system", ""), i.get("value", "")) for i in patient(view).get("identifier", ())]


def systems(view: View) -> set[str]:
    return {system for system, _ in identifiers(view)}


def known(gate: Gate, views: Views, tx: Transaction, request: Request, system: str) -> bool:
    """Is a domain one that a source is set up with, or of which this reader sees an identifier?"""
    if any(system in s.assigners.values() for s in gate.home.sources.values()):
        return True
    return any(system in systems(views.get(tx, request, p))
               for p in islice(search.with_system(tx, system), TRIED))


def wanted(type: str, criteria: Iterable[Criterion]) -> set[str]:
    """The domains that a search of Patients asks for (`identifier=system|`): only their identifiers are returned."""
    found = [c.values for c in criteria if type == "Patient" and c.name == "identifier" and not c.modifier]
    named = [token(v) for values in found for v in values]
    return {system for system, code in named if system is not None and not code}


def narrowed(resource: Mapping[str, Any], domains: set[str]) -> dict[str, Any]:
    """The Patient with the identifiers of these domains alone, marked as a part of it (PDQm 2:3.78.4.1.2.4)."""
    meta = {**resource.get("meta", {})}
    kept = [i for i in resource.get("identifier", ()) if i.get("system") in domains]
    return {**resource, "meta": {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}, "identifier": kept}
