"""The demo world through the shipped adapters and mappings: everything arrives, and only what is broken is rejected."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Source
from gateway.errors import Severity
from gateway.model import Assertion, Fact, Rejected
from gateway.reading.process import process
from gateway.reading.reader import reader_of
from gateway.shipped import shipped
from tests.world import World, make_world, second, settings


@dataclass
class Read:
    """What one source gave."""

    facts: list[Fact] = field(default_factory=list)
    assertions: list[Assertion] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    grave: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    unmapped: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(70, 1)


@pytest.fixture(scope="module")
def read(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    folder = tmp_path_factory.mktemp("world")
    world.write(folder)
    sources = {**settings(str(folder), "http://127.0.0.1:9/fhir", "http://127.0.0.1:9", ""), **second(str(folder))}
    sources.pop(world.truth["silent"])
    return {name: _read(Source(name=name, **{k: _shaped(v) for k, v in values.items()}))
            for name, values in sources.items()}


def _shaped(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _read(source: Source) -> Read:
    reader, done = reader_of(source, Path("/"), shipped()), Read()
    for unit in reader.adapter.read(None):
        if isinstance(unit, Rejected):
            done.rejected.append(unit)
            continue
        outcome = process(reader, unit)
        done.facts += outcome.facts
        done.assertions += outcome.assertions
        done.grave += [str(i) for i in outcome.issues if i.severity in (Severity.error, Severity.fatal)]
        done.codes |= {i.code for i in outcome.issues}
        done.unmapped.update(outcome.ledger.unmapped)
    return done


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
