"""A FHIR server that corrects whose a resource is: a newer version under one id names another patient.

The id of a resource on a server is one thing's for ever, so the older version is taken back. That follows from the two
versions alone: whichever of them came first, it is the same. It holds for what bears a version of its server's:
entries of documents and numbers in messages (orders, results) are used again for other patients' things, and nobody's
may vanish by that.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from gateway.ids import is_content_version
from gateway.jsontext import loads
from gateway.merge.times import order
from gateway.merge.versions import Key, number
from gateway.model import Assertion
from gateway.store import facts
from gateway.store.engine import Transaction
from gateway.store.entries import Entry
from gateway.store.units import Unit


class _Said(NamedTuple):
    """One version of one thing: whom it is about, what its server calls the version, and since when it says so."""

    patient: str
    version: Any
    asserted: str


def taken_back(tx: Transaction, said: Sequence[tuple[Unit, Sequence[Entry]]]) -> dict[int, list[Assertion]]:
    """By the number of a message: the retractions that its resources and those stored before them amount to."""
    own = [(unit.n, key, mine) for unit, entries in said for e in entries
           if (key := _key(e)) and _numbered(mine := _Said(e.patient, loads(e.version), e.fact.asserted or ""))]
    known: dict[Key, set[_Said]] = {}
    for _, key, mine in own:
        known.setdefault(key, set()).add(mine)
    stored = ((key, _Said(*words)) for key, *words in facts.whose(tx, known)) if known else ()
    for key, one in stored:
        if _numbered(one):
            known[key].add(one)
    found: dict[int, dict[str, Assertion]] = {}
    for n, key, mine in own:
        for taken in _older(mine, known[key]):
            source, type, id = key
            body = {"source": source, "type": type, "id": id, "version": taken.version}
            back = Assertion("retract", {**body, "asserted": taken.asserted} if taken.asserted else body)
            found.setdefault(n, {})[back.id] = back
    return {n: list(backs.values()) for n, backs in found.items()}


def _key(entry: Entry) -> Key | None:
    """The key of what its own source says about a patient."""
    fact = entry.fact
    return (fact.source, fact.type, fact.key) if entry.patient and fact.type != "Patient" and not fact.via else None


def _numbered(said: _Said) -> bool:
    """Does it bear a version of its server's? Without one its time, or a hash of ours, takes the place."""
    return said.version != said.asserted and not is_content_version(said.version)


def _older(mine: _Said, known: Iterable[_Said]) -> Iterator[_Said]:
    """The versions about other patients that are over because of this one, or this one because of them."""
    for other in known:
        if other.patient != mine.patient and (newer := _newer(mine, other)) is not None:
            yield other if newer is mine else mine


def _newer(a: _Said, b: _Said) -> _Said | None:
    """The newer of two versions, by number, else by time; None where neither tells."""
    one, two = number(a.version), number(b.version)
    if one is None or two is None:
        since, before = order(a.asserted or None), order(b.asserted or None)
        return None if since == before else a if since > before else b
    return None if one == two else a if one > two else b
