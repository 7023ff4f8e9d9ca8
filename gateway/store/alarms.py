"""Alarms: persons whose record breaks an invariant of its own. They stand until somebody who sees all sees it whole."""

from typing import NamedTuple

import sqlalchemy as sa

from gateway.store.engine import Transaction
from gateway.store.fixed import Fixed
from gateway.store.schema import alarms

INVARIANT = "invariant-broken"
_RAISED = Fixed(sa.select(alarms.c.person).where(alarms.c.person == sa.bindparam("person")))


class Alarm(NamedTuple):
    """How many persons one code is about; since: the first time that it was raised."""

    code: str
    people: int
    since: str
    last: str


def raised(tx: Transaction, person: str) -> bool:
    """Does an alarm stand about a person?"""
    return bool(tx.run(_RAISED, person=person))


def sound(tx: Transaction, person: str) -> None:
    """Raise the alarm about a person's record; raised before, it keeps its first time."""
    tx.insert(alarms, [(person, INVARIANT, tx.at, tx.at)], "keep")
    tx.conn.execute(sa.update(alarms).where(alarms.c.person == person).values(last=tx.at))


def clear(tx: Transaction, person: str) -> None:
    """The record of a person is whole."""
    tx.conn.execute(sa.delete(alarms).where(alarms.c.person == person))


def find(tx: Transaction) -> list[Alarm]:
    """The alarms that stand, one row a code."""
    query = sa.select(alarms.c.code, sa.func.count(), sa.func.min(alarms.c.since), sa.func.max(alarms.c.last))
    return [Alarm(*row) for row in tx.conn.execute(query.group_by(alarms.c.code).order_by(alarms.c.code))]
