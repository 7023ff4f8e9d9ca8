"""Getting deleted rows out of the files: pages, free lists and the write-ahead log."""

from typing import Any

import sqlalchemy as sa

from gateway.store import schema
from gateway.store.engine import Store

# PostgreSQL keeps dead rows in a table's file until it is rewritten. Its own write-ahead log (pg_wal) is recycled by
# the server in its own time, and holds nothing of a person in clear but keys and index terms.
_REWRITTEN = (schema.facts, schema.patients, schema.patient_keys, schema.unit_keys, schema.units, schema.search,
              schema.views, schema.assertions, schema.issues, schema.blocks, schema.links)


def scrub(store: Store) -> bool:
    """Rewrite the files so that nothing deleted is left in them. False: a reader is in the way, call again later."""
    return _sqlite(store) if store.sqlite else _postgres(store)


def _sqlite(store: Store) -> bool:
    raw = store.engine.raw_connection()
    try:
        db: Any = raw.driver_connection
        db.execute("vacuum")
        busy, _, _ = db.execute("pragma wal_checkpoint(truncate)").fetchone()
        return not busy
    finally:
        raw.close()


def _postgres(store: Store) -> bool:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        for table in _REWRITTEN:
            conn.execute(sa.text(f"vacuum full {table.name}"))
    return True
