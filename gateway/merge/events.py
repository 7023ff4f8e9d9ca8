"""Step 3a: identifiers that name one event at its own grain join facts, whatever their codes say."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.merge.body import identifiers, text
from gateway.merge.devices import serial, udis
from gateway.merge.documents import document_names
from gateway.merge.findings import Finding
from gateway.merge.forms import Form
from gateway.merge.graph import Classes
from gateway.merge.keys import Rule, rule
from gateway.merge.versions import Key

# An identifier without a type whose assigner's name says that it is of a group; of an order or accession, for results.
_GROUP = re.compile(r"group|requisition", re.IGNORECASE)
_ORDER = re.compile(r"accession|order|placer|filler|specimen", re.IGNORECASE)
_CORRECTED = frozenset({"corrected", "amended"})
Id = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Events:
    """joins: members of each identifier that joins them; refused: identifier → why it joins nothing."""

    joins: Sequence[Sequence[Form]]
    refused: Mapping[Id, Finding]


def event_ids(form: Form) -> set[Id]:
    """The identifiers of a fact that name its event."""
    law = rule(form.fact.type)
    found: set[Id] = set()
    for element in law.ids:
        found |= _special(form, element) if element in _SPECIAL else _plain(form, element, law)
    return found


def _plain(form: Form, element: str, law: Rule) -> set[Id]:
    found: set[Id] = set()
    for assigner, value, types in identifiers(form.fact.resource, element):
        if types & law.composite:
            if form.concept is not None and form.at is not None and form.at.exact:
                found.add((assigner, value, form.concept, form.at.key))
        elif not types & law.not_ids and (types or not _coarse(assigner, law)):
            found.add(("master identifier", assigner, value) if element == "masterIdentifier" else (assigner, value))
    return found


def _coarse(assigner: str, law: Rule) -> bool:
    return bool(_GROUP.search(assigner) or (law.composite and _ORDER.search(assigner)))


def _special(form: Form, element: str) -> set[Id]:
    body = form.fact.resource
    if element == "content":
        return {("document hash", h) for h in document_names(body)}
    if element == "relatesTo":
        return {("replaced", *key) for key in (form.entry.key, *form.replaces)}
    return set(serial(body) if element == "serialNumber" else udis(body))


_SPECIAL = frozenset({"content", "relatesTo", "serialNumber", "udiCarrier"})
_COMPOSITE = 4   # assigner, value, concept, instant
# Names that stand for one thing by their own definition, however many ids a source gives it.
_STRONG = frozenset({"document hash", "replaced", "serial", "udi", "item", "master identifier"})


def events(forms: Iterable[tuple[Form, Iterable[Id]]]) -> Events:
    """Joins among the facts of one type, given each with its event identifiers."""
    by_id: dict[Id, list[Form]] = {}
    for form, ids in forms:
        for id in ids:
            by_id.setdefault(id, []).append(form)
    shared = {id: members for id, members in by_id.items() if len(members) > 1}
    reused = {id for id, members in shared.items() if _reused(id, members)}
    clashing = {id for id, members in shared.items() if id not in reused and _clash(members)}
    kept = {id: members for id, members in shared.items() if id not in reused | clashing}
    chained = _clashing_chains(kept)
    refused = {id: _refusal("id-reused", id, shared[id]) for id in reused}
    refused |= {id: _refusal("identifier-clash", id, shared[id]) for id in clashing | chained}
    return Events([m for id, m in kept.items() if id not in chained], refused)


def _reused(id: Id, members: Sequence[Form]) -> bool:
    """Does one source use the identifier for two things? What a correction says anew is the same thing.

    Where a type has no code to tell things apart, two keys of one source are two things.
    """
    if not rule(members[0].fact.type).code:
        sources = [f.fact.source for f in members]
        return id[0] not in _STRONG and len(set(sources)) < len(sources)
    by_source: dict[str, list[Form]] = {}
    for form in members:
        by_source.setdefault(form.fact.source, []).append(form)
    return any(_several(id, own) and not any(corrected(f) for f in own) for own in by_source.values())


def _several(id: Id, own: Sequence[Form]) -> bool:
    """Two concepts are two things; under a number of an order so are two values of one test at one time."""
    return len({f.concept for f in own}) > 1 or (
        id[0] not in _STRONG and len(id) == _COMPOSITE and len({f.value.key for f in own}) > 1)


def corrected(form: Form) -> bool:
    return text(form.fact.resource, "status") in _CORRECTED


def _clash(members: Iterable[Form]) -> bool:
    """Do the members carry different exact instants, and none of them is a correction?"""
    listed = list(members)
    instants = {f.at.key for f in listed if f.at and f.at.exact}
    return len(instants) > 1 and not any(corrected(f) for f in listed)


def _clashing_chains(kept: Mapping[Id, list[Form]]) -> set[Id]:
    """Identifiers of a chain whose far ends clash."""
    classes: Classes[Key] = Classes()
    for members in kept.values():
        classes.join([f.entry.key for f in members])
    by_root: dict[Key, dict[Key, Form]] = {}
    for members in kept.values():
        for form in members:
            by_root.setdefault(classes.root(form.entry.key), {})[form.entry.key] = form
    bad = {root for root, members in by_root.items() if _clash(members.values())}
    return {id for id, members in kept.items() if classes.root(members[0].entry.key) in bad}


_WORDS = {"id-reused": "One source uses the identifier {0} for different things, so it joins nothing.",
          "identifier-clash": "The identifier {0} stands on facts of different times, so it joins nothing."}


def _refusal(code: str, id: Id, members: Iterable[Form]) -> Finding:
    name = " ".join(str(part) for part in id[:2])
    return Finding(code, tuple(sorted(f.entry.key for f in members)), _WORDS[code].format(name), element="identifier")
