"""A FHIR server that corrects whose a resource is: under one id it names another patient than before.

The id of a resource on a server is one thing's for ever, so the older version says nothing of the patient whom it names
any more. That is told as a move, which follows from the two versions alone: whichever of them came first, it is the
same. Numbers that a message gives to things (orders, entries of documents) are used again for other patients' things
and are no such ids.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from gateway.fhir.elements import ELEMENTS
from gateway.jsontext import loads
from gateway.merge.times import order
from gateway.merge.versions import Key, number
from gateway.model import Assertion
from gateway.store import facts
from gateway.store.engine import Transaction
from gateway.store.entries import Entry
from gateway.store.units import Unit


class _Said(NamedTuple):
    """One version of one thing: whom it is about, what its source calls the version, and since when it says so."""

    patient: str
    version: Any
    asserted: str


def moved(tx: Transaction, said: Sequence[tuple[Unit, Sequence[Entry]]]) -> dict[int, list[Assertion]]:
    """By the number of a message: the moves that its resources and those stored before them amount to."""
    own = [(unit.n, key, _Said(e.patient, loads(e.version), e.fact.asserted or "")) for unit, entries in said
           if unit.kind in ELEMENTS.resources for e in entries if (key := _key(e))]
    if not own:
        return {}
    known: dict[Key, set[_Said]] = {}
    for _, key, mine in own:
        known.setdefault(key, set()).add(mine)
    for key, *words in facts.whose(tx, known):
        known[key].add(_Said(*words))
    found: dict[int, dict[str, Assertion]] = {}
    for n, key, mine in own:
        for move in _moves(key, mine, known[key]):
            found.setdefault(n, {})[move.id] = move
    return {n: list(moves.values()) for n, moves in found.items()}


def _key(entry: Entry) -> Key | None:
    """The key of what its own source says about a patient."""
    fact = entry.fact
    return (fact.source, fact.type, fact.key) if entry.patient and fact.type != "Patient" and not fact.via else None


def _moves(key: Key, mine: _Said, known: Iterable[_Said]) -> Iterable[Assertion]:
    for other in known:
        if other.patient and other.patient != mine.patient:
            newer = _newer(mine, other)
            if newer is not None:
                older = other if newer is mine else mine
                source, type, id = key
                body = {"source": source, "type": type, "id": id, "patient": f"Patient/{older.patient}",
                        "to": f"Patient/{newer.patient}"}
                yield Assertion("move", {**body, "asserted": newer.asserted} if newer.asserted else body)


def _newer(a: _Said, b: _Said) -> _Said | None:
    """The newer of two versions, by number, else by time; None where neither tells."""
    one, two = number(a.version), number(b.version)
    if one is None or two is None or one == two:
        since, before = order(a.asserted or None), order(b.asserted or None)
        return None if since == before else a if since > before else b
    return a if one > two else b
