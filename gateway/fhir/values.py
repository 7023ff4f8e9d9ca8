"""Checks of single values: primitives, codes, ids, extensions and what is bound to a value set.

Every check has the form `check(value, place, found, owner)`; `owner` is the object that holds the value. What wraps
the check of a complex type (`inner`) looks at the value only where `inner` found nothing.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from gateway.fhir.elements import Element
from gateway.fhir.findings import Findings, Place, shown
from gateway.fhir.primitives import PRIMITIVES
from gateway.fhir.xhtml import xhtml_fault
from gateway.jsontext import Number

Json = dict[str, Any]
Check = Callable[[Any, Place, Findings, Json], None]
JSON_TYPES: dict[str, frozenset[type]] = {"string": frozenset({str}), "boolean": frozenset({bool}),
                                          "number": frozenset({int, Number, Decimal})}
_KINDS = {str: "text", bool: "a boolean", int: "a number", dict: "an object", list: "an array", type(None): "null"}
_LISTED = 20


def kind(value: Any) -> str:
    """The JSON kind of a value, in words."""
    return _KINDS.get(type(value), "a number")


def listed(codes: frozenset[str]) -> str:
    """What an element takes, for people."""
    return f"It takes one of: {', '.join(sorted(codes)[:_LISTED])}{' …' if len(codes) > _LISTED else ''}"


def primitive_check(element: Element) -> Check:
    """Kind, text and code of a primitive value."""
    primitive, codes = PRIMITIVES[element.type], element.codes
    kinds, fits = JSON_TYPES[primitive.json], primitive.fits

    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        if value.__class__ not in kinds:
            found.add("fhir-type", place, f"{element.name} is {primitive.says} as JSON {primitive.json}, "
                                          f"this is {kind(value)}")
        elif not fits(value):
            found.add("fhir-format", place, f"{shown(value)!r} is no {primitive.name}: expected {primitive.says}")
        elif codes is not None and value not in codes:
            found.add("fhir-code", place, f"{shown(value)!r} is not a code that {element.name} may have", listed(codes))

    return check


def xhtml_check(inner: Check) -> Check:
    """The narrative's `div`."""
    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        inner(value, place, found, owner)
        fault = xhtml_fault(value) if isinstance(value, str) else None
        if fault:
            found.add("fhir-xhtml", place, fault, "Leave the narrative out, or correct it.")

    return check


def id_check(inner: Check) -> Check:
    """The id of an element, which stands once in its resource."""
    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        inner(value, place, found, owner)
        if isinstance(value, str):
            if value in found.ids:
                found.add("fhir-invariant", place, f"element-id: the id {shown(value)!r} stands twice in the resource")
            found.ids.add(value)

    return check


def extension_check(inner: Check) -> Check:
    """An extension, whose url is absolute unless it stands inside another one."""
    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        inner(value, place, found, owner)
        url = value.get("url") if isinstance(value, dict) else None
        if isinstance(url, str) and ":" not in url and "url" not in owner:
            found.add("fhir-format", (place, "url"), f"{shown(url)!r} is not absolute",
                      "Give the URL of the extension's definition.")

    return check


def bound_check(element: Element, inner: Check) -> Check:
    """A CodeableConcept or Coding with a required value set."""
    systems = element.systems or {}

    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        before = len(found.issues)
        inner(value, place, found, owner)
        if len(found.issues) == before and not bound(systems, value.get("coding", [value])):
            found.add("fhir-code", place, f"{element.name} has no code of {', '.join(sorted(systems))}",
                      listed(frozenset().union(*systems.values())))

    return check


def bound(systems: Mapping[str, frozenset[str]], codings: list[Json]) -> bool:
    return any(c.get("code") in systems.get(c.get("system", ""), ()) for c in codings)


def simple_check(inner: Check) -> Check:
    """A Quantity that takes no comparator (sqty-1)."""
    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        inner(value, place, found, owner)
        if isinstance(value, dict) and "comparator" in value:
            found.add("fhir-invariant", (place, "comparator"), "sqty-1: this quantity takes no comparator")

    return check
