"""A record that breaks an invariant is not shown: the last good one is, with an issue that says so, and an alarm."""

import logging
from typing import Any

import pytest

from gateway.disclose import view as views
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
