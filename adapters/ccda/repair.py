"""XML that is broken by its letters only: an encoding that it does not have, signs that XML does not allow.

Nothing is guessed about elements: what is cut off or badly nested stays refused. Lines keep their numbers.
"""

import codecs
import re
from html.entities import html5

from gateway.sdk import Issue, Severity

_DECLARED = re.compile(rb"""^[^<]{0,64}<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.ASCII)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_WIDE = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_PEOPLE = re.compile(r"utf-(?:8|16|32)|ascii|iso8859|cp\d|koi8|gb|big5|shift_jis|euc|mac")
_NARROW = re.compile(r"iso|latin|windows|cp\d|us-ascii|ascii")
_OTHERS = ("utf-8", "windows-1252", "latin-1")
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,30};)|#(\d{1,7}|x[0-9A-Fa-f]{1,6});)?")
_NO_SIGN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_misnamed(raw: bytes) -> bool:
    """Whether the bytes are visibly not in the encoding that the document names, though XML could be made of them."""
    wide, declared = _wide(raw), _declared(raw)
    if wide:
        return bool(declared) and not declared.startswith(wide[:5])
    return bool(_NARROW.match(declared)) and not raw.isascii() and _decoded(raw, "utf-8") is not None


def repaired(raw: bytes) -> tuple[bytes, list[Issue]]:
    """The document in UTF-8 without what XML does not allow, and what was put right; no issue: there was nothing."""
    written, remarks = _text(raw)
    text = _DECLARATION.sub(_blank, written, count=1)
    fixed = "".join(part if n % 2 else _BARE.sub(_written, part) for n, part in enumerate(_CDATA.split(text)))
    fixed = _NO_SIGN.sub("", fixed)
    if fixed != text:
        line = next((n for n, (a, b) in enumerate(zip(text.split("\n"), fixed.split("\n"), strict=False), 1)
                     if a != b), 1)
        remarks.append(Issue("ccda-signs", Severity.warning, "The document holds signs that XML does not allow, such "
                             "as a bare & or a control character; & was read as it stands, control characters left "
                             "out.", f"line {line}", "Correct the sender."))
    elif written[:1].isspace() and not remarks:
        remarks.append(Issue("ccda-signs", Severity.warning, "Blanks stand before the document; they were passed over.",
                             "line 1", "Correct the sender."))
    return fixed.encode(), remarks


def _text(raw: bytes) -> tuple[str, list[Issue]]:
    """The text in the encoding that fits: that of its first bytes, the declared one, UTF-8, windows-1252."""
    wide, declared = _wide(raw), _declared(raw)
    claimed = wide or declared or "utf-8"
    first = "utf-8" if is_misnamed(raw) and not wide else claimed
    codec, text = next(((c, t) for c in (first, *_OTHERS) if (t := _decoded(raw, c)) is not None),
                       ("latin-1", raw.decode("latin-1")))
    if codec == claimed and not is_misnamed(raw):
        return text, []
    return text, [Issue("ccda-encoding", Severity.error, f"The document says that it is written in "
                        f"{declared or 'UTF-8'}, and is not; it was read as {codec}.", f"line {_line(raw, claimed)}",
                        "Correct the sender; check names with accents.")]


def _wide(raw: bytes) -> str:
    """The encoding that the first bytes show, "" where they could be in any that holds ASCII."""
    return next((codec for mark, codec in _WIDE if raw.startswith(mark)), "")


def _declared(raw: bytes) -> str:
    match = _DECLARED.match(raw[:512].replace(b"\0", b""))
    return match[1].decode().lower() if match else ""


def _decoded(raw: bytes, codec: str) -> str | None:
    """The text; None where the bytes are none of this encoding, or the encoding is none in which people write."""
    try:
        text = raw.decode(codec) if _PEOPLE.match(codecs.lookup(codec).name) else ""
    except (LookupError, UnicodeDecodeError):
        return None
    return text if "<" in text[:512] else None


def _line(raw: bytes, codec: str) -> int:
    """The line of the first byte that does not fit."""
    try:
        raw.decode(codec if _PEOPLE.match(codecs.lookup(codec).name) else "utf-8")
    except UnicodeDecodeError as e:
        return raw.count(b"\n", 0, e.start) + 1
    except LookupError:
        return 1
    return 1


def _blank(match: re.Match[str]) -> str:
    """Nothing but the line ends."""
    return "\n" * match[0].count("\n")


def _written(match: re.Match[str]) -> str:
    """A name of HTML as its sign, the number of a sign that XML has as it stands, any other & as itself."""
    if match[1] and match[1] in html5:
        return "".join(f"&#{ord(c)};" for c in html5[match[1]])
    if match[2]:
        number = int(match[2].lstrip("x"), 16 if match[2].startswith("x") else 10)
        return "" if number > 0x10FFFF or _NO_SIGN.match(chr(number)) else match[0]
    return f"&amp;{match[0][1:]}"
