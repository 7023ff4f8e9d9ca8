"""FHIR JSON, XML and NDJSON, recognised by content. Bad input gives an issue with its place; neighbours go on.

`check_file` is what `gateway validate` prints.
"""

from collections.abc import Iterator
from typing import Any

from gateway.errors import Issue, Severity
from gateway.fhir import xml_form
from gateway.fhir.outcome import outcome
from gateway.fhir.validate import validate
from gateway.jsontext import BadJson, loads

SCHEMA = "gateway.validate/1"
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_BLANK = b" \t\r\n\0"
_V2_XML = b"urn:hl7-org:v2xml"
_V2_HINT = "This is HL7 v2 as XML, which is not read: have it sent with separators (MSH|^~\\&)."


def read(data: bytes) -> Iterator[dict[str, Any] | Issue]:
    """Every resource of a file, in order: one of a JSON or XML document, one a line of NDJSON.

    Gives an Issue (`where` = line and column) in place of what is no resource, at least one item for any bytes.
    A byte order mark is tolerated; XML may be UTF-16. Never raises.
    """
    start = _after_mark(data)
    if not start:
        yield _unreadable("the file is empty", "", "Send one resource, a Bundle, or one resource a line.")
    elif start.startswith(b"<"):
        yield _xml(data)
    elif _is_ndjson(data):
        for number, line in enumerate(data.split(b"\n"), 1):
            if line.strip():
                yield _json(line, number)
    else:
        yield _json(data)


def _after_mark(data: bytes) -> bytes:
    """The first bytes behind byte order mark and blanks; empty when there is nothing else."""
    mark = next((m for m in _MARKS if data.startswith(m)), b"")
    return data[len(mark):].lstrip(_BLANK)[:1]


def _is_ndjson(data: bytes) -> bool:
    """True when several lines stand there and the first, or else at least half of them, hold a JSON object."""
    lines = [line for line in data.removeprefix(_MARKS[0]).split(b"\n") if line.strip()]
    if len(lines) < 2 or not lines[0].startswith(b"{") or b":" not in lines[0]:
        return False
    return _is_object(lines[0]) or sum(map(_is_object, lines)) * 2 >= len(lines)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(loads(line), dict)
    except BadJson:
        return False


def _json(data: bytes, line: int = 0) -> dict[str, Any] | Issue:
    """The resource of one JSON text; `line` is its line in the file when it is one of many."""
    try:
        value = loads(data)
    except BadJson as e:
        where = f"line {line or e.line}, column {e.column}" if e.line else f"line {line}" if line else ""
        return _unreadable(str(e), where, "Correct the JSON.")
    if isinstance(value, dict):
        return value
    return _unreadable("a resource is a JSON object, this is another JSON value", f"line {line or 1}, column 1",
                       "Send one resource, a Bundle, or one resource a line.")


def _xml(data: bytes) -> dict[str, Any] | Issue:
    try:
        return xml_form.resource(data)
    except xml_form.BadXml as e:
        hint = _V2_HINT if _V2_XML in data[:4000] else "Correct the XML."
        return _unreadable(str(e), f"line {e.line}, column {e.column}" if e.line else "", hint)


def _unreadable(message: str, where: str, hint: str) -> Issue:
    return Issue("fhir-unreadable", Severity.error, f"{message}; nothing of it was read", where, hint)


def check_file(name: str, data: bytes | Issue) -> Iterator[dict[str, Any]]:
    """One line a resource, in order: `{schema, file, index, resource: "Type/id", outcome: OperationOutcome}`.

    `data` is the issue where the file could not be opened. `resource` is the type alone where the resource has no
    id, and None where none could be read.
    """
    for index, item in enumerate([data] if isinstance(data, Issue) else read(data)):
        issues = [item] if isinstance(item, Issue) else validate(item)
        yield {"schema": SCHEMA, "file": name, "index": index, "resource": _reference(item), "outcome": outcome(issues)}


def _reference(item: dict[str, Any] | Issue) -> str | None:
    """`Type/id` of what was read, as far as it has them."""
    if isinstance(item, Issue):
        return None
    parts = [item.get("resourceType"), item.get("id")]
    return "/".join(p for p in parts if isinstance(p, str)) or None
