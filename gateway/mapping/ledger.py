"""The loss ledger: every populated leaf of a message ends mapped, ignored by a named rule, or unmapped."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from gateway.model import Ledger
from gateway.sdk import Leaf, Tally

_POSITION = re.compile(r"\(\d+\)|\[\d+\]")
_SEPARATOR = re.compile(r"[.\-/]")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One line of `ignore`: the mapping's number, its name and place, and why the path is of no use."""

    mapping: int
    rule: str
    reason: str


def unnumbered(path: str) -> str:
    """A leaf path without the numbers of repeats: `OBX[2]-5(3).1` → `OBX-5.1`."""
    return _POSITION.sub("", path)


def wider(path: str) -> tuple[str, ...]:
    """The paths that cover a leaf, from narrow to wide: `OBX[2]-5(3).1` → itself, OBX-5.1, OBX-5, OBX."""
    plain = unnumbered(path)
    cuts = [m.start() for m in _SEPARATOR.finditer(plain) if m.start()]
    return (path, *([plain] if plain != path else []), *(plain[:cut] for cut in reversed(cuts)))


class Ignores:
    """All `ignore` lines of a compiled set, found by leaf path. The paths that cover a leaf are remembered."""

    LIMIT = 20_000

    def __init__(self, rules: Mapping[str, Sequence[Ignore]], widen: Callable[[str], Iterable[str]]) -> None:
        self.rules, self._widen = rules, widen
        self.known: dict[str, tuple[Ignore, ...]] = {}

    def covering(self, path: str) -> tuple[Ignore, ...]:
        """The lines that cover a leaf, the narrowest first; `known` has them from now on."""
        found = tuple(rule for cover in self._widen(path) for rule in self.rules.get(cover, ()))
        if len(self.known) >= self.LIMIT:
            self.known.clear()
        self.known[path] = found
        return found


class Elements(Mapping[str, Sequence[str]]):
    """Mapped leaves by path, in order, with the elements that they reached; these are found when somebody asks."""

    def __init__(self, paths: Iterable[str], find: Callable[[], Mapping[str, Iterable[str]]]) -> None:
        self._paths, self._find = dict.fromkeys(paths), find
        self._found: Mapping[str, Iterable[str]] | None = None

    def __len__(self) -> int:
        return len(self._paths)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __getitem__(self, path: str) -> Sequence[str]:
        if path not in self._paths:
            raise KeyError(path)
        if self._found is None:
            self._found = self._find()
        return tuple(self._found[path])


class Counted(Mapping[str, Any]):
    """Leaves by path that were counted; they are named when somebody asks."""

    def __init__(self, count: int, find: Callable[[], Mapping[str, Any]]) -> None:
        self._count, self._find = count, find

    @cached_property
    def _named(self) -> Mapping[str, Any]:
        return self._find()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __contains__(self, path: object) -> bool:
        return path in self._named

    def __getitem__(self, path: str) -> Any:
        return self._named[path]


class Leaves(Sequence[Leaf]):
    """The leaves of a message, looked for when somebody asks."""

    def __init__(self, find: Callable[[], Iterable[Leaf]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> tuple[Leaf, ...]:
        return tuple(self._find())

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, number: Any) -> Any:
        return self._found[number]


def counted(tally: Tally, whole: Callable[[], Ledger]) -> Ledger:
    """The ledger of a message whose leaves were counted; `whole` names them all."""
    known = cache(whole)
    return Ledger(Counted(tally.mapped, lambda: known().mapped), Counted(tally.ignored, lambda: known().ignored),
                  tally.unmapped)


def account(leaves: Iterable[Leaf], reached: Set[str], find: Callable[[], Mapping[str, Iterable[str]]],
            ignores: Ignores, applied: Set[int], explained: Iterable[str | None]) -> Ledger:
    """The ledger of one message.

    reached    the leaves that reached an element; `find` gives the elements of each
    applied    the mappings whose conditions held
    explained  why the format itself explains each leaf, nothing where it does not
    """
    mapped: list[str] = []
    ignored: dict[str, str] = {}
    unmapped: list[str] = []
    known, ruled = ignores.known.get, bool(ignores.rules)
    for (path, _), reason in zip(leaves, explained, strict=False):
        if path in reached:
            mapped.append(path)
            continue
        rules = known(path) if ruled else ()
        for rule in ignores.covering(path) if rules is None else rules:
            if rule.mapping in applied:
                ignored[path] = f"{rule.rule}: {rule.reason}"
                break
        else:
            if reason:
                ignored[path] = reason
            else:
                unmapped.append(path)
    return Ledger(Elements(mapped, find), ignored, unmapped)
