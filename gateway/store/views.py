"""Views: built answers by digest, sealed. A head says which digest a decision class saw at which change number."""

import sqlalchemy as sa

from gateway.store.engine import Transaction
from gateway.store.schema import heads, views
from gateway.store.vault import seal, unseal

_BODY = sa.select(views.c.body).where(views.c.digest == sa.bindparam("digest"))


def get(tx: Transaction, digest: str) -> bytes | None:
    """The view's bytes, if it is there."""
    body = tx.conn.execute(_BODY, {"digest": digest}).scalar()
    return None if body is None else unseal(tx.vault.home, body, f"view/{digest}")


def put(tx: Transaction, person: str, digest: str, body: bytes) -> None:
    """Keep a view; the same digest is the same bytes, so a second one changes nothing."""
    tx.insert(views, [(digest, person, tx.at, seal(tx.vault.home, body, f"view/{digest}"))], "keep")


def head(tx: Transaction, person: str, decision: str, change: int) -> str:
    """The digest that this decision class sees, if it was found out at this change number; else ""."""
    query = sa.select(heads.c.digest).where(heads.c.person == person, heads.c.decision == decision,
                                            heads.c.change == change)
    return tx.conn.execute(query).scalar() or ""


def point(tx: Transaction, person: str, decision: str, change: int, digest: str) -> None:
    """Note what a decision class sees at a change number."""
    tx.insert(heads, [(person, decision, change, digest)], "replace")


def decisions(tx: Transaction, person: str) -> list[str]:
    """Decision classes in use for a person: those whose views are built ahead."""
    query = sa.select(heads.c.decision).where(heads.c.person == person).order_by(heads.c.decision)
    return [d for (d,) in tx.conn.execute(query)]


def evict(tx: Transaction, person: str) -> None:
    """Drop all views of a person: all or none, so that what is cached tells nothing about who read."""
    for cache in (views, heads):
        tx.conn.execute(sa.delete(cache).where(cache.c.person == person))
