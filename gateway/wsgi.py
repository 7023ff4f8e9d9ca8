"""The Flask application: FHIR on two bases, the pages, operations. Doors only: parse, call one function, send."""

import sys
import uuid
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_cookie

from gateway.api.again import remembering
from gateway.api.auth import Tokens
from gateway.api.checking import blueprint as checking
from gateway.api.export import blueprint as export
from gateway.api.fhir import blueprint as fhir
from gateway.api.matching import blueprint as matching
from gateway.api.openapi import blueprint as openapi
from gateway.api.operations import blueprint as operations
from gateway.api.review import blueprint as review
from gateway.api.summaries import blueprint as summaries
from gateway.api.terminology import blueprint as terminology
from gateway.api.unbuilt import blueprint as unbuilt
from gateway.arriving import timely
from gateway.disclose.answers import JSON, refuse
from gateway.disclose.view import Views
from gateway.errors import Exit, GatewayError, NotAllowed, NotBuilt, UsageError, error
from gateway.fhir.outcome import outcome
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.web.pages import message
from gateway.web.review import blueprint as pages
from gateway.web.session import COOKIE, opened

MAX_BODY = 16 << 20
HEADERS = {
    "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                               "frame-ancestors 'none'; base-uri 'none'",
    "Strict-Transport-Security": "max-age=31536000", "X-Frame-Options": "DENY",
}
BLUEPRINTS = (operations, openapi, terminology, matching, checking, export, summaries, fhir, unbuilt, review,
              pages)
STATUS = {Exit.usage: 400, Exit.not_allowed: 403, Exit.unreachable: 503, Exit.integrity: 503, Exit.configuration: 500,
          Exit.needs_human: 409, Exit.findings: 422}
CODES = {"token-refused": 401, "format-unknown": 406, "not-built": 501, "http-413": 413, "http-415": 415}


def create_app(gate: Gate, views: Views | None = None) -> Flask:
    """The application over an opened home."""
    app = Flask("gateway", static_folder=None)
    views, tokens = views or Views(gate), Tokens(gate)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, GATE=gate, VIEWS=views, TOKENS=tokens)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False            # a redirect would be a page under /fhir, to whatever Host was named
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_error_handler(GatewayError, _gateway_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _defect)
    app.after_request(_headers)
    whole = timely(app.wsgi_app, MAX_BODY, partial(_caller, app))
    app.wsgi_app = remembering(whole, gate, views, tokens)  # type: ignore[method-assign,assignment]
    return app


def _caller(app: Flask, environ: dict[str, Any]) -> str:
    """A name for whoever sends a body: of a good token or a session; "" for anybody else."""
    token, cookie = environ.get("HTTP_AUTHORIZATION", ""), parse_cookie(environ).get(COOKIE, "")
    if cookie and opened(app.config["GATE"], cookie):
        return f"session {cookie}"
    try:
        return f"token {app.config['TOKENS'].request(token)[0].user} {token}"
    except NotAllowed:
        return ""


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if asked := request.headers.get("X-Request-Id"):
        response.headers["X-Request-Id"] = asked[:64]
    return response


def _problem(status: int, *issues: Any) -> Response:
    return Response(dumps(outcome(issues)), status, JSON)


def _gateway_error(e: GatewayError) -> Response:
    status = CODES.get(e.issue.code, STATUS.get(e.exit, 500))
    response = _problem(status, *e.issues)
    if "asked" in g and isinstance(e, (NotAllowed, NotBuilt, UsageError)):
        told = refuse(current_app.config["GATE"], g.asked, status, e)
        response = Response(told.body, told.status, dict(told.headers))
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http_error(e: HTTPException) -> Response:
    status = e.code or 500
    page = not request.path.startswith("/fhir") and request.accept_mimetypes.best_match(
        ("application/json", "text/html")) == "text/html"
    response = message(status, heading=e.name, message="There is no such page here, or it is not opened in this way.",
                       hint="Go back, or open your start page again.") if page else _problem(
        status, error(f"http-{status}", e.name + "."))
    if status == 405 and (allowed := getattr(e, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _defect(e: Exception) -> Response:
    """A defect tells its reference and nothing else; the trace goes to standard error without request data."""
    reference = uuid.uuid4().hex[:12]
    place = e.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
    print(f"defect {reference}: {type(e).__name__} at {where}", file=sys.stderr, flush=True)
    said = f"A defect of the gateway, reference {reference}. Nothing was changed."
    return _problem(500, error("internal-error", said, "", "Report the reference."))
