"""Who answers to a description: Patient/$match (ITI-119, ID-08), and the same search for the command line.

Compared are only source patients that the reader sees, each by what the reader sees of it: a hidden one finds nobody,
grades nobody and keeps nobody from being certain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from gateway.disclose.allowed import turned_away
from gateway.disclose.answers import JSON, refusal
from gateway.disclose.transfer import Answer, Asked, Made, hand_over, logged
from gateway.disclose.view import View, Views
from gateway.errors import Issue, Severity
from gateway.fhir.outcome import outcome
from gateway.identity import Features, Model, compare_features, features_of, keys
from gateway.identity.grade import CERTAIN, FAINT, Grade, grade
from gateway.identity.packed import patient_of, unpacked
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.policy.request import Request
from gateway.policy.scopes import granted
from gateway.store import facts, people
from gateway.store.engine import Transaction
from gateway.store.patients import Ref

MATCH_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
SHOWN = 20             # matches, when the client names no count
LOOKED_AT = 50         # people whose records are opened for one description, the most alike first


@dataclass(frozen=True)
class Wanted:
    """What is asked for. certain: one match that is certain, or none; count: the most that are shown."""

    patient: Mapping[str, Any]
    certain: bool = False
    count: int = SHOWN


Kept = dict[Ref, tuple[Mapping[str, Any], Features]]     # source patient → its newest Patient, and the features of that


class Hit(NamedTuple):
    """One person who answers to a description, as this reader sees it."""

    grade: Grade
    view: View


class Found(NamedTuple):
    """The people who answer to a description, best first; cut: more were alike than were looked at."""

    hits: list[Hit]
    cut: bool = False


def may_ask(request: Request) -> str:
    """Why this reader may not match descriptions at all, "" when it may: known before anybody is looked for."""
    if request.patient:
        return "A token that is bound to a patient cannot look for people."
    return turned_away(request, "Patient")


def narrowed(asked: Asked) -> Asked:
    """The same reader, who reads the Patient alone: nothing else of a record is opened, or told to the log as shown."""
    scopes = tuple(f"{c}/Patient.rs" for c in sorted(granted(asked.request.scopes).contexts))
    return replace(asked, request=replace(asked.request, scopes=scopes))


def search(views: Views, tx: Transaction, request: Request, wanted: Features, model: Model) -> Found:
    """The people who answer to a description, best first, equal ones by id."""
    mine = keys(wanted)
    likely: dict[str, float] = {}
    kept: Kept = {}
    bar = model.no - FAINT
    for known in people.candidates(tx, mine):
        theirs = unpacked(known.features)
        if known.person and model.reaches(wanted, theirs, bar):
            kept[known.ref] = patient_of(known.features), theirs
            weight = model.score(wanted, theirs).weight
            likely[known.person] = max(weight, likely.get(known.person, weight))
    order = sorted(likely, key=lambda p: (-likely[p], p))
    hits = []
    for person in order[:LOOKED_AT]:
        view = views.get(tx, request, person)
        seen = visible_features(tx, view, kept) if view.decision.permit and view.patient else []
        if any(mine & keys(f) for f in seen) and (found := grade(compare_features(wanted, f, model) for f in seen)):
            hits.append(Hit(found, view))
    hits.sort(key=lambda h: (-h.grade.score, h.view.patient))
    return Found(hits, len(order) > LOOKED_AT)


def visible_features(tx: Transaction, view: View, kept: Kept | None = None) -> list[Features]:
    """What the reader sees of each source patient of a person: features of the newest Patient among the visible.

    kept: Patients whose features are at hand; they are those of the reader where it sees the very same Patient.
    """
    newest: dict[Ref, tuple[str, str]] = {}
    standing = view.record["ledger"]
    for id, f in view.facts.items():
        if f["type"] == "Patient" and standing.get(id, {}).get("state") == "represented":
            ref = Ref(f["source"], f["key"])
            newest[ref] = max(newest.get(ref, ("", "")), (f["asserted"] or "", id))
    rows = list({r.id: r for r in facts.of_ids(tx, [id for _, id in newest.values()])}.values())
    seen = [(f.resource, (kept or {}).get(Ref(f.source, r.patient_key or "")))
            for r, f in zip(rows, facts.opened(tx, rows), strict=True)]
    return [had[1] if had and had[0] == resource else features_of(resource) for resource, had in seen]


def match(gate: Gate, views: Views, asked: Asked, wanted: Wanted) -> Answer:
    """POST Patient/$match: a searchset of the people who answer to a description, best first, each with its grade."""
    return allowed(gate, asked) or _match(gate, views, narrowed(asked), wanted)


def allowed(gate: Gate, asked: Asked) -> Answer | None:
    """The refusal of a reader who may not look for people, logged; None: may."""
    told = may_ask(asked.request)
    return hand_over(gate, asked, refusal(403, "forbidden", told), (), "refused") if told else None


@logged
def _match(gate: Gate, views: Views, asked: Asked, wanted: Wanted) -> Made:
    described = features_of(wanted.patient)
    if not keys(described):
        return Made(refusal(422, "too-little", "The description holds too little to look for anybody.",
                            "Give a number, or name and birth date, or name and address."), (), "refused")
    with gate.store.read() as tx:
        found = search(views, tx, asked.request, described, gate.model)
    hits = found.hits
    if wanted.certain:
        hits = [h for h in hits if h.grade.grade == CERTAIN]
        hits = hits if len(hits) == 1 else []
    shown = hits[:wanted.count]
    body = dumps(_bundle(gate, shown, len(hits), found.cut)).encode()
    return Made(Answer(200, body, JSON), [h.view for h in shown], "done" if shown else "empty")


def _bundle(gate: Gate, hits: Sequence[Hit], total: int, cut: bool) -> dict[str, Any]:
    entries = [_entry(gate, h) for h in hits]
    if cut:
        told = outcome([Issue("match-cut", Severity.warning, f"More than {LOOKED_AT} people are alike; the least alike "
                              "of them were not looked at.", "", "Give more of what is known.")])
        entries.append({"resource": told, "search": {"mode": "outcome"}})
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": total,
                              "link": [{"relation": "self", "url": f"{gate.home.base_url}/fhir/Patient/$match"}]}
    return {**bundle, "entry": entries} if entries else bundle


def _entry(gate: Gate, hit: Hit) -> dict[str, Any]:
    resource = hit.view.resource(f"Patient/{hit.view.patient}")
    return {"fullUrl": f"{gate.home.base_url}/fhir/Patient/{hit.view.patient}", "resource": resource,
            "search": {"extension": [{"url": MATCH_GRADE, "valueCode": hit.grade.grade}], "mode": "match",
                       "score": round(hit.grade.score, 6)}}
