"""A source speaks for itself: what it says in another one's name ends, joins and adds nothing until its settings allow it."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.model import Assertion, Fact, Origin, ended
from gateway.opened import Gate, opened
from gateway.pipeline.pull import pull
from gateway.pipeline.replay import replay
from gateway.store import assertions, facts, problems, units
from tests.homes import EVA, NOW, allergy, make_home, patient

ALLERGY = allergy("na1", "n1", "Penicillin")
PEANUT = {**ALLERGY, "code": {"text": "Peanut"}, "meta": {"versionId": "9", "lastUpdated": "2026-03-09T00:00:00Z"}}
FACT = Fact("north", "1", ALLERGY, ALLERGY["meta"]["lastUpdated"]).id
ENTRY = {"fullUrl": "https://x.example/AllergyIntolerance/na1", "resource": PEANUT, "extension": [
    Origin("north", "9", "2026-03-09T00:00:00Z", "2026-03-09T00:00:00Z").extension()]}
SAID = [Assertion("retract", {"source": "north", "type": "AllergyIntolerance", "id": "na1"}), Assertion("unlink", {"source": "north"}),
        Assertion("listing", {"source": "north", "scope": "allergies", "at": "2026-03-01", "keys": []}),
        ended("north", "AllergyIntolerance", "na1", FACT, None, "2027-01-01T00:00:00Z"), Assertion("undo", {"of": "0" * 64}),
        Assertion("ruling", {"ruling": "different", "facts": [FACT, FACT]}), Assertion("same", {"members": ["north/n1", "evil/x"]})]


def stands(gate: Gate) -> tuple[list[tuple[str, str, str]], list[str]]:
    with gate.store.read() as tx:
        return [(r.source, r.type, r.id) for r in facts.since(tx, 0)], [a.kind for _, _, _, a in assertions.since(tx, 0)]


def give(gate: Gate, told: dict[str, Any]) -> None:
    (gate.home.folder / "inbox/evil/1.json").write_text(json.dumps(told))
    pull(gate, "evil")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_home(tmp_path / "home", {"north": [patient("n1", "Öberg", "Eva", "1961-02-03", EVA), ALLERGY], "evil": []})


@pytest.mark.parametrize("told", [*(a.basic() for a in SAID), {"resourceType": "Bundle", "type": "searchset", "entry": [ENTRY]}])
def test_what_a_source_says_in_the_name_of_another_is_set_aside(folder: Path, told: dict[str, Any]) -> None:
    with opened(folder, lambda: NOW) as gate:
        pull(gate, "north")
        before = stands(gate)
        assert FACT in {id for _, _, id in before[0]}
        give(gate, told)
        assert stands(gate) == before
        with gate.store.read() as tx:
            assert {p.code for p in problems.find(tx)} >= {"origin-not-its-own"}


def test_it_is_taken_once_the_settings_name_whom_it_speaks_for(folder: Path) -> None:
    settings = folder / "sources/evil.toml"
    with opened(folder, lambda: NOW) as gate:
        pull(gate, "north")
        give(gate, SAID[0].basic())
    settings.write_text(settings.read_text("utf-8").replace(' }', ', origins = ["north"] }'), "utf-8")
    with opened(folder, lambda: NOW) as gate:
        with gate.store.read() as tx:
            replay(gate, [u.id for u in units.find(tx, source="evil")])
        assert stands(gate)[1] == ["retract"]


def test_what_a_source_takes_back_of_its_own_is_its_word(folder: Path) -> None:
    with opened(folder, lambda: NOW) as gate:
        give(gate, Assertion("retract", {"source": "evil", "type": "Condition", "id": "c"}).basic())
        assert stands(gate)[1] == ["retract"]
