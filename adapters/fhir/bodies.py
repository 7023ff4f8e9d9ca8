"""Contents of Binaries and DocumentReferences: what stands in them, and what a server holds beside them."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.fhir.tree import Entry
from gateway.sdk import Origin, Resource

_HOLDERS = (b'"Binary"', b'"DocumentReference"')
_STANDING = "current"


def may_enclose(raw: bytes) -> bool:
    """A cheap look: whether it is worth while to look closer."""
    return any(name in raw for name in _HOLDERS)


def enclosed(tree: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """Place and bytes of each content; none of what another gateway hands on."""
    for entry in tree:
        if entry.resource and not Origin.of(entry.around):
            yield from _contents(entry.where or str(entry.resource["resourceType"]), entry.resource)


def _contents(where: str, resource: Resource) -> Iterator[tuple[str, bytes]]:
    if resource.get("resourceType") == "Binary":
        yield from _decoded(f"{where}.data", resource.get("data"))
    elif stands(resource):
        for number, attachment in enumerate(attachments(resource)):
            yield from _decoded(f"{where}.content[{number}].attachment.data", attachment.get("data"))
        inner = resource.get("contained", ())
        for number, contained in enumerate(inner if isinstance(inner, list) else ()):
            if isinstance(contained, dict):
                yield from _contents(f"{where}.contained[{number}]", contained)


def stands(resource: Resource) -> bool:
    """Whether it is a DocumentReference that was neither replaced nor taken back."""
    return resource.get("resourceType") == "DocumentReference" and resource.get("status", _STANDING) == _STANDING


def attachments(document: Resource) -> list[dict[str, Any]]:
    """The attachments of a DocumentReference, {} where a content has none."""
    contents = document.get("content", ())
    found = [c.get("attachment") for c in contents if isinstance(c, dict)] if isinstance(contents, list) else []
    return [a if isinstance(a, dict) else {} for a in found]


def _decoded(where: str, data: Any) -> Iterator[tuple[str, bytes]]:
    if isinstance(data, str):
        try:
            yield where, base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError):     # the check of the resource says so
            return
