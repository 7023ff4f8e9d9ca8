"""Times as sources write them: read as precisely as they were given, checked against the calendar, given an offset.

A text is `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][offset]` with or without the separators of ISO 8601 (V2-07, CDA-03).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.errors import Issue, Severity
from gateway.sdk import Context

_ZONELESS = "time-without-offset"
_FIRST = (1, 1, 1)                         # what a date lacks: the first month, the first day
_TIME = re.compile(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9})\d*)?)?)?)?)?)?"
                   r"\s*(Z|[+-]\d\d(?::?\d\d)?)?", re.ASCII)


@lru_cache(1024)
def parts(text: str) -> tuple[tuple[str, ...], str]:
    """Year, month, day, hour, minute, second and fraction as far as given, and the offset, "" for none.

    Raises ValueError for what is no time or stands in no calendar.
    """
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError("is no date or time")
    *given, offset = match.groups()
    found = tuple(p for p in given if p is not None)
    numbers = [*map(int, found[:6])]
    second = numbers[5] if len(numbers) > 5 else 0
    try:
        datetime(*(numbers if second < 60 else numbers[:5]), *_FIRST[len(numbers):])  # type: ignore[arg-type]
    except ValueError as e:
        raise ValueError(f"is no date or time: {e}") from e
    if second > 60:
        raise ValueError("is no date or time: second must be in 0..60")
    return found, offset or ""


def clock(given: Sequence[str]) -> str:
    """`HH:MM:SS[.S…]` of parts that reach the minute; seconds that are not said are 00, as FHIR's dateTime wants."""
    second = given[5] if len(given) > 5 else "00"
    return f"{given[3]}:{given[4]}:{second}" + (f".{given[6]}" if len(given) > 6 else "")


def written(offset: str) -> str:
    """`+0200`, `+02:00`, `+02` or `Z` as FHIR writes it, "" for none. Raises ValueError where no place has it."""
    if offset in ("", "Z"):
        return offset
    digits = offset[1:].replace(":", "").ljust(4, "0")
    if digits > "1400" or digits[2:] > "59":
        raise ValueError(f"has no possible offset: {offset}")
    return f"{offset[0]}{digits[:2]}:{digits[2:]}"


def zoned(day: str, time: str, context: Context, where: str, lacks: str = "The time has no offset") -> str:
    """The offset that the source's zone has at that time; "" with an issue when the zone is not known.

    A time that the clocks show twice or never gets the earlier reading, and an issue. `lacks` begins the sentence of
    the first issue: what was looked for an offset before.
    """
    zone = _zone(context.timezone)
    if zone is None:
        context.issue(_ZONELESS, f"{lacks} and the zone of the source is not known; only its date was "
                      "kept.", where, "Set timezone of the source, or give --timezone.")
        return ""
    local = datetime.fromisoformat(f"{day}T{time[:8].replace(':60', ':59')}")
    earlier, later = (local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    if earlier != later:
        context.issue("time-ambiguous", "The clocks were changed at this time; the earlier reading was taken.", where,
                      "Ask the source to send offsets.", Severity.information)
    minutes = round(earlier.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def day_at(moment: str, timezone: str | None) -> str:
    """The day that clocks in an IANA zone show at a dateTime with its offset; "" where the zone is not known."""
    zone = _zone(timezone)
    return datetime.fromisoformat(moment.replace(":60", ":59")).astimezone(zone).date().isoformat() if zone else ""


def told_once(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """One issue for all times of a message that have no offset, at the first of them: they have one cause."""
    places = {i.where.partition(" (")[0]: i for i in reversed(issues) if i.code == _ZONELESS}
    if not places:
        return tuple(issues)
    first = next(i for i in issues if i.code == _ZONELESS)
    more = f" So it is with {len(places) - 1} more of this message." if len(places) > 1 else ""
    one = replace(first, message=first.message + more)
    return tuple(one if i is first else i for i in issues if i is first or i.code != _ZONELESS)


def known_zone(name: str) -> bool:
    """Is this the name of an IANA time zone?"""
    return _zone(name) is not None


@cache
def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
