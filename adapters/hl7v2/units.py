"""Bytes cut into messages: single ones, batches and files (FHS BHS BTS FTS), MLLP frames, or simply one after another.

The pieces of a file, in order, are the file byte for byte: an envelope goes with the message beside it. Only what
belongs to no message (text before the first MSH or between frames, a trailer whose count is wrong) stands alone.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from adapters.hl7v2.charset import marked
from gateway.errors import error
from gateway.sdk import Issue, Severity

CHUNK = 2**20
MAX_PIECE = 2**28
_OVERLAP = 32                                     # no start of a segment with what must stand around it is longer
_MARK = "ï»¿|\ufeff"                              # a byte order mark, as Latin-1 and as itself
_START = re.compile(rf"[\r\n\x0b\x1c](?:{_MARK})?[ \t]{{0,8}}(MSH|[FB]HS|[FB]TS)(?=[^A-Za-z0-9\s\x00-\x1f])")
_ENVELOPE = re.compile(rf"(?:\A|(?<=[\r\n\x0b]))(?:{_MARK})?[ \t]*[FB][HT]S[^\r\n]*")
_BLANK = f"{_MARK.replace('|', '')}\x0b\x1c\x00 \t\r\n"
_LINE = re.compile(r"[^\r\n]*[\r\n]*")


class Piece(NamedTuple):
    """Bytes of one message, or of what is none. `issue` says what is wrong with a trailer, `end` where they end.

    remark: what is missing behind a message
    """

    raw: bytes
    end: int
    issue: Issue | None = None
    remark: Issue | None = None


@dataclass
class _Cutter:
    """The text at hand, where the piece at hand begins in it, and what was counted on the way.

    seen   up to here the text was searched; empty: up to here the piece holds blanks and envelopes only
    end    bytes that the pieces cut so far have
    open   trailers that a header promised and that did not come yet
    """

    view: str
    text: str = "\r"                              # a line end, so that the first segment begins like any other
    begin: int = 1
    seen: int = 0
    empty: int = 1
    end: int = 0
    is_message: bool = False
    issue: Issue | None = None
    open: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"BTS": 0, "FTS": 0})

    def take(self, more: str) -> None:
        gone = self.begin - 1                     # the character before it tells whether a segment begins
        self.text = self.text[gone:] + more
        self.seen, self.empty, self.begin = self.seen - gone, self.empty - gone, 1

    def cut(self, final: bool) -> Iterator[Piece]:
        """The pieces that are complete; after `final`, all."""
        for match in _START.finditer(self.text, max(self.seen, 0)):
            name, start = match[1], match.start() + (match[0][0] != "\x0b")
            line = _LINE.match(self.text, match.start(1))
            if line is None or (name[1] == "T" and line.end() == len(self.text) and not final):
                break
            yield from self._begin(name, start, line[0])
            self.seen = match.end()
        else:
            self.seen = max(self.seen, len(self.text) - _OVERLAP)
        if final or len(self.text) - self.begin > MAX_PIECE:
            yield from self._finish(len(self.text), self._missing() if final and self.open else None)

    def _begin(self, name: str, start: int, line: str) -> Iterator[Piece]:
        """A segment that begins a message or belongs to an envelope."""
        if name[1] == "T":
            self.open = [n for n in self.open if n != name]
            if complaint := self._count(name, line):
                yield from self._finish(start)
                self.issue = complaint
            return
        missing = self._missing() if name != "MSH" and f"{name[0]}TS" in self.open else None
        other = self.text[max(self.begin, self.empty):start]
        if self.is_message or self.issue or _ENVELOPE.sub("", other).strip(_BLANK):
            yield from self._finish(start, missing)
        self.is_message, self.empty = name == "MSH", start
        if name == "MSH":
            self.counts["BTS"] += 1
        else:
            trailer = "BTS" if name == "BHS" else "FTS"
            self.counts[trailer] = 0
            self.open = [*(n for n in self.open if n != trailer), trailer]

    def _count(self, name: str, line: str) -> Issue | None:
        """A complaint when BTS-1 is not the number of messages, or FTS-1 not that of batches."""
        found, what = self.counts[name], "messages" if name == "BTS" else "batches"
        self.counts[name] = 0
        if name == "BTS":
            self.counts["FTS"] += 1
        told = re.match(r".\s*(\d{1,9})\s*(?:\D|\Z)", line[3:])
        if not told or int(told[1]) == found or (name == "FTS" and not found):
            return None
        return error("hl7v2-batch-count", f"{name}-1 says {int(told[1])} {what}, {found} were found before it; all "
                     "that were found are taken.", f"{name}-1", "Ask the sender whether the file is complete.")

    def _missing(self) -> Issue:
        names = " and ".join(self.open)
        return Issue("hl7v2-batch-unfinished", Severity.warning, f"{names} is missing behind it, which would say that "
                     "all came; what was found is taken.", self.open[0], "Ask the sender whether the file is complete.")

    def _finish(self, end: int, remark: Issue | None = None) -> Iterator[Piece]:
        """The piece at hand, and apart from it what stands behind the end of its frame."""
        text, self.begin = self.text[self.begin:end], end
        issue, self.issue, self.is_message = self.issue, None, False
        close = text.find("\x1c") if text[:1] == "\x0b" else -1
        rest = len(text) - len(text[close + 1:].lstrip("\r\n")) if close >= 0 else 0
        parts = [text[:rest], text[rest:]] if rest and text[rest:].strip(_BLANK) else [text] if text else []
        for part in parts:
            raw = part.encode(self.view, "surrogatepass")
            self.end += len(raw)
            yield Piece(raw, self.end, issue, remark)


def pieces(read: Callable[[int], bytes]) -> Iterator[Piece]:
    """Pieces of what `read(size)` gives until it gives b"". Holds no more than one piece and what was read with it."""
    chunk = read(CHUNK)
    codec = marked(chunk[:64])[0]
    view = codec if codec.startswith("utf-16") else "latin-1"
    decoder = codecs.getincrementaldecoder(view)("surrogatepass" if view != "latin-1" else "strict")
    cutter = _Cutter(view)
    while chunk:
        cutter.take(decoder.decode(chunk))
        yield from cutter.cut(False)
        chunk = read(max(CHUNK, len(cutter.text) - cutter.begin))
    tail = decoder.getstate()[0]
    last = list(cutter.cut(True))
    if tail and last:
        last[-1] = last[-1]._replace(raw=last[-1].raw + tail, end=last[-1].end + len(tail))
    yield from last or ([Piece(tail, cutter.end + len(tail))] if tail or not cutter.end else [])
