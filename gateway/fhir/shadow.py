"""What stands beside a primitive value: its id and extensions, under `_name` (R4 JSON, "Primitive elements").

In arrays null holds the place of what the other array says; what is too short is read as filled with null.
"""

from typing import Any

from gateway.fhir.elements import Element
from gateway.fhir.findings import Findings, Place
from gateway.fhir.values import Check, Json, kind, listed

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def shadow_check(element: Element, inner: Check) -> Check:
    """The check of `_name` for an element; `inner` checks the type Element."""
    def one(value: Any, place: Place, found: Findings, owner: Json) -> None:
        inner(value, place, found, owner)
        if not isinstance(value, dict) or element.name in owner:
            return
        if "extension" not in value:
            found.add("fhir-empty", place, f"{element.name} has neither a value nor an extension")
        elif element.type == "code" and only_absent(value):
            found.add("fhir-code", place, f"{element.name} has a required binding, so a code has to stand",
                      listed(element.codes) if element.codes else "")

    def many(value: Any, place: Place, found: Findings, owner: Json) -> None:
        if not isinstance(value, list) or not value:
            found.add("fhir-type", place, f"_{element.name} is an array beside {element.name}, this is {kind(value)}")
            return
        plain = owner.get(element.name)
        length = len(plain) if isinstance(plain, list) else 0
        for index, item in enumerate(value):
            if item is not None:
                inner(item, (place, index), found, owner)
            elif index >= length:
                found.add("fhir-null", (place, index), "neither a value nor an extension stands here")

    return many if element.repeats else one


def only_absent(shadow: Json) -> bool:
    """True when no more is said of a value than why it is missing."""
    extensions = shadow["extension"]
    return isinstance(extensions, list) and all(isinstance(e, dict) and e.get("url") == ABSENT for e in extensions)


def stands_for_null(owner: Json, name: str, index: int) -> bool:
    """True when `_name[index]` holds what stands for a null of an array."""
    shadow = owner.get("_" + name)
    return isinstance(shadow, list) and index < len(shadow) and bool(shadow[index])
