"""Identity review behind the page: /api/review. A bearer token, a role whose work it is, JSON in and out; no cookie."""

from typing import Any

from flask import Blueprint, Response, request

from gateway.api.fhir import asked, gate, send, views
from gateway.disclose import queue, review
from gateway.disclose.transfer import Answer, hand_over
from gateway.errors import UsageError, error
from gateway.jsontext import BadJson, dumps, loads
from gateway.pipeline import people

blueprint = Blueprint("review", __name__, url_prefix="/api/review")
KINDS = {"same": "same", "different": "never", "unsure": "unsure"}
LONGEST = 2000


def _json(values: Any) -> bytes:
    return dumps(values, sort=True).encode()


def _body() -> dict[str, str]:
    """The members of the body that are texts. Raises UsageError."""
    try:
        found = loads(request.get_data())
    except BadJson:
        found = None
    if not isinstance(found, dict):
        raise UsageError(error("body-unreadable", "The body is no JSON object; nothing was changed.", "",
                               'Send {"ruling": "same" | "different" | "unsure", "reason": …, "stamp": …}.'))
    return {k: v.strip()[:LONGEST] for k, v in found.items() if isinstance(v, str)}


@blueprint.get("", endpoint="queue")
def page() -> Response:
    """Pairs of records that wait for a human, those in care first."""
    who, count = asked("review"), request.args.get("count", review.PAGE, type=int)
    return send(queue.queue_answer(gate(), views(), who, _json, review.JSON, request.args.get("after", ""), count))


@blueprint.get("/rulings")
def rulings() -> Response:
    """What humans ruled about pairs, newest first."""
    who = asked("review")
    return send(review.history(gate(), views(), who, _json, review.JSON, request.args.get("after", "")))


@blueprint.get("/<a>/<b>")
def case(a: str, b: str) -> Response:
    """One pair: fields side by side, why a human is asked, what would come together."""
    return send(review.case_answer(gate(), views(), asked("review"), a, b, _json, review.JSON))


@blueprint.post("/<a>/<b>")
def rule(a: str, b: str) -> Response:
    """Rule that a pair is one person, is not, or cannot be told; its stamp says what was seen."""
    who, said = asked("review"), _body()
    found = review.case(gate(), views(), who, a, b)
    kind, reason = KINDS.get(said.get("ruling", ""), ""), said.get("reason", "")
    if problem := review.obstacle(found, kind, reason, said.get("stamp", "")):
        raise UsageError(error("ruling-refused", problem, "", "GET the case again and send its stamp."))
    done = people.rule(gate(), kind, str(found.a.ref), str(found.b.ref), who.request.user, reason, seen=found.change)
    answer = Answer(200, _json({"schema": "gateway.review-ruling/1", **done}), review.JSON)
    return send(hand_over(gate(), who, answer, found.views))


@blueprint.post("/undo/<ruling>")
def undo(ruling: str) -> Response:
    """Undo a ruling, with a reason."""
    who, said = asked("review"), _body()
    found = review.ruled(gate(), views(), who, ruling)
    if not said.get("reason"):
        raise UsageError(error("ruling-refused", "An undo needs its reason; nothing was changed.", "reason", ""))
    done = people.undo(gate(), ruling, who.request.user, said["reason"], seen=found.change)
    answer = Answer(200, _json({"schema": "gateway.review-undo/1", **done}), review.JSON)
    return send(hand_over(gate(), who, answer, found.views))
