"""What stands in a record and in no section of the page, by kind: an implant or a warning on no page is overlooked.

Types that only serve others (who, where, how a value came) are told by the rows that name them, and an order by its
result.
"""

import re
from collections.abc import Mapping, Sequence

from gateway.summary.context import Resource, ref
from gateway.summary.sections import SECTION_OF
from gateway.summary.words import when

# Type → heading, in the order of the page; all other types follow under their own names.
KINDS: Mapping[str, str] = {
    "Flag": "Warnings", "Device": "Implants and devices", "DeviceUseStatement": "Implants and devices",
    "FamilyMemberHistory": "Family history", "ClinicalImpression": "Assessments", "RiskAssessment": "Risks",
    "CarePlan": "Care plans", "Goal": "Goals", "Appointment": "Appointments", "ServiceRequest": "Orders and referrals",
    "NutritionOrder": "Diet", "ImagingStudy": "Imaging", "CareTeam": "Care team",
    "RelatedPerson": "Contacts and family", "EpisodeOfCare": "Episodes of care", "Communication": "Messages",
    "QuestionnaireResponse": "Questionnaires", "Consent": "Consents"}
_SERVING = frozenset((
    "Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Endpoint",
    "Medication", "Substance", "Specimen", "Provenance", "Composition", "Binary", "Basic", "List", "DetectedIssue",
    "OperationOutcome", "Bundle", "AuditEvent", "MessageHeader", "Linkage", "Account", "Coverage", "Claim",
    "ClaimResponse", "ChargeItem", "ExplanationOfBenefit", "Invoice", "Schedule", "Slot", "Task"))
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def beside(resources: Sequence[Resource]) -> dict[str, list[Resource]]:
    """Heading → resources, newest first. What a reader may not see is not in the input."""
    answered = {b.get("reference") for r in resources for b in r.get("basedOn", ()) if r["resourceType"] in SECTION_OF}
    kinds = {type: n for n, type in enumerate(KINDS)}
    found: dict[str, list[Resource]] = {}
    for r in sorted(resources, key=lambda r: (kinds.get(r["resourceType"], len(kinds)), r["resourceType"])):
        type = r["resourceType"]
        if type not in SECTION_OF and type not in _SERVING and ref(r) not in answered:
            found.setdefault(KINDS.get(type) or " ".join(_WORD.split(type)), []).append(r)
    return {heading: sorted(rows, key=lambda r: (when(r), r["id"]), reverse=True) for heading, rows in found.items()}
