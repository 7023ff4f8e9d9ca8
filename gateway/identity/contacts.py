"""E-mails and addresses as features."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from anyascii import anyascii
from rapidfuzz.distance import DamerauLevenshtein

from gateway.identity.names import placeholders, words

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+$")


def email(text: str) -> str | None:
    """Lower case without a +tag; None for what is no address or stands for none."""
    text = anyascii(text[:200]).strip().lower().removeprefix("mailto:")
    if not _EMAIL.match(text):
        return text if "@" in text or len(text) > 8 else None
    local, domain = text.rsplit("@", 1)
    local = local.split("+")[0] or local
    nobody = {local, domain} & placeholders("email") or local == domain.split(".")[0]
    return None if nobody else f"{local}@{domain}"


class Address(NamedTuple):
    """One address. street: its words without the kind (street, gata); house: number with letter; postcode, city, state
    without blanks."""

    street: str | None = None
    house: str | None = None
    postcode: str | None = None
    city: str | None = None
    state: str | None = None

    @property
    def place(self) -> str | None:
        """Street, house and town as one value to share, when they name a door."""
        town = self.postcode or self.city
        return f"{self.street}|{self.house}|{town}" if self.street and self.house and town else None


_KINDS = {"street": "st", "str": "st", "strasse": "st", "st": "st", "avenue": "ave", "av": "ave", "road": "rd",
          "boulevard": "blvd", "drive": "dr", "lane": "ln", "court": "ct", "circle": "cir", "place": "pl",
          "square": "sq", "terrace": "tce", "crescent": "cres", "highway": "hwy", "parkway": "pkwy", "north": "n",
          "south": "s", "east": "e", "west": "w", "saint": "st", "gaten": "gate", "vagen": "vag", "gatan": "gata"}
_UNITS = frozenset(("apt", "apartment", "unit", "ste", "suite", "room", "rm", "flat", "floor", "fl", "lgh",
                    "wohnung", "app", "apto", "piso"))


_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)$")  # 2nd Street: a name, no house number
_ENDINGS = (*(kind for kind in _KINDS if len(kind) >= 4), "str")
_NO_STREET = frozenset(("n", "s", "e", "w"))
_ROADS = frozenset(_KINDS.values()) - _NO_STREET
_ROADS_OF = frozenset(("calle", "carrer", "rua", "rue", "via", "ulica", "ul", "avenida", "plaza", "largo", "chemin"))
_LONG_KINDS = tuple(k for k in _KINDS if len(k) >= 5 and k not in ("north", "south", "saint"))
_PHRASE = 8  # letters of a phrase that is no chance within a line
_PARTS = re.compile(r"[,;\n]")


def _parted(word: str) -> list[str]:
    """`hauptstrasse` as its name and its kind."""
    if word in _KINDS:
        return [_KINDS[word]]
    kind = next((k for k in _ENDINGS if word.endswith(k) and len(word) >= len(k) + 3), None)
    return [word.removesuffix(kind), _KINDS[kind]] if kind else [word]


@lru_cache(maxsize=65536)
def _kind(word: str) -> str:
    """A word at a street's end; a kind with a slip (`rtreet`) is that kind."""
    near = (k for k in _LONG_KINDS if DamerauLevenshtein.distance(word, k, score_cutoff=1) <= 1)
    return next((_KINDS[k] for k in near), word)


def _line(text: str) -> str:
    """Of several lines the one that is a street: a house's name or a ward may stand before it or behind it."""
    lines = [line for line in _PARTS.split(text) if line.strip()]
    if len(lines) < 2:
        return text
    outside = [line for line in lines if _UNITS.isdisjoint(words(line)[:1])]
    return next((line for line in lines if (_street(line)[0] or "").rpartition(" ")[2] in _ROADS),
                text if len(outside) == len(lines) else "\n".join(outside))


def _street(text: str) -> tuple[str | None, str | None]:
    return _apart(tuple(words(text)))


@lru_cache(maxsize=65536)
def _apart(line: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Street and house number."""
    found = [part for w in line for part in _parted(w)]
    for i, word in enumerate(found):
        if word in _UNITS and i:
            found = found[:i]
            break
    house = next((w for w in found if w[0].isdigit() and not _ORDINAL.match(w)), None)
    if house and len(found) > 1:
        i = found.index(house)
        letter = found[i + 1:i + 2]
        joined = [] if not (letter and len(letter[0]) == 1 and i + 2 == len(found)) else letter
        found = found[:i] + found[i + 1 + len(joined):]
        house += "".join(joined)
    elif house == "".join(found):
        return None, house
    if len(found) > 1:
        found[-1] = _kind(found[-1])
    return " ".join(found) or None, house


def address_of(line: str, house: str = "", postcode: str = "", city: str = "", state: str = "") -> Address:
    """The `Address` of its parts; the house number is found in the line when it is not given apart. Lines are parted by
    a line break, a comma or a semicolon."""
    street, number = _street(_line(line))
    number = number or _street(line)[1]
    if street and (_no_door(tuple(words(line))) or _many_live(tuple(words(line)))):
        street, number = None, None
    given = "".join(words(house)).lstrip("0")
    post = "".join(words(postcode))
    post = post[:5] if post.isdigit() and len(post) == 9 else post
    town = "".join(words(city))
    return Address(street, given or number, None if meaningless_postcode(post) else post,
                   None if town in placeholders("city") else town or None, "".join(words(state)) or None)


@cache
def _houses() -> tuple[str, ...]:
    """Long words that a compound may end in."""
    return tuple(house for house in placeholders("institution") if len(house) > 6)


@cache
def _counters() -> dict[str, tuple[tuple[str, ...], ...]]:
    """First word → phrases of several words that say, anywhere in a line, that nobody lives there."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in map(str.split, placeholders("address")):
        if len(phrase) > 1 and len("".join(phrase)) >= _PHRASE:
            found[phrase[0]] = (*found.get(phrase[0], ()), tuple(phrase))
    return found


@lru_cache(maxsize=65536)
def _no_door(found: tuple[str, ...]) -> bool:
    """General delivery, no fixed abode, or nothing known; a street may be named after one: Salvation Army Road."""
    if " ".join(found) in placeholders("address"):
        return True
    return any(found[i:i + len(phrase)] == phrase and not {*found[i + len(phrase):][:1]} & {*_ROADS, *_KINDS}
               for i, word in enumerate(found) for phrase in _counters().get(word, ()))


@lru_cache(maxsize=65536)
def _many_live(found: tuple[str, ...]) -> bool:
    """A camp, a prison, a nursing home, or no more than a village or sector: people there share no household. A street
    may be named after one: Camp Road."""
    if found[0] in _ROADS_OF:
        return False
    houses = placeholders("institution")
    behind = (found[i + 1:i + 3] for i in range(len(found)))
    institution = any((word in houses or word.endswith(_houses())) and not _of_a_street(after)
                      for word, after in zip(found, behind, strict=True))
    return institution or (found[0] in placeholders("area") and len(found) == 2)


def _of_a_street(after: tuple[str, ...]) -> bool:
    """What stands behind a word makes it a street's name: Camp Road, Hospital St 4, and not Hospital Saint Louis."""
    if after[:1] in (("saint",), ("st",)):
        return after[0] == "st" and (len(after) < 2 or after[1][0].isdigit())
    return bool(after) and (after[0] in _ROADS or after[0] in _KINDS)


def meaningless_postcode(text: str) -> bool:
    """Empty, or only zeros or nines."""
    return not text.strip("0") or not text.strip("9")
