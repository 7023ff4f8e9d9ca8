"""One line of a mapping compiled to a closure: terms, conversions, conditions. Nothing is interpreted at run time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, signature
from typing import Any, NamedTuple

from gateway.mapping import expression as grammar
from gateway.mapping import references
from gateway.mapping.draft import Because, Build, Run, Traced
from gateway.mapping.expression import BadExpression, Call, Expression
from gateway.mapping.mistakes import Mistakes, guess
from gateway.mapping.reader import Text
from gateway.mapping.types import ElementTable, Target
from gateway.sdk import BadPath, Function, Node, Table, Tree, Value

Select = Callable[[Tree], list[Any]]
Condition = Callable[[Tree], tuple[str, ...] | None]
Step = Callable[[Any, Any, Tree, Run], Any]


class Line(NamedTuple):
    """A compiled value; `constant` when nothing of the message reaches it."""

    build: Build
    constant: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A constant in the place of a node."""

    value: Value
    where: str = ""


@dataclass
class Kit:
    """What the lines of one file are compiled with.

    native   the adapter's functions, which take the node; the others take its value
    placed   resource type → paths of the places of which a mapping makes it (`each`)
    """

    mistakes: Mistakes
    path: Callable[[str], Select]
    native: Mapping[str, Function]
    neutral: Mapping[str, Function]
    tables: Mapping[str, Table]
    elements: ElementTable
    placed: dict[str, set[str]] = field(default_factory=dict)

    def rule(self, node: Text) -> str:
        return f"{self.mistakes.file}:{node.line}"

    def select(self, path: grammar.Path, node: Text) -> Select:
        """The closure of a path; a mistake when the adapter does not know it."""
        try:
            return self.path(path.text)
        except BadPath as e:
            self.mistakes.add("mapping-path", f"{path.text!r} is no path: {e}", node, path.offset)
            return lambda tree: []

    def place(self, node: Text) -> Select:
        """The closure of a line that is a path and nothing else (`each`)."""
        parsed = self.parse(node)
        if parsed and len(parsed.terms) == 1 and not parsed.calls and isinstance(parsed.terms[0], grammar.Path):
            return self.select(parsed.terms[0], node)
        if parsed:
            self.mistakes.add("mapping-grammar", "`each` takes a path and nothing else.", node)
        return lambda tree: []

    def parse(self, node: Text) -> Expression | None:
        try:
            return grammar.parse(node.value)
        except BadExpression as e:
            self.mistakes.add("mapping-grammar", f"This line cannot be read: {e}.", node, e.offset)
            return None


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
    steps = [_step(kit, node, parsed, i, target) for i in range(len(parsed.calls))]
    _check_type(kit, node, parsed, target)
    pick = _pick([_source(kit, node, term) for term in parsed.terms])
    build = _converted(pick, steps, target, kit.rule(node)) if steps else _plain(pick, target, kit.rule(node))
    return Line(_traced(build, kit.rule(node)), parsed.constant)


def conditions(kit: Kit, nodes: tuple[Text, ...]) -> Condition | None:
    """All conditions as one: the leaves whose text decided it, or None when one does not hold."""
    compiled = [c for c in (_condition(kit, n) for n in nodes) if c]
    if len(compiled) < 2:
        return compiled[0] if compiled else None

    def holds(tree: Tree) -> tuple[str, ...] | None:
        because: tuple[str, ...] = ()
        for condition in compiled:
            found = condition(tree)
            if found is None:
                return None
            because += found
        return because
    return holds


def _condition(kit: Kit, node: Text) -> Condition | None:
    try:
        parsed = grammar.condition(node.value)
    except BadExpression as e:
        kit.mistakes.add("mapping-grammar", f"This condition cannot be read: {e}.", node, e.offset)
        return None
    select, texts = kit.select(parsed.path, node), frozenset(parsed.texts)

    def exists(tree: Tree) -> tuple[str, ...] | None:
        found = any((v := n.value) is not None and v.content is not None for n in select(tree))
        return () if found is not parsed.negated else None

    def equals(tree: Tree) -> tuple[str, ...] | None:
        found = [v for n in select(tree) if (v := n.value) is not None and str(v.content) in texts]
        if parsed.negated:
            return None if found else ()
        return tuple(o for v in found for o in v.origins) if found else None
    return equals if texts else exists


def _constant(kit: Kit, node: Text, term: grammar.Word, target: Target) -> Line:
    content: Any = term.text
    if target.complex:
        kit.mistakes.add("mapping-type", f"{target.label} is a {target.type}; a text does not fill it.", node, term.offset)
    elif target.coerce:
        try:
            content = target.coerce(content)
        except ValueError as e:
            kit.mistakes.add("mapping-constant", f"{target.label}: {content!r} {e}.", node, term.offset)
    said, rule = [content], kit.rule(node)
    return Line(lambda tree, run: [Traced(content, (), rule)] if run.lineage else said, True)


def _source(kit: Kit, node: Text, term: grammar.Word) -> Select:
    if isinstance(term, grammar.Path):
        return kit.select(term, node)
    said = [Said(Value(term.text))]
    return lambda tree: said


class _Passed(list[Any]):
    """Nodes that count because an earlier term was empty on purpose, with the leaves of that term."""

    origins: tuple[str, ...] = ()


def _pick(sources: list[Select]) -> Select:
    """The nodes of the first source that selects something not empty; else of the first that selects anything."""
    if len(sources) < 2:
        return sources[0] if sources else lambda tree: [Said(Value(""))]

    def pick(tree: Tree) -> list[Any]:
        deleted: list[Any] = []
        for source in sources:
            nodes = source(tree)
            for node in nodes:
                if (value := node.value) is not None and value.content is not None:
                    return _passed(nodes, deleted) if deleted else nodes
            deleted += nodes
        return deleted
    return pick


def _passed(nodes: list[Any], deleted: list[Any]) -> list[Any]:
    passed = _Passed(nodes)
    passed.origins = tuple(o for n in deleted if (v := n.value) is not None for o in v.origins)
    return passed


def _reasoned(found: list[Any], nodes: list[Any]) -> list[Any]:
    return [Because(item, nodes.origins) for item in found] if type(nodes) is _Passed else found


def _plain(pick: Select, target: Target, rule: str) -> Build:
    """Texts of the nodes as the element takes them."""
    coerce, single = target.coerce, not target.many

    def build(tree: Tree, run: Run) -> list[Any]:
        found: list[Any] = []
        nodes = pick(tree)
        for node in nodes:
            value = node.value
            if value is None or (isinstance(value.content, str) and not value.content.strip()):
                continue
            if coerce is not None and value.content is not None:
                value = _coerced(value, coerce, target, node, run, rule)
                if value is None:
                    continue
            found.append(value)
            if single:
                break
        return _reasoned(found, nodes)
    return build


def _coerced(value: Value, coerce: Callable[[Any], Any], target: Target, node: Node, run: Run, rule: str) -> Value | None:
    try:
        content = coerce(value.content)
    except ValueError as e:
        run.context.rule = rule
        run.failed(target.label, node.where, value, e)
        return None
    return value if content is value.content else value.to(content)


def _converted(pick: Select, steps: list[tuple[str, Step]], target: Target, rule: str) -> Build:
    """Results of the conversions, each flattened; what cannot be converted is an issue and left out."""
    single = not target.many

    def build(tree: Tree, run: Run) -> list[Any]:
        run.context.rule = rule
        found: list[Any] = []
        nodes = pick(tree)
        for node in nodes:
            items = [node]
            for name, step in steps:
                items = _stepped(items, name, step, node, tree, run)
            for item in items:
                fitting = _fitted(item, target, node, run, rule)
                if fitting is not None:
                    found.append(fitting)
                    if single:
                        return _reasoned(found, nodes)
        return _reasoned(found, nodes)
    return build


def _stepped(items: list[Any], name: str, step: Step, node: Node, tree: Tree, run: Run) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if isinstance(item, Value) and item.content is None:
            found.append(item)
            continue
        try:
            result = step(item, node, tree, run)
        except Exception as e:
            reason = e if isinstance(e, ValueError) else f"makes it fail with {type(e).__name__}: {e}"
            run.failed(name, node.where, node.value, reason)
            continue
        if isinstance(result, list):
            found.extend(r for r in result if r is not None)
        elif result is not None and result != {}:
            found.append(result)
    return found


def _fitted(item: Any, target: Target, node: Node, run: Run, rule: str) -> Any:
    """The item as the target takes it, or None and an issue."""
    if not isinstance(item, Value):
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


def _step(kit: Kit, node: Text, parsed: Expression, index: int, target: Target) -> tuple[str, Step]:
    """One conversion; mistakes when it is not known or takes other arguments."""
    call = parsed.calls[index]
    if references.is_form(call.name):
        for message in references.problems(call, kit.elements.resources, target):
            kit.mistakes.add("mapping-reference", message, node, call.offset)
        return call.name, references.step(call, target, frozenset(t.text for t in parsed.terms), kit.placed, kit.rule(node))
    native = call.name in kit.native
    function = kit.native.get(call.name) or kit.neutral.get(call.name)
    if function is None:
        known = {*kit.native, *kit.neutral, *references.FORMS}
        kit.mistakes.add("mapping-function", f"There is no function {call.name!r}{guess(call.name, known)}",
                         node, call.offset)
        return call.name, lambda item, node, tree, run: None
    if not native or index == 0:
        _check_arguments(kit, node, call, function)
    else:
        kit.mistakes.add("mapping-function", f"`{call.name}` takes a place of the message; it has to come first.",
                         node, call.offset)
    return call.name, _native(function, call.arguments) if native else _neutral(function, call.arguments)


def _native(function: Function, arguments: tuple[str, ...]) -> Step:
    def step(item: Any, node: Node, tree: Tree, run: Run) -> Any:
        result = function(item, run.context, *arguments)
        if result is None and (value := node.value) is not None and value.content is None:
            return value
        return result
    return step


def _neutral(function: Function, arguments: tuple[str, ...]) -> Step:
    def step(item: Any, node: Node, tree: Tree, run: Run) -> Any:
        value = item if isinstance(item, Value) else node.value if item is node else None
        if value is None and item is not node:
            raise ValueError("is an object already and cannot be converted further")
        return value if value is None or value.content is None else function(value, run.context, *arguments)
    return step


def _check_arguments(kit: Kit, node: Text, call: Call, function: Function) -> None:
    try:
        bound = signature(function).bind(None, None, *call.arguments)
    except TypeError:
        wanted = [p.name + ("?" if p.default is not Parameter.empty else "")
                  for p in list(signature(function).parameters.values())[2:]]
        kit.mistakes.add("mapping-arguments", f"`{call.name}` takes ({', '.join(wanted)}), not "
                         f"({', '.join(call.arguments)}).", node, call.offset)
        return
    table = bound.arguments.get("table")
    if table and table not in kit.tables:
        kit.mistakes.add("mapping-table", f"There is no table {table!r}{guess(table, kit.tables)}", node, call.offset)


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
        kit.mistakes.add("mapping-type", f"{target.label} is a {target.type}; this line gives a {gives or 'text'}.", node,
                         parsed.calls[-1].offset if parsed.calls else 0)


def _is_a(elements: ElementTable, type: str, base: str) -> bool:
    return bool(base) and getattr(elements, "is_a", lambda a, b: False)(type, base)


def _traced(build: Build, rule: str) -> Build:
    def traced(tree: Tree, run: Run) -> list[Any]:
        found = build(tree, run)
        return [_trace(item, rule) for item in found] if run.lineage else found
    return traced


def _trace(item: Any, rule: str) -> Any:
    if isinstance(item, Value):
        return Traced(item.content, item.origins, rule)
    if isinstance(item, dict):
        return {name: _trace(value, rule) for name, value in item.items()}
    if isinstance(item, Because):
        return Because(_trace(item.item, rule), item.origins)
    return [_trace(value, rule) for value in item] if isinstance(item, list) else item
