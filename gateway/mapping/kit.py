"""What the lines of one file are compiled with: the adapter's paths and functions, tables, elements, mistakes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.mapping import expression as grammar
from gateway.mapping.draft import Needs
from gateway.mapping.expression import BadExpression, Expression
from gateway.mapping.mistakes import Mistakes
from gateway.mapping.reader import Text
from gateway.mapping.types import ElementTable
from gateway.sdk import BadPath, Function, Table, Tree

Select = Callable[[Tree], list[Any]]


@dataclass
class Kit:
    """What the lines of one file are compiled with.

    native   the adapter's functions, which take the node; the others take its value
    placed   resource types that a mapping makes of places (`each`); full before the first message is mapped
    outline  the adapter's outlines of paths (sdk.Sketches)
    within, alone  what the adapter says of paths and functions (sdk.Repeats)
    near     whether all lines compiled so far read nothing but the text of the place at which they stand
    """

    mistakes: Mistakes
    path: Callable[[str], Select]
    native: Mapping[str, Function]
    neutral: Mapping[str, Function]
    tables: Mapping[str, Table]
    elements: ElementTable
    placed: set[str] = field(default_factory=set)
    outline: Callable[[str], str] = lambda path: ""
    within: Callable[[str], bool] = lambda path: False
    alone: Callable[[str, Sequence[str]], bool] = lambda function, arguments: False
    near: bool = True

    def rule(self, node: Text) -> str:
        return f"{self.mistakes.file}:{node.line}"

    def select(self, path: grammar.Path, node: Text) -> Select:
        """The closure of a path; a mistake when the adapter does not know it."""
        self.near = self.near and self.within(path.text)
        try:
            return self.path(path.text)
        except BadPath as e:
            self.mistakes.add("mapping-path", f"{path.text!r} is no path: {e}", node, path.offset)
            return lambda tree: []

    def place(self, node: Text) -> Select:
        """The closure of a line that is a path and nothing else (`each`)."""
        parsed = self.parse(node)
        if parsed and len(parsed.terms) == 1 and not parsed.calls and isinstance(parsed.terms[0], grammar.Path):
            return self.select(parsed.terms[0], node)
        if parsed:
            self.mistakes.add("mapping-grammar", "`each` takes a path and nothing else.", node)
        return lambda tree: []

    def needs(self, terms: Iterable[grammar.Word]) -> Needs:
        """What a message holds where one of these terms selects anything."""
        names = [self.outline(t.text) if isinstance(t, grammar.Path) else "" for t in terms]
        return frozenset(names) if names and all(names) else None

    def needs_of(self, nodes: Iterable[Text]) -> Needs:
        """What a message holds where one of these paths selects anything."""
        parsed = [p for node in nodes if (p := self.parse(node))]
        return self.needs(term for p in parsed for term in p.terms)

    def parse(self, node: Text) -> Expression | None:
        """The expression of a line; an empty one is the schema's business."""
        if not node.value:
            return None
        try:
            return grammar.parse(node.value)
        except BadExpression as e:
            self.mistakes.add("mapping-grammar", f"This line cannot be read: {e}.", node, e.offset)
            return None
