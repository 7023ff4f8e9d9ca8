"""Whether a resource passes, told fast: what nearly all do is told by names once, by values each time, without places.

`passes` is true only where the walk (walk.py) would find nothing; what is rare, such as resources inside resources, is
left to the walk, which also says what is wrong. A *shape* is the names of an object in their order: that they are known
and enough is checked once for each shape.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from gateway.fhir.elements import ELEMENTS, Element
from gateway.fhir.primitives import MAX_STRING, PRIMITIVES, is_text
from gateway.fhir.reference import is_restful, is_uri
from gateway.fhir.rules import rules_of
from gateway.fhir.shadow import only_absent
from gateway.fhir.values import JSON_TYPES, bound
from gateway.fhir.xhtml import xhtml_fault

Test = Callable[[Any], Any]
Shape = tuple[str, ...]
Plan = tuple[tuple[Test, ...], tuple[Test, ...]]   # of each member in its order, of the whole
_LIMIT = 4096                                      # shapes of a group, texts of a type
_UNKNOWN: Plan = ((), ())


def passes(resource: Any) -> bool:
    """True where a resource is valid and holds no other; false where it is not, or only the walk can tell."""
    try:
        type = resource["resourceType"]
        if type not in ELEMENTS.resources or type == "Bundle" or "contained" in resource:
            return False
        return bool(_object(type)(resource))
    except (TypeError, AttributeError, KeyError, RecursionError):   # tests take values of the right JSON type only
        return False


@cache
def _object(group: str) -> Test:
    """The test of an object of a resource type, complex type or group of elements."""
    plans: dict[Shape, Plan | None] = {}

    def test(value: Any) -> bool:
        if value.__class__ is not dict:
            return False
        shape = tuple(value)
        plan = plans.get(shape, _UNKNOWN)
        if plan is _UNKNOWN:
            plan = _plan(group, shape)
            if len(plans) < _LIMIT:
                plans[shape] = plan
        if plan is None:
            return False
        members, whole = plan
        for fits, item in zip(members, value.values(), strict=True):
            if not fits(item):
                return False
        return not whole or all(rule(value) for rule in whole)

    return test


def _plan(group: str, shape: Shape) -> Plan | None:
    """What is left to test of objects with these names, None where they are not right or only the walk can tell."""
    elements = ELEMENTS.children(group) or {}
    names, members = frozenset(shape), list[Test]()
    for name in shape:
        test = _member(group, name, names)
        if test is None:
            return None
        members.append(test)
    told = {name.removeprefix("_") for name in shape}
    chosen = [elements[name].choice_of for name in told if name in elements and elements[name].choice_of]
    needed = {e.choice_of or name for name, e in elements.items() if e.min}
    if not shape or len(chosen) != len(set(chosen)) or not needed <= told.union(filter(None, chosen)):
        return None
    if not all(rule.holds(dict.fromkeys(shape)) for rule in rules_of(group) if rule.by_names):
        return None
    return tuple(members), tuple(rule.holds for rule in rules_of(group) if not rule.by_names)


def _member(group: str, name: str, names: frozenset[str]) -> Test | None:
    elements = ELEMENTS.children(group) or {}
    if name == "resourceType" and ELEMENTS.is_a(group, "Resource"):
        return lambda value: True
    element = elements.get(name)
    if element is not None:
        one = _value(group, element, "url" in names)
        return _array(one, element.max) if one and element.repeats else one
    element = elements.get(name[1:]) if name[:1] == "_" else None
    if element is None or element.type not in PRIMITIVES or element.repeats:
        return None
    return _shadow(element, element.name in names)


def _shadow(element: Element, beside: bool) -> Test:
    """What stands beside a primitive value that does not repeat, or in its place."""
    inner, code = _object("Element"), element.type == "code"
    return lambda value: inner(value) and (beside or ("extension" in value and not (code and only_absent(value))))


def _array(one: Test, most: int | None) -> Test:
    def test(value: Any) -> bool:
        if value.__class__ is not list or not value or (most is not None and len(value) > most):
            return False
        return one(value[0]) if len(value) == 1 else all(map(one, value))

    return test


def _value(group: str, element: Element, inside: bool) -> Test | None:
    """The test of one value; `inside`: the owner has a url, so an extension in it may have a relative one."""
    type = element.type
    if type in PRIMITIVES:
        unique = element.name == "id" and type == "string" and group != "ElementDefinition"
        return None if unique else _primitive(type, element.codes)
    if type == "Resource":
        return None
    if type == "Reference":
        return _reference(element.targets)
    if type == "Extension":
        return _extension(inside)
    inner = _object(type)
    if element.systems:
        systems = element.systems
        return lambda value: inner(value) and bound(systems, value.get("coding", [value]))
    return (lambda value: inner(value) and "comparator" not in value) if element.simple else inner


@cache
def _reference(targets: frozenset[str]) -> Test:
    inner, allowed = _object("Reference"), targets or ELEMENTS.resources

    def passes_as_id(text: str) -> bool:
        type, _, id = text.partition("/")
        return type in allowed and id.isalnum() and id.isascii() and len(id) <= 64

    def test(value: Any) -> bool:
        alone = value["reference"] if len(value) == 1 and "reference" in value else None
        if alone is not None and passes_as_id(alone):
            return True
        if not inner(value):
            return False
        text = value.get("reference")
        if text is None:
            return "reference" not in value
        named = is_restful(text)
        if named:
            return not targets or named[1] in targets or named[1] not in ELEMENTS.resources
        return text[:1] != "#" and bool(is_uri(text))

    return test


@cache
def _extension(inside: bool) -> Test:
    inner = _object("Extension")
    return inner if inside else lambda value: inner(value) and ":" in value["url"]


@cache
def _primitive(type: str, codes: frozenset[str] | None) -> Test:
    primitive = PRIMITIVES[type]
    fits = primitive.fits
    if codes is not None:
        return frozenset(filter(fits, codes)).__contains__
    if type in ("string", "markdown"):
        return _is_text
    if type in ("uri", "url", "canonical", "code"):
        return _Known(fits).__getitem__
    if type == "xhtml":
        return lambda value: value.__class__ is str and xhtml_fault(value) is None
    kinds = JSON_TYPES[primitive.json]
    return lambda value: value.__class__ in kinds and fits(value)


def _is_text(value: Any) -> bool:
    if value.isprintable() and len(value) <= MAX_STRING:
        return value != "" and not value.isspace()
    return value.__class__ is str and is_text(value)


class _Known(dict[str, bool]):
    """Texts that fit: the same systems and codes come again and again."""

    def __init__(self, fits: Test) -> None:
        super().__init__()
        self._fits = fits

    def __missing__(self, text: str) -> bool:
        if text.__class__ is not str or not self._fits(text):
            return False
        if len(self) < _LIMIT and len(text) < 200:
            self[text] = True
        return True
