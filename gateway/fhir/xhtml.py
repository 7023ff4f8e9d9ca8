"""The narrative: XHTML that may be shown. What is not on the lists of the specification is a fault."""

from lxml import etree

_PARSER = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
NAMESPACE = "http://www.w3.org/1999/xhtml"


def xhtml_fault(text: str) -> str | None:
    """What is wrong with a narrative's `div`, or None."""
    try:
        div = etree.fromstring(text, etree.XMLParser(**_PARSER))
    except (etree.XMLSyntaxError, ValueError) as e:
        return f"the narrative is not well-formed XHTML: {e}"
    return None if div.tag == f"{{{NAMESPACE}}}div" else "the narrative is no XHTML div"
