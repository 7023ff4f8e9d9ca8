"""ED and RP, and the text of reports: Attachments."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from adapters.hl7v2.datatypes.parts import Place, at, field, texts
from adapters.hl7v2.tree import Node, Segment
from gateway.sdk import Context, Value, because, full, joined

_MAIN = {"IM": "image", "IMAGE": "image", "AU": "audio", "AUDIO": "audio", "TEXT": "text", "TX": "text", "FT": "text",
         "AP": "application", "APPLICATION": "application", "VIDEO": "video", "VI": "video", "MULTIPART": "multipart"}
_SUB = {"TXT": "plain", "TEXT": "plain", "JPG": "jpeg", "TIF": "tiff", "WORD": "msword", "XHTML": "xhtml+xml"}
_APPLICATION = ("pdf", "rtf", "msword", "octet-stream", "dicom", "json", "xhtml+xml")
_BEGINNINGS = {"JVBERi": "application/pdf", "/9j/": "image/jpeg", "iVBORw0K": "image/png", "R0lGOD": "image/gif",
               "SUkqA": "image/tiff", "TU0AK": "image/tiff", "e1xydGY": "application/rtf", "PD94bWw": "text/xml"}
_MIME = re.compile(r"(?:application|text|image|audio|video)/[a-z0-9.+-]+", re.IGNORECASE)
_INLINE = re.compile(r"data:([a-z]+/[a-z0-9.+-]+)?;base64,", re.IGNORECASE)
_UNKNOWN = "application/octet-stream"
_TEXTS = ("TX", "ST", "FT", "")


def ED(node: Node, context: Context) -> dict[str, Any] | None:
    """Attachment; data that are not Base64 yet are encoded, data that claim to be and are not are refused.

    Where nothing names the type it is told by how the data begin (att-1 wants one).
    """
    main, sub, encoding, data = (at(node, n) for n in (2, 3, 4, 5)) if at(node, 5) else _short(node)
    if data is None:
        return None
    text, how = str(data.content), str(encoding.content).upper() if encoding else ""
    if inline := _INLINE.match(text):
        text, how = text[inline.end():], "BASE64"
    if how == "BASE64" or (not how and _looks(text)):
        encoded = re.sub(r"\s+", "", text)
        encoded += "=" * (-len(encoded) % 4)
        try:
            base64.b64decode(encoded, validate=True)
        except binascii.Error as e:
            raise ValueError(f"is not the Base64 that ED.4 promises: {e}") from e
    else:
        is_hex = how == "HEX" and re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", text)
        encoded = base64.b64encode(bytes.fromhex(text) if is_hex else text.encode()).decode()
    named, seen = _content_type(main, sub), (inline and inline[1]) or _looks(encoded)
    if named is None or (seen and named.content == _UNKNOWN):
        named = because(data.to(seen or (_UNKNOWN if how in ("BASE64", "HEX") else "text/plain")), main, sub)
    return full({"contentType": named, "data": because(data.to(encoded), encoding)})


def _short(node: Node) -> tuple[Value | None, ...]:
    """Type, subtype, encoding and data where senders leave components out: `PDF^Base64^JVBE…`, `JVBE…` alone."""
    said = [v for v in texts(node, 4)[1:5] if v]
    if len(said) > 1 and str(said[-2].content).upper() == "BASE64":
        return None, said[-3] if len(said) > 2 else None, said[-2], said[-1]
    alone = said[0] if len(said) == 1 and (at(node, 1) or _looks(str(said[0].content))) else None
    return None, None, None, alone


def _looks(data: str) -> str:
    """The type of data in Base64 by how they begin, else ""."""
    return next((kind for begin, kind in _BEGINNINGS.items() if data.startswith(begin)), "")


def RP(node: Node, context: Context) -> dict[str, Any] | None:
    """Attachment that points to where the data lie."""
    pointer, host = at(node, 1), at(node, 2, 1)
    if pointer is None:
        return None
    if host is not None and "://" not in str(pointer.content) and str(host.content).startswith(("http://", "https://")):
        pointer = because(pointer.to(f"{str(host.content).rstrip('/')}/{str(pointer.content).lstrip('/')}"), host)
    url = pointer.to("%20".join(str(pointer.content).split()))
    return full({"contentType": _content_type(at(node, 3), at(node, 4)), "url": url})


def _content_type(main: Value | None, sub: Value | None) -> Value | None:
    """A MIME type out of tables 0834 (or 0191) and 0291."""
    if main is None and sub is None:
        return None
    if main is not None and (written := _MIME.fullmatch(str(main.content))):     # `application/pdf` in one
        return because(main.to(written[0].lower()), sub)
    lower = str(sub.content).lower() if sub else ""
    below = _SUB.get(lower.upper(), lower)
    above = _MAIN.get(str(main.content).upper(), "") if main else ""
    if below in _APPLICATION and above not in ("image",):
        above = "application"
    if not above or not below:
        above, below = (above, "plain") if above == "text" else ("application", "octet-stream")
    found: Value = because(Value(f"{above}/{below}"), main, sub)
    return found


def document_content(node: Place, context: Context) -> dict[str, Any] | None:
    """Attachment of an OBX below a TXA. The lines of a report in several OBX are one, given for the first of them.

    A document that comes without its bytes has its type and title, so that it is known to exist.
    """
    segment = node.segment
    kind, title = field(segment, 2), at(field(segment, 3), 2)
    make = {"ED": ED, "RP": RP}.get(_kind(segment))
    if make is not None:
        sent = next((a for n in segment.field(5) if (a := make(n, context))), None)
        return because(sent or full({"contentType": _empty_type(segment), "title": title}), at(kind, 1))
    if not _is_first(segment):
        return None
    text = lines_of(segment)
    data = text.to(base64.b64encode(str(text.content).encode()).decode()) if text else None
    return full({"contentType": "text/plain", "data": data, "title": title})


def _empty_type(segment: Segment) -> Value | None:
    """The type of an ED that has no data."""
    return next((t for n in segment.field(5) if (t := _content_type(at(n, 2), at(n, 3)))), None)


def lines_of(segment: Segment) -> Value | None:
    """The text of a report in several OBX, given for the first of them."""
    if not _is_first(segment):
        return None
    return joined((n.text for line in _lines(segment) for n in line.field(5)), "\n")


def _is_first(segment: Segment) -> bool:
    """Whether it is the first line below its head that says something, or the first line where none does."""
    if segment.field(5):
        return next((s for s in _lines(segment) if s.field(5)), None) is segment
    return next(_lines(segment), None) is segment and not any(s.field(5) for s in _lines(segment))


def _lines(segment: Segment) -> Iterator[Segment]:
    """The OBX of text below the same head."""
    groups = segment.tree.groups
    head = groups.parents[segment.position]
    found = groups.related(head, "OBX") if head is not None else segment.tree.by_name.get("OBX", [])
    return (s for s in found if groups.parents[s.position] is head and _kind(s) in _TEXTS)


def _kind(segment: Segment) -> str:
    return str(value.content).upper() if (value := at(field(segment, 2), 1)) else ""
