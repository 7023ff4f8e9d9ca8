"""People for the command line and the review queue: find, show, who is linked with whom and why."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from gateway.disclose import match, pages
from gateway.disclose import sources as source_states
from gateway.disclose.records import view_of
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.fhir.search import token
from gateway.identity import features_of
from gateway.identity.grade import CERTAIN, POSSIBLE, PROBABLE, Grade
from gateway.jsontext import dumps
from gateway.merge import by_age
from gateway.opened import Gate, iso
from gateway.store import facts, people
from gateway.store.engine import Transaction
from gateway.store.patients import Ref
from gateway.summary.page import page
from gateway.summary.words import name as name_of

GRADES = (CERTAIN, PROBABLE, POSSIBLE)


def find(gate: Gate, asked: Asked, wanted: dict[str, str], masked: bool) -> list[dict[str, Any]]:
    """Rows of `gateway person find`: whoever the search finds, and whoever is alike, each with its grade (ID-09)."""
    views = Views(gate)
    with gate.store.read() as tx:
        listed, about = pages.matching(gate, views, tx, asked, wanted)
        alike = _alike(gate, views, tx, asked, wanted)
    grades = {view.person: found.grade for found, view in alike}
    rows = [{"person": r["person"], "match": grades.get(v.person, POSSIBLE), "name": r["name"],
             "birth_date": r["birth_date"], "sources": r["sources"]} for r, v in zip(listed, about, strict=True)]
    seen = {v.person for v in about}
    for found, view in (a for a in alike if a[1].person not in seen):
        patient = view.resource(f"Patient/{view.patient}") or {}
        rows.append({"person": view.patient, "match": found.grade, "name": name_of(patient),
                     "birth_date": patient.get("birthDate", ""), "sources": len(view.sources)})
        about.append(view)
    rows.sort(key=lambda r: (GRADES.index(r["match"]), r["name"], r["person"]))
    shown = [{**r, "name": _mask(r["name"]), "birth_date": r["birth_date"][:4]} for r in rows] if masked else rows
    hand_over(gate, asked, Answer(200, dumps(shown).encode()), about, "done" if rows else "empty")
    return shown


def _alike(gate: Gate, views: Views, tx: Transaction, asked: Asked, wanted: dict[str, str]) -> list[tuple[Grade, View]]:
    """Who answers to what was typed, as to a description; nobody when it says too little to compare."""
    system, value = token(wanted.get("identifier", ""))
    given, family = wanted.get("given", "").split(), wanted.get("family", "")
    name = {"given": given, "family": family} if given or family else {"text": wanted.get("name", "")}
    told = {"name": [name], "birthDate": wanted.get("birthdate", ""),
            "identifier": [{"system": system or "", "value": value}] if value else []}
    described = features_of(told)
    hits = match.search(views, tx, asked.request, described, gate.model).hits
    made = [(h.grade, views.of(tx, asked.request, h.seen)) for h in hits]
    return [(found, view) for found, view in made if view.patient]


def _mask(name: str) -> str:
    return ", ".join(f"{part[:1]}***" for part in name.split(", "))


def show(gate: Gate, asked: Asked, name: str, masked: bool) -> dict[str, Any]:
    """Who it is, the headline and the gaps."""
    view = view_of(gate, asked, name)
    with gate.store.read() as tx:
        shown = page(view.record, view.facts, source_states.said(gate, tx, view), iso(gate.now()))
    body = {"schema": "gateway.person-show/1", "person": view.patient,
            "name": _mask(shown.title) if masked else shown.title,
            "banner": ", ".join(shown.banner[1:] if masked else shown.banner), "headline": shown.headline.text,
            "allergies": [r.text for r in shown.allergies], "checks": list(shown.checks),
            "missing": list(shown.missing), "answered": shown.answered}
    hand_over(gate, asked, Answer(200, dumps(body).encode()), [view])
    return body


def sources(gate: Gate, asked: Asked, name: str) -> list[dict[str, Any]]:
    """The source patients of a person that this reader may see."""
    view = view_of(gate, asked, name)
    rows = [{"source": s, "patient": k, "person": view.patient} for s, k in view.members if s in view.sources]
    hand_over(gate, asked, Answer(200, dumps(rows).encode()), [view])
    return rows


def changes(gate: Gate, asked: Asked, name: str) -> list[dict[str, Any]]:
    """How a person's source patients came together, as far as this reader sees them: which id led to each before and
    behind every change. The id of several is that of the eldest, so it is the others' that changed, whoever moved."""
    view = view_of(gate, asked, name)
    with gate.store.read() as tx:
        members = [Ref(*m) for m in view.members if m[0] in view.sources]
        moved = people.changes(tx, members)
        mine = [r for r in facts.of_patients(tx, members, types=["Patient"]) if r.id in view.facts]
        eldest = {Ref(source, key): n for n, (source, _, key) in enumerate(by_age(facts.opened(tx, mine)))}
    ids = {Ref(r.source, r.patient_key): r.merged for r in mine}
    held = dict.fromkeys(members, "")
    rows = []
    for (change, at), together in groupby(moved, key=lambda m: (m.change, m.at)):
        before = _known_by(held, eldest, ids)
        held |= {m.ref: m.now for m in together}
        after = _known_by(held, eldest, ids)
        rows += [{"change": change, "at": at, "patient": str(ref), "was": before[ref], "now": after[ref]}
                 for ref in members if before[ref] != after[ref]]
    hand_over(gate, asked, Answer(200, dumps(rows).encode()), [view])
    return rows


def _known_by(held: Mapping[Ref, str], eldest: Mapping[Ref, int], ids: Mapping[Ref, str]) -> dict[Ref, str]:
    """The id that leads to each source patient: of the eldest of its person."""
    heads: dict[str, Ref] = {}
    for ref, person in held.items():
        if person and ref in eldest and (person not in heads or eldest[ref] < eldest[heads[person]]):
            heads[person] = ref
    return {ref: ids[heads[person]] if person in heads else "" for ref, person in held.items()}
