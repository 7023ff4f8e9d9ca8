"""Dates and times as FHIR writes them, as precise as they were given and never more (V2-07).

Texts are read as `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][±ZZZZ]` (HL7), ISO 8601, or by a strptime format.
"""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.errors import Severity
from gateway.sdk import Context, Value

_CLOCK = r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9})\d*)?)?)?\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?"
_TIME = re.compile(rf"(\d{{4}})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?{_CLOCK})?)?)?", re.ASCII)
_PRECISION = (("%f", 7), ("%S", 6), ("%T", 6), ("%M", 5), ("%H", 4), ("%I", 4), ("%d", 3), ("%j", 3),
              ("%m", 2), ("%b", 2), ("%B", 2), ("%Y", 1), ("%y", 1))


def date(value: Value, context: Context, format: str = "") -> Value:
    """A date: `2019`, `2019-02` or `2019-02-03`; a time behind it is left away."""
    return value.to("-".join(_parts(str(value.content), format)[0][:3]))


def date_time(value: Value, context: Context, format: str = "") -> Value:
    """A date, or a time with offset: its own, else that of the message, else of the source's zone.

    A time for which no offset is known is written as its date, with an issue: FHIR knows no time without offset.
    """
    parts, offset = _parts(str(value.content), format)
    day = "-".join(parts[:3])
    if len(parts) < 5:
        return value.to(day)
    clock = f"{parts[3]}:{parts[4]}:{parts[5] if len(parts) > 5 else '00'}"
    clock += "." + parts[6] if len(parts) > 6 else ""
    zone = _offset(offset or context.offset) or _zone_offset(day, clock, context, value)
    return value.to(f"{day}T{clock}{zone}" if zone else day)


def instant(value: Value, context: Context, format: str = "") -> Value:
    """A time with offset, given at least to the second."""
    parts, _ = _parts(str(value.content), format)
    if len(parts) < 6:
        raise ValueError("is not given to the second")
    found = date_time(value, context, format)
    if "T" not in found.content:
        raise ValueError("has no offset, and the source's zone is not known")
    return found


for _function in (date, date_time, instant):
    _function.makes = ""  # type: ignore[attr-defined]


def _parts(text: str, format: str) -> tuple[list[str], str]:
    """Year, month, day, hour, minute, second, fraction, as far as given, and the offset. Raises ValueError."""
    text = text.strip()
    if format:
        return _formatted(text, format)
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError("is no date or time")
    *given, offset = match.groups()
    parts = [p for p in given if p is not None]
    _check(parts)
    return parts, offset or ""


def _check(parts: list[str]) -> None:
    year, month, day, hour, minute, second = (*map(int, parts[:6]), *(1, 1, 1, 0, 0, 0)[len(parts[:6]):])
    try:
        datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError as e:
        raise ValueError(f"is no date or time: {e}") from e
    if second > 60:
        raise ValueError("is no date or time: second must be in 0..60")


def _formatted(text: str, format: str) -> tuple[list[str], str]:
    try:
        moment = datetime.strptime(text, format)
    except ValueError as e:
        raise ValueError(f"is not written as {format}") from e
    precision = max((n for sign, n in _PRECISION if sign in format), default=3)
    smaller = (moment.month, moment.day, moment.hour, moment.minute, moment.second)
    parts = [f"{moment.year:04}", *(f"{n:02}" for n in smaller), f"{moment.microsecond:06}"]
    return parts[:precision], moment.strftime("%z")


def _offset(text: str) -> str:
    """`+0200`, `+02:00`, `+02` or `Z` as FHIR writes it."""
    if not text or text == "Z":
        return text
    digits = text[1:].replace(":", "").ljust(4, "0")
    if digits > "1400" or digits[2:] > "59":
        raise ValueError(f"has no possible offset: {text}")
    return f"{text[0]}{digits[:2]}:{digits[2:]}"


def _zone_offset(day: str, clock: str, context: Context, value: Value) -> str:
    """The offset of the source's zone at that time; a time that the clocks show twice or never is an issue."""
    zone = _zone(context.timezone)
    where = value.origins[0] if value.origins else ""
    if zone is None:
        context.issue("time-without-offset", "The time has no offset and the zone of the source is not known; "
                      "only its date was kept.", where, "Set timezone of the source, or give --timezone.")
        return ""
    local = datetime.fromisoformat(f"{day}T{clock[:8].replace(':60', ':59')}")
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    if first != second:
        context.issue("time-ambiguous", "The clocks were changed at this time; the earlier reading was taken.", where,
                      "Ask the source to send offsets.", Severity.information)
    return _written(first)


def _written(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def known_zone(name: str) -> bool:
    """Is this the name of an IANA time zone?"""
    return _zone(name) is not None


def _zone(name: str | None) -> Any:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
