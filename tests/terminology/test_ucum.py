"""UCUM subset: laws first, then the vectors of UNIT-01 to UNIT-04."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.terminology.ucum import parse, spoken

ATOMS = ["g", "mg", "ug", "L", "mL", "dL", "mol", "mmol", "s", "min", "h", "m", "cm", "Pa", "kat", "U", "[iU]", "meq", "10*3"]


@given(st.text(max_size=80))
def test_any_text_is_a_unit_or_none(text: str) -> None:
    for read in (parse, spoken):
        unit = read(text)
        assert unit is None or unit.factor > 0


@given(st.sampled_from(ATOMS), st.sampled_from(ATOMS))
def test_a_quotient_divides_factors_and_a_product_multiplies_them(a: str, b: str) -> None:
    one, two, quotient, product = parse(a), parse(b), parse(f"{a}/{b}"), parse(f"{a}.{b}")
    assert one and two and quotient and product
    assert quotient.factor == one.factor / two.factor
    assert product.factor == one.factor * two.factor


@given(st.sampled_from(ATOMS), st.sampled_from(ATOMS), st.sampled_from(ATOMS))
def test_division_is_read_from_the_left(a: str, b: str, c: str) -> None:
    assert parse(f"{a}/{b}/{c}") == parse(f"{a}/({b}.{c})")


@pytest.mark.parametrize(("one", "two"), [
    ("10*3/uL", "10*9/L"), ("mg/dL", "g/hL"), ("mL", "cm3"), ("ug/mL", "mg/L"), ("mmol/L", "umol/mL"), ("/min", "min-1"),
    ("10^6/uL", "10*12/L"), ("kg/m2", "g/(10*3.(m.m)).10*6"), ("%", "10*-2"), ("U/L", "umol/min/L"), ("L/min", "L.min-1"),
    ("{beats}/min", "/min"), ("{Breaths}/min", "/min")])
def test_equal_units_are_equal(one: str, two: str) -> None:
    assert parse(one) == parse(two) is not None


@pytest.mark.parametrize(("one", "two"), [
    ("[iU]/L", "g/L"), ("mg/g{creat}", "mg/g"), ("meq/L", "mmol/L"), ("{spray}", "{puff}"), ("{spray}", "1"),
    ("mmol/mol", "mmol/L"), ("[pH]", "1"), ("U", "[iU]"), ("deg", "1"), ("osm", "mol")])
def test_what_cannot_be_compared_has_another_dimension(one: str, two: str) -> None:
    a, b = parse(one), parse(two)
    assert a and b and a.dimension != b.dimension


@pytest.mark.parametrize("code", ["", "mcg", "MG/DL", "foo", "mg//dL", "mg/", "(mg", "mg)", "mg/dL ", "0", "m99", "{a", "g.",
                                  "Cel/min", "(" * 30 + "g" + ")" * 30, "gg", "dad"])
def test_no_code_is_guessed(code: str) -> None:
    assert parse(code) is None


def test_case_matters() -> None:
    assert parse("Ms") != parse("ms") and parse("mL") == parse("ml") and parse("ML") != parse("mL")


@pytest.mark.parametrize(("said", "code"), [
    ("mcg", "ug"), ("cc", "mL"), ("K/uL", "10*3/uL"), ("x10E3/uL", "10*3/uL"), ("IU/L", "[iU]/L"), ("mmHg", "mm[Hg]"),
    ("mEq/L", "meq/L"), ("lbs", "[lb_av]"), ("in", "[in_i]"), ("°F", "[degF]"), ("µg/mL", "ug/mL"), ("bpm", "/min"),
    ("mg/dl", "mg/dL"), (" mmol/L ", "mmol/L")])
def test_what_people_write_is_understood(said: str, code: str) -> None:
    assert spoken(said) == parse(code) is not None


@pytest.mark.parametrize(("value", "code", "result", "to"), [
    ("98.6", "[degF]", "37", "Cel"), ("154", "[lb_av]", "69.85322498", "kg"), ("70", "[in_i]", "177.8", "cm"),
    ("15", "g/dL", "150", "g/L"), ("120", "mm[Hg]", "15998.64", "Pa"), ("1", "d", "86400", "s")])
def test_conversions_are_exact(value: str, code: str, result: str, to: str) -> None:
    a, b = parse(code), parse(to)
    assert a and b and a.dimension == b.dimension
    assert (Fraction(value) * a.factor + a.offset - b.offset) / b.factor == Fraction(result)
