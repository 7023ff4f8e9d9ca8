"""Allergies that the narrative of a section lists and none of its entries tells: a reader of the entries misses them.

A row of a table or an item of a list is told by an entry that refers to it, or that names what its words name. Only
allergies are looked at: rows about other things (a dose, a date on a line of its own) name nothing by themselves.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from adapters.ccda.tree import Element, spoken

_NAMED = frozenset(("code", "translation", "value"))
_WRITTEN = frozenset(("name", "originalText", "desc"))
_NOTHING = re.compile(r"\b(?:no|none|not|nk\w?a|unknown|denie[sd]|kein\w*|aucun\w*|nessun\w*|inga?|ingen)\b",
                      re.IGNORECASE)
_SHORT = 3                                  # letters: so short a name proves nothing wherever it stands


def unsaid(section: Element) -> list[str]:
    """The words of each row or item that no entry of the section tells, in their order; [] without entries."""
    text, entries = section.first("text"), section.all("entry")
    if text is None or text.markup is None or not entries:
        return []
    inside = [e for entry in entries for e in entry.below()]
    pointed = {v.removeprefix("#") for e in inside if e.name == "reference" and (v := e.attributes.get("value", ""))}
    names = {n for n in (" ".join(n.casefold().split()) for n in _names(inside)) if len(n) > _SHORT}
    return [words for row in _rows(text.markup) if pointed.isdisjoint(_ids(row))
            and (words := " ".join(spoken(row).split())) and not _NOTHING.search(words) and not _told(words, names)]


def _names(inside: Iterable[Element]) -> Iterator[str]:
    for e in inside:
        if e.name in _NAMED:
            yield e.attributes.get("displayName", "")
        elif e.name in _WRITTEN:
            yield e.text


def _told(words: str, names: Iterable[str]) -> bool:
    """Is one of the names in the words, or the word that they begin with in one of the names?"""
    said = words.casefold()
    first = re.split(r"[\s,;:(]", said, maxsplit=1)[0]
    return any(n in said or first in n for n in names)


def _rows(markup: Any) -> Iterator[Any]:
    """Items of lists, and rows of the bodies of tables."""
    for e in markup.iter():
        name, above = _name(e), e.getparent()
        if name == "item" or (name == "tr" and above is not None and _name(above) == "tbody"):
            yield e


def _ids(row: Any) -> Iterator[str]:
    """IDs of the row, of all in it, and of what encloses it: an entry may refer to a whole list."""
    for e in (*row.iter(), *row.iterancestors()):
        if id := e.get("ID"):
            yield id


def _name(e: Any) -> str:
    return e.tag.rpartition("}")[2] if isinstance(e.tag, str) else ""
