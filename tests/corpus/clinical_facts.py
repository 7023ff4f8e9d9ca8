"""What a bundle says, as plain comparable facts: how much of an expected bundle is in ours."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Clue = tuple[str, ...]

DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$")
IDENTIFIERS = {"identifier", "masterIdentifier", "accessionIdentifier", "requisition", "groupIdentifier",
               "preAdmissionIdentifier", "valueIdentifier"}
CODED = {"coding", "class", "valueCoding", "eventCoding", "security", "tag", "modality"}
PRIVATE = ("http://example.", "https://example.", "https://reportstream.")


def facts(resources: list[dict[str, Any]]) -> set[Clue]:
    """Identifiers, names, birth dates, sex, codes (by resource type), quantities, units, strings and dates."""
    return {clue for resource in resources for clue in _walk(resource, resource.get("resourceType", ""), "")}


def missing(wanted: set[Clue], ours: set[Clue]) -> set[Clue]:
    """What is not in ours; a date is there when ours is the same moment, or as much of it as either side says."""
    dates = {clue[1] for clue in ours if clue[0] in ("date", "birthDate")}
    return {clue for clue in wanted - ours
            if clue[0] != "date" or not any(d.startswith(clue[1]) or clue[1].startswith(d) for d in dates)}


def _walk(node: Any, type_: str, key: str) -> Iterator[Clue]:
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, type_, key)
    elif isinstance(node, dict):
        if str(node.get("url", "")).startswith(PRIVATE):
            return
        yield from _object(node, type_, key)
        for name, value in node.items():
            if name not in ("id", "text", "meta", "resourceType", "reference", "url", "fullUrl"):
                yield from _walk(value, type_, name)
    elif isinstance(node, str):
        yield from _scalar(node, key)


def _object(node: dict[str, Any], type_: str, key: str) -> Iterator[Clue]:
    value = node.get("value")
    if key in IDENTIFIERS and isinstance(value, str):
        yield "identifier", value
    elif key in CODED and isinstance(node.get("code"), str):
        yield "code", type_, node["code"]
    elif value is not None and not isinstance(value, (str, bool)):
        yield "quantity", number(value)
        for unit in ("unit", "code"):
            if isinstance(node.get(unit), str):
                yield "unit", node["unit" if "unit" in node else "code"]
                break


def _scalar(text: str, key: str) -> Iterator[Clue]:
    if key in ("family", "given"):
        yield "name", text
    elif key == "gender":
        yield "sex", text
    elif key == "birthDate":
        yield "birthDate", text
    elif key == "valueString":
        yield "string", text
    elif key not in ("div", "version", "value", "code", "display", "system") and DATE.match(text) and len(text) > 4:
        yield "date", instant(text)


def number(value: Any) -> str:
    """One spelling for equal numbers: 4.0, 4 and 4.00."""
    try:
        return str(Decimal(str(value)).normalize())
    except InvalidOperation:
        return str(value)


def instant(text: str) -> str:
    """A time with an offset in UTC, to the second; a date as it is."""
    if "T" not in text or not re.search(r"(Z|[+-]\d{2}:\d{2})$", text):
        return text
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    try:
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except OverflowError:
        return text
