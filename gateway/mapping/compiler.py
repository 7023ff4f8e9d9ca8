"""Mapping files compiled to closures, and the run of a compiled set over one message.

All mistakes of all files are reported at once, each with `file:line:column` (LANGUAGE.md says what may be written).
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from gateway.errors import ConfigError, Issue, Severity
from gateway.mapping import assertions, finish, keys, schema, settle
from gateway.mapping.conditions import Condition, conditions
from gateway.mapping.draft import Build, Draft, Made, Needs, Run
from gateway.mapping.functions import FUNCTIONS
from gateway.mapping.kit import Kit, Select
from gateway.mapping.ledger import Ignore, Ignores, account, wider
from gateway.mapping.lines import line
from gateway.mapping.memory import Memories, Recent
from gateway.mapping.mistakes import Mistakes, guess
from gateway.mapping.objects import needed, nested, texts, value
from gateway.mapping.reader import Items, Pairs, Text, Yaml, read
from gateway.mapping.types import ElementTable, Target, coercion
from gateway.model import Assertion, Mapped, Resource
from gateway.sdk import Adapter, Context, Leaf, Table, Tree

_ANY = Target("")


@dataclass(frozen=True, slots=True)
class FileMapping:
    """One compiled file.

    makes    resource type, "" for assertions and for files that only ignore
    asserts  kind of assertion, else ""
    each     what the places need and their closures, None for the whole message
    index    outline → numbers in `each`, where each of these needs one outline
    keys     alternatives of parts; None: not said
    near     what it makes of a place depends on the text of that place alone
    """

    name: str
    rule: str
    makes: str
    asserts: str
    when: Condition | None
    each: tuple[tuple[Needs, Select], ...] | None
    keys: tuple[tuple[Build, ...], ...] | None
    version: Build | None
    asserted: Build | None
    build: Build | None
    needs: Needs = None
    index: Mapping[str, list[int]] | None = None
    near: bool = False

    def drafts(self, tree: Tree, run: Run) -> tuple[list[Draft], bool]:
        """What this mapping makes of a message, and whether its conditions held anywhere."""
        if self.each is None:
            needed, places = self.needs is None or not self.needs.isdisjoint(run.holds), [tree]
        else:
            needed, places = True, self._places(tree, run.holds)
        drafts: list[Draft] = []
        applied = False
        for place in places:
            if self.near and run.memory is not None and hasattr(place, "raw"):
                made = self._recalled(place, run, run.memory.drafts)
            else:
                made = self._made(place, needed, run)
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

    def _recalled(self, place: Any, run: Run, memory: Recent) -> list[Draft] | None:
        """What was made of the same text at the same place of an earlier message; else what is made now."""
        key = (self.rule, place.where, place.raw)
        made = memory.get(key)
        if made is None:
            links, issues = len(run.links), len(run.context.issues)
            found = self._made(place, True, run)
            if len(run.links) > links or len(run.context.issues) > issues:
                return found
            made = Made(found is not None, found[0] if found else None)
            memory.keep(key, made)
        return made.again(place.scope) if made.applied else None

    def _places(self, tree: Tree, holds: Set[str]) -> list[Any]:
        """The places that `each` selects, in the order of its paths, each once."""
        if self.index is None:
            selects = [s for needs, s in self.each or () if needs is None or not needs.isdisjoint(holds)]
        else:
            numbers = sorted(n for outline in self.index.keys() & holds for n in self.index[outline])
            selects = [self.each[n][1] for n in numbers] if self.each else []
        if len(selects) == 1:
            return _distinct(selects[0](tree))
        return _distinct([place for select in selects for place in select(tree)])

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
                draft.keys.append([next(iter(part(place, run)), None) for part in parts])
                if keys.is_complete(draft.keys[-1]):
                    break
        draft.version = next(iter(self.version(place, run)), None) if self.version else None
        draft.asserted = next(iter(self.asserted(place, run)), None) if self.asserted else None
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
    def _gates(self) -> list[tuple[Needs, FileMapping]]:
        """What a message holds where a mapping may apply, and the mapping."""
        return [(m.needs if m.each is not None else None, m) for m in self.mappings]

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
        sketch: Any = self.adapter
        run = Run(context, lineage, sketch.holds(tree) if hasattr(sketch, "holds") else frozenset(),
                  memory=None if lineage else self._memories.of(tree, context))
        drafts, said, applied = self._drafts(tree, run)
        drafts = settle.alive(drafts, self.required, run)
        standing = keys.assign(drafts, run)
        out: Any = finish.Finish(True) if lineage else finish.Bare()
        resources, made, times, versions = _finished(standing, said, out, run)
        leaves = list(self.adapter.leaves(tree)) if leaves is None else leaves
        explained = self.adapter.ignored(tree) if hasattr(self.adapter, "ignored") else _unexplained
        if not resources and not made:
            _say_nothing(context, kind)
        issues = tuple(context.issues)

        def reached() -> Mapping[str, Iterable[str]]:
            named = finish.Finish(False)
            _finished(standing, said, named, run)
            return named.reached

        ledger = account(leaves, out.paths(), reached, self.ignores, applied, explained)
        return Mapped(resources, next(iter(times.values()), None), made, issues, ledger,
                      out.lines(dict(leaves)) if lineage else (), times, versions,
                      {} if lineage else out.answers)

    def _drafts(self, tree: Tree, run: Run) -> tuple[list[Draft], list[Draft], set[int]]:
        drafts: list[Draft] = []
        said: list[Draft] = []
        applied = set()
        holds = run.holds
        for number, (needs, mapping) in enumerate(self._gates):
            if needs is not None and needs.isdisjoint(holds):
                continue
            found, held = mapping.drafts(tree, run)
            if found:
                (said if mapping.asserts else drafts).extend(found)
            if held:
                applied.add(number)
        return drafts, said, applied


def compile_mappings(files: Mapping[str, str], adapter: Adapter, elements: ElementTable,
                     tables: Mapping[str, Table]) -> CompiledMapping:
    """The mapping files (path → text) of one adapter's kind, in the order of their paths.

    Raises ConfigError with all mistakes of all files.
    """
    path, placed = cache(adapter.path), set[str]()
    outline = getattr(adapter, "outline", lambda path: "")
    within = getattr(adapter, "within", lambda path: False)
    alone = getattr(adapter, "alone", lambda function, arguments: False)
    rules: dict[str, list[Ignore]] = {}
    compiled: list[FileMapping] = []
    issues: list[Issue] = []
    names: dict[str, str] = {}
    for file, text in sorted(files.items()):
        kit = Kit(Mistakes(file), path, adapter.functions, FUNCTIONS, tables, elements, placed, outline, within, alone)
        root = read(text, kit.mistakes)
        if root is not None:
            schema.check(root, kit.mistakes)
            if isinstance(root, Pairs):
                _check_header(kit, root, adapter.kind, names)
                compiled.append(_mapping(kit, root))
                _ignores(kit, root, len(compiled) - 1, rules)
        issues += kit.mistakes.sorted()
    if issues:
        raise ConfigError(*issues)
    required = {m.makes: needed(elements.children(m.makes) or {}) for m in compiled if m.makes}
    widen = getattr(adapter, "wider", wider)
    return CompiledMapping(tuple(compiled), adapter, Ignores(rules, widen), required, tables)


def _check_header(kit: Kit, root: Pairs, kind: str, names: dict[str, str]) -> None:
    reads, name, makes = root.get("reads"), root.get("mapping"), root.get("makes")
    if isinstance(reads, Text) and reads.value != kind:
        kit.mistakes.add("mapping-reads", f"This mapping reads {reads.value!r}, the source is of kind {kind!r}"
                         f"{guess(reads.value, [kind])}", reads)
    if isinstance(name, Text) and names.setdefault(name.value, kit.mistakes.file) != kit.mistakes.file:
        kit.mistakes.add("mapping-name-twice", f"The mapping {name.value!r} stands in {names[name.value]} too.", name)
    if isinstance(makes, Text) and makes.value not in kit.elements.resources:
        kit.mistakes.add("mapping-resource", f"There is no resource type {makes.value!r}"
                         f"{guess(makes.value, kit.elements.resources)}", makes)


def _mapping(kit: Kit, root: Pairs) -> FileMapping:
    makes, asserts, fields = _text(root.get("makes")), _text(root.get("asserts")), root.get("fields")
    each = texts(root.get("each"))
    if makes and each:
        kit.placed.add(makes)
    build = needs = None
    places = tuple((kit.needs_of([t]), kit.place(t)) for t in each) or None
    kit.near = True                                # which place `each` selects is looked up in every message
    if makes and isinstance(fields, Pairs) and fields.get("id") is not None:
        kit.mistakes.add("mapping-element", "The id is made of `key`; it is no field.", fields)
    if isinstance(fields, Pairs) and makes in kit.elements.resources:
        build, _, needs = nested(kit, fields, Target(makes, makes), whole=False)
    elif isinstance(fields, Pairs) and asserts:
        assertions.check(kit, fields, asserts)
        build = nested(kit, fields, _ANY, whole=False).build
    moment = Target("asserted", "dateTime", coercion("dateTime", kit.elements.primitives.get("dateTime"), None))
    return FileMapping(_text(root.get("mapping")), f"{kit.mistakes.file}:{root.line}", makes, asserts,
                    conditions(kit, texts(root.get("when"))), places, _keys(kit, root.get("key")),
                    _said_by(kit, root.get("version"), _ANY),
                    _said_by(kit, root.get("asserted"), moment), build, kit.needs_of(each) if each else needs,
                    _index(places), kit.near and each != ())


def _index(places: tuple[tuple[Needs, Select], ...] | None) -> dict[str, list[int]] | None:
    found: dict[str, list[int]] = {}
    for number, (needs, _) in enumerate(places or ()):
        if needs is None or len(needs) != 1:
            return None
        found.setdefault(next(iter(needs)), []).append(number)
    return found


def _said_by(kit: Kit, node: Yaml | None, target: Target) -> Build | None:
    return value(kit, node, target).build if node is not None else None


def _keys(kit: Kit, node: Yaml | None) -> tuple[tuple[Build, ...], ...] | None:
    if node is None:
        return None
    alternatives: Sequence[Yaml] = node.items if isinstance(node, Items) else (node,)
    return tuple(tuple(line(kit, part, _ANY).build for part in texts(alternative)) for alternative in alternatives)


def _ignores(kit: Kit, root: Pairs, number: int, rules: dict[str, list[Ignore]]) -> None:
    node = root.get("ignore")
    for key, reason in node.pairs if isinstance(node, Pairs) else ():
        path = key.value.strip("`")
        try:
            kit.path(path)
        except ValueError as e:
            kit.mistakes.add("mapping-path", f"{path!r} is no path: {e}", key)
        rules.setdefault(path, []).append(Ignore(number, f"{kit.mistakes.file}:{key.line}", _text(reason)))


def _text(node: Yaml | None) -> str:
    return node.value if isinstance(node, Text) else ""


def _distinct(places: list[Any]) -> list[Any]:
    """Places of several paths, each once."""
    return list({place.where: place for place in places}.values()) if len(places) > 1 else places


def _finished(standing: list[Draft], said: list[Draft], out: Any, run: Run) -> tuple[
        list[Resource], list[Assertion], dict[str, str], dict[str, Any]]:
    """Resources, assertions, times and versions of the drafts that stand."""
    resources = [out.resource(d) for d in standing]
    made = [a for i, d in enumerate(said) if (a := assertions.finished(d, i, out, run))]
    times = {f"{d.type}/{d.id}": t for d in standing if (t := _said(d, "asserted", out))}
    versions = {f"{d.type}/{d.id}": v for d in standing if (v := _said(d, "version", out)) is not None}
    return resources, made, times, versions


def _said(draft: Draft, name: str, out: finish.Finish) -> Any:
    item = getattr(draft, name)
    return None if item is None else out.strip(item, f"{draft.type}/{draft.id}#{name}")


def _unexplained(path: str) -> str:
    return ""


def _say_nothing(context: Context, kind: str) -> None:
    context.rule = ""
    context.issue("mapping-none", f"No mapping made anything of this message{f' ({kind})' if kind else ''}.", "",
                  "Add a mapping for it; the message is kept and can be replayed.", Severity.warning)
