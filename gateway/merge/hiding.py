"""What is denied of a fact is denied of its copies (step 2), or a copy would tell what its origin must not."""

from collections.abc import Iterable, Set

from gateway.merge.intake import Intake
from gateway.merge.standing import Standing
from gateway.merge.versions import Entry, Key
from gateway.model import Assertion, Fact


def hidden_copies(facts: Iterable[Fact], assertions: Iterable[Assertion], hidden: Set[str]) -> set[str]:
    """Ids of the facts that are copies, directly or in turn, of a fact that is hidden.

    facts: all of one person, hidden or not; hidden: ids of those that a decision hides
    """
    intake = Intake()
    intake.add(facts, assertions)
    standing = Standing(intake)
    standing.update(set(intake.facts))
    found = {key for key, entry in standing.entries.items() if _hidden(entry, hidden)}
    copies: set[str] = set()
    todo = list(found)
    while todo:
        for copy in standing.copied_by.get(todo.pop(), set()) - found:
            found.add(copy)
            todo.append(copy)
            copies |= set(intake.facts[copy])
    return copies


def by_age(facts: Iterable[Fact]) -> list[Key]:
    """The keys that stand, those first that were asserted first: the first of a class names it (step 5)."""
    return [e.key for e in alive(facts, ())]


def alive(facts: Iterable[Fact], assertions: Iterable[Assertion]) -> list[Entry]:
    """The keys of which something stands, in the order of `by_age`: of each, what the merge would represent."""
    entries = _standing(facts, assertions).entries
    return sorted((e for e in entries.values() if e.head), key=lambda e: (e.first, e.key))


def taken_back(facts: Iterable[Fact], assertions: Iterable[Assertion]) -> set[str]:
    """Ids of the facts that no record of these facts shows, since their source took them back.

    A fact that only a newer version replaced is not among them.
    """
    entries = _standing(facts, assertions).entries.values()
    return {f.id for e in entries for f in (*(f for f, _ in e.ended), *(() if e.head else e.older))}


def _standing(facts: Iterable[Fact], assertions: Iterable[Assertion]) -> Standing:
    intake = Intake()
    intake.add(facts, assertions)
    standing = Standing(intake)
    standing.update(set(intake.facts))
    return standing


def _hidden(entry: Entry, hidden: Set[str]) -> bool:
    """Is what stands of a key hidden, or anything of it where nothing stands?"""
    if entry.head:
        return entry.head.id in hidden
    return any(f.id in hidden for f in (*entry.older, *(f for f, _ in entry.ended)))
