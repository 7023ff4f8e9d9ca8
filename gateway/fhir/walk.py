"""The walk over a resource along the element table: one compiled check for each type, one issue for each fault."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from gateway.fhir.bundle import bundle_check
from gateway.fhir.contained import contained_check
from gateway.fhir.elements import ELEMENTS, Element
from gateway.fhir.findings import Findings, Place, TooMany, root, shown
from gateway.fhir.passes import passes
from gateway.fhir.primitives import PRIMITIVES
from gateway.fhir.reference import reference_check
from gateway.fhir.rules import rules_of
from gateway.fhir.shadow import shadow_check, stands_for_null
from gateway.fhir.values import (
    Check,
    Json,
    bound_check,
    extension_check,
    id_check,
    kind,
    primitive_check,
    simple_check,
    xhtml_check,
)


def examine(resource: Any, path: str | None = None) -> Findings:
    """Every fault of a resource, with its place. Never raises, for any JSON value."""
    return Findings() if passes(resource) else walked(resource, path)


def walked(resource: Any, path: str | None = None) -> Findings:
    """As `examine`, by the walk alone."""
    type = resource.get("resourceType") if isinstance(resource, dict) else None
    start = root(path or (type if isinstance(type, str) and type.isidentifier() else "Resource"))
    found = Findings()
    try:
        resource_check(resource, start, found)
    except TooMany:
        found.last("fhir-many", start, "the resource has more faults than are listed")
    except RecursionError:
        found = Findings()
        found.last("fhir-deep", start, "the resource is nested too deeply to be checked")
    return found


def resource_check(value: Any, place: Place, found: Findings, owner: Json | None = None) -> None:
    """A resource of any type: dispatches on `resourceType`."""
    if not isinstance(value, dict):
        found.add("fhir-type", place, f"a resource is an object, this is {kind(value)}")
        return
    type = value.get("resourceType")
    if not isinstance(type, str) or type not in ELEMENTS.resources:
        found.add("fhir-resource-type", place, f"{shown(type)!r} is no resource type of R4 4.0.1"
                  if "resourceType" in value else "resourceType is missing")
        return
    before, scope = len(found.issues), (found.anchors, found.ids)
    if not is_contained(place):
        found.anchors, found.ids = anchors(value), set()
    object_check(type)(value, place, found, value)
    if len(found.issues) == before:
        if "contained" in value:
            contained_check(value, place, found)
        if type == "Bundle":
            bundle_check(value, place, found)
    found.anchors, found.ids = scope


def is_contained(place: Place) -> bool:
    """True for the place of a member of `contained`."""
    return isinstance(place[1], int) and place[0][1] == "contained"


def anchors(resource: Json) -> frozenset[str]:
    """Ids that `#id` can point to inside a resource."""
    contained = resource.get("contained")
    members = contained if isinstance(contained, list) else []
    return frozenset(m["id"] for m in members if isinstance(m, dict) and isinstance(m.get("id"), str))


@cache
def object_check(group: str) -> Check:
    """The check of an object of a resource type, complex type or group of elements."""
    elements = ELEMENTS.children(group) or {}
    needed = [e for e in elements.values() if e.min and not e.choice_of]
    choices = choices_of(elements)
    rules = rules_of(group)
    members: dict[str, Check] = {}  # filled at the first use: types contain each other

    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        if not isinstance(value, dict):
            found.add("fhir-type", place, f"expected an object ({group}), this is {kind(value)}")
            return
        if not value:
            found.add("fhir-empty", place, "the object is empty", "Leave the element out.")
            return
        if not members:
            members.update(member_checks(group, elements))
        before = len(found.issues)
        for name, item in value.items():
            member = members.get(name)
            if member is not None:
                member(item, (place, name), found, value)
            else:
                found.add("fhir-unknown-element", (place, name), f"{group} has no element {shown(name)!r}",
                          "Correct the name, or carry the value in an extension.")
        for element in needed:
            if element.name not in value and "_" + element.name not in value:
                found.add("fhir-required", (place, element.name), f"{group}.{element.name} is required and missing")
        for stem, names, least in choices:
            if least or not names.isdisjoint(value):
                choice_check(stem, names, least, value, place, found)
        if len(found.issues) == before:
            for rule in rules:
                if not rule.holds(value):
                    found.add("fhir-invariant", place, f"{rule.key}: {rule.says}")

    return check


def member_checks(group: str, elements: Mapping[str, Element]) -> dict[str, Check]:
    """The checks of an object's members by JSON name, those of `_name` included."""
    members: dict[str, Check] = {name: element_check(e, group) for name, e in elements.items()}
    for name, e in elements.items():
        if e.type in PRIMITIVES:
            members["_" + name] = placed(shadow_check(e, object_check("Element")), e)
    if ELEMENTS.is_a(group, "Resource"):
        members["resourceType"] = lambda value, place, found, owner: None
    return members


def placed(inner: Check, element: Element) -> Check:
    """A check whose place is that of the element, whatever its JSON name."""
    step = element if element.choice_of else element.name

    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        inner(value, (place[0], step), found, owner)

    return check


def choices_of(elements: Mapping[str, Element]) -> list[tuple[str, frozenset[str], int]]:
    """(stem, JSON names, min) of every choice of a group."""
    stems: dict[str, list[Element]] = {}
    for e in elements.values():
        if e.choice_of:
            stems.setdefault(e.choice_of, []).append(e)
    return [(stem, frozenset(n for e in es for n in (e.name, "_" + e.name)), es[0].min) for stem, es in stems.items()]


def choice_check(stem: str, names: frozenset[str], least: int, value: Json, place: Place, found: Findings) -> None:
    """At most one type of a choice, at least one where it is required."""
    there = {name.removeprefix("_") for name in names & value.keys()}
    if len(there) > 1:
        found.add("fhir-choice", (place, stem), f"only one of {', '.join(sorted(there))} may stand",
                  "Keep the one that is meant.")
    elif not there and least:
        found.add("fhir-required", (place, stem), f"{stem}[x] is required and missing")


def element_check(element: Element, group: str) -> Check:
    """The check of one element of a group: cardinality around the check of its type."""
    one = value_check(element, group)
    if element.repeats:
        return array_check(element, one)

    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        if value.__class__ is list:
            found.add("fhir-type", place, f"{element.name} is an array, but may stand only once here")
        else:
            one(value, place, found, owner)

    return placed(check, element) if element.choice_of else check


def array_check(element: Element, one: Check) -> Check:
    """An element that may repeat: a JSON array of at least one member; null only where an extension stands for it."""
    primitive = element.type in PRIMITIVES

    def check(value: Any, place: Place, found: Findings, owner: Json) -> None:
        if value.__class__ is not list:
            found.add("fhir-type", place, f"{element.name} repeats: expected an array, this is {kind(value)}",
                      "Put the value into an array.")
            return
        if not value:
            found.add("fhir-empty", place, "the array is empty", "Leave the element out.")
        if element.max is not None and len(value) > element.max:
            found.add("fhir-repeats", place, f"{element.name} stands {len(value)} times, at most {element.max} may")
        for index, item in enumerate(value):
            if item is not None or not primitive or not stands_for_null(owner, element.name, index):
                one(item, (place, index), found, owner)

    return check


def value_check(element: Element, group: str) -> Check:
    """The check of one value of an element's type."""
    type = element.type
    if type in PRIMITIVES:
        primitive = primitive_check(element)
        unique = element.name == "id" and type == "string" and group != "ElementDefinition"
        return id_check(primitive) if unique else xhtml_check(primitive) if type == "xhtml" else primitive
    if type == "Resource":
        return resource_check
    inner = object_check(type)
    if type == "Reference":
        return reference_check(element, inner)
    if type == "Extension":
        return extension_check(inner)
    return bound_check(element, inner) if element.systems else simple_check(inner) if element.simple else inner
