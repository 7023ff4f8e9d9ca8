"""Collecting every mistake of a mapping file, each with its place, before any of them is reported."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from gateway.errors import ConfigError, Issue, error


class Place(Protocol):
    """Anything that knows where it stands in its file, counted from 1."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


@dataclass(slots=True)
class Mistakes:
    """The mistakes of one file."""

    file: str
    issues: list[Issue] = field(default_factory=list)

    def sorted(self) -> list[Issue]:
        """The mistakes in the order of their places."""
        return sorted(self.issues, key=lambda i: [int(n) for n in i.where.rsplit(":", 2)[1:]])

    def add(self, code: str, message: str, place: Place | None = None, offset: int = 0, hint: str = "") -> None:
        """A mistake at a place, `offset` characters into it."""
        where = f"{self.file}:{place.line}:{place.column + offset}" if place else f"{self.file}:1:1"
        self.issues.append(error(code, message, where, hint))


def guess(word: str, known: Iterable[str]) -> str:
    """"; did you mean …?" for a misspelt name, or nothing."""
    close = difflib.get_close_matches(word, sorted(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def report(problem: ConfigError) -> str:
    """All mistakes as text, a line each: `file:line:column: code message`."""
    return "\n".join(f"{i.where}: {i.code} {i.message}" for i in problem.issues)
