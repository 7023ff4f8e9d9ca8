"""A view is made once for what is visible: what changes elsewhere in the home does not make it anew."""

from typing import Any

import pytest

from gateway.disclose import view as views
from gateway.disclose.view import Views
from gateway.merge import merge as real
from gateway.model import Fact
from gateway.opened import Gate
from gateway.pipeline.write import write_facts
from gateway.policy.request import from_json
from gateway.store import changes, search
from tests.homes import EVA, observation


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
