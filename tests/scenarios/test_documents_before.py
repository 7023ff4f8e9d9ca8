"""Documents that were stored before it was noted what holds them end with that, too, once the upgrade's job has looked."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.opened import Gate, opened
from gateway.pipeline.work import round_
from gateway.store import enclosed, schema, units
from tests.scenarios.test_documents_inside import DATA, PATIENT, mdm
from tests.scenarios.test_documents_withdrawn import (
    OTHER,
    Home,
    binary,
    deleted,
    holding,
    in_error,
    pointing,
    read,
)


def before_0005(home: Home) -> None:
    """The home as an older version left it: nothing noted of what holds what."""
    with closing(sqlite3.connect(home.folder / "data/gateway.db")) as db:
        db.executescript("delete from enclosed; drop index ended_fact; drop index ix_enclosed_holder; drop index ix_enclosed_merged;"
                         "drop table enclosed; update alembic_version set version_num = '0004';")


def upgraded(gate: Gate) -> list[dict[str, Any]]:
    return [job for job in round_(gate) if job["kind"] == "holders"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def give(home: Home, *messages: Any) -> None:
    with opened(home.folder) as gate:
        home.give(gate, *messages)


@pytest.mark.parametrize("end", [deleted(), in_error()])
def test_it_ends_with_what_holds_it_as_any_other(home: Home, end: dict[str, Any]) -> None:
    give(home, PATIENT, holding())
    before_0005(home)
    with opened(home.folder) as gate:
        (job,) = upgraded(gate)
        assert job["said"].startswith("1 document") and not job["failed"] and "Condition" in read(gate)
        home.give(gate, end)
        assert read(gate) == set()
        home.give(gate, holding(3))
        assert "Condition" in read(gate)


def test_what_ended_before_the_upgrade_ends_with_it(home: Home) -> None:
    """The older version did not end it: the job does."""
    give(home, PATIENT, holding(), holding(1, id="e"))
    before_0005(home)
    give(home, deleted())
    with opened(home.folder) as gate:
        assert "Condition" in read(gate)
        upgraded(gate)
        assert "Condition" in read(gate), "another one hands it on"
        home.give(gate, deleted(2, "DocumentReference/e"))
        assert read(gate) == set()
    before_0005(home)
    with opened(home.folder) as gate, gate.store.write(gate.now()) as tx:
        (document,) = units.find(tx, kind="CDA 34133-9")
        assert document.state == "withdrawn"
    with opened(home.folder) as gate:
        upgraded(gate)
        assert read(gate) == set()


def test_every_way_is_found(home: Home) -> None:
    give(home, binary(), pointing(), holding(2, OTHER, "d2"), holding(3, id="d3"))
    ways = noted(home)
    before_0005(home)
    with opened(home.folder) as gate:
        upgraded(gate)
    assert noted(home) == ways and len(ways) == 2 and any(len(some) > 1 for some in ways.values())


def noted(home: Home) -> dict[int, set[enclosed.Way]]:
    with opened(home.folder) as gate, gate.store.read() as tx:
        return {n: set(some) for n, some in enclosed.ways(tx, [u.n for u in units.find(tx)]).items()}


def test_a_message_of_hl7_v2_holds_its_document(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", "hl7v2")
    give(home, mdm(f"ED>^text^xml^Base64^{DATA}"))
    ways = noted(home)
    before_0005(home)
    give(home, mdm(f"ED>^text^xml^Base64^{DATA}", number="M9"))
    with opened(home.folder) as gate:
        upgraded(gate)
    assert {n: len(some) for n, some in noted(home).items()} == {n: len(some) + 1 for n, some in ways.items()}


def test_what_is_replayed_before_the_job_ran_is_found_by_it(home: Home) -> None:
    give(home, PATIENT, holding(), holding(1, id="e"))
    ways = noted(home)
    before_0005(home)
    give(home, holding())                            # the very same: adds nothing
    with opened(home.folder) as gate:
        upgraded(gate)
        assert upgraded(gate) == [], "once"
    assert noted(home) == ways


def test_a_home_without_such_documents_has_nothing_to_look_for(home: Home) -> None:
    give(home, PATIENT)
    before_0005(home)
    with opened(home.folder) as gate:
        assert upgraded(gate) == []
        with gate.store.read() as tx:
            assert tx.conn.execute(schema.jobs.select()).all() == []


def test_of_a_document_whose_holder_was_erased_nothing_is_found_and_it_stays(home: Home) -> None:
    give(home, PATIENT, holding())
    before_0005(home)
    with opened(home.folder) as gate:
        with gate.store.write(gate.now()) as tx:
            units.shred(tx, [u.n for u in units.find(tx, kind="DocumentReference")])
        (job,) = upgraded(gate)
        assert "of 1 nothing" in job["said"] and "Condition" in read(gate)
