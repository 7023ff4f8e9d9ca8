"""How elements are resolved: which belong together, which lists are united, which follow another."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

_CHOICES = ("value", "effective", "onset", "abatement", "performed", "occurrence", "deceased", "multipleBirth",
            "medication", "timing", "reported", "statusReason", "product", "serviced", "born", "age", "start", "due",
            "subject", "location", "event", "topic", "scheduled", "asNeeded", "content", "source", "legallyBinding")
_TYPES = ("Age|Annotation|Attachment|Base64Binary|Boolean|CodeableConcept|Coding|Date|DateTime|Decimal|Duration|"
          "Identifier|Instant|Integer|Money|Period|PositiveInt|Quantity|Range|Ratio|Reference|SampledData|String|Time|"
          "Timing|Uri|Url")
_CHOICE = re.compile(rf"({'|'.join(_CHOICES)})(?:{_TYPES})")
# Elements that stand for the same question as a choice does.
_RESULT = frozenset({"component", "dataAbsentReason"})
# What stands beside a value and is none.
_BESIDE = frozenset({"id", "extension"})


@cache
def slot(name: str) -> str:
    """The question that an element answers: `value` for valueQuantity, `birthDate` for birthDate and _birthDate."""
    plain = name.removeprefix("_")
    choice = _CHOICE.fullmatch(plain)
    return choice[1] if choice else "value" if plain in _RESULT else plain


def tells(name: str, body: Mapping[str, Any]) -> bool:
    """Does a body answer the question? An extension alone (why there is no value, say) is no answer."""
    return any(slot(n) == name and not n.startswith("_") and not (isinstance(v, dict) and v.keys() <= _BESIDE)
               for n, v in body.items())


# Lists whose members stand for themselves. All others are one answer and never blended.
UNITED = frozenset({
    "identifier", "name", "telecom", "address", "contact", "communication", "photo", "link", "generalPractitioner",
    "category", "note", "performer", "participant", "reaction", "reasonCode", "reasonReference", "basedOn", "partOf",
    "derivedFrom", "hasMember", "evidence", "complication", "followUp", "usedCode", "usedReference", "diagnosis",
    "education", "supportingInformation", "location", "type", "insurance", "media", "imagingStudy", "securityLabel",
    "qualification", "alias", "specialty", "udiCarrier", "payor", "class", "focalDevice", "episodeOfCare", "account",
    "relatesTo", "detail", "eventHistory", "informationSource", "endpoint", "availableTime"})

# Type → element → the answer that it belongs to: it is shown only from facts that give the answer that is shown.
FOLLOWS = {
    "Observation": {"interpretation": "value", "referenceRange": "value"},
    "Condition": {"abatement": "clinicalStatus"},
    **{type: {"statusReason": "status"} for type in (
        "Immunization", "Procedure", "MedicationStatement", "MedicationRequest", "MedicationAdministration",
        "MedicationDispense", "Communication", "Task")},
}
