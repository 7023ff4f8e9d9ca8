"""A parsed message: segments cut into fields when somebody asks for them, and nodes that know their place.

Leaf paths read `SEG[n]-F(r).C` or, where a component has several subcomponents, `SEG[n]-F(r).C.S`; indices of 1
are left out in brackets and parentheses, the component never is: `PID-8.1`, `OBX[2]-5(3).1`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, compress

from adapters.hl7v2.groups import Groups
from adapters.hl7v2.leaves import component_leaves, leaves, repeat_leaves
from adapters.hl7v2.separators import UNUSED, Separators
from adapters.hl7v2.structure import kind_of, structure_of
from gateway.sdk import Issue, Leaf, Value

DELETED = '""'
_UNREAD = Value(None)
_OFFSET = re.compile(r"\d([+-]\d{4})$")
_CONTROLS = {c: None for c in range(32) if c not in (9, 10, 13)} | {127: None}


@lru_cache(1024)
def _outlines(name: str, count: int) -> list[str]:
    return [f"{name}-{n}" for n in range(count)]


# Segments that are about one person, and their fields that say the same of many (sex, race, relation, insurer).
OF_ONE_PERSON: dict[str, frozenset[int]] = {
    "PID": frozenset((8, 10, 15, 16, 17, 22, 24, 26, 27, 28, 30, 32, 35)), "PD1": frozenset((3, 4)),
    "NK1": frozenset((3, 7, 14, 15, 17, 20, 28)), "GT1": frozenset((9, 10, 11)),
    "IN1": frozenset((2, 3, 4, 5, 7, 15, 17)), "IN2": frozenset(), "MRG": frozenset(), "NTE": frozenset((2, 4))}


class Segment:
    """One segment. `number` counts the segments of the same name, from 1; `position` counts all, from 0."""

    __slots__ = ("_fields", "_nodes", "_related", "_scope", "name", "number", "position", "text", "tree", "where")

    def __init__(self, tree: "Tree", name: str, number: int, position: int, text: str) -> None:
        self.tree, self.name, self.number, self.position, self.text = tree, name, number, position, text
        self.where = f"{name}[{number}]" if number > 1 else name
        self._fields: list[str] | None = None
        self._nodes: dict[int, list[Node]] = {}
        self._related: dict[str, list[Segment]] = {}
        self._scope: tuple[tuple[str, int], ...] | None = None

    @property
    def value(self) -> None:
        """A segment is no value; its fields are."""
        return None

    @property
    def fields(self) -> list[str]:
        """Raw text of each field by its number; 0 is the name. MSH-1 and MSH-2 are the separators themselves."""
        if self._fields is None:
            mark = self.tree.separators.field
            self._fields = self.text.split(mark)
            if self.name == "MSH":
                self._fields.insert(1, mark)
        return self._fields

    @property
    def segment(self) -> "Segment":
        return self

    @property
    def first(self) -> int:
        """Number of the first field that holds a value of its own."""
        return 3 if self.name == "MSH" else 1

    @property
    def scope(self) -> tuple[tuple[str, int], ...]:
        """The groups that enclose the segment, and the segment itself, from the outside in."""
        if self._scope is None:
            self._scope = self.tree.groups.scope(self)
        return self._scope

    def field(self, number: int) -> list["Node"]:
        """The populated repeats of a field, as nodes."""
        found = self._nodes.get(number)
        if found is None:
            found = self._nodes[number] = self._cut(number)
        return found

    def _cut(self, number: int) -> list["Node"]:
        fields = self.fields
        text = fields[number] if number < len(fields) else ""
        marks = self.tree.separators
        if not text.strip(marks.blank) or number < self.first:
            return []
        place = f"{self.where}-{number}"
        if marks.repetition not in text:
            return [Node(self, number, 1, 0, 0, text, place, place)]
        found = [Node(self, number, 1, 0, 0, "", place, place)]
        for n, part in enumerate(text.split(marks.repetition), 1):
            if part.strip(marks.blank):
                place = f"{self.where}-{number}({n})" if n > 1 else place
                found.append(Node(self, number, n, 0, 0, part, place, place))
        return found[1:]

    def related(self, name: str) -> list["Segment"]:
        """The segments called `name` that a mapping means when it stands at this one."""
        found = self._related.get(name)
        if found is None:
            tree = self.tree
            found = self._related[name] = tree.groups.related(self, name) if name in tree.by_name else []
        return found


class Node:
    """A populated repeat of a field, or a component or subcomponent of one (0 where it is not that deep).

    place, where  the repeat of the field, and the place in it
    values        texts of what stands below, by number, once they were read
    """

    __slots__ = ("_below", "_parts", "_value", "component", "number", "place", "raw", "repeat", "segment",
                 "subcomponent", "values", "where")

    def __init__(self, segment: Segment, number: int, repeat: int, component: int, subcomponent: int,
                 raw: str, place: str, where: str) -> None:
        self.segment, self.number, self.repeat, self.raw = segment, number, repeat, raw
        self.component, self.subcomponent = component, subcomponent
        self.place, self.where = place, where
        self._below: list[str] | None = None
        self._value: Value | None = _UNREAD
        self.values: list[Value | None] | None = None
        self._parts: dict[int, Node | None] | None = None

    @property
    def scope(self) -> tuple[tuple[str, int], ...]:
        """The groups that enclose the segment, and the segment itself."""
        return self.segment.scope

    @property
    def recurs(self) -> str | None:
        """Its text where other messages may say the same of others; None for what is of one alone."""
        common = OF_ONE_PERSON.get(self.segment.name)
        return self.raw if common is None or self.number in common else None

    @property
    def below(self) -> list[str]:
        """Raw text of its components, or of its subcomponents."""
        if self._below is None:
            marks = self.segment.tree.separators
            mark = marks.subcomponent if self.component else marks.component
            self._below = [self.raw] if self.subcomponent else self.raw.split(mark)
        return self._below

    @property
    def value(self) -> Value | None:
        """Text of the first component (and subcomponent); content None when it is `""`; None when nothing is there."""
        if self._value is _UNREAD:
            self._value = self._text(self.component or 1, self.subcomponent,
                                     self.raw if self.component else self.below[0])
        return self._value

    def at(self, number: int) -> Value | None:
        """Text of the component (or subcomponent) with this number; None when it is empty or `""`."""
        values = self.values or self.read()
        return values[number] if number < len(values) else None

    def read(self) -> list[Value | None]:
        """The texts of all that stands below, by number."""
        below, component, tree, place = self.below, self.component, self.segment.tree, self.place
        mark = tree.separators.subcomponent
        values: list[Value | None] = [None]
        if component or mark in self.raw or tree.has_controls or tree.separators.escape in self.raw:
            for number, raw in enumerate(below, 1):
                sub = number if len(below) > 1 else self.subcomponent
                value = self._text(component or number, sub if component else 0, raw) if raw else None
                values.append(value if value is not None and value.content is not None else None)
        else:
            for number, raw in enumerate(below, 1):
                content = raw.strip()
                values.append(Value(content, (f"{place}.{number}",)) if content and content != DELETED else None)
        self.values = values
        return values

    def _text(self, component: int, subcomponent: int, raw: str) -> Value | None:
        tree = self.segment.tree
        mark = tree.separators.subcomponent
        deep = mark in raw
        content = tree.clean(raw.partition(mark)[0] if deep else raw)
        if not content:
            return None
        path = f"{self.place}.{component}.{subcomponent or 1}" if deep or subcomponent else f"{self.place}.{component}"
        return Value(None if content == DELETED else content, (path,))

    @property
    def text(self) -> Value:
        """All that stands below, separators shown, escapes resolved."""
        return Value(self.segment.tree.clean(self.raw), tuple(path for path, _ in self.leaves()))

    def part(self, number: int) -> "Node | None":
        """The component, or below a component the subcomponent, with this number; None when it is empty."""
        parts = self._parts
        if parts is None:
            parts = self._parts = {}
        if number not in parts:
            parts[number] = self._part(number)
        return parts[number]

    def deep(self, number: int) -> "Node | None":
        """The component with this number if it has subcomponents; else its text says all that there is."""
        below = self.below
        marked = number <= len(below) and self.segment.tree.separators.subcomponent in below[number - 1]
        return self.part(number) if marked else None

    def _part(self, number: int) -> "Node | None":
        below = self.below
        if number > len(below) or not below[number - 1].strip(self.segment.tree.separators.blank):
            return None
        raw, place = below[number - 1], self.place
        if not self.component:
            return Node(self.segment, self.number, self.repeat, number, 0, raw, place, f"{place}.{number}")
        return self if len(below) == 1 else Node(self.segment, self.number, self.repeat, self.component, number, raw,
                                                 place, f"{place}.{self.component}.{number}")

    def leaves(self) -> Iterator[Leaf]:
        """Every populated leaf at or below this node."""
        below = component_leaves if self.component else repeat_leaves
        return below(self.segment.tree, self.where, self.raw)


@dataclass(frozen=True)
class Tree:
    """One message. `lines` are its segments as text, `remarks` what had to be guessed to read it."""

    lines: tuple[str, ...] = field(repr=False)
    separators: Separators = field(repr=False)
    remarks: tuple[Issue, ...] = ()
    has_controls: bool = False
    ended: bool = True                  # whether the last segment has its end: what lacks it may have been cut off

    @cached_property
    def segments(self) -> list[Segment]:
        counts: dict[str, int] = {}
        found = []
        mark = self.separators.field
        for position, line in enumerate(self.lines):
            name = line.partition(mark)[0]
            counts[name] = number = counts.get(name, 0) + 1
            found.append(Segment(self, name, number, position, line))
        return found

    @cached_property
    def by_name(self) -> dict[str, list[Segment]]:
        found: dict[str, list[Segment]] = {}
        for segment in self.segments:
            found.setdefault(segment.name, []).append(segment)
        return found

    @cached_property
    def outlines(self) -> set[str]:
        """`PID` and `PID-5` for every segment and every field that may hold a value."""
        found = set(self.by_name)
        for segment in self.segments:
            names = _outlines(segment.name, len(segment.fields))
            found.update(compress(names, segment.fields))
        return found

    @cached_property
    def groups(self) -> Groups[Segment]:
        return Groups(self.segments, self.structure)

    @cached_property
    def kind(self) -> str:
        """`ADT^A01`; what MSH-9 leaves out is taken from EVN-1 or MSH-9.3, as far as they tell."""
        recorded = next((s.fields[1] for s in self.by_name.get("EVN", ()) if len(s.fields) > 1), "")
        return kind_of(self.head(9), self.head(9, 2), self.head(9, 3), self.clean(recorded))

    @cached_property
    def structure(self) -> str:
        """`ADT_A01` (V2-08)."""
        return structure_of(self.kind, self.head(9, 3))[0]

    @property
    def truncated(self) -> str:
        """Place of the first value that ends with the truncation character (2.7 and later), or ""."""
        mark = self.separators.truncation
        if mark == UNUSED or self.head(12) < "2.7":
            return ""
        return next((leaf.path for leaf in self.leaves() if leaf.value.endswith(mark)), "")

    @cached_property
    def offset(self) -> str:
        """Offset of MSH-7, `+0200`, or ""."""
        match = _OFFSET.search(self.head(7))
        return match[1] if match else ""

    def head(self, number: int, component: int = 1) -> str:
        """Text of one component of the first repeat of a field of MSH, "" when there is none."""
        fields, marks = self.segments[0].fields, self.separators
        parts = fields[number].split(marks.repetition, 1)[0].split(marks.component) if number < len(fields) else []
        return self.clean(parts[component - 1]) if component <= len(parts) else ""

    def clean(self, text: str) -> str:
        """The text that is meant: escapes resolved, no control characters, no blanks at the ends."""
        if self.separators.escape in text:
            text = self.separators.unescape(text).translate(_CONTROLS)
        elif self.has_controls:
            text = text.translate(_CONTROLS)
        return text.strip()

    def leaves(self) -> Iterator[Leaf]:
        """Every populated leaf in order, without segment names, MSH-1 and MSH-2."""
        return chain.from_iterable(leaves(self, s.where, s.fields, s.first, s.text) for s in self.segments)
