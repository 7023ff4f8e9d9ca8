"""Patient/$ihe-pix (PIXm, ITI-83, ID-01): from one identifier of a patient to the others.

Answers come from what the reader sees: an identifier or a domain that only a hidden source knows is not known.
"""

from collections.abc import Sequence
from typing import Any

from gateway.disclose.allowed import narrowed
from gateway.disclose.answers import JSON, refusal
from gateway.disclose.domains import identifiers, known, patient, systems
from gateway.disclose.match import allowed
from gateway.disclose.transfer import Answer, Asked, Made, logged
from gateway.disclose.view import View, Views
from gateway.disclose.visible import whose
from gateway.fhir.search import token
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.policy.request import Request
from gateway.store import search
from gateway.store.engine import Transaction

PARAMETERS = ("sourceIdentifier", "targetSystem", "_format", "_pretty")
TRIED = 20             # people whose records are opened for one identifier


def cross_reference(gate: Gate, views: Views, asked: Asked, query: Sequence[tuple[str, str]]) -> Answer:
    """GET Patient/$ihe-pix?sourceIdentifier=system|value[&targetSystem=uri]*: Parameters, never the source's own."""
    return allowed(gate, asked) or _cross_reference(gate, views, narrowed(asked), query)


@logged
def _cross_reference(gate: Gate, views: Views, asked: Asked, query: Sequence[tuple[str, str]]) -> Made:
    given = [v for k, v in query if k == "sourceIdentifier"]
    targets = [t for k, v in query if k == "targetSystem" for t in v.split(",") if t]
    system, value = token(given[0]) if len(given) == 1 else ("", "")
    if unknown := next((k for k, _ in query if k not in PARAMETERS), ""):
        return Made(refusal(400, "search-parameter", f"$ihe-pix knows no parameter {unknown[:40]!r}."), (), "refused")
    if not system or not value:
        return Made(refusal(400, "search-value", "$ihe-pix needs one sourceIdentifier.", "Write system|value."), (),
                    "refused")
    with gate.store.read() as tx:
        hits = _holders(gate, views, tx, asked.request, system, value)
        if not hits and system != base(gate) and not known(gate, views, tx, asked.request, system):
            return Made(refusal(400, "pix-domain", "sourceIdentifier Assigning Authority not found"), (), "refused")
        for target in targets:
            if target != base(gate) and not any(target in systems(v) for v in hits) \
                    and not known(gate, views, tx, asked.request, target):
                return Made(refusal(403, "pix-domain", "targetSystem not found"), hits, "refused")
    if not hits:
        return Made(refusal(404, "not-found", "sourceIdentifier Patient Identifier not found"), (), "empty")
    if len(hits) > 1:
        return Made(refusal(409, "pix-several", "Several people have this identifier.",
                            "Review them: gateway person review"), hits, "refused")
    return Made(Answer(200, dumps(_answer(gate, hits[0], (system, value), targets)).encode(), JSON), hits)


def base(gate: Gate) -> str:
    """The domain of our own Patient ids."""
    return f"{gate.home.base_url}/fhir"


def _holders(gate: Gate, views: Views, tx: Transaction, request: Request, system: str, value: str) -> list[View]:
    """People whose visible Patient has this identifier, or in our own domain this id (`Patient/id`)."""
    if system == base(gate):
        type, _, id = value.partition("/")
        persons = whose(tx, id) if type == "Patient" else []
    else:
        id, persons = "", search.persons(tx, "Patient", [search.Criterion("identifier", "token", [(value, system)])])
    seen = (views.get(tx, request, p) for p in persons[:TRIED])
    return [v for v in seen if patient(v) and (v.names(id, "Patient") if id else (system, value) in identifiers(v))]


def _answer(gate: Gate, view: View, mine: tuple[str, str], targets: Sequence[str]) -> dict[str, Any]:
    """What the person is known by, each with the domain that it is of; what was given is not given back."""
    parts: list[dict[str, Any]] = []
    for i in patient(view).get("identifier", ()):
        system, value = i.get("system", ""), i.get("value", "")
        if system and value and (system, value) != mine and (not targets or system in targets):
            parts.append({"name": "targetIdentifier", "valueIdentifier": i})
    if mine[0] != base(gate) and (not targets or base(gate) in targets):
        parts.append({"name": "targetId", "valueReference": {"reference": f"{base(gate)}/Patient/{view.patient}"}})
    return {"resourceType": "Parameters", **({"parameter": parts} if parts else {})}
