"""People: what identity works on (features, block keys, links) and what it found (which patients are one person).

Features are sealed with the patient's key; block keys are kept as opaque names, since identity only asks which are
equal. Persons change, source patients do not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from gateway.jsontext import canonical, loads
from gateway.store.engine import SOME, Transaction
from gateway.store.fixed import Fixed
from gateway.store.patients import Ref, ciphers, ensure, numbers, refs
from gateway.store.schema import DIRECTORY, alarms, assertions, blocks, links, moves, patient_keys, patients
from gateway.store.schema import changes as commits
from gateway.store.vault import seal, unseal


class Known(NamedTuple):
    """A source patient with the features that identity compares, and its person."""

    ref: Ref
    features: str
    person: str


class Link(NamedTuple):
    """One decision about a pair: link | review | no, under one model. `detail`: per-field weights, reasons, guards."""

    a: Ref
    b: Ref
    model: str
    decision: str
    weight: float
    probability: float
    detail: Any


class Move(NamedTuple):
    """A source patient that changed its person."""

    change: int
    at: str
    ref: Ref
    was: str
    now: str


_FEATURES = Fixed(sa.update(patients).where(patients.c.n == sa.bindparam("to_n"))
                  .values(features=sa.bindparam("to_features")))
_PERSON = Fixed(sa.update(patients).where(patients.c.n == sa.bindparam("to_n"))
                .values(person=sa.bindparam("to_person")))
_PERSONS = Fixed(sa.select(patients.c.n, patients.c.person).where(patients.c.n.in_(SOME)))
_MOVED = Fixed(sa.update(moves).where(moves.c.change == sa.bindparam("at"), moves.c.patient == sa.bindparam("to_n"))
               .values(now=sa.bindparam("to_now")))          # moved twice in one commit is one move
_SHARING = Fixed(sa.select(blocks.c.patient).where(blocks.c.key.in_(SOME)))
_KNOWN = Fixed(sa.select(patients, patient_keys.c.wrapped).outerjoin(
    patient_keys, patient_keys.c.patient == patients.c.n).where(
    patients.c.n.in_(SOME), patients.c.features.is_not(None)).order_by(patients.c.n))
_MEMBERS = Fixed(sa.select(patients.c.person, patients.c.source, patients.c.key, patients.c.n).where(
    patients.c.person.in_(SOME)))
_PERSON_OF = Fixed(sa.select(patients.c.person).where(patients.c.source == sa.bindparam("source"),
                                                      patients.c.key == sa.bindparam("key")))
_MINE, _THEIRS = moves.alias("mine"), moves.alias("theirs")
_TOGETHER = Fixed(sa.select(_MINE.c.patient, _THEIRS.c.patient).join(_MINE, _MINE.c.now == _THEIRS.c.now).where(
    _MINE.c.patient.in_(SOME), _MINE.c.now != "").distinct())            # nobody is no person
_DROP = Fixed(sa.delete(blocks).where(blocks.c.patient.in_(SOME)))
_CALM = Fixed(sa.delete(alarms).where(alarms.c.person.in_(SOME)))
_FORGET = Fixed(sa.delete(links).where(sa.or_(links.c.a.in_(SOME), links.c.b.in_(SOME))))
LINKED = tuple(Fixed(sa.select(links).where(side.in_(SOME))) for side in (links.c.a, links.c.b))
_PAIRS = tuple(Fixed(sa.select(links.c.a, links.c.b).where(
    side.in_(SOME), links.c.decision.in_(sa.bindparam("kinds", expanding=True)))) for side in (links.c.a, links.c.b))
_WEIGHTS = tuple(Fixed(sa.select(links.c.a, links.c.b, links.c.weight).where(
    side.in_(SOME), links.c.model == sa.bindparam("model"),
    links.c.decision.in_(sa.bindparam("kinds", expanding=True)))) for side in (links.c.a, links.c.b))


def put(tx: Transaction, known: Mapping[Ref, tuple[str, Iterable[str]]]) -> None:
    """Set features (any text) and block keys of source patients."""
    ns = ensure(tx, known)
    known = {ref: what for ref, what in known.items() if ref in ns}
    keys = ciphers(tx, ns.values())
    tx.each(_DROP, ns.values())
    rows = [{"to_n": ns[r], "to_features": seal(keys[ns[r]], f.encode(), f"features/{ns[r]}")}
            for r, (f, _) in known.items()]
    _FEATURES.many(tx.conn, rows)
    tx.insert(blocks, sorted((b, ns[r]) for r, (_, names) in known.items() for b in tx.vault.names("block", names)))


def candidates(tx: Transaction, names: Iterable[str]) -> list[Known]:
    """Source patients that share one of these block keys."""
    return numbered(tx, sharing(tx, names))


def sharing(tx: Transaction, names: Iterable[str]) -> set[int]:
    """The numbers of the source patients that share one of these block keys."""
    return {n for (n,) in tx.each(_SHARING, tx.vault.names("block", names))}


def known(tx: Transaction, members: Iterable[Ref]) -> list[Known]:
    """These source patients, where identity has seen them."""
    return numbered(tx, numbers(tx, members).values())


def everyone(tx: Transaction, step: int = 1000) -> Iterator[Known]:
    """All source patients with features, by number."""
    after = DIRECTORY
    while ns := [n for (n,) in tx.conn.execute(sa.select(patients.c.n).where(patients.c.n > after)
                                               .order_by(patients.c.n).limit(step))]:
        yield from numbered(tx, ns)
        after = ns[-1]


def numbered(tx: Transaction, ns: Iterable[int]) -> list[Known]:
    """Source patients by number, where identity has seen them."""
    rows = tx.each(_KNOWN, ns)
    for r in rows:
        if r.wrapped is not None and r.n not in tx.known and r.n not in tx.ciphers:
            tx.known[r.n] = tx.vault.unwrap(r.wrapped, f"patient/{r.n}")
    keys = ciphers(tx, (r.n for r in rows))
    return [Known(Ref(r.source, r.key), unseal(keys[r.n], r.features, f"features/{r.n}").decode(), r.person)
            for r in rows]


def decide(tx: Transaction, decisions: Sequence[Link]) -> None:
    """Keep decisions about pairs; a newer one of the same model replaces the older."""
    ns = ensure(tx, [r for d in decisions for r in (d.a, d.b)])
    rows = {}
    for d in (d for d in decisions if d.a in ns and d.b in ns):
        a, b = sorted((ns[d.a], ns[d.b]))
        rows[a, b, d.model] = (a, b, d.model, d.decision, d.weight, d.probability, canonical(d.detail).decode())
    tx.insert(links, list(rows.values()), "replace")


def decisions(tx: Transaction, members: Iterable[Ref] | None = None, decision: str = "") -> list[Link]:
    """Decisions that touch these source patients (None: all), of one kind or all; `review` is the queue."""
    rows: set[Any]
    if members is None:
        rows = set(tx.conn.execute(sa.select(links).where(*[links.c.decision == decision] if decision else ())))
    else:
        ns = numbers(tx, members).values()
        rows = {r for query in LINKED for r in tx.each(query, ns) if decision in ("", r.decision)}
    return as_links(tx, rows)


def as_links(tx: Transaction, rows: Iterable[Any]) -> list[Link]:
    """Rows of decisions, each once, by the numbers of the pair."""
    found = sorted(set(rows))
    names = refs(tx, [n for r in found for n in (r.a, r.b)])
    return [Link(names[r.a], names[r.b], r.model, r.decision, r.weight, r.probability, loads(r.detail)) for r in found]


def pairs(tx: Transaction, members: Iterable[Ref], kinds: Iterable[str]) -> set[tuple[Ref, Ref]]:
    """The pairs that touch these source patients and of which one of these decisions was made, the lesser first."""
    ns, words = numbers(tx, members).values(), sorted(kinds)
    found = {tuple(r) for query in _PAIRS for r in tx.each(query, ns, kinds=words)}
    names = refs(tx, {n for pair in found for n in pair})
    return {(min(names[a], names[b]), max(names[a], names[b])) for a, b in found}


def weights(tx: Transaction, members: Iterable[Ref], kinds: Iterable[str], model: str) -> dict[tuple[Ref, Ref], float]:
    """The same of one model, each with its weight."""
    ns, words = numbers(tx, members).values(), sorted(kinds)
    found = {(r.a, r.b): r.weight for query in _WEIGHTS for r in tx.each(query, ns, kinds=words, model=model)}
    names = refs(tx, {n for pair in found for n in pair})
    return {(min(names[a], names[b]), max(names[a], names[b])): weight for (a, b), weight in found.items()}


def models(tx: Transaction, most: int) -> set[str]:
    """The models of the decisions about the newest source patients, of so many decisions at most."""
    return set(tx.conn.scalars(sa.select(links.c.model).order_by(links.c.a.desc()).limit(most)))


def assign(tx: Transaction, persons: Mapping[Ref, str]) -> list[Move]:
    """Say which person each source patient belongs to. Returns what changed."""
    ns = ensure(tx, persons)
    was: dict[int, str] = dict(tx.each(_PERSONS, ns.values()))
    changed = {ns[r]: (r, was[ns[r]], now) for r, now in persons.items() if r in ns and was[ns[r]] != now}
    if not changed:
        return []
    _PERSON.many(tx.conn, [{"to_n": n, "to_person": now} for n, (_, _, now) in sorted(changed.items())])
    number = tx.touch(changed)
    tx.insert(moves, [(number, n, was, now) for n, (_, was, now) in sorted(changed.items())], "keep")
    _MOVED.many(tx.conn, [{"at": number, "to_n": n, "to_now": now} for n, (_, _, now) in sorted(changed.items())])
    affected = {p for _, *both in changed.values() for p in both if p}
    tx.each(_CALM, affected)
    return [Move(number, tx.at, ref, was, now) for ref, was, now in changed.values()]


def person(tx: Transaction, ref: Ref) -> str:
    """The person of a source patient, "" when there is none yet."""
    return next((person for (person,) in tx.run(_PERSON_OF, source=ref.source, key=ref.key)), "")


def persons_of(tx: Transaction, members: Iterable[Ref]) -> dict[Ref, str]:
    """The persons of source patients, "" where there is none yet; those that are not known are left out."""
    ns = {n: ref for ref, n in numbers(tx, members).items()}
    return {ns[n]: person for n, person in tx.each(_PERSONS, ns)}


def members(tx: Transaction, person: str) -> list[Ref]:
    """The source patients that are this person, sorted."""
    return members_of(tx, [person])[0]


def members_of(tx: Transaction, persons: Sequence[str]) -> list[list[Ref]]:
    """The source patients that are each of these persons, sorted."""
    found: dict[str, list[Ref]] = {person: [] for person in persons}
    for person, source, key, n in tx.each(_MEMBERS, found.keys() - {""}):
        ref = Ref(source, key)
        tx.named[ref] = n
        found[person].append(ref)
    return [sorted(found[person]) for person in persons]


def companions(tx: Transaction, members: Iterable[Ref], upto: int | None = None) -> list[Ref]:
    """These source patients and all that were ever one person with one of them, or had been at a change number."""
    return companions_of(tx, [members], upto)[0]


def companions_of(tx: Transaction, groups: Sequence[Iterable[Ref]], upto: int | None = None) -> list[list[Ref]]:
    """The companions of each of these groups of source patients."""
    mine = [numbers(tx, group) for group in groups]
    names = {n: ref for known in mine for ref, n in known.items()}
    then = [] if upto is None else [side.c.change <= upto for side in (_MINE, _THEIRS)]
    query: Any = _TOGETHER.statement.where(*then) if then else _TOGETHER
    near: dict[int, set[int]] = {}
    for one, other in tx.each(query, names):
        near.setdefault(one, set()).add(other)
    if unnamed := set().union(*near.values()) - names.keys():
        names |= refs(tx, unnamed)
    return [sorted({*known, *(names[other] for n in known.values() for other in near.get(n, ()))}) for known in mine]


def members_at(tx: Transaction, ref: Ref, change: int) -> list[Ref]:
    """The source patients that were one person with this one at a change number, itself among them; sorted."""
    then: dict[Ref, str] = {}
    for move in changes(tx, [ref, *companions(tx, [ref], change)]):
        if move.change <= change:
            then[move.ref] = move.now
    return sorted(r for r, person in then.items() if person and person == then.get(ref))


def persons(tx: Transaction, after: str = "", limit: int = 1000) -> list[str]:
    """Person ids in order, a page behind `after`."""
    query = sa.select(patients.c.person).where(patients.c.person > after).distinct()
    return [p for (p,) in tx.conn.execute(query.order_by(patients.c.person).limit(limit))]


def changes(tx: Transaction, members: Iterable[Ref]) -> list[Move]:
    """How these source patients came to their persons, oldest first."""
    query = sa.select(moves, commits.c.at).join(commits, commits.c.number == moves.c.change)
    rows = tx.each(query.where(moves.c.patient.in_(SOME)), numbers(tx, members).values())
    names = refs(tx, [r.patient for r in rows])
    return [Move(r.change, r.at, names[r.patient], r.was, r.now) for r in sorted(rows)]


def every_move(tx: Transaction) -> list[tuple[int, str, int, str, str]]:
    """Every change of a person in the home, oldest first: (change, time, number of the source patient, was, now)."""
    query = sa.select(moves.c.change, commits.c.at, moves.c.patient, moves.c.was, moves.c.now).join(
        commits, commits.c.number == moves.c.change).order_by(moves.c.change, moves.c.patient)
    return [(r.change, r.at, r.patient, r.was, r.now) for r in tx.conn.execute(query)]


def ruled_changes(tx: Transaction) -> set[int]:
    """Changes in which something was said about who is who, or taken back."""
    about = assertions.c.kind.in_(("same", "never", "split", "undo"))
    query = sa.select(assertions.c.change, assertions.c.gone).where(about)
    return {n for row in tx.conn.execute(query) for n in row if n is not None}


def forget_decisions(tx: Transaction, members: Iterable[Ref]) -> None:
    """Drop the decisions that touch these source patients: their demographics changed and they are compared anew."""
    tx.each(_FORGET, numbers(tx, members).values())


def forget(tx: Transaction, members: Iterable[Ref]) -> None:
    """Drop features and block keys of source patients of whom nothing is left; who they were stays in `changes`."""
    ns = list(numbers(tx, members).values())
    tx.each(sa.delete(blocks).where(blocks.c.patient.in_(SOME)), ns)
    tx.each(sa.update(patients).where(patients.c.n.in_(SOME)).values(features=None), ns)


def seen(tx: Transaction) -> int:
    """How many source patients identity has seen."""
    return int(tx.conn.execute(sa.select(sa.func.count()).where(patients.c.features.is_not(None))).scalar_one())


def count(tx: Transaction) -> int:
    """How many persons there are."""
    return int(tx.conn.execute(sa.select(sa.func.count(sa.distinct(patients.c.person)))
                               .where(patients.c.person != "")).scalar_one())
