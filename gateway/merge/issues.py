"""Findings as FHIR DetectedIssue resources: evidence names the facts, implicated the merged resources."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.ids import ID_LENGTH, digest
from gateway.jsontext import canonical
from gateway.merge.findings import SEVERITY, Finding
from gateway.merge.versions import Entry, Key

CODES = "urn:gateway:issue"
FACT = "urn:gateway:fact"


def facts_of(finding: Finding, entries: Mapping[Key, Entry]) -> tuple[str, ...]:
    """Ids of the facts that are the evidence: those named, else all that stand of its keys."""
    return finding.facts or tuple(sorted(f.id for k in finding.keys for f in entries[k].alive))


class Issues:
    """Findings as resources; what was written before and has not changed is not written again."""

    def __init__(self) -> None:
        self._written: dict[Finding, tuple[Any, dict[str, Any]]] = {}

    def detected(self, findings: Iterable[Finding], entries: Mapping[Key, Entry],
                 reference: Callable[[Key], str | None], patient: str | None) -> list[dict[str, Any]]:
        """The issues of a record, in the order of their codes and ids. `reference`: key → "Type/id" that shows it."""
        unique: dict[str, dict[str, Any]] = {}
        written = {}
        for finding in findings:
            facts = facts_of(finding, entries)
            implicated = tuple(sorted({r for k in finding.keys if (r := reference(k))}))
            read = (facts, implicated, patient)
            kept = self._written.get(finding)
            written[finding] = kept if kept and kept[0] == read else (
                read, _issue(finding, facts, implicated, patient, entries))
            issue = written[finding][1]
            known = unique.setdefault(issue["id"], issue)
            if known is not issue:  # two rules say the same of the same facts: which one speaks must not hang on order
                unique[issue["id"]] = min(known, issue, key=canonical)
        self._written = written
        return sorted(unique.values(), key=lambda i: (i["code"]["coding"][0]["code"], i["id"]))


def _issue(finding: Finding, facts: tuple[str, ...], implicated: tuple[str, ...], patient: str | None,
           entries: Mapping[Key, Entry]) -> dict[str, Any]:
    issue: dict[str, Any] = {
        "resourceType": "DetectedIssue", "id": digest([finding.code, finding.element, facts])[:ID_LENGTH],
        "status": "final", "code": {"coding": [{"system": CODES, "code": finding.code}]},
        "severity": SEVERITY[finding.code]}
    if patient:
        issue["patient"] = {"reference": patient}
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
    of = {f.id: k for k in finding.keys for f in entries[k].alive}
    return [{"type": of[f][1], "identifier": {"system": FACT, "value": f}, "display": "/".join(of[f])}
            for f in facts if f in of]
