"""Ids of what a message makes: the business key, else the hash of what tells what it is; never a position.

merge.md step 0. Two resources under one business key are one thing said twice when they agree in what tells what
they are (same_fact.csv); else the number is no key (`id-reused`).
"""

from collections.abc import Iterable
from typing import Any

from gateway.mapping.draft import Because, Draft, Link, Run, Traced, opened, reasons
from gateway.mapping.references import identify
from gateway.mapping.same import alike, fact, fill, telling, unite
from gateway.sdk import Value, canonical, digest, key_id

MAX_NAMED_EQUALS = 32


def assign(drafts: list[Draft], run: Run) -> list[Draft]:
    """Give every draft its id; the drafts that stand for themselves are returned, in order."""
    hashes = _Hashes()
    plain: list[Draft] = []
    linked: list[Draft] = []
    for draft in drafts:
        (linked if draft.keys and _has_link(draft.keys) else plain).append(draft)
    for group in (plain, linked):
        _claim(group, hashes, run)
    for draft in drafts:
        if not draft.id:
            hashes.id(draft)
    standing = [d for d in drafts if d.same is None]
    for draft in standing:
        if draft.others:
            fill(draft)
    return standing


def _claim(drafts: list[Draft], hashes: "_Hashes", run: Run) -> None:
    """Ids by business key; drafts of one key are united, or lose it."""
    claims: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        key = _known_key(draft, hashes)
        if key:
            id, draft.origins = key
            claims.setdefault((draft.type, id), []).append(draft)
    for (type, id), claimants in claims.items():
        if len(claimants) > 1 and not fact(type).united and not alike(claimants):
            _refuse(type, claimants, run)
            continue
        for draft in claimants:
            draft.id = id
        if len(claimants) > 1:
            unite(claimants)


def _refuse(type: str, claimants: list[Draft], run: Run) -> None:
    run.context.rule = claimants[0].rule
    places = ", ".join(d.where for d in claimants[:5] if d.where)
    run.context.issue("id-reused", f"{len(claimants)} {type} resources of this message share one number but differ in "
                      "what they are; the number is not used as their key.", places,
                      "Ask the source for numbers of single things, or name a finer `key` in the mapping.")
    for draft in claimants:
        draft.origins = ()


def _known_key(draft: Draft, hashes: "_Hashes") -> tuple[str, tuple[str, ...]] | tuple[()]:
    made = draft.made
    if made is None:
        return _business_key(draft, hashes) or ()
    if made.key is None:
        made.key = _business_key(draft, hashes) or ()
    return made.key


def _business_key(draft: Draft, hashes: "_Hashes") -> tuple[str, tuple[str, ...]] | None:
    """(id, leaves) of the first alternative of `key` that is complete, else of the first identifier."""
    alternatives = draft.keys
    if alternatives is None:
        found = draft.body.get("identifier")
        alternatives = [[item] for item in (found if isinstance(found, list) else [found] if found else [])
                        if isinstance(opened(item), dict) and "value" in opened(item)]
    for parts in alternatives:
        named = [_part(part, hashes) for part in parts]
        if named and all(value for _, value in named):
            leaves = tuple(dict.fromkeys(o for part in parts for o in reasons(part)))
            if len(named) == 1:
                return key_id(draft.type, *named[0]), leaves
            assigner = next((a for a, _ in named if a), "")
            return key_id(draft.type, assigner, canonical([list(n) for n in named]).decode()), leaves
    return None


def is_complete(parts: Iterable[Any]) -> bool:
    """Whether an alternative of `key` names the thing whatever else the message says: later ones do not count."""
    for part in parts:
        part = opened(part)
        if part.__class__ is Link or not identify(part)[1]:
            return False
    return True


def _part(part: Any, hashes: "_Hashes") -> tuple[str, str]:
    part = opened(part)
    if isinstance(part, Link):
        return "", hashes.id(part.targets[0]) if part.targets else ""
    return identify(part)


def _has_link(keys: Iterable[Iterable[Any]]) -> bool:
    for parts in keys:
        for part in parts:
            if opened(part).__class__ is Link:
                return True
    return False


class _Hashes:
    """Ids by hash, found out on demand because what a draft refers to tells what it is, too."""

    def __init__(self) -> None:
        self._equals: dict[tuple[str, str], list[Draft]] = {}
        self._busy: set[str] = set()

    def id(self, draft: Draft) -> str:
        """The id of a draft; "" for a type whose id is being found out (a circle of references)."""
        draft = draft.first
        if draft.id or draft.type in self._busy:
            return draft.id
        self._busy.add(draft.type)
        items = list(telling(draft))
        told = digest({name: plain for name, item in items if (plain := self._plain(item)) is not None})
        self._busy.remove(draft.type)
        draft.origins = tuple(dict.fromkeys(o for _, item in items for o in reasons(item)))
        self._place(draft, told, self._equals.setdefault((draft.type, told), []))
        return draft.first.id

    def _place(self, draft: Draft, told: str, equals: list[Draft]) -> None:
        """An ordinal among equals, or one with them; the ordinal depends on what makes the earlier ones equal."""
        if equals and fact(draft.type).united:
            unite([equals[0], draft])
            return
        draft.id = key_id(draft.type, "~", f'["{told}",{len(equals)}]')
        if equals:
            earlier = (o for e in equals[:MAX_NAMED_EQUALS] for o in e.origins)
            draft.origins = tuple(dict.fromkeys((*draft.origins, *earlier)))
        equals.append(draft)

    def _plain(self, item: Any) -> Any:
        """Plain JSON of an item; links as the ids of their targets."""
        kind = item.__class__
        if kind is Value or kind is Traced:
            return item.content
        if kind is dict:
            return {name: plain for name, value in item.items() if (plain := self._plain(value)) is not None}
        if kind is list:
            return [self._plain(value) for value in item]
        if kind is Because:
            return self._plain(item.item)
        return sorted(self.id(t) for t in item.targets) if kind is Link else item
