"""The loss ledger: every populated leaf of a message ends mapped, ignored by a named rule, or unmapped."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from gateway.model import Ledger
from gateway.sdk import Leaf

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
        self._rules, self._widen = rules, widen
        self._known: dict[str, tuple[Ignore, ...]] = {}

    def covering(self, path: str) -> tuple[Ignore, ...]:
        """The lines that cover a leaf, the narrowest first."""
        found = self._known.get(path)
        if found is None:
            found = tuple(rule for cover in self._widen(path) for rule in self._rules.get(cover, ()))
            if len(self._known) < self.LIMIT:
                self._known[path] = found
        return found


def account(leaves: Iterable[Leaf], reached: Mapping[str, Iterable[str]], ignores: Ignores, applied: Set[int],
            explained: Mapping[str, str]) -> Ledger:
    """The ledger of one message.

    applied    the mappings whose conditions held
    explained  leaf path → reason, for leaves that the format itself explains
    """
    mapped: dict[str, Sequence[str]] = {}
    ignored: dict[str, str] = {}
    unmapped: list[str] = []
    for leaf in leaves:
        path = leaf[0]
        if path in reached:
            mapped[path] = tuple(reached[path])
            continue
        rule = next((r for r in ignores.covering(path) if r.mapping in applied), None)
        if rule:
            ignored[path] = f"{rule.rule}: {rule.reason}"
        elif path in explained:
            ignored[path] = explained[path]
        else:
            unmapped.append(path)
    return Ledger(mapped, ignored, unmapped)
