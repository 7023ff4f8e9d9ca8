"""The XML form of FHIR R4 4.0.1, turned into the JSON form along the element table.

Nothing is repaired and nothing is dropped: what the table does not know keeps its name (an attribute as `@name`,
stray text as `#text`), so that validation says so at its place.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from gateway.fhir.elements import ELEMENTS, Element
from gateway.fhir.primitives import PRIMITIVES
from gateway.jsontext import Number

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,16})")
_POSITION = re.compile(r"(.*?)(?:, line (\d+), column (\d+))?", re.DOTALL)
_ROOT_ATTRIBUTES = frozenset({"{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"})
_SETTINGS = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
             "remove_comments": True, "remove_pis": True}
Json = dict[str, Any]


class BadXml(ValueError):
    """The bytes are no FHIR XML; `.line` and `.column` say where."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line, self.column = line, column


def parse(data: bytes) -> etree._Element:
    """The root of an XML document. No DTD, no entities, no network. Raises BadXml, nothing else."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**_SETTINGS))
    except etree.XMLSyntaxError as e:
        said, line, column = _POSITION.fullmatch(str(e.msg)).groups()  # type: ignore[union-attr]
        raise BadXml(f"not XML: {said.strip()}", int(line or 0), int(column or 0)) from e
    except (ValueError, LookupError) as e:
        raise BadXml(f"not XML: {e}") from e
    if root.getroottree().docinfo.doctype:
        raise BadXml("a document type definition is not allowed in FHIR XML", 1, 1)
    return root


def resource(data: bytes) -> Json:
    """The resource of an XML document in JSON form. Raises BadXml."""
    root = parse(data)
    name = etree.QName(root)
    if name.namespace != FHIR:
        raise BadXml(f"the root element {name.localname} is not in the namespace {FHIR}", root.sourceline or 1, 1)
    return _resource(root)


def _resource(node: etree._Element) -> Json:
    type = etree.QName(node).localname
    return {"resourceType": type, **_object(node, type)}


def _children(node: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """(name, element) of the children; an element of another namespace keeps it in its name."""
    for child in node:
        if not isinstance(child.tag, str):
            raise BadXml("entities are not allowed in FHIR XML", child.sourceline or 1, 1)
        name = etree.QName(child)
        known = name.namespace == FHIR or (name.namespace == XHTML and name.localname == "div")
        yield (name.localname if known else child.tag), child


def _object(node: etree._Element, group: str, primitive: bool = False) -> Json:
    """The members of an element of a complex type, or the id and extensions of a primitive one."""
    table = ELEMENTS.children(group) or {}
    out = _attributes(node, table, primitive)
    for name, child in _children(node):
        element = table.get(name)
        if element is not None and element.type in PRIMITIVES:
            _put_primitive(out, element, child)
        else:
            _put(out, name, _complex(child, element), element is not None and element.repeats)
    stray = "".join([node.text or "", *(child.tail or "" for child in node)]).strip()
    return {**out, "#text": stray} if stray else out


def _attributes(node: etree._Element, table: Any, primitive: bool) -> Json:
    out: Json = {}
    for name, text in node.attrib.items():
        if (name == "value" and primitive) or name in _ROOT_ATTRIBUTES:
            continue
        known = name == "id" or (name == "url" and "url" in table)
        out[name if known else f"@{name}"] = text
    return out


def _complex(node: etree._Element, element: Element | None) -> Any:
    """The value of an element that is not primitive; of an unknown one whatever it holds."""
    if element is None:
        return node.get("value") if node.get("value") and not len(node) else _object(node, "Element")
    if element.type != "Resource":
        return _object(node, element.type)
    inner = [child for _, child in _children(node)]
    return _resource(inner[0]) if len(inner) == 1 else _object(node, "Element")


def _put(out: Json, name: str, value: Any, repeats: bool) -> None:
    """Add a member; a second one makes an array, whether the table allows it or not."""
    if repeats or name in out:
        _array(out, name).append(value)
    else:
        out[name] = value


def _array(out: Json, name: str) -> list[Any]:
    """The array of a member; a single value that stands there becomes its first."""
    there = out.setdefault(name, [])
    if not isinstance(there, list):
        there = out[name] = [there]
    return there


def _put_primitive(out: Json, element: Element, node: etree._Element) -> None:
    """Add a primitive: its value under its name, its id and extensions under `_name`, in step when it repeats."""
    name, value = element.name, _value(node, element.type)
    shadow = {} if element.type == "xhtml" else _object(node, "Element", primitive=True)
    if not element.repeats and name not in out and "_" + name not in out:
        out.update({k: v for k, v in ((name, value), ("_" + name, shadow)) if v not in (None, {})} or {name: None})
        return
    values = _array(out, name)
    if shadow or "_" + name in out:
        shadows = _array(out, "_" + name)
        shadows.extend([None] * (len(values) - len(shadows)))
        shadows.append(shadow or None)
    values.append(value)


def _value(node: etree._Element, type: str) -> Any:
    """The JSON value of a primitive element. A text that its type does not know stays text."""
    if type == "xhtml":
        return etree.tostring(node, encoding="unicode", with_tail=False)
    text = node.get("value")
    kind = PRIMITIVES[type].json
    if text is None or kind == "string":
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return int(text) if _WHOLE.fullmatch(text) and text != "-0" else Number(text) if _NUMBER.fullmatch(text) else text
