"""`gateway map run`, `map coverage` and `map explain` on messages that are already split: pure, values in, values out.

What other rooms know is handed in: the adapter, its compiled mapping, the validator, the settings of the source.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from gateway.errors import BadMessage, Issue, Severity, error
from gateway.mapping.compiled import CompiledMapping
from gateway.mapping.ledger import Leaves, unnumbered, wider
from gateway.model import Ledger, Lineage, Mapped, Message, Rejected, Resource
from gateway.sdk import Context, Leaf

SCHEMA = "gateway.map/1"
_LINE = 200                        # characters of a value in a line for people
_SERIOUS = (Severity.error, Severity.fatal)
Validate = Callable[[Resource], Sequence[Issue]]
Widen = Callable[[str], Iterable[str]]


@dataclass(frozen=True)
class Mapper:
    """How the messages of one kind are mapped."""

    adapter: Any
    mapping: CompiledMapping
    validate: Validate
    source: str = ""
    timezone: str | None = None
    locale: str = ""
    assigners: Mapping[str, str] = field(default_factory=dict)

    def context(self, tree: Any) -> Context:
        """A fresh context for one message, with what the message says about itself."""
        own = self.adapter.context(tree) if hasattr(self.adapter, "context") else {}
        return Context(self.source, self.timezone, locale=self.locale, assigners=self.assigners, **own)


@dataclass(frozen=True)
class Result:
    """What became of one message; `leaves` are path and value of everything in it, `widen` tells what covers a leaf."""

    message: Message | Rejected
    mapped: Mapped
    leaves: Sequence[Leaf] = ()
    widen: Widen = wider

    @property
    def failed(self) -> bool:
        return any(i.severity in _SERIOUS for i in self.mapped.issues)


def result(mapper: Mapper, message: Message | Rejected, lineage: bool = False) -> Result:
    """Map and validate one message; what does not pass is left out with an issue, its leaves count as unmapped.

    Raises nothing for any message.
    """
    if isinstance(message, Rejected):
        return Result(message, Mapped(issues=(message.issue,)))
    try:
        return _result(mapper, message, lineage)
    except BadMessage as e:
        return Result(message, Mapped(issues=e.issues))
    except Exception as e:
        return Result(message, Mapped(issues=(Issue(
            "internal-error", Severity.fatal, f"A defect of the gateway ({type(e).__name__}) stopped this message; "
            "nothing was made of it.", message.place, "Report it; map the message again after the fix."),)))


def _result(mapper: Mapper, message: Message, lineage: bool) -> Result:
    adapter = mapper.adapter
    tree = adapter.parse(message.raw)
    leaves: Sequence[Leaf]
    if mapper.mapping.counts:
        again = adapter.again(tree)
        leaves = Leaves(lambda: adapter.leaves(again()))
    else:
        leaves = tuple(adapter.leaves(tree))
    remarks = tuple(adapter.remarks(tree)) if hasattr(adapter, "remarks") else ()
    mapped = mapper.mapping.run(tree, mapper.context(tree), message.kind, lineage, leaves)
    mapped = _valid(mapped, mapper.validate, leaves)
    return Result(message, replace(mapped, issues=(*remarks, *mapped.issues)), leaves, getattr(adapter, "wider", wider))


def line(found: Result, kind: str | None, file: str, index: int) -> dict[str, Any]:
    """The line of `gateway map run` for one message."""
    message, mapped = found.message, found.mapped
    said = [{"assert": a.kind, **a.body} for a in mapped.assertions]
    row = {"schema": SCHEMA, "file": file, "index": index, "kind": kind, "message": getattr(message, "kind", ""),
           "key": message.key, "resources": list(mapped.resources), "issues": [i.json() for i in mapped.issues],
           "ledger": mapped.ledger.json(),
           "listings": [_without(a, "assert") for a in said if a["assert"] == "listing"]}
    others = [a for a in said if a["assert"] != "listing"]
    more = {"assertions": others, "asserted": dict(mapped.times), "inside": message.inside}
    return {**row, **{name: value for name, value in more.items() if value}}


def explain(found: Result, file: str, index: int) -> Iterator[dict[str, Any]]:
    """The lines of `gateway map explain`: where each value of each resource came from."""
    for one in found.mapped.lineage:
        yield {"schema": "gateway.map-explain/1", "file": file, "index": index, "resource": one.resource,
               "element": one.element, "value": one.value, "path": one.path, "source": one.source, "rule": one.rule}


def sentence(one: Lineage) -> str:
    """A line of lineage for people: `Patient.gender = female ← PID-8.1 'F' (hl7v2/patient.yaml:18)`."""
    origin = f"← {one.path} {_short(one.source)!r}" if one.path else "said by the mapping"
    return f"{one.element} = {_short(one.value)} {origin} ({one.rule})"


def _short(text: str) -> str:
    """A text as a line can hold it: a whole document in base64 stands in the JSON alone."""
    return text if len(text) <= _LINE else f"{text[:_LINE]}… ({len(text)} characters)"


def sentences(found: Result) -> Iterator[str]:
    """`gateway map explain` for people: each resource's id, then its values; at the end what reached no element."""
    for resource, values in groupby(found.mapped.lineage, key=lambda one: one.resource):
        yield f"{resource}:"
        yield from (f"  {sentence(one)}" for one in values)
    unmapped = set(found.mapped.ledger.unmapped)
    left = [leaf for leaf in found.leaves if leaf.path in unmapped]
    if left:
        yield "in no element (unmapped):"
        yield from (f"  {leaf.path} {leaf.value!r}" for leaf in left)


class Coverage:
    """The ledgers of many messages, added up by section (HL7 segment, first step of a path) and by path."""

    def __init__(self) -> None:
        self.messages = self.resources = self.failed = 0
        self._paths: dict[str, Counter[str]] = {}
        self._sections: dict[str, str] = {}
        self._reasons: dict[str, str] = {}

    def add(self, found: Result) -> None:
        """Count one message."""
        ledger = found.mapped.ledger
        self.messages += 1
        self.failed += found.failed
        self.resources += len(found.mapped.resources)
        for state, paths in (("mapped", ledger.mapped), ("ignored", ledger.ignored), ("unmapped", ledger.unmapped)):
            for path in paths:
                self._paths.setdefault(self._shape(path, found.widen), Counter())[state] += 1
        for path, reason in ledger.ignored.items():
            self._reasons.setdefault(self._shape(path, found.widen), reason)

    def json(self) -> dict[str, Any]:
        """Totals, then sections and paths, those with the most unmapped leaves first."""
        sections: dict[str, Counter[str]] = {}
        for path, counts in self._paths.items():
            sections.setdefault(self._sections[path], Counter()).update(counts)
        total = sum(sections.values(), Counter())
        return {"schema": "gateway.map-coverage/1", "messages": self.messages, "failed": self.failed,
                "resources": self.resources,
                **_counts(total), "sections": [{"section": s, **_counts(c)} for s, c in _ranked(sections)],
                "paths": [{"path": p, **_counts(c), **({"reason": self._reasons[p]} if p in self._reasons else {})}
                          for p, c in _ranked(self._paths)]}

    def _shape(self, path: str, widen: Widen) -> str:
        """The path without the numbers of its repeats, where the adapter knows it so."""
        plain, covers = unnumbered(path), tuple(widen(path))
        shape = plain if plain in covers else path
        self._sections.setdefault(shape, covers[-1])
        return shape


def _counts(counts: Mapping[str, int]) -> dict[str, int]:
    return {state: counts.get(state, 0) for state in ("mapped", "ignored", "unmapped")}


def _ranked(table: Mapping[str, Counter[str]]) -> list[tuple[str, Counter[str]]]:
    return sorted(table.items(), key=lambda item: (-item[1]["unmapped"], item[0]))


def _valid(mapped: Mapped, validate: Validate, leaves: Sequence[Leaf]) -> Mapped:
    """Without the resources that do not pass, with an issue for each."""
    kept: list[Resource] = []
    issues: list[Issue] = []
    dropped: set[str] = set()
    for resource in mapped.resources:
        found = mapped.answer(validate, resource)
        issues += found
        if not found or not any(i.severity in _SERIOUS for i in found):
            kept.append(resource)
            continue
        name = f"{resource.get('resourceType')}/{resource.get('id')}"
        dropped.add(name)
        issues.append(error("resource-invalid", f"{name} does not pass validation and is left out; what the message "
                            "says in it is unmapped.", name, "See the issues before it; correct mapping or source."))
    if not issues:
        return mapped
    ledger = without(mapped.ledger, dropped, leaves) if dropped else mapped.ledger
    return replace(mapped, resources=kept, issues=(*mapped.issues, *issues), ledger=ledger,
                   lineage=[one for one in mapped.lineage if one.resource not in dropped],
                   times={name: at for name, at in mapped.times.items() if name not in dropped})


def without(ledger: Ledger, resources: Set[str], leaves: Sequence[Leaf]) -> Ledger:
    """The ledger after some resources were left out: what reached only these, or a list of their keys, is unmapped."""
    mapped: dict[str, Sequence[str]] = {}
    for path, elements in ledger.mapped.items():
        left = [e for e in elements if e.partition(".")[0].partition("#")[0] not in resources]
        if len(left) == len(elements) or any("/" in e for e in left):
            mapped[path] = left
    known = (ledger.mapped.keys() - mapped.keys()).union(ledger.unmapped)
    return Ledger(mapped, ledger.ignored, [leaf[0] for leaf in leaves if leaf[0] in known])


def _without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {n: v for n, v in body.items() if n != name}
