"""Findings as FHIR DetectedIssue resources: evidence names the facts, implicated the merged resources."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.ids import ID_LENGTH, digest
from gateway.merge.findings import SEVERITY, Finding
from gateway.merge.versions import Entry, Key

CODES = "urn:gateway:issue"
FACT = "urn:gateway:fact"


def facts_of(finding: Finding, entries: Mapping[Key, Entry]) -> tuple[str, ...]:
    """Ids of the facts that are the evidence: those named, else all that stand of its keys."""
    return finding.facts or tuple(sorted(f.id for k in finding.keys for f in entries[k].alive))


def detected(findings: Iterable[Finding], entries: Mapping[Key, Entry], references: Mapping[Key, str],
             patient: str | None) -> list[dict[str, Any]]:
    """The issues of a record, in the order of their codes and ids."""
    unique = {i["id"]: i for i in (_issue(f, entries, references, patient) for f in findings)}
    return [unique[id] for id in sorted(unique, key=lambda id: (unique[id]["code"]["coding"][0]["code"], id))]


def _issue(finding: Finding, entries: Mapping[Key, Entry], references: Mapping[Key, str],
           patient: str | None) -> dict[str, Any]:
    facts = facts_of(finding, entries)
    issue: dict[str, Any] = {
        "resourceType": "DetectedIssue", "id": digest([finding.code, finding.element, facts])[:ID_LENGTH],
        "status": "final", "code": {"coding": [{"system": CODES, "code": finding.code}]},
        "severity": SEVERITY[finding.code]}
    if patient:
        issue["patient"] = {"reference": patient}
    implicated = sorted({references[k] for k in finding.keys if k in references})
    if implicated:
        issue["implicated"] = [{"reference": r} for r in implicated]
    evidence: dict[str, Any] = {"code": [{"text": finding.element}]} if finding.element else {}
    detail = _evidence(finding, facts, entries)
    if detail:
        evidence["detail"] = detail
    if evidence:
        issue["evidence"] = [evidence]
    return {**issue, "detail": finding.text}


def _evidence(finding: Finding, facts: Iterable[str], entries: Mapping[Key, Entry]) -> list[dict[str, Any]]:
    of = {f.id: k for k in finding.keys for e in [entries[k]] for f in (*e.alive, *e.older, *(f for f, _ in e.ended))}
    return [{"type": of[f][1], "identifier": {"system": FACT, "value": f}, "display": "/".join(of[f])}
            for f in facts if f in of]
