"""POST [Type]/$validate: a resource against FHIR R4 4.0.1, as `gateway validate` says it. Nothing is stored or read."""

from flask import Blueprint, Response, request

from gateway.api.fhir import asked, known
from gateway.errors import Issue, error
from gateway.fhir.outcome import outcome
from gateway.fhir.reader import read
from gateway.fhir.validate import validate
from gateway.jsontext import dumps

blueprint = Blueprint("checking", __name__, url_prefix="/fhir")


@blueprint.post("/<type>/$validate")
def validate_resource(type: str) -> Response:
    """Check a resource, bare or as `resource` of Parameters, JSON or XML; the outcome says what is wrong and where."""
    asked("validate")
    known(type)
    return Response(dumps(outcome(_issues(type, request.get_data()))), mimetype="application/fhir+json")


def _issues(type: str, data: bytes) -> list[Issue]:
    found = list(read(data))
    if len(found) > 1:
        return [error("body-unreadable", "The body holds several resources; none was checked.", "", "Send one.")]
    resource = found[0]
    if isinstance(resource, Issue):
        return [resource]
    if type != "Parameters" and resource.get("resourceType") == "Parameters":
        parts = resource.get("parameter")
        given = [p["resource"] for p in parts if isinstance(p, dict) and p.get("name") == "resource"
                 and isinstance(p.get("resource"), dict)] if isinstance(parts, list) else []
        if len(given) != 1:
            return [error("body-unreadable", "The Parameters have no resource, or several; none was checked.",
                          "Parameters.parameter", "Give one parameter with the name resource.")]
        (resource,) = given
    if (stated := resource.get("resourceType")) != type:
        return [error("fhir-resource-type", f"The path says {type}, the resource {str(stated)[:64]!r}; it was not "
                      "checked.", "resourceType", "Send it to the path of its type.")]
    return validate(resource)
