"""Tests on a pair of records that are both SQL (for Splink on DuckDB) and Python, with the same truth.

SQL knows NULL, Python does not: every test here is positive and false where a value is missing, and tests are only
joined by AND and OR, so that both sides agree. Both are texts, so that the levels of a feature become one expression:
a search compares thousands of columns, and a call for each of them is most of what that costs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from gateway.identity.features import COLUMNS, Features

Predicate = Callable[[Features, Features], bool]
_KNOWN = {"alike": JaroWinkler.similarity, "slips": DamerauLevenshtein.distance}


@dataclass(frozen=True, slots=True)
class Test:
    """sql: condition over `"x_l"` and `"x_r"`; python: the same over the records a and b; column: set for a plain
    equality."""

    sql: str
    python: str
    column: str | None = None

    @property
    def holds(self) -> Predicate:
        """The condition as a function of two records."""
        return _function(f"bool({self.python})")


def first(tests: Iterable[Test]) -> Callable[[Features, Features], int]:
    """The place of the first of these tests that holds, as a function of two records; the last holds always."""
    *others, _ = tests
    return _function("".join(f"{i} if {t.python} else " for i, t in enumerate(others)) + str(len(others)))


def _function(expression: str) -> Callable[[Features, Features], Any]:
    """Expressions are made of the names of columns and the numbers in the table alone."""
    return eval(f"lambda a, b: {expression}", dict(_KNOWN))


def _x(column: str) -> str:
    """A column of the left record: a place in a tuple, read faster than a name."""
    return f"a[{Features._fields.index(column)}]"


def _y(column: str) -> str:
    return f"b[{Features._fields.index(column)}]"


def _both_given(left: str, right: str | None) -> str:
    return f"{_x(left)} is not None and {_y(right or left)} is not None"


def same(left: str, right: str | None = None) -> Test:
    """Both given and equal. With two columns: left's first equals right's second."""
    return Test(f'"{left}_l" = "{right or left}_r"', f"({_x(left)} is not None and {_x(left)} == {_y(right or left)})",
                None if right else left)


def shared(column: str) -> Test:
    """Two lists have a member in common."""
    return Test(f'list_has_any("{column}_l", "{column}_r")',
                f"({_x(column)} and {_y(column)} and not {{*{_x(column)}}}.isdisjoint({_y(column)}))")


def member(column: str, of: str) -> Test:
    """One's value stands in the other's list."""
    return Test(f'(list_contains("{of}_r", "{column}_l") OR list_contains("{of}_l", "{column}_r"))',
                f"({_x(column)} in {_y(of)} or {_y(column)} in {_x(of)})")


def alike(least: float, left: str, right: str | None = None) -> Test:
    """Jaro-Winkler similarity of at least `least`. (rapidfuzz's `score_cutoff` loses values that equal it.)"""
    return Test(f'jaro_winkler_similarity("{left}_l", "{right or left}_r") >= {least}',
                f"({_both_given(left, right)} and alike({_x(left)}, {_y(right or left)}) >= {least})")


def typo(left: str, most: int = 1, right: str | None = None) -> Test:
    """Unrestricted Damerau-Levenshtein distance of at most `most`."""
    return Test(f'damerau_levenshtein("{left}_l", "{right or left}_r") <= {most}',
                f"({_both_given(left, right)} and "
                f"slips({_x(left)}, {_y(right or left)}, score_cutoff={most}) <= {most})")


def begins(column: str) -> Test:
    """One of the two texts begins with the other."""
    x, y = _x(column), _y(column)
    return Test(f'(starts_with("{column}_l", "{column}_r") OR starts_with("{column}_r", "{column}_l"))',
                f"({_both_given(column, None)} and ({x}.startswith({y}) or {y}.startswith({x})))")


def long(left: str, least: int, right: str | None = None) -> Test:
    """Both texts have at least `least` characters."""
    return Test(f'length("{left}_l") >= {least} AND length("{right or left}_r") >= {least}',
                f'(len({_x(left)} or "") >= {least} and len({_y(right or left)} or "") >= {least})')


def within(column: str, most: int) -> Test:
    """Two numbers differ by at most `most`."""
    return Test(f'abs("{column}_l" - "{column}_r") <= {most}',
                f"({_both_given(column, None)} and abs({_x(column)} - {_y(column)}) <= {most})")


def lone(column: str) -> Test:
    """One of the two is a single letter."""
    return Test(f'(length("{column}_l") = 1 OR length("{column}_r") = 1)',
                f"({_both_given(column, None)} and (len({_x(column)}) == 1 or len({_y(column)}) == 1))")


def every(*tests: Test) -> Test:
    """All hold."""
    return Test(" AND ".join(f"({t.sql})" for t in tests), f"({' and '.join(t.python for t in tests)})")


def either(*tests: Test) -> Test:
    """One holds at least."""
    return Test(" OR ".join(f"({t.sql})" for t in tests), f"({' or '.join(t.python for t in tests)})")


def missing(*columns: str) -> Test:
    """On one of the two sides none of the columns is given."""
    sides = (" AND ".join(f'"{c}_{side}" IS NULL' for c in columns) for side in "lr")
    absent = (" and ".join(_absent(c, side) for c in columns) for side in (_x, _y))
    return Test(" OR ".join(f"({s})" for s in sides), f"({' or '.join(f'({s})' for s in absent)})")


def _absent(column: str, side: Callable[[str], str]) -> str:
    return f"not {side(column)}" if COLUMNS[column].endswith("[]") else f"{side(column)} is None"


def apart(*columns: str) -> Test:
    """None of the lists has a member in common, or is missing."""
    tests = [shared(c) for c in columns]
    sql = " OR ".join(f"coalesce({t.sql}, false)" for t in tests)
    return Test(f"NOT ({sql})", f"(not ({' or '.join(t.python for t in tests)}))")


ELSE = Test("ELSE", "True")
