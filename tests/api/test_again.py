"""A request that comes again is answered, decided and logged as it was the first time, without the framework."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gateway.disclose.view import Views
from gateway.errors import IntegrityError, error
from gateway.jsontext import loads
from gateway.model import Fact
from gateway.opened import Gate
from gateway.pipeline.write import write_facts
from gateway.wsgi import create_app
from tests.homes import EVA, NOW, observation

Bearer = Callable[..., dict[str, str]]


class Door:
    """The application, and how often the framework was walked through."""

    def __init__(self, gate: Gate) -> None:
        self.walked = 0
        app = create_app(gate)
        app.before_request(self._walk)
        self.client = app.test_client()

    def _walk(self) -> None:
        self.walked += 1

    def get(self, path: str, headers: dict[str, str], **more: Any) -> Any:
        return self.client.get(path, headers=headers, **more)


@pytest.fixture
def door(gate: Gate) -> Door:
    return Door(gate)


@pytest.fixture
def bearer(gate: Gate) -> Bearer:
    def make(org: str = "aarhus", seconds: int = 600, **more: Any) -> dict[str, str]:
        claims = {"sub": "dr-holm", "scope": "user/*.rs", "purpose": "TREAT", "org": org, "care": True, **more}
        token = gate.issuer.mint(claims, int(NOW.timestamp()), seconds, secrets.token_hex(4))
        return {"Authorization": f"Bearer {token}"}
    return make


@pytest.fixture
def record(door: Door, bearer: Bearer) -> str:
    found = loads(door.get(f"/fhir/Patient?identifier={EVA}", bearer()).data)
    return f"/fhir/Patient/{found['entry'][0]['resource']['id']}/$everything"


def told(gate: Gate) -> list[dict[str, Any]]:
    return [loads(line) for line in gate.log.lines()]


VOLATILE = ("entry", "prev", "hash", "detail", "time")


def test_the_same_request_has_the_same_answer_and_an_entry_of_its_own(gate: Gate, door: Door, bearer: Bearer, record: str) -> None:
    headers = {**bearer(), "X-Request-Id": "r-1"}
    first = door.get(record, headers)
    walked, logged = door.walked, len(told(gate))
    again = [door.get(record, headers) for _ in range(3)]
    assert door.walked == walked
    assert {(a.status, a.data, tuple(a.headers)) for a in again} == {(first.status, first.data, tuple(first.headers))}
    lines = told(gate)
    assert len(lines) == logged + 3
    plain = [{k: v for k, v in line.items() if k not in VOLATILE} for line in lines[logged - 1:]]
    assert all(p == plain[0] for p in plain) and plain[0]["action"] == "everything" and plain[0]["facts"]
    assert len({e["private"]["request"] for n in range(logged, logged + 4) if (e := gate.log.entry(n))}) == 1


@pytest.mark.parametrize("found", [f"/fhir/Patient?identifier={EVA}", f"/fhir/Patient/$ihe-pix?sourceIdentifier=urn:oid:1.2.752.129.2.1.3.1|{EVA}"])
def test_a_search_for_people_is_answered_again_as_it_was_made(gate: Gate, door: Door, bearer: Bearer, found: str) -> None:
    """It reads the Patient alone, whatever else the reader may read; the log says so each time."""
    headers = bearer()
    first, walked = door.get(found, headers), door.walked
    again = door.get(found, headers)
    assert door.walked == walked and (again.status_code, again.data) == (200, first.data)
    assert [line["resources"] for line in told(gate)[-2:]] == [{"Patient": 1}] * 2


def test_an_unchanged_answer_is_304_again_and_has_no_body(door: Door, bearer: Bearer, record: str) -> None:
    headers = bearer()
    patient = record.removesuffix("/$everything")
    asked = {**headers, "If-None-Match": door.get(patient, headers).headers["ETag"]}
    first, walked = door.get(patient, asked), door.walked
    again = door.get(patient, asked)
    assert door.walked == walked and again.status_code == 304 == first.status_code
    assert not again.data and tuple(again.headers) == tuple(first.headers)


@pytest.mark.parametrize("more", [{"Accept": "application/fhir+xml"}, {"X-Request-Id": "r-2"}, {"If-None-Match": "*"}])
def test_a_request_that_differs_in_anything_is_another_one(door: Door, bearer: Bearer, record: str, more: dict[str, str]) -> None:
    headers = bearer()
    plain = door.get(record.removesuffix("/$everything"), headers)
    walked = door.walked
    other = door.get(record.removesuffix("/$everything"), {**headers, **more})
    assert door.walked == walked + 1
    assert (other.status, other.data, tuple(other.headers)) != (plain.status, plain.data, tuple(plain.headers))


def test_what_was_stored_since_is_in_the_answer(gate: Gate, door: Door, bearer: Bearer, record: str) -> None:
    headers = bearer()
    assert door.get(record, headers).data == door.get(record, headers).data
    write_facts(gate, [Fact("north", "1", observation("new", "n1", "7.25"))])
    assert b"7.25" in door.get(record, headers).data


def test_a_consent_bites_at_once(gate: Gate, door: Door, bearer: Bearer, record: str) -> None:
    elsewhere, here = bearer("elsewhere"), bearer()
    before = [door.get(record, h).data for h in (elsewhere, here, elsewhere, here)]
    assert b"6.10" in before[2]
    deny = {"resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": "Patient/n1"}, "policyRule": {"text": "x"},
            "scope": {"text": "privacy"}, "category": [{"text": "privacy"}], "provision": {"type": "deny", "actor": [
                {"role": {"coding": [{"code": "CST"}]}, "reference": {"identifier": {"value": "south"}}},
                {"role": {"coding": [{"code": "IRCP"}]}, "reference": {"identifier": {"value": "elsewhere"}}}]}}
    write_facts(gate, [Fact("north", "1", deny)])
    assert b"6.10" not in door.get(record, elsewhere).data and b"6.10" in door.get(record, here).data


def test_a_token_that_ran_out_is_refused_and_that_is_logged(gate: Gate, bearer: Bearer) -> None:
    at = [NOW]
    moving = Gate(gate.home, gate.store, gate.log, lambda: at[0])
    door, headers = Door(moving), bearer(seconds=60)
    found = f"/fhir/Patient?identifier={EVA}"
    assert [door.get(found, headers).status_code for _ in range(2)] == [200, 200] and door.walked == 1
    at[0] += timedelta(seconds=120)
    assert door.get(found, headers).status_code == 401
    assert told(gate)[-1]["outcome"] == "refused"


def test_nothing_leaves_that_the_log_does_not_hold(gate: Gate, door: Door, bearer: Bearer, record: str,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    headers = bearer()
    assert [door.get(record, headers).status_code for _ in range(2)] == [200, 200]

    def broken(self: Any, batches: Any) -> None:
        raise IntegrityError(error("log-unwritable", "The log cannot be written."))

    monkeypatch.setattr(type(gate.log), "append", broken)
    answer = door.get(record, headers)
    assert answer.status_code == 503 and b"berg" not in answer.data


@pytest.mark.parametrize("how", [{"method": "HEAD"}, {"data": b"{}", "content_type": "application/json"}])
def test_what_has_a_body_or_is_no_get_walks_the_whole_way(door: Door, bearer: Bearer, record: str, how: dict[str, Any]) -> None:
    headers = bearer()
    door.get(record, headers)
    walked = door.walked
    door.client.open(record, headers=headers, **{"method": "GET", **how})
    assert door.walked == walked + 1


def test_what_the_views_let_go_of_is_made_anew(gate: Gate, bearer: Bearer) -> None:
    app = create_app(gate, Views(gate, 1))
    client, headers = app.test_client(), bearer()
    paths = [f"/fhir/Patient?identifier={EVA}", "/fhir/Patient?identifier=197005066787"]
    first = [client.get(p, headers=headers).data for p in paths]
    assert [client.get(p, headers=headers).data for p in paths] == first and first[0] != first[1]
