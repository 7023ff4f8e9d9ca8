"""The newest change number, cheaply: asked at every request to learn whether what is cached still holds."""

import sqlite3
import threading
from pathlib import Path

import sqlalchemy as sa

_NEWEST = "select change from counter"


class Pulse:
    """Call it for the newest committed change number. SQLite: a read-only connection for each thread."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine, self._mine = engine, threading.local()
        self._file = engine.url.database if engine.dialect.name == "sqlite" else None

    def __call__(self) -> int:
        if self._file is None:
            with self._engine.connect() as conn:
                return int(conn.exec_driver_sql(_NEWEST).scalar_one())
        if not hasattr(self._mine, "conn"):
            file = f"{Path(self._file).absolute().as_uri()}?mode=ro"
            self._mine.conn = sqlite3.connect(file, uri=True, isolation_level=None, timeout=30)
        return int(self._mine.conn.execute(_NEWEST).fetchone()[0])
