"""Salvage: what is kept is valid and safe to show; what decides the meaning holds the whole fact."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Severity
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.salvage import HELD, salvage
from gateway.fhir.validate import validate
from tests.fhir.samples import (
    ALLERGY,
    CONDITION,
    DOCUMENT,
    MEDICATION_REQUEST,
    OBSERVATION,
    VALID,
    leaves,
    objects,
    put,
)

SMALL = {"resourceType": "Patient", "id": "p", "name": [{"family": "Ahrens"}]}


@pytest.mark.parametrize("resource", VALID, ids=lambda r: str(r["resourceType"]))
def test_what_is_valid_is_kept_as_it_is(resource: dict[str, Any]) -> None:
    kept, issues = salvage(resource)
    assert kept is resource and issues == []


@pytest.mark.parametrize(("change", "kept", "places"), [
    ({"colour": "red"}, {}, ["Patient.colour"]),
    ({"telecom": [{"system": "fon", "value": "1"}, {"system": "phone", "value": "2"}, {"value": "3"}]},
     {"telecom": [{"system": "phone", "value": "2"}]}, ["Patient.telecom[0].system", "Patient.telecom[0]"]),
    ({"telecom": [{"system": "phone", "value": "2", "use": "cell"}]}, {}, ["Patient.telecom[0].use"]),
    ({"maritalStatus": {"coding": [{"code": "M "}], "text": "x"}}, {"maritalStatus": {"text": "x"}},
     ["Patient.maritalStatus.coding[0].code"]),
    ({"address": [{"line": ["a", "", "b"], "_line": [None, None, {"extension": [{"url": "x:y"}]}]}]},
     {"address": [{"line": ["a", "b"]}]}, ["Patient.address[0].line[1]", "Patient.address[0].line[2].extension[0]"]),
    ({"communication": [{"preferred": True}]}, {}, ["Patient.communication[0].language"]),
    ({"text": {"status": "generated", "div": "<div>"}}, {}, ["Patient.text.div"]),
    ({"photo": [{"data": "QUI=", "size": 2}, {"data": "AAA", "contentType": "image/png"}]},
     {"photo": [{"contentType": "image/png"}]}, ["Patient.photo[1].data", "Patient.photo[0]"]),
    ({"extension": [{"url": "https://a.example/x"}, {"url": "https://a.example/y", "valueCode": "a"}]},
     {"extension": [{"url": "https://a.example/y", "valueCode": "a"}]}, ["Patient.extension[0]"]),
])
def test_what_fails_is_set_aside(change: dict[str, Any], kept: dict[str, Any], places: list[str]) -> None:
    resource = SMALL | change
    before = copy.deepcopy(resource)
    result, issues = salvage(resource)
    assert result == SMALL | kept and resource == before
    assert {i.severity for i in issues} == {Severity.warning} and set(places) <= {i.where for i in issues}
    assert all("set aside" in i.message for i in issues)


@pytest.mark.parametrize("resource", [
    SMALL | {"id": "a b"}, SMALL | {"birthDate": "1980-02-30"}, SMALL | {"gender": "F"}, SMALL | {"active": "yes"},
    SMALL | {"name": [{"family": ""}]}, SMALL | {"identifier": [{"system": "", "value": "1"}]},
    SMALL | {"birthdate": "1980-02-03"}, SMALL | {"gendr": "female"}, SMALL | {"deceasedBoolean": "no"},
    SMALL | {"modifierExtension": [{"url": "https://a.example/x"}]}, SMALL | {"implicitRules": ""},
    SMALL | {"link": [{"other": {"reference": "Patient/2"}}]}, SMALL | {"resourceType": "Patent"}, {}, {"id": "x"},
    OBSERVATION | {"status": "done"}, OBSERVATION | {"valueQuantity": {"value": "5"}}, OBSERVATION | {"valueString": "x"},
    OBSERVATION | {"code": {"text": ""}}, OBSERVATION | {"subject": {"reference": "Practitioner/1"}},
    OBSERVATION | {"effectiveDateTime": "yesterday"}, OBSERVATION | {"dataAbsentReason": {"text": "x"}},
    OBSERVATION | {"component": [{"code": {"text": "x"}, "valueInteger": "3"}]}, OBSERVATION | {"statuss": "final"},
    ALLERGY | {"clinicalStatus": {"text": "active"}}, ALLERGY | {"verificationStatus": {"coding": [{"code": "x"}]}},
    ALLERGY | {"criticality": "very"},
    ALLERGY | {"reaction": [{"substance": {}, "manifestation": [{"text": "x"}]}]},
    CONDITION | {"abatementDateTime": "2019-02-30"}, CONDITION | {"abatementAge": {"value": 3}},
    MEDICATION_REQUEST | {"dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": "1"}}]}]},
    put(DOCUMENT, ("entry", 1, "resource", "telecom"), [{}]), put(DOCUMENT, ("entry", 2, "resource", "status"), "done"),
    MEDICATION_REQUEST | {"doNotPerform": "true"}, MEDICATION_REQUEST | {"doNotPerfrom": True},
    MEDICATION_REQUEST | {"medicationCodeableConcept": {"text": "x"}}, MEDICATION_REQUEST | {"intent": "maybe"},
])
def test_what_decides_the_meaning_holds_the_fact(resource: dict[str, Any]) -> None:
    kept, issues = salvage(resource)
    assert kept is None and issues and {i.severity for i in issues} == {Severity.error}


def test_the_table_names_elements_that_exist() -> None:
    for type, names in HELD.items():
        if type != "*":
            known = {n for e in (ELEMENTS.children(type) or {}).values() for n in (e.name, e.choice_of)}
            assert set(names.split()) <= known, type


@settings(max_examples=300)
@given(st.data())
def test_what_is_kept_is_valid_and_only_less(data: st.DataObject) -> None:
    """Whatever is damaged: held, or kept as a valid part in which every safety-relevant element stands unchanged."""
    resource = data.draw(st.sampled_from(VALID[:-1]))
    damaged = resource
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([p for p in (*leaves(damaged), *objects(damaged)) if p]))
        value = data.draw(st.sampled_from([None, "", {}, [], "a b ", -1, True, {"x": 1}, [None], "2023-02-30"]))
        damaged = put(damaged, path, value)
    kept, issues = salvage(damaged)
    if kept is None:
        assert issues
        return
    assert validate(kept) == []
    held = {*HELD["*"].split(), *HELD.get(resource["resourceType"], "").split()}
    for name, value in damaged.items():
        element = (ELEMENTS.children(resource["resourceType"]) or {}).get(name)
        if element and ({element.name, element.choice_of} & held or element.modifier or element.min):
            assert kept[name] == value


def test_a_hostile_resource_is_held() -> None:
    deep: Any = {}
    for _ in range(600):
        deep = {"url": "x", "extension": [deep]}
    assert salvage(SMALL | {"extension": [deep]})[0] is None
    assert salvage(SMALL | {f"x{n}": 1 for n in range(1000)})[0] is None
