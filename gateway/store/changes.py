"""The change sequence: one gap-free number for each commit that can change a record, visible in order.

Page tokens and `_since` pin these numbers; a view is current while no newer number touches its members.
"""

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa

from gateway.store.engine import SOME, Transaction
from gateway.store.fixed import Fixed
from gateway.store.patients import Ref, numbers, refs
from gateway.store.schema import DIRECTORY, changes, counter, facts, tombstones, touched


class Change(NamedTuple):
    """A commit: number, time (behind that of the commit before), source patients whose record it can change."""

    number: int
    at: str
    patients: tuple[Ref, ...]
    directory: bool


_NEWEST = Fixed(sa.select(sa.func.max(touched.c.change)).where(touched.c.patient.in_(SOME)))
_LAST = Fixed(sa.select(counter.c.change))
_AT = Fixed(sa.select(changes.c.at).where(changes.c.number == sa.bindparam("number")))
_TOUCHED = sa.select(touched.c.change, touched.c.patient).where(touched.c.change.in_(SOME))


def last(tx: Transaction) -> int:
    """The newest number that this transaction can see."""
    ((number,),) = tx.run(_LAST)
    return int(number)


def last_of(tx: Transaction, members: Iterable[Ref]) -> int:
    """The newest number that touches these source patients, 0 when there is none."""
    return max((n or 0 for (n,) in tx.each(_NEWEST, numbers(tx, members).values())), default=0)


def of(tx: Transaction, members: Iterable[Ref]) -> list[int]:
    """All numbers that touch these source patients or the directory, in order."""
    query = sa.select(touched.c.change).where(touched.c.patient.in_(SOME)).distinct()
    return sorted({n for (n,) in tx.each(query, {*numbers(tx, members).values(), DIRECTORY})})


def last_of_directory(tx: Transaction) -> int:
    """The newest number that changed the directory, which is an input of every record."""
    return tx.each(_NEWEST, [DIRECTORY])[0][0] or 0


def at(tx: Transaction, number: int) -> str:
    """The time of a change, "" when it is not there."""
    return next((at for (at,) in tx.run(_AT, number=number)), "")


def upto(tx: Transaction, time: str) -> int:
    """The last number not after a time (`instant` text): what `--as-of` and `_since` mean by it."""
    return tx.conn.execute(sa.select(sa.func.max(changes.c.number)).where(changes.c.at <= time)).scalar() or 0


def before(tx: Transaction, time: str) -> int:
    """The last number before a time (`instant` text)."""
    return tx.conn.execute(sa.select(sa.func.max(changes.c.number)).where(changes.c.at < time)).scalar() or 0


def since(tx: Transaction, number: int, limit: int = 1000) -> list[Change]:
    """Changes behind a number, in order."""
    query = sa.select(changes).where(changes.c.number > number).order_by(changes.c.number).limit(limit)
    rows = tx.conn.execute(query).all()
    by_number: dict[int, list[int]] = {r.number: [] for r in rows}
    for change, patient in tx.each(_TOUCHED, by_number):
        by_number[change].append(patient)
    names = refs(tx, [n for ns in by_number.values() for n in ns if n != DIRECTORY])
    return [Change(r.number, r.at, tuple(sorted(names[n] for n in by_number[r.number] if n in names)),
                   DIRECTORY in by_number[r.number]) for r in rows]


def deleted(tx: Transaction, number: int) -> list[tuple[str, str]]:
    """(type, merged id) of what erasures behind a number took away: mirrors must drop it."""
    again = sa.exists().where(facts.c.merged == tombstones.c.id, facts.c.gone.is_(None))
    query = sa.select(tombstones.c.type, tombstones.c.id).where(tombstones.c.change > number, ~again)
    return [(type, id) for type, id in tx.conn.execute(query.order_by(tombstones.c.type, tombstones.c.id))]
