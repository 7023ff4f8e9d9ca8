"""The record as it is written: resources in their order, the ledger, the issues, kept from one change to the next."""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping

from gateway.merge.findings import Finding
from gateway.merge.intake import Intake
from gateway.merge.invariants import broken_invariants
from gateway.merge.issues import detected
from gateway.merge.keys import rule
from gateway.merge.ledger import Line, lines, unlinked
from gateway.merge.made import Made
from gateway.merge.record import Record
from gateway.merge.standing import Standing
from gateway.merge.terms import Tables
from gateway.merge.versions import Key

VERSION = "1"


class Writing:
    """Put classes in and take them out; `record` writes what stands."""

    def __init__(self) -> None:
        self._order: list[tuple[str, str, Key]] = []
        self._made: dict[Key, Made] = {}
        self._wanted: Counter[str] = Counter()
        self._catalogue: dict[str, Key] = {}

    def put(self, root: Key, made: Made) -> None:
        self._made[root] = made
        if rule(made.type).way == "catalogue":
            self._catalogue[made.reference] = root
        else:
            insort(self._order, (made.type, made.id, root))
            self._wanted.update(made.refs)

    def drop(self, root: Key, made: Made) -> None:
        del self._made[root]
        if rule(made.type).way == "catalogue":
            self._catalogue.pop(made.reference, None)
        else:
            self._order.remove((made.type, made.id, root))
            self._wanted.subtract(made.refs)

    def _shown(self) -> list[Made]:
        """All classes, and the catalogue entries that any of them refers to, directly or through another entry."""
        todo = [r for r in self._catalogue if self._wanted[r] > 0]
        seen = set(todo)
        while todo:
            new = {r for r in self._made[self._catalogue[todo.pop()]].refs if r in self._catalogue} - seen
            seen |= new
            todo += new
        entries = [(m.type, m.id, root) for r in seen for root in [self._catalogue[r]] for m in [self._made[root]]]
        return [self._made[root] for _, _, root in (sorted([*self._order, *entries]) if entries else self._order)]

    def record(self, findings: Iterable[Finding], standing: Standing, intake: Intake, tables: Tables,
               class_of: Mapping[Key, Key]) -> Record:
        shown = self._shown()
        references = {k: m.reference for m in shown for k in m.keys}
        ledger = self._ledger(standing, intake, references)
        broken = broken_invariants(shown, ledger, intake.key_of, intake.excluded)
        patient = next((m.reference for m in shown if m.type == "Patient"), None)
        return Record(
            resources=[m.resolved.body for m in shown],
            provenance={m.reference: m.resolved.provenance for m in shown},
            alternatives={m.reference: m.resolved.alternatives for m in shown if m.resolved.alternatives},
            issues=detected([*findings, *broken], standing.entries, references, patient),
            ledger=ledger, tables=dict(sorted({**tables.versions, "merge": VERSION}.items())),
            members={m.reference: m.keys for m in shown},
            aliases={f"{m.type}/{a}": m.reference for m in shown for a in m.aliases})

    def _ledger(self, standing: Standing, intake: Intake, references: Mapping[Key, str]) -> dict[str, Line]:
        found = unlinked(intake.excluded.values())
        for key, entry in standing.entries.items():
            found |= lines(entry, references.get(key))
        return dict(sorted(found.items()))
