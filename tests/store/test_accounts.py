"""Problems grouped by cause, the ledger and cursors."""

import pytest

from gateway.errors import Issue, Severity, error
from gateway.model import Ledger
from gateway.store import Store, changes, cursors, inbox, ledger, problems, units
from gateway.store.patients import Ref
from gateway.store.problems import Note, place_of
from tests.store.conftest import NOON
from tests.store.samples import message

ANNA = Ref("lund", "anna")


def process(store: Store, key: str, *notes: Note, state: str = "rejected", source: str = "lund", **more) -> units.Unit:
    with store.write(NOON) as tx:
        (arrival,) = inbox.add(tx, source, [message(key, key.encode(), **more)])
        unit = units.get(tx, arrival.unit.id)
        problems.note(tx, unit, notes, (more.get("delivery", ""), more.get("place", "")))
        units.settle(tx, unit, state)
        return unit


@pytest.mark.parametrize("where, field", [
    ("labs.csv:12 result", "result"), ("labs.csv:7 result", "result"),
    ("PID-3(2).1 (pid.yaml:18)", "PID-3.1 (pid.yaml)"),
    ("Bundle.entry[12].resource.name[0]", "Bundle.entry.resource.name"), ("", "")])
def test_the_same_field_in_other_rows_is_one_place(where, field):
    assert place_of(where, ["labs.csv"]) == field


def test_20_five_hundred_failures_of_three_causes_are_three_problems(store):
    causes = [error("code-unknown", "GLU-POC has no entry", "OBX-3"), error("bad-date", "no date", "PID-7"),
              Issue("odd", Severity.warning, "odd", "PID-8")]
    for n in range(60):
        process(store, str(n), Note(causes[n % 6 % 3 if n < 50 else 0], "map"), place=f"f{n}.hl7:1")
    with store.read() as tx:
        found = problems.find(tx)
        assert [(p.code, p.units) for p in found] == [("code-unknown", 27), ("bad-date", 17), ("odd", 16)]
        assert problems.find(tx, "kiel") == []
        assert len(problems.unit_numbers(tx, found[1].id)) == 17
        assert problems.unit_numbers(tx, found[1].id[:6]) == problems.unit_numbers(tx, found[1].id)


def test_a_replay_that_succeeds_solves_the_problem_and_twice_changes_nothing(store):
    unit = process(store, "1", Note(error("bad-date", "no date", "PID-7"), "map", ANNA, "Patient"))
    with store.write(NOON) as tx:
        (problem,) = problems.find(tx)
        assert units.reopen(tx, problems.unit_numbers(tx, problem.id)) == 1
        assert [u.id for u in units.find(tx, state="received")] == [unit.id]
        assert [u.items for u in problems.unreadable(tx, [ANNA])] == [1]
    process(store, "1", state="done")
    with store.read() as tx:
        assert (problems.find(tx), problems.unreadable(tx, [ANNA])) == ([], [])
        assert changes.last_of(tx, [ANNA]) == 2, "the record can be read again: it changed"
    process(store, "1", state="done")
    with store.read() as tx:
        assert changes.last_of(tx, [ANNA]) == 2


def test_unreadable_names_source_type_and_count(store):
    held = error("bad-dose", "no", "MedicationRequest.dosageInstruction[0]")
    process(store, "1", Note(held, "validate", ANNA, "MedicationRequest"), Note(held, "validate", ANNA))
    process(store, "2", Note(held, "validate", ANNA, "MedicationRequest"))
    with store.read() as tx:
        assert problems.unreadable(tx, [ANNA]) == [("lund", "MedicationRequest", 2)]
        assert problems.unreadable(tx, [Ref("lund", "bo")]) == []


def test_an_issue_that_quotes_the_message_is_sealed(store, tmp_path):
    unit = process(store, "1", Note(error("bad-date", "'Zyxwvut' is no date", "PID-7"), "map"))
    with store.read() as tx:
        assert problems.of_unit(tx, unit)[0].message == "'Zyxwvut' is no date"
    assert not any(b"Zyxwvut" in f.read_bytes() for f in tmp_path.iterdir())


def test_ledger_adds_up_and_a_replay_replaces(store):
    accounts = {"1": Ledger({"a": (), "b": ()}, {"c": "why"}, ["PID-3(1).9", "PID-3(2).9", "PID-12"]),
                "2": Ledger({"a": ()}, {}, ["PID-12"]), "3": Ledger({"a": ()})}
    with store.write(NOON) as tx:
        arrivals = inbox.add(tx, "lund", [message(k, k.encode()) for k in accounts])
        ledger.put_all(tx, [(a.unit, accounts[k]) for a, k in zip(arrivals, accounts, strict=True)])
        assert ledger.totals(tx) == (4, 1, 4, {"PID-12": 2, "PID-3.9": 1})
        assert list(ledger.totals(tx, "lund").paths) == ["PID-12", "PID-3.9"]
        ledger.put(tx, arrivals[1].unit, Ledger({"a": (), "PID-12": ()}))
        assert ledger.totals(tx, "lund") == (5, 1, 3, {"PID-12": 1, "PID-3.9": 1})
        assert ledger.totals(tx, "kiel") == (0, 0, 0, {})


def test_cursor_time_and_silence(store):
    with store.write(NOON) as tx:
        assert cursors.get(tx, "lund") == ("lund", None, "", "", "", "")
        cursors.failed(tx, "kiel", "no-answer", "time-out")
        cursors.answered(tx, "lund", "berg.hl7:7")
    with store.write(NOON.replace(hour=13)) as tx:
        cursors.failed(tx, "lund", "no-answer", "time-out")
        lund, kiel = cursors.get(tx, "lund"), cursors.get(tx, "kiel")
        assert (lund.cursor, lund.answered[:13], lund.tried[:13], lund.state) == (
            "berg.hl7:7", "2026-03-01T12", "2026-03-01T13", "no-answer")
        assert (kiel.cursor, kiel.answered) == (None, "")
        cursors.answered(tx, "lund", None)
        assert (cursors.get(tx, "lund").cursor, cursors.get(tx, "lund").state) == ("berg.hl7:7", "ok")
        cursors.forget(tx, "lund")
        assert [c.source for c in cursors.every(tx)] == ["kiel"]


def test_how_a_source_was_compared_stands_beside_its_feed(store):
    with store.write(NOON) as tx:
        cursors.answered(tx, "lund", "berg.hl7:7")
    with store.write(NOON.replace(hour=13), ordered=False) as tx:
        cursors.failed(tx, "lund/Observation", "odd", "half")
        cursors.answered(tx, "lund/", None)
    with store.read() as tx:
        assert [(c.source, c.state, c.answered[:13]) for c in cursors.compared(tx)] == [
            ("lund/", "ok", "2026-03-01T13"), ("lund/Observation", "odd", "")]
        assert [(c.source, c.cursor, c.answered[:13]) for c in cursors.every(tx)] == [("lund", "berg.hl7:7", "2026-03-01T12")]
