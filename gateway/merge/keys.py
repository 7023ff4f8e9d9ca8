"""What makes two facts of one type the same thing: table 11b as `merge.md` corrects it.

way        how classes are formed inside a bucket of equal concept, polarity, site and parts
             person   all are one                       catalogue  by registry identifiers only
             timeless equal buckets are one             course     episodes: cut at every end that a later start follows
             moment   equal time (to the grain) and equal value; less precise ones join when one fits
             named    by event identifiers only         never      not even by these
code       elements that hold the concept; the first that is there counts
when       elements that hold the clinical time
grain      instant, or day: the calendar day in the zone of the source
value      result (Observation), lot (unknown fits any), content (DiagnosticReport), or none
parts      what else must be equal, by name in classes.PARTS
ids        elements that hold identifiers of one event at this type's own grain
not_ids    identifier types (HL7 v2-0203) that name something coarser: orders, groups, accessions
composite  identifier types that name one event only together with concept and exact instant
"""

from dataclasses import dataclass

PERSON_IDS = frozenset({"MR", "PI", "PN", "PT", "SS", "NI", "MC", "DL", "PPN", "AN", "HC", "JHN"})
ORDER_IDS = frozenset({"PLAC", "PGN", "PGRP", "ACSN", "FGN", "SNO", "SID", "PON", "FON"})


@dataclass(frozen=True, slots=True)
class Rule:
    way: str
    code: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    grain: str = "instant"
    value: str = ""
    parts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ("identifier",)
    not_ids: frozenset[str] = PERSON_IDS
    composite: frozenset[str] = frozenset()
    near: int = 0  # seconds within which two that are not equal are a possible duplicate


_HOUR, _DAY = 3600, 86400
MEDICINES = ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration")
MEDICATION = ("medicationCodeableConcept", "medicationReference")
NEVER = Rule("never", ids=())
CATALOGUE = Rule("catalogue", ids=())

RULES: dict[str, Rule] = {
    "Patient": Rule("person", ids=()),
    "AllergyIntolerance": Rule("timeless", ("code", "reaction.substance")),
    "Condition": Rule("course", ("code",), ("onset", "abatement"), parts=("site", "encounter diagnosis")),
    "MedicationStatement": Rule("course", MEDICATION, ("effective", "effective"), parts=("product",)),
    "MedicationRequest": Rule("moment", MEDICATION, ("authoredOn",), "day", parts=("product", "intent"), near=_DAY,
                              not_ids=PERSON_IDS | {"PGN", "PGRP"}),
    "MedicationDispense": Rule("moment", MEDICATION, ("whenHandedOver", "whenPrepared"), parts=("product", "quantity"),
                               near=300),
    "MedicationAdministration": Rule("moment", MEDICATION, ("effective",), parts=("product",), near=300),
    "Immunization": Rule("moment", ("vaccineCode",), ("occurrenceDateTime",), "day", "lot", near=4 * _DAY),
    "Procedure": Rule("moment", ("code",), ("performedDateTime", "performedPeriod"), "day", parts=("site",), near=_DAY),
    "Observation": Rule("moment", ("code",), ("effective",), value="result", parts=("site", "focus"), near=600,
                        not_ids=PERSON_IDS | ORDER_IDS | {"FILL"}, composite=frozenset({"FILL"})),
    "DiagnosticReport": Rule("moment", ("code",), ("effective",), value="content", near=600,
                             not_ids=PERSON_IDS | {"PLAC", "PGN", "PGRP"}),
    "Encounter": Rule("moment", ("class",), ("period",), parts=("organisation",), near=2 * _HOUR),
    "Coverage": Rule("timeless", parts=("coverage",)),
    "DocumentReference": Rule("named", ids=("masterIdentifier", "content")),
    "Device": Rule("named", ids=("identifier", "udiCarrier", "serialNumber")),
    "ImagingStudy": Rule("named", not_ids=PERSON_IDS | {"ACSN", "PLAC", "FILL"}),
    "Specimen": Rule("named", not_ids=PERSON_IDS | ORDER_IDS),
    **dict.fromkeys(("ServiceRequest", "Claim", "ClaimResponse", "ExplanationOfBenefit", "DeviceUseStatement",
                     "EpisodeOfCare", "Appointment", "FamilyMemberHistory", "Communication", "Task",
                     "QuestionnaireResponse"), Rule("named")),
    **dict.fromkeys(("Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Endpoint",
                     "Medication"), CATALOGUE),
}


def rule(type: str) -> Rule:
    """The rule of a resource type; what is not in the table (CarePlan, Goal, Consent, Provenance …) is never merged."""
    return RULES.get(type, NEVER)
