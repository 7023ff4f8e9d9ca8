"""Pages of a result: size, place, signed tokens, the Bundle of one page."""

import base64
import hashlib
import hmac
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from gateway.disclose.view import View
from gateway.errors import UsageError, error
from gateway.jsontext import dumps
from gateway.opened import Gate

PAGE, MOST = 100, 1000
_WHOLE = re.compile("[0-9]{1,99}")


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a result that one page shows. `change` pins the facts, never the decision: a revocation bites."""

    count: int
    offset: int = 0
    change: int = 0

    def pinned(self, views: Sequence[View]) -> "Window":
        """The first page pins what these views hold."""
        return self if self.change else replace(self, change=max((v.change for v in views), default=0))


ALL = Window(sys.maxsize)


def size(options: Mapping[str, str]) -> int:
    """How many resources a page shows: `_count`, at most MOST. Raises UsageError."""
    count = options.get("_count", str(PAGE))
    if not _WHOLE.fullmatch(count):
        raise UsageError(error("search-value", "_count is not a number of resources.", "_count", "Write _count=50."))
    return min(int(count), MOST)


def total(options: Mapping[str, str]) -> None:
    """Raises UsageError for a `_total` that FHIR does not know; of the others each is answered with the number."""
    if options.get("_total", "none") not in ("none", "estimate", "accurate"):
        raise UsageError(error("search-value", "_total is not one that FHIR knows.", "_total",
                               "Write none, estimate or accurate."))


def window(gate: Gate, options: Mapping[str, str]) -> Window:
    """Page size and place; a page token is signed, so that nobody walks beyond what they were given."""
    count = size(options)
    if "_page" not in options:
        return Window(count)
    place = _opened_token(gate, options["_page"])
    if place is None:
        raise UsageError(error("search-value", "The page token is not one of ours.", "_page", "Search again."))
    return Window(count, *place)


def _token(gate: Gate, offset: int, change: int) -> str:
    plain = f"{offset}.{change}".encode()
    mac = hmac.digest(gate.home.secret("session"), b"page" + plain, hashlib.sha256)[:9]
    return base64.urlsafe_b64encode(mac + plain).decode().rstrip("=")


def _opened_token(gate: Gate, token: str) -> tuple[int, int] | None:
    try:
        offset, change = map(int, base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[9:].split(b"."))
    except ValueError:
        return None
    return (offset, change) if hmac.compare_digest(_token(gate, offset, change), token.rstrip("=")) else None


def bundle(gate: Gate, path: str, query: Sequence[tuple[str, str]], resources: Sequence[dict[str, Any]], total: int,
           window: Window, included: Sequence[dict[str, Any]] = (), outcomes: Sequence[dict[str, Any]] = (),
           at: str = "", remarks: Sequence[dict[str, Any]] = ()) -> bytes:
    """A searchset without a time stamp: the same view and request give the same bytes.

    included  resources that go with the page's own and are not counted
    outcomes  OperationOutcomes that go with the last page
    remarks   OperationOutcomes that go with this page, whichever it is
    at        the instant of what it shows, for who asks what changed since; "" says none
    """
    base = f"{gate.home.base_url}/fhir/{path}"
    links = [{"relation": "self", "url": f"{base}?{urlencode(list(query))}" if query else base}]
    after = window.offset + window.count
    last = after >= total or not window.count
    if not last:
        following = [*((k, v) for k, v in query if k != "_page"), ("_page", _token(gate, after, window.change))]
        links.append({"relation": "next", "url": f"{base}?{urlencode(following)}"})
    entries = [{"fullUrl": f"{gate.home.base_url}/fhir/{r['resourceType']}/{r['id']}", "resource": r,
                "search": {"mode": mode}} for mode, rs in (("match", resources), ("include", included)) for r in rs]
    entries += [{"resource": r, "search": {"mode": "outcome"}} for r in (*remarks, *(outcomes if last else ()))]
    bundle: dict[str, Any] = {"resourceType": "Bundle", **({"meta": {"lastUpdated": at}} if at else {}),
                              "type": "searchset", "total": total, "link": links}
    return dumps({**bundle, "entry": entries} if entries else bundle).encode()
