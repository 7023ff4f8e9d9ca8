"""Facts: stored once under their content hash, each with every message that carries it.

Same id and same bytes: the fact is there already and only its carrier is added. Same id and other bytes never
overwrites: IntegrityError. A line with another `asserted` is another row of the same fact, so that the order of arrival
decides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

import sqlalchemy as sa

from gateway.errors import IntegrityError, Issue, Severity
from gateway.ids import merged_id
from gateway.jsontext import canonical, dumps, loads
from gateway.model import Fact
from gateway.store.engine import SOME, Transaction
from gateway.store.patients import Ref, ciphers, ensure, numbers
from gateway.store.schema import DIRECTORY, carriers, deliveries, facts, mentions, parts, patients, plain, search, units
from gateway.store.units import Unit, mention_all, shred
from gateway.store.vault import seal, unseal


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact ready to be stored; made by `entry`, outside of the transaction.

    name     (id, asserted): names the row
    version  its version as JSON text
    patient  key of the source patient it is about; "" for the directory
    place    where it stands in its message, for people
    labels   security label codes, sorted
    terms    rows of the search index: (param, lo, hi)
    """

    fact: Fact
    name: tuple[str, str]
    version: str
    body: bytes
    patient: str
    place: str
    labels: str
    terms: tuple[tuple[str, str, str], ...]

    @property
    def id(self) -> str:
        return self.name[0]

    @property
    def about(self) -> Ref:
        return Ref(self.fact.source, self.patient) if self.patient else Ref("", "")


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
    body, version = canonical(fact.resource), dumps(fact.version, sort=True)
    head = f"[{quoted(fact.source)},{quoted(fact.type)},{quoted(fact.key)},{version},"
    id = sha256(head.encode() + body + b"]").hexdigest()
    held = tuple(dict.fromkeys((param, plain(lo), plain(hi)) for param, lo, hi in terms))
    return Entry(fact, (id, fact.asserted or ""), version, body, patient, plain(place), " ".join(sorted(set(labels))),
                 held)


def add(tx: Transaction, unit: Unit, entries: Sequence[Entry]) -> Added:
    """This message says exactly these facts. Raises IntegrityError when an id is taken by other content.

    A unit that is processed again ends what it said before and says no longer.
    """
    return add_all(tx, [(unit, entries)])[0]


def add_all(tx: Transaction, said: Sequence[tuple[Unit, Sequence[Entry]]]) -> list[Added]:
    """What many messages say, each exactly its facts: a few statements for all of them.

    Facts about erased patients are left out, and the bytes that held them are taken away.
    """
    unique = {e.name: e for _, entries in said for e in entries}
    refs = {**ensure(tx, (e.about for e in unique.values() if e.patient)), Ref("", ""): DIRECTORY}
    said = [(unit, _accepted(tx, unit, entries, refs)) for unit, entries in said]
    unique = {e.name: e for _, entries in said for e in entries}
    about = {e.name: refs[e.about] for e in unique.values()}
    placed = _known(tx, unique)
    new = [e for name, e in unique.items() if name not in placed]
    placed |= {e.name: n for n, e in enumerate(new, tx.take("fact", len(new)))}
    _insert(tx, placed, new, about)
    fresh = {e.name for e in new}
    added = []
    for unit, entries in said:
        gone = _withdraw(tx, unit, {placed[e.name] for e in entries}) if unit.tries else ()
        mine = list(dict.fromkeys(e.name for e in entries if e.name in fresh))
        fresh -= set(mine)
        added.append(Added(tuple(id for id, _ in mine), len(entries) - len(mine), gone))
    _carry(tx, said, placed)
    mention_all(tx, {(unit.n, about[e.name]) for unit, entries in said for e in entries if e.patient})
    return added


def _accepted(tx: Transaction, unit: Unit, entries: Sequence[Entry], refs: Mapping[Ref, int]) -> list[Entry]:
    """The entries without those about erased patients; a message about nobody else says nothing at all."""
    kept = [e for e in entries if e.about in refs]
    if len(kept) == len(entries):
        return kept
    shred(tx, [unit.n])
    return kept if any(e.patient for e in kept) else []


def _carry(tx: Transaction, said: Sequence[tuple[Unit, Sequence[Entry]]],
           placed: Mapping[tuple[str, str], int]) -> None:
    again = any(unit.tries for unit, _ in said)
    rows = {(placed[e.name], unit.n): e.place for unit, entries in said for e in entries}
    tx.insert(carriers, [(fact, unit, place, None) for (fact, unit), place in rows.items()],
              "replace" if again else "keep")


_LIVE = facts.c.gone.is_(None)
_COLUMNS = tuple(patients.c.key.label(name) if name == "patient_key" else facts.c[name] for name in Row._fields)
_ROWS = sa.select(*_COLUMNS).join(patients, patients.c.n == facts.c.patient).order_by(facts.c.n)
_BY_ID = _ROWS.where(facts.c.id.in_(SOME), _LIVE)
_BY_N = _ROWS.where(facts.c.n.in_(SOME), _LIVE)


def _known(tx: Transaction, unique: Mapping[tuple[str, str], Entry]) -> dict[tuple[str, str], int]:
    """Numbers of the entries that are stored already. Raises IntegrityError."""
    found = {}
    for row in map(Row._make, tx.each(_BY_ID, {id for id, _ in unique})):
        e = unique.get((row.id, row.asserted))
        if e is not None:
            _same(tx, row, e)
            found[e.name] = row.n
    return found


def _same(tx: Transaction, row: Row, e: Entry) -> None:
    body = unseal(ciphers(tx, [row.patient])[row.patient], row.body, f"fact/{row.n}")
    held = (row.source, row.type, row.key, row.version, body)
    if held != (e.fact.source, e.fact.type, e.fact.key, e.version, e.body):
        raise IntegrityError(Issue("fact-collision", Severity.fatal, "Two different facts have one id; the one that "
                                   "was there stays and nothing of this message was stored.", row.reference,
                                   "Keep both messages and report this: a SHA-256 collision or a damaged database."))


def _insert(tx: Transaction, placed: Mapping[tuple[str, str], int], new: Sequence[Entry],
            about: Mapping[tuple[str, str], int]) -> None:
    if not new:
        return
    patients = [about[e.name] for e in new]
    keys, change = ciphers(tx, patients), tx.touch(patients)
    rows, terms = [], []
    for e, patient in zip(new, patients, strict=True):
        f, n, type, key = e.fact, placed[e.name], e.fact.type, e.fact.key
        id, asserted = e.name
        merged, body = merged_id(tx.id_key, f.source, type, key), seal(keys[patient], e.body, f"fact/{n}")
        rows.append((n, id, f.source, type, key, e.version, asserted, f.received or tx.at, f.via or "", patient,
                     e.labels, merged, change, None, body))
        terms += [(type, param, lo, hi, patient, n) for param, lo, hi in e.terms]
    tx.insert(facts, rows)
    tx.insert(search, terms)


def _withdraw(tx: Transaction, unit: Unit, keep: set[int]) -> tuple[str, ...]:
    """End the facts that only an earlier processing of this unit said."""
    mine = sa.and_(carriers.c.unit == unit.n, carriers.c.gone.is_(None))
    dropped = {n for (n,) in tx.conn.execute(sa.select(carriers.c.fact).where(mine))} - keep
    if not dropped:
        return ()
    tx.each(sa.update(carriers).where(mine, carriers.c.fact.in_(SOME)).values(gone=tx.change), dropped)
    carried = sa.exists().where(carriers.c.fact == facts.c.n, carriers.c.gone.is_(None))
    ended = tx.each(sa.select(facts.c.n, facts.c.id, facts.c.patient).where(facts.c.n.in_(SOME), _LIVE, ~carried)
                    .order_by(facts.c.n), dropped)
    ns = [r.n for r in ended]
    tx.each(sa.update(facts).where(facts.c.n.in_(SOME)).values(gone=tx.touch(r.patient for r in ended)), ns)
    tx.each(sa.delete(search).where(search.c.fact.in_(SOME)), ns)
    return tuple(r.id for r in ended)


def stands(upto: int | None) -> sa.ColumnElement[bool]:
    """Facts that are live, or that were at a change number."""
    return _LIVE if upto is None else sa.and_(facts.c.change <= upto, sa.or_(_LIVE, facts.c.gone > upto))


def _rows(tx: Transaction, *where: Any, upto: int | None = None, limit: int | None = None) -> list[Row]:
    return [Row(*r) for r in tx.conn.execute(_ROWS.where(*where, stands(upto)).limit(limit))]


def of_patients(tx: Transaction, members: Iterable[Ref], upto: int | None = None,
                types: Iterable[str] = ()) -> list[Row]:
    """Live facts about these source patients, or those that stood at change number `upto`; of some types or of all."""
    only = [facts.c.type.in_(list(types))] if types else []
    query = _ROWS.where(facts.c.patient.in_(SOME), *only, stands(upto))
    return [Row(*r) for r in tx.each(query, numbers(tx, members).values())]


def directory(tx: Transaction, upto: int | None = None) -> list[Row]:
    """Facts about no patient: organisations, practitioners, locations, catalogue medicines."""
    return _rows(tx, facts.c.patient == DIRECTORY, upto=upto)


def of_key(tx: Transaction, source: str, type: str, key: str, upto: int | None = None) -> list[Row]:
    """All versions of one thing of one source, in the order they came."""
    rows = _rows(tx, facts.c.merged == merged_id(tx.id_key, source, type, key), upto=upto)
    return [r for r in rows if (r.source, r.type, r.key) == (source, type, key)]


def of_merged(tx: Transaction, id: str) -> list[Row]:
    """Facts whose key has this merged id: the way from any class member's id, old or new, to its person.

    Raises IntegrityError when two keys share the id.
    """
    rows = _rows(tx, facts.c.merged == id)
    if len({(r.source, r.type, r.key) for r in rows}) > 1:
        raise IntegrityError(Issue("id-collision", Severity.fatal, "Two different things have one merged id; neither "
                                   "is shown under it.", id, "Report it, and give the home a new id key."))
    return rows


def of_ids(tx: Transaction, ids: Iterable[str]) -> list[Row]:
    """Live facts by content id."""
    return [Row(*r) for r in tx.each(_BY_ID, ids)]


def numbered(tx: Transaction, ns: Iterable[int]) -> list[Row]:
    """Live facts by number, as search gives them."""
    return [Row(*r) for r in tx.each(_BY_N, ns)]


def since(tx: Transaction, change: int, source: str = "", type: str = "", after: int = 0,
          limit: int = 1000) -> list[Row]:
    """Live facts behind a change number and behind the fact number `after`, in order of arrival: pages of a feed."""
    wanted = {facts.c.source: source, facts.c.type: type}
    only = (column == value for column, value in wanted.items() if value)
    return _rows(tx, facts.c.change > change, facts.c.n > after, *only, limit=limit)


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


def count_via(tx: Transaction) -> dict[str, int]:
    """Live facts that came through each other gateway."""
    query = sa.select(facts.c.via, sa.func.count()).where(_LIVE, facts.c.via != "").group_by(facts.c.via)
    return dict(tx.conn.execute(query).tuples().all())


def mentioned(tx: Transaction, unit: Unit) -> list[Ref]:
    """Source patients that a message holds something about."""
    query = (sa.select(patients.c.source, patients.c.key).join(mentions, mentions.c.patient == patients.c.n)
             .where(mentions.c.unit == unit.n).order_by(patients.c.n))
    return [Ref(*row) for row in tx.conn.execute(query)]


def of_unit(tx: Transaction, unit: Unit) -> list[Row]:
    """Live facts that a message says."""
    return _rows(tx, facts.c.n.in_(sa.select(carriers.c.fact).where(
        carriers.c.unit == unit.n, carriers.c.gone.is_(None))))
