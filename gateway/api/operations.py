"""What runs the gateway itself: health, readiness, figures, keys."""

from flask import Blueprint, Response, current_app

from gateway.disclose import console
from gateway.errors import GatewayError
from gateway.jsontext import dumps

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Alive."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Ready when store and log can be read and records can be made: not without the terminology of the home."""
    gate = current_app.config["GATE"]
    try:
        console.counts(gate)
        _ = gate.tables
    except GatewayError as e:
        return Response(f"not ready: {e.issue.code}\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counts without patient data, in the text format of Prometheus."""
    gate = current_app.config["GATE"]
    text = "".join(f"# TYPE gateway_{name} counter\ngateway_{name} {n}\n" for name, n in console.counts(gate).items())
    return Response(text, mimetype="text/plain; version=0.0.4")


@blueprint.get("/.well-known/jwks.json")
def jwks() -> Response:
    """The public keys of the built-in issuer (RFC 7517)."""
    return Response(dumps(current_app.config["GATE"].issuer.jwks), mimetype="application/json")
