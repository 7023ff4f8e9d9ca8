"""Steps 3b to 3d: equal time and equal value is one class; what was written less precisely joins when exactly one fits.

No windows: what is near but not equal stays apart. The less precise never joins two classes (MRG-03): every node is
placed once, the most precise first, and only below what is more precise than itself.
"""

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.merge.details import NONE, Details
from gateway.merge.findings import Finding
from gateway.merge.forms import Form
from gateway.merge.graph import Classes
from gateway.merge.keys import Rule
from gateway.merge.times import DAY_LENGTH, Moment
from gateway.merge.values import NOTHING, Value

_ANY = ("any",)
_PREFIXES = (4, 7, 10)
_EXACT = 99
Group = list[Form]


@dataclass(slots=True)
class _Node:
    """All forms of one time and one value."""

    when: Hashable
    precision: int
    texts: set[str]
    value: Value
    details: Details = NONE
    alone: bool = False
    forms: Group = field(default_factory=list)


def points(forms: Iterable[Form], rule: Rule) -> tuple[list[Group], list[Finding]]:
    """Classes of one bucket of events, and what could not be placed for sure."""
    dated, groups = _nodes(forms, rule)
    placed: Classes[int] = Classes(range(len(dated)))
    index = _Index()
    findings = []
    for n, node in enumerate(dated):
        inside = _distinct(placed, (m for m in index.inside(node, rule) if node.details <= dated[m].details))
        if len(inside) == 1:
            placed.join([*inside, n])
        elif inside:
            findings.append(_ambiguous(node, rule))
        if not node.alone:
            index.add(n, node)
    return groups + [[f for n in members for f in dated[n].forms] for members in placed.classes()], findings


def _distinct(placed: Classes[int], candidates: Iterator[int]) -> set[int]:
    """The classes of the candidates: none, the one, or two of them; more need not be known."""
    roots: set[int] = set()
    for n in candidates:
        roots.add(placed.root(n))
        if len(roots) > 1:
            break
    return roots


def _nodes(forms: Iterable[Form], rule: Rule) -> tuple[list[_Node], list[Group]]:
    """Dated nodes, the most precise first; and the classes of what has no date: one a value."""
    nodes: dict[Hashable, _Node] = {}
    undated: dict[Hashable, Group] = {}
    for form in forms:
        if form.at is None:
            key = form.entry.key if _alone(form) else (form.value.key, form.details)
            undated.setdefault(key, []).append(form)
            continue
        when, precision = _when(form.at, rule)
        own = form.entry.key if _alone(form) and not form.at.exact else None
        node = nodes.setdefault((when, form.value.key, form.details, own),
                                _Node(when, precision, set(), form.value, form.details, own is not None))
        node.texts.add(form.at.text)
        node.forms.append(form)
        if form.value.width < node.value.width:
            node.value = form.value
    order = sorted(nodes.values(), key=lambda n: (-n.precision, n.value == NOTHING, n.value.width, -len(n.details),
                                                  min(f.entry.key for f in n.forms)))
    return order, list(undated.values())


def _alone(form: Form) -> bool:
    """Two contacts without an exact start are not known to be one."""
    return form.fact.type == "Encounter"


def _when(at: Moment, rule: Rule) -> tuple[Hashable, int]:
    """(what is equal for equal times, precision): the instant, or the calendar day where days are the grain."""
    if rule.grain == "day" and at.day:
        return at.day, DAY_LENGTH
    return (at.key, _EXACT) if at.exact else (at.text, len(at.text))


class _Index:
    """Nodes that are placed, by time and by every coarser time that holds them, then by value."""

    def __init__(self) -> None:
        self._equal: dict[Hashable, list[int]] = {}
        self._numbers: dict[Hashable, list[tuple[Any, int]]] = {}

    def add(self, n: int, node: _Node) -> None:
        for time in self._times(node):
            self._equal.setdefault((time, node.value.key), []).append(n)
            self._equal.setdefault((time, _ANY), []).append(n)
            if node.value.number is not None:
                insort(self._numbers.setdefault((time, node.value.kind), []), (node.value.number, n))

    @staticmethod
    def _times(node: _Node) -> set[Hashable]:
        return {node.when} | {text[:length] for text in node.texts for length in _PREFIXES
                              if length < min(node.precision, len(text))}

    def inside(self, node: _Node, rule: Rule) -> Iterator[int]:
        """Placed nodes that this one may mean: time and value equal or inside its own."""
        if rule.value in ("lot", "quantity") and node.value == NOTHING:
            yield from self._equal.get((node.when, _ANY), ())
            return
        yield from self._equal.get((node.when, node.value.key), ())
        number, half = node.value.number, node.value.width / 2
        if number is not None and half:
            listed: Sequence[tuple[Any, int]] = self._numbers.get((node.when, node.value.kind), ())
            for found, n in listed[bisect_left(listed, (number - half, -1)):]:
                if found >= number + half:
                    break
                yield n


def _ambiguous(node: _Node, rule: Rule) -> Finding:
    keys = tuple(sorted(f.entry.key for f in node.forms))
    coarse = "date" if node.precision < (DAY_LENGTH if rule.grain == "day" else _EXACT) else "value"
    return Finding(f"ambiguous-{coarse}", keys, f"The {coarse} is written less precisely than others and fits more "
                   "than one of them, so it joins none.", element=coarse)
