"""Which drafts can stand, and what their links point to."""

from collections.abc import Mapping
from typing import Any

from gateway.mapping import references
from gateway.mapping.draft import Because, Draft, Link, Run, Traced
from gateway.sdk import Severity, Value

ABOUT_MESSAGES = frozenset(("MessageHeader", "Provenance"))   # without them no fact about a patient is lost


def alive(drafts: list[Draft], required: Mapping[str, list[frozenset[str]]], run: Run) -> list[Draft]:
    """The drafts that can stand: something of the message is in them and nothing required is missing.

    Links are settled among these; one that finds nothing is taken out, with an issue when its target was tried.
    """
    standing = [d for d in drafts if (d.made and d.made.stands) or _says_something(d.body)]
    tried = {d.type for d in standing}
    standing = [d for d in standing if (d.made and d.made.stands) or not _incomplete(d, required.get(d.type, []), run)]
    while True:
        _settle(run.links, standing)
        owners = {id(link.owner) for link in run.links if not link.targets}
        orphans = [d for d in standing
                   if id(d) in owners and _incomplete_without_links(d, required.get(d.type, []), run)]
        if not orphans:
            break
        gone = set(map(id, orphans))
        standing = [d for d in standing if id(d) not in gone]
    for owner, element in dict.fromkeys((link.owner, link.element) for link in run.links if not link.targets):
        if owner:
            _prune(owner.body, element)
    for draft in standing:
        if draft.made:
            draft.made.stands = True
    _say_lost(run, standing, tried)
    return standing


def _says_something(item: Any) -> bool:
    """True when a text of the message is in the item."""
    kind = item.__class__
    if kind is dict or kind is list:
        for value in item.values() if kind is dict else item:
            kind = value.__class__
            if kind is Value or kind is Traced:
                if value.origins and value.content is not None:
                    return True
            elif kind is not str and _says_something(value):
                return True
        return False
    if kind is Value or kind is Traced:
        return bool(item.origins) and item.content is not None
    return kind is Because and _says_something(item.item)


def _settle(links: list[Link], standing: list[Draft]) -> None:
    groups = references.Groups(standing)
    for link in links:
        link.targets = groups.targets(link)


def _say_lost(run: Run, standing: list[Draft], tried: set[str]) -> None:
    lost = tried - {d.type for d in standing}
    owners = set(map(id, standing)) if lost else set()
    for link in run.links if lost else ():
        if not link.targets and link.type in lost and id(link.owner) in owners:
            run.context.rule = link.rule
            run.context.issue("reference-lost", f"A reference to the {link.type} of this message is left out: it could "
                              "not be made.", link.where, "See the issue that says why.")


def _incomplete(draft: Draft, groups: list[frozenset[str]], run: Run) -> bool:
    if not groups:
        return False
    said = [n for n, i in draft.body.items() if i.__class__ is dict or not _empty(i)]
    missing = [group for group in groups if group.isdisjoint(said)]
    if missing:
        severity = Severity.information if draft.type in ABOUT_MESSAGES else Severity.error
        run.incomplete("resource-incomplete", draft.type, missing, draft.rule, draft.where, severity)
        run.short.add(draft.type)
    return bool(missing)


def _incomplete_without_links(draft: Draft, groups: list[frozenset[str]], run: Run) -> bool:
    if not groups:
        return False
    lost = [n for group in groups for n in group if n in draft.body and _pruned(draft.body[n]) is None]
    for name in lost:
        del draft.body[name]
    return bool(lost) and _incomplete(draft, groups, run)


def _prune(body: dict[str, Any], element: str) -> None:
    """Take links that found nothing out of the element that holds them; a choice brought its own name."""
    for name in (element,) if element in body else tuple(body):
        left = _pruned(body[name])
        if left is None:
            del body[name]
        else:
            body[name] = left


def _empty(item: Any) -> bool:
    return isinstance(item, Value) and item.content is None


def _pruned(item: Any) -> Any:
    """An item without links that found nothing, and without objects that are nothing without them."""
    kind = item.__class__
    if kind is Link:
        return item if item.targets else None
    if kind is Because:
        left = _pruned(item.item)
        return None if left is None else Because(left, item.origins)
    if kind is list:
        return [left for value in item if (left := _pruned(value)) is not None] or None
    if kind is not dict:
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
