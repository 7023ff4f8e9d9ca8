"""Erasing one person (house promise 2): nothing of them is left in the files, neighbours are as if they never were."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.errors import IntegrityError, error
from gateway.ids import merged_id
from gateway.model import Assertion, Ledger
from gateway.store import (
    Store,
    assertions,
    changes,
    cursors,
    erase,
    facts,
    inbox,
    ledger,
    open_store,
    people,
    problems,
    search,
    units,
)
from gateway.store.backup import backup, restore
from gateway.store.entries import add, add_all, entry
from gateway.store.patients import Ref
from tests.store.conftest import ID_KEY, MASTER, NOON
from tests.store.samples import lines, message, observation, organization, patient

MARK = "Qxzwvanna"                      # stands in every value of the person who is erased, and nowhere else
ANNA, ANN, BO, EK = Ref("lund", MARK), Ref("kiel", f"{MARK}2"), Ref("lund", "bo"), Ref("kiel", "ek")
LATER = NOON + timedelta(days=1)
NEW = [("only", "lund", [patient(MARK, name=[{"family": MARK}]), organization("gp", name=f"{MARK}'s GP")]),
       ("both", "lund", [observation("a", MARK, note=[{"text": MARK}]), observation("b", "bo"), organization("lab")]),
       ("kiel", "kiel", [patient(f"{MARK}2", "kiel"), patient("ek", "kiel"), organization("lab", "kiel")]),
       ("bo", "lund", [patient("bo"), organization("lab"), organization("ward")])]


def told(key: str, whom: Iterable[Ref]) -> Assertion:
    return Assertion("never", {"id": key, "pair": [str(r) for r in whom], "reason": "about " + " ".join(map(str, whom))})


def world(store: Store, person: bool = True) -> None:
    """Four messages of two sources in one file each; with or without the person who will be erased."""
    gone = {ANNA, ANN}
    for key, source, entries in NEW:
        kept = [e for e in entries if person or e.about not in gone]
        if not person and (key == "only" or not kept):
            continue
        with store.write(NOON) as tx:
            raw = f"{key} {MARK if key != 'bo' else ''}".encode()
            (a,) = inbox.add(tx, source, [message(key + MARK * person, raw, delivery=f"{MARK}.hl7" * person or "f",
                                                  place=f"{MARK}.hl7:1")])
            add(tx, a.unit, [entry(e.fact, e.patient, f"{MARK}.hl7:1" if e.about in gone else "x", ["R"],
                                               [("family", e.patient, e.patient)]) for e in kept])
            about = {e.about for e in kept if e.patient}
            issue = error("bad", f"value {MARK} of a field" if about & gone else "of bo", "PID-7")
            problems.note(tx, a.unit, [problems.Note(issue, "map", r, "Observation") for r in about])
            ledger.put(tx, a.unit, Ledger({"a": ()}, {}, ["PID-12"]))
            units.settle(tx, a.unit, "done")
            cursors.answered(tx, source, f"{MARK}.hl7:9" if person else "c")
    refs = [BO, EK, *(gone if person else ())]
    with store.write(NOON) as tx:
        people.put(tx, {r: (r.key, [r.key, "shared"]) for r in refs})
        people.assign(tx, {r: "anna" if r in gone else r.key for r in refs})
        people.decide(tx, [people.Link(a, b, "m", "review", 1.0, 0.5, {"why": [a.key, b.key]})
                           for a in refs for b in refs if a < b])
        assertions.add(tx, [(told(f"{a}{b}", (a, b)), [a, b]) for a in refs for b in refs if a < b])


def state(store: Store) -> dict:
    """What can be asked of a store, without numbers and times."""
    with store.read() as tx:
        return {
            "facts": [(line["source"], line["resource"]) for line in lines(store, ANNA, ANN, BO, EK)],
            "directory": sorted(r.reference for r in facts.directory(tx)),
            "said": sorted(a.id for a in assertions.of_patients(tx, [ANNA, ANN, BO, EK])),
            "all": sorted(a.id for a in assertions.of_kinds(tx, ["never"])),
            "people": sorted((k.ref, k.person) for k in people.everyone(tx)),
            "links": sorted((sorted((d.a, d.b)), d.decision) for d in people.decisions(tx)),
            "near": sorted(k.ref for k in people.candidates(tx, ["shared"])),
            "unreadable": problems.unreadable(tx, [ANNA, ANN, BO, EK]),
            "found": {t: search.persons(tx, "Patient", [search.Criterion("family", "token", [(t, None)])])
                      for t in (MARK, f"{MARK}2", "bo", "ek")}}


def traces(folder: Path) -> list[str]:
    return [f.name for f in folder.rglob("*") if f.is_file() and MARK.encode() in f.read_bytes()]


def flush(store: Store) -> None:
    """Have PostgreSQL write its tables out; SQLite has done so."""
    if not store.sqlite:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("checkpoint")


def do(store: Store, **more) -> erase.Erasure:
    return erase.erase(store, [ANNA, ANN], "court 7/26", "dpo", LATER, **more)


@pytest.fixture
def never(tmp_path):
    """The world in which the person never was."""
    (tmp_path / "never").mkdir()
    other = open_store(f"sqlite:///{tmp_path}/never/gateway.db", MASTER, ID_KEY)
    world(other, person=False)
    yield state(other)
    other.close()


def test_a_dry_run_counts_and_changes_nothing(store):
    world(store)
    before = state(store)
    plan = do(store, dry_run=True)
    assert (plan.patients, plan.units, plan.shared, plan.facts, plan.directory) == (2, 3, 2, 3, 1)
    assert state(store) == before and not store.orders.exists()
    assert do(store).json() == {**plan.json(), "scrubbed": True}


def test_the_rest_is_as_if_the_person_had_never_been(store, never):
    world(store)
    do(store)
    assert state(store) == never


def test_no_byte_of_the_person_is_left_in_the_files(store, files):
    world(store)
    flush(store)
    assert traces(files), "the index and the keys of rows do hold it in clear"
    do(store)
    assert traces(files) == []
    assert MARK.encode() not in store.orders.read_bytes()


def test_commitments_and_counts_stay_and_neighbours_replay_identically(store):
    world(store)
    with store.read() as tx:
        before = {u.id: u for u in units.find(tx)}
        totals = ledger.totals(tx)
        bo = units.message(tx, next(u for u in before.values() if u.size == 3))
    do(store)
    with store.read() as tx:
        after = {u.id: u for u in units.find(tx)}
        assert after.keys() == before.keys() and ledger.totals(tx) == totals
        assert {u.state for u in after.values()} == {"erased", "done"}
        pieces = [raw for _, raw in units.delivery(tx, "lund", f"{MARK}.hl7")]
        assert pieces == [None, None, b"bo "]
        assert [m for u in after.values() if (m := units.message(tx, u))] == [bo]


def test_erased_messages_and_patients_are_known_and_refused(store, never):
    world(store)
    do(store)
    world(store)                          # the sources send everything again
    with store.write(LATER) as tx:        # and something new
        arrivals = inbox.add(tx, "lund", [message("new", b"new"), message("mix", b"mix"), message("said", b"said")])
        added = add_all(tx, [(arrivals[0].unit, [patient(MARK, active=True), organization("new")]),
                                   (arrivals[1].unit, [patient(MARK, active=True), observation("b", "bo")])])
        assertions.add(tx, [(told("new", [ANNA, BO]), [ANNA, BO])], arrivals[2].unit)
        for arrival in arrivals:
            units.settle(tx, arrival.unit, "done")
        assert [len(a.new) for a in added] == [0, 0]
        assert [units.get(tx, a.unit.id).state for a in arrivals] == ["erased"] * 3
        assert all(units.message(tx, a.unit) is None for a in arrivals)
    assert state(store) == never


def test_mirrors_are_told_what_to_drop(store):
    world(store)
    with store.read() as tx:
        before = changes.last(tx)
    do(store)
    with store.read() as tx:
        dropped = changes.deleted(tx, before)
        assert ("Patient", merged_id(ID_KEY, *(ANNA.source, "Patient", ANNA.key))) in dropped
        assert len(dropped) == 4 and changes.deleted(tx, changes.last(tx)) == []
        assert changes.last(tx) == before + 1


def test_messages_that_nobody_could_read_go_by_their_marks(store, files):
    with store.write(NOON) as tx:
        raw = [f"garbled {MARK}".encode(), b"garbled bo", b""]
        inbox.add(tx, "lund", [message(str(i), text) for i, text in enumerate(raw)])
    plan = do(store, marks=[MARK.encode(), b""])
    assert (plan.units, plan.patients) == (1, 0)
    with store.read() as tx:
        assert [units.message(tx, u) is None for u in units.find(tx)] == [True, False, False]


def test_survives_the_restore_of_an_older_backup(store, files, never, tmp_path):
    world(store)
    backup(store, tmp_path / "old.db")
    do(store)
    (tmp_path / "new").mkdir()
    again = open_store(f"sqlite:///{tmp_path}/new/gateway.db", MASTER, ID_KEY, store.orders)
    restore(again, tmp_path / "old.db")
    assert state(again) == never
    assert traces(tmp_path / "new") == []
    again.close()


@pytest.mark.parametrize("crash", ["_apply", "_scrub"])
def test_a_crash_in_between_is_finished_at_the_next_opening(store, files, never, monkeypatch, crash):
    world(store)
    with monkeypatch.context() as m, pytest.raises(KeyboardInterrupt):
        m.setattr(erase, crash, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        do(store)
    assert len(erase.reapply_erasures(store)) == (crash == "_apply")
    assert state(store) == never and traces(files) == []
    assert erase.reapply_erasures(store) == []


def test_orders_come_back_into_a_lost_file(store):
    world(store)
    do(store)
    kept = store.orders.read_bytes()
    store.orders.unlink()
    erase.reapply_erasures(store)
    assert store.orders.read_bytes() == kept


def test_a_torn_order_never_was_and_a_changed_one_stops_everything(store):
    world(store)
    store.orders.write_bytes(b'{"id": "torn", "pat')
    assert erase.reapply_erasures(store) == []
    do(store)
    assert store.orders.read_bytes().startswith(b'{"id":') and b"torn" not in store.orders.read_bytes()
    store.orders.write_bytes(b"rubbish\n")
    with pytest.raises(IntegrityError, match="was changed"):
        erase.reapply_erasures(store)


def test_a_reader_in_the_way_delays_the_scrubbing_only(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/gateway.db", MASTER, ID_KEY, tmp_path / "orders")
    world(store)
    with store.read() as tx:
        assert changes.last(tx)
        store.engine.dispose()
        with store.engine.connect() as conn:
            conn.exec_driver_sql("pragma busy_timeout=10")
            conn.rollback()
        assert not do(store).scrubbed
    erase.reapply_erasures(store)
    assert traces(tmp_path) == []
    store.close()
