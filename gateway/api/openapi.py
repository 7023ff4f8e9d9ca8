"""GET /openapi.json: every path that is no page, out of the routes themselves, so that it can promise nothing else.

OpenAPI 3.1. What a route does is its docstring; what the doors take beside the path stands in TAKES.
"""

import re
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Flask, Response, current_app

from gateway.api.fhir import gate
from gateway.jsontext import dumps

blueprint = Blueprint("openapi", __name__)
OPEN = frozenset(("operations.healthz", "operations.readyz", "operations.metrics", "operations.jwks", "openapi.openapi",
                  "fhir.metadata", "fhir.smart"))      # the rest needs a bearer token
PAGES = frozenset(("web", "static"))
_TEXT = {"type": "string"}
_RULING = {"ruling": {"type": "string", "enum": ["same", "different", "unsure"]}, "reason": _TEXT, "stamp": _TEXT}
TAKES: dict[str, dict[str, Any]] = {  # endpoint → parameters of the URL, or members of the JSON body
    "review.queue": {"query": ("after", "count")}, "review.rulings": {"query": ("after",)},
    "review.rule": {"body": _RULING}, "review.undo": {"body": {"reason": _TEXT}},
    "export.start": {"query": ("_type", "_since", "_outputFormat")},
    "fhir.everything": {"query": ("_count", "_page", "_provenance", "_since", "_type", "start", "end")},
    "fhir.facts": {"query": ("_lastUpdated", "_count", "_after")},
    "fhir.facts_history": {"query": ("_since", "_count", "_after")},
    "summaries.summary": {"query": ("profile",)}, "summaries.by_identifier": {"query": ("identifier", "profile")},
    "matching.cross_reference": {"query": ("sourceIdentifier", "targetSystem")},
}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This document (OpenAPI 3.1)."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return Response(dumps(document(app, gate().home.base_url)), mimetype="application/json")


def document(app: Flask, base: str) -> dict[str, Any]:
    """The description of an application that is served at a base URL."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.endpoint.partition(".")[0] not in PAGES:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            told = _operation(rule.endpoint, app.view_functions[rule.endpoint].__doc__ or "", sorted(rule.arguments))
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            paths.setdefault(path, {}).update({m.lower(): told for m in methods})
    return {
        "openapi": "3.1.0", "paths": paths, "servers": [{"url": base}],
        "info": {"title": "throughline", "version": version("throughline"),
                 "description": "FHIR R4 under /fhir (see /fhir/metadata), and what the pages are made of under /api."},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}}}


def _operation(endpoint: str, doc: str, names: list[str]) -> dict[str, Any]:
    takes = TAKES.get(endpoint, {})
    given = [{"name": n, "in": "path", "required": True, "schema": _TEXT} for n in names]
    given += [{"name": n, "in": "query", "schema": _TEXT} for n in takes.get("query", ())]
    fault = {"description": "An OperationOutcome: what happened, where, what to do next.",
             "content": {"application/fhir+json": {}}}
    out: dict[str, Any] = {"tags": [endpoint.partition(".")[0]], "summary": doc.strip().partition("\n")[0],
                           "parameters": given, "responses": {"200": {"description": "As asked."}, "default": fault}}
    if endpoint.startswith("unbuilt."):
        out["responses"] = {"501": fault, "default": fault}
    if endpoint not in OPEN:
        out["security"] = [{"token": []}]
    if body := takes.get("body"):
        schema = {"type": "object", "properties": body, "required": ["reason"]}
        out["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return out
