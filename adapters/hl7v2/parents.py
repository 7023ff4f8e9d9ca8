"""The result on which another order's results rest: the organism of a susceptibility test (OBR-26, OBR-29)."""

from collections.abc import Sequence

from adapters.hl7v2.tree import Node, Segment, Tree


def parents(scope: Tree | Segment | Node) -> Sequence[Segment]:
    """OBX of another order of the message which OBR-26 of the place's own order names (HL7 v2.8 chapter 4.5.3).

    OBR-26: code (1), sub-id (2) and value (3) of the parent result. OBR-29: the parent's placer and filler number;
    where it names none the result stands in any other order. Empty where nothing or more than one thing fits.
    """
    if isinstance(scope, Tree):
        return ()
    own = scope.segment
    orders = [own] if own.name == "OBR" else own.related("OBR")
    named = next((n for order in orders for n in order.field(26)), None)
    if named is None:
        return ()
    code = _text(named, 1, 1)
    if not code:
        return ()
    sub, order = _text(named, 2, 1), orders[0]
    placer, filler = (next((_text(n, part, 1) for n in order.field(29)), "") for part in (1, 2))
    found = [x for other in own.tree.by_name["OBR"] if other is not order and _numbered(other, placer, filler)
             for x in other.related("OBX") if _said(x, 3) == code and (not sub or _said(x, 4) == sub)]
    return found if len(found) == 1 else ()


def _numbered(order: Segment, placer: str, filler: str) -> bool:
    """Whether an order has the numbers that are given."""
    control = order.related("ORC")
    return all(not wanted or wanted in [_said(s, number) for s in (order, *control)]
               for wanted, number in ((placer, 2), (filler, 3)))


def _said(segment: Segment, number: int) -> str:
    return next((_text(n, 1) for n in segment.field(number)), "")


def _text(node: Node, component: int, sub: int = 0) -> str:
    part = node.part(component)
    inner = part.part(sub) if part is not None and sub else part
    return str(inner.text.content) if inner is not None and inner.value else ""
