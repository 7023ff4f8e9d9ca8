"""A small FHIR server on a real socket: search by _lastUpdated, sorting, paging, and whatever goes wrong."""

import json
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Resource = dict[str, Any]


def patient(id: str, updated: str, family: str = "Lind") -> Resource:
    return {"resourceType": "Patient", "id": id, "meta": {"versionId": "1", "lastUpdated": updated},
            "name": [{"family": family}]}


def serve(server: HTTPServer, base: str, entries: list[dict[str, Any]], sorts: bool = True) -> str:
    """Serve Bundle entries below `base`; gives the base's URL. `_count` is heeded, pages are offsets."""

    def search(request: Request) -> Response:
        type = request.path.rpartition("/")[2]
        since = request.args.get("_lastUpdated", "ge")[2:]
        chosen = [e for e in entries if _type(e) == type and _updated(e) >= since]
        if sorts and "_sort" in request.args:
            chosen.sort(key=_updated)
        size, start = int(request.args["_count"]), int(request.args.get("offset", 0))
        asked = "&".join(f"{k}={v}" for k, v in request.args.items(multi=True)
                         if k != "offset" and (sorts or k != "_sort"))
        links = [{"relation": "self", "url": f"{request.base_url}?{asked}"}]
        if start + size < len(chosen):
            links.append({"relation": "next", "url": f"{request.base_url}?{asked}&offset={start + size}"})
        return fhir({"resourceType": "Bundle", "type": "searchset", "link": links,
                     "entry": chosen[start:start + size]})

    for type in {_type(e) for e in entries} | {"Patient", "Basic"}:
        server.expect_request(f"{base}/{type}").respond_with_handler(search)
    return server.url_for(base)


def fhir(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/fhir+json")


def _type(entry: dict[str, Any]) -> str:
    return str(entry.get("resource", {}).get("resourceType", "Patient"))


def _updated(entry: dict[str, Any]) -> str:
    for extension in entry.get("extension", ()):
        for part in extension["extension"]:
            if part["url"] == "changed":
                return str(part["valueInstant"])
    return str(entry.get("resource", {}).get("meta", {}).get("lastUpdated", "2026-01-01T00:00:02Z"))
