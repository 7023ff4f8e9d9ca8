"""What went wrong with messages, grouped by cause, so that 4,812 failures read as three problems.

The fingerprint of a cause is source + stage + code + field; an issue's own text may quote the message and is sealed
with the unit's key. A unit's issues are those of its latest processing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from gateway.errors import Issue, Severity
from gateway.ids import digest
from gateway.jsontext import canonical, loads
from gateway.store.engine import SOME, Transaction
from gateway.store.patients import Ref, ensure, numbers
from gateway.store.schema import issues, patients, plain, problems
from gateway.store.units import Unit, ciphers, mention_all
from gateway.store.vault import seal, unseal

_INDEX = re.compile(r"[\[(]\d+[\])]|:\d+")


@dataclass(frozen=True, slots=True)
class Note:
    """An issue with what it concerns.

    stage    read | parse | map | validate | identity; read: how it was delivered, which its bytes alone do not show
    patient  source patient whose record lacks something because of it, if known
    type     FHIR type of what is missing: the section that must say `unreadable`
    """

    issue: Issue
    stage: str
    patient: Ref | None = None
    type: str = ""


class Problem(NamedTuple):
    """A cause, with the number of units that it stops or spoils today."""

    id: str
    source: str
    stage: str
    code: str
    field: str
    severity: str
    since: str
    last: str
    units: int


def place_of(where: str, literal: Iterable[str] = ()) -> str:
    """The field of an issue's `where`, without file, line and repetition: equal for the same cause.

    >>> place_of("labs.csv:12 result", ["labs.csv"])
    'result'
    >>> place_of("PID-3(2).1 (pid.yaml:18)")
    'PID-3.1 (pid.yaml)'
    """
    for text in literal:
        where = where.replace(text, "") if text else where
    return " ".join(plain(_INDEX.sub("", where)).split())


def note(tx: Transaction, unit: Unit, notes: Sequence[Note], literal: Iterable[str] = ()) -> None:
    """Replace a unit's issues. `literal`: names of the delivery and place, which are no part of a cause."""
    note_all(tx, [(unit, notes, literal)])


def note_all(tx: Transaction, noted: Sequence[tuple[Unit, Sequence[Note], Iterable[str]]]) -> None:
    """Replace the issues of many units; those of erased ones stay as they are."""
    keys = ciphers(tx, {unit.n for unit, notes, _ in noted if notes or unit.tries})
    noted = [n for n in noted if n[0].n in keys]
    affected = _forget(tx, {unit.n for unit, _, _ in noted if unit.tries})
    people = ensure(tx, {n.patient for _, notes, _ in noted for n in notes if n.patient})
    first = tx.take("issue", sum(len(notes) for _, notes, _ in noted))
    rows: list[tuple[Any, ...]] = []
    causes = {}
    for unit, item, literal in ((u, item, literal) for u, notes, literal in noted for item in notes):
        n, field = first + len(rows), place_of(item.issue.where, literal)
        cause = digest([unit.source, item.stage, item.issue.code, field])[:16]
        causes[cause] = (cause, unit.source, item.stage, item.issue.code, field, str(item.issue.severity), tx.at, tx.at)
        rows.append((n, unit.n, cause, people.get(item.patient, 0) if item.patient else 0, item.type,
                     seal(keys[unit.n], canonical({k: plain(v) for k, v in item.issue.json().items()}), f"issue/{n}")))
    if causes:
        _keep(tx, causes)
    tx.insert(issues, rows)
    about = {(unit, patient) for _, unit, _, patient, *_ in rows if patient}
    mention_all(tx, about)
    if affected | about:
        tx.touch({patient for _, patient in affected | about})


_OLD = sa.select(issues.c.unit, issues.c.patient).where(issues.c.unit.in_(SOME), issues.c.patient != 0)


def _forget(tx: Transaction, ns: set[int]) -> set[tuple[int, int]]:
    """Drop the issues of units; what they were about may be readable now."""
    if not ns:
        return set()
    about = {(unit, patient) for unit, patient in tx.each(_OLD, ns)}
    tx.each(sa.delete(issues).where(issues.c.unit.in_(SOME)), ns)
    return about


def _keep(tx: Transaction, causes: Mapping[str, tuple[Any, ...]]) -> None:
    known = {id for (id,) in tx.each(sa.select(problems.c.id).where(problems.c.id.in_(SOME)), causes)}
    tx.insert(problems, [row for id, row in causes.items() if id not in known])
    tx.each(sa.update(problems).where(problems.c.id.in_(SOME)).values(last=tx.at), known)


def find(tx: Transaction, source: str = "") -> list[Problem]:
    """Open problems, the gravest and largest first. A problem without units left is not listed."""
    count = sa.func.count(sa.distinct(issues.c.unit))
    columns = [problems.c[name] for name in Problem._fields[:-1]]
    query = sa.select(*columns, count).join(issues, issues.c.problem == problems.c.id).group_by(*columns)
    if source:
        query = query.where(problems.c.source == source)
    order = {str(s): i for i, s in enumerate(Severity)}
    found = [Problem(*row) for row in tx.conn.execute(query)]
    return sorted(found, key=lambda p: (order[p.severity], -p.units, p.id))


def unit_numbers(tx: Transaction, problem: str) -> list[int]:
    """Units of a problem (its whole id or a beginning of it), in the order they came: what a replay takes."""
    query = sa.select(issues.c.unit).where(issues.c.problem.startswith(problem, autoescape=True)).distinct()
    return [n for (n,) in tx.conn.execute(query.order_by(issues.c.unit))]


def of_unit(tx: Transaction, unit: Unit, stage: str = "") -> list[Issue]:
    """The issues of one message, all or those of a stage, opened; none once it was erased."""
    query = sa.select(issues.c.n, issues.c.body).where(issues.c.unit == unit.n).order_by(issues.c.n)
    if stage:
        query = query.join(problems, problems.c.id == issues.c.problem).where(problems.c.stage == stage)
    rows = tx.conn.execute(query).all()
    cipher = ciphers(tx, [unit.n]).get(unit.n)
    if cipher is None:
        return []
    return [Issue(**{**(body := loads(unseal(cipher, sealed, f"issue/{n}"))), "severity": Severity(body["severity"])})
            for n, sealed in rows]


class Unreadable(NamedTuple):
    """Items of one type that a source sent about a patient and that could not be shown."""

    source: str
    type: str
    items: int


def unreadable(tx: Transaction, members: Iterable[Ref]) -> list[Unreadable]:
    """What is missing from the record of these source patients: sections with it must not read "none known"."""
    query = (sa.select(patients.c.source, issues.c.type).join(patients, patients.c.n == issues.c.patient)
             .where(issues.c.patient.in_(SOME), issues.c.type != ""))
    items = Counter((source, type) for source, type in tx.each(query, numbers(tx, members).values()))
    return [Unreadable(source, type, count) for (source, type), count in sorted(items.items())]
