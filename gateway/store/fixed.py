"""Statements that never change: on SQLite their text is made once and goes straight to the driver.

SQLAlchemy finds out anew at each execution which statement it is and how to bind and fetch; a commit runs some fifty,
and in this process SQLite itself needs a fifth of that time. On PostgreSQL, behind a socket, they are executed as ever.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite as SQLite

Text = tuple[str, Callable[[Mapping[str, Any]], list[Any]]]


class Fixed:
    """A statement of a module, whose lists and values are parameters. Its rows are named tuples on either engine."""

    def __init__(self, statement: sa.Executable) -> None:
        self.statement: Any = statement
        columns = [str(c.key) for c in statement.selected_columns] if isinstance(statement, sa.Select) else []
        row: Any = namedtuple("Row", columns, rename=True) if columns else None
        self._row = row._make if columns else None
        self._compiled: Any = None
        self._texts: dict[tuple[int, ...], Text] = {}

    def run(self, conn: sa.Connection, values: Mapping[str, Any]) -> list[Any]:
        """Execute once; the rows, if it gives any."""
        if conn.dialect.name != "sqlite":
            result = conn.execute(self.statement, dict(values))
            return list(result.all()) if result.returns_rows else []
        padded = {name: _padded(v) if isinstance(v, list) else v for name, v in values.items()}
        sizes = tuple(len(v) for v in padded.values() if isinstance(v, list))
        text, arguments = self._texts.get(sizes) or self._text(sizes, padded)
        rows = driven(conn, text, arguments(padded)).fetchall()
        return list(map(self._row, rows)) if self._row else rows

    def many(self, conn: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute for each set of values."""
        if conn.dialect.name != "sqlite":
            conn.execute(self.statement, list(rows))
        elif rows:
            text, arguments = self._texts.get(()) or self._text((), rows[0])
            driven(conn, text, [arguments(row) for row in rows], many=True)

    def _text(self, sizes: tuple[int, ...], values: Mapping[str, Any]) -> Text:
        if self._compiled is None:
            self._compiled = self.statement.compile(dialect=SQLite())
        state = self._compiled.construct_expanded_state(values)
        lists = {inner: name for name, some in state.parameter_expansion.items() if name in values for inner in some}
        order, names = list[str](), list(state.positiontup)
        while names:
            order.append(lists.get(names[0], names[0]))
            del names[:len(values[order[-1]]) if names[0] in lists else 1]
        fixed = {name: value for name, value in state.parameters.items() if name not in lists}

        def arguments(values: Mapping[str, Any]) -> list[Any]:
            given: list[Any] = []
            for name in order:
                value = values[name] if name in values else fixed[name]
                (given.extend if isinstance(value, list) else given.append)(value)
            return given

        found = self._texts[sizes] = state.statement, arguments
        return found


def _padded(values: list[Any]) -> list[Any]:
    """As many values as the next power of two, the last one again and again: few texts serve lists of any length."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


def driven(conn: sa.Connection, text: str, values: Iterable[Any], many: bool = False) -> sqlite3.Cursor:
    """Execute in SQLite's driver, inside the transaction of the connection; its failures are those of SQLAlchemy."""
    db: Any = conn.connection.driver_connection
    try:
        done: sqlite3.Cursor = (db.executemany if many else db.execute)(text, values)
    except sqlite3.Error as e:
        raise sa.exc.DBAPIError.instance(text, None, e, sqlite3.Error, hide_parameters=True) from e
    return done
