"""Birth dates as features: partial dates, day and month swapped, typing errors, dates that stand for "unknown".

Years of other calendars are read where they can be no other: Buddhist ones (2523), Japanese eras (S55.5.17, 昭和55年)
and those of the Republic of China (民國69年, 069/05/17). A Hijri, Persian or Ethiopian year may be one of ours with a
slip.
"""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from gateway.identity.names import placeholders

_SHAPES = tuple(re.compile(p) for p in (
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T.*)?$", r"(\d{4})-(\d{1,2})$", r"(\d{4})$", r"(\d{4})(\d\d)(\d\d)(?:\d{2,})?$",
    r"(\d{4})(\d\d)$", r"(\d{4})[/.] ?(\d{1,2})[/.] ?(\d{1,2})\.?$"))
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")
_SHORT = re.compile(r"(\d{1,2})/(\d{1,2})/(\d\d)$")
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}  # the year before its first
_ERAS |= dict(zip("MTSHR", _ERAS.values(), strict=True))
_ERA = re.compile(rf"({'|'.join(_ERAS)})\.?(\d{{1,2}}|元)[年./-](\d{{1,2}})[月./-](\d{{1,2}})日?$", re.IGNORECASE)
_REPUBLIC = tuple(re.compile(p) for p in (
    r"(?:中華)?民[國国](\d{1,3})年(\d{1,2})月(\d{1,2})日$", r"([01]\d\d)[/.-](\d{1,2})[/.-](\d{1,2})$",
    r"([01]\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"))
_BEFORE_REPUBLIC, _BEFORE_BUDDHIST = 1911, 543
_BUDDHIST = range(2440, 2600)
_IN_SIGNS = re.compile(r"(\d{4})(?:年|년 ?)(\d{1,2})(?:月|월 ?)(\d{1,2})[日일]?$")
_MONTHS = {name: i for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_NAMED = re.compile(r"(\d{1,2})[ .-]+([a-z]{3})[a-z]*[ .,-]+(\d{4})$", re.IGNORECASE)
_NAMED_FIRST = re.compile(r"([a-z]{3})[a-z]*[ .]+(\d{1,2}),? +(\d{4})$", re.IGNORECASE)
EARLIEST, LATEST = 1850, 2200
_CENTURY = 30  # a year of two digits above it is of the last century; others may be of either, and say nothing


class Birth(NamedTuple):
    """One birth date.

    day      the full date, ISO 8601, unless it is 1 January (which often only means the year) or no day of any calendar
    whole    the eight digits as they were written, such days too, and a year with two digits exchanged: to find typing
             errors
    span     what is certain of it: `1980`, `1980-05`, `1980-05-17`
    swapped  the full date with day and month exchanged, when that is another date
    year     as a number
    """

    day: str | None = None
    whole: str | None = None
    span: str | None = None
    swapped: str | None = None
    year: int | None = None

    @property
    def january(self) -> bool:
        """1 January: often only the year is known."""
        return self.whole is not None and self.whole.endswith("0101")


def _elsewhere(text: str) -> list[int] | None:
    """Year, month and day of a date in another calendar, in signs, or with a month by its English name."""
    if m := _ERA.match(text):
        return [_ERAS[m[1].upper()] + (1 if m[2] == "元" else int(m[2])), int(m[3]), int(m[4])]
    for shape in _REPUBLIC:
        if (m := shape.match(text)) and int(m[1]):
            return [_BEFORE_REPUBLIC + int(m[1]), int(m[2]), int(m[3])]
    if m := _IN_SIGNS.match(text):
        return [int(g) for g in m.groups()]
    if (m := _NAMED.match(text)) and (month := _MONTHS.get(m[2].lower())):
        return [int(m[3]), month, int(m[1])]
    if (m := _NAMED_FIRST.match(text)) and (month := _MONTHS.get(m[1].lower())):
        return [int(m[3]), month, int(m[2])]
    return None


def _parts(text: str) -> list[int] | None:
    for shape in _SHAPES:
        if m := shape.match(text):
            return [int(g) for g in m.groups()]
    if found := _elsewhere(text):
        return found
    if (m := _SHORT.match(text)) and int(m[3]) > _CENTURY:
        text = f"{m[1]}/{m[2]}/19{m[3]}"
    if m := _DAY_FIRST.match(text):
        first, second, year = (int(g) for g in m.groups())
        if first > 12:
            return [year, second, first]
        return [year, first, second] if second > 12 or "/" in text else [year, second, first]
    return None


def _valid(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _slip(year: int) -> bool:
    """A year that becomes one of people who live when two neighbouring digits are exchanged, 9174, or the first or
    second is another: 3974, 1074."""
    digits = f"{year:04}"
    if len(set(digits)) > 1 and digits[:2] != "00" and (digits[1] in "90" or digits[0] in "12"):
        return True
    swapped = (digits[:i] + digits[i + 1] + digits[i] + digits[i + 2:] for i in range(3))
    return any(1900 < int(text) <= 2100 for text in swapped)


def birth_of(text: object) -> Birth:
    """The `Birth` of a FHIR date, an HL7 v2 date or a date with dots or slashes; empty when it says nothing."""
    return _born(text.strip()[:40]) if isinstance(text, str) else Birth()


@lru_cache(maxsize=65536)
def _born(text: str) -> Birth:
    parts = _parts(text)
    if not parts:
        return Birth()
    if parts[0] in _BUDDHIST:
        parts[0] -= _BEFORE_BUDDHIST
    if not EARLIEST <= parts[0] <= LATEST:
        slip = len(parts) == 3 and parts[1:] != [1, 1] and parts[0] % 100 and _slip(parts[0])
        return Birth(whole=f"{parts[0]:04}{parts[1]:02}{parts[2]:02}") if slip else Birth()
    year, month, day = (*parts, 0, 0)[:3]
    if not day:
        return Birth(span=f"{year:04}-{month:02}" if 1 <= month <= 12 else f"{year:04}", year=year)
    digits, iso = f"{year:04}{month:02}{day:02}", f"{year:04}-{month:02}-{day:02}"
    if iso in placeholders("birth-date"):
        return Birth()
    swapped = f"{year:04}-{day:02}-{month:02}" if day != month and _valid(year, day, month) else None
    if (month, day) == (1, 1) or not _valid(year, month, day):
        return Birth(None, digits, f"{year:04}", swapped, year)
    return Birth(iso, digits, iso, swapped, year)
