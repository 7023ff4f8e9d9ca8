"""The element table of FHIR R4 4.0.1: which names a resource or type has, of which types, how often, with which codes.

The data stands in elements.json, which build.py makes; its grammar is in build.py's text.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from typing import Any

_TYPE = re.compile(r"([\w.]+)(?:\(([^)]*)\))?")


@dataclass(frozen=True, slots=True)
class Element:
    """One element under its JSON name.

    types      one type for a JSON name that stands; several never occur, choices are spread: `valueQuantity`
    min, max   cardinality; `max` None: any number. For a choice, `min` 1 holds for the choice as a whole
    choice_of  `value` for `valueQuantity` and its siblings, else None
    codes      the codes of a required binding, else None
    systems    code system → codes of a required binding of a CodeableConcept or Coding, else None
    targets    resource types that a Reference may point to; empty: any
    modifier   True when it changes the meaning of what contains it
    simple     True for a Quantity that takes no comparator
    """

    name: str
    types: tuple[str, ...]
    min: int
    max: int | None
    choice_of: str | None = None
    codes: frozenset[str] | None = None
    systems: Mapping[str, frozenset[str]] | None = None
    targets: frozenset[str] = frozenset()
    modifier: bool = False
    simple: bool = False

    @property
    def type(self) -> str:
        return self.types[0]

    @property
    def repeats(self) -> bool:
        return self.max is None or self.max > 1


class Elements:
    """Read-only view of the table; groups are read when first asked for."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._groups: Mapping[str, Any] = table["groups"]
        self._codes = {name: {s: frozenset(codes) for s, codes in systems.items()}
                       for name, systems in table["codes"].items()}
        self.version: str = table["fhirVersion"]
        self.resources: frozenset[str] = frozenset(table["resources"])
        self.primitives: Mapping[str, str | None] = table["primitives"]
        self._children: dict[str, Mapping[str, Element]] = {}

    @cached_property
    def types(self) -> frozenset[str]:
        """Names of every complex type, resource and group of elements."""
        return frozenset(self._groups)

    def children(self, path: str) -> Mapping[str, Element] | None:
        """JSON name → Element of a resource, type or path (`Patient`, `HumanName`, `Patient.contact.name`).

        Inherited elements come first. None when the path does not exist or is primitive.
        """
        group = path if path in self._groups else self._resolve(path)
        if group is None:
            return None
        if group not in self._children:
            own = [e for name, text in self._groups[group]["elements"].items() for e in self._read(name, text)]
            base = self._groups[group]["base"]
            self._children[group] = {**(self.children(base) or {} if base else {}), **{e.name: e for e in own}}
        return self._children[group]

    def element(self, path: str) -> Element | None:
        """The element at a path: `Patient.name.family`, `Observation.valueQuantity`."""
        parent, _, name = path.rpartition(".")
        return (self.children(parent) or {}).get(name) if parent else None

    def is_a(self, type: str, base: str) -> bool:
        """True when a type is, or descends from, another: `is_a("Age", "Quantity")`."""
        current: str | None = type
        while current and current != base:
            current = self._groups.get(current, {}).get("base")
        return current == base

    def _resolve(self, path: str) -> str | None:
        element = self.element(path)
        return element.type if element and element.type in self._groups else None

    def _read(self, name: str, text: str) -> list[Element]:
        """The elements that one text of the table describes: one, or one for each type of a choice."""
        words = text.split(" ")
        low, high = words[0].split("..")
        plain = name.removesuffix("[x]")
        common = Element(name, (), int(low), None if high == "*" else int(high), modifier=words[-1] == "!",
                         choice_of=plain if plain != name else None)
        return [self._typed(replace(common, name=plain + type[0].upper() + type[1:] if plain != name else name),
                            type, arguments) for type, arguments in _TYPE.findall(words[1])]

    def _typed(self, element: Element, type: str, arguments: str) -> Element:
        systems = self._codes.get(arguments)
        return replace(element, types=(type,), simple=arguments == "SimpleQuantity",
                       codes=frozenset().union(*systems.values()) if systems and type == "code" else None,
                       systems=systems if type != "code" else None,
                       targets=frozenset(arguments.split(",")) if type == "Reference" and arguments else frozenset())


ELEMENTS = Elements(json.loads(files("gateway.fhir").joinpath("elements.json").read_text("utf-8")))
