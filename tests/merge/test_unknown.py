"""Unknown is never equal: not to something known, and not to another unknown, however it is said."""

from typing import Any

import pytest

from gateway.merge.values import NOTHING, value
from tests.merge.given import (
    CVX,
    GLUCOSE,
    LOINC,
    SNOMED,
    allergy,
    coded,
    codes,
    fact,
    of,
    one,
    others,
    quantity,
    record,
    result,
    tables,
    vaccination,
)

NOON = "2024-03-01T12:00:00Z"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
DRUG = coded((SNOMED, "372687004"))
NULL = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
PRESSURES = [{"code": coded((LOINC, c)), "dataAbsentReason": coded((ABSENT, "unknown"))} for c in ("8480-6", "8462-4")]
UNKNOWN: list[dict[str, Any]] = [
    {"dataAbsentReason": coded((ABSENT, "unknown"))}, {"dataAbsentReason": coded((ABSENT, "asked-unknown"))},
    {"dataAbsentReason": coded(text=" Unknown")}, {"valueCodeableConcept": coded((NULL, "UNK"))}, {"valueCodeableConcept": coded(text="unknown")},
    {"valueString": "Unknown"}, {"valueQuantity": {"unit": "mg/dL"}}, {"component": PRESSURES},
    {"valueQuantity": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}}]


@pytest.mark.parametrize("said", UNKNOWN)
def test_results_without_a_known_value_stay_apart_and_contradict_none(said: dict[str, Any]) -> None:
    def told(source: str) -> Any:
        return fact(source, "Observation", "1", status="final", code=coded((LOINC, "2345-7")), effectiveDateTime=NOON, **said)

    assert value(said, tables(), "A", None) == NOTHING
    twice, beside = record(told("A"), told("B")), record(told("A"), result("B", "2", NOON))
    assert len(of(twice, "Observation")) == len(of(beside, "Observation")) == 2
    assert codes(twice) == codes(beside) == []


def test_a_reason_that_says_something_is_an_answer_and_a_part_that_is_unknown_leaves_the_rest() -> None:
    assert value({"dataAbsentReason": coded((ABSENT, "not-performed"))}, tables(), "A", None) != NOTHING
    half = [PRESSURES[0], {"code": coded((LOINC, "8462-4")), "valueQuantity": quantity(80, "mm[Hg]")}]
    assert value({"component": half}, tables(), "A", None) != NOTHING
    assert value({"valueQuantity": {"unit": "mg"}, "dataAbsentReason": coded((ABSENT, "error"))}, tables(), "A", None) != NOTHING
    assert value({"valueString": "None"}, tables(), "A", None) != NOTHING


def test_a_code_for_unknown_names_nothing() -> None:
    assert len(of(record(*(vaccination(s, "1", "2024-03-01", vaccineCode=coded((CVX, "999"))) for s in "AB")), "Immunization")) == 2
    assert len(of(record(*(allergy(s, "1", coded((SNOMED, "261665006"))) for s in "AB")), "AllergyIntolerance")) == 2
    named = [vaccination(s, "1", "2024-03-01", vaccineCode=coded((CVX, "999"), text="Tetanus")) for s in "AB"]
    assert len(of(record(*named), "Immunization")) == 1


@pytest.mark.parametrize(("type", "body"), [
    ("Specimen", {"identifier": [{"system": "urn:s", "value": "Unknown"}]}), ("Device", {"serialNumber": "unknown", "manufacturer": "M"}),
    ("Device", {"serialNumber": "N/A", "udiCarrier": [{"deviceIdentifier": "00844588003288"}]}),
    ("Coverage", {"status": "active", "subscriberId": "unknown", "payor": [{"identifier": {"system": "urn:p", "value": "P"}}]}),
    ("Organization", {"name": "Ward", "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "n/a"}]})])
def test_a_number_that_is_not_known_joins_nothing(type: str, body: dict[str, Any]) -> None:
    refers = fact("A", "List", "l", entry=[{"item": {"reference": f"{type}/1"}}]), fact("B", "List", "l", entry=[{"item": {"reference": f"{type}/1"}}])
    assert len(of(record(*(fact(s, type, "1", **body) for s in "AB"), *refers), type)) == 2


def test_an_unknown_blood_group_contradicts_none() -> None:
    def group(source: str, name: str, at: str) -> Any:
        return fact(source, "Observation", "1", status="final", code=coded((LOINC, "882-1")), effectiveDateTime=at, valueCodeableConcept=coded(text=name))

    assert codes(record(group("A", "unknown", "2020"), group("B", "A Rh positive", "2021"))) == []
    assert codes(record(group("A", "B Rh positive", "2020"), group("B", "A Rh positive", "2021"))) == ["value-conflict"]


@pytest.mark.parametrize(("system", "code"), [*((ABSENT, c) for c in ("unknown", "asked-unknown", "temp-unknown")),
                                              *((NULL, c) for c in ("UNK", "NI", "ASKU", "NAV", "NASK"))])
def test_a_reason_that_tells_none_is_no_value_in_either_code_system(system: str, code: str) -> None:
    assert value({"dataAbsentReason": coded((system, code))}, tables(), "A", None) == NOTHING


NONE = [{"valueString": "Error"}, {"valueString": " not  measured "}, {"valueString": "QNS"}, {"dataAbsentReason": coded(("urn:x", "error"))},
        {"dataAbsentReason": coded((ABSENT, "not-performed"))}, {"dataAbsentReason": coded(text="sample lost")}]


@pytest.mark.parametrize("said", NONE)
def test_why_there_is_no_result_is_no_other_value_of_it(said: dict[str, Any]) -> None:
    none = fact("B", "Observation", "2", status="final", code=GLUCOSE, effectiveDateTime=NOON, **said)
    beside = record(result("A", "1", NOON), none)
    assert len(of(beside, "Observation")) == 2 and codes(beside) == ["possible-duplicate"]
    assert not value(said, tables(), "A", None).told and value(said, tables(), "A", None) != NOTHING


@pytest.mark.parametrize("said", [{"valueString": "positive"}, {"valueString": "error 5"}, {"valueString": "none"}, {"valueInteger": 0},
                                  {"valueBoolean": False}])
def test_any_other_word_is_a_value_that_may_contradict(said: dict[str, Any]) -> None:
    other = fact("B", "Observation", "2", status="final", code=GLUCOSE, effectiveDateTime=NOON, **said)
    assert codes(record(result("A", "1", NOON), other)) == ["possible-duplicate", "value-conflict"]
    assert value(said, tables(), "A", None).told


def test_one_result_that_became_an_error_at_its_source_is_told() -> None:
    same = {"identifier": [{"system": "urn:x", "value": "i1"}]}
    first = result("A", "1", NOON, asserted="2026-01-01T13:00:00Z", **same)
    then = fact("B", "Observation", "2", asserted="2026-01-01T14:00:00Z", status="corrected", code=GLUCOSE, effectiveDateTime=NOON,
                valueString="error", **same)
    assert "value-conflict" in codes(record(first, then))


@pytest.mark.parametrize(("type", "element", "unknown", "known"), [
    ("MedicationStatement", "status", "unknown", "active"), ("MedicationStatement", "status", "unknown", "stopped"),
    ("MedicationRequest", "status", "unknown", "active"), ("Procedure", "status", "unknown", "completed"),
    ("AllergyIntolerance", "criticality", "unable-to-assess", "high"), ("AllergyIntolerance", "criticality", "unable-to-assess", "low")])
def test_who_does_not_know_hides_nobody_who_does_and_contradicts_none(type: str, element: str, unknown: str, known: str) -> None:
    body: dict[str, Any] = {
        "MedicationStatement": {"medicationCodeableConcept": DRUG}, "MedicationRequest": {"medicationCodeableConcept": DRUG, "authoredOn": "2024-01-01"},
        "Procedure": {"code": DRUG, "performedDateTime": "2024-01-01"}, "AllergyIntolerance": {"code": DRUG}}[type]
    for first, then in ((unknown, known), (known, unknown)):
        r = record(fact("A", type, "1", asserted="2023", **body, **{element: first}), fact("B", type, "1", asserted="2024", **body, **{element: then}))
        assert one(r, type)[element] == known and others(r, one(r, type), element) == [unknown] and codes(r) == []


def test_a_medicine_of_which_one_does_not_know_whether_it_is_taken_is_warned_of_all_the_same() -> None:
    takes = [fact(s, "MedicationStatement", "1", asserted=d, status=x, medicationCodeableConcept=DRUG) for s, d, x in (
        ("A", "2023", "active"), ("B", "2024", "unknown"))]
    assert codes(record(*takes, allergy("C", "1", DRUG))) == ["drug-allergy"]
