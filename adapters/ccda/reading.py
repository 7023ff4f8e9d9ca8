"""Bytes to a tree of elements: hardened lxml, no DTD, no entities, no network, bounds on size and depth (CDA-10).

lxml's own tree is turned into light elements at once: they know their place in words, and what is only narrative stays
one leaf with its markup beside it.
"""

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from adapters.ccda.denied import spell_negations
from adapters.ccda.recognise import recognise
from adapters.ccda.repair import is_misnamed, repaired
from adapters.ccda.spelled import respelled
from adapters.ccda.tree import EMPTY, GROUPS, NOWHERE, UNLABELLED, Document, Element, spoken
from gateway.errors import BadMessage, Issue, Severity, error

MAX_BYTES = 100 << 20
MAX_DEPTH = 200
MAX_ELEMENTS = 1_000_000
MAX_ATTRIBUTES = 500
MAX_DOCUMENTS = 1000  # in one envelope
V3 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES = {V3: "", "": "", "urn:hl7-org:sdtc": "sdtc:", XSI: "xsi:", "http://www.w3.org/XML/1998/namespace": "xml:",
            # HL7's extension for medicines, under the three names that it had
            **dict.fromkeys(("urn:hl7-org:pharm", "urn:ihe:pharm:medication", "urn:epsos-org:ep:medication"),
                            "pharm:")}
_KEPT, _LONG = 2048, 100  # names that are kept, of so many characters
_spelled = etree.XPath("string()", smart_strings=False)
_PLAIN_TEXT = 10_000_000  # beyond it libxml2 wants `huge_tree`, which also lifts its other guards
_STRIDE = MAX_ATTRIBUTES * len(' a=""') // 2      # too many attributes leave one of so many bytes without a "<"
_OPENED = re.compile(rb"<(?:[\w.-]+:)?ClinicalDocument[\s>/]")
_NAMELESS = re.compile(r" \(<string>, line \d+\)$")
_LINE, _NAME = b"\n", b"ClinicalDocument"
_DOCTYPE = re.compile(rb"(?:[^<]|<\?.*?\?>|<!--.*?-->)*+<!", re.DOTALL)  # before the root; below it, it is a text


def read_document(raw: bytes) -> Document:
    """One document as a tree. Raises BadMessage with line and reason, nothing else, for any bytes."""
    if len(raw) > MAX_BYTES:
        raise BadMessage(error("ccda-too-large", f"The document has {len(raw)} bytes, more than {MAX_BYTES}; its bytes "
                               "were kept, unread.", "line 1", "Ask for the document without its attachments."))
    _no_doctype(raw)
    top, remarks = _parsed(raw)
    _few_attributes(raw, top)
    roots = documents_in(top)
    if len(roots) != 1:
        raise BadMessage(error("ccda-root", f"The root is {top.tag[:80]!r}, not ClinicalDocument of {V3}, and "
                               f"{len(roots) or 'none'} stand in it; nothing was read.", f"line {top.sourceline}",
                               "Check what the source sends."))
    root = roots[0]
    if root is not top:
        remarks.append(Issue("ccda-wrapped", Severity.information, f"The document stands inside {top.tag[:80]!r}; it "
                             "was read, what lies around it was kept with its bytes only.", f"line {root.sourceline}",
                             "Nothing needs to be done."))
    if etree.QName(root).namespace is None:
        remarks.append(Issue("ccda-namespace", Severity.warning, f"The document does not name the namespace {V3}; it "
                             "was read as if it did.", f"line {root.sourceline}", "Correct the sender."))
    document = Document(raw, ())
    _build(document, root)
    _of_one_patient(document)
    denied = spell_negations(document)
    document.remarks = (*_missing(document), *remarks, *denied, *respelled(document))
    recognise(document)
    return document


def documents_in(top: etree._Element) -> list[etree._Element]:
    """The documents that an element is or holds, none that lies inside another."""
    names = (f"{{{V3}}}ClinicalDocument", "ClinicalDocument")
    if top.tag in names:
        return [top]
    return [e for e in top.iter(*names) if not any(a.tag in names for a in e.iterancestors())]


def separated(raw: bytes) -> Iterator[bytes]:
    """The bytes of each document where several stand in one envelope, every line with its number; else all as it is.

    Each keeps the outermost element around it, so that it is seen to have stood in one.
    """
    roots: list[etree._Element] = []
    if len(raw) <= MAX_BYTES and _opens_several(raw.replace(b"\0", b"") if b"\0" in raw[:64] else raw):
        try:
            _no_doctype(raw)
            top, _ = _parsed(raw)
            roots = documents_in(top)
        except BadMessage:
            roots = []
    if not 1 < len(roots) <= MAX_DOCUMENTS:
        yield raw
        return
    for root in roots:
        shell = etree.Element(top.tag, dict(top.attrib), nsmap=top.nsmap)
        shell.text = "\n" * ((root.sourceline or 1) - 1)
        shell.append(deepcopy(root))
        shell[0].tail = None
        yield etree.tostring(shell, encoding="UTF-8")


def _opens_several(plain: bytes) -> bool:
    if plain.count(_NAME) == 2 and plain[-64:].rstrip().endswith(_NAME + b">"):
        return False            # the name opens one and closes it, as it mostly does
    return len(_OPENED.findall(plain)) > 1


def _no_doctype(raw: bytes) -> None:
    plain = raw.replace(b"\0", b"") if b"\0" in raw[:64] else raw
    if found := _DOCTYPE.match(plain):
        raise BadMessage(error("ccda-doctype", "The document brings a DOCTYPE or entities of its own, which can hide "
                               "or multiply content; it was not read, its bytes were kept.",
                               f"line {found[0].count(_LINE) + 1}",
                               "Ask the sender for documents without DOCTYPE."))


def _few_attributes(raw: bytes, root: etree._Element) -> None:
    """Raises BadMessage where an element has more attributes than any needs: lxml reads n of them in n² steps."""
    if len(raw) <= _PLAIN_TEXT and all(raw.find(b"<", n, n + _STRIDE) >= 0
                                       for n in range(0, len(raw) - _STRIDE, _STRIDE)):
        return
    found = next((e for e in root.iter() if len(e.attrib) > MAX_ATTRIBUTES), None)
    if found is not None:
        raise BadMessage(error("ccda-too-deep", f"An element has more than {MAX_ATTRIBUTES} attributes; nothing was "
                               "read, the bytes were kept.", f"line {found.sourceline}",
                               "Check what the source sends."))


_TEXTS = frozenset(("text", "originalText", "value"))
_INLINE = frozenset("content paragraph br p b i u em strong span sub sup linkHtml".split())

# Header parts without which a document says of nobody, or nowhere in time, what it says (US Realm Header).
_HEADER = {"recordTarget": Severity.error, "id": Severity.warning, "effectiveTime": Severity.warning,
           "code": Severity.warning, "author": Severity.warning, "custodian": Severity.warning}


def _of_one_patient(document: Document) -> None:
    """Raises BadMessage when the document is of several people: which entry is about whom cannot be told."""
    roles = [r for t in document.root.all("recordTarget") for r in t.all("patientRole")]
    people = {_person(r) for r in roles} if len(roles) > 1 else set()
    if len(people) > 1:
        raise BadMessage(error("ccda-patients", f"The document names {len(people)} patients; which entry is about whom "
                               "cannot be told. Nothing was read, its bytes were kept.", roles[1].where,
                               "Ask the sender for one document for each patient."))


def _person(role: Element) -> tuple[str, ...]:
    """Names and birth date, as far as they are told."""
    patient = role.first("patient")
    parts = [p for n in patient.all("name")[:1] for p in n.children] if patient is not None else []
    born = patient.first("birthTime") if patient is not None else None
    return (*(p.text.casefold() for p in parts if p.name in ("given", "family")),
            born.attributes.get("value", "")[:8] if born is not None else "")


def _missing(document: Document) -> list[Issue]:
    return [Issue("ccda-header", severity, f"The document has no {name}, which CDA requires. What hangs on it was left "
                  "out; the bytes were kept.", f"ClinicalDocument (line {document.root.line})", "Correct the sender.")
            for name, severity in _HEADER.items() if document.root.first(name) is None]


def _parsed(raw: bytes) -> tuple[etree._Element, list[Issue]]:
    """The root, and what had to be put right: letters, and prefixes that are declared nowhere."""
    try:
        if not is_misnamed(raw):
            return etree.fromstring(raw, _parser(raw)), []
        return _recovered(*repaired(raw))
    except (etree.XMLSyntaxError, ValueError) as e:
        data, remarks = repaired(raw)
        _no_doctype(data)
        try:
            return _recovered(data, remarks)
        except (etree.XMLSyntaxError, ValueError):
            line = getattr(e, "lineno", None) or 1
            raise BadMessage(error(
                "ccda-not-xml", f"The document is no well-formed XML: {_reason(e)}. Nothing was read, its bytes were "
                "kept.", f"line {line}", "Correct the sender, then replay.")) from e


def _recovered(data: bytes, remarks: list[Issue]) -> tuple[etree._Element, list[Issue]]:
    """The root of repaired bytes; a prefix that is declared nowhere is read by its name. Raises XMLSyntaxError."""
    parser = _parser(data)
    try:
        return etree.fromstring(data, parser), remarks
    except etree.XMLSyntaxError as e:        # whose own log holds what was wrong with other documents, too
        if any(x.type_name != "NS_ERR_UNDEFINED_NAMESPACE" for x in parser.error_log) or e.lineno is None:
            raise
        said = Issue("ccda-prefix", Severity.warning, f"A prefix is used that is declared nowhere: {_reason(e)}. It "
                     "was read by its name.", f"line {e.lineno}", "Correct the sender.")
        return etree.fromstring(data, _parser(data, recover=True)), [*remarks, said]


def _reason(e: Exception) -> str:
    """What the parser says, without its word for bytes that have no name: ` (<string>, line 7)`."""
    return _NAMELESS.sub("", " ".join(str(e).split()))[:160]


def _parser(raw: bytes, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True,
                           remove_comments=True, huge_tree=len(raw) > _PLAIN_TEXT, recover=recover)


def _build(document: Document, root: etree._Element) -> None:
    """Elements in document order."""
    top = document.root = Element()
    top.document, top.parent, top.name, top.number, top.path = document, None, "ClinicalDocument", 1, ""
    top.line, top.attributes, top.text = root.sourceline or 0, _kept(root), (root.text or "").strip()
    top.labels, top.markup, top.group, top.place, top.groups, top.heads = UNLABELLED, None, 0, None, None, None
    document.elements.append(top)
    if "nullFlavor" in top.attributes:
        document.unsaid.append(top)
    _fill(document, top, root, 1)


def _fill(document: Document, parent: Element, source: etree._Element, depth: int) -> None:
    """The children of an element and all below them. Raises BadMessage.

    What an element is made of is set here, without a call for each: this is the most of what reading takes.
    """
    children: list[Element] = []
    named: dict[str, list[Element]] = {}
    parent.children, parent.named = children, named
    above = f"{parent.path}/" if parent.path else ""
    elements, inside = document.elements, parent.name == "section"
    first = len(elements)
    if depth > MAX_DEPTH or first + len(source) > MAX_ELEMENTS:
        raise _too_deep(source[0])
    for child in source:
        element = Element()
        element.document = document
        element.parent = parent
        element.name = name = _names[child.tag]
        element.line = child.sourceline or 0
        if name in named:
            same = named[name]
            same.append(element)
            element.number = number = len(same)
            element.path = f"{above}{name}[{number}]"
        else:
            named[name] = [element]
            element.number = 1
            element.path = above + name
        element.labels = UNLABELLED
        element.markup = None
        element.group = 0
        element.inside = NOWHERE
        element.place = element.groups = element.heads = None
        if attributes := child.items():
            said = element.attributes = {}
            for key, text in attributes:
                if text := text.strip():
                    said[_names[key]] = text
            if "nullFlavor" in said:
                document.unsaid.append(element)
        else:
            element.attributes = EMPTY
        children.append(element)
        elements.append(element)
        if name in GROUPS:
            document.grouping.append(element)
            element.group = len(document.grouping)
            if name == "section":
                element.path = document.section(_code(child))
        if name in _TEXTS and ((inside and name == "text") or (len(child) and _marked_up(child, name))):
            element.markup = child
            element.text = (_spelled(child) if inside else spoken(child)).strip()
            element.children, element.named = (), EMPTY
        else:
            text = child.text
            element.text = text.strip() if text else ""
            if len(child):
                _fill(document, element, child, depth + 1)
            else:
                element.children, element.named = (), EMPTY
        if (tail := child.tail) and not tail.isspace():
            parent.text = f"{parent.text} {tail.strip()}".strip()
    if len(elements) > MAX_ELEMENTS:
        raise _too_deep(source)
    parent.inside = slice(first, len(elements))


def _too_deep(child: etree._Element) -> BadMessage:
    return BadMessage(error("ccda-too-deep", f"Elements lie more than {MAX_DEPTH} deep or are more than "
                            f"{MAX_ELEMENTS}; nothing was read, the bytes were kept.", f"line {child.sourceline}",
                            "Check what the source sends."))


def _code(section: etree._Element) -> str:
    """The code of a section, "" when it has none."""
    code = next((c for c in section if _names[c.tag] == "code"), None)
    return _kept(code).get("code", "") if code is not None else ""


def _marked_up(child: etree._Element, name: str) -> bool:
    """Is a text of an entry narrative, too? One that only refers to it has a child `reference` and nothing else."""
    found = {c.tag.rpartition("}")[2] for c in child}
    return found != {"reference"} if name == "text" else not found.isdisjoint(_INLINE)


def _kept(element: etree._Element) -> dict[str, str]:
    """The attributes that say something."""
    return {_names[k]: text for k, v in element.items() if (text := v.strip())}


class _Names(dict[str, str]):
    """Names as paths have them, by lxml's; the usual ones are kept."""

    def __missing__(self, tag: str) -> str:
        space, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
        prefix = PREFIXES.get(space)
        name = f"{{{space}}}{local}" if prefix is None else prefix + local
        if len(self) < _KEPT and len(tag) <= _LONG:
            self[tag] = name
        return name


_names = _Names()
