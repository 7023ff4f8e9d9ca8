"""Files of FHIR JSON: the contract, units that stand alone, and references that find their resource."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import AdapterContract
from adapters.fhir import FHIR
from adapters.fhir.units import cut, joined
from gateway.errors import BadMessage, Retry
from gateway.model import Message, Rejected
from gateway.sdk import loads


def patient(id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "active": True, "name": [{"family": "Lind"}, {"given": ["Åsa"]}],
            **more}


class TestFolder(AdapterContract):
    """The inherited promises, over a Bundle, a resource, and lines of which one is cut off."""

    paths: ClassVar = {"Patient.name.family": ["Lind"], "name[1].given": ["Åsa"], "active": ["true"], "id": ["b1"],
                       "name[1]": ["Åsa"], "gender": [], "name[7].family": []}
    bad_paths = ("", ".", "name.", "name[-1]")

    @pytest.fixture
    def adapter(self, tmp_path: Path) -> FHIR:
        bundle = {"resourceType": "Bundle", "type": "searchset",
                  "entry": [{"resource": patient("b1")}, {"resource": patient("b2")}]}
        (tmp_path / "a.json").write_text(json.dumps(bundle, indent=2))
        (tmp_path / "b.ndjson").write_text("\n".join(
            ["", json.dumps(patient("c1")), json.dumps(patient("c2"))[:40], "", json.dumps(patient("c3"))]))
        (tmp_path / "c.json").write_text(json.dumps(patient("d1")))
        return FHIR(folder=str(tmp_path))


def write(folder: Path, content: bytes | str, name: str = "a.json") -> FHIR:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return FHIR(folder=str(folder))


blanks = st.sampled_from(["", " ", "\n  "])


@given(blanks, blanks, st.lists(st.tuples(blanks, blanks), min_size=1, max_size=4),
       st.sampled_from(["searchset", "batch"]))
def test_the_units_of_a_bundle_are_the_bundle(a: str, b: str, around: list[tuple[str, str]], type: str) -> None:
    """Promise 2 of the house: a file is its ordered list of units and re-creates byte for byte."""
    entries = ",".join(f'{x}{{"resource":{{"resourceType":"Patient","id":"p{n}","x":[1.50,"],{{"]}}}}{y}'
                       for n, (x, y) in enumerate(around))
    text = f'{a}{{"resourceType":"Bundle"{b},"meta":{{"entry":[1]}},"type":"{type}",' \
           f'"entry"{a}:{b}[{entries}],"z":1}}{a}'
    units = list(found.units()) if (found := cut(text, loads(text))) else []
    assert [loads(u)["entry"][0]["resource"]["id"] for u in units] == [f"p{n}" for n in range(len(around))]
    assert joined([u.encode() for u in units]) == text.encode()


def test_a_bundle_whose_entries_name_one_another_stays_whole(tmp_path: Path) -> None:
    condition = {"resourceType": "Condition", "subject": {"reference": "urn:uuid:1"}}
    entries = [{"fullUrl": "urn:uuid:1", "resource": patient("p1")}, {"fullUrl": "urn:uuid:2", "resource": condition}]
    adapter = write(tmp_path, json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}))
    [unit] = adapter.read()
    assert isinstance(unit, Message) and unit.kind == "Bundle"
    (_, first), (place, second) = adapter.resources(adapter.parse(unit.raw))
    assert place == "Bundle.entry[1].resource"
    assert second["subject"] == {"reference": f"Patient/{first['id']}"} and second["id"] == "2"
    paths = [leaf.path for leaf in adapter.leaves(adapter.parse(unit.raw))]
    assert "Bundle.entry[1].resource.subject.reference" in paths


@pytest.mark.parametrize("type", ["document", "message"])
def test_what_was_signed_or_sent_as_one_stays_whole(tmp_path: Path, type: str) -> None:
    entries = [{"resource": patient("p1")}, {"resource": patient("p2")}]
    adapter = write(tmp_path, json.dumps({"resourceType": "Bundle", "type": type, "entry": entries}))
    [unit] = adapter.read()
    assert isinstance(unit, Message) and adapter.join([unit.raw]) == unit.raw


def test_references_to_the_servers_own_base_become_relative() -> None:
    adapter = FHIR("https://fhir.example/r4")
    raw = b'{"resourceType":"Condition","id":"c","subject":{"reference":"https://fhir.example/r4/Patient/1"},' \
          b'"asserter":{"reference":"https://other.example/Practitioner/2"}}'
    [(_, body)] = adapter.resources(adapter.parse(raw))
    assert body["subject"]["reference"] == "Patient/1"
    assert body["asserter"]["reference"] == "https://other.example/Practitioner/2"


def test_outcomes_are_remarks_and_no_facts() -> None:
    adapter = FHIR("https://fhir.example/r4")
    tree = adapter.parse(b'{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"not-supported",'
                         b'"diagnostics":"Lind"}]}')
    assert list(adapter.resources(tree)) == []
    [issue] = adapter.remarks(tree)
    assert issue.code == "fhir-server-says" and "not-supported" in issue.message and "Lind" not in str(issue)


@pytest.mark.parametrize(("content", "codes"), [
    (b"", ["fhir-unreadable"]), (b"<html>", ["fhir-unreadable"]), (b"\xff\xfe\x00", ["fhir-unreadable"]),
    (b"[]", ["fhir-unreadable"]), (b"1", ["fhir-unreadable"]), (b"{}", ["fhir-resource-type"]),
    (b'{"resourceType":1}', ["fhir-resource-type"]), (b'{"a":' * 200 + b"1" + b"}" * 200, ["fhir-deep"]),
    (b'{"a":' * 10**5, ["fhir-unreadable"]), (b'{"resourceType":"Patient","id":"1","id":"2"}', ["fhir-unreadable"]),
    (b'{"resourceType":"Patient","id":"1"}\nxx\n{"resourceType":"Patient","id":"2"}', ["", "fhir-unreadable", ""]),
    (b'{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Patient"}},7]}',
     ["", ""])])
def test_garbage_is_rejected_and_its_neighbours_are_not(tmp_path: Path, content: bytes, codes: list[str]) -> None:
    adapter = write(tmp_path, content)
    units = list(adapter.read())
    said = [u.issue.code if isinstance(u, Rejected) else "" for u in units]
    assert said == codes
    assert adapter.join(u.raw for u in units) == content
    assert all(u.issue.where.startswith("a.json") for u in units if isinstance(u, Rejected))


def test_an_envelope_too_large_to_repeat_keeps_the_bundle_whole(tmp_path: Path) -> None:
    entries = [{"resource": patient(f"p{n}")} for n in range(3)]
    bundle = {"resourceType": "Bundle", "type": "searchset", "x": "y" * 2**17, "entry": entries}
    assert len(list(write(tmp_path, json.dumps(bundle)).read())) == 1


def test_a_changed_resource_is_another_message(tmp_path: Path) -> None:
    first, = write(tmp_path, json.dumps(patient("p", gender="male"))).read()
    again, = write(tmp_path, json.dumps(patient("p", gender="male"), indent=1)).read()
    other, = write(tmp_path, json.dumps(patient("p", gender="other"))).read()
    assert first.key == again.key != other.key


def test_keys_of_a_folder(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(r) for r in (patient("1"), {"resourceType": "Condition", "id": "c"}, patient("2")))
    assert list(write(tmp_path, lines).keys("Patient")) == ["Patient/1", "Patient/2"]


@pytest.mark.parametrize("value", [b"{", b'{"resource":1}', b'"x"'])
def test_parse_raises_bad_message_only(value: bytes) -> None:
    with pytest.raises(BadMessage):
        FHIR("https://fhir.example").parse(value)


def test_a_folder_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    with pytest.raises(Retry):
        list(FHIR(folder=str(tmp_path / "unmounted")).read())
