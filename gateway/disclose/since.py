"""What changed for a reader since an instant, and what went: of a record as `Patient/$everything` gives it.

What was given is not kept there, as exports keep it. So the record is made as it stood then, of whom the person was
then, under the decision of today: what a restriction hides since then is not there either and leaves no tombstone; what
was retracted, unlinked, corrected or is part of something else since does (contract: "A derived resource's versions").
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from gateway.disclose.view import View, build
from gateway.disclose.visible import left
from gateway.errors import Issue, Severity, UsageError, error
from gateway.fhir.outcome import outcome
from gateway.ids import merged_id
from gateway.opened import Gate
from gateway.store import changes, facts, people
from gateway.store.engine import Transaction, instant
from gateway.store.patients import Ref


class Difference(NamedTuple):
    """fresh: resources that are new or not as they were; gone: `Type/id` that stood then and stand no more."""

    fresh: list[dict[str, Any]]
    gone: list[str]


def instant_of(value: str, where: str = "_since") -> str:
    """An instant as the store keeps it. Raises UsageError for what is none, or has no zone."""
    try:
        return instant(datetime.fromisoformat(value))
    except ValueError as e:
        raise UsageError(error("search-value", f"{where} is no instant with a zone.", where,
                               "Give the instant that the last answer named.")) from e


def since(gate: Gate, tx: Transaction, view: View, id: str, time: str,
          wanted: Callable[[Mapping[str, Any]], bool]) -> Difference:
    """The difference between a record now and at an instant, of the resources that are wanted.

    id  by which the person was asked for, then as now
    """
    def shown(of: View | None) -> dict[str, dict[str, Any]]:
        resources = of.record["resources"] if of else ()
        return {f"{r['resourceType']}/{r['id']}": r for r in resources if wanted(r)}

    past = _then(gate, tx, view, id, changes.upto(tx, time))
    old, new = shown(past), shown(view)
    fresh = [r for ref, r in new.items()
             if ref not in old or past is None or past.versioned(old[ref]) != view.versioned(r)]
    return Difference(fresh, sorted(old.keys() - new.keys()))


def _then(gate: Gate, tx: Transaction, view: View, id: str, change: int) -> View | None:
    refs = tuple(people.members_at(tx, _named(tx, view, id), change))
    if not refs:
        return None
    return build(gate, tx, left(tx, view.decision, view.person, refs, gate.tables.versions, change))


def _named(tx: Transaction, view: View, id: str) -> Ref:
    """The source patient that an id stands for: who it was one person with is what changes."""
    members = [Ref(*m) for m in view.members]
    named = [Ref(r.source, r.patient_key) for r in facts.of_merged(tx, id)]
    named += [m for m in members if merged_id(tx.id_key, m.source, "Patient", m.key) == id]
    return next((ref for ref in named if ref in members), members[0])


def told(gone: Collection[str]) -> list[dict[str, Any]]:
    """What went, as an OperationOutcome: an issue each, code `deleted`, diagnostics the reference. None: nothing."""
    return [outcome(Issue("deleted", Severity.information, reference) for reference in gone)] if gone else []
