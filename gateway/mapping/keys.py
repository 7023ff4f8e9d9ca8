"""Ids of what a message makes: the business key, else the hash of what tells what it is; never a position.

merge.md step 0. Two resources under one business key are one thing said twice when they agree in what tells what
they are (same_fact.csv); else the number is no key (`id-reused`).
"""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from gateway.mapping.draft import Because, Draft, Link, Run, origins
from gateway.mapping.references import identify
from gateway.sdk import Value, canonical, digest, key_id

_NOISE = frozenset(("id", "meta", "text", "status", "note", "recordedDate", "recorded", "issued"))


def assign(drafts: list[Draft], run: Run) -> list[Draft]:
    """Give every draft its id; the drafts that stand for themselves are returned, in order."""
    hashes: dict[tuple[str, str], list[Draft]] = {}
    plain = [d for d in drafts if not _has_link(d.keys)]
    _claim(plain, hashes, run)
    _claim([d for d in drafts if _has_link(d.keys)], hashes, run)
    for draft in drafts:
        _hashed(draft, hashes)
    return [d for d in drafts if d.same is None]


def _claim(drafts: list[Draft], hashes: dict[tuple[str, str], list[Draft]], run: Run) -> None:
    """Ids by business key; drafts of one key are united, or lose it."""
    claims: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        key = business_key(draft, hashes)
        if key:
            id, draft.origins = key
            claims.setdefault((draft.type, id), []).append(draft)
    for (type, id), claimants in claims.items():
        if len(claimants) > 1 and not _fact(type).united and not _alike(claimants):
            _refuse(type, claimants, run)
            continue
        for draft in claimants:
            draft.id = id
        _unite(claimants)


def _refuse(type: str, claimants: list[Draft], run: Run) -> None:
    run.context.rule = claimants[0].rule
    places = ", ".join(d.where for d in claimants[:5] if d.where)
    run.context.issue("id-reused", f"{len(claimants)} {type} resources of this message share one number but differ in "
                      "what they are; the number is not used as their key.", places,
                      "Ask the source for numbers of single things, or name a finer `key` in the mapping.")
    for draft in claimants:
        draft.origins = ()


def business_key(draft: Draft, hashes: dict[tuple[str, str], list[Draft]]) -> tuple[str, tuple[str, ...]] | None:
    """(id, leaves) of the first alternative of `key` that is complete, else of the first identifier."""
    alternatives = draft.keys
    if alternatives is None:
        found = draft.body.get("identifier")
        alternatives = [[item] for item in (found if isinstance(found, list) else [found] if found else [])
                        if isinstance(_open(item), dict) and "value" in _open(item)]
    for parts in alternatives:
        named = [_part(part, hashes) for part in parts]
        if named and all(value for _, value in named):
            leaves = tuple(dict.fromkeys(o for part in parts for o in _origins(part)))
            if len(named) == 1:
                return key_id(draft.type, *named[0]), leaves
            assigner = next((a for a, _ in named if a), "")
            return key_id(draft.type, assigner, canonical([list(n) for n in named]).decode()), leaves
    return None


def _part(part: Any, hashes: dict[tuple[str, str], list[Draft]]) -> tuple[str, str]:
    part = _open(part)
    if isinstance(part, Link):
        return "", _hashed(part.targets[0], hashes) if part.targets else ""
    return identify(part)


def _hashed(draft: Draft, hashes: dict[tuple[str, str], list[Draft]]) -> str:
    """The id of a draft, by hash when it has none yet; "" while it is being found out (a circle)."""
    draft = draft.first
    if draft.id or draft.busy:
        return draft.id
    draft.busy = True
    told = {name: _plain(item, hashes) for name, item in _telling(draft)}
    draft.origins = tuple(dict.fromkeys(o for _, item in _telling(draft) for o in _origins(item)))
    draft.busy = False
    equals = hashes.setdefault((draft.type, digest(told)), [])
    if equals and _fact(draft.type).united:
        _unite([equals[0], draft])
    else:
        draft.origins += tuple(o for e in equals for o in e.origins if o not in draft.origins)
        draft.id = key_id(draft.type, "~", canonical([digest(told), len(equals)]).decode())
        equals.append(draft)
    return draft.first.id


def _unite(drafts: list[Draft]) -> None:
    """The first stands for all; what it left empty is filled by the others, in order."""
    first = drafts[0]
    for other in drafts[1:]:
        other.same = first
        for name, item in other.body.items():
            first.body.setdefault(name, item)
        first.origins += tuple(o for o in other.origins if o not in first.origins)


def _alike(drafts: list[Draft]) -> bool:
    told = [{name: _plain(item, None) for name, item in _telling(d)} for d in drafts]
    return all(t == told[0] for t in told)


def _telling(draft: Draft) -> Iterator[tuple[str, Any]]:
    """The elements that tell what a draft is."""
    fact = _fact(draft.type)
    for name, item in draft.body.items():
        wanted = fact.wanted(name)
        if wanted == name:
            yield name, item
        elif wanted and isinstance(item := _open(item), dict) and (inner := wanted.partition(".")[2]) in item:
            yield wanted, item[inner]


class _Fact:
    """A row of same_fact.csv."""

    def __init__(self, united: bool, elements: tuple[str, ...]) -> None:
        self.united, self.elements = united, elements
        self.known: dict[str, str] = {}

    def wanted(self, name: str) -> str:
        """The element as it is wanted: the name itself, `period.start` for a part of it, "" when it is not."""
        if name not in self.known:
            self.known[name] = self._wanted(name)
        return self.known[name]

    def _wanted(self, name: str) -> str:
        if not self.elements:
            return "" if name in _NOISE else name
        for element in self.elements:
            base, _, inner = element.partition(".")
            if name == base or (name.startswith(base) and name[len(base)].isupper()):
                return element if inner else name
        return ""


@cache
def _facts() -> dict[str, _Fact]:
    text = files("gateway.mapping").joinpath("same_fact.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {r["type"]: _Fact(r["united"] == "yes", tuple(r["elements"].split())) for r in rows}


def _fact(type: str) -> _Fact:
    return _facts().get(type) or _facts().setdefault(type, _Fact(False, ()))


def _plain(item: Any, hashes: dict[tuple[str, str], list[Draft]] | None) -> Any:
    """Plain JSON of an item; links as the ids of their targets, or left away without `hashes`."""
    item = _open(item)
    if isinstance(item, Value):
        return item.content
    if isinstance(item, Link):
        return sorted(_hashed(t, hashes) for t in item.targets) if hashes is not None else None
    if isinstance(item, dict):
        return {name: _plain(value, hashes) for name, value in item.items()}
    return [_plain(value, hashes) for value in item] if isinstance(item, list) else item


def _open(item: Any) -> Any:
    while isinstance(item, Because):
        item = item.item
    return item


def _has_link(keys: Iterable[Iterable[Any]] | None) -> bool:
    return any(isinstance(_open(part), Link) for parts in keys or () for part in parts)


def _origins(item: Any) -> tuple[str, ...]:
    """Leaves of an item, those of a link being its target's key, those of a condition included."""
    if isinstance(item, Because):
        return item.origins + _origins(item.item)
    if isinstance(item, Link):
        return tuple(o for t in item.targets for o in (t.first.origins or t.origins))
    if isinstance(item, dict):
        return tuple(o for v in item.values() for o in _origins(v))
    if isinstance(item, list):
        return tuple(o for v in item for o in _origins(v))
    return item.origins if isinstance(item, Value) else origins(item)
