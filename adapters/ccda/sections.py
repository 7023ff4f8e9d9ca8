"""What a section is: by its LOINC code, else a translation of it, else its template, else its title (sections.csv)."""

import csv
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from adapters.ccda.tree import Element
from gateway.sdk import Value

_SHORT = {"C": "2.16.840.1.113883.10.20.22.2", "D": "2.16.840.1.113883.10.20.1", "I": "1.3.6.1.4.1.19376.1.5.3.1.3",
          "H": "2.16.840.1.113883.3.88.11.83"}
_LOINC = re.compile(r"\d{1,7}-\d", re.ASCII)


class _Known(NamedTuple):
    templates: dict[str, str]
    titles: tuple[tuple[re.Pattern[str], str], ...]


@cache
def _known() -> _Known:
    text = files("adapters.ccda").joinpath("sections.csv").read_text("utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    return _Known({_long(root): row["loinc"] for row in rows for root in row["templates"].split()},
                  tuple((re.compile(rf"\b(?:{row['titles']})", re.IGNORECASE), row["loinc"]) for row in rows))


def _long(root: str) -> str:
    short, _, rest = root.partition(".")
    return f"{_SHORT[short]}.{rest}" if short in _SHORT else root


def section_of(entry: Element) -> str:
    """LOINC code of the nearest section that encloses an element, itself included; "" when nothing tells it."""
    section = entry.section
    found = told(section) if section is not None else None
    return str(found.content) if found is not None else ""


def told(section: Element) -> Value | None:
    """LOINC code of a section, out of what says so; the code itself where it is of another system and nothing else
    says more. None when nothing tells it."""
    known = section.document.named_sections
    if section not in known:
        known[section] = _told(section)
    return known[section]


def _told(section: Element) -> Value | None:
    code = section.first("code")
    said = [c for e in ((code, *code.all("translation")) if code is not None else ()) if (c := e.get("code"))]
    if loinc := next((c for c in said if _LOINC.fullmatch(str(c.content))), None):
        return loinc
    roots = [r for t in section.all("templateId") if (r := t.get("root"))]
    if root := next((r for r in roots if str(r.content) in _known().templates), None):
        return root.to(_known().templates[str(root.content)])
    title = section.first("title")
    words = title.value if title is not None else None
    found = next((loinc for pattern, loinc in _known().titles if pattern.search(str(words.content))), None) \
        if words is not None else None
    return words.to(found) if words is not None and found else said[0] if said else None
