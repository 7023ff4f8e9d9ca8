"""The patient summary: Patient/{id}/$summary and Patient/$summary?identifier= (IPS-12)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from gateway.api.fhir import asked, gate, send, views
from gateway.disclose import answers, summaries
from gateway.errors import UsageError, error
from gateway.jsontext import BadJson, canonical, loads

blueprint = Blueprint("summaries", __name__, url_prefix="/fhir")
LONGEST = 16 << 10


@blueprint.get("/Patient/<id>/$summary")
@blueprint.post("/Patient/<id>/$summary", endpoint="posted")
def summary(id: str) -> Response:
    """The International Patient Summary of a person; `profile` names version 2.0.0 (as without it) or 1.1.0."""
    return _answered(id)


@blueprint.get("/Patient/$summary")
@blueprint.post("/Patient/$summary", endpoint="posted_by_identifier")
def by_identifier() -> Response:
    """The International Patient Summary of the person who has an `identifier`."""
    return _answered("")


def _answered(id: str) -> Response:
    who, given = asked("summary"), list(request.args.items(multi=True))
    if request.method == "POST" and request.content_length:
        try:
            posted = _parameters()
        except UsageError as e:
            return send(answers.refuse(gate(), who, 400, e))
        who = replace(who, text=f"{who.text} {canonical(posted).decode()}")
        given += posted
    return send(summaries.summary(gate(), views(), who, id, given))


def _parameters() -> list[tuple[str, str]]:
    """What a Parameters resource asks for. Raises UsageError for any other body."""
    try:
        body = loads(request.get_data()) if (request.content_length or 0) <= LONGEST else None
    except BadJson:
        body = None
    parts = body.get("parameter", []) if isinstance(body, dict) and body.get("resourceType") == "Parameters" else None
    found = [_parameter(p) for p in parts] if isinstance(parts, list) else [None]
    if None in found:
        raise UsageError(error("body-unreadable", "The body is no Parameters resource that is understood.", "",
                               "Send Parameters with profile (valueCanonical) and identifier (valueIdentifier)."))
    return [p for p in found if p]


def _parameter(part: Any) -> tuple[str, str] | None:
    values = [v for k, v in part.items() if k.startswith("value")] if isinstance(part, dict) else []
    if len(values) != 1 or not isinstance(part.get("name"), str):
        return None
    value = values[0]
    if isinstance(value, Mapping) and isinstance(value.get("value"), str):
        return part["name"], f"{value.get('system', '')}|{value['value']}"
    return (part["name"], value) if isinstance(value, str) else None
