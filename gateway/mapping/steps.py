"""Conversions compiled to closures, each checked beforehand: known, with the arguments it takes, tables that exist."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any, NamedTuple

from gateway.mapping import references
from gateway.mapping.draft import Run
from gateway.mapping.expression import Call, Expression
from gateway.mapping.kit import Kit
from gateway.mapping.mistakes import guess
from gateway.mapping.reader import Text
from gateway.mapping.types import Target
from gateway.sdk import Function, Node, Tree, Value

NOTHING = object()
Step = Callable[[Any, Any, Tree, Run], Any]


class Native(NamedTuple):
    """A conversion of the adapter; `key` names it with its arguments, `alone`: it reads nothing but its node's text."""

    key: str
    function: Function
    arguments: tuple[str, ...]
    alone: bool


class Conversion(NamedTuple):
    """A conversion by its name; `native` when it takes the node."""

    name: str
    convert: Step
    native: Native | None = None


def step(kit: Kit, node: Text, parsed: Expression, index: int, target: Target) -> Conversion:
    """One conversion; mistakes when it is not known or takes other arguments."""
    call = parsed.calls[index]
    if references.is_form(call.name):
        for message in references.problems(call, kit.elements.resources, target):
            kit.mistakes.add("mapping-reference", message, node, call.offset)
        return Conversion(call.name, references.step(call, target, not parsed.terms, kit.placed, kit.rule(node)))
    native = call.name in kit.native
    function = kit.native.get(call.name) or kit.neutral.get(call.name)
    if function is None:
        known = {*kit.native, *kit.neutral, *references.FORMS}
        kit.mistakes.add("mapping-function", f"There is no function {call.name!r}{guess(call.name, known)}",
                         node, call.offset)
        return Conversion(call.name, _unknown)
    if not native or index == 0:
        _check_arguments(kit, node, call, function)
    else:
        kit.mistakes.add("mapping-function", f"`{call.name}` takes a place of the message; it has to come first.",
                         node, call.offset)
    if not native:
        return Conversion(call.name, _neutral(function, call.arguments))
    alone = kit.alone(call.name, call.arguments)
    kit.near = kit.near and alone
    taken = Native(f"{call.name}({', '.join(call.arguments)})", function, call.arguments, alone)
    return Conversion(call.name, _unknown, taken)


def _unknown(item: Any, node: Node, tree: Tree, run: Run) -> Any:
    return None


def given(native: Native) -> Callable[[Node, Run], Any]:
    """What a conversion of the adapter gives for a place; its value where that is empty on purpose.

    One that reads nothing but a text may have given it in an earlier message.
    """
    function, arguments = native.function, native.arguments

    def give(node: Node, run: Run) -> Any:
        result = function(node, run.context, *arguments)
        if result is None and (value := node.value) is not None and value.content is None:
            return value
        return result

    def recalled(node: Node, run: Run) -> Any:
        memory = run.memory
        if memory is None or (text := getattr(node, "recurs", None)) is None:
            return give(node, run)
        key = (native.key, node.where, text)
        result = memory.converted.get(key)
        if result is None:
            said = len(run.context.issues)
            result = give(node, run)
            if len(run.context.issues) == said:
                memory.converted.keep(key, NOTHING if result is None else result)
        return None if result is NOTHING else result

    return recalled if native.alone else give


def _neutral(function: Function, arguments: tuple[str, ...]) -> Step:
    def convert(item: Any, node: Node, tree: Tree, run: Run) -> Any:
        value = item if isinstance(item, Value) else node.value if item is node else None
        if value is None and item is not node:
            raise ValueError("is an object already and cannot be converted further")
        return value if value is None or value.content is None else function(value, run.context, *arguments)
    return convert


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
