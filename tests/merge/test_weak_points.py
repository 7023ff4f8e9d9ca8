"""What open aggregators were measured to get wrong, as regression tests (the points marked (m) in `merge.md`)."""

from typing import Any

import pytest

from gateway.model import Fact
from tests.merge.given import (
    CVX,
    GLUCOSE,
    LOINC,
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
    vaccination,
)

MORNING, EVENING = "2024-01-01T08:00:00Z", "2024-01-01T20:00:00Z"
PEANUT = coded((SNOMED, "762952008"))
METFORMIN = coded((RXNORM, "860975"))
MINE = [{"system": "urn:lab:instance", "value": "7"}]


def order(source: str, at: str | None, dose: str | None = None, **body: Any) -> Fact:
    when = {"authoredOn": at} if at else {}
    dosage = {"dosageInstruction": [{"text": dose}]} if dose else {}
    return fact(source, "MedicationRequest", source, **{
        "status": "active", "intent": "order", "medicationCodeableConcept": METFORMIN, **when, **dosage, **body})


def test_an_allergy_that_only_has_a_code_is_kept() -> None:
    assert one(record(allergy("A", "1", PEANUT)), "AllergyIntolerance")["code"]["coding"] == PEANUT["coding"]


def test_the_case_of_a_display_splits_no_allergy() -> None:
    shown = [allergy(s, s, {"coding": [{"system": SNOMED, "code": "762952008", "display": d}]})
             for s, d in (("A", "Peanut"), ("B", "PEANUT"))]
    assert len(one(record(*shown), "AllergyIntolerance")["code"]["coding"]) == 1


def test_no_known_allergies_stays_beside_another() -> None:
    r = record(allergy("A", "1", coded(text="No known allergies")), allergy("B", "2", PEANUT))
    assert len(of(r, "AllergyIntolerance")) == 2


def test_active_and_resolved_give_one_clinical_status() -> None:
    code = coded((SNOMED, "38341003"))
    shown = one(record(condition("A", "1", code, "active"), condition("B", "2", code, "resolved")), "Condition")
    assert len(shown["clinicalStatus"]["coding"]) == 1


def test_refuted_does_not_blend_with_confirmed() -> None:
    r = record(*(condition(s, s, coded((SNOMED, "38341003")), verificationStatus=coded((VERIFICATION, v)))
                 for s, v in (("A", "confirmed"), ("B", "refuted"))))
    assert sorted(c["verificationStatus"]["coding"][0]["code"] for c in of(r, "Condition")) == ["confirmed", "refuted"]


@pytest.mark.parametrize("text", ["Trunk rash", "No known problems", "Unkempt appearance", "Bunk bed fall"])
def test_a_condition_of_text_alone_is_kept(text: str) -> None:
    assert one(record(condition("A", "1", coded(text=text))), "Condition")["code"]["text"] == text


def test_a_chain_of_dates_gives_the_same_number_in_every_order() -> None:
    code = coded((SNOMED, "38341003"))
    r = record(condition("A", "1", code, onsetDateTime="2019", abatementDateTime="2019-06"), condition("B", "2", code),
               condition("C", "3", code, onsetDateTime="2024"))
    assert len(of(r, "Condition")) == 3


def test_an_order_with_a_coded_medicine_is_kept() -> None:
    assert one(record(order("A", "2024-01-01")), "MedicationRequest")["medicationCodeableConcept"] == METFORMIN


def test_two_doses_are_never_blended() -> None:
    r = record(order("A", "2024-01-01", "500 mg ×2"), order("B", "2024-01-01", "1000 mg ×1"))
    shown = one(r, "MedicationRequest")
    assert len(shown["dosageInstruction"]) == 1 and len(others(r, shown, "dosageInstruction")) == 1
    assert "dose-conflict" in codes(r)


def test_the_value_of_one_source_never_gets_the_unit_of_another() -> None:
    dose = [{"doseAndRate": [{"doseQuantity": q}]} for q in (quantity(500, "mg"), {"value": 2, "unit": "tablet"})]
    r = record(order("A", "2024-01-01", dosageInstruction=[dose[0]]), order("B", "2024-01-01", dosageInstruction=[dose[1]]))
    assert one(r, "MedicationRequest")["dosageInstruction"] in ([dose[0]], [dose[1]])


def test_orders_of_different_medicines_without_a_date_stay_apart() -> None:
    other = coded((RXNORM, "314076"))
    r = record(order("A", None), order("B", None, medicationCodeableConcept=other))
    assert len(of(r, "MedicationRequest")) == 2


@pytest.mark.parametrize("type", ["Procedure", "Immunization"])
def test_not_done_never_becomes_completed(type: str) -> None:
    code = {"code": coded((SNOMED, "80146002"))} if type == "Procedure" else {"vaccineCode": coded((CVX, "140"))}
    when = {"performedDateTime" if type == "Procedure" else "occurrenceDateTime": "2023-10-01"}
    r = record(fact("A", type, "1", status="completed", **code, **when),
               fact("B", type, "2", status="not-done", statusReason=coded(text="refused"), **code, **when))
    assert len(of(r, type)) == 2
    assert all(("statusReason" in x) == (x["status"] == "not-done") for x in of(r, type))


def test_a_reason_stays_with_the_status_that_it_explains() -> None:
    number = [{"system": "urn:registry", "value": "1"}]
    r = record(vaccination("A", "1", "2023-10-01", identifier=number, asserted="2024-02-01"),
               vaccination("B", "2", "2023-10-01", "not-done", identifier=number, asserted="2024-01-01",
                           statusReason=coded(text="refused")))
    shown = one(r, "Immunization")
    assert shown["status"] == "completed" and "statusReason" not in shown
    assert others(r, shown, "statusReason") == [coded(text="refused")]
    assert "polarity-conflict" in codes(r)


def test_a_date_and_a_time_of_one_day_are_one_vaccination() -> None:
    r = record(vaccination("A", "1", "2023-10-01"), vaccination("B", "2", "2023-10-01T10:00:00Z"))
    assert one(r, "Immunization")["occurrenceDateTime"] == "2023-10-01T10:00:00Z"
    assert codes(r) == []


def test_a_result_without_a_value_is_kept() -> None:
    absent = coded(("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed"))
    r = record(fact("A", "Observation", "1", status="final", code=GLUCOSE),
               fact("A", "Observation", "2", status="final", code=GLUCOSE, dataAbsentReason=absent))
    assert len(of(r, "Observation")) == 2


def test_corrected_stays_corrected_beside_a_final() -> None:
    r = record(result("A", "1", MORNING, 5, identifier=MINE), result("B", "2", MORNING, 7, identifier=MINE,
                                                                     status="corrected"))
    shown = one(r, "Observation")
    assert (shown["status"], shown["valueQuantity"]["value"]) == ("corrected", 7)


def test_entered_in_error_hides_behind_nothing() -> None:
    r = record(result("A", "1", MORNING, identifier=MINE), result("B", "2", MORNING, identifier=MINE,
                                                                 status="entered-in-error"))
    assert one(r, "Observation")["status"] == "final" and not r.alternatives


def test_a_unit_as_text_and_as_code_is_one_unit() -> None:
    bare = {"valueQuantity": {"value": 95, "unit": "mg/dL"}}
    coded_only = {"valueQuantity": {"value": 95, "system": "http://unitsofmeasure.org", "code": "mg/dL"}}
    r = record(*(fact(s, "Observation", s, status="final", code=GLUCOSE, effectiveDateTime=MORNING, **v)
                 for s, v in (("A", bare), ("B", coded_only))), result("C", "C", MORNING))
    one(r, "Observation")


def test_a_report_with_only_a_conclusion_is_kept() -> None:
    r = record(fact("A", "DiagnosticReport", "1", status="final", code=coded((LOINC, "24331-1")), conclusion="Fine"))
    assert one(r, "DiagnosticReport")["conclusion"] == "Fine"


def test_reports_are_compared_by_the_merged_results() -> None:
    def report(source: str) -> Fact:
        return fact(source, "DiagnosticReport", f"r-{source}", status="final", code=coded((LOINC, "24331-1")),
                    effectiveDateTime=MORNING, result=[{"reference": f"Observation/o-{source}"}])

    r = record(report("A"), report("B"), result("A", "o-A", MORNING), result("B", "o-B", MORNING))
    assert one(r, "DiagnosticReport")["result"] == [{"reference": f"Observation/{one(r, 'Observation')['id']}"}]


def test_two_contacts_of_one_day_stay_two() -> None:
    def visit(id: str, code: str, start: str | None = "2024-01-01") -> Fact:
        kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code}
        when = {"period": {"start": start}} if start else {}
        return fact("A", "Encounter", id, status="finished", **{"class": kind}, **when)

    assert len(of(record(visit("1", "EMER"), visit("2", "AMB")), "Encounter")) == 2
    assert len(of(record(visit("1", "AMB"), visit("2", "AMB")), "Encounter")) == 2
    assert len(of(record(visit("1", "AMB", None), visit("2", "AMB", None)), "Encounter")) == 2


@pytest.mark.parametrize("type", ["Device", "Composition", "Coverage", "Flag", "Basic"])
def test_no_type_is_removed_at_output(type: str) -> None:
    one(record(fact("A", type, "1")), type)


def test_the_same_value_morning_and_evening_is_two_results() -> None:
    assert len(of(record(result("A", "1", MORNING), result("B", "2", EVENING)), "Observation")) == 2


def test_extensions_are_kept() -> None:
    race = {"url": "urn:race", "valueString": "x"}
    r = record(order("A", "2024-01-01", extension=[race]), order("B", "2024-01-01", extension=[
        {"url": "urn:other", "valueBoolean": False}]))
    assert len(one(r, "MedicationRequest")["extension"]) == 2
