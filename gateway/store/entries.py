"""Storing facts: hashed and serialised outside of the transaction, written in a few statements for many messages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gateway.errors import IntegrityError, Issue, Severity
from gateway.ids import merged_id
from gateway.jsontext import dumps
from gateway.model import Fact
from gateway.store.engine import SOME, Transaction
from gateway.store.facts import LIVE, Row, body_of, named
from gateway.store.patients import Ref, ciphers, ensure
from gateway.store.patients import refs as patient_refs
from gateway.store.schema import DIRECTORY, carriers, facts, plain, search
from gateway.store.units import Unit, mention_all, shred
from gateway.store.vault import seal


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


@dataclass(frozen=True, slots=True)
class Added:
    """Ids of facts that are new, how many were there already, and ids that this message no longer says.

    patients  source patients one of whose own Patient facts ended: who they are is to be found out again
    """

    new: tuple[str, ...] = ()
    same: int = 0
    gone: tuple[str, ...] = ()
    patients: tuple[Ref, ...] = ()


def entry(fact: Fact, patient: str = "", place: str = "", labels: Iterable[str] = (),
          terms: Iterable[tuple[str, str, str]] = ()) -> Entry:
    """Hash and serialise a fact once."""
    held = tuple(dict.fromkeys((param, plain(lo), plain(hi)) for param, lo, hi in terms))
    return Entry(fact, (fact.id, fact.asserted or ""), dumps(fact.version, sort=True), fact.body, patient, plain(place),
                 " ".join(sorted(set(labels))), held)


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
        gone, lost = _withdraw(tx, unit, {placed[e.name] for e in entries}) if unit.tries else ((), ())
        mine = list(dict.fromkeys(e.name for e in entries if e.name in fresh))
        fresh -= set(mine)
        added.append(Added(tuple(id for id, _ in mine), len(entries) - len(mine), gone, lost))
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


def _known(tx: Transaction, unique: Mapping[tuple[str, str], Entry]) -> dict[tuple[str, str], int]:
    """Numbers of the entries that are stored already. Raises IntegrityError."""
    found = {}
    for row in named(tx, unique):
        e = unique[row.id, row.asserted]
        _same(tx, row, e)
        found[e.name] = row.n
    return found


def _same(tx: Transaction, row: Row, e: Entry) -> None:
    held = (row.source, row.type, row.key, row.version, body_of(tx, row))
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


def _withdraw(tx: Transaction, unit: Unit, keep: set[int]) -> tuple[tuple[str, ...], tuple[Ref, ...]]:
    """End the facts that only an earlier processing of this unit said. Their ids, and whose Patient is among them."""
    mine = sa.and_(carriers.c.unit == unit.n, carriers.c.gone.is_(None))
    dropped = {n for (n,) in tx.conn.execute(sa.select(carriers.c.fact).where(mine))} - keep
    if not dropped:
        return (), ()
    tx.each(sa.update(carriers).where(mine, carriers.c.fact.in_(SOME)).values(gone=tx.change), dropped)
    carried = sa.exists().where(carriers.c.fact == facts.c.n, carriers.c.gone.is_(None))
    ended = tx.each(sa.select(facts.c.n, facts.c.id, facts.c.patient, facts.c.type)
                    .where(facts.c.n.in_(SOME), LIVE, ~carried).order_by(facts.c.n), dropped)
    ns = [r.n for r in ended]
    tx.each(sa.update(facts).where(facts.c.n.in_(SOME)).values(gone=tx.touch(r.patient for r in ended)), ns)
    tx.each(sa.delete(search).where(search.c.fact.in_(SOME)), ns)
    lost = patient_refs(tx, {r.patient for r in ended if r.type == "Patient"})
    return tuple(r.id for r in ended), tuple(sorted(lost.values()))


