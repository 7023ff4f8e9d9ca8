"""What the steps read besides the fact at hand: entries, tables, and what references of a source point to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.merge.body import Body, items, obj, text
from gateway.merge.terms import Tables
from gateway.merge.versions import Entry, Key
from gateway.model import Fact

_REFERENCE = re.compile(r"(?:(?:.*?/)?([^/]+)/)?([A-Z][A-Za-z]+)/([^/?#|]+)(?:/_history/[^/]+)?")
_URN = "urn:uuid:"


@dataclass
class World:
    """entries: what stands, by key; sources: their names; by_id: (source, id) → keys, for `urn:uuid:` references;
    catalogue: key → id of its directory class; named: (type, assigner, value) → the same, for references by identifier;
    joined: key → the member that names its class, for types that are merged already."""

    entries: Mapping[Key, Entry]
    tables: Tables
    sources: frozenset[str] = frozenset()
    by_id: dict[tuple[str, str], set[Key]] = field(default_factory=dict)
    catalogue: Mapping[Key, str] = field(default_factory=dict)
    named: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    joined: dict[Key, Key] = field(default_factory=dict)

    def target(self, source: str, reference: str) -> Key | None:
        """The key that a literal reference of a source points to, whether it stands or not; None when it names none."""
        if reference.startswith(_URN):
            keys = self.by_id.get((source, reference[len(_URN):]), ())
            return next(iter(keys)) if len(keys) == 1 else None
        named = _REFERENCE.fullmatch(reference)
        if not named:
            return None
        return (named[1] if named[1] in self.sources else source, named[2], named[3])

    def standing(self, source: str, reference: str) -> Fact | None:
        """The fact that stands where a reference points to."""
        key = self.target(source, reference)
        entry = self.entries.get(key) if key else None
        return entry.head if entry else None

    def medication(self, fact: Fact) -> Body:
        """The Medication that a fact refers to, contained or not; else its reference as a concept with that display."""
        reference = obj(fact.resource, "medicationReference")
        literal = text(reference, "reference")
        if literal.startswith("#"):
            return next((c for c in items(fact.resource, "contained") if text(c, "id") == literal[1:]), {})
        head = self.standing(fact.source, literal) if literal else None
        return head.resource if head else {"code": {"text": text(reference, "display")}}
