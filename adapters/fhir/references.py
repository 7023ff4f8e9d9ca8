"""References as the store needs them, `Type/id`: those that name this server, or an entry of the same Bundle."""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.fhir.tree import Entry
from gateway.sdk import Assertion, Origin, Resource, digest


def relative(tree: tuple[Entry, ...], base: str) -> Iterator[tuple[str, Resource]]:
    """Place and body of every resource of a message.

    A reference that begins with `base` loses it; one to the fullUrl of an entry becomes that entry's `Type/id`. A
    resource without an id, as transactions hold them, takes it from its fullUrl, or from its content. What another
    gateway hands on stays as it is, because its body is part of the fact's id; OperationOutcomes and assertions are
    no facts.
    """
    local = {str(e.around["fullUrl"]): f"{e.resource['resourceType']}/{_id(e)}"
             for e in tree if e.resource and "fullUrl" in e.around}
    prefix = base.rstrip("/") + "/"
    for entry in tree:
        if not entry.resource or entry.resource["resourceType"] == "OperationOutcome" or Assertion.of(entry.resource):
            continue
        if Origin.of(entry.around):
            yield entry.where, entry.resource
        else:
            body = entry.resource if "id" in entry.resource else {**entry.resource, "id": _id(entry)}
            yield entry.where, _rewritten(body, local, prefix if base else "") if local or base else body


def _id(entry: Entry) -> str:
    resource: Mapping[str, Any] = entry.resource or {}
    if "id" in resource:
        return str(resource["id"])
    named = str(entry.around.get("fullUrl", "")).rpartition(":")[2].rpartition("/")[2]
    return named or digest(resource)[:32]


def _rewritten(value: Any, local: Mapping[str, str], prefix: str) -> Any:
    if isinstance(value, list):
        return [_rewritten(v, local, prefix) for v in value]
    if not isinstance(value, dict):
        return value
    made = {k: _rewritten(v, local, prefix) if isinstance(v, (dict, list)) else v for k, v in value.items()}
    reference = made.get("reference")
    if isinstance(reference, str):
        made["reference"] = local.get(reference) or (reference.removeprefix(prefix) if prefix else reference)
    return made
