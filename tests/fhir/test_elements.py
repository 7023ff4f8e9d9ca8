"""The element table: R4 4.0.1 as published, complete in itself."""

import pytest

from gateway.fhir.build import element_text, is_r4, lines
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.primitives import PRIMITIVES


def test_every_type_of_every_element_is_in_the_table() -> None:
    for group in ELEMENTS.types:
        for name, element in (ELEMENTS.children(group) or {}).items():
            assert element.name == name
            assert element.type in ELEMENTS.types or element.type in PRIMITIVES, (group, name)


def test_the_table_is_that_of_4_0_1() -> None:
    assert ELEMENTS.version == "4.0.1"
    assert len(ELEMENTS.resources) == 146
    assert set(ELEMENTS.primitives) == set(PRIMITIVES)
    assert "url" not in (ELEMENTS.children("Binary") or {}), "Binary.url is no element of R4"
    assert "valueMeta" in (ELEMENTS.children("Extension") or {}), "R4 has it, R4B has not"


@pytest.mark.parametrize(("path", "name", "type", "low", "high"), [
    ("Patient", "id", "id", 0, 1), ("Patient", "birthDate", "date", 0, 1),
    ("Patient.contact", "name", "HumanName", 0, 1),
    ("Patient.name", "given", "string", 0, None), ("Observation", "status", "code", 1, 1),
    ("Observation.component.referenceRange", "low", "Quantity", 0, 1), ("Bundle.entry.resource", "meta", "Meta", 0, 1),
    ("Timing.repeat", "boundsPeriod", "Period", 0, 1), ("Age", "value", "decimal", 0, 1),
])
def test_children(path: str, name: str, type: str, low: int, high: int | None) -> None:
    element = (ELEMENTS.children(path) or {})[name]
    assert (element.types, element.min, element.max) == ((type,), low, high)


def test_what_an_element_says() -> None:
    patient, observation = ELEMENTS.children("Patient") or {}, ELEMENTS.children("Observation") or {}
    assert patient["gender"].codes == {"male", "female", "other", "unknown"}
    assert observation["valueQuantity"].choice_of == "value" and "value" not in observation
    assert observation["subject"].targets == {"Patient", "Group", "Device", "Location"}
    assert observation["status"].modifier and not observation["code"].modifier
    condition = ELEMENTS.element("Condition.clinicalStatus")
    assert condition and condition.systems and condition.codes is None
    low = ELEMENTS.element("Observation.referenceRange.low")
    assert low and low.simple


@pytest.mark.parametrize("path", ["Nothing", "Patient.nothing", "Patient.birthDate", "Patient.name.given.x", "", "."])
def test_no_children(path: str) -> None:
    assert ELEMENTS.children(path) is None


def test_types_descend() -> None:
    assert ELEMENTS.is_a("Age", "Quantity") and ELEMENTS.is_a("Patient", "Resource")
    assert not ELEMENTS.is_a("Bundle", "DomainResource") and not ELEMENTS.is_a("nothing", "Element")


def test_the_build_takes_r4_only_and_writes_one_group_a_line() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/"
    good = {"resourceType": "StructureDefinition", "id": "X", "url": url + "X", "fhirVersion": "4.0.1",
            "kind": "resource"}
    assert is_r4(good)
    assert not is_r4(good | {"fhirVersion": "4.3.0"}) and not is_r4(good | {"url": "https://other.example/X"})
    element = {"path": "X.y", "min": 1, "max": "*", "isModifier": True, "base": {"path": "X.y"}, "type": [
        {"code": "Reference", "targetProfile": [url + "Patient", url + "Group"]}, {"code": "string"}]}
    assert element_text(element, set(), None) == "1..* Reference(Group,Patient)|string !"  # type: ignore[arg-type]
    table = {"fhirVersion": "4.0.1", "resources": [], "primitives": {}, "codes": {}, "groups": {"A": 1, "B": 2}}
    assert '"groups":{\n"A":1,\n"B":2\n}' in lines(table)
