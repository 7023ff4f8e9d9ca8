"""Bodies of the rarer resource types for random worlds: documents, devices, insurance, and what is merged by name or never."""

from collections.abc import Callable
from typing import Any

from tests.merge.given import RXNORM, SNOMED, UCUM, coded

_TIMES = ["2024-01-01T08:00:00Z", "2024-01-01", "2024-01-02", "2024", "2023-12-31T23:30:00-05:00"]
_DRUGS = [coded((RXNORM, "723")), coded((RXNORM, "308182")), coded(text="Warfarin 2 mg")]
Body = dict[str, Any]


def _document(m: Any) -> Body:
    relation = {"code": m.pick(["replaces", "transforms"]), "target": m.reference("DocumentReference")}
    attachment = m.pick([{"data": "YQ=="}, {"hash": "hvfkN/qlp/zhXR3cuerq6jd2Z7g="}, {"data": "Yg=="}, {"url": "urn:x"}])
    return {"status": m.pick(["current", "current", "superseded", "entered-in-error"]), "content": [{"attachment": attachment}],
            **m.some(.3, relatesTo=[relation]), **m.some(.3, masterIdentifier={"system": "urn:m", "value": m.pick("12")}),
            **m.some(.1, docStatus=m.pick(["final", "entered-in-error"]))}


def _device(m: Any) -> Body:
    return {**m.some(.7, status=m.pick(["active", "inactive"])), **m.some(.4, serialNumber=m.pick("78")),
            **m.some(.3, manufacturer=m.pick(["Acme", "ACME"])),
            **m.some(.4, udiCarrier=[m.pick([{"deviceIdentifier": "1"}, {"carrierHRF": "(01)1(21)7"}])])}


def _coverage(m: Any) -> Body:
    kind = {"type": coded(("urn:c", "group")), "value": m.pick("gh")}
    return {"status": "active", "payor": [m.reference("Organization")], **m.some(.8, subscriberId=m.pick("12")),
            **m.some(.5, period={"start": m.pick(_TIMES[1:4]), **m.some(.4, end="2024-01-02")}), **m.some(.3, order=1),
            **m.some(.2, **{"class": [kind]}), **m.some(.2, dependent="2")}


def _given(when: str, dosage: bool) -> Callable[[Any], Body]:
    def body(m: Any) -> Body:
        amount = {"value": m.pick([1, 2]), "unit": "mg", "system": UCUM, "code": "mg"}
        route = m.some(.4, route=coded((SNOMED, m.pick("78"))))
        return {"status": m.pick(["completed", "declined" if not dosage else "not-done"]),
                "medicationCodeableConcept": m.few(_DRUGS), **m.some(.8, **{when: m.few(_TIMES)}),
                **m.some(.6, **({"dosage": {"dose": amount, **route}} if dosage else {"quantity": amount}))}
    return body


def _specimen(m: Any) -> Body:
    return {**m.some(.8, type=coded((SNOMED, m.pick(["122555007", "122575003"]))))}


def _named(**fixed: Any) -> Callable[[Any], Body]:
    """A type that is one by its identifiers, or never."""
    def body(m: Any) -> Body:
        return {**fixed, **m.some(.3, status=m.pick(["active", "completed", "entered-in-error"])),
                **m.some(.3, note=[{"text": m.pick("ab")}])}
    return body


def _link(element: str, *types: str) -> Callable[[Any], Body]:
    return lambda m: {"status": m.pick(["active", "entered-in-error", "active"]), **m.some(.7, **{element: m.reference(*types)})}


KINDS: dict[str, Callable[[Any], Body]] = {
    "DocumentReference": _document, "Device": _device, "Coverage": _coverage, "Specimen": _specimen,
    "MedicationDispense": _given("whenHandedOver", dosage=False),
    "MedicationAdministration": _given("effectiveDateTime", dosage=True),
    **{t: _named(intent="order") for t in ("ServiceRequest", "Task", "CarePlan")},
    **{t: _named() for t in ("Claim", "ExplanationOfBenefit", "ImagingStudy", "EpisodeOfCare", "Appointment",
                             "FamilyMemberHistory", "QuestionnaireResponse", "Communication", "Flag", "Consent", "CareTeam")},
    "DeviceUseStatement": _link("device", "Device"), "Goal": lambda m: {"lifecycleStatus": m.pick(["active", "entered-in-error"])},
    "RelatedPerson": lambda m: {"patient": m.reference("Patient"), "name": [{"text": m.pick(["Bo", "Ed"])}]},
    "PractitionerRole": lambda m: {**m.some(.7, practitioner=m.reference("Practitioner"), organization=m.reference("Organization"))},
    "Location": lambda m: {"name": m.pick(["Ward 1", "Ward 2"]), **m.some(.4, managingOrganization=m.reference("Organization"))},
    "HealthcareService": lambda m: {**m.some(.5, providedBy=m.reference("Organization"), location=[m.reference("Location")])},
    "Endpoint": lambda m: {"status": m.pick(["active", "entered-in-error"]), **m.some(.5, managingOrganization=m.reference("Organization"))},
}
