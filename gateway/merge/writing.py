"""The record as it is written: resources in their order, the ledger, the issues, kept from one change to the next."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.merge.findings import Finding
from gateway.merge.intake import Intake
from gateway.merge.invariants import broken_invariants
from gateway.merge.issues import Issues
from gateway.merge.keys import rule
from gateway.merge.ledger import Line, lines, unlinked
from gateway.merge.made import Made
from gateway.merge.record import Record
from gateway.merge.terms import Tables
from gateway.merge.versions import Entry, Key

VERSION = "1"
_Place = tuple[str, str, Key]
Body = dict[str, Any]


class Writing:
    """Put classes and entries in and take them out; `record` writes what stands.

    What a record is made of is kept in the form in which it is handed out, so that writing it costs a copy.
    """

    def __init__(self) -> None:
        self._order: list[_Place] = []
        self._bodies: list[Body] = []
        self._made: dict[Key, Made] = {}
        self._beside = Beside()
        self._owner: dict[Key, Key] = {}
        self._wanted: Counter[str] = Counter()
        self._catalogue: dict[str, Key] = {}
        self._ledger: dict[str, Line] = {}
        self._issues = Issues()

    def entry(self, entry: Entry) -> None:
        """Account for the facts of a key that shows nothing."""
        if entry.head is None:
            self._ledger |= lines(entry, None)

    def put(self, root: Key, made: Made) -> None:
        self._made[root] = made
        if rule(made.type).way == "catalogue":
            self._catalogue[made.reference] = root
            return
        place = bisect_left(self._order, (made.type, made.id, root))
        self._order.insert(place, (made.type, made.id, root))
        self._bodies.insert(place, made.resolved.body)
        self._beside.put(made)
        self._owner.update(dict.fromkeys(made.keys, root))
        self._wanted.update(made.refs)
        for form in made.forms:
            self._ledger |= lines(form.entry, made.reference)

    def drop(self, root: Key, made: Made) -> None:
        del self._made[root]
        if rule(made.type).way == "catalogue":
            self._catalogue.pop(made.reference, None)
            return
        place = bisect_left(self._order, (made.type, made.id, root))
        del self._order[place], self._bodies[place]
        self._beside.drop(made)
        for key in made.keys:
            self._owner.pop(key, None)
        for reference in made.refs:
            self._wanted[reference] -= 1

    def record(self, findings: Iterable[Finding], entries: Mapping[Key, Entry], intake: Intake, tables: Tables,
               class_of: Mapping[Key, Key], confused: Collection[Key] = ()) -> Record:
        """The record. `class_of`: key → least key of its class; confused: what the invariants must know of classes."""
        seen = self._seen()
        shown = self._beside.copy()
        for reference in seen:
            shown.put(self._made[self._catalogue[reference]])
        ledger = self._ledger | unlinked(intake.excluded.values()) | self._catalogue_lines(seen)

        def reference_of(key: Key) -> str | None:
            made = self._made.get(class_of.get(key, key))
            return made.reference if made and made.reference in shown.members else None

        broken = broken_invariants(ledger, intake, shown.members, self._wanted,
                                   disjoint=len(self._order) == len(self._beside.members)
                                   and len(self._owner) == self._beside.keys, confused=confused)
        return Record(
            resources=self._resources(seen), provenance=shown.provenance, alternatives=shown.alternatives,
            issues=self._issues.detected([*findings, *broken], entries, reference_of, self._patient()),
            ledger=ledger, tables={**tables.versions, "merge": VERSION}, members=shown.members, aliases=shown.aliases)

    def _patient(self) -> str | None:
        place = bisect_left(self._order, ("Patient",))
        found = self._order[place] if place < len(self._order) else ("", "")
        return f"Patient/{found[1]}" if found[0] == "Patient" else None

    def _seen(self) -> set[str]:
        """Catalogue entries that a class refers to, directly or through another entry."""
        todo = [r for r in self._catalogue if self._wanted[r] > 0]
        seen = set(todo)
        while todo:
            new = {r for r in self._made[self._catalogue[todo.pop()]].refs if r in self._catalogue} - seen
            seen |= new
            todo += new
        return seen

    def _resources(self, seen: Iterable[str]) -> list[Body]:
        """All bodies by type and id."""
        entries = [self._made[self._catalogue[r]].resolved.body for r in seen]
        listed = self._bodies + entries
        return sorted(listed, key=lambda b: (b["resourceType"], b["id"])) if entries else listed

    def _catalogue_lines(self, seen: set[str]) -> dict[str, Line]:
        found: dict[str, Line] = {}
        for reference, root in self._catalogue.items():
            for form in self._made[root].forms:
                found |= lines(form.entry, reference if reference in seen else None)
        return found


@dataclass(slots=True)
class Beside:
    """What stands beside the resources, by "Type/id". keys: how many keys all members are."""

    provenance: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    alternatives: dict[str, dict[str, list[Body]]] = field(default_factory=dict)
    members: dict[str, tuple[Key, ...]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    keys: int = 0

    def copy(self) -> "Beside":
        return Beside(self.provenance.copy(), self.alternatives.copy(), self.members.copy(), self.aliases.copy(),
                      self.keys)

    def put(self, made: Made) -> None:
        self.provenance[made.reference] = made.resolved.provenance
        self.members[made.reference] = made.keys
        self.keys += len(made.keys)
        if made.resolved.alternatives:
            self.alternatives[made.reference] = made.resolved.alternatives
        self.aliases.update(dict.fromkeys((f"{made.type}/{a}" for a in made.aliases), made.reference))

    def drop(self, made: Made) -> None:
        del self.provenance[made.reference], self.members[made.reference]
        self.alternatives.pop(made.reference, None)
        self.keys -= len(made.keys)
        for alias in made.aliases:
            del self.aliases[f"{made.type}/{alias}"]
