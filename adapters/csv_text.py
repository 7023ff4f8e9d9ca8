"""What has to be found out about a delimited text before it can be read: its encoding, delimiter and columns."""

import codecs
import io
import re
from collections.abc import Iterator

from adapters.delimited import records
from gateway.errors import BadMessage, Issue, Severity, error

MAX_HEADER = 2**16
_BLANK = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))+")
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_PAGE = re.compile(rb"\s*<(?:!|\?xml|(?:html|head|body)\b)", re.IGNORECASE)
_WIDEST = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_NEXT = "Set charset or delimiter of the source when this is not what the organisation sends."


def header_of(data: bytes, charset: str) -> tuple[bytes, str, int]:
    """The header's bytes with everything before it, the codec that shows its bytes one to one, and its line ends."""
    view = _wide(data, charset) or "latin-1"
    errors = "surrogatepass" if "16" in view else "strict"
    text = data[:len(data) - len(data) % 2 * ("16" in view)].decode(view, errors)
    record = next(records(io.StringIO(text, newline=""), delimiter_of(text)), None)
    return (record.text.encode(view, errors), view, record.ends) if record else (b"", view, 0)


def _wide(data: bytes, charset: str) -> str:
    """The UTF-16 codec in which the data are written, "" for anything in which ASCII is one byte."""
    marked = next((codec for mark, codec in _MARKS.items() if data.startswith(mark)), "")
    if charset.lower().replace("_", "-").startswith("utf-16-"):
        return charset.lower().replace("_", "-")
    if "16" in marked:
        return marked
    if data[1:2] == b"\0" and data[:1] != b"\0":
        return "utf-16-le"
    return "utf-16-be" if data[:1] == b"\0" and data[1:2] != b"\0" else ""


def foreign(data: bytes) -> Issue | None:
    """Why a file is no delimited text that can be read, as its first bytes say; None when it may be one."""
    if data.startswith(_WIDEST) or (len(data) > 3 and b"\0\0\0" in (data[:3], data[1:4])):
        return error("csv-charset", "The file is UTF-32, which is not read here, or zeros; none of it "
                     "was taken.", "", "Ask the organisation for UTF-8.")
    if _PAGE.match(data[:4096].replace(b"\0", b"").lstrip(codecs.BOM_UTF8 + codecs.BOM_UTF16)):
        return error("csv-foreign", "The file is a web page or XML, no delimited text; none of it was taken.", "",
                     "Look into it: a server may have answered with an error page. Then put the right file there.")
    return None


def encodes_lines(charset: str) -> bool:
    """Is this a codec in which lines can be found: one that has ASCII as it is, or UTF-16?"""
    try:
        return "a,\n".encode("ascii").decode(charset) == "a,\n" or codecs.lookup(charset).name.startswith("utf-16")
    except (LookupError, ValueError):
        return False


def decoded(raw: bytes, charset: str) -> tuple[str, list[Issue]]:
    """The text without its byte order mark, and what was guessed. Raises BadMessage."""
    mark = next((codec for mark, codec in _MARKS.items() if raw.startswith(mark)), "")
    codec = charset or mark or _wide(raw, "") or "utf-8"
    try:
        text = raw.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as e:
        if charset or codec != "utf-8":
            raise BadMessage(error("csv-charset", f"The row is not {codec}: byte 0x{raw[e.start]:02x} at offset "
                                   f"{e.start}.", "", _NEXT)) from e
        return _western(raw), [remark("csv-charset-guessed", "The row is not UTF-8; it was read as windows-1252.")]
    seen = mark and not charset
    return text, [remark("csv-charset-detected", f"The text is {codec}, as its first bytes say.")] if seen else []


def _western(raw: bytes) -> str:
    try:
        return raw.decode("windows-1252")
    except UnicodeDecodeError as e:
        raise BadMessage(error("csv-charset", f"The row is neither UTF-8 nor windows-1252: byte 0x{raw[e.start]:02x} "
                               f"at offset {e.start}.", "", _NEXT)) from e


def remark(code: str, message: str) -> Issue:
    """What was found out about a text, so that nothing is guessed silently."""
    severity = Severity.warning if code.endswith("guessed") else Severity.information
    return Issue(code, severity, message, "", _NEXT)


def delimiter_of(text: str) -> str:
    """The delimiter that stands most often in the first line, outside quotes; a comma when there is none."""
    line = re.sub(r'"[^"]*"', "", without_blanks(text[:MAX_HEADER]).split("\n", 1)[0])
    return max(",;\t|", key=line.count)


def columns_of(names: list[str]) -> Iterator[str]:
    """Unique column names: a nameless third one is `column 3`, a second `name` is `name(2)`."""
    seen: dict[str, int] = {}
    for number, name in enumerate((n.strip() for n in names), 1):
        name = name or f"column {number}"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}({seen[name]})"


def without_blanks(text: str) -> str:
    """The text without the blank lines before it."""
    blank = _BLANK.match(text)
    return text[blank.end():] if blank else text


def blank_lines(text: str) -> int:
    """How many blank lines stand before the text."""
    blank = _BLANK.match(text)
    return len(re.findall(r"\r\n|\r|\n", blank[0])) if blank else 0
