"""A pull: every type of every base, resource by resource, each with the cursor behind it."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from adapters.fhir.bodies import attachments, stands
from adapters.fhir.client import Client, Refused, place
from adapters.fhir.search import Item, Mark, Search
from adapters.fhir.tree import Entry
from gateway.errors import Issue, error
from gateway.sdk import BadJson, Message, Origin, Rejected, canonical, digest, loads

Marks = dict[str, Mark]
_BINARY = re.compile(r"Binary/[A-Za-z0-9.-]{1,64}")


def cursor(marks: Marks) -> str:
    """The marks as text."""
    return canonical({key: [mark.instant, list(mark.names)] for key, mark in marks.items()}).decode()


def marks(text: str | None) -> Marks:
    """The marks that a cursor holds; none for a text that is no cursor."""
    try:
        value = loads(text or "{}")
        return {str(k): Mark(str(v[0]), tuple(str(name) for name in v[1])) for k, v in value.items()}
    except (BadJson, AttributeError, LookupError, TypeError):
        return {}


def pull(client: Client, base: str, types: tuple[str, ...], size: int, read: Marks) -> Iterator[Message | Rejected]:
    """Everything behind the marks `read`, which move as the units are given. Raises Retry or Fatal."""
    for type in types:
        key = f"{place(base)}/{type}"
        start = newest = read.get(key, Mark())
        since = {"_lastUpdated": f"ge{start.instant}"} if start.instant else {}
        search, held = Search(client, base, type, size, {"_sort": "_lastUpdated", **since}), None
        try:
            for page in search.pages():
                for item in map(Item.of, page.entries):
                    if start.covers(item):
                        continue
                    if held:
                        yield unit(*held)
                    yield from bodies(client, base, item, read)
                    newest = newest.after(item)
                    if page.is_sorted:
                        read[key] = newest
                    held = item, cursor(read), key
        except Refused as refused:
            if held:
                yield unit(*held)
            yield replace(rejected(refused.issue, refused.body, cursor(read)), whole=True)
        else:
            read[key] = newest
            if held:
                yield unit(held[0], cursor(read), key)


def bodies(client: Client, base: str, item: Item, read: Marks) -> Iterator[Message | Rejected]:
    """The Binaries of this server to which a DocumentReference points, before it; the cursor behind each tells that
    it was given. Raises Retry or Fatal.
    """
    resource = item.entry.resource if item.entry and not Origin.of(item.entry.around) else None
    key = f"{place(base)}/Binary of {item.name}"
    given = read.pop(key, Mark()).names
    for attachment in attachments(resource) if resource and stands(resource) else ():
        name = str(attachment.get("url", "")).removeprefix(f"{base.rstrip('/')}/")
        if not _BINARY.fullmatch(name) or name in given:
            continue
        given = (*given, name)
        behind = cursor({**read, key: Mark("", given)})
        try:
            raw = client.get(f"{base.rstrip('/')}/{name}", anything=True)
        except Refused as refused:
            yield rejected(refused.issue, refused.body, behind)
        else:
            yield unit(Item.of(_binary(raw, name, attachment)), behind, place(f"{base.rstrip('/')}/{name}"))


def _binary(raw: bytes, name: str, attachment: Mapping[str, Any]) -> str:
    """A Binary as the server wrote it; a content that it sent bare is put into one."""
    with suppress(UnicodeDecodeError):
        text = raw.decode()
        item = Item.of(text)
        if item.entry and item.entry.resource and item.entry.resource["resourceType"] == "Binary":
            return text
    return canonical({"resourceType": "Binary", "id": name.rpartition("/")[2],
                      "contentType": attachment.get("contentType", "application/octet-stream"),
                      "data": b64encode(raw).decode()}).decode()


def unit(item: Item, cursor: str, where: str) -> Message | Rejected:
    """One entry of an answer as a message; an entry without a resource, or without an id, is rejected."""
    raw = item.text.encode("utf-8", "replace")
    if item.entry is None:
        return rejected(error("fhir-entry", "An entry of the answer holds no resource; its neighbours were taken.",
                              where, "Ask the organisation what its server sends here."), raw, cursor)
    return message(item.entry, raw, cursor)


def message(entry: Entry, raw: bytes, cursor: str, delivery: str = "", place: str = "") -> Message:
    """A resource as a message: its key names it and says which content it had."""
    resource: Mapping[str, Any] = entry.resource or {}
    carried = Origin.of(entry.around)
    name = f"{resource.get('resourceType')}/{resource.get('id', '')}"
    content = digest([carried.source, carried.version, resource] if carried else resource)[:32]
    key = f"{carried.source}/{name}~{content}" if carried else f"{name}~{content}"
    return Message(key, str(resource.get("resourceType")), raw, cursor, delivery=delivery, place=place or name)


def rejected(issue: Issue, raw: bytes, cursor: str, delivery: str = "") -> Rejected:
    """What could not become a message."""
    return Rejected(issue, raw, cursor, digest([issue.code, issue.where, raw.hex()])[:32], delivery)
