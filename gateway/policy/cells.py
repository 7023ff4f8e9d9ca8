"""The cell of a fact: what policy knows of it, computed when it is written (house.md promise 4)."""

from typing import Any

from gateway.model import Fact
from gateway.policy.consent import Cell


def labels(resource: dict[str, Any]) -> frozenset[str]:
    """Codes of `meta.security`."""
    return frozenset(c["code"] for c in resource.get("meta", {}).get("security", ()) if c.get("code"))


def cell_of(fact: Fact, patient: str = "") -> Cell:
    """Origin, source patient, type and labels of a fact."""
    return Cell(fact.source, patient, fact.type, labels(fact.resource))
