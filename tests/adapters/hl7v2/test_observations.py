"""V2-11: what an OBX says, by the type that OBX-2 names; one case for each type."""

import pytest

from adapters.hl7v2 import HL7v2
from gateway.sdk import Context, Number
from tests.adapters.hl7v2.messages import plain, tree

UCUM = {"system": "http://unitsofmeasure.org"}
MMOL = {"unit": "mmol/L", **UCUM, "code": "mmol/L"}


def obx(function: str, type_: str, value: str, units: str = "", reference: str = "") -> tuple[object, list[str]]:
    context = Context(source="west", timezone="Europe/Stockholm")
    node = HL7v2().path("OBX")(tree(f"OBX|1|{type_}|1^Code^L||{value}|{units}|{reference}"))[0]
    return plain(HL7v2.functions[function](node, context)), [issue.code for issue in context.issues]


@pytest.mark.parametrize(("type_", "value", "units", "expected"), [
    ("NM", "5.40", "mmol/L^^UCUM", {"valueQuantity": {"value": Number("5.40"), **MMOL}}),
    ("NM", "5.4", "", {"valueQuantity": {"value": Number("5.4")}}),
    ("NM", ">500", "MMOL/L", {"valueQuantity": {"value": Number("500"), "comparator": ">", **MMOL, "unit": "MMOL/L"}}),
    ("NM", "<=0.5", "", {"valueQuantity": {"value": Number("0.5"), "comparator": "<="}}),
    ("NM", "5", "zz^zetas^L", {"valueQuantity": {"value": Number("5"), "unit": "zetas", "system": "urn:throughline:west:units", "code": "zz"}}),
    ("SN", "^5", "", {"valueQuantity": {"value": Number("5")}}),
    ("SN", "<^5", "mmol/L", {"valueQuantity": {"value": Number("5"), "comparator": "<", **MMOL}}),
    ("SN", "^1^:^128", "", {"valueRatio": {"numerator": {"value": Number("1")}, "denominator": {"value": Number("128")}}}),
    ("SN", "^3^-^5", "mmol/L", {"valueRange": {"low": {"value": Number("3"), **MMOL}, "high": {"value": Number("5"), **MMOL}}}),
    ("SN", "^1^:^128", "mmol/L", {"valueRatio": {"numerator": {"value": Number("1"), **MMOL}, "denominator": {"value": Number("128"), **MMOL}}}),
    ("SN", "5", "mmol/L", {"valueQuantity": {"value": Number("5"), **MMOL}}), ("SN", ">", "mmol/L", {"valueString": ">"}),
    ("SN", "<5", "mmol/L", {"valueQuantity": {"value": Number("5"), "comparator": "<", **MMOL}}),
    ("NM", "5", "^^^mmol/L^mmol/L^UCUM", {"valueQuantity": {"value": Number("5"), **MMOL}}),
    ("NM", "5", "zz^zetas^L^mmol/L^mmol/L^UCUM", {"valueQuantity": {"value": Number("5"), **MMOL}}),
    ("NM", "5", "^milli", {"valueQuantity": {"value": Number("5"), "unit": "milli"}}),
    ("NM", "5", "^^^^milli", {"valueQuantity": {"value": Number("5"), "unit": "milli"}}),
    ("SN", "^2^+", "", {"valueString": "2+"}), ("SN", "<>^5", "", {"valueString": "<>5"}),
    ("SN", "<>^5", "mmol/L", {"valueString": "<>5 mmol/L"}), ("SN", ">^1^-^2", "zz^zetas^L", {"valueString": ">1-2 zetas"}),
    ("NA", "1^2", "mmol/L", {"valueSampledData": {"origin": {"value": 0, **MMOL}, "period": 1, "dimensions": 1, "data": "1 2"}}),
    ("ST", "negative", "", {"valueString": "negative"}), ("ST", "1:128", "", {"valueString": "1:128"}),
    ("TX", "line one~line two", "", {"valueString": "line one\nline two"}), ("FT", "a\\.br\\b", "", {"valueString": "a\nb"}),
    ("CWE", "260373001^Detected^SCT", "", {"valueCodeableConcept": {"coding": [
        {"system": "http://snomed.info/sct", "code": "260373001", "display": "Detected"}], "text": "Detected"}}),
    ("CE", "^text only", "", {"valueCodeableConcept": {"text": "text only"}}),
    ("DT", "20240102", "", {"valueDateTime": "2024-01-02"}), ("TS", "202401021030", "", {"valueDateTime": "2024-01-02T10:30:00+01:00"}),
    ("TM", "1030", "", {"valueTime": "10:30:00"}), ("DR", "20240101^20240102", "", {"valuePeriod": {"start": "2024-01-01", "end": "2024-01-02"}}),
    ("NR", "3^5", "mmol/L", {"valueRange": {"low": {"value": Number("3"), **MMOL}, "high": {"value": Number("5"), **MMOL}}}),
    ("NA", "1^2^3.50", "", {"valueSampledData": {"origin": {"value": 0}, "period": 1, "dimensions": 1, "data": "1 2 3.50"}}),
    ("XCN", "7^House^Greg", "", {"valueString": "Greg House"}), ("XPN", "Berg^Anna", "", {"valueString": "Anna Berg"}),
    ("ID", "Y", "", {"valueCodeableConcept": {"coding": [{"system": "urn:throughline:west:OBX-5", "code": "Y"}]}}),
    ("ZZ", "whatever^x", "", {"valueString": "whatever^x"}), ("NM", "", "mmol/L", None), ("NM", '""', "", None),
    ("ED", "^application^pdf^Base64^QUJD", "", None), ("NM", "1~2", "", None)])
def test_a_value_by_its_type(type_: str, value: str, units: str, expected: object) -> None:
    assert obx("obx_value", type_, value, units) == (expected, [])


@pytest.mark.parametrize(("type_", "value"), [("NM", "five"), ("NM", "1.2.3"), ("NM", "12^13"), ("DT", "20241301"), ("TM", "xx"), ("SN", "<^low")])
def test_a_value_that_is_not_of_its_type_is_kept_as_text_and_said(type_: str, value: str) -> None:
    found, issues = obx("obx_value", type_, value)
    assert (found, issues) == ({"valueString": value.replace("^", "") if type_ == "SN" else value}, ["hl7v2-value-invalid"])


@pytest.mark.parametrize(("value", "number"), [
    ("5,5", "5.5"), ("0,125", "0.125"), ("12,3456", "12.3456"), ("1,234.50", "1234.50"), ("1.234,5", "1234.5"), ("1,234,567", "1234567"),
    ("-5,5", "-5.5"), ("<0,5", "0.5")])
def test_a_comma_that_can_mean_one_thing_only_is_read_and_said(value: str, number: str) -> None:
    found, issues = obx("obx_value", "NM", value, "mmol/L")
    assert found["valueQuantity"]["value"] == Number(number) and issues == ["hl7v2-value-invalid"]  # type: ignore[index]


@pytest.mark.parametrize("value", ["1,234", "1,23,45", "1.23,4,5", ",5", "5,"])
def test_a_comma_that_can_mean_two_things_is_not_read(value: str) -> None:
    assert obx("obx_value", "NM", value) == ({"valueString": value}, ["hl7v2-value-invalid"])


def test_two_numbers_with_a_hyphen_are_a_range_though_they_are_called_a_number() -> None:
    found, issues = obx("obx_value", "NM", "0-2", "mmol/L")
    assert found == {"valueRange": {"low": {"value": Number("0"), **MMOL}, "high": {"value": Number("2"), **MMOL}}}
    assert issues == ["hl7v2-value-invalid"]
    assert obx("obx_value", "NM", "5-2")[0] == {"valueString": "5-2"}


@pytest.mark.parametrize(("value", "units", "member"), [("5", "mg", "valueQuantity"), ("5", "", "valueString"), ("a^b^L", "", "valueCodeableConcept")])
def test_a_missing_type_is_found_by_the_looks_of_the_value(value: str, units: str, member: str) -> None:
    found, issues = obx("obx_value", "", value, units)
    assert isinstance(found, dict) and list(found) == [member] and issues == ["hl7v2-type-missing"]


def test_repeats_become_components_and_documents_attachments() -> None:
    code = {"coding": [{"system": "urn:throughline:west:OBX-3", "code": "1", "display": "Code"}], "text": "Code"}
    assert obx("obx_components", "NM", "1~2")[0] == [{"code": code, "valueQuantity": {"value": Number(n)}} for n in "12"]
    assert obx("obx_components", "NM", "1")[0] is None is obx("obx_components", "TX", "a~b")[0]
    assert obx("obx_attachment", "ED", "^application^pdf^Base64^QUJD")[0] == [{"contentType": "application/pdf", "data": "QUJD"}]
    assert obx("obx_attachment", "NM", "1")[0] is None


@pytest.mark.parametrize(("text", "bounds"), [
    ("3.5-5.0", {"low": "3.5", "high": "5.0"}), ("3.5 - 5.0", {"low": "3.5", "high": "5.0"}), ("-1.0-2", {"low": "-1.0", "high": "2"}),
    ("<5", {"high": "5"}), (">=1.0", {"low": "1.0"}), ("3.5-5.0 mmol/L", {"low": "3.5", "high": "5.0"}), ("negative", {}), ("1-2-3", {}),
    ("3,5 - 5,0", {"low": "3.5", "high": "5.0"}), ("< 0,5", {"high": "0.5"}), ("1,234-2,345", {})])
def test_a_reference_range_keeps_its_text_and_its_bounds(text: str, bounds: dict[str, str]) -> None:
    (found,) = obx("obx_range", "NM", "4", "mmol/L", text)[0]  # type: ignore[misc]
    assert found == {**{side: {"value": Number(n), **MMOL} for side, n in bounds.items()}, "text": text}


def test_the_type_is_named_as_what_decided_the_value() -> None:
    node = HL7v2().path("OBX")(tree("OBX|1|NM|1||5|mg"))[0]
    quantity = HL7v2.functions["obx_value"](node, Context())["valueQuantity"]
    assert quantity["value"].origins == ("OBX-5.1", "OBX-2.1") and quantity["code"].origins == ("OBX-6.1", "OBX-2.1")


@pytest.mark.parametrize(("segment", "form", "expected"), [
    ("RXA|0|1|20240101||03^MMR^CVX|0.5|mL", "", {"value": Number("0.5"), "unit": "mL", **UCUM, "code": "mL"}),
    ("RXE||A|1|2|mg", "", {"value": Number("1"), "unit": "mg", **UCUM, "code": "mg"}),
    ("RXE||A|1|2|mg", "high", {"value": Number("2"), "unit": "mg", **UCUM, "code": "mg"}),
    ("RXO|A|1|2|", "range", {"low": {"value": Number("1")}, "high": {"value": Number("2")}}), ("RXA|0|1", "", None)])
def test_amounts_of_medicines(segment: str, form: str, expected: object) -> None:
    node = HL7v2().path(segment[:3])(tree(segment))[0]
    assert plain(HL7v2.functions["dose"](node, Context(), form)) == expected


def test_the_lines_of_a_report_are_one_document() -> None:
    found = tree("TXA|1", "OBX|1|TX|a^Letter||one", "OBX|2|TX|a^Letter||two~three", "OBX|3|ED|b||^application^pdf^Base64^QUJD")
    made = [plain(HL7v2.functions["document_content"](n, Context())) for n in HL7v2().path("OBX")(found)]
    assert made == [{"contentType": "text/plain", "data": "b25lCnR3bwp0aHJlZQ==", "title": "Letter"}, None,
                    {"contentType": "application/pdf", "data": "QUJD"}]


def test_a_timing_segment_reads_as_a_timing() -> None:
    node = HL7v2().path("TQ1")(tree("TQ1|1||BID|||5^d|20240101"))[0]
    made = plain(HL7v2.functions["TQ"](node, Context()))
    assert made["repeat"] == {"frequency": 2, "period": Number("1"), "periodUnit": "d",  # type: ignore[index]
                              "boundsPeriod": {"start": "2024-01-01", "end": "2024-01-06"}}
