"""The message browser: what a message is, where it stands, its bytes. Bytes are disclosed person by person."""

from collections.abc import Sequence
from typing import Any

from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.errors import NotAllowed, UsageError, error
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.shipped import codes
from gateway.store import facts, people, problems, units
from gateway.store.engine import Transaction
from gateway.store.patients import Ref
from gateway.store.units import Unit


def rows(gate: Gate, source: str, state: str, limit: int, problem: str = "") -> tuple[list[dict[str, Any]], bool]:
    """Messages without content, and whether there are more; all, or those of a problem.

    Raises UsageError for a problem that no message has.
    """
    with gate.store.read() as tx:
        if problem:
            of = units.numbered(tx, problems.unit_numbers(tx, problem))
            if not of:
                raise UsageError(error("problem-unknown", "No message has a problem with this id; it may be solved.",
                                       problem[:64], "List them: gateway msg problems"))
            found = [u for u in of if source in ("", u.source) and state in ("", u.state)][:limit + 1]
        else:
            found = units.find(tx, source=source, state=state, limit=limit + 1)
    return [{"id": u.id, "source": u.source, "kind": u.kind, "state": u.state, "received": u.received,
             "size": u.size, "tries": u.tries} for u in found[:limit]], len(found) > limit


def _unit(gate: Gate, tx: Transaction, asked: Asked, id: str) -> Unit:
    unit = units.get(tx, id)
    if unit is None:
        hand_over(gate, asked, Answer(404, b""), (), "empty")
        raise UsageError(error("message-unknown", "There is no message with this id.", id[:64],
                               "List them: gateway msg list"))
    return unit


def _about(gate: Gate, tx: Transaction, asked: Asked, unit: Unit) -> list[View]:
    """Views of everyone the message mentions. Raises NotAllowed when this reader may not see all that it says."""
    about, why = seen(tx, Views(gate), asked, unit)
    if why:
        raise _refused(gate, asked, about, why, unit)
    return about


def seen(tx: Transaction, views: Views, asked: Asked, unit: Unit) -> tuple[list[View], str]:
    """(views of everyone the message mentions, why this reader may not see all that it says: "" where he may)."""
    found = dict[Ref, View]()
    for ref in facts.mentioned(tx, unit):
        if person := people.person(tx, ref):
            found[ref] = views.get(tx, asked.request, person)
    about = list({v.person: v for v in found.values()}.values())
    if not all(v.decision.permit for v in about):
        return about, "The message is about a person whom this reader may not see."
    said = [r for r in facts.of_unit(tx, unit) if r.patient_key]
    hidden = [r for r in said if (v := found.get(Ref(r.source, r.patient_key))) and r.id not in v.facts]
    restricted = hidden or any(d.sources and unit.source in d.sources for v in about for d in v.decision.denied)
    return about, "A restriction covers this message." if restricted else ""


def _refused(gate: Gate, asked: Asked, about: Sequence[View], message: str, unit: Unit) -> NotAllowed:
    """The refusal, logged."""
    hand_over(gate, asked, Answer(403, b""), about, "refused")
    return NotAllowed(error("forbidden", message, unit.id))


def show(gate: Gate, asked: Asked, id: str, with_bytes: bool) -> dict[str, Any]:
    """One message: state, issues, facts; its bytes only when a reason was given."""
    with gate.store.read() as tx:
        unit = _unit(gate, tx, asked, id)
        about = _about(gate, tx, asked, unit) if with_bytes else []
        found = units.message(tx, unit)
        body: dict[str, Any] = {
            "schema": "gateway.msg-show/1", "id": unit.id, "source": unit.source, "kind": unit.kind,
            "state": unit.state, "received": unit.received, "size": unit.size, "tries": unit.tries,
            "issues": [i.json() for i in problems.of_unit(tx, unit)] if with_bytes else [
                {**i.json(), "message": codes().get(i.code, {}).get("meaning", i.code), "where": ""}
                for i in problems.of_unit(tx, unit)],
            "facts": len(facts.of_unit(tx, unit))}
        if with_bytes and found:
            body["raw"] = found.raw.decode("utf-8", "replace")
    hand_over(gate, asked, Answer(200, dumps(body).encode()), about)
    return body


def size(gate: Gate, asked: Asked, id: str) -> int:
    """How many bytes a message has; hands nothing over. Raises UsageError."""
    with gate.store.read() as tx:
        return _unit(gate, tx, asked, id).size


def raw(gate: Gate, asked: Asked, id: str) -> bytes:
    """The exact bytes. Raises UsageError when they were erased."""
    with gate.store.read() as tx:
        unit = _unit(gate, tx, asked, id)
        about = _about(gate, tx, asked, unit)
        found = units.message(tx, unit)
    if found is None:
        hand_over(gate, asked, Answer(404, b""), about, "empty")
        raise UsageError(error("message-erased", "The bytes of this message were erased.", id))
    hand_over(gate, asked, Answer(200, found.raw), about)
    return found.raw
