"""Bundles cut into units that stand alone, without rewriting a byte.

A page of a search or history is cut into its entries; so is a collection, batch or transaction whose entries do not
refer to one another by their fullUrl. A document or message stays whole, because it was signed or sent as one.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.sdk import BadJson, loads

MAX_ENVELOPE = 2**16
_BLANK = re.compile(r"[ \t\r\n]*")
_PAGES = ("searchset", "history")
_LOOSE = ("collection", "batch", "transaction", "batch-response", "transaction-response")
_PLAIN = json.JSONDecoder(parse_int=str, parse_float=str)


@dataclass(frozen=True, slots=True)
class Cut:
    """A Bundle text as what stands before its entries, the entries (joined by commas), and what stands behind."""

    before: str
    entries: tuple[str, ...]
    behind: str

    def units(self) -> Iterator[str]:
        """One Bundle for each entry, in its original envelope."""
        return (self.before + entry + self.behind for entry in self.entries)


def cut(text: str, bundle: dict[str, Any]) -> Cut | None:
    """The entries of a Bundle (`bundle` is the parsed `text`), or None when it has to stay whole."""
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries or not _is_loose(text, bundle):
        return None
    spans = list(_spans(text))
    parts = tuple(text[start:end] for start, end in spans)
    found = Cut(text[:spans[0][0]], parts, text[spans[-1][1]:])
    return found if len(found.before) + len(found.behind) <= MAX_ENVELOPE else None


def joined(units: Sequence[bytes]) -> bytes:
    """The file whose units these are: a Bundle when all come in one envelope, else one behind the other."""
    cuts = [found for unit in units if (found := _cut_of(unit))]
    if len(cuts) == len(units) > 1 and len({(c.before, c.behind, len(c.entries)) for c in cuts}) == 1:
        return (cuts[0].before + ",".join(c.entries[0] for c in cuts) + cuts[0].behind).encode()
    return b"".join(units)


def _cut_of(unit: bytes) -> Cut | None:
    try:
        value = loads(unit)
    except BadJson:
        return None
    return cut(unit.decode(), value) if isinstance(value, dict) else None


def _is_loose(text: str, bundle: dict[str, Any]) -> bool:
    return bundle.get("type") in _PAGES or (bundle.get("type") in _LOOSE and '"urn:uuid:' not in text
                                             and '"urn:oid:' not in text)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each element of the top-level array `entry`, blanks around it included."""
    place = _blank(text, text.index("{") + 1)
    while text[place] == '"':
        name, place = _PLAIN.raw_decode(text, place)
        place = _blank(text, _blank(text, place) + 1)
        if name == "entry":
            yield from _elements(text, place + 1)
            return
        _, place = _PLAIN.raw_decode(text, place)
        place = _blank(text, _blank(text, place) + 1)


def _elements(text: str, start: int) -> Iterator[tuple[int, int]]:
    while True:
        _, place = _PLAIN.raw_decode(text, _blank(text, start))
        end = _blank(text, place)
        yield start, end
        if text[end] != ",":
            return
        start = end + 1


def _blank(text: str, place: int) -> int:
    match = _BLANK.match(text, place)
    return match.end() if match else place
