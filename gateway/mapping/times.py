"""Dates and times as FHIR writes them, as precise as they were given and never more (V2-07).

Texts are read as `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][±ZZZZ]` (HL7), ISO 8601, or by a strptime format.
"""

from datetime import datetime

from gateway.clock import clock, parts, written, zoned
from gateway.sdk import Context, Value

_PRECISION = (("%f", 7), ("%S", 6), ("%T", 6), ("%M", 5), ("%H", 4), ("%I", 4), ("%d", 3), ("%j", 3),
              ("%m", 2), ("%b", 2), ("%B", 2), ("%Y", 1), ("%y", 1))


def date(value: Value, context: Context, format: str = "") -> Value:
    """A date: `2019`, `2019-02` or `2019-02-03`; a time behind it is left away."""
    return value.to("-".join(_parts(str(value.content), format)[0][:3]))


def date_time(value: Value, context: Context, format: str = "") -> Value:
    """A date, or a time with offset: its own, else that of the message, else of the source's zone.

    A time for which no offset is known is written as its date, with an issue: FHIR knows no time without offset.
    """
    given, offset = _parts(str(value.content), format)
    day = "-".join(given[:3])
    if len(given) < 5:
        return value.to(day)
    time = clock(given)
    where = value.origins[0] if value.origins else ""
    zone = written(offset or context.offset) or zoned(day, time, context, where)
    return value.to(f"{day}T{time}{zone}" if zone else day)


def instant(value: Value, context: Context, format: str = "") -> Value:
    """A time with offset, given at least to the second."""
    given, _ = _parts(str(value.content), format)
    if len(given) < 6:
        raise ValueError("is not given to the second")
    found = date_time(value, context, format)
    if "T" not in found.content:
        raise ValueError("has no offset, and the source's zone is not known")
    return found


for _function in (date, date_time, instant):
    _function.makes = ""  # type: ignore[attr-defined]


def _parts(text: str, format: str) -> tuple[tuple[str, ...], str]:
    text = text.strip()
    return _formatted(text, format) if format else parts(text)


def _formatted(text: str, format: str) -> tuple[tuple[str, ...], str]:
    try:
        moment = datetime.strptime(text, format)
    except ValueError as e:
        raise ValueError(f"is not written as {format}") from e
    precision = max((n for sign, n in _PRECISION if sign in format), default=3)
    smaller = (moment.month, moment.day, moment.hour, moment.minute, moment.second)
    given = [f"{moment.year:04}", *(f"{n:02}" for n in smaller), f"{moment.microsecond:06}"]
    return tuple(given[:precision]), moment.strftime("%z")
