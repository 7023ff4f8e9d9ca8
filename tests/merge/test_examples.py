"""The numbered examples of the merge (design page `merge.md`): one test each, every one in several orders."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.jsontext import canonical, dumps
from gateway.model import Fact
from tests.merge.given import (
    GLUCOSE,
    ICD,
    LOINC,
    NDC,
    RXNORM,
    SNOMED,
    VERIFICATION,
    allergy,
    coded,
    codes,
    condition,
    fact,
    of,
    one,
    others,
    quantity,
    record,
    result,
    says,
    states,
    vaccination,
)

MORNING, EVENING = "2024-01-01T08:00:00Z", "2024-01-01T20:00:00Z"
INSTANCE = [{"system": "urn:lab:instance", "value": "R-1"}]
PNEUMONIA = coded((SNOMED, "233604007"))
PENICILLIN = coded((RXNORM, "7980"))
WARFARIN = coded((RXNORM, "11289"))


def test_01_the_same_result_twice_a_day_stays_two() -> None:
    r = record(result("A", "1", MORNING), result("A", "2", EVENING))
    assert len(of(r, "Observation")) == 2
    assert codes(r) == []


def test_02_the_same_instant_across_zones_merges() -> None:
    r = record(result("A", "1", MORNING), result("B", "2", "2024-01-01T09:00:00+01:00"))
    one(r, "Observation")


def test_03_milligrams_and_millimoles_are_one_value() -> None:
    r = record(result("A", "1", MORNING, 90), result("B", "2", MORNING, "5.0", "mmol/L"))
    shown = one(r, "Observation")
    assert dumps(shown["valueQuantity"]["value"]) == "90"
    assert others(r, shown, "valueQuantity") == [quantity("5.0", "mmol/L")]
    assert codes(r) == []


def test_04_a_coarse_date_joins_the_one_precise() -> None:
    r = record(result("A", "1", MORNING), result("B", "9", "2024-01-01"))
    assert one(r, "Observation")["effectiveDateTime"] == MORNING
    assert codes(r) == []


def test_05_a_coarse_date_among_two_stands_alone_with_an_issue() -> None:
    r = record(result("A", "1", MORNING), result("A", "2", EVENING), result("B", "9", "2024-01-01"))
    assert len(of(r, "Observation")) == 3
    assert codes(r) == ["ambiguous-date"]


def test_06_a_corrected_version_supersedes() -> None:
    old, new = (result("A", "1", MORNING, v, version=n, status=s) for n, v, s in (
        (1, 5, "preliminary"), (2, 50, "corrected")))
    r = record(old, new)
    assert one(r, "Observation")["valueQuantity"]["value"] == 50
    assert states(r, old, new) == ["superseded", "represented"]


def test_07_a_correction_of_another_source_wins_and_the_conflict_is_shown() -> None:
    r = record(result("A", "1", MORNING, 5, identifier=INSTANCE, status="preliminary"),
               result("B", "7", MORNING, 50, identifier=INSTANCE, status="corrected"))
    shown = one(r, "Observation")
    assert (shown["status"], shown["valueQuantity"]["value"]) == ("corrected", 50)
    assert others(r, shown, "valueQuantity") == [quantity(5)]
    assert codes(r).count("value-conflict") == 1


def test_08_entered_in_error_leaves_the_other_source() -> None:
    mine, theirs = result("A", "1", MORNING), result("B", "2", MORNING, status="entered-in-error")
    r = record(mine, theirs)
    assert one(r, "Observation")["status"] == "final"
    assert states(r, mine, theirs) == ["represented", "retracted"]
    assert r.ledger[theirs.id]["why"] == "entered-in-error"


def test_09_a_deletion_at_the_source_takes_the_fact_away() -> None:
    gone = result("A", "1", MORNING, version=1)
    r = record(gone, says("retract", source="A", type="Observation", id="1", version=2))
    assert not r.resources
    assert states(r, gone) == ["retracted"]


def test_10_three_doses_on_three_days_are_three_with_one_possible_duplicate() -> None:
    r = record(vaccination("A", "1", "2023-10-01T10:00:00Z"), vaccination("B", "2", "2023-10-02T08:00:00Z"),
               vaccination("C", "3", "2023-10-03T06:00:00Z"))
    assert len(of(r, "Immunization")) == 3
    assert codes(r) == ["possible-duplicate"]
    assert len(r.issues[0]["implicated"]) == 3


def test_11_not_done_and_completed_stay_apart_with_an_issue() -> None:
    r = record(vaccination("A", "1", "2023-10-01"), vaccination("B", "2", "2023-10-01", "not-done"))
    assert len(of(r, "Immunization")) == 2
    assert codes(r) == ["polarity-conflict"]


def test_12_an_undated_fact_bridges_nothing() -> None:
    r = record(vaccination("A", "1", "2023-10-01T10:00:00Z"), vaccination("B", "2", "2022-10-01T10:00:00Z"),
               vaccination("C", "3", None))
    assert len(of(r, "Immunization")) == 3


def test_13_icd_and_snomed_meet_by_the_table() -> None:
    r = record(condition("A", "1", coded((ICD, "I10"))), condition("B", "2", coded((SNOMED, "38341003"))))
    codings = one(r, "Condition")["code"]["coding"]
    assert {c["code"] for c in codings} == {"I10", "38341003"}


def test_14_a_record_with_two_codes_bridges_no_two_concepts() -> None:
    a, b, c = (condition(s, s, coded(*codings)) for s, codings in (
        ("A", [(SNOMED, "1")]), ("B", [(SNOMED, "1"), (ICD, "Y1")]), ("C", [(ICD, "Y1")])))
    r = record(a, b, c)
    assert len(of(r, "Condition")) == 2
    by_fact = {f: ref for ref, elements in r.provenance.items() for f in elements["resourceType"]}
    assert by_fact[a.id] == by_fact[b.id] != by_fact[c.id]


def test_15_of_three_statuses_the_newest_wins_with_two_alternatives_and_one_issue() -> None:
    code = coded((SNOMED, "38341003"))
    r = record(condition("A", "1", code, "active", recordedDate="2020"),
               condition("B", "2", code, "resolved", recordedDate="2021"),
               condition("C", "3", code, "remission", recordedDate="2019"))
    shown = one(r, "Condition")
    assert shown["clinicalStatus"]["coding"][0]["code"] == "resolved"
    assert len(others(r, shown, "clinicalStatus")) == 2
    assert codes(r) == ["status-conflict"]


def test_16_refuted_stays_apart_with_an_issue() -> None:
    code = coded((SNOMED, "38341003"))
    r = record(condition("A", "1", code, "active"),
               condition("B", "2", code, verificationStatus=coded((VERIFICATION, "refuted"))))
    assert len(of(r, "Condition")) == 2
    assert codes(r) == ["polarity-conflict"]


@pytest.mark.parametrize("none", [coded((SNOMED, "716186003")), coded(text="No known allergies"), coded(text="NKA")])
def test_17_no_known_allergy_and_penicillin_both_stay_with_an_issue(none: dict[str, Any]) -> None:
    r = record(allergy("A", "1", none), allergy("B", "2", PENICILLIN))
    assert len(of(r, "AllergyIntolerance")) == 2
    assert codes(r) == ["none-known-conflict"]


@pytest.mark.parametrize("other", ["764146007", "91936005"])
def test_18_allergy_codes_meet_by_the_table(other: str) -> None:
    one(record(allergy("A", "1", PENICILLIN), allergy("B", "2", coded((SNOMED, other)))), "AllergyIntolerance")


def test_19_a_text_alone_is_kept() -> None:
    assert one(record(condition("A", "1", coded(text="Trunk rash"))), "Condition")["code"] == {"text": "Trunk rash"}


@pytest.mark.parametrize("value", [{"valueInteger": 0}, {"valueBoolean": False}, {"valueQuantity": {"value": 0}},
                                   {"valueString": ""}])
def test_20_zero_and_false_are_kept(value: dict[str, Any]) -> None:
    shown = one(record(fact("A", "Observation", "1", status="final", code=GLUCOSE, **value)), "Observation")
    assert {k: v for k, v in shown.items() if k.startswith("value")} == value


def test_21_components_are_kept() -> None:
    pressure = [{"code": coded((LOINC, c)), "valueQuantity": quantity(v, "mm[Hg]")} for c, v in (
        ("8480-6", 120), ("8462-4", 80))]
    body = {"status": "final", "code": coded((LOINC, "85354-9")), "effectiveDateTime": MORNING, "component": pressure}
    r = record(fact("A", "Observation", "1", **body), fact("B", "Observation", "2", **{
        **body, "component": pressure[::-1]}))
    assert len(one(r, "Observation")["component"]) == 2


@pytest.mark.parametrize("type", ["Procedure", "Condition", "Observation", "AllergyIntolerance", "Immunization"])
def test_22_without_a_code_nothing_merges(type: str) -> None:
    assert len(of(record(fact("A", type, "1"), fact("B", type, "2")), type)) == 2


def test_23_delivery_again_changes_nothing() -> None:
    first = result("A", "1", MORNING, received="2024-01-02T00:00:00Z")
    again = result("A", "1", MORNING, received="2025-09-09T00:00:00Z", via="exchange")
    assert canonical(record(first).json()) == canonical(record(first, again).json()) == canonical(record(again).json())


def test_24_a_retraction_speaks_of_its_own_source_only() -> None:
    def delete(source: str) -> Any:
        return says("retract", source=source, type="Observation", id="1", version=2)

    a, b = result("A", "1", MORNING), result("B", "1", MORNING)
    assert states(record(a, b, delete("B")), a, b) == ["represented", "retracted"]
    assert states(record(b, delete("A")), b) == ["represented"]
    assert states(record(b, delete("B")), b) == ["retracted"]


def test_25_zero_false_and_absent_are_three() -> None:
    def say(id: str, **value: Any) -> Fact:
        return fact("A", "Observation", id, status="final", code=GLUCOSE, effectiveDateTime=MORNING, **value)

    r = record(say("1", valueInteger=0), say("2", valueBoolean=False), say("3"))
    assert len(of(r, "Observation")) == 3


def test_26_text_is_folded() -> None:
    one(record(condition("A", "1", coded(text=" Foo  bar")), condition("B", "2", coded(text="foo BAR"))), "Condition")


@pytest.mark.parametrize("write", [int, str])
def test_27_version_10_is_newer_than_9(write: Callable[[int], Any]) -> None:
    code = coded((SNOMED, "38341003"))
    r = record(condition("A", "1", code, "active", version=write(9)),
               condition("A", "1", code, "resolved", version=write(10)))
    assert one(r, "Condition")["clinicalStatus"]["coding"][0]["code"] == "resolved"


def test_28_a_quantity_is_never_blended() -> None:
    bare = {"valueQuantity": {"value": 50, "unit": "mg/dL"}}
    r = record(result("A", "1", MORNING, "2.8", "mmol/L", identifier=INSTANCE, issued="2024-01-01T09:00:00Z"),
               fact("B", "Observation", "2", status="final", code=GLUCOSE, effectiveDateTime=MORNING, identifier=INSTANCE,
                    issued="2024-01-01T10:00:00Z", **bare))
    shown = one(r, "Observation")
    assert shown["valueQuantity"] == bare["valueQuantity"]
    assert others(r, shown, "valueQuantity") == [quantity("2.8", "mmol/L")]


def test_29_one_choice_only() -> None:
    body = {"status": "completed", "code": coded((SNOMED, "80146002"))}
    r = record(fact("A", "Procedure", "1", performedDateTime="2020-05-03", **body),
               fact("B", "Procedure", "2", performedPeriod={"start": "2020-05-03", "end": "2020-05-04"}, **body))
    shown = one(r, "Procedure")
    assert len([k for k in shown if k.startswith("performed")]) == 1
    assert others(r, shown, "performedDateTime") + others(r, shown, "performedPeriod")


def test_30_a_package_code_meets_the_clinical_drug_by_the_table() -> None:
    def order(source: str, *codings: tuple[str, str]) -> Fact:
        return fact(source, "MedicationRequest", source, status="active", intent="order", authoredOn="2024-02-01",
                    medicationCodeableConcept=coded(*codings))

    one(record(order("A", (RXNORM, "855304"), (NDC, "0056-0170-70")), order("B", (NDC, "0056-0170-70"))),
        "MedicationRequest")


def test_31_brand_and_generic_are_not_merged() -> None:
    def take(source: str, code: str) -> Fact:
        return fact(source, "MedicationStatement", source, status="active",
                    medicationCodeableConcept=coded((RXNORM, code)))

    assert len(of(record(take("A", "855302"), take("B", "855304")), "MedicationStatement")) == 2


def test_32_left_and_right_stay_apart() -> None:
    def fracture(source: str, *site: str) -> Fact:
        return condition(source, source, coded((SNOMED, "263102004")), bodySite=[coded((SNOMED, s)) for s in site])

    r = record(fracture("A", "368208006"), fracture("B", "368209003"), fracture("C"))
    assert len(of(r, "Condition")) == 3


def test_33_a_dangling_reference_never_deletes_the_referrer() -> None:
    r = record(result("A", "1", MORNING, performer=[{"reference": "Practitioner/9", "display": "Dr Berg"}],
                      subject={"reference": "Patient/p"}, contained=[{"resourceType": "Specimen", "id": "s"}],
                      specimen={"reference": "#s"}))
    shown = one(r, "Observation")
    assert shown["performer"][0]["display"] == "Dr Berg"
    assert "reference" not in shown["performer"][0] and shown["performer"][0]["identifier"]["value"]
    assert shown["specimen"] == {"reference": "#s"} and shown["contained"]
    assert codes(r) == []


def test_34_unlinking_the_source_that_held_a_class_together_splits_it_again() -> None:
    left, right = result("A", "1", MORNING, 5), result("C", "3", MORNING, 50, identifier=INSTANCE)
    middle = result("B", "2", MORNING, 5, identifier=INSTANCE, asserted="2020-01-01T00:00:00Z")
    with_b, unlinked, never = (record(*given) for given in (
        [left, middle, right], [left, middle, right, says("unlink", source="B")], [left, right]))
    assert unlinked.resources == never.resources and unlinked.issues == never.issues
    assert with_b.resources != never.resources


def test_35_a_stale_copy_of_a_deleted_fact_stays_retracted() -> None:
    late = condition("A", "1", PNEUMONIA, version=1, asserted="2024-01-01T00:00:00Z", via="B",
                     received="2024-03-01T00:00:00Z")
    copy = condition("B", "b1", PNEUMONIA, asserted="2024-03-01T00:00:00Z", meta={"source": "A/Condition/1"})
    gone = says("retract", source="A", type="Condition", id="1", asserted="2024-01-15T00:00:00Z")
    r = record(late, copy, gone)
    assert not r.resources and states(r, late, copy) == ["retracted", "retracted"]


def test_36_a_copy_of_a_copy_counts_once() -> None:
    origin = condition("A", "1", PNEUMONIA, "active", onsetDateTime="2015")
    copy = condition("B", "2", PNEUMONIA, "active", meta={"source": "urn:gateway/A/Condition/1"})
    third = condition("C", "3", PNEUMONIA, "active")
    told = fact("C", "Provenance", "p", target=[{"reference": "Condition/3"}],
                entity=[{"role": "source", "what": {"reference": "B/Condition/2"}}])
    error = condition("A", "1", PNEUMONIA, version=2, verificationStatus=coded((VERIFICATION, "entered-in-error")))
    one(record(origin, copy, third, told), "Condition")
    assert of(record(origin, copy, third, told, error), "Condition") == []


def test_37_deleted_and_created_again_lives() -> None:
    first, again = result("A", "1", MORNING, version=1), result("A", "1", MORNING, 96, version=3)
    r = record(first, says("retract", source="A", type="Observation", id="1", version=2), again)
    assert one(r, "Observation")["valueQuantity"]["value"] == 96
    error = result("A", "1", MORNING, version=2, status="entered-in-error")
    assert states(record(first, error, again), first, error, again) == ["superseded", "retracted", "represented"]


def test_38_of_opaque_versions_the_newest_update_wins() -> None:
    def said(version: str, day: str, status: str) -> Fact:
        return condition("A", "1", PNEUMONIA, status, version=version, meta={"lastUpdated": f"2024-01-{day}T00:00:00Z"})

    r = record(said("f81d4fae", "01", "active"), said("0a3b5c7d", "03", "resolved"), said("99aa88bb", "02", "remission"))
    assert one(r, "Condition")["clinicalStatus"]["coding"][0]["code"] == "resolved"


def test_39_two_bodies_under_one_version_are_an_issue() -> None:
    a, b = (condition("A", "1", PNEUMONIA, status, version="4") for status in ("active", "resolved"))
    r = record(a, b)
    shown = one(r, "Condition")
    assert "version-clash" in codes(r)
    assert len(others(r, shown, "clinicalStatus")) == 1
    assert states(r, a, b) == ["represented", "represented"]


def test_40_an_unlink_undone_leaves_no_trace() -> None:
    given = [result("A", "1", MORNING), result("B", "2", EVENING), condition("B", "3", PNEUMONIA)]
    unlink = says("unlink", source="B", id="u", at="2024-05-01T00:00:00Z")
    undo = says("undo", of="u", id="v", at="2020-05-01T00:00:00Z")
    assert canonical(record(*given, unlink, undo).json()) == canonical(record(*given).json())
    again = record(*given, unlink, undo, says("undo", of="v"))
    assert again.resources == record(given[0]).resources


def test_41_a_later_final_of_the_lab_beats_an_earlier_correction() -> None:
    r = record(result("exchange", "1", MORNING, 50, identifier=INSTANCE, status="corrected", issued="2024-01-01T10:00:00Z"),
               result("lab", "2", MORNING, 55, identifier=INSTANCE, issued="2024-01-01T12:00:00Z"))
    assert one(r, "Observation")["valueQuantity"]["value"] == 55


@pytest.mark.parametrize("type", [{}, {"type": coded(("http://terminology.hl7.org/CodeSystem/v2-0203", "ACSN"))}])
@pytest.mark.parametrize("system", ["urn:lab:accession", "urn:lab:numbers"])
def test_42_three_values_under_one_accession_are_three(type: dict[str, Any], system: str) -> None:
    number = [{**type, "system": system, "value": "ACC-7"}]
    r = record(*(result("lab", hour, f"2024-01-01T{hour}:00:00Z", 90 + n, identifier=number)
                 for n, hour in enumerate(("07", "12", "18"))))
    assert len(of(r, "Observation")) == 3


def test_43_a_list_in_another_order_overwrites_no_allergy() -> None:
    peanut, latex = coded((SNOMED, "762952008")), coded((SNOMED, "111088007"))
    r = record(allergy("A", "p", peanut, version="m1", asserted="2024-01-01T00:00:00Z"),
               allergy("A", "l", latex, version="m1", asserted="2024-01-01T00:00:00Z"),
               allergy("A", "l", latex, version="m2", asserted="2024-02-01T00:00:00Z", criticality="high"),
               allergy("A", "p", peanut, version="m2", asserted="2024-02-01T00:00:00Z"))
    assert len(of(r, "AllergyIntolerance")) == 2


def test_44_a_medicine_that_is_no_longer_listed_is_not_current_and_comes_back() -> None:
    drug = fact("A", "MedicationStatement", "w", asserted="2024-01-01T00:00:00Z", status="active",
                medicationCodeableConcept=WARFARIN)

    def listing(month: str, *keys: str) -> Any:
        return says("listing", source="A", scope="medications", at=f"2024-{month}-01T00:00:00Z", keys=list(keys))

    held, missing, back = listing("01", "MedicationStatement/w"), listing("02"), listing("03", "MedicationStatement/w")
    r = record(drug, held, missing)
    shown = one(r, "MedicationStatement")
    assert shown["status"] == "unknown" and others(r, shown, "status") == ["active"]
    assert codes(r) == ["no-longer-listed"] and "2024-02-01" in r.issues[0]["detail"]
    again = record(drug, held, missing, back)
    assert one(again, "MedicationStatement")["status"] == "active" and codes(again) == []


def test_45_pneumonia_twice_is_two_episodes() -> None:
    r = record(condition("A", "1", PNEUMONIA, "resolved", onsetDateTime="2015-02-01", recordedDate="2024-01-01"),
               condition("B", "2", PNEUMONIA, "active", onsetDateTime="2024-03-01"))
    assert len(of(r, "Condition")) == 2
    r = record(condition("A", "1", PNEUMONIA, onsetDateTime="2015", abatementDateTime="2015-03"),
               condition("B", "2", PNEUMONIA, onsetDateTime="2024"), condition("C", "3", PNEUMONIA))
    assert len(of(r, "Condition")) == 3
    assert codes(r) == ["ambiguous-date"]


@pytest.mark.parametrize("sources", [("lab", "lab"), ("exchange", "lab")])
def test_46_a_corrected_code_is_one_result_with_the_old_code_beside_it(sources: tuple[str, str]) -> None:
    r = record(result(sources[0], "1", MORNING, identifier=INSTANCE, issued="2024-01-01T09:00:00Z"),
               result(sources[1], "2", MORNING, identifier=INSTANCE, issued="2024-01-01T11:00:00Z", status="corrected",
                      code=coded((LOINC, "2339-0"))))
    shown = one(r, "Observation")
    assert shown["code"] == coded((LOINC, "2339-0"))
    assert others(r, shown, "code") == [GLUCOSE]
    assert "value-conflict" in codes(r)
