"""All HL7 v2 files of the corpora: no crash, everything accounted for and valid, and the expected facts found."""

import os
from collections import Counter

import pytest

from tests.corpus.hl7v2 import Measured, measure

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure()


def test_no_message_stops_the_gateway(measured: Measured) -> None:
    assert measured.messages >= 350
    assert measured.issues["internal-error"] == 0


def test_everything_that_is_made_is_valid(measured: Measured) -> None:
    assert measured.invalid == []


def test_the_ledger_does_not_get_worse(measured: Measured) -> None:
    assert measured.share("unmapped") <= 0.055
    assert measured.share("mapped") >= 0.85


def test_the_expected_facts_are_found(measured: Measured) -> None:
    assert measured.recall() >= 0.92
    for kind, least in {"identifier": 0.975, "name": 0.97, "birthDate": 1.0, "sex": 1.0, "date": 0.91, "code": 0.89}.items():
        assert measured.recall(kind) >= least, kind


def test_every_kind_of_resource_that_a_record_needs_is_made(measured: Measured) -> None:
    wanted = ("Patient", "Encounter", "AllergyIntolerance", "Condition", "Procedure", "Observation", "DiagnosticReport",
              "ServiceRequest", "Specimen", "Immunization", "MedicationRequest", "MedicationDispense", "DocumentReference",
              "Coverage", "RelatedPerson", "Appointment", "Practitioner", "Organization", "Location", "Provenance")
    assert Counter(dict.fromkeys(wanted, 1)) <= measured.resources
