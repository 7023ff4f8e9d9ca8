"""Exports on their way out: who asked for what, the pages that were made, and what each reader was given.

Pages are sealed with the export's own key and live for an hour. What was given stays: ids with an opaque name of each
body, so that the next export of the same reader says exactly what changed since, and what went.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.jsontext import canonical, loads
from gateway.store.engine import SOME, Transaction, instant
from gateway.store.patients import Ref, refs
from gateway.store.schema import export_given, export_pages, exports, facts, touched
from gateway.store.vault import seal, unseal

KEPT = 5                             # of each reader: the exports of which it is known what was given
LIFE = timedelta(hours=1)
_ALIVE = ("waiting", "running")


class Export(NamedTuple):
    """state: waiting | running | done | gone; time: the transactionTime; said: progress in words, or why it is gone."""

    id: str
    reader: str
    state: str
    time: str
    change: int
    asked: Mapping[str, Any]
    said: str
    until: str
    key: AESGCM


class Page(NamedTuple):
    """One file: lines of one resource type, or `deleted`, or `error`."""

    type: str
    number: int
    lines: int


def add(tx: Transaction, id: str, reader: str, asked: Mapping[str, Any], until: str = "") -> None:
    """A new export waits. reader: opaque name of who asks with which rights; asked: JSON, sealed.

    until  when it is over though nobody finished it: for one that no job makes again
    """
    wrapped, key = tx.vault.new_key(f"export/{id}")
    sealed = seal(key, canonical(asked), f"export/{id}")
    tx.insert(exports, [(id, reader, "waiting", "", 0, sealed, "", until, wrapped)])


def find(tx: Transaction, id: str) -> Export | None:
    row = tx.conn.execute(sa.select(exports).where(exports.c.id == id)).one_or_none()
    if row is None:
        return None
    key = tx.vault.unwrap(row.wrapped, f"export/{id}")
    asked = loads(unseal(key, row.asked, f"export/{id}"))
    return Export(row.id, row.reader, row.state, row.time, row.change, asked, row.said, row.until, key)


def alive(tx: Transaction, reader: str) -> int:
    """How many exports of a reader wait or run."""
    query = sa.select(sa.func.count()).where(exports.c.reader == reader, exports.c.state.in_(_ALIVE))
    return int(tx.conn.execute(query).scalar_one())


def begin(tx: Transaction, found: Export, time: datetime, change: int) -> Export | None:
    """Start, or start again after a worker that died. None: it is not to be made any more.

    time  becomes the transactionTime, or the next instant behind the reader's last one: each names one export
    """
    if found.state not in _ALIVE:
        return None
    mine = sa.select(sa.func.max(exports.c.time)).where(exports.c.reader == found.reader)
    last = tx.conn.execute(mine).scalar() or ""
    if instant(time) <= last:
        time = datetime.fromisoformat(last) + timedelta(microseconds=1)
    for table in (export_pages, export_given):
        tx.conn.execute(sa.delete(table).where(table.c.export == found.id))
    made = found._replace(state="running", time=instant(time), change=change)
    tx.conn.execute(sa.update(exports).where(exports.c.id == found.id).values(
        state=made.state, time=made.time, change=made.change))
    return made


def _ours(made: Export) -> sa.ColumnElement[bool]:
    """Still this run of it: its transactionTime is the run's own."""
    return sa.and_(exports.c.id == made.id, exports.c.state == "running", exports.c.time == made.time)


def put(tx: Transaction, made: Export, pages: Iterable[tuple[Page, bytes]], given: Iterable[tuple[str, str, str]],
        said: str) -> bool:
    """Keep pages and what they give: (id, type, opaque name of the body). False: it was ended or begun anew meanwhile.
    """
    if not tx.conn.execute(sa.update(exports).where(_ours(made)).values(said=said)).rowcount:
        return False
    tx.insert(export_pages, [(made.id, p.type, p.number, p.lines,
                              seal(made.key, body, _bound(made.id, p.type, p.number))) for p, body in pages])
    tx.insert(export_given, [(made.id, *g) for g in given])
    return True


def finish(tx: Transaction, made: Export) -> bool:
    """The export is whole and can be fetched until its hour is over; older ones of its reader are forgotten."""
    until = later(tx, LIFE)
    whole = tx.conn.execute(sa.update(exports).where(_ours(made)).values(state="done", until=until)).rowcount == 1
    mine = sa.select(exports.c.id).where(exports.c.reader == made.reader, exports.c.state.not_in(_ALIVE))
    old = [r.id for r in tx.conn.execute(mine.order_by(exports.c.time.desc()).offset(KEPT))]
    for table in (export_pages, export_given):
        tx.each(sa.delete(table).where(table.c.export.in_(SOME)), old)
    tx.each(sa.delete(exports).where(exports.c.id.in_(SOME)), old)
    return whole


def end(tx: Transaction, id: str, why: str) -> None:
    """No more to be fetched; what was given is still known, unless it never was whole."""
    unfinished = tx.conn.execute(sa.select(exports.c.id).where(exports.c.id == id, exports.c.state.in_(_ALIVE))).first()
    if unfinished:
        tx.conn.execute(sa.delete(export_given).where(export_given.c.export == id))
    tx.conn.execute(sa.delete(export_pages).where(export_pages.c.export == id))
    tx.conn.execute(sa.update(exports).where(exports.c.id == id).values(
        state="gone", said=why, **({"time": ""} if unfinished else {})))


def end_all(tx: Transaction, why: str, before: str = "") -> None:
    """End every export, or those whose time to be fetched is over."""
    over = [exports.c.until != "", exports.c.until < before] if before else []
    for row in tx.conn.execute(sa.select(exports.c.id).where(exports.c.state != "gone", *over)).all():
        end(tx, row.id, why)


def before(tx: Transaction, reader: str, time: str) -> str:
    """The export of this reader whose transactionTime that is, "" when none."""
    query = sa.select(exports.c.id).where(exports.c.reader == reader, exports.c.time == time)
    return tx.conn.execute(query).scalar() or ""


def given(tx: Transaction, export: str, ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """(type, id) → opaque name of the body that an export gave, of those among `ids` that it gave."""
    query = sa.select(export_given.c.type, export_given.c.id, export_given.c.body).where(
        export_given.c.export == export, export_given.c.id.in_(SOME))
    return {(t, i): body for t, i, body in tx.each(query, ids)}


def gone(tx: Transaction, earlier: str, later: str, types: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(type, id) of what the earlier export gave and the later one does not; of some types or of all."""
    old, new = export_given.alias(), export_given.alias()
    still = sa.exists().where(new.c.export == later, new.c.type == old.c.type, new.c.id == old.c.id)
    only = [old.c.type.in_(sorted(types))] if types else []
    query = sa.select(old.c.type, old.c.id).where(old.c.export == earlier, ~still, *only)
    return list(tx.conn.execute(query.order_by(old.c.type, old.c.id)).tuples())


def carry(tx: Transaction, earlier: str, later: str, types: Iterable[str]) -> None:
    """What the earlier export gave of other types than these stays given by the later one."""
    rows = tx.conn.execute(sa.select(export_given.c.id, export_given.c.type, export_given.c.body).where(
        export_given.c.export == earlier, export_given.c.type.not_in(sorted(types)))).tuples()
    tx.insert(export_given, [(later, *r) for r in rows])


def pages(tx: Transaction, export: str) -> list[Page]:
    query = sa.select(export_pages.c.type, export_pages.c.number, export_pages.c.lines).where(
        export_pages.c.export == export)
    return [Page(*r) for r in tx.conn.execute(query.order_by(export_pages.c.type, export_pages.c.number))]


def body(tx: Transaction, found: Export, type: str, number: int) -> bytes | None:
    """The lines of one page, None when there is none."""
    row = tx.conn.execute(sa.select(export_pages.c.body).where(
        export_pages.c.export == found.id, export_pages.c.type == type, export_pages.c.number == number)).first()
    return None if row is None else unseal(found.key, row.body, _bound(found.id, type, number))


def consented(tx: Transaction, change: int) -> list[Ref]:
    """The source patients of whom a consent came or ended behind a change number."""
    query = sa.select(facts.c.patient).join(touched, touched.c.patient == facts.c.patient).where(
        touched.c.change > change, facts.c.type == "Consent", sa.or_(facts.c.change > change, facts.c.gone > change))
    return sorted(refs(tx, [n for (n,) in tx.conn.execute(query.distinct())]).values())


def later(tx: Transaction, wait: timedelta) -> str:
    """The instant that far behind this transaction's."""
    return instant(datetime.fromisoformat(tx.at) + wait)


def _bound(export: str, type: str, number: int) -> str:
    return f"export/{export}/{type}/{number}"
