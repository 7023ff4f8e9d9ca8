"""Documents with one to four things wrong in them, and what must be true of the answer to any of them."""

import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random

from lxml import etree

from gateway.fhir.validate import validate
from gateway.pure.mapping import Chosen, messages
from gateway.shipped import codes

SECONDS = 5
NULLS = ("NI", "UNK", "NA", "OTH", "MSK", "NAV", "ASKU", "PINF", "TRC", "nonsense")
TYPES = ("CD", "PQ", "IVL_PQ", "IVL_TS", "PIVL_TS", "EIVL_TS", "SXPR_TS", "ST", "ED", "INT", "REAL", "BL", "TS", "RTO_PQ_PQ", "XYZ", "")
TEXTS = ("", " ", "0", "-1", "1e400", "NaN", "20221332", "2022", "99999999999999999999", "20220230", "99991231235959-2359",
         "20220101120000+2500", "true", "null", "urn:oid:", "#", "#nowhere", "a" * 5000, "\u202e", "Ǻ𝔘\u200f",
         "<script>alert(1)</script>", "&amp;lt;", "../../etc/passwd", "2.16.840.1.113883.6.96", "http://[", "Z͑ͫ̓ͪ̂ͫ", "%s%n{}", "'; DROP TABLE x;--")
XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"


def mutated(seed: bytes, chance: Random, naughty: tuple[str, ...] = TEXTS) -> bytes:
    """The seed with one to four mutations; in one case out of eight also with broken bytes."""
    root = etree.fromstring(seed)
    for _ in range(chance.randint(1, 4)):
        elements = [e for e in root.iter() if isinstance(e.tag, str) and e is not root]
        if elements:
            chance.choice(MUTATIONS)(chance.choice(elements), elements, chance, naughty)
    data = etree.tostring(root, xml_declaration=True, encoding=chance.choice(("utf-8", "utf-8", "utf-16", "iso-8859-1")))
    return _broken(data, chance) if chance.random() < 0.125 else data


def _remove(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    element.getparent().remove(element)


def _double(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    element.addnext(deepcopy(element))


def _move(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    """A copy of it somewhere else."""
    chance.choice(elements).append(deepcopy(element))


def _attribute(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    """Another value of one of its attributes."""
    if element.attrib:
        element.set(chance.choice(list(element.attrib)), _printable(chance.choice(naughty)))


def _drop_attribute(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    if element.attrib:
        del element.attrib[chance.choice(list(element.attrib))]


def _text(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    element.text = _printable(chance.choice(naughty))


def _null(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    element.set("nullFlavor", chance.choice(NULLS))


def _type(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    element.set(XSI, chance.choice(TYPES))


def _rename(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    element.tag = chance.choice(elements).tag


def _negate(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    element.set("negationInd", chance.choice(("true", "false", "1", "yes")))


def _nest(element: etree._Element, elements: list, chance: Random, naughty: tuple[str, ...]) -> None:
    """Fifty levels deeper."""
    inner = element
    for _ in range(50):
        inner = etree.SubElement(inner, element.tag)


MUTATIONS = (_remove, _remove, _double, _move, _attribute, _attribute, _attribute, _drop_attribute, _text, _null, _type,
             _rename, _negate, _nest)


def _broken(data: bytes, chance: Random) -> bytes:
    """Cut off, or with some bytes changed."""
    if chance.random() < 0.5:
        return data[:chance.randrange(len(data))]
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


def _printable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF)))


def faults(data: bytes, check: Callable[[dict], list] = validate) -> Iterator[str]:
    """What is not as it must be: a crash, no line, an untyped issue, an invalid resource, nothing said, too slow."""
    begin = time.process_time()
    try:
        found = list(messages("mutant.xml", data, Chosen()))
    except Exception as e:
        yield f"crash: {type(e).__name__} {e}"
        return
    if (seconds := time.process_time() - begin) > SECONDS:
        yield f"slow: {seconds:.1f} s"
    if not found:
        yield "no line"
    for one in found:
        mapped = one.result.mapped
        yield from (f"issue: {i.code} {i.message}" for i in mapped.issues if i.code == "internal-error" or i.code not in codes())
        yield from (f"invalid: {r['resourceType']} {i.message}" for r in mapped.resources for i in check(r)
                    if i.severity in ("error", "fatal"))
        if not mapped.resources and not any(i.severity in ("error", "fatal") for i in mapped.issues):
            yield "nothing made and nothing said"
