"""The shipped code tables: all in use, versioned, and with codes that R4 allows where it allows only some."""

import re
from functools import cache

import pytest

from gateway.fhir.elements import ELEMENTS
from gateway.mapping.tables import read_table
from gateway.sdk import Table
from gateway.shipped import shipped

BOUND = {"administrative-sex": "Patient.gender", "encounter-event-status": "Encounter.status",
         "encounter-class-status": "Encounter.status", "allergy-category": "AllergyIntolerance.category",
         "allergy-type": "AllergyIntolerance.type", "allergy-sensitivity": "AllergyIntolerance.type",
         "allergy-criticality": "AllergyIntolerance.criticality",
         "allergy-severity": "AllergyIntolerance.reaction.severity", "report-status": "DiagnosticReport.status",
         "observation-status": "Observation.status", "order-control": "ServiceRequest.status",
         "order-status": "ServiceRequest.status", "referral-status": "ServiceRequest.status",
         "request-priority": "ServiceRequest.priority", "medication-order-control": "MedicationRequest.status",
         "medication-order-status": "MedicationRequest.status", "administration-status": "MedicationAdministration.status",
         "completion-status": "Immunization.status", "appointment-status": "Appointment.status",
         "appointment-event-status": "Appointment.status", "document-completion": "DocumentReference.docStatus",
         "appointment-participant-status": "Appointment.participant.status", "specimen-status": "Specimen.status",
         "document-availability": "DocumentReference.status", "scheduled-status": "ServiceRequest.status", "acknowledgement": "MessageHeader.response.code",
         "ccda-sex": "Patient.gender", "ccda-allergy-type": "AllergyIntolerance.type", "ccda-allergy-category": "AllergyIntolerance.category",
         "ccda-criticality": "AllergyIntolerance.criticality", "ccda-severity": "AllergyIntolerance.reaction.severity",
         "ccda-medication-status": "MedicationRequest.status", "ccda-immunization-status": "Immunization.status",
         "ccda-procedure-status": "Procedure.status", "ccda-result-status": "Observation.status",
         "ccda-report-status": "DiagnosticReport.status", "ccda-plan-status": "ServiceRequest.status",
         "ccda-intent": "ServiceRequest.intent", "ccda-goal-status": "Goal.lifecycleStatus",
         "ccda-dispense-status": "MedicationDispense.status", "ccda-document-relation": "DocumentReference.relatesTo.code"}


@cache
def tables() -> dict[str, Table]:
    found = {path.removeprefix("tables/").removesuffix(".csv"): text for path, text in shipped().items()
             if path.startswith("tables/")}
    return {name: read_table(name, text) for name, text in found.items()}


def test_every_table_is_used() -> None:
    mappings = "\n".join(text for path, text in shipped().items() if path.endswith(".yaml"))
    assert {name for name in tables() if not re.search(rf"[(,] ?{name}[,)]", mappings)} == set()


def test_every_table_says_its_version() -> None:
    assert [name for name, table in tables().items() if re.fullmatch(r"[0-9a-f]{16}", table.version)] == []


@pytest.mark.parametrize("name", BOUND)
def test_codes_are_those_that_r4_allows(name: str) -> None:
    parent, _, element = BOUND[name].rpartition(".")
    allowed = (ELEMENTS.children(parent) or {})[element].codes
    assert allowed and {row["code"] for row in tables()[name].rows.values() if row["code"]} <= allowed


def test_a_coding_says_its_system() -> None:
    assert [(name, key) for name, table in tables().items() for key, row in table.rows.items()
            if row["code"] and not row.get("system")] == []
