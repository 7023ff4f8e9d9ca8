"""A compiled set of mappings, and its run over one message."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any, NamedTuple

from gateway.clock import told_once
from gateway.errors import Severity
from gateway.mapping import assertions, finish, keys, settle
from gateway.mapping.conditions import Condition
from gateway.mapping.draft import Build, Draft, Left, Made, Needs, Run
from gateway.mapping.kit import Select
from gateway.mapping.ledger import Ignores, account, counted
from gateway.mapping.memory import Memories, Recent
from gateway.model import Assertion, Ledger, Lineage, Mapped, Resource
from gateway.sdk import Adapter, Context, Leaf, Table, Tree

HELD = 256                                       # sets of outlines of a generation that are remembered


class Each(NamedTuple):
    """A path of `each`, and what a message holds where it selects anything."""

    select: Select
    needs: Needs


class Gate(NamedTuple):
    """A mapping by its number, and what a message holds where it may apply."""

    number: int
    mapping: "FileMapping"
    needs: Needs


@dataclass(frozen=True, slots=True)
class FileMapping:
    """One compiled file.

    makes    resource type, "" for assertions and for files that only ignore
    asserts  kind of assertion, else ""
    each     where it makes something, None for the whole message
    keys     alternatives of parts; None: not said
    near     what it makes of a place depends on the text of that place alone
    """

    name: str
    rule: str
    makes: str
    asserts: str
    when: Condition | None
    each: Left | None
    keys: tuple[tuple[Build, ...], ...] | None
    version: Build | None
    asserted: Build | None
    build: Build | None
    needs: Needs = None
    near: bool = False

    def drafts(self, tree: Tree, run: Run) -> tuple[list[Draft], bool]:
        """What this mapping makes of a message, and whether its conditions held anywhere."""
        if self.each is None:
            needed, places = self.needs is None or not self.needs.isdisjoint(run.holds(tree)), [tree]
        else:
            needed, places = True, _places(tree, self.each[run.holds(tree)])
        drafts: list[Draft] = []
        applied = False
        for place in places:
            text = getattr(place, "recurs", None) if self.near else None
            if text is None or run.memory is None:
                made = self._made(place, needed, run)
            else:
                made = self._recalled(place, text, run, run.memory.drafts)
            if made is not None:
                applied = True
                drafts += made
        return drafts, applied

    def _made(self, place: Any, needed: bool, run: Run) -> list[Draft] | None:
        """What is made of a place; None where the conditions do not hold there."""
        because = self.when(place) if self.when else ()
        if because is None:
            return None
        return self._draft(place, because, run) if self.build and needed else []

    def _recalled(self, place: Any, text: str, run: Run, memory: Recent) -> list[Draft] | None:
        """What was made of the same text at the same place of an earlier message; else what is made now."""
        key = (self.rule, place.where, text)
        made = memory.get(key)
        if made is None:
            links, issues = len(run.links), len(run.context.issues)
            found = self._made(place, True, run)
            if len(run.links) > links or len(run.context.issues) > issues:
                return found
            made = Made(found is not None, found[0] if found else None)
            memory.keep(key, made)
        return made.again(place.scope) if made.applied else None

    def _draft(self, place: Any, because: tuple[str, ...], run: Run) -> list[Draft]:
        known = len(run.links)
        found = self.build(place, run) if self.build else []
        if not found or not isinstance(found[0], dict):
            del run.links[known:]
            return []
        where = "" if self.each is None else place.where
        draft = Draft(self.makes or self.asserts, self.rule, getattr(place, "scope", ()), where, found[0], because)
        if self.keys is not None:
            draft.keys = []
            for parts in self.keys:
                draft.keys.append([_only(part, place, run) for part in parts])
                if keys.is_complete(draft.keys[-1]):
                    break
        draft.version = _only(self.version, place, run)
        draft.asserted = _only(self.asserted, place, run)
        for link in run.links[known:]:
            link.owner = draft
        return [draft]


@dataclass(frozen=True)
class CompiledMapping:
    """All mappings of one kind of source, ready to run."""

    mappings: tuple[FileMapping, ...]
    adapter: Adapter
    ignores: Ignores
    required: Mapping[str, list[frozenset[str]]]
    tables: Mapping[str, Table]

    @cached_property
    def _gates(self) -> Left:
        """What a message holds where a mapping may apply, and the mapping."""
        gates = [Gate(number, m, m.needs if m.each is not None else None) for number, m in enumerate(self.mappings)]
        return Left(gates, "number", "mapping")

    @cached_property
    def _held(self) -> Recent:
        return Recent(HELD)

    def _holds(self, tree: Tree) -> Callable[[Tree], frozenset[str]]:
        """What a place of a message holds: of its own, or as the whole message does."""
        adapter: Any = self.adapter
        if hasattr(adapter, "holds_at"):
            return adapter.holds_at
        holds = frozenset(adapter.holds(tree) if hasattr(adapter, "holds") else ())
        whole = self._held.get(holds)
        if whole is None:                  # one for all messages that hold the same: it is looked up again and again
            whole = holds
            self._held.keep(holds, holds)
        return lambda place: whole

    @cached_property
    def _memories(self) -> Memories:
        return Memories(self.adapter)

    def run(self, tree: Tree, context: Context, kind: str = "", lineage: bool = False,
            leaves: Sequence[Leaf] | None = None) -> Mapped:
        """Everything the mappings make of a parsed message. Never raises for what is in the message.

        `leaves`: those of the adapter, where they are known already.
        `context.tables` is filled when it is empty; `context.issues` receives what went wrong.
        """
        if not context.tables:
            context.tables = self.tables
        run = Run(context, lineage, self._holds(tree), memory=None if lineage else self._memories.of(tree, context))
        drafts, said, applied = self._drafts(tree, run)
        drafts = settle.alive(drafts, self.required, run)
        standing = keys.assign(drafts, run)
        out: Any = finish.Finish(True) if lineage else finish.Bare()
        resources, made, times, versions = _finished(standing, said, out, run)
        if not resources and not made:
            _say_nothing(context, kind)
        issues = told_once(context.issues)

        def reached() -> Mapping[str, Iterable[str]]:
            named = finish.Finish(False)
            _finished(standing, said, named, run)
            return named.reached

        lines: Sequence[Lineage] = ()
        if self.counts and not lineage:
            ledger = self._counted(tree, out.paths(), reached)
        else:
            leaves = list(self.adapter.leaves(tree)) if leaves is None else leaves
            ledger = account(leaves, out.paths(), reached, self.ignores, applied, self._explained(tree))
            lines = out.lines(dict(leaves)) if lineage else ()
        return Mapped(resources, next(iter(times.values()), None), made, issues, ledger, lines, times, versions,
                      {} if lineage else out.answers)

    @property
    def counts(self) -> bool:
        """Whether leaves are counted and not named: the adapter can, and no mapping ignores any of them."""
        return hasattr(self.adapter, "tally") and not self.ignores.rules

    def _counted(self, tree: Tree, paths: Set[str], reached: Callable[[], Mapping[str, Iterable[str]]]) -> Ledger:
        adapter: Any = self.adapter
        again = adapter.again(tree)

        def whole() -> Ledger:
            tree = again()
            return account(adapter.leaves(tree), paths, reached, self.ignores, set(), self._explained(tree))

        return counted(adapter.tally(tree, paths), whole)

    def _explained(self, tree: Tree) -> Iterable[str | None]:
        adapter: Any = self.adapter
        return adapter.ignored(tree) if hasattr(adapter, "ignored") else repeat("")

    def _drafts(self, tree: Tree, run: Run) -> tuple[list[Draft], list[Draft], set[int]]:
        drafts: list[Draft] = []
        said: list[Draft] = []
        applied = set()
        for number, mapping in self._gates[run.holds(tree)]:
            found, held = mapping.drafts(tree, run)
            if found:
                (said if mapping.asserts else drafts).extend(found)
            if held:
                applied.add(number)
        return drafts, said, applied


def _only(build: Build | None, place: Any, run: Run) -> Any:
    """The first result of a line, None without one."""
    found = build(place, run) if build else None
    return found[0] if found else None


def _places(tree: Tree, each: Sequence[Select]) -> list[Any]:
    """The places that the paths select, in their order, each once."""
    places = [place for select in each for place in select(tree)] if len(each) != 1 else each[0](tree)
    return list({place.where: place for place in places}.values()) if len(places) > 1 else places


def _finished(standing: list[Draft], said: list[Draft], out: Any, run: Run) -> tuple[
        list[Resource], list[Assertion], dict[str, str], dict[str, Any]]:
    """Resources, assertions, times and versions of the drafts that stand."""
    resources = [out.resource(d) for d in standing]
    made = [a for i, d in enumerate(said) if (a := assertions.finished(d, i, out, run))]
    times, versions = dict[str, str](), dict[str, Any]()
    for draft in standing:
        name = f"{draft.type}/{draft.id}"
        if draft.asserted is not None and (time := out.strip(draft.asserted, f"{name}#asserted")):
            times[name] = time
        if draft.version is not None and (version := out.strip(draft.version, f"{name}#version")) is not None:
            versions[name] = version
    return resources, made, times, versions


def _say_nothing(context: Context, kind: str) -> None:
    context.rule = ""
    context.issue("mapping-none", f"No mapping made anything of this message{f' ({kind})' if kind else ''}.", "",
                  "Add a mapping for it; the message is kept and can be replayed.", Severity.warning)
