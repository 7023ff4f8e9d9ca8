"""The walk over a resource along the element table: one compiled check for each type, one issue for each fault.

Every check has the form `check(value, place, found, owner)`: `owner` is the object that holds the value, which
arrays need to find the extensions of their members (`_given` beside `given`).
"""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from gateway.fhir.bundle import bundle_check
from gateway.fhir.contained import contained_check
from gateway.fhir.elements import ELEMENTS, Element
from gateway.fhir.findings import Findings, Place, shown
from gateway.fhir.primitives import PRIMITIVES, Primitive
from gateway.fhir.reference import reference_check
from gateway.fhir.rules import rules_of
from gateway.fhir.xhtml import xhtml_fault

Check = Callable[[Any, Place, Findings, dict[str, Any]], None]
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_JSON = {"string": (str,), "boolean": (bool,), "number": (int, Decimal)}
_KINDS = {str: "text", bool: "a boolean", int: "a number", dict: "an object", list: "an array", type(None): "null"}


def kind(value: Any) -> str:
    """The JSON kind of a value, in words."""
    return _KINDS.get(type(value), "a number")


def resource_check(value: Any, place: Place, found: Findings, owner: dict[str, Any] | None = None) -> None:
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


def anchors(resource: dict[str, Any]) -> frozenset[str]:
    """Ids that `#id` can point to inside a resource."""
    contained = resource.get("contained")
    members = contained if isinstance(contained, list) else []
    return frozenset(m["id"] for m in members if isinstance(m, dict) and isinstance(m.get("id"), str))


@cache
def object_check(group: str) -> Check:
    """The check of an object of a resource type, complex type or group of elements."""
    elements = ELEMENTS.children(group) or {}
    members = {name: element_check(e, group) for name, e in elements.items()}
    primitive = frozenset(name for name, e in elements.items() if e.type in PRIMITIVES)
    required = [e for e in elements.values() if e.min and not e.choice_of]
    choices = choices_of(elements)
    rules = rules_of(group)
    ignored = frozenset({"resourceType"}) if ELEMENTS.is_a(group, "Resource") else frozenset()

    def check(value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
        if not isinstance(value, dict):
            found.add("fhir-type", place, f"expected an object ({group}), this is {kind(value)}")
            return
        if not value:
            found.add("fhir-empty", place, "the object is empty", "Leave the element out.")
            return
        before = len(found.issues)
        for name, item in value.items():
            member = members.get(name)
            if member is not None:
                member(item, (place, name), found, value)
            elif name[:1] == "_" and name[1:] in primitive:
                shadowed = elements[name[1:]]
                shadow_check(shadowed, item, (place, shadowed if shadowed.choice_of else name[1:]), found, value)
            elif name not in ignored:
                found.add("fhir-unknown-element", (place, name), f"{group} has no element {shown(name)!r}",
                          "Correct the name, or carry the value in an extension.")
        for e in required:
            if e.name not in value and "_" + e.name not in value:
                found.add("fhir-required", (place, e.name), f"{group}.{e.name} is required and missing")
        for stem, names, least in choices:
            choice_check(stem, names, least, value, place, found)
        if len(found.issues) == before:
            for rule in rules:
                rule.check(value, place, found)

    return check


def choices_of(elements: dict[str, Element] | Any) -> list[tuple[str, frozenset[str], int]]:
    """(stem, JSON names, min) of every choice of a group."""
    stems: dict[str, list[Element]] = {}
    for e in elements.values():
        if e.choice_of:
            stems.setdefault(e.choice_of, []).append(e)
    return [(stem, frozenset(n for e in es for n in (e.name, "_" + e.name)), es[0].min) for stem, es in stems.items()]


def choice_check(stem: str, names: frozenset[str], least: int, value: dict[str, Any], place: Place,
                 found: Findings) -> None:
    there = sorted({n.removeprefix("_") for n in names & value.keys()})
    if len(there) > 1:
        found.add("fhir-choice", (place, stem), f"only one of {', '.join(there)} may stand",
                  "Keep the one that is meant.")
    elif not there and least:
        found.add("fhir-required", (place, stem), f"{stem}[x] is required and missing")


def element_check(element: Element, group: str) -> Check:
    """The check of one element of a group: cardinality around the check of its type."""
    one = value_check(element, group)
    choice = element if element.choice_of else None
    if element.repeats:
        return array_check(element, one)

    def check(value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
        if value.__class__ is list:
            found.add("fhir-type", place, f"{element.name} is an array, but may stand only once here")
        else:
            one(value, (place[0], choice) if choice else place, found, owner)

    return check


def array_check(element: Element, one: Check) -> Check:
    """An element that may repeat: a JSON array of at least one member; null only where an extension stands for it."""
    primitive = element.type in PRIMITIVES

    def check(value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
        if value.__class__ is not list:
            found.add("fhir-type", place, f"{element.name} repeats: expected an array, this is {kind(value)}",
                      "Put the value into an array.")
            return
        if not value:
            found.add("fhir-empty", place, "the array is empty", "Leave the element out.")
        if element.max is not None and len(value) > element.max:
            found.add("fhir-repeats", place, f"{element.name} stands {len(value)} times, at most {element.max} may")
        for index, item in enumerate(value):
            if item is None and primitive and shadow_of(owner, element.name, index):
                continue
            one(item, (place, index), found, owner)

    return check


def shadow_of(owner: dict[str, Any], name: str, index: int) -> bool:
    """True when `_name[index]` holds what stands for a null."""
    shadow = owner.get("_" + name)
    return isinstance(shadow, list) and index < len(shadow) and bool(shadow[index])


def value_check(element: Element, group: str) -> Check:
    """The check of one value of an element's type."""
    type = element.type
    if element.name == "id" and type == "string" and group != "ElementDefinition":
        return id_check(primitive_check(element, PRIMITIVES[type]))
    if type in PRIMITIVES:
        return primitive_check(element, PRIMITIVES[type])
    if type == "Extension":
        return extension_check(lazy(type))
    if type == "Resource":
        return resource_check
    if type == "Reference":
        return reference_check(element, lazy(type))
    return bound_check(element, lazy(type)) if element.systems or element.simple else lazy(type)


def lazy(type: str) -> Check:
    """The check of a complex type, compiled when first used: types contain each other."""
    def check(value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
        object_check(type)(value, place, found, owner)

    return check


def primitive_check(element: Element, primitive: Primitive) -> Check:
    """Kind, text and code of a primitive value."""
    kinds: Any = _JSON[primitive.json]
    codes, number = element.codes, primitive.json == "number"

    def check(value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
        if not isinstance(value, kinds) or (number and value.__class__ is bool):
            found.add("fhir-type", place, f"{element.name} takes {primitive.says} as JSON {primitive.json}, "
                                          f"this is {kind(value)}")
        elif not primitive.fits(value):
            found.add("fhir-format", place, f"{shown(value)!r} is no {primitive.name}: expected {primitive.says}")
        elif codes is not None and value not in codes:
            found.add("fhir-code", place, f"{shown(value)!r} is not a code that {element.name} may have",
                      f"It takes one of: {listed(codes)}")
        elif primitive.name == "xhtml" and (fault := xhtml_fault(value)):
            found.add("fhir-xhtml", place, fault)

    return check


def listed(codes: frozenset[str]) -> str:
    """The first twenty codes, for people."""
    return ", ".join(sorted(codes)[:20]) + (" …" if len(codes) > 20 else "")


def id_check(inner: Check) -> Check:
    """The id of an element, which stands once in its resource."""
    def check(value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
        inner(value, place, found, owner)
        if isinstance(value, str) and value in found.ids:
            found.add("fhir-invariant", place, f"element-id: the id {shown(value)!r} stands twice in the resource")
        elif isinstance(value, str):
            found.ids.add(value)

    return check


def extension_check(inner: Check) -> Check:
    """An extension, whose url is absolute unless it stands inside another one."""
    def check(value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
        inner(value, place, found, owner)
        url = value.get("url") if isinstance(value, dict) else None
        if isinstance(url, str) and ":" not in url and "url" not in owner:
            found.add("fhir-format", (place, "url"), f"{shown(url)!r} is not absolute",
                      "Give the URL of the extension's definition.")

    return check


def bound_check(element: Element, inner: Check) -> Check:
    """A CodeableConcept or Coding with a required value set, or a Quantity that takes no comparator."""
    def check(value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
        before = len(found.issues)
        inner(value, place, found, owner)
        if len(found.issues) > before:
            return
        if element.simple and "comparator" in value:
            found.add("fhir-invariant", (place, "comparator"), "sqty-1: a comparator is not allowed on this quantity")
        if element.systems and not bound(element.systems, value.get("coding", [value])):
            found.add("fhir-code", place, f"{element.name} needs a code of "
                                          f"{', '.join(sorted(element.systems))} and has none")

    return check


def bound(systems: Any, codings: list[Any]) -> bool:
    return any(c.get("code") in systems.get(c.get("system"), ()) for c in codings)


def shadow_check(element: Element, value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
    """The id and extensions of a primitive element (`_birthDate`, `_given`)."""
    if element.repeats:
        shadow_array_check(element, value, place, found, owner)
    elif not isinstance(value, dict):
        found.add("fhir-type", place, f"_{element.name} is an object with id or extension, this is {kind(value)}")
    else:
        object_check("Element")(value, place, found, owner)
        if element.name not in owner and "extension" not in value:
            found.add("fhir-empty", place, f"{element.name} has neither a value nor an extension")
        elif element.name not in owner and element.type == "code" and absent(value):
            found.add("fhir-code", place, f"{element.name} has a required binding, so a code has to stand",
                      f"It takes one of: {listed(element.codes or frozenset())}")


def absent(shadow: dict[str, Any]) -> bool:
    """True when no more is said of a value than why it is missing."""
    return [e.get("url") for e in shadow["extension"] if isinstance(e, dict)] == [ABSENT]


def shadow_array_check(element: Element, value: Any, place: Place, found: Findings, owner: dict[str, Any]) -> None:
    plain = owner.get(element.name)
    if not isinstance(value, list) or not value:
        found.add("fhir-type", place, f"_{element.name} is an array beside {element.name}, this is {kind(value)}")
        return
    values = plain if isinstance(plain, list) else []
    for index, item in enumerate(value):
        if item is not None:
            object_check("Element")(item, (place, index), found, owner)
        elif index >= len(values):
            found.add("fhir-null", (place, index), "neither a value nor an extension stands here")
