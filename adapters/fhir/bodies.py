"""Contents of Binaries and DocumentReferences: what stands in them, and what a server holds beside them."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.fhir.tree import Entry
from gateway.sdk import Origin, Resource

_HOLDERS = (b'"Binary"', b'"DocumentReference"', b'"presentedForm"')
_STANDING = "current"
_WITHDRAWN = ("entered-in-error", "cancelled")
_INLINE = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)


def may_enclose(raw: bytes) -> bool:
    """A cheap look: whether it is worth while to look closer."""
    return any(name in raw for name in _HOLDERS)


def enclosed(tree: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """Place and bytes of each content; none of what another gateway hands on, or a reference beside it takes back."""
    named = [(stands(e.resource), str(url)) for e in tree if e.resource and "content" in e.resource
             for a in attachments(e.resource) if (url := a.get("url"))]
    withdrawn = {url for standing, url in named if not standing} - {url for standing, url in named if standing}
    for entry in tree:
        if entry.resource and not Origin.of(entry.around) and withdrawn.isdisjoint(_urls(entry)):
            yield from _contents(entry.where or str(entry.resource["resourceType"]), entry.resource)


def _contents(where: str, resource: Resource) -> Iterator[tuple[str, bytes]]:
    if resource.get("resourceType") == "Binary":
        yield from _decoded(f"{where}.data", resource.get("data"))
    elif resource.get("resourceType") == "DiagnosticReport" and resource.get("status") not in _WITHDRAWN:
        forms = resource.get("presentedForm", ())
        for number, form in enumerate(forms if isinstance(forms, list) else ()):
            yield from _attached(f"{where}.presentedForm[{number}]", form if isinstance(form, dict) else {})
    elif stands(resource):
        for number, attachment in enumerate(attachments(resource)):
            yield from _attached(f"{where}.content[{number}].attachment", attachment)
        inner = resource.get("contained", ())
        for number, contained in enumerate(inner if isinstance(inner, list) else ()):
            if isinstance(contained, dict):
                yield from _contents(f"{where}.contained[{number}]", contained)


def _attached(where: str, attachment: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """What an attachment holds itself: its data, or what stands in its url."""
    yield from _decoded(f"{where}.data", attachment.get("data"))
    url = attachment.get("url")
    if isinstance(url, str) and (inline := _INLINE.match(url)):
        yield from _decoded(f"{where}.url", url[inline.end():])


def _urls(entry: Entry) -> set[str]:
    """By what the references beside it may name a Binary."""
    resource = entry.resource or {}
    if resource.get("resourceType") != "Binary":
        return set()
    return {f"Binary/{resource.get('id', '')}", str(entry.around.get("fullUrl", ""))} - {""}


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
