"""What a walk over a resource finds: places as FHIRPath, issues, and a bound on how many.

A place is a chain of pairs `(parent, step)`, so that walking on costs one tuple and text is made for issues only.
Steps are JSON names, indexes, or the Element of a choice (`valueQuantity`, in FHIRPath `value.ofType(Quantity)`).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import Issue, Severity
from gateway.fhir.elements import Element

Place = tuple[Any, Any]
MAX_ISSUES = 200
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHOWN = 60


def root(text: str) -> Place:
    """The place that a walk starts from."""
    return None, text


def steps(place: Place) -> list[Any]:
    """The steps from the root (its text first) to a place."""
    out: list[Any] = []
    current: Place | None = place
    while current is not None:
        out.append(current[1])
        current = current[0]
    return out[::-1]


def fhirpath(place: Place) -> str:
    """The place as a FHIRPath expression: `Patient.name[0].given[1]`."""
    first, *rest = steps(place)
    return str(first) + "".join(map(_step, rest))


def _step(step: Any) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if isinstance(step, Element):
        return f".{step.choice_of}.ofType({step.type})"
    return f".{step}" if _PLAIN.fullmatch(step) else f".`{shown(step)}`"


def shown(value: Any) -> str:
    """A value for people, cut when long, control characters made visible."""
    text = value if isinstance(value, str) else type(value).__name__ if isinstance(value, dict | list) else str(value)
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:_SHOWN + 1])
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


class TooMany(Exception):
    """The bound on issues is reached; the walk ends."""


@dataclass(slots=True)
class Findings:
    """Issues of one walk, and the place of each for what is to be set aside.

    anchors, ids   of the resource that is walked: ids of what it contains, ids of its elements met so far
    """

    issues: list[Issue] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    anchors: frozenset[str] = frozenset()
    ids: set[str] = field(default_factory=set)

    def add(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Note a fault. Raises TooMany at the bound."""
        if len(self.issues) >= MAX_ISSUES:
            raise TooMany
        self.last(code, place, message, hint)

    def last(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Note a fault whatever the bound."""
        self.issues.append(Issue(code, Severity.error, message, fhirpath(place), hint))
        self.places.append(place)
