"""How conversions read the parts of a field, and what they leave out."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from adapters.hl7v2.tree import Node, Segment
from gateway.sdk import Context, Value

Place = Node | Segment


def part(node: Place | None, number: int, inner: int = 0) -> Node | None:
    """The component below a field, or the subcomponent `inner` of it, or None."""
    found = node.part(number) if type(node) is Node else None
    return found.part(inner) if found is not None and inner else found


def at(node: Place | None, number: int, inner: int = 0) -> Value | None:
    """Its text; None when it is empty or `""`."""
    if inner:
        node, number = part(node, number), inner
    return node.at(number) if type(node) is Node else None


def first(*values: Value | None) -> Value | None:
    """The first that is there."""
    return next((value for value in values if value is not None), None)


def full(members: Mapping[str, Any]) -> dict[str, Any] | None:
    """The members that hold something; None without any."""
    found = {name: value for name, value in members.items() if value or value == 0}
    return found or None


def translate(value: Value | None, table: Mapping[str, str]) -> Value | None:
    """The value's counterpart in a fixed table; None when there is none."""
    found = table.get(str(value.content).upper()) if value is not None else None
    return value.to(found) if value is not None and found else None


def joined(values: Iterable[Value], separator: str = " ") -> Value | None:
    """One text out of several, with all their origins; None without any."""
    found = list(values)
    origins = tuple(o for v in found for o in v.origins)
    return Value(separator.join(str(v.content) for v in found), origins) if found else None


def choice(node: Place | None, *numbers: int) -> list[Value]:
    """The texts of those components that hold one, in this order."""
    return [value for number in numbers if (value := at(node, number))]


def because(item: Any, *reasons: Value | None) -> Any:
    """The item with the origins of what decided its form: without them the ledger would call these leaves unread."""
    origins = tuple(o for reason in reasons if reason is not None for o in reason.origins)
    return _traced(item, origins) if origins else item


def _traced(item: Any, origins: tuple[str, ...]) -> Any:
    if isinstance(item, Mapping):
        return {name: _traced(value, origins) for name, value in item.items()}
    if isinstance(item, list):
        return [_traced(value, origins) for value in item]
    if isinstance(item, Value):
        return Value(item.content, tuple(dict.fromkeys((*item.origins, *origins))))
    return Value(item, origins) if item is not None else None


def field(node: Place, number: int) -> Node | None:
    """First repeat of a field of the segment in which a node stands."""
    found = node.segment.field(number)
    return found[0] if found else None


def local_uri(context: Context, name: str) -> str:
    """A URI for a name that means something within its source only (V2-12)."""
    return _local_uri(context.source, name)


@lru_cache(4096)
def _local_uri(source: str, name: str) -> str:
    return f"urn:throughline:{quote(source, safe='') or 'local'}:{quote(name, safe='-.')}"


def code_text(value: Value) -> Value:
    """The text as FHIR's `code` allows it: no blanks but single ones between words."""
    return value.to(" ".join(str(value.content).split()))

