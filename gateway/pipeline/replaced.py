"""Documents that say themselves whose place they take (`relatedDocument typeCode="RPLC"` of a CDA document).

A document goes by its id, among those of its source. It is replaced as long as another one stands that says so: one
that is replaced in its turn does, for who took its place gave back neither; one that was withdrawn does not. Two that
replace each other replace nothing, nor does one that names itself.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from gateway.ids import merged_id
from gateway.merge.body import items, obj, text
from gateway.model import Fact
from gateway.store import enclosed
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
    """The documents that these say they replace."""
    names = enclosed.names(tx, documents)
    return enclosed.under(tx, {IS + n[1:] for some in names.values() for n in some if n.startswith(TAKES)})


def replaced(tx: Transaction, documents: Collection[int], standing: Callable[[int], bool]) -> set[int]:
    """Those that another document replaces which stands (`standing`, of its number)."""
    mine = enclosed.names(tx, documents)
    takers = enclosed.names(tx, enclosed.under(tx, {TAKES + n[1:] for some in mine.values() for n in some
                                                    if n.startswith(IS)}))
    by: dict[str, list[int]] = {}
    for taker, names in takers.items():
        for n in names:
            by.setdefault(n, []).append(taker)
    return {d for d, names in mine.items() if any(
        _takes(takers[t], names) and standing(t) for n in names if n.startswith(IS) for t in by.get(TAKES + n[1:], ()))}


def _takes(taker: Collection[str], names: Collection[str]) -> bool:
    """Is the one document not the other, and does it not say the same of the first?"""
    own = {n[1:] for n in taker if n.startswith(IS)}
    return own.isdisjoint(n[1:] for n in names)
