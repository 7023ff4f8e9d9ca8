"""Where a DocumentReference leads: what it takes the place of, and the Binaries that hold its contents. Where a
Provenance does that names an origin: the copies of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.model import COPIED_FROM

REPLACES, HOLDS = LEADS = ("~replaces", "~holds")         # names of index rows; no search parameter is called so
COPIES = "~copies"
_NAMED = re.compile(r"(?:.*/)?(DocumentReference|Binary)/([^/?#]+)(?:/_history/[^/?#]+)?")


def leads(resource: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(one of LEADS or COPIES, "Type/id") for each; nothing for other types."""
    if resource.get("resourceType") == "Provenance":
        return _copies(resource)
    if resource.get("resourceType") != "DocumentReference":
        return []
    taken = [(REPLACES, _at(r, "target", "reference")) for r in _objects(resource.get("relatesTo"))
             if r.get("code") == "replaces"]
    held = [(HOLDS, _at(c, "attachment", "url")) for c in _objects(resource.get("content"))]
    found = [(how, _NAMED.fullmatch(name)) for how, name in (*taken, *held)]
    return [(how, f"{m[1]}/{m[2]}") for how, m in found if m and (m[1] == "Binary") == (how == HOLDS)]


def _copies(provenance: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not any(e.get("role") in COPIED_FROM for e in _objects(provenance.get("entity"))):
        return []
    named = (t.get("reference") for t in _objects(provenance.get("target")))
    plain = (n.partition("/_history/")[0].split("/") for n in named if isinstance(n, str))
    return [(COPIES, "/".join(n[-2:])) for n in plain if len(n) > 1]


def _at(of: Mapping[str, Any], name: str, inner: str) -> str:
    value = of.get(name)
    text = value.get(inner) if isinstance(value, Mapping) else None
    return text if isinstance(text, str) else ""


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    return (v for v in value if isinstance(v, Mapping)) if isinstance(value, list) else iter(())
