"""ED and the narrative: texts that entries refer to, and a section's text as XHTML that may be shown."""

import re
from functools import lru_cache
from html import escape
from typing import Any

from adapters.ccda.datatypes.parts import element, spaced
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Value

XHTML = "http://www.w3.org/1999/xhtml"
_TAGS = {"paragraph": "p", "content": "span", "list": "ul", "item": "li", "table": "table", "thead": "thead",
         "tbody": "tbody", "tfoot": "tfoot", "tr": "tr", "td": "td", "th": "th", "br": "br", "sub": "sub", "sup": "sup",
         "caption": "p", "linkHtml": "span", "footnote": "span", "col": "col", "colgroup": "colgroup"}
_ATTRIBUTES = ("colspan", "rowspan")
_NUMBERED = "ordered"
_STYLES = {"Bold": "b", "Italics": "i", "Underline": "u", "Emphasis": "em"}
_REVISED = {"delete": "del", "insert": "ins"}             # what an author struck out would read as what he says
_STRIPPED = frozenset(("list", "table", "tr", "thead", "tbody", "tfoot"))
_FILLED = frozenset(("ul", "ol", "table", "tr", "thead", "tbody", "tfoot", "colgroup"))  # empty, they are left out
MAX_DEPTH = 60
_CONTROLS = {c: None for c in range(32) if c not in (9, 10)}
_SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f&<>]")


def said(text: Element) -> Value | None:
    """What an ED says: its own text, else the part of the narrative to which it refers."""
    if text.text:
        return spaced(text.value) if text.value else None
    reference = text.first("reference")
    target = reference.get("value") if reference is not None else None
    if target is None:
        return None
    found = text.document.narrated(str(target.content).removeprefix("#"))
    return Value(found.content, (*target.origins, *found.origins)) if found and found.content else None


def ED(place: Place, context: Context) -> Value | None:
    """The text that is said here or in the narrative."""
    return said(element(place))


def xhtml(place: Place, context: Context) -> dict[str, Any] | None:
    """Narrative of a section: only markup that means nothing but layout, everything else as text."""
    text = element(place)
    if text.markup is None or not text.text:
        return None
    body = _inner(text.markup, 0)
    return {"status": "additional", "div": Value(f'<div xmlns="{XHTML}">{body}</div>', (text.path,))}


def _inner(markup: Any, depth: int) -> str:
    text = markup.text
    parts = [_escaped(text)] if text else []
    for child in markup:
        if depth < MAX_DEPTH:
            parts.append(_shown(child, depth + 1))
        else:
            parts.append(_escaped("".join(child.itertext())))
        if tail := child.tail:
            parts.append(_escaped(tail))
    return "".join(parts)


def _shown(markup: Any, depth: int) -> str:
    name = _local(markup.tag)
    if name == "renderMultiMedia":
        return _inner(markup, depth)
    attributes = dict(markup.items())
    tag = "ol" if name == "list" and attributes.get("listType") == _NUMBERED else _TAGS.get(name, "")
    inner = _inner(markup, depth) if len(markup) else _escaped(markup.text or "")
    if name in _STRIPPED:
        inner = inner.strip()
    if tag in ("br", "col"):
        return f"<{tag}/>{inner}"
    if not inner and tag in _FILLED:
        return ""
    if not attributes:
        return f"<{tag}>{inner}</{tag}>" if tag else inner
    for style in [_STYLES[s] for s in attributes.get("styleCode", "").split() if s in _STYLES]:
        inner = f"<{style}>{inner}</{style}>"
    if (revised := _REVISED.get(attributes.get("revised", ""))) and inner:
        inner = f"<{revised}>{inner}</{revised}>"
    said_ = "".join([f' {a}="{escape(n)}"' for a in _ATTRIBUTES if (n := attributes.get(a, "")).isdecimal()])
    return f"<{tag}{said_}>{inner}</{tag}>" if tag else inner


@lru_cache(1024)
def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _escaped(text: str) -> str:
    """The text without control characters, as XHTML has it."""
    return escape(text.translate(_CONTROLS), quote=False) if _SPECIAL.search(text) else text
