"""`gateway ips build`: the patient summary of a record."""

import re
from typing import Any

from gateway.errors import UsageError, error
from gateway.portable.ips import document
from gateway.pure.lines import document as read_document
from gateway.summary.words import words

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:\S+", re.I)


def summary(name: str, data: bytes, profile: str, at: str = "", identifier: str = "") -> dict[str, Any]:
    """The document Bundle of a record (the output of `gateway merge` or `gateway record`).

    profile  `ips-2.0` or `ips-1.1`

    Raises UsageError for what is no record, no instant or no URN, and for a record without a patient.
    """
    record = read_document(name, data)
    if not _is_record(record):
        raise UsageError(error("record-unreadable", "This is no record: it needs `resources`, `provenance` and "
                               "`issues`.", name, "Give the output of: gateway merge FACTS.jsonl --json"))
    if at and not _INSTANT.fullmatch(at):
        raise UsageError(error("search-value", "This is no instant with a zone.", "--at",
                               "Write 2026-01-31T12:00:00Z."))
    if identifier and not _URN.fullmatch(identifier):
        raise UsageError(error("search-value", "This is no URN.", "--identifier", "Write urn:uuid:… or urn:oid:…"))
    return document(record, profile.removeprefix("ips-"), words, at, identifier)


def _is_record(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    resources, provenance, issues = (value.get(k) for k in ("resources", "provenance", "issues"))
    return (isinstance(resources, list) and isinstance(provenance, dict) and isinstance(issues, list)
            and all(isinstance(r, dict) and isinstance(r.get("resourceType"), str) and isinstance(r.get("id"), str)
                    for r in resources))
