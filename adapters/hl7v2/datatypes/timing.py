"""TQ, TQ1 and RI: Timing, as far as repeat patterns (table 0335) have a counterpart in FHIR."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from adapters.hl7v2.datatypes.codes import CWE
from adapters.hl7v2.datatypes.numbers import NM
from adapters.hl7v2.datatypes.parts import Place, at, code_text, field, part, translate
from adapters.hl7v2.datatypes.times import period
from adapters.hl7v2.tree import Node
from gateway.sdk import Context, Number, Value, because, full

_UNITS = {"S": "s", "M": "min", "H": "h", "D": "d", "W": "wk", "L": "mo"}
_PATTERN = re.compile(r"Q(\d{1,4})([SMHDWL])", re.ASCII)
_NAMED = {"QD": (1, 1, "d"), "BID": (2, 1, "d"), "TID": (3, 1, "d"), "QID": (4, 1, "d"), "QOD": (1, 2, "d"),
          "QAM": (1, 1, "d"), "QPM": (1, 1, "d"), "QHS": (1, 1, "d"), "QSHIFT": (1, 8, "h")}
_EVENTS = {"AC": "AC", "PC": "PC", "ACM": "ACM", "ACD": "ACD", "ACV": "ACV", "PCM": "PCM", "PCD": "PCD", "PCV": "PCV",
           "HS": "HS", "QHS": "HS", "QAM": "MORN", "QPM": "AFT"}
_LENGTHS = {"S": "s", "SEC": "s", "M": "min", "MIN": "min", "H": "h", "HR": "h", "HOURS": "h", "D": "d", "DAYS": "d",
            "DAY": "d", "W": "wk", "WK": "wk", "WEEKS": "wk", "MO": "mo", "MONTHS": "mo"}
_STEPS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "wk": "weeks"}
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?", re.ASCII)
_TIMES = re.compile(r"(\d{1,2})XD", re.ASCII)


def TQ(node: Place, context: Context, form: str = "") -> Any:
    """Timing of a TQ1 segment or a TQ field; `TQ(priority)` the priority's code.

    A start or an end with a duration are a period; a duration alone is one (table TQ1[ServiceRequest], TQ1-6).
    """
    times: list[Value] = []
    if isinstance(node, Node):
        duration, start, end, priority, total = (part(node, n) for n in (3, 4, 5, 6, 12))
        pattern = part(node, 2, 1)
    else:
        pattern, duration, start, end, priority, total = (field(node, n) for n in (3, 6, 7, 8, 9, 14))
        times = [v for n in node.segment.field(4) if (v := at(n, 1)) and _CLOCK.fullmatch(str(v.content))]
    if form == "priority":
        return at(priority, 1)
    number = at(total, 1)
    count = number.to(int(number.content)) if number and re.fullmatch(r"[1-9]\d{0,5}", number.content) else None
    length = _interval(at(duration, 1)) if isinstance(node, Node) else _length(duration, context)
    daily = [v.to(":".join((v.content[:2], v.content[2:4], v.content[4:] or "00"))) for v in times]
    repeat = full({**_pattern(at(pattern, 1)), "count": count, **_bounds(period(start, end, context), length),
                   "timeOfDay": daily})
    return full({"repeat": repeat, "code": _code(pattern, context)})


def _bounds(during: Mapping[str, Value] | None, length: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """boundsPeriod, or boundsDuration where neither end is known or the other cannot be reckoned."""
    if not length or "boundsDuration" not in length:
        return {"boundsPeriod": during, **(length or {})}
    if not during or len(during) == 2:
        return {"boundsPeriod": during} if during else length
    (known, value), = during.items()
    found = _shifted(value, length["boundsDuration"], 1 if known == "start" else -1)
    other = "end" if known == "start" else "start"
    return {"boundsPeriod": {**during, other: found}} if found is not None else length


def _shifted(begin: Value, duration: Mapping[str, Any], direction: int) -> Value | None:
    """A duration later (1) or earlier (-1); None where the time or the unit is too coarse for that."""
    text, unit = str(begin.content), str(duration["unit"].content)
    if unit not in _STEPS or len(text) < 10 or (len(text) == 10 and unit not in ("d", "wk")):
        return None
    try:
        step = direction * timedelta(**{_STEPS[unit]: float(str(duration["value"].content))})
        moved = date.fromisoformat(text) + step if len(text) == 10 else datetime.fromisoformat(text) + step
    except OverflowError:
        return None
    found: Value = because(begin.to(moved.isoformat()), duration["value"], duration["unit"])
    return found


def _code(pattern: Node | None, context: Context) -> dict[str, Any] | None:
    """The pattern itself, so that what FHIR cannot say is still there to read."""
    concept = CWE(pattern, context, "HL70335") if pattern is not None else None
    return {"text": at(pattern, 1), **concept} if concept and "coding" in concept else concept


def _pattern(value: Value | None) -> dict[str, Any]:
    """frequency, period and periodUnit, or the events of the day."""
    if value is None:
        return {}
    code = str(code_text(value).content).upper()
    if match := _PATTERN.fullmatch(code):
        return _every(value, 1, int(match[1]), _UNITS[match[2]])
    if match := _TIMES.fullmatch(code):
        return _every(value, int(match[1]), 1, "d")
    found = _every(value, *_NAMED[code]) if code in _NAMED else {}
    return {**found, **({"when": [value.to(_EVENTS[code])]} if code in _EVENTS else {})}


def _every(value: Value, frequency: int, period: int, unit: str) -> dict[str, Any]:
    return {"frequency": value.to(frequency), "period": value.to(Number(str(period))), "periodUnit": value.to(unit)} \
        if frequency and period else {}


def _interval(value: Value | None) -> dict[str, Any] | None:
    """TQ.3, the duration of the whole service: S M H D W L with a number, X times, T until."""
    match = re.fullmatch(r"([SMHDWLX])(\d{1,5})", str(value.content).upper()) if value else None
    if match is None or value is None or not int(match[2]):
        return None
    if match[1] == "X":
        return {"count": value.to(int(match[2]))}
    return {"boundsDuration": _duration(value.to(Number(match[2])), value.to(_UNITS[match[1]]))}


def _length(node: Node | None, context: Context) -> dict[str, Any] | None:
    """TQ1-6, a CQ."""
    unit = translate(at(node, 2, 1), _LENGTHS)
    value = NM(node, context) if node is not None and unit is not None else None
    return {"boundsDuration": _duration(value, unit)} if value is not None and unit is not None else None


def _duration(value: Value, unit: Value) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def RI(node: Node, context: Context) -> dict[str, Any] | None:
    """Timing of a repeat interval."""
    found = full(_pattern(at(node, 1, 1)))
    return full({"repeat": found, "code": _code(part(node, 1), context)})
