"""Allergies: what a negated statement means, and where the severity and criticality stand (CDA-05)."""

from typing import Any

from adapters.ccda.datatypes.codes import CD
from adapters.ccda.datatypes.narrative import said
from adapters.ccda.datatypes.parts import element
from adapters.ccda.tree import Element, Place
from gateway.sdk import Context, Value, because, first, full

SNOMED = "http://snomed.info/sct"
# What is denied when nothing is named, by the kind of allergy → the negative statement of SNOMED CT.
NONE_KNOWN = {
    "419199007": ("716186003", "No known allergy"),
    "420134006": ("716186003", "No known allergy"),
    "418038007": ("716186003", "No known allergy"),
    "416098002": ("409137002", "No known drug allergy"),
    "419511003": ("409137002", "No known drug allergy"),
    "59037007": ("409137002", "No known drug allergy"),
    "414285001": ("429625007", "No known food allergy"),
    "418471000": ("429625007", "No known food allergy"),
    "235719002": ("429625007", "No known food allergy"),
    "232347008": ("428607008", "No known environmental allergy"),
    "426232007": ("428607008", "No known environmental allergy"),
}
_BLANK = frozenset(("", "no known allergies", "none"))


def substance(place: Place, context: Context) -> dict[str, Any] | None:
    """Code of an allergy observation: its substance; the negative statement where it denies one without naming it."""
    allergy = element(place)
    named = _substance(allergy, context)
    negation, value = allergy.get("negationInd"), allergy.first("value")
    if negation is None or negation.content != "true":
        return named or _text(allergy) or (CD(value, context) if value is not None else None)
    if named and "coding" in named:
        return because(named, negation)
    kind = value.get("code") if value is not None else None
    code, display = NONE_KNOWN.get(str(kind.content) if kind else "", NONE_KNOWN["419199007"])
    coding = {"system": SNOMED, "code": code, "display": display}
    text = first(named["text"] if named else None, *(t["text"] for t in [_text(allergy)] if t))
    return because(full({"coding": [coding], "text": text}), negation, kind)


def denied(place: Place, context: Context, code: str = "refuted") -> Value | None:
    """`refuted`, or another code, where a named substance is denied: never a positive allergy."""
    allergy = element(place)
    negation, named = allergy.get("negationInd"), _substance(allergy, context)
    return (
        negation.to(code)
        if negation is not None and negation.content == "true" and named and "coding" in named
        else None
    )


def _substance(allergy: Element, context: Context) -> dict[str, Any] | None:
    found = None
    for participant in allergy.all("participant"):
        role = participant.first("participantRole")
        entity = role.first("playingEntity") if role is not None else None
        if entity is None:
            continue
        code, name = entity.first("code"), entity.first("name")
        concept = CD(code, context) if code is not None else None
        text = name.value if name is not None else None
        concept = concept or ({"text": text} if text else None)
        found = found or concept
    return found


def _text(allergy: Element) -> dict[str, Any] | None:
    """What the entry's own text says, where no substance is coded."""
    text = allergy.first("text")
    words = said(text) if text is not None else None
    return {"text": words} if words and str(words.content).strip().lower() not in _BLANK else None
