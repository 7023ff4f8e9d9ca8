"""Small records as the merge gives them, for tests of the page."""

from typing import Any

from gateway.summary.page import Page, page
from gateway.summary.sections import SourceSaid

NOW = "2026-11-24T04:00:00Z"
OK = {n: SourceSaid(n, f"{n.title()} Hospital", "SE", answered="2026-11-24T03:00:00Z") for n in ("lund", "kiel", "aarhus")}


def resource(type: str, id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": type, "id": id, **more}


def text(words: str) -> dict[str, Any]:
    return {"text": words}


def status(code: str) -> dict[str, Any]:
    return {"coding": [{"code": code}]}


def allergy(id: str, words: str, verification: str = "confirmed", **more: Any) -> dict[str, Any]:
    return resource("AllergyIntolerance", id, code={"text": words, "coding": [{"code": id, "system": "s"}]},
                    verificationStatus=status(verification), **more)


def issue(code: str, *references: str, element: str = "", severity: str = "high", detail: str = "raw …") -> dict[str, Any]:
    evidence = [{"code": [{"text": element}]}] if element else []
    return {"resourceType": "DetectedIssue", "id": code, "code": {"coding": [{"code": code}]}, "severity": severity,
            "implicated": [{"reference": r} for r in references], "evidence": evidence, "detail": detail}


def record(*resources: dict[str, Any], by: dict[str, str] | None = None, issues: Any = (), alternatives: Any = None) -> Any:
    """A record and its facts. by: "Type/id" → sources, blank between; alternatives: ref → element → [(value, source)]."""
    said = {f"{r['resourceType']}/{r['id']}": (by or {}).get(f"{r['resourceType']}/{r['id']}", "lund").split() for r in resources}
    facts = {f"{ref} {s}": {"source": s, "asserted": "2026-11-22T00:00:00Z", "received": "2026-11-23T00:00:00Z"}
             for ref, names in said.items() for s in names}
    other: dict[str, Any] = {}
    for ref, elements in (alternatives or {}).items():
        for element, values in elements.items():
            for value, source in values:
                facts[f"{ref} {source}"] = {"source": source, "asserted": "2026-11-22T00:00:00Z", "received": "2026-11-23T00:00:00Z"}
                other.setdefault(ref, {}).setdefault(element, []).append({"value": value, "facts": [f"{ref} {source}"]})
    shown = {f"{r['resourceType']}/{r['id']}": {e: [f"{r['resourceType']}/{r['id']} {s}" for s in said[f"{r['resourceType']}/{r['id']}"]]
                                                for e in r} for r in resources}
    return {"resources": list(resources), "issues": list(issues), "provenance": shown, "alternatives": other}, facts


ALL = tuple(OK.values())


def shown(*resources: dict[str, Any], sources: Any = None, **more: Any) -> Page:
    """The page of such a record."""
    body, facts = record(*resources, **more)
    return page(body, facts, tuple(OK.values()) if sources is None else sources, NOW)
