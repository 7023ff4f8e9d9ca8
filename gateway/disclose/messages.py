"""The message browser: what a message is, where it stands, its bytes. Bytes are disclosed person by person."""

from typing import Any

from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.errors import NotAllowed, UsageError, error
from gateway.opened import Gate
from gateway.store import facts, people, problems, units
from gateway.store.engine import Transaction
from gateway.store.units import Unit


def rows(gate: Gate, source: str, state: str, limit: int) -> list[dict[str, Any]]:
    """Messages without content."""
    with gate.store.read() as tx:
        return [{"id": u.id, "source": u.source, "kind": u.kind, "state": u.state, "received": u.received,
                 "size": u.size, "tries": u.tries} for u in units.find(tx, source=source, state=state, limit=limit)]


def _unit(tx: Transaction, id: str) -> Unit:
    unit = units.get(tx, id)
    if unit is None:
        raise UsageError(error("message-unknown", "There is no message with this id.", id[:64],
                               "List them: gateway msg list"))
    return unit


def _about(gate: Gate, tx: Transaction, asked: Asked, unit: Unit) -> list[View]:
    """Views of everyone the message mentions. Raises NotAllowed when one of them may not be seen by this reader."""
    views = Views(gate)
    found = [views.get(tx, asked.request, p) for p in sorted({people.person(tx, r) for r in facts.mentioned(tx, unit)})
             if p]
    if not all(v.decision.permit for v in found):
        raise NotAllowed(error("forbidden", "The message is about a person whom this reader may not see.", unit.id))
    hidden = [v for v in found if any(d.sources and unit.source in d.sources for d in v.decision.denied)]
    if hidden:
        raise NotAllowed(error("forbidden", "A restriction covers this message.", unit.id))
    return found


def show(gate: Gate, asked: Asked, id: str, with_bytes: bool) -> dict[str, Any]:
    """One message: state, issues, facts; its bytes only when a reason was given."""
    with gate.store.read() as tx:
        unit = _unit(tx, id)
        about = _about(gate, tx, asked, unit) if with_bytes else []
        found = units.message(tx, unit)
        body: dict[str, Any] = {
            "schema": "gateway.msg-show/1", "id": unit.id, "source": unit.source, "kind": unit.kind,
            "state": unit.state, "received": unit.received, "size": unit.size, "tries": unit.tries,
            "issues": [i.json() for i in problems.of_unit(tx, unit)] if with_bytes else [
                {**i.json(), "message": i.code} for i in problems.of_unit(tx, unit)],
            "facts": len(facts.of_unit(tx, unit))}
        if with_bytes and found:
            body["raw"] = found.raw.decode("utf-8", "replace")
    hand_over(gate, asked, Answer(200, str(body).encode()), about)
    return body


def raw(gate: Gate, asked: Asked, id: str) -> bytes:
    """The exact bytes. Raises UsageError when they were erased."""
    with gate.store.read() as tx:
        unit = _unit(tx, id)
        about = _about(gate, tx, asked, unit)
        found = units.message(tx, unit)
    if found is None:
        raise UsageError(error("message-erased", "The bytes of this message were erased.", id))
    hand_over(gate, asked, Answer(200, found.raw), about)
    return found.raw
