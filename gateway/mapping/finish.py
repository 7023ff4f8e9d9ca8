"""The last step of a mapping: drafts become plain resources, and each value says which leaves it came from."""

from collections import defaultdict
from collections.abc import Iterator, Set
from itertools import chain
from typing import Any

from gateway.mapping import references
from gateway.mapping.draft import Because, Draft, Link, Traced, reasons
from gateway.model import Lineage
from gateway.sdk import Resource, Value, canonical

Known = dict[str | bytes, int]
Reached = defaultdict[str, dict[str, None]]
FEW = 16


class Bare:
    """Strips Values off drafts, and notes which leaves reached anything; where they went, `Finish` finds out.

    Nearly nobody asks where a leaf went, so that is walked for on demand: `elements` of both is the same place.
    """

    lineage = False

    def __init__(self) -> None:
        self.origins: list[tuple[str, ...]] = []
        self.answers: dict[str, dict[Any, Any]] = {}

    def resource(self, draft: Draft) -> Resource:
        """The plain resource of a draft that has its id."""
        self.origins += (draft.because, draft.origins)
        made = draft.made
        if made is None or draft.others:
            return self._members(draft.body, {"resourceType": draft.type, "id": draft.id})
        if made.resource is None or made.resource["id"] != draft.id:
            alone = Bare()
            made.resource = alone._members(draft.body, {"resourceType": draft.type, "id": draft.id})
            made.reached, made.answers = tuple(alone.paths()), {}
        self.origins.append(made.reached)
        self.answers[f"{draft.type}/{draft.id}"] = made.answers
        return made.resource

    def because(self, origins: tuple[str, ...], element: str) -> None:
        """Leaves that decide about an element."""
        self.origins.append(origins)

    def strip(self, item: Any, element: str = "") -> Any:
        """The plain value of an item; None when nothing is left of it."""
        kind = item.__class__
        if kind is dict:
            return self._members(item, {}) or None
        if kind is Value or kind is Traced:
            self.origins.append(item.origins)
            return item.content
        if kind is list:
            return self._list(item)
        if kind is Because:
            self.origins.append(item.origins)
            return self.strip(item.item)
        return _put(item, item.targets[0].first.id) if kind is Link else item

    def _members(self, item: dict[str, Any], out: dict[str, Any]) -> dict[str, Any]:
        origins, strip, members = self.origins, self.strip, self._members
        for name, value in item.items():
            kind = value.__class__
            if kind is Value:
                origins.append(value.origins)
                value = value.content
            elif kind is dict:
                value = members(value, {}) or None
            elif kind is not str:
                value = strip(value)
            if value is not None:
                out[name] = value
        return out

    def _list(self, items: list[Any]) -> list[Any] | None:
        """As `Finish` has it."""
        if len(items) == 1 and items[0].__class__ is not Link:
            only = self.strip(items[0])
            return None if only is None else [only]
        out: list[Any] = []
        known: Known = {}
        for item in items:
            for left in _said(item) if item.__class__ is Link else (self.strip(item),):
                if left is not None and _find(left, out, known) < 0:
                    out.append(left)
        return out or None

    def paths(self) -> Set[str]:
        """The leaves that reached anything."""
        return set(chain.from_iterable(self.origins))

    def fork(self) -> "Bare":
        """An empty one, for what may come to nothing."""
        return Bare()

    def join(self, other: "Bare") -> None:
        """What the other found counts."""
        self.origins += other.origins


class Finish:
    """Strips Values off drafts. `reached` collects leaf path → elements, `traced` the lineage when it is wanted."""

    def __init__(self, lineage: bool) -> None:
        self.reached: Reached = defaultdict(dict)
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
            self.reached[origin][element] = None

    def strip(self, item: Any, element: str) -> Any:
        """The plain value of an item at an element; None when nothing is left of it."""
        kind = type(item)
        if kind is dict:
            return self._object(item, element)
        if kind is Value or kind is Traced:
            return self._value(item, element)
        if kind is list:
            return self._list(item, element)
        if kind is Because:
            self.because(item.origins, element)
            return self.strip(item.item, element)
        return self.strip(next(_written(item)), element) if kind is Link else item

    def _value(self, value: Value, element: str) -> Any:
        reached = self.reached
        for origin in value.origins:
            reached[origin][element] = None
        if self.lineage and value.content is not None:
            self.traced.append((element, value))
        return value.content

    def _object(self, item: dict[str, Any], element: str) -> dict[str, Any] | None:
        out = {}
        for name, value in item.items():
            if type(value) is str:
                out[name] = value
                continue
            place = f"{element}.{name}"
            plain = self._value(value, place) if type(value) is Value else self.strip(value, place)
            if plain is not None:
                out[name] = plain
        return out or None

    def _list(self, items: list[Any], element: str) -> list[Any] | None:
        """Equal items stand once: the same number in two fields is one identifier, and both leaves reached it."""
        if len(items) == 1 and type(items[0]) is not Link:
            only = self.strip(items[0], element + "[0]")
            return None if only is None else [only]
        out: list[Any] = []
        said: list[Any] = []
        known: Known = {}
        for item in items:
            for one in _written(item) if type(item) is Link else (item,):
                place = f"{element}[{len(out)}]"
                left = self.strip(one, place)
                if left is None:
                    continue
                number = _find(left, out, known)
                if number < 0:
                    out.append(left)
                    said.append(one)
                else:
                    self._again(said[number], one, element, place, number)
        return out or None

    def _again(self, first: Any, one: Any, element: str, place: str, number: int) -> None:
        """The item that was about to stand at `place` stands already: its leaves, too, decide whether it stands."""
        for origin in reasons(one):
            reached = self.reached[origin]
            for said in [e for e in reached if e.startswith(place)]:
                del reached[said]
        while self.traced and self.traced[-1][0].startswith(place):
            self.traced.pop()
        self.strip(one, f"{element}[{number}]")
        self.because(reasons(first) + reasons(one), element)

    def paths(self) -> Set[str]:
        """The leaves that reached anything."""
        return self.reached.keys()

    def fork(self) -> "Finish":
        """An empty one, for what may come to nothing."""
        return Finish(self.lineage)

    def join(self, other: "Finish") -> None:
        """What the other found counts."""
        for path, elements in other.reached.items():
            for element in elements:
                self.because((path,), element)
        self.traced += other.traced

    def lines(self, values: dict[str, str]) -> list[Lineage]:
        """The lineage; `values` are the message's leaves."""
        return [Lineage(element.partition(".")[0], _relative(element), str(value.content), path, values.get(path, ""),
                        value.rule if isinstance(value, Traced) else "")
                for element, value in self.traced if "#" not in element for path in value.origins or ("",)]


def _relative(element: str) -> str:
    """`Patient/1.name[0].family` → `Patient.name[0].family`."""
    reference, _, rest = element.partition(".")
    return f"{reference.partition('/')[0]}.{rest}" if rest else element


def _find(item: Any, items: list[Any], known: Known) -> int:
    """The number of an equal item, else -1. Long lists are compared by `known`, what each item says."""
    if len(items) < FEW:
        return items.index(item) if item in items else -1
    for number in range(len(known), len(items)):
        known.setdefault(_key(items[number]), number)
    return known.get(_key(item), -1)


def _key(item: Any) -> str | bytes:
    """What only equal items have: where a reference leads, if that is all that one says, else all of it as text."""
    only = item.get("reference") if item.__class__ is dict and len(item) == 1 else None
    return only if only.__class__ is str else canonical(item)


def _targets(link: Link) -> dict[str, Draft]:
    """The drafts that a link points to, by id."""
    found: dict[str, Draft] = {}
    for target in link.targets:
        found.setdefault(target.first.id, target)
    return found


def _written(link: Link) -> Iterator[Any]:
    for id, target in _targets(link).items():
        item = references.written(link.form, link.type, id, target.origins or target.first.origins)
        yield _traced(item, link.rule)


def _said(link: Link) -> list[Any]:
    """What stands in the place of a link, without the leaves that say so: the ids of its targets count them."""
    if len(link.targets) == 1:
        return [_put(link, link.targets[0].first.id)]
    return [_put(link, id) for id in _targets(link)]


def _put(link: Link, id: str) -> Any:
    text = id if link.form == "id" else f"{link.type}/{id}"
    return {"reference": text} if link.form == "reference" else text


def _traced(item: Any, rule: str) -> Any:
    if isinstance(item, dict):
        return {name: _traced(value, rule) for name, value in item.items()}
    return Traced(item.content, item.origins, rule)
