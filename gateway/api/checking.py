"""POST [Type]/$validate: a resource against FHIR R4 4.0.1, as `gateway validate` says it. Nothing is stored or read."""

from collections.abc import Iterable, Sequence

from flask import Blueprint, Response, request

from gateway.api.fhir import asked, known
from gateway.errors import Issue, error
from gateway.fhir.outcome import outcome
from gateway.fhir.reader import read
from gateway.fhir.validate import validate
from gateway.jsontext import dumps

blueprint = Blueprint("checking", __name__, url_prefix="/fhir")


BASE = "http://hl7.org/fhir/StructureDefinition/"
MODES = ("create", "update", "profile")


@blueprint.post("/<type>/$validate")
def validate_resource(type: str) -> Response:
    """Check a resource, bare or as `resource` of Parameters, JSON or XML; the outcome says what is wrong and where.

    `profile` may name R4's own definition of the type; any other is an error of the outcome.
    """
    asked("validate")
    known(type)
    return Response(dumps(outcome(_issues(type, request.get_data(), list(request.args.items(multi=True))))),
                    mimetype="application/fhir+json")


def _asked_for(type: str, given: Iterable[tuple[str, str]]) -> list[Issue]:
    """What is asked for beside the check against R4 and cannot be done."""
    out = []
    for name, value in given:
        if name == "profile" and value.partition("|")[0] != f"{BASE}{type}":
            out.append(error("profile-unknown", f"Not checked against {value[:200]!r}: only R4 4.0.1 itself is known "
                             "here.", "profile", f"Leave it out, or ask for {BASE}{type}."))
        elif name == "mode" and value not in MODES:
            out.append(error("search-value", f"The mode {value[:40]!r} is not known.", "mode",
                             f"Known: {', '.join(MODES)}."))
        elif name not in ("profile", "mode", "_format", "_pretty"):
            out.append(error("search-parameter", f"$validate knows no parameter {name[:64]!r}.", name[:64],
                             "Known: mode, profile."))
    return out


def _issues(type: str, data: bytes, given: Sequence[tuple[str, str]]) -> list[Issue]:
    found = list(read(data))
    if len(found) > 1:
        return [error("body-unreadable", "The body holds several resources; none was checked.", "", "Send one.")]
    resource = found[0]
    if isinstance(resource, Issue):
        return [resource]
    if type != "Parameters" and resource.get("resourceType") == "Parameters":
        listed = resource.get("parameter")
        parts = [p for p in listed if isinstance(p, dict)] if isinstance(listed, list) else []
        checked = [p["resource"] for p in parts if p.get("name") == "resource" and isinstance(p.get("resource"), dict)]
        if len(checked) != 1:
            return [error("body-unreadable", "The Parameters have no resource, or several; none was checked.",
                          "Parameters.parameter", "Give one parameter with the name resource.")]
        (resource,) = checked
        given = [*given, *((str(p.get("name")), str(v)) for p in parts if p.get("name") != "resource"
                           for k, v in p.items() if k.startswith("value"))]
    if (stated := resource.get("resourceType")) != type:
        return [error("fhir-resource-type", f"The path says {type}, the resource {str(stated)[:64]!r}; it was not "
                      "checked.", "resourceType", "Send it to the path of its type.")]
    return [*_asked_for(type, given), *validate(resource)]
