"""What an element takes: how a text becomes its JSON value, and what the compiler may refuse beforehand."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.sdk import Number

Coerce = Callable[[Any], Any]
_UNCHECKED = ("string", "markdown", "xhtml", "base64Binary")
_WHOLE = ("integer", "positiveInt", "unsignedInt")
_BOOLEANS = {"true": True, "false": False}


class ElementRow(Protocol):
    """One element of the table that is handed in (gateway.fhir.elements.Element)."""

    @property
    def name(self) -> str: ...
    @property
    def types(self) -> tuple[str, ...]: ...
    @property
    def min(self) -> int: ...
    @property
    def max(self) -> int | None: ...
    @property
    def choice_of(self) -> str | None: ...
    @property
    def codes(self) -> frozenset[str] | None: ...
    @property
    def targets(self) -> frozenset[str]: ...


class ElementTable(Protocol):
    """The element table that is handed in (gateway.fhir.elements.Elements)."""

    @property
    def resources(self) -> frozenset[str]: ...
    @property
    def primitives(self) -> Mapping[str, str | None]: ...
    def children(self, path: str) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Target:
    """What the right side of a line has to give.

    label     `Patient.gender`, for messages
    type      FHIR type; "" takes anything (parts of keys, members of assertions)
    coerce    for primitive types, else None
    many      the element repeats
    required  what contains it is nothing without it
    refers    types that a Reference may point to; empty: any
    """

    label: str
    type: str = ""
    coerce: Coerce | None = None
    many: bool = False
    required: bool = False
    refers: frozenset[str] = frozenset()

    @property
    def primitive(self) -> bool:
        return self.coerce is not None

    @property
    def complex(self) -> bool:
        return bool(self.type) and self.coerce is None


def target(label: str, element: ElementRow, elements: ElementTable) -> Target:
    """The target that an element of the table is."""
    type = element.types[0]
    coerce = coercion(type, elements.primitives[type], element.codes) if type in elements.primitives else None
    return Target(label, type, coerce, element.max is None or element.max > 1,
                  element.min > 0 and not element.choice_of, element.targets)


def coercion(type: str, pattern: str | None, codes: frozenset[str] | None) -> Coerce | None:
    """How a text becomes a value of a primitive type: gives the value, or raises ValueError. None: it stays."""
    if type in _UNCHECKED:
        return _as_text
    matches = re.compile(pattern or ".*", re.ASCII).fullmatch
    if type == "boolean":
        return _as_boolean
    if type in _WHOLE:
        return lambda content: int(_checked(content, matches, type))
    if type == "decimal":
        return lambda content: _as_decimal(content, matches)
    if codes is not None:
        return lambda content: _as_code(content, codes)
    return lambda content: _checked(content, matches, type)


def _is_int(content: Any) -> bool:
    return isinstance(content, int) and not isinstance(content, bool)


def _as_text(content: Any) -> Any:
    return content if isinstance(content, str) else str(content)


def _as_boolean(content: Any) -> bool:
    if isinstance(content, bool):
        return content
    if content not in _BOOLEANS:
        raise ValueError("is neither true nor false")
    return _BOOLEANS[content]


def _as_decimal(content: Any, matches: Callable[[str], Any]) -> Any:
    if isinstance(content, Number) or _is_int(content):
        return content
    return Number(_checked(content, matches, "decimal"))


def _as_code(content: Any, codes: frozenset[str]) -> str:
    code = str(content).strip()
    if code not in codes:
        raise ValueError(f"is none of the codes {', '.join(sorted(codes)[:12])}")
    return code


def _checked(content: Any, matches: Callable[[str], Any], type: str) -> str:
    text = str(content).strip()
    if isinstance(content, bool) or not matches(text):
        raise ValueError(f"is no {type}")
    return text
