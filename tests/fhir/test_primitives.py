"""Primitive types: the texts R4 allows, with a calendar."""

import calendar
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.fhir.elements import ELEMENTS
from gateway.fhir.primitives import PRIMITIVES, is_base64
from gateway.jsontext import Number

GOOD = {
    "id": ["a", "A-1.z", "x" * 64], "code": ["a", "a b", "<"], "uri": ["urn:x", "é", "a/b"], "url": ["mailto:x"],
    "canonical": ["http://x|1", "#a"], "oid": ["urn:oid:1.2.840.0"], "string": ["a", " a\r\n\t", "é", "x" * 1048576],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"], "markdown": ["# a\n"],
    "date": ["2000", "2000-12", "2000-02-29", "2024-02-29", "0001-01-01"],
    "dateTime": ["2000", "2000-01-01T00:00:00Z", "2000-01-01T23:59:60.123456789-14:00"],
    "instant": ["2000-01-01T00:00:00.1+13:59"], "time": ["00:00:00", "23:59:59.123"],
    "base64Binary": ["QQ==", "QUI=", "QUJD", " QU\nJD "], "boolean": [True, False], "decimal": [1, Number("1.50")],
    "integer": [0, -(2**31), 2**31 - 1, Number("-0")], "unsignedInt": [0], "positiveInt": [1], "xhtml": ["x"],
}
BAD = {
    "id": ["", "a b", "x" * 65, "a_b", "a\n", "ä"], "code": ["", " a", "a ", "a  b", "a\n"], "uri": ["", "a b"],
    "url": [""], "canonical": ["", "a b"], "oid": ["1.2.3", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1"],
    "string": ["", " ", "\u0000", "a\u000b", "x" * 1048577], "markdown": ["", "\t"],
    "uuid": ["urn:uuid:C757873D-EC9A-4326-A141-556F43239520", "c757873d-ec9a-4326-a141-556f43239520"],
    "date": ["", "0000", "00", "2000-13", "2000-00", "2000-1", "2023-02-29", "1900-02-29", "2023-02-30", "2023-04-31",
             "2000-01-01T00:00:00Z", "20000101", "２０００"],
    "dateTime": ["2000-01-01T00:00:00", "2000-01-01T00:00Z", "2000-01-01T24:00:00Z", "2000-01T00:00:00Z",
                 "2000-01-01T00:00:00+15:00", "2000-01-01T00:00:00.Z", "2023-02-29T00:00:00Z", "2000-01-01 00:00:00Z"],
    "instant": ["2000", "2000-01-01", "2000-01-01T00:00:00"], "time": ["24:00:00", "00:00", "00:00:00Z"],
    "base64Binary": ["", "Q", "QQ", "QQ=", "=QQ=", "%%%=", "Q===", "QUJD=", "QUJD====",
                     "QQ==QQ==", "QÜJD"], "boolean": [], "decimal": [],
    "integer": [2**31, Number("1.0"), Number("1e2"), Number("9" * 30)], "unsignedInt": [-1, Number("0.0")],
    "positiveInt": [0, Number("-0")], "xhtml": [],
}


@pytest.mark.parametrize("name", PRIMITIVES)
def test_examples(name: str) -> None:
    assert GOOD[name]
    for value in GOOD[name]:
        assert PRIMITIVES[name].fits(value), value
    for value in BAD[name]:
        assert not PRIMITIVES[name].fits(value), value


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_a_date_is_a_day_of_the_calendar(year: int, month: int, day: int) -> None:
    real = year > 0 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    text = f"{year:04d}-{month:02d}-{day:02d}"
    assert bool(PRIMITIVES["date"].fits(text)) == real
    assert bool(PRIMITIVES["instant"].fits(text + "T12:00:00Z")) == real


@given(st.binary(min_size=1))
def test_base64_of_any_bytes(data: bytes) -> None:
    import base64
    assert is_base64(base64.b64encode(data).decode())


PATTERNED = sorted({n for n, p in PRIMITIVES.items() if p.json == "string"}
                   - {"xhtml", "base64Binary", "string", "markdown"})


@given(st.sampled_from(PATTERNED), st.text(st.sampled_from("0129-T:.Z+ aA#é\n"), max_size=30))
def test_never_laxer_than_the_published_pattern(name: str, text: str) -> None:
    published = ELEMENTS.primitives[name]
    if published is not None and PRIMITIVES[name].fits(text):
        assert re.fullmatch(published, text)
