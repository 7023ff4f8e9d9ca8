"""One person's merge as it stands, so that a new fact recomputes what it concerns and nothing else.

From scratch is the same path with everything new; that both agree is a law (P4). A change of assertions, or a source
that was never heard of, changes what everything means, and then everything is read anew.

What a change concerns: the key's own entry and its copies; the forms that read it; the classes that its buckets and
event identifiers touch, before and after; every resource that refers to an id which changed; the rules of its groups.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

from gateway.ids import merged_id
from gateway.merge.build import anchor, make
from gateway.merge.details import READ_THROUGH
from gateway.merge.directory import Directory
from gateway.merge.directory import directory as directory_of
from gateway.merge.findings import Finding
from gateway.merge.forms import Form, form
from gateway.merge.grouping import Grouping, Keys
from gateway.merge.intake import Intake
from gateway.merge.keys import rule
from gateway.merge.listing import Unlisted, elsewhere, unlisted
from gateway.merge.made import Made
from gateway.merge.record import Record
from gateway.merge.references import unnamed
from gateway.merge.reuse import Uses
from gateway.merge.rulings import apply
from gateway.merge.standing import Standing
from gateway.merge.terms import Tables
from gateway.merge.verdicts import Verdicts, verdicts
from gateway.merge.versions import Key
from gateway.merge.watch import Watch
from gateway.merge.world import World
from gateway.merge.writing import Writing
from gateway.model import Assertion, Fact

# Reports are compared by the classes of their results, so results are grouped first.
_LAST = "DiagnosticReport"
_BY_IDENTIFIER = frozenset({"Encounter", "Coverage", "Observation", "MedicationRequest", "DiagnosticReport"})


class Person:
    """Facts and assertions go in with `add`, the record comes out of `record`."""

    def __init__(self, tables: Tables, id_key: bytes = b"", directory: Directory | None = None) -> None:
        self._tables, self._id_key, self._given = tables, id_key, directory
        self._intake = Intake()
        self._reset()

    def _reset(self) -> None:
        self._standing = Standing(self._intake)
        self._world = World(self._standing.entries, self._tables)
        self._directory = self._given or Directory()
        self._forms: dict[Key, Form] = {}
        self._groupings: dict[str, Grouping] = {}
        self._classes: dict[Key, Keys] = {}
        self._class_of: dict[Key, Key] = {}
        self._ids: dict[Key, str] = {}
        self._made: dict[Key, Made] = {}
        self._referrers: dict[Key, set[Key]] = {}
        self._gone: dict[Key, Unlisted] = {}
        self._elsewhere: dict[Key, Unlisted] = {}
        self._verdicts = Verdicts()
        self._ruled: list[Finding] = []
        self._uses = Uses()
        self._watch = Watch(self._world)
        self._writing = Writing()

    def add(self, facts: Iterable[Fact], assertions: Iterable[Assertion] = ()) -> None:
        """Put lines in, in any order, any of them again."""
        changed = self._intake.add(facts, assertions)
        sources = frozenset(s for s, _, _ in changed or ()) | self._world.sources
        if changed is None or sources != self._world.sources:
            if changed is None or self._standing.entries:
                self._reset()
            changed = set(self._intake.facts)
            self._world.sources = frozenset(s for s, _, _ in changed)
        self._update({k for k in changed if k in self._intake.facts})

    def record(self) -> Record:
        """The record of everything that was put in."""
        findings = self._verdicts.settle([*self._findings(), *self._verdicts.findings, *self._ruled],
                                         self._standing.entries)
        confused = [k for grouping in self._groupings.values() for k in grouping.confused()]
        return self._writing.record(findings, self._standing.entries, self._intake, self._tables, self._class_of,
                                    confused)

    def _findings(self) -> Iterable[Finding]:
        yield from self._directory.findings
        for grouping in self._groupings.values():
            yield from grouping.findings()
        yield from self._uses.findings()
        yield from self._watch.findings(self._verdicts)

    def _update(self, keys: set[Key]) -> None:
        touched = self._standing.update(keys)
        for source, type, id in touched:
            self._world.by_id.setdefault((source, id), set()).add((source, type, id))
        forms = touched | self._catalogue(touched) | self._named_by_id(touched) | self._readers(touched)
        spoilt = self._uses.update(touched, self._standing.entries, self._intake.times)
        forms |= {k for k in spoilt if k in self._forms}
        moved: set[Key] = set()
        for type in sorted({k[1] for k in forms} | {_LAST}, key=lambda t: (t == _LAST, t)):
            dirty = {k for k in forms if k[1] == type}
            if type == _LAST:
                dirty |= {k for k in self._referring(moved) if k[1] == _LAST}
            moved |= self._classify(type, dirty)
        self._make(touched, moved)

    def _catalogue(self, touched: set[Key]) -> set[Key]:
        """Build the directory anew where catalogue facts changed; the keys whose forms read what changed."""
        of_catalogue = {k for k in touched if rule(k[1]).way == "catalogue"}
        if not of_catalogue:
            return set()
        old = self._directory
        if self._given is None:
            entries = {k: e for k, e in self._standing.entries.items() if rule(k[1]).way == "catalogue"}
            self._directory = directory_of(entries, self._id_key)
        self._world.catalogue, self._world.named = self._directory.ids, self._directory.named
        changed = of_catalogue | {k for k in old.ids.keys() | self._directory.ids.keys()
                                  if old.ids.get(k) != self._directory.ids.get(k)}
        readers = {k for k in self._forms if k[1] in _BY_IDENTIFIER} if old.named != self._directory.named else set()
        return {k for k in changed | self._referring(changed) | readers if k in self._standing.entries}

    def _named_by_id(self, touched: set[Key]) -> set[Key]:
        """Keys whose `urn:uuid:` references may mean something else since these keys are there."""
        roots = {r for k in touched for r in self._referrers.get(unnamed(k[0], k[2]), ())}
        return {k for root in roots for k in self._classes.get(root, ())}

    def _referring(self, keys: Iterable[Key]) -> set[Key]:
        """The keys of classes that refer to any of the keys."""
        roots = {r for k in keys for t in (k, unnamed(k[0], k[2])) for r in self._referrers.get(t, ())}
        return {k for root in roots for k in self._classes.get(root, ())}

    def _readers(self, touched: set[Key]) -> set[Key]:
        """Keys whose forms are read through a reference to what is touched, directly or in turn."""
        found: set[Key] = set()
        todo = {k for k in touched if k[1] in READ_THROUGH}
        while todo:
            new = self._referring(todo) - found
            found |= new
            todo = {k for k in new if k[1] in READ_THROUGH}
        return {k for k in found if k in self._standing.entries}

    def _classify(self, type: str, keys: set[Key]) -> set[Key]:
        """Form and group the keys of one type anew; the keys whose class changed."""
        changed = {k: self._form(k) for k in keys}
        for key, found in changed.items():
            if found is None:
                self._forms.pop(key, None)
            else:
                self._forms[key] = found
        if rule(type).way == "catalogue":
            return self._reclass(self._catalogue_classes(type), keys, type)
        if type not in self._groupings:
            if not any(changed.values()):
                return set()
            self._groupings[type] = Grouping(rule(type))
        grouping = self._groupings[type]
        dirty = grouping.update(changed, self._standing.copies, self._standing.copied_by, self._uses.refused)
        rulings = [r for r in self._intake.words.rulings if any(
            self._intake.key_of[f][1] == type for f in r.facts if f in self._intake.key_of)]
        if not rulings:
            return self._replace({k: grouping.classes.get(k) for k in dirty})
        classes, findings = apply(list(grouping.classes.values()), rulings, self._intake.key_of, self._standing.entries)
        self._ruled = [f for f in self._ruled if f.keys[0][1] != type] + findings
        return self._reclass({min(c): tuple(c) for c in classes}, keys, type)

    def _form(self, key: Key) -> Form | None:
        entry = self._standing.entries[key]
        return form(entry, self._world, self._intake.times, key in self._standing.copies) if entry.head else None

    def _catalogue_classes(self, type: str) -> dict[Key, Keys]:
        classes = {}
        for (of_type, _), members in self._directory.members.items():
            here = tuple(k for k in members if k in self._forms)
            if of_type == type and here:
                classes[min(here)] = here
        return classes

    def _reclass(self, classes: Mapping[Key, Keys], keys: set[Key], type: str) -> set[Key]:
        """All classes of a type as they are now; only those that differ or hold one of the keys count as changed."""
        old = {root: set(c) for root, c in self._classes.items() if root[1] == type}
        new = {root: set(c) for root, c in classes.items()}
        return self._replace({root: classes.get(root) for root in old.keys() | new.keys()
                              if new.get(root) != old.get(root) or keys & new[root]})

    def _replace(self, classes: Mapping[Key, Keys | None]) -> set[Key]:
        """Put classes in place of those of the same least keys; every key that was or is in one of them."""
        affected = set()
        for root in classes:
            for key in self._classes.pop(root, ()):
                affected.add(key)
                if self._class_of.get(key) == root:
                    del self._class_of[key]
        for root, keys in classes.items():
            if keys:
                self._classes[root] = keys
                self._class_of.update(dict.fromkeys(keys, root))
                affected.update(keys)
        self._world.joined.update({k: self._class_of[k] for k in affected if k in self._class_of})
        for key in affected:
            if key not in self._class_of:
                self._world.joined.pop(key, None)
        return affected

    def _make(self, touched: set[Key], moved: set[Key]) -> None:
        """Ids and resources of the classes that changed, and of those that refer to an id that changed."""
        renamed = self._rename(moved | touched)
        self._list(touched)
        roots = {self._class_of[k] for k in moved | touched | self._referring(renamed) if k in self._class_of}
        roots |= self._decide()
        for root in roots | {k for k in moved if k not in self._classes}:
            self._drop(root)
        for root in sorted(roots):
            made = make([self._forms[k] for k in self._classes[root]], self._world, self._ids,
                        self._verdicts.chosen.get(root, {}), self._gone, self._id_key)
            self._made[root] = made
            for target in made.targets:
                self._referrers.setdefault(target, set()).add(root)
            self._watch.put(root, made, self._gone, self._elsewhere)
            self._writing.put(root, made)
        for key in touched:
            self._watch.entry(key, self._standing.entries[key], self._outdated(key))
            self._writing.entry(self._standing.entries[key])

    def _rename(self, keys: Iterable[Key]) -> set[Key]:
        """Write the ids of the classes of keys; the keys whose id changed."""
        named: dict[Key, str] = {}
        changed = set()
        for key in keys:
            old, root = self._ids.get(key), self._class_of.get(key)
            if root is None:
                self._ids.pop(key, None)
            else:
                if root not in named:
                    named[root] = self._directory.ids.get(root) or merged_id(
                        self._id_key, *anchor(self._classes[root], self._standing.entries))
                self._ids[key] = named[root]
            if old != self._ids.get(key):
                changed.add(key)
        return changed

    def _list(self, touched: set[Key]) -> None:
        for key in touched:
            self._gone.pop(key, None)
            self._elsewhere.pop(key, None)
        if self._intake.words.listings:
            given = [self._standing.entries[k] for k in touched], self._intake.words.listings, self._intake.times
            self._gone |= unlisted(*given)
            self._elsewhere |= elsewhere(*given)

    def _decide(self) -> set[Key]:
        """Judge the human rulings anew; the classes whose chosen answers changed."""
        old = self._verdicts.chosen
        if self._intake.words.rulings:
            self._verdicts = verdicts(self._intake.words.rulings, self._intake.key_of, self._standing.entries,
                                      lambda k: self._classes.get(self._class_of.get(k, k)))
        new = self._verdicts.chosen
        return {k for k in old.keys() | new.keys() if old.get(k) != new.get(k) and k in self._classes}

    def _drop(self, root: Key) -> None:
        made = self._made.pop(root, None)
        if made:
            for target in made.targets:
                self._referrers[target].discard(root)
            self._watch.drop(root, made)
            self._writing.drop(root, made)

    def _outdated(self, key: Key) -> list[tuple[Hashable, Form, Form]]:
        """(bucket, form of a superseded version, form that stands) of a result."""
        new = self._forms.get(key)
        if new is None or key[1] != "Observation":
            return []
        old = [form(replace(new.entry, head=f), self._world, self._intake.times, False) for f in new.entry.older]
        return [(o.bucket, o, new) for o in old if o.bucket is not None]
