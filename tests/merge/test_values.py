"""Canonical values: exact fractions, a number as precise as it was written (MRG-20, UNIT-04)."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.jsontext import loads
from gateway.merge.values import Value, exact, quantity, value
from tests.merge.given import UCUM, coded, tables

GLUCOSE = tables().concept("http://loinc.org", "2345-7")
DECIMALS = st.decimals(min_value=Decimal("0.001"), max_value=10000, places=3).map(lambda d: loads(str(d)))


def measure(number: str, unit: str = "mmol/L", test: str | None = GLUCOSE, **more: Any) -> Value:
    return quantity({"value": loads(number), "unit": unit, "system": UCUM, "code": unit, **more}, tables(), test)


@given(DECIMALS)
def test_a_number_is_never_inside_itself(number: Any) -> None:
    found = measure(str(number))
    assert not found.inside(found)


@given(DECIMALS, DECIMALS)
def test_inside_goes_one_way(a: Any, b: Any) -> None:
    assert not (measure(str(a)).inside(measure(str(b))) and measure(str(b)).inside(measure(str(a))))


@given(st.integers(1, 10**6), st.sampled_from([("mmol/L", "umol/mL"), ("mg/dL", "g/hL"), ("g/L", "mg/mL")]))
def test_equal_units_give_equal_values(number: int, units: tuple[str, str]) -> None:
    a, b = (measure(str(number), u) for u in units)
    assert a.key == b.key and a.width == b.width


@pytest.mark.parametrize(("fine", "coarse", "inside"), [
    (("5.52", "mmol/L"), ("5.5", "mmol/L"), True), (("5.45", "mmol/L"), ("5.5", "mmol/L"), True),
    (("5.55", "mmol/L"), ("5.5", "mmol/L"), False), (("5.55", "mmol/L"), ("100", "mg/dL"), True),
    (("100", "mg/dL"), ("5.5", "mmol/L"), False), (("90", "mg/dL"), ("5.0", "mmol/L"), True),
    (("5.5", "mmol/L"), ("5", "mg/dL"), False), (("88.4", "umol/L"), ("88", "umol/L"), True)])
def test_the_more_precise_lies_inside_the_coarse(fine: tuple[str, str], coarse: tuple[str, str], inside: bool) -> None:
    assert measure(*fine).inside(measure(*coarse)) is inside


@pytest.mark.parametrize(("a", "b"), [("5.5", "5.50"), ("100", "1e2"), ("0", "0.00")])
def test_trailing_zeros_change_no_value(a: str, b: str) -> None:
    assert measure(a).key == measure(b).key


def test_mass_becomes_substance_only_for_its_own_analyte() -> None:
    creatinine = tables().concept("http://loinc.org", "2160-0")
    assert measure("180.156", "mg/dL").number == measure("10", "mmol/L").number
    assert measure("180.156", "mg/dL", creatinine).number != measure("10", "mmol/L", creatinine).number
    assert measure("180.156", "mg/dL", None).kind != measure("10", "mmol/L", None).kind


def test_ngsp_percent_and_ifcc_never_meet() -> None:
    a1c = tables().concept("http://loinc.org", "4548-4")
    assert measure("7.0", "%", a1c).number == Fraction(7, 100)
    assert measure("7.0", "%", a1c).key != measure("53", "mmol/mol", a1c).key


def test_a_limit_equals_only_itself() -> None:
    below, above, plain = measure("5", comparator="<"), measure("5", comparator=">"), measure("5")
    assert len({below.key, above.key, plain.key, measure("4.9").key}) == 4
    assert below.key == measure("5", comparator="<").key
    assert not measure("4.9").inside(below) and not measure("4.9", comparator="<").inside(below)


def test_an_unknown_unit_equals_only_its_own_words() -> None:
    def bare(number: int, unit: str) -> Value:
        return quantity({"value": number, "unit": unit}, tables(), None)

    assert bare(5, "furlongs").key == bare(5, " Furlongs").key != bare(5, "leagues").key
    assert bare(5, "furlongs").key != quantity({"value": 5}, tables(), None).key


@pytest.mark.parametrize("number", [True, None, "5", loads("1e999999999"), loads("9" * 90), loads("1e-999999"), [5]])
def test_what_is_no_number_or_beyond_reason_is_kept_as_said(number: Any) -> None:
    assert exact(number) is None
    assert quantity({"value": number}, tables(), None).number is None


def test_every_kind_of_result_differs_from_every_other() -> None:
    said: list[dict[str, Any]] = [
        {"valueInteger": 0}, {"valueBoolean": False}, {"valueString": "0"}, {"valueString": ""}, {},
        {"valueQuantity": {"value": 0}}, {"valueCodeableConcept": coded(text="0")}, {"valueDateTime": "2020"},
        {"dataAbsentReason": coded(text="error")}, {"component": [{"code": coded(text="x"), "valueInteger": 0}]},
        {"component": [{"code": coded(text="x"), "valueBoolean": False}]}, {"valueRange": {"low": {"value": 0}}}]
    assert len({value(b, tables(), "A", None).key for b in said}) == len(said)


def test_components_are_compared_without_their_order() -> None:
    parts = [{"code": coded(text=c), "valueInteger": n} for n, c in enumerate("xyz")]
    assert value({"component": parts}, tables(), "A", None) == value({"component": parts[::-1]}, tables(), "A", None)


@pytest.mark.parametrize(("code", "charged", "amount", "equal"), [
    ("2823-3", "4.0", "4.0", True), ("2951-2", "140", "140", True), ("17861-6", "5.0", "2.5", True), ("17861-6", "5.0", "5.0", False),
    ("2777-1", "2.0", "2.0", False)])
def test_equivalents_become_substance_with_the_valence_of_the_test_only(code: str, charged: str, amount: str, equal: bool) -> None:
    test = tables().concept("http://loinc.org", code)
    assert (measure(charged, "meq/L", test).key == measure(amount, "mmol/L", test).key) is equal
    assert measure(charged, "meq/L").key != measure(amount, "mmol/L").key
