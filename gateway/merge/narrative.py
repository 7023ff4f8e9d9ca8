"""The narrative of a merged resource, made from what it shows: no source's own text speaks for what others say.

Each element becomes one row of a list, its name as FHIR calls it and its value in words; numbers keep their text
(I18N-05). What a source wrote stays among the alternatives.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from gateway.merge.body import codings, text

_SILENT = frozenset({"resourceType", "id", "meta", "text", "contained", "extension", "modifierExtension", "language",
                     "implicitRules", "identifier", "subject", "patient"})
_POINTERS = frozenset({"reference", "url", "system", "extension", "id"})
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DEEPEST = 6


def narrative(body: Mapping[str, Any]) -> dict[str, str]:
    """The Narrative of a resource: status `generated`, a div in the HTML that FHIR allows."""
    rows = [(" ".join(_WORD.split(name)), said) for name in sorted(body)
            if name not in _SILENT and not name.startswith("_") and (said := _words(body[name], 0))]
    listed = "".join(f"<li>{escape(name)}: {escape(said)}</li>" for name, said in rows)
    title = f"<p>{escape(text(body, 'resourceType'))}</p>"
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{title}'
                                          f"{f'<ul>{listed}</ul>' if listed else ''}</div>"}


def _words(value: Any, depth: int) -> str:
    """A value in words; "" where it has none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return _object(value, depth)
    if isinstance(value, list):
        return _joined((_words(v, depth) for v in value), "; ")
    said = "" if value is None else str(value)
    return "".join(" " if c.isspace() else c for c in said if c.isprintable() or c.isspace())


def _object(value: Mapping[str, Any], depth: int) -> str:
    if depth == _DEEPEST:
        return "…"
    if text(value, "text") or text(value, "display"):
        return _words(text(value, "text") or text(value, "display"), depth)
    if codings(value):
        return _joined((c for _, c in codings(value)), ", ")
    if "value" in value and not isinstance(value["value"], (dict, list)):
        return _joined((_words(value.get(n), depth) for n in ("comparator", "value", "unit")), " ")
    if text(value, "start") or text(value, "end"):
        return f"{text(value, 'start')} – {text(value, 'end')}".strip()
    return _joined((_words(v, depth + 1) for n, v in sorted(value.items()) if n not in _POINTERS), ", ")


def _joined(parts: Iterable[str], between: str) -> str:
    return between.join(p for p in parts if p)
