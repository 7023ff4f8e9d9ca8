"""What tells what a resource is (same_fact.csv), and two drafts of one thing made into one."""

import csv
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from gateway.mapping.draft import Because, Draft, Link, opened, reasons
from gateway.sdk import Value

_NOISE = frozenset(("id", "meta", "text", "status", "note", "recordedDate", "recorded", "issued"))


class Fact:
    """A row of same_fact.csv; a type without one is told by all but its status, dates of recording and notes."""

    def __init__(self, united: bool, elements: tuple[str, ...]) -> None:
        self.united, self.elements = united, elements
        self._known: dict[str, str] = {}

    def wanted(self, name: str) -> str:
        """The element as it is wanted: the name itself, `period.start` for a part of it, "" when it is not."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> str:
        if not self.elements:
            return "" if name in _NOISE else name
        for element in self.elements:
            base, _, inner = element.partition(".")
            if name == base or (name.startswith(base) and name[len(base)].isupper()):
                return element if inner else name
        return ""


@cache
def fact(type: str) -> Fact:
    """How a type is told."""
    return _table().get(type) or Fact(False, ())


@cache
def _table() -> dict[str, Fact]:
    text = files("gateway.mapping").joinpath("same_fact.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {r["type"]: Fact(r["united"] == "yes", tuple(r["elements"].split())) for r in rows}


def telling(draft: Draft) -> Iterator[tuple[str, Any]]:
    """The elements that tell what a draft is."""
    told = fact(draft.type)
    for name, item in draft.body.items():
        wanted = told.wanted(name)
        if wanted == name:
            yield name, item
        elif wanted and isinstance(item := opened(item), dict) and (inner := wanted.partition(".")[2]) in item:
            yield wanted, item[inner]


def plain(item: Any) -> Any:
    """The JSON that an item stands for, without its links."""
    item = opened(item)
    if isinstance(item, Value):
        return item.content
    if isinstance(item, Link):
        return None
    if isinstance(item, dict):
        return {name: bare for name, value in item.items() if (bare := plain(value)) is not None}
    return [plain(value) for value in item] if isinstance(item, list) else item


def alike(drafts: list[Draft]) -> bool:
    """True when nothing that tells what they are, links apart, sets the drafts apart."""
    first, *others = ({name: plain(item) for name, item in telling(d)} for d in drafts)
    return all(told == first for told in others)


def unite(drafts: list[Draft]) -> None:
    """The first stands for all; `fill` brings together what they say."""
    first = drafts[0]
    for other in drafts[1:]:
        other.same = first
        first.others.append(other)


def fill(draft: Draft) -> None:
    """What a draft left empty is filled by the others it stands for, and its lists; else the first wording stays."""
    joined: dict[str, list[Any]] = {}
    again: dict[str, dict[str, None]] = {}
    keys = dict.fromkeys(draft.origins)
    draft.body = dict(draft.body)                   # what was remembered of it stays as it was
    for other in draft.others:
        keys.update(dict.fromkeys(other.origins))
        for name, item in other.body.items():
            known = draft.body.setdefault(name, item)
            if known is item:
                continue
            if isinstance(known, list) and isinstance(item, list):
                joined.setdefault(name, [*known]).extend(item)
            elif (said := plain(item)) is not None and said == plain(known):
                again.setdefault(name, {}).update(dict.fromkeys(reasons(item)))
    draft.origins = tuple(keys)
    draft.body |= joined
    draft.body |= {name: Because(draft.body[name], tuple(leaves)) for name, leaves in again.items()}
