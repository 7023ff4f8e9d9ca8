"""Step 3: which facts are the same thing. A class is a list of keys; nothing here knows an id."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.merge.copies import Origins
from gateway.merge.course import episodes
from gateway.merge.events import events
from gateway.merge.findings import Finding
from gateway.merge.forms import Form, form
from gateway.merge.graph import Classes
from gateway.merge.keys import Rule, rule
from gateway.merge.points import points
from gateway.merge.rulings import apply
from gateway.merge.said import Ruling
from gateway.merge.versions import Entry, Key, Times
from gateway.merge.world import World

# Reports are compared by the classes of their results, so results come first.
_LAST = ("DiagnosticReport",)


@dataclass
class Classed:
    """forms: of every key that stands; classes: keys, each list in rank order; findings: what was seen on the way."""

    forms: dict[Key, Form] = field(default_factory=dict)
    classes: list[list[Key]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def classify(world: World, times: Times, copies: Origins, rulings: Sequence[Ruling],
             key_of: Mapping[str, Key]) -> Classed:
    """Classes of all types but the catalogue's."""
    by_type: dict[str, list[Entry]] = {}
    for key in sorted(world.entries):
        entry = world.entries[key]
        if entry.head is not None and rule(key[1]).way != "catalogue":
            by_type.setdefault(key[1], []).append(entry)
    out = Classed()
    for type in sorted(by_type, key=lambda t: (t in _LAST, t)):
        forms = [form(e, world, times, e.key in copies) for e in by_type[type]]
        groups, findings = classes_of(forms, rule(type), times, copies)
        own = [r for r in rulings if any(key_of[f][1] == type for f in r.facts if f in key_of)]
        groups, more = apply(groups, own, key_of, world.entries) if own else (groups, [])
        out.forms |= {f.entry.key: f for f in forms}
        out.classes += [sorted(g, key=lambda k: out.forms[k].rank, reverse=True) for g in groups]
        out.findings += findings + more
        world.joined.update((k, min(g)) for g in groups for k in g)
    return out


def classes_of(forms: Sequence[Form], law: Rule, times: Times, copies: Origins) -> tuple[list[list[Key]], list[Finding]]:
    """Classes of the facts of one type."""
    if law.way == "person":
        return [[f.entry.key for f in forms]], []
    if law.way == "never":
        return [[f.entry.key] for f in forms], []
    joined, findings = _joined(forms, times, copies)
    classes: Classes[Key] = Classes(f.entry.key for f in forms)
    for group in joined:
        classes.join([f.entry.key for f in group])
    leads: dict[Hashable, list[Form]] = {}
    for group in joined:
        lead = max(group, key=lambda f: f.rank)
        leads.setdefault(lead.bucket if lead.bucket is not None else lead.entry.key, []).append(lead)
    for bucket in leads.values():
        same, more = _bucket(bucket, law)
        findings += more
        for found in same:
            classes.join([f.entry.key for f in found])
    return classes.classes(), findings


def _joined(forms: Sequence[Form], times: Times, copies: Origins) -> tuple[list[list[Form]], list[Finding]]:
    """Facts that name one event, or are copies of each other, whatever they say."""
    found = events(forms, times)
    by_key = {f.entry.key: f for f in forms}
    classes: Classes[Key] = Classes(by_key)
    for members in found.joins:
        classes.join([f.entry.key for f in members])
    for form_ in forms:
        classes.join([form_.entry.key, *(o for o in copies.get(form_.entry.key, ()) if o in by_key)])
    return [[by_key[k] for k in group] for group in classes.classes()], list(found.findings)


def _bucket(forms: Sequence[Form], law: Rule) -> tuple[Iterable[list[Form]], list[Finding]]:
    """Classes of facts of one concept, polarity, site and parts."""
    if len(forms) == 1:
        return [list(forms)], []
    if law.way == "timeless":
        return [list(forms)], []
    return episodes(forms) if law.way == "course" else points(forms, law)
