"""Entries of a template that are filled with nothing: senders write them where they have nothing to say."""

from adapters.ccda.sections import section_of
from adapters.ccda.tree import Element

NOTHING = "nothing"                  # label of such an entry
_LIST = frozenset(("problem", "allergy", "medication"))
_EVENTS = frozenset("46240-8 46241-6 11535-2 10219-4 10218-6 29299-5 59776-5 59769-0 55109-3".split())
_STATEMENTS = frozenset(("act", "encounter", "observation", "organizer", "procedure", "substanceAdministration",
                         "supply"))
# What says who told it, and by which template, number and state: not what it is about.
_AROUND = frozenset(("templateId", "id", "statusCode", "author", "performer", "informant"))
_SAYING = frozenset(("code", "value", "displayName", "extension", "root"))
# Codes that say which kind of statement this is: those of LOINC and HL7's acts, and of SNOMED CT these.
_KIND_SYSTEMS = frozenset(("2.16.840.1.113883.6.1", "2.16.840.1.113883.5.4", "2.16.840.1.113883.5.6", None))
_KINDS = frozenset("55607006 64572001 404684003 282291009 418799008 409586006 248536006 373930000 420134006 "
                   "419199007 416098002".split())


def says_nothing(statement: Element) -> bool:
    """Whether a statement names nothing, not even a time, nor hides it, nor denies all problems, allergies, medicines.

    A denial at an event, such as a visit without a diagnosis, denies nothing.
    """
    if _tells(statement):
        return False
    listed = not statement.labels.isdisjoint(_LIST) and section_of(statement) not in _EVENTS
    link = statement.parent
    concern = link.parent if link is not None and link.name == "entryRelationship" else None
    words = concern.all("text") if concern is not None and concern.name == "act" else []
    return not (listed and statement.attributes.get("negationInd") == "true") \
        and not any(t.text or t.children for t in words)


def _tells(statement: Element) -> bool:
    """Whether a statement tells something."""
    if statement.attributes.get("nullFlavor") == "MSK":
        return True
    for child in statement.children:
        if child.name not in _AROUND and not (child.name == "code" and _is_kind(statement, child)) and _says(child):
            return True
    return False


def _says(element: Element) -> bool:
    """Whether a part of a statement tells something, itself or below."""
    attributes = element.attributes
    if element.name == "reference" and _leads_nowhere(element):
        return False
    if element.text or not _SAYING.isdisjoint(attributes) or attributes.get("nullFlavor") == "MSK":
        return True
    for child in element.children:
        if _tells(child) if child.name in _STATEMENTS else child.name != "templateId" and _says(child):
            return True
    return False


def _leads_nowhere(reference: Element) -> bool:
    """Whether words of the narrative are meant that are not there, or are blank."""
    target = reference.attributes.get("value", "")
    found = reference.document.narrated(target.removeprefix("#"))
    return ":" not in target and not (found is not None and found.content)


def _is_kind(statement: Element, code: Element) -> bool:
    """Whether a code says only what kind of statement this is; of a procedure or result it says which one."""
    if statement.labels.isdisjoint(_LIST) and statement.name == "observation" and not statement.labels:
        return True                  # a part that was not recognised yet: its value tells
    return not statement.labels.isdisjoint(_LIST) and (
        code.attributes.get("codeSystem") in _KIND_SYSTEMS or code.attributes.get("code") in _KINDS)
