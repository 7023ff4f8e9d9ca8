"""Who is this: Patient/$match (R4, ITI-119) and Patient/$ihe-pix (PIXm, ITI-83)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from gateway.api.fhir import asked, gate, send, views
from gateway.disclose import answers, match, pix
from gateway.errors import UsageError, error
from gateway.jsontext import BadJson, canonical, loads

blueprint = Blueprint("matching", __name__, url_prefix="/fhir")
LONGEST = 256 << 10                                   # bytes of a description, without pictures
PICTURES = ("photo", "text", "contained", "meta")     # what says nothing about who it is
FORM = "Send a Parameters resource with `resource` (a Patient), or a Patient."


@blueprint.post("/Patient/$match")
def match_patient() -> Response:
    """The people who answer to a description, best first, each with its grade (ITI-119)."""
    who = asked("match")
    try:
        wanted = _wanted(_body())
    except UsageError as e:
        return send(answers.refuse(gate(), who, 400, e))
    text = canonical([wanted.patient, wanted.certain, wanted.count])
    if len(text) > LONGEST:
        return send(answers.refuse(gate(), who, 413, _unreadable("The description is too long.", "")))
    return send(match.match(gate(), views(), replace(who, text=f"{who.text} {text.decode()}"), wanted))


@blueprint.get("/Patient/$ihe-pix")
def cross_reference() -> Response:
    """The other numbers of the person who has this number (ITI-83)."""
    who = asked("pix")
    return send(pix.cross_reference(gate(), views(), who, list(request.args.items(multi=True))))


def _unreadable(message: str, where: str, hint: str = FORM) -> UsageError:
    return UsageError(error("body-unreadable", f"{message} Nobody was looked for.", where, hint))


def _body() -> dict[str, Any]:
    try:
        body = loads(request.get_data())
    except BadJson as e:
        raise _unreadable("The body is no JSON.", "") from e
    if not isinstance(body, dict):
        raise _unreadable("The body is no resource.", "")
    return body


def _wanted(body: Mapping[str, Any]) -> match.Wanted:
    """The description and its options, out of Parameters or a bare Patient. Raises UsageError."""
    if body.get("resourceType") == "Patient":
        return match.Wanted(_patient(body))
    parts = body.get("parameter")
    if body.get("resourceType") != "Parameters" or not isinstance(parts, list):
        raise _unreadable("The body is neither Parameters nor a Patient.", "")
    given: dict[str, Any] = {}
    for part in parts:
        name = part.get("name") if isinstance(part, dict) else None
        if not isinstance(name, str) or name not in _OPTIONS or name in given:
            raise _unreadable("A parameter is not known, or stands there twice.", "Parameters.parameter",
                              f"Known, once each: {', '.join(_OPTIONS)}.")
        given[name] = part.get(_OPTIONS[name])
    certain, count = given.get("onlyCertainMatches", False), given.get("count", match.SHOWN)
    if not isinstance(certain, bool):
        raise _unreadable("onlyCertainMatches is no valueBoolean.", "Parameters.parameter")
    try:
        many = int(str(count))
    except ValueError:
        many = -1
    if many < 0 or isinstance(count, (bool, str)):
        raise _unreadable("count is no valueInteger from 0 on.", "Parameters.parameter")
    return match.Wanted(_patient(given.get("resource")), certain, min(many, match.LOOKED_AT))


_OPTIONS = {"resource": "resource", "onlyCertainMatches": "valueBoolean", "count": "valueInteger"}


def _patient(resource: Any) -> dict[str, Any]:
    if not isinstance(resource, dict) or resource.get("resourceType") != "Patient":
        raise _unreadable("There is no Patient that says whom to look for.", "Parameters.parameter")
    return {k: v for k, v in resource.items() if k not in PICTURES}
