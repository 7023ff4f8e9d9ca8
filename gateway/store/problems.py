"""What went wrong with messages, grouped by cause, so that 4,812 failures read as three problems.

The fingerprint of a cause is source + stage + code + field; an issue's own text may quote the message and is sealed
with the unit's key. A unit's issues are those of its latest processing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from gateway.errors import Issue, Severity
from gateway.ids import digest
from gateway.jsontext import canonical, loads
from gateway.store.engine import Transaction
from gateway.store.patients import Ref, chunks, ensure, numbers
from gateway.store.schema import issues, patients, problems
from gateway.store.units import Unit, ciphers, mention
from gateway.store.vault import seal, unseal

_INDEX = re.compile(r"[\[(]\d+[\])]|:\d+")


@dataclass(frozen=True, slots=True)
class Note:
    """An issue with what it concerns.

    stage    read | parse | map | validate | identity
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
    return " ".join(_INDEX.sub("", where).split())


def note(tx: Transaction, unit: Unit, notes: Sequence[Note], literal: Iterable[str] = ()) -> None:
    """Replace a unit's issues. `literal`: names of the delivery and place, which are no part of a cause."""
    if unit.tries or not notes:
        tx.conn.execute(sa.delete(issues).where(issues.c.unit == unit.n))
    if not notes:
        return
    cipher = ciphers(tx, [unit.n])[unit.n]
    people = ensure(tx, {n.patient for n in notes if n.patient})
    first, rows, causes = tx.take("issue", len(notes)), [], {}
    for n, item in enumerate(notes, first):
        field = place_of(item.issue.where, literal)
        cause = digest([unit.source, item.stage, item.issue.code, field])[:16]
        causes[cause] = (cause, unit.source, item.stage, item.issue.code, field, str(item.issue.severity), tx.at, tx.at)
        rows.append((n, unit.n, cause, people[item.patient] if item.patient else 0, item.type,
                     seal(cipher, canonical(item.issue.json()), f"issue/{n}")))
    _keep(tx, causes)
    tx.insert(issues, rows)
    mention(tx, unit, people.values())
    tx.touch(people.values())


def _keep(tx: Transaction, causes: Mapping[str, tuple[Any, ...]]) -> None:
    known = {id for some in chunks(sorted(causes)) for (id,) in tx.conn.execute(
        sa.select(problems.c.id).where(problems.c.id.in_(some)))}
    tx.insert(problems, [row for id, row in causes.items() if id not in known])
    for some in chunks(sorted(known)):
        tx.conn.execute(sa.update(problems).where(problems.c.id.in_(some)).values(last=tx.at))


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


def of_unit(tx: Transaction, unit: Unit) -> list[Issue]:
    """The issues of one message, opened."""
    query = sa.select(issues.c.n, issues.c.body).where(issues.c.unit == unit.n).order_by(issues.c.n)
    rows = tx.conn.execute(query).all()
    if not rows:
        return []
    cipher = ciphers(tx, [unit.n])[unit.n]
    return [Issue(**{**(body := loads(unseal(cipher, sealed, f"issue/{n}"))), "severity": Severity(body["severity"])})
            for n, sealed in rows]


class Unreadable(NamedTuple):
    """Items of one type that a source sent about a patient and that could not be shown."""

    source: str
    type: str
    items: int


def unreadable(tx: Transaction, members: Iterable[Ref]) -> list[Unreadable]:
    """What is missing from the record of these source patients: sections with it must not read "none known"."""
    out: dict[tuple[str, str], int] = {}
    for some in chunks(sorted(numbers(tx, members).values())):
        query = (sa.select(patients.c.source, issues.c.type, sa.func.count())
                 .join(patients, patients.c.n == issues.c.patient)
                 .where(issues.c.patient.in_(some), issues.c.type != "")
                 .group_by(patients.c.source, issues.c.type))
        for source, type, count in tx.conn.execute(query):
            out[source, type] = out.get((source, type), 0) + count
    return [Unreadable(source, type, count) for (source, type), count in sorted(out.items())]
