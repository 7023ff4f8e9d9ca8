"""Pages about people, as values: a door renders them to bytes, which are logged before they leave."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from gateway.disclose import sources
from gateway.disclose.lineage import way_back
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.disclose.visible import few, person_of
from gateway.errors import UsageError, error
from gateway.fhir.xhtml import xhtml_fault
from gateway.jsontext import dumps
from gateway.merge import recognised
from gateway.opened import Gate, iso
from gateway.store import facts, people, problems, search, units
from gateway.store.engine import Transaction
from gateway.summary.access import Looked, looked, purpose
from gateway.summary.context import contributors as said_by
from gateway.summary.dates import age, day, moment
from gateway.summary.documents import part, parts
from gateway.summary.files import ending
from gateway.summary.missing import state
from gateway.summary.page import page
from gateway.summary.plain import brief
from gateway.summary.words import name, phrase, states, words

MESSAGES = 12                        # named beside a fact that stands in many of them
HTML = {"Content-Type": "text/html; charset=utf-8"}
Render = Callable[[Mapping[str, Any]], bytes]
LIMIT, PEOPLE = 50, 50


def _view(gate: Gate, views: Views, tx: Transaction, asked: Asked, id: str) -> View | None:
    person = person_of(tx, id)
    view = views.get(tx, asked.request, person) if person else None
    return view if view and view.decision.permit and view.patient and view.names(id) else None


def record(gate: Gate, views: Views, asked: Asked, id: str, render: Render, refused: Render,
           everything: bool = False) -> Answer:
    """The clinician's page, or the patient's own, of one person; lists are cut unless `everything` is wanted."""
    with gate.store.read() as tx:
        view = _view(gate, views, tx, asked, id)
        found = tuple(sources.said(gate, tx, view)) if view else ()
    if view is None:
        body = refused({"heading": "No such record", "message": "No record stands under this address for you.",
                        "hint": "Find the patient again."})
        return hand_over(gate, asked, Answer(404, body, HTML), (), "refused")
    now = iso(gate.now())
    shown = page(view.record, view.facts, found, now, issuers(gate), partial(recognised, tables=gate.tables))
    body = render({"page": shown, "sources": [(s, state(s, now), age(s.answered, now)) for s in found],
                   "shown": moment(now), "reader": asked.request.user, "purpose": purpose(asked.request.purpose),
                   "emergency": "tell-patient" in view.decision.obligations,
                   "looked": looked_at(gate, view.person) if asked.request.patient else None,
                   "everything": everything, "limit": None if everything else LIMIT})
    return hand_over(gate, asked, Answer(200, body, HTML), [view])


def issuers(gate: Gate) -> dict[str, str]:
    """Identifier system → organisation that gives it out: systems that one source alone names as its own."""
    claimed: dict[str, set[str]] = {}
    for s in gate.home.sources.values():
        for system in s.assigners.values():
            claimed.setdefault(system, set()).add(s.organisation or s.name)
    return {system: next(iter(names)) for system, names in claimed.items() if len(names) == 1}


def looked_at(gate: Gate, person: str) -> Looked:
    """Who looked at a person."""
    first = gate.log.entry(1)
    return looked(gate.log.search(person), first["time"] if first else "")


def why(gate: Gate, views: Views, asked: Asked, id: str, reference: str, render: Render, refused: Render) -> Answer:
    """Where one row comes from: its facts, and for each the message, its fields and what else the source said."""
    with gate.store.read() as tx:
        view = _view(gate, views, tx, asked, id)
        resource = view.resource(reference) if view else None
        if view is None or resource is None:
            return _nothing(gate, asked, view, refused)
        found = [{**fact, **_original(gate, tx, fact)} for fact in contributors(gate, tx, view, reference)]
    patient = view.resource(f"Patient/{view.patient}") or {}
    directory = {f"{r['resourceType']}/{r['id']}": r for r in view.record["resources"]}
    body = render({"person": view.patient, "anchor": reference.replace("/", "-"), "who": name(patient),
                   "born": day(patient.get("birthDate")), "text": words(resource, directory), "facts": found,
                   "resource": dumps(brief(resource), indent=1), "now": iso(gate.now())})
    return hand_over(gate, asked, Answer(200, body, HTML), [view])


def document(gate: Gate, views: Views, asked: Asked, id: str, reference: str, render: Render,
             refused: Render) -> Answer:
    """What a document of a record says: the narrative of its sections, its texts, and its files by number."""
    with gate.store.read() as tx:
        view = _view(gate, views, tx, asked, id)
    resource = view.resource(reference) if view else None
    told = said_by(view.record, view.source_of) if view else {}
    found = parts(resource, view.record["resources"], told, xhtml_fault) if view and resource else ()
    if view is None or resource is None or not found:
        return _nothing(gate, asked, view, refused)
    patient = view.resource(f"Patient/{view.patient}") or {}
    directory = {f"{r['resourceType']}/{r['id']}": r for r in view.record["resources"]}
    body = render({"person": view.patient, "anchor": reference.replace("/", "-"), "who": name(patient),
                   "born": day(patient.get("birthDate")), "text": phrase(resource, directory),
                   "marks": states(resource), "parts": found, "reference": reference, "shown": moment(iso(gate.now())),
                   "sources": [s.organisation or n if (s := gate.home.sources.get(n)) else n for n in told[reference]],
                   "reader": asked.request.user, "purpose": purpose(asked.request.purpose)})
    return hand_over(gate, asked, Answer(200, body, HTML), [view])


def file(gate: Gate, views: Views, asked: Asked, id: str, reference: str, number: str, refused: Render) -> Answer:
    """One file of a document, from 1: a picture as it is, all else to keep and never to run."""
    with gate.store.read() as tx:
        view = _view(gate, views, tx, asked, id)
    resource = view.resource(reference) if view else None
    found = part(resource, view.record["resources"], said_by(view.record, view.source_of), xhtml_fault,
                 number) if view and resource else None
    if view is None or found is None or not found.data:
        return _nothing(gate, asked, view, refused)
    headers = {"Content-Type": found.kind} if found.picture else {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="document-{number}{ending(found.kind)}"'}
    return hand_over(gate, asked, Answer(200, found.data, headers), [view])


def _nothing(gate: Gate, asked: Asked, view: View | None, refused: Render) -> Answer:
    body = refused({"heading": "Not found", "message": "There is no such row in this record.", "hint": ""})
    return hand_over(gate, asked, Answer(404, body, HTML), [view] if view else (), "empty")


def _original(gate: Gate, tx: Transaction, fact: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the message that a fact was read from; what a source sends as FHIR is shown as it came."""
    fields, unread = way_back(gate, tx, fact)
    came = "" if fields else "\n".join(dumps(brief(f.resource), indent=1) for f in facts.opened(
        tx, facts.of_ids(tx, [fact["id"]])[:1]))
    return {"lineage": [brief(x) for x in fields], "unread": unread, "came": came, "said": moment(fact["asserted"]),
            "got": moment(fact["received"])}


def contributors(gate: Gate, tx: Transaction, view: View, reference: str) -> list[dict[str, Any]]:
    """The facts behind a merged resource, each with the elements it gave and the messages that carry it."""
    elements: dict[str, list[str]] = {}
    for element, ids in view.record["provenance"].get(reference, {}).items():
        for id in ids:
            elements.setdefault(id, []).append(element)
    for values in view.record["alternatives"].get(reference, {}).values():
        for value in values:
            for id in value["facts"]:
                elements.setdefault(id, [])
    carriers = {id: facts.carried_by(tx, id, MESSAGES + 1) for id in elements}
    out = []
    for id, given in sorted(elements.items()):
        fact = view.facts[id]
        settings = gate.home.sources.get(fact["source"])
        carried = carriers.get(id, [])
        out.append({"id": id, "source": fact["source"], "asserted": fact["asserted"], "received": fact["received"],
                    "organisation": settings.organisation if settings else "", "type": fact["type"], "key": fact["key"],
                    "country": settings.country if settings else "", "elements": sorted(given), "lineage": (),
                    "message": "; ".join([*(f"{c.unit[:12]} {c.place}".strip() for c in carried[:MESSAGES]),
                                          *(["and more"] if len(carried) > MESSAGES else [])]),
                    "units": [c.unit for c in carried]})
    return out


def find(gate: Gate, views: Views, asked: Asked, wanted: Mapping[str, str], render: Render) -> Answer:
    """People found by identifier or name; demographics are disclosed, so each person found is an entry."""
    with gate.store.read() as tx:
        people_found, about = matching(gate, views, tx, asked, wanted) if any(wanted.values()) else ([], [])
        found = sources.said(gate, tx)
    body = render({"asked": wanted, "searched": any(wanted.values()), "people": people_found[:PEOPLE],
                   "found": len(people_found), "total": len(found), "problem": "",
                   "gaps": [s.organisation for s in found if s.failing or not s.answered]})
    return hand_over(gate, asked, Answer(200, body, HTML), about, "done" if about else "empty")


def matching(gate: Gate, views: Views, tx: Transaction, asked: Asked,
             wanted: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[View]]:
    """Persons whose visible Patient matches, as rows, with the views they were read from. Raises UsageError."""
    from gateway.fhir.search import criteria, lookup, matches

    criteria_ = criteria("Patient", [(k, v) for name, typed in wanted.items() for k, v in _meant(name, typed)])
    indexed = [search.Criterion(c.name, *hit) for c in criteria_ if (hit := lookup(c))]
    if criteria_ and not indexed:
        raise UsageError(error("too-costly", "Nobody was looked for: this may be anybody.", "",
                               "Name a whole day of birth, the beginning of a name, or a number as well."))
    persons = search.persons(tx, "Patient", indexed) if indexed else []
    rows, about = [], []
    for person in few(persons):
        view = views.get(tx, asked.request, person)
        patient = view.resource(f"Patient/{view.patient}") if view.decision.permit and view.patient else None
        if patient and matches(patient, criteria_):
            about.append(view)
            rows.append({"person": view.patient, "name": name(patient), "born": day(patient.get("birthDate")),
                         "birth_date": patient.get("birthDate", ""), "sex": patient.get("gender", "not given"),
                         "sources": len(view.sources), "match": "certain"})
    return rows, about


def _meant(name: str, typed: str) -> Iterable[tuple[str, str]]:
    """What somebody who types means by it: each word of a name, a number with or without what parts its digits."""
    if name == "name":
        return [(name, word) for word in re.split(r"[\s,]+", typed) if word]
    system, bar, number = typed.rpartition("|")
    plain = f"{system}{bar}{re.sub(r'[-./ ]', '', number)}"
    either = f"{typed},{plain}" if name == "identifier" and plain != typed else typed
    return [(name, either)] if typed else []


def status(gate: Gate) -> dict[str, Any]:
    """`gateway status`: counts."""
    with gate.store.read() as tx:
        people_count = people.count(tx)
        return {"schema": "gateway.status/1", "sources": len(gate.home.sources), "people": people_count,
                "facts": sum(facts.count(tx).values()), "messages": sum(n for s in units.counts(tx).values()
                                                                        for n in s.values()),
                "problems": len(problems.find(tx)), "log": gate.log.size()}
