"""Reading FHIR JSON, XML and NDJSON: by content, with places of faults, nothing lost between the two forms."""

from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Issue
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.primitives import PRIMITIVES
from gateway.fhir.reader import check_file, read
from gateway.jsontext import canonical, dumps, loads
from tests.fhir.samples import VALID

NS = b' xmlns="http://hl7.org/fhir"'
SMALL = {"resourceType": "Patient", "id": "a"}


def xml(resource: dict[str, Any], root: bool = True) -> str:
    """The XML form of a resource, written independently of the reader."""
    type = resource["resourceType"]
    space = ' xmlns="http://hl7.org/fhir"' if root else ""
    return f"<{type}{space}>{members({k: v for k, v in resource.items() if k != 'resourceType'}, type)}</{type}>"


def members(value: dict[str, Any], group: str) -> str:
    elements = ELEMENTS.children(group) or {}
    names = [n for n in elements if n in value or "_" + n in value]
    return "".join(element(elements[n].type, n, value.get(n), value.get("_" + n)) for n in names
                   if n != "id" or group in ELEMENTS.resources)


def element(type: str, name: str, value: Any, shadow: Any) -> str:
    if isinstance(value, list) or isinstance(shadow, list):
        values, shadows = value or [None] * len(shadow), shadow or [None] * len(value)
        return "".join(element(type, name, v, s) for v, s in zip(values, shadows, strict=True))
    if type == "xhtml":
        return str(value)
    if type == "Resource":
        return f"<{name}>{xml(value, root=False)}</{name}>"
    inner = shadow or {} if type in PRIMITIVES else value
    named = ("id", "url") if type == "Extension" else ("id",)
    attributes = "".join(f" {name}={quoteattr(inner[name])}" for name in named if name in inner)
    if type in PRIMITIVES and value is not None:
        attributes += f" value={quoteattr(dumps(value) if not isinstance(value, str) else value)}"
    rest = {k: v for k, v in inner.items() if k not in named}
    return f"<{name}{attributes}>{members(rest, 'Element' if type in PRIMITIVES else type)}</{name}>"


@pytest.mark.parametrize("resource", VALID, ids=lambda r: str(r["resourceType"]))
def test_xml_gives_what_json_gives(resource: dict[str, Any]) -> None:
    [from_xml] = read(xml(resource).encode())
    assert isinstance(from_xml, dict)
    assert canonical(from_xml) == canonical(resource)
    [from_json] = read(dumps(resource).encode())
    assert canonical(from_json) == canonical(resource)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.none() | st.text("aé<&\" ", min_size=1), st.booleans()), min_size=1, max_size=5))
def test_repeated_primitives_stay_in_step(given_names: list[tuple[str | None, bool]]) -> None:
    mark = {"extension": [{"url": "https://a.example/x", "valueDecimal": loads("1.50")}]}
    shadows = [mark if extended or text is None else None for text, extended in given_names]
    name: dict[str, Any] = {"given": [text for text, _ in given_names]}
    if any(shadows):
        name["_given"] = shadows
    resource = {"resourceType": "Patient", "name": [name]}
    [back] = read(xml(resource).encode())
    assert isinstance(back, dict)
    filled = back["name"][0].get("_given", [])
    if filled:
        back["name"][0]["_given"] = filled + [None] * (len(shadows) - len(filled))
    assert canonical(back) == canonical(resource)


@pytest.mark.parametrize("data", [
    dumps(SMALL).encode(), b"\xef\xbb\xbf" + dumps(SMALL).encode(), b" \r\n" + dumps(SMALL, indent=2).encode(),
    b"<Patient" + NS + b'><id value="a"/></Patient>', b"\xef\xbb\xbf <Patient" + NS + b'><id value="a"/></Patient>',
    b'<?xml version="1.0"?><!-- c --><f:Patient xmlns:f="http://hl7.org/fhir"><f:id value="a"/></f:Patient>',
    (b'<?xml version="1.0" encoding="UTF-16"?><Patient' + NS + b'><id value="a"/></Patient>').decode().encode("utf-16"),
])
def test_one_resource_in_many_dresses(data: bytes) -> None:
    assert list(read(data)) == [SMALL]


@pytest.mark.parametrize(("data", "word", "where"), [
    (b"", "empty", ""), (b"\xef\xbb\xbf \n", "empty", ""), (b"MSH|^~\\&|x", "not JSON", "line 1, column 1"),
    (b'{"resourceType":\n x}', "not JSON", "line 2, column 2"), (b"[1]", "JSON object", "line 1, column 1"),
    (b'{"a":1,"a":2}', "twice", ""), (b"\xff\xfe{\x00}\x00", "UTF-8", ""), (b"<a>", "not XML", "line 1, column 4"),
    (b"<html/>", "namespace", "line 1, column 1"),
    (b"<Patient" + NS + b">&nbsp;</Patient>", "nbsp", "line 1, column 44"),
    (b'<!DOCTYPE x [<!ENTITY y "z">]><Patient' + NS + b"/>", "type definition", "line 1, column 1"),
    (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Patient' + NS + b"/>", "type definition", "line 1, column 1"),
    (b'<?xml version="1.0" encoding="x-1"?><Patient' + NS + b"/>", "encoding", "line 1, column 35"),
    (b"<Patient" + NS + b">" + b"<contact>" * 300, "depth", None), (b'{"a":' * 100_000, "deep", ""),
])
def test_bad_input_is_one_issue_with_its_place(data: bytes, word: str, where: str | None) -> None:
    [issue] = read(data)
    assert isinstance(issue, Issue) and issue.code == "fhir-unreadable"
    assert word in issue.message and "nothing of it was read" in issue.message and issue.hint
    assert where is None or issue.where == where


def test_hl7_v2_in_xml_is_named_as_what_it_is() -> None:
    [issue] = read(b'<ADT_A01 xmlns="urn:hl7-org:v2xml"><MSH/></ADT_A01>')
    assert isinstance(issue, Issue) and issue.code == "fhir-unreadable" and "HL7 v2 as XML" in issue.hint


def test_neighbours_of_a_bad_line_are_read() -> None:
    good = dumps(SMALL).encode()
    for data in (good + b'\n{"x":\n\n' + good + b"\r\n", b'{"x":\n' + good + b"\n" + good + b"\n"):
        items = list(read(data))
        assert [isinstance(i, Issue) for i in items].count(True) == 1 and items.count(SMALL) == 2
        [bad] = [i for i in items if isinstance(i, Issue)]
        assert bad.where.startswith(f"line {data[:data.index(b'x')].count(10) + 1}, ")


def test_nothing_of_an_xml_document_is_dropped_in_silence() -> None:
    odd = b"<Patient" + NS + b' lang="x">hello<birthDate value="1970"/><birthDate value="1971"/><active value="yes"/>' \
        b'<name xmlns="urn:x"/><colour value="red"/><contained/></Patient>'
    [line] = check_file("odd.xml", odd)
    places = [i["expression"][0] for i in line["outcome"]["issue"]]
    assert places == ["Patient.`@lang`", "Patient.birthDate", "Patient.active", "Patient.`{urn:x}name`",
                      "Patient.colour", "Patient.contained[0]", "Patient.`#text`"]


def test_numbers_of_xml_keep_their_text() -> None:
    value = b"<Observation" + NS + b'><valueQuantity><value value="1.50"/></valueQuantity></Observation>'
    [resource] = read(value)
    assert dumps(resource) == '{"resourceType":"Observation","valueQuantity":{"value":1.50}}'


@settings(max_examples=150)
@given(st.binary(max_size=80) | st.text("<>{}[]\":,/?!&;=aP\n ", max_size=60).map(str.encode))
def test_any_bytes_give_at_least_one_item(data: bytes) -> None:
    assert list(read(data)) and len(list(check_file("x", data))) == len(list(read(data)))


def test_lines_of_gateway_validate() -> None:
    data = dumps(SMALL).encode() + b'\n{"resourceType":"Patient","gender":"F"}\n{"x":\n'
    good, bad, broken = check_file("a.ndjson", data)
    well = {"severity": "information", "code": "informational", "diagnostics": "No issue was found."}
    assert good == {"schema": "gateway.validate/1", "file": "a.ndjson", "index": 0, "resource": "Patient/a",
                    "outcome": {"resourceType": "OperationOutcome", "issue": [well]}}
    assert (bad["index"], bad["resource"]) == (1, "Patient")
    assert bad["outcome"]["issue"][0]["expression"] == ["Patient.gender"]
    assert bad["outcome"]["issue"][0]["code"] == "code-invalid"
    assert (broken["index"], broken["resource"]) == (2, None)
    [told] = broken["outcome"]["issue"]
    assert "line 3" in told["diagnostics"] and "expression" not in told
