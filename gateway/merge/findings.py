"""A finding: an issue before it becomes a DetectedIssue; it speaks of fact keys, so it can be made before ids exist."""

from dataclasses import dataclass

from gateway.merge.versions import Key

# Code → severity; ISSUES.md says what each means. The list is closed: a code that is not here is a mistake of ours.
SEVERITY = {
    "value-conflict": "high", "status-conflict": "moderate", "dose-conflict": "high", "polarity-conflict": "high",
    "none-known-conflict": "high", "drug-allergy": "high", "demographic-conflict": "high", "ambiguous-date": "low",
    "ambiguous-value": "low", "stale-version": "moderate", "version-clash": "moderate", "identifier-clash": "moderate",
    "id-reused": "moderate", "unit-mismatch": "moderate", "possible-duplicate": "low", "no-longer-listed": "low",
    "perhaps-unlisted": "low",
    "ruling-reopened": "moderate", "invariant-broken": "high",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """code: of the closed list; keys: the members, sorted; text: for a person; element: which answer differs."""

    code: str
    keys: tuple[Key, ...]
    text: str
    element: str = ""
    facts: tuple[str, ...] = ()
