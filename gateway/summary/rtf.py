"""The text of a letter in RTF, as a ward's word processor saved it (Rich Text Format 1.9.1): words, lines and cells.

No picture, object or field is opened. What the author struck out or hid is not read as said.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

START = b"{\\rtf"
LARGEST = 5_000_000
# A control word with its number and the blank that ends it, bytes in hex, a control sign, a brace, text.
_TOKEN = re.compile(rb"\\([A-Za-z]{1,32})(-?\d{1,10})? ?|"
                    rb"((?:\\'[0-9A-Fa-f]{2})+)|\\([^A-Za-z])|([{}])|([^\\{}\r\n]+)", re.DOTALL)
# Groups that hold no words of the letter: tables of fonts and styles, data about the file, pictures, instructions.
_ASIDE = frozenset((
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"objdata", b"themedata", b"datastore",
    b"filetbl", b"listtable", b"listoverridetable", b"revtbl", b"rsidtbl", b"generator", b"xmlnstbl", b"fldinst",
    b"bkmkstart", b"bkmkend", b"private", b"latentstyles", b"colorschememapping", b"pgdsctbl", b"atrfstart",
    b"atrfend", b"atnid"))
_SIGNS: Mapping[bytes, str] = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t", b"cell": "\t",
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\r": "\n", b"\n": "\n",
    b"emspace": " ", b"enspace": " "}
_PAGES = {b"mac": "mac-roman", b"pc": "cp437", b"pca": "cp850"}


@dataclass(frozen=True, slots=True)
class _Group:
    """How the text of a group is read: passed over, struck out, and how many letters stand in for one of Unicode."""

    aside: bool = False
    struck: bool = False
    instead: int = 1


def text(data: bytes) -> str:
    """What a letter says; "" for bytes that are no RTF or more than LARGEST."""
    if not data.startswith(START) or len(data) > LARGEST:
        return ""
    out, groups, here, codec, skip, fresh = list[tuple[bool, str]](), list[_Group](), _Group(), "cp1252", 0, False
    for match in _TOKEN.finditer(data):
        word, number, byte, sign, brace, said = match.groups()
        begins, fresh, letters = fresh, False, ""
        if brace == b"{":
            groups.append(here)
            fresh, skip = True, 0
        elif brace:
            here, skip = groups.pop() if groups else here, 0
        elif word:
            value = int(number) if number else None
            if word in _ASIDE:
                here = replace(here, aside=True)
            elif word in (b"deleted", b"v"):
                here = replace(here, struck=value != 0)
            elif word == b"plain":
                here = replace(here, struck=False)
            elif word == b"uc":
                here = replace(here, instead=value or 0)
            elif word == b"u" and value is not None:
                letters, skip = _letter(value), here.instead
            elif word == b"ansicpg":
                codec = _codec(value or 0)
            else:
                codec, letters = _PAGES.get(word, codec), _SIGNS.get(word, "")
        elif sign == b"*":
            here = replace(here, aside=here.aside or begins)
        elif sign:
            letters = _SIGNS.get(sign, "")
        else:
            raw = bytes.fromhex(byte.replace(b"\\'", b"").decode()) if byte else said
            letters, skip = raw[skip:].decode(codec, "replace"), max(0, skip - len(raw))
        if letters and not here.aside:
            out.append((here.struck, letters))
    return _joined(out)


def _joined(out: list[tuple[bool, str]]) -> str:
    """The letters, halves of one put together; what is struck out is left out and its place told."""
    lines, before = list[str](), False
    for struck, letters in out:
        if not struck:
            lines.append(letters)
        elif not before:
            lines.append("[struck out or hidden]")
        before = struck
    joined = "".join(lines).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"[ \t]+\n", "\n", joined).strip()


def _letter(number: int) -> str:
    """The letter of a `\\u`, whose number may be told as negative; half of one as it is."""
    return chr(number % 0x10000)


def _codec(number: int) -> str:
    name = "mac-roman" if number == 10000 else "utf-8" if number == 65001 else f"cp{number}"
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
