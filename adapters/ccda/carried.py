"""Documents in what carries them: ZIP archives (XDM), MIME and MTOM packages, gzip, base64 or escaped text in XML.

Each carrier is opened to a depth of three (an e-mail with an archive), no further than bounds of size and number allow.
"""

import base64
import binascii
import email
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from gateway.errors import Issue, error

MAX_BYTES = 100 << 20
MAX_PARTS = 1000
_DEPTH = 3
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError)
_BLANKS = b" \t\r\n\x1a"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xff\xfe", b"\xfe\xff")
_HEADERS = re.compile(rb"(?:(?:MIME-Version|Content-[\w-]+|Received|Return-Path|Delivered-To|From|To|Date|Subject|"
                      rb"Message-ID|X-[\w-]+)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*){1,200}\r?\n", re.IGNORECASE)
_BOUNDARY = re.compile(rb"--([\w'()+,./:=?@-]{1,70})\r?\nContent-[\w-]+[ \t]*:", re.IGNORECASE)
# How the base64 of XML begins: of `<?xml`, of `<ClinicalDocument`, of a mark of UTF-8.
_CODED = rb"(?:PD94bW|PENsaW5pY2Fs|77u/PD)"
_BARE = re.compile(_CODED + rb"[A-Za-z0-9+/=\s]+")
_HIDDEN = re.compile(rb">\s*(?:" + _CODED + rb"|<!\[CDATA\[\s*<|&lt;(?:\?xml|(?:[\w.-]+:)?ClinicalDocument))")
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?ClinicalDocument[\s>/]")
_FHIR = re.compile(rb"<[A-Z]\w+[^>]*xmlns\s*=\s*[\"']http://hl7\.org/fhir[\"']")
_DECLARED = re.compile(r"""(<\?xml[^>]*?)\s+encoding\s*=\s*["']([\w.-]+)["']""")


@dataclass(frozen=True, slots=True)
class Part:
    """What a carrier holds in one place; `issue`: why it cannot be had."""

    place: str
    data: bytes
    issue: Issue | None = None


def carried(raw: bytes) -> list[Part]:
    """The documents that some bytes carry; [] where they are no carrier, or carry none, or are a document."""
    return [] if _ROOT.match(opening(raw)) else list(_within(raw, "", _DEPTH))


def narrowed(raw: bytes) -> bytes:
    """The bytes as ASCII reads them: without a mark at their start, without the zeros of wide letters."""
    plain = next((raw[len(b):] for b in _BOMS if raw.startswith(b)), raw)
    return plain.replace(b"\0", b"") if b"\0" in plain[:64] else plain


def opening(raw: bytes) -> bytes:
    """The first element of a document and what follows it: behind its declaration, comments and instructions."""
    plain, at = narrowed(raw), 0
    while True:
        while at < len(plain) and plain[at] in _BLANKS:
            at += 1
        end = b"?>" if plain.startswith(b"<?", at) else b"-->" if plain.startswith(b"<!--", at) else b""
        found = plain.find(end, at + len(end)) if end else -1
        if found < 0:
            return plain[at:at + 4096]
        at = found + len(end)


def is_document(raw: bytes) -> bool:
    """Whether these bytes are XML in which a clinical document stands in clear."""
    return opening(raw)[:1] == b"<" and bool(_ROOT.search(narrowed(raw)))


def may_carry(raw: bytes) -> bool:
    """A cheap look: whether it is worth while to look closer."""
    if raw.startswith((_ZIP, _GZIP)):
        return True
    plain = narrowed(raw).lstrip()
    if plain[:1] == b"<":
        return _HIDDEN.search(plain) is not None and not _FHIR.match(opening(raw))
    return any(p.match(plain) is not None for p in (_HEADERS, _BOUNDARY)) or bool(_BARE.fullmatch(plain))


def _within(raw: bytes, place: str, depth: int) -> Iterator[Part]:
    if depth == 0 or not may_carry(raw):
        return
    found = _opened(raw, place)
    for number, part in enumerate(found):
        if number >= MAX_PARTS:
            return
        if part.issue is not None or is_document(part.data):
            yield part
        else:
            yield from _within(part.data, part.place, depth - 1)


def _opened(raw: bytes, place: str) -> Iterator[Part]:
    """What one carrier holds, documents or not."""
    if raw.startswith(_ZIP):
        return _unzipped(raw, place)
    if raw.startswith(_GZIP):
        return _inflated(raw, place)
    plain = narrowed(raw).lstrip()
    if plain[:1] == b"<":
        return _told(raw, place)
    if _BARE.fullmatch(plain):
        return (Part(f"{place} base64".strip(), d) for d in _decoded(plain))
    return _parts(plain, place)


def _unzipped(raw: bytes, place: str) -> Iterator[Part]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except _UNREADABLE as e:
        yield Part(place, b"", _broken(f"The archive cannot be read: {e}", place or "the archive"))
        return
    with archive:
        for info in archive.infolist():
            where = f"{place} {info.filename}".strip()
            if info.is_dir():
                continue
            try:
                with archive.open(info) as file:
                    data = file.read(MAX_BYTES + 1)
            except _UNREADABLE as e:
                yield Part(where, b"", _broken(f"This part of the archive cannot be read: {e}", where))
                continue
            yield Part(where, b"", _large(where)) if len(data) > MAX_BYTES else Part(where, data)


def _inflated(raw: bytes, place: str) -> Iterator[Part]:
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = reader.decompress(raw, MAX_BYTES + 1)
    except zlib.error as e:
        yield Part(place, b"", _broken(f"The compressed file cannot be read: {e}", place or "the file"))
        return
    yield Part(place, b"", _large(place or "the file")) if len(data) > MAX_BYTES else Part(place, data)


def _parts(plain: bytes, place: str) -> Iterator[Part]:
    """The parts of a MIME package, with or without its own headers."""
    alone = None if _HEADERS.match(plain) else _BOUNDARY.match(plain)
    head = b'Content-Type: multipart/related; boundary="' + alone[1] + b'"\n\n' if alone else b""
    for number, part in enumerate(email.message_from_bytes(head + plain).walk()):
        data = None if part.is_multipart() else part.get_payload(decode=True)
        if isinstance(data, bytes):
            yield Part(f"{place} part {part.get_filename() or part.get('Content-ID') or number}".strip(), data)


def _told(raw: bytes, place: str) -> Iterator[Part]:
    """Texts of an XML envelope that are documents, written out or in base64."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True,
                             remove_comments=True, huge_tree=len(raw) > 10_000_000)
    try:
        root = None if opening(raw).startswith(b"<!") else etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:                               # who reads it as a document says what is wrong
        return
    for element in root.iter():
        text = (element.text or "").strip()
        if len(text) < 100 or "\x00" in text:
            continue
        where = f"{place} {etree.QName(element).localname} (line {element.sourceline})".strip()
        for data in _decoded(text.encode()) if not text.startswith("<") else [_written(text)]:
            yield Part(where, data)


def _decoded(text: bytes) -> Iterator[bytes]:
    try:
        yield base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return


def _written(text: str) -> bytes:
    """A document whose text came through XML: in its own encoding where that can hold it."""
    named = _DECLARED.match(text)
    try:
        return text.encode(named[2] if named else "utf-8")
    except (LookupError, UnicodeEncodeError):
        return _DECLARED.sub(r"\1", text, count=1).encode("utf-8", "replace")


def _broken(message: str, where: str) -> Issue:
    return error("ccda-envelope", f"{message[:200]}. Its bytes were kept, unread.", where,
                 "Ask the sender for it in the clear.")


def _large(where: str) -> Issue:
    return error("ccda-too-large", f"What is packed here has more than {MAX_BYTES} bytes; it was not unpacked, its "
                 "bytes were kept.", where, "Ask for the document without its attachments.")
