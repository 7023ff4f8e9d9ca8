"""Golden side-cars of the shipped HL7 v2 mappings: `x.hl7` beside `x.hl7.fhir.json`, all invented.

`python -m tests.mappings.sidecar` writes what is missing; `--force` writes all of them anew, for a reader to compare.
"""

import sys
from pathlib import Path
from typing import Any

from gateway.jsontext import dumps
from gateway.pure.mapping import Chosen, messages

FOLDER = Path(__file__).parent / "hl7v2"


def files() -> list[Path]:
    """Every message file."""
    return sorted(FOLDER.glob("*.hl7"))


def said(file: Path) -> list[dict[str, Any]]:
    """What `gateway map run` makes of a file: one object a message."""
    return [_said(found.result) for found in messages(file.name, file.read_bytes(), Chosen())]


def _said(result: Any) -> dict[str, Any]:
    mapped = result.mapped
    return {"message": getattr(result.message, "kind", None), "resources": list(mapped.resources),
            "assertions": [a.line() for a in mapped.assertions],
            "issues": [f"{i.code} {i.where.partition(' (')[0]}".strip() for i in mapped.issues],
            "unmapped": list(mapped.ledger.unmapped)}


def text(messages: list[dict[str, Any]]) -> str:
    """JSON with one resource a line, so that a change is a line of a diff."""
    return "[\n" + ",\n".join(_object(m) for m in messages) + "\n]\n"


def _object(message: dict[str, Any]) -> str:
    return "{" + ",\n ".join(f'"{name}": {_member(value)}' for name, value in message.items()) + "}"


def _member(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n  " + ",\n  ".join(dumps(item) for item in value) + "]"
    return dumps(value)


def beside(file: Path) -> Path:
    """The side-car of a message file."""
    return file.with_name(file.name + ".fhir.json")


def main(force: bool) -> None:
    """Write side-cars; never over one that is there, unless forced."""
    for file in files():
        if force or not beside(file).exists():
            beside(file).write_text(text(said(file)), "utf-8")


if __name__ == "__main__":
    main("--force" in sys.argv)
