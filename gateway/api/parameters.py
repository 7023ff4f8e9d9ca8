"""What an operation is given: in the URL, and in a Parameters resource where it is called by POST (R4, Operations)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request

from gateway.api import body
from gateway.disclose.transfer import Asked
from gateway.errors import UsageError, error
from gateway.jsontext import canonical

LONGEST = 16 << 10
HINT = "Send Parameters, each with a name and one value."
Given = list[tuple[str, str]]


def with_body(who: Asked) -> tuple[Asked, Given]:
    """The request with its body in its text, and all that it gives. Raises UsageError for any other body."""
    given = list(request.args.items(multi=True))
    if request.method != "POST" or not request.content_length:
        return who, given
    if request.content_length > LONGEST:
        raise UsageError(error("http-413", "The body is longer than parameters are. Nothing was done.", "", HINT))
    posted = _parameters(body.resource(HINT))
    return replace(who, text=f"{who.text} {canonical(posted).decode()}"), given + posted


def _parameters(sent: Mapping[str, Any]) -> Given:
    """What a Parameters resource asks for. Raises UsageError for any other body."""
    parts = sent.get("parameter", []) if sent.get("resourceType") == "Parameters" else None
    found = [_parameter(p) for p in parts] if isinstance(parts, list) else [None]
    if None in found:
        raise UsageError(error("body-unreadable", "The body is no Parameters resource that is understood.", "", HINT))
    if "_format" in dict(p for p in found if p):
        raise UsageError(error("body-unreadable", "The URL or Accept asks for the form of the answer. Nothing "
                               "was done.", "_format", HINT))
    return [p for p in found if p]


def _parameter(part: Any) -> tuple[str, str] | None:
    values = [v for k, v in part.items() if k.startswith("value")] if isinstance(part, dict) else []
    if len(values) != 1 or not isinstance(part.get("name"), str):
        return None
    value = values[0]
    if isinstance(value, Mapping) and isinstance(value.get("value"), str):
        return part["name"], f"{value.get('system', '')}|{value['value']}"
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return part["name"], str(value)
