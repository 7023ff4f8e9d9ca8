"""A record that breaks an invariant is not shown: the last good one is, with an issue that says so, and an alarm."""

import logging
from typing import Any

import pytest

from gateway.disclose import console, whole
from gateway.disclose import view as views
from gateway.disclose.transfer import Asked
from gateway.disclose.view import Views
from gateway.merge import merge as real
from gateway.model import Fact
from gateway.opened import Gate
from gateway.pipeline.write import write_facts
from gateway.policy.request import from_json
from gateway.store import search
from tests.homes import EVA, observation

BROKEN = {"resourceType": "DetectedIssue", "id": "b", "status": "final", "severity": "high", "detail": "A fact is not accounted for.",
          "code": {"coding": [{"system": "urn:gateway:issue", "code": "invariant-broken"}]}, "implicated": [{"reference": "Observation/x"}]}


def look(gate: Gate) -> Any:
    request = from_json({"purpose": "TREAT", "role": "physician", "care": True, "scopes": ["user/*.rs"]}, "test")
    with gate.store.read() as tx:
        (person,) = search.persons(tx, "Patient", [search.Criterion("identifier", "token", [(EVA, None)])])
        return Views(gate).get(tx, request, person)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge that breaks as soon as it meets a certain result."""
    def merge(facts: Any, *rest: Any) -> Any:
        made = real(facts, *rest)
        return made if all(f.key != "bad" for f in facts) else views.replace(made, issues=[*made.issues, BROKEN])

    monkeypatch.setattr(views, "merge", merge)
    monkeypatch.setattr(whole, "merge", merge)


def alarmed(gate: Gate) -> list[tuple[str, str, int]]:
    return [(p["code"], p["severity"], p["count"]) for p in console.problem_rows(gate) if p["stage"] == "merge"]


def rebuild(gate: Gate, **options: bool) -> Any:
    return whole.rebuild(gate, Asked(from_json({"purpose": "HOPERAT", "scopes": ["system/*.rs"]}, "test"), "record", "test"),
                         lambda *_: None, **options)


def test_the_last_good_record_is_held_and_an_alarm_is_raised(gate: Gate, faulty: None, caplog: pytest.LogCaptureFixture) -> None:
    good = look(gate)
    write_facts(gate, [Fact("north", "2", observation("bad", "n1", "7.00"), "2026-03-02T00:00:00Z")])
    with caplog.at_level(logging.CRITICAL, "gateway"):
        held = look(gate)
    assert held.digest == good.digest and held.record["resources"] == good.record["resources"]
    assert [i for i in held.record["issues"] if i not in good.record["issues"]] == [
        {k: v for k, v in BROKEN.items() if k != "implicated"}]
    assert "invariant-broken" in caplog.text and EVA not in caplog.text


def test_where_no_record_was_ever_good_the_newest_says_what_is_wrong(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "merge", lambda facts, *rest: views.replace(real(facts, *rest), issues=[BROKEN]))
    assert look(gate).record["issues"] == [BROKEN]


def test_the_alarm_is_a_problem_until_the_record_is_whole_again(gate: Gate, faulty: None) -> None:
    look(gate)
    assert alarmed(gate) == []
    write_facts(gate, [Fact("north", "2", observation("bad", "n1", "7.00"), "2026-03-02T00:00:00Z")])
    for _ in range(2):
        look(gate)
        assert alarmed(gate) == [("invariant-broken", "fatal", 1)]
    write_facts(gate, [Fact("north", "3", observation("bad", "n1", "7.10"), "2026-03-03T00:00:00Z")])
    look(gate)
    assert alarmed(gate) == [("invariant-broken", "fatal", 1)], "another fact is no end of it"


def test_all_records_are_made_anew_and_what_is_not_whole_is_told(gate: Gate, faulty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    good = rebuild(gate)
    assert good["people"] == 2 and good["held"] == [] and good["facts"] >= good["resources"] > 3
    write_facts(gate, [Fact("north", "2", observation("bad", "n1", "7.00"), "2026-03-02T00:00:00Z")])
    seen = rebuild(gate, note=False)
    assert len(seen["held"]) == 1 and seen["issues"]["invariant-broken"] == 1 and alarmed(gate) == []
    assert rebuild(gate)["held"] == seen["held"] and alarmed(gate) == [("invariant-broken", "fatal", 1)]
    monkeypatch.setattr(whole, "merge", real)
    assert rebuild(gate)["held"] == [] and alarmed(gate) == []


def test_who_sees_all_and_finds_it_whole_ends_the_alarm(gate: Gate, faulty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    write_facts(gate, [Fact("north", "2", observation("bad", "n1", "7.00"), "2026-03-02T00:00:00Z")])
    look(gate)
    monkeypatch.setattr(views, "merge", real)
    look(gate)
    assert alarmed(gate) == []
