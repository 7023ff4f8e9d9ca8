"""From bytes to text: the character set that MSH-18 names (table 0211), checked against the bytes.

No byte is ever replaced. A name that does not fit the bytes is said as an issue together with what was taken
instead; bytes that fit nothing make the message unreadable (V2-06).
"""

import codecs
import re
from collections.abc import Callable
from typing import NamedTuple

from gateway.errors import error
from gateway.sdk import BadMessage, Issue, Severity

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
          (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WIDE = ((re.compile(rb"(?:[\x0b\s]\0)*[MFB]\0[SH]\0[HS]\0"), "utf-16-le"),
         (re.compile(rb"(?:\0[\x0b\s])*\0[MFB]\0[SH]\0[HS]"), "utf-16-be"))
_ISO2022 = "iso2022_jp_ext"
_NAMED = {"ASCII": "ascii", "USASCII": "ascii", "ISOIR6": "ascii", "UTF8": "utf-8", "UNICODEUTF8": "utf-8",
          "UTF16": "utf-16", "UNICODE": "utf-16", "UNICODEUTF16": "utf-16", "UTF32": "utf-32",
          "UNICODEUTF32": "utf-32", "ISOIR14": _ISO2022, "ISOIR87": _ISO2022,
          "ISOIR159": _ISO2022, "GB18030": "gb18030", "GB180302000": "gb18030", "KSX1001": "euc_kr",
          "BIG5": "big5", "ANSI": "cp1252", "LATIN1": "iso8859-1", "SHIFTJIS": "shift_jis", "EUCJP": "euc_jp"}
_LATIN = re.compile(r"(?:ISO)?8859(\d{1,2})")
_WINDOWS = re.compile(r"(?:WINDOWS|CP|ANSI)(125\d)")
_HEADER = re.compile(r"MSH[^\r\n]{5,}")
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


class Decoded(NamedTuple):
    """Text, the codec that read it, and what had to be guessed."""

    text: str
    codec: str
    issues: list[Issue]


def codec_of(name: str) -> str | None:
    """Python's codec for a name of table 0211 or a common variant of one; None when it is none."""
    plain = re.sub(r"[^A-Z0-9]", "", name.upper())
    if plain in _NAMED:
        return _NAMED[plain]
    if match := _LATIN.fullmatch(plain):
        return f"iso8859-{match[1]}" if 1 <= int(match[1]) <= 16 and match[1] != "12" else None
    return f"cp{match[1]}" if (match := _WINDOWS.fullmatch(plain)) else None


def marked(raw: bytes) -> tuple[str, int]:
    """Codec that a byte order mark or the zero bytes of wide characters show, and the length of the mark."""
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return codec, len(mark)
    return next((codec for pattern, codec in _WIDE if pattern.match(raw)), ""), 0


def decode(raw: bytes, declared: list[str], configured: str = "") -> Decoded:
    """Text of one message. `declared` are the repetitions of MSH-18, `configured` the source's own setting.

    Raises BadMessage at the first byte that fits neither what is declared nor what is plausible.
    """
    names = [name for name in declared if name]
    known = [codec for name in names if (codec := codec_of(name))]
    issues = [_issue("hl7v2-charset-unknown", f"MSH-18 names the unknown character set {name!r}; it was not used.")
              for name in names if not codec_of(name)]
    promised = next((codec for codec in known if codec != "ascii"), known[0] if known else "")
    expected = promised or codec_of(configured) or ""
    if raw.isascii() and expected != _ISO2022:
        return Decoded(raw.decode("ascii"), expected if _is_single(expected) else "utf-8", issues)
    for codec in _plausible(raw, expected):
        try:
            return Decoded(raw.decode(codec), codec, issues + _remark(codec, expected, promised, names))
        except UnicodeDecodeError:
            continue
    raise BadMessage(_unreadable(raw, expected or "utf-8"))


def decode_wide(raw: bytes, codec: str, declared: Callable[[str], list[str]]) -> Decoded:
    """Text of a message whose characters have two or four bytes each; `declared` finds MSH-18 in a header.

    Raises BadMessage.
    """
    try:
        text = raw.decode(codec)
        header = _HEADER.search(text)
        names = [name for name in (declared(header[0]) if header else []) if name]
        promised = next((found for name in names if (found := codec_of(name))), "")
        fits = not promised or codec.startswith(promised)
        return Decoded(text, codec, [] if fits else _remark(codec, "", promised, names))
    except UnicodeDecodeError as e:
        raise BadMessage(error("hl7v2-charset-unreadable", f"The bytes at offset {e.start} are not {codec}. The "
                               "message was not read; its bytes are kept.", "MSH", "Ask for it again.")) from e


def _plausible(raw: bytes, expected: str) -> list[str]:
    """Codecs to try, in order. Bytes that are well-formed UTF-8 beyond chance are UTF-8, whatever their label says."""
    if expected in ("", "ascii", "utf-8", "utf-16", "utf-32"):
        return ["utf-8", "cp1252"]
    if _is_single(expected):
        quotes = expected == "iso8859-1" and re.search(rb"[\x80-\x9f]", raw)
        return ["utf-8", *(["cp1252"] if quotes else []), expected]
    return [*(["utf-8"] if len(_MULTIBYTE.findall(raw)) > 3 else []), expected, "utf-8"]


def _is_single(codec: str) -> bool:
    return codec.startswith(("iso8859", "cp125"))


def _remark(codec: str, expected: str, promised: str, names: list[str]) -> list[Issue]:
    if codec == expected:
        return []
    if promised:
        return [_issue("hl7v2-charset-mislabelled",
                       f"MSH-18 says {'~'.join(names)}, the bytes are {codec}; they were read as {codec}.")]
    return [_issue("hl7v2-charset-guessed", f"MSH-18 names no character set; the bytes were read as {codec}.",
                   Severity.information)]


def _issue(code: str, message: str, severity: Severity = Severity.warning) -> Issue:
    return Issue(code, severity, f"{message} No byte was replaced.", "MSH-18",
                 "Compare a name with an accent; correct MSH-18 at the sender or set `charset` of the source.")


def _unreadable(raw: bytes, codec: str) -> Issue:
    try:
        raw.decode(codec)
        offset = 0
    except (UnicodeDecodeError, LookupError) as e:
        offset = getattr(e, "start", 0)
    return error("hl7v2-charset-unreadable", f"Byte 0x{raw[offset]:02x} at offset {offset} is not {codec}, and no "
                 "other character set fits. The message was not read; its bytes are kept.", place(raw, offset),
                 "Correct MSH-18 at the sender or set `charset` of the source, then replay.")


def place(raw: bytes, offset: int) -> str:
    """Segment and field in which a byte stands."""
    lines = re.split(rb"[\r\n]+", raw[:offset])
    name, separator = lines[-1][:3], raw[raw.find(b"MSH") + 3:][:1] or b"|"
    number = sum(line[:3] == name for line in lines)
    field = lines[-1].count(separator) + (name == b"MSH")
    return f"{name.decode('ascii', 'backslashreplace')}{f'[{number}]' if number > 1 else ''}-{field}"
