"""What a source said about its own facts and patients, as another gateway hears it: retractions, listings, moves.

Undos of them are told, and what nobody says any more: a document that was withdrawn, a message that says something else
since it was read again. Facts carry their own keys, so a retraction would end what another message says of the same
thing, too; an `ended` names the content that this gateway handed on and says no longer, and is silent about one that it
says again. It ends what came from this gateway, no more, and is told from gateway to gateway, never merged.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from heapq import merge
from operator import itemgetter
from typing import Any

from gateway.disclose.transfer import Asked
from gateway.disclose.view import View, Views
from gateway.disclose.visible import cell, decision_for
from gateway.disclose.wanted import Wanted
from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import ENDED, HIDDEN, NAMING, Assertion, Origin, ended
from gateway.opened import Gate
from gateway.policy.decide import DIRECTORY, Decision, decide
from gateway.reading.bearing import concerned, holders
from gateway.store import assertions, changes, facts, people
from gateway.store.engine import Transaction
from gateway.store.patients import Ref


@dataclass
class Seen:
    """Who may be seen by this reader, found out once for each person; `shown`: those who are in the answer."""

    gate: Gate
    views: Views
    tx: Transaction
    asked: Asked
    known: dict[str, View] = field(default_factory=dict)
    shown: dict[str, View] = field(default_factory=dict)

    def view(self, ref: Ref) -> View | None:
        """The view of the person behind a source patient, if this reader may see that person."""
        person = people.person(self.tx, ref)
        last = None if person else next((m for m in reversed(people.changes(self.tx, [ref])) if m.now), None)
        name = last.now if last else person
        if name and name not in self.known:
            gone = last if last and not people.members(self.tx, name) else None
            self.known[name] = self._gone(gone) if gone else self.views.get(self.tx, self.asked.request, name)
        return self.known[name] if name and self.known[name].decision.permit else None

    def _gone(self, last: people.Move) -> View:
        """Of whom nothing is left that anybody says: today's decision about who the source patient was then."""
        members = people.members_at(self.tx, last.ref, last.change)
        decision = decision_for(self.tx, self.asked.request, last.now, members)
        empty: dict[str, Any] = {"resources": [], "issues": [], "provenance": {}, "alternatives": {}, "ledger": {}}
        return View(last.now, decision, "", last.change, tuple((m.source, m.key) for m in members), empty, {}, {})

    @cached_property
    def nobody(self) -> Decision:
        """The decision about what is about nobody: the directory."""
        return decide(self.asked.request, self.asked.request.patient)

    @property
    def hears(self) -> bool:
        """May this reader hear assertions at all?"""
        return self.nobody.permit and self.nobody.scope.allows("Basic")

    @property
    def types(self) -> Sequence[str]:
        """The types of which this reader can see a fact at all; "" stands for all."""
        granted = self.nobody.scope.types
        return ("",) if granted is None else sorted(granted | DIRECTORY)

    def fact(self, row: facts.Row) -> Sequence[View | Decision]:
        """What lets this reader see a fact: the views of all whom it is about, else the decision about nobody; empty
        when one of these does not, or when it is the content of documents of which none is seen."""
        if row.patient_key:
            return self._shown(row, [Ref(row.source, row.patient_key)])
        if row.type in DIRECTORY:
            return (self.nobody,) if self.nobody.shows(cell(row), row.reference) else ()
        documents = holders(self.tx, row)
        if documents and not any(self.fact(d) for d in documents):
            return ()
        if refs := concerned(self.tx, row):
            return self._shown(row, sorted(refs))
        own = self.asked.request.patient             # a reader of one record reads nothing that may be of another
        return (self.nobody,) if not own and self.nobody.shows(cell(row), row.reference) else ()

    def _shown(self, row: facts.Row, refs: Sequence[Ref]) -> Sequence[View]:
        views = [v for ref in refs if (v := self.view(ref)) and v.decision.shows(cell(row), row.reference)]
        return views if len(views) == len(refs) else ()

    def put(self, by: Iterable[View | Decision]) -> None:
        """Note who is in the answer."""
        self.shown |= {view.person: view for view in by if isinstance(view, View)}


def instant(at: str) -> str:
    """A time of the store as a FHIR instant."""
    return f"{at[:26]}Z" if at else ""


def said(seen: Seen, source: str, asks: Wanted) -> tuple[list[dict[str, Any]], int]:
    """Entries of whole commits, and the change to go on behind, when this reader may see more (else 0)."""
    entries = list[dict[str, Any]]()
    end = asks.after
    for number, at, tell in _all(seen, source, asks.after):
        by, assertion = tell()
        if by is None:
            continue
        if len(entries) >= asks.count and number != end:
            return entries, end
        end = number
        seen.put(by)
        resource = assertion.basic()
        origin = Origin(source, resource["id"], None, instant(at))
        entries.append({"extension": [origin.extension()], "resource": resource,
                        "fullUrl": f"{seen.gate.home.base_url}/fhir/source/{source}/Basic/{resource['id']}"})
    return entries, 0


Told = tuple[Sequence[View | Decision] | None, Assertion]         # who is seen by it, None where it may not be told


One = tuple[int, str, Callable[[], Told]]                          # the change, its time, and what is told of it


def _all(seen: Seen, source: str, after: int) -> Iterator[One]:
    """Everything behind a change that could be told, in order."""
    live = ((n, at, partial(_standing, seen, source, refs, a)) for n, at, refs, a in assertions.since(seen.tx, after))
    over = ((n, at, partial(_ended, seen, source, refs, a, n, at))
            for n, at, refs, a in assertions.ended(seen.tx, after))
    gone = ((n, at := changes.at(seen.tx, n), partial(_gone, seen, row, at))
            for n, row in facts.ended(seen.tx, after, source))
    return merge(live, over, gone, key=itemgetter(0))


def _standing(seen: Seen, source: str, refs: Sequence[Ref], assertion: Assertion) -> Told:
    return _heard(seen, source, refs, _about(seen.tx, assertion)[-1]), _told(seen, assertion)


def _ended(seen: Seen, source: str, refs: Sequence[Ref], assertion: Assertion, number: int, at: str) -> Told:
    by = _heard(seen, source, refs, _about(seen.tx, assertion)[-1], number - 1)
    told = _told(seen, assertion)
    return by, ended(source, "Basic", told.basic()["id"], told.id, None, instant(at))


def _gone(seen: Seen, row: facts.Row, at: str) -> Told:
    by = seen.fact(row) if seen.hears else None
    return by or None, ended(row.source, row.type, row.key, row.id, row.asserted, instant(at))


def _heard(seen: Seen, source: str, refs: Sequence[Ref], assertion: Assertion, upto: int | None = None
           ) -> Sequence[View | Decision] | None:
    """The views of those an assertion is about, None when this reader may not see all that it names.

    upto  the change before the one that ended it, which may have ended all else that the source said of them
    """
    if assertion.kind == ENDED or assertion.body.get("source") != source or not seen.hears:
        return None
    if assertion.kind == "retract" and (taken := _taken(seen.tx, source, assertion)):
        return [by for r in taken for by in seen.fact(r)] or None
    views = [(r, v) for r in refs if (v := seen.view(r))]
    known = [v for r, v in views if source in v.sources or (upto is not None and any(
        seen.fact(row) for row in facts.of_patients(seen.tx, [r], upto) if row.source == source))]
    if assertion.kind == "move":       # or the wrong patient's chart would keep what left it, wherever it is mirrored
        return known or None
    if len(known) < len(refs):
        return None
    rows = [r for type, key in _named(assertion) for r in facts.of_key(seen.tx, source, type, key)]
    return known if all(seen.fact(r) for r in rows) else None


def _taken(tx: Transaction, source: str, assertion: Assertion) -> list[facts.Row]:
    """The facts whose reader hears a retraction: those of the very version, else all under the id.

    A server that gives a thing to another patient has facts about both under one id (merge `corrected`). Whoever sees
    the older one alone would keep it in the wrong chart; whoever sees the newer one alone need not know of the older.
    """
    ((type, key),) = _named(assertion)
    rows = facts.of_key(tx, source, type, key)
    return [r for r in rows if loads(r.version) == assertion.body.get("version")] or rows


def _about(tx: Transaction, assertion: Assertion) -> list[Assertion]:
    """An undo, what it undoes, and what that undoes; of any other assertion itself alone."""
    chain = [assertion]
    while chain[-1].kind == "undo" and (of := assertions.named(tx, str(chain[-1].body.get("of")))) and of not in chain:
        chain.append(of)
    return chain


def _told(seen: Seen, assertion: Assertion) -> Assertion:
    """A move between two patients of whom this reader may see one names the other by a word of ours: the same word in
    every move, so that a move back is understood. An undo names what it undoes as that is told."""
    *undos, told = _about(seen.tx, assertion)
    if told.kind == "move":
        source, body = str(told.body["source"]), dict(told.body)
        for name in ("patient", "to"):
            key = str(body[name]).removeprefix("Patient/")
            if seen.view(Ref(source, key)) is None:
                body[name] = f"Patient/{HIDDEN}{merged_id(seen.tx.id_key, source, 'Patient', key)}"
        told = Assertion("move", body)
    for undo in reversed(undos):
        told = Assertion("undo", {**undo.body, "of": told.id})
    return told


def _named(assertion: Assertion) -> list[tuple[str, str]]:
    """(type, id) of the facts that a retraction or a listing names."""
    keys = assertion.body.get("keys")
    words = [k.partition("/") for k in keys if isinstance(k, str)] if isinstance(keys, list) else []
    own = [(str(assertion.body.get("type")), str(assertion.body.get("id")))] if assertion.kind in NAMING else []
    return [*own, *((type, key) for type, _, key in words)]
