"""How conversions read the parts of a field, and what they leave out."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from adapters.hl7v2.tree import Node, Segment
from gateway.sdk import Context, Value

Place = Node | Segment


def part(node: Place | None, number: int, inner: int = 0) -> Node | None:
    """The component below a field, or the subcomponent `inner` of it, or None."""
    found = node.part(number) if node.__class__ is Node else None
    return found.part(inner) if found is not None and inner else found


def at(node: Place | None, number: int, inner: int = 0) -> Value | None:
    """Its text; None when it is empty or `""`."""
    if inner:
        node, number = part(node, number), inner
    if node.__class__ is not Node:
        return None
    values = node.values or node.read()
    return values[number] if number < len(values) else None


def deep(node: Place | None, number: int) -> Node | None:
    """The component if it has subcomponents; else `at` says all that there is."""
    return node.deep(number) if node.__class__ is Node else None


def texts(node: Place, count: int) -> list[Value | None]:
    """Its texts by number, 1 to `count` at least; None where nothing stands, as `at` has it."""
    if node.__class__ is not Node:
        return [None] * (count + 1)
    values = node.values or node.read()
    return values if len(values) > count else values + [None] * (count + 1 - len(values))


def wholes(node: Place, count: int) -> list[Value | None]:
    """As `texts`, for components that have no subcomponents: a bare separator in one belongs to its text
    (`Blood & Sons`), as senders write it who do not escape."""
    said = texts(node, count)
    if node.__class__ is not Node or node.component or node.segment.tree.separators.subcomponent not in node.raw:
        return said
    return [None, *(whole(node, number) for number in range(1, len(said)))]


def whole(node: Place | None, number: int) -> Value | None:
    """The text of one component with what a bare separator cuts off; of the first alone where nothing is cut off."""
    inner = deep(node, number)
    text = inner.text if inner is not None else None
    return text if text is not None and len(text.origins) > 1 else at(node, number)


def translate(value: Value | None, table: Mapping[str, str]) -> Value | None:
    """The value's counterpart in a fixed table; None when there is none."""
    found = table.get(str(value.content).upper()) if value is not None else None
    return value.to(found) if value is not None and found else None


def choice(node: Place | None, *numbers: int) -> list[Value]:
    """The texts of those components that hold one, in this order."""
    if node.__class__ is not Node:
        return []
    values = node.values or node.read()
    return [value for number in numbers if number < len(values) and (value := values[number])]


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

