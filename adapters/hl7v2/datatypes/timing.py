"""TQ, TQ1 and RI: Timing, as far as repeat patterns (table 0335) have a counterpart in FHIR."""

import re
from typing import Any

from adapters.hl7v2.datatypes.codes import CWE
from adapters.hl7v2.datatypes.numbers import NM
from adapters.hl7v2.datatypes.parts import Place, at, code_text, field, full, part
from adapters.hl7v2.datatypes.times import moment
from adapters.hl7v2.tree import Node
from gateway.sdk import Context, Number, Value

_UNITS = {"S": "s", "M": "min", "H": "h", "D": "d", "W": "wk", "L": "mo"}
_PATTERN = re.compile(r"Q(\d{1,4})([SMHDWL])", re.ASCII)
_NAMED = {"QD": (1, 1, "d"), "BID": (2, 1, "d"), "TID": (3, 1, "d"), "QID": (4, 1, "d"), "QOD": (1, 2, "d"),
          "QAM": (1, 1, "d"), "QPM": (1, 1, "d"), "QHS": (1, 1, "d"), "QSHIFT": (1, 8, "h")}
_EVENTS = {"A": "ACM", "P": "PCM", "I": "AC", "AC": "AC", "PC": "PC", "HS": "HS", "QHS": "HS", "QAM": "MORN", "QPM": "AFT"}
_TIMES = re.compile(r"(\d{1,2})XD", re.ASCII)


def TQ(node: Place, context: Context, form: str = "") -> Any:
    """Timing of a TQ1 segment or a TQ field; `TQ(priority)` the priority's code."""
    if isinstance(node, Node):
        pattern, duration, start, end, priority, count = (part(node, n) for n in (2, 3, 4, 5, 6, 12))
        pattern = part(pattern, 1)
        total = at(count, 1)
    else:
        pattern, duration, start, end, priority = (field(node, n) for n in (3, 6, 7, 8, 9))
        total = at(field(node, 14), 1)
    if form == "priority":
        return at(priority, 1)
    repeat = {**_pattern(at(pattern, 1)), "boundsPeriod": full({"start": moment(start, context), "end": moment(end, context)}),
              "count": total.to(int(str(total.content))) if total and re.fullmatch(r"[1-9]\d{0,5}", str(total.content)) else None}
    if isinstance(node, Node):
        repeat.update(_interval(at(duration, 1)) or {})
    elif (length := _length(duration, context)) is not None:
        repeat["boundsDuration"], repeat["boundsPeriod"] = length, repeat["boundsPeriod"] and None
    if not full(repeat) and pattern is None:
        return None
    return full({"repeat": full(repeat), "code": _code(pattern, context)})


def _code(pattern: Node | None, context: Context) -> dict[str, Any] | None:
    """The pattern itself, so that what FHIR cannot say is still there to read."""
    value = at(pattern, 1)
    if value is None or pattern is None:
        return None
    concept = CWE(pattern, context, "HL70335")
    return {"coding": concept["coding"], "text": concept.get("text", value)} if concept and "coding" in concept else {"text": value}


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
    unit = _UNITS[match[1]]
    return {"boundsDuration": _duration(value.to(Number(match[2])), value.to(unit)), "boundsPeriod": None}


def _length(node: Node | None, context: Context) -> dict[str, Any] | None:
    """TQ1-6, a CQ."""
    unit = at(node, 2, 1) if node else None
    known = {"S": "s", "SEC": "s", "M": "min", "MIN": "min", "H": "h", "HR": "h", "HOURS": "h", "D": "d", "DAYS": "d", "DAY": "d",
             "W": "wk", "WK": "wk", "WEEKS": "wk", "MO": "mo", "MONTHS": "mo"}.get(str(unit.content).upper() if unit else "")
    value = NM(node, context) if node is not None else None
    return _duration(value, unit.to(known)) if value is not None and unit is not None and known else None


def _duration(value: Value, unit: Value) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def RI(node: Node, context: Context) -> dict[str, Any] | None:
    """Timing of a repeat interval."""
    found = full(_pattern(at(node, 1, 1)))
    return full({"repeat": found, "code": _code(part(node, 1), context)})
