"""One schema under alembic on both engines."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.errors import ConfigError, Fatal
from gateway.store import migrate, open_store, schema
from gateway.store.patients import Ref
from tests.store.conftest import ID_KEY, MASTER, NOON
from tests.store.samples import lines, observation, say


def test_migrations_make_exactly_the_schema(store):
    with store.engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "target_metadata": schema.METADATA})
        assert compare_metadata(context, schema.METADATA) == []


def test_head_is_the_newest_revision():
    assert ScriptDirectory(str(migrate.FOLDER)).get_current_head() == schema.HEAD


def test_an_open_database_opens_again_and_holds_what_it_held(store, url):
    say(store, "1", [observation("o", "anna")])
    again = open_store(url, MASTER, ID_KEY)
    assert lines(again, Ref("lund", "anna")) == lines(store, Ref("lund", "anna")) != []
    again.close()


def test_another_master_key_opens_nothing(store, url):
    with pytest.raises(ConfigError) as e:
        open_store(url, b"x" * 32)
    assert e.value.issue.code == "master-key-wrong"


def test_a_short_master_key_is_refused(tmp_path):
    with pytest.raises(ValueError, match="16 bytes"):
        open_store(f"sqlite:///{tmp_path}/x.db", b"short")


def test_a_database_failure_tells_its_kind_and_no_values(store):
    with pytest.raises(Fatal) as e, store.write(NOON) as tx:
        for _ in range(2):
            tx.insert(schema.patients, [(1, "lund", "Zyxwvut", "", None)])
    assert e.value.issue.code == "store-failed"
    assert "Zyxwvut" not in str(e.value) + str(e.value.__cause__)


def test_sqlite_is_durable_and_overwrites_what_is_deleted(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/gateway.db", MASTER)
    with store.read() as tx:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
        assert {p: tx.conn.exec_driver_sql(f"pragma {p}").scalar() for p in wanted} == wanted
    store.close()


def test_ordered_text_compares_by_code_point(store):
    columns = [c for t in schema.METADATA.tables.values() for c in t.c if isinstance(c.type, sa.Text)]
    assert columns and all(c.type is schema.TEXT for c in columns)


@pytest.mark.parametrize("url, told", [("what is this", "no database address"), ("oracle://h/d", "not installed")])
def test_a_database_that_cannot_be_used_says_what_to_write(url, told):
    with pytest.raises(ConfigError, match=told):
        open_store(url, MASTER)


def test_several_processes_may_open_a_fresh_database_at_once(url):
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: open_store(url, MASTER, ID_KEY), range(4)))
    for store in stores:
        say(store, "1", [observation("o", "anna")])
        assert len(lines(store, Ref("lund", "anna"))) == 1
        store.close()
