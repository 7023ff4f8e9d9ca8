"""TS, IVL_TS: dateTimes as precise as they were sent, and Periods (CDA-03)."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from adapters.ccda.datatypes.parts import element
from adapters.ccda.tree import Element, Place
from gateway.clock import clock, parts, written, zoned
from gateway.sdk import Context, Value, first, full, joined

_BOUNDS = ("low", "center", "high")
_EXACT = ("instant", "timed")     # forms of a moment, never of a day
_UNKNOWN = re.compile(r"^(\d{4})(?:0000|(\d\d)00)$", re.ASCII)
_ASTRAY = re.compile(r"\s*(?!19|20)\d+\s*", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+\d{1,2}:\d\d(?::\d\d)?\s*(?:[AP]\.?M\.?)?)?", re.ASCII | re.I)
_MIDNIGHT = re.compile(r"(\d{4}-?\d\d-?\d\d)[T ]?24(?::?\d\d){0,2}(?:[.,]\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)


def TS(place: Place, context: Context, form: str = "") -> Value | None:
    """A dateTime of the element, else of its `low`, `center` or `high`. Forms: `date`; `instant` with an offset;
    `timed`: only a time with an offset, and not midnight, which many write for a day alone."""
    ts = element(place)
    return quietly(ts.get("value") or next(_values(ts), None), ts, context, form)


def _values(ts: Element) -> Iterator[Value]:
    """What an element says as a time: by itself, by `low`, `center` and `high`."""
    if value := ts.get("value"):
        yield value
    for name in _BOUNDS if ts.children else ():
        for bound in ts.all(name):
            if value := bound.get("value"):
                yield value


def occurrence(place: Place, context: Context) -> dict[str, Any] | None:
    """`occurrence[x]`: the dateTime, else what stands in its place, as text."""
    ts = element(place)
    if moment := TS(place, context):
        return {"occurrenceDateTime": moment}
    said = next(_values(ts), None)
    return {"occurrenceString": said} if said else None


def unread(place: Place, context: Context, form: str = "") -> Value | None:
    """What is meant as a time and cannot be read: `03/04/2020` is in March or in April. `unread(note)`: a sentence.

    A number that begins with no year is a code that went astray, not a time.
    """
    found = joined((v for v in _values(element(place)) if not _is_time(v) and not _ASTRAY.fullmatch(str(v.content))),
                   " – ")
    return found.to(f"Time as written: {found.content}") if found is not None and form == "note" else found


def _is_time(value: Value) -> bool:
    try:
        _parts(str(value.content).strip())
    except ValueError:
        return False
    return True


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
    begun, ended = quietly(start, ts, context), quietly(end, ts, context)
    if begun is not None and end is None and (width := ts.first("width")) is not None:
        ended = _lasting(begun, width)
    return ordered(full({"start": begun, "end": ended}), ts, context)


_LENGTHS = {"min": 60, "h": 3600, "d": 86400, "wk": 604800}    # seconds
_LATEST = "9000"                     # no calendar ends before what begins until then


def _lasting(start: Value, width: Element) -> Value | None:
    """The end of what began then and lasts for as long as `width` says; of whole days, the last of them."""
    amount, unit, begun = width.get("value"), width.get("unit"), str(start.content)
    known = str(unit.content) if unit is not None else ""
    if amount is None or unit is None or known not in _LENGTHS or not re.fullmatch(r"\d{1,4}", str(amount.content)) \
            or begun > _LATEST:
        return None
    length = timedelta(seconds=int(amount.content) * _LENGTHS[known])
    if "T" in begun:
        end = (_instant(begun) + length).isoformat()
    elif len(begun) == 10 and length >= timedelta(days=1) and known in ("d", "wk"):
        end = (date.fromisoformat(begun) + length - timedelta(days=1)).isoformat()
    else:
        return None
    return Value(end, (*start.origins, *amount.origins, *unit.origins))


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
        return _moment(value, ts, context, form)
    except ValueError as e:
        if form == "timed":              # the day, which was read before, said so
            return None
        if not isinstance(e, _Offset):
            context.issue("ccda-date-invalid", f"{str(value.content)[:40]!r} {e}; it was left out, the rest stands.",
                          ts.where, "Correct the value at the source.")
            return None
        context.issue("ccda-date-invalid", f"{str(value.content)[:40]!r} {e}; only its date was kept.", ts.where,
                      "Correct the value at the source.")
        return None if form == "instant" else value.to(e.day)


class _Offset(ValueError):
    """A time whose day can be told and whose offset cannot be."""

    def __init__(self, reason: str, day: str) -> None:
        super().__init__(reason)
        self.day = day


def _moment(value: Value, ts: Element, context: Context, form: str) -> Value | None:
    given, offset = _parts(str(value.content).strip())
    day = "-".join(given[:3])
    if form == "date":
        return value.to(day)
    if len(given) < 5:
        return None if form in _EXACT else value.to(day)
    time = clock(given)
    if form == "timed" and time.startswith("00:00:00"):
        return None
    try:
        zone = written(offset)
    except ValueError as e:
        raise _Offset(str(e), day) from e
    if not zone and (context.timezone or not context.offset):
        zone = zoned(day, time, context, "", "A time has no offset, the document's own has none")
    zone = zone or written(context.offset)
    if form in _EXACT and not zone:
        return None
    return value.to(f"{day}T{time}{zone}" if zone else day)


@lru_cache(1024)
def _parts(text: str) -> tuple[tuple[str, ...], str]:
    """The parts of a time; `20150600` and `20150000` say that day, or month and day, are not known. Raises ValueError.

    Hour 24 says the day alone: which midnight is meant differs between senders. So does `2/23/2020 10:20 AM`, a day
    with slashes that can be one only: `03/04/2020` is in March or in April, and no time.
    """
    if "/" in text and (slashed := _SLASHED.fullmatch(text)):
        return _one_day(*slashed.groups())
    if "24" in text and (midnight := _MIDNIGHT.fullmatch(text)):
        return parts(midnight[1])
    return parts(_UNKNOWN.sub(r"\1\2", text) if len(text) == 8 else text)


def _one_day(one: str, other: str, year: str) -> tuple[tuple[str, ...], str]:
    """The day of two numbers and a year, whichever is the month. Raises ValueError where it can be two, or none."""
    days = {f"{year}{month:0>2}{day:0>2}" for month, day in ((one, other), (other, one)) if int(month) <= 12}
    if len(days) != 1:
        raise ValueError("is no date or time")
    return parts(days.pop())
