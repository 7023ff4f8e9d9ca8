"""A parsed document: elements that know their place, the groups around them, and what they were recognised as.

Leaf paths read like XPath from the nearest section: `section(48765-2)/entry[2]/act/code/@code`; numbers of 1 are left
out. The header's begin at the root: `recordTarget/patientRole/id/@extension`.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from gateway.sdk import Issue, Leaf, Value

# Elements that enclose what belongs together: statements, and roles with the persons and organisations in them.
GROUPS = frozenset(
    (
        "section",
        "act",
        "encounter",
        "observation",
        "organizer",
        "procedure",
        "substanceAdministration",
        "supply",
        "assignedAuthor",
        "assignedEntity",
        "participantRole",
        "associatedEntity",
        "entry",
        "representedOrganization",
        "providerOrganization",
        "encompassingEncounter",
        "relatedSubject",
    )
)


NOTHING: dict[str, str] = {}             # attributes of the many elements that have none
UNLABELLED: frozenset[str] = frozenset()


class Element:
    """One element. `number` counts its siblings of the same name, from 1; `markup` is lxml's own, of narrative only."""

    __slots__ = (
        "_path",
        "_scope",
        "attributes",
        "children",
        "counts",
        "document",
        "group",
        "labels",
        "line",
        "markup",
        "name",
        "number",
        "parent",
        "text",
    )

    def __init__(self, document: "Document", parent: "Element | None", name: str, line: int, number: int) -> None:
        self.document, self.parent, self.name, self.line, self.number = document, parent, name, line, number
        self.attributes: dict[str, str] = NOTHING
        self.text = self._path = ""
        self.children: list[Element] = []
        self.counts: dict[str, int] | None = None
        self.labels: frozenset[str] = UNLABELLED
        self.markup: Any = None
        self.group = document.next_group() if name in GROUPS else 0
        self._scope: tuple[tuple[str, int], ...] | None = None

    def counted(self, name: str) -> int:
        """The number of the next child of this name."""
        if self.counts is None:
            self.counts = {}
        self.counts[name] = n = self.counts.get(name, 0) + 1
        return n

    @property
    def path(self) -> str:
        if not self._path:
            self._path = self._placed()
        return self._path

    def _placed(self) -> str:
        if self.parent is None:
            return ""
        if self.name == "section":
            code = self.first("code")
            name = f"section({code.attributes.get('code', '') if code else ''})"
            number = self.document.numbered(name)
            return name if number == 1 else f"{name}[{number}]"
        step = self.name if self.number == 1 else f"{self.name}[{self.number}]"
        above = self.parent.path
        return f"{above}/{step}" if above else step

    @property
    def where(self) -> str:
        return f"{self.path or self.name} (line {self.line})"

    @property
    def value(self) -> Value | None:
        """Its text; None when it has none."""
        return Value(self.text, (self.path,)) if self.text else None

    @property
    def scope(self) -> tuple[tuple[str, int], ...]:
        """The groups that enclose it, itself included, from the outside in."""
        if self._scope is None:
            above = self.parent.scope if self.parent else ()
            self._scope = (*above, (self.name, self.group)) if self.group else above
        return self._scope

    def first(self, name: str) -> "Element | None":
        """The first child of a name."""
        return next((c for c in self.children if c.name == name), None)

    def all(self, name: str) -> "list[Element]":
        return [c for c in self.children if c.name == name]

    def get(self, name: str) -> Value | None:
        """The text of an attribute, or None."""
        content = self.attributes.get(name)
        if not content:
            return None
        path = self.path
        return Value(content, (f"{path}/@{name}" if path else f"@{name}",))

    def below(self) -> "Iterator[Element]":
        """Itself and everything below, in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(element.children))

    def above(self) -> "Iterator[Element]":
        """Itself and what encloses it, from the inside out."""
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent


class Attribute:
    """One attribute as a place."""

    __slots__ = ("element", "name")

    def __init__(self, element: Element, name: str) -> None:
        self.element, self.name = element, name

    @property
    def where(self) -> str:
        return f"{self.element.path}/@{self.name} (line {self.element.line})"

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
        self._groups = 0
        self._sections: dict[str, int] = {}

    def next_group(self) -> int:
        self._groups += 1
        return self._groups

    def numbered(self, name: str) -> int:
        """The number of the next section of a name; sections are asked in document order."""
        self._sections[name] = n = self._sections.get(name, 0) + 1
        return n

    @cached_property
    def by_name(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            found.setdefault(element.name, []).append(element)
        return found

    @cached_property
    def by_label(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            for label in element.labels:
                found.setdefault(label, []).append(element)
        return found

    @cached_property
    def narrated(self) -> dict[str, Value]:
        """Text of the narrative by the ID of its element; its origin is the narrative that holds it."""
        found: dict[str, Value] = {}
        for element in self.by_name.get("text", ()):
            if element.markup is not None:
                for marked in element.markup.iter():
                    if (id := marked.get("ID")) and id not in found:
                        found[id] = Value(" ".join("".join(marked.itertext()).split()), (element.path,))
        return found

    @cached_property
    def restricted(self) -> bool:
        """Whether any part of it is not open as usual."""
        return any(e.attributes.get("code") not in (None, "N", "U", "L", "M")
                   for e in self.by_name.get("confidentialityCode", ()))

    @cached_property
    def masked(self) -> dict[Element, Value]:
        """Everything in which the sender hid something, with the first place that says so."""
        found: dict[Element, Value] = {}
        for element in self.elements:
            if element.attributes.get("nullFlavor") == "MSK" and (said := element.get("nullFlavor")) is not None:
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

    def leaves(self) -> Iterator[Leaf]:
        """Every attribute and every text that says something."""
        for element in self.elements:
            path = element.path
            for name, value in element.attributes.items():
                yield Leaf(f"{path}/@{name}" if path else f"@{name}", value)
            if element.text:
                yield Leaf(path, element.text)
