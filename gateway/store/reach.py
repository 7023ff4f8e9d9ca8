"""What an erasure reaches: every row that holds something of some source patients, and nothing of anyone else.

Messages are *shared* when something that they say of others outlives the erasure, else exclusive. What belongs to
nobody (the directory) goes with exclusive messages where no other message says it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.store import schema as s
from gateway.store.engine import SOME, Transaction


@dataclass(frozen=True, slots=True)
class Reach:
    """Numbers of rows, each sorted.

    units      messages that lose their bytes; exclusive: those among them that speak of nobody else
    facts      all facts that go; directory: those among them that are about nobody
    ended      directory facts that others said once: no longer live, kept for what was shown
    unsaid     assertions about nobody, likewise
    """

    patients: list[int]
    persons: list[str]
    units: list[int]
    exclusive: list[int]
    facts: list[int]
    directory: list[int]
    ended: list[int]
    assertions: list[int]
    unsaid: list[int]


def reach(tx: Transaction, ns: Iterable[int], unit_ids: Iterable[str] = ()) -> Reach:
    """What erasing numbered source patients, and some messages besides, takes away."""
    mine = dict(tx.each(sa.select(s.patients.c.n, s.patients.c.person).where(s.patients.c.n.in_(SOME)), ns))
    units = _ns(tx, s.mentions.c.unit, s.mentions.c.patient, mine) | _ns(tx, s.units.c.n, s.units.c.id, unit_ids)
    exclusive = units - _shared(tx, units, set(mine))
    directory, ended = _orphans(tx, s.facts, s.carriers, "fact", exclusive)
    unsaid, unsaid_since = _orphans(tx, s.assertions, s.asserted_by, "assertion", exclusive)
    facts = _ns(tx, s.facts.c.n, s.facts.c.patient, mine)
    aims = _ns(tx, s.aims.c.assertion, s.aims.c.merged, _ns(tx, s.facts.c.merged, s.facts.c.n, facts))
    said = _ns(tx, s.scopes.c.assertion, s.scopes.c.patient, mine) | aims | unsaid
    return Reach(sorted(mine), sorted({p for p in mine.values() if p}), sorted(units), sorted(exclusive),
                 sorted(facts | directory), sorted(directory), sorted(ended), sorted(said), sorted(unsaid_since))


_OTHERS = (
    sa.select(s.carriers.c.unit, s.facts.c.patient).join(s.facts, s.facts.c.n == s.carriers.c.fact)
    .where(s.carriers.c.unit.in_(SOME)).distinct(),
    sa.select(s.issues.c.unit, s.issues.c.patient).where(s.issues.c.unit.in_(SOME)).distinct())
_SAID = (sa.select(s.asserted_by.c.unit, s.scopes.c.assertion, s.scopes.c.patient)
         .join(s.scopes, s.scopes.c.assertion == s.asserted_by.c.assertion).where(s.asserted_by.c.unit.in_(SOME)))


def _shared(tx: Transaction, units: set[int], mine: set[int]) -> set[int]:
    """Units with a fact or an issue about someone else, or an assertion about others only."""
    nobody = {s.DIRECTORY}
    shared = {unit for query in _OTHERS for unit, patient in tx.each(query, units) if patient not in mine | nobody}
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
