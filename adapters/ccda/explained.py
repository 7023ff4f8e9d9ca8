"""Leaves that the format itself explains; what a mapping takes all the same counts as mapped."""

from collections.abc import Set

from adapters.ccda.datatypes.parts import assigns_numbers
from adapters.ccda.named import is_told
from adapters.ccda.recognise import STATEMENTS
from adapters.ccda.tree import Document, Element
from gateway.sdk import Tally

_FIXED = {"classCode": "structure: the class of an act or role", "moodCode": "structure: the mood of an act",
          "typeCode": "structure: how two acts belong together", "determinerCode": "structure: instance or kind",
          "contextControlCode": "structure: how context is passed on",
          "contextConductionInd": "structure: passes context on",
          "inversionInd": "structure: direction of a relationship",
          "independentInd": "structure: stands for itself or not", "xsi:type": "names the data type of a value",
          "xsi:schemaLocation": "names a schema file", "xsi:nil": "says that nothing is there",
          "nullFlavor": "says why nothing is there", "mediaType": "format of a text",
          "representation": "how a text is written", "codeSystemName": "name of the code system",
          "codeSystemVersion": "version of the code system", "sdtc:valueSet": "names a value set",
          "sdtc:valueSetVersion": "names a value set", "assigningAuthorityName": "name of who assigns the number",
          "operator": "how parts of a time add up", "institutionSpecified": "times by the habits of the institution",
          "ID": "an anchor for references", "xml:space": "structure: blanks count", "codeSystem": "system of a code",
          "displayName": "name of a code"}
_PARTS = {"templateId": "names a template", "typeId": "names the version of CDA", "realmCode": "names the realm",
          "languageCode": "language of the document", "sequenceNumber": "order of presentation"}


# Parts of an entry that are no fact of their own: their code, state and number say nothing more.
_PIECES = frozenset(("severity", "criticality", "allergy-status", "problem-status", "age", "reaction", "indication",
                     "comment", "free-text-sig", "instruction", "series", "refusal", "diagnosed", "family-death",
                     "supply-order", "allergy-concern", "problem-concern", "health-concern", "encounter-diagnosis",
                     "discharge-diagnosis", "admission-diagnosis", "operative-diagnosis", "coverage", "vitals-panel",
                     "priority", "birth-sex", "gender-identity", "tribal-affiliation", "nothing"))
_SAID = {"id": "number of a part of an entry", "code": "says which part of an entry it is",
         "statusCode": "state of a part of an entry", "effectiveTime": "time of a part of an entry"}
REGISTER = "names a register of numbers, and no number"
_MAYBE = frozenset(("reference", *_SAID))
_ASSERTED = frozenset(("problem", "allergy"))  # their code says only that something is asserted
_KINDS = frozenset(("code", "statusCode"))


def explained(document: Document) -> list[str | None]:
    """Why each leaf needs no mapping, in their order; nothing where nothing says so."""
    found: list[str | None] = []
    for element in document.elements:
        if attributes := element.attributes:
            name = element.name
            if part := _whole(name):
                found += [part] * len(attributes)
            elif name in _MAYBE and (part := _piece(element)):
                found += [f"ccda: {part}"] * len(attributes)
            else:
                found += map(_said, attributes)
        if element.text:
            found.append(None)
    return found


def tally(document: Document, reached: Set[str]) -> Tally:
    """How all leaves ended, as `explained` has it, without a reason for each."""
    mapped = ignored = 0
    unmapped: list[str] = []
    for element in document.elements:
        path = element.path
        if attributes := element.attributes:
            name, at = element.name, path + "/@" if path else "@"
            whole = name in _PARTS or (name in _MAYBE and bool(_piece(element)))
            for attribute in attributes:
                if at + attribute in reached:
                    mapped += 1
                elif whole or attribute in _FIXED:
                    ignored += 1
                else:
                    unmapped.append(at + attribute)
        if element.text:
            if path in reached:
                mapped += 1
            else:
                unmapped.append(path)
    return Tally(mapped, ignored, unmapped)


_whole = {name: f"ccda: {reason}" for name, reason in _PARTS.items()}.get
_said = {name: f"ccda: {reason}" for name, reason in _FIXED.items()}.get


def _piece(element: Element) -> str:
    """Why a leaf of a part says nothing more, "" where it may."""
    above, name = element.parent, element.name
    if above is None:
        return ""
    if name == "reference":
        return "points to the narrative, which is kept" if above.name in ("text", "originalText") else ""
    labels = above.labels
    if name == "id":
        if "extension" not in element.attributes and assigns_numbers(element.attributes.get("root", "")):
            return REGISTER
        if not labels and above.name in STATEMENTS and not is_told(above):
            return "names what is told elsewhere"
    if labels and not (labels.isdisjoint(_PIECES) and (name not in _KINDS or labels.isdisjoint(_ASSERTED))):
        return _SAID[name]
    return ""
