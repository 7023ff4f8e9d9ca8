"""The last step of a mapping: drafts become plain resources, and each value says which leaves it came from."""

from collections.abc import Iterator
from typing import Any

from gateway.mapping import references
from gateway.mapping.draft import Because, Draft, Link, Run, Traced, leaves
from gateway.model import Lineage
from gateway.sdk import Resource, Severity, Value

Reached = dict[str, dict[str, None]]


class Finish:
    """Strips Values off drafts. `reached` collects leaf path → elements, `traced` the lineage when it is wanted."""

    def __init__(self, lineage: bool) -> None:
        self.reached: Reached = {}
        self.lineage = lineage
        self.traced: list[tuple[str, Value]] = []

    def resource(self, draft: Draft) -> Resource:
        """The plain resource of a draft that has its id."""
        reference = f"{draft.type}/{draft.id}"
        self.because(draft.because, reference)
        self.because(draft.origins, f"{reference}.id")
        out = {"resourceType": draft.type, "id": draft.id}
        for name, item in draft.body.items():
            plain = self.strip(item, f"{reference}.{name}")
            if plain is not None:
                out[name] = plain
        return out

    def because(self, origins: tuple[str, ...], element: str) -> None:
        """Leaves that decide about an element."""
        for origin in origins:
            self.reached.setdefault(origin, {})[element] = None

    def strip(self, item: Any, element: str) -> Any:
        """The plain value of an item at an element; None when nothing is left of it."""
        if isinstance(item, Value):
            for origin in item.origins:
                self.reached.setdefault(origin, {})[element] = None
            if self.lineage and item.content is not None:
                self.traced.append((element, item))
            return item.content
        if isinstance(item, dict):
            found = {name: plain for name, value in item.items()
                     if (plain := self.strip(value, f"{element}.{name}")) is not None}
            return found or None
        if isinstance(item, list):
            return self._list(item, element)
        if isinstance(item, Because):
            self.because(item.origins, element)
            return self.strip(item.item, element)
        if isinstance(item, Link):
            return self.strip(next(_written(item)), element)
        return item

    def _list(self, items: list[Any], element: str) -> list[Any] | None:
        out: list[Any] = []
        for item in items:
            for one in _written(item) if isinstance(item, Link) else (item,):
                plain = self.strip(one, f"{element}[{len(out)}]")
                if plain is not None:
                    out.append(plain)
        return out or None

    def lines(self, values: dict[str, str]) -> list[Lineage]:
        """The lineage; `values` are the message's leaves."""
        return [Lineage(element.partition(".")[0], _relative(element), str(value.content), path, values.get(path, ""),
                        value.rule if isinstance(value, Traced) else "")
                for element, value in self.traced for path in value.origins or ("",)]


def _relative(element: str) -> str:
    """`Patient/1.name[0].family` → `Patient.name[0].family`."""
    reference, _, rest = element.partition(".")
    return f"{reference.partition('/')[0]}.{rest}" if rest else element


def _written(link: Link) -> Iterator[Any]:
    seen: set[str] = set()
    for target in link.targets:
        if target.first.id not in seen:
            seen.add(target.first.id)
            item = references.written(link.form, link.type, target.first.id, target.origins or target.first.origins)
            yield _traced(item, link.rule)


def _traced(item: Any, rule: str) -> Any:
    if isinstance(item, dict):
        return {name: _traced(value, rule) for name, value in item.items()}
    return Traced(item.content, item.origins, rule)


def alive(drafts: list[Draft], required: dict[str, list[frozenset[str]]], run: Run) -> list[Draft]:
    """The drafts that can stand: something of the message is in them and nothing required is missing.

    Links are settled among these; one that finds nothing is taken out, with an issue when its target was tried.
    """
    standing = [d for d in drafts if any(v.origins and v.content is not None for v in leaves(d.body))]
    tried = {d.type for d in standing}
    standing = [d for d in standing if not _incomplete(d, required.get(d.type, []), run)]
    while True:
        _settle(run.links, standing)
        orphans = [d for d in standing if _incomplete_without_links(d, required.get(d.type, []), run)]
        if not orphans:
            break
        gone = set(map(id, orphans))
        standing = [d for d in standing if id(d) not in gone]
    for owner in {id(k.owner): k.owner for k in run.links if k.owner and not k.targets}.values():
        owner.body = {name: left for name, item in owner.body.items() if (left := _pruned(item)) is not None}
    _say_lost(run, standing, tried)
    return standing


def _settle(links: list[Link], standing: list[Draft]) -> None:
    groups = references.Groups(standing)
    for link in links:
        link.targets = groups.targets(link)


def _say_lost(run: Run, standing: list[Draft], tried: set[str]) -> None:
    made = {d.type for d in standing}
    owners = set(map(id, standing))
    for link in run.links:
        if not link.targets and link.type in tried - made and id(link.owner) in owners:
            run.context.rule = link.rule
            run.context.issue("reference-lost", f"A reference is left out: the {link.type} of this message could not be made.",
                              link.where, "See the issue of the resource that was left out.", Severity.warning)


def _incomplete(draft: Draft, groups: list[frozenset[str]], run: Run) -> bool:
    missing = [group for group in groups if group.isdisjoint(n for n, i in draft.body.items() if not _empty(i))]
    if missing:
        names = ", ".join(" or ".join(sorted(group)[:3]) for group in missing)
        run.context.rule = draft.rule
        run.context.issue("resource-incomplete", f"A {draft.type} is left out: it has no {names}. What the message says in it "
                          "is unmapped.", draft.where, "Map the missing element, or guard the mapping with `when`.",
                          Severity.error)
    return bool(missing)


def _incomplete_without_links(draft: Draft, groups: list[frozenset[str]], run: Run) -> bool:
    lost = {n for n, item in draft.body.items() if isinstance(item, Link) and item.required and not item.targets}
    for name in lost:
        del draft.body[name]
    return bool(lost) and _incomplete(draft, groups, run)


def _empty(item: Any) -> bool:
    return isinstance(item, Value) and item.content is None


def _pruned(item: Any) -> Any:
    """An item without links that found nothing, and without objects that are nothing without them."""
    if isinstance(item, Link):
        return item if item.targets else None
    if isinstance(item, Because):
        left = _pruned(item.item)
        return None if left is None else Because(left, item.origins)
    if isinstance(item, list):
        return [left for value in item if (left := _pruned(value)) is not None] or None
    if not isinstance(item, dict):
        return item
    lost = [v for v in item.values() if isinstance(v, Link) and not v.targets]
    left = {name: kept for name, value in item.items() if (kept := _pruned(value)) is not None}
    if lost and (any(v.required for v in lost) or not any(_holds(v) for v in left.values())):
        return None
    return left or None


def _holds(item: Any) -> bool:
    """True when something of the message, or a link, is in the item."""
    if isinstance(item, Link):
        return True
    if isinstance(item, (list, dict)):
        return any(_holds(v) for v in (item.values() if isinstance(item, dict) else item))
    return isinstance(item, Because) or bool(getattr(item, "origins", ()))
