"""People for the command line and the review queue: find, show, who is linked with whom and why."""

from typing import Any

from gateway.disclose import pages
from gateway.disclose import sources as source_states
from gateway.disclose.records import view_of
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.jsontext import dumps
from gateway.opened import Gate, iso
from gateway.store import people
from gateway.store.patients import Ref
from gateway.summary.page import page


def find(gate: Gate, asked: Asked, wanted: dict[str, str], masked: bool) -> list[dict[str, Any]]:
    """Rows of `gateway person find`."""
    with gate.store.read() as tx:
        found, about = pages.matching(gate, Views(gate), tx, asked, wanted)
    rows = [{"person": r["person"], "match": r["match"], "name": _mask(r["name"]) if masked else r["name"],
             "birth_date": r["birth_date"][:4] if masked else r["birth_date"], "sources": r["sources"]} for r in found]
    hand_over(gate, asked, Answer(200, dumps(rows).encode()), about, "done" if rows else "empty")
    return rows


def _mask(name: str) -> str:
    return ", ".join(f"{part[:1]}***" for part in name.split(", "))


def show(gate: Gate, asked: Asked, name: str, masked: bool) -> dict[str, Any]:
    """Who it is, the headline and the gaps."""
    view = view_of(gate, asked, name)
    with gate.store.read() as tx:
        shown = page(view.record, view.facts, source_states.said(gate, tx, view), iso(gate.now()))
    body = {"schema": "gateway.person-show/1", "person": view.patient,
            "name": _mask(shown.title) if masked else shown.title,
            "banner": shown.banner[1] if masked else ", ".join(shown.banner), "headline": shown.headline.text,
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
    """How a person's source patients came together, as far as this reader sees them."""
    view = view_of(gate, asked, name)
    with gate.store.read() as tx:
        rows = [{"change": m.change, "at": m.at, "patient": str(m.ref), "was": _shown(view, m.was),
                 "now": _shown(view, m.now)}
                for m in people.changes(tx, [Ref(*m) for m in view.members if m[0] in view.sources])]
    hand_over(gate, asked, Answer(200, dumps(rows).encode()), [view])
    return rows


def _shown(view: View, person: str) -> str:
    """A person's id for this reader: the one in use for this person, "" for an id that stands for something else."""
    return view.patient if person == view.person else person if view.names(person, "Patient") else ""
