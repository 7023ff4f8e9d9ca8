"""Which messages hold which documents, each a message of its own; `merged` is the id of the fact that hands it on.

A document of before these rows were kept has none until the job `holders` looked for them. Where nothing is found it
holds itself, and ends with nothing.
"""

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

import sqlalchemy as sa

from gateway.store.engine import SOME, Transaction
from gateway.store.patients import Ref, numbers
from gateway.store.schema import enclosed, mentions, units


class Way(NamedTuple):
    """One way by which a document came: the number of the message that holds it; "" where no fact hands it on."""

    holder: int
    merged: str


_WAYS = sa.select(enclosed).where(enclosed.c.unit.in_(SOME))
_HELD = sa.select(enclosed.c.unit).where(enclosed.c.holder.in_(SOME)).distinct()
_UNDER = sa.select(enclosed.c.unit).where(enclosed.c.merged.in_(SOME)).distinct()
_ABOUT = (sa.select(enclosed.c.unit).join(mentions, mentions.c.unit == enclosed.c.holder)
          .where(mentions.c.patient.in_(SOME)).distinct())


def known(tx: Transaction) -> bool:
    """Is any document known to stand in another message?"""
    return tx.conn.execute(sa.select(enclosed.c.unit).limit(1)).first() is not None


def put(tx: Transaction, held: Mapping[int, Set[tuple[int, str]]]) -> None:
    """Each of these messages holds exactly these documents: (number of the document, merged id)."""
    tx.each(sa.delete(enclosed).where(enclosed.c.holder.in_(SOME)), held)
    tx.insert(enclosed, sorted((unit, holder, merged) for holder, some in held.items() for unit, merged in some))


def ways(tx: Transaction, documents: Iterable[int]) -> dict[int, list[Way]]:
    """By which ways documents came."""
    found: dict[int, list[Way]] = {}
    for unit, holder, merged in tx.each(_WAYS, documents):
        found.setdefault(unit, []).append(Way(holder, merged))
    return found


def held_by(tx: Transaction, holders: Iterable[int]) -> set[int]:
    """The documents that messages hold."""
    return {unit for (unit,) in tx.each(_HELD, holders)}


def under(tx: Transaction, merged: Iterable[str]) -> set[int]:
    """The documents that facts of these merged ids hand on."""
    return {unit for (unit,) in tx.each(_UNDER, merged)}


def about(tx: Transaction, members: Iterable[Ref]) -> set[int]:
    """The documents in messages that hold something about these source patients."""
    return {unit for (unit,) in tx.each(_ABOUT, numbers(tx, members).values())}


def unknown(tx: Transaction, source: str) -> set[int]:
    """CDA documents of a source of which no message that holds them is known."""
    held = sa.exists().where(enclosed.c.unit == units.c.n, enclosed.c.holder != units.c.n)
    kind = sa.or_(units.c.kind == "CDA", units.c.kind.startswith("CDA "))
    query = sa.select(units.c.n).where(units.c.source == source, kind, units.c.state != "erased", ~held)
    return {n for (n,) in tx.conn.execute(query)}


def hold_themselves(tx: Transaction, documents: Iterable[int]) -> None:
    """These end with nothing, as long as it is not known what holds them."""
    tx.insert(enclosed, [(n, n, "") for n in sorted(documents)], "keep")


def found(tx: Transaction, documents: Iterable[int]) -> set[int]:
    """Those of the documents of which it is known now what holds them: they no longer hold themselves."""
    known = {n for n, some in ways(tx, documents).items() if any(way.holder != n for way in some)}
    tx.each(sa.delete(enclosed).where(enclosed.c.unit.in_(SOME), enclosed.c.holder == enclosed.c.unit), known)
    return known
