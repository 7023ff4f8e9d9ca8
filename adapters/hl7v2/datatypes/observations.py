"""What an OBX says: its value by the type that OBX-2 names (V2-11), its reference range, and amounts of medicines."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from adapters.hl7v2.datatypes import numbers
from adapters.hl7v2.datatypes.attachments import ED, RP
from adapters.hl7v2.datatypes.codes import CWE, ST
from adapters.hl7v2.datatypes.parts import Place, at, field
from adapters.hl7v2.datatypes.people import XCN, XON, XPN
from adapters.hl7v2.datatypes.places import PL, XAD
from adapters.hl7v2.datatypes.times import DR, DTM, TM
from adapters.hl7v2.lines import beside, lines
from adapters.hl7v2.tree import Node, Segment
from gateway.sdk import Context, Function, Severity, Value, because, full, joined

Members = dict[str, Any]
Make = Callable[[Node, Segment, Context], Members | None]
_TEXTS, _ARRAYS, _DOCUMENTS = ("TX", "FT", "ST"), ("NA", "MA"), ("ED", "RP")
_BETWEEN = re.compile(r"\s*(\d[\d.,]*)\s*[-–]\s*(\d[\d.,]*)\s*", re.ASCII)
_RANGE = re.compile(r"\s*(-?\d[\d.,]*)\s*(?:-|–|to|\.\.)\s*(-?\d[\d.,]*)(?:\s+\D.*)?", re.IGNORECASE | re.DOTALL)
_BOUND = re.compile(r"\s*(<=|>=|<|>|≤|≥)\s*(-?\d[\d.,]*)(?:\s+\D.*)?", re.DOTALL)
_COUNTED = re.compile(r"[<>=]{0,2}\s*[+-]?\d[\d.,]*", re.ASCII)
_AMOUNT = re.compile(r"\s*(?:(?:(?:[<>]=?|≤|≥)\s*)?[+-]?\d+(?:\.\d+)?|\d+(?:\.\d+)?\s*-\s*\d+(?:\.\d+)?)\s*", re.ASCII)
_NUMERIC = re.compile(r"[+-]?\d+(?:\.\d+)?")
_AMOUNTS = {"RXA": (6, None, 7), "RXE": (3, 4, 5), "RXO": (2, 3, 4), "RXD": (4, None, 5), "RXG": (5, 6, 7)}


def obx_value(node: Place, context: Context) -> Members | None:
    """The member of Observation.value[x] that OBX-5 makes; repeated texts are the lines of one,
    and so are the texts of the OBX that go on with it.

    None where OBX-5 is empty, repeats other than as text (`obx_components`) or holds a document (`obx_attachment`).
    """
    segment = node.segment
    nodes = segment.field(5)
    kind = _kind(segment, nodes, context)
    if kind in _TEXTS and len(report := list(lines(segment))) > 1:
        return because(full({"valueString": _report(report)}), _named(segment), *map(beside, report[1:]))
    if kind in _TEXTS and len(nodes) > 1:
        return because({"valueString": joined((n.text for n in nodes), "\n")}, _named(segment))
    if kind in _ARRAYS:
        array = numbers.NA(nodes, context, numbers.own_units(segment, 6, context))
        return because(full({"valueSampledData": array}), _named(segment))
    if kind == "ST" and _measured(segment):
        kind = "NM"
    return _value(nodes[0], kind, segment, context) if len(nodes) == 1 and kind not in _DOCUMENTS else None


def _measured(segment: Segment) -> bool:
    """Whether an ST is a number with its unit beside it, as many laboratories send their measurements."""
    said = segment.field(5)
    return len(said) == 1 and bool(segment.field(6)) and bool(_AMOUNT.fullmatch(str(said[0].text.content))) \
        and _unit(segment) is not None


def obx_written(node: Place, context: Context) -> Value | None:
    """The text of an ST that was read as a number, for whoever wants it as it was sent."""
    segment = node.segment
    named = at(field(segment, 2), 1)
    text = named is not None and str(named.content).upper() == "ST" and _measured(segment)
    return segment.field(5)[0].text if text else None


def _report(report: list[Segment]) -> Value | None:
    """The texts of the lines, one below the other; an empty line stays one."""
    texts = [joined((n.text for n in line.field(5)), "\n") or Value("") for line in report]
    return joined(texts, "\n") if any(text.content for text in texts) else None


def obx_components(node: Place, context: Context) -> list[Members] | None:
    """Observation.component: one for each repeat of OBX-5, all under the code of the OBX (V2-11)."""
    segment = node.segment
    nodes = segment.field(5)
    kind = _kind(segment, nodes, context)
    if len(nodes) < 2 or kind in (*_TEXTS, *_ARRAYS, *_DOCUMENTS):
        return None
    code = next((CWE(n, context) for n in segment.field(3)), None)
    values = (_value(n, kind, segment, context) for n in nodes) if code is not None else ()
    return [{"code": code, **value} for value in values if value] or None


def obx_attachment(node: Place, context: Context) -> list[dict[str, Any]] | None:
    """Attachments of an OBX whose value is a document, for the extension that R5's Observation.value has."""
    segment = node.segment
    kind = _kind(segment, [], context)
    make = {"ED": ED, "RP": RP}.get(kind)
    found = [because(a, _named(segment)) for n in segment.field(5) if (a := _made(make, n, context))] if make else []
    return found or None


def _made(make: Function, node: Node, context: Context) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] | None = make(node, context)
    except ValueError as e:
        context.issue("hl7v2-value-invalid", f"The document {e}; it was left out.", node.where,
                      "Correct OBX-5 at the source and send it again.")
        return None
    return found


def _named(segment: Segment) -> Value | None:
    return at(field(segment, 2), 1)


def _kind(segment: Segment, nodes: list[Node], context: Context) -> str:
    """The type of OBX-5, by its looks where OBX-2 is empty."""
    named = _named(segment)
    if named is not None or not nodes:
        return str(named.content).upper() if named else "ST"
    numeric = _NUMERIC.fullmatch(str(nodes[0].text.content)) and segment.field(6)
    guessed = "NM" if numeric else "CWE" if nodes[0].part(3) else "ST"
    context.issue("hl7v2-type-missing", f"OBX-2 does not say what OBX-5 is; it was read as {guessed}.", segment.where,
                  "Ask the sender to fill OBX-2.", Severity.information)
    return guessed


def obx_unnamed(node: Node, context: Context) -> Members:
    """The code of a result that neither OBX-3 nor its order names: the value is kept, and that is told."""
    context.issue("hl7v2-result-unnamed", "Neither OBX-3 nor OBR-4 says what was observed; the value was kept under "
                  "“unknown”.", node.segment.where, "Ask the sender for OBX-3.")
    return {"text": "unknown"}


def _value(node: Node, kind: str, segment: Segment, context: Context) -> Members | None:
    if node.value is not None and node.value.content is None:
        return None
    make = _BY_TYPE.get(kind, _text)
    try:
        found = make(node, segment, context)
    except ValueError as e:
        context.issue("hl7v2-value-invalid", f"{str(node.text.content)[:40]!r} {e}, though OBX-2 says {kind}; it was "
                      "kept as text.", node.value.origins[0] if node.value else node.where, "Correct OBX-2 or OBX-5 "
                      "at the source.")
        said = {"NM": ST(node, context), "SI": ST(node, context), "SN": numbers.spoken(node)}.get(kind)
        found = _with_unit(said, segment)
    return because(found or _text(node, segment, context), _named(segment))


def _with_unit(text: Value | None, segment: Segment) -> Members | None:
    """A number that is none as HL7 writes it, as text and with its unit: `1,234 mg`, `10 - 5 mmol/L`."""
    unit = _unit(segment)
    if text is None or unit is None or not any(c.isdigit() for c in text.content):
        return full({"valueString": text})
    return full({"valueString": because(text, unit) if _ends(text, unit) else joined((text, unit))})


def _unit(segment: Segment) -> Value | None:
    return next((v for n in segment.field(6) if (v := at(n, 1) or at(n, 2))), None)


def _alone(value: Value | None, unit: Value | None) -> Value | None:
    """A number behind which its unit stands once more, without it."""
    if value is None or unit is None or not _ends(value, unit):
        return value
    number = str(value.content)[:-len(str(unit.content))].strip()
    return because(value.to(number), unit) if _COUNTED.fullmatch(number) else value


def _ends(text: Value, unit: Value) -> bool:
    """Whether a text ends with the unit that stands beside it."""
    return str(text.content).casefold().endswith(str(unit.content).casefold())


def _text(node: Node, segment: Segment, context: Context) -> Members | None:
    return full({"valueString": ST(node, context)})


def _quantity(node: Node, segment: Segment, context: Context) -> Members | None:
    value = _alone(at(node, 1), _unit(segment))
    if value is None or len(node.text.origins) > 1:
        raise ValueError("is no single number")
    units = numbers.own_units(segment, 6, context)
    if match := _BETWEEN.fullmatch(written := str(value.content)):
        low, high = (numbers.number(value.to(match[n])) for n in (1, 2))
        found = {"valueRange": {"low": {"value": low, **(units or {})}, "high": {"value": high, **(units or {})}}}
        if low.content > high.content:
            raise ValueError("begins above its end")
    else:
        found = {"valueQuantity": numbers.measured(value, units)}
    if match or "," in written:
        context.issue("hl7v2-value-invalid", f"{written[:40]!r} is no number as HL7 writes it; it was read as a "
                      f"{'range' if match else 'number with a decimal comma or marks of thousands'}.",
                      value.origins[0], "Correct OBX-2 or OBX-5 at the source.", Severity.information)
    return found


def _member(name: str, function: Function, *form: str) -> Make:
    return lambda node, segment, context: full({name: function(node, context, *form)})


_BY_TYPE: Mapping[str, Make] = {
    "NM": _quantity, "SI": _quantity, "CQ": _member("valueQuantity", numbers.CQ),
    "SN": lambda n, s, c: numbers.SN(n, c, numbers.own_units(s, 6, c)),
    "NR": lambda n, s, c: full({"valueRange": numbers.NR(n, c, numbers.own_units(s, 6, c))}),
    **dict.fromkeys(("CE", "CWE", "CNE", "CF", "IS", "ID"), _member("valueCodeableConcept", CWE)),
    **dict.fromkeys(("DT", "DTM", "TS"), _member("valueDateTime", DTM)),
    "TM": _member("valueTime", TM), "DR": _member("valuePeriod", DR), "XPN": _member("valueString", XPN, "text"),
    "PN": _member("valueString", XPN, "text"), "AD": _member("valueString", XAD, "text"),
    "XCN": _member("valueString", XCN, "display"), "XON": _member("valueString", XON, "name"),
    "XAD": _member("valueString", XAD, "text"), "PL": _member("valueString", PL, "display")}


def obx_range(node: Place, context: Context) -> list[dict[str, Any]] | None:
    """Reference ranges of OBX-7: always the text, and its bounds where they are numbers."""
    segment = node.segment
    places = segment.field(7)
    units = numbers.own_units(segment, 6, context) or {} if places else {}
    found = []
    for place in places:
        text = ST(place, context)
        if text is not None:
            found.append({**_bounds(text, units), "text": text})
    return found or None


def _bounds(text: Value, units: Mapping[str, Any]) -> dict[str, Any]:
    written = str(text.content)
    try:
        if match := _RANGE.fullmatch(written):
            low, high = (numbers.number(text.to(match[n])) for n in (1, 2))
            both = {"low": {"value": low, **units}, "high": {"value": high, **units}}
            return both if low.content <= high.content else {}
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
    if form == "range" and least and most and least["value"].content > most["value"].content:
        context.issue("hl7v2-amount-reversed", f"The greatest amount, {most['value'].content}, is below the least, "
                      f"{least['value'].content}; it was left out.", node.where,
                      "Correct one of the two at the source.")
        most = None
    if form == "range":
        return full({"low": least, "high": most})
    return most if form == "high" else least


def _amount(segment: Segment, number: int | None, unit: Mapping[str, Any] | None) -> dict[str, Any] | None:
    value = at(field(segment, number), 1) if number else None
    return {"value": numbers.number(value), **(unit or {})} if value is not None else None


def note(node: Place, context: Context) -> Value | None:
    """Text of an NTE, its repeats as lines."""
    return joined((n.text for n in node.segment.field(3)), "\n")
