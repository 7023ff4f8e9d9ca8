"""Spellings of one code are one concept, and two codes never are."""

import pytest

from gateway.terminology.spelling import spelt
from tests.merge.given import tables

SID = "http://hl7.org/fhir/sid/"


@pytest.mark.parametrize(("system", "one", "other"), [
    ("ndc", "0093-1048-01", "00093104801"), ("ndc", "00093-1048-1", "00093-1048-01"), ("ndc", "12345-678-90", "12345067890"),
    ("cvx", "3", "03"), ("icd-10-cm", "E119", "E11.9"), ("icd-10-cm", "e11.9", "E11.9"), ("icd-10", "I10", " i10 "), ("icd-10-cm", "S72001A", "S72.001A")])
def test_one_code_in_two_spellings_is_one(system: str, one: str, other: str) -> None:
    assert spelt(SID + system, one) == spelt(SID + system, other)
    assert tables().concept(SID + system, one) == tables().concept(SID + system, other)


@pytest.mark.parametrize(("system", "one", "other"), [
    ("ndc", "0093104801", "00093104801"), ("ndc", "00931-048-01", "0093-1048-01"), ("ndc", "0093-1048-01-1", "00093104801"), ("cvx", "30", "03"),
    ("cvx", "3a", "03a"), ("icd-10-cm", "E11.9", "E11.90"), ("icd-10-cm", "E1.19", "E11.9"), ("icd-10-cm", "E11.", "E11"), ("other", "a", "A")])
def test_two_codes_stay_two(system: str, one: str, other: str) -> None:
    assert spelt(SID + system, one) != spelt(SID + system, other)


def test_a_code_spelt_otherwise_is_found_in_the_maps() -> None:
    assert tables().concept(SID + "icd-10-cm", "E119") == tables().concept("http://snomed.info/sct", "44054006")
