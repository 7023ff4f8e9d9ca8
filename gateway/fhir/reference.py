"""References: their form, the type they point to, and that a local one is found."""

import re
from typing import Any

from gateway.fhir.elements import ELEMENTS, Element
from gateway.fhir.findings import Findings, Place, shown
from gateway.fhir.values import Check

_ID = r"[A-Za-z0-9\-.]{1,64}"
is_restful = re.compile(rf"(?:(?:https?|ftp)://\S+/)?([A-Z][A-Za-z]+)/{_ID}(?:/_history/{_ID})?(?:#\S+)?").fullmatch
is_uri = re.compile(r"[A-Za-z]+/\S+|[A-Z][A-Za-z]+\?\S+|[A-Za-z][A-Za-z0-9+.\-]*:\S+").fullmatch


def reference_check(element: Element, inner: Check) -> Check:
    """The check of a Reference whose element allows certain types only."""
    targets = element.targets

    def check(value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
        before = len(found.issues)
        inner(value, place, found, owner)
        text = value.get("reference") if isinstance(value, dict) else None
        if len(found.issues) == before and isinstance(text, str):
            form_check(text, targets, place, found)

    return check


def form_check(text: str, targets: frozenset[str], place: Place, found: Findings) -> None:
    """Form of a literal reference, and its type where it names one."""
    restful = is_restful(text)
    if restful is not None:
        type = restful[1]
        if targets and type not in targets and type in ELEMENTS.resources:
            found.add("fhir-reference", (place, "reference"), f"this element does not refer to a {type}, "
                                                              f"only to {', '.join(sorted(targets))}")
    elif text.startswith("#"):
        if text != "#" and text[1:] not in found.anchors:
            found.add("fhir-reference", (place, "reference"), f"no contained resource has the id {shown(text[1:])!r}")
    elif not is_uri(text):
        found.add("fhir-reference", (place, "reference"), f"{shown(text)!r} is no reference",
                  "Write Type/id, #id, or an absolute URL.")
