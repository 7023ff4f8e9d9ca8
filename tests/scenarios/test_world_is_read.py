"""The demo world through the shipped adapters and mappings: everything arrives, and only what is broken is rejected."""

from collections.abc import Iterator

import pytest

from gateway.model import Fact
from tests.scenarios.reading import Read, read_all
from tests.world import World, make_world


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(70, 1)


@pytest.fixture(scope="module")
def read(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    return read_all(world, tmp_path_factory.mktemp("world"))


def of(read: Read, type: str) -> Iterator[Fact]:
    return (f for f in read.facts if f.type == type)


def test_every_source_patient_arrives_under_the_id_of_the_truth(world: World, read: dict[str, Read]) -> None:
    expected = {(p["source"], p["id"]) for person in world.truth["persons"].values() for p in person["patients"]}
    assert {(name, f.key) for name, r in read.items() for f in of(r, "Patient")} == expected


def test_only_what_is_broken_is_rejected_and_nothing_else_is_grave(world: World, read: dict[str, Read]) -> None:
    assert {name: len(r.rejected) for name, r in read.items() if r.rejected} == world.truth["rejected"]
    assert {name: r.grave for name, r in read.items() if r.grave} == {}


def test_no_value_fails_its_conversion(read: dict[str, Read]) -> None:
    assert {name for name, r in read.items() if "conversion-failed" in r.codes} == set()


def test_not_everything_is_mapped_as_in_life(read: dict[str, Read]) -> None:
    assert read["norrlab"].unmapped["analyser"] and any(path.startswith("ZPI") for path in read["norrvik"].unmapped)


def test_the_corrected_and_the_retracted_result_keep_one_key(read: dict[str, Read]) -> None:
    """V2-10: OBX-21 names a result through its corrections."""
    said: dict[str, list[str]] = {}
    for fact in of(read["norrvik"], "Observation"):
        said.setdefault(fact.key, []).append(fact.resource["status"])
    assert sorted(s for s in said.values() if len(s) > 1) == [["final", "corrected"], ["final", "entered-in-error"]]


def test_one_sample_in_two_units_has_one_instant(read: dict[str, Read]) -> None:
    found = [(f.source, str(f.resource["valueQuantity"]["value"]), f.resource["effectiveDateTime"])
             for name in ("norrvik", "norrlab") for f in of(read[name], "Observation")
             if str(f.resource["valueQuantity"]["value"]) in ("100", "5.55")
             and f.resource["effectiveDateTime"].startswith("2026-02-12")]
    assert found == [("norrvik", "100", "2026-02-12T07:30:00+01:00"), ("norrlab", "5.55", "2026-02-12T07:30:00+01:00")]


def test_a_re_ordered_list_of_allergies_overwrites_none(world: World, read: dict[str, Read]) -> None:
    """MRG example 43: keys never come from a position."""
    hero = next(p["id"] for p in world.truth["persons"]["p001"]["patients"] if p["source"] == "norrvik")
    words: dict[str, set[str]] = {}
    for fact in of(read["norrvik"], "AllergyIntolerance"):
        if fact.resource["patient"]["reference"] == f"Patient/{hero}":
            words.setdefault(fact.key, set()).add(fact.resource["code"]["coding"][0]["code"])
    assert sorted(words.values(), key=str) == [{"111088007"}, {"373270004"}]


def test_charts_that_were_merged_are_said_to_be_one_patient(world: World, read: dict[str, Read]) -> None:
    """V2-09: A40."""
    twice = [{p["id"] for p in person["patients"] if p["source"] == "elbhafen"}
             for person in world.truth["persons"].values()]
    pairs = [pair for pair in twice if len(pair) == 2]
    said = [{a.body["a"].partition("/")[2], a.body["b"].partition("/")[2]} for a in read["elbhafen"].assertions
            if a.kind == "same"]
    assert sorted(map(sorted, said)) == sorted(map(sorted, pairs)) and len(pairs) == 2
