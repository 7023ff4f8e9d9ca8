"""Rules of the specification that hold between elements, by type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.fhir.findings import Findings, Place


@dataclass(frozen=True, slots=True)
class Rule:
    """One invariant under its key in the specification; `holds` sees an object whose parts are right."""

    key: str
    says: str
    holds: Callable[[dict[str, Any]], bool]

    def check(self, value: dict[str, Any], place: Place, found: Findings) -> None:
        if not self.holds(value):
            found.add("fhir-invariant", place, f"{self.key}: {self.says}")


RULES: Mapping[str, tuple[Rule, ...]] = {}
