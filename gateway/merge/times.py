"""Partial dates as intervals (MRG-09): `2019` never becomes `2019-01-01`.

Order is by the earliest instant that a text allows, in UTC; what was written in a zone keeps its own calendar day.
"""

import re
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

OLDEST = float("-inf")
_FORM = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
                   r"(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,12})?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII)
_DAY = 86400
DAY_LENGTH = 10
_SHORTEST = Fraction(1, 10**12)          # between two times that can be written

Instant = int | Fraction | float


class Moment(NamedTuple):
    """What a FHIR date, dateTime or instant says.

    low, high  seconds since the epoch: low is allowed, high is the first instant that is not
    key        equal for two texts that say the same: the instant where it is exact, else the text
    exact      written with a time of day
    text       as it was written
    """

    low: Instant
    high: Instant
    key: Any
    exact: bool
    text: str

    @property
    def day(self) -> str | None:
        """The calendar day in the zone that it was written in, or None when less is known."""
        return self.text[:DAY_LENGTH] if len(self.text) >= DAY_LENGTH else None


@lru_cache(maxsize=65536)
def moment(text: str) -> Moment | None:
    """The moment of a FHIR date, dateTime or instant; None for any other text."""
    form = _FORM.fullmatch(text)
    try:
        return _moment(text, form) if form else None
    except ValueError:
        return None


def _moment(text: str, form: re.Match[str]) -> Moment:
    year, month, day = int(form[1]), int(form[2] or 1), int(form[3] or 1)
    start = (date(year, month, day).toordinal() - 719163) * _DAY
    if form[4] is None:
        return Moment(start, _after(year, form[2] and month, form[3] and day), text, False, text)
    hour, minute, second = int(form[4]), int(form[5]), int(form[6] or 0)
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(text)
    at: int | Fraction = start + hour * 3600 + minute * 60 + second - _offset(form[8])
    if form[7]:
        at += Fraction(form[7])
    return Moment(at, at, at if form[8] else text, True, text)


def _after(year: int, month: Any, day: Any) -> int:
    """The first second that no longer lies in the year, month or day."""
    if day:
        return (date(year, month, day).toordinal() - 719162) * _DAY
    year, month = (year, month + 1) if month and month < 12 else (year + 1, 1)
    days = date(year, month, 1).toordinal() if year <= 9999 else date.max.toordinal() + 1
    return (days - 719163) * _DAY


def _offset(zone: str | None) -> int:
    if zone in (None, "Z"):
        return 0
    assert zone is not None
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60)


def order(text: Any) -> Instant:
    """For sorting: the earliest instant that a text allows; no text, or no date, is older than every date."""
    found = moment(text) if isinstance(text, str) else None
    return found.low if found else OLDEST


def last(text: Any) -> Instant:
    """The latest instant that a text allows; no text, or no date, is older than every date."""
    found = moment(text) if isinstance(text, str) else None
    return OLDEST if found is None else found.low if found.exact else found.high - _SHORTEST
