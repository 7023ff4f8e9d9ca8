"""CSV and other delimited text with a header: one message a row.

The bytes of a message are the header and its own row, so that each row can be read, replayed and erased alone;
`CSVFiles.join` puts the messages of one file together again, byte for byte. What had to be guessed in order to read
a row (its encoding, the delimiter, a column name that stands twice) is said by `CSVFiles.remarks`.
"""

import codecs
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from itertools import islice
from typing import BinaryIO, ClassVar

from adapters.delimited import Malformed, cells, records
from adapters.files import File, files, resume
from gateway.errors import BadMessage, ConfigError, Issue, Severity, error
from gateway.model import Message, Rejected
from gateway.sdk import BadPath, Function, Leaf, Value

MAX_HEADER = 2**16
_BLANK = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))+")
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_NEXT = "Set charset or delimiter of the source when this is not what the organisation sends."


@dataclass(frozen=True, slots=True)
class Cell:
    """One populated cell: a node of the mapping language."""

    where: str
    content: str

    @property
    def value(self) -> Value:
        return Value(self.content, (self.where,))


@dataclass(frozen=True, slots=True)
class Row:
    """A parsed message: column name → cell without surrounding blanks, and what was guessed to read it."""

    cells: Mapping[str, str]
    remarks: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class CSVFiles:
    """Delimited text with a header line: one file, or a folder whose files are read in the order of their names.

    folder     folder, or one file
    patterns   names of the files that are read in the folder
    kinds      name → pattern of file names: what the rows of such a file are called (`Message.kind`), scope of `keys`
    key        columns that name a row to people; its content always belongs to its key too, so a changed row is new
    delimiter  one character; empty: the most frequent of comma, semicolon, tab and bar in the header
    charset    Python codec, ASCII-compatible or UTF-16; empty: by byte order mark, else UTF-8, else windows-1252

    A path of a mapping is a column name as the header writes it; `name(2)` is the second column called `name`.
    """

    kind: ClassVar[str] = "csv"
    functions: ClassVar[Mapping[str, Function]] = {}

    folder: str
    patterns: tuple[str, ...] = ("*.csv", "*.tsv", "*.txt")
    kinds: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    delimiter: str = ""
    charset: str = ""

    def __post_init__(self) -> None:
        issues = []
        try:
            codecs.lookup(self.charset or "utf-8")
        except LookupError:
            issues.append(error("setting-invalid", f"charset = {self.charset!r} is no codec that Python knows.",
                                "charset", "Write for instance utf-8, windows-1252 or iso-8859-1."))
        if len(self.delimiter) > 1 or self.delimiter in ('"', "\r", "\n"):
            issues.append(error("setting-invalid", f"delimiter = {self.delimiter!r} is no single character.",
                                "delimiter"))
        if issues:
            raise ConfigError(*issues)

    def read(self, after: str | None = None) -> Iterator[Message | Rejected]:
        """Every row behind the cursor; a row that cannot be read is rejected and its neighbours go through.

        Raises Retry when there is nothing at `folder`.
        """
        left, offset, line = resume(files(self.folder, self.patterns), after)
        for file in left:
            try:
                with file.path.open("rb") as data:
                    yield from self._rows(file, data, offset, line)
            except OSError as e:
                yield Rejected(error("file-unreadable", f"The file cannot be read: {e.strerror}. None of its rows "
                                     "were taken.", file.name, "Give the gateway the right to read it."),
                               b"", file.cursor(0, 1), file.name, file.delivery)
            offset, line = 0, 1

    def _rows(self, file: File, data: BinaryIO, offset: int, line: int) -> Iterator[Message | Rejected]:
        header, view, ends = _header(data.read(MAX_HEADER), self.charset)
        delimiter = self.delimiter or _delimiter(header.decode(view, "replace"))
        if offset < len(header):
            offset, line = len(header), ends + 1
        data.seek(offset)
        text = io.TextIOWrapper(data, view, "surrogatepass" if "16" in view else "strict", newline="")
        try:
            for record in records(text, delimiter):
                row = record.text.encode(view, "surrogatepass" if "16" in view else "strict")
                place = f"{file.name}:{line + _blank_lines(record.text)}"
                offset, line = offset + len(row), line + record.ends
                yield self._unit(header + row, file, place, file.cursor(offset, line), record.piece)
        except UnicodeDecodeError as e:
            data.seek(offset)
            yield _rejected(header + data.read(), file, f"{file.name}:{line}", file.cursor(offset, line),
                            error("csv-charset", f"The end of the file is not {view}: {e.reason}."))
        finally:
            text.detach()

    def _unit(self, raw: bytes, file: File, place: str, cursor: str, piece: bool) -> Message | Rejected:
        try:
            if piece:
                raise BadMessage(error("csv-row-too-long", "A line is longer than 4 MiB; it was kept in pieces.", "",
                                       "Ask the organisation for line ends between the rows."))
            key = self._key(self.parse(raw), raw)
        except BadMessage as bad:
            return _rejected(raw, file, place, cursor, bad.issue)
        kind = next((k for k, pattern in self.kinds.items() if fnmatch(file.name, pattern)), "row")
        return Message(key, kind, raw, cursor, delivery=file.delivery, place=place)

    def _key(self, row: Row, raw: bytes) -> str:
        missing = [column for column in self.key if not row.cells.get(column)]
        if missing:
            raise BadMessage(error("csv-key-missing", f"The row has no value in its key column {missing[0]!r}.", "",
                                   "Correct the row, or the setting `key` of the source."))
        return "~".join([*(row.cells[column] for column in self.key), hashlib.sha256(raw).hexdigest()[:32]])

    def parse(self, raw: bytes) -> Row:
        """A header and one row as named cells. Raises BadMessage."""
        text, remarks = _decode(raw, self.charset)
        delimiter = self.delimiter or _delimiter(text)
        try:
            found = [cells(_BLANK.sub("", r.text, count=1) if _BLANK.match(r.text) else r.text, delimiter)
                     for r in islice(records(io.StringIO(text, newline=""), delimiter), 3)]
        except Malformed as e:
            raise BadMessage(error("csv-malformed", f"The row cannot be cut into cells: {e}.", "",
                                   "Ask the organisation to double quotes inside quoted cells.")) from e
        if len(found) != 2:
            raise BadMessage(error("csv-malformed", f"A header and one row were expected, {len(found)} records found."))
        names, values = found
        if len(names) != len(values):
            raise BadMessage(error("csv-ragged-row", f"The row has {len(values)} cells, the header {len(names)}.", "",
                                   "Correct the row; a cell that holds the delimiter needs quotes."))
        if not self.delimiter and delimiter != ",":
            remarks.append(_said("csv-delimiter-detected", f"The header is delimited by {delimiter!r}."))
        return Row(dict(zip(_columns(names), (v.strip() for v in values), strict=True)), tuple(remarks))

    def path(self, text: str) -> Callable[[Row], list[Cell]]:
        """A column by its name. Raises BadPath."""
        column = text.strip()
        if not column or "\n" in column:
            raise BadPath("expected a column name as the header writes it, for instance: sample_id")
        return lambda row: [Cell(column, row.cells[column])] if row.cells.get(column) else []

    def leaves(self, tree: Row) -> Iterator[Leaf]:
        """The columns that hold something."""
        return (Leaf(name, value) for name, value in tree.cells.items() if value)

    def remarks(self, tree: Row) -> Iterator[Issue]:
        """What had to be guessed to read the row."""
        return iter(tree.remarks)

    def keys(self, scope: str) -> Iterator[str]:
        """Keys of the rows of the newest file of the kind `scope` (the last by name): the list as it stands now."""
        newest, found = "", list[str]()
        for unit in self.read():
            if isinstance(unit, Message) and unit.kind == scope:
                newest, found = unit.delivery, [*(found if unit.delivery == newest else ()), unit.key]
        return iter(found)

    def join(self, units: Iterable[bytes]) -> bytes:
        """The file whose units these are, in order, byte for byte."""
        raws = list(units)
        header = _header(raws[0], self.charset)[0] if raws else b""
        return header + b"".join(raw[len(header):] for raw in raws)


def _header(data: bytes, charset: str) -> tuple[bytes, str, int]:
    """The header's bytes with everything before it, the codec that shows its bytes one to one, and its line ends."""
    view = _wide(data, charset) or "latin-1"
    errors = "surrogatepass" if "16" in view else "strict"
    text = data[:len(data) - len(data) % 2 * ("16" in view)].decode(view, errors)
    record = next(records(io.StringIO(text, newline=""), _delimiter(text)), None)
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


def _decode(raw: bytes, charset: str) -> tuple[str, list[Issue]]:
    """The text without its byte order mark, and what was guessed. Raises BadMessage."""
    mark = next((codec for mark, codec in _MARKS.items() if raw.startswith(mark)), "")
    codec = charset or mark or _wide(raw, "") or "utf-8"
    try:
        text = raw.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as e:
        if charset or codec != "utf-8":
            raise BadMessage(error("csv-charset", f"The row is not {codec}: byte 0x{raw[e.start]:02x} at offset "
                                   f"{e.start}.", "", _NEXT)) from e
        return _western(raw), [_said("csv-charset-guessed", "The row is not UTF-8; it was read as windows-1252.")]
    said = mark and not charset
    return text, [_said("csv-charset-detected", f"The text is {codec}, as its first bytes say.")] if said else []


def _western(raw: bytes) -> str:
    try:
        return raw.decode("windows-1252")
    except UnicodeDecodeError as e:
        raise BadMessage(error("csv-charset", f"The row is neither UTF-8 nor windows-1252: byte 0x{raw[e.start]:02x} "
                               f"at offset {e.start}.", "", _NEXT)) from e


def _said(code: str, message: str) -> Issue:
    severity = Severity.warning if code.endswith("guessed") else Severity.information
    return Issue(code, severity, message, "", _NEXT)


def _delimiter(text: str) -> str:
    """The delimiter that stands most often in the first line, outside quotes; a comma when there is none."""
    line = re.sub(r'"[^"]*"', "", _BLANK.sub("", text[:MAX_HEADER], count=1).split("\n", 1)[0])
    return max(",;\t|", key=line.count)


def _columns(names: list[str]) -> Iterator[str]:
    """Unique column names: a nameless third one is `column 3`, a second `name` is `name(2)`."""
    seen: dict[str, int] = {}
    for number, name in enumerate((n.strip() for n in names), 1):
        name = name or f"column {number}"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}({seen[name]})"


def _blank_lines(text: str) -> int:
    blank = _BLANK.match(text)
    return len(re.findall(r"\r\n|\r|\n", blank[0])) if blank else 0


def _rejected(raw: bytes, file: File, place: str, cursor: str, issue: Issue) -> Rejected:
    return Rejected(replace(issue, where=place), raw, cursor, hashlib.sha256(raw).hexdigest()[:32], file.delivery)
