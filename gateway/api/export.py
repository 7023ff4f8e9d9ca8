"""Bulk export over HTTP: $export, its status, its pages (Bulk Data Access 2/3)."""

import secrets

from flask import Blueprint, Response, request

from gateway.api.fhir import asked, gate, lenient, query, send
from gateway.disclose import export
from gateway.errors import UsageError, error
from gateway.jsontext import BadJson, loads

blueprint = Blueprint("export", __name__, url_prefix="/fhir")


@blueprint.route("/$export", methods=["GET", "POST"], endpoint="start")
@blueprint.route("/Patient/$export", methods=["GET", "POST"], endpoint="start")
def kick_off() -> Response:
    """Ask for an export of all visible records: 202, and where to ask after it (`Content-Location`)."""
    who = asked("export", *export.FORMATS)
    return send(export.start(gate(), who, export.wanted([*query(), *_posted()], lenient()), secrets.token_hex(16)))


def _posted() -> list[tuple[str, str]]:
    """The parameters of a posted Parameters resource. Raises UsageError."""
    if request.method != "POST" or not request.data:
        return []
    try:
        parts = loads(request.data)["parameter"]
        return [(str(p["name"]), str(next(v for k, v in p.items() if k.startswith("value")))) for p in parts]
    except (BadJson, KeyError, TypeError, StopIteration, AttributeError) as e:
        raise UsageError(error("body-unreadable", "The body is no Parameters resource with values.", "",
                               "Send {resourceType: Parameters, parameter: [{name, value…}]}.")) from e


@blueprint.get("/$export/<id>")
def status(id: str) -> Response:
    """How far an export is: 202 while it is made, 200 with the manifest when it is whole."""
    return send(export.status(gate(), asked("export", *export.FORMATS), id))


@blueprint.delete("/$export/<id>")
def end(id: str) -> Response:
    """End an export; its pages are gone."""
    return send(export.end(gate(), asked("export", *export.FORMATS), id))


@blueprint.get("/$export/<id>/<name>")
def fetch(id: str, name: str) -> Response:
    """One page of an export, NDJSON."""
    return send(export.fetch(gate(), asked("export", *export.FORMATS), id, name))
