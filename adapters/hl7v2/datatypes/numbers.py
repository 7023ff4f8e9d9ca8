"""NM, SI, SN, CQ, NR, NA, MO and CP: numbers that keep their digits, quantities with their units."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from adapters.hl7v2.datatypes.codes import uri_of
from adapters.hl7v2.datatypes.parts import Place, at, choice, code_text, local_uri, part
from adapters.hl7v2.paths import compile_path
from adapters.hl7v2.tree import Node, Segment
from gateway.sdk import Context, Number, Value, because, first, full, joined

UCUM = "http://unitsofmeasure.org"
_NUMBER = re.compile(r"([+-]?)0*(\d+(?:\.\d*)?|\.\d+)((?:[eE][+-]?\d{1,3})?)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:(,)\d{3})+\.\d+|(?:(\.)\d{3})+,\d+|(?:(,)\d{3}){2,})", re.ASCII)
_COMMA = re.compile(r"[+-]?(?:0,\d+|\d+,(?!\d{3}$)\d+)", re.ASCII)
_COMPARED = re.compile(r"(<=|>=|<|>|≤|≥|=)\s*(.+)", re.DOTALL)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SIGNS = {"≤": "<=", "≥": ">="}


def number(value: Value) -> Value:
    """A decimal with the digits of the text, also with a comma that can mean one thing only. Raises ValueError."""
    text = str(value.content).replace(" ", "")
    match = _NUMBER.fullmatch(text) or ("," in text and _NUMBER.fullmatch(_with_point(text)))
    if not match:
        raise ValueError("is no number")
    sign, digits, exponent = match.groups()
    whole, _, fraction = digits.partition(".")
    return value.to(Number(f"{'-' if sign == '-' else ''}{whole or '0'}{'.' + fraction if fraction else ''}{exponent}"))


def _with_point(text: str) -> str:
    """`5,5`, `1.234,5` and `1,234.5` as HL7 writes them; `1,234` may mean two numbers and stays."""
    if grouped := _GROUPED.fullmatch(text):
        return text.replace(grouped[1] or grouped[2] or grouped[3], "").replace(",", ".")
    return text.replace(",", ".") if _COMMA.fullmatch(text) else text


def NM(node: Node, context: Context, form: str = "") -> Value | None:
    """A decimal; `NM(int)` a whole number."""
    value = at(node, 1)
    if value is None:
        return None
    found = number(value)
    if form != "int":
        return found
    if found.content != found.content.to_integral_value() or abs(found.content) >= 2**31:
        raise ValueError("is no whole number that FHIR can hold")
    return found.to(int(found.content))


def SI(node: Node, context: Context) -> Value | None:
    """A whole number."""
    return NM(node, context, "int")


def measured(value: Value, units: Mapping[str, Any] | None) -> dict[str, Any]:
    """Quantity with comparator. Raises ValueError when there is no number."""
    match = _COMPARED.fullmatch(str(value.content).strip())
    if not match:
        return {"value": number(value), **(units or {})}
    sign = _SIGNS.get(match[1], match[1])
    comparator = {} if sign == "=" else {"comparator": value.to(sign)}
    return {"value": number(value.to(match[2].strip())), **comparator, **(units or {})}


_BASE, _EXPONENT = re.compile(r"[xX*]? ?10", re.ASCII), re.compile(r"\d{1,2}(?:/.+)?", re.ASCII)
_MDC = "urn:iso:std:iso:11073:10101"     # devices name their units by it: 266016^MDC_DIM_MMHG^MDC
_OTHER_UNITS = frozenset(("ISO", "ISO+", "ISO2955", "ANSI+", "ANS+", "L"))   # table 0396: units that are not UCUM


def units_of(node: Place | None, context: Context) -> dict[str, Any] | None:
    """Unit, system and code of a CWE that names a unit of measure; a UCUM code where it is known to be one."""
    code, text, named = _power(node) or (at(node, n) for n in ((1, 2, 3) if at(node, 1) else (4, 5, 6)))
    if code is None:
        only = first(at(node, 2), text)
        return {"unit": only} if only else None
    written = str(code.content)
    uri = uri_of(str(named.content), context) if named and named.content not in _OTHER_UNITS else ""
    if uri == UCUM:
        said = _ucum().get(written, written) if "^" in written else "".join(written.split())
        return because({"unit": first(text, code), "system": UCUM, "code": code.to(said)}, named)
    standard = _ucum().get(written) or _ucum().get(written.lower())
    if standard and (not uri or uri.startswith(("urn:throughline:", "http://terminology"))):
        return because({"unit": first(text, code), "system": code.to(UCUM), "code": code.to(standard)}, named)
    if uri == _MDC and text and (standard := _ucum().get(str(text.content))):
        return because({"unit": text, "system": UCUM, "code": text.to(standard)}, code, named)
    other, label = at(node, 4), at(node, 6)
    if other is not None and label is not None and uri_of(str(label.content), context) == UCUM:
        return because({"unit": first(at(node, 5), other), "system": UCUM, "code": code_text(other)}, label)
    system = code.to(uri or local_uri(context, "units"))
    return because({"unit": first(text, code), "system": system, "code": code_text(code)}, named)


def _power(node: Place | None) -> tuple[Value, Value | None, Value | None] | None:
    """Code, text and system of a unit whose power nobody escaped: `10^9/L` is no code 10 with the text 9/L."""
    base, rest = at(node, 1), at(node, 2)
    if base is None or rest is None or not _BASE.fullmatch(base.content) or not _EXPONENT.fullmatch(rest.content):
        return None
    return because(base.to(f"{base.content}^{rest.content}"), rest), at(node, 3), at(node, 4)


@cache
def _ucum() -> Mapping[str, str]:
    text = files("adapters.hl7v2").joinpath("units.csv").read_text("utf-8")
    rows = [(row["unit"], row["ucum"]) for row in csv.DictReader(text.splitlines())]
    return {**{unit.lower(): ucum for unit, ucum in reversed(rows)}, **{ucum: ucum for _, ucum in rows}, **dict(rows)}


def quantity(node: Node, context: Context, units: str = "") -> dict[str, Any] | None:
    """Quantity of a number; `quantity(RXE-24)`: its units stand there."""
    value = at(node, 1)
    if value is None:
        return None
    return _simple(measured(value, units_of(_placed(node, units), context)))


def ratio(node: Node, context: Context, units: str = "", number: str = "", number_units: str = "") -> Any:
    """Ratio of a strength: `ratio(RXE-26, RXE-33, RXE-34)`: its units, and in how much it is (1 where none is said)."""
    found = quantity(node, context, units)
    inside = _placed(node, number)
    base = quantity(inside, context, number_units) if inside is not None else None
    return {"numerator": found, "denominator": base or {"value": 1}} if found else None


def daily(node: Node, context: Context) -> dict[str, Any] | None:
    """Ratio of a CQ to one day."""
    found = CQ(node, context)
    day = {"value": 1, "unit": "day", "system": UCUM, "code": "d"}
    return {"numerator": found, "denominator": day} if found else None


def _placed(node: Node, path: str) -> Node | None:
    return next((n for n in compile_path(path)(node) if isinstance(n, Node)), None) if path else None


def _simple(found: dict[str, Any]) -> dict[str, Any]:
    """The quantity, which has no comparator (sqty-1). Raises ValueError where it has one."""
    if "comparator" in found:
        raise ValueError("is no amount but a bound of one")
    return found


def CQ(node: Node, context: Context, form: str = "") -> Any:
    """Quantity with the units in component 2; `CQ(simple)`: without comparator; `CQ(code)`: the units' code alone."""
    units = units_of(part(node, 2), context)
    if form == "code":
        return units and units.get("code", units.get("unit"))
    value = at(node, 1)
    if value is None:
        return None
    return _simple(measured(value, units)) if form == "simple" else measured(value, units)


def NR(node: Place, context: Context, units: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """Range."""
    low, high = at(node, 1), at(node, 2)
    if low and high and number(low).content > number(high).content:
        raise ValueError("begins above its end")
    return full({"low": {"value": number(low), **(units or {})} if low else None,
                 "high": {"value": number(high), **(units or {})} if high else None})


def SN(node: Place, context: Context, units: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """A structured number as the member of Observation.value[x] that fits it: quantity, range, ratio or text."""
    sign, low, separator, high = (at(node, n) for n in (1, 2, 3, 4))
    alone = low if sign is None else sign if low is None and str(sign.content)[-1:].isdigit() else None
    if alone is not None and separator is None and high is None:     # `^<5`, `<5` and `^1,000.5` too
        return {"valueQuantity": measured(alone, units)}
    if low is None:
        return full({"valueString": spoken(node)})
    comparator = sign if sign and sign.content in ("<", "<=", ">", ">=") else None
    between = str(separator.content) if separator else ""
    plain = comparator is None and (sign is None or sign.content == "=")
    least = full({"value": number(low), "comparator": comparator, **(units or {})})
    if high is None and not between and (comparator or plain):
        return {"valueQuantity": because(least, sign)}
    if high and between == "-" and plain and number(low).content <= number(high).content:
        between_both = {"low": least, "high": {"value": number(high), **(units or {})}}
        return {"valueRange": because(between_both, sign, separator)}
    if high and between in (":", "/") and (comparator or plain):
        ratio = {"numerator": least, "denominator": {"value": number(high), **(units or {})}}
        return {"valueRatio": because(ratio, sign, separator)}
    return {"valueString": joined((v for v in (spoken(node), (units or {}).get("unit")) if v), " ")}


def spoken(node: Place) -> Value | None:
    """An SN in words: its parts as one text, two numbers with nothing between them apart."""
    sign, low, separator, high = (at(node, n) for n in (1, 2, 3, 4))
    return joined((v for v in (sign, low, separator, high) if v), "" if separator or not (low and high) else " ")


def NA(nodes: list[Node], context: Context, units: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """SampledData out of the numbers of an array; the rows of a matrix are its dimensions."""
    mark = nodes[0].segment.tree.separators.component if nodes else ""
    data = joined(number(v) for node in nodes for v in choice(node, *range(1, node.raw.count(mark) + 2)))
    origin = {"value": 0, **(units or {})}
    return {"origin": origin, "period": 1, "dimensions": len(nodes), "data": data} if data else None


def MO(node: Node, context: Context) -> dict[str, Any] | None:
    """Money, also out of a CP, whose first component is one."""
    inner = part(node, 1)
    value, currency = at(inner, 1), first(at(inner, 2) if inner and inner.part(2) else None, at(node, 2))
    known = currency if currency and _CURRENCY.fullmatch(str(currency.content)) else None
    return full({"value": number(value), "currency": known}) if value else None


def own_units(segment: Segment, field: int, context: Context) -> dict[str, Any] | None:
    """The units that a field of a segment names."""
    return units_of(next(iter(segment.field(field)), None), context)
