"""Every populated leaf of a segment with its path. The ledger asks for all of them, so this is where speed counts.

Short segments, that is nearly all, are cut field by field into two lists (`-5.1` beside the text) whose places come
out of caches; long ones, and fields with escapes, are walked leaf by leaf, so that memory stays bounded.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import compress, islice
from typing import Protocol

from adapters.hl7v2.separators import Separators
from gateway.sdk import Leaf

_LONG, _USUAL = 100_000, 200
_FIRST = [f"-{n}.1" for n in range(256)]
_as_leaf = partial(tuple.__new__, Leaf)


class Text(Protocol):
    """The message: its separators, and the text that is meant where escapes or control characters stand."""

    @property
    def separators(self) -> Separators: ...
    @property
    def has_controls(self) -> bool: ...
    def clean(self, text: str) -> str: ...


def leaves(tree: Text, where: str, fields: Sequence[str], first: int, line: str) -> Iterator[Leaf]:
    """Leaves of the segment at `where`, from field `first` on; `line` is its text."""
    if len(line) > _LONG or len(fields) > len(_FIRST) or tree.has_controls:
        return _walked(tree, where, fields, first)
    return _cut(tree, where, fields, first, line)


def _cut(tree: Text, where: str, fields: Sequence[str], first: int, line: str) -> Iterator[Leaf]:
    names: list[str] = []
    values: list[str] = []
    marks = tree.separators
    component, repetition, subcomponent, escape = marks.component, marks.repetition, marks.subcomponent, marks.escape
    repeated, deep, escaped = repetition in line, subcomponent in line, escape in line
    for number, text in compress(enumerate(fields), fields):
        if number < first:
            continue
        if escaped and escape in text:
            for name, value in field_leaves(tree, f"-{number}", text):
                names.append(name)
                values.append(value)
        elif (repeated and repetition in text) or (deep and subcomponent in text):
            shape = marks.shape("", text)
            places = _shaped if len(shape) < _USUAL else _shaped.__wrapped__
            names += places(number, shape, component, repetition, subcomponent)
            values += marks.cut(text)
        elif component in text:
            pieces = text.split(component)
            names += _places(number, len(pieces))
            values += pieces
        else:
            names.append(_FIRST[number])
            values.append(text)
    values = list(map(str.strip, values))
    if not all(values):
        names, values = list(compress(names, values)), list(filter(None, values))
    return map(_as_leaf, zip([where + name for name in names], values, strict=True))


@lru_cache(4096)
def _places(field: int, count: int) -> list[str]:
    """`-5.1`, `-5.2` … for the components of a field."""
    return [f"-{field}.{n}" for n in range(1, count + 1)]


@lru_cache(4096)
def _shaped(field: int, shape: str, component: str, repetition: str, subcomponent: str) -> list[str]:
    """The place of each part of a field of which `shape` has the separators: `^&~` gives -3.1 -3.2.1 -3.2.2 -3(2).1."""
    names: list[str] = []
    for repeat, part in enumerate(shape.split(repetition), 1):
        place = f"-{field}({repeat})" if repeat > 1 else f"-{field}"
        for number, piece in enumerate(part.split(component), 1):
            count = piece.count(subcomponent) + 1
            names += [f"{place}.{number}.{n}" for n in range(1, count + 1)] if count > 1 else [f"{place}.{number}"]
    return names


def _walked(tree: Text, where: str, fields: Sequence[str], first: int) -> Iterator[Leaf]:
    for number, text in islice(enumerate(fields), first, None):
        if text:
            yield from field_leaves(tree, f"{where}-{number}", text)


def field_leaves(tree: Text, place: str, text: str) -> Iterator[Leaf]:
    """Leaves of a field."""
    for repeat, part in enumerate(text.split(tree.separators.repetition), 1):
        yield from repeat_leaves(tree, f"{place}({repeat})" if repeat > 1 else place, part)


def repeat_leaves(tree: Text, place: str, text: str) -> Iterator[Leaf]:
    """Leaves of one repeat of a field."""
    for number, part in enumerate(text.split(tree.separators.component), 1):
        if part:
            yield from component_leaves(tree, f"{place}.{number}", part)


def component_leaves(tree: Text, place: str, text: str) -> Iterator[Leaf]:
    """Leaves of a component: itself, or its subcomponents where it has several."""
    parts = text.split(tree.separators.subcomponent)
    for number, part in enumerate(parts, 1):
        if content := tree.clean(part):
            yield Leaf(f"{place}.{number}" if len(parts) > 1 else place, content)
