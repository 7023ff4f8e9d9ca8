"""Step 3 for one resource type: which facts are the same thing, kept so that a change touches only what it concerns.

A component is what event identifiers and copies join; its lead (the greatest in rank) stands for it in one bucket; the
classes of a bucket join components. Nothing here knows an id.
"""

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence

from gateway.merge.copies import Origins
from gateway.merge.course import episodes
from gateway.merge.details import Details
from gateway.merge.events import Id, event_ids, events
from gateway.merge.findings import Finding
from gateway.merge.forms import Form
from gateway.merge.graph import Classes
from gateway.merge.keys import Rule
from gateway.merge.points import points
from gateway.merge.versions import Key

Keys = tuple[Key, ...]
Changed = Mapping[Key, Form | None]


class Grouping:
    """classes: least key → keys of the class, before human rulings."""

    def __init__(self, law: Rule) -> None:
        self.law = law
        self.forms: dict[Key, Form] = {}
        self.classes: dict[Key, Keys] = {}
        self._ids: dict[Key, set[Id]] = {}
        self._holders: dict[Id, set[Key]] = {}
        self._refused: dict[Id, Finding] = {}
        self._component: dict[Key, Keys] = {}
        self._lead: dict[Keys, Form] = {}
        self._buckets: dict[Hashable, dict[Key, Keys]] = {}
        self._of_bucket: dict[Hashable, tuple[list[Key], list[Finding]]] = {}
        self._unknown: dict[Hashable, list[Form]] = {}

    def update(self, changed: Changed, copies: Origins, copied_by: Mapping[Key, set[Key]],
               spoilt: Container[tuple[str, str]] = ()) -> set[Key]:
        """Take forms in (None: nothing stands); the least keys of classes that are gone, new or to be made anew.

        spoilt: identifiers that name nothing
        """
        reach = self._reach(changed, copies, copied_by, spoilt)
        dirty = {bucket for key in reach for bucket in self._leave(key)}
        joined, refused = self._joined(sorted(k for k in reach if k in self.forms), copies)
        self._refused |= refused
        dirty |= {self._enter(component) for component in joined}
        old = {least: keys for bucket in dirty for least, keys in self._ungroup(bucket)}
        new = {least: self.classes[least] for bucket in dirty for least in self._regroup(bucket)}
        return {least for least in old.keys() | new.keys()
                if old.get(least) != new.get(least) or not reach.isdisjoint(new[least])}

    def confused(self) -> Iterable[Key]:
        """Keys of which nothing can be compared and that were joined all the same: there must be none."""
        return (form.entry.key for forms in self._unknown.values() for form in forms)

    def findings(self) -> Iterable[Finding]:
        yield from self._refused.values()
        for _, found in self._of_bucket.values():
            yield from found

    def _reach(self, changed: Changed, copies: Origins, copied_by: Mapping[Key, set[Key]],
               spoilt: Container[tuple[str, str]]) -> set[Key]:
        """The changed keys and all that identifiers or copies tie to them, before or after the change."""
        seen: set[Key] = set()
        todo = list(changed)
        while todo:
            key = todo.pop()
            if key in seen:
                continue
            seen.add(key)
            ids = set(self._ids.get(key, ()))
            if key in changed:
                form = changed[key]
                self._take(key, form)
                self._index(key, {id for id in event_ids(form) if id[:2] not in spoilt} if form else set())
                ids |= self._ids.get(key, set())
            todo += [k for id in ids for k in self._holders.get(id, ())]
            todo += [*self._component.get(key, ()), *copies.get(key, ()), *copied_by.get(key, ())]
            self._forget(ids)
        return {k for k in seen if k in self.forms or k in self._component}

    def _take(self, key: Key, form: Form | None) -> None:
        if form is None:
            self.forms.pop(key, None)
        else:
            self.forms[key] = form

    def _index(self, key: Key, ids: set[Id]) -> None:
        for id in self._ids.pop(key, set()) - ids:
            self._holders[id].discard(key)
        if ids:
            self._ids[key] = ids
            for id in ids:
                self._holders.setdefault(id, set()).add(key)

    def _forget(self, ids: Iterable[Id]) -> None:
        for id in ids:
            self._refused.pop(id, None)

    def _leave(self, key: Key) -> Iterable[Hashable]:
        """Take the key's component out of its bucket."""
        component = self._component.get(key)
        if component is None:
            return
        lead = self._lead.pop(component)
        bucket = _bucket_of(lead, self.law)
        self._buckets[bucket].pop(lead.entry.key)
        for member in component:
            self._component.pop(member)
        yield bucket

    def _joined(self, keys: Sequence[Key], copies: Origins) -> tuple[list[list[Key]], Mapping[Id, Finding]]:
        """Components: facts that name one event, or are copies of each other, whatever they say."""
        found = events((self.forms[k], self._ids[k]) for k in keys if k in self._ids)
        classes: Classes[Key] = Classes(keys)
        for members in found.joins:
            classes.join([f.entry.key for f in members])
        for key in keys:
            if key in copies:
                classes.join([key, *(o for o in copies[key] if o in self.forms)])
        return classes.classes(), found.refused

    def _enter(self, members: Sequence[Key]) -> Hashable:
        component = tuple(sorted(members))
        lead = max((self.forms[k] for k in component), key=lambda f: f.rank)
        bucket = _bucket_of(lead, self.law)
        self._lead[component] = lead
        self._component.update(dict.fromkeys(component, component))
        self._buckets.setdefault(bucket, {})[lead.entry.key] = component
        return bucket

    def _ungroup(self, bucket: Hashable) -> list[tuple[Key, Keys]]:
        """Take the classes of one bucket away."""
        gone, _ = self._of_bucket.pop(bucket, ([], []))
        return [(least, self.classes.pop(least)) for least in gone]

    def _regroup(self, bucket: Hashable) -> list[Key]:
        """The classes of one bucket anew."""
        held = self._buckets.get(bucket)
        if not held:
            self._buckets.pop(bucket, None)
            self._unknown.pop(bucket, None)
            return []
        groups, findings = _same([self.forms[k] for k in sorted(held)], self.law)
        unknown = [f for g in groups if len(g) > 1 for f in g if f.bucket is None] if self.law.way != "person" else []
        self._unknown.pop(bucket, None)
        if unknown:
            self._unknown[bucket] = unknown
        new = []
        for group in groups:
            keys = tuple(sorted(k for form in group for k in held[form.entry.key]))
            self.classes[keys[0]] = keys
            new.append(keys[0])
        self._of_bucket[bucket] = (new, findings)
        return new


def _bucket_of(lead: Form, law: Rule) -> Hashable:
    """The bucket of a component; what is never equal to another by its content is alone in its own."""
    if law.way == "person":
        return "person"
    return ("alone", lead.entry.key) if lead.bucket is None else lead.bucket


def _same(leads: list[Form], law: Rule) -> tuple[list[list[Form]], list[Finding]]:
    """Classes of facts of one concept, polarity, site and parts."""
    if len(leads) == 1 or law.way == "person":
        return [leads], []
    if law.way == "moment":
        return points(leads, law)
    groups, findings = alike(leads)
    if law.way == "timeless":
        return groups, findings
    classes = []
    for group in groups:
        found, doubts = episodes(group)
        classes += found
        findings += doubts
    return classes, findings


def alike(leads: list[Form]) -> tuple[list[list[Form]], list[Finding]]:
    """Facts parted by their details; one that gives fewer joins the only one that it fits, else stands apart."""
    told = {f.details for f in leads}
    if len(told) == 1:
        return [leads], []
    full = [d for d in told if not any(d < other for other in told)]
    groups: dict[Details, list[Form]] = {}
    doubtful: dict[Details, list[Form]] = {}
    for form in leads:
        fitting = [d for d in full if form.details <= d]
        home, at = (groups, fitting[0]) if len(fitting) == 1 else (doubtful, form.details)
        home.setdefault(at, []).append(form)
    return [*groups.values(), *doubtful.values()], [
        Finding("ambiguous-value", tuple(sorted(f.entry.key for f in group)),
                "It says less than others that differ, and fits more than one of them, so it joins none.", "value")
        for group in doubtful.values()]
