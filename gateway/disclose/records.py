"""A person's record for the command line: the same decision, view and log as every other reader's."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.disclose import sources, summaries
from gateway.disclose.lineage import way_back
from gateway.disclose.moments import last
from gateway.disclose.pages import contributors
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views, build, note
from gateway.disclose.visible import visible, whose
from gateway.errors import NotAllowed, UsageError, error
from gateway.fhir.search import fold
from gateway.jsontext import dumps, loads
from gateway.opened import Gate
from gateway.store import changes, people, search
from gateway.store.engine import Transaction, instant
from gateway.store.patients import Ref
from gateway.summary.context import code_of
from gateway.summary.page import sections
from gateway.summary.words import words

Mask = Callable[[Mapping[str, Any]], dict[str, Any]] | None


def resolve(tx: Transaction, text: str) -> list[str]:
    """The persons whom an id, a source patient (`source/id`) or an identifier (`value` or `system|value`) may name."""
    if found := whose(tx, text):
        return found
    if person := people.person(tx, _ref(text)):
        return [person]
    system, bar, value = text.rpartition("|")
    return search.persons(tx, "Patient", [search.Criterion("identifier", "token", [(value, system if bar else None)])])


def _ref(text: str) -> Ref:
    source, _, key = text.partition("/")
    return Ref(source, key.removeprefix("Patient/"))


def _names(view: View, text: str) -> bool:
    """Does the text name something that this reader sees of the person? Hidden ids and numbers lead nowhere."""
    ref, (system, bar, value) = _ref(text), text.rpartition("|")
    patient = view.resource(f"Patient/{view.patient}") or {}
    numbers = {(i.get("system", "") if bar else "", i.get("value")) for i in patient.get("identifier", ())}
    return (view.names(text) or (system, value) in numbers
            or (ref.source, "Patient", ref.key) in {(f["source"], f["type"], f["key"]) for f in view.facts.values()})


def view_of(gate: Gate, asked: Asked, text: str, as_of: str = "") -> View:
    """The view of one person for this reader. Raises NotAllowed or UsageError, each with its entry."""
    views = Views(gate)
    with gate.store.read() as tx:
        upto = changes.upto(tx, instant(last(as_of, "--as-of"))) if as_of else None
        found = [build(gate, tx, visible(tx, asked.request, p, gate.tables.versions, upto=upto)) if as_of else
                 views.get(tx, asked.request, p) for p in resolve(tx, text)]
        for view in found if as_of else ():
            note(gate, tx, view, now=False)
    refused = [v for v in found if not v.decision.permit]
    if refused:
        hand_over(gate, asked, Answer(403, b""), refused, "refused")
        raise NotAllowed(error("forbidden", f"Not permitted: {'; '.join(refused[0].decision.rules)}."))
    named = [v for v in found if _names(v, text)]
    if len(named) != 1:
        hand_over(gate, asked, Answer(404, b""), named, "empty")
        told = f"{len(named)} people have this identifier." if named else f"No person is known as {fold(text)[:40]!r}."
        raise UsageError(error("person-unknown", told, "PERSON", "Find the person with: gateway person find"))
    return named[0]


def record(gate: Gate, asked: Asked, text: str, as_of: str = "", why: bool = False, mask: Mask = None) -> Answer:
    """The output of `gateway merge` plus person and sections; with `why`, the way back of every row."""
    view = view_of(gate, asked, text, as_of)
    with gate.store.read() as tx:
        found = sources.said(gate, tx, view)
        parts = sections(view.record, view.source_of, found)
        shown = mask(view.record) if mask else dict(view.record)
        body = {**shown, "schema": "gateway.record/1", "person": view.patient, "view": view.digest,
                "sections": {name: s.json() for name, s in parts.items()}}
        if why:
            body["why"] = {ref: [_traced(gate, tx, c) for c in contributors(gate, tx, view, ref)]
                           for ref in sorted(view.record["provenance"]) if not (mask and ref.startswith("Patient/"))}
    return hand_over(gate, asked, Answer(200, dumps(body, sort=True).encode()), [view])


def _traced(gate: Gate, tx: Transaction, fact: Mapping[str, Any]) -> dict[str, Any]:
    lineage, unread = way_back(gate, tx, fact)
    return {**fact, "lineage": lineage, **({"unread": unread} if unread else {})}


def summary(gate: Gate, asked: Asked, name: str, as_of: str = "") -> Answer:
    """The International Patient Summary of a person."""
    view = view_of(gate, asked, name, as_of)
    return hand_over(gate, asked, Answer(200, dumps(summaries.of(view), sort=True).encode()), [view])


def text(body: bytes) -> str:
    """A record as lines for a person."""
    record_ = loads(body)
    lines = [f"person {record_['person']}"]
    for name, state in record_["sections"].items():
        told = ", ".join(f"{s} {v}" for s, v in state["sources"].items())
        lines.append(f"{name}: {state['state']} ({told})")
    for r in record_["resources"]:
        lines.append(f"  {r['resourceType']:<20} {words(r)}")
        for c in record_.get("why", {}).get(f"{r['resourceType']}/{r['id']}", ()):
            lines.append(f"      {c['source']} {c['message']}")
            lines += [f"        {x['element']} = {x['value']} ← {x['path']} {x['source']!r} ({x['rule']})"
                      for x in c["lineage"]]
            lines += [f"        {c['unread']}"] if "unread" in c else []
    lines += [f"! {code_of(i)}: {i.get('detail', '')}" for i in record_["issues"]]
    return "\n".join(lines)
