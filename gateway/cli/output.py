"""What every verb prints with: data on stdout as JSON, JSON lines or text; everything else on stderr."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gateway.errors import Issue, UsageError, error
from gateway.jsontext import dumps
from gateway.shipped import codes
from gateway.summary.plain import plain

_WORDS: dict[Any, str] = {None: "-", True: "yes", False: "no"}
Command = Any  # a click command while its options are put on


def document(value: Any) -> None:
    """One JSON document, names sorted: the same value gives the same bytes."""
    _utf8(dumps(value, sort=True))


def lines(rows: Iterable[Any]) -> None:
    """One JSON object a line."""
    for row in rows:
        _utf8(dumps(row))


def _utf8(text: str) -> None:
    """A file's name need not be UTF-8, what we print must: its other bytes become question marks."""
    click.echo(text.encode("utf-8", "replace"))


def table(rows: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """Text columns for people."""
    cells = [[plain(str(_WORDS.get(v, v) if v is None or isinstance(v, bool) else v))
              for v in (row.get(c, "") for c in columns)] for row in rows]
    widths = [max(len(c), *(len(r[i]) for r in cells)) if cells else len(c) for i, c in enumerate(columns)]
    for row in [[c.upper() for c in columns], *cells]:
        click.echo("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())


def issue(found: Issue) -> None:
    """An issue on stderr: what, where, what next (its own step, else the one of its code), where to read more."""
    step = found.hint or codes().get(found.code, {}).get("next", "")
    click.echo(f"{replace(found, hint=step)}\n  more: gateway explain {found.code}", err=True)


def listing(items: Iterable[dict[str, Any]], columns: tuple[str, ...], schema: str, as_json: bool,
            as_jsonl: bool) -> None:
    """Rows in the form that was asked for; `schema` names the JSON."""
    if as_jsonl:
        lines({"schema": schema, **item} for item in items)
    elif as_json:
        document({"schema": schema, "rows": list(items)})
    else:
        table(items, columns)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A function that is told (stage, done, of how many) and draws a bar on a terminal, and nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return

    def tick(stage: str, done: int, total: int) -> None:
        filled = 30 * done // max(total, 1)
        end = "\n" if done >= total else ""
        click.echo(f"\r{stage:<10} [{'#' * filled:<30}] {done} of {total}{end}", err=True, nl=False)

    yield tick


def read(path: str) -> bytes:
    """Bytes of a file, `-` for standard input. Raises UsageError."""
    try:
        if path == "-":
            return sys.stdin.buffer.read()
        return Path(path).read_bytes()
    except OSError as e:
        raise UsageError(error("file-unreadable", f"The file cannot be read: {e.strerror}.", path,
                               "Check that it exists and may be read.")) from e


def outside(home: str, *paths: str | Path) -> None:
    """Raises UsageError for a file to be written that is the home's own, or named twice: nothing is written then."""
    own = [Path(home, name).resolve() for name in ("data", "secrets", "sources", "mappings", "gateway.toml")]
    places = [Path(path).resolve() for path in paths]
    if len(set(places)) < len(places):
        raise UsageError(error("file-twice", "Two files cannot have one name; nothing was written.", str(paths[0]),
                               "Name two files."))
    for path, place in zip(paths, places, strict=True):
        if any(place.is_relative_to(folder) for folder in own):
            raise UsageError(error("file-of-home", "A file of the home itself would be overwritten; nothing was "
                                   "written.", str(path), "Name a place outside of the home."))


def write(home: str, path: str, data: bytes) -> int:
    """Write a file whole, outside of the home. Returns its size; raises UsageError."""
    outside(home, path)
    try:
        return Path(path).write_bytes(data)
    except OSError as e:
        raise UsageError(error("file-unwritable", f"The file cannot be written: {e.strerror}.", path,
                               "Name a place that may be written.")) from e


def walk(paths: Iterable[str]) -> Iterator[str]:
    """Files below files and folders, and links that lead nowhere, in a fixed order.

    Raises UsageError for a path that is not there.
    """
    for path in map(Path, paths):
        if path.is_dir():
            yield from (str(p) for p in sorted(path.rglob("*")) if p.is_file() or (p.is_symlink() and not p.exists()))
        elif path.exists():
            yield str(path)
        else:
            raise UsageError(error("file-unreadable", "There is no such file or folder.", str(path), "Check the path."))


def told(words: str, as_json: bool, schema: str, /, **body: Any) -> None:
    """What a command did: one document, or a sentence for people."""
    if as_json:
        document({"schema": schema, **body})
    else:
        click.echo(words)


def rows(found: Iterable[dict[str, Any]], schema: str, as_json: bool) -> None:
    """Rows that say their schema themselves: one a line as they come, or one document."""
    if as_json:
        document({"schema": schema, "rows": list(found)})
    else:
        lines(found)


def document_option(command: Command) -> Command:
    """--json, and --jsonl, which is the same for one document."""
    return click.option("--json", "--jsonl", "as_json", is_flag=True, help="One JSON document, on one line.")(command)


def json_options(command: Command) -> Command:
    """--json and --jsonl."""
    command = click.option("--jsonl", "as_jsonl", is_flag=True, help="One JSON object a line.")(command)
    return click.option("--json", "as_json", is_flag=True, help="One JSON document.")(command)
