"""What a document of a record says, for whoever opens it: the narrative of its sections, its texts, its files.

Pure: a document is what the reader's record holds of it. Links of a document lead nowhere and its pictures are not
fetched, or its author would learn who reads it.
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from gateway.summary.context import Resource, ref

# Types of what a browser shows as it is and what is text; all else is handed out as a file to keep.
PICTURES = frozenset(("image/png", "image/jpeg", "image/gif"))
_TEXTS = ("text/plain", "text/csv", "text/markdown")
_HOLDERS: Mapping[str, str] = {"DocumentReference": "content", "Media": "content", "DiagnosticReport": "presentedForm"}
_KEPT, _XHTML = ("colspan", "rowspan"), "{http://www.w3.org/1999/xhtml}"
Fault = Callable[[str], str | None]      # what is wrong with a narrative, None where FHIR lets it pass
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
                          remove_pis=True)


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a document: `narrative` (safe markup) or `text`, else the file `data` of the type `kind`."""

    title: str
    narrative: str = ""
    text: str = ""
    kind: str = ""
    data: bytes = b""

    @property
    def picture(self) -> bool:
        return self.kind in PICTURES


def readable(resources: Sequence[Resource]) -> frozenset[str]:
    """References of the documents that can be opened: they hold a narrative or a file."""
    told = _narratives(resources)
    return frozenset(ref(r) for r in resources if _composition(r, told) or any("data" in a for a in _attachments(r)))


def parts(document: Resource, resources: Sequence[Resource], fault: Fault) -> tuple[Part, ...]:
    """What a document says, in its order: sections first, then what is attached."""
    found = _composition(document, _narratives(resources))
    sections = tuple(_sections(found.get("section", ()), fault)) if found else ()
    return (*sections, *(p for a in _attachments(document) if (p := _attached(a))))


def _narratives(resources: Iterable[Resource]) -> dict[tuple[str, str], Resource]:
    """Compositions by their identifier: it is that of the document that they were read from."""
    return {_number(r["identifier"]): r for r in resources if r["resourceType"] == "Composition" and "identifier" in r}


def _number(identifier: Mapping[str, Any]) -> tuple[str, str]:
    return identifier.get("system", ""), identifier.get("value", "")


def _composition(r: Resource, told: Mapping[tuple[str, str], Resource]) -> Resource | None:
    if r["resourceType"] != "DocumentReference" or "masterIdentifier" not in r:
        return None
    return told.get(_number(r["masterIdentifier"]))


def _attachments(r: Resource) -> Iterator[Mapping[str, Any]]:
    held = r.get(_HOLDERS.get(r["resourceType"], ""), ())
    for item in (held,) if isinstance(held, Mapping) else held:
        yield item.get("attachment", item)


def _attached(attachment: Mapping[str, Any]) -> Part | None:
    if "data" not in attachment:
        return None
    title, kind = attachment.get("title", ""), attachment.get("contentType", "").partition(";")[0].strip().lower()
    try:
        data = b64decode(attachment["data"])
    except (Error, ValueError):
        return Part(title, text="This part cannot be read: it is no base64. The message it came in is kept.")
    if kind in _TEXTS:
        return Part(title, text=_decoded(data), kind=kind)
    return Part(title, kind=kind, data=data)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _sections(sections: Iterable[Mapping[str, Any]], fault: Fault) -> Iterator[Part]:
    for section in sections:
        div = (section.get("text") or {}).get("div")
        yield Part(section.get("title", ""), narrative=safe(div, fault) if div else "")
        yield from _sections(section.get("section", ()), fault)


def safe(div: str, fault: Fault) -> str:
    """The markup of a narrative without anything that leads or loads: elements and the span of cells are left.

    A narrative that FHIR would not let pass is shown as its text alone; "" when it is no XML.
    """
    try:
        root = etree.fromstring(div, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    if fault(div):
        bare = etree.Element("div")
        bare.text = "".join(root.itertext())
        return etree.tostring(bare, encoding="unicode")
    for node in root.iter():
        local = str(node.tag).removeprefix(_XHTML)
        if local == "img":
            node.text = f"[picture: {node.get('alt') or 'not shown'}]"
        node.tag = "span" if local in ("a", "img", "area", "map") else local
        for name in set(node.attrib) - set(_KEPT):
            del node.attrib[name]
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode", method="html", with_tail=False)
