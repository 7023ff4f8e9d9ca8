"""A server corrected whose a result is, then somebody is erased: what was in the wrong chart never comes back."""

from itertools import permutations

import pytest

from gateway.ids import merged_id
from gateway.opened import opened
from gateway.pipeline.copies import backup, restore
from gateway.pipeline.people import erase
from gateway.store import facts, people
from gateway.store.patients import Ref
from tests.homes import observation
from tests.scenarios.test_corrected import RESULT, client, glucose, patient, send  # noqa: F401

VERSIONS = {"moved": ("n1", "n2"), "moved twice": ("n1", "n2", "n3"), "given back": ("n1", "n2", "n1")}


def patients(home, versions):
    """The versions of the result in the order of arrival, each with its number, from 1."""
    send(home, {"resourceType": "Patient", "id": "n3", "name": [{"family": "Tjugosju", "given": ["Orvar"]}], "birthDate": "1931-08-05"})
    for whom, number in versions:
        send(home, glucose(whom, str(number)))


def owners(home):
    return {key for key in ("n1", "n2", "n3")
            if b"7.77" in home.ask(f"/fhir/Observation?patient={patient(home, key)}").data}


def kept(gate):
    """Whom the versions that are stored are about, and which they are."""
    with gate.store.read() as tx:
        return {(whom, version) for _, whom, version, _ in facts.whose(tx, [RESULT])}


def person(home, key):
    with home.gate.store.read() as tx:
        return people.person(tx, Ref("north", key))


def arrivals(whose):
    return list(permutations([(whom, n) for n, whom in enumerate(whose, 1)]))


@pytest.mark.parametrize("gone", ["n1", "n2", "n3"])
@pytest.mark.parametrize("arrival", [a for whose in VERSIONS.values() for a in arrivals(whose)])
def test_an_erasure_takes_along_what_was_first_said_of_others(client, arrival, gone):  # noqa: F811
    patients(client, arrival)
    true = max(arrival, key=lambda said: said[1])[0]
    assert owners(client) == {true}
    erase(client.gate, person(client, gone), "order 7/26", "the law")
    assert owners(client) == {true} - {gone}
    assert (kept(client.gate) == set()) if gone == true else not [whom for whom, _ in kept(client.gate) if whom == gone]
    client.work()
    assert owners(client) == {true} - {gone}
    send(client, glucose("n1", "9"))
    assert owners(client) == {"n1"} - {gone}


@pytest.mark.parametrize("arrival", arrivals(("n1", "n2")))
def test_a_dry_run_counts_it_and_a_restored_backup_loses_it(client, arrival, tmp_path):  # noqa: F811
    patients(client, arrival)
    backup(client.gate, tmp_path / "old.tar.gz")
    counted = erase(client.gate, person(client, "n2"), "order 7/26", "the law", dry_run=True)
    assert len(kept(client.gate)) == 2
    done = erase(client.gate, person(client, "n2"), "order 7/26", "the law")
    assert (counted["facts"], counted["units"], counted["assertions"]) == (done["facts"], done["units"], done["assertions"])
    restore(tmp_path / "old.tar.gz", tmp_path / "new", client.gate.home.folder / "data" / "erased.jsonl")
    with opened(tmp_path / "new", client.gate.now) as again:
        assert kept(again) == set()


def test_the_rest_of_the_message_stays(client):  # noqa: F811
    other = {**glucose("n1", "1"), "id": "y"}
    send(client, glucose("n1", "1"), other)
    send(client, glucose("n2", "2"))
    erase(client.gate, person(client, "n2"), "order 7/26", "the law")
    assert owners(client) == {"n1"}
    answer = client.ask(f"/fhir/Observation/{merged_id(client.gate.store.id_key, 'north', 'Observation', 'y')}")
    assert answer.status_code == 200


def test_what_the_server_deleted_stays_deleted(client):  # noqa: F811
    patients(client, [("n1", 1), ("n2", 2)])
    deleted = {"request": {"method": "DELETE", "url": "Observation/x"}, "response": {"status": "204", "lastModified": "2026-03-05T10:00:00Z"}}
    send(client, {"resourceType": "Bundle", "type": "history", "entry": [deleted]})
    assert owners(client) == set()
    erase(client.gate, person(client, "n1"), "order 7/26", "the law")
    send(client, observation("y", "n2", "5.55", effectiveDateTime="2026-03-02T08:00:00Z"))
    assert owners(client) == set() and kept(client.gate) == {("n2", "2")}
