"""PQ, IVL_PQ, RTO and whatever else an observation may have for a value, as `value[x]` of FHIR."""

import re
from collections.abc import Callable
from typing import Any

from adapters.ccda.datatypes.codes import CD, absent
from adapters.ccda.datatypes.narrative import said
from adapters.ccda.datatypes.parts import element
from adapters.ccda.datatypes.times import IVL, TS
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Number, Value, because, first, full, joined

UCUM = "http://unitsofmeasure.org"
_NUMBER = re.compile(r"([+-]?)0*(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_CODE = re.compile(r"[^\s]+", re.ASCII)
# Commas that can mean one thing only: marks of thousands beside another mark, else a decimal comma. `1,234` is neither.
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})*(?:,\d{3}\.\d+|(?:,\d{3}){2})", re.ASCII)
_COMMA = re.compile(r"[+-]?(?:0,\d+|\d+,(?!\d{3}$)\d+)", re.ASCII)
_LOOSE = re.compile(r"\s*(<=|>=|<|>)?\s*([+-]?\d+(?:\.\d+)?)\s*", re.ASCII)


def number(value: Value | None) -> Value | None:
    """The number with its digits, in JSON's grammar; None for what is no number, or may be two: `1,234`."""
    text = str(value.content).strip() if value is not None else ""
    if "," in text:
        text = text.replace(",", "" if _GROUPED.fullmatch(text) else "." if _COMMA.fullmatch(text) else ",")
    match = _NUMBER.fullmatch(text)
    if value is None or not match or len(text) > 64:
        return None
    sign, digits, exponent = match.groups()
    whole, _, fraction = digits.partition(".")
    return value.to(Number(("-" if sign == "-" else "") + (whole or "0") + ("." + fraction if fraction else "")
                           + (exponent or "")))


def PQ(place: Place, context: Context, form: str = "") -> dict[str, Any] | None:
    """Quantity. A unit with blanks is a text and no UCUM code."""
    pq = element(place)
    value, unit = pq.get("value"), pq.get("unit")
    found = number(value)
    if found is None:
        loose = _LOOSE.fullmatch(str(value.content)) if value is not None else None
        if loose is None or value is None:
            return None
        found = value.to(Number(loose[2]))
        return full({"value": found, "comparator": value.to(loose[1]) if loose[1] else None, **_unit(unit)})
    return full({"value": found, **_unit(unit)})


def _unit(unit: Value | None) -> dict[str, Any]:
    text = str(unit.content) if unit is not None else ""
    if unit is None:
        return {}
    if not _CODE.fullmatch(text):
        return {"unit": unit}
    return {"unit": unit, "system": UCUM, "code": unit}


def interval(pq: Element, context: Context) -> dict[str, Any] | None:
    """IVL_PQ as `valueRange`, or as `valueQuantity` with a comparator where only one end is said."""
    low, high, center = (_end(pq, n, context) for n in ("low", "high", "center"))
    if low and high:
        return {"valueRange": {"low": _plain(low), "high": _plain(high)}}
    if low or high:
        end: dict[str, Any] = low or high or {}
        place = pq.first("low" if low else "high")
        inclusive = place.get("inclusive") if place is not None else None
        sign = (">" if low else "<") + ("" if inclusive is not None and inclusive.content == "false" else "=")
        return {"valueQuantity": {**end, "comparator": because(sign, inclusive) if inclusive else sign}}
    return {"valueQuantity": center} if center else None


def _end(pq: Element, name: str, context: Context) -> dict[str, Any] | None:
    end = pq.first(name)
    return PQ(end, context) if end is not None else None


def _plain(quantity: dict[str, Any]) -> dict[str, Any]:
    """A SimpleQuantity: no comparator."""
    return {k: v for k, v in quantity.items() if k != "comparator"}


def Range(place: Place, context: Context) -> dict[str, Any] | None:
    """Range of an IVL_PQ; one with a single end has that end alone."""
    pq = element(place)
    return full({n: _plain(q) for n in ("low", "high") if (q := _end(pq, n, context))})


def _pq(v: Element, context: Context) -> dict[str, Any] | None:
    quantity = PQ(v, context)
    if quantity:
        return {"valueQuantity": quantity}
    if v.first("low") or v.first("high"):
        return interval(v, context)
    if quantity := next((q for t in v.all("translation") if (q := _translated(t, context))), None):
        return {"valueQuantity": quantity}
    text = first(v.get("value"), v.value, *(said(o) for t in v.all("translation") if (o := t.first("originalText"))),
                 *(said(o) for o in v.all("originalText")))
    unit = v.get("unit")
    return {"valueString": _with_unit(text, unit)} if text else None


def _with_unit(text: Value, unit: Value | None) -> Value:
    """Words with the unit beside them, where they measure something."""
    if unit is None:
        return text
    measured = any(c.isdigit() for c in str(text.content))
    told: Value = because(text.to(f"{text.content} {unit.content}") if measured else text, unit)
    return told


def _translated(pqr: Element, context: Context) -> dict[str, Any] | None:
    """The amount that a translation says where the value itself says none; its unit is a code, its name, or words."""
    amount, words, name = PQ(pqr, context), pqr.first("originalText"), pqr.get("displayName")
    unit = first(name, pqr.get("code"), said(words) if words is not None else None)
    coding = (CD(pqr, context, "coding") or {}) if name is not None else {}
    coded = {n: coding[n] for n in ("system", "code")} if coding.keys() >= {"system", "code"} else {}
    return {**amount, "unit": unit, **coded} if amount and unit and "unit" not in amount else amount


def _cd(v: Element, context: Context) -> dict[str, Any] | None:
    concept = CD(v, context)
    return {"valueCodeableConcept": concept} if concept else None


def _text(v: Element, context: Context) -> dict[str, Any] | None:
    """Words; what is encoded is none."""
    if v.attributes.get("representation") == "B64":
        return None
    text, unit = said(v) or v.get("value"), v.get("unit")
    if unit is not None and (amount := number(text)):
        return {"valueQuantity": {"value": amount, **_unit(unit)}}
    return {"valueString": _with_unit(text, unit)} if text else None


def _coded_text(v: Element, context: Context) -> dict[str, Any] | None:
    """SC: a text that may have a code."""
    return _cd(v, context) if "code" in v.attributes else _text(v, context)


def _money(v: Element, context: Context) -> dict[str, Any] | None:
    amount, currency = number(v.get("value")), v.get("currency")
    if amount is None or currency is None:
        return _pq(v, context)
    return {"valueQuantity": {"value": amount, "unit": currency, "system": "urn:iso:std:iso:4217", "code": currency}}


def _int(v: Element, context: Context) -> dict[str, Any] | None:
    value = v.get("value") or v.value
    if value is None:
        return None
    text = str(value.content).strip()
    return {"valueInteger": value.to(int(text))} if re.fullmatch(r"[+-]?\d{1,9}", text) else {"valueString": value}


def _real(v: Element, context: Context) -> dict[str, Any] | None:
    value = number(v.get("value") or v.value)
    return {"valueQuantity": {"value": value}} if value else _text(v, context)


def _bl(v: Element, context: Context) -> dict[str, Any] | None:
    value = v.get("value")
    known = {"true": True, "false": False, "1": True, "0": False}
    return {"valueBoolean": value.to(known[str(value.content)])} if value and str(value.content) in known else None


def _ts(v: Element, context: Context) -> dict[str, Any] | None:
    value = TS(v, context)
    return {"valueDateTime": value} if value else None


def _period(v: Element, context: Context) -> dict[str, Any] | None:
    if v.get("value"):
        return _ts(v, context)
    period = IVL(v, context)
    return {"valuePeriod": period} if period else None


def _ratio(v: Element, context: Context) -> dict[str, Any] | None:
    ratio = full({n: PQ(part, context) for n in ("numerator", "denominator") if (part := v.first(n)) is not None})
    return {"valueRatio": ratio} if ratio else None


_TYPES: dict[str, Callable[[Element, Context], dict[str, Any] | None]] = {
    "PQ": _pq, "IVL_PQ": interval, "CD": _cd, "CE": _cd, "CV": _cd, "CO": _cd, "CS": _cd, "ST": _text, "ED": _text,
    "INT": _int, "REAL": _real, "BL": _bl, "TS": _ts, "IVL_TS": _period, "RTO": _ratio, "RTO_PQ_PQ": _ratio,
    "IVL_INT": interval, "IVL_REAL": interval, "SC": _coded_text, "MO": _money, "II": _text,
    "PIVL_TS": _period, "TEL": _text}


def obs_value(place: Place, context: Context) -> dict[str, Any] | None:
    """`{valueQuantity: …}` and its like for a `value`, by its xsi:type, else by what it has; a denial in words."""
    v = element(place)
    denial = v.parent.get("negationInd") if v.parent is not None else None
    if denial is not None and denial.content == "true":
        words = first(CD(v, context, "text"), said(v), v.get("value"))
        unit = v.get("unit")
        told = f"Not: {words.content} {unit.content if unit else ''}".rstrip() if words else ""
        return {"valueString": because(words.to(told), denial, unit)} if words else None
    type = v.get("xsi:type")
    name = str(type.content).rpartition(":")[2].split("<")[0] if type is not None else _guessed(v)
    read = _TYPES.get(name)
    found = (read(v, context) if read else None) or _TYPES[_guessed(v)](v, context) or _parts(v)
    return because(found, type) if found and type is not None else found


def _parts(v: Element) -> dict[str, Any] | None:
    """What has no counterpart, in words: a name, an address, a series of measurements."""
    if v.attributes.get("representation") == "B64":
        return None
    texts = [t for e in v.below() if e.name != "originalText" and (t := e.value or e.get("value"))]
    found = first(v.get("extension"), joined(texts))
    return {"valueString": found} if found else None


def _guessed(v: Element) -> str:
    a = v.attributes
    if "code" in a or v.first("translation") is not None:
        return "CD"
    if v.first("low") is not None or v.first("high") is not None:
        return "IVL_PQ"
    return "PQ" if "value" in a else "ST"


def more_values(place: Place, context: Context, form: str = "") -> Value | None:
    """The values behind the first, which alone has room in FHIR, as words; with `uncoded`, those without a code."""
    more = [v for v in element(place).all("value")[1:] if not form or "code" not in v.attributes]
    found = [text for v in more if (text := first(CD(v, context, "text"), said(v), v.get("value"))) is not None]
    units = [v.attributes.get("unit", "") for v in more]
    told = joined((t.to(f"{t.content} {u}".strip()) for t, u in zip(found, units, strict=False)), "; ")
    return told.to(f"Further values: {told.content}") if told else None


def goal_target(place: Place, context: Context) -> dict[str, Any] | None:
    """Goal.target: what is to be measured, the value to be reached, the day; a value needs its measure (gol-1)."""
    goal = element(place)
    code, value, time = (goal.first(n) for n in ("code", "value", "effectiveTime"))
    due = time.first("high") if time is not None else None
    measure = CD(code, context) if code is not None else None
    aim = obs_value(value, context) if value is not None and measure else None
    detail = {name: found for v, found in (aim or {}).items() if (name := v.replace("value", "detail", 1)) in _DETAILS}
    day = TS(due, context, "date") if due is not None and due.get("value") else None
    return full({"measure": measure if detail or day else None, **detail, "dueDate": day})


_DETAILS = frozenset(f"detail{n}" for n in "Quantity Range CodeableConcept String Boolean Integer Ratio".split())


def obs_absent(place: Place, context: Context) -> dict[str, Any] | None:
    """Why an observation has no value; None where it has one (obs-6). A test that is denied was not performed."""
    observation = element(place)
    values, denial = observation.all("value"), observation.get("negationInd")
    denied = denial is not None and denial.content == "true"
    found = next((found for v in values if (found := absent(v, context))), None)
    if not (denied or found) or any(obs_value(v, context) for v in values[:1]):
        return None
    if denial is None or not denied:
        return found
    return None if observation.labels.isdisjoint(("result", "vital")) else {"coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
         "code": denial.to("not-performed"), "display": "Not Performed"}]}
