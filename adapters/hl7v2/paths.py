"""The path grammar: `PID-3`, `PID-3(2).1`, `PID-5.1.1`, `PID`, `OBX[2]-5`, and below an `each` also `.1` and `-4`.

    path := SEG ["[" n "]"] ["-" FIELD ["(" REPEAT ")"] ["." COMPONENT ["." SUBCOMPONENT]]]
          | "." [COMPONENT ["." SUBCOMPONENT]]      of the place that `each` selected
          | "-" FIELD …                             of the segment that `each` selected, whatever its name
          | "OBR-26>OBX"                            the result of another order that OBR-26 and OBR-29 name
          | "OBX<OBX"                               the OBX whose text the next line, this OBX, goes on with
          | "ORC>NTE"                               the comments on the ORC of the place's order; so "ORC>PRT"
          | "PV1>NONE"                              a PV1 that says there is no visit (class N and nothing else)
          | "OBX>NTE"                               the comments on an OBX and on the lines that go on with it

A path gives all places it selects, in order; a place that holds nothing is never among them.
"""

import csv
import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from operator import methodcaller

from adapters.hl7v2.lines import above, comments, of_order
from adapters.hl7v2.parents import parents
from adapters.hl7v2.tree import Node, Segment, Tree
from adapters.hl7v2.visits import no_visit
from gateway.sdk import BadPath

Select = Callable[[Tree | Segment | Node], list[Segment | Node]]

_COUNT, _MANY = r"[1-9]\d{0,2}", r"[1-9]\d{0,6}"
_FIELD = rf"-(?P<field>{_COUNT})(?:\((?P<repeat>{_MANY})\))?(?:\.(?P<component>{_COUNT})(?:\.(?P<sub>{_COUNT}))?)?"
_PATH = re.compile(rf"(?P<segment>[A-Z][A-Z0-9]{{2}})(?:\[(?P<number>{_MANY})\])?(?:{_FIELD})?", re.ASCII)
_BELOW = rf"\.(?:(?P<below>{_COUNT})(?:\.(?P<deeper>{_COUNT}))?)?"
_RELATIVE = re.compile(f"{_FIELD}|{_BELOW}", re.ASCII)
_SPECIAL: dict[str, Callable[[Tree | Segment | Node], Sequence[Segment]]] = {
    "OBR-26>OBX": parents, "OBX<OBX": above, "OBX>NTE": comments,
    "ORC>NTE": of_order("NTE"), "ORC>PRT": of_order("PRT"), "PV1>NONE": no_visit}
_WORDS = ("field", "repeat", "component", "sub")
_USUAL = ("PID", "OBX", "OBR", "ORC", "PV1", "NTE", "AL1", "DG1", "RXA", "NK1", "IN1")
_EXPECTED = "expected SEGMENT-FIELD(REPEAT).COMPONENT.SUBCOMPONENT, for instance PID-3.1, PID-3(2).1 or OBX"


@lru_cache(4096)
def compile_path(text: str) -> Select:
    """A closure over a tree, or over the place that an `each` selected. Raises BadPath."""
    text = text.strip()
    if special := _SPECIAL.get(text):
        return lambda scope: list(special(scope))
    if match := _PATH.fullmatch(text):
        _check(match["segment"], int(match["field"] or 0), text)
        return _absolute(match["segment"], int(match["number"] or 0), *_numbers(match, *_WORDS))
    if match := _RELATIVE.fullmatch(text):
        if match["field"]:
            return _of_segment(*_numbers(match, *_WORDS))
        return _below(*_numbers(match, "below", "deeper"))
    raise BadPath(f"{_EXPECTED}, found {text[:60]!r}{_guess(text)}")


def outline(text: str) -> str:
    """Segment and field of an absolute path: `PID-5` for `PID-5(2).1`, `OBX` for `OBX[2]`; else ""."""
    match = _PATH.fullmatch(text.strip())
    return "" if not match else f"{match['segment']}-{match['field']}" if match["field"] else match["segment"]


def _numbers(match: re.Match[str], *names: str) -> list[int]:
    return [int(match[name] or 0) for name in names]


def _absolute(name: str, number: int, field: int, repeat: int, component: int, sub: int) -> Select:
    fields = _fields(field, repeat, component, sub) if field else None

    def select(scope: Tree | Segment | Node) -> list[Segment | Node]:
        if scope.__class__ is Tree:
            segments = scope.by_name.get(name, [])
        else:
            own = scope if scope.__class__ is Segment else scope.segment  # type: ignore[union-attr]
            if own.name != name:
                segments = own.related(name)
            elif field and not repeat and scope.__class__ is Node and scope.number == field:
                return _parts(_whole(scope), component, sub)
            else:
                segments = [own]
        if number:
            segments = [s for s in segments if s.number == number]
        if fields is None:
            return list(segments)
        if len(segments) == 1:
            return fields(segments[0])
        return [n for s in segments for n in fields(s)]
    return select


def _of_segment(field: int, repeat: int, component: int, sub: int) -> Select:
    fields = _fields(field, repeat, component, sub)
    return lambda scope: [] if isinstance(scope, Tree) else fields(scope.segment)


def _below(component: int, sub: int) -> Select:
    def select(scope: Tree | Segment | Node) -> list[Segment | Node]:
        if isinstance(scope, Node):
            return _parts(scope, component, sub)
        return [] if component or isinstance(scope, Tree) else [scope]
    return select


def _fields(field: int, repeat: int, component: int, sub: int) -> Callable[[Segment], list[Segment | Node]]:
    """The places of a field, or below it, in one segment."""
    def whole(segment: Segment) -> list[Segment | Node]:
        return [n for n in segment.field(field) if n.repeat == repeat]

    def parts(segment: Segment) -> list[Segment | Node]:
        nodes = segment.field(field)
        if len(nodes) == 1 and not repeat:
            return _parts(nodes[0], component, sub)
        return [part for n in nodes if not repeat or n.repeat == repeat
                for part in _parts(n, component, sub)]
    return parts if component else whole if repeat else methodcaller("field", field)


def _whole(node: Node) -> Node:
    """The repeat of the field in which a node stands."""
    if not node.component:
        return node
    return next(n for n in node.segment.field(node.number) if n.repeat == node.repeat)


def _parts(node: Node, component: int, sub: int) -> list[Segment | Node]:
    part = node.part(component) if component else node
    if sub and part is not None:
        part = part.part(sub)
    return [] if part is None else [part]


@cache
def segment_fields() -> dict[str, int]:
    """Segments of 2.1 to 2.9 and how many fields the widest version has."""
    text = files("adapters.hl7v2").joinpath("segments.csv").read_text("utf-8")
    return {row["segment"]: int(row["fields"]) for row in csv.DictReader(text.splitlines())}


def _check(name: str, field: int, text: str) -> None:
    known = segment_fields()
    if name[0] == "Z":
        return
    if name not in known:
        raise BadPath(f"expected the name of a segment, found {name!r}{_near(name)}; a site's own begin with Z")
    if field > known[name]:
        raise BadPath(f"expected a field of {name}, which has {known[name]}, found {text!r}")


def _near(name: str) -> str:
    """The segment that was probably meant: the same letters in another order, else all letters but one."""
    known = [*_USUAL, *segment_fields()]
    swapped = [k for k in known if sorted(k) == sorted(name)]
    close = [k for k in known if sum(a != b for a, b in zip(k, name, strict=True)) == 1]
    return f"; did you mean {[*swapped, *close][0]}?" if swapped or close else ""


def _guess(text: str) -> str:
    """What was probably meant, when it would be a path."""
    parts = re.findall(r"[A-Za-z][A-Za-z0-9]{2}|\d+", text)
    if not parts or not parts[0][0].isalpha():
        return ""
    guess = parts[0].upper() + "".join(("-" if n == 0 else ".") + p for n, p in enumerate(parts[1:4]))
    known = _PATH.fullmatch(guess) and guess[:3] in segment_fields() and guess != text
    return f"; did you mean {guess}?" if known else ""
