"""Two ways to say one dose are no conflict; two doses are."""

from typing import Any

import pytest

from gateway.merge.doses import contradict, dosages
from tests.merge.given import RXNORM, SNOMED, coded, codes, fact, of, quantity, record, tables

WARFARIN = coded((RXNORM, "855332"))
ORAL = coded((SNOMED, "26643006"))


def dose(value: Any, unit: str = "mg", **more: Any) -> dict[str, Any]:
    return {"doseAndRate": [{"doseQuantity": quantity(value, unit)}], **more}


def often(frequency: int, period: Any = 1, unit: str = "d", **more: Any) -> dict[str, Any]:
    return {"timing": {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit, **more}}}


def named(code: str) -> dict[str, Any]:
    return {"timing": {"code": coded(("http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation", code))}}


DAILY = often(1)
SAME = [
    (dose("5.0"), dose(5)), (dose("0.005", "g"), dose(5)), (DAILY, often(1, 24, "h")), (often(2), named("BID")),
    (often(1, 6, "h"), {"timing": {"code": {"text": "q6h"}}}), (named("qod"), often(1, 2)), ({"timing": {"repeat": {"period": 1, "periodUnit": "wk"}}}, often(1, 7)),
    ({"text": "1 daily"}, {"text": " 1 DAILY", **DAILY}), ({"text": "5 mg daily", **dose(5, **DAILY)}, {"text": "once a day", **dose(5, **DAILY)}),
    ({"text": "1 tablet (5 mg)", **dose(5, **DAILY)}, {"text": "5 mg", **dose(5, **DAILY)}),
    (dose(5, route=ORAL), dose(5)), (dose(5, route={**ORAL, "text": "by mouth"}), dose(5, route=ORAL)),
    (dose(5), dose(5, additionalInstruction=[{"text": "with food"}])), ({}, dose(5)), (dose(5, asNeededBoolean=False), dose(5)),
    (dose(5, **DAILY), dose(5)), ({"patientInstruction": "one"}, {"text": "one"})]
OTHER = [
    (dose(5), dose(10)), (dose(5), dose(5, "ug")), (DAILY, often(2)), (often(1), named("TID")), (named("AM"), named("PM")),
    (often(1), often(1, when=["MORN"])), ({"text": "1 daily"}, {"text": "2 daily"}), ({"text": "1 daily", **dose(5)}, {"text": "2 daily", **dose(5)}),
    ({"text": "5 mg", **dose(5, **DAILY)}, {"text": "10 mg", **dose(5, **DAILY)}), ({"text": "1 daily"}, dose(5)), (dose(5), DAILY),
    (dose(5, route=ORAL), dose(5, route=coded((SNOMED, "47625008")))), (dose(5), dose(5, asNeededBoolean=True)),
    (dose(5), {"doseAndRate": [{"doseRange": {"low": quantity(5, "mg"), "high": quantity(10, "mg")}}]}),
    (dose(5), dose(5, modifierExtension=[{"url": "urn:x", "valueBoolean": True}])), (dose(5), dose(0)),
    (dose(5, maxDosePerAdministration=quantity(5, "mg")), dose(5, maxDosePerAdministration=quantity(10, "mg"))),
    ({"doseAndRate": [{"rateQuantity": quantity(1, "mL/h")}]}, {"doseAndRate": [{"rateQuantity": quantity(2, "mL/h")}]}),
    (often(1, boundsPeriod={"end": "2024"}), often(1, boundsPeriod={"end": "2025"})), ({"timing": {"event": ["2024"]}}, {"timing": {"event": ["2025"]}})]


@pytest.mark.parametrize(("a", "b", "other"), [(*pair, False) for pair in SAME] + [(*pair, True) for pair in OTHER])
def test_what_contradicts(a: dict[str, Any], b: dict[str, Any], other: bool) -> None:
    ours, theirs = (dosages(fact("A", "MedicationStatement", "1", dosage=[d]).resource, tables(), "A") for d in (a, b))
    assert contradict(ours, theirs) == contradict(theirs, ours) == other


def test_steps_are_compared_in_their_sequence() -> None:
    steps = [{**dose(5), "sequence": 1}, {**dose(10), "sequence": 2}]
    said = [dosages(fact("A", "MedicationStatement", "1", dosage=d).resource, tables(), "A")
            for d in (steps, steps[::-1], [steps[0]], [dose(5), dose(10)])]
    assert not contradict(said[0], said[1]) and contradict(said[0], said[2]) and not contradict(said[0], said[3])


def _statement(source: str, dosage: dict[str, Any], **body: Any) -> Any:
    return fact(source, "MedicationStatement", "1", **{"status": "active", "medicationCodeableConcept": WARFARIN, "dosage": [dosage], **body})


def test_one_dose_in_two_units_is_no_conflict_and_two_doses_are() -> None:
    assert codes(record(_statement("A", dose("0.005", "g")), _statement("B", dose(5)))) == []
    assert codes(record(_statement("A", dose("0.05", "g")), _statement("B", dose(5)))) == ["dose-conflict"]


def test_orders_of_two_days_are_compared_by_their_doses() -> None:
    def order(source: str, day: str, dosage: dict[str, Any]) -> Any:
        return fact(source, "MedicationRequest", "1", status="active", intent="order", medicationCodeableConcept=WARFARIN,
                    authoredOn=day, dosageInstruction=[dosage])

    same = record(order("A", "2024-01-01", dose("0.005", "g")), order("B", "2024-05-01", dose(5)))
    assert len(of(same, "MedicationRequest")) == 2 and codes(same) == []
    assert codes(record(order("A", "2024-01-01", dose(5)), order("B", "2024-05-01", dose(10)))) == ["dose-conflict"]


def test_what_only_one_says_of_a_dose_is_kept_in_its_own_words() -> None:
    rate = {"doseAndRate": [{"rateRatio": {"numerator": quantity(1, "mL"), "denominator": quantity(1, "h")}}]}
    plain, coarse = (dosages(fact("A", "MedicationStatement", "1", dosage=[d]).resource, tables(), "A")[0]
                     for d in (rate, {"rateQuantity": quantity(1, "mL/h")}))
    assert plain["rate"] and coarse["rate"] and "rateQuantity" not in coarse
    (none,) = dosages(fact("A", "MedicationStatement", "1", dosage=[{"text": "x"}]).resource, tables(), "A")
    assert none.keys() == {"text", "as needed", "modifiers"}


@pytest.mark.parametrize(("code", "times"), [("QD", 1), ("BID", 2), ("TID", 3), ("QID", 4), ("Q4H", 6), ("Q6H", 4), ("Q8H", 3)])
def test_a_code_of_how_often_is_that_many_times_a_day(code: str, times: int) -> None:
    ours, theirs, more = (dosages(fact("A", "MedicationStatement", "1", dosage=[d]).resource, tables(), "A")
                          for d in (named(code), often(times), often(times + 1)))
    assert not contradict(ours, theirs) and contradict(ours, more)
