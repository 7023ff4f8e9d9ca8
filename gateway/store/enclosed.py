"""Which messages hold which documents, each a message of its own; `merged` is the id of the fact that hands it on.

A document of before these rows were kept has none until the job `holders` looked for them. Where nothing is found it
holds itself, and ends with nothing.

What a document calls itself, and what it says that it replaces, stands here as well, whether it is said or not: in rows
of its own whose `merged` begins with a sign.
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


IS, TAKES = "=", ">"                 # before the name of the document, and of one whose place it takes
_PLAIN = sa.not_(sa.or_(*(enclosed.c.merged.startswith(sign) for sign in (IS, TAKES))))
_WAYS = sa.select(enclosed).where(enclosed.c.unit.in_(SOME), _PLAIN)
_NAMES = sa.select(enclosed.c.unit, enclosed.c.merged).where(enclosed.c.unit.in_(SOME), ~_PLAIN)
_HELD = sa.select(enclosed.c.unit).where(enclosed.c.holder.in_(SOME)).distinct()
_UNDER = sa.select(enclosed.c.unit).where(enclosed.c.merged.in_(SOME)).distinct()
_ABOUT = (sa.select(enclosed.c.unit).join(mentions, mentions.c.unit == enclosed.c.holder)
          .where(mentions.c.patient.in_(SOME)).distinct())
_CDA = sa.or_(units.c.kind == "CDA", units.c.kind.startswith("CDA "))


def known(tx: Transaction) -> bool:
    """Is any document known to stand in another message?"""
    return tx.conn.execute(sa.select(enclosed.c.unit).limit(1)).first() is not None


def put(tx: Transaction, held: Mapping[int, Set[tuple[int, str]]]) -> None:
    """Each of these messages holds exactly these documents: (number of the document, merged id)."""
    tx.each(sa.delete(enclosed).where(enclosed.c.holder.in_(SOME), enclosed.c.unit != enclosed.c.holder), held)
    tx.insert(enclosed, sorted((unit, holder, merged) for holder, some in held.items() for unit, merged in some))


def name(tx: Transaction, names: Mapping[int, Set[str]]) -> None:
    """These documents call themselves so, and replace these: names behind IS or TAKES."""
    tx.each(sa.delete(enclosed).where(enclosed.c.unit.in_(SOME), ~_PLAIN), names)
    tx.insert(enclosed, sorted((unit, unit, name) for unit, some in names.items() for name in some))


def names(tx: Transaction, documents: Iterable[int]) -> dict[int, set[str]]:
    """What documents call themselves and what they replace, as `name` took it."""
    found: dict[int, set[str]] = {}
    for unit, name in tx.each(_NAMES, documents):
        found.setdefault(unit, set()).add(name)
    return found


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
    """The documents that facts of these merged ids hand on, or of which one of these names is said."""
    return {unit for (unit,) in tx.each(_UNDER, merged)}


def about(tx: Transaction, members: Iterable[Ref]) -> set[int]:
    """The documents in messages that hold something about these source patients."""
    return {unit for (unit,) in tx.each(_ABOUT, numbers(tx, members).values())}


def unknown(tx: Transaction, source: str) -> set[int]:
    """CDA documents of a source of which no message that holds them is known."""
    held = sa.exists().where(enclosed.c.unit == units.c.n, enclosed.c.holder != units.c.n)
    query = sa.select(units.c.n).where(units.c.source == source, _CDA, units.c.state != "erased", ~held)
    return {n for (n,) in tx.conn.execute(query)}


def unnamed(tx: Transaction) -> list[int]:
    """CDA documents of which no name is known."""
    named = sa.exists().where(enclosed.c.unit == units.c.n, ~_PLAIN)
    query = sa.select(units.c.n).where(_CDA, units.c.state.in_(("done", "withdrawn")), ~named)
    return sorted(n for (n,) in tx.conn.execute(query))


def hold_themselves(tx: Transaction, documents: Iterable[int]) -> None:
    """These end with nothing, as long as it is not known what holds them."""
    tx.insert(enclosed, [(n, n, "") for n in sorted(documents)], "keep")


def found(tx: Transaction, documents: Iterable[int]) -> set[int]:
    """Those of the documents of which it is known now what holds them: they no longer hold themselves."""
    known = {n for n, some in ways(tx, documents).items() if any(way.holder != n for way in some)}
    tx.each(sa.delete(enclosed).where(enclosed.c.unit.in_(SOME), enclosed.c.merged == ""), known)
    return known
