"""What the contract names and is not built yet: told as such (501), and to nobody who could not use it either."""

from flask import Blueprint, Response

from gateway.api.fhir import asked
from gateway.errors import NotBuilt, error

blueprint = Blueprint("unbuilt", __name__)
_PUSH = "Wire the source in as a folder, as a FHIR server to pull, or over MLLP."
ROUTES = (  # path, methods, what to use instead
    ("/fhir/source/<name>", ("POST",), _PUSH),
    ("/fhir/source/<name>/<type>", ("POST",), _PUSH),
    ("/fhir/source/<name>/<type>/<id>", ("PUT",), _PUSH),
)


def _route(path: str, methods: tuple[str, ...], instead: str) -> None:
    def view(**_: str) -> Response:
        asked("unbuilt")
        told = "This is named by the contract and not built yet. Nothing was done."
        raise NotBuilt(error("not-built", told, "", instead))

    view.__doc__ = f"Not built yet: answers 501. {instead}"
    blueprint.add_url_rule(path, path, view, methods=methods)


for _path, _methods, _instead in ROUTES:
    _route(_path, _methods, _instead)
