"""JSON and JSON lines as they come from a user, with every unreadable line named."""

from collections.abc import Iterator
from typing import Any

from gateway.errors import UsageError, error
from gateway.jsontext import BadJson, loads


def document(name: str, data: bytes) -> Any:
    """The one JSON value of a file. Raises UsageError."""
    try:
        return loads(data)
    except BadJson as e:
        place = f"{name}:{e.line or 1}"
        raise UsageError(error("json-unreadable", f"{e}.", place, "Correct it; nothing was done.")) from e


def objects(name: str, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of a JSON lines file without its blank lines. Raises UsageError naming all bad lines."""
    faults, found = [], []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = loads(line)
            if isinstance(value, dict):
                found.append((number, value))
            else:
                faults.append(error("json-unreadable", "The line is no JSON object.", f"{name}:{number}"))
        except BadJson as e:
            faults.append(error("json-unreadable", f"{e}.", f"{name}:{number}", "Correct the line; nothing was done."))
    if faults:
        raise UsageError(*faults)
    return iter(found)
