"""What IPS wants of each resource: what is mandatory and not known says so, absences have the code of the version.

Sources: IPS-05, IPS-07 (codes of absences), IPS-08 (missing mandatory data), IPS-09 (minima), IPS-02 (references).
"""

from collections.abc import Mapping
from typing import Any

from gateway.portable.selection import ABSENT_UNKNOWN, CODED, SNOMED, Absence, absence

Body = dict[str, Any]
UNKNOWN = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
NOT_KNOWN = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown"}]}
# type → elements that must stand there: name, what stands where nobody said it. A `*` is met by all that begins so.
_MINIMA: dict[str, tuple[tuple[str, str, Any], ...]] = {
    "Patient": (("name", "name", [{"_text": UNKNOWN}]), ("birthDate", "_birthDate", UNKNOWN)),
    "AllergyIntolerance": (("code", "code", NOT_KNOWN), ("clinicalStatus", "clinicalStatus", UNKNOWN)),   # ait-1
    "Condition": (("code", "code", NOT_KNOWN),),
    "MedicationStatement": (("effective*", "_effectiveDateTime", UNKNOWN),),
    "Observation": (("effective*", "_effectiveDateTime", UNKNOWN), ("performer", "performer", [UNKNOWN])),
    "DiagnosticReport": (("effective*", "_effectiveDateTime", UNKNOWN),),
    "Procedure": (("code", "code", NOT_KNOWN), ("performed*", "_performedDateTime", UNKNOWN)),
    "DeviceUseStatement": (("timing*", "_timingDateTime", UNKNOWN),),
    "Practitioner": (("name", "name", [{"_text": UNKNOWN}]),), "Organization": (("name", "_name", UNKNOWN),),
    "Specimen": (("type", "type", NOT_KNOWN),),
}
_ELSEWHERE = {"display": "Not part of this summary"}


def shaped(r: Mapping[str, Any], profile: str, section: str, addresses: Mapping[str, str]) -> Body:
    """A resource as an entry of the summary. addresses: "Type/id" → fullUrl of what is part of it."""
    body: Body = _linked(dict(r), addresses)
    for name, stands, filler in _MINIMA.get(r["resourceType"], ()):
        told = any(k.lstrip("_").startswith(name[:-1]) for k in body) if name.endswith("*") else (
            name in body or f"_{name}" in body)
        if not told:
            body[stands] = filler
    if r["resourceType"] == "Observation":
        if section == "results" and "category" not in body:
            body["category"] = [NOT_KNOWN]
        if not any(k.startswith("value") or k in ("dataAbsentReason", "hasMember", "component") for k in body):
            body["dataAbsentReason"] = NOT_KNOWN
    if (none := absence(r)) is not None:
        element = CODED.get(r["resourceType"], "code")
        body[element] = _absent(body[element], none, profile)
    return body


def _absent(concept: Mapping[str, Any], none: Absence, profile: str) -> Body:
    """The absence in the code that the version of IPS has for it; 2.0 retired that of 1.1, sources' codes stay."""
    old, new = (ABSENT_UNKNOWN, none.old), (SNOMED, none.code)
    first = new if profile == "2.0" else old
    kept = [c for c in concept.get("coding", ()) if (c.get("system"), c.get("code")) not in (old, new)
            and (profile != "2.0" or c.get("system") != ABSENT_UNKNOWN)]
    return {**concept, "coding": [{"system": first[0], "code": first[1], "display": none.words}, *kept]}


# What stands in a required section of IPS 1.1 of which nobody told anything (2.0 has `emptyReason` for it).
def nothing_told(section: str, id: str, subject: str) -> Body:
    """The resource by which IPS 1.1 says that there is no information about a required section."""
    def concept(code: str, words: str) -> Body:
        return {"coding": [{"system": ABSENT_UNKNOWN, "code": code, "display": words}]}

    def status(kind: str, code: str) -> Body:
        return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{kind}-clinical", "code": code}]}

    who = {"reference": subject}
    return {"problems": {"resourceType": "Condition", "id": id, "clinicalStatus": status("condition", "active"),
                         "code": concept("no-problem-info", "No information about problems"), "subject": who},
            "allergies": {"resourceType": "AllergyIntolerance", "id": id,
                          "clinicalStatus": status("allergyintolerance", "active"),
                          "code": concept("no-allergy-info", "No information about allergies"), "patient": who},
            "medications": {"resourceType": "MedicationStatement", "id": id, "status": "unknown",
                            "medicationCodeableConcept": concept("no-medication-info",
                                                                 "No information about medications"),
                            "subject": who, "_effectiveDateTime": UNKNOWN}}[section]


def _linked(value: Any, addresses: Mapping[str, str]) -> Any:
    """References to what is part of the summary lead there; others lose what they lead to and keep their words."""
    if isinstance(value, Mapping):
        out = {k: _linked(v, addresses) for k, v in value.items() if not _stray(k, v)}
        target = out.get("reference")
        if isinstance(target, str) and not target.startswith("#"):
            if target in addresses:
                return {**out, "reference": addresses[target]}
            told = {k: v for k, v in out.items() if k != "reference"}
            return told if {"display", "identifier"} & told.keys() else {**told, **_ELSEWHERE}
        return out
    return [_linked(v, addresses) for v in value] if isinstance(value, list) else value


def _stray(name: str, value: Any) -> bool:
    """An address of a file on our server: nobody who reads a document can open it."""
    return name == "url" and isinstance(value, str) and value.startswith("Binary/")
