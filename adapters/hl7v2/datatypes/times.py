"""DTM, TS, DT, TM and DR: as precise as they were sent, with the offset that V2-07 finds for them."""

import re
from datetime import UTC, date, datetime, timedelta

from adapters.hl7v2.datatypes.parts import Place, at, part
from adapters.hl7v2.paths import compile_path
from adapters.hl7v2.tree import Node
from gateway.clock import clock, day_at, parts, written, zoned
from gateway.sdk import Context, Value, because, full

_HALF = re.compile(r"(\d{8}(?:\d\d){0,2})\d([+-]\d{4})?", re.ASCII)
_CLOCK = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,9})\d*)?)?)?(?:[+-]\d{4})?", re.ASCII)
_MIDNIGHT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[T ]?24(:?00(?::?00(?:[.,]0+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_WITH_OFFSET = re.compile(r"\d{12}\S*(?:Z|[+-]\d\d:?\d\d)\Z", re.ASCII)
_LONGEST = 1e6                       # of the longest unit, days: beyond it there is no date
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_UNIT_WORDS = {word: unit for unit, words in {
    "s": "S SEC SECS SECOND SECONDS", "min": "M MIN MINS MINUTE MINUTES", "h": "H HR HRS HOUR HOURS",
    "d": "D DAY DAYS"}.items() for word in words.split()}
_OWN_UNIT = re.compile(r"([SMHD])(\d{1,5})", re.ASCII)


def DTM(node: Node, context: Context, form: str = "") -> Value | None:
    """A dateTime. Forms: `date` the date alone; `timed` and `instant` only when a time is given.

    Seconds that are not said are 00, as FHIR's dateTime and instant want them. A time without offset gets that of
    MSH-7, else that of the source's zone; without either only its date is kept.
    """
    value = at(node, 1)
    return _moment(value, node, context, form) if value is not None else None


def finest(node: Node, context: Context, sent: str) -> Value | None:
    """When something was said: `EVN-2 or MSH-7 as finest(MSH-7)`. Of a day alone, the moment in the other place if that
    lies on this day, as it is written or by the clocks of the source (an engine that stamps in UTC may be a day off):
    what the message takes back or moves was said before it, mostly on the same day."""
    said = DTM(node, context)
    other = next((n for n in compile_path(sent)(node) if at(n, 1)), None)
    value = at(other, 1)
    if said is None or other is None or value is None or "T" in said.content:
        return said
    finer = _moment(value, other, context, "timed")
    if finer is None or said.content not in (finer.content[:10], day_at(finer.content, context.timezone)):
        return said
    return because(finer, said)


def untimed(node: Node, context: Context, word: str = "") -> Value | None:
    """The date, or `word`, of a time without a usable offset: nothing that needs an instant can be made of it."""
    day = DTM(node, context)
    if day is None or "T" in day.content:
        return None
    return day.to(word) if word else day


def DT(node: Node, context: Context) -> Value | None:
    """A date; a time behind it is left away."""
    return DTM(node, context, "date")


def TM(node: Node, context: Context) -> Value | None:
    """A time of day, `HH:MM:SS`; one without minutes is refused, FHIR cannot hold it."""
    value = at(node, 1)
    if value is None:
        return None
    match = _CLOCK.fullmatch(str(value.content))
    if match and match[1] == "24" and match[2] == "00" and not (match[3] or "0").strip("0"):
        _ended(str(value.content), node, context)
        return value.to("00:00:00")
    if not match or match[2] is None or match[1] > "23" or match[2] > "59" or (match[3] or "") > "59":
        raise ValueError("is no time of day")
    return value.to(f"{match[1]}:{match[2]}:{match[3] or '00'}" + (f".{match[4]}" if match[4] else ""))


def DR(node: Node, context: Context) -> dict[str, Value] | None:
    """A Period."""
    return period(part(node, 1), part(node, 2), context)


def plus(node: Node, context: Context, duration: str, unit: str = "min") -> Value | None:
    """A dateTime later by the number in another place: `PR1-5 as plus(PR1-7, min)`.

    unit  s, min, h or d; or the place that names it: `AIS-4 as plus(AIS-7, AIS-8)`, minutes where it is empty. A
          number may name its own, as TQ.3 has it: `H2`

    Raises ValueError for another unit, or a number that is none.
    """
    start, length = DTM(node, context, "timed"), _beside(node, duration)
    if start is None or length is None:
        return None
    own, named = _OWN_UNIT.fullmatch(str(length.content)), _beside(node, unit) if unit not in _UNITS else None
    word, number = (own[1], own[2]) if own else (str(named.content) if named else unit, str(length.content))
    known = _UNIT_WORDS.get(word.upper()) if own or named else word if word in _UNITS else "min"
    if known is None or not 0 <= float(number) <= _LONGEST:
        raise ValueError(f"cannot last {number} {word}")
    later = datetime.fromisoformat(start.content) + timedelta(**{_UNITS[known]: float(number)})
    return because(start.to(later.isoformat()), length, named if not own else None)


def _beside(node: Node, path: str) -> Value | None:
    return next((value for n in compile_path(path)(node) if (value := at(n, 1))), None)


def until(node: Node, context: Context, start: str, form: str = "") -> Value | None:
    """The dateTime of an end: `PV1-45 as until(PV1-44)`. One before the start there is an issue and left out."""
    begin = next((n for n in compile_path(start)(node) if at(n, 1)), None)
    return DTM(node, context, form) if _in_order(begin, node, context) else None


def period(start: Place | None, end: Place | None, context: Context) -> dict[str, Value] | None:
    """A Period out of two places; one that is no date, or an end before its start, is an issue and left out."""
    if start is None and end is None:
        return None
    return full({"start": _quietly(start, context),
                 "end": _quietly(end, context) if _in_order(start, end, context) else None})


def _in_order(start: Place | None, end: Place | None, context: Context) -> bool:
    """Whether the end is not before the start, as far as both say so; offsets count where both have one."""
    first, last = at(start, 1), at(end, 1)
    if first is None or last is None or end is None:
        return True
    texts = [str(v.content) for v in (first, last)]
    begin, finish = (_digits(text, all(map(_WITH_OFFSET.search, texts))) for text in texts)
    length = min(len(begin), len(finish))
    if begin[:length] <= finish[:length]:
        return True
    context.issue("hl7v2-period-reversed", f"{last.content} is before its start, {first.content}; the end was left "
                  "out.", end.where, "Correct one of the two at the source.")
    return False


def _digits(text: str, with_offset: bool) -> str:
    """Year to second as one row of digits, in UTC where wanted; "" for what is no time."""
    try:
        given, offset = parts(_following(text))
        digits = "".join(given[:6])
        if not with_offset or len(digits) < 12:
            return digits
        local = datetime.fromisoformat(f"{digits[:8]}T{digits[8:12]}{written(offset)}")
        return local.astimezone(UTC).strftime("%Y%m%d%H%M") + digits[12:]
    except (ValueError, OverflowError):
        return ""


def moment(node: Place | None, context: Context) -> Value | None:
    """A dateTime inside something larger: what is no date is an issue, and the rest stands."""
    return _quietly(node, context)


def _quietly(node: Place | None, context: Context) -> Value | None:
    value = at(node, 1) if node is not None else None
    if value is None or node is None:
        return None
    try:
        return _moment(value, node, context, "")
    except ValueError as e:
        context.issue("hl7v2-date-invalid", f"{str(value.content)[:40]!r} {e}; it was left out, the rest stands.",
                      value.origins[0], "Correct the value at the source.")
        return None


def _moment(value: Value, node: Place, context: Context, form: str) -> Value | None:
    text = str(value.content)
    late = _MIDNIGHT.fullmatch(text) if "24" in text else None
    given, offset = parts(_following(text)) if late else _parts(text, node, context)
    day = "-".join(late.groups()[:3] if late else given[:3])
    if form == "date":
        return value.to(day)
    if len(given) < 5:
        return None if form in ("timed", "instant") else value.to(day)
    time = clock(given)
    stamp = None if offset else _stamp(node)
    begun = "-".join(given[:3])
    zone = written(offset or (str(stamp.content) if stamp else context.offset)) or zoned(
        begun, time, context, node.where, "The time has no offset, MSH-7 has none")
    if form in ("timed", "instant") and not zone:
        return None
    if late and zone:
        _ended(text, node, context)
    found: Value = because(value.to(f"{begun}T{time}{zone}" if zone else day), stamp)
    return found


def _following(text: str) -> str:
    """`202601312400`, the end of a day, as 00:00 of the day after, the same moment (ISO 8601:2004, 4.2.3).

    Of hour 24 without minutes the day, any other text as it is. Raises ValueError for a day of no calendar.
    """
    late = _MIDNIGHT.fullmatch(text) if "24" in text else None
    if not late:
        return text
    try:
        day = date(*map(int, late.groups()[:3]))
        return f"{day + timedelta(days=1)}T00{late[4]}{late[5] or ''}" if late[4] else str(day)
    except (ValueError, OverflowError) as e:
        raise ValueError(f"is no date or time: {e}") from e


def _ended(text: str, node: Place, context: Context) -> None:
    context.issue("hl7v2-midnight", f"{text[:40]!r} is the end of a day; it was read as 00:00 of the day after.",
                  node.where, "Have the source write 00:00 of the day after.")


def _stamp(node: Place) -> Value | None:
    """The offset of MSH-7."""
    offset = node.segment.tree.offset
    return Value(offset, ("MSH-7.1",)) if offset else None


def _parts(text: str, node: Place, context: Context) -> tuple[tuple[str, ...], str]:
    """The parts of a time; one cut in the middle of its hour, minute or second is read up to there.

    Raises ValueError.
    """
    cut = _HALF.fullmatch(text)
    if not cut:
        return parts(text)
    found = parts(f"{cut[1]}{cut[2] or ''}")
    context.issue("hl7v2-date-cut", f"{text!r} ends in the middle of its hour, minute or second; it was read up to "
                  "there.", node.where, "Correct the value at the source.")
    return found
