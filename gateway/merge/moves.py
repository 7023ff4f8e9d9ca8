"""A visit that its source moved to another patient: what is about the one ends, and is of the other from then on.

The key of a visit is its number, which moves along, so a retraction of that key would end the new fact as well. What
hangs on the visit (it names it as its encounter, visit or account) is of whoever has the visit; its subject is who had
it when the fact was said. Of several moves the latest says who that is: a move back ends nothing any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.ids import digest
from gateway.merge.body import items, obj, text
from gateway.merge.times import OLDEST, Instant, last, order
from gateway.merge.versions import Key, Retraction, partial
from gateway.model import HIDDEN, Assertion, Fact

Patient = str                   # key of a source's Patient
_HANGS_ON = ("encounter", "context", "account", "visit")
_ABOUT = ("subject", "patient", "beneficiary", "individual")
_PREFIX = "Patient/"


@dataclass(frozen=True, slots=True)
class Moved:
    """Where one thing of a source went. owner: who has it, "" when nobody says; away: who had it → since when not."""

    owner: Patient
    away: Mapping[Patient, tuple[Instant, str]]


Moves = dict[Key, Moved]
_STAYS = Moved("", {})


def moves(stand: Iterable[Assertion]) -> Moves:
    """What the moves that stand say together; one to the same patient says nothing."""
    said: dict[Key, list[tuple[Instant, str, Patient, Patient, Instant]]] = {}
    for a in stand:
        key = (text(a.body, "source"), text(a.body, "type"), text(a.body, "id"))
        of, to = (text(a.body, name).removeprefix(_PREFIX) for name in ("patient", "to"))
        if of and of != to:
            at = a.body.get("asserted")
            said.setdefault(key, []).append((order(at), digest(a.line()), of, to, last(at)))
    return {key: _moved(sorted(told)) for key, told in said.items()}


def _moved(told: list[tuple[Instant, str, Patient, Patient, Instant]]) -> Moved:
    """Of a move that says its day alone, what was said on that day came before it."""
    owner = told[-1][3]
    return Moved(owner, {of: (end, by) for _, by, of, _, end in told if of != owner})


def with_visits(moved: Moves, said: Iterable[tuple[Fact, Instant]]) -> Moves:
    """The moves, and with each account that moved the visits that lie on it, for what names the visit only.

    said: what is known of the visits, each with when it was asserted. A visit lies on the account that the latest word
    about it and its patient names; one that moved by itself goes where it was moved.
    """
    latest: dict[tuple[Key, Patient], tuple[Instant, str, list[Key]]] = {}
    for fact, at in said:
        key = (fact.source, fact.type, fact.key)
        read = fact.type == "Encounter" and key not in moved
        accounts = [k for k in hangs_on(fact) if k[1] == "Account"] if read else []
        for who in about(fact.resource) if accounts else ():
            latest[key, who] = max(latest.get((key, who), (OLDEST, "", [])), (at, fact.id, accounts))
    gone: dict[Key, list[tuple[Instant, str, Patient, Moved]]] = {}
    for (key, who), (at, by, accounts) in latest.items():
        gone.setdefault(key, []).extend((at, by, who, moved[a]) for a in accounts if who in moved.get(a, _STAYS).away)
    return moved | {key: Moved(max(told, key=lambda t: t[:3])[3].owner, {who: m.away[who] for _, _, who, m in told})
                    for key, told in gone.items() if told}


def ended(fact: Fact, at: Instant, moved: Moves) -> Retraction | None:
    """What ends a fact about a patient from whom it moved: as the thing itself, or as what hangs on it.

    at: when it was asserted. A thing that its source gives to that patient again later stands; what only names it does
    not, and a part neither: the laboratory repeats the patient whom it knew.
    """
    for key, where in _concerned(fact, moved):
        away = next((where.away[p] for p in about(fact.resource) if p in where.away), None)
        if away and (key[1:] != (fact.type, fact.key) or partial(fact) or at <= away[0]):
            return Retraction(away[1], "its source moved it to another patient")
    return None


def followed(fact: Fact, moved: Moves) -> Fact | None:
    """What a moved fact says of whoever has the thing now: the same, about that patient; None when it did not move."""
    if ended(fact, when(fact), moved) is None:
        return None
    owner, away = next((w.owner, w.away) for _, w in _concerned(fact, moved) if {*about(fact.resource)} & w.away.keys())
    if not owner or owner.startswith(HIDDEN):
        return None
    old = {_PREFIX + p for p in about(fact.resource) if p in away}
    body = _renamed(fact.resource, old, _PREFIX + owner)
    return Fact(fact.source, fact.version, body, fact.asserted, fact.received, fact.via)


def when(fact: Fact) -> Instant:
    """When a fact was asserted, else when its source last changed it."""
    at = order(fact.asserted)
    return at if at != OLDEST else order(text(obj(fact.resource, "meta"), "lastUpdated"))


def _concerned(fact: Fact, moved: Moves) -> Iterator[tuple[Key, Moved]]:
    """The things that moved and that a fact is, or names."""
    for key in ((fact.source, fact.type, fact.key), *hangs_on(fact)):
        if key in moved:
            yield key, moved[key]


def hangs_on(fact: Fact) -> list[Key]:
    """The visits and accounts of its source that a fact names."""
    words = [text(r, "reference").split("/") for name in _HANGS_ON for r in items(fact.resource, name)]
    return [(fact.source, w[0], w[1]) for w in words if len(w) == 2]


def about(resource: Mapping[str, Any]) -> list[Patient]:
    """Keys of the Patients that a resource is about."""
    named = [text(r, "reference") for name in _ABOUT for r in items(resource, name)]
    return [n.removeprefix(_PREFIX) for n in named if n.startswith(_PREFIX)]


def _renamed(value: Any, old: set[str], new: str) -> Any:
    """A body in which references to some resources name another; what they said of the old one goes."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str) and value["reference"] in old:
            return {"reference": new}
        return {k: _renamed(v, old, new) for k, v in value.items()}
    return [_renamed(v, old, new) for v in value] if isinstance(value, list) else value
