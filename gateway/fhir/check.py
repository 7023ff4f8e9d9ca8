"""`gateway validate`: the output lines for one file."""

from collections.abc import Iterator
from typing import Any

from gateway.errors import Issue
from gateway.fhir.outcome import outcome
from gateway.fhir.reader import read
from gateway.fhir.validate import validate

SCHEMA = "gateway.validate/1"


def check_file(name: str, data: bytes) -> Iterator[dict[str, Any]]:
    """One line a resource, in order: `{schema, file, index, resource: "Type/id", outcome: OperationOutcome}`.

    `resource` is the type alone where the resource has no id, and None where none could be read.
    """
    for index, item in enumerate(read(data)):
        issues = [item] if isinstance(item, Issue) else validate(item)
        yield {"schema": SCHEMA, "file": name, "index": index, "resource": reference(item), "outcome": outcome(issues)}


def reference(item: dict[str, Any] | Issue) -> str | None:
    """`Type/id` of what was read, as far as it has them."""
    if isinstance(item, Issue):
        return None
    parts = [item.get("resourceType"), item.get("id")]
    return "/".join(p for p in parts if isinstance(p, str)) or None
