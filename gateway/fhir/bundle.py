"""Bundles: rules between entries, and references that must be found inside (documents and messages).

`full-url`, `in-bundle`, `reachable` and `link-once` name rules that the specification has in its text only.
"""

from collections.abc import Iterator
from typing import Any

from gateway.fhir.entries import Entries, is_absolute, references, restful
from gateway.fhir.findings import Findings, Place, shown

_REQUESTS = ("batch", "transaction", "history")
_RESPONSES = ("batch-response", "transaction-response", "history")
_ONCE = ("self", "first", "last", "next", "previous")
# What a document or message carries along, by element of its first resource (R4 Documents, Messaging).
_CARRIED = {"Composition": ("subject", "encounter", "author", "custodian", "attester.party", "event.detail",
                            "section.author", "section.focus", "section.entry"),
            "MessageHeader": ("focus",)}
Json = dict[str, Any]


def bundle_check(bundle: Json, place: Place, found: Findings) -> None:
    """The rules of a Bundle whose parts are right by themselves."""
    entries = Entries(bundle.get("entry", []))
    for key, says in broken(bundle, entries):
        found.add("fhir-invariant", place, f"{key}: {says}")
    for index, entry in enumerate(entries.all):
        full_url_check(entry, bundle["type"], (((place, "entry"), index), "fullUrl"), found)
    for index, reference, type in entries.mistyped():
        found.add("fhir-reference", (((place, "entry"), index), "resource"),
                  f"in-bundle: {shown(reference)!r} leads to a resource of type {type}")
    if bundle["type"] in ("document", "message") and entries.all:
        carried_check(entries, place, found)
    if bundle["type"] == "document":
        for index in entries.unreachable():
            found.add("fhir-reference", ((place, "entry"), index),
                      "reachable: nothing leads from the Composition to this entry, nor back")


def broken(bundle: Json, entries: Entries) -> Iterator[tuple[str, str]]:
    """(key, words) of every rule of the whole Bundle that does not hold."""
    type, listed = bundle["type"], entries.all
    relations = [link.get("relation") for link in bundle.get("link", [])]
    if type != "searchset" and any("search" in e for e in listed):
        yield "bdl-2", "entries have a search part in search results only"
    if any(("request" in e) != (type in _REQUESTS) for e in listed):
        yield "bdl-3", "every entry of a batch, transaction or history has a request, others have none"
    if any(("response" in e) != (type in _RESPONSES) for e in listed):
        yield "bdl-4", "every entry of a response or history has a response, others have none"
    if type != "history" and entries.repeated():
        yield "bdl-7", "a fullUrl stands twice with the same version"
    if any(relations.count(once) > 1 for once in _ONCE):
        yield "link-once", "a link relation stands twice"
    if type == "document" and not {"system", "value"} <= bundle.get("identifier", {}).keys():
        yield "bdl-9", "a document has an identifier with system and value"
    if type == "document" and entries.type_at(0) != "Composition":
        yield "bdl-11", "the first entry of a document is its Composition"
    if type == "message" and entries.type_at(0) != "MessageHeader":
        yield "bdl-12", "the first entry of a message is its MessageHeader"


def full_url_check(entry: Json, type: str, place: Place, found: Findings) -> None:
    """A fullUrl is absolute, names no version, and, unless it is still to be stored, agrees with type and id."""
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if url is None:
        return
    address = restful(url) if type not in ("batch", "transaction") else None
    if not is_absolute(url):
        found.add("fhir-invariant", place, f"full-url: {shown(url)!r} is not absolute")
    elif "/_history/" in url:
        found.add("fhir-invariant", place, "bdl-8: a fullUrl names no version")
    elif address and resource and address[1] != f"{resource['resourceType']}/{resource.get('id')}":
        found.add("fhir-invariant", place, f"full-url: it ends with {address[1]}, the resource is "
                                           f"{resource['resourceType']}/{resource.get('id', '(no id)')}")


def carried_check(entries: Entries, place: Place, found: Findings) -> None:
    """What the first entry refers to is found once among the entries."""
    head = entries.all[0].get("resource", {})
    for path in _CARRIED.get(head.get("resourceType"), ()):
        for spot, reference in pick(head, path.split("."), (((place, "entry"), 0), "resource")):
            count = 1 if reference.startswith("#") else len(entries.resolve(reference, 0))
            if count != 1:
                found.add("fhir-reference", (spot, "reference"), f"in-bundle: {shown(reference)!r} is found {count} "
                          "times among the entries", "A document carries once what its Composition names.")


def pick(node: Any, path: list[str], place: Place) -> Iterator[tuple[Place, str]]:
    """(place, reference text) of the References at a path of element names; sections may hold sections."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from pick(child, path, (place, index))
    elif not path:
        yield from ((place, text) for text in references({"reference": node.get("reference")}))
    elif path[0] in node:
        yield from pick(node[path[0]], path[1:], (place, path[0]))
        if path[0] == "section":
            yield from pick(node["section"], path, (place, "section"))
