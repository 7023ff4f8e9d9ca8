"""The account of every message: how many leaves were mapped, ignored by a rule, left unmapped.

Messages of one kind leave the same paths unmapped, so a ledger row names a set of paths instead of holding one; sums
over a source read a handful of sets.
"""

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa

from gateway.jsontext import canonical, loads
from gateway.model import Ledger
from gateway.store.engine import Transaction
from gateway.store.schema import ledgers, path_sets, plain, units
from gateway.store.units import Unit

_INDEX = re.compile(r"[\[(]\d+[\])]")


class Totals(NamedTuple):
    """Leaves of all messages of a source, and in how many messages each path was left unmapped, most first."""

    mapped: int
    ignored: int
    unmapped: int
    paths: dict[str, int]


def put(tx: Transaction, unit: Unit, ledger: Ledger) -> None:
    """Set the account of one message; a later processing replaces it."""
    put_all(tx, [(unit, ledger)])


def put_all(tx: Transaction, accounts: Sequence[tuple[Unit, Ledger]]) -> None:
    """Set the accounts of many messages."""
    sets = {unmapped: _set(unmapped) for unmapped in {tuple(ledger.unmapped) for _, ledger in accounts}}
    rows = [(unit.n, len(ledger.mapped), len(ledger.ignored), len(ledger.unmapped), sets[tuple(ledger.unmapped)][0])
            for unit, ledger in accounts]
    tx.insert(path_sets, sorted(set(sets.values())), "keep")
    tx.insert(ledgers, rows, "replace")


def _set(unmapped: Sequence[str]) -> tuple[str, str]:
    """Name and text of the set of paths that these leaves stand at."""
    paths = canonical(sorted({plain(_INDEX.sub("", p)) for p in unmapped}))
    return sha256(paths).hexdigest()[:16], paths.decode()


def totals(tx: Transaction, source: str = "") -> Totals:
    """The accounts of one source, or of all, added up."""
    mine = [units.c.source == source] if source else []
    sums = [sa.func.coalesce(sa.func.sum(ledgers.c[n]), 0) for n in ("mapped", "ignored", "unmapped")]
    row = tx.conn.execute(sa.select(*sums).join(units, units.c.n == ledgers.c.unit).where(*mine)).one()
    paths: Counter[str] = Counter()
    query = (sa.select(path_sets.c.paths, sa.func.count()).join(ledgers, ledgers.c.paths == path_sets.c.id)
             .join(units, units.c.n == ledgers.c.unit).where(*mine).group_by(path_sets.c.id, path_sets.c.paths))
    for text, count in tx.conn.execute(query):
        paths.update(dict.fromkeys(loads(text), count))
    mapped, ignored, unmapped = map(int, row)
    return Totals(mapped, ignored, unmapped, dict(sorted(paths.items(), key=lambda p: (-p[1], p[0]))))
