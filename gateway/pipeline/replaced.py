"""Documents that say themselves whose place they take (`relatedDocument typeCode="RPLC"` of a CDA document).

A document goes by its id, among those of its source. It is replaced as long as another one stands that says so: one
that is replaced in its turn does, for who took its place gave back neither; one that was withdrawn does not. Two that
replace each other replace nothing, nor does one that names itself.

Programs fill templates whose ids are the same for every patient. Where an id, or that of the one that replaces it, is
used for several patients' documents, a document replaces its own patient's only. Else it may be another one's: the
patient got a new number, or the first one was filed under the wrong patient.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from gateway.ids import merged_id
from gateway.merge.body import items, obj, text
from gateway.model import Fact
from gateway.store import enclosed, units
from gateway.store.enclosed import IS, TAKES
from gateway.store.engine import Transaction
from gateway.store.units import Unit


def name(tx: Transaction, said: Mapping[Unit, Iterable[Fact]]) -> None:
    """Note what CDA documents, each with its facts, call themselves and replace; other messages are passed over."""
    documents = [unit for unit in said if unit.kind.partition(" ")[0] == "CDA"]
    enclosed.name(tx, {unit.n: _names(tx, said[unit]) for unit in documents})


def _names(tx: Transaction, said: Iterable[Fact]) -> set[str]:
    found: set[str] = set()
    for fact in said:
        if fact.type == "DocumentReference" and "masterIdentifier" in fact.resource:
            found.add(IS + _called(tx, fact, obj(fact.resource, "masterIdentifier")))
            found |= {TAKES + _called(tx, fact, obj(obj(r, "target"), "identifier"))
                      for r in items(fact.resource, "relatesTo") if text(r, "code") == "replaces"}
    return found


def _called(tx: Transaction, fact: Fact, identifier: Mapping[str, object]) -> str:
    name = f"{identifier.get('system')}|{identifier.get('value')}"
    return merged_id(tx.id_key, fact.source, "DocumentReference", name)


def related(tx: Transaction, documents: Iterable[int]) -> set[int]:
    """The documents that are called as these are, and those that any of them say they replace."""
    alike = enclosed.under(tx, _names_of(enclosed.names(tx, documents), IS))
    return alike | enclosed.under(tx, {IS + n[1:] for n in _names_of(enclosed.names(tx, {*documents, *alike}), TAKES)})


def _names_of(named: Mapping[int, Iterable[str]], sign: str) -> set[str]:
    return {name for names in named.values() for name in names if name.startswith(sign)}


def replaced(tx: Transaction, documents: Collection[int], standing: Callable[[int], bool]) -> set[int]:
    """Those that another document replaces which stands (`standing`, of its number)."""
    mine = enclosed.names(tx, documents)
    takers = enclosed.names(tx, enclosed.under(tx, {TAKES + n[1:] for n in _names_of(mine, IS)}))
    by: dict[str, list[int]] = {}
    for taker, names in takers.items():
        for n in names:
            by.setdefault(n, []).append(taker)
    alike = enclosed.names(tx, enclosed.under(tx, _names_of(mine, IS) | _names_of(takers, IS)))
    whom = units.mentioned(tx, {*mine, *takers, *alike})
    called: dict[str, set[frozenset[int]]] = {}
    for document, names in alike.items():
        for n in names:
            called.setdefault(n, set()).add(whom[document])

    def may(taker: int, document: int, name: str) -> bool:
        here, there = whom[taker], whom[document]
        known = here and there and here.isdisjoint(there)
        return not known or all(len(called[n]) == 1 for n in (name, *_names_of({taker: takers[taker]}, IS)))

    return {d for d, names in mine.items() if any(
        _takes(takers[t], names) and may(t, d, n) and standing(t)
        for n in names if n.startswith(IS) for t in by.get(TAKES + n[1:], ()))}


def _takes(taker: Collection[str], names: Collection[str]) -> bool:
    """Is the one document not the other, and does it not say the same of the first?"""
    own = {n[1:] for n in taker if n.startswith(IS)}
    return own.isdisjoint(n[1:] for n in names)
