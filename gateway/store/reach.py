"""What an erasure reaches: every row that holds something of some source patients, and nothing of anyone else.

Messages are *shared* when something that they say of others outlives the erasure, else exclusive. What belongs to
nobody (the directory) goes with exclusive messages where no other message says it. What a server first said of somebody
else and then of them is theirs: the older version, taken back in the other's record, goes too.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.jsontext import loads
from gateway.merge.corrected import Said, numbered, over
from gateway.store import schema as s
from gateway.store.engine import SOME, Transaction


@dataclass(frozen=True, slots=True)
class Reach:
    """Numbers of rows, each sorted.

    units      messages that lose their bytes; exclusive: those among them that speak of nobody else
    facts      all facts that go; directory: those among them that are about nobody
    ended      directory facts that others said once: no longer live, kept for what was shown
    assertions what goes of what is said; heirs: of what stays, the number and the patient who seals it from now on
    unsaid     assertions about nobody, ended like directory facts
    others     patients whose record held a fact that goes
    """

    patients: list[int]
    persons: list[str]
    units: list[int]
    exclusive: list[int]
    facts: list[int]
    directory: list[int]
    ended: list[int]
    assertions: list[int]
    heirs: dict[int, int]
    unsaid: list[int]
    others: list[int]


def reach(tx: Transaction, ns: Iterable[int], unit_ids: Iterable[str] = ()) -> Reach:
    """What erasing numbered source patients, and some messages besides, takes away."""
    mine = dict(tx.each(sa.select(s.patients.c.n, s.patients.c.person).where(s.patients.c.n.in_(SOME)), ns))
    theirs = _corrected(tx, set(mine))
    units = (_ns(tx, s.mentions.c.unit, s.mentions.c.patient, mine) | _ns(tx, s.units.c.n, s.units.c.id, unit_ids)
             | _ns(tx, s.carriers.c.unit, s.carriers.c.fact, theirs))
    facts = _ns(tx, s.facts.c.n, s.facts.c.patient, mine) | theirs.keys()
    aims = _ns(tx, s.aims.c.assertion, s.aims.c.merged, _ns(tx, s.facts.c.merged, s.facts.c.n, facts))
    said = _ns(tx, s.scopes.c.assertion, s.scopes.c.patient, mine) | aims
    heirs = _heirs(tx, said, facts)
    exclusive = units - _shared(tx, units, set(mine), theirs.keys()) - _ns(
        tx, s.asserted_by.c.unit, s.asserted_by.c.assertion, heirs)
    directory, ended = _orphans(tx, s.facts, s.carriers, "fact", exclusive)
    unsaid, unsaid_since = _orphans(tx, s.assertions, s.asserted_by, "assertion", exclusive)
    return Reach(sorted(mine), sorted({p for p in mine.values() if p}), sorted(units), sorted(exclusive),
                 sorted(facts | directory), sorted(directory), sorted(ended), sorted((said | unsaid) - heirs.keys()),
                 heirs, sorted(unsaid_since), sorted(set(theirs.values())))


_here, _there = s.facts.alias(), s.facts.alias()
_SEVERAL = (sa.select(_here.c.merged).join(_there, _there.c.merged == _here.c.merged)
            .where(_here.c.patient.in_(SOME), _there.c.patient != _here.c.patient, _there.c.patient != s.DIRECTORY,
                   _here.c.type != "Patient").distinct())
_VERSIONS = (sa.select(*(s.facts.c[name] for name in ("n", "source", "type", "key", "patient", "version", "asserted")))
             .where(s.facts.c.merged.in_(SOME), s.facts.c.via == "", s.facts.c.patient != s.DIRECTORY))


def _corrected(tx: Transaction, mine: set[int]) -> dict[int, int]:
    """Facts about others that a newer version of their server's gives to these patients, each with whom it was about.

    One that a version about somebody else again, who stays, takes back besides is not theirs.
    """
    things: dict[tuple[str, str, str], dict[Said, set[int]]] = {}
    for n, source, type, key, patient, version, asserted in tx.each(_VERSIONS, {m for (m,) in tx.each(_SEVERAL, mine)}):
        if numbered(said := Said(patient, loads(version), asserted)):
            things.setdefault((source, type, key), {}).setdefault(said, set()).add(n)
    found: dict[int, int] = {}
    for versions in things.values():
        here = {said for said in versions if said.patient in mine}
        left = versions.keys() - here
        while theirs := {said for said in left if said in over(said, here) and said not in over(said, left)}:
            left -= theirs
            found |= {n: said.patient for said in theirs for n in versions[said]}
    return found


_TARGETS = (sa.select(s.aims.c.assertion, s.facts.c.n, s.facts.c.patient)
            .join(s.facts, s.facts.c.merged == s.aims.c.merged).where(s.aims.c.assertion.in_(SOME)))
_CARRIED = sa.select(s.asserted_by.c.assertion).where(s.asserted_by.c.assertion.in_(SOME)).distinct()


def _heirs(tx: Transaction, said: set[int], facts: set[int]) -> dict[int, int]:
    """What messages say about a thing of which facts about others stay, and whom these are about."""
    heirs: dict[int, int] = {}
    for assertion, fact, patient in tx.each(_TARGETS, {n for (n,) in tx.each(_CARRIED, said)}):
        if fact not in facts and patient != s.DIRECTORY:
            heirs[assertion] = max(patient, heirs.get(assertion, patient))
    return heirs


_OTHERS = (
    sa.select(s.carriers.c.unit, s.facts.c.patient, s.facts.c.n).join(s.facts, s.facts.c.n == s.carriers.c.fact)
    .where(s.carriers.c.unit.in_(SOME)),
    sa.select(s.issues.c.unit, s.issues.c.patient, sa.null()).where(s.issues.c.unit.in_(SOME)).distinct())
_SAID = (sa.select(s.asserted_by.c.unit, s.scopes.c.assertion, s.scopes.c.patient)
         .join(s.scopes, s.scopes.c.assertion == s.asserted_by.c.assertion).where(s.asserted_by.c.unit.in_(SOME)))


def _shared(tx: Transaction, units: set[int], mine: set[int], theirs: Set[int]) -> set[int]:
    """Units with a fact or an issue about someone else, or an assertion about others only."""
    nobody = {s.DIRECTORY}
    shared = {unit for query in _OTHERS for unit, patient, fact in tx.each(query, units)
              if patient not in mine | nobody and fact not in theirs}
    about: dict[tuple[int, int], set[int]] = {}
    for unit, assertion, patient in tx.each(_SAID, units):
        about.setdefault((unit, assertion), set()).add(patient)
    return shared | {unit for (unit, _), people in about.items() if not people & mine and people - nobody}


def _ns(tx: Transaction, column: sa.Column, by: sa.Column, values: Iterable[Any]) -> set[Any]:
    return {v for (v,) in tx.each(sa.select(column).where(by.in_(SOME)).distinct(), values)}


def _orphans(tx: Transaction, table: sa.Table, said: sa.Table, thing: str,
             units: set[int]) -> tuple[set[int], set[int]]:
    """Rows of the directory that none but these units say, and those that others said once but no longer do."""
    here = _ns(tx, said.c[thing], said.c.unit, units)
    nobody = [n for n, patient in tx.each(sa.select(table.c.n, table.c.patient).where(table.c.n.in_(SOME)), here)
              if patient == s.DIRECTORY]
    outside: dict[int, set[bool]] = {n: set() for n in nobody}
    for n, unit, gone in tx.each(sa.select(said.c[thing], said.c.unit, said.c.gone).where(said.c[thing].in_(SOME)),
                                 nobody):
        outside[n] |= set() if unit in units else {gone is None}
    return {n for n, live in outside.items() if not live}, {n for n, live in outside.items() if live == {False}}
