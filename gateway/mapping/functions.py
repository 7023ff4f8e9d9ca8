"""Source-neutral conversions: `fn(value, context, *arguments)` → Value, object of Values, or None (nothing there).

A value that cannot be converted raises ValueError with the reason, as the end of a sentence that begins with the
value: "'31.02.2024' is no date". A parameter called `table` is the name of a code table, checked by the compiler.
"""

import re
from collections.abc import Callable
from typing import Any

from gateway.errors import Severity
from gateway.mapping import times
from gateway.sdk import Context, Function, Number, Table, Value

_BOOLEANS = {"y": True, "yes": True, "true": True, "t": True, "1": True,
             "n": False, "no": False, "false": False, "f": False, "0": False}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_QUANTITY = re.compile(r"(<=|>=|<|>)?\s*([+-]?[\d.,]+(?:[eE][+-]?\d{1,3})?)\s*(.*)", re.ASCII | re.DOTALL)
_COMMA_LOCALES = frozenset((
    "bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "id", "is", "it", "lt", "lv", "nb", "nl",
    "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "vi"))
UCUM = "http://unitsofmeasure.org"


def makes(type: str) -> Callable[[Function], Function]:
    """Say which type a conversion gives, so that the compiler refuses it for other elements; "" for any primitive."""
    def mark(function: Function) -> Function:
        function.makes = type  # type: ignore[attr-defined]
        return function
    return mark


@makes("")
def text(value: Value, context: Context) -> Value | None:
    """The text without blanks at its ends."""
    content = str(value.content).strip()
    return value.to(content) if content else None


@makes("")
def lower(value: Value, context: Context) -> Value:
    """The text in lower case."""
    return value.to(str(value.content).strip().lower())


@makes("")
def upper(value: Value, context: Context) -> Value:
    """The text in upper case."""
    return value.to(str(value.content).strip().upper())


@makes("")
def prefix(value: Value, context: Context, before: str) -> Value:
    """The text with something before it."""
    return value.to(before + str(value.content).strip())


@makes("")
def number(value: Value, context: Context) -> Value:
    """A decimal with its digits as they came; `,` as decimal mark where the source's locale writes it so."""
    return value.to(_number(str(value.content), context.locale))


@makes("")
def integer(value: Value, context: Context) -> Value:
    """A whole number."""
    content = str(value.content).strip()
    if not re.fullmatch(r"[+-]?\d{1,18}", content, re.ASCII):
        raise ValueError("is no whole number")
    return value.to(int(content))


@makes("")
def boolean(value: Value, context: Context) -> Value:
    """Y N, yes no, true false, T F, 1 0, in any case."""
    found = _BOOLEANS.get(str(value.content).strip().lower())
    if found is None:
        raise ValueError("is neither yes nor no")
    return value.to(found)


@makes("")
def code(value: Value, context: Context, table: str) -> Value | None:
    """The code to which a table maps the text; a text that the table lacks is an issue and left out."""
    row = _row(value, context, context.tables[table])
    return value.to(row["code"]) if row and row["code"] else None


@makes("")
def known(value: Value, context: Context, table: str) -> Value | None:
    """The code of a table that names only what matters: a text that it lacks is simply nothing, no issue."""
    row = context.tables[table].get(str(value.content).strip())
    return value.to(row["code"]) if row and row["code"] else None


@makes("CodeableConcept")
def known_concept(value: Value, context: Context, table: str) -> dict[str, Any] | None:
    """As `known`, a CodeableConcept."""
    row = context.tables[table].get(str(value.content).strip())
    return {"coding": [_coding(value, row)]} if row and row["code"] else None


@makes("Coding")
def coding(value: Value, context: Context, table: str) -> dict[str, Any] | None:
    """The coding to which a table maps the text."""
    row = _row(value, context, context.tables[table])
    return _coding(value, row) if row and row["code"] else None


@makes("CodeableConcept")
def concept(value: Value, context: Context, table: str, system: str = "") -> dict[str, Any]:
    """The table's coding beside the text as it came, which is also the source's own coding below `system`.

    A text that the table lacks keeps these two and is an issue: nothing is guessed, nothing is lost.
    """
    row = _row(value, context, context.tables[table])
    plain = value.to(str(value.content).strip())
    codings = [_coding(value, row)] if row and row["code"] else []
    if system:
        codings.append({"system": system, "code": plain})
    return {"coding": codings, "text": plain} if codings else {"text": plain}


@makes("Quantity")
def quantity(value: Value, context: Context, unit: str = "", table: str = "") -> dict[str, Any]:
    """`5.4`, `<5`, `5.4 mmol/l` as a Quantity; the unit written behind the number wins over the argument.

    With a table (`quantity(, ucum)`) the unit's UCUM code is added.
    """
    match = _QUANTITY.fullmatch(str(value.content).strip())
    if not match:
        raise ValueError("is no quantity")
    comparator, digits, written = match.groups()
    said: Any = value.to(written.strip()) if written.strip() else unit
    found: dict[str, Any] = {"value": value.to(_number(digits, context.locale))}
    if comparator:
        found["comparator"] = value.to(comparator)
    if said:
        found["unit"] = said
    if said and table:
        row = _row(value.to(written.strip() or unit), context, context.tables[table])
        coded = {"system": row.get("system") or UCUM, "code": row["code"]} if row and row["code"] else {}
        found |= {name: value.to(v) if written.strip() else v for name, v in coded.items()}
    return found


@makes("Identifier")
def identifier(value: Value, context: Context, system: str = "") -> dict[str, Any]:
    """An Identifier below a system: a URI, or a name to which the source's settings (`assigners`) give one."""
    plain, system = value.to(str(value.content).strip()), context.assigners.get(system, system if ":" in system else "")
    return {"system": system, "value": plain} if system else {"value": plain}


def _coding(value: Value, row: dict[str, str] | Any) -> dict[str, Any]:
    return {name: value.to(row[name]) for name in ("system", "version", "code", "display") if row.get(name)}


def _row(value: Value, context: Context, table: Table) -> Any:
    content = str(value.content).strip()
    row = table.get(content)
    if row is None:
        context.issue("code-unknown", f"The table {table.name} has no row for {content[:60]!r}; the code is left out.",
                      value.origins[0] if value.origins else "", f"Add a row to tables/{table.name}.csv.",
                      Severity.warning)
    return row


def _number(text: str, locale: str) -> Number:
    text = text.strip()
    if "," in text and "." not in text and locale[:2].lower() in _COMMA_LOCALES:
        text = text.replace(",", ".")
    if len(text) > 64 or not _NUMBER.fullmatch(text):
        raise ValueError("is no number")
    return Number(_json_number(text))


def _json_number(text: str) -> str:
    """The number in JSON's grammar with all its digits: `.5` → `0.5`, `007` → `7`, `5.` → `5`."""
    sign, digits = ("-" if text[0] == "-" else ""), text.lstrip("+-")
    mantissa, _, exponent = digits.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    plain = (whole.lstrip("0") or "0") + ("." + fraction if fraction else "")
    return sign + plain + ("e" + exponent if exponent else "")


FUNCTIONS: dict[str, Function] = {
    "text": text, "lower": lower, "upper": upper, "prefix": prefix, "number": number, "integer": integer,
    "boolean": boolean, "code": code, "coding": coding, "concept": concept, "known": known,
    "known_concept": known_concept, "quantity": quantity, "identifier": identifier, "date": times.date,
    "dateTime": times.date_time, "instant": times.instant}
