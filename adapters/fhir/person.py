"""Is a resource about the person who was asked for? A server may pass over what it does not understand of a search."""

from collections.abc import Sequence, Set
from typing import Any

from gateway.errors import error
from gateway.sdk import Identifier, Resource

STRANGER = error("fhir-stranger", "The server told of somebody who was not asked for; nothing of that was kept.", "",
                 "Its search passes over `identifier` or `patient`: tell the organisation; do not ask it until then.")


def has_number(body: Resource, numbers: Sequence[Identifier]) -> bool:
    """Does a Patient have one of the numbers? Any other resource, an outcome of the search for instance, may come."""
    if body.get("resourceType") != "Patient":
        return body.get("resourceType") == "OperationOutcome"
    held = [i for i in _list(body.get("identifier")) if isinstance(i, dict)]
    return any(n.value == i.get("value") and n.system in ("", i.get("system")) for i in held for n in numbers)


def is_about(body: Resource, patients: Set[str]) -> bool:
    """Does a resource name one of these patients as whom it is about, `Patient/id`?"""
    if body.get("resourceType") == "OperationOutcome":
        return True
    named = [body.get(name) for name in ("subject", "patient")]
    return any(isinstance(n, dict) and str(n.get("reference")) in patients for n in named)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
