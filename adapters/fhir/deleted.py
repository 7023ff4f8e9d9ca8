"""Deletions that a FHIR source tells: entries of a history, a transaction or an answer whose request was DELETE.

R4 http.html#history: such an entry has no resource; `request.url` names what was deleted, `response.etag` the version
that the deletion made, `response.lastModified` when. One that we found ourselves, because the source tells none, says
when in an extension, and speaks of what was held: so what the source makes anew stands, however its clock goes.
"""

import re
from collections.abc import Iterator
from typing import Any

from adapters.fhir.tree import Entry
from gateway.errors import Issue, Severity
from gateway.sdk import RECONCILED, Assertion, Held, canonical

_NAMED = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history(?:/[^/]*)?)?")
_ETAG = re.compile(r'(?:W/)?"(.+)"')
_FOUND = "urn:throughline:found-gone"


def is_deletion(entry: Entry) -> bool:
    """Does the entry say that something was deleted?"""
    return _part(entry, "request").get("method") == "DELETE"


def deletions(tree: tuple[Entry, ...]) -> Iterator[Assertion]:
    """What the entries say was deleted: what is not newer than the version and time of the deletion ends."""
    for entry in filter(is_deletion, tree):
        if named := _named(entry):
            body = {"type": named[1], "id": named[2], **_when(entry), "reason": "deleted at its source"}
            found = {"by": RECONCILED, "at": at, "reason": "no longer at its source"} if (at := _found(entry)) else {}
            yield Assertion("retract", {**body, **found})


def found_gone(held: Held, url: str, status: int, now: str) -> bytes:
    """The entry that says of something held that its server answered 404 or 410 when it was asked for it by `url`."""
    when = {"lastModified": held.asserted} if held.asserted else {"etag": f'W/"{held.version}"'} if held.version else {}
    return canonical({"extension": [{"url": _FOUND, "valueInstant": now}], "fullUrl": url, "request": {
        "method": "DELETE", "url": held.key}, "response": {"status": str(status), **when}})


def remarks(tree: tuple[Entry, ...]) -> Iterator[Issue]:
    """Deletions that are not understood, and those that end all that was ever said."""
    for entry in filter(is_deletion, tree):
        if not _named(entry):
            yield Issue("fhir-deletion-unnamed", Severity.error, "A deletion does not name the resource by its id, so "
                        "nothing was deleted.", f"{entry.where or 'entry'}: request.url",
                        "Ask the organisation for the ids of what it deleted.")
        elif not _when(entry) and not _found(entry):
            yield Issue("fhir-deletion-undated", Severity.warning, "A deletion says neither its version nor its time: "
                        "all that this source says of the resource ends, what it may say later too.",
                        f"{entry.where or 'entry'}: response", "Ask it to send response.lastModified.")


def _named(entry: Entry) -> re.Match[str] | None:
    url = _part(entry, "request").get("url") or entry.around.get("fullUrl") or ""
    return _NAMED.fullmatch(str(url))


def _when(entry: Entry) -> dict[str, Any]:
    response = _part(entry, "response")
    etag = _ETAG.fullmatch(str(response.get("etag", "")))
    at = response.get("lastModified") or entry.at
    return {**({"version": etag[1]} if etag else {}), **({"asserted": str(at)} if at else {})}


def _found(entry: Entry) -> str:
    said = entry.around.get("extension")
    return next((str(e.get("valueInstant")) for e in (said if isinstance(said, list) else ())
                 if isinstance(e, dict) and e.get("url") == _FOUND), "")


def _part(entry: Entry, name: str) -> dict[str, Any]:
    value = entry.around.get(name)
    return value if isinstance(value, dict) else {}
