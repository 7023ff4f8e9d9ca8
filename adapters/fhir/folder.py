"""Files of FHIR JSON: one resource, a Bundle, or one resource a line, told apart by what is in them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from adapters.fhir.feed import message, rejected
from adapters.fhir.tree import entries
from adapters.fhir.units import cut
from adapters.files import File, files, resume
from gateway.errors import BadMessage, error
from gateway.sdk import BadJson, Message, Rejected, digest, loads

MAX_TEXT = 2**26


def read_folder(folder: str, patterns: tuple[str, ...], after: str | None) -> Iterator[Message | Rejected]:
    """Every unit behind the cursor, file by file. Raises Retry when there is nothing at `folder`."""
    left, taken, _ = resume(files(folder, patterns), after)
    for file in left:
        number = 0
        try:
            for number, (raw, place) in enumerate(_units(file), 1):
                if number > taken:
                    yield _unit(raw, place, file, file.cursor(number, 1))
        except OSError as e:
            yield rejected(error("file-unreadable", f"The file cannot be read: {e.strerror}.", file.name,
                                 "Give the gateway the right to read it."), b"", file.cursor(number, 1), file.delivery)
        taken = 0


def _unit(raw: bytes, place: str, file: File, cursor: str) -> Message | Rejected:
    try:
        if len(raw) > MAX_TEXT:
            raise BadMessage(error("fhir-too-large", f"A piece of JSON is longer than {MAX_TEXT} bytes; its bytes "
                                   "were kept, unread.", "", "Ask for one resource a line (NDJSON)."))
        found = entries(raw)
    except BadMessage as bad:
        return rejected(replace(bad.issue, where=" ".join(w for w in (place, bad.issue.where) if w)),
                        raw, cursor, file.delivery)
    if len(found) == 1 and found[0].resource:
        return message(found[0], raw, cursor, file.delivery, place)
    return Message(f"Bundle~{digest(raw.hex())[:32]}", "Bundle", raw, cursor, delivery=file.delivery, place=place)


def _units(file: File) -> Iterator[tuple[bytes, str]]:
    """The units of a file with their places; `units.joined` makes the file of them again."""
    with file.path.open("rb") as data:
        if file.path.stat().st_size <= MAX_TEXT:
            whole = data.read()
            bundle = _json(whole)
            found = cut(whole.decode(), bundle) if isinstance(bundle, dict) else None
            if found:
                yield from ((unit.encode(), f"{file.name}: entry {n}") for n, unit in enumerate(found.units()))
                return
            if bundle is not None or not any(isinstance(_json(line), dict) for line in whole.splitlines()):
                yield whole, file.name
                return
            data.seek(0)
        yield from _lines(file, data)


def _lines(file: File, data: BinaryIO) -> Iterator[tuple[bytes, str]]:
    """NDJSON: a line a unit; blank lines go with the one behind them."""
    blank, number = b"", 0
    while line := data.readline(MAX_TEXT + 1):
        number += 1
        if line.strip():
            yield blank + line, f"{file.name}:{number}"
            blank = b""
        else:
            blank += line


def _json(data: bytes) -> Any:
    """The JSON value of the bytes, None when they are none."""
    try:
        return loads(data)
    except BadJson:
        return None
