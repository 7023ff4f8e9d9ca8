"""Where messages come in: raw bytes first, sealed and named, before anything else happens to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from os import urandom
from typing import Any

import sqlalchemy as sa

from gateway.model import Message, Rejected
from gateway.store.engine import SOME, Transaction, instant
from gateway.store.fixed import Fixed
from gateway.store.problems import Note, note
from gateway.store.schema import deliveries, parts, plain, unit_keys, units
from gateway.store.units import COLUMNS, HEADER, Unit
from gateway.store.vault import commit, seal

SALT = 16


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of one message that was handed to `add`."""

    unit: Unit
    new: bool
    reused: bool = False          # the source used this key for other bytes too, and those were not rejected


def add(tx: Transaction, source: str, messages: Sequence[Message | Rejected]) -> list[Arrival]:
    """Keep messages of one source, in order; one that was kept before (same key, same bytes) adds nothing.

    A Rejected becomes a unit in state rejected with its problem (stage `read`).
    """
    named = [_names(tx, source, m) for m in messages]
    known, keys = _known(tx, [key for key, _ in named])
    arrivals, fresh = [], []
    for message, (key, id) in zip(messages, named, strict=True):
        if id in known:
            arrivals.append(Arrival(known[id], False, bool(message.key) and bool(keys[key] - {known[id].n})))
            continue
        unit = Unit(0, id, source, *_state(message), 0, _received(tx, message), len(message.raw))
        known[id] = unit._replace(n=tx.take("unit"))
        arrivals.append(Arrival(known[id], True, bool(message.key) and bool(keys[key])))
        if unit.state != "rejected":
            keys[key].add(known[id].n)
        fresh.append((known[id], key, message))
    _store(tx, fresh)
    _deliver(tx, source, [(m.delivery, a.unit.n) for m, a in zip(messages, arrivals, strict=True) if m.delivery])
    for unit, _, message in fresh:
        if isinstance(message, Rejected):
            note(tx, unit, [Note(message.issue, "read")], (message.delivery,))
    return arrivals


_BY_KEY = Fixed(sa.select(units.c.key, *COLUMNS).where(units.c.key.in_(SOME)))
_PLACED = Fixed(sa.select(parts.c.unit).where(parts.c.delivery == sa.bindparam("delivery"), parts.c.unit.in_(SOME)))
_LAST = Fixed(sa.select(sa.func.max(parts.c.ordinal)).where(parts.c.delivery == sa.bindparam("delivery")))


def _names(tx: Transaction, source: str, message: Message | Rejected) -> tuple[str, str]:
    key = tx.vault.name("message", source, message.key)
    return key, tx.vault.name("unit", key, sha256(message.raw).digest())


def _known(tx: Transaction, keys: list[str]) -> tuple[dict[str, Unit], dict[str, set[int]]]:
    """Units by id, and the numbers of those of each key that were not rejected, among the given keys."""
    found, used = dict[str, Unit](), {key: set[int]() for key in keys}
    for key, *row in tx.each(_BY_KEY, keys):
        unit = found[row[1]] = Unit(*row)
        if unit.state != "rejected":
            used[key].add(unit.n)
    return found, used


def _state(message: Message | Rejected) -> tuple[str, str]:
    return (plain(message.kind), "received") if isinstance(message, Message) else ("", "rejected")


def _received(tx: Transaction, message: Message | Rejected) -> str:
    at = message.received if isinstance(message, Message) else None
    return instant(at) if at else tx.at


def _store(tx: Transaction, fresh: list[tuple[Unit, str, Message | Rejected]]) -> None:
    rows: list[tuple[Any, ...]] = []
    keys = []
    for unit, key, message in fresh:
        wrapped, cipher = tx.vault.new_key(f"unit/{unit.id}")
        tx.unit_ciphers[unit.n] = cipher
        salt = urandom(SALT)
        header = f"""["{'","'.join([_hex(getattr(message, name, "")) for name in HEADER])}"]"""
        keys.append((unit.n, wrapped, salt))
        rows.append((unit.n, unit.id, key, unit.source, unit.kind, unit.state, unit.tries, unit.received, unit.size,
                     commit(salt, message.raw), seal(cipher, header.encode(), f"header/{unit.id}"),
                     seal(cipher, message.raw, f"raw/{unit.id}")))
    tx.insert(units, rows)
    tx.insert(unit_keys, keys)


def _hex(text: str) -> str:
    """File names may hold bytes that are no text; they come back as they were."""
    return text.encode("utf-8", "surrogatepass").hex()


def _deliver(tx: Transaction, source: str, members: list[tuple[str, int]]) -> None:
    """Append units to their deliveries; one that stands in a delivery already keeps its place."""
    by_name: dict[str, list[int]] = {}
    for name, n in members:
        by_name.setdefault(name, []).append(n)
    for name, ns in by_name.items():
        id = tx.vault.name("delivery", source, name)
        tx.insert(deliveries, [(id, source, seal(tx.vault.home, bytes.fromhex(_hex(name)), f"delivery/{id}"))], "keep")
        placed = {n for (n,) in tx.each(_PLACED, ns, delivery=id)}
        ((last,),) = tx.run(_LAST, delivery=id)
        fresh = [n for n in dict.fromkeys(ns) if n not in placed]
        tx.insert(parts, [(id, i, n) for i, n in enumerate(fresh, 0 if last is None else last + 1)])
