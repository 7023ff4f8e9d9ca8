"""Mapping files compiled to closures.

All mistakes of all files are reported at once, each with `file:line:column` (LANGUAGE.md says what may be written).
"""

from collections.abc import Mapping, Sequence
from functools import cache

from gateway.errors import ConfigError, Issue
from gateway.mapping import assertions, schema
from gateway.mapping.compiled import CompiledMapping, Each, FileMapping
from gateway.mapping.conditions import conditions
from gateway.mapping.draft import Build, Left
from gateway.mapping.functions import FUNCTIONS
from gateway.mapping.kit import Kit
from gateway.mapping.ledger import Ignore, Ignores, wider
from gateway.mapping.lines import line
from gateway.mapping.mistakes import Mistakes, guess
from gateway.mapping.objects import needed, nested, texts, value
from gateway.mapping.reader import Items, Pairs, Text, Yaml, read
from gateway.mapping.types import ElementTable, Target, coercion
from gateway.sdk import Adapter, Table

_ANY = Target("")


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
    places = Left([Each(kit.place(t), kit.needs_of([t])) for t in each], "select") if each else None
    kit.near = True                                # which place `each` selects is looked up in every message
    if makes and isinstance(fields, Pairs) and fields.get("id") is not None:
        kit.mistakes.add("mapping-element", "The id is made of `key`; it is no field.", fields)
    if isinstance(fields, Pairs) and makes in kit.elements.resources:
        build, _, needs, _ = nested(kit, fields, Target(makes, makes), whole=False)
    elif isinstance(fields, Pairs) and asserts:
        assertions.check(kit, fields, asserts)
        build = nested(kit, fields, _ANY, whole=False).build
    elif isinstance(fields, Pairs):
        nested(kit, fields, _ANY, whole=False)     # no such type: the other mistakes are told all the same
    moment = Target("asserted", "dateTime", coercion("dateTime", kit.elements.primitives.get("dateTime"), None))
    return FileMapping(_text(root.get("mapping")), f"{kit.mistakes.file}:{root.line}", makes, asserts,
                    conditions(kit, texts(root.get("when"))), places, _keys(kit, root.get("key")),
                    _said_by(kit, root.get("version"), _ANY),
                    _said_by(kit, root.get("asserted"), moment), build, kit.needs_of(each) if each else needs,
                    kit.near and each != ())


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
