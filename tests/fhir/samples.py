"""Valid resources of an invented patient, and ways to damage one element of them."""

import copy
from collections.abc import Iterator
from typing import Any

from gateway.jsontext import loads

DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Told in <b>words</b></p></div>'
LOINC, UCUM, HL7 = "http://loinc.org", "http://unitsofmeasure.org", "http://terminology.hl7.org/CodeSystem/"


def concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


PATIENT = {
    "resourceType": "Patient", "id": "p1", "text": {"status": "generated", "div": DIV},
    "identifier": [{"use": "official", "system": "urn:oid:2.999.1", "value": "7-41"}], "active": True,
    "name": [{"family": "Ahrens", "given": ["Ida", None, "Mo"],
              "_given": [None, {"extension": [{"url": "https://a.example/reason", "valueCode": "masked"}]}, None]}],
    "telecom": [{"system": "phone", "value": "+49 30 900 1", "use": "home"}], "gender": "female",
    "birthDate": "1961-11", "_birthDate": {"extension": [{"url": "https://a.example/time", "valueTime": "08:15:00"}]},
    "deceasedBoolean": False, "multipleBirthInteger": 2,
    "address": [{"line": ["Am Hafen 3"], "city": "Kiel", "period": {"start": "2010", "end": "2010-07-01"}}],
    "contact": [{"relationship": [concept(HL7 + "v2-0131", "N")], "name": {"text": "Ute Ahrens"}}],
    "generalPractitioner": [{"reference": "Practitioner/d1"}],
}
OBSERVATION = {
    "resourceType": "Observation", "id": "o1", "meta": {"lastUpdated": "2024-02-29T23:59:60.5+13:30"},
    "status": "final", "category": [concept(HL7 + "observation-category", "laboratory")],
    "code": concept(LOINC, "2345-7"), "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2024-02-29",
    "valueQuantity": {"value": loads("5.60"), "unit": "mmol/l", "system": UCUM, "code": "mmol/L"},
    "referenceRange": [{"low": {"value": loads("3.9")}, "high": {"value": 6}}],
    "component": [{"code": concept(LOINC, "8480-6"), "valueInteger": 3}],
}
ALLERGY = {
    "resourceType": "AllergyIntolerance", "id": "a1",
    "clinicalStatus": concept(HL7 + "allergyintolerance-clinical", "active"),
    "verificationStatus": concept(HL7 + "allergyintolerance-verification", "confirmed"), "criticality": "high",
    "code": {"text": "Penicillin"}, "patient": {"reference": "https://x.example/fhir/Patient/p1/_history/2"},
    "reaction": [{"manifestation": [{"text": "rash"}], "severity": "severe"}],
}
MEDICATION_REQUEST = {
    "resourceType": "MedicationRequest", "id": "m1", "status": "active", "intent": "order",
    "contained": [{"resourceType": "Medication", "id": "med", "code": {"text": "metformin 500 mg"}}],
    "medicationReference": {"reference": "#med"}, "subject": {"identifier": {"value": "7-41"}},
    "dosageInstruction": [{"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                           "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}],
}
CONDITION = {
    "resourceType": "Condition", "id": "c1", "clinicalStatus": concept(HL7 + "condition-clinical", "resolved"),
    "verificationStatus": concept(HL7 + "condition-ver-status", "confirmed"), "code": {"text": "asthma"},
    "subject": {"reference": "urn:uuid:0f9ab0c1-2d3e-4f50-8a61-72b3c4d5e6f7"}, "onsetAge": {
        "value": 30, "system": UCUM, "code": "a"}, "abatementDateTime": "2019", "note": [{"text": "seen once"}],
}
ENCOUNTER = {
    "resourceType": "Encounter", "id": "e1", "status": "finished",
    "class": {"system": HL7 + "v3-ActCode", "code": "IMP"}, "subject": {"reference": "Patient/p1"},
    "period": {"start": "2024-01-02T08:00:00Z", "end": "2024-01-03T08:00:00+01:00"},
}
DOCUMENT = {
    "resourceType": "Bundle", "type": "document", "timestamp": "2024-03-01T10:00:00Z",
    "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:0f9ab0c1-2d3e-4f50-8a61-72b3c4d5e6f7"},
    "entry": [
        {"fullUrl": "https://x.example/Composition/k1", "resource": {
            "resourceType": "Composition", "id": "k1", "status": "final", "type": concept(LOINC, "60591-5"),
            "subject": {"reference": "Patient/p1"}, "date": "2024-03-01", "title": "Summary",
            "author": [{"reference": "https://x.example/Device/g"}],
            "section": [{"title": "Results", "entry": [{"reference": "Observation/o1"}]}]}},
        {"fullUrl": "https://x.example/Patient/p1",
         "resource": PATIENT | {"generalPractitioner": [{"display": "Dr. D"}]}},
        {"fullUrl": "https://x.example/Observation/o1", "resource": OBSERVATION},
        {"fullUrl": "https://x.example/Device/g", "resource": {"resourceType": "Device", "id": "g"}}],
}
VALID = (PATIENT, OBSERVATION, ALLERGY, MEDICATION_REQUEST, CONDITION, ENCOUNTER, DOCUMENT)
Path = tuple[Any, ...]


def leaves(node: Any, path: Path = ()) -> Iterator[Path]:
    """Paths of every value that is no object or array."""
    if isinstance(node, dict | list):
        for step, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(child, (*path, step))
    else:
        yield path


def objects(node: Any, path: Path = ()) -> Iterator[Path]:
    """Paths of every object."""
    if isinstance(node, dict):
        yield path
    if isinstance(node, dict | list):
        for step, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from objects(child, (*path, step))


def at(resource: Any, path: Path) -> Any:
    for step in path:
        resource = resource[step]
    return resource


def put(resource: Any, path: Path, value: Any) -> Any:
    """A copy with the value at a path."""
    out = copy.deepcopy(resource)
    at(out, path[:-1])[path[-1]] = value
    return out


def without(resource: Any, path: Path) -> Any:
    """A copy without what stands at a path."""
    out = copy.deepcopy(resource)
    del at(out, path[:-1])[path[-1]]
    return out
