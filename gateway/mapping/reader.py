"""YAML read as texts with places: no implicit types (`no` and `1.0` stay what they look like), no aliases, bounded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from gateway.mapping.mistakes import Mistakes

MAX_CHARACTERS = 256 * 1024
MAX_DEPTH = 24
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar; line and column, from 1, of its first character (behind an opening quote)."""

    value: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    items: tuple["Yaml", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping in the order written; no name stands twice."""

    pairs: tuple[tuple[Text, "Yaml"], ...]
    line: int
    column: int

    def get(self, name: str) -> "Yaml | None":
        return next((value for key, value in self.pairs if key.value == name), None)

    def without(self, *names: str) -> "Pairs":
        """The same without some names."""
        return Pairs(tuple(p for p in self.pairs if p[0].value not in names), self.line, self.column)


Yaml: TypeAlias = Text | Items | Pairs


class _Refused(Exception):
    """Something that mapping files do not hold: what, and where."""

    def __init__(self, message: str, mark: Any) -> None:
        super().__init__(message)
        self.mark = mark


def read(text: str, mistakes: Mistakes) -> Yaml | None:
    """The one document of a file, or None and a mistake."""
    if len(text) > MAX_CHARACTERS:
        mistakes.add("mapping-too-large", f"The file has {len(text)} characters, at most {MAX_CHARACTERS} are read.")
        return None
    try:
        return _document(yaml.parse(text, Loader=_LOADER), mistakes)
    except yaml.MarkedYAMLError as e:
        mistakes.add("mapping-yaml", f"This is not YAML: {e.problem or e.context}.", _place(e.problem_mark))
    except yaml.YAMLError as e:
        mistakes.add("mapping-yaml", f"This is not YAML: {str(e).splitlines()[0]}.")
    except _Refused as e:
        mistakes.add("mapping-yaml", str(e), _place(e.mark))
    return None


def plain(node: Yaml) -> Any:
    """The document as str, list and dict."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Items):
        return [plain(n) for n in node.items]
    return {key.value: plain(value) for key, value in node.pairs}


def _document(events: Iterator[Any], mistakes: Mistakes) -> Yaml | None:
    found: Yaml | None = None
    for event in events:
        if isinstance(event, (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent, yaml.AliasEvent)):
            if found is not None:
                raise _Refused("A file holds one document.", event.start_mark)
            found = _node(event, events, mistakes, 0)
    if found is None:
        mistakes.add("mapping-yaml", "The file is empty.")
    return found


def _node(event: Any, events: Iterator[Any], mistakes: Mistakes, depth: int) -> Yaml:
    if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
        raise _Refused("Aliases, anchors and tags are not read; write it out.", event.start_mark)
    if depth > MAX_DEPTH:
        raise _Refused(f"Nested deeper than {MAX_DEPTH} levels.", event.start_mark)
    mark = event.start_mark
    line, column = mark.line + 1, mark.column + 1
    if isinstance(event, yaml.ScalarEvent):
        return Text(event.value, line, column + (event.style in ('"', "'")))
    if isinstance(event, yaml.SequenceStartEvent):
        return Items(tuple(_node(e, events, mistakes, depth + 1) for e in _until(events, yaml.SequenceEndEvent)),
                     line, column)
    return Pairs(tuple(_pairs(events, mistakes, depth)), line, column)


def _pairs(events: Iterator[Any], mistakes: Mistakes, depth: int) -> Iterator[tuple[Text, Yaml]]:
    seen: set[str] = set()
    for event in _until(events, yaml.MappingEndEvent):
        key = _node(event, events, mistakes, depth + 1)
        value = _node(next(events), events, mistakes, depth + 1)
        if not isinstance(key, Text):
            raise _Refused("A name is one text.", event.start_mark)
        if key.value in seen:
            mistakes.add("mapping-name-twice", f"{key.value!r} stands twice here; make it a list.", key)
            continue
        seen.add(key.value)
        yield key, value


def _until(events: Iterator[Any], end: type) -> Iterator[Any]:
    for event in events:
        if isinstance(event, end):
            return
        yield event


def _place(mark: Any) -> Text | None:
    return Text("", mark.line + 1, mark.column + 1) if mark else None
