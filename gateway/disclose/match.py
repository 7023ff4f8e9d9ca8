"""Who answers to a description: Patient/$match (ITI-119, ID-08), and the same search for the command line.

Compared are only source patients that the reader sees, each by what the reader sees of it: a hidden one finds nobody,
grades nobody and keeps nobody from being certain.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.disclose.allowed import narrowed, turned_away
from gateway.disclose.answers import JSON, refusal
from gateway.disclose.transfer import Answer, Asked, Made, hand_over, logged
from gateway.disclose.view import View, Views
from gateway.disclose.visible import Visible
from gateway.errors import Issue, Severity
from gateway.fhir.outcome import outcome
from gateway.fhir.validate import validate
from gateway.identity import Features, Model, alike, compare_features, features_of, keys
from gateway.identity.decide import Comparison
from gateway.identity.grade import CERTAIN, FAINT, Grade, grade
from gateway.identity.packed import packs, unpacked
from gateway.jsontext import dumps
from gateway.merge import alive
from gateway.model import Fact
from gateway.opened import Gate
from gateway.policy.request import Request
from gateway.store import people
from gateway.store.engine import Transaction
from gateway.store.facts import Row
from gateway.store.patients import Ref

MATCH_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
SHOWN = 20             # matches, when the client names no count
REMARKS = 20           # on one description
LOOKED_AT = 50         # people whose records are opened for one description, the most alike first

CUT = Issue("match-cut", Severity.warning, f"More than {LOOKED_AT} people are alike; the least alike of them were not "
            "looked at.", "", "Give more of what is known.")


@dataclass(frozen=True)
class Wanted:
    """What is asked for. certain: one match that is certain, or none; count: the most that are shown."""

    patient: Mapping[str, Any]
    certain: bool = False
    count: int = SHOWN


class Hit(NamedTuple):
    """One person who answers to a description, as this reader sees it. id: that of the eldest source patient seen."""

    grade: Grade
    seen: Visible
    id: str


class Found(NamedTuple):
    """The people who answer to a description, best first. cut: more were alike than were looked at; little: the
    description holds too little to look for anybody."""

    hits: list[Hit]
    cut: bool = False
    little: bool = False


class Kept(NamedTuple):
    """What is kept of a source patient (`packed`), and how it compares."""

    features: str
    comparison: Comparison


def may_ask(request: Request) -> str:
    """Why this reader may not match descriptions at all, "" when it may: known before anybody is looked for."""
    if request.patient:
        return "A token that is bound to a patient cannot look for people."
    return turned_away(request, "Patient") or turned_away(request, "Patient", "s")


def search(views: Views, tx: Transaction, request: Request, wanted: Features, model: Model) -> Found:
    """The people who answer to a description, best first, equal ones by id. Of nobody a view is made."""
    mine = keys(wanted)
    likely: dict[str, float] = {}
    kept: dict[Ref, Kept] = {}
    bar = model.no - FAINT
    for known in people.candidates(tx, mine):
        if known.person and (found := alike(wanted, unpacked(known.features), model, bar)):
            kept[known.ref] = Kept(known.features, found)
            likely[known.person] = max(found.weight, likely.get(known.person, found.weight))
    order = sorted(likely, key=lambda p: (-likely[p], p))
    hits = []
    for seen in views.seen(tx, request, order[:LOOKED_AT]):
        patients = visible_patients(seen)
        if graded := _graded(patients, wanted, mine, model, kept):
            hits.append(Hit(graded, seen, patients[0][0].merged))
    hits.sort(key=lambda h: (-h.grade.score, h.id))
    return Found(hits, len(order) > LOOKED_AT, not mine)


def _graded(patients: Iterable[tuple[Row, Fact]], wanted: Features, mine: Set[str], model: Model,
            kept: Mapping[Ref, Kept]) -> Grade | None:
    """The grade of a person by what the reader sees of it, None where that does not lead to it or is not alike.

    What is kept of a source patient says the same where it was made of the very Patient that the reader sees.
    """
    found, led = [], False
    for row, fact in patients:
        had = kept.get(Ref(row.source, row.patient_key or ""))
        if had and packs(had.features, fact.resource):
            found.append(had.comparison)
            led = True
        else:
            theirs = features_of(fact.resource)
            found.append(compare_features(wanted, theirs, model))
            led = led or bool(mine & keys(theirs))
    return grade(found) if led else None


def visible_patients(seen: Visible) -> list[tuple[Row, Fact]]:
    """What the reader sees of each source patient of a person, the eldest first: its newest Patient that stands."""
    if not seen.decision.scope.allows("Patient"):
        return []
    said: dict[str, tuple[Row, Fact]] = {}
    for row, fact in zip(seen.rows, seen.facts, strict=True):
        if row.type == "Patient" and (row.id not in said or _newness(said[row.id]) < _newness((row, fact))):
            said[row.id] = row, fact
    return [max((said[f.id] for f in e.alive), key=_newness) for e in alive(seen.facts, seen.assertions)
            if e.key[1] == "Patient"] if said else []


def _newness(said: tuple[Row, Fact]) -> tuple[str, str]:
    return said[0].asserted or "", said[0].id


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
    with gate.store.read() as tx:
        hits, cut, little = search(views, tx, asked.request, described, gate.model)
        if wanted.certain:
            hits = [h for h in hits if h.grade.grade == CERTAIN]
            hits = hits if len(hits) == 1 else []
        made = [(h.grade, views.of(tx, asked.request, h.seen)) for h in hits[:wanted.count]]
    if little:
        return Made(refusal(422, "too-little", "The description holds too little to look for anybody.",
                            "Give a number, or name and birth date, or name and address."), (), "refused")
    shown = [(found, view) for found, view in made if view.patient]     # the last good version may have none
    told = [*_not_fhir(wanted.patient), *([CUT] if cut else ())]
    body = dumps(_bundle(gate, shown, len(hits) - len(made) + len(shown), told)).encode()
    return Made(Answer(200, body, JSON), [view for _, view in shown], "done" if shown else "empty")


def _not_fhir(described: Mapping[str, Any]) -> list[Issue]:
    """What of a description is not as FHIR says, by its place alone: comparing passes over it, and nobody is to take
    for compared what was not."""
    return [Issue("match-unread", Severity.warning, "This is not as FHIR says; it may not have been compared.",
                  i.where, "Check the description: $validate.")
            for i in validate(described) if i.severity in (Severity.error, Severity.fatal)][:REMARKS]


def _bundle(gate: Gate, shown: Sequence[tuple[Grade, View]], total: int, told: Sequence[Issue]) -> dict[str, Any]:
    entries = [_entry(gate, *one) for one in shown]
    if told:
        entries.append({"resource": outcome(told), "search": {"mode": "outcome"}})
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": total,
                              "link": [{"relation": "self", "url": f"{gate.home.base_url}/fhir/Patient/$match"}]}
    return {**bundle, "entry": entries} if entries else bundle


def _entry(gate: Gate, found: Grade, view: View) -> dict[str, Any]:
    return {"fullUrl": f"{gate.home.base_url}/fhir/Patient/{view.patient}",
            "resource": view.resource(f"Patient/{view.patient}"),
            "search": {"extension": [{"url": MATCH_GRADE, "valueCode": found.grade}], "mode": "match",
                       "score": round(found.score, 6)}}
