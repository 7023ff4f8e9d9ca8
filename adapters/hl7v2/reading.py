"""Bytes to a tree, or a BadMessage that says where reading ended. Nothing is looked at that nobody asked for.

Framing (MLLP's 0x0B … 0x1C 0x0D, byte order marks) and envelopes (FHS BHS BTS FTS) are put aside; segments may end
with CR, LF or both (V2-01). A line that is no segment goes on with the segment above it, as text with a line break.
"""

import re

from adapters.hl7v2.charset import Decoded, decode, decode_wide, marked
from adapters.hl7v2.limits import check_parts, check_size
from adapters.hl7v2.separators import Separators, separators
from adapters.hl7v2.tree import Tree
from gateway.errors import error
from gateway.sdk import BadMessage, Issue, Severity

ENVELOPE = ("FHS", "BHS", "BTS", "FTS")
_HEADER = re.compile(rb"(?:\A|[\r\n\x0b\x1c])[ \t]*(MSH[^A-Za-z0-9\s\x00-\x1f][^\r\n]*)")
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_ODD_NAME = re.compile(r"[A-Z][A-Z0-9]{1,3}")
_COMMON = ("PID", "PD1", "NK1", "PV1", "PV2", "EVN", "ORC", "OBR", "OBX", "NTE", "SPM", "DG1", "AL1", "IN1", "RXA",
           "MRG", "TXA", "PR1", "RXE", "RXO", "RXR", "GT1")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONTROL_BYTES = bytes(c for c in range(32) if c not in b"\t\n\r") + b"\x7f"
_KEPT = "The message was not read; its bytes are kept and can be replayed."


def read_tree(raw: bytes, charset: str = "") -> Tree:
    """The message in these bytes. `charset` is what the source is known to use where MSH-18 says nothing.

    Raises BadMessage, and nothing else, for any bytes.
    """
    check_size(raw)
    text, codec, remarks = _decoded(raw, charset)
    lines = _lines(text)
    start = next((n for n, line in enumerate(lines) if line[:3] not in ENVELOPE), len(lines))
    if start == len(lines) or not _is_header(lines[start]):
        raise BadMessage(_headless(lines[start:], start > 0))
    marks, doubts = separators(lines[start].lstrip(), codec)
    segments, oddities = _segments(lines[start:], marks)
    check_parts(segments, marks)
    place = next((n for n, line in enumerate(segments, 1) if _CONTROL.search(line)), 0) if _is_suspect(raw) else 0
    if place:
        oddities.append(Issue("hl7v2-control-character", Severity.warning, "Control characters stand in the text; they "
                              "are left out of values.", f"{segments[place - 1][:3]} (segment {place})",
                              "Ask the sender to escape binary data; the bytes are kept."))
    if (raw[:1] == b"\x0b") != (b"\x1c" in raw[-4:]):
        oddities.append(Issue("hl7v2-frame-shared", Severity.warning, "Its MLLP frame does not stand around it alone: "
                              "two messages are in one frame, or a part of it is missing. It was read by itself.",
                              "MSH (segment 1)", "The sender must frame each message by itself."))
    return Tree(tuple(segments), marks, (*remarks, *doubts, *oddities), place > 0,
                text[-1:] in ("\r", "\n") or b"\x1c" in raw[-4:])


def _is_suspect(raw: bytes) -> bool:
    """Whether control characters may stand in the text: a look at the bytes is ten times as fast as one at the text."""
    return len(raw.translate(None, _CONTROL_BYTES)) < len(raw)


def _decoded(raw: bytes, charset: str) -> Decoded:
    codec, length = marked(raw)
    body = raw[length:] if length else raw
    if codec and codec != "utf-8":
        return decode_wide(body, codec, _declared)
    header = _HEADER.search(body)
    if not header:
        lines = _lines(body[:4096].decode("latin-1"))
        others = [line for line in lines if line[:3] not in ENVELOPE]
        raise BadMessage(_headless(others, len(others) < len(lines)))
    return decode(body, ["UTF-8"] if codec else _declared(header[1].decode("latin-1")), charset)


def _declared(header: str) -> list[str]:
    """The repetitions of MSH-18."""
    fields = header.split(header[3:4])
    repetition = fields[1][1:2] if len(fields) > 1 else ""
    named = fields[17] if len(fields) > 17 else ""
    return [name.strip() for name in (named.split(repetition) if repetition else [named])]


def _lines(text: str) -> list[str]:
    """Lines that hold something, without framing bytes."""
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    lines = text.split("\r")
    if "\x0b" in text or "\x1c" in text:
        lines = [line.strip("\x0b\x1c") for line in lines]
    return [line for line in lines if line and not line.isspace()]


def _is_header(line: str) -> bool:
    plain = line.lstrip()
    return plain[:3] == "MSH" and len(plain) > 3 and not plain[3].isalnum()


def _segments(lines: list[str], marks: Separators) -> tuple[list[str], list[Issue]]:
    """The segments' texts; lines that are none are joined to the one above. Raises BadMessage."""
    found: list[list[str]] = []
    odd: dict[str, list[str]] = {}
    for number, line in enumerate(lines, 1):
        name = line[:3]
        if line[3:4] != marks.field or not _NAME.match(line):
            line, name = _odd_line(line, f"segment {number}", marks, odd)
        if name == "MSH" and found:
            raise BadMessage(error("hl7v2-two-messages", "A second MSH stands inside one message; neither was read, "
                                   "their bytes are kept.", f"MSH[2] (segment {number})",
                                   "The sender must frame each message by itself."))
        if not name:
            found[-1].append(line)
        elif name not in ENVELOPE:
            found.append([line])
    return ["\n".join(parts) for parts in found], [_oddity(code, places) for code, places in odd.items()]


def _odd_line(line: str, place: str, marks: Separators, odd: dict[str, list[str]]) -> tuple[str, str]:
    """The line and its name: a segment behind blanks, without fields or with a strange name; "" for a line of text."""
    plain = line.lstrip(" \t\ufeff")
    name, separator, _ = plain.partition(marks.field)
    if _NAME.fullmatch(name.rstrip()):
        return plain if separator else plain.rstrip(), plain[:3]
    if separator and name.upper() in _COMMON:
        odd.setdefault("hl7v2-segment-case", []).append(f"{name.upper()} ({place})")
        return name.upper() + plain[3:], name.upper()
    if separator and _ODD_NAME.fullmatch(name):
        odd.setdefault("hl7v2-segment-name", []).append(f"{name} ({place})")
        return plain, name
    if plain[:3] in _COMMON and not separator and not (plain[3].isalnum() or plain[3].isspace()):
        raise BadMessage(error("hl7v2-separators", f"{plain[:3]} is written with {plain[3]!r} where MSH-1 says "
                               f"{marks.field!r}. {_KEPT}", f"{plain[:3]} ({place})", "Correct the sender."))
    odd.setdefault("hl7v2-line-broken", []).append(place)
    return line, ""


_ODDITIES = {
    "hl7v2-segment-case": (Severity.information, "names its segment in small letters; it was read as the segment of "
                           "that name, nothing was lost", "Correct the sender."),
    "hl7v2-segment-name": (Severity.warning, "begins like a segment, but its name is none; what follows it was kept "
                           "and is unmapped", "Correct the sender, then replay."),
    "hl7v2-line-broken": (Severity.information, "is no segment; it was taken as the next line of the text above it, "
                          "nothing was lost", "Ask the sender to write line breaks in text as \\.br\\.")}


def _oddity(code: str, places: list[str]) -> Issue:
    """One issue for all lines of a kind, at the first of them."""
    severity, what, hint = _ODDITIES[code]
    count = "A line" if len(places) == 1 else f"Each of {len(places)} lines"
    return Issue(code, severity, f"{count} {what}.", places[0], hint)


def _headless(lines: list[str], enveloped: bool) -> Issue:
    """Why there is no message: nothing there, something before MSH, or no HL7 at all."""
    if not lines:
        severity, what = (Severity.information, "an envelope") if enveloped else (Severity.error, "blanks")
        return Issue("hl7v2-empty", severity, f"There is nothing in it but {what}; no message was lost.", "segment 1",
                     "Look whether the sender broke off.")
    first = lines[0][:3]
    later = next((n for n, line in enumerate(lines, 1) if _is_header(line)), 0)
    if later:
        return error("hl7v2-msh-not-first", f"{first!r} stands before MSH, which is segment {later}, so its separators "
                     f"are not known. {_KEPT}", "segment 1", "The sender must begin with MSH.")
    return error("hl7v2-no-msh", "There is no MSH segment, so this is no HL7 v2 message that can be read. Its "
                 f"bytes are kept; they begin with {first!r}.", "segment 1", "Check what the sender sends.")
