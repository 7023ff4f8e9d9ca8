"""Closures of relations between concepts, independent of the order in which they are given."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def representatives(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Member → the least member of its class, for the equivalence that the pairs generate."""
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        parent.setdefault(x, x)
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return {x: root(x) for x in sorted(parent)}


def ancestors(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Concept → everything above it, for (concept, parent) pairs; a cycle puts its members above each other."""
    parents: dict[str, set[str]] = {}
    for child, parent in pairs:
        parents.setdefault(child, set()).add(parent)
    return {child: frozenset(_reach(child, parents)) for child in sorted(parents)}


def _reach(start: str, parents: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        new = parents.get(todo.pop(), set()) - seen
        seen |= new
        todo.extend(new)
    return seen - {start}
