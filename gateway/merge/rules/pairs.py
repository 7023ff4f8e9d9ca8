"""Pairs worth comparing among many entries: every entry that has such a partner is in a pair, without all pairs."""

from bisect import bisect
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from gateway.merge.made import Made
from gateway.merge.rules.rule import Scene


class Kind(NamedTuple):
    """What entries are alike in: their sources, and what each rule adds."""

    sources: frozenset[str]
    more: Hashable = None


def pairs(line: Sequence[Made], scene: Scene, most: int, more: Callable[[Made], Hashable] = lambda _: None,
          near: Callable[[Made, Made], bool] = lambda _a, _b: True) -> Iterator[tuple[Made, Made]]:
    """Pairs (the earlier in the line first), each once, of entries that share no source and are not told apart.

    Each entry is in a pair with at most so many before it and behind it of every other kind, so the work grows with
    entries times kinds, and none is passed over because many of its own kind stand between.
    more: beside its sources, what makes an entry's kind; near: holds until it does not, on the way from an entry
    """
    kinds = [Kind(m.sources, more(m)) for m in line]
    places: dict[Kind, list[int]] = {}
    for n, kind in enumerate(kinds):
        places.setdefault(kind, []).append(n)
    found: set[tuple[int, int]] = set()
    for n, made in enumerate(line) if len(places) > 1 else ():
        for kind, theirs in places.items():
            if kind.sources & made.sources:
                continue
            middle = bisect(theirs, n)
            for side in (range(middle, len(theirs)), range(middle - 1, -1, -1)):
                others = _first(line, n, (theirs[place] for place in side), scene, most, near)
                for pair in ((min(n, o), max(n, o)) for o in others):
                    if pair not in found:
                        found.add(pair)
                        yield line[pair[0]], line[pair[1]]


def _first(line: Sequence[Made], n: int, side: Iterable[int], scene: Scene, most: int,
           near: Callable[[Made, Made], bool]) -> Iterator[int]:
    reached = takewhile(lambda o: near(line[n], line[o]), side)
    return islice((o for o in reached if not scene.told_apart(line[n], line[o])), most)
