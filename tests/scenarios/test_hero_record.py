"""The patient who has everything: what was planted in the sources stands on the record, and nothing else is wrong."""

from typing import Any

import pytest

from gateway.merge import merge
from gateway.model import Assertion, Fact
from gateway.pure.records import tables
from tests.scenarios.reading import Read, read_all
from tests.world import World, make_world

DIRECTORY = ("Organization", "Practitioner", "Location")


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(20, 1)


@pytest.fixture(scope="module")
def record(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    hero = {p["source"]: p["id"] for p in world.truth["persons"]["p001"]["patients"]}
    facts, said = list[Fact](), list[Assertion]()
    for name, read in read_all(world, tmp_path_factory.mktemp("world")).items():
        facts += [f for f in read.facts if f.type in DIRECTORY or _about(f) == f"Patient/{hero[name]}"]
        own = f"Patient/{hero[name]}"
        said += [a for a in read.assertions if a.body.get("patient") == own or str(a.body.get("scope")).startswith(f"{own}/")]
        if name == "soevang":
            said += _monthly(read, hero[name])
    return merge(facts, said, tables()).json()


def _about(fact: Fact) -> str:
    if fact.type == "Patient":
        return fact.reference
    return str(next((fact.resource[e]["reference"] for e in ("subject", "patient") if e in fact.resource), ""))


def _monthly(read: Read, patient: str) -> list[Assertion]:
    """The practice's whole list of each month."""
    listed: dict[str, list[str]] = {}
    for fact in read.facts:
        if fact.type == "MedicationStatement" and _about(fact) == f"Patient/{patient}":
            listed.setdefault(str(fact.resource["dateAsserted"]), []).append(fact.reference)
    return [Assertion("listing", {"source": "soevang", "scope": f"Patient/{patient}/medications", "at": day,
                                  "keys": sorted(keys)}) for day, keys in listed.items()]


def of(record: dict[str, Any], type: str) -> list[dict[str, Any]]:
    return [r for r in record["resources"] if r["resourceType"] == type]


def code(concept: dict[str, Any]) -> str:
    return str(concept["coding"][0]["code"])


def test_every_planted_conflict_is_an_issue_and_nothing_else_is(world: World, record: dict[str, Any]) -> None:
    assert {code(i["code"]) for i in record["issues"]} == {c["code"] for c in world.truth["conflicts"]}


def test_one_result_in_two_units_is_one(record: dict[str, Any]) -> None:
    """MRG example 3."""
    [glucose] = [o for o in of(record, "Observation") if o.get("effectiveDateTime", "").startswith("2026-02-12")
                 and code(o["code"]) == "2345-7"]
    facts = {f for found in record["provenance"][f"Observation/{glucose['id']}"].values() for f in found}
    assert len(facts) == 2


def test_the_corrected_result_stands_and_the_retracted_one_does_not(record: dict[str, Any]) -> None:
    """V2-10; merge.md 1 and 4."""
    said = {(c["code"], str(o["valueQuantity"]["value"]), o["status"]) for o in of(record, "Observation")
            for c in o["code"]["coding"]}
    assert ("2823-3", "4.9", "corrected") in said
    assert not {s for s in said if s[1] in ("5.9", "74")}


def test_the_stopped_medicine_is_no_longer_active(record: dict[str, Any]) -> None:
    """MRG example 44."""
    status = {code(m["medicationCodeableConcept"]): m["status"] for m in of(record, "MedicationStatement")}
    assert status["B01AA03"] == "unknown" and status["H03AA01"] == "active"


def test_a_medicine_that_left_the_monthly_summary_is_no_longer_listed_and_the_allergy_stays(record: dict[str, Any]) -> None:
    """MRG example 44, out of C-CDA documents whose entries are numbered anew each month."""
    status = {code(m["medicationCodeableConcept"]): m["status"] for m in of(record, "MedicationStatement")}
    assert status.items() >= {"B01AB05": "unknown", "N02BE01": "active"}.items()
    left = [i for i in record["issues"] if code(i["code"]) == "no-longer-listed"]
    assert sorted(e["reference"].partition("/")[0] for i in left for e in i["implicated"]) == ["MedicationStatement", "MedicationStatement"]
    latex = [a for a in of(record, "AllergyIntolerance") if code(a["code"]) == "111088007"]
    assert [code(a["clinicalStatus"]) for a in latex] == ["active"]
    said = {f for found in record["provenance"][f"AllergyIntolerance/{latex[0]['id']}"].values() for f in found}
    assert len(said) >= 2


def test_the_re_ordered_list_left_two_allergies_and_the_partial_date_one_problem(record: dict[str, Any]) -> None:
    """MRG examples 43 and 4."""
    codes = [code(a["code"]) for a in of(record, "AllergyIntolerance")]
    assert sorted(codes) == ["111088007", "373270004", "373270004", "716186003"]
    assert [c["onsetDateTime"] for c in of(record, "Condition") if code(c["code"]) == "I48.9"] == ["2015-06-03"]


def test_the_journey_leads_through_all_who_met_her(record: dict[str, Any]) -> None:
    """Practice, ambulance, emergency, ward, rehabilitation, control."""
    days = sorted((e["period"]["start"][:16], e["class"]["code"]) for e in of(record, "Encounter"))
    assert days == [("2026-02-02T10:15", "AMB"), ("2026-02-10T14:10", "FLD"), ("2026-02-10T15:20", "EMER"),
                    ("2026-02-10T19:05", "IMP"), ("2026-02-20T13:00", "IMP"), ("2026-03-20T09:00", "AMB")]
