"""One line of a mapping compiled to a closure: terms, conversions, conditions. Nothing is interpreted at run time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.mapping import expression as grammar
from gateway.mapping import references
from gateway.mapping.draft import Because, Build, Link, Needs, Run, Traced
from gateway.mapping.expression import Expression
from gateway.mapping.kit import Kit, Select
from gateway.mapping.reader import Text
from gateway.mapping.steps import Conversion, Step, given, step
from gateway.mapping.types import ElementTable, Target
from gateway.sdk import Node, Tree, Value


class Line(NamedTuple):
    """A compiled value; `constant` when nothing of the message reaches it, `always` when it does not decide either."""

    build: Build
    constant: bool = False
    needs: Needs = None
    always: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A constant in the place of a node."""

    value: Value
    where: str = ""


NOTHING = Line(lambda tree, run: [], True)


def line(kit: Kit, node: Text, target: Target) -> Line:
    """An expression for a target."""
    parsed = kit.parse(node)
    if parsed is None:
        return NOTHING
    if not parsed.terms and not references.is_form(parsed.calls[0].name):
        kit.mistakes.add("mapping-grammar", f"A path is missing before `as {parsed.calls[0].name}`.", node)
        return NOTHING
    if parsed.constant and not parsed.calls:
        return _constant(kit, node, parsed.terms[0], target)
    steps = [step(kit, node, parsed, i, target) for i in range(len(parsed.calls))]
    _check_type(kit, node, parsed, target)
    textual = not parsed.calls or not (parsed.calls[0].name in kit.native or references.is_form(parsed.calls[0].name))
    pick = _pick([_source(kit, node, term) for term in parsed.terms], textual)
    build = _converted(pick, steps, target, kit.rule(node)) if steps else _plain(pick, target, kit.rule(node))
    return Line(build, parsed.constant, kit.needs(parsed.terms))


def _constant(kit: Kit, node: Text, term: grammar.Word, target: Target) -> Line:
    content: Any = term.text
    if target.complex:
        kit.mistakes.add("mapping-type", f"{target.label} is a {target.type}; a text does not fill it.",
                         node, term.offset)
    elif target.coerce:
        try:
            content = target.coerce(content)
        except ValueError as e:
            kit.mistakes.add("mapping-constant", f"{target.label}: {content!r} {e}.", node, term.offset)
    said, rule = [content], kit.rule(node)
    return Line(lambda tree, run: [Traced(content, (), rule)] if run.lineage else said, True, None, True)


def _source(kit: Kit, node: Text, term: grammar.Word) -> Select:
    if isinstance(term, grammar.Path):
        return kit.select(term, node)
    said = [Said(Value(term.text))]
    return lambda tree: said


_UNSAID = [Said(Value(""))]


def _nowhere(tree: Tree) -> list[Any]:
    """The one node of a line that names no place."""
    return _UNSAID


class _Passed(list[Any]):
    """Nodes that count because an earlier term was empty on purpose, with the leaves of that term."""

    origins: tuple[str, ...] = ()


def _pick(sources: list[Select], textual: bool) -> Select:
    """The nodes of the first source that is not empty; else those that are empty on purpose.

    `textual`: only a place with a text of its own counts; else one is enough below which there is anything.
    """
    if len(sources) < 2:
        return sources[0] if sources else _nowhere

    def pick(tree: Tree) -> list[Any]:
        deleted: list[Any] = []
        for source in sources:
            nodes = source(tree)
            for node in nodes:
                value = node.value
                if not textual if value is None else value.content is not None:
                    return _passed(nodes, deleted) if deleted else nodes
            deleted += [n for n in nodes if n.value is not None]
        return deleted
    return pick


def _passed(nodes: list[Any], deleted: list[Any]) -> list[Any]:
    passed = _Passed(nodes)
    passed.origins = tuple(o for n in deleted if (v := n.value) is not None for o in v.origins)
    return passed


def _reasoned(found: list[Any], nodes: list[Any], run: Run, rule: str) -> list[Any]:
    """The results with the reasons why they stand and, when lineage is wanted, the line that gave them."""
    if type(nodes) is _Passed:
        found = [Because(item, nodes.origins) for item in found]
    return [_trace(item, rule) for item in found] if run.lineage else found


def _plain(pick: Select, target: Target, rule: str) -> Build:
    """Texts of the nodes as the element takes them."""
    coerce, single = target.coerce, not target.many

    def build(tree: Tree, run: Run) -> list[Any]:
        nodes = pick(tree)
        found: list[Any] = []
        for node in nodes:
            value = node.value
            if value is None:
                continue
            content = value.content
            if content is not None:
                if content.__class__ is str and (not content or content.isspace()):
                    continue
                if coerce is not None:
                    value = _coerced(value, coerce, target, node, run, rule)
                    if value is None:
                        continue
            found.append(value)
            if single:
                break
        return _reasoned(found, nodes, run, rule) if run.lineage or nodes.__class__ is _Passed else found
    return build


def _coerced(value: Value, coerce: Callable[[Any], Any], target: Target, node: Node, run: Run,
             rule: str) -> Value | None:
    try:
        content = coerce(value.content)
    except ValueError as e:
        run.context.rule = rule
        run.failed(target.label, node.where, value, e)
        return None
    return value if content is value.content else value.to(content)


def _converted(pick: Select, steps: list[Conversion], target: Target, rule: str) -> Build:
    """Results of the conversions, each flattened; what cannot be converted is an issue and left out."""
    single, objects, anything = not target.many, not target.primitive, not target.type
    plain = len(steps) == 1 and (objects or anything)
    (name, convert, native), *more = steps
    key, give = (native.key, given(native)) if native is not None else ("", None)

    def build(tree: Tree, run: Run) -> list[Any]:
        nodes = pick(tree)
        if not nodes:
            return []
        run.context.rule = rule
        before = run.converted[key]
        found: list[Any] = []
        for node in nodes:
            try:
                if give is None:
                    result = convert(node, node, tree, run)
                elif node in before:
                    result = before[node]
                else:
                    result = before[node] = give(node, run)
            except Exception as e:
                _fails(e, name, node, run)
                continue
            if result is None:
                continue
            kind = result.__class__
            if plain and kind is dict:
                if result:
                    found.append(result)
                    if single:
                        break
                continue
            if more or kind is list:
                items = [r for r in result if r is not None] if kind is list else [result]
                for later, next_convert, _ in more:
                    items = _stepped(items, later, next_convert, node, tree, run)
            elif kind is dict and not result:
                continue
            else:
                items = [result]
            for item in items:
                fits = anything or (objects and not isinstance(item, Value))
                fitting = item if fits else _fitted(item, target, node, run, rule)
                if fitting is not None:
                    found.append(fitting)
                    if single:
                        break
            if single and found:
                break
        return _reasoned(found, nodes, run, rule) if run.lineage or nodes.__class__ is _Passed else found
    return build


def _fails(e: Exception, name: str, node: Node, run: Run) -> None:
    reason = e if isinstance(e, ValueError) else f"makes it fail with {type(e).__name__}: {e}"
    run.failed(name, node.where, node.value, reason)


def _stepped(items: list[Any], name: str, convert: Step, node: Node, tree: Tree, run: Run) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if isinstance(item, Value) and item.content is None:
            found.append(item)
            continue
        try:
            result = convert(item, node, tree, run)
        except Exception as e:
            _fails(e, name, node, run)
            continue
        if isinstance(result, list):
            found.extend(r for r in result if r is not None)
        elif result is not None and not (isinstance(result, dict) and not result):
            found.append(result)
    return found


def _fitted(item: Any, target: Target, node: Node, run: Run, rule: str) -> Any:
    """The item as the target takes it, or None and an issue."""
    if not isinstance(item, Value):
        if isinstance(item, Link) and item.form != "reference":
            return item
        if target.primitive:
            run.failed(target.label, node.where, node.value, f"gives an object, not a {target.type}")
            return None
        return item
    if item.content is None:
        return item
    if target.coerce is not None:
        return _coerced(item, target.coerce, target, node, run, rule) if item.content != "" else None
    if target.complex:
        run.failed(target.label, node.where, item, f"gives a text, not a {target.type}")
        return None
    return item


def _check_type(kit: Kit, node: Text, parsed: Expression, target: Target) -> None:
    """Refuse what can be seen beforehand: a text for an object, an object for a text, the wrong object."""
    gives = "" if not parsed.calls else references.gives(parsed.calls[-1].name)
    if parsed.calls and gives is None:
        last = parsed.calls[-1].name
        gives = getattr(kit.native.get(last) or kit.neutral.get(last), "makes", None)
    if gives is None or not target.type:
        return
    fits = gives == "" if target.primitive else gives == target.type or _is_a(kit.elements, target.type, gives)
    if not fits:
        kit.mistakes.add("mapping-type", f"{target.label} is a {target.type}; this line gives a {gives or 'text'}.",
                         node, parsed.calls[-1].offset if parsed.calls else 0)


def _is_a(elements: ElementTable, type: str, base: str) -> bool:
    return bool(base) and getattr(elements, "is_a", lambda a, b: False)(type, base)


def _trace(item: Any, rule: str) -> Any:
    if isinstance(item, Value):
        return Traced(item.content, item.origins, rule)
    if isinstance(item, dict):
        return {name: _trace(value, rule) for name, value in item.items()}
    if isinstance(item, Because):
        return Because(_trace(item.item, rule), item.origins)
    return [_trace(value, rule) for value in item] if isinstance(item, list) else item
