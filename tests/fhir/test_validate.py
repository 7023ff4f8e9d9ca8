"""Structural validation: what is valid passes, and one fault gives one issue at its place."""

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gateway
from gateway.errors import Severity
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.findings import MAX_ISSUES
from gateway.fhir.shadow import ABSENT
from gateway.fhir.validate import validate
from gateway.jsontext import Number
from tests.fhir.samples import DIV, OBSERVATION, PATIENT, VALID, at, leaves, objects, put, without

CODES = {row["code"] for row in csv.DictReader(Path(gateway.__file__).with_name("codes.csv").open(encoding="utf-8"))}
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text() | st.just(Number("1.50")),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3))


def found(resource: Any) -> list[tuple[str, str]]:
    issues = validate(resource)
    assert all(i.code in CODES and i.severity is Severity.error and i.message for i in issues)
    return [(i.code, i.where) for i in issues]


@pytest.mark.parametrize("resource", VALID, ids=lambda r: str(r["resourceType"]))
def test_valid_resources_pass(resource: dict[str, Any]) -> None:
    assert validate(resource) == []


@pytest.mark.parametrize(("change", "code", "where"), [
    ({"colour": "red"}, "fhir-unknown-element", "Patient.colour"),
    ({"a b`\n": 1}, "fhir-unknown-element", "Patient.`a b`\\u000a`"),
    ({"active": "true"}, "fhir-type", "Patient.active"),
    ({"active": 1}, "fhir-type", "Patient.active"),
    ({"multipleBirthInteger": "2"}, "fhir-type", "Patient.multipleBirth.ofType(integer)"),
    ({"multipleBirthInteger": True}, "fhir-type", "Patient.multipleBirth.ofType(integer)"),
    ({"multipleBirthInteger": Number("2.0")}, "fhir-format", "Patient.multipleBirth.ofType(integer)"),
    ({"birthDate": "2023-02-30", "_birthDate": {"id": "x"}}, "fhir-format", "Patient.birthDate"),
    ({"birthDate": None}, "fhir-type", "Patient.birthDate"),
    ({"gender": "F"}, "fhir-code", "Patient.gender"),
    ({"gender": ["female"]}, "fhir-type", "Patient.gender"),
    ({"name": {"family": "A"}}, "fhir-type", "Patient.name"),
    ({"name": []}, "fhir-empty", "Patient.name"),
    ({"name": [{}]}, "fhir-empty", "Patient.name[0]"),
    ({"name": [None]}, "fhir-type", "Patient.name[0]"),
    ({"name": ["Ida"]}, "fhir-type", "Patient.name[0]"),
    ({"name": [{"given": ["A", None]}]}, "fhir-type", "Patient.name[0].given[1]"),
    ({"name": [{"given": ["A"], "_given": [None, None]}]}, "fhir-null", "Patient.name[0].given[1]"),
    ({"name": [{"given": ["A"], "_given": {"id": "x"}}]}, "fhir-type", "Patient.name[0].given"),
    ({"name": [{"family": ""}]}, "fhir-format", "Patient.name[0].family"),
    ({"name": [{"_family": {"id": "x"}}]}, "fhir-empty", "Patient.name[0].family"),
    ({"name": [{"_family": "x"}]}, "fhir-type", "Patient.name[0].family"),
    ({"name": [{"id": "q"}, {"id": "q"}]}, "fhir-invariant", "Patient.name[1].id"),
    ({"_name": [{"id": "x"}]}, "fhir-unknown-element", "Patient._name"),
    ({"deceasedDateTime": "2020"}, "fhir-choice", "Patient.deceased"),
    ({"communication": [{"preferred": True}]}, "fhir-required", "Patient.communication[0].language"),
    ({"_gender": {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}, "gender": "male"}, None, None),
    ({"extension": [{"url": "https://a.example/x"}]}, "fhir-invariant", "Patient.extension[0]"),
    ({"extension": [{"url": "https://a.example/x", "valueCode": "a", "extension": [
        {"url": "y", "valueCode": "b"}]}]}, "fhir-invariant", "Patient.extension[0]"),
    ({"extension": [{"url": "x", "valueCode": "a"}]}, "fhir-format", "Patient.extension[0].url"),
    ({"extension": [{"url": "https://a.example/x", "extension": [{"url": "y", "valueCode": "b"}]}]}, None, None),
    ({"extension": [{"valueCode": "a"}]}, "fhir-required", "Patient.extension[0].url"),
    ({"extension": [{"url": "https://a.example/x", "valueCode": "a", "valueId": "a"}]}, "fhir-choice",
     "Patient.extension[0].value"),
    ({"managingOrganization": {"reference": "Patient/1"}}, "fhir-reference", "Patient.managingOrganization.reference"),
    ({"managingOrganization": {"reference": "Organization 1"}}, "fhir-reference",
     "Patient.managingOrganization.reference"),
    ({"managingOrganization": {"reference": "#o"}}, "fhir-reference", "Patient.managingOrganization.reference"),
    ({"managingOrganization": {"reference": "Organization?identifier=a|1"}}, None, None),
    ({"text": {"status": "generated"}}, "fhir-required", "Patient.text.div"),
    ({"text": {"div": DIV}}, "fhir-required", "Patient.text.status"),
    ({"text": {"status": "generated", "div": "<div>x</div>"}}, "fhir-xhtml", "Patient.text.div"),
    ({"contained": [{"resourceType": "Group2"}]}, "fhir-resource-type", "Patient.contained[0]"),
    ({"contained": ["x"]}, "fhir-type", "Patient.contained[0]"),
    ({"contained": [{"resourceType": "Organization", "id": "o", "name": "x"}]}, "fhir-invariant",
     "Patient.contained[0]"),
    ({"contained": [{"resourceType": "Organization", "id": "o", "naam": "x"}], "managingOrganization":
        {"reference": "#o"}}, "fhir-unknown-element", "Patient.contained[0].naam"),
    ({"contained": [{"resourceType": "Organization", "id": "o", "name": "x", "meta": {"versionId": "1"}}],
      "managingOrganization": {"reference": "#o"}}, "fhir-invariant", "Patient.contained[0].meta.versionId"),
    ({"resourceType": "patient"}, "fhir-resource-type", "patient"),
    ({"resourceType": "Element"}, "fhir-resource-type", "Element"),
    ({"resourceType": 7}, "fhir-resource-type", "Resource"),
])
def test_one_fault_one_issue(change: dict[str, Any], code: str | None, where: str | None) -> None:
    assert found(PATIENT | change) == ([(code, where)] if code else [])


def test_an_absence_does_not_stand_for_a_required_code() -> None:
    absent = {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
    assert found(without(OBSERVATION, ("status",)) | {"_status": absent}) == [("fhir-code", "Observation.status")]


def test_a_required_binding_of_a_concept_wants_one_of_its_codes() -> None:
    condition = VALID[4] | {"verificationStatus": {"text": "confirmed"}}
    assert found(condition) == [("fhir-code", "Condition.verificationStatus")]


def test_places_of_nested_resources() -> None:
    entry = {"fullUrl": "urn:uuid:0f9ab0c1-2d3e-4f50-8a61-72b3c4d5e6f7", "resource": PATIENT | {"gender": "F"}}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [entry]}
    assert found(bundle) == [("fhir-code", "Bundle.entry[0].resource.gender")]
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "a", "part": [
        {"name": "b", "resource": OBSERVATION | {"status": "done"}}]}]}
    assert found(parameters) == [("fhir-code", "Parameters.parameter[0].part[0].resource.status")]
    assert [i.where for i in validate(PATIENT | {"gender": "F"}, "Bundle.entry[7].resource")] == [
        "Bundle.entry[7].resource.gender"]


@pytest.mark.parametrize("resource", VALID, ids=lambda r: str(r["resourceType"]))
def test_every_place_is_watched(resource: dict[str, Any]) -> None:
    """An unknown name in any object and a wrong kind in any leaf is found, alone, and at its place."""
    for path in objects(resource):
        issues = validate(put(resource, (*path, "zzz"), "x"))
        assert [i.code for i in issues] == ["fhir-unknown-element"], path
        assert issues[0].where.endswith(".zzz")
    for path in leaves(resource):
        if at(resource, path) is None or path[-1] == "resourceType":
            continue
        for wrong in ({"a": 1}, ["x"], None):
            issues = validate(put(resource, path, wrong))
            dangling = ["fhir-reference"] if path[0] == "contained" and path[-1] == "id" else []
            assert [i.code for i in issues] == ["fhir-type", *dangling], (path, wrong, issues)


@pytest.mark.parametrize("resource", VALID, ids=lambda r: str(r["resourceType"]))
def test_required_elements_are_missed(resource: dict[str, Any]) -> None:
    for name, element in (ELEMENTS.children(resource["resourceType"]) or {}).items():
        if element.min and name in resource:
            issues = found(without(resource, (name,)))
            assert ("fhir-required", f"{resource['resourceType']}.{element.choice_of or name}") in issues


@settings(max_examples=200)
@given(JSON)
def test_any_json_gets_an_answer(value: Any) -> None:
    assert validate(value)


@settings(max_examples=300)
@given(st.data())
def test_any_json_anywhere_gets_an_answer(data: st.DataObject) -> None:
    resource = data.draw(st.sampled_from(VALID))
    path = data.draw(st.sampled_from([*leaves(resource), *objects(resource)]))
    value = data.draw(JSON)
    for issue in validate(put(resource, path, value) if path else value):
        assert issue.code in CODES


def test_hostile_resources_are_bounded() -> None:
    deep: Any = {"url": "x", "valueCode": "a"}
    for _ in range(450):
        deep = {"url": "x", "extension": [deep]}
    assert found(PATIENT | {"extension": [deep]}) == [("fhir-deep", "Patient")]
    wide = PATIENT | {f"x{n}": 1 for n in range(5000)}
    issues = validate(wide)
    assert len(issues) == MAX_ISSUES + 1 and issues[-1].code == "fhir-many"
    loud = validate(PATIENT | {"gender": "x" * 10**6})
    assert len(str(loud[0])) < 600
