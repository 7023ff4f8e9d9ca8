"""Codes and template numbers that cannot be what they claim to be: said with their place, and read all the same.

No vocabulary is at hand that could tell every code; what is checked is the form that a system gives to its codes, the
few codes of the header's own systems, and the form of template numbers of the C-CDA and CCD registers.
"""

import re
from collections.abc import Iterator

from adapters.ccda.tree import Document, Element
from gateway.sdk import Issue, Severity

HL7 = "2.16.840.1.113883"
LOINC = f"{HL7}.6.1"
_FORMS = {
    LOINC: ("LOINC", re.compile(r"(?:L[A-Z])?\d{1,7}-\d", re.ASCII)),
    f"{HL7}.6.96": ("SNOMED CT", re.compile(r"[1-9]\d{5,17}", re.ASCII)),
    f"{HL7}.6.88": ("RxNorm", re.compile(r"\d{1,8}", re.ASCII)),
    f"{HL7}.12.292": ("CVX", re.compile(r"\d{1,3}", re.ASCII)),
    f"{HL7}.5.1": ("AdministrativeGender", re.compile(r"F|M|UN|UNK", re.ASCII)),
    f"{HL7}.5.25": ("Confidentiality", re.compile(r"[NRVLMU]|B|D|I|C|ETH|HIV|PSY|SDV|S|T", re.ASCII)),
}
_TEMPLATES = (f"{HL7}.10.20.1.", f"{HL7}.10.20.22.")
_TEMPLATE = re.compile(
    rf"{re.escape(HL7)}\.10\.20\.(?:1\.\d{{1,3}}|22\.\d{{1,2}}\.\d{{1,4}}(?:\.\d{{1,2}})?)", re.ASCII
)
MOST = 50


def odd(document: Document) -> Iterator[Issue]:
    """One warning for each such code or template number, at its first place; at most 50."""
    said: set[tuple[str, str]] = set()
    for element in document.elements:
        if len(said) == MOST:
            return
        found = _template(element) if element.name == "templateId" else _code(element)
        if found and found[0] not in said:
            said.add(found[0])
            yield Issue(
                found[1], Severity.warning, found[2], f"{element.path} (line {element.line})", "Correct the sender."
            )


def _code(element: Element) -> tuple[tuple[str, str], str, str] | None:
    system, code = element.attributes.get("codeSystem", ""), element.attributes.get("code", "")
    form = _FORMS.get(system)
    if not code or form is None or form[1].fullmatch(code):
        return None
    return (
        (system, code),
        "ccda-code",
        f"{code[:60]!r} is no code of {form[0]}; it was kept as it is and may mean nothing to a reader.",
    )


def _template(element: Element) -> tuple[tuple[str, str], str, str] | None:
    root = element.attributes.get("root", "")
    if not root.startswith(_TEMPLATES) or _TEMPLATE.fullmatch(root):
        return None
    return (
        ("", root),
        "ccda-template",
        f"The template {root[:80]} is not known; what it marks was read by its code, name and place.",
    )
