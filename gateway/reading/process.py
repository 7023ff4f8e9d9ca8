"""One message through parse, map and check: pure, the same message gives the same facts for ever.

What cannot be read is never dropped: the message is `rejected` with its issue, or a fact is `held` and its section
says `unreadable`; the bytes are kept either way, so that a replay after the fix brings everything back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from gateway.errors import BadMessage, ConfigError, Issue, Severity, error
from gateway.jsontext import canonical
from gateway.model import Assertion, Fact, Ledger, Lineage, Mapped, Message, Origin, Rejected, Resource
from gateway.reading.inside import inside
from gateway.sdk import Adapter, Context

Check = Callable[[Resource], tuple[Resource | None, list[Issue]]]


@dataclass(frozen=True)
class Reader:
    """Everything that reading one source needs: its adapter, its compiled mapping, the check of resources."""

    source: str
    adapter: Adapter
    mapping: Any
    check: Check
    timezone: str | None = None
    locale: str = ""
    assigners: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    max_unmapped: float = 1.0
    documents: Callable[[], "Reader"] | None = None      # how documents within its messages are read


@dataclass(frozen=True)
class Outcome:
    """What became of one message.

    state    done | rejected (could not be read) | held (too much of it is unmapped)
    facts    ready to store; held: "Type/id" and patient reference of each fact that is not safe to show
    inside   documents that it holds, each a message of its own
    """

    state: str
    facts: tuple[Fact, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    issues: tuple[Issue, ...] = ()
    held: tuple[tuple[str, str], ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    lineage: tuple[Lineage, ...] = ()
    inside: tuple[Message | Rejected, ...] = ()


def process(reader: Reader, message: Message, lineage: bool = False) -> Outcome:
    """Facts, assertions, issues and ledger of one message, and the documents that it holds, which are processed by
    the same reader. Raises nothing for any bytes.
    """
    if reader.documents and message.inside:
        reader = reader.documents()
    try:
        tree = reader.adapter.parse(message.raw)
    except BadMessage as e:
        return Outcome("rejected", issues=tuple(_placed(i, message) for i in e.issues))
    try:
        mapped, facts = _facts(reader, tree, message, lineage)
        outcome = _checked(reader, message, tree, mapped, facts)
        if reader.documents is None:
            return outcome
        found = tuple(inside(reader.adapter, message))
        return replace(outcome, inside=found) if found else outcome
    except (BadMessage, ConfigError) as e:
        return Outcome("rejected", issues=e.issues)
    except Exception as e:
        return Outcome("rejected", issues=(Issue(
            "internal-error", Severity.fatal, f"A defect of the gateway ({type(e).__name__}) stopped this message; "
            "its bytes are kept.", message.place, "Report it; replay the message after the fix."),))


def processed(reader: Reader, message: Message | Rejected) -> Iterator[tuple[Message | Rejected, Outcome | None]]:
    """A message and the documents inside of it, each with its outcome; None for what could not be read."""
    outcome = process(reader, message) if isinstance(message, Message) else None
    yield message, outcome
    for document in outcome.inside if outcome else ():
        yield from processed(reader, document)


def _placed(issue: Issue, message: Message) -> Issue:
    return replace(issue, where=", ".join(p for p in (message.place, issue.where) if p))


def _facts(reader: Reader, tree: Any, message: Message, lineage: bool) -> tuple[Mapped, list[Fact]]:
    adapter: Any = reader.adapter
    if hasattr(adapter, "resources"):
        said = tuple(adapter.assertions(tree)) if hasattr(adapter, "assertions") else ()
        said = tuple(_own(a, reader.source) for a in said)
        resources = [r for _, r in adapter.resources(tree)]
        origin = adapter.origin(tree) if hasattr(adapter, "origin") else None
        _authorised(reader, origin, said)
        ledger = Ledger(_Whole(adapter, tree, resources[0] if resources else {"resourceType": "Basic"}))
        return Mapped(resources, assertions=said, ledger=ledger), [_spoken(r, origin, reader.source) for r in resources]
    context = Context(reader.source, reader.timezone, locale=reader.locale, assigners=reader.assigners,
                      tables=reader.tables, **(adapter.context(tree) if hasattr(adapter, "context") else {}))
    mapped = reader.mapping.run(tree, context, message.kind, lineage=lineage)
    return mapped, [Fact.unversioned(reader.source, r, mapped.answer(canonical, r), mapped.times.get(
        f"{r['resourceType']}/{r['id']}", mapped.asserted)) for r in mapped.resources]


def _own(said: Assertion, source: str) -> Assertion:
    """A deletion that the source tells is of its own resource; what another gateway hands on names its source."""
    if said.kind != "retract" or "source" in said.body:
        return said
    return Assertion(said.kind, {"source": source, **said.body})


def _authorised(reader: Reader, origin: Origin | None, said: Iterable[Assertion]) -> None:
    """A source speaks for itself, another gateway for the `origins` that its settings name; of what others told, it
    can say no more than that it is undone. Raises BadMessage: taken, one source's word would end what another says.
    """
    named = tuple(getattr(reader.adapter, "origins", ()))
    strange = [origin.source] if origin and origin.source not in (reader.source, *named) else []
    strange += [str(a.body.get("source") or "a human") for a in said
                if a.body.get("source") not in (reader.source, *named) and not (a.kind == "undo" and named)]
    if strange:
        raise BadMessage(error(
            "origin-not-its-own", f"It speaks for {', '.join(sorted(set(strange)))}, which its settings do not allow: "
            "nothing of it was taken.", "", "Is it another gateway, name that source in `origins` and replay."))


def _spoken(resource: Resource, origin: Origin | None, source: str) -> Fact:
    """A fact that the source spoke as FHIR: its own version, else its time, else its content."""
    if origin is not None:
        return Fact(origin.source, origin.version, resource, origin.asserted, via=source)
    meta = resource.get("meta", {})
    version = meta.get("versionId") or meta.get("lastUpdated")
    return (Fact(source, version, resource, meta.get("lastUpdated")) if version
            else Fact.unversioned(source, resource, canonical(resource)))


class _Whole(Mapping[str, Sequence[str]]):
    """A resource that is taken as it is: every leaf reaches itself. Counted each time, named when somebody asks."""

    def __init__(self, adapter: Any, tree: Any, resource: Resource) -> None:
        self._adapter, self._tree, self._resource = adapter, tree, resource

    @cached_property
    def _named(self) -> dict[str, Sequence[str]]:
        name = f"{self._resource['resourceType']}/{self._resource.get('id', '')}"
        return dict.fromkeys((leaf.path for leaf in self._adapter.leaves(self._tree)), (name,))

    def __len__(self) -> int:
        return int(self._adapter.count(self._tree)) if hasattr(self._adapter, "count") else len(self._named)

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __getitem__(self, path: str) -> Sequence[str]:
        return self._named[path]


def _checked(reader: Reader, message: Message, tree: Any, mapped: Mapped, facts: Iterable[Fact]) -> Outcome:
    adapter: Any = reader.adapter
    remarks = adapter.remarks(tree) if hasattr(adapter, "remarks") else ()
    kept, held, issues = [], [], [*message.remarks, *remarks, *mapped.issues]
    for fact in facts:
        resource, found = mapped.answer(reader.check, fact.resource)
        issues += found
        if resource is None:
            held.append((fact.reference, subject(fact.resource)))
        else:
            kept.append(fact if resource is fact.resource else replace(fact, resource=resource))
    ledger = mapped.ledger
    total = len(ledger.mapped) + len(ledger.ignored) + len(ledger.unmapped) if ledger.unmapped else 0
    if total and len(ledger.unmapped) / total > reader.max_unmapped:
        issues.append(error("unmapped-share", f"{len(ledger.unmapped)} of {total} fields have no mapping, more than "
                            "this source allows; the message is held, not lost.", message.place,
                            "Extend the mapping, then replay."))
        return Outcome("held", issues=tuple(issues), ledger=ledger)
    return Outcome("done", tuple(kept), tuple(mapped.assertions), tuple(issues), tuple(held), ledger,
                   tuple(mapped.lineage))


SUBJECTS = ("subject", "patient", "beneficiary", "individual")


def subject(resource: Mapping[str, Any]) -> str:
    """"Patient/id" that a resource is about, "" for directory entries."""
    if resource["resourceType"] == "Patient":
        return f"Patient/{resource.get('id', '')}"
    for element in SUBJECTS:
        value = resource.get(element)
        for one in value if isinstance(value, list) else (value,):       # an Account names its subjects in a list
            reference = one.get("reference", "") if isinstance(one, dict) else ""
            if isinstance(reference, str) and reference.startswith("Patient/"):
                return reference
    return ""
