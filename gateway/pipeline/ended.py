"""What another gateway handed on, and says no longer: its message says nothing any more, as if it had never come.

Only what came from that same gateway ends, and only what it said before it told the end: when it says the same again,
that is another message. Whether a message still says something is judged anew after each replay of it, and after each
word of an end, so no order plays a part.
"""

from collections.abc import Iterable
from typing import Any

from gateway.jsontext import loads
from gateway.merge.times import order
from gateway.merge.versions import Key
from gateway.model import ENDED, Assertion, Fact, Origin
from gateway.pipeline.documents import silence
from gateway.store import assertions, facts, units
from gateway.store.engine import Transaction
from gateway.store.patients import Ref
from gateway.store.units import Unit


def keys(said: Iterable[Fact], told: Iterable[Assertion]) -> set[Key]:
    """Of which things an end may have been told: those of facts that came through a gateway, and of assertions."""
    return {(f.source, f.type, f.key) for f in said if f.via} | {_key(a) for a in told if "source" in a.body
                                                                 or a.kind == "undo"}


def _key(assertion: Assertion) -> Key:
    source = str(assertion.body.get("source"))
    if assertion.kind == ENDED:
        return source, str(assertion.body.get("type")), str(assertion.body.get("id"))
    return source, "Basic", str(assertion.basic()["id"])


def judge(tx: Transaction, keys: Iterable[Key]) -> set[Ref]:
    """End what of these things is said no longer by who handed it on. The source patients that this concerns."""
    concerned: set[Ref] = set()
    for key in assertions.with_aims(tx, keys) if assertions.any_aims(tx) else ():
        for told in assertions.aimed(tx, *key):
            if told.kind == ENDED:
                for unit in _before(tx, key, told):
                    concerned |= silence(tx, unit)
    return concerned


def _before(tx: Transaction, key: Key, told: Assertion) -> list[Unit]:
    """The messages of whoever tells the end that say the same, and came to be said before it."""
    said, at = str(told.body.get("said")), order(told.body.get("at"))
    if key[1] == "Basic":
        numbers = assertions.said_in(tx, said)
    else:
        asserted = str(told.body.get("asserted") or "")
        rows = [r for r in facts.of_key(tx, *key) if (r.id, r.asserted) == (said, asserted)]
        numbers = facts.carried_in(tx, [r.n for r in rows])
    by = {u.source for u in units.numbered(tx, assertions.said_in(tx, told.id))}
    return [u for u in units.numbered(tx, numbers) if u.source in by and _changed(tx, u) <= at]


def _changed(tx: Transaction, unit: Unit) -> Any:
    """Since when the gateway that handed a message on says it."""
    message = units.message(tx, unit)
    value = loads(message.raw) if message else {}
    found = [Origin.of(e) for e in value.get("entry", [value])]
    return max((order(o.changed) for o in found if o), default=order(None))
