"""The four faces, server-rendered, without script. Doors only: who asks, one call of the corridor, send."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request

from gateway.disclose import log, pages
from gateway.disclose.transfer import Answer, Asked
from gateway.errors import NotAllowed
from gateway.opened import Gate
from gateway.web import session

blueprint = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
_once = session.Once()


def gate() -> Gate:
    return current_app.config["GATE"]


def views() -> Any:
    return current_app.config["VIEWS"]


def asked(*faces: str) -> Asked:
    """Who asks. Raises NotAllowed when not signed in as one of these faces."""
    who = session.reader(gate(), request.cookies.get(session.COOKIE, ""), faces)
    return Asked(who, "page", f"GET {request.full_path.rstrip('?')}")


def rendered(template: str) -> pages.Render:
    """A renderer to bytes."""
    return lambda values: render_template(template, **values).encode()


def send(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))


@blueprint.errorhandler(NotAllowed)
def not_allowed(e: NotAllowed) -> tuple[str, int]:
    values: Mapping[str, str] = {"heading": "Please sign in", "message": e.issue.message, "hint": e.issue.hint}
    return render_template("message.html", **values), 401


@blueprint.get("/signin")
def signin() -> Any:
    body = session.opened(gate(), request.args.get("key", ""))
    if body is None or body["nonce"] == "session" or not _once.take(body["nonce"]):
        values = {"heading": "This link no longer works", "message": "It was used already, or it is over.",
                  "hint": "make serve prints new ones."}
        return render_template("message.html", **values), 401
    response = redirect(session.HOME[body["face"]])
    response.set_cookie(session.COOKIE, session.session(gate(), body), max_age=session.SESSION_SECONDS, httponly=True,
                        samesite="Lax", secure=gate().home.base_url.startswith("https:"))
    return response


@blueprint.get("/")
def find() -> Response:
    wanted = {k: request.args.get(k, "").strip() for k in ("identifier", "family", "given", "birthdate")}
    return send(pages.find(gate(), views(), asked("clinician"), wanted, rendered("find.html")))


@blueprint.get("/record/<person>")
def record(person: str) -> Response:
    who = asked("clinician")
    return send(pages.record(gate(), views(), who, person, rendered("record.html"), rendered("message.html")))


@blueprint.get("/record/<person>/why/<path:reference>")
def why(person: str, reference: str) -> Response:
    return send(pages.why(gate(), views(), asked("clinician"), person, reference, rendered("why.html"),
                          rendered("message.html")))


@blueprint.get("/me")
def me() -> Response:
    who = asked("patient")
    return send(pages.record(gate(), views(), who, who.request.patient, rendered("me.html"), rendered("message.html")))


@blueprint.get("/it")
def it() -> Response:
    asked("it")
    return Response(rendered("it.html")(pages.console(gate())), mimetype="text/html")


@blueprint.get("/audit")
def audit() -> Response:
    return send(log.page(gate(), asked("audit"), rendered("audit.html")))
