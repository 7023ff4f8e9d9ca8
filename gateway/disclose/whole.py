"""Every record of the home made anew from its facts: whether each is whole, and how much all of them hold.

Nothing of a person leaves this room but an opaque id where a record is not whole; so no consent narrows what is read.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.visible import left
from gateway.jsontext import canonical
from gateway.merge import merge
from gateway.opened import Gate
from gateway.policy.decide import Decision
from gateway.policy.scopes import Granted
from gateway.store import alarms, people
from gateway.summary.context import code_of

PAGE = 50
_EVERYTHING = Decision(True, ("permit: records are checked",), scope=Granted(None, frozenset({"system"})))


def rebuild(gate: Gate, asked: Asked, tick: Callable[[str, int, int], None], note: bool = True) -> dict[str, Any]:
    """{people, facts, resources, issues: {code: count}, held: [person whose record is not whole]}.

    note  raise the alarm about each that is not whole, end those about the others
    """
    sums: Counter[str] = Counter()
    issues: Counter[str] = Counter()
    held: list[str] = []
    after = ""
    while page := _page(gate, after):
        broken = []
        for person in page:
            with gate.store.read() as tx:
                seen = left(tx, _EVERYTHING, person, tuple(people.members(tx, person)), gate.tables.versions)
            record = merge(seen.facts, seen.assertions, gate.tables, gate.store.id_key)
            found = Counter(map(code_of, record.issues))
            sums.update(people=1, facts=len(record.ledger), resources=len(record.resources))
            issues += found
            broken += [person] if found[alarms.INVARIANT] else []
        if note:
            _note(gate, page, broken)
        held += broken
        tick("records", sums["people"], sums["people"] + len(page))
        after = page[-1]
    told = {"people": sums["people"], "facts": sums["facts"], "resources": sums["resources"],
            "issues": dict(sorted(issues.items())), "held": held}
    hand_over(gate, asked, Answer(200, canonical(told)), ())
    return told


def _page(gate: Gate, after: str) -> list[str]:
    with gate.store.read() as tx:
        return people.persons(tx, after, PAGE)


def _note(gate: Gate, page: list[str], broken: list[str]) -> None:
    with gate.store.read() as tx:
        standing = [p for p in page if alarms.raised(tx, p)]
    if standing or broken:
        with gate.store.write(gate.now(), ordered=False) as tx:
            for person in broken:
                alarms.sound(tx, person)
            for person in set(standing) - set(broken):
                alarms.clear(tx, person)
