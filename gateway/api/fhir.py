"""FHIR R4 REST, read-only: the merged view under /fhir, the facts under /fhir/source."""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, request
from werkzeug.routing import BaseConverter

from gateway.api import body
from gateway.api.again import MADE
from gateway.api.capability import capability
from gateway.api.parameters import with_body
from gateway.disclose import answers, feed
from gateway.disclose.transfer import LENIENT, Answer, Asked
from gateway.errors import UsageError, error
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.xml_out import TYPE, xml
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.policy.request import Request


class _Id(BaseConverter):
    """An id in a path. What begins with `$` is an operation: called by a method that it has not, it is answered 405."""

    regex = "[^/$][^/]*"


blueprint = Blueprint("fhir", __name__, url_prefix="/fhir")
blueprint.record_once(lambda state: state.app.url_map.converters.update(id=_Id))
READ = ["GET"]
WRITE = ["POST", "PUT", "PATCH", "DELETE"]
FORM_TYPES, MAX_FORM = ("application/x-www-form-urlencoded", "multipart/form-data"), 1 << 20


def gate() -> Gate:
    """The opened home of this application."""
    return current_app.config["GATE"]


def asked(action: str, *more: str) -> Asked:
    """Who asks for what; who is turned away from now on is logged. Raises NotAllowed without a good token.

    more  forms of answers that this route speaks beside JSON and XML
    """
    if request.mimetype in FORM_TYPES:
        request.max_content_length = MAX_FORM
    g.asked = Asked(Request(), action, _text())
    _form(more)
    reader, jti = current_app.config["TOKENS"].request(request.headers.get("Authorization"))
    g.asked = Asked(reader, action, _text(), jti)
    return g.asked


def _text() -> str:
    """The request as the log keeps it and caches name it: with what a form asks for."""
    form = urlencode(list(request.form.items(multi=True)))
    told = [form] if form else []
    if _wanted() == "xml" and not _named():
        told.append("_format=xml")                                   # the answer depends on it, so it is told
    address = f'{request.full_path.rstrip("?")}{"#" if told else ""}' + "&".join(told)
    return f"{request.method} {address}{LENIENT if lenient() else ''}"


_JSON = body.JSON | {"", "*/*", "application/*", "text/html", "json", "application/fhir json"}
_XML = body.XML | {"xml", "application/fhir xml"}
_WEIGHT = re.compile(r"[01](\.\d{0,3})?")


def _wanted(more: Collection[str] = ()) -> str:
    """`json` or `xml`, whichever of the forms that are accepted is wanted most; "" where we speak none of them.

    more  forms that the route speaks beside these
    """
    given = _named()
    wanted = sorted((_range(given or r) for r in request.headers.get("Accept", "").split(",")), key=lambda r: -r[1])
    return next(("xml" if name in _XML else "json" for name, weight, fits in wanted
                 if weight and fits and name in {*_JSON, *_XML, *more}), "")


def lenient() -> bool:
    """Does the client prefer an answer that passes over what is not known? (RFC 7240; REST-05)"""
    told = (part.partition(";")[0] for header in request.headers.getlist("Prefer") for part in header.split(","))
    return any(t.replace(" ", "").replace('"', "").lower() == "handling=lenient" for t in told)


def _named() -> str:
    """The form that `_format` names; of several the last, as the log reads it."""
    return next(reversed(request.values.getlist("_format")), "")


def _range(text: str) -> tuple[str, float, bool]:
    """A media range: its name, its weight, and whether its `fhirVersion` is ours (RFC 9110, 12.5.1)."""
    name, *parts = (p.strip() for p in text.lower().split(";"))
    said = dict(p.split("=", 1) for p in parts if "=" in p)
    weight = said.get("q", "1")
    return name, float(weight) if _WEIGHT.fullmatch(weight) else 1.0, bool(
        body.VERSION.fullmatch(said.get("fhirversion", "4.0").strip('"')))


def _form(more: Collection[str] = ()) -> None:
    """Raises UsageError for a form that we do not speak (406)."""
    if not _wanted(more):
        raise UsageError(error("format-unknown", "FHIR 4.0 in JSON and XML is spoken here.", "_format or Accept",
                               "Ask for application/fhir+json or application/fhir+xml."))


def send(answer: Answer) -> Response:
    """An answer of the corridor as a response; an unchanged one is 304."""
    if answer.made and "asked" in g:
        request.environ[MADE] = (g.asked.action, g.asked.text, answer.scopes, answer.made)
    etag, held = answer.headers.get("ETag"), request.if_none_match
    if etag and answer.status == 200 and (held.star_tag or held.contains_weak(etag.removeprefix("W/").strip('"'))):
        return Response(status=304, headers=dict(answer.headers))
    return Response(answer.body, answer.status, dict(answer.headers))


def known(type: str) -> None:
    """Raises UsageError for what is no resource type."""
    if type not in ELEMENTS.resources:
        raise UsageError(error("resource-type", f"There is no resource type {type[:64]!r}.", "", "Check the path."))


def query() -> list[tuple[str, str]]:
    """Parameters of the URL, and of the form of a POST search."""
    form = request.form.items(multi=True) if request.method == "POST" else ()
    return [*request.args.items(multi=True), *form]


def views() -> Any:
    return current_app.config["VIEWS"]


@blueprint.get("/metadata")
def metadata() -> Response:
    """What the merged view supports: a CapabilityStatement."""
    _form()
    body = capability(gate().home.base_url)
    if Asked(Request(), "metadata", _text()).xml:
        return Response(xml(body), content_type=TYPE)
    return Response(dumps(body), mimetype="application/fhir+json")


@blueprint.get("/.well-known/smart-configuration")
def smart() -> Response:
    """Where tokens come from and which scopes there are (SMART App Launch)."""
    base = gate().home.base_url
    body = {"issuer": base, "jwks_uri": f"{base}/.well-known/jwks.json",
            "scopes_supported": ["user/*.rs", "patient/*.rs", "system/*.rs"],
            "capabilities": ["permission-v1", "permission-v2", "permission-user", "permission-patient"]}
    return Response(dumps(body), mimetype="application/json")


@blueprint.get("/<type>/<id:id>")
def read(type: str, id: str) -> Response:
    """One resource of the merged view, as this reader sees it."""
    who = asked("read")
    known(type)
    return send(answers.read(gate(), views(), who, type, id, query()))


@blueprint.get("/<type>/<id>/_history")
@blueprint.get("/<type>/<id>/_history/<version>")
def history(type: str, id: str, version: str = "") -> Response:
    """The current version of one resource, or that version by its id."""
    who = asked("history")
    known(type)
    return send(answers.history(gate(), views(), who, type, id, version, query()))


@blueprint.get("/<type>")
def search(type: str) -> Response:
    """A search of the merged view; an unknown parameter is refused."""
    who = asked("search")
    known(type)
    return send(answers.find(gate(), views(), who, type, query()))


@blueprint.post("/<type>/_search")
def search_post(type: str) -> Response:
    """The same search, its parameters in a form."""
    who = _by_form("search")
    known(type)
    return send(answers.find(gate(), views(), who, type, query()))


def _by_form(action: str) -> Asked:
    """Who searches by a form. Raises UsageError for a body that would not be read."""
    who = asked(action)
    if request.content_length and request.mimetype not in FORM_TYPES:
        raise UsageError(error("http-415", "The parameters of a search come in a form; this body was not read.",
                               "Content-Type", "Send application/x-www-form-urlencoded."))
    return who


@blueprint.post("/Patient/<id>/$everything", endpoint="everything_post")
@blueprint.get("/Patient/<id>/$everything")
def everything(id: str) -> Response:
    """A person's whole record; `_count` pages it, `_type`, `_since`, `start` and `end` narrow it.

    `_provenance=true` adds where each value came from.
    """
    who, given = with_body(asked("everything"))
    return send(answers.everything(gate(), views(), who, id, given))


@blueprint.get("/<type>/<id>/$provenance")
def provenance(type: str, id: str) -> Response:
    """Where each element of one resource came from."""
    who = asked("provenance")
    known(type)
    return send(answers.provenance(gate(), views(), who, type, id, query()))


@blueprint.get("/source")
def sources() -> Response:
    """The sources whose facts can be pulled."""
    return send(feed.sources(gate(), views(), asked("feed")))


@blueprint.get("/source/<name>/<type>")
def facts(name: str, type: str) -> Response:
    """Facts of one source under their own ids, changed since `_lastUpdated`."""
    who = asked("feed")
    known(type)
    return send(feed.search(gate(), views(), who, name, type, query()))


@blueprint.post("/source/<name>/<type>/_search")
def facts_post(name: str, type: str) -> Response:
    """The same search, its parameters in a form."""
    who = _by_form("feed")
    known(type)
    return send(feed.search(gate(), views(), who, name, type, query()))


@blueprint.get("/source/<name>/<type>/_history")
def facts_history(name: str, type: str) -> Response:
    """All facts of one source and type, in the order in which they arrived, changed since `_since`."""
    who = asked("feed")
    known(type)
    return send(feed.search(gate(), views(), who, name, type, query(), "history"))


@blueprint.get("/source/<name>/<type>/<id>/_history")
def fact_history(name: str, type: str, id: str) -> Response:
    """The versions of one fact, newest first."""
    who = asked("feed")
    known(type)
    return send(feed.history(gate(), views(), who, name, type, id, query()))


@blueprint.get("/source/<name>/<type>/<id>")
@blueprint.get("/source/<name>/<type>/<id>/_history/<version>")
def fact(name: str, type: str, id: str, version: str = "") -> Response:
    """One fact as its source asserted it."""
    who = asked("feed")
    known(type)
    return send(feed.read(gate(), views(), who, name, type, id, version, query()))
