"""The source-neutral conversions: digits, precision and zones are kept, nothing is guessed (V2-07)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping.functions import FUNCTIONS
from gateway.mapping.tables import read_table
from gateway.sdk import Context, Number, Value

TABLES = {"sex": read_table("sex", "from,system,code,display\nF,,female,\nU,,,\n"),
          "units": read_table("units", "from,system,code\nmmol/l,,mmol/L\n%,,%\n"),
          "labs": read_table("labs", "from,system,code,display,version\nGLU,http://loinc.org,2345-7,Glucose,2.77\n")}


def convert(name: str, text: object, *arguments: str, **settings: str) -> object:
    """The plain result."""
    context = Context("north", tables=TABLES, **{"timezone": "Europe/Berlin", **settings})
    result = FUNCTIONS[name](Value(text, ("here",)), context, *arguments)
    return _plain(result) if not context.issues else (_plain(result), [i.code for i in context.issues])


def _plain(item: object) -> object:
    if isinstance(item, Value):
        assert item.origins == ("here",)
        return item.content
    if isinstance(item, dict):
        return {k: _plain(v) for k, v in item.items()}
    return [_plain(v) for v in item] if isinstance(item, list) else item


@pytest.mark.parametrize(("text", "result"), [
    ("20240103", "2024-01-03"), ("2024-01-03", "2024-01-03"), ("202401", "2024-01"), ("2024", "2024"),
    ("20240103101530", "2024-01-03"), ("2024-01-03T10:15:30Z", "2024-01-03")])
def test_a_date_is_as_precise_as_it_was_given(text: str, result: str) -> None:
    assert convert("date", text) == result


@pytest.mark.parametrize(("text", "format", "result"), [
    ("03/01/2024", "%d/%m/%Y", "2024-01-03"), ("3.1.24", "%d.%m.%y", "2024-01-03"), ("Jan 2024", "%b %Y", "2024-01")])
def test_a_format_says_how_a_date_is_written(text: str, format: str, result: str) -> None:
    assert convert("date", text, format) == result


@pytest.mark.parametrize("text", ["20241301", "20240230", "31.12.2024", "2024-1-3", "yesterday", "", "٢٠٢٤", "0000",
                                  "20240103250000", "20240103T1"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no date or time"):
        convert("dateTime", text)


@pytest.mark.parametrize(("text", "settings", "result"), [
    ("20240103", {}, "2024-01-03"),
    ("2024010310", {}, "2024-01-03"),
    ("202401031015", {}, "2024-01-03T10:15:00+01:00"),
    ("202407031015", {}, "2024-07-03T10:15:00+02:00"),
    ("20240103101530.125", {}, "2024-01-03T10:15:30.125+01:00"),
    ("20240103101530-0500", {}, "2024-01-03T10:15:30-05:00"),
    ("20240103101530+05", {}, "2024-01-03T10:15:30+05:00"),
    ("2024-01-03 10:15:30", {"offset": "-0330"}, "2024-01-03T10:15:30-03:30"),
    ("2024-01-03T10:15:30Z", {"timezone": None}, "2024-01-03T10:15:30Z"),
    ("20240103101560", {"timezone": None, "offset": "+00:00"}, "2024-01-03T10:15:60+00:00")])
def test_a_time_has_its_own_offset_or_that_of_the_message_or_that_of_the_zone(text: str, settings: dict,
                                                                              result: str) -> None:
    assert convert("dateTime", text, **settings) == result


def test_a_time_of_which_no_offset_is_known_is_its_date_and_says_so() -> None:
    assert convert("dateTime", "202401031015", timezone=None) == ("2024-01-03", ["time-without-offset"])
    assert convert("dateTime", "202401031015", timezone="Mars/Olympus") == ("2024-01-03", ["time-without-offset"])
    with pytest.raises(ValueError, match="has no offset"):
        convert("instant", "20240103101530", timezone=None)


def test_an_hour_that_the_clocks_show_twice_is_flagged() -> None:
    """V2-07: 2024-10-27 02:30 happened twice in Berlin."""
    assert convert("dateTime", "20241027023000") == ("2024-10-27T02:30:00+02:00", ["time-ambiguous"])


def test_an_instant_reaches_to_the_second() -> None:
    assert convert("instant", "20240103101530") == "2024-01-03T10:15:30+01:00"
    with pytest.raises(ValueError, match="not given to the second"):
        convert("instant", "202401031015")


@given(st.text(max_size=40), st.sampled_from(["date", "dateTime", "instant", "number", "integer", "boolean", "quantity",
                                             "text", "lower", "upper", "identifier"]))
def test_any_text_converts_or_says_why_not(text: str, name: str) -> None:
    try:
        convert(name, text)
    except ValueError as e:
        assert str(e)


@given(st.datetimes())
def test_times_with_an_offset_keep_every_digit(moment: object) -> None:
    text = moment.strftime("%Y%m%d%H%M%S.%f") + "+0000"
    if moment.year < 1000:
        return
    assert convert("dateTime", text) == moment.isoformat(timespec="microseconds") + "+00:00"


@pytest.mark.parametrize(("text", "result"), [
    ("5.40", "5.40"), ("-0.5", "-0.5"), (".5", "0.5"), ("007", "7"), ("5.", "5"), ("1e3", "1e3"), ("+2", "2"), ("0", "0")])
def test_a_number_keeps_its_digits(text: str, result: str) -> None:
    number = convert("number", text)
    assert isinstance(number, Number) and number.text == result
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?", number.text)


def test_a_comma_is_a_decimal_mark_only_where_it_is_written_so() -> None:
    assert str(convert("number", "5,4", locale="de-DE")) == "5.4"
    with pytest.raises(ValueError, match="is no number"):
        convert("number", "5,4", locale="en-GB")
    with pytest.raises(ValueError, match="is no number"):
        convert("number", "5.000,4", locale="de-DE")


@pytest.mark.parametrize("text", ["NaN", "inf", "1e9999", "0x1", "5 4", "1" * 65, "", "--1", "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no number"):
        convert("number", text)


def test_booleans_and_whole_numbers() -> None:
    assert [convert("boolean", t) for t in ("Y", "no", "TRUE", "0")] == [True, False, True, False]
    assert [convert("integer", t) for t in ("7", "-07")] == [7, -7]
    for name, text in (("boolean", "perhaps"), ("integer", "7.0"), ("integer", "9" * 30)):
        with pytest.raises(ValueError, match="is n"):
            convert(name, text)


def test_codes_come_from_tables_and_unknown_ones_are_an_issue() -> None:
    assert convert("code", "F", "sex") == "female"
    assert convert("code", "U", "sex") is None
    assert convert("code", "?", "sex") == (None, ["code-unknown"])


def test_a_concept_keeps_what_the_source_wrote() -> None:
    """V2-13: an unknown code keeps the original; never guess."""
    loinc = {"system": "http://loinc.org", "version": "2.77", "code": "2345-7", "display": "Glucose"}
    assert convert("concept", "GLU", "labs") == {"coding": [loinc], "text": "GLU"}
    assert convert("concept", "GLU", "labs", "urn:l") == {"coding": [loinc, {"system": "urn:l", "code": "GLU"}], "text": "GLU"}
    assert convert("concept", "XX", "labs") == ({"text": "XX"}, ["code-unknown"])
    assert convert("coding", "GLU", "labs") == loinc


@pytest.mark.parametrize(("text", "arguments", "result"), [
    ("5.40", (), {"value": "5.40"}),
    ("<0.5", (), {"value": "0.5", "comparator": "<"}),
    (">= 3", (), {"value": "3", "comparator": ">="}),
    ("5.4 mmol/l", (), {"value": "5.4", "unit": "mmol/l"}),
    ("5.4", ("mmol/l",), {"value": "5.4", "unit": "mmol/l"}),
    ("5.4", ("mmol/l", "units"), {"value": "5.4", "unit": "mmol/l", "system": "http://unitsofmeasure.org", "code": "mmol/L"}),
    ("5.4%", ("", "units"), {"value": "5.4", "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"})])
def test_a_quantity_with_its_comparator_and_unit(text: str, arguments: tuple, result: dict) -> None:
    found = convert("quantity", text, *arguments)
    assert {**found, "value": str(found["value"])} == result


def test_an_identifier_below_a_system_or_a_name_of_one() -> None:
    assert convert("identifier", " 7 ", "urn:x") == {"system": "urn:x", "value": "7"}
    context = Context("north", assigners={"lab": "urn:lab"})
    assert _plain(FUNCTIONS["identifier"](Value("7", ("here",)), context, "lab")) == {"system": "urn:lab", "value": "7"}


def test_texts() -> None:
    assert [convert(n, " aB ") for n in ("text", "lower", "upper")] == ["aB", "ab", "AB"]
    assert convert("prefix", "1.2.3", "urn:oid:") == "urn:oid:1.2.3"
    assert convert("text", "  ") is None
