"""A view is made once for what is visible: what changes elsewhere in the home does not make it anew."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gateway.disclose import view as views
from gateway.disclose.view import Views
from gateway.merge import merge as real
from gateway.model import Fact
from gateway.opened import Gate
from gateway.pipeline.people import rule
from gateway.pipeline.write import write_facts
from gateway.policy.request import from_json
from gateway.store import changes, people, search
from gateway.store.patients import Ref
from gateway.wsgi import create_app
from tests.homes import EVA, NOW, observation


def organization(key: str, name: str) -> dict[str, Any]:
    return {"resourceType": "Organization", "id": key, "name": name}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each merge."""
    calls: list[int] = []

    def merge(*given: Any) -> Any:
        calls.append(1)
        return real(*given)

    monkeypatch.setattr(views, "merge", merge)
    return calls


def test_a_view_is_made_anew_only_when_something_visible_changed(gate: Gate, made: list[int]) -> None:
    kept = Views(gate)
    asked = from_json({"purpose": "TREAT", "role": "physician", "care": True, "scopes": ["user/*.rs"]}, "test")

    def look() -> views.View:
        with gate.store.read() as tx:
            (person,) = search.persons(tx, "Patient", [search.Criterion("identifier", "token", [(EVA, None)])])
            seen = kept.get(tx, asked, person)
            assert seen.change == changes.last(tx)
            return seen

    write_facts(gate, [Fact("north", "1", organization("o", "Ward")),
                       Fact("north", "1", {**observation("x", "n1", "6.00"), "performer": [{"reference": "Organization/o"}]})])
    first = look()
    write_facts(gate, [Fact("north", "1", organization("p", "Another ward"))])
    assert look().record is first.record and len(made) == 1
    write_facts(gate, [Fact("north", "2", organization("o", "Ward 2"))])
    again = look()
    assert again.digest != first.digest and len(made) == 2
    assert "Ward 2" in str(again.record["resources"])


def test_a_consent_of_who_was_once_the_same_person_bites_and_ends_within_the_minute(gate: Gate) -> None:
    kept = Views(gate)
    asked = from_json({"purpose": "TREAT", "role": "physician", "care": True, "scopes": ["user/*.rs"], "time": "2026-04-01T12:00:00Z"},
                      "test")
    rule(gate, "never", "north/n1", "south/s1", "law", "two people")

    def shown() -> set[str]:
        with gate.store.read() as tx:
            return kept.get(tx, asked, people.person(tx, Ref("north", "n1"))).sources

    def consent(version: int, status: str) -> Fact:
        return Fact("south", version, {
            "resourceType": "Consent", "id": "c1", "status": status, "patient": {"reference": "Patient/s1"},
            "scope": {"coding": [{"code": "patient-privacy"}]}, "category": [{"text": "privacy"}], "policyRule": {"text": "x"},
            "provision": {"type": "deny", "actor": [{"role": {"coding": [{"code": "CST"}]},
                                                     "reference": {"identifier": {"value": "north"}}}]}})

    assert shown() == {"north"}
    write_facts(gate, [consent(1, "active")])
    assert shown() == set()
    write_facts(gate, [consent(2, "inactive")])
    assert shown() == {"north"}


def test_many_who_ask_the_same_at_once_wait_for_one_answer(gate: Gate, made: list[int]) -> None:
    claims = {"sub": "dr-holm", "scope": "user/*.rs", "purpose": "TREAT", "org": "aarhus", "care": True}
    headers = {"Authorization": f"Bearer {gate.issuer.mint(claims, int(NOW.timestamp()), 600, 'j')}"}
    app, before = create_app(gate), gate.log.size()
    with ThreadPoolExecutor(8) as pool:
        bodies = set(pool.map(lambda _: app.test_client().get(f"/fhir/Patient?identifier={EVA}", headers=headers).data, range(24)))
    assert len(bodies) == 1 and len(made) == 1 and gate.log.size() == before + 24
