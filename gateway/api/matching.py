"""Who is this: Patient/$match (R4, ITI-119) and Patient/$ihe-pix (PIXm, ITI-83)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from gateway.api import body
from gateway.api.fhir import asked, gate, send, views
from gateway.api.parameters import with_body
from gateway.disclose import match, pix
from gateway.errors import UsageError, error
from gateway.jsontext import canonical

blueprint = Blueprint("matching", __name__, url_prefix="/fhir")
LONGEST = 256 << 10                                   # bytes of a description, without pictures
PICTURES = ("photo", "text", "contained", "meta")     # what says nothing about who it is
NOBODY = "Nobody was looked for."
FORM = "Send a Parameters resource with `resource` (a Patient), or a Patient."


@blueprint.post("/Patient/$match")
def match_patient() -> Response:
    """The people who answer to a description, best first, each with its grade (ITI-119).

    `onlyCertainMatches` and `count` stand in the Parameters or, as beside a bare Patient, in the URL.
    """
    who = asked("match")
    wanted = _wanted([*_of_url(request.args.items(multi=True)), *_of_body(body.resource(FORM, NOBODY))])
    text = canonical([wanted.patient, wanted.certain, wanted.count])
    if len(text) > LONGEST:
        raise UsageError(error("http-413", f"The description is too long. {NOBODY}", "", "Send what says who it is."))
    return send(match.match(gate(), views(), replace(who, text=f"{who.text} {text.decode()}"), wanted))


@blueprint.post("/Patient/$ihe-pix", endpoint="cross_reference_posted")
@blueprint.get("/Patient/$ihe-pix")
def cross_reference() -> Response:
    """The other numbers of the person who has this number (ITI-83)."""
    who, given = with_body(asked("pix"))
    return send(pix.cross_reference(gate(), views(), who, given))


def _unreadable(message: str, where: str, hint: str = FORM) -> UsageError:
    return UsageError(error("body-unreadable", f"{message} {NOBODY}", where, hint))


def _of_url(given: Iterable[tuple[str, str]]) -> Iterator[tuple[Any, Any]]:
    """What the URL asks for: a text that is no value of the parameter's type stays text."""
    for name, text in given:
        if name not in ("_format", "_pretty"):
            yield name, {"true": True, "false": False}.get(text, int(text) if _WHOLE.fullmatch(text) else text)


def _of_body(sent: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """What Parameters or a bare Patient asks for. Raises UsageError."""
    parts = sent.get("parameter")
    if sent.get("resourceType") == "Patient":
        yield "resource", sent
    elif sent.get("resourceType") == "Parameters" and isinstance(parts, list):
        for part in parts:
            name = part.get("name") if isinstance(part, dict) else None
            yield name, part.get(_OPTIONS[name]) if isinstance(name, str) and name in _OPTIONS else None
    else:
        raise _unreadable("The body is neither Parameters nor a Patient.", "")


def _wanted(asks: Iterable[tuple[Any, Any]]) -> match.Wanted:
    """The description and its options. Raises UsageError: what is passed over would show too much."""
    given: dict[str, Any] = {}
    for name, value in asks:
        if not isinstance(name, str) or name not in _OPTIONS or name in given:
            raise _unreadable("A parameter is not known, or stands there twice.", "Parameters.parameter",
                              f"Known, once each: {', '.join(_OPTIONS)}.")
        given[name] = value
    certain, count = given.get("onlyCertainMatches", False), given.get("count", match.SHOWN)
    if not isinstance(certain, bool):
        raise _unreadable("onlyCertainMatches is no valueBoolean.", "Parameters.parameter")
    if isinstance(count, bool) or not _WHOLE.fullmatch(str(count)) or isinstance(count, str):
        raise _unreadable("count is no valueInteger from 0 on.", "Parameters.parameter")
    return match.Wanted(_patient(given.get("resource")), certain, min(int(str(count)), match.LOOKED_AT))


_OPTIONS = {"resource": "resource", "onlyCertainMatches": "valueBoolean", "count": "valueInteger"}
_WHOLE = re.compile("[0-9]{1,99}")


def _patient(resource: Any) -> dict[str, Any]:
    if not isinstance(resource, dict) or resource.get("resourceType") != "Patient":
        raise _unreadable("There is no Patient that says whom to look for.", "Parameters.parameter")
    return {k: v for k, v in resource.items() if k not in PICTURES}
