"""Where each source's feed stands: saved in the transaction that stores the messages the cursor covers.

Beside them `NAME/` says when all that a source lists was compared with what we hold, and `NAME/TYPE` how that went.
"""

from typing import NamedTuple

import sqlalchemy as sa

from gateway.store.engine import Transaction
from gateway.store.schema import cursors, plain
from gateway.store.vault import seal, unseal


class Cursor(NamedTuple):
    """A feed: cursor to go on from, last answer, last attempt, and how it ended (`ok`, or what went wrong)."""

    source: str
    cursor: str | None
    answered: str
    state: str
    tried: str
    detail: str


def get(tx: Transaction, source: str) -> Cursor:
    """Where a source stands; nothing read yet: cursor None, times empty."""
    row = tx.conn.execute(sa.select(cursors).where(cursors.c.source == source)).one_or_none()
    return Cursor(source, None, "", "", "", "") if row is None else _open(tx, row)


def every(tx: Transaction) -> list[Cursor]:
    """All sources that were ever tried, by name."""
    return [c for c in _all(tx) if "/" not in c.source]


def compared(tx: Transaction) -> list[Cursor]:
    """How comparing with what sources list went: `NAME/` and `NAME/TYPE`, in order."""
    return [c for c in _all(tx) if "/" in c.source]


def _all(tx: Transaction) -> list[Cursor]:
    return [_open(tx, row) for row in tx.conn.execute(sa.select(cursors).order_by(cursors.c.source)).all()]


def answered(tx: Transaction, source: str, cursor: str | None) -> None:
    """The source answered, and everything up to `cursor` is stored by this transaction. None leaves the cursor."""
    keep = get(tx, source).cursor if cursor is None else cursor
    sealed = None if keep is None else seal(tx.vault.home, keep.encode("utf-8", "surrogatepass"), f"cursor/{source}")
    tx.insert(cursors, [(source, sealed, tx.at, "ok", tx.at, "")], "replace")


def failed(tx: Transaction, source: str, state: str, detail: str = "") -> None:
    """The source did not answer: why, without patient data. Cursor and time of the last answer stay."""
    detail = plain(detail)
    tx.insert(cursors, [(source, None, "", state, tx.at, detail)], "keep")
    tx.conn.execute(sa.update(cursors).where(cursors.c.source == source)
                    .values(state=state, tried=tx.at, detail=detail))


def forget(tx: Transaction, source: str) -> None:
    """Start from the beginning next time; what is stored stays, and is known again."""
    tx.conn.execute(sa.delete(cursors).where(cursors.c.source == source))


def _open(tx: Transaction, row: sa.Row) -> Cursor:
    raw = None if row.cursor is None else unseal(tx.vault.home, row.cursor, f"cursor/{row.source}")
    cursor = None if raw is None else raw.decode("utf-8", "surrogatepass")
    return Cursor(row.source, cursor, row.answered, row.state, row.tried, row.detail)
