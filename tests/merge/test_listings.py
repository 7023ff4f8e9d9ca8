"""Listings (step 1b): what a later complete list omits is no longer listed, and comes back when it is listed again."""

from typing import Any

import pytest

from gateway.merge.listing import types_of
from gateway.model import Assertion, Fact
from tests.merge.given import RXNORM, SNOMED, allergy, coded, codes, condition, fact, one, others, record, result, says

DRUG = coded((RXNORM, "11289"))
CODE = coded((SNOMED, "38341003"))


def medicine(source: str = "A", id: str = "w", type: str = "MedicationStatement", **body: Any) -> Fact:
    meta = {k: body.pop(k) for k in ("asserted", "version") if k in body}
    return fact(source, type, id, **{"asserted": "2024-01-01", **meta}, **{
        "status": "active", "medicationCodeableConcept": DRUG, **({"intent": "order"} if type.endswith("t") else {}), **body})


def listing(at: str, *keys: str, scope: str = "medications", source: str = "A") -> Assertion:
    return says("listing", source=source, scope=scope, at=at, keys=list(keys))


def gone(*given: Any) -> bool:
    return "no-longer-listed" in codes(record(*given))


@pytest.mark.parametrize(("scope", "belongs"), [
    ("medications", True), ("Medications", True), ("medicines", True), ("MedicationStatement", True),
    ("Patient/p/medications", True), ("problems", False), ("allergies", False), ("MedicationRequest", False), ("x", False)])
def test_a_scope_names_its_section_or_its_type(scope: str, belongs: bool) -> None:
    assert gone(medicine(), listing("2024-02-01", scope=scope)) is belongs


def test_a_scope_of_free_text_holds_what_it_ever_held() -> None:
    key = "MedicationStatement/w"
    assert gone(medicine(), listing("2024-02-01", key, scope="list 7"), listing("2024-03-01", scope="list 7"))
    assert not gone(medicine(), listing("2024-02-01", key, scope="list 7"), listing("2024-03-01", scope="list 8"))


def test_a_scope_of_one_source_patient_speaks_of_that_one_only() -> None:
    given = medicine(subject={"reference": "Patient/p1"})
    assert gone(given, listing("2024-02-01", scope="Patient/p1/medications"))
    assert not gone(given, listing("2024-02-01", scope="Patient/p2/medications"))


@pytest.mark.parametrize(("at", "omitted"), [("2024-02-01", True), ("2024-01-01", False), ("2023-12-01", False), ("", False)])
def test_only_a_later_listing_omits(at: str, omitted: bool) -> None:
    assert gone(medicine(), listing(at)) is omitted


def test_what_is_listed_again_under_a_fresh_id_is_listed() -> None:
    """A monthly document numbers its entries anew: the same medicine of the same source under another key."""
    old, new = medicine(id="w1"), medicine(id="w2", asserted="2024-02-01")
    assert not gone(old, new, listing("2024-01-01", "MedicationStatement/w1"), listing("2024-02-01", "MedicationStatement/w2"))
    assert gone(old, medicine("B", "w2", asserted="2024-02-01"), listing("2024-02-01")), "another source's list says nothing of it"


def test_a_fact_without_a_time_is_older_than_every_listing() -> None:
    assert gone(medicine(asserted=None), listing("2020-01-01"))


def test_a_fact_said_again_after_the_listing_is_listed() -> None:
    assert not gone(medicine(), listing("2024-02-01"), medicine(version=2, asserted="2024-03-01"))


def test_two_lists_of_one_moment_are_one_list() -> None:
    assert not gone(medicine(), listing("2024-02-01"), listing("2024-02-01", "MedicationStatement/w"))


def test_since_when_is_the_first_listing_that_omits_it() -> None:
    key = "MedicationStatement/w"
    r = record(medicine(), listing("2024-02-01", key), listing("2024-03-01"), listing("2024-04-01"))
    assert "since 2024-03-01" in r.issues[0]["detail"]


def test_a_listing_of_another_source_says_nothing() -> None:
    assert not gone(medicine(), listing("2024-02-01", source="B"))


def test_a_medicine_that_one_source_still_lists_stays_active() -> None:
    r = record(medicine(), medicine("B", "x"), listing("2024-02-01"))
    assert one(r, "MedicationStatement")["status"] == "active"
    assert codes(r) == ["no-longer-listed"]


@pytest.mark.parametrize("type", ["MedicationStatement", "MedicationRequest"])
def test_a_medicine_that_nobody_lists_is_of_unknown_status(type: str) -> None:
    r = record(medicine(type=type), medicine("B", "x", type), listing("2024-02-01"), listing("2024-02-01", source="B"))
    shown = one(r, type)
    assert shown["status"] == "unknown" and others(r, shown, "status") == ["active"]
    assert codes(r) == ["no-longer-listed"]
    r = record(medicine(type=type, status="on-hold"), medicine("B", "x", type), listing("2024-02-01"), listing("2024-02-01", source="B"))
    assert codes(r) == ["no-longer-listed", "status-conflict"]


def test_a_status_that_nobody_lists_any_more_is_unknown_whatever_it_was_but_a_denial_stays_one() -> None:
    r = record(medicine(status="completed"), listing("2024-02-01"))
    shown = one(r, "MedicationStatement")
    assert shown["status"] == "unknown" and others(r, shown, "status") == ["completed"]
    r = record(medicine(status="not-taken"), listing("2024-02-01"))
    assert one(r, "MedicationStatement")["status"] == "not-taken"


@pytest.mark.parametrize(("given", "scope", "element"), [
    (allergy("A", "1", coded((SNOMED, "762952008")), "active", asserted="2024"), "allergies", "clinicalStatus"),
    (condition("A", "1", CODE, "active", asserted="2024"), "problems", "clinicalStatus"),
    (result("A", "1", "2024-01-01T08:00:00Z", asserted="2024"), "results", "status")])
def test_allergies_problems_and_events_keep_their_status(given: Fact, scope: str, element: str) -> None:
    r = record(given, listing("2025-01-01", scope=scope))
    assert codes(r) == ["no-longer-listed"] and not r.alternatives
    assert one(r, given.type)[element] == given.resource[element]


@pytest.mark.parametrize("scope", ["10160-0", "http://loinc.org|10160-0", "Patient/1/10160-0", "medication-list", "Current_Medications",
                                   "MedicationStatement"])
def test_a_section_is_known_by_its_loinc_code_and_by_its_name_however_it_is_written(scope: str) -> None:
    assert codes(record(medicine(), listing("2024-02-01", scope=scope))) == ["no-longer-listed"]
    assert codes(record(allergy("A", "1", coded((SNOMED, "762952008"))), listing("2024-02-01", scope=scope))) == []


@pytest.mark.parametrize(("type", "scopes"), [
    ("AllergyIntolerance", "allergies allergy 48765-2"), ("MedicationStatement", "medications medication meds drugs 10160-0"),
    ("Condition", "problems problem-list active_problems diagnoses 11450-4"), ("Immunization", "immunizations vaccines 11369-6"),
    ("Observation", "results labs 30954-2 vitals vital-signs Vital_Signs 8716-3"), ("Procedure", "procedures procedure 47519-4"),
    ("Encounter", "encounters visits journey 46240-8"), ("DocumentReference", "documents document"), ("DeviceUseStatement", "devices 46264-8"),
    ("CarePlan", "plans 18776-5"), ("Goal", "goals 61146-7"), ("Coverage", "coverage 48768-6"), ("FamilyMemberHistory", "family-history 10157-6")])
def test_every_name_of_a_section_speaks_of_its_types(type: str, scopes: str) -> None:
    assert all(type in types_of(scope) for scope in scopes.split()) and types_of("shoes") == ("shoes",)


@pytest.mark.parametrize(("kinds", "scope", "listed", "omitted"), [
    (["encounter-diagnosis"], "problems", False, False), (["encounter-diagnosis", "282291009"], "Patient/1/problems", False, False),
    (["encounter-diagnosis"], "11450-4", False, False), (["encounter-diagnosis"], "Condition", False, True),
    (["encounter-diagnosis"], "problems", True, True), (["encounter-diagnosis", "problem-list-item"], "problems", False, True),
    (["problem-list-item"], "problems", False, True), ([], "problems", False, True)])
def test_a_list_of_problems_says_nothing_of_the_diagnosis_of_a_contact(kinds: list[str], scope: str, listed: bool, omitted: bool) -> None:
    """It is an event: it never stood on the list, unless the list says that it did."""
    given = condition("A", "c", CODE, asserted="2024-01-01", category=[coded(("urn:c", k)) for k in kinds])
    assert gone(given, listing("2024-02-01", *(["Condition/c"] if listed else []), scope=scope), listing("2024-03-01", scope=scope)) is omitted


OLD, NEW = {"subject": {"reference": "Patient/p1"}}, {"subject": {"reference": "Patient/p2"}}


@pytest.mark.parametrize(("given", "told"), [
    ((medicine(**OLD),), ["perhaps-unlisted"]), ((condition("A", "w", CODE, asserted="2024-01-01", **OLD),), ["perhaps-unlisted"]),
    ((medicine(**NEW),), ["no-longer-listed"]), ((medicine("B", **OLD),), []), ((medicine(asserted="2024-03-01", **OLD),), []),
    ((medicine(**OLD), medicine(id="v", asserted="2024-02-01", **NEW), listing("2024-02-01", "MedicationStatement/v", scope="Patient/p2/medications")), []),
    ((medicine(**OLD), medicine(id="v", **NEW)), ["perhaps-unlisted"]),
    ((medicine(**OLD), medicine("B", "x", **OLD)), ["perhaps-unlisted"]),
    ((medicine(**OLD), listing("2024-03-01", scope="Patient/p1/medications")), ["no-longer-listed"]),
    ((medicine(**OLD), listing("2024-03-01", "MedicationStatement/w", scope="Patient/p1/medications")), []),
    ((allergy("A", "w", CODE, asserted="2024-01-01", patient={"reference": "Patient/p1"}),), [])])
def test_a_list_under_another_number_of_the_person_is_a_hint_that_it_may_be_over(given: tuple[Any, ...], told: list[str]) -> None:
    later = [listing("2024-02-01", scope=f"Patient/p2/{s}") for s in ("medications", "problems", "allergies")]
    r = record(*given, *later)
    assert codes(r) == told
    if told == ["perhaps-unlisted"]:
        assert "2024-02-01" in r.issues[0]["detail"] and not r.alternatives


@pytest.mark.parametrize(("house", "hinted"), [("urn:oid:1.2", True), ("urn:oid:1.3", False)])
def test_the_list_of_another_house_is_no_hint(house: str, hinted: bool) -> None:
    mine = listing("2024-01-01", "MedicationStatement/w", scope="Patient/p1/medications of urn:oid:1.2")
    r = record(medicine(**OLD), mine, listing("2024-02-01", scope=f"Patient/p2/medications of {house}"))
    assert codes(r) == (["perhaps-unlisted"] if hinted else [])


def test_two_houses_hints_are_told_one_after_the_other() -> None:
    later = [listing("2024-02-01", scope="Patient/p2/medications", source=s) for s in ("A", "B")]
    (issue,) = record(medicine(**OLD), medicine("B", "x", **OLD), *later).issues
    said = "list of {} under another number of this patient omits it since 2024-02-01"
    assert issue["detail"] == f"A {said.format('A')}; a {said.format('B')}: it may be over."
