"""The four faces, server-rendered, without script. Doors only: who asks, one call of the corridor, send."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request

from gateway.disclose import console, pages
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.errors import GatewayError, IntegrityError, NotAllowed, UsageError, error
from gateway.opened import Gate
from gateway.policy.request import Request
from gateway.summary.plain import plain
from gateway.web import session

blueprint = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
NOWHERE = ("case-unknown", "assertion-unknown")
FIND = ("identifier", "family", "given", "birthdate")


def gate() -> Gate:
    return current_app.config["GATE"]


def views() -> Any:
    return current_app.config["VIEWS"]


def asked(*faces: str) -> Asked:
    """Who asks; whoever is turned away is logged. Raises NotAllowed when not signed in as one of these faces."""
    g.asked = Asked(Request(), "page", f"GET {request.full_path.rstrip('?')}")
    g.asked = replace(g.asked, request=session.reader(gate(), request.cookies.get(session.COOKIE, ""), faces))
    return g.asked


def rendered(template: str, **more: Any) -> Callable[[Mapping[str, Any]], bytes]:
    """A renderer to bytes; no text of a source turns around or hides what stands behind it."""
    return lambda values: plain(render_template(template, **values, **more)).encode()


@blueprint.app_context_processor
def _signed_in() -> dict[str, bool]:
    """Whether the page is for somebody who can sign out."""
    return {"signed_in": "asked" in g and bool(g.asked.request.role)}


def send(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))


def message(status: int, **values: str) -> Response:
    """A page that says what happened and what to do next, and nothing about anybody."""
    return refused(status, rendered("message.html")({"heading": "", "message": "", "hint": "", **values}))


def refused(status: int, body: bytes) -> Response:
    """A page for whoever was turned away, logged before it leaves."""
    answer = Answer(status, body, pages.HTML)
    return send(hand_over(gate(), g.asked, answer, (), "refused") if "asked" in g else answer)


@blueprint.errorhandler(NotAllowed)
def not_allowed(e: NotAllowed) -> Response:
    known = e.issue.code == "sign-in"
    return message(401 if known else 403, heading="Please sign in" if known else "Not allowed", message=e.issue.message,
                   hint=e.issue.hint)


@blueprint.errorhandler(GatewayError)
def failed(e: GatewayError) -> Response:
    if isinstance(e, IntegrityError):
        g.pop("asked", None)          # a log that cannot be written cannot take this either
    status = (404 if e.issue.code in NOWHERE else 400) if isinstance(e, UsageError) else 503
    return message(status, heading="Error: this did not work", message=e.issue.message, hint=e.issue.hint)


@blueprint.get("/signin")
def signin() -> Any:
    if request.method == "HEAD":                 # a look at where a link leads does not use it up
        return Response(mimetype="text/html")
    body = session.opened(gate(), request.args.get("key", ""))
    if body is None or body["nonce"] == "session" or not session.take(gate(), body):
        return message(401, heading="This link no longer works", message="It was used already, or it is over.",
                       hint="make serve prints new ones.")
    response = redirect(session.HOME[body["face"]])
    response.set_cookie(session.COOKIE, session.session(gate(), body), max_age=session.SESSION_SECONDS, httponly=True,
                        samesite="Lax", secure=gate().home.base_url.startswith("https:"))
    return response


@blueprint.get("/signout")
def signout() -> Response:
    asked(*session.FACES)
    token = session.form_token(gate(), request.cookies.get(session.COOKIE, ""))
    return Response(rendered("signout.html", token=token)({}), mimetype="text/html")


@blueprint.post("/signout")
def signed_out() -> Response:
    asked(*session.FACES)
    ours()
    session.end(gate(), request.cookies.get(session.COOKIE, ""))
    values = {"heading": "You are signed out", "message": "This browser shows no record any more.", "hint": ""}
    response = Response(rendered("message.html")(values), mimetype="text/html", headers={"Clear-Site-Data": '"cache"'})
    response.delete_cookie(session.COOKIE)
    return response


def ours() -> None:
    """Raises NotAllowed for a form that no page of this session made."""
    if not session.own_form(gate(), request.cookies.get(session.COOKIE, ""), request.form.get("token", "")):
        raise NotAllowed(error("form-token", "This form did not come from a page of yours; nothing was changed.", "",
                               "Open the page again and send it from there."))


@blueprint.get("/")
def find() -> Any:
    wanted, who = {k: request.args.get(k, "").strip() for k in FIND}, asked("clinician")
    try:
        return send(pages.find(gate(), views(), who, wanted, rendered("find.html")))
    except UsageError as e:
        values = {"asked": wanted, "searched": False, "people": [], "problem": f"{e.issue.message} {e.issue.hint}"}
        return refused(400, rendered("find.html")(values))


@blueprint.get("/record/<person>")
def record(person: str) -> Response:
    return send(pages.record(gate(), views(), asked("clinician"), person, rendered("record.html"),
                             rendered("message.html"), bool(request.args.get("all"))))


@blueprint.get("/record/<person>/why/<path:reference>")
def why(person: str, reference: str) -> Response:
    return send(pages.why(gate(), views(), asked("clinician"), person, reference, rendered("why.html"),
                          rendered("message.html")))


@blueprint.get("/record/<person>/document/<path:reference>")
def document(person: str, reference: str) -> Response:
    return send(pages.document(gate(), views(), asked("clinician"), person, reference, rendered("document.html"),
                               rendered("message.html")))


@blueprint.get("/record/<person>/file/<number>/<path:reference>")
def file(person: str, number: str, reference: str) -> Response:
    return send(pages.file(gate(), views(), asked("clinician"), person, reference, number, rendered("message.html")))


@blueprint.get("/me")
def me() -> Response:
    who = asked("patient")
    return send(pages.record(gate(), views(), who, who.request.patient, rendered("me.html"), rendered("message.html"),
                             bool(request.args.get("all"))))


@blueprint.get("/me/why/<path:reference>")
def my_why(reference: str) -> Response:
    who = asked("patient")
    return send(pages.why(gate(), views(), who, who.request.patient, reference, rendered("why.html", own=True),
                          rendered("message.html")))


@blueprint.get("/me/document/<path:reference>")
def my_document(reference: str) -> Response:
    who = asked("patient")
    return send(pages.document(gate(), views(), who, who.request.patient, reference,
                               rendered("document.html", own=True), rendered("message.html")))


@blueprint.get("/me/file/<number>/<path:reference>")
def my_file(number: str, reference: str) -> Response:
    who = asked("patient")
    return send(pages.file(gate(), views(), who, who.request.patient, reference, number, rendered("message.html")))


@blueprint.get("/it")
def it() -> Response:
    asked("it")
    return Response(rendered("it.html")(console.it(gate())), mimetype="text/html")


@blueprint.get("/audit")
def audit() -> Response:
    wanted = {k: request.args.get(k, "").strip() for k in console.FIELDS}
    before = request.args.get("before", 0, type=int)
    return send(console.audit(gate(), asked("audit"), wanted, before, rendered("audit.html")))


@blueprint.get("/audit/<int:entry>")
def transfer(entry: int) -> Response:
    return send(console.transfer(gate(), asked("audit"), entry, rendered("transfer.html"), rendered("message.html")))
