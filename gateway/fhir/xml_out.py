"""The XML form of a resource, out of its JSON form along the element table: the inverse of `xml_form.resource`.

Elements stand in the order of the table, which is the order of FHIR's schemas. What the table does not know is not
written: our own resources hold nothing else.
"""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from gateway.fhir.elements import ELEMENTS, Element
from gateway.fhir.primitives import PRIMITIVES
from gateway.fhir.xml_form import FHIR, BadXml, parse

Json = Mapping[str, Any]
_NONE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
TYPE = "application/fhir+xml; charset=utf-8"


def xml(resource: Json) -> bytes:
    """UTF-8 bytes of a resource in JSON form."""
    root = etree.Element(f"{{{FHIR}}}{resource['resourceType']}", nsmap={None: FHIR})
    _members(root, resource, str(resource["resourceType"]))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _members(node: etree._Element, value: Json, group: str) -> None:
    for name, element in (ELEMENTS.children(group) or {}).items():
        if group in ("Extension", "Element") and name in ("id", "url"):
            if name in value:
                node.set(name, _text(value[name]))
            continue
        if name == "id" and group not in ELEMENTS.resources:
            if name in value:
                node.set(name, _text(value[name]))
            continue
        _put(node, name, element, value.get(name), value.get("_" + name))


def _put(node: etree._Element, name: str, element: Element, value: Any, shadow: Any) -> None:
    values = value if isinstance(value, list) else [value]
    shadows = shadow if isinstance(shadow, list) else [shadow]
    for i in range(max(len(values), len(shadows))):
        one: Any = values[i] if i < len(values) else None
        extra = shadows[i] if i < len(shadows) else None
        if one is None and not extra:
            continue
        if element.type == "xhtml":
            node.append(_div(str(one)))
            continue
        child = etree.SubElement(node, f"{{{FHIR}}}{name}")
        if element.type in PRIMITIVES:
            if one is not None:
                child.set("value", _text(one))
            _members(child, extra or {}, "Element")
        elif element.type == "Resource":
            inner = etree.SubElement(child, f"{{{FHIR}}}{one['resourceType']}")
            _members(inner, one, str(one["resourceType"]))
        else:
            _members(child, one, element.type)


def _text(value: Any) -> str:
    """The value as text; a sign that XML cannot hold (U+FFFE, U+FFFF, controls) is U+FFFD there."""
    return ("true" if value else "false") if isinstance(value, bool) else _NONE.sub("\ufffd", str(value))


def _div(text: str) -> etree._Element:
    try:
        return parse(text.encode())
    except BadXml:
        return etree.fromstring('<div xmlns="http://www.w3.org/1999/xhtml"/>')
