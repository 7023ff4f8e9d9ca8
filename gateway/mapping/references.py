"""`as reference(Type)`, `as key(Type)`, `as id(Type)`: what the same message makes, or what a business key names."""

from collections.abc import Callable, Iterable, Set
from typing import Any

from gateway.mapping.draft import Draft, Link, Run, Scope, reasons
from gateway.mapping.expression import Call
from gateway.mapping.mistakes import guess
from gateway.mapping.types import Target
from gateway.sdk import Node, Tree, Value, canonical, key_id

Point = Callable[[Any, Node, Tree, Run], Any]
FORMS = {"reference": "Reference", "key": "", "id": ""}


def is_form(name: str) -> bool:
    return name in FORMS


def gives(name: str) -> str | None:
    """The type that a form gives ("" a text), None for any other function."""
    return FORMS.get(name)


def problems(call: Call, resources: Set[str], target: Target) -> Iterable[str]:
    """What is wrong with the arguments."""
    if len(call.arguments) not in (1, 2):
        yield f"`{call.name}` takes (type, system?), not ({', '.join(call.arguments)})."
    elif call.arguments[0] not in resources:
        yield f"There is no resource type {call.arguments[0]!r}{guess(call.arguments[0], resources)}"
    elif target.refers and call.arguments[0] not in target.refers and "Resource" not in target.refers:
        yield f"{target.label} refers to {', '.join(sorted(target.refers))}, not to {call.arguments[0]}."


def step(call: Call, target: Target, anywhere: bool, placed: Set[str], rule: str) -> Point:
    """The conversion: a Link when the target is what this message makes, else what the key itself says.

    anywhere  the line names no place: what the message makes
    placed    types that a mapping makes of places; full before the first message is mapped
    """
    type, system = (*call.arguments, "", "")[:2]
    element = (*target.label.split("."), "")[1]

    def point(item: Any, node: Node, tree: Tree, run: Run) -> Any:
        if item is node and (anywhere or type in placed):
            link = Link(type, call.name, getattr(tree, "scope", ()), node.where, rule, target.required, target.many,
                        element)
            run.links.append(link)
            return link
        item = item.value if item is node else item
        assigner, value = identify(item)
        return written(call.name, type, key_id(type, assigner or system, value), reasons(item)) if value else None
    return point


def identify(item: Any) -> tuple[str, str]:
    """(assigner, value) of a business key: an Identifier's own, else the text, else the object's canonical text."""
    if item is None:
        return "", ""
    if item.__class__ is dict:
        if "value" in item:
            return str(_bare(item.get("system", ""))), str(_bare(item["value"]))
        return "", canonical(_bare(item)).decode()
    content = _bare(item)
    return "", "" if content is None else str(content).strip()


def written(form: str, type: str, id: str, origins: tuple[str, ...]) -> Any:
    """What stands in the place of a link."""
    text = Value(id if form == "id" else f"{type}/{id}", origins)
    return {"reference": text} if form == "reference" else text


class Groups:
    """Drafts by type, by place, and by the groups that enclose them, as far as links ask for these."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self._places: dict[tuple[str, str], Draft] = {}
        self._kinds: dict[str, list[Draft]] = {}
        self._depth: dict[str, int] = {}  # how deep the drafts of a type lie
        self._inside: dict[tuple[str, int], dict[Scope, list[Draft]]] = {}
        self._near: dict[tuple[str, Scope, str], tuple[Draft, ...]] = {}
        for draft in drafts:
            type = draft.type
            self._places.setdefault((type, draft.where), draft)
            self._kinds.setdefault(type, []).append(draft)
            self._depth[type] = max(len(draft.scope), self._depth.get(type, 0))

    def targets(self, link: Link) -> tuple[Draft, ...]:
        """What a link points to: what was made of its place, else all of its type in the nearest enclosing group.

        What was made of the group as a whole comes before what was made inside it.
        """
        if link.where:
            made = self._places.get((link.type, link.where))
            return (made,) if made else ()
        for depth in range(min(len(link.scope), self._depth.get(link.type, -1)), -1, -1):
            sister = link.scope[depth][0] if depth < len(link.scope) else ""
            inside = self._outside(link.type, link.scope[:depth], sister)
            if link.owner and link.owner.type == link.type:
                inside = tuple(d for d in inside if d is not link.owner)
            if inside:
                return inside if len(inside) == 1 else tuple(d for d in inside if len(d.scope) == depth) or inside
        return ()

    def _outside(self, type: str, group: Scope, sister: str) -> tuple[Draft, ...]:
        """Drafts in a group, but not in its parts called `sister`: those are the link's own way in and its sisters."""
        key, depth = (type, group, sister), len(group)
        if key not in self._near:
            inside = self._groups(type, depth).get(group, ())
            self._near[key] = tuple(d for d in inside if len(d.scope) <= depth or d.scope[depth][0] != sister)
        return self._near[key]

    def _groups(self, type: str, depth: int) -> dict[Scope, list[Draft]]:
        """The drafts of a type by the groups of a depth that hold them."""
        found = self._inside.get((type, depth))
        if found is None:
            found = self._inside[type, depth] = {}
            for draft in self._kinds[type]:
                if len(draft.scope) >= depth:
                    found.setdefault(draft.scope[:depth], []).append(draft)
        return found


def _bare(item: Any) -> Any:
    if isinstance(item, str):
        return item
    if isinstance(item, Value):
        return item.content
    if isinstance(item, dict):
        return {name: _bare(value) for name, value in item.items()}
    return [_bare(value) for value in item] if isinstance(item, list) else item
