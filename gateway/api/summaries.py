"""The patient summary: Patient/{id}/$summary and Patient/$summary?identifier= (IPS-12)."""

from flask import Blueprint, Response

from gateway.api.fhir import asked, gate, send, views
from gateway.api.parameters import with_body
from gateway.disclose import summaries

blueprint = Blueprint("summaries", __name__, url_prefix="/fhir")


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
    who, given = with_body(asked("summary"))
    return send(summaries.summary(gate(), views(), who, id, given))
