"""Searching a FHIR server: page after page, from where the last pull ended.

A mark is the newest `lastUpdated` that was read of one type, and what was read at that very instant. The next search
asks for everything since that instant, itself included, and passes over what it knows, so that nothing between two
pulls is missed. A server that does not sort, or names no instants, is read again from the last mark.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from adapters.fhir.client import Client, Refused, origin, place
from adapters.fhir.deleted import is_deletion
from adapters.fhir.tree import Entry, entries
from adapters.fhir.units import cut
from gateway.errors import BadMessage, error
from gateway.sdk import BadJson, Origin, digest, loads

MAX_PAGES = 10_000
_SAME_INSTANT = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one type was read: an instant as the server writes it, and the names of what was read at it."""

    instant: str = ""
    names: tuple[str, ...] = ()

    def after(self, item: "Item") -> "Mark":
        """The mark behind one more entry."""
        if item.instant in ("", self.instant):
            return Mark(self.instant, (*self.names, item.name)[-_SAME_INSTANT:])
        return Mark(item.instant, (item.name,)) if _later(item.instant, self.instant) else self

    def covers(self, item: "Item") -> bool:
        """Whether the entry was read before the mark was made."""
        return item.instant in ("", self.instant) and item.name in self.names


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of an answer: its text, its resource (None: there is none), when it changed, its name in marks.

    The name is a hash of the text, because one instant may hold two versions of one resource.
    """

    text: str
    entry: Entry | None
    instant: str
    name: str

    @classmethod
    def of(cls, text: str) -> "Item":
        """The item that an entry's text holds."""
        try:
            found = entries(text.encode())
        except (BadMessage, UnicodeEncodeError):
            found = ()
        entry = found[0] if len(found) == 1 and (found[0].resource or is_deletion(found[0])) else None
        return cls(text, entry, _changed(entry) if entry else "", digest(text)[:12])


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


def _changed(entry: Entry) -> str:
    """When the server says that it last changed this; "" when it says nothing that can be compared."""
    carried = Origin.of(entry.around)
    meta = (entry.resource or {}).get("meta")
    own = meta.get("lastUpdated") if isinstance(meta, dict) else None
    instant = str((carried.changed if carried else own) or "")
    return instant if _moment(instant) else ""


def _moment(instant: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _later(a: str, b: str) -> bool:
    first, second = _moment(a), _moment(b)
    return not second or bool(first and first > second)
