"""Reading FHIR bodies that may hold anything: every accessor gives the right type or nothing, and never raises."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.merge.words import says_nothing

Body = Mapping[str, Any]
_NOTHING: Body = {}
_LISTED = frozenset({"problem-list-item", "health-concern"})


def obj(body: Body, name: str) -> Body:
    """The object at a name, or an empty one."""
    value = body.get(name)
    return value if isinstance(value, dict) else _NOTHING


def text(body: Body, name: str) -> str:
    """The text at a name, or ""."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def items(body: Body, name: str) -> list[Body]:
    """The objects at a name: a list's, or the one that stands alone."""
    value = body.get(name)
    if isinstance(value, dict):
        return [value]
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def codings(concept: Body) -> list[tuple[str, str]]:
    """(system, code) of every coding of a CodeableConcept that has a code."""
    return [(text(c, "system"), text(c, "code")) for c in items(concept, "coding") if text(c, "code")]


def codes(body: Body, name: str) -> set[str]:
    """The codes of the CodeableConcepts, Codings or plain codes at a name."""
    value = body.get(name)
    if value is None:
        return set()
    plain = {v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)}
    return plain | {code for c in items(body, name)
            for code in (*(code for _, code in codings(c)), *([text(c, "code")] if text(c, "code") else []))}


def of_contact(condition: Body) -> bool:
    """Is a Condition what a contact was about, and no entry of a list of problems or concerns?

    What kind of diagnosis it was (a complaint, a finding) may be said beside that.
    """
    return "encounter-diagnosis" in (said := codes(condition, "category")) and said.isdisjoint(_LISTED)


def identifiers(body: Body, name: str) -> Iterator[tuple[str, str, set[str]]]:
    """(assigner, value, type codes) of every Identifier at a name that has both; "unknown" is no value."""
    for identifier in items(body, name):
        assigner = text(identifier, "system") or text(obj(identifier, "assigner"), "display")
        value = text(identifier, "value")
        if assigner and not says_nothing(value):
            yield assigner, value, {code for _, code in codings(obj(identifier, "type"))}


def references(value: Any) -> Iterator[str]:
    """Every literal reference inside a value."""
    todo = [value]
    while todo:
        here = todo.pop()
        if isinstance(here, dict):
            if isinstance(here.get("reference"), str):
                yield here["reference"]
            todo.extend(here.values())
        elif isinstance(here, list):
            todo.extend(here)
