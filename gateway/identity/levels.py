"""Tests on a pair of records that are both SQL (for Splink on DuckDB) and a Python predicate, with the same truth.

SQL knows NULL, Python does not: every test here is positive and false where a value is missing, and tests are only
joined by AND and OR, so that both sides agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from gateway.identity.features import Features

Predicate = Callable[[Features, Features], bool]


@dataclass(frozen=True, slots=True)
class Test:
    """sql: condition over `"x_l"` and `"x_r"`; holds: the same in Python; column: set for a plain equality."""

    sql: str
    holds: Predicate
    column: str | None = None


def same(left: str, right: str | None = None) -> Test:
    """Both given and equal. With two columns: left's first equals right's second."""
    x, y = attrgetter(left), attrgetter(right or left)
    return Test(f'"{left}_l" = "{right or left}_r"', lambda a, b: (v := x(a)) is not None and v == y(b),
                None if right else left)


def shared(column: str) -> Test:
    """Two lists have a member in common."""
    get = attrgetter(column)
    return Test(f'list_has_any("{column}_l", "{column}_r")', lambda a, b: not _disjoint(get(a), get(b)))


def _disjoint(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return not (a and b) or set(a).isdisjoint(b)


def member(column: str, of: str) -> Test:
    """One's value stands in the other's list."""
    get, get_list = attrgetter(column), attrgetter(of)
    return Test(f'(list_contains("{of}_r", "{column}_l") OR list_contains("{of}_l", "{column}_r"))',
                lambda a, b: get(a) in get_list(b) or get(b) in get_list(a))


def alike(least: float, left: str, right: str | None = None) -> Test:
    """Jaro-Winkler similarity of at least `least`. (rapidfuzz's `score_cutoff` loses values that equal it.)"""
    x, y = attrgetter(left), attrgetter(right or left)

    def holds(a: Features, b: Features) -> bool:
        p, q = x(a), y(b)
        return p is not None and q is not None and JaroWinkler.similarity(p, q) >= least

    return Test(f'jaro_winkler_similarity("{left}_l", "{right or left}_r") >= {least}', holds)


def typo(left: str, most: int = 1, right: str | None = None) -> Test:
    """Unrestricted Damerau-Levenshtein distance of at most `most`."""
    x, y = attrgetter(left), attrgetter(right or left)

    def holds(a: Features, b: Features) -> bool:
        p, q = x(a), y(b)
        return p is not None and q is not None and DamerauLevenshtein.distance(p, q, score_cutoff=most) <= most

    return Test(f'damerau_levenshtein("{left}_l", "{right or left}_r") <= {most}', holds)


def begins(column: str) -> Test:
    """One of the two texts begins with the other."""
    get = attrgetter(column)

    def holds(a: Features, b: Features) -> bool:
        p, q = get(a), get(b)
        return p is not None and q is not None and (p.startswith(q) or q.startswith(p))

    return Test(f'(starts_with("{column}_l", "{column}_r") OR starts_with("{column}_r", "{column}_l"))', holds)


def long(left: str, least: int, right: str | None = None) -> Test:
    """Both texts have at least `least` characters."""
    x, y = attrgetter(left), attrgetter(right or left)
    return Test(f'length("{left}_l") >= {least} AND length("{right or left}_r") >= {least}',
                lambda a, b: len(x(a) or "") >= least and len(y(b) or "") >= least)


def within(column: str, most: int) -> Test:
    """Two numbers differ by at most `most`."""
    get = attrgetter(column)

    def holds(a: Features, b: Features) -> bool:
        p, q = get(a), get(b)
        return p is not None and q is not None and abs(p - q) <= most

    return Test(f'abs("{column}_l" - "{column}_r") <= {most}', holds)


def lone(column: str) -> Test:
    """One of the two is a single letter."""
    get = attrgetter(column)
    return Test(f'(length("{column}_l") = 1 OR length("{column}_r") = 1)',
                lambda a, b: get(a) is not None and get(b) is not None and 1 in (len(get(a)), len(get(b))))


def every(*tests: Test) -> Test:
    """All hold."""
    return Test(" AND ".join(f"({t.sql})" for t in tests), reduce(_both, (t.holds for t in tests)))


def either(*tests: Test) -> Test:
    """One holds at least."""
    return Test(" OR ".join(f"({t.sql})" for t in tests), reduce(_one, (t.holds for t in tests)))


def _both(x: Predicate, y: Predicate) -> Predicate:
    return lambda a, b: x(a, b) and y(a, b)


def _one(x: Predicate, y: Predicate) -> Predicate:
    return lambda a, b: x(a, b) or y(a, b)


def missing(*columns: str) -> Test:
    """On one of the two sides none of the columns is given."""
    sides = (" AND ".join(f'"{c}_{side}" IS NULL' for c in columns) for side in "lr")
    absent = reduce(_neither, map(_empty, columns))
    return Test(" OR ".join(f"({s})" for s in sides), lambda a, b: absent(a) or absent(b))


def _empty(column: str) -> Callable[[Features], bool]:
    get = attrgetter(column)
    return lambda record: get(record) in (None, ())


def _neither(x: Callable[[Features], bool], y: Callable[[Features], bool]) -> Callable[[Features], bool]:
    return lambda record: x(record) and y(record)


def apart(*columns: str) -> Test:
    """None of the lists has a member in common, or is missing."""
    tests = [shared(c) for c in columns]
    sql = " OR ".join(f"coalesce({t.sql}, false)" for t in tests)
    meet = reduce(_one, (t.holds for t in tests))
    return Test(f"NOT ({sql})", lambda a, b: not meet(a, b))


ELSE = Test("ELSE", lambda a, b: True)
