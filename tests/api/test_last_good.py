"""A record that breaks an invariant is not shown: the last good one is, with an issue that says so, and an alarm."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.disclose import console, records, whatif, whole
from gateway.disclose import view as views
from gateway.disclose.transfer import Asked
from gateway.disclose.view import Views
from gateway.ids import merged_id
from gateway.jsontext import dumps
from gateway.merge import merge as real
from gateway.model import Fact
from gateway.opened import Gate, opened
from gateway.pipeline.pull import pull
from gateway.pipeline.write import write_facts
from gateway.policy.request import from_json
from gateway.store import facts, search
from gateway.web import session
from gateway.wsgi import create_app
from tests.exporter import Client
from tests.homes import EVA, make_home, observation
from tests.laws.steps import Clock

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


BAD, GOOD = "777.25", "6.10"


@pytest.fixture
def spoilt(tmp_path: Path, faulty: None) -> Iterator[Gate]:
    """A home in which Eva's record was whole until a result came, and much since."""
    with opened(make_home(tmp_path / "home"), Clock()) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        write_facts(gate, [Fact("north", "2", observation("bad", "n1", BAD), "2026-03-02T00:00:00Z")])
        for n in range(30):
            write_facts(gate, [Fact("north", "1", observation(f"later{n}", "n1", "6.00", effectiveDateTime=f"2026-03-{n + 1:02}"),
                                    "2026-03-31T00:00:00Z")])
        yield gate


def by_http(gate: Gate, client: Client, url: str) -> bytes:
    answer = client.ask(url)
    assert answer.status_code == 200, answer.data
    return bytes(answer.data)


def by_page(gate: Gate, client: Client, url: str) -> bytes:
    web = create_app(gate, Views(gate)).test_client()
    link = urlsplit(session.link(gate, "clinician", "once"))
    assert web.get(f"{link.path}?{link.query}").status_code < 400
    return bytes(web.get(url).data)


def by_export(gate: Gate, client: Client, url: str) -> bytes:
    return dumps(client.lines(client.manifest())).encode()


def by_command(gate: Gate, client: Client, url: str) -> bytes:
    asked = Asked(from_json({"purpose": "TREAT", "role": "physician", "care": True, "scopes": ["user/*.rs"]}, "test"), "record", "test")
    return bytes(records.record(gate, asked, *url.split()).body)


def by_what_if(gate: Gate, client: Client, url: str) -> bytes:
    asked = Asked(from_json({"purpose": "TREAT", "role": "physician", "care": True, "scopes": ["system/*.rs"]}, "test"), "record", "test")
    list(whatif.records(gate, asked, gate.tables))
    return GOOD.encode()


DOORS = [(by_http, "/fhir/Observation?patient={id}"), (by_http, "/fhir/Patient/{id}/$everything?_count=500"),
         (by_http, "/fhir/Patient/{id}/$everything?_count=500&_since=2026-01-01T00:00:00Z"),
         (by_page, "/record/{id}"), (by_export, ""), (by_command, "{id}"), (by_command, "{id} 2026-12-31T00:00:00Z"), (by_what_if, "")]


@pytest.mark.parametrize("door, url", DOORS, ids=[f"{d.__name__} {u}" for d, u in DOORS])
def test_by_every_door_the_last_good_record_is_given_and_the_alarm_is_raised(spoilt: Gate, door: Any, url: str) -> None:
    assert alarmed(spoilt) == []
    said = door(spoilt, Client(spoilt), url.format(id=merged_id(spoilt.store.id_key, "north", "Patient", "n1")))
    assert GOOD.encode() in said and BAD.encode() not in said
    assert alarmed(spoilt) == [("invariant-broken", "fatal", 1)]


def test_the_version_before_the_one_that_broke_is_given_whenever_that_was(spoilt: Gate) -> None:
    held = look(spoilt)
    with spoilt.store.read() as tx:
        told = {f.key for f in facts.opened(tx, facts.of_ids(tx, held.facts))}
    assert "bad" not in told and not any(key.startswith("later") for key in told) and {"no1", "so1"} <= told


def test_who_may_not_see_the_patient_is_not_given_what_is_broken_about_it(gate: Gate, faulty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BROKEN, "implicated", [{"reference": "Patient/x"}])
    write_facts(gate, [Fact("north", "2", observation("bad", "n1", BAD), "2026-03-02T00:00:00Z")])
    request = from_json({"purpose": "TREAT", "role": "physician", "care": True, "scopes": ["user/Observation.rs"]}, "test")
    with gate.store.read() as tx:
        (person,) = search.persons(tx, "Patient", [search.Criterion("identifier", "token", [(EVA, None)])])
        held = Views(gate).get(tx, request, person)
    assert BAD not in dumps(held.record["resources"]) and held.record["resources"]
    assert alarmed(gate) == [("invariant-broken", "fatal", 1)] and "Patient/" not in dumps(held.record["issues"])


def whole_only(gate: Gate, monkeypatch: pytest.MonkeyPatch, many: int) -> list[int]:
    """A merge that breaks but where it is given so many facts. Returns a list that fills with how many each was given."""
    asked: list[int] = []

    def merge(facts: Any, *rest: Any) -> Any:
        asked.append(len(facts))
        made = real(facts, *rest)
        return made if len(facts) == many else views.replace(made, issues=[*made.issues, BROKEN])

    monkeypatch.setattr(views, "merge", merge)
    return asked


def test_the_last_good_version_is_found_wherever_it_lies(spoilt: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """One version alone is whole, of each in turn: between the steps of any search that goes by leaps there is one."""
    monkeypatch.setattr(views, "merge", real)
    newest = len(look(spoilt).facts)
    for many in range(newest - 31, newest):
        whole_only(spoilt, monkeypatch, many)
        held = look(spoilt)
        assert len(held.facts) == many and [i["code"] for i in held.record["issues"]].count(BROKEN["code"]) == 1


def test_how_much_is_merged_in_the_search_is_bounded(spoilt: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all is broken the search ends; what was whole long ago is found by leaps behind the bound."""
    monkeypatch.setattr(views, "MOST", 40)
    monkeypatch.setattr(views, "LEAST", 1)
    monkeypatch.setattr(views, "merge", real)
    newest = len(look(spoilt).facts)
    asked = whole_only(spoilt, monkeypatch, 0)
    look(spoilt)
    assert sum(asked[1:]) <= 40 + newest * 7

    def merge(facts: Any, *rest: Any) -> Any:
        made = real(facts, *rest)
        return made if len(facts) <= newest - 25 else views.replace(made, issues=[BROKEN])
    monkeypatch.setattr(views, "merge", merge)
    assert len(look(spoilt).facts) == newest - 25
