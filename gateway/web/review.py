"""Identity review for hospital IT: queue, one pair, rulings and their undoing (faces H-8). Forms only, no script."""

from typing import Any

from flask import Response, request, url_for

from gateway.disclose import queue, review
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.errors import UsageError, error
from gateway.opened import iso
from gateway.pipeline import people
from gateway.summary.dates import age, moment
from gateway.web import session
from gateway.web.pages import asked, blueprint, gate, ours, rendered, send, views

KINDS = {"same": "same", "different": "never", "unsure": "unsure"}
LONGEST = 2000
NO_REASON = "Say why: the reason is kept with the ruling."


def _words(template: str) -> review.Render:
    """A renderer that knows the clock, how to say times, and the token of this session's forms."""
    now = iso(gate().now())
    token = session.form_token(gate(), request.cookies.get(session.COOKIE, ""))
    return rendered(template, token=token, moment=moment, age=lambda at: age(at, now))


def _reason() -> str:
    return request.form.get("reason", "").strip()[:LONGEST]


def _done(who: Asked, found: review.Case, a: str, b: str) -> Response:
    where = url_for("web.review_case", a=a, b=b) + "#rulings"
    return send(hand_over(gate(), who, Answer(303, b"", {"Location": where}), found.views))


@blueprint.get("/it/review")
def review_queue() -> Response:
    who = asked("it")
    return send(queue.queue_answer(gate(), views(), who, _words("review.html"), after=request.args.get("after", "")))


@blueprint.get("/it/review/rulings")
def review_rulings() -> Response:
    who = asked("it")
    return send(review.history(gate(), views(), who, _words("rulings.html"), after=request.args.get("after", "")))


@blueprint.get("/it/review/<a>/<b>")
def review_case(a: str, b: str) -> Response:
    return _case(asked("it"), a, b)


def _case(who: Asked, a: str, b: str, status: int = 200, problem: str = "", **more: Any) -> Response:
    return send(review.case_answer(gate(), views(), who, a, b, _words("case.html"), status=status, problem=problem,
                                   here=(a, b), **more))


@blueprint.post("/it/review/<a>/<b>")
def review_rule(a: str, b: str) -> Response:
    who = asked("it")
    ours()
    kind, reason = KINDS.get(request.form.get("ruling", ""), ""), _reason()
    found = review.case(gate(), views(), who, a, b)
    if problem := review.obstacle(found, kind, reason, request.form.get("stamp", "")):
        return _case(who, a, b, 400 if not reason else 409, problem, typed=reason)
    try:
        people.rule(gate(), kind, str(found.a.ref), str(found.b.ref), who.request.user, reason, seen=found.change)
    except UsageError as e:
        return _case(who, a, b, 409, e.issue.message, typed=reason)
    return _done(who, found, a, b)


@blueprint.post("/it/review/undo/<ruling>")
def review_undo(ruling: str) -> Response:
    who = asked("it")
    ours()
    found = review.ruled(gate(), views(), who, ruling)
    if not _reason():
        raise UsageError(error("ruling-refused", NO_REASON, "reason", "Go back and write one."))
    people.undo(gate(), ruling, who.request.user, _reason(), seen=found.change)
    a, b = review.ids(gate(), found)
    return _done(who, found, a, b)
