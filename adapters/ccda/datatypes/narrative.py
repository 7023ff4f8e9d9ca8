"""ED and the narrative: texts that entries refer to, and a section's text as XHTML that may be shown."""

from html import escape
from typing import Any

from adapters.ccda.datatypes.parts import element, spaced
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Value

XHTML = "http://www.w3.org/1999/xhtml"
_TAGS = {
    "paragraph": "p",
    "content": "span",
    "list": "ul",
    "item": "li",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tfoot": "tfoot",
    "tr": "tr",
    "td": "td",
    "th": "th",
    "br": "br",
    "sub": "sub",
    "sup": "sup",
    "caption": "p",
    "linkHtml": "span",
    "footnote": "span",
    "col": "col",
    "colgroup": "colgroup",
}
_ATTRIBUTES = ("colspan", "rowspan")
_NUMBERED = "ordered"
_STYLES = {"Bold": "b", "Italics": "i", "Underline": "u"}
MAX_DEPTH = 60
_CONTROLS = {c: None for c in range(32) if c not in (9, 10)}


def said(text: Element) -> Value | None:
    """What an ED says: its own text, else the part of the narrative to which it refers."""
    if text.text:
        return spaced(text.value) if text.value else None
    reference = text.first("reference")
    target = reference.get("value") if reference is not None else None
    if target is None:
        return None
    found = text.document.narrated.get(str(target.content).removeprefix("#"))
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
    parts = [escape(_clean(markup.text or ""), quote=False)]
    for child in markup:
        if depth < MAX_DEPTH:
            parts.append(_shown(child, depth + 1))
        else:
            parts.append(escape(_clean("".join(child.itertext())), quote=False))
        parts.append(escape(_clean(child.tail or ""), quote=False))
    return "".join(parts)


def _shown(markup: Any, depth: int) -> str:
    name = str(markup.tag).rpartition("}")[2]
    if name == "renderMultiMedia":
        return _inner(markup, depth)
    tag = "ol" if name == "list" and markup.get("listType") == _NUMBERED else _TAGS.get(name, "")
    inner = _inner(markup, depth)
    if name in ("list", "table", "tr", "thead", "tbody", "tfoot"):
        inner = inner.strip()
    if tag in ("br", "col"):
        return f"<{tag}/>{inner}"
    if tag in ("ul", "ol", "table", "tr", "thead", "tbody", "tfoot", "colgroup") and not inner:
        return ""
    style = _STYLES.get(markup.get("styleCode", "").split(" ")[0])
    if style:
        inner = f"<{style}>{inner}</{style}>"
    said_ = "".join(f' {a}="{escape(markup.get(a))}"' for a in _ATTRIBUTES if str(markup.get(a, "")).isdecimal())
    return f"<{tag}{said_}>{inner}</{tag}>" if tag else inner


def _clean(text: str) -> str:
    return text.translate(_CONTROLS)
