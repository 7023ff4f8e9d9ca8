"""Facts: stored once under their content hash, each with every message that carries it.

Same id and same bytes: the fact is there already and only its carrier is added. Same id and other bytes never
overwrites: IntegrityError. A line with another `asserted` is another row of the same fact, so that the order of arrival
decides nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

import sqlalchemy as sa

from gateway.errors import IntegrityError, Issue, Severity
from gateway.ids import merged_id
from gateway.jsontext import canonical, loads
from gateway.model import Fact
from gateway.store.engine import Transaction
from gateway.store.patients import Ref, chunks, ciphers, ensure, numbers
from gateway.store.schema import DIRECTORY, carriers, facts, patients, search, units
from gateway.store.units import Unit, mention
from gateway.store.vault import seal, unseal


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact ready to be stored; made by `entry`, outside of the transaction.

    patient  key of the source patient it is about; "" for the directory
    place    where it stands in its message, for people
    labels   security label codes, sorted
    terms    rows of the search index: (param, lo, hi)
    """

    fact: Fact
    id: str
    body: bytes
    patient: str
    place: str
    labels: str
    terms: tuple[tuple[str, str, str], ...]


class Row(NamedTuple):
    """A stored fact whose body is still sealed: what policy and digest need without opening anything."""

    n: int
    id: str
    source: str
    type: str
    key: str
    version: str
    asserted: str
    received: str
    via: str
    patient: int
    patient_key: str
    labels: str
    merged: str
    change: int
    body: bytes

    @property
    def reference(self) -> str:
        return f"{self.source}/{self.type}/{self.key}"


@dataclass(frozen=True, slots=True)
class Added:
    """Ids of facts that are new, how many were there already, and ids that this message no longer says."""

    new: tuple[str, ...] = ()
    same: int = 0
    gone: tuple[str, ...] = ()


def entry(fact: Fact, patient: str = "", place: str = "", labels: Iterable[str] = (),
          terms: Iterable[tuple[str, str, str]] = ()) -> Entry:
    """Hash and serialise a fact once. The id equals `fact.id`."""
    body = canonical(fact.resource)
    head = canonical([fact.source, fact.type, fact.key, fact.version])[:-1]
    id = sha256(head + b"," + body + b"]").hexdigest()
    return Entry(fact, id, body, patient, place, " ".join(sorted(set(labels))), tuple(dict.fromkeys(terms)))


def add(tx: Transaction, unit: Unit, entries: Sequence[Entry]) -> Added:
    """This message says exactly these facts. Raises IntegrityError when an id is taken by other content.

    A unit that is processed again ends what it said before and says no longer.
    """
    unique = {(e.id, e.fact.asserted or ""): e for e in entries}
    refs = ensure(tx, [Ref(e.fact.source, e.patient) for e in unique.values() if e.patient])
    known = _known(tx, {id for id, _ in unique})
    new = {name: e for name, e in unique.items() if name not in known}
    for name, row in known.items():
        if name in unique:
            _same(tx, row, unique[name])
    placed = {name: known[name].n for name in unique if name in known}
    placed.update(zip(new, range(first, first + len(new)), strict=True) if (first := _first(tx, new)) else ())
    _insert(tx, placed, new, refs)
    gone = _withdraw(tx, unit, set(placed.values())) if unit.tries else ()
    tx.insert(carriers, [(n, unit.n, unique[name].place, None) for name, n in placed.items()],
              "replace" if unit.tries else "keep")
    mention(tx, unit, refs.values())
    return Added(tuple(id for id, _ in new), len(entries) - len(new), gone)


def _first(tx: Transaction, new: dict[Any, Entry]) -> int:
    return tx.take("fact", len(new)) if new else 0


def _known(tx: Transaction, ids: set[str]) -> dict[tuple[str, str], Row]:
    return {(r.id, r.asserted): r for some in chunks(sorted(ids)) for r in _rows(tx, facts.c.id.in_(some))}


def _same(tx: Transaction, row: Row, e: Entry) -> None:
    body = unseal(ciphers(tx, [row.patient])[row.patient], row.body, f"fact/{row.n}")
    held = (row.source, row.type, row.key, row.version, body)
    if held != (e.fact.source, e.fact.type, e.fact.key, _version(e.fact), e.body):
        raise IntegrityError(Issue("fact-collision", Severity.fatal, "Two different facts have one id; the one that "
                                   "was there stays and nothing of this message was stored.", row.reference,
                                   "Keep both messages and report this: a SHA-256 collision or a damaged database."))


def _version(fact: Fact) -> str:
    return canonical(fact.version).decode()


def _insert(tx: Transaction, placed: dict[tuple[str, str], int], new: dict[tuple[str, str], Entry],
            refs: dict[Ref, int]) -> None:
    if not new:
        return
    about = {name: refs[Ref(e.fact.source, e.patient)] if e.patient else DIRECTORY for name, e in new.items()}
    keys = ciphers(tx, about.values())
    change = tx.touch(about.values())
    rows, terms = [], []
    for name, e in new.items():
        f, n, patient = e.fact, placed[name], about[name]
        rows.append((n, e.id, f.source, f.type, f.key, _version(f), name[1], f.received or tx.at, f.via or "", patient,
                     e.labels, merged_id(tx.id_key, f.source, f.type, f.key), change, None,
                     seal(keys[patient], e.body, f"fact/{n}")))
        terms += [(f.type, param, lo, hi, patient, n) for param, lo, hi in e.terms]
    tx.insert(facts, rows)
    tx.insert(search, terms)


def _withdraw(tx: Transaction, unit: Unit, keep: set[int]) -> tuple[str, ...]:
    """End the facts that only an earlier processing of this unit said."""
    mine = sa.and_(carriers.c.unit == unit.n, carriers.c.gone.is_(None))
    said = {n for (n,) in tx.conn.execute(sa.select(carriers.c.fact).where(mine))}
    gone: list[str] = []
    for some in chunks(sorted(said - keep)):
        tx.conn.execute(sa.update(carriers).where(mine, carriers.c.fact.in_(some)).values(gone=tx.change))
        carried = sa.exists().where(carriers.c.fact == facts.c.n, carriers.c.gone.is_(None))
        rows = tx.conn.execute(sa.select(facts.c.n, facts.c.id, facts.c.patient)
                               .where(facts.c.n.in_(some), _LIVE, ~carried).order_by(facts.c.n)).all()
        ended = [r.n for r in rows]
        tx.conn.execute(sa.update(facts).where(facts.c.n.in_(ended)).values(gone=tx.touch(r.patient for r in rows)))
        tx.conn.execute(sa.delete(search).where(search.c.fact.in_(ended)))
        gone += [r.id for r in rows]
    return tuple(gone)


_LIVE = facts.c.gone.is_(None)
_COLUMNS = tuple(patients.c.key.label(name) if name == "patient_key" else facts.c[name] for name in Row._fields)


def _rows(tx: Transaction, *where: Any, upto: int | None = None, limit: int | None = None) -> list[Row]:
    stands = _LIVE if upto is None else sa.and_(
        facts.c.change <= upto, sa.or_(facts.c.gone.is_(None), facts.c.gone > upto))
    query = (sa.select(*_COLUMNS).join(patients, patients.c.n == facts.c.patient).where(*where, stands)
             .order_by(facts.c.n).limit(limit))
    return [Row(*row) for row in tx.conn.execute(query)]


def of_patients(tx: Transaction, members: Iterable[Ref], upto: int | None = None,
                types: Iterable[str] = ()) -> list[Row]:
    """Live facts about these source patients, or those that stood at change number `upto`; of some types or of all."""
    only = [facts.c.type.in_(list(types))] if types else []
    return [row for some in chunks(sorted(numbers(tx, members).values()))
            for row in _rows(tx, facts.c.patient.in_(some), *only, upto=upto)]


def directory(tx: Transaction, upto: int | None = None) -> list[Row]:
    """Facts about no patient: organisations, practitioners, locations, catalogue medicines."""
    return _rows(tx, facts.c.patient == DIRECTORY, upto=upto)


def of_key(tx: Transaction, source: str, type: str, key: str, upto: int | None = None) -> list[Row]:
    """All versions of one thing of one source, in the order they came."""
    return _rows(tx, facts.c.source == source, facts.c.type == type, facts.c.key == key, upto=upto)


def of_merged(tx: Transaction, id: str) -> list[Row]:
    """Facts whose key has this merged id: the way from any class member's id, old or new, to its person."""
    return _rows(tx, facts.c.merged == id)


def of_ids(tx: Transaction, ids: Iterable[str]) -> list[Row]:
    """Live facts by content id."""
    return [row for some in chunks(sorted(set(ids))) for row in _rows(tx, facts.c.id.in_(some))]


def numbered(tx: Transaction, ns: Iterable[int]) -> list[Row]:
    """Live facts by number, as search gives them."""
    return [row for some in chunks(sorted(set(ns))) for row in _rows(tx, facts.c.n.in_(some))]


def since(tx: Transaction, change: int, source: str = "", limit: int = 1000) -> list[Row]:
    """Live facts behind a change number, in order of arrival: pages of a feed."""
    only = [facts.c.source == source] if source else []
    return _rows(tx, facts.c.change > change, *only, limit=limit)


def opened(tx: Transaction, rows: Sequence[Row]) -> list[Fact]:
    """The facts themselves. Raises IntegrityError when stored bytes were changed."""
    keys = ciphers(tx, {r.patient for r in rows})
    return [Fact(r.source, loads(r.version), loads(unseal(keys[r.patient], r.body, f"fact/{r.n}")), r.asserted or None,
                 r.received, r.via or None) for r in rows]


class Carrier(NamedTuple):
    """A message that carries a fact, and the place in it."""

    unit: str
    source: str
    received: str
    place: str


def carried_by(tx: Transaction, row: Row) -> list[Carrier]:
    """Every message that says this fact: the way back to exact bytes."""
    query = (sa.select(units.c.id, units.c.source, units.c.received, carriers.c.place)
             .join(units, units.c.n == carriers.c.unit).where(carriers.c.fact == row.n, carriers.c.gone.is_(None))
             .order_by(units.c.n))
    return [Carrier(*r) for r in tx.conn.execute(query)]


def by_delivery(tx: Transaction, source: str) -> dict[str, list[Row]]:
    """Live facts of each delivery of a source, by the delivery's id: what stood in that file or answer."""
    from gateway.store.schema import deliveries, parts

    query = (sa.select(parts.c.delivery, carriers.c.fact).join(deliveries, deliveries.c.id == parts.c.delivery)
             .join(carriers, carriers.c.unit == parts.c.unit).where(deliveries.c.source == source).distinct())
    pairs = tx.conn.execute(query).all()
    rows = {r.n: r for r in numbered(tx, (n for _, n in pairs))}
    out: dict[str, list[Row]] = {}
    for delivery, n in pairs:
        if n in rows:
            out.setdefault(delivery, []).append(rows[n])
    return out


def patients_with(tx: Transaction, source: str, types: Iterable[str]) -> list[str]:
    """Keys of a source's patients about whom there is a live fact of one of these types, sorted."""
    query = (sa.select(patients.c.key).join(facts, facts.c.patient == patients.c.n)
             .where(facts.c.source == source, facts.c.type.in_(list(types)), _LIVE, patients.c.n != DIRECTORY)
             .distinct())
    return sorted(key for (key,) in tx.conn.execute(query))


def sources(tx: Transaction) -> list[str]:
    """Names of the origins of live facts, sorted."""
    return sorted(s for (s,) in tx.conn.execute(sa.select(facts.c.source).where(_LIVE).distinct()))


def count(tx: Transaction) -> dict[str, int]:
    """Live facts of each origin."""
    query = sa.select(facts.c.source, sa.func.count()).where(_LIVE).group_by(facts.c.source)
    return dict(tx.conn.execute(query).tuples().all())
