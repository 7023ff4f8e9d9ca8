"""The merge: a pure function of a set of facts, a set of assertions and versioned tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.ids import merged_id
from gateway.merge.across import ACROSS, Scene
from gateway.merge.body import references
from gateway.merge.build import class_ids, make, meaning_of
from gateway.merge.classes import Classed, classify
from gateway.merge.conflicts import clashes, inside
from gateway.merge.copies import Origins, origins, retracted_copies
from gateway.merge.directory import Directory
from gateway.merge.directory import directory as directory_of
from gateway.merge.elements import slot
from gateway.merge.events import reused_across_types
from gateway.merge.findings import Finding
from gateway.merge.forms import Form, form
from gateway.merge.invariants import broken_invariants
from gateway.merge.issues import detected, facts_of
from gateway.merge.ledger import ledger
from gateway.merge.listing import Unlisted, unlisted
from gateway.merge.made import Made
from gateway.merge.record import Record
from gateway.merge.said import Said, said
from gateway.merge.terms import Tables
from gateway.merge.verdicts import Verdicts, verdicts
from gateway.merge.versions import Entry, Key, Retraction, Times, entry, version_times
from gateway.merge.world import World, by_id
from gateway.model import Assertion, Fact

VERSION = "1"


@dataclass(frozen=True)
class Standing:
    """What stands after versions, retractions and copies. `excluded`: facts of unlinked sources."""

    entries: Mapping[Key, Entry]
    times: Times
    copies: Origins
    key_of: Mapping[str, Key]
    excluded: Sequence[Fact]
    words: Said


def merge(facts: Iterable[Fact], assertions: Iterable[Assertion], tables: Tables, id_key: bytes = b"",
          directory: Directory | None = None) -> Record:
    """The record of one person.

    facts       visible facts of that person, and the catalogue facts that they refer to, in any order, with repetition
    assertions  unlink, retract, listing, ruling, undo; others say nothing here
    id_key      the home's key for ids; empty in the pure commands
    directory   classes of catalogue entries over the whole home; None: those of the facts given
    """
    words = said(assertions)
    standing = stand(facts, words)
    world, catalogue = _world(standing, tables, id_key, directory)
    classed = classify(world, standing.times, standing.copies, words.rulings, standing.key_of)
    ids = class_ids(classed.classes, standing.entries, id_key) | {
        k: i for k, i in catalogue.ids.items() if k in standing.entries}
    gone = unlisted(standing.entries.values(), words.listings, standing.times)
    decided = verdicts(words.rulings, standing.key_of, standing.entries, classed.classes)
    made = [make(keys, classed.forms, world, ids, decided.chosen.get(min(keys), {}), gone) for keys in classed.classes]
    shown = _catalogue(made, catalogue, world, standing.times, ids)
    findings = _findings(made, world, standing, classed, catalogue, gone, decided)
    return _record([*made, *shown], findings, standing, world, id_key)


def stand(facts: Iterable[Fact], words: Said) -> Standing:
    """Steps 0 to 1 and the copies of step 2: what stands of every key."""
    unique, times = version_times(facts)
    by_key: dict[Key, list[Fact]] = {}
    excluded = []
    for fact in unique.values():
        if fact.source in words.unlinked:
            excluded.append(fact)
        else:
            by_key.setdefault((fact.source, fact.type, fact.key), []).append(fact)
    entries = {key: entry(key, own, words.retractions.get(key, ()), times) for key, own in by_key.items()}
    copies = origins(entries, words.retractions)
    for copy, origin in retracted_copies(entries, copies, words.retractions).items():
        why = Retraction("/".join(origin), "copy of a retracted fact", everything=True)
        entries[copy] = entry(copy, by_key[copy], (*words.retractions.get(copy, ()), why), times)
    key_of = {f.id: key for key, own in by_key.items() for f in own}
    return Standing(entries, times, copies, key_of, excluded, words)


def _world(standing: Standing, tables: Tables, id_key: bytes, given: Directory | None) -> tuple[World, Directory]:
    catalogue = given or directory_of(standing.entries, id_key)
    sources = frozenset(key[0] for key in standing.entries)
    return World(standing.entries, tables, sources, by_id(standing.entries), catalogue.ids, catalogue.named), catalogue


def _catalogue(made: Sequence[Made], catalogue: Directory, world: World, times: Times, ids: Mapping[Key, str]) -> list[Made]:
    """The catalogue entries that a visible fact refers to, directly or through another entry."""
    todo = sorted({r for m in made for r in _referred(m)})
    seen, shown = set(todo), []
    while todo:
        type, _, id = todo.pop().partition("/")
        keys = [k for k in catalogue.members.get((type, id), ()) if k in world.entries]
        if keys:
            forms = {k: form(world.entries[k], world, times, False) for k in keys}
            shown.append(make(sorted(keys, key=lambda k: forms[k].rank, reverse=True), forms, world, ids, {}, {}))
            new = set(_referred(shown[-1])) - seen
            seen |= new
            todo += sorted(new)
    return shown


def _referred(made: Made) -> Iterable[str]:
    yield from references(made.resolved.body)
    yield from references(list(made.resolved.alternatives.values()))


def _findings(made: Sequence[Made], world: World, standing: Standing, classed: Classed, catalogue: Directory,
              gone: Mapping[Key, Unlisted], decided: Verdicts) -> list[Finding]:
    """All issues, before and after human rulings."""
    found = [*classed.findings, *catalogue.findings, *clashes(standing.entries.values()), *decided.findings,
             *reused_across_types(classed.forms.values(), standing.times)]
    by_type: dict[str, list[Made]] = {}
    for one in made:
        by_type.setdefault(one.type, []).append(one)
        if len(one.members) > 1:
            found += [f for f in inside(one, meaning_of(one.lead, world))
                      if slot(f.element) not in decided.chosen.get(min(one.keys), {})]
        found += _no_longer(one, gone)
    scene = Scene(by_type, world, _outdated(standing, classed, world), decided.apart)
    for rule in ACROSS:
        found += rule(scene)
    return decided.settle(found, lambda f: facts_of(f, standing.entries))


def _no_longer(made: Made, gone: Mapping[Key, Unlisted]) -> list[Finding]:
    keys = [k for k in made.keys if k in gone]
    said_by = "; ".join(f"no longer listed by {k[0]} since {gone[k].since}" for k in keys)
    return [Finding("no-longer-listed", tuple(keys), f"{said_by[:1].upper()}{said_by[1:]}.")] if keys else []


def _outdated(standing: Standing, classed: Classed, world: World) -> list[tuple[Form, Form]]:
    """Forms of superseded results beside the form that stands."""
    out = []
    for key in sorted(classed.forms):
        if key[1] == "Observation":
            new = classed.forms[key]
            out += [(form(replace(new.entry, head=old), world, standing.times, False), new) for old in new.entry.older]
    return out


def _record(made: Sequence[Made], findings: Sequence[Finding], standing: Standing, world: World, id_key: bytes) -> Record:
    """Everything in its order: resources by type and id, the rest by name."""
    listed = sorted(made, key=lambda m: (m.type, m.id))
    shown = {k: m.reference for m in listed for k in m.keys}
    patient = next((m.reference for m in listed if m.type == "Patient"), None)
    lines = ledger(standing.entries, standing.excluded, shown)
    broken = broken_invariants(listed, lines, standing.key_of, standing.excluded)
    own = {k: f"{k[1]}/{merged_id(id_key, *k)}" for k in shown}
    return Record(
        resources=[m.resolved.body for m in listed],
        provenance={m.reference: dict(sorted(m.resolved.provenance.items())) for m in listed},
        alternatives={m.reference: dict(sorted(m.resolved.alternatives.items())) for m in listed
                      if m.resolved.alternatives},
        issues=detected([*findings, *broken], standing.entries, shown, patient),
        ledger=lines, tables=dict(sorted({**world.tables.versions, "merge": VERSION}.items())),
        members={m.reference: m.keys for m in listed},
        aliases={own[k]: shown[k] for k in sorted(shown) if own[k] != shown[k]})
