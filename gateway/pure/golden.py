"""`gateway source check`: golden side-cars, `x.hl7.fhir.json` beside `x.hl7` holds what has to become of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.config import utf8
from gateway.jsontext import dumps
from gateway.pure.mapping import Chosen, messages

SUFFIX = ".fhir.json"


@dataclass(frozen=True)
class Checked:
    """One file: state is same, different, missing (no side-car), written, would be written, or kept (one stands there).

    `line` is the first line, from 1, at which side-car and output differ, 0 when none does.
    """

    file: str
    state: str
    line: int = 0
    expected: str = ""
    made: str = ""

    def json(self) -> dict[str, Any]:
        """The row of `gateway source check`."""
        return {"file": self.file, "state": self.state, "line": self.line, "expected": self.expected, "made": self.made}


def files(folder: Path) -> list[Path]:
    """Every file below a folder that is no side-car, in a fixed order."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(SUFFIX))


def beside(file: Path) -> Path:
    """The side-car of a message file."""
    return file.with_name(file.name + SUFFIX)


def said(file: Path, chosen: Chosen) -> list[dict[str, Any]]:
    """What the mappings make of a file: one object a message."""
    return [_said(found.result) for found in messages(file.name, file.read_bytes(), chosen)]


def check(folder: Path, chosen: Chosen) -> Iterator[Checked]:
    """Compare every file with its side-car, line by line. Writes nothing."""
    return (_checked(file, chosen) for file in files(folder))


def write(folder: Path, chosen: Chosen, force: bool, dry_run: bool = False) -> Iterator[Checked]:
    """Write side-cars; never over one that is there, unless forced. `dry_run` only says which."""
    for file in files(folder):
        if beside(file).exists() and not force:
            yield Checked(str(file), "kept")
        elif dry_run:
            yield Checked(str(file), "would be written")
        else:
            beside(file).write_text(text(said(file, chosen)), "utf-8")
            yield Checked(str(file), "written")


def _checked(file: Path, chosen: Chosen) -> Checked:
    side = beside(file)
    if not side.exists():
        return Checked(str(file), "missing")
    wanted, ours = (t.split("\n") for t in (utf8(side, side.name), text(said(file, chosen))))
    if wanted == ours:
        return Checked(str(file), "same")
    end = [""] * abs(len(wanted) - len(ours))
    pairs = zip(wanted + end, ours + end, strict=False)
    number, (expected, made) = next((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    return Checked(str(file), "different", number, expected.strip(), made.strip())


def _said(result: Any) -> dict[str, Any]:
    mapped = result.mapped
    return {"message": getattr(result.message, "kind", None), "resources": list(mapped.resources),
            "assertions": [a.line() for a in mapped.assertions],
            "issues": [f"{i.code} {i.where.partition(' (')[0]}".strip() for i in mapped.issues],
            "unmapped": list(mapped.ledger.unmapped)}


def text(found: list[dict[str, Any]]) -> str:
    """JSON with one resource a line, so that a change is a line of a diff."""
    return "[\n" + ",\n".join(_object(m) for m in found) + "\n]\n"


def _object(message: dict[str, Any]) -> str:
    return "{" + ",\n ".join(f'"{name}": {_member(value)}' for name, value in message.items()) + "}"


def _member(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n  " + ",\n  ".join(dumps(item) for item in value) + "]"
    return dumps(value)
