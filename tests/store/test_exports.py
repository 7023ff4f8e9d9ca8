"""Exports in the store, on both engines: runs, pages, what was given, what is forgotten."""

from datetime import timedelta

import pytest

from gateway.store import Store, exports
from tests.store.conftest import NOON

HOUR = timedelta(hours=1)
PAGE = exports.Page("Patient", 1, 2)


def ask(store: Store, id: str, reader: str = "r", **more) -> None:
    with store.write(NOON) as tx:
        exports.add(tx, id, reader, {"wanted": {"types": []}}, **more)


def begin(store: Store, id: str, hours: float = 0) -> exports.Export | None:
    with store.write(NOON + hours * HOUR, ordered=False) as tx:
        return exports.begin(tx, exports.find(tx, id), NOON + hours * HOUR, 7)


def make(store: Store, id: str, *given: tuple[str, str, str], hours: float = 0) -> exports.Export:
    made = begin(store, id, hours)
    with store.write(NOON + hours * HOUR, ordered=False) as tx:
        assert exports.put(tx, made, [(PAGE, b"one\ntwo\n")], given, "so far") and exports.finish(tx, made)
    return made


def state(store: Store, id: str) -> str:
    with store.read() as tx:
        found = exports.find(tx, id)
    return found.state if found else "unknown"


def test_what_was_kept_is_read_again(store):
    ask(store, "a")
    assert state(store, "a") == "waiting"
    made = make(store, "a", ("p1", "Patient", "x"))
    with store.read() as tx:
        found = exports.find(tx, "a")
        assert (found.state, found.time, found.change, found.asked) == ("done", made.time, 7, {"wanted": {"types": []}})
        assert exports.pages(tx, "a") == [PAGE] and exports.body(tx, found, "Patient", 1) == b"one\ntwo\n"
        assert exports.body(tx, found, "Patient", 2) is None
        assert exports.given(tx, "a", ["p1", "p2"]) == {("Patient", "p1"): "x"}
        assert exports.before(tx, "r", made.time) == "a" and exports.before(tx, "other", made.time) == ""


def test_pages_are_sealed(store, files):
    ask(store, "a")
    made = begin(store, "a")
    with store.write(NOON, ordered=False) as tx:
        exports.put(tx, made, [(PAGE, b"zqsecret\n")], [], "")
        (row,) = tx.conn.exec_driver_sql("select body from export_pages").all()
    assert b"zqsecret" not in bytes(row.body)


def test_a_run_that_was_followed_by_another_writes_nothing(store):
    ask(store, "a")
    first, second = begin(store, "a"), begin(store, "a", 1)
    assert first.time < second.time
    with store.write(NOON + HOUR, ordered=False) as tx:
        assert not exports.put(tx, first, [(PAGE, b"x")], [("p", "Patient", "x")], "") and not exports.finish(tx, first)
        assert exports.put(tx, second, [], [], "") and exports.pages(tx, "a") == []


@pytest.mark.parametrize("whole", [True, False])
def test_an_ended_export_gives_no_pages_and_is_known_only_if_it_was_whole(store, whole):
    ask(store, "a")
    made = make(store, "a", ("p", "Patient", "x")) if whole else begin(store, "a")
    with store.write(NOON) as tx:
        exports.end(tx, "a", "test")
        assert exports.pages(tx, "a") == [] and bool(exports.given(tx, "a", ["p"])) == whole
        assert exports.before(tx, "r", made.time) == ("a" if whole else "")
    assert state(store, "a") == "gone" and begin(store, "a") is None


def test_no_two_exports_of_a_reader_have_one_time(store):
    times = []
    for id in ("a", "b", "c"):
        ask(store, id)
        times.append(make(store, id).time)
    assert len(set(times)) == 3 and times == sorted(times)


def test_a_clock_that_stands_gives_no_time_twice(store):
    times = []
    for n in range(2 * exports.KEPT):
        ask(store, f"e{n}")
        times.append(make(store, f"e{n}").time)
        assert state(store, f"e{n}") == "done"
    assert len(set(times)) == len(times)


def test_of_each_reader_the_last_ones_are_kept(store):
    ask(store, "other", "s")
    make(store, "other")
    ids = [f"e{n}" for n in range(exports.KEPT + 2)]
    for n, id in enumerate(ids):
        ask(store, id)
        make(store, id, ("p", "Patient", "x"), hours=n)
    assert [state(store, id) for id in ids] == ["unknown"] * 2 + ["done"] * exports.KEPT and state(store, "other") == "done"
    with store.read() as tx:
        for table in ("export_pages", "export_given"):
            rows = tx.conn.exec_driver_sql(f"select distinct export from {table}").all()
            assert {r[0] for r in rows} <= {*ids[2:], "other"}, table


def test_sweeping_ends_those_whose_time_is_over(store):
    for id, more in (("done", {}), ("young", {}), ("stuck", {"until": "2026-03-01T13:00:00.000000Z"}), ("waits", {})):
        ask(store, id, **more)
    make(store, "done"), make(store, "young", hours=1.5), begin(store, "stuck")
    with store.write(NOON + 2 * HOUR, ordered=False) as tx:
        exports.end_all(tx, "over", tx.at)
        assert exports.alive(tx, "r") == 1
    assert [state(store, id) for id in ("done", "young", "stuck", "waits")] == ["gone", "done", "gone", "waiting"]
    with store.write(NOON + 2 * HOUR, ordered=False) as tx:
        exports.end_all(tx, "erased")
    assert {state(store, id) for id in ("done", "young", "stuck", "waits")} == {"gone"}


def test_what_went_and_what_is_carried(store):
    for id in ("old", "new"):
        ask(store, id)
    make(store, "old", ("p", "Patient", "x"), ("q", "Patient", "x"), ("o", "Observation", "x"), ("q", "Group", "x"))
    make(store, "new", ("p", "Patient", "y"), hours=1)
    with store.write(NOON, ordered=False) as tx:
        assert exports.gone(tx, "old", "new") == [("Group", "q"), ("Observation", "o"), ("Patient", "q")]
        assert exports.gone(tx, "old", "new", ["Patient"]) == [("Patient", "q")]
        exports.carry(tx, "old", "new", ["Patient"])
        assert exports.gone(tx, "old", "new") == [("Patient", "q")]
        assert exports.given(tx, "new", ["o"]) == {("Observation", "o"): "x"}
