"""The narrative: XHTML that may be shown (R4 narrative rules txt-1 and txt-2, and the section on security).

An allow-list of elements, attributes and link schemes: no script, form, frame, object, style sheet, event handler,
entity or document type passes.
"""

import re

from lxml import etree

NAMESPACE = "http://www.w3.org/1999/xhtml"
_PREFIX = f"{{{NAMESPACE}}}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=False)
_TAGS = (
    "a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 "
    "h3 h4 h5 h6 hr i img ins kbd li map ol p pre q s samp small span strong sub sup table tbody td tfoot th thead "
    "tr tt u ul var")
_COMMON = (
    "title style class id lang dir accesskey tabindex span width align valign char charoff abbr axis headers scope "
    "rowspan colspan {http://www.w3.org/XML/1998/namespace}lang {http://www.w3.org/XML/1998/namespace}space")
_ATTRIBUTES = {
    "a": "href name charset type hreflang rel rev shape coords target",
    "area": "shape coords href nohref alt", "blockquote": "cite", "q": "cite", "map": "name",
    "img": "src alt longdesc height width usemap ismap border",
    "table": "summary border frame rules cellspacing cellpadding bgcolor", "tr": "bgcolor",
    "td": "nowrap bgcolor", "th": "nowrap bgcolor",
    "ol": "start type", "ul": "type", "li": "value", "hr": "size", "br": "clear", "col": "bgcolor",
}
_ALLOWED = {tag: frozenset([*_COMMON.split(), *_ATTRIBUTES.get(tag, "").split()]) for tag in _TAGS.split()}
_PLAIN = frozenset(_PREFIX + tag for tag in _ALLOWED)
_text = etree.XPath("string()", smart_strings=False)
# Of most narratives the text tells, without a visit to each element: no attributes, comments or namespaces.
_OPENED = f'<div xmlns="{NAMESPACE}">'
_BARE = re.compile(r"[^<]*+(?:</?[a-z0-9]++/?>[^<]*+)*+")
_NAME, _NAMES = re.compile(r"<([a-z0-9]+)"), frozenset(_ALLOWED)
_with_attributes = etree.XPath("descendant-or-self::*[@*]")
_LINKS = frozenset({"href", "src", "cite", "longdesc"})
_SCHEMES = frozenset({"http", "https", "ftp", "mailto", "tel"})
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.\-]*)\s*:")
_ACTIVE_STYLE = re.compile(r"expression\s*\(|javascript|@import|behaviou?r\s*:|-moz-binding|\\"
                           r"|url\s*\((?!\s*['\"]?data:\s*image/)(?!\s*['\"]?[\w./-]+['\"]?\s*\))", re.IGNORECASE)


def xhtml_fault(text: str) -> str | None:
    """What is wrong with a narrative's `div`, or None."""
    try:
        div = etree.fromstring(text, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as e:
        return f"the narrative is not well-formed XHTML: {e}"
    if div.getroottree().docinfo.doctype:
        return "the narrative has a document type definition"
    if div.tag != _PREFIX + "div":
        return f"the narrative is a div in the namespace {NAMESPACE}, this is {etree.QName(div).localname}"
    if text.startswith(_OPENED) and _BARE.fullmatch(text, len(_OPENED)) and _NAMES.issuperset(_NAME.findall(text)):
        fault, said = None, _text(div)
    else:
        plain = {node.tag for node in div.iter()} <= _PLAIN
        fault = next((f for f in map(_fault, _with_attributes(div) if plain else div.iter()) if f), None)
        said = "".join(div.itertext())
    if fault is None and not said.strip() and div.find(f".//{_PREFIX}img") is None:
        return "txt-2: the narrative has no content"
    return fault


def _fault(node: etree._Element) -> str | None:
    """What is wrong with one element."""
    if node.tag is etree.Comment:
        return None
    if not isinstance(node.tag, str):
        return "the narrative holds an entity or a processing instruction"
    tag = node.tag.removeprefix(_PREFIX)
    allowed = _ALLOWED.get(tag)
    if allowed is None:
        return f"txt-1: the element {tag} is not allowed in a narrative"
    for name, value in node.attrib.items():
        if name not in allowed:
            return f"txt-1: the attribute {name} of {tag} is not allowed in a narrative"
        if name in _LINKS and not _may_link(tag, value):
            return f"the link {value[:40]!r} of {tag} has a scheme that a narrative may not have"
        if name == "style" and _ACTIVE_STYLE.search(value):
            return f"the style of {tag} does more than format"
    return None


def _may_link(tag: str, link: str) -> bool:
    """True for a link without scheme, with one of the schemes allowed, or an image that is inline data."""
    scheme = _SCHEME.match(link)
    if scheme is None or scheme[1].lower() in _SCHEMES:
        return True
    return tag == "img" and re.match(r"\s*data:\s*image/(?:png|jpeg|gif);base64,", link) is not None
