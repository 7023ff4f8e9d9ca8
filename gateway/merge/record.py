"""The record of a person, as values and as the contract prints it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.merge.versions import Key

SCHEMA = "gateway.merge/1"


@dataclass(frozen=True)
class Record:
    """The merged resources of one person and everything beside them.

    resources     by type and id
    provenance    "Type/id" → element → ids of the facts that say so
    alternatives  "Type/id" → element → [{value, facts}] that are not shown
    issues        DetectedIssue resources
    ledger        fact id → {state, by, why}, total over all facts that were given
    tables        table → version
    members       "Type/id" → keys (source, type, id) of the class
    aliases       "Type/id" by which a member alone would be known → "Type/id" of its class
    """

    resources: Sequence[dict[str, Any]]
    provenance: Mapping[str, Mapping[str, Sequence[str]]]
    alternatives: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
    issues: Sequence[dict[str, Any]]
    ledger: Mapping[str, Mapping[str, str]]
    tables: Mapping[str, str]
    members: Mapping[str, Sequence[Key]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The output of `gateway merge`."""
        return {"schema": SCHEMA, "resources": list(self.resources), "provenance": _sorted(self.provenance),
                "alternatives": _sorted(self.alternatives), "issues": list(self.issues),
                "ledger": _sorted(self.ledger), "tables": _sorted(self.tables)}


def _sorted(named: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(named.items()))
