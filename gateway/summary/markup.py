"""Markup of strangers, so that nothing of it runs, leads or loads: elements that form, the span of cells, and texts."""

from collections.abc import Callable

from lxml import etree, html

from gateway.summary.files import charset

_FORMING = frozenset(
    "abbr acronym address b bdo big blockquote br caption cite code col colgroup dd del dfn div dl dt em hr i ins kbd "
    "li ol p pre q s samp small span strong sub sup table tbody td tfoot th thead tr tt u ul var".split())
_HEADINGS = frozenset(f"h{n}" for n in range(1, 7))
_LOST = frozenset(("head", "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"))
LARGEST = 500_000                # bytes of a page: the parser compares each attribute of an element with all others
_SPANS = {"colspan": 50, "rowspan": 1000}        # and how far: a browser draws each cell of them, for half a minute
_XHTML = "{http://www.w3.org/1999/xhtml}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
                          remove_pis=True)


def safe(div: str, fault: Callable[[str], str | None]) -> str:
    """The markup of a narrative without anything that leads or loads.

    A narrative that FHIR would not let pass (`fault`) is shown as its text alone; "" when it is no XML.
    """
    try:
        root = etree.fromstring(div, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    if fault(div):
        bare = etree.Element("div")
        bare.text = "".join(root.itertext())
        return etree.tostring(bare, encoding="unicode")
    return _formed(root)


def page(data: bytes, declared: str) -> str:
    """What an HTML page says, as far as it only forms; "" when it says nothing, is too large or cannot be read."""
    if len(data) > LARGEST:
        return ""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True,
                             encoding=charset(declared) or ("utf-8" if _is_utf8(data) else None))
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return ""
    for node in [n for n in root.iter() if n.tag in _LOST]:
        node.drop_tree()
    body = root.find("body")
    if body is None or not "".join(body.itertext()).strip():
        return ""
    body.tag = "div"
    return _formed(body)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _formed(root: etree._Element) -> str:
    scope = "col"                # of the heads in a row: its own where cells that are none stand beside them
    for node in root.iter():
        local = str(node.tag).removeprefix(_XHTML).lower()
        if local == "img":
            node.text = f"[picture: {node.get('alt') or 'not shown'}]"
        node.tag = "h4" if local in _HEADINGS else local if local in _FORMING else "span"
        kept = {name: str(min(int(n[:6]), most)) for name, most in _SPANS.items()
                if (n := node.get(name, "")).isdecimal()}
        node.attrib.clear()
        node.attrib.update(kept)
        if local == "tr":
            scope = "row" if any(str(c.tag).endswith("td") for c in node) else "col"
        elif local == "th":
            node.set("scope", scope)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode", method="html", with_tail=False)

