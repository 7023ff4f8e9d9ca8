"""Denials in another spelling or place than the guide has: read as written, they would be statements."""

from adapters.ccda.tree import Document, Element
from gateway.errors import Issue, Severity

_TRUTHS = {"1": "true", "0": "false"}  # XML has two spellings of each, programs have capitals, too


def spell_negations(document: Document) -> list[Issue]:
    """Take `negationInd="1"` or `True` as `true`, and the denial of a concern as one of what it is about.

    Read otherwise, a denial would be a statement.
    """
    around: list[Element] = []
    for element in document.grouping:
        if (said := element.attributes.get("negationInd")) is not None:
            small = said.lower()
            element.attributes = {**element.attributes, "negationInd": _TRUTHS.get(small, small)}
        if element.name == "act" and element.attributes.get("negationInd") == "true" and _is_concern(element):
            inner = [o for r in element.all("entryRelationship") if r.attributes.get("typeCode", "SUBJ") == "SUBJ"
                     for o in r.all("observation") if "negationInd" not in o.attributes]
            for observation in inner:
                observation.attributes = {**observation.attributes, "negationInd": "true"}
            around += [element] if inner else []
    return [Issue("ccda-negation", Severity.warning, f"{len(around)} acts are denied that hold what is denied; it was "
                  "read as denied itself.", around[0].where, "Correct the sender: the observation says so.")] \
        if around else []


def _is_concern(act: Element) -> bool:
    """Whether an act says nothing of its own but that it is a concern."""
    code = act.first("code")
    return code is None or code.attributes.get("code", "CONC") == "CONC"
