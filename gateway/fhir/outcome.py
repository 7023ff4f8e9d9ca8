"""Issues as a FHIR OperationOutcome: what the API and `gateway validate` answer with."""

import re
from collections.abc import Iterable
from typing import Any

from gateway.errors import Issue

_FHIRPATH = re.compile(r"[A-Z][A-Za-z]*(?:[.\[]|$)")
# Our codes → issue type of FHIR (http://hl7.org/fhir/issue-type); every other code is a `processing` issue.
ISSUE_TYPES = {
    "fhir-unknown-element": "structure", "fhir-type": "structure", "fhir-resource-type": "structure",
    "fhir-choice": "structure", "fhir-repeats": "structure", "fhir-empty": "structure", "fhir-null": "structure",
    "fhir-deep": "too-costly", "fhir-many": "too-costly", "fhir-unreadable": "structure",
    "fhir-required": "required", "fhir-format": "value", "fhir-reference": "value", "fhir-xhtml": "value",
    "fhir-code": "code-invalid", "fhir-invariant": "invariant", "json-unreadable": "structure",
    "not-found": "not-found", "person-unknown": "not-found", "deleted": "deleted", "forbidden": "forbidden",
    "too-costly": "too-costly", "token-refused": "login", "search-value": "value", "body-unreadable": "structure",
    "search-parameter": "not-supported", "search-modifier": "not-supported", "resource-type": "not-supported",
    "not-built": "not-supported", "ips-profile": "not-supported", "format-unknown": "not-supported",
    "profile-unknown": "not-supported",
    "http-404": "not-found", "http-405": "not-supported", "http-406": "not-supported", "http-413": "too-long",
    "http-415": "not-supported", "internal-error": "exception", "export-failed": "exception",
    "throttled": "throttled", "pix-domain": "code-invalid",
    "pix-several": "multiple-matches", "id-of-several": "multiple-matches", "too-little": "incomplete",
    "match-cut": "incomplete", "match-unread": "structure",
}


LONGEST = 2000                       # characters of `diagnostics`: what a client sent is not sent back whole


def outcome(issues: Iterable[Issue]) -> dict[str, Any]:
    """An OperationOutcome with one entry an issue, `expression` filled from `where`.

    Without issues it says that all is well, because an OperationOutcome holds at least one entry.
    """
    entries = [entry(issue) for issue in issues]
    well = {"severity": "information", "code": "informational", "diagnostics": "No issue was found."}
    return {"resourceType": "OperationOutcome", "issue": entries or [well]}


def entry(issue: Issue) -> dict[str, Any]:
    """One `OperationOutcome.issue`. A place that is no FHIRPath (a line, a file) is told in words."""
    path = _FHIRPATH.match(issue.where) is not None
    place = f" (at {issue.where})" if issue.where and not path else ""
    whole = f"{issue.message.rstrip('.')}{place}. {issue.hint}" if issue.hint else f"{issue.message}{place}"
    said = whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}…"
    out = {"severity": str(issue.severity), "code": ISSUE_TYPES.get(issue.code, "processing"),
           "details": {"text": issue.code}, "diagnostics": said}
    return {**out, "expression": [issue.where[:LONGEST]]} if path else out
