"""A visit that its source moved to another patient: what is about the one ends, and is of the other from then on.

The key of a visit is its number, which moves along, so a retraction of that key would end the new fact as well. What
hangs on the visit (it names it as its encounter, visit or account) is of whoever has the visit; its subject is who had
it when the fact was said. Of several moves the latest says who that is: a move back ends nothing any more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.ids import digest
from gateway.merge.body import items, obj, text
from gateway.merge.times import OLDEST, Instant, last, order
from gateway.merge.versions import Key, Retraction
from gateway.model import HIDDEN, Assertion, Fact, partial

Patient = str                   # key of a source's Patient
_HANGS_ON = ("encounter", "context", "account", "visit")
_ABOUT = ("subject", "patient", "beneficiary", "individual")
_PREFIX = "Patient/"


class Step(NamedTuple):
    """One move: when it was said, its digest, who had the thing, who has it then, until when words came before it."""

    at: Instant
    by: str
    of: Patient
    to: Patient
    end: Instant


@dataclass(frozen=True, slots=True)
class Moved:
    """Where one thing of a source went. owner: who has it; away: who had it → since when not, and by what;
    steps: the moves that said so, in their order; whole: of a visit, those of its accounts are among them."""

    owner: Patient
    away: Mapping[Patient, tuple[Instant, str]]
    steps: tuple[Step, ...] = ()
    whole: bool = False


Moves = dict[Key, Moved]
_Words = dict[Patient, tuple[Instant, str, list[Key]]]
_STAYS = Moved("", {})


def moves(stand: Iterable[Assertion]) -> Moves:
    """What the moves that stand say together; one to the same patient says nothing."""
    said: dict[Key, list[Step]] = {}
    for a in stand:
        key = (text(a.body, "source"), text(a.body, "type"), text(a.body, "id"))
        of, to = (text(a.body, name).removeprefix(_PREFIX) for name in ("patient", "to"))
        if of and of != to:
            at = a.body.get("asserted")
            said.setdefault(key, []).append(Step(order(at), digest(a.line()), of, to, last(at)))
    return {key: _moved(sorted(told)) for key, told in said.items()}


def _moved(told: Sequence[Step], whole: bool = False) -> Moved:
    """Of a move that says its day alone, what was said on that day came before it."""
    owner = told[-1].to
    return Moved(owner, {s.of: (s.end, s.by) for s in told if s.of != owner}, tuple(told), whole)


def with_visits(moved: Moves, said: Iterable[tuple[Fact, Instant]]) -> Moves:
    """The moves, and with each account that moved the visits that lie on it, for what names the visit only.

    said: what is known of the visits, each with when it was asserted. A visit lies on the account that the latest word
    about it and its patient names, or did when it came to that patient.
    """
    lying: dict[Key, _Words] = {}
    for fact, at in said:
        accounts = [k for k in hangs_on(fact) if k[1] == "Account"] if fact.type == "Encounter" else []
        for who in about(fact.resource) if accounts else ():
            words = lying.setdefault((fact.source, fact.type, fact.key), {})
            words[who] = max(words.get(who, (OLDEST, "", [])), (at, fact.id, accounts))
    return moved | {visit: _moved(steps, whole=True) for visit, words in lying.items()
                    if (steps := _along(visit, moved, words))}


def _along(visit: Key, moved: Moves, words: _Words) -> list[Step]:
    """The moves of a visit in their order: its own, and those of the account on which it lies then.

    Once it moved by itself, an account takes it along from whom it went to, from nobody else.
    """
    accounts = {account for _, _, named in words.values() for account in named}
    told = sorted((step, key) for key in {visit, *accounts} for step in moved.get(key, _STAYS).steps)
    steps: list[Step] = []
    lies: list[Key] = []
    alone = False
    for step, key in told:
        here = words[step.of][2] if step.of in words else lies
        if key == visit or (key in here and not (alone and steps[-1].to != step.of)):
            steps.append(step)
            lies, alone = here, key == visit
    return steps


def ended(fact: Fact, at: Instant, moved: Moves) -> Retraction | None:
    """What ends a fact about a patient from whom it moved: as the thing itself, or as what hangs on it.

    at: when it was asserted. A thing that its source gives to that patient again later stands; what only names it does
    not, and a part neither: the laboratory repeats the patient whom it knew.
    """
    for key, where in _concerned(fact, moved):
        away = next((where.away[p] for p in about(fact.resource) if p in where.away), None)
        if away and (key[1:] != (fact.type, fact.key) or partial(fact.resource) or at <= away[0]):
            return Retraction(away[1], "its source moved it to another patient")
    return None


def followed(fact: Fact, moved: Moves) -> list[Fact]:
    """What a moved fact says of everybody to whom its thing went since, the last of whom has it now; [] if none moved.

    What stands between was said of them, and has ended there: it tells which visit they had, and on which account, so
    it is said of them also where an account brought the visit back.
    """
    made, been = [fact], {*about(fact.resource)}
    while (found := _next(made[-1], moved)) and not been & {*about(found.resource)}:
        made.append(found)
        been |= {*about(found.resource)}
    told = made[1:] or _between(fact, moved)
    return [f for f in told if all(who and who[0] != HIDDEN for who in about(f.resource))]


def _next(fact: Fact, moved: Moves) -> Fact | None:
    if ended(fact, when(fact), moved) is None:
        return None
    where, of = next((where, who) for _, where in _concerned(fact, moved) for who in about(fact.resource)
                     if who in where.away)
    to = next(s.to for s in reversed(where.steps) if s.of == of)
    return _said_of(fact, {who for who in about(fact.resource) if who in where.away},
                    to if to in where.away else where.owner)


def _between(fact: Fact, moved: Moves) -> list[Fact]:
    """Of what a visit names that went and came back with its accounts: those who had it meanwhile."""
    whole = next((where for _, where in _concerned(fact, moved) if where.whole), _STAYS)
    if whole.owner not in about(fact.resource):
        return []
    left = next((n for n, s in enumerate(whole.steps) if s.of == whole.owner and when(fact) <= s.end), len(whole.steps))
    others = dict.fromkeys(s.to for s in whole.steps[left:] if s.to != whole.owner)
    return [_said_of(fact, {whole.owner}, to) for to in others]


def _said_of(fact: Fact, old: Set[Patient], to: Patient) -> Fact:
    body = _renamed(fact.resource, {_PREFIX + who for who in old}, _PREFIX + to)
    return Fact(fact.source, fact.version, body, fact.asserted, fact.received, fact.via)


def when(fact: Fact) -> Instant:
    """When a fact was asserted, else when its source last changed it."""
    at = order(fact.asserted)
    return at if at != OLDEST else order(text(obj(fact.resource, "meta"), "lastUpdated"))


def _concerned(fact: Fact, moved: Moves) -> Iterator[tuple[Key, Moved]]:
    """The things that moved and that a fact is, or names; where that is a visit it says all of its account, too."""
    for key in ((fact.source, fact.type, fact.key), *hangs_on(fact)):
        if key in moved:
            yield key, moved[key]
            if moved[key].whole:
                return


def hangs_on(fact: Fact) -> list[Key]:
    """The visits and accounts of its source that a fact names."""
    words = [text(r, "reference").split("/") for name in _HANGS_ON for r in items(fact.resource, name)]
    return [(fact.source, w[0], w[1]) for w in words if len(w) == 2]


def about(resource: Mapping[str, Any]) -> list[Patient]:
    """Keys of the Patients that a resource is about."""
    named = [text(r, "reference") for name in _ABOUT for r in items(resource, name)]
    return [n.removeprefix(_PREFIX) for n in named if n.startswith(_PREFIX)]


def _renamed(value: Any, old: Set[str], new: str) -> Any:
    """A body in which references to some resources name another; what they said of the old one goes."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str) and value["reference"] in old:
            return {"reference": new}
        return {k: _renamed(v, old, new) for k, v in value.items()}
    return [_renamed(v, old, new) for v in value] if isinstance(value, list) else value
