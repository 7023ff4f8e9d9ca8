"""Messages in units: the exact bytes, sealed, each under its own key; a delivery (a file) is its ordered list of units.

A unit's state: received (waits for mapping) | done | rejected (could not be read) | held (read, but not safe to show)
| withdrawn (a document, and all that handed it on was taken back; or who told it says it no longer) | erased.
`tries` counts how often it was processed. `inbox.add` makes them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import IntegrityError, Issue, Severity
from gateway.jsontext import loads
from gateway.model import Message
from gateway.store.engine import SOME, Transaction
from gateway.store.fixed import Fixed
from gateway.store.schema import deliveries, issues, mentions, parts, unit_keys, units
from gateway.store.vault import commit, unseal


class Unit(NamedTuple):
    """A stored message without its bytes."""

    n: int
    id: str
    source: str
    kind: str
    state: str
    tries: int
    received: str
    size: int


# What is sealed beside the bytes: it may name a person. Units of before the last name came lack it.
HEADER = ("key", "delivery", "cursor", "place", "inside")
COLUMNS = tuple(units.c[name] for name in Unit._fields)
_KEYS = Fixed(sa.select(units.c.n, units.c.id, unit_keys.c.wrapped).join(unit_keys, unit_keys.c.unit == units.c.n)
              .where(units.c.n.in_(SOME)))
_SETTLE = Fixed(sa.update(units).where(units.c.n.in_(SOME), units.c.state != "erased").values(
    state=sa.bindparam("to_state"), tries=sa.bindparam("to_tries")))


def ciphers(tx: Transaction, ns: Iterable[int]) -> dict[int, AESGCM]:
    """Data keys of numbered units; erased ones have none."""
    wanted = set(ns)
    found = {n: key for n in wanted if (key := tx.unit_ciphers.get(n))}
    if len(found) < len(wanted):
        found |= {n: tx.vault.unwrap(wrapped, f"unit/{id}") for n, id, wrapped in tx.each(_KEYS, wanted - found.keys())}
    return found


def get(tx: Transaction, id: str) -> Unit | None:
    """The unit with this id."""
    row = tx.conn.execute(sa.select(*COLUMNS).where(units.c.id == id)).one_or_none()
    return None if row is None else Unit(*row)


def of_key(tx: Transaction, source: str, key: str) -> list[Unit]:
    """The units that came under a source's message key, oldest first."""
    query = sa.select(*COLUMNS).where(units.c.key == tx.vault.name("message", source, key)).order_by(units.c.n)
    return [Unit(*row) for row in tx.conn.execute(query)]


def find(tx: Transaction, *where: sa.ColumnElement[bool], source: str = "", state: str = "", kind: str = "",
         after: int = 0, limit: int = 1000) -> list[Unit]:
    """Units behind number `after`, in the order they came. `state="received"` are those that wait for mapping."""
    wanted = {units.c.source: source, units.c.state: state, units.c.kind: kind}
    only = (column == value for column, value in wanted.items() if value)
    query = sa.select(*COLUMNS).where(units.c.n > after, *where, *only)
    return [Unit(*row) for row in tx.conn.execute(query.order_by(units.c.n).limit(limit))]


def counts(tx: Transaction) -> dict[str, dict[str, int]]:
    """How many units each source has in each state."""
    out: dict[str, dict[str, int]] = {}
    query = sa.select(units.c.source, units.c.state, sa.func.count()).group_by(units.c.source, units.c.state)
    for source, state, count in tx.conn.execute(query):
        out.setdefault(source, {})[state] = count
    return out


def message(tx: Transaction, unit: Unit) -> Message | None:
    """The message exactly as it came; None when it was erased. Raises IntegrityError when its bytes were changed."""
    query = (sa.select(units.c.header, units.c.raw, units.c.commitment, unit_keys.c.wrapped, unit_keys.c.salt)
             .join(unit_keys, unit_keys.c.unit == units.c.n).where(units.c.n == unit.n))
    row = tx.conn.execute(query).one_or_none()
    if row is None:
        return None
    cipher = tx.vault.unwrap(row.wrapped, f"unit/{unit.id}")
    sealed = loads(unseal(cipher, row.header, f"header/{unit.id}"))
    said = dict(zip(HEADER, (bytes.fromhex(h).decode("utf-8", "surrogatepass") for h in sealed), strict=False))
    raw = unseal(cipher, row.raw, f"raw/{unit.id}")
    if commit(row.salt, raw) != row.commitment:
        raise IntegrityError(Issue("commitment-broken", Severity.fatal, "A message's bytes are not those that were "
                                   "committed to when it came.", unit.id, "Restore the database from a backup."))
    return Message(said["key"], unit.kind, raw, said["cursor"], None, said["delivery"], said["place"],
                   said.get("inside", ""))


def delivery(tx: Transaction, source: str, name: str) -> Iterator[tuple[Unit, bytes | None]]:
    """The units of a delivery with their bytes, in order: joined they are the file as it came. Erased: None."""
    query = (sa.select(*COLUMNS).join(parts, parts.c.unit == units.c.n)
             .where(parts.c.delivery == tx.vault.name("delivery", source, name)).order_by(parts.c.ordinal))
    for row in tx.conn.execute(query).all():
        found = message(tx, unit := Unit(*row))
        yield unit, found.raw if found else None


def incomplete(tx: Transaction, source: str) -> set[str]:
    """Deliveries (by id) of a source of which something could not be read, is held, or waits: they list nothing."""
    spoilt = sa.or_(units.c.state.in_(("received", "rejected", "held")),
                    sa.exists().where(issues.c.unit == units.c.n, issues.c.type != ""))
    query = sa.select(parts.c.delivery).join(units, units.c.n == parts.c.unit).where(units.c.source == source, spoilt)
    return {id for (id,) in tx.conn.execute(query.distinct())}


def settle(tx: Transaction, unit: Unit, state: str) -> None:
    """The unit was processed: its new state, one more try. One that was erased meanwhile stays so."""
    settle_all(tx, [(unit, state)])


def settle_all(tx: Transaction, settled: Sequence[tuple[Unit, str]]) -> None:
    """Many units were processed."""
    alike: dict[tuple[str, int], list[int]] = {}
    for unit, state in settled:
        alike.setdefault((state, unit.tries + 1), []).append(unit.n)
    for (state, tries), ns in alike.items():
        tx.each(_SETTLE, ns, to_state=state, to_tries=tries)


def mark(tx: Transaction, unit: Unit, state: str) -> None:
    """Another state without another try. A unit that was erased meanwhile stays so."""
    tx.conn.execute(sa.update(units).where(units.c.n == unit.n, units.c.state != "erased").values(state=state))


def reopen(tx: Transaction, ns: Iterable[int]) -> int:
    """Let units be processed again. Erased ones stay erased. Returns how many."""
    wanted = {n for (n,) in tx.each(sa.select(units.c.n).where(units.c.n.in_(SOME), units.c.state != "erased"), ns)}
    tx.each(sa.update(units).where(units.c.n.in_(SOME)).values(state="received"), wanted)
    return len(wanted)


def shred(tx: Transaction, ns: Iterable[int]) -> None:
    """Take away bytes and keys of units; commitment, size and counts stay, so that they are known again."""
    ns = set(ns)
    for n in ns:
        tx.unit_ciphers.pop(n, None)
    tx.each(sa.delete(unit_keys).where(unit_keys.c.unit.in_(SOME)), ns)
    tx.each(sa.update(units).where(units.c.n.in_(SOME)).values(state="erased", header=None, raw=None), ns)
    lists = sa.select(parts.c.delivery).where(parts.c.unit.in_(SOME))
    alive = sa.exists().where(parts.c.delivery == deliveries.c.id, parts.c.unit == units.c.n,
                              units.c.state != "erased")
    tx.each(sa.update(deliveries).where(deliveries.c.id.in_(lists), ~alive).values(name=None), ns)


def mention(tx: Transaction, unit: Unit, patients: Iterable[int]) -> None:
    """This message holds something about these source patients: an erasure must reach it."""
    mention_all(tx, {(unit.n, n) for n in patients})


def mention_all(tx: Transaction, pairs: Iterable[tuple[int, int]]) -> None:
    """Pairs of unit and source patient numbers."""
    tx.insert(mentions, sorted(set(pairs)), "keep")


def mentioned(tx: Transaction, ns: Iterable[int]) -> dict[int, frozenset[int]]:
    """By number of a message: the numbers of the source patients of whom it holds something, none for some."""
    found: dict[int, set[int]] = {n: set() for n in ns}
    query = sa.select(mentions.c.unit, mentions.c.patient).where(mentions.c.unit.in_(SOME))
    for unit, patient in tx.each(query, found):
        found[unit].add(patient)
    return {n: frozenset(some) for n, some in found.items()}


def numbered(tx: Transaction, ns: Iterable[int]) -> list[Unit]:
    """Units by number, in the order they came."""
    return [Unit(*row) for row in tx.each(sa.select(*COLUMNS).where(units.c.n.in_(SOME)).order_by(units.c.n), ns)]
