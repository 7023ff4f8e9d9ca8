"""The adapter kit: what an adapter is, and the values that mapping functions handle.

An adapter is a frozen dataclass whose fields are its settings (`connection{…}` of sources/<name>.toml). Its `read`
touches the world; everything else is pure. `adapters/contract.py` is the suite that every adapter passes.
"""

from asyncio import Event
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

from gateway.errors import BadMessage, Issue, Severity
from gateway.ids import digest, key_id
from gateway.jsontext import BadJson, Number, canonical, dumps, loads
from gateway.model import RECONCILED, Assertion, Identifier, Message, Origin, Rejected, Resource

__all__ = ["RECONCILED", "Adapter", "Assertion", "BadJson", "BadMessage", "BadPath", "Context", "Function", "Held",
           "Identifier", "Issue", "Leaf", "Message", "Node", "Number", "Origin", "Rejected", "Resource", "Severity",
           "Table", "Take", "Tally", "Tree", "Value", "Verdict", "because", "canonical", "digest", "dumps", "first",
           "full", "joined", "key_id", "loads"]

Tree = Any


class Leaf(NamedTuple):
    """One populated leaf of a message: what the ledger counts."""

    path: str
    value: str


class Tally(NamedTuple):
    """How the leaves of a message ended: how many reached an element, how many need not, the paths of the others."""

    mapped: int
    ignored: int
    unmapped: list[str]


class BadPath(ValueError):
    """A path of a mapping that this adapter's grammar does not know; the text says what is wrong and what would do."""


@dataclass(slots=True, unsafe_hash=True)
class Value:
    """A value on its way from a message into a resource, with the leaf paths it came from; nothing changes it.

    content  str, Number, int or bool. Objects and lists that functions build are plain dicts and lists whose leaves
             are `Value`s (traced) or plain constants (said by the mapping or the function itself).
    """

    content: Any
    origins: tuple[str, ...] = ()

    def to(self, content: Any) -> "Value":
        """The same origins, converted content."""
        return Value(content, self.origins)


def first(*values: Any) -> Any:
    """The first that is there, or None."""
    for value in values:
        if value is not None:
            return value
    return None


def full(members: Mapping[str, Any]) -> dict[str, Any] | None:
    """The members that hold something, numbers and `false` included; None without any."""
    return {name: value for name, value in members.items() if value or value == 0} or None


def joined(values: Iterable[Value], separator: str = " ") -> Value | None:
    """One text out of several, with all their origins; None without any."""
    found = list(values)
    if not found:
        return None
    if len(found) == 1 and found[0].content.__class__ is str:
        return found[0]
    return Value(separator.join([str(v.content) for v in found]), tuple([o for v in found for o in v.origins]))


def because(item: Any, *reasons: Value | None) -> Any:
    """The item with the origins of what decided its form: without them the ledger would call these leaves unread."""
    origins: tuple[str, ...] = ()
    for reason in reasons:
        if reason is not None:
            origins += reason.origins
    return _because(item, origins) if origins else item


def _because(item: Any, origins: tuple[str, ...]) -> Any:
    if isinstance(item, Value):
        own = item.origins
        if len(own) == len(origins) == 1:     # as they mostly are
            return Value(item.content, own + origins) if own != origins else item
        return Value(item.content, tuple(dict.fromkeys(own + origins)))
    if isinstance(item, dict):
        return {name: _because(value, origins) for name, value in item.items()}
    if isinstance(item, list):
        return [_because(value, origins) for value in item]
    return Value(item, origins) if item is not None else None


@runtime_checkable
class Node(Protocol):
    """What a path selects: one place in a message, hashable. Adapters add what their own functions need."""

    @property
    def where(self) -> str: ...            # the place, in words of the format: PID-3(2).1

    @property
    def value(self) -> Value | None: ...   # its text (the first leaf below it) with origins; None when nothing is there


@dataclass(frozen=True, slots=True)
class Table:
    """A code table (mappings/tables/NAME.csv: `from,system,code,display`), named and versioned."""

    name: str
    version: str
    rows: Mapping[str, Mapping[str, str]]

    def get(self, code: str) -> Mapping[str, str] | None:
        return self.rows.get(code)


@dataclass(slots=True)
class Context:
    """What functions may know besides the value, and where they say what went wrong.

    timezone   IANA zone of the source, for times without an offset; None: unknown
    offset     UTC offset of this message's own time stamp ("+0200"), used before `timezone`
    assigners  assigning authority or namespace → identifier system URI
    rule       file:line of the mapping line at work
    """

    source: str = ""
    timezone: str | None = None
    offset: str = ""
    locale: str = ""
    assigners: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    rule: str = ""

    def issue(self, code: str, message: str, where: str = "", hint: str = "",
              severity: Severity = Severity.warning) -> None:
        """Record what a person should know; the element is left out, the message goes on."""
        place = f"{where} ({self.rule})" if where and self.rule else where or self.rule
        self.issues.append(Issue(code, severity, message, place, hint))


# A conversion: (node or value, context, arguments of the mapping line) → Value, object, list, or None (nothing there).
Function = Callable[..., Any]


@runtime_checkable
class Adapter(Protocol):
    """One kind of source. See the module's text; the contract suite says the rest."""

    kind: ClassVar[str]
    functions: ClassVar[Mapping[str, Function]]

    def read(self, after: str | None) -> Iterator[Message | Rejected]:
        """Stream messages behind the cursor `after`; resumable. Raises Fatal or Retry, nothing else."""
        ...

    def parse(self, raw: bytes) -> Tree:
        """The message as a tree. Raises BadMessage, nothing else, for any bytes."""
        ...

    def path(self, text: str) -> Callable[[Tree], list[Any]]:
        """Compile a path of this format; the closure gives every Node it selects. Raises BadPath."""
        ...

    def leaves(self, tree: Tree) -> Iterator[Leaf]:
        """Every populated leaf, in order."""
        ...


class Asks(Protocol):
    """Optional: a source that can be asked about one patient while a reader waits.

    unasked  why these settings do not allow it, "" where they do
    ask      what it holds about whoever has one of the identifiers; nothing about anybody else. Raises Retry or Fatal.
    """

    @property
    def unasked(self) -> str: ...

    def ask(self, patient: list[Identifier], sections: set[str],
            deadline: datetime) -> Iterator[Message | Rejected]: ...


class Lists(Protocol):
    """Optional: the full list of keys of a scope, where the source tells no deletions."""

    def keys(self, scope: str) -> Iterator[str]: ...


class Held(NamedTuple):
    """What we hold of one thing of a source: `Type/id`, and version and time of the newest that it said of it."""

    key: str
    version: Any = None
    asserted: str = ""


class Reconciles(Protocol):
    """Optional: a source whose `keys` (scope: a FHIR type) name its facts, and which can be asked for each of them.

    unlisted  why these settings do not allow it, "" where they do
    gone      of each, in order: the message that would tell its deletion, what went wrong, or None: it is still there.
              The deletion ends what is not newer than what was held. Raises Retry or Fatal.
    """

    @property
    def unlisted(self) -> str: ...

    def keys(self, scope: str) -> Iterator[str]: ...

    def gone(self, held: Iterable[Held]) -> Iterator[Message | Issue | None]: ...


class Remarks(Protocol):
    """Optional: what a person should know about a message that could be read all the same (a guessed charset …)."""

    def remarks(self, tree: Tree) -> Iterator[Issue]: ...


class Covers(Protocol):
    """Optional: the paths that cover a leaf, from narrow to wide, where its path is not cut at `.`, `-` and `/`."""

    def wider(self, path: str) -> Sequence[str]: ...


class Tallies(Protocol):
    """Optional, for speed: the leaves of a message are counted, and named only when somebody asks for their names.

    tally  how they end where those in `reached` are taken and no mapping ignores any
    again  a way to the same tree that keeps nothing but the message's bytes
    """

    def tally(self, tree: Tree, reached: Set[str]) -> Tally: ...

    def again(self, tree: Tree) -> Callable[[], Tree]: ...


class Sketches(Protocol):
    """Optional, for speed: the outlines of messages, so that lines about places that are not there cost nothing.

    outline   name of a place that holds all that a path can select; "" when only looking tells
    holds     the outlines that this message holds: a path whose outline is not among them selects nothing
    holds_at  in its stead, where paths begin at the place of an `each`: the outlines that this place holds
    """

    def outline(self, path: str) -> str: ...

    def holds(self, tree: Tree) -> Set[str]: ...

    def holds_at(self, place: Tree | Node) -> frozenset[str]: ...


class Repeats(Protocol):
    """Optional, for speed: messages say the same of the same places again and again (wards, physicians, codes).

    manner  what of a message, beside place and text, decides about what the functions below give
    alone   whether a function with these arguments reads only the `recurs` of the node that it is given: its text,
            None where that is of one person alone and must not outlast the message
    within  whether a path selects only what stands at or below the place of an `each`
    """

    def manner(self, tree: Tree) -> Hashable: ...

    def alone(self, function: str, arguments: Sequence[str]) -> bool: ...

    def within(self, path: str) -> bool: ...


class Speaks(Protocol):
    """Optional: a source that speaks FHIR R4 already gives its resources as they are; no mapping is needed.

    count  how many `leaves` there are, for the ledger; optional too
    """

    def resources(self, tree: Tree) -> Iterator[tuple[str, Resource]]: ...

    def count(self, tree: Tree) -> int: ...


class Carries(Protocol):
    """Optional: a source that hands on what others asserted (another gateway), each thing under its own origin."""

    def origin(self, tree: Tree) -> Origin | None: ...

    def assertions(self, tree: Tree) -> Iterator[Assertion]: ...


class Encloses(Protocol):
    """Optional: messages that may hold whole documents of another kind, each with its place in words of the format.

    Raises BadMessage for bytes that are no message.
    """

    def enclosed(self, raw: bytes) -> Iterator[tuple[str, bytes]]: ...


class Verdict(NamedTuple):
    """What became of a message that a source pushed; said only when it is durable.

    state  new | same (these bytes were stored before) | rejected (stored, set aside) | later (nothing was stored)
    issue  why, unless it was taken
    """

    state: str
    issue: Issue | None = None


Take = Callable[[Message | Rejected], Awaitable[Verdict]]


class Listens(Protocol):
    """Optional: a source that pushes. Its `read` gives nothing; `serve` hands on what comes and answers by the verdict.

    A key is used once: other bytes under a key that was used are rejected. `serve` ends after `stop` is set, when each
    message it took has its answer. `cursor` is that of the last message that was stored, `say` tells the operator.
    Raises Fatal or Retry where it cannot listen.
    """

    @property
    def listens(self) -> str:                  # the address, "" when these settings name none
        ...

    async def serve(self, take: Take, stop: Event, cursor: str | None, say: Callable[[str], None]) -> None: ...
