"""What a document of a record says, for whoever opens it: the narrative of its sections, its texts, its files.

Pure: a document is what the reader's record holds of it. Links of a document lead nowhere and its pictures are not
fetched, or its author would learn who reads it.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gateway.summary import rtf
from gateway.summary.context import Resource, ref
from gateway.summary.files import decoded, picture
from gateway.summary.markup import page, safe
from gateway.summary.words import concept

_TEXTS = ("text/plain", "text/csv", "text/markdown")
_PAGES = ("text/html", "application/xhtml+xml")
_HOLDERS: Mapping[str, str] = {"DocumentReference": "content", "Media": "content", "DiagnosticReport": "presentedForm"}
SaidBy = Mapping[str, Sequence[str]]
Fault = Callable[[str], str | None]      # what is wrong with a narrative, None where FHIR lets it pass


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a document: `narrative` (safe markup), `text`, or the file `data` of the type `kind`.

    picture  the file is one that can be shown; note: what is to be said in place of what is not here
    """

    title: str
    narrative: str = ""
    text: str = ""
    kind: str = ""
    data: bytes = b""
    picture: bool = False
    note: str = ""


def readable(resources: Sequence[Resource], said_by: SaidBy) -> frozenset[str]:
    """References of the documents that can be opened: they hold a narrative or a file.

    said_by: "Type/id" → sources; the narrative of a document is told by one that tells of the document
    """
    told = _narratives(resources, said_by)
    return frozenset(ref(r) for r in resources
                     if _composition(r, told, said_by) or any("data" in a for a in _attachments(r)))


def parts(document: Resource, resources: Sequence[Resource], said_by: SaidBy, fault: Fault) -> tuple[Part, ...]:
    """What a document says, in its order: sections first, then what is attached."""
    return tuple(make() for make in _pieces(document, resources, said_by, fault))


def part(document: Resource, resources: Sequence[Resource], said_by: SaidBy, fault: Fault, number: str) -> Part | None:
    """One of the `parts` alone, from "1": the others are not read, however large they are."""
    pieces = dict(enumerate(_pieces(document, resources, said_by, fault), 1))
    return next((make() for n, make in pieces.items() if str(n) == number), None)


def _pieces(document: Resource, resources: Sequence[Resource], said_by: SaidBy, fault: Fault
            ) -> Iterator[Callable[[], Part]]:
    found = _composition(document, _narratives(resources, said_by), said_by)
    for section in _sections(found.get("section", ())) if found else ():
        yield partial(_section, section, fault)
    for attachment in _attachments(document):
        if "data" in attachment:
            yield partial(_attached, attachment)


def _narratives(resources: Iterable[Resource], said_by: SaidBy) -> dict[tuple[str, str, str], Resource]:
    """Compositions by source and identifier: it is that of the document that they were read from."""
    return {(source, *_number(r["identifier"])): r for r in resources
            if r["resourceType"] == "Composition" and r.get("identifier", {}).get("value")
            for source in said_by.get(ref(r), ())}


def _number(identifier: Mapping[str, Any]) -> tuple[str, str]:
    return identifier.get("system", ""), identifier.get("value", "")


def _composition(r: Resource, told: Mapping[tuple[str, str, str], Resource], said_by: SaidBy) -> Resource | None:
    if r["resourceType"] != "DocumentReference" or "masterIdentifier" not in r:
        return None
    names = ((source, *_number(r["masterIdentifier"])) for source in said_by.get(ref(r), ()))
    return next((told[n] for n in names if n in told), None)


def _attachments(r: Resource) -> Iterator[Mapping[str, Any]]:
    held = r.get(_HOLDERS.get(r["resourceType"], ""), ())
    for item in (held,) if isinstance(held, Mapping) else held:
        yield item.get("attachment", item)


def _attached(attachment: Mapping[str, Any]) -> Part:
    title, type = attachment.get("title", ""), attachment.get("contentType", "")
    kind = type.partition(";")[0].strip().lower()
    try:
        data = b64decode(attachment["data"])
    except (Error, ValueError):
        return Part(title, text="This part cannot be read: it is no base64. The message it came in is kept.")
    if kind in _TEXTS:
        text = decoded(data, type)
        return Part(title, text=text, kind=kind, note="" if text.strip() else "This text is empty.")
    if kind in _PAGES:
        return Part(title, page(data, type), kind=kind, data=data)
    if data.startswith(rtf.START):
        return Part(title, text=rtf.text(data), kind=kind, data=data)
    shown = picture(data)
    return Part(title, kind=shown or kind, data=data, picture=bool(shown))


def _sections(sections: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for section in sections:
        yield section
        yield from _sections(section.get("section", ()))


def _section(section: Mapping[str, Any], fault: Fault) -> Part:
    title, div = section.get("title") or concept(section.get("code")), (section.get("text") or {}).get("div")
    if not div:
        why = concept(section.get("emptyReason"))
        return Part(title, note="" if section.get("section") else f"Nothing stands here{f': {why}' if why else ''}.")
    narrative = safe(div, fault)
    return Part(title, narrative, note="" if narrative else
                "This part cannot be shown: it is no markup. “Where this comes from” has it as it came.")
