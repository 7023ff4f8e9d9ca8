"""Assertions: what is said about facts or people that is no FHIR resource. Append-only; an undo is one more.

One that a message makes (retraction, listing, merge of numbers) is carried by it like a fact; one that a human makes
has no carrier and is never ended by a replay. An assertion that names a fact's key (a retraction) aims at it, so it is
found for the fact's patient even when it came before the fact.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gateway.errors import IntegrityError, Issue, Severity
from gateway.ids import merged_id
from gateway.jsontext import canonical, loads
from gateway.model import NAMING, Assertion
from gateway.store.engine import SOME, Transaction
from gateway.store.fixed import Fixed
from gateway.store.patients import Ref, ciphers, ensure, numbers, refs
from gateway.store.schema import DIRECTORY, aims, asserted_by, assertions, changes, facts, scopes
from gateway.store.units import Unit, mention, mention_all, shred
from gateway.store.vault import seal, unseal


def add(tx: Transaction, said: Sequence[tuple[Assertion, Sequence[Ref]]], unit: Unit | None = None) -> list[str]:
    """Store assertions, each with the source patients it is about; an undo is about those of what it undoes.

    With a unit: this message says exactly these, and what an earlier processing of it said besides is ended.
    What is said about an erased patient is left out.
    Returns the ids that are new. Raises IntegrityError when an id is taken by other content.
    """
    new, placed, about = [], set(), set()
    known = ensure(tx, (ref for _, whom in said for ref in whom))
    for assertion, whom in said:
        if any(ref not in known for ref in whom):
            shred(tx, [unit.n] if unit else [])
            continue
        n, fresh, people = _keep(tx, assertion, {known[ref] for ref in whom})
        placed.add(n)
        about |= people
        new += [assertion.id] if fresh else []
    if unit is not None:
        if unit.tries:
            _withdraw(tx, unit, placed)
        tx.insert(asserted_by, [(n, unit.n, None) for n in sorted(placed)], "replace")
        mention(tx, unit, about - {DIRECTORY})
    return new


def carry(tx: Transaction, said: Iterable[Assertion], unit: int) -> None:
    """A message that was processed before says this besides, about those whom it aims at."""
    for n, _, people in [_keep(tx, assertion, set()) for assertion in said]:
        tx.insert(asserted_by, [(n, unit, None)], "replace")
        mention_all(tx, {(unit, p) for p in people - {DIRECTORY}})


def _keep(tx: Transaction, assertion: Assertion, whom: set[int]) -> tuple[int, bool, set[int]]:
    """Number of the assertion, whether it is new, and the patients it is about."""
    body = canonical(assertion.line())
    row = tx.conn.execute(sa.select(assertions).where(assertions.c.id == assertion.id, _LIVE)).one_or_none()
    if row is not None:
        if _open(tx, row.patient, row.n, row.body) != body:
            raise IntegrityError(Issue("assertion-collision", Severity.error, "Another assertion has this id; it stays "
                                       "and the new one was not stored.", assertion.id, "Give the new one its own id."))
        return row.n, False, _scope(tx, row.n)
    merged = _aim(tx, assertion)
    people = whom | _undone(tx, assertion) | _aimed(tx, merged) or {DIRECTORY}
    owner, n = max(people), tx.take("assertion")
    sealed = seal(ciphers(tx, [owner])[owner], body, f"assertion/{n}")
    tx.insert(assertions, [(n, assertion.id, assertion.kind, owner, tx.touch(people), None, sealed)])
    tx.insert(scopes, [(n, p) for p in sorted(people)])
    tx.insert(aims, [(n, merged)] if merged else [])
    return n, True, people


def inherit(tx: Transaction, heirs: Mapping[int, int]) -> None:
    """Seal assertions with the key of another source patient whom they are about: whose key it was is erased."""
    rows = tx.each(_THESE, heirs)
    keys = ciphers(tx, {*heirs.values(), *(r.patient for r in rows)})
    for r in rows:
        name = f"assertion/{r.n}"
        body = seal(keys[heirs[r.n]], unseal(keys[r.patient], r.body, name), name)
        tx.conn.execute(sa.update(assertions).where(assertions.c.n == r.n).values(patient=heirs[r.n], body=body))
        tx.insert(scopes, [(r.n, heirs[r.n])], "keep")


def _aim(tx: Transaction, assertion: Assertion) -> str:
    key = [assertion.body.get(name) for name in ("source", "type", "id")]
    return merged_id(tx.id_key, *map(str, key)) if assertion.kind in NAMING and all(key) else ""


def _aimed(tx: Transaction, merged: str) -> set[int]:
    query = sa.select(facts.c.patient).where(facts.c.merged == merged)
    return {p for (p,) in tx.conn.execute(query)} if merged else set()


def _undone(tx: Transaction, assertion: Assertion) -> set[int]:
    if assertion.kind != "undo":
        return set()
    query = sa.select(scopes.c.patient).join(assertions, assertions.c.n == scopes.c.assertion)
    return {p for (p,) in tx.conn.execute(query.where(assertions.c.id == str(assertion.body.get("of", ""))))}


def _scope(tx: Transaction, n: int) -> set[int]:
    return {p for (p,) in tx.conn.execute(sa.select(scopes.c.patient).where(scopes.c.assertion == n))}


def _target(tx: Transaction, n: int) -> set[int]:
    query = sa.select(facts.c.patient).join(aims, aims.c.merged == facts.c.merged).where(aims.c.assertion == n)
    return {p for (p,) in tx.conn.execute(query.distinct())}


def _withdraw(tx: Transaction, unit: Unit, keep: set[int]) -> None:
    live = asserted_by.c.gone.is_(None)
    mine = sa.and_(asserted_by.c.unit == unit.n, live)
    said = {n for (n,) in tx.conn.execute(sa.select(asserted_by.c.assertion).where(mine))}
    for n in sorted(said - keep):
        tx.conn.execute(sa.update(asserted_by).where(mine, asserted_by.c.assertion == n).values(gone=tx.change))
        if not tx.conn.execute(sa.select(asserted_by.c.unit).where(asserted_by.c.assertion == n, live)).first():
            tx.conn.execute(sa.update(assertions).where(assertions.c.n == n).values(gone=tx.touch(_scope(tx, n))))


_LIVE = assertions.c.gone.is_(None)


def _open(tx: Transaction, owner: int, n: int, sealed: bytes) -> bytes:
    return unseal(ciphers(tx, [owner])[owner], sealed, f"assertion/{n}")


_SCOPED = Fixed(sa.select(scopes.c.patient, scopes.c.assertion).where(scopes.c.patient.in_(SOME)))
_SCOPED_KIND = Fixed(sa.select(scopes.c.assertion).join(assertions, assertions.c.n == scopes.c.assertion)
                     .where(scopes.c.patient.in_(SOME), assertions.c.kind.in_(sa.bindparam("kinds", expanding=True))))
_THESE = sa.select(assertions).where(assertions.c.n.in_(SOME)).order_by(assertions.c.n)
_LIVE_ONES = Fixed(_THESE.where(_LIVE))
_AIMED = Fixed(sa.select(facts.c.patient, aims.c.assertion).join(facts, facts.c.merged == aims.c.merged)
               .where(facts.c.patient.in_(SOME)).distinct())
_AIMING = Fixed(sa.select(aims.c.assertion).where(aims.c.merged == sa.bindparam("merged")))
_ANY_AIM = Fixed(sa.select(aims.c.assertion).limit(1))
_AIMED_AT = Fixed(sa.select(aims.c.merged).where(aims.c.merged.in_(SOME)).distinct())


def _stands(upto: int | None) -> sa.ColumnElement[bool]:
    return _LIVE if upto is None else sa.and_(assertions.c.change <= upto, sa.or_(_LIVE, assertions.c.gone > upto))


def _opened(tx: Transaction, rows: Sequence[Any]) -> list[Assertion]:
    ciphers(tx, {r.patient for r in rows})
    lines = [loads(_open(tx, r.patient, r.n, r.body)) for r in rows]
    return [Assertion(line["assert"], {k: v for k, v in line.items() if k != "assert"}) for line in lines]


def of_patients(tx: Transaction, members: Iterable[Ref], upto: int | None = None) -> list[Assertion]:
    """What was said about these source patients, live or as it stood at change number `upto`."""
    return of_groups(tx, [members], upto)[0]


def of_groups(tx: Transaction, groups: Sequence[Iterable[Ref]], upto: int | None = None) -> list[list[Assertion]]:
    """The same of each of these groups of source patients."""
    mine = [set(numbers(tx, members).values()) for members in groups]
    ns = set().union(*mine)
    about: dict[int, set[int]] = {}
    for patient, n in (*tx.each(_SCOPED, ns), *tx.each(_AIMED, ns)):
        about.setdefault(n, set()).add(patient)
    query: Any = _LIVE_ONES if upto is None else _THESE.where(_stands(upto))
    rows = tx.each(query, about)
    said = list(zip((about[r.n] for r in rows), _opened(tx, rows), strict=True))
    return [[a for whom, a in said if not whom.isdisjoint(members)] for members in mine]


def of_identity(tx: Transaction, members: Iterable[Ref], kinds: Iterable[str]) -> list[Assertion]:
    """Live assertions of some kinds about these source patients, and those that name nobody who is known."""
    ns = {*numbers(tx, members).values(), DIRECTORY}
    said = {n for (n,) in tx.each(_SCOPED_KIND, ns, kinds=sorted(kinds))}
    return _opened(tx, tx.each(_LIVE_ONES, said))


def about_unit(tx: Transaction, unit: Unit) -> list[Ref]:
    """Source patients that the live assertions of a message are about."""
    query = (sa.select(scopes.c.patient).join(asserted_by, asserted_by.c.assertion == scopes.c.assertion)
             .where(asserted_by.c.unit == unit.n, asserted_by.c.gone.is_(None)).distinct())
    return sorted(refs(tx, [n for (n,) in tx.conn.execute(query) if n != DIRECTORY]).values())


def aimed(tx: Transaction, source: str, type: str, key: str) -> list[Assertion]:
    """Live retractions of one thing of one source, and the live undos in the home where there are any."""
    ns = {n for (n,) in tx.run(_AIMING, merged=merged_id(tx.id_key, source, type, key))}
    said = _opened(tx, tx.each(_LIVE_ONES, ns))
    return [*said, *of_kinds(tx, ["undo"])] if said else []


def any_aims(tx: Transaction) -> bool:
    """Is there any retraction in the home?"""
    return bool(tx.run(_ANY_AIM))


def with_aims(tx: Transaction, keys: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Those of the keys (source, type, id) at which a retraction aims, sorted."""
    by_id = {merged_id(tx.id_key, *key): key for key in keys}
    found = tx.each(_AIMED_AT, by_id)
    return sorted(by_id[m] for (m,) in found)


def of_unit(tx: Transaction, unit: Unit) -> list[Assertion]:
    """Live assertions that a message says."""
    query = sa.select(asserted_by.c.assertion).where(asserted_by.c.unit == unit.n, asserted_by.c.gone.is_(None))
    return _opened(tx, tx.each(_LIVE_ONES, {n for (n,) in tx.conn.execute(query)}))


def ended_with(tx: Transaction, unit: Unit, change: int) -> list[tuple[Assertion, list[Ref]]]:
    """Assertions that a message ceased to say at a change, each with whom it is about."""
    query = sa.select(asserted_by.c.assertion).where(asserted_by.c.unit == unit.n, asserted_by.c.gone == change)
    rows = tx.each(_THESE, {n for (n,) in tx.conn.execute(query)})
    return [(said, sorted(refs(tx, _scope(tx, r.n) - {DIRECTORY}).values()))
            for r, said in zip(rows, _opened(tx, rows), strict=True)]


def of_kinds(tx: Transaction, kinds: Iterable[str], upto: int | None = None) -> list[Assertion]:
    """All live assertions of some kinds in the home: `same never split undo` are what identity reads."""
    query = sa.select(assertions).where(assertions.c.kind.in_(list(kinds)), _stands(upto)).order_by(assertions.c.n)
    return _opened(tx, tx.conn.execute(query).all())


def since(tx: Transaction, change: int) -> list[tuple[int, str, list[Ref], Assertion]]:
    """Live assertions behind a change number, in order: (change, its time, whom it is about, the assertion).

    One that aims at a fact's key is about the fact's patient, even when it came before the fact.
    """
    return _behind(tx, assertions.c.change, change, _LIVE)


def ended(tx: Transaction, change: int) -> list[tuple[int, str, list[Ref], Assertion]]:
    """Assertions that nobody says any more since behind a change number, as `since` tells those that live: with the
    change that ended them."""
    again = assertions.alias()
    live = sa.exists().where(again.c.id == assertions.c.id, again.c.gone.is_(None))
    return _behind(tx, assertions.c.gone, change, ~live)


def _behind(tx: Transaction, column: Any, change: int, *where: Any) -> list[tuple[int, str, list[Ref], Assertion]]:
    query = (sa.select(assertions, column.label("told"), changes.c.at).join(changes, changes.c.number == column)
             .where(column > change, *where).order_by(column, assertions.c.n))
    rows = tx.conn.execute(query).all()
    return [(r.told, r.at, sorted(refs(tx, (_scope(tx, r.n) | _target(tx, r.n)) - {DIRECTORY}).values()), said)
            for r, said in zip(rows, _opened(tx, rows), strict=True)]


def named(tx: Transaction, id: str) -> Assertion | None:
    """The live assertion with this id."""
    rows = tx.conn.execute(sa.select(assertions).where(assertions.c.id == id, _LIVE)).all()
    return _opened(tx, rows)[0] if rows else None


def said_in(tx: Transaction, id: str) -> set[int]:
    """Numbers of the messages that say the live assertion with this id."""
    query = (sa.select(asserted_by.c.unit).join(assertions, assertions.c.n == asserted_by.c.assertion)
             .where(assertions.c.id == id, _LIVE, asserted_by.c.gone.is_(None)))
    return {unit for (unit,) in tx.conn.execute(query)}


def about(tx: Transaction, id: str) -> list[Ref]:
    """Source patients that the assertion with this id is about, empty when there is none."""
    query = sa.select(scopes.c.patient).join(assertions, assertions.c.n == scopes.c.assertion).where(
        assertions.c.id == id, _LIVE)
    return sorted(refs(tx, [n for (n,) in tx.conn.execute(query) if n != DIRECTORY]).values())
