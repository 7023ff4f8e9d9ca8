"""Erasing one person: keys and bodies gone, salted commitments and counts left, neighbours untouched.

An order is written to the orders file first (opaque names only), then applied, then scrubbed out of the files. A crash
in between is completed by `reapply_erasures`, and so is a restore of a backup that was made before the order: the file
is not part of the database. What a source sends about the person later is refused (patients.ensure). A job that commits
with the erasure links the neighbours anew; who does so at once withdraws it (pipeline `people.erase`).

A message that also speaks of others loses its bytes; the others keep their facts, which are sealed with their own keys.
Directory facts that only erased messages carried go too, as if these had never come.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.errors import IntegrityError, Issue, Severity
from gateway.ids import digest
from gateway.jsontext import BadJson, dumps, loads
from gateway.store import assertions, exports, jobs, people
from gateway.store import schema as s
from gateway.store.engine import SOME, Store, Transaction, instant
from gateway.store.naming import Names, names_of
from gateway.store.patients import Ref, erased_name, numbers
from gateway.store.reach import Reach, reach
from gateway.store.scrub import scrub
from gateway.store.units import find, message, shred

_ORDER = {"id", "order", "by", "at", "units", "patients"}


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an order takes away. `shared`: messages among `units` that spoke of others too."""

    id: str
    patients: int = 0
    units: int = 0
    shared: int = 0
    facts: int = 0
    assertions: int = 0
    directory: int = 0
    scrubbed: bool = False

    def json(self) -> dict[str, Any]:
        return asdict(self)


Before = Callable[[Names], object]


def erase(store: Store, members: Iterable[Ref], order: str, by: str, at: datetime, *, marks: Sequence[bytes] = (),
          beside: Iterable[str] = (), dry_run: bool = False, before: Before = bool) -> Erasure:
    """Erase all of these source patients (one person's members) by an order's reference.

    marks    the person's identifiers as bytes: messages that could not be read and hold one of them go too
    beside   ids of messages about them that name no patient
    dry_run  only count
    before   is told what names the person, once the order is durable and before anything goes: for other files
    """
    with store.read() as tx:
        wanted = sorted(set(members))
        messages = sorted({*_marked(tx, marks), *beside})
        body: dict[str, Any] = {"order": order, "by": by, "at": instant(at), "units": messages,
                                "patients": [erased_name(tx, r) for r in wanted]}
        line = {"id": digest(body)[:16], **body}
        if dry_run:
            return _told(str(line["id"]), reach(tx, numbers(tx, wanted).values(), line["units"]))
    _record(store, line)
    done = _apply(store, line, before, wanted)
    return Erasure(**{**asdict(done), "scrubbed": _scrub(store)})


def neighbours(tx: Transaction, members: Iterable[Ref]) -> set[Ref]:
    """Who was compared with these source patients and is not among them: linked as if they had been there."""
    refs = set(members)
    return {r for d in people.decisions(tx, refs) for r in (d.a, d.b)} - refs


def reapply_erasures(store: Store, before: Before = bool) -> list[Erasure]:
    """Apply every order that this database does not know yet, and finish the scrubbing of those it does.

    To be called whenever a home is opened and after a restore; does nothing when nothing is owed.
    """
    with store.read() as tx:
        rows = tx.conn.execute(sa.select(s.erasures)).all()
    known = {r.id: loads(r.body) for r in rows}
    filed = _filed(store)
    for id in known.keys() - filed.keys():
        _record(store, known[id])
    done = [_apply(store, line, before) for id, line in filed.items() if id not in known]
    if done or not all(r.scrubbed for r in rows):
        _scrub(store)
    return done


def applied(tx: Transaction, order: str) -> list[str]:
    """When orders of this reference were given that are applied, oldest first."""
    bodies = [loads(body) for body in tx.conn.execute(sa.select(s.erasures.c.body)).scalars()]
    return sorted(body["at"] for body in bodies if body["order"] == order)


def _record(store: Store, line: Mapping[str, Any]) -> None:
    """The order is durable before anything is taken away."""
    if store.orders is not None and line["id"] not in _filed(store):
        store.orders.touch()
        with store.orders.open("r+b") as f:
            f.seek(f.read().rfind(b"\n") + 1)                 # a line that a crash tore was never applied
            f.truncate()
            f.write(dumps(line).encode() + b"\n")
            f.flush()
            os.fsync(f.fileno())


def _filed(store: Store) -> dict[str, dict[str, Any]]:
    if store.orders is None or not store.orders.exists():
        return {}
    try:
        lines = [_order(text) for text in store.orders.read_bytes().split(b"\n")[:-1]]
    except (BadJson, ValueError) as e:
        raise IntegrityError(Issue("orders-unreadable", Severity.fatal, "The file of erase orders was changed: what "
                                   "was erased could come back, so nothing was opened.", store.orders.name,
                                   "Restore this file from the latest copy.")) from e
    return {line["id"]: line for line in lines}


def _order(text: bytes) -> dict[str, Any]:
    """One line of the orders file. Raises BadJson or ValueError."""
    line = loads(text)
    if not isinstance(line, dict) or not line.keys() >= _ORDER:
        raise ValueError("this is no order")
    return line


def _marked(tx: Transaction, marks: Sequence[bytes]) -> list[str]:
    """Messages that belong to no known patient and hold one of the marks."""
    if not any(marks):
        return []
    nobody = ~sa.exists().where(s.mentions.c.unit == s.units.c.n)
    ids, after = [], 0
    while units := find(tx, nobody, after=after):
        after = units[-1].n
        ids += [u.id for u in units if (m := message(tx, u)) and any(mark and mark in m.raw for mark in marks)]
    return ids


def _named(tx: Transaction, names: Iterable[str]) -> list[Ref]:
    """The source patients that an order names: every one is asked, as the order tells nothing by itself."""
    wanted = set(names)
    every = tx.conn.execute(sa.select(s.patients.c.source, s.patients.c.key).where(s.patients.c.n != s.DIRECTORY))
    return [ref for row in every if erased_name(tx, ref := Ref(*row)) in wanted]


def _apply(store: Store, line: Mapping[str, Any], before: Before, members: Sequence[Ref] | None = None) -> Erasure:
    with store.write(datetime.fromisoformat(line["at"])) as tx:
        refs = _named(tx, line["patients"]) if members is None else members
        before(names_of(tx, refs))
        rows = reach(tx, numbers(tx, refs).values(), line["units"])
        if neighbours(tx, refs):
            jobs.enqueue(tx, "relink", line["id"], "everybody")
        _tell(tx, rows)
        assertions.inherit(tx, rows.heirs)
        _delete(tx, rows)
        shred(tx, rows.units)
        tx.insert(s.erasures, [(line["id"], line["at"], dumps(line), False)], "keep")
        tx.insert(s.erased, [(name, line["id"]) for name in line["patients"]], "keep")
    for n in rows.patients:
        store.known.pop(n, None)
    return _told(line["id"], rows)


def _told(id: str, rows: Reach) -> Erasure:
    own = len(rows.facts) - len(rows.directory)
    return Erasure(id, len(rows.patients), len(rows.units), len(rows.units) - len(rows.exclusive), own,
                   len(rows.assertions), len(rows.directory))


def _tell(tx: Transaction, rows: Reach) -> None:
    """One change, with the ids that mirrors must drop; what others said once ends here too."""
    number = tx.touch([*rows.patients, *rows.others, *([s.DIRECTORY] if rows.directory or rows.ended else [])])
    ids = set(tx.each(sa.select(s.facts.c.merged, s.facts.c.type).where(s.facts.c.n.in_(SOME)), rows.facts))
    tx.insert(s.tombstones, [(id, type, number) for id, type in sorted(ids)], "replace")
    for table, ended in ((s.facts, rows.ended), (s.assertions, rows.unsaid)):
        tx.each(sa.update(table).where(table.c.n.in_(SOME), table.c.gone.is_(None)).values(gone=number), ended)
    tx.each(sa.delete(s.search).where(s.search.c.fact.in_(SOME)), rows.ended)


def _delete(tx: Transaction, rows: Reach) -> None:
    """Rows by what names them, children before parents."""
    p, u, f, a = rows.patients, rows.exclusive, rows.facts, rows.assertions
    doomed: list[tuple[sa.Column, list[Any]]] = [
        (s.search.c.patient, p), (s.search.c.fact, f), (s.alarms.c.person, rows.persons), (s.carriers.c.fact, f),
        (s.carriers.c.unit, u), (s.facts.c.n, f),
        (s.scopes.c.assertion, a), (s.scopes.c.patient, p), (s.aims.c.assertion, a), (s.asserted_by.c.assertion, a),
        (s.asserted_by.c.unit, u), (s.assertions.c.n, a), (s.links.c.a, p), (s.links.c.b, p), (s.blocks.c.patient, p),
        (s.moves.c.patient, p),
        (s.issues.c.patient, p), (s.issues.c.unit, u), (s.mentions.c.unit, u), (s.mentions.c.patient, p),
        (s.enclosed.c.unit, rows.units), (s.enclosed.c.holder, u), (s.patient_keys.c.patient, p), (s.patients.c.n, p)]
    exports.end_all(tx, "somebody was erased since")
    for column, values in doomed:
        tx.each(sa.delete(column.table).where(column.in_(SOME)), values)
    tx.named.clear()
    lost = s.issues.c.unit.in_(SOME)           # others' gaps stay gaps; what the text said went with the message
    tx.each(sa.delete(s.issues).where(lost, s.issues.c.patient == s.DIRECTORY), rows.units)
    tx.each(sa.update(s.issues).where(lost).values(body=b""), rows.units)
    tx.conn.execute(sa.delete(s.problems).where(s.problems.c.id.not_in(sa.select(s.issues.c.problem))))


def _scrub(store: Store) -> bool:
    clean = scrub(store)
    if clean:
        with store.engine.connect().execution_options(writes=True) as conn, conn.begin():
            conn.execute(sa.update(s.erasures).values(scrubbed=True))
    return clean
