"""The table of resource types: what makes two facts one thing, whose answer is shown, which differences are conflicts.

It is table 11b as `merge.md` corrects it; a type that is not in it is never merged, only its references are rewritten.

way        how classes are formed inside a bucket of equal concept, polarity and parts
             person   all are one                       catalogue  by registry identifiers only
             timeless equal buckets are one             course     episodes: cut at every end that a later start follows
             moment   equal time (to the grain) and equal value; less precise ones join when one fits
             named    by event identifiers only         never      not even by these
code       elements that hold the concept; the first that is there counts
when       elements that hold the clinical time (of a course: start, end)
grain      instant, or day: the calendar day in the zone of the source
value      result (Observation), lot or quantity (unknown fits any), content (DiagnosticReport), or none
parts      what else must be equal, by name in forms.PARTS
details    what must not differ where both say it, by name in details.DETAILS; who says nothing fits the one who does
ids        elements that hold identifiers of one event at this type's own grain
not_ids    identifier types (HL7 v2-0203) that name something coarser: orders, groups, accessions, persons
composite  identifier types that name one event only together with concept and exact instant
near       seconds within which two that are not equal are a possible duplicate
choose     element → whose answer is shown where it is not the winner's, by name in choices.CHOICES
conflicts  element → code of the issue that two different answers are; what a fact is about is compared as a concept
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

PERSON_IDS = frozenset({"MR", "PI", "PN", "PT", "SS", "NI", "MC", "DL", "PPN", "AN", "HC", "JHN"})
GROUP_IDS = frozenset({"PGN", "PGRP"})
ORDER_IDS = GROUP_IDS | {"PLAC", "ACSN", "FGN", "SNO", "SID", "PON", "FON"}
Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    way: str
    code: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    grain: str = "instant"
    value: str = ""
    parts: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    ids: tuple[str, ...] = ("identifier",)
    not_ids: frozenset[str] = PERSON_IDS
    composite: frozenset[str] = frozenset()
    near: int = 0
    choose: Answers = field(default_factory=dict)
    conflicts: Answers = field(default_factory=dict)


_HOUR, _DAY = 3600, 86400
MEDICINES = ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration")
MEDICATION = ("medicationCodeableConcept", "medicationReference")
NEVER = Rule("never", ids=())
CATALOGUE = Rule("catalogue", ids=())
_MEDICINE = {"status": "status-conflict", "dosage": "dose-conflict", "dosageInstruction": "dose-conflict"}

RULES: dict[str, Rule] = {
    "Patient": Rule(
        "person", ids=(),
        conflicts=dict.fromkeys(("birthDate", "gender", "deceased"), "demographic-conflict")),
    "AllergyIntolerance": Rule(
        "timeless", ("code", "reaction.substance"), details=("food or drug",),
        choose={"criticality": "worst", "onset": "earliest", "lastOccurrence": "latest"},
        conflicts={"type": "value-conflict", "clinicalStatus": "status-conflict",
                   "verificationStatus": "status-conflict", "criticality": "value-conflict"}),
    "Condition": Rule(
        "course", ("code",), ("onset", "abatement"), parts=("site", "encounter diagnosis"),
        choose={"onset": "earliest"},
        conflicts={"clinicalStatus": "status-conflict", "verificationStatus": "status-conflict",
                   "bodySite": "value-conflict"}),
    "MedicationStatement": Rule(
        "course", MEDICATION, ("effective", "effective"), parts=("product",), details=("route", "as needed"),
        conflicts=_MEDICINE),
    "MedicationRequest": Rule(
        "moment", MEDICATION, ("authoredOn",), "day", parts=("product", "intent"), details=("route", "requester"),
        near=_DAY, not_ids=PERSON_IDS | GROUP_IDS, conflicts=_MEDICINE),
    "MedicationDispense": Rule(
        "moment", MEDICATION, ("whenHandedOver", "whenPrepared"), value="quantity", parts=("product",), near=300,
        conflicts=_MEDICINE),
    "MedicationAdministration": Rule(
        "moment", MEDICATION, ("effective",), value="quantity", parts=("product",), details=("route",), near=300,
        conflicts=_MEDICINE),
    "Immunization": Rule(
        "moment", ("vaccineCode",), ("occurrenceDateTime",), "day", "lot", near=4 * _DAY,
        conflicts={"status": "status-conflict", "lotNumber": "value-conflict", "occurrence": "value-conflict",
                   "protocolApplied": "value-conflict"}),
    "Procedure": Rule(
        "moment", ("code",), ("performedDateTime", "performedPeriod"), "day", parts=("site",), near=_DAY,
        conflicts={"status": "status-conflict", "bodySite": "value-conflict"}),
    "Observation": Rule(
        "moment", ("code",), ("effective",), value="result", parts=("site", "focus"), details=("method", "specimen"),
        near=600, not_ids=PERSON_IDS | ORDER_IDS | {"FILL"}, composite=frozenset({"FILL"}),
        conflicts={"value": "value-conflict", "status": "status-conflict", "interpretation": "value-conflict"}),
    "DiagnosticReport": Rule(
        "moment", ("code",), ("effective",), value="content", details=("performer",), near=600,
        not_ids=PERSON_IDS | GROUP_IDS | {"PLAC"}, conflicts={"conclusion": "value-conflict"}),
    "Encounter": Rule(
        "moment", ("class",), ("period",), parts=("organisation",), near=2 * _HOUR),
    "Coverage": Rule(
        "course", (), ("period", "period"), parts=("coverage",), details=("group",), not_ids=PERSON_IDS | {"MB"}),
    "DocumentReference": Rule(
        "named", ids=("masterIdentifier", "content", "relatesTo"), conflicts={"content": "value-conflict"}),
    "Composition": Rule("named"),
    "Device": Rule(
        "named", ids=("identifier", "udiCarrier", "serialNumber"), conflicts={"status": "status-conflict"}),
    "ImagingStudy": Rule("named", not_ids=PERSON_IDS | {"ACSN", "PLAC", "FILL"}),
    "Specimen": Rule("named", not_ids=PERSON_IDS | ORDER_IDS),
    **dict.fromkeys(("ServiceRequest", "Claim", "ClaimResponse", "ExplanationOfBenefit", "DeviceUseStatement",
                     "EpisodeOfCare", "Appointment", "FamilyMemberHistory", "Communication", "Task",
                     "QuestionnaireResponse"), Rule("named")),
    **dict.fromkeys(("Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Endpoint",
                     "Medication"), CATALOGUE),
    **dict.fromkeys(("CarePlan", "CareTeam", "Goal", "Flag", "Consent", "RelatedPerson", "Provenance", "AuditEvent"),
                    NEVER),
}


def rule(type: str) -> Rule:
    """The rule of a resource type; what is not in the table is never merged."""
    return RULES.get(type, NEVER)
