"""PV1 that is there because a profile wants one: class N and nothing else (IHE PAM and PIX, also of a merge)."""

from adapters.hl7v2.tree import Node, Segment, Tree

_NUMBER, _CLASS = 1, 2


def no_visit(scope: Tree | Segment | Node) -> list[Segment]:
    """The PV1 of the place, or of the message, that say that there is no visit."""
    if isinstance(scope, Tree):
        found = scope.by_name.get("PV1", [])
    else:
        own = scope.segment
        found = [own] if own.name == "PV1" else own.related("PV1")
    return [segment for segment in found if _is_none(segment)]


def _is_none(segment: Segment) -> bool:
    fields = segment.fields
    if len(fields) <= _CLASS or fields[_CLASS].strip() != "N":
        return False
    said = {number for number, text in enumerate(fields[1:], 1) if text.strip(segment.tree.separators.blank)}
    return said <= {_NUMBER, _CLASS}
