"""A Provenance names the origin of a copy: who may not see the origin does not see the copy either (MRG-07)."""

import pytest

from gateway.disclose.visible import visible
from gateway.ids import merged_id
from gateway.jsontext import canonical, dumps
from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.policy.request import Request
from gateway.store import changes, people
from gateway.store.patients import Ref
from tests.api.test_match import hide
from tests.exporter import Client
from tests.homes import EVA, WORLD, make_home, observation, patient
from tests.laws.steps import Clock

BASE = "https://gateway.example/fhir/source"


@pytest.fixture
def client(tmp_path):
    with opened(make_home(tmp_path / "home", {**WORLD, "west": []}), Clock()) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield Client(gate)


def copied(role, first, target="Observation/wo1"):
    """What the west tells: a copy of a result of the south, and the Provenance that says so."""
    copy = observation("wo1", "w1", "6.66", effectiveDateTime="2026-03-05T08:00:00Z")
    told = {"resourceType": "Provenance", "id": "p1", "recorded": "2026-03-02T08:00:00Z", "target": [{"reference": target}],
            "agent": [{"who": {"display": "West"}}], "entity": [{"role": role, "what": {"reference": f"{BASE}/south/Observation/so1"}}]}
    both = [copy, told] if first == "copy" else [told, copy]
    return [patient("w1", "Öberg", "Eva", "1961-02-03", EVA), *both]


def seen(client):
    id = merged_id(client.gate.store.id_key, "west", "Patient", "w1")
    return b"6.66" in client.ask(f"/fhir/Observation?patient={id}", care=False, scope="user/*.rs").data


@pytest.mark.parametrize("first", ["copy", "provenance"])
@pytest.mark.parametrize(("role", "left"), [("source", False), ("derivation", False), ("revision", True)])
def test_a_copy_of_what_is_denied_is_not_shown(client, role, left, first):
    folder = client.gate.home.folder / "inbox" / "west"
    for n, resource in enumerate(copied(role, first)):
        (folder / f"{n}.ndjson").write_text(dumps(resource) + "\n")
        assert not pull(client.gate, "west").failed
    assert seen(client)
    hide(client.gate, "south", "s1")
    assert seen(client) is left


@pytest.mark.parametrize("target", ["Observation/wo1/_history/1", "https://west.example/fhir/Observation/wo1"])
def test_the_copy_may_be_named_by_a_version_or_by_its_address(client, target):
    (client.gate.home.folder / "inbox" / "west" / "all.ndjson").write_text("".join(dumps(r) + "\n" for r in copied("source", "copy", target)))
    assert not pull(client.gate, "west").failed and seen(client)
    hide(client.gate, "south", "s1")
    assert not seen(client)


def test_what_was_shown_before_the_provenance_came_is_shown_as_it_was(client):
    """The log promises that an answer can be built again: what came later changes nothing of what stood then."""
    folder = client.gate.home.folder / "inbox" / "west"
    who, copy, told = copied("source", "copy")
    (folder / "0.ndjson").write_text(dumps(who) + "\n" + dumps(copy) + "\n")
    assert not pull(client.gate, "west").failed
    hide(client.gate, "south", "s1")
    with client.gate.store.read() as tx:
        person, then = people.person(tx, Ref("west", "w1")), changes.last(tx)
    before = built(client, person, then)
    (folder / "1.ndjson").write_text(dumps(told) + "\n")
    assert not pull(client.gate, "west").failed and not seen(client)
    assert before == built(client, person, then) and any(b"6.66" in b for b in before)


def built(client, person, then):
    """What was visible at a change."""
    asked = Request("TREAT", user="client", organisation="aarhus", time=client.gate.now().isoformat())
    with client.gate.store.read() as tx:
        found = visible(tx, asked, person, "", people.members(tx, person), then)
    return sorted(canonical(f.resource) for f in found.facts)
