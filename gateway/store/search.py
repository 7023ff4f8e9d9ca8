"""The search index: finds candidates; what matches is decided on the merged, visible resource by whoever asks.

Rows are (type, param, lo, hi) of one fact, as text: a token has its code in `lo` and its system in `hi`; a string its
folded text in both; a date or number the two ends of its interval in a form whose text order is its own order.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from gateway.store.engine import SOME, Transaction
from gateway.store.fixed import Fixed
from gateway.store.patients import Ref, numbers
from gateway.store.schema import facts, patients, search


class Criterion(NamedTuple):
    """One parameter of a request: any of its alternatives.

    op  token (lo = code or "", hi = system or None for any) | prefix (lo) | overlap (interval lo..hi meets the row's)
    """

    param: str
    op: str
    values: Sequence[tuple[str, str | None]]


def _token(lo: str, hi: str | None) -> sa.ColumnElement[bool]:
    parts = [search.c.lo == lo] if lo else []
    parts += [search.c.hi == hi] if hi is not None else []
    return sa.and_(*parts) if parts else sa.false()


def _prefix(lo: str, hi: str | None) -> sa.ColumnElement[bool]:
    return sa.and_(search.c.lo >= lo, search.c.lo < _after(lo)) if lo else sa.false()


def _overlap(lo: str, hi: str | None) -> sa.ColumnElement[bool]:
    upper = search.c.lo <= hi if hi is not None else sa.true()
    return sa.and_(search.c.hi >= lo, upper)


_OPS = {"token": _token, "prefix": _prefix, "overlap": _overlap}


def _after(text: str) -> str:
    """The least text above every text with this beginning, by code point."""
    for i in reversed(range(len(text))):
        if ord(text[i]) < 0x10FFFF:
            point = ord(text[i]) + 1
            return text[:i] + chr(0xE000 if 0xD800 <= point <= 0xDFFF else point)
    return chr(0x10FFFF) * (len(text) + 1)


def _hits(type: str, criterion: Criterion, column: sa.Column, *inside: sa.ColumnElement[bool]) -> sa.Select:
    op = _OPS[criterion.op]
    return sa.select(column).where(search.c.type == type, search.c.param == criterion.param, *inside,
                                   sa.or_(sa.false(), *(op(lo, hi) for lo, hi in criterion.values)))


def persons(tx: Transaction, type: str, criteria: Sequence[Criterion],
            members: Sequence[Ref] | None = None) -> list[str]:
    """Persons of whom each criterion holds for some fact of this type, sorted; among some source patients or all."""
    ns = None if members is None else list(numbers(tx, members).values())
    inside = [] if ns is None else [search.c.patient.in_(ns)]
    found: set[str] | None = None
    for criterion in criteria:
        query = sa.select(patients.c.person).where(
            patients.c.n.in_(_hits(type, criterion, search.c.patient, *inside)), patients.c.person != "").distinct()
        hit = {p for (p,) in tx.conn.execute(query)}
        found = hit if found is None else found & hit
    return sorted(found or ())


def with_system(tx: Transaction, system: str) -> Iterator[str]:
    """Persons of whom some Patient has an identifier of this system, as they are found."""
    query = (sa.select(patients.c.person).join(search, search.c.patient == patients.c.n)
             .where(search.c.type == "Patient", search.c.param == "identifier", search.c.hi == system,
                    patients.c.person != ""))
    seen: set[str] = set()
    for (person,) in tx.conn.execute(query):
        if person not in seen:
            seen.add(person)
            yield person


def with_identifiers(tx: Transaction, source: str, values: Iterable[str]) -> list[Ref]:
    """Patients of one source whose own Patient has an identifier with one of these values."""
    query = (sa.select(patients.c.source, patients.c.key).join(search, search.c.patient == patients.c.n)
             .where(patients.c.source == source, search.c.type == "Patient", search.c.param == "identifier",
                    search.c.lo.in_(SOME)).distinct())
    return sorted({Ref(*row) for row in tx.each(query, values)})


def fact_numbers(tx: Transaction, type: str, criteria: Sequence[Criterion], source: str = "", upto: int | None = None,
                 members: Sequence[Ref] | None = None) -> list[int]:
    """Live facts of one type for which every criterion holds, in order of arrival (`facts.numbered` reads them)."""
    where = [facts.c.type == type, facts.c.gone.is_(None)]
    where += [facts.c.source == source] if source else []
    where += [facts.c.change <= upto] if upto is not None else []
    where += [facts.c.patient.in_(list(numbers(tx, members).values()))] if members is not None else []
    where += [facts.c.n.in_(_hits(type, c, search.c.fact)) for c in criteria]
    return [n for (n,) in tx.conn.execute(sa.select(facts.c.n).where(*where).order_by(facts.c.n))]


def led(tx: Transaction, merged: Iterable[str], params: Iterable[str]) -> list[tuple[str, str]]:
    """(merged id of a fact, `lo` of one of its rows of some parameters) of the live facts of these merged ids."""
    query = (sa.select(facts.c.merged, search.c.lo).join(search, search.c.fact == facts.c.n)
             .where(facts.c.merged.in_(SOME), facts.c.gone.is_(None), search.c.param.in_(list(params))).distinct())
    return [(m, lo) for m, lo in tx.each(query, merged)]


_LEADING = Fixed(sa.select(search.c.fact, search.c.lo).where(
    search.c.type == sa.bindparam("type"), search.c.param == sa.bindparam("param"), search.c.lo.in_(SOME)))


def leading(tx: Transaction, type: str, param: str, names: Iterable[str]) -> set[int]:
    """Numbers of the facts of a type, ended ones too, that lead by a parameter to any of these names."""
    return {n for n, _ in tx.each(_LEADING, names, type=type, param=param)}


def rebuild(tx: Transaction, rows: Sequence[tuple[int, str, int, Sequence[tuple[str, str, str]]]]) -> None:
    """Replace the index rows of facts, given as (fact number, type, patient number, terms): after a change of rules."""
    tx.each(sa.delete(search).where(search.c.fact.in_(SOME)), [n for n, *_ in rows])
    tx.insert(search, [(type, param, lo, hi, patient, n) for n, type, patient, terms in rows
                       for param, lo, hi in dict.fromkeys(terms)])
