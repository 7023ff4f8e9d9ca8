"""Documents that a message carries in OBX-5: as data (ED), in MIME as HL7 has it for CDA, or as lines of text."""

import base64
import email
import re
from collections.abc import Iterator

from adapters.hl7v2.datatypes.attachments import ED, lines_of
from adapters.hl7v2.datatypes.parts import at
from adapters.hl7v2.tree import Segment, Tree
from gateway.sdk import Context, Value

_ENCODED = re.compile(r"""(<\?xml[^>]*?)\s+encoding\s*=\s*["']([\w.-]+)["']""")
_MIME = re.compile(rb"\s*(?:MIME-Version|Content-Type)\s*:", re.IGNORECASE)
_LATER = ("D", "W", "X")             # OBX-11: taken back, wrong, not to be had
DELETED = "T11"                      # the document is taken back


def may_enclose(raw: bytes) -> bool:
    """A cheap look: whether it is worth while to look closer."""
    return b"ED" in raw or b"ClinicalDocument" in raw


def enclosed(tree: Tree) -> Iterator[tuple[str, bytes]]:
    """Place and bytes of each document; none of what is taken back, none of what is not the encoding that it says."""
    if tree.head(9, 2) == DELETED:
        return
    for segment in tree.by_name.get("OBX", ()):
        if not segment.field(5) or _said(segment, 11) in _LATER:
            continue
        if _said(segment, 2).upper() == "ED":
            for node in segment.field(5):
                try:
                    attachment = ED(node, Context())
                except ValueError:   # the mapping says so
                    continue
                data = attachment.get("data") if attachment else None
                if isinstance(data, Value):
                    yield node.where, _unpacked(base64.b64decode(str(data.content)))
        elif (text := lines_of(segment)) is not None and "ClinicalDocument" in (written := str(text.content)):
            yield segment.field(5)[0].where, _bytes(written)


def _said(segment: Segment, number: int) -> str:
    nodes = segment.field(number)
    value = at(nodes[0], 1) if nodes else None
    return str(value.content) if value else ""


def _unpacked(data: bytes) -> bytes:
    """The first XML part of a MIME package; anything else as it is."""
    if not _MIME.match(data):
        return data
    package = email.message_from_bytes(data.lstrip())
    parts = (p.get_payload(decode=True) for p in package.walk() if not p.is_multipart())
    return next((p for p in parts if isinstance(p, bytes) and b"ClinicalDocument" in p), data)


def _bytes(text: str) -> bytes:
    """The bytes of a document whose text came through the message: in its own encoding where that can hold it."""
    named = _ENCODED.match(text)
    try:
        return text.encode(named[2] if named else "utf-8")
    except (LookupError, UnicodeEncodeError):
        return _ENCODED.sub(r"\1", text, count=1).encode("utf-8", "replace")
