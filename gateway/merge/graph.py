"""Classes out of pairs, independent of their order."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Classes(Generic[T]):
    """Union-find over any hashable members."""

    def __init__(self, members: Iterable[T] = ()) -> None:
        self._parent: dict[T, T] = {m: m for m in members}

    def root(self, member: T) -> T:
        parent = self._parent
        here = parent.setdefault(member, member)
        while parent[here] != here:
            parent[here] = parent[parent[here]]
            here = parent[here]
        return here

    def join(self, members: Iterable[T]) -> None:
        roots = [self.root(m) for m in members]
        for other in roots[1:]:
            self._parent[self.root(other)] = self.root(roots[0])

    def classes(self) -> list[list[T]]:
        """The classes; members as first seen."""
        found: dict[T, list[T]] = {}
        for member in list(self._parent):
            found.setdefault(self.root(member), []).append(member)
        return list(found.values())
