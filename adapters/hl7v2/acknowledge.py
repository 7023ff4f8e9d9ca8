"""Acknowledgements: what is answered to a message, in original and in enhanced mode (chapter 2.9, V2-02, V2-03).

Pure: the header that came, what became of the message, time and id in; bytes out. The header is echoed byte for byte
(read as Latin-1), and our own words are ASCII, so that no character set can spoil the answer. To wide characters
(UTF-16, which MLLP has no room for) the answer is ASCII, as its empty MSH-18 says.
"""

import re
from dataclasses import dataclass

from adapters.hl7v2.charset import marked
from gateway.sdk import Issue, Verdict

_HEADER = re.compile(rb"(?:\A|[\r\n\x0b])[ \t]*(MSH[^A-Za-z0-9\s\x00-\x1f][^\r\n]*)")
_PLACE = re.compile(r"\b([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+)(?:\((\d+)\))?(?:\.(\d+)(?:\.(\d+))?)?)?")
_TAKEN = ("new", "same")
_PLAIN_HEADER = "MSH|^~\\&"
_CONTROLS = bytes((*range(32), 127))
_PLAIN = dict.fromkeys(range(32), " ")

# What may succeed later is answered E, what never will R; the number is the condition of table 0357.
_ANSWERS = {
    "hl7v2-charset-unreadable": ("E", "102"), "internal-error": ("E", "207"), "hl7v2-sequence": ("E", "100"),
    "hl7v2-frame-unfinished": ("E", "207"),
    "hl7v2-test-traffic": ("R", "202"), "message-key-clash": ("R", "205"), "hl7v2-empty": ("R", "101"),
    "hl7v2-no-msh": ("R", "101"), "hl7v2-msh-not-first": ("R", "100"), "hl7v2-two-messages": ("R", "100"),
    "hl7v2-separators": ("R", "102"), "hl7v2-frame-control": ("R", "102"), "hl7v2-frame-start": ("R", "102")}
_CONDITIONS = {"100": "Segment sequence error", "101": "Required field missing", "102": "Data type error",
               "202": "Unsupported processing id", "205": "Duplicate key identifier",
               "207": "Application internal error"}


@dataclass(frozen=True, slots=True)
class Header:
    """Fields of MSH by number, as they came; where there is no header all are empty."""

    fields: tuple[str, ...]

    def __getitem__(self, number: int) -> str:
        return self.fields[number] if number < len(self.fields) else ""

    @property
    def marks(self) -> str:
        """Separators: field, component, repetition, escape, subcomponent."""
        return self[1] + self[2][:4]

    def part(self, number: int, component: int = 1) -> str:
        parts = self[number].split(self.marks[2], 1)[0].split(self.marks[1])
        return parts[component - 1].strip() if component <= len(parts) else ""


def header(raw: bytes) -> Header:
    """The MSH segment of a message, whatever else is wrong with it."""
    codec, length = marked(raw[:64])
    wide = codec not in ("", "utf-8")
    start = raw[length:1 << 16]
    match = _HEADER.search(start.decode(codec, "ignore").encode("ascii", "replace") if wide else start)
    text = match[1].translate(None, _CONTROLS).decode("latin-1") if match else _PLAIN_HEADER
    field, fields = text[3], text.split(text[3])[1:]
    if wide and len(fields) > 16:
        fields[16] = ""
    if re.fullmatch(r"[^\w\s]{5}", signs := field + fields[0][:4], re.ASCII) and len(set(signs)) == 5:
        return Header(("MSH", field, *fields))
    control = re.sub(r"[|^~\\&]", "", fields[8]) if len(fields) > 8 else ""
    return Header(("MSH", "|", "^~\\&", *[""] * 7, control))      # separators that cannot be echoed


def is_acknowledgement(head: Header) -> bool:
    """Whether this message is an answer itself: answers are never answered."""
    return head.part(9) in ("ACK", "MCF")


def answers(head: Header, verdict: Verdict, time: str, id: str, expected: str = "") -> list[bytes]:
    """The acknowledgements that a message gets: none, one, or (enhanced) one of acceptance and one of application.

    Chapter 2.9.3: only what was accepted reaches the application, so CE or CR is the last word to a message.

    time      YYYYMMDDHHMMSS with offset
    id        control id of the first answer; the second gets a letter more
    expected  MSA-4: the sequence number that should come next
    """
    accept, application = head.part(15).upper(), head.part(16).upper()
    letter = "A" if verdict.state in _TAKEN else _judged(verdict.issue)[0]
    if not accept and not application:
        return [_answer(head, "A" + letter, verdict, time, id, expected)]
    made = [_answer(head, "C" + letter, verdict, time, id, expected)] if _wanted(accept, letter) else []
    if _wanted(application, letter) and (letter == "A" or not made):
        made.append(_answer(head, "A" + letter, verdict, time, f"{id}A", expected))
    return made


def _wanted(condition: str, letter: str) -> bool:
    """Table 0155; what it does not know is taken as `always`."""
    return condition not in ("NE", "") and (condition != "ER" or letter != "A") and (condition != "SU" or letter == "A")


def _judged(issue: Issue | None) -> tuple[str, str]:
    if issue is None:
        return "E", "207"
    return _ANSWERS.get(issue.code, ("E", "207") if issue.code.startswith("store-") else ("R", "207"))


def _answer(head: Header, code: str, verdict: Verdict, time: str, id: str, expected: str) -> bytes:
    field, component = head.marks[0], head.marks[1]
    event = head.part(9, 2)
    kind = component.join(("ACK", event, "ACK")) if event else "ACK"
    version = head.part(12) or "2.5.1"
    msh = ["MSH", head[2] or "^~\\&", head[5], head[6], head[3], head[4], time, "", kind, id, head[11] or "P",
           head[12] or version, *[""] * 5, head[18]]
    issue = verdict.issue if code[1] != "A" else None
    said = _escaped(issue.message, head)[:200] if issue and version < "2.7" else ""
    segments = [msh, ["MSA", code, head[10], said, expected]]
    if issue:
        segments.append(_err(head, issue, version))
    return "".join(field.join(s).rstrip(field) + "\r" for s in segments).encode("latin-1")


def _err(head: Header, issue: Issue, version: str) -> list[str]:
    """ERR: where, which condition, how grave, in words; before 2.5 all of it in ERR-1."""
    component, subcomponent = head.marks[1], head.marks[4]
    match = _PLACE.search(issue.where)
    place = [p or d for p, d in zip(match.groups(), ("", "1", "", "1", "", ""), strict=True)] if match else []
    if place and not place[2]:
        place = place[:2]
    number = _judged(issue)[1]
    words = _CONDITIONS[number]
    if version < "2.5":
        where = component.join((place + [""] * 3)[:3])
        return ["ERR", f"{where}{component}{number}{subcomponent}{words}{subcomponent}HL70357"]
    coded = component.join((number, words, "HL70357"))
    own = component.join((issue.code, "", "L"))
    return ["ERR", "", component.join(place).rstrip(component), coded, "E", own, "", _escaped(issue.message, head),
            _escaped(issue.hint, head)]


def _escaped(text: str, head: Header) -> str:
    """Our words as ASCII, with the sender's separators escaped."""
    plain = text.encode("ascii", "replace").decode().translate(_PLAIN)
    escape = head.marks[3]
    names = {mark: f"{escape}{letter}{escape}" for mark, letter in zip(head.marks, "FSRET", strict=False)}
    return "".join(names.get(c, c) for c in plain)
