"""Strip B: every conflict names its rows and who says what (faces 1.3), in no words of the machine."""

import pytest

from gateway.merge.findings import SEVERITY
from gateway.summary.rows import DISAGREEMENTS
from tests.summary.given import allergy, issue, resource, shown, status, text

A, B = "AllergyIntolerance/1", "AllergyIntolerance/2"
DRUG = resource("MedicationStatement", "m", status="active", medicationCodeableConcept=text("Metoprolol"), dosage=[{"text": "1 × 1"}])
M = "MedicationStatement/m"


def sentence(*resources, **more):
    [check] = shown(*resources, **more).found
    return check.text


def test_sources_disagree_on_an_allergy():
    both = allergy("1", "Penicillin"), allergy("2", "Penicillin", "refuted", recordedDate="2026-03-18")
    said = sentence(*both, by={A: "norrvik soevang", B: "vesterhede"}, issues=[issue("polarity-conflict", A, B)])
    assert said == "Penicillin — sources disagree: confirmed (norrvik, soevang); refuted (vesterhede, 2026)"


def test_one_row_said_to_be_and_not_to_be():
    row = allergy("1", "Latex")
    said = sentence(row, alternatives={A: {"verificationStatus": [(status("refuted"), "kiel")]}}, issues=[issue("polarity-conflict", A)])
    assert said == "Latex — sources disagree: confirmed (lund); refuted (kiel)"


def test_none_known_beside_something_known():
    none = resource("AllergyIntolerance", "2", code={"coding": [{"code": "716186003"}]})
    said = sentence(allergy("1", "Latex"), none, by={A: "lund", B: "kiel"}, issues=[issue("none-known-conflict", A, B)])
    assert said == "Sources disagree: “No known allergies” (kiel); Latex (lund)"


def test_two_doses_in_one_row_or_in_two():
    said = sentence(DRUG, by={M: "soevang"}, alternatives={M: {"dosage": [([{"text": "1 × 2"}], "vesterhede")]}},
                    issues=[issue("dose-conflict", M, element="dosage")])
    assert said == "Metoprolol — 2 doses: 1 × 1 (soevang) / 1 × 2 (vesterhede)"
    order = resource("MedicationRequest", "r", status="active", medicationCodeableConcept=text("Metoprolol"),
                     dosageInstruction=[{"text": "1 × 2"}])
    apart = sentence(DRUG, order, by={M: "soevang", "MedicationRequest/r": "vesterhede"},
                     issues=[issue("dose-conflict", M, "MedicationRequest/r", element="dosage")])
    assert apart == "Metoprolol — 2 doses: 1 × 1 (soevang) / 1 × 2 (vesterhede)"


def test_a_medicine_and_an_allergy():
    drug = {**DRUG, "medicationCodeableConcept": text("Penicillin V")}
    p = shown(drug, allergy("1", "penicillin"), issues=[issue("drug-allergy", A, M)])
    assert p.checks == ("Penicillin V is on the medicine list and penicillin on the allergy list",)
    assert dict(p.found[0].rows) == {A: "penicillin", M: "Penicillin V"}
    assert "CHECK: allergy and medicine" in p.allergies[0].marks


@pytest.mark.parametrize("element, shown_, other, words", [
    ("birthDate", "1961-02-03", "1961-03-02", "Birth date differs: 3 Feb 1961 (lund) / 2 Mar 1961 (kiel) — is this the same person?"),
    ("gender", "female", "male", "Sex differs: female (lund) / male (kiel) — is this the same person?"),
    ("deceasedBoolean", False, True, "Death differs: alive (lund) / dead (kiel) — is this the same person?")])
def test_identity_conflicts_ask_whether_it_is_one_person(element, shown_, other, words):
    patient = resource("Patient", "p", **{element: shown_})
    said = sentence(patient, alternatives={"Patient/p": {element: [(other, "kiel")]}},
                    issues=[issue("demographic-conflict", "Patient/p", element=element.removesuffix("Boolean"))])
    assert said == words


def test_values_and_statuses_name_what_each_source_says():
    result = resource("Observation", "o", code=text("Potassium"), valueQuantity={"value": "4.9", "unit": "mmol/L"}, status="final")
    said = sentence(result, alternatives={"Observation/o": {"valueQuantity": [({"value": "5.9", "unit": "mmol/L"}, "kiel")]}},
                    issues=[issue("value-conflict", "Observation/o", element="value")])
    assert said == "Potassium — sources give different values: 4.9 mmol/L (lund) / 5.9 mmol/L (kiel)"
    problem = resource("Condition", "c", code=text("Asthma"), clinicalStatus=status("active"))
    said = sentence(problem, alternatives={"Condition/c": {"clinicalStatus": [(status("resolved"), "kiel")]}},
                    issues=[issue("status-conflict", "Condition/c", element="clinicalStatus", severity="moderate")])
    assert said == "Asthma — sources disagree: active (lund); resolved (kiel)"


@pytest.mark.parametrize("code", sorted(SEVERITY))
def test_every_code_of_the_merge_is_a_check_or_a_mark_in_plain_words(code):
    p = shown(allergy("1", "Latex"), issues=[issue(code, A, element="criticality", detail="Sources differ on criticality (raw: …).")])
    marks = [m for m in p.allergies[0].marks if m != "SOURCES DISAGREE"]
    assert p.checks or marks, code
    assert not any("…" in words or "raw" in words for words in p.checks), p.checks
    assert ("SOURCES DISAGREE" in p.allergies[0].marks) == (code in DISAGREEMENTS)


def test_a_conflict_about_rows_that_are_not_shown_is_told_all_the_same():
    assert shown(issues=[issue("version-clash", "Basic/gone", detail="One source gives two contents.")]).checks == (
        "One source gives two contents.",)


def test_grave_checks_come_first_and_equal_ones_once():
    problem = resource("Condition", "c", code=text("Asthma"), clinicalStatus=status("active"))
    low = issue("status-conflict", "Condition/c", element="clinicalStatus", severity="moderate")
    p = shown(problem, allergy("1", "x"), DRUG, issues=[low, issue("drug-allergy", A, M), issue("drug-allergy", A, M)])
    assert [c.split(" — ")[0] for c in p.checks] == ["Metoprolol is on the medicine list and x on the allergy list", "Asthma"]
