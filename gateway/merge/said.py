"""Assertions as the merge reads them: which stand, and what they say. None is ever ordered by clock.

An undo takes away what it names, an undo of that undo gives it back. Where undos name each other in a circle none of
them counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.ids import digest
from gateway.merge.moves import Moves, moves
from gateway.merge.times import Instant, order
from gateway.merge.versions import Key, Retraction
from gateway.model import NAMING, Assertion


@dataclass(frozen=True, slots=True)
class Listing:
    """A source's complete list for a scope at a time."""

    source: str
    scope: str
    at: Instant
    when: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a human decided about facts. kind: same | different | value | resolved."""

    id: str
    kind: str
    facts: tuple[str, ...]
    element: str = ""
    choose: Any = None


@dataclass(frozen=True, slots=True)
class Said:
    """The assertions that stand."""

    unlinked: frozenset[str]
    retractions: Mapping[Key, tuple[Retraction, ...]]
    listings: tuple[Listing, ...]
    rulings: tuple[Ruling, ...]
    moved: Moves


def names(assertion: Assertion) -> set[str]:
    """The ids by which an undo may name an assertion: the one given, and the hash of its content.

    The `id` of a retraction or move names the resource that it is about, so only its hash names it.
    """
    own = {digest(assertion.line())}
    return own if assertion.kind in NAMING or "id" not in assertion.body else own | {assertion.id}


def said(assertions: Iterable[Assertion]) -> Said:
    """What the assertions say together; the order in which they are given plays no part."""
    stand = [a for a in standing(assertions) if a.kind != "undo"]
    unlinked = frozenset(_text(a, "source") for a in stand if a.kind == "unlink")
    retractions: dict[Key, list[Retraction]] = {}
    for a in stand:
        if a.kind == "retract" and _text(a, "source") not in unlinked:
            key = (_text(a, "source"), _text(a, "type"), _text(a, "id"))
            retractions.setdefault(key, []).append(_retraction(a))
    listings = [_listing(a) for a in stand if a.kind == "listing" and _text(a, "source") not in unlinked]
    rulings = [_ruling(a) for a in stand if a.kind == "ruling"]
    return Said(unlinked, {k: tuple(v) for k, v in retractions.items()}, tuple(listings), tuple(rulings),
                moves(a for a in stand if a.kind == "move" and _text(a, "source") not in unlinked))


def standing(assertions: Iterable[Assertion]) -> list[Assertion]:
    """An assertion falls when an undo that stands names it; an undo counts when everything that names it has fallen."""
    by_hash = {digest(a.line()): a for a in assertions}
    named: dict[str, set[str]] = {}
    for h, a in by_hash.items():
        for name in names(a):
            named.setdefault(name, set()).add(h)
    aims = {h: named.get(_text(a, "of"), set()) for h, a in by_hash.items() if a.kind == "undo"}
    open_against = Counter(h for hit in aims.values() for h in hit)
    todo = [undo for undo in aims if not open_against[undo]]
    fallen: set[str] = set()
    while todo:
        down = aims[todo.pop()] - fallen
        fallen |= down
        for freed in (h for undo in down & aims.keys() for h in aims[undo]):
            open_against[freed] -= 1
            if freed in aims and freed not in fallen and not open_against[freed]:
                todo.append(freed)
    return [by_hash[h] for h in sorted(by_hash) if h not in fallen]


def _text(assertion: Assertion, name: str) -> str:
    value = assertion.body.get(name)
    return value if isinstance(value, str) else ""


def _retraction(a: Assertion) -> Retraction:
    version, asserted = a.body.get("version"), a.body.get("asserted")
    return Retraction(digest(a.line()), "retracted by its source", version,
                      asserted if isinstance(asserted, str) else None, everything=version is None and asserted is None)


def _listing(a: Assertion) -> Listing:
    keys = a.body.get("keys")
    return Listing(_text(a, "source"), _text(a, "scope"), order(a.body.get("at")), _text(a, "at"),
                   frozenset(k for k in keys if isinstance(k, str)) if isinstance(keys, list) else frozenset())


def _ruling(a: Assertion) -> Ruling:
    facts = a.body.get("facts")
    listed = {f for f in facts if isinstance(f, str)} if isinstance(facts, list) else set()
    return Ruling(digest(a.line()), _text(a, "ruling"), tuple(sorted(listed)), _text(a, "element"),
                  a.body.get("choose"))
