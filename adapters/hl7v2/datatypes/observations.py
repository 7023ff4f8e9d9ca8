"""What an OBX says: its value by the type that OBX-2 names (V2-11), its reference range, and amounts of medicines."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from adapters.hl7v2.datatypes import numbers
from adapters.hl7v2.datatypes.attachments import ED, RP
from adapters.hl7v2.datatypes.codes import CWE, ST
from adapters.hl7v2.datatypes.parts import Place, at, first, full
from adapters.hl7v2.datatypes.people import XCN, XON, XPN
from adapters.hl7v2.datatypes.places import PL, XAD
from adapters.hl7v2.datatypes.times import DR, DTM, TM
from adapters.hl7v2.tree import Node, Segment
from gateway.sdk import Context, Severity, Value

Members = dict[str, Any]
_ATTACHMENT = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value"
_RANGE = re.compile(r"\s*(-?\d[\d.]*)\s*(?:-|–|to|\.\.)\s*(-?\d[\d.]*)(?:\s+\D.*)?", re.IGNORECASE | re.DOTALL)
_BOUND = re.compile(r"\s*(<=|>=|<|>|≤|≥)\s*(-?\d[\d.]*)(?:\s+\D.*)?", re.DOTALL)
_NUMERIC = re.compile(r"[+-]?\d+(?:\.\d+)?")
_AMOUNTS = {"RXA": (6, None, 7), "RXE": (3, 4, 5), "RXO": (2, 3, 4), "RXD": (4, None, 5), "RXG": (5, 6, 7)}


def obx_value(node: Place, context: Context) -> Members | None:
    """The members of an Observation that OBX-5 makes: `value[x]`, `component` where it repeats, or an extension."""
    segment = node.segment
    nodes = segment.field(5)
    kind = _type(segment, nodes, context)
    if kind in ("TX", "FT", "ST") and len(nodes) > 1:
        texts = [n.text for n in nodes]
        return {"valueString": Value("\n".join(str(t.content) for t in texts), tuple(o for t in texts for o in t.origins))}
    if kind in ("NA", "MA"):
        return full({"valueSampledData": numbers.NA(nodes, context)})
    if len(nodes) > 1:
        return _components(segment, nodes, kind, context)
    return _value(nodes[0], kind, segment, context) if nodes else None


def _type(segment: Segment, nodes: list[Node], context: Context) -> str:
    """The type of OBX-5, by its looks where OBX-2 is empty."""
    named = at(next(iter(segment.field(2)), None), 1)
    if named is not None or not nodes:
        return str(named.content).upper() if named else "ST"
    text = str(nodes[0].text.content)
    guessed = "NM" if _NUMERIC.fullmatch(text) and segment.field(6) else "CWE" if nodes[0].part(3) else "ST"
    context.issue("hl7v2-type-missing", f"OBX-2 does not say what OBX-5 is; it was read as {guessed}.", segment.where,
                  "Ask the sender to fill OBX-2.", Severity.information)
    return guessed


def _components(segment: Segment, nodes: list[Node], kind: str, context: Context) -> Members | None:
    """One component for each repeat, all under the code of the OBX."""
    code = next((CWE(n, context) for n in segment.field(3)), None)
    values = [v for n in nodes if (v := _value(n, kind, segment, context)) and "extension" not in v]
    return full({"component": [{"code": code, **value} for value in values] if code else []})


def _value(node: Node, kind: str, segment: Segment, context: Context) -> Members | None:
    if node.value is not None and node.value.content is None:
        return None
    if (make := _BY_TYPE.get(kind)) is None:
        return _text(node, context)
    try:
        return make(node, segment, context)
    except ValueError as e:
        context.issue("hl7v2-value-invalid", f"{str(node.text.content)[:40]!r} {e}, though OBX-2 says {kind}; it was kept as "
                      "text.", node.where, "Correct OBX-2 or OBX-5 at the source.")
        return _text(node, context)


def _text(node: Node, context: Context) -> Members | None:
    return full({"valueString": ST(node, context)})


def _quantity(node: Node, segment: Segment, context: Context) -> Members | None:
    value = at(node, 1)
    if value is None or len(node.text.origins) > 1:
        raise ValueError("is no single number")
    return {"valueQuantity": numbers.measured(value, numbers.own_units(segment, 6, context))}


def _display(function: Callable[[Node, Context, str], Any], form: str) -> Callable[[Node, Segment, Context], Members | None]:
    return lambda node, segment, context: full({"valueString": function(node, context, form)}) or _text(node, context)


def _member(name: str, function: Callable[[Node, Context], Any]) -> Callable[[Node, Segment, Context], Members | None]:
    return lambda node, segment, context: full({name: function(node, context)})


def _attachment(function: Callable[[Node, Context], Any]) -> Callable[[Node, Segment, Context], Members | None]:
    def make(node: Node, segment: Segment, context: Context) -> Members | None:
        found = function(node, context)
        return {"extension": [{"url": _ATTACHMENT, "valueAttachment": found}]} if found else None
    return make


_BY_TYPE: Mapping[str, Callable[[Node, Segment, Context], Members | None]] = {
    "NM": _quantity, "SI": _quantity,
    "SN": lambda n, s, c: numbers.SN(n, c, numbers.own_units(s, 6, c)),
    "CQ": lambda n, s, c: full({"valueQuantity": numbers.CQ(n, c)}),
    "NR": lambda n, s, c: full({"valueRange": numbers.NR(n, c, numbers.own_units(s, 6, c))}),
    **dict.fromkeys(("CE", "CWE", "CNE", "CF", "IS", "ID"), _member("valueCodeableConcept", CWE)),
    **dict.fromkeys(("DT", "DTM", "TS"), _member("valueDateTime", DTM)),
    "TM": _member("valueTime", TM), "DR": _member("valuePeriod", DR),
    "ED": _attachment(ED), "RP": _attachment(RP),
    "XPN": _display(XPN, "text"), "XCN": _display(XCN, "display"), "XON": _display(XON, "name"),
    "XAD": _display(XAD, "text"), "PL": _display(PL, "display")}


def obx_range(node: Place, context: Context) -> list[dict[str, Any]] | None:
    """Reference ranges of OBX-7: always the text, and its bounds where they are numbers."""
    segment = node.segment
    units = numbers.own_units(segment, 6, context) or {}
    found = []
    for place in segment.field(7):
        text = ST(place, context)
        if text is not None:
            found.append({**_bounds(text, units), "text": text})
    return found or None


def _bounds(text: Value, units: Mapping[str, Any]) -> dict[str, Any]:
    written = str(text.content)
    try:
        if match := _RANGE.fullmatch(written):
            return {"low": {"value": numbers.number(text.to(match[1])), **units},
                    "high": {"value": numbers.number(text.to(match[2])), **units}}
        if match := _BOUND.fullmatch(written):
            side = "high" if match[1] in ("<", "<=", "≤") else "low"
            return {side: {"value": numbers.number(text.to(match[2])), **units}}
    except ValueError:
        return {}
    return {}


def dose(node: Place, context: Context, form: str = "") -> dict[str, Any] | None:
    """Amount of an RXA, RXE, RXO, RXD or RXG with its units; `dose(high)` the greatest, `dose(range)` a Range."""
    segment = node.segment
    low, high, units = _AMOUNTS.get(segment.name, (None, None, None))
    if low is None or units is None:
        raise ValueError(f"stands in {segment.name}, which has no amount")
    unit = numbers.own_units(segment, units, context)
    least, most = (_amount(segment, n, unit) for n in (low, high))
    if form == "range":
        return full({"low": least, "high": most})
    return most if form == "high" else least


def _amount(segment: Segment, field: int | None, unit: Mapping[str, Any] | None) -> dict[str, Any] | None:
    value = at(next(iter(segment.field(field)), None), 1) if field else None
    return {"value": numbers.number(value), **(unit or {})} if value is not None else None


def note(node: Place, context: Context) -> Value | None:
    """Text of an NTE, its repeats as lines."""
    texts = [n.text for n in node.segment.field(3)]
    return first(Value("\n".join(str(t.content) for t in texts), tuple(o for t in texts for o in t.origins)) if texts else None)
