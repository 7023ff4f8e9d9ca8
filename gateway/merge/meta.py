"""What is kept of `meta`: security labels, the strictest confidentiality of all members (MRG-12), and tags."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.jsontext import canonical
from gateway.merge.body import Body, items, obj, text

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_STRICTER = ("U", "L", "M", "N", "R", "V")


def meta(bodies: Iterable[Body]) -> dict[str, Any]:
    """The merged `meta`, without what a server writes (versionId, lastUpdated) and without claims to profiles.

    That one source told a part only (SUBSETTED) makes no part of what another told whole.
    """
    listed = [obj(b, "meta") for b in bodies]
    labels = _distinct(c for m in listed for c in items(m, "security"))
    strictest = sorted((c for c in labels if _rank(c) >= 0), key=lambda c: (_rank(c), canonical(c)))[-1:]
    kept = [c for c in labels if _rank(c) < 0] + strictest
    tags = [_distinct(items(m, "tag")) for m in listed]
    whole = any(not any(_part(c) for c in found) for found in tags)
    found = {"security": sorted(kept, key=canonical),
             "tag": _distinct(c for found in tags for c in found if not (whole and _part(c)))}
    sources = {text(m, "source") for m in listed} - {""}
    out: dict[str, Any] = {"source": sources.pop()} if len(sources) == 1 else {}
    return out | {name: values for name, values in found.items() if values}


def _rank(coding: Mapping[str, Any]) -> int:
    code = text(coding, "code")
    return _STRICTER.index(code) if text(coding, "system") == CONFIDENTIALITY and code in _STRICTER else -1


def _part(coding: Any) -> bool:
    return isinstance(coding, Mapping) and coding.get("code") == "SUBSETTED"


def _distinct(codings: Iterable[Any]) -> list[Any]:
    distinct = {canonical(c): c for c in codings}
    return [distinct[k] for k in sorted(distinct)]
