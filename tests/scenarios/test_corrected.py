"""A server corrects whose a result is: it leaves the wrong chart, whichever version came first, and the right one has it."""

from itertools import permutations
from typing import Any

import pytest

from gateway.ids import merged_id
from gateway.jsontext import dumps, loads
from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.pipeline.replay import replay
from gateway.store import units
from tests.exporter import Client
from tests.homes import make_home, observation
from tests.laws.steps import Clock


@pytest.fixture
def client(tmp_path):
    with opened(make_home(tmp_path / "home"), Clock()) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield Client(gate)


def glucose(whom: str, version: str, **more: Any) -> dict[str, Any]:
    """One result on the server, a version of it about one of its two patients."""
    found = observation("x", whom, "7.77", effectiveDateTime="2026-03-02T08:00:00Z", **more)
    return {**found, "meta": {"versionId": version, "lastUpdated": f"2026-03-0{version}T10:00:00Z"}}


def send(client: Client, *resources: dict[str, Any]) -> None:
    folder = client.gate.home.folder / "inbox" / "north"
    (folder / f"{len(list(folder.iterdir()))}.ndjson").write_text("".join(dumps(r) + "\n" for r in resources))
    assert not pull(client.gate, "north").failed


def patient(client: Client, key: str) -> str:
    return merged_id(client.gate.store.id_key, "north", "Patient", key)


def owners(client: Client) -> set[str]:
    """In whose record the result stands."""
    return {key for key in ("n1", "n2")
            if b"7.77" in client.ask(f"/fhir/Observation?patient={patient(client, key)}").data}


RESULT = ("north", "Observation", "x")


@pytest.mark.parametrize("order", list(permutations((("n1", "1"), ("n2", "2")))))
def test_the_newer_version_says_whose_it_is_in_any_order(client, order):
    for whom, version in order:
        send(client, glucose(whom, version))
    assert owners(client) == {"n2"}
    answer = client.ask(f"/fhir/Observation/{merged_id(client.gate.store.id_key, *RESULT)}")
    assert answer.status_code == 200 and loads(answer.data)["subject"]["reference"] == f"Patient/{patient(client, 'n2')}"


@pytest.mark.parametrize("order", list(permutations((("n1", "1"), ("n2", "2"), ("n1", "3")))))
def test_what_is_given_back_is_where_it_was(client, order):
    for whom, version in order:
        send(client, glucose(whom, version))
    assert owners(client) == {"n1"}


def test_both_versions_in_one_delivery(client):
    send(client, glucose("n2", "2"), glucose("n1", "1"))
    assert owners(client) == {"n2"}


def test_the_record_it_left_accounts_for_it(client):
    send(client, glucose("n1", "1"))
    send(client, glucose("n2", "2"))
    found = loads(client.ask(f"/fhir/Patient/{patient(client, 'n1')}/$everything").data)
    assert b"7.77" not in dumps(found).encode()
    with client.gate.store.read() as tx:
        every = [u.id for u in units.find(tx, source="north")]
    replay(client.gate, every[::-1])
    assert owners(client) == {"n2"}


@pytest.mark.parametrize("order", list(permutations((0, 1))))
@pytest.mark.parametrize("times", [("2026-03-05T10:00:00Z", "2026-03-03T10:00:00Z"), ("2026-03-05T10:00:00Z", ""), ("", "")])
def test_a_clock_that_is_wrong_or_missing_plays_no_part_beside_the_number(client, times, order):
    both = [glucose("n1", "1"), glucose("n2", "2")]
    for said, at in zip(both, times, strict=True):
        said["meta"] = {"versionId": said["meta"]["versionId"], **({"lastUpdated": at} if at else {})}
    for n in order:
        send(client, both[n])
    assert owners(client) == {"n2"}


def test_a_visit_takes_along_nothing_that_the_server_does_not_say(client):
    visit = {"resourceType": "Encounter", "id": "v", "meta": {"versionId": "1", "lastUpdated": "2026-03-01T10:00:00Z"}, "status": "finished",
             "class": {"code": "AMB"}, "subject": {"reference": "Patient/n1"}}
    send(client, visit, glucose("n1", "1", encounter={"reference": "Encounter/v"}))
    send(client, {**visit, "meta": {"versionId": "2", "lastUpdated": "2026-03-06T10:00:00Z"}, "subject": {"reference": "Patient/n2"}})
    assert owners(client) == {"n1"}
    send(client, glucose("n2", "2", encounter={"reference": "Encounter/v"}))
    assert owners(client) == {"n2"}


def test_entries_of_documents_that_are_numbered_alike_are_two_patients(client):
    for whom, day, value in (("n1", 2, "7.77"), ("n2", 4, "8.88")):
        entry = observation("result-1", whom, value, effectiveDateTime="2026-03-02T08:00:00Z")
        entry["meta"] = {"lastUpdated": f"2026-03-0{day}T10:00:00Z"}
        send(client, {"resourceType": "Bundle", "type": "document", "timestamp": f"2026-03-0{day}T10:00:00Z", "entry": [{"resource": entry}]})
    assert owners(client) == {"n1"}
    assert b"8.88" in client.ask(f"/fhir/Observation?patient={patient(client, 'n2')}").data


@pytest.mark.parametrize("meta", [{}, {"lastUpdated": "2026-03-01T10:00:00Z"}])
@pytest.mark.parametrize("order", list(permutations((0, 1))))
def test_what_bears_no_version_of_its_server_is_not_taken_back(client, order, meta):
    both = [{**glucose("n1", "1"), "meta": meta}, glucose("n2", "2")]
    for n in order:
        send(client, both[n])
    assert owners(client) == {"n1", "n2"}


def test_a_version_without_number_or_time_decides_nothing_and_nobody_guesses(client):
    for whom in ("n1", "n2"):
        said = glucose(whom, "1")
        del said["meta"]
        send(client, said)
    assert owners(client) == {"n1", "n2"}
    id = merged_id(client.gate.store.id_key, *RESULT)
    answer = client.ask(f"/fhir/Observation/{id}")
    assert answer.status_code == 409 and loads(answer.data)["issue"][0]["code"] == "multiple-matches"
    assert client.ask(f"/fhir/Observation/{id}/$provenance").status_code == 409
