"""OperationOutcome: what the API answers with is itself valid FHIR."""

import csv
from pathlib import Path

import gateway
from gateway.errors import Issue, Severity
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.outcome import ISSUE_TYPES, outcome
from gateway.fhir.validate import validate


def test_every_outcome_is_valid() -> None:
    issues = [Issue(code, severity, "what", where, "next") for code in (*ISSUE_TYPES, "other-code")
              for severity in Severity for where in ("", "Patient.name[0]", "line 3, column 1")]
    assert validate(outcome(issues)) == [] and validate(outcome([])) == []


def test_places_that_are_no_fhirpath_are_told_in_words() -> None:
    [a, b] = outcome([Issue("fhir-code", Severity.error, "what", "Patient.name[0]"),
                      Issue("json-unreadable", Severity.error, "what", "a.json:3", "next")])["issue"]
    assert a == {"severity": "error", "code": "code-invalid", "details": {"text": "fhir-code"}, "diagnostics": "what",
                 "expression": ["Patient.name[0]"]}
    assert b["diagnostics"] == "what (at a.json:3). next" and "expression" not in b


def test_the_tables_agree() -> None:
    known = {r["code"] for r in csv.DictReader(Path(gateway.__file__).with_name("codes.csv").open(encoding="utf-8"))}
    types = ELEMENTS.element("OperationOutcome.issue.code")
    assert types and types.codes and set(ISSUE_TYPES) <= known and set(ISSUE_TYPES.values()) <= types.codes
