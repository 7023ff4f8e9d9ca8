"""Small invented messages and facts, and how to put them into a store."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from gateway.model import Fact, Message
from gateway.store import Store, facts, inbox, units
from gateway.store.entries import Entry, add, entry
from gateway.store.patients import Ref
from tests.store.conftest import NOON


def message(key: str, raw: bytes = b"MSH|^~\\&|", **more: Any) -> Message:
    return Message(key, more.pop("kind", "ADT^A01"), raw, more.pop("cursor", key), **more)


def patient(key: str, source: str = "lund", version: Any = "1", **body: Any) -> Entry:
    fact = Fact(source, version, {"resourceType": "Patient", "id": key, **body}, "2026-01-01")
    return entry(fact, key, terms=[("family", "berg", "berg")])


def observation(key: str, about: str, source: str = "lund", version: Any = "1", asserted: str | None = "2026-01-02",
                **body: Any) -> Entry:
    resource = {"resourceType": "Observation", "id": key, "subject": {"reference": f"Patient/{about}"}, **body}
    return entry(Fact(source, version, resource, asserted), about)


def organization(key: str, source: str = "lund", **body: Any) -> Entry:
    return entry(Fact(source, "1", {"resourceType": "Organization", "id": key, **body}, "2026-01-01"))


def say(store: Store, key: str, entries: Iterable[Entry], source: str = "lund", raw: bytes | None = None,
        at: int = 0, **more: Any) -> units.Unit:
    """One message with its facts, in one commit, `at` minutes after noon. Processes it again when it is there."""
    with store.write(NOON + timedelta(minutes=at)) as tx:
        (arrival,) = inbox.add(tx, source, [message(key, raw or f"raw {source} {key}".encode(), **more)])
        unit = units.get(tx, arrival.unit.id)
        add(tx, unit, list(entries))
        units.settle(tx, unit, "done")
        return units.get(tx, unit.id)


def lines(store: Store, *members: Ref, upto: int | None = None) -> list[dict[str, Any]]:
    """What a reader of everything gets about source patients: merge lines without `received`."""
    with store.read() as tx:
        found = facts.opened(tx, facts.of_patients(tx, members, upto))
    return sorted(({k: v for k, v in f.line().items() if k != "received"} for f in found), key=repr)
