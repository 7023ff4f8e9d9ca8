"""Code tables: `tables/NAME.csv` with the columns `from,system,code,display` and optionally `version`."""

import csv
import io
from typing import Any

from gateway.errors import ConfigError, Issue
from gateway.mapping.mistakes import Mistakes, guess
from gateway.sdk import Table, digest

COLUMNS = ("from", "system", "code", "display", "version")
NEEDED = ("from", "code")


class _At:
    """A line of the table as a place."""

    def __init__(self, line: int) -> None:
        self.line, self.column = line, 1


def read_table(name: str, text: str) -> Table:
    """A table; its version is said by a remark `# version: …`, else it is the hash of its text.

    Raises ConfigError with every mistake.
    """
    mistakes = Mistakes(f"tables/{name}.csv")
    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    remarks = [line.lstrip("# ").strip() for line in lines if line.startswith("#")]
    version = next((r.removeprefix("version:").strip() for r in remarks if r.startswith("version:")), "")
    body = "".join("\n" if line.startswith("#") else line for line in lines)
    rows = _rows(csv.reader(io.StringIO(body), strict=True), mistakes)
    if mistakes.issues:
        raise ConfigError(*mistakes.issues)
    return Table(name, version or digest(text)[:16], rows)


def read_tables(texts: dict[str, str]) -> dict[str, Table]:
    """Name → table for name → text. Raises ConfigError with the mistakes of all of them."""
    tables: dict[str, Table] = {}
    issues: list[Issue] = []
    for name, text in texts.items():
        try:
            tables[name] = read_table(name, text)
        except ConfigError as e:
            issues.extend(e.issues)
    if issues:
        raise ConfigError(*issues)
    return tables


def _rows(reader: Any, mistakes: Mistakes) -> dict[str, dict[str, str]]:
    header: list[str] = []
    rows: dict[str, dict[str, str]] = {}
    try:
        for cells in reader:
            cells = [c.strip() for c in cells]
            if not any(cells):
                continue
            if not header:
                header = _header(cells, mistakes, reader.line_num)
                continue
            if len(cells) != len(header):
                mistakes.add("table-ragged", f"The row has {len(cells)} cells, the header {len(header)}; a text with "
                             "a comma needs quotes.", _At(reader.line_num))
                continue
            row = dict(zip(header, cells, strict=True))
            key = row.pop("from", "")
            if not key or key in rows:
                message = f"The text {key!r} stands twice." if key else "The row has no text in `from`."
                mistakes.add("table-row", message, _At(reader.line_num))
            rows[key] = row
    except csv.Error as e:
        mistakes.add("table-unreadable", f"This is not CSV: {e}.", _At(reader.line_num))
    if not header and not mistakes.issues:
        mistakes.add("table-header", "The table is empty; expected the header from,system,code,display.")
    return rows


def _header(cells: list[str], mistakes: Mistakes, line: int) -> list[str]:
    for cell in cells:
        if cell not in COLUMNS:
            mistakes.add("table-header", f"There is no column {cell!r}{guess(cell, COLUMNS)} "
                         f"Columns: {', '.join(COLUMNS)}.", _At(line))
    for needed in NEEDED:
        if needed not in cells:
            mistakes.add("table-header", f"The column {needed!r} is missing.", _At(line))
    return cells
