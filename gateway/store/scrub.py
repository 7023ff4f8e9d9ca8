"""Getting deleted rows out of the files: pages, free lists and the write-ahead log."""

import sqlite3
from typing import Any

from gateway.store.engine import Store
from gateway.store.schema import METADATA


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
    except sqlite3.OperationalError:         # another program writes: nothing is lost, the next call finishes
        return False
    finally:
        raw.close()


def _postgres(store: Store) -> bool:
    """PostgreSQL keeps dead rows in a table's file until it is rewritten, and values in the planner's statistics.

    Its write-ahead log is recycled by the server in its own time; what is in there in clear are keys and index terms.
    """
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        for table in METADATA.sorted_tables:
            conn.exec_driver_sql(f"vacuum (full, analyze) {table.name}")
        conn.exec_driver_sql("vacuum full pg_catalog.pg_statistic")
        if conn.exec_driver_sql("select pg_has_role(current_user, 'pg_checkpoint', 'member')").scalar():
            conn.exec_driver_sql("checkpoint")
    return True
