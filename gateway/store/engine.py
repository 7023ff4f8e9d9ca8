"""Opening the store, and its transactions.

SQLite: WAL, full synchronous, `begin immediate` for writers. PostgreSQL: writers that give out numbers lock the one row
of `counter`. Either way commits that can change a record happen one after the other, and the order of the change
numbers is the order in which they become visible.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects import postgresql

from gateway.errors import ConfigError, Fatal, IntegrityError, Issue, Retry, Severity
from gateway.store import schema
from gateway.store.fixed import Fixed, driven
from gateway.store.vault import Vault, seal, unseal

_PRAGMAS = ("busy_timeout=30000", "journal_mode=wal", "synchronous=full", "foreign_keys=on", "secure_delete=on")
_PROOF = b"throughline"
_MAX_KEYS = 20_000
_UPGRADE_LOCK = 7_414_236
_CHUNK = 500
_CODE_POINT = ' COLLATE "C"'
SOME: sa.BindParameter[Any] = sa.bindparam("some", expanding=True)      # the list that `Transaction.each` fills in


def _behind(last: str, now: str) -> str:
    """Now, or the least instant behind the last commit: each commit has its own, so `_since` names one place."""
    return now if now > last else instant(datetime.fromisoformat(last) + timedelta(microseconds=1))


def instant(at: datetime) -> str:
    """A time as the store keeps it: UTC, fixed width, so that text order is time order. Raises ValueError if naive."""
    if at.tzinfo is None:
        raise ValueError("times need a zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass
class Transaction:
    """One transaction; every function of this room takes it. `at` and numbers exist in writing ones only."""

    conn: sa.Connection
    vault: Vault
    id_key: bytes
    at: str = ""
    known: dict[int, AESGCM] = field(default_factory=dict)        # data keys of source patients that are committed
    ciphers: dict[int, AESGCM] = field(default_factory=dict)      # and those that this transaction makes
    named: dict[Any, int] = field(default_factory=dict)           # numbers of source patients that were asked for
    unit_ciphers: dict[int, AESGCM] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    _counter: dict[str, Any] = field(default_factory=dict)
    _change: int = 0

    def take(self, name: str, many: int = 1) -> int:
        """The first of `many` fresh numbers of a kind (a column of `counter`)."""
        first = self._counter[name] + 1
        self._counter[name] += many
        return int(first)

    @property
    def change(self) -> int:
        """This commit's number in the change sequence, taken when first asked for."""
        if not self._change:
            self._change = self.take("change")
            self._counter["at"] = _behind(self._counter["at"], self.at)
        return self._change

    def touch(self, patients: Iterable[int]) -> int:
        """Note the source patients whose record this commit can change. Returns the change number."""
        self.touched.update(patients)
        return self.change

    def insert(self, table: sa.Table, rows: Sequence[tuple[Any, ...]], clash: str = "") -> None:
        """Insert rows, values in the order of the table's columns. clash: "" raises, "keep" or "replace"."""
        if rows and self.conn.dialect.name == "sqlite":
            driven(self.conn, _insert(table, True, clash), rows, many=True)
        elif rows:
            self.conn.exec_driver_sql(_insert(table, False, clash), tuple(map(list, zip(*rows, strict=True))))

    def each(self, statement: sa.Executable | Fixed, values: Iterable[Any], **more: Any) -> list[Any]:
        """Run a statement over a set of values of any size, `… in_(SOME)`, in pieces; its rows, if it gives any."""
        todo, rows = sorted(set(values)), list[Any]()
        for start in range(0, len(todo), _CHUNK):
            given = {"some": todo[start:start + _CHUNK], **more}
            if isinstance(statement, Fixed):
                rows += statement.run(self.conn, given)
                continue
            result = self.conn.execute(statement, given)
            if result.returns_rows:
                rows += result.all()
        return rows

    def run(self, statement: Fixed, **values: Any) -> list[Any]:
        """Run a fixed statement once; its rows, if it gives any."""
        return statement.run(self.conn, values)

    def lock(self) -> None:
        """Become the one writer that gives out numbers."""
        (row,) = self.run(_COUNTER)
        self._counter = row._asdict()

    def finish(self) -> None:
        """Write the numbers that were given out."""
        if self._change:
            self.insert(schema.changes, [(self._change, self._counter["at"])])
            self.insert(schema.touched, sorted((p, self._change) for p in self.touched))
        if self._counter:
            self.run(_COUNT, **{f"to_{k}": v for k, v in self._counter.items()})


_COUNTED = [c for c in schema.counter.c if c.name not in ("one", "proof")]
_COUNTER = Fixed(sa.select(*_COUNTED).with_for_update())
_COUNT = Fixed(sa.update(schema.counter).values({c: sa.bindparam(f"to_{c.name}") for c in _COUNTED}))


@cache
def _insert(table: sa.Table, sqlite: bool, clash: str) -> str:
    """One statement for many rows: executed once a row by SQLite, inside this process; on PostgreSQL with arrays."""
    names = [c.name for c in table.columns]
    arrays = ", ".join(f"%b::{c.type.compile(postgresql.dialect())}[]".replace(_CODE_POINT, "") for c in table.columns)
    rows = f"VALUES ({', '.join('?' * len(names))})" if sqlite else f"SELECT * FROM unnest({arrays})"
    sql = f"INSERT INTO {table.name} ({', '.join(names)}) {rows}"
    if clash == "keep":
        return sql + " ON CONFLICT DO NOTHING"
    if clash == "replace":
        keys = [c.name for c in table.primary_key]
        rest = ", ".join(f"{n} = excluded.{n}" for n in names if n not in keys)
        return f"{sql} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {rest}"
    return sql


@dataclass
class Store:
    """An open store. `read()` gives a consistent snapshot, `write(at)` the one ordered writer."""

    engine: sa.Engine
    vault: Vault
    id_key: bytes = b""
    orders: Path | None = None
    known: dict[int, AESGCM] = field(default_factory=dict)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A snapshot: what commits meanwhile is not seen. Raises Retry when the store cannot be reached."""
        options = {} if self.sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.begin(**options) as conn:
            yield Transaction(conn, self.vault, self.id_key, known=self._cache())

    @contextmanager
    def write(self, at: datetime, ordered: bool = True) -> Iterator[Transaction]:
        """Commit all or nothing. `ordered=False`: gives out no numbers and waits for no other writer on PostgreSQL.

        Raises Retry (locked, unreachable: nothing was written) or Fatal (full disk, damaged file).
        """
        with self.begin(writes=True) as conn:
            tx = Transaction(conn, self.vault, self.id_key, instant(at), self._cache())
            if ordered:
                tx.lock()
            yield tx
            tx.finish()
        self.known.update(tx.ciphers)

    def _cache(self) -> dict[int, AESGCM]:
        """Unwrapped keys kept between transactions; numbers are never given out twice, so they stay true."""
        if len(self.known) > _MAX_KEYS:
            self.known.clear()
        return self.known

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self, **options: Any) -> Iterator[sa.Connection]:
        """A bare transaction, its failures told as ours."""
        try:
            with self.engine.connect() as conn:
                if options:
                    conn.execution_options(**options)
                with conn.begin():
                    yield conn
        except sa.exc.OperationalError as e:
            raise _unreachable(e) from e
        except sa.exc.DatabaseError as e:
            if _cause(e) in _DAMAGED:
                raise IntegrityError(Issue("store-damaged", Severity.fatal, f"The database is damaged ({_cause(e)}); "
                                           "nothing of this step was stored.", "data/gateway.db",
                                           "Restore the home from a backup: gateway restore ARCHIVE FOLDER")) from e
            raise Fatal(Issue("store-failed", Severity.fatal, f"The database refused a statement ({_cause(e)}); "
                              "nothing of this step was stored.", "", "Run: gateway doctor")) from e

    def close(self) -> None:
        self.engine.dispose()


_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002")
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "53100")           # a file that cannot grow means a full disk, too
_CLOSED = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "25006")


def _cause(e: sa.exc.DBAPIError) -> str:
    """The kind of failure without values: a driver's text may quote what was being stored."""
    return str(getattr(e.orig, "sqlite_errorname", None) or getattr(e.orig, "sqlstate", None) or type(e.orig).__name__)


def _unreachable(e: sa.exc.OperationalError) -> Retry | Fatal:
    cause = _cause(e)
    if cause.startswith(_CLOSED):
        return Retry(Issue("store-readonly", Severity.error, f"The database cannot be opened for writing ({cause}); "
                           "nothing of this step was stored.", "data/gateway.db",
                           "Check that the home's data folder is there and may be written by whoever runs this."))
    if cause in _FULL:
        return Fatal(Issue("store-full", Severity.fatal, "The disk is full; nothing of this step was stored.", "",
                           "Free space in the home's data folder, then run the same command again."))
    return Retry(Issue("store-unreachable", Severity.error, f"The database could not be used ({cause}); nothing of "
                       "this step was stored.", "", "Check that it runs and that nothing else holds it; try again."))


def open_store(url: str, master_key: bytes, id_key: bytes = b"", orders: Path | None = None) -> Store:
    """Open the database at an SQLAlchemy URL (`sqlite:///FILE`, `postgresql+psycopg://…`), made or upgraded as needed.

    orders: file beside the database that keeps erase orders through a restore (erase.py).
    Raises Retry when it cannot be reached, ConfigError when the master key is not the one it was made with.
    """
    store = Store(engine_of(url), Vault(master_key), id_key, orders)
    with store.begin(writes=True) as conn:
        upgrade(conn)
        prove(conn, store.vault)
    return store


def engine_of(url: str) -> sa.Engine:
    """The engine of a URL, set up for durability. Raises ConfigError."""
    try:
        engine = sa.create_engine(url, hide_parameters=True)
    except (sa.exc.ArgumentError, ImportError) as e:
        what, then = (("The driver of this database is not installed.", "pip install 'throughline[postgres]'")
                      if isinstance(e, ImportError) or "load plugin" in str(e) else
                      ("The setting is no database address.", "Write sqlite:///FILE or postgresql+psycopg://…"))
        raise ConfigError(Issue("database-unusable", Severity.fatal, what, "gateway.toml: database", then)) from e
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _configure)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure(dbapi: Any, _: Any) -> None:
    dbapi.isolation_level = None         # the driver's own implicit transactions would begin too late
    for pragma in _PRAGMAS:
        dbapi.execute(f"pragma {pragma}")


def _begin_sqlite(conn: sa.Connection) -> None:
    driven(conn, "begin immediate" if conn.get_execution_options().get("writes") else "begin", ())


def upgrade(conn: sa.Connection) -> None:
    """Bring the schema to HEAD; alembic is imported only when there is something to do.

    Raises ConfigError for a schema that this version does not know, made by a newer one.
    """
    if conn.dialect.name != "sqlite":        # two processes may open a fresh database at once
        conn.exec_driver_sql(f"select pg_advisory_xact_lock({_UPGRADE_LOCK})")
    made = sa.inspect(conn).has_table("alembic_version")
    if made and conn.exec_driver_sql("select version_num from alembic_version").scalar() == schema.HEAD:
        return
    from gateway.store import migrate

    migrate.upgrade(conn)


def prove(conn: sa.Connection, vault: Vault) -> None:
    """The first opening seals a known text; later ones must be able to open it."""
    row = conn.execute(sa.select(schema.counter.c.proof)).one_or_none()
    tx = Transaction(conn, vault, b"")
    if row is None:
        tx.insert(schema.counter, [(1, 0, "", 0, 0, 0, 0, 0, 0, seal(vault.home, _PROOF, "counter"))])
        wrapped, _ = vault.new_key(f"patient/{schema.DIRECTORY}")
        tx.insert(schema.patients, [(schema.DIRECTORY, "", "", "", None)])
        tx.insert(schema.patient_keys, [(schema.DIRECTORY, wrapped)])
        return
    try:
        unseal(vault.home, row.proof, "counter")
    except Exception as e:
        raise ConfigError(Issue("master-key-wrong", Severity.fatal, "The master key is not the one that this database "
                                "was made with; nothing was opened or changed.", "secrets/master.key",
                                "Restore secrets/master.key from the backup.")) from e
