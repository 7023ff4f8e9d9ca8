"""Delimited text cut into records and cells, after RFC 4180, so that one bad row never swallows its neighbours.

The standard `csv` module reads on to the end of the file when a quote is never closed; here such a line is a record
of its own, the next line starts afresh, and the texts of all records together are exactly the text that was read.
Time is linear in the text and memory is bounded, whatever is in it.
"""

import re
from collections import deque
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import NamedTuple, TextIO

MAX_ROW = 4 * 2**20
MAX_LINES = 2_000
_INSIDE = re.compile(r'[^"]*+(?:""[^"]*+)*+("?)')


class Malformed(ValueError):
    """A record that cannot be cut into cells; the text says why."""


class OpenQuote(Malformed):
    """A quote is still open where the text ends."""


class State(Enum):
    """What the cells of a record come to at the end of a line."""

    whole = "whole"
    open = "open"
    bad = "bad"


class Record(NamedTuple):
    """The text of one record with its line ends, how many there are, and whether it is a piece of a longer line."""

    text: str
    ends: int
    piece: bool


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    d = re.escape(delimiter)
    return re.compile(rf'"([^"]*+(?:""[^"]*+)*+)(?:"(?=[{d}\r\n]|\Z)|(\Z))|([^"{d}\r\n][^{d}\r\n]*+|)')


def cells(text: str, delimiter: str) -> list[str]:
    """The cells of one record. Raises OpenQuote or Malformed."""
    pattern, found, position = _cell(delimiter), list[str](), 0
    while match := pattern.match(text, position):
        quoted, unclosed, plain = match.groups()
        if unclosed is not None:
            raise OpenQuote(f"the quote that opens cell {len(found) + 1} is never closed")
        position = match.end()
        if quoted is None and text[position:position + 1] == '"':
            break
        found.append(plain if quoted is None else quoted.replace('""', '"'))
        if position == len(text) or text[position] in "\r\n":
            if text[position:].strip("\r\n"):
                raise Malformed("there is more than one record")
            return found
        position += 1
    raise Malformed(f"text follows the closing quote of cell {len(found) + 1}")


def records(text: TextIO, delimiter: str) -> Iterator[Record]:
    """Records in order; blank lines go with the record behind them, those at the end with the last one."""
    lines, blank, held = _Lines(text), "", None
    while line := lines.peek(0):
        piece = lines.is_piece(0)
        taken = blank + lines.take(1 if piece or not line.strip() else _length(lines, delimiter))
        if not piece and not line.strip():
            blank = taken
            continue
        if held:
            yield held
        held, blank = Record(taken, _ends(taken), piece), ""
    if held:
        yield Record(held.text + blank, held.ends + _ends(blank), held.piece)


class _Lines:
    """Lines of a text that can be looked at before they are taken.

    doomed   how many of the lines ahead are known not to end well a quote that is open before them
    """

    def __init__(self, text: TextIO) -> None:
        self.text, self.ahead, self.within, self.doomed = text, deque[tuple[str, bool]](), False, 0

    def peek(self, number: int) -> str:
        """A line ahead, "" behind the last one."""
        while len(self.ahead) <= number:
            line = self.text.readline(MAX_ROW)
            if not line:
                return ""
            goes_on = len(line) == MAX_ROW and line[-1] not in "\r\n"
            self.ahead.append((line, goes_on or self.within))
            self.within = goes_on
        return self.ahead[number][0]

    def is_piece(self, number: int) -> bool:
        """Whether that line is a piece of one longer than MAX_ROW."""
        return self.ahead[number][1]

    def take(self, count: int) -> str:
        self.doomed = max(0, self.doomed - count)
        return "".join(self.ahead.popleft()[0] for _ in range(count))


def _length(lines: _Lines, delimiter: str) -> int:
    """Of how many lines the next record consists: of one when its open quote does not end well."""
    if _state(lines.peek(0), delimiter) is not State.open or lines.doomed:
        return 1
    count = size = 0
    while size < MAX_ROW and count < MAX_LINES:
        count += 1
        line = lines.peek(count)
        size += len(line)
        state = State.bad if not line or lines.is_piece(count) else _state_inside(line, delimiter)
        if state is State.whole:
            return count + 1
        if state is State.bad:
            break
    lines.doomed = count
    return 1


def _state(text: str, delimiter: str) -> State:
    try:
        cells(text, delimiter)
    except OpenQuote:
        return State.open
    except Malformed:
        return State.bad
    return State.whole


def _state_inside(line: str, delimiter: str) -> State:
    """The state behind a line before which a quote is open."""
    end = _INSIDE.match(line)
    if not end or not end[1]:
        return State.open
    rest = line[end.end():]
    if not rest.strip("\r\n"):
        return State.whole
    return _state(rest[1:], delimiter) if rest[0] == delimiter else State.bad


def _ends(text: str) -> int:
    return text.count("\n") + text.replace("\r\n", "\n").count("\r")
