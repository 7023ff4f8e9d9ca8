"""Backup and restore: every table, as one SQLite file, whatever engine the store runs on.

What is sealed stays sealed: a backup opens only with the home's master key, which is not in it. A restore applies the
erase orders that came after the backup.
"""

import os
from pathlib import Path

import sqlalchemy as sa

from gateway.errors import UsageError, error
from gateway.store import schema
from gateway.store.engine import Store, Transaction, engine_of, prove, upgrade
from gateway.store.erase import reapply_erasures

_TABLES = schema.METADATA.sorted_tables
_STEP = 1000


def backup(store: Store, path: Path) -> dict[str, int]:
    """Write a snapshot to a new file, readable by its owner only. Returns rows by table. Raises UsageError."""
    if path.exists():
        raise UsageError(error("file-exists", f"{path.name} is there already; nothing was written.", str(path),
                               "Name a new file."))
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(0o600)
    part = engine_of(f"sqlite:///{unfinished}")
    with store.read() as tx, part.connect().execution_options(writes=True) as conn, conn.begin():
        upgrade(conn)
        counts = _copy(tx, Transaction(conn, store.vault, store.id_key))
    part.dispose()
    with unfinished.open("rb") as f:
        os.fsync(f.fileno())
    unfinished.rename(path)
    return counts


def restore(store: Store, path: Path) -> dict[str, int]:
    """Fill an empty store from a backup, then erase again what was erased since. Returns rows by table.

    Raises UsageError when the store holds something, ConfigError when the backup belongs to another master key.
    """
    part = engine_of(f"sqlite:///{path}")
    with part.connect() as conn, conn.begin(), store.begin(writes=True) as into:
        prove(conn, store.vault)
        old, new = Transaction(conn, store.vault, b""), Transaction(into, store.vault, b"")
        if into.execute(sa.select(schema.units.c.n).limit(1)).first() or into.execute(
                sa.select(schema.counter.c.change)).scalar():
            raise UsageError(error("store-not-empty", "The store holds data; nothing was restored.", "",
                                   "Restore into a home whose database is new."))
        for table in (schema.patient_keys, schema.patients, schema.counter):
            into.execute(sa.delete(table))
        counts = _copy(old, new)
    part.dispose()
    store.known.clear()
    reapply_erasures(store)
    return counts


def _copy(old: Transaction, new: Transaction) -> dict[str, int]:
    counts = {}
    for table in _TABLES:
        rows = old.conn.execution_options(yield_per=_STEP).execute(sa.select(table))
        counts[table.name] = 0
        for some in rows.partitions():
            new.insert(table, [tuple(row) for row in some])
            counts[table.name] += len(some)
    return counts
