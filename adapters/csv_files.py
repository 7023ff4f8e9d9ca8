"""CSV and other delimited text with a header: one message a row.

The bytes of a message are the header and its own row, so that each row can be read, replayed and erased alone;
`CSVFiles.join` puts the messages of one file together again, byte for byte. What had to be guessed in order to read
a row (its encoding, the delimiter, a column name that stands twice) is said by `CSVFiles.remarks`.
"""

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from itertools import islice
from typing import BinaryIO, ClassVar

from adapters.csv_text import (
    MAX_HEADER,
    blank_lines,
    columns_of,
    decoded,
    delimiter_of,
    encodes_lines,
    foreign,
    header_of,
    remark,
    without_blanks,
)
from adapters.delimited import MAX_ROW, Malformed, cells, records
from adapters.files import File, files, resume
from gateway.errors import BadMessage, ConfigError, Issue, error
from gateway.model import Message, Rejected
from gateway.sdk import BadPath, Function, Leaf, Value


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

    Put files there by renaming them, so that none is read half written; one that changes later is read again.
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
        if self.charset and not encodes_lines(self.charset):
            issues.append(error("setting-invalid", f"charset = {self.charset!r} is no codec that Python knows and that "
                                "has ASCII in it, nor UTF-16.", "charset",
                                "Write for instance utf-8, windows-1252 or iso-8859-1."))
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
        first = data.read(MAX_HEADER)
        header, view, ends = header_of(first, self.charset)
        if issue := foreign(first):
            yield from self._refused(file, data, header, max(offset, len(header)), issue)
            return
        delimiter = self.delimiter or delimiter_of(header.decode(view, "replace"))
        if offset < len(header):
            offset, line = len(header), ends + 1
        data.seek(offset)
        text = io.TextIOWrapper(data, view, "surrogatepass" if "16" in view else "strict", newline="")
        try:
            for record in records(text, delimiter):
                row = record.text.encode(view, "surrogatepass" if "16" in view else "strict")
                place = f"{file.name}:{line + blank_lines(record.text)}"
                offset, line = offset + len(row), line + record.ends
                yield self._unit(header + row, file, place, file.cursor(offset, line), record.piece)
        except UnicodeDecodeError as e:
            data.seek(offset)
            yield _rejected(header + data.read(), file, f"{file.name}:{line}", file.cursor(offset, line),
                            error("csv-charset", f"The end of the file is not {view}: {e.reason}."))
        finally:
            text.detach()

    def _refused(self, file: File, data: BinaryIO, header: bytes, offset: int, issue: Issue) -> Iterator[Rejected]:
        """A file of which no row is taken: its bytes are kept, in pieces of bounded size."""
        data.seek(offset)
        while (piece := data.read(MAX_ROW)) or offset == len(header):
            offset += len(piece) or 1
            yield _rejected(header + piece, file, f"{file.name}:1", file.cursor(offset, 1), issue)

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
        text, remarks = decoded(raw, self.charset)
        delimiter = self.delimiter or delimiter_of(text)
        try:
            found = [cells(without_blanks(r.text), delimiter)
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
            remarks.append(remark("csv-delimiter-detected", f"The header is delimited by {delimiter!r}."))
        return Row(dict(zip(columns_of(names), (v.strip() for v in values), strict=True)), tuple(remarks))

    def path(self, text: str) -> Callable[[Row], list[Cell]]:
        """A column by its name. Raises BadPath."""
        column = text.strip()
        if not column or "\n" in column:
            raise BadPath("expected a column name as the header writes it, for instance: sample_id")
        return lambda row: [Cell(column, row.cells[column])] if row.cells.get(column) else []

    def leaves(self, tree: Row) -> Iterator[Leaf]:
        """The columns that hold something."""
        return (Leaf(name, value) for name, value in tree.cells.items() if value)

    def wider(self, path: str) -> tuple[str, ...]:
        """What covers a leaf: a column is a column, whatever dots and dashes its name has."""
        return (path,)

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
        header = header_of(raws[0], self.charset)[0] if raws else b""
        return header + b"".join(raw[len(header):] for raw in raws)


def _rejected(raw: bytes, file: File, place: str, cursor: str, issue: Issue) -> Rejected:
    return Rejected(replace(issue, where=place), raw, cursor, hashlib.sha256(raw).hexdigest()[:32], file.delivery)
