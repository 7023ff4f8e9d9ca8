"""Conditions compiled to closures: which leaves decided that something holds, or None when it does not."""

from collections.abc import Callable
from contextlib import suppress

from gateway.mapping import expression as grammar
from gateway.mapping.draft import Needs
from gateway.mapping.expression import BadExpression
from gateway.mapping.kit import Kit
from gateway.mapping.reader import Text
from gateway.sdk import Tree

Condition = Callable[[Tree], tuple[str, ...] | None]


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


def needs(kit: Kit, nodes: tuple[Text, ...]) -> Needs:
    """What a place holds where one of the conditions can hold; None where only looking tells."""
    for node in nodes:
        with suppress(BadExpression):
            parsed = grammar.condition(node.value)
            if not parsed.negated and (name := kit.outline(parsed.path.text)):
                return frozenset((name,))
    return None


def _condition(kit: Kit, node: Text) -> Condition | None:
    try:
        parsed = grammar.condition(node.value)
    except BadExpression as e:
        kit.mistakes.add("mapping-grammar", f"This condition cannot be read: {e}.", node, e.offset)
        return None
    select, texts = kit.select(parsed.path, node), frozenset(parsed.texts)

    negated = parsed.negated

    def exists(tree: Tree) -> tuple[str, ...] | None:
        for node in select(tree):
            value = node.value
            if value is None or value.content is not None:
                return None if negated else ()
        return () if negated else None

    def equals(tree: Tree) -> tuple[str, ...] | None:
        nodes = select(tree)
        found = [v for n in nodes if (v := n.value) is not None and str(v.content) in texts] if nodes else nodes
        if negated:
            return None if found else ()
        return found[0].origins if len(found) == 1 else tuple(o for v in found for o in v.origins) if found else None
    return equals if texts else exists
