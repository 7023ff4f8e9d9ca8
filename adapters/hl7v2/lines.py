"""A text report of many OBX, a line each: one text, in the order in which its lines came (TX and FT, chapter 7.4.2)."""

from collections.abc import Callable, Iterator

from adapters.hl7v2.tree import Node, Segment, Tree
from gateway.sdk import Value

_KINDS = ("TX", "FT")
_OWN = (1, 4, 5)                     # set id, sub-id (the number of the line), and the text itself


def above(scope: Tree | Segment | Node) -> list[Segment]:
    """The line which the place's OBX goes on with: the OBX right above it that says the same but for its text."""
    if isinstance(scope, Tree):
        return []
    segment = scope.segment
    before = segment.tree.segments[segment.position - 1] if segment.position else segment
    return [before] if before is not segment and _goes_on(before, segment) else []


def lines(segment: Segment) -> Iterator[Segment]:
    """An OBX and the lines below that go on with it."""
    yield segment
    every = segment.tree.segments
    for after in every[segment.position + 1:]:
        if not _goes_on(segment, after):
            return
        yield after
        segment = after


def comments(scope: Tree | Segment | Node) -> list[Segment]:
    """The NTE of all lines of the place's OBX."""
    return [] if isinstance(scope, Tree) else [n for line in lines(scope.segment) for n in line.related("NTE")]


def of_order(name: str) -> Callable[[Tree | Segment | Node], list[Segment]]:
    """The segments of this name that stand at the ORC of the place's order, not at the place."""
    def found(scope: Tree | Segment | Node) -> list[Segment]:
        orders = [] if isinstance(scope, Tree) else scope.segment.related("ORC")
        return [n for control in orders for n in control.related(name)]
    return found


def beside(segment: Segment) -> Value:
    """What a line says beside its text: it was read to tell that it goes on."""
    return Value("", tuple(o for number in range(2, len(segment.fields)) if number not in _OWN[2:]
                           for node in segment.field(number) for o in node.text.origins))


def _goes_on(one: Segment, next_one: Segment) -> bool:
    """Whether the second is the next line: both text under one code; what else it says, the first says too."""
    if one.name != "OBX" or next_one.name != "OBX":
        return False
    a, b = one.fields, next_one.fields
    if len(a) < 4 or len(b) < 4 or a[2] not in _KINDS or b[2] not in _KINDS or not a[3] or a[3] != b[3]:
        return False
    said = (text == (a[n] if n < len(a) else "") for n, text in enumerate(b) if n > 3 and text and n not in _OWN)
    return all(said)
