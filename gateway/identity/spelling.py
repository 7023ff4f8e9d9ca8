"""Whether two names are one, written otherwise: in another alphabet, cut, misread, with letters lost or exchanged."""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from gateway.identity.names import UNREAD, given_names, like_a_name, roots, rows

_LONG, _SLIPS = 7, 2  # letters of a name that is known in spite of so many slips
_FIELD = 8            # letters that the shortest field of a machine holds
_WRITTEN_OUT = re.compile("(?<=[aou])e|(?<=^a)a|(?<=[gh]a)a(?=[krv])")  # Mueller, Aasa, Haakan, Nygaard
# What a scanner takes for one another, each written one way.
_TOGETHER = (("rn", "m"), ("ri", "n"))
_MISREAD = (("1", "i"), ("0", "o"), ("5", "s"), *_TOGETHER, ("i", "l"), ("a", "o"), ("e", "c"), ("h", "b"), ("u", "v"),
            ("t", "f"))


@cache
def _spellings() -> dict[str, frozenset[int]]:
    """Name → the rows that it stands in: Lim is Lin in Hokkien, and Im in Korea."""
    found: dict[str, set[int]] = {}
    for i, row in enumerate(rows("spellings.csv")):
        for name in row:
            found.setdefault(name, set()).add(i)
    return {name: frozenset(places) for name, places in found.items()}


def one_spelling(one: str, other: str) -> bool:
    """One name in two alphabets or romanisations: Юлия as Iuliia and Julia. No parents give both to two children."""
    known = _spellings()
    in_one_row = one in known and not known[one].isdisjoint(known.get(other, ()))
    return one != other and (in_one_row or bare(one) == bare(other))


@lru_cache(maxsize=65536)
def bare(name: str) -> str:
    """Umlauts as those write them who leave the dots out."""
    return _WRITTEN_OUT.sub("", name)


@cache
def _signs() -> dict[int, str]:
    return {ord(sign): row[0] for row in rows("signs.csv") for sign in row[1:]}


def one_writing(one: str, other: str) -> bool:
    """The same Chinese signs, be they full, simplified or Japanese: 國偉 and 国伟, not 志伟 and 志炜, of one sound."""
    return one.translate(_signs()) == other.translate(_signs())


def cut_off(one: str, other: str) -> bool:
    """One is the other up to where a field ends, and no name by itself: Christop, not Christin beside Christina."""
    if one[:_FIELD] != other[:_FIELD] or one == other:
        return False
    short, long = sorted((one, other), key=len)
    return len(short) >= _FIELD and long.startswith(short) and short not in given_names()


def misread(one: str, other: str) -> bool:
    """One as a scanner reads the other (Carnila), or as a machine without its letters writes it (L?szl?, Bo?ena)."""
    return _unread(one, other) or _unread(other, one) or _read(one, _MISREAD) == _read(other, _MISREAD)


def run_together(one: str, other: str) -> bool:
    """One as a scanner reads the other, two letters as one: be both names, they are hardly those of twins."""
    return one != other and _read(one, _TOGETHER) == _read(other, _TOGETHER)


def _read(name: str, table: tuple[tuple[str, str], ...]) -> str:
    for letters, letter in table:
        name = name.replace(letters, letter)
    return name


def _unread(name: str, whole: str) -> bool:
    """At least half of the letters of the whole name stand in the other, in their order, and marks for more."""
    left, known = iter(whole), name.replace(UNREAD, "")
    return len(name) > len(known) >= len(whole) // 2 and all(letter in left for letter in known)


def letters_apart(one: str, other: str) -> int:
    """How many letters the longer text has that the other lacks, in whatever order."""
    return max(len(one), len(other)) - sum(min(one.count(letter), other.count(letter)) for letter in {*one})


def shortened(names: Sequence[str], whole: Sequence[str], known: Iterable[str]) -> bool:
    """Is each of these given names known of the other, or does an initial stand in its place: Asif, J. Luis and M. A.
    of M. Asif, José Luis and Maria Anna? An initial in another place is nobody's: Sven Sture, and Anna S."""
    places = (*whole, *[""] * len(names))
    return all(name in known or (1 in (len(name), len(there)) and name[:1] == there[:1])
               for name, there in zip(names, places, strict=False))


def out_of_order(one: str, other: str) -> bool:
    """The same letters in another order, at most one of them lost, added or another; at least four in common."""
    return one != other and letters_apart(one, other) <= min(1, max(len(one), len(other)) - 4)


def short_of_a_slip(one: str, other: str) -> bool:
    """The shorter one is a short form of a name, the longer one is that name with slips: Chris, Chrisopherr."""
    short, long = sorted((one, other), key=len)
    if long in given_names() or like_a_name(long):
        return False
    return any(DamerauLevenshtein.distance(name, long, score_cutoff=_SLIPS) <= _SLIPS
               for name in roots((short,)) if name != short and len(name) > len(short) and len(name) >= _LONG)
