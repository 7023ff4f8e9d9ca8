"""The values that mapping closures hand on until a resource is finished: drafts, links between them, reasons."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from gateway.mapping.memory import Memory
from gateway.sdk import Context, Node, Severity, Tree, Value

Scope = tuple[tuple[str, int], ...]


@dataclass(slots=True, unsafe_hash=True)
class Traced(Value):
    """A value with the mapping line that gave it; made only when lineage was asked for."""

    rule: str = ""


class Because(NamedTuple):
    """An item that stands only while the leaves `origins` hold the text which a condition named."""

    item: Any
    origins: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Link:
    """A reference to what the same message makes; it is settled when everything is made.

    form      reference | key | id: what is written in its place
    scope     groups that enclose the place where it stands
    where     the place itself, when the target is what an `each` made of it; else ""
    required  the object in which it stands is nothing without it
    many      it stands in an element that takes all targets
    element   the element of the resource in which it stands, "" when it is none of its own
    """

    type: str
    form: str
    scope: Scope
    where: str
    rule: str
    required: bool = False
    many: bool = False
    element: str = ""
    owner: "Draft | None" = None
    targets: tuple["Draft", ...] = ()


@dataclass(slots=True, eq=False)
class Draft:
    """A resource on its way: its body holds Values, Links and constants.

    scope, where  of the place that `each` selected; () and "" for the whole message
    because       leaves whose text decided that it is made
    keys          results of the alternatives of `key`, each a list of parts
    same, others  the draft that stands for this one too, and the drafts for which this one stands
    made          what is known of it beyond this message
    """

    type: str
    rule: str
    scope: Scope
    where: str
    body: dict[str, Any]
    because: tuple[str, ...] = ()
    keys: list[list[Any]] | None = None
    version: Any = None
    asserted: Any = None
    id: str = ""
    origins: tuple[str, ...] = ()
    same: "Draft | None" = None
    others: "list[Draft]" = field(default_factory=list)
    made: "Made | None" = None

    @property
    def first(self) -> "Draft":
        """The draft that stands for this one."""
        return self if self.same is None else self.same.first


@dataclass(slots=True, eq=False)
class Made:
    """What a mapping made of a text at a place, for all messages that repeat it (memory.py); nobody changes it.

    applied   whether the conditions of the mapping held
    draft     without links, as it was before anything was filled in; None: nothing was made
    stands    it passed `settle.alive`
    key       id and leaves of its business key, () where it has none
    resource, reached   what `finish.Bare` made of it alone, and the leaves in that
    answers   what later rooms found out about the resource (model.Mapped)
    """

    applied: bool
    draft: Draft | None
    stands: bool = False
    key: tuple[str, tuple[str, ...]] | tuple[()] | None = None
    resource: dict[str, Any] | None = None
    reached: tuple[str, ...] = ()
    answers: dict[Any, Any] = field(default_factory=dict)

    def again(self, scope: Scope) -> list[Draft]:
        """The drafts of one more message."""
        d = self.draft
        return [] if d is None else [Draft(d.type, d.rule, scope, d.where, d.body, d.because, d.keys, d.version,
                                           d.asserted, made=self)]


@dataclass(slots=True, eq=False)
class Run:
    """One message being mapped. `converted` remembers what the adapter's functions gave for a place.

    holds   the outlines that a place of the message holds, and so which lines may give something there (sdk.Sketches)
    memory  what earlier messages left; None where values are traced to their lines
    short   types of which one was to be made and could not: what lists them is not complete
    """

    context: Context
    lineage: bool
    holds: Callable[[Tree], frozenset[str]] = lambda place: frozenset()
    links: list[Link] = field(default_factory=list)
    converted: dict[str, dict[Node, Any]] = field(default_factory=lambda: defaultdict(dict))
    memory: Memory | None = None
    short: set[str] = field(default_factory=set)

    def failed(self, name: str, where: str, value: Any, reason: object) -> None:
        """A conversion failed: the element is left out, the message goes on."""
        content = str(value.content if isinstance(value, Value) else value)
        where = value.origins[0] if isinstance(value, Value) and len(value.origins) == 1 else where
        shown = content if len(content) <= 60 else content[:57] + "…"
        self.context.issue("conversion-failed", f"{name}: {shown!r} {reason}; the element is left out.", where,
                           "Correct the value at the source, or the mapping line.")

    def incomplete(self, code: str, label: str, missing: list[frozenset[str]], rule: str, where: str = "",
                   severity: Severity = Severity.warning) -> None:
        """An object lacks what FHIR requires of it and is left out."""
        names = ", ".join(" or ".join(sorted(group)[:3]) for group in missing)
        self.context.rule = rule
        self.context.issue(code, f"{label} is left out: it has no {names}. What the message says in it is unmapped.",
                           where, "Map the missing element, or guard it with `when`.", severity)


class Needing(Protocol):
    """A line, a place or a mapping that may give something only where the message holds what it needs."""

    @property
    def needs(self) -> "Needs": ...


class Left(dict[frozenset[str], list[Any]]):
    """Of some compiled parts, those that may give anything where a place holds these outlines, in order.

    Messages of one sender hold the same again and again, and what they hold leaves few lines to be tried. `members`
    of a part are what is found, one alone or a plain tuple, which is taken apart faster than one with names.
    """

    LIMIT = 256

    def __init__(self, parts: Iterable[Needing], *members: str) -> None:
        super().__init__()
        self._parts, self._taken = tuple(parts), attrgetter(*members)

    def __missing__(self, holds: frozenset[str]) -> list[Any]:
        if len(self) >= self.LIMIT:
            self.clear()
        found = self[holds] = [self._taken(p) for p in self._parts if p.needs is None or not p.needs.isdisjoint(holds)]
        return found


Build = Callable[[Tree, Run], list[Any]]
Needs = frozenset[str] | None        # where a Build gives anything, the message holds one of these; None: not known


def together(needs: Iterable[Needs]) -> Needs:
    """What several Builds need of which one is to give something."""
    known = list(needs)
    return None if None in known else frozenset[str]().union(*(n for n in known if n is not None))


def opened(item: Any) -> Any:
    """An item without the reasons around it."""
    while item.__class__ is Because:
        item = item.item
    return item


def reasons(item: Any) -> tuple[str, ...]:
    """The leaf paths that decide about an item: its own, those of conditions, those of the keys that links point to."""
    kind = item.__class__
    if kind is Value or kind is Traced:
        return item.origins
    if kind is dict:
        found: tuple[str, ...] = ()
        for value in item.values():
            kind = value.__class__
            if kind is Value:
                found += value.origins
            elif kind is not str:
                found += reasons(value)
        return found
    if kind is list:
        return reasons(item[0]) if len(item) == 1 else tuple(o for value in item for o in reasons(value))
    if kind is Because:
        return item.origins + reasons(item.item)
    return tuple(o for t in item.targets for o in (t.origins or t.first.origins)) if kind is Link else ()
