"""FHIR JSON as a tree of places: what a message holds, its leaves, and paths into it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import BadMessage, Issue, Severity, error
from gateway.sdk import BadJson, BadPath, Leaf, Resource, Value, loads

MAX_DEPTH = 100
_STEP = re.compile(r"([A-Za-z_]\w*)(?:\[(\d+)\])?$")
_NEXT = "Ask the organisation for FHIR R4 JSON; the bytes are kept and can be replayed."


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of a message: its place, its body (None: there is none) and the Bundle entry around it.

    at: when the Bundle says that it was made
    """

    where: str
    resource: Resource | None
    around: Mapping[str, Any]
    at: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A JSON value at its FHIRPath place, by which it is told: a node of the mapping language."""

    where: str
    content: Any = field(compare=False)

    @property
    def value(self) -> Value | None:
        first = next(leaves(self.where, self.content), None)
        return Value(_plain(first[1]), (first[0],)) if first else None


def entries(raw: bytes) -> tuple[Entry, ...]:
    """A resource, a Bundle entry or a Bundle as entries. Raises BadMessage."""
    try:
        value = loads(raw)
    except BadJson as e:
        place = f"line {e.line}, column {e.column}" if e.line else ""
        raise BadMessage(error("fhir-unreadable", f"The message is not FHIR JSON: {e}.", place, _NEXT)) from e
    if not isinstance(value, dict):
        raise BadMessage(error("fhir-unreadable", "The message is JSON, but no object.", "", _NEXT))
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _is_deep(value):
        raise BadMessage(error("fhir-deep", f"The message is nested more than {MAX_DEPTH} levels deep.", "", _NEXT))
    if value.get("resourceType") == "Bundle" and isinstance(value.get("entry"), list):
        meta = value.get("meta")
        at = value.get("timestamp") or (meta.get("lastUpdated") if isinstance(meta, dict) else None) or ""
        return tuple(_entry(f"Bundle.entry[{n}].resource", e, str(at)) for n, e in enumerate(value["entry"]))
    if isinstance(value.get("resourceType"), str):
        return (Entry(value["resourceType"], value, {}),)
    if isinstance(value.get("resource"), dict) or "response" in value or "request" in value:
        return (_entry("", value),)
    raise BadMessage(error("fhir-resource-type", "The message is JSON, but neither a FHIR resource nor a Bundle.", "",
                           _NEXT))


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for v in level for child in (v.values() if isinstance(v, dict) else v)
                 if isinstance(child, (dict, list))]
        if not level:
            return False
    return True


def _entry(where: str, value: Any, at: str = "") -> Entry:
    around = value if isinstance(value, dict) else {}
    resource = around.get("resource")
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        return Entry(where or "entry", None, around, at)
    return Entry(where or resource["resourceType"], resource, around, at)


def leaves(where: str, content: Any) -> Iterator[tuple[str, Any]]:
    """Place and value of every populated leaf below a place, in order. A message is at most MAX_DEPTH levels deep."""
    found: list[tuple[str, Any]] = []
    _gather(where, content, found)
    return iter(found)


def count(tree: tuple[Entry, ...]) -> int:
    """How many leaves there are below all entries."""
    total, waiting = 0, [entry.resource for entry in tree]
    while waiting:
        content = waiting.pop()
        if isinstance(content, str):
            total += content != "" and not content.isspace()
        elif isinstance(content, dict):
            waiting += content.values()
        elif isinstance(content, list):
            waiting += content
        elif content is not None:
            total += 1
    return total


def _gather(where: str, content: Any, found: list[tuple[str, Any]]) -> None:
    if isinstance(content, dict):
        for name, value in content.items():
            _gather(f"{where}.{name}", value, found)
    elif isinstance(content, list):
        for n, value in enumerate(content):
            _gather(f"{where}[{n}]", value, found)
    elif content is not None and str(content).strip():
        found.append((where, content))


def leaf(where: str, content: Any) -> Leaf:
    """A leaf as the ledger counts it: booleans as JSON writes them, numbers with their digits."""
    return Leaf(where, str(_plain(content)))


def _plain(content: Any) -> Any:
    return str(content).lower() if isinstance(content, bool) else content


def compile_path(text: str) -> Callable[[tuple[Entry, ...]], list[Place]]:
    """Compile `name.given`, `name[1].family` or the same behind a resource type. Raises BadPath."""
    steps = []
    for part in text.strip().split("."):
        match = _STEP.match(part)
        if not match:
            raise BadPath(f"expected elements joined by dots, for instance Patient.name[0].family, not {text!r}")
        steps.append((match[1], int(match[2]) if match[2] else None))
    return lambda tree: [place for entry in tree if entry.resource for place in _select(entry, steps)]


def _select(entry: Entry, steps: list[tuple[str, int | None]]) -> list[Place]:
    places = [Place(entry.where, entry.resource)]
    typed = steps[0][0][:1].isupper()
    if typed and entry.resource and steps[0][0] != entry.resource["resourceType"]:
        return []
    for name, number in steps[1:] if typed else steps:
        places = [child for place in places for child in _children(place, name, number)]
    return places


def _children(place: Place, name: str, number: int | None) -> list[Place]:
    content = place.content.get(name) if isinstance(place.content, dict) else None
    if not isinstance(content, list):
        return [Place(f"{place.where}.{name}", content)] if content is not None and not number else []
    numbers = range(len(content)) if number is None else range(number, min(number + 1, len(content)))
    return [Place(f"{place.where}.{name}[{n}]", content[n]) for n in numbers]


def server_says(resource: Resource) -> Iterator[Issue]:
    """What an OperationOutcome among the answers tells; its texts may hold patient data and are left out."""
    for issue in resource.get("issue") or ():
        if isinstance(issue, dict):
            yield Issue("fhir-server-says", Severity.warning, f"The server added an outcome: {issue.get('severity')}, "
                        f"{issue.get('code')}.", "OperationOutcome", "Read the message; it is no patient data itself.")
