"""Work that waits, in the same transaction as the data that asks for it: at least once, so handlers are idempotent.

A worker claims a job for the length of a lease; one that dies lets the lease run out and the job is claimed again.
Payloads name things by id and hold no patient data.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from gateway.jsontext import canonical, loads
from gateway.store.engine import Transaction, instant
from gateway.store.schema import jobs

MAX_ATTEMPTS = 8


class Job(NamedTuple):
    """A claimed job; `lease` is what proves that it is still ours."""

    n: int
    kind: str
    key: str
    payload: Any
    attempts: int
    lease: str


def enqueue(tx: Transaction, kind: str, key: str = "", payload: Any = None, due: datetime | None = None) -> None:
    """Ask for work once this transaction commits. While an equal (kind, key) waits unclaimed, nothing is added."""
    row = (tx.take("job"), kind, key, canonical(payload).decode(), "ready", instant(due) if due else tx.at, "", 0, "")
    tx.insert(jobs, [row], "keep")


def claim(tx: Transaction, lease: timedelta, many: int = 1, kinds: tuple[str, ...] = ()) -> list[Job]:
    """Take jobs that are due, the longest waiting first; other workers skip them until the lease ends."""
    until = instant(datetime.fromisoformat(tx.at) + lease)
    free = sa.or_(sa.and_(jobs.c.state == "ready", jobs.c.due <= tx.at),
                  sa.and_(jobs.c.state == "leased", jobs.c.lease <= tx.at))
    only = [jobs.c.kind.in_(kinds)] if kinds else []
    rows = tx.conn.execute(sa.select(jobs).where(free, *only).order_by(jobs.c.due, jobs.c.n).limit(many)
                           .with_for_update(skip_locked=True)).all()
    tx.conn.execute(sa.update(jobs).where(jobs.c.n.in_([r.n for r in rows]))
                    .values(state="leased", lease=until, attempts=jobs.c.attempts + 1))
    return [Job(r.n, r.kind, r.key, loads(r.payload), r.attempts + 1, until) for r in rows]


def _ours(job: Job) -> sa.ColumnElement[bool]:
    return sa.and_(jobs.c.n == job.n, jobs.c.state == "leased", jobs.c.lease == job.lease,
                   jobs.c.attempts == job.attempts)


def done(tx: Transaction, job: Job) -> bool:
    """Finish a job, best in the transaction of its last write. False: the lease ran out and someone else has it."""
    return tx.conn.execute(sa.delete(jobs).where(_ours(job))).rowcount == 1


def withdraw(tx: Transaction, kind: str, key: str) -> None:
    """Ask no longer for work that waits: it was done another way."""
    tx.conn.execute(sa.delete(jobs).where(jobs.c.kind == kind, jobs.c.key == key, jobs.c.state == "ready"))


def failed(tx: Transaction, job: Job, error: str, wait: timedelta) -> bool:
    """Give a job back: after `wait` it is due again; after MAX_ATTEMPTS it stays as `dead` until a person looks."""
    state = "dead" if job.attempts >= MAX_ATTEMPTS else "leased"
    due = instant(datetime.fromisoformat(tx.at) + wait)
    values = {"state": state, "lease": due, "error": error}
    return tx.conn.execute(sa.update(jobs).where(_ours(job)).values(values)).rowcount == 1


def extend(tx: Transaction, job: Job, lease: timedelta) -> Job | None:
    """Keep a job that takes longer; None when it was lost."""
    until = instant(datetime.fromisoformat(tx.at) + lease)
    kept = tx.conn.execute(sa.update(jobs).where(_ours(job)).values(lease=until)).rowcount == 1
    return job._replace(lease=until) if kept else None


def dead(tx: Transaction, kind: str, key: str) -> bool:
    """Was a job given up?"""
    query = sa.select(jobs.c.n).where(jobs.c.kind == kind, jobs.c.key == key, jobs.c.state == "dead")
    return tx.conn.execute(query).first() is not None


def counts(tx: Transaction) -> dict[str, int]:
    """How many jobs are in each state: ready, leased, dead."""
    query = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
    return dict(tx.conn.execute(query).tuples().all())
