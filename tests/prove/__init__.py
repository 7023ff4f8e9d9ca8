"""The long suites: each module here is one suite, `prove()` yields its figures, `make prove-NAME` runs it alone."""

from typing import NamedTuple


class Figure(NamedTuple):
    """One line of a suite: what was measured, the bound in words, and whether it holds."""

    name: str
    figure: str
    bound: str
    holds: bool
