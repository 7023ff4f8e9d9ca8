"""What an open aggregator was measured to get wrong: 32 assertions, one test each, numbered as the table numbers them.

They are the points marked (m) in the table "What peers do, per resource" of `merge.md`, a mark that names several things once
for each, and the two laws that were measured beside it. What is not numbered was read in its source, not measured.
"""

from random import Random
from typing import Any

import pytest

from gateway.jsontext import canonical
from gateway.merge import merge
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
    tables,
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


def test_01_an_allergy_that_only_has_a_code_is_kept() -> None:
    assert one(record(allergy("A", "1", PEANUT)), "AllergyIntolerance")["code"]["coding"] == PEANUT["coding"]


def test_02_the_case_of_a_display_splits_no_allergy() -> None:
    shown = [allergy(s, s, {"coding": [{"system": SNOMED, "code": "762952008", "display": d}]})
             for s, d in (("A", "Peanut"), ("B", "PEANUT"))]
    assert len(one(record(*shown), "AllergyIntolerance")["code"]["coding"]) == 1


def test_03_no_known_allergies_stays_beside_another() -> None:
    r = record(allergy("A", "1", coded(text="No known allergies")), allergy("B", "2", PEANUT))
    assert len(of(r, "AllergyIntolerance")) == 2


def test_04_active_and_resolved_give_one_clinical_status() -> None:
    code = coded((SNOMED, "38341003"))
    shown = one(record(condition("A", "1", code, "active"), condition("B", "2", code, "resolved")), "Condition")
    assert len(shown["clinicalStatus"]["coding"]) == 1


def test_05_refuted_does_not_blend_with_confirmed() -> None:
    r = record(*(condition(s, s, coded((SNOMED, "38341003")), verificationStatus=coded((VERIFICATION, v)))
                 for s, v in (("A", "confirmed"), ("B", "refuted"))))
    assert sorted(c["verificationStatus"]["coding"][0]["code"] for c in of(r, "Condition")) == ["confirmed", "refuted"]


def _kept(text: str) -> bool:
    return bool(one(record(condition("A", "1", coded(text=text))), "Condition")["code"]["text"] == text)


def test_06_a_condition_of_text_alone_is_kept() -> None:
    assert _kept("Sore knee")


def test_07_no_known_problems_is_kept() -> None:
    assert _kept("No known problems")


def test_08_a_chain_of_dates_gives_the_same_number_in_every_order() -> None:
    code = coded((SNOMED, "38341003"))
    r = record(condition("A", "1", code, onsetDateTime="2019", abatementDateTime="2019-06"), condition("B", "2", code),
               condition("C", "3", code, onsetDateTime="2024"))
    assert len(of(r, "Condition")) == 3


def test_09_an_order_with_a_coded_medicine_is_kept() -> None:
    assert one(record(order("A", "2024-01-01")), "MedicationRequest")["medicationCodeableConcept"] == METFORMIN


def test_10_two_doses_are_never_blended() -> None:
    r = record(order("A", "2024-01-01", "500 mg ×2"), order("B", "2024-01-01", "1000 mg ×1"))
    shown = one(r, "MedicationRequest")
    assert len(shown["dosageInstruction"]) == 1 and len(others(r, shown, "dosageInstruction")) == 1
    assert "dose-conflict" in codes(r)


def test_11_the_value_of_one_source_never_gets_the_unit_of_another() -> None:
    dose = [{"doseAndRate": [{"doseQuantity": q}]} for q in (quantity(500, "mg"), {"value": 2, "unit": "tablet"})]
    r = record(order("A", "2024-01-01", dosageInstruction=[dose[0]]), order("B", "2024-01-01", dosageInstruction=[dose[1]]))
    assert one(r, "MedicationRequest")["dosageInstruction"] in ([dose[0]], [dose[1]])


def test_orders_of_different_medicines_without_a_date_stay_apart() -> None:
    other = coded((RXNORM, "314076"))
    r = record(order("A", None), order("B", None, medicationCodeableConcept=other))
    assert len(of(r, "MedicationRequest")) == 2


def _done(type: str, source: str, status: str, at: str, **body: Any) -> Fact:
    what, when = ({"code": coded((SNOMED, "80146002"))}, "performedDateTime") if type == "Procedure" else (
        {"vaccineCode": coded((CVX, "140"))}, "occurrenceDateTime")
    return fact(source, type, source, status=status, **what, **{when: at}, **body)


def _not_done_stays(type: str) -> None:
    r = record(_done(type, "A", "completed", "2023-10-01"),
               _done(type, "B", "not-done", "2023-10-01", statusReason=coded(text="refused")))
    assert {x["status"]: x.get("statusReason") for x in of(r, type)} == {"completed": None, "not-done": coded(text="refused")}


def test_12_a_procedure_that_was_not_done_never_becomes_completed() -> None:
    _not_done_stays("Procedure")


def test_13_a_vaccination_that_was_not_done_never_becomes_completed() -> None:
    _not_done_stays("Immunization")


def test_14_a_reason_stays_with_the_status_that_it_explains() -> None:
    number = [{"system": "urn:registry", "value": "1"}]
    r = record(vaccination("A", "1", "2023-10-01", identifier=number, asserted="2024-02-01"),
               vaccination("B", "2", "2023-10-01", "not-done", identifier=number, asserted="2024-01-01",
                           statusReason=coded(text="refused")))
    shown = one(r, "Immunization")
    assert shown["status"] == "completed" and "statusReason" not in shown
    assert others(r, shown, "statusReason") == [coded(text="refused")]
    assert "polarity-conflict" in codes(r)


def _one_day(type: str) -> dict[str, Any]:
    r = record(_done(type, "A", "completed", "2023-10-01"), _done(type, "B", "completed", "2023-10-01T10:00:00Z"))
    assert codes(r) == []
    return one(r, type)


def test_15_a_date_and_a_time_of_one_day_are_one_procedure() -> None:
    assert _one_day("Procedure")["performedDateTime"] == "2023-10-01T10:00:00Z"


def test_16_a_date_and_a_time_of_one_day_are_one_vaccination() -> None:
    assert _one_day("Immunization")["occurrenceDateTime"] == "2023-10-01T10:00:00Z"


def test_17_one_procedure_has_one_time() -> None:
    number = [{"system": "urn:theatre", "value": "1"}]
    r = record(_done("Procedure", "A", "completed", "2023-10-01T10:00:00Z", identifier=number),
               fact("B", "Procedure", "B", status="completed", code=coded((SNOMED, "80146002")), identifier=number,
                    performedPeriod={"start": "2023-10-01T10:00:00Z", "end": "2023-10-01T11:00:00Z"}))
    assert len([n for n in one(r, "Procedure") if n.startswith("performed")]) == 1


def test_18_a_panel_of_components_alone_is_kept() -> None:
    parts = [{"code": coded((LOINC, c)), "valueQuantity": quantity(v, "mm[Hg]")} for c, v in (("8480-6", 120), ("8462-4", 80))]
    panel = fact("A", "Observation", "1", status="final", code=coded((LOINC, "85354-9")), effectiveDateTime=MORNING, component=parts)
    assert one(record(panel), "Observation")["component"] == parts


def test_19_a_result_without_a_value_is_kept() -> None:
    absent = coded(("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed"))
    r = record(fact("A", "Observation", "1", status="final", code=GLUCOSE),
               fact("A", "Observation", "2", status="final", code=GLUCOSE, dataAbsentReason=absent))
    assert len(of(r, "Observation")) == 2


def test_20_a_result_of_zero_is_kept() -> None:
    assert one(record(result("A", "1", MORNING, 0)), "Observation")["valueQuantity"]["value"] == 0


def test_21_a_result_of_false_is_kept() -> None:
    said = fact("A", "Observation", "1", status="final", code=GLUCOSE, effectiveDateTime=MORNING, valueBoolean=False)
    assert one(record(said), "Observation")["valueBoolean"] is False


def test_22_the_same_value_morning_and_evening_is_two_results() -> None:
    assert len(of(record(result("A", "1", MORNING), result("B", "2", EVENING)), "Observation")) == 2


def test_23_corrected_stays_corrected_beside_a_final() -> None:
    r = record(result("A", "1", MORNING, 5, identifier=MINE), result("B", "2", MORNING, 7, identifier=MINE,
                                                                     status="corrected"))
    shown = one(r, "Observation")
    assert (shown["status"], shown["valueQuantity"]["value"]) == ("corrected", 7)


def test_24_entered_in_error_hides_behind_nothing() -> None:
    r = record(result("A", "1", MORNING, identifier=MINE), result("B", "2", MORNING, identifier=MINE,
                                                                 status="entered-in-error"))
    assert one(r, "Observation")["status"] == "final" and not r.alternatives


def test_25_a_value_leaves_when_it_is_corrected() -> None:
    old, new = result("A", "1", MORNING, 5, version="1"), result("A", "1", MORNING, 7, version="2", status="corrected")
    assert one(record(old, new), "Observation")["valueQuantity"]["value"] == 7


def test_26_a_unit_as_text_and_as_code_is_one_unit() -> None:
    bare = {"valueQuantity": {"value": 95, "unit": "mg/dL"}}
    coded_only = {"valueQuantity": {"value": 95, "system": "http://unitsofmeasure.org", "code": "mg/dL"}}
    r = record(*(fact(s, "Observation", s, status="final", code=GLUCOSE, effectiveDateTime=MORNING, **v)
                 for s, v in (("A", bare), ("B", coded_only))), result("C", "C", MORNING))
    one(r, "Observation")


def test_27_a_report_with_only_a_conclusion_is_kept() -> None:
    r = record(fact("A", "DiagnosticReport", "1", status="final", code=coded((LOINC, "24331-1")), conclusion="Fine"))
    assert one(r, "DiagnosticReport")["conclusion"] == "Fine"


def test_reports_are_compared_by_the_merged_results() -> None:
    def report(source: str) -> Fact:
        return fact(source, "DiagnosticReport", f"r-{source}", status="final", code=coded((LOINC, "24331-1")),
                    effectiveDateTime=MORNING, result=[{"reference": f"Observation/o-{source}"}])

    r = record(report("A"), report("B"), result("A", "o-A", MORNING), result("B", "o-B", MORNING))
    assert one(r, "DiagnosticReport")["result"] == [{"reference": f"Observation/{one(r, 'Observation')['id']}"}]


def _visit(id: str, code: str, start: str | None = "2024-01-01") -> Fact:
    kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code}
    when = {"period": {"start": start}} if start else {}
    return fact("A", "Encounter", id, status="finished", **{"class": kind}, **when)


def test_28_an_emergency_and_a_dental_visit_of_one_day_stay_two() -> None:
    assert len(of(record(_visit("1", "EMER"), _visit("2", "AMB")), "Encounter")) == 2
    assert len(of(record(_visit("1", "AMB"), _visit("2", "AMB")), "Encounter")) == 2


def test_visits_without_a_date_are_kept() -> None:
    assert len(of(record(_visit("1", "AMB", None), _visit("2", "AMB", None)), "Encounter")) == 2


def test_29_a_device_is_not_removed_at_output() -> None:
    one(record(fact("A", "Device", "1")), "Device")


@pytest.mark.parametrize("text", ["Trunk rash", "Unkempt appearance", "Bunk bed fall"])
def test_30_words_that_hold_unk_are_kept(text: str) -> None:
    assert _kept(text)


@pytest.mark.parametrize("type", ["Composition", "Coverage", "Flag", "Basic"])
def test_no_type_is_removed_at_output(type: str) -> None:
    one(record(fact("A", type, "1")), type)


def test_extensions_are_kept() -> None:
    race = {"url": "urn:race", "valueString": "x"}
    r = record(order("A", "2024-01-01", extension=[race]), order("B", "2024-01-01", extension=[
        {"url": "urn:other", "valueBoolean": False}]))
    assert len(one(r, "MedicationRequest")["extension"]) == 2


def _five_sources() -> list[Fact]:
    code = coded((SNOMED, "38341003"))
    return [result("A", "1", MORNING), result("B", "2", MORNING, "95.0"), order("A", "2024-01-01", "500 mg"),
            order("B", "2024-01-01", "1000 mg"), allergy("C", "1", PEANUT), allergy("D", "2", {"text": "Peanut"}),
            condition("D", "3", code, "active"), condition("E", "4", code, "resolved", onsetDateTime="2019")]


def test_31_said_twice_changes_nothing() -> None:
    facts = _five_sources()
    assert canonical(record(*facts, *facts).json()) == canonical(record(*facts).json())


def test_32_every_order_gives_one_record() -> None:
    facts, random = _five_sources(), Random(32)
    shuffled = [random.sample(facts, len(facts)) for _ in range(200)]
    assert len({canonical(merge(order, (), tables()).json()) for order in shuffled}) == 1


# Number → row of the table in `merge.md`, and what was measured there.
MEASURED = {
    1: ("allergy-intolerance", "an allergy with a code alone is dropped"), 2: ("allergy-intolerance", "display case splits"),
    3: ("allergy-intolerance", "no known allergies is removed beside another"),
    4: ("condition", "active and resolved give two codes of one status"), 5: ("condition", "refuted blends with confirmed"),
    6: ("condition", "text alone is dropped"), 7: ("condition", "no known problems is dropped"),
    8: ("condition", "a bridge of dates gives 1 or 2 by order"),
    9: ("medication-*", "medicationCodeableConcept is dropped"), 10: ("medication-*", "two doses are blended"),
    11: ("medication-*", "the value of one source with the unit of another"),
    12: ("procedure", "not done and completed give completed"), 13: ("immunization", "not done and completed give completed"),
    14: ("immunization", "completed keeps the reason why it was not done"), 15: ("procedure", "date and time of a day split"),
    16: ("immunization", "date and time of a day split"), 17: ("procedure", "both performed[x] are set"),
    18: ("observation", "components alone are dropped"), 19: ("observation", "a result without a value is dropped"),
    20: ("observation", "0 is dropped"), 21: ("observation", "false is dropped"),
    22: ("observation", "the same value at 08:00 and 20:00 is one"), 23: ("observation", "corrected becomes final"),
    24: ("observation", "entered in error hides behind final"), 25: ("observation", "the old value stays beside the corrected"),
    26: ("observation", "a UCUM code splits"), 27: ("diagnostic-report", "a conclusion alone is dropped"),
    28: ("encounter", "an emergency and a dental visit of one day are one"), 29: ("device", "removed at output"),
    30: ("shared", "any text that holds unk is skipped"), 31: ("law", "idempotence, the one that the aggregator keeps"),
    32: ("law", "16 to 32 records from 200 shuffles"),
}


def test_each_of_the_32_has_one_test() -> None:
    numbers = sorted(int(name[5:7]) for name in globals() if name.startswith("test_") and name[5:7].isdigit())
    assert numbers == sorted(MEASURED) == list(range(1, 33))
