"""Backup and restore: one file, either engine, byte for byte the same state; nothing opens without the master key."""

import sqlite3

import pytest

from gateway.errors import ConfigError, UsageError
from gateway.store import facts, open_store, search
from gateway.store.backup import backup, restore
from tests.store import feeder
from tests.store.conftest import ID_KEY, MASTER
from tests.store.export import export


@pytest.fixture
def other(tmp_path):
    """An empty store to restore into."""
    store = open_store(f"sqlite:///{tmp_path}/other.db", MASTER, ID_KEY)
    yield store
    store.close()


def test_a_restored_store_equals_the_one_that_was_backed_up(store, other, tmp_path):
    feeder.run(store, 40)
    counts = backup(store, tmp_path / "b.db")
    assert restore(other, tmp_path / "b.db") == counts and counts["facts"] > 40
    assert export(other) == export(store)
    feeder.run(store, 60)
    feeder.run(other, 60)
    assert export(other) == export(store), "work goes on where the backup stopped"


def test_the_other_way_round_onto_either_engine(store, other, tmp_path):
    feeder.run(other, 40)
    backup(other, tmp_path / "b.db")
    restore(store, tmp_path / "b.db")
    assert export(store) == export(other)


def test_search_works_after_a_restore(store, other, tmp_path):
    feeder.run(store, 20)
    backup(store, tmp_path / "b.db")
    restore(other, tmp_path / "b.db")
    with other.read() as tx:
        hit = search.fact_numbers(tx, "Patient", [search.Criterion("family", "token", [("berg", "berg")])])
        assert facts.numbered(tx, hit)


def test_the_file_is_for_its_owner_and_holds_bodies_sealed(store, tmp_path):
    feeder.run(store, 20)
    backup(store, tmp_path / "b.db")
    assert (tmp_path / "b.db").stat().st_mode & 0o777 == 0o600
    assert sqlite3.connect(tmp_path / "b.db").execute("pragma integrity_check").fetchone() == ("ok",)
    assert b'"subject"' not in (tmp_path / "b.db").read_bytes()


def test_nothing_is_overwritten(store, other, tmp_path):
    feeder.run(store, 8)
    backup(store, tmp_path / "b.db")
    with pytest.raises(UsageError, match="there already"):
        backup(store, tmp_path / "b.db")
    before = export(store)
    with pytest.raises(UsageError, match="holds data"):
        restore(store, tmp_path / "b.db")
    assert export(store) == before


def test_a_backup_of_another_home_is_refused_and_changes_nothing(store, other, tmp_path):
    stranger = open_store(f"sqlite:///{tmp_path}/stranger.db", b"x" * 32)
    backup(stranger, tmp_path / "b.db")
    stranger.close()
    with pytest.raises(ConfigError, match="master key"):
        restore(store, tmp_path / "b.db")
    feeder.run(store, 8)
