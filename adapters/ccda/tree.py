"""A parsed document: elements that know their place, the groups around them, and what they were recognised as.

Leaf paths read like XPath from the nearest section: `section(48765-2)/entry[2]/act/code/@code`; numbers of 1 are left
out. The header's begin at the root: `recordTarget/patientRole/id/@extension`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from typing import Any

from lxml import etree

from gateway.sdk import Issue, Leaf, Value

# Elements that enclose what belongs together: statements, and roles with the persons and organisations in them.
GROUPS = frozenset(("section", "act", "encounter", "observation", "organizer", "procedure", "substanceAdministration",
                    "supply", "assignedAuthor", "assignedEntity", "participantRole", "associatedEntity", "entry",
                    "representedOrganization", "providerOrganization", "encompassingEncounter", "relatedSubject",
                    "relatedEntity"))


_OPEN = (None, "N", "U", "L", "M")
_NONE: "list[Element]" = []
EMPTY: dict[str, Any] = {}      # what most elements have of attributes and children; nobody changes it
UNLABELLED, NOWHERE = frozenset[str](), slice(0)
_with_id = etree.XPath("descendant-or-self::*[string(@ID)]")
_as_leaf = partial(tuple.__new__, Leaf)


_APART = frozenset(("br", "caption", "item", "list", "paragraph", "table", "td", "th", "tr"))


def spoken(markup: Any) -> str:
    """The text of some narrative, its cells, lines and items apart."""
    if not len(markup):
        return markup.text or ""
    parts: list[str] = []
    for event, e in etree.iterwalk(markup, events=("start", "end")):
        apart = " " if e.tag.rpartition("}")[2] in _APART else ""
        parts += [apart, e.text or ""] if event == "start" else [apart, (e.tail or "") if e is not markup else ""]
    return "".join(parts)


class Element:
    """One element, as reading.py fills it. `number` counts its siblings of the same name, from 1.

    markup   lxml's own, of narrative only
    named    its children by their names
    inside   where the document's elements are that lie below it
    place, groups, heads   what `where`, `scope` and `steps` give, once they were asked for
    """

    __slots__ = ("attributes", "children", "document", "group", "groups", "heads", "inside", "labels", "line",
                 "markup", "name", "named", "number", "parent", "path", "place", "text")

    document: "Document"
    parent: "Element | None"
    name: str
    line: int
    number: int
    path: str
    attributes: Mapping[str, str]
    text: str
    children: "Sequence[Element]"
    named: "Mapping[str, list[Element]]"
    labels: frozenset[str]
    markup: Any
    group: int
    inside: slice
    place: str | None
    groups: tuple[tuple[str, int], ...] | None
    heads: frozenset[str] | None

    @property
    def where(self) -> str:
        found = self.place
        if found is None:
            found = self.place = f"{self.path or self.name} (line {self.line})"
        return found

    @property
    def scope(self) -> tuple[tuple[str, int], ...]:
        """The groups that enclose it, itself included, from the outside in."""
        found = self.groups
        if found is None:
            above = self.parent.scope if self.parent else ()
            found = self.groups = (*above, (self.name, self.group)) if self.group else above
        return found

    @property
    def section(self) -> "Element | None":
        """The nearest section that encloses it, itself included."""
        element: Element | None = self
        while element is not None and element.name != "section":
            element = element.parent
        return element

    @property
    def steps(self) -> frozenset[str]:
        """The first steps of paths that select anything below it: names of children, `@` and names of attributes."""
        found = self.heads
        if found is None:
            found = self.heads = _steps(tuple(self.named), tuple(self.attributes))
        return found

    @property
    def value(self) -> Value | None:
        """Its text; None when it has none."""
        return Value(self.text, (self.path,)) if self.text else None

    def first(self, name: str) -> "Element | None":
        """The first child of a name."""
        found = self.named.get(name)
        return found[0] if found else None

    def all(self, name: str) -> "list[Element]":
        """All children of a name."""
        return self.named.get(name, _NONE)

    def get(self, name: str) -> Value | None:
        """The text of an attribute, or None."""
        content = self.attributes.get(name)
        if not content:
            return None
        path = self.path
        return Value(content, (f"{path}/@{name}" if path else f"@{name}",))

    def below(self) -> "list[Element]":
        """Everything below it, in document order."""
        return self.document.elements[self.inside]

    def above(self) -> "Iterator[Element]":
        """Itself and what encloses it, from the inside out."""
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent


@lru_cache(4096)
def _steps(children: tuple[str, ...], attributes: tuple[str, ...]) -> frozenset[str]:
    return frozenset((*children, *(f"@{name}" for name in attributes)))


class Attribute:
    """One attribute as a place."""

    __slots__ = ("element", "name")

    def __init__(self, element: Element, name: str) -> None:
        self.element, self.name = element, name

    @property
    def where(self) -> str:
        return f"{self.element.path}/@{self.name} (line {self.element.line})"

    @property
    def named(self) -> "Mapping[str, list[Element]]":
        return self.element.named

    @property
    def steps(self) -> frozenset[str]:
        return self.element.steps

    @property
    def value(self) -> Value | None:
        return self.element.get(self.name)

    @property
    def scope(self) -> tuple[tuple[str, int], ...]:
        return self.element.scope


Place = Element | Attribute


class Document:
    """One document. `remarks`: what had to be guessed to read it."""

    root: Element

    def __init__(self, raw: bytes, remarks: tuple[Issue, ...]) -> None:
        self.raw, self.remarks = raw, remarks
        self.elements: list[Element] = []  # in document order
        self.paired: dict[Element, Element] = {}         # systolic → diastolic value of one measurement
        self.of_others: dict[Element, None] = {}         # entries that are about somebody other than the patient
        self.grouping: list[Element] = []  # those that enclose what belongs together
        self.named_sections: dict[Element, Value | None] = {}    # what each section is; see sections.py
        self.unsaid: list[Element] = []    # those with a nullFlavor
        self.numbered: dict[tuple[str, str], list[Element]] = {}  # what has an id, by it; see named.py
        self._sections: dict[str, int] = {}

    @property
    def named(self) -> "Mapping[str, list[Element]]":
        """The children of its root by their names."""
        return self.root.named

    @property
    def steps(self) -> frozenset[str]:
        """The first steps of paths that select anything below its root."""
        return self.root.steps

    @cached_property
    def by_name(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = defaultdict(list)
        for element in self.elements:
            found[element.name].append(element)
        return found

    @cached_property
    def visited(self) -> "frozenset[Element]":
        """What holds, two steps below it, a visit: most entries name none."""
        links = [e.parent for e in self.by_name.get("encounter", ())]
        return frozenset([link.parent for link in links if link is not None and link.parent is not None])

    def section(self, code: str) -> str:
        """The path of the next section with this code."""
        name = f"section({code})"
        self._sections[name] = n = self._sections.get(name, 0) + 1
        return name if n == 1 else f"{name}[{n}]"

    @cached_property
    def by_label(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for element in self.grouping:
            for label in element.labels:
                found.setdefault(label, []).append(element)
        return found

    def narrates(self, id: str) -> bool:
        """Whether the narrative has an element of this ID."""
        return id in self._narrated

    def narrated(self, id: str) -> Value | None:
        """Text of the narrative by the ID of its element; its origin is the narrative that holds it."""
        found = self._narrated.get(id)
        if found is None or isinstance(found, Value):
            return found
        marked, path = found
        text = self._narrated[id] = Value(" ".join(spoken(marked).split()), (path,))
        return text

    @cached_property
    def _narrated(self) -> "dict[str, Value | tuple[Any, str]]":
        """What has an ID in the narrative: its text, or its markup and the place of the narrative."""
        found: dict[str, Value | tuple[Any, str]] = {}
        for element in self.by_name.get("text", ()):
            if element.markup is not None:
                for marked in _with_id(element.markup):
                    found.setdefault(marked.get("ID"), (marked, element.path))
        return found

    @cached_property
    def restricted(self) -> bool:
        """Whether any part of it is not open as usual."""
        return any(e.attributes.get("code") not in _OPEN
                   for e in self.by_name.get("confidentialityCode", ()))

    @cached_property
    def masked(self) -> dict[Element, Value]:
        """Everything in which the sender hid something, with the first place that says so."""
        found: dict[Element, Value] = {}
        for element in [e for e in self.unsaid if e.attributes["nullFlavor"] == "MSK"]:
            if (said := element.get("nullFlavor")) is not None:
                for above in element.above():
                    found.setdefault(above, said)
        return found

    @property
    def kind(self) -> str:
        """LOINC code of the document and its title, for people."""
        code = self.root.first("code")
        return f"CDA {code.attributes.get('code', '')}".strip() if code else "CDA"

    @property
    def offset(self) -> str:
        """UTC offset of the document's own time, or ""."""
        time = self.root.first("effectiveTime")
        text = time.attributes.get("value", "") if time else ""
        return text[-5:] if len(text) > 12 and text[-5:-4] in ("+", "-") and text[-4:].isdecimal() else ""

    @cached_property
    def leaves(self) -> list[Leaf]:
        """Every attribute and every text that says something."""
        paths: list[str] = []
        values: list[str] = []
        for element in self.elements:
            path = element.path
            if attributes := element.attributes:
                at = path + "/@" if path else "@"
                for name in attributes:
                    paths.append(at + name)
                values += attributes.values()
            if text := element.text:
                paths.append(path)
                values.append(text)
        return list(map(_as_leaf, zip(paths, values, strict=True)))
