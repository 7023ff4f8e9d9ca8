"""Searching a FHIR server: page after page, from where the last pull ended.

A mark is the newest `lastUpdated` that was read of one type, and the ids read at that very instant. The next search
asks for everything since that instant, itself included, and passes over those ids, so that nothing between two pulls
is missed. A server that does not sort, or names no instants, is read again from the last mark.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from adapters.fhir.client import Client, Refused, origin, place
from adapters.fhir.tree import Entry, entries
from adapters.fhir.units import cut
from gateway.errors import BadMessage, error
from gateway.sdk import BadJson, Origin, loads

MAX_PAGES = 10_000
_SAME_INSTANT = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one type was read: an instant as the server writes it, and the ids of that instant."""

    instant: str = ""
    ids: tuple[str, ...] = ()

    def after(self, entry: Entry) -> "Mark":
        """The mark behind one more entry."""
        instant, id = changed(entry), id_of(entry)
        if not instant or not _moment(instant):
            return self
        if instant == self.instant:
            return Mark(instant, (*self.ids, id)[-_SAME_INSTANT:])
        return Mark(instant, (id,)) if not self.instant or _later(instant, self.instant) else self

    def covers(self, entry: Entry) -> bool:
        """Whether the entry was read before the mark was made."""
        return changed(entry) == self.instant and id_of(entry) in self.ids


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a search: its entries as the server wrote them, and its links by relation."""

    entries: tuple[str, ...]
    links: Mapping[Any, Any]

    @property
    def is_sorted(self) -> bool:
        """Whether the server says that it sorted as we asked: its self link names what it heeded."""
        return "_sort=" in str(self.links.get("self"))


@dataclass(frozen=True)
class Search:
    """A search of one type at one base URL; `params` beside those that page and sort."""

    client: Client
    base: str
    type: str
    size: int
    params: Mapping[str, str] = field(default_factory=dict)

    def pages(self, deadline: datetime | None = None) -> Iterator[Page]:
        """Every page. Raises Retry and Fatal as the client does, Refused when the server or a page is not to be had."""
        url, params, seen = f"{self.base}/{self.type}", {**self.params, "_count": str(self.size)}, set[str]()
        while url:
            if url in seen or len(seen) >= MAX_PAGES:
                raise Refused(error("fhir-paging-loop", f"After {len(seen)} pages the server leads back to one that "
                                    "was read, or never ends; the pages so far were taken.", place(url),
                                    "Tell the organisation; the next pull goes on from the last mark."))
            seen.add(url)
            page = _page(self.client.get(url, params, deadline), url)
            yield page
            url, params = self._following(page.links.get("next"), url), {}

    def _following(self, link: Any, url: str) -> str:
        if not isinstance(link, str) or not link:
            return ""
        following = urljoin(url, link)
        if origin(following) != origin(self.base):
            raise Refused(error("fhir-next-elsewhere", f"The next page lies at another server, {place(following)}; it "
                                "was not asked, because our token would go there.", place(url),
                                "Tell the organisation; if it is right, set `url` to that server."))
        return following


def _page(body: bytes, url: str) -> Page:
    try:
        text = body.decode("utf-8-sig")
        bundle = loads(text)
    except (BadJson, UnicodeDecodeError) as e:
        raise Refused(error("fhir-unreadable", f"The answer is not FHIR JSON: {e}. Its bytes are kept.", place(url),
                            "Ask the organisation what its server sends here."), body) from e
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise Refused(error("fhir-no-bundle", "The answer to a search is no Bundle. Its bytes are kept.", place(url),
                            "Check `url` of the source."), body)
    links = {str(link.get("relation")): link.get("url") for link in _objects(bundle.get("link"))}
    found = cut(text, {**bundle, "type": "searchset"})
    if not found and bundle.get("entry"):
        raise Refused(error("fhir-no-bundle", "The entries of the answer cannot be told apart. Its bytes are kept.",
                            place(url), "Ask the organisation what its server sends here."), body)
    return Page(tuple(e.strip() for e in found.entries) if found else (), links)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def parsed(text: str) -> Entry | None:
    """The entry of a unit, or None when there is no resource in it."""
    try:
        found = entries(text.encode())
    except (BadMessage, UnicodeEncodeError):
        return None
    return found[0] if len(found) == 1 and found[0].resource else None


def changed(entry: Entry) -> str:
    """When the server says that it last changed this."""
    carried = Origin.of(entry.around)
    meta = (entry.resource or {}).get("meta")
    own = meta.get("lastUpdated") if isinstance(meta, dict) else None
    return str((carried.changed if carried else own) or "")


def id_of(entry: Entry) -> str:
    """The id that the resource has on its server."""
    return str((entry.resource or {}).get("id", ""))


def _moment(instant: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _later(a: str, b: str) -> bool:
    first, second = _moment(a), _moment(b)
    return bool(first and second and first > second)
