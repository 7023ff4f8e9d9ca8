"""TS, IVL_TS: dateTimes as precise as they were sent, and Periods (CDA-03)."""

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.ccda.datatypes.parts import element
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Severity, Value, first, full

_TIME = re.compile(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9})\d*)?)?)?)?)?)?"
                   r"\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def TS(place: Place, context: Context, form: str = "") -> Value | None:
    """A dateTime of the element, else of its `low`, `center` or `high`. Forms: `date`; `instant` with an offset."""
    ts = element(place)
    value = first(ts.get("value"), *(c.get("value") for n in ("low", "center", "high") for c in ts.all(n)))
    return quietly(value, ts, context, form)


def occurrence(place: Place, context: Context) -> dict[str, Any] | None:
    """`occurrence[x]`: the dateTime, else what stands in its place, as text."""
    ts = element(place)
    if moment := TS(place, context):
        return {"occurrenceDateTime": moment}
    said = first(ts.get("value"), *(c.get("value") for n in ("low", "center", "high") for c in ts.all(n)))
    return {"occurrenceString": said} if said else None


def IVL(place: Place, context: Context, form: str = "") -> Any:
    """Period of an interval. Forms: `start` its low or value, `end` its high, `single` a time that is no interval."""
    ts = element(place)
    low, high = ts.first("low"), ts.first("high")
    point = first(ts.get("value"), *(c.get("value") for c in ts.all("center")))
    if form == "single":
        only_low = low is not None and high is None and point is None
        value = point if point is not None else low.get("value") if low is not None and only_low else None
        return quietly(value, ts, context)
    start = first(low.get("value") if low is not None else None, point)
    end = high.get("value") if high is not None else None
    if form == "start":
        return quietly(start, ts, context)
    if form == "end":
        return quietly(end, ts, context)
    return ordered(full({"start": quietly(start, ts, context), "end": quietly(end, ts, context)}), ts, context)


def ordered(period: dict[str, Any] | None, ts: Element, context: Context) -> dict[str, Any] | None:
    """A Period whose end lies before its start keeps the start (per-1), and that is said."""
    if period and {"start", "end"} <= period.keys():
        start, end = (str(period[n].content) for n in ("start", "end"))
        if _before(end, start):
            context.issue("ccda-period", f"The end {end} lies before the start {start}; the end was left out.",
                          ts.where, "Correct the document at its source.")
            return {"start": period["start"]}
    return period


def _before(one: str, other: str) -> bool:
    """Whether a time lies before another, as precisely as both are told."""
    if "T" in one and "T" in other:
        return _instant(one) < _instant(other)
    length = min(len(one), len(other), 10)
    return one[:length] < other[:length]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace(":60", ":59", 1) if text[17:19] == "60" else text)


def quietly(value: Value | None, ts: Element, context: Context, form: str = "") -> Value | None:
    """A dateTime inside something larger: what is no date is an issue, and the rest stands."""
    if value is None:
        return None
    try:
        return _moment(value, context, form)
    except _Offset as e:
        context.issue("ccda-date-invalid", f"{str(value.content)[:40]!r} {e}; only its date was kept.", ts.where,
                      "Correct the value at the source.")
        return None if form == "instant" else value.to(e.day)
    except ValueError as e:
        context.issue("ccda-date-invalid", f"{str(value.content)[:40]!r} {e}; it was left out, the rest stands.",
                      ts.where, "Correct the value at the source.")
        return None


class _Offset(ValueError):
    """A time whose day can be told and whose offset cannot be."""

    def __init__(self, offset: str, day: str) -> None:
        super().__init__(f"has no possible offset: {offset}")
        self.day = day


def _moment(value: Value, context: Context, form: str) -> Value | None:
    parts, offset = _parts(str(value.content).strip())
    day = "-".join(parts[:3])
    if form == "date":
        return value.to(day)
    if len(parts) < 5:
        return None if form == "instant" else value.to(day)
    clock = f"{parts[3]}:{parts[4]}:{parts[5] if len(parts) > 5 else '00'}"
    clock += f".{parts[6]}" if len(parts) > 6 else ""
    if (written := _written(offset)) is None:
        raise _Offset(offset, day)
    zone = written or _zoned(day, clock, context) or _written(context.offset) or ""
    if form == "instant" and not zone:
        return None
    return value.to(f"{day}T{clock}{zone}" if zone else day)


def _parts(text: str) -> tuple[list[str], str]:
    """Year, month, day, hour, minute, second and fraction as far as given, and the offset. Raises ValueError.

    `20150600` and `20150000` say that day, or month and day, are not known.
    """
    plain = re.sub(r"^(\d{4})(?:0000|(\d\d)00)$", r"\1\2", text)
    match = _TIME.fullmatch(plain)
    if not match:
        raise ValueError("is no date or time")
    *given, offset = match.groups()
    parts = [p for p in given if p is not None]
    year, month, day, hour, minute, second = (*map(int, parts[:6]), *(1, 1, 1, 0, 0, 0)[len(parts[:6]) :])
    try:
        datetime(year, month, day, 0 if hour == 24 else hour, minute, min(second, 59))
    except ValueError as e:
        raise ValueError(f"is no date or time: {e}") from e
    if second > 60:
        raise ValueError("is no date or time: second must be in 0..60")
    return (parts[:3] if hour == 24 else parts), offset or ""


def _written(offset: str) -> str | None:
    """The offset as FHIR writes it; None for one that no place on earth has."""
    if offset in ("", "Z"):
        return offset
    digits = offset[1:].replace(":", "")
    if digits > "1400" or digits[2:] > "59":
        return None
    return f"{offset[0]}{digits[:2]}:{digits[2:]}"


def _zoned(day: str, clock: str, context: Context) -> str:
    """The offset of the source's zone at that time, "" when the zone is not known."""
    zone = _zone(context.timezone)
    if zone is None:
        if not context.offset:
            context.issue("time-without-offset",
                          "A time has no offset, the document's own has none and the zone of the "
                          "source is not known; only its date was kept.", "",
                          "Set timezone of the source, or give --timezone.", Severity.information)
        return ""
    local = datetime.fromisoformat(f"{day}T{clock[:8].replace(':60', ':59')}").replace(tzinfo=zone)
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@cache
def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
