"""A tiny adapter for tests: a message is JSON of names and values, objects and lists nest; a path is `a`, `a.b`.

A text `""` stands for "empty on purpose", as in HL7. A list under a name is a group that repeats: each element is a
place with its own scope, from which a path climbs outwards when it does not find its first name inside.
"""

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

from gateway.sdk import BadPath, Leaf, Value

DELETE = '""'


@dataclass(frozen=True)
class Place:
    """A node: anything in the message."""

    where: str
    content: Any = field(compare=False)
    scope: tuple[tuple[str, int], ...] = ()
    parent: "Place | None" = field(default=None, repr=False)

    @property
    def value(self) -> Value | None:
        leaf = next(_leaves(self), None)
        return None if leaf is None else Value(None if leaf[1] == DELETE else leaf[1], (leaf[0],))


def _leaves(place: Place):
    if not isinstance(place.content, (dict, list)):
        if place.content != "":
            yield place.where, place.content
        return
    for child in _children(place):
        yield from _leaves(child)


def _children(place: Place, name: str = ""):
    for key, content in place.content.items() if isinstance(place.content, dict) else ():
        if name and key != name:
            continue
        where = f"{place.where}.{key}".lstrip(".")
        if isinstance(content, list):
            for number, item in enumerate(content, 1):
                yield Place(f"{where}({number})", item, (*place.scope, (key, number)), place)
        else:
            yield Place(where, content, (*place.scope, (key, 1)) if isinstance(content, dict) else place.scope, place)


def _name(place: Place, node: dict) -> Value | None:
    """`Family Given` as a HumanName."""
    value = place.value
    if value is None or value.content is None:
        return None
    family, _, given = value.content.partition(" ")
    return {"family": value.to(family), "given": [value.to(given)] if given else []}


_name.makes = "HumanName"


def _typed(place: Place, context: Any) -> dict | None:
    value = place.value
    if value is None or not value.content:
        return None
    if value.content.isdigit():
        return {"valueInteger": value.to(int(value.content))}
    return {"valueString": value}


def _odd(place: Place, context: Any) -> None:
    context.issue("conversion-failed", "odd", place.where)


def _broken(place: Place, context: Any) -> None:
    raise ZeroDivisionError("never")


@dataclass(frozen=True)
class Tiny:
    """JSON messages for tests."""

    kind: ClassVar[str] = "tiny"
    functions: ClassVar[dict] = {"NAME": _name, "typed": _typed, "broken": _broken, "odd": _odd}

    def parse(self, raw: bytes) -> Place:
        return Place("", json.loads(raw))

    def path(self, text: str):
        steps = text.split(".")
        if not all(s.replace("_", "").replace(" ", "").isalnum() for s in steps):
            raise BadPath("expected names with dots between them")

        def select(tree: Place) -> list[Place]:
            if steps == ["this"]:
                return [tree]
            here: Place | None = tree
            while here is not None and not any(True for _ in _children(here, steps[0])):
                here = here.parent
            found = [here] if here is not None else []
            for step in steps:
                found = [child for place in found for child in _children(place, step)]
            return [p for p in found if p.value is not None]
        return select

    def leaves(self, tree: Place):
        return (Leaf(*leaf) for leaf in _leaves(tree))
