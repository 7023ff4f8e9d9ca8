"""What a document says of itself that cannot be: codes that no system has, templates that nobody knows, no body.

Each is a remark with its place; what it belongs to was read all the same, by its place where its template is unknown.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from adapters.ccda.recognise import STATEMENTS
from adapters.ccda.tree import Document, Element
from adapters.ccda.unsaid import unsaid
from gateway.sdk import Issue, Severity

_LOINC, _LOINC_OID = re.compile(r"\d{1,7}-\d", re.ASCII), "2.16.840.1.113883.6.1"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*", re.ASCII)
_CONFIDENTIALITY = frozenset("U L M N R V B D I C S T ETH HIV PSY SDV".split())
_SEX = frozenset("F M UN UNK U O A N".split())
# How the roots of HL7's CDA templates look: those of CCD R1 have one number behind their arc, C-CDA's two or three.
# What lies in HL7's arc and looks otherwise is nobody's; roots of other organisations are not judged.
_HL7 = "2.16.840.1.113883.10.20."
_ISSUED = re.compile(r"1\.\d+|22\.\d+(?:\.\d+){1,2}|(?!1\.|22\.)\d+(?:\.\d+){0,5}", re.ASCII)
_ASKED = {"name": "name", "administrativeGenderCode": "sex", "birthTime": "birth"}
# ActStatus, and what senders take from its neighbours.
_STATES = frozenset("active completed aborted cancelled canceled held suspended new nullified obsolete normal final "
                    "corrected preliminary inactive resolved ready".split())
_OF_LOINC = re.compile(r"\d{1,7}-\d|(?:LA|LL|LP|LG)\d+-\d|MTHU\d+", re.ASCII)
_HEADER_CODES = (("confidentialityCode", _CONFIDENTIALITY.__contains__), ("languageCode", _LANGUAGE.fullmatch))
# Sections whose entries and narrative are held against each other: LOINC code → what their entries are.
_LISTS = {"48765-2": "allergy", "11450-4": "problem", "10160-0": "medication", "11369-6": "immunization"}
_NOTHING = re.compile(
    r"\bno (?:known |current |active |reported )+(?:allerg(?:y|ies)|problems?|medications?|medicines?)\b"
    r"|\bno (?:immunizations|medications|allergies|problems) (?:known|recorded|on file)|^\W*none\W*$", re.IGNORECASE)
_SHORT = 200                         # longer narratives may deny one thing and list others
_DENIAL = re.compile(r"\b(?:no|not|none|non|nk\w?a|kein\w*|aucun\w*|nessun\w*)\b|n['’]t\b|negative|denie[sd]|refus"
                     r"|declin|without|unknown|absent|never", re.IGNORECASE)
# SNOMED CT codes that say that there is nothing, or nothing in particular: entries with them contradict no "none".
_ABSENCES = frozenset("55607006 64572001 160244002 160245001 182904002 409137002 428197003 428607008 429625007 "
                      "716186003 787480003 787481004 1003774007".split())
_UID = re.compile(r"[0-2](?:\.\d+)+|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_TEMPLATED = ("section", *sorted(STATEMENTS))
_SNOMED = "2.16.840.1.113883.6.96"   # in which some realms say how confidential a document is


def checked(document: Document) -> Iterator[Issue]:
    """Everything that is not as CDA has it."""
    root = document.root
    for name, known in _HEADER_CODES:
        element = root.first(name)
        if element is None or element.attributes.get("codeSystem") == _SNOMED:
            continue
        if (code := element.attributes.get("code")) and not known(code):
            yield _unknown_code(element, code)
    for sex in document.by_name.get("administrativeGenderCode", ()):
        if (code := sex.attributes.get("code")) and code not in _SEX and not sex.all("translation"):
            yield _unknown_code(sex, code)
    yield from _patient(root)
    yield from _codes(document)
    yield from _systems(document)
    yield from _times(document)
    for section in document.by_name.get("section", ()):
        yield from _section(section, document.by_label)
    yield from _templates(document)
    for entry in document.of_others:
        yield _remark("ccda-subject", f"This {entry.name} is about somebody other than the patient; it was not taken "
                      "for the patient's, its narrative was kept.", entry)
    if not document.by_name.get("structuredBody") and not document.by_name.get("nonXMLBody"):
        yield _remark("ccda-body", "The document has no body; only its header was read.", root)


def _patient(root: Element) -> Iterator[Issue]:
    """What CDA asks of a patient and nothing is said of, not even that it is not known."""
    for role in (r for t in root.all("recordTarget") for r in t.all("patientRole")):
        patient = role.first("patient")
        parts = [(role, "id"), *([(patient, n) for n in _ASKED] if patient is not None else [(role, "patient")])]
        for holder, name in parts:
            if holder.first(name) is None:
                yield _remark("ccda-header", f"Nothing is said of the patient's {_ASKED.get(name, name)}: the element "
                              f"{name} is missing.", holder)


def _codes(document: Document) -> Iterator[Issue]:
    """States that CDA has not, codes that LOINC cannot have, references that lead nowhere: each once."""
    told: set[str] = set()
    for state in document.by_name.get("statusCode", ()):
        code = state.attributes.get("code", "")
        if code and code not in told and code.lower() not in _STATES:
            told.add(code)
            yield _unknown_code(state, code)
    for coded in document.by_name.get("code", ()):
        said = coded.attributes
        if said.get("codeSystem") == _LOINC_OID and (code := said.get("code", "")) and code not in told \
                and not _OF_LOINC.fullmatch(code) and coded.parent is not None and coded.parent.name != "section":
            told.add(code)
            yield _unknown_code(coded, code)
    lost = [r for t in document.by_name.get("originalText", ()) if not t.text for r in t.all("reference")
            if (id := r.attributes.get("value", "")) and not document.narrates(id.removeprefix("#"))]
    if lost:
        count = "1 entry refers" if len(lost) == 1 else f"{len(lost)} entries refer"
        yield _remark("ccda-reference", f"{count} to words of the narrative that are not there, "
                      f"first {lost[0].attributes['value'][:60]!r}.", lost[0])


def _systems(document: Document) -> Iterator[Issue]:
    """Code systems that are no OID and no UUID, each once; values of observations that do not say of which type."""
    told: set[str] = set()
    for name in ("code", "value", "translation"):
        for coded in document.by_name.get(name, ()):
            system = coded.attributes.get("codeSystem", "")
            if system and system not in told:
                told.add(system)
                if not _UID.fullmatch(system):
                    yield _remark("ccda-code", f"{system[:60]!r} is the number of no code system.", coded)
    bare = [v for v in document.by_name.get("value", ()) if v.attributes.keys().isdisjoint(("xsi:type", "nullFlavor"))
            and v.parent is not None and v.parent.name == "observation"]
    if bare:
        yield _remark("ccda-untyped", f"{len(bare)} value{'s' * (len(bare) > 1)} of an observation without a type; "
                      "read as what it looks like.", bare[0])


def _times(document: Document) -> Iterator[Issue]:
    """Problems and allergies that end before they begin; of other times that is told where they are read."""
    for label in ("problem", "allergy"):
        for observation in document.by_label.get(label, ()):
            for time in observation.all("effectiveTime"):
                low, high = ("".join(h.attributes.get("value", "")[:8] for h in time.all(n)) for n in ("low", "high"))
                shared = min(len(low), len(high))
                if low[:shared] > high[:shared]:
                    yield _remark("ccda-period", f"This {label} ends before it begins; both times were kept.", time)


def _section(section: Element, by_label: "dict[str, list[Element]]") -> Iterator[Issue]:
    code = section.first("code")
    text = code.attributes.get("code", "") if code is not None else ""
    if code is not None and text and code.attributes.get("codeSystem") == _LOINC_OID and not _LOINC.fullmatch(text):
        yield _unknown_code(code, text)
    yield from _contradicted(section, text, by_label)
    if text == "48765-2" and (more := unsaid(section)):
        yield _remark("ccda-narrative-more", f"The narrative lists {len(more)} that no entry tells, first "
                      f"{more[0][:80]!r}; the narrative was kept, nothing was made of it.",
                      section.first("text") or section)


def _contradicted(section: Element, code: str, by_label: "dict[str, list[Element]]") -> Iterator[Issue]:
    """The narrative says that there is nothing and an entry that there is something, or the other way round."""
    label, text = _LISTS.get(code, ""), section.first("text")
    own = [e for e in by_label.get(label, ()) if section in e.above()]
    if not own:
        return
    words = " ".join(text.text.split()) if text is not None else ""
    if not words:
        yield _remark("ccda-narrative", "The section has entries and no narrative; its entries were read.", section)
    if text is None or not words:
        return
    denied = [e for e in own if _denies(e)]
    none = _NOTHING.search(words) if len(words) < _SHORT else None
    if none and len(denied) < len(own):
        yield _remark("ccda-narrative", f"The narrative says {none[0]!r}, {len(own) - len(denied)} of its entries say "
                      "something else; both were kept.", text)
    elif len(denied) == len(own) and not _DENIAL.search(words):
        yield _remark("ccda-narrative", f"Every entry denies something, the narrative does not: {words[:80]!r}. Both "
                      "were kept.", text)


def _denies(entry: Element) -> bool:
    value = entry.first("value")
    said = (value, *value.all("translation")) if value is not None else ()
    return entry.attributes.get("negationInd") == "true" or any(c.attributes.get("code") in _ABSENCES for c in said)


def _templates(document: Document) -> Iterator[Issue]:
    for name in _TEMPLATED:
        for element in document.by_name.get(name, ()):
            for template in element.all("templateId"):
                if (root := template.attributes.get("root")) and _issued(root):
                    break
            else:
                roots = dict.fromkeys(r for t in element.all("templateId") if (r := t.attributes.get("root", "")))
                if roots:
                    yield _remark("ccda-template", f"No template of this {name} is known: {', '.join(roots)[:200]}. It "
                                  "was read by its place, and its narrative kept.", element)


@lru_cache(1024)
def _issued(root: str) -> bool:
    return not root.startswith(_HL7) or bool(_ISSUED.fullmatch(root.removeprefix(_HL7)))


def _unknown_code(element: Element, code: str) -> Issue:
    return _remark("ccda-code", f"{code[:60]!r} is no code of the system that it should be of.", element)


def _remark(code: str, message: str, element: Element) -> Issue:
    return Issue(code, Severity.warning, message, element.where, "Correct the sender.")
