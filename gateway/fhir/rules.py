"""Invariants of R4 4.0.1 that compare values, and all invariants by group of elements.

The keys are those of the specification. What only warns there is left out, and so are the rules of a few
definitional resources that never reach a record (TestScript, StructureMap).
"""

import base64
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from gateway.fhir.elements import ELEMENTS
from gateway.fhir.invariants import Rule, declared

Json = dict[str, Any]
HL7 = "http://terminology.hl7.org/CodeSystem/"
URI_SCHEME = "urn:ietf:rfc:3986"
ALLERGY_VERIFICATION, CONDITION_VERIFICATION = HL7 + "allergyintolerance-verification", HL7 + "condition-ver-status"
CONDITION_CLINICAL = HL7 + "condition-clinical"
ENDED = ("resolved", "remission", "inactive")


def said(key: str, group: str, says: str) -> Callable[[Callable[[Json], bool]], Rule]:
    """Decorator: the rule of a function that is true where the invariant holds."""
    return lambda holds: Rule(key, group, says, holds)


def has_code(concept: Json | None, system: str, codes: tuple[str, ...]) -> bool:
    """True when a CodeableConcept holds one of the codes of a system."""
    return any(c.get("system") == system and c.get("code") in codes for c in (concept or {}).get("coding", []))


def all_of(node: Any, name: str) -> Iterator[Any]:
    """Every value of a name, at any depth."""
    if isinstance(node, dict):
        if name in node:
            yield node[name]
        for child in node.values():
            yield from all_of(child, name)
    elif isinstance(node, list):
        for child in node:
            yield from all_of(child, name)


def distinct(values: Iterator[Any] | list[Any]) -> bool:
    listed = list(values)
    return len(listed) == len(set(listed))


def later(a: str, b: str) -> bool:
    """True when dateTime `a` is later than `b` for certain: what is less precise is later only by what it says."""
    if "T" in a and "T" in b:
        try:
            return datetime.fromisoformat(a) > datetime.fromisoformat(b)
        except ValueError:  # a leap second, which Python's calendar does not have
            return False
    length = min(len(a.partition("T")[0]), len(b.partition("T")[0]))
    return a[:length] > b[:length]


def more(a: Json, b: Json) -> bool:
    """True when quantity `a` is more than `b` for certain, in the same unit."""
    same = all(a.get(k) == b.get(k) for k in ("system", "code", "unit"))
    return same and "value" in a and "value" in b and Decimal(a["value"]) > Decimal(b["value"])


def choice(value: Json, stem: str) -> Any:
    """The value of a choice, in whichever type."""
    return next((v for k, v in value.items() if k.startswith(stem) and k[len(stem):len(stem) + 1].isupper()), None)


@said("per-1", "Period", "the start is later than the end")
def per_1(value: Json) -> bool:
    return "start" not in value or "end" not in value or not later(value["start"], value["end"])


@said("rng-2", "Range", "the low value is above the high value")
def rng_2(value: Json) -> bool:
    return not more(value.get("low", {}), value.get("high", {}))


@said("tim-4", "Timing.repeat", "a duration or period is below zero")
def tim_4(value: Json) -> bool:
    return not any(value.get(name, 0) < 0 for name in ("duration", "period"))


@said("tim-9", "Timing.repeat", "an offset does not stand with meals as such (C, CM, CD, CV)")
def tim_9(value: Json) -> bool:
    return "offset" not in value or {"C", "CM", "CD", "CV"}.isdisjoint(value.get("when", []))


@said("att-size", "Attachment", "the size is not that of the data")
def att_size(value: Json) -> bool:
    return "size" not in value or "data" not in value or len(base64.b64decode(value["data"])) == value["size"]


@said("ident-uri", "Identifier", f"a value of the system {URI_SCHEME} is a URI with a scheme, such as urn:oid:1.2.3")
def ident_uri(value: Json) -> bool:
    return value.get("system") != URI_SCHEME or ":" in value.get("value", ":")


@said("ait-1", "AllergyIntolerance", "clinicalStatus may be missing only where it was entered in error")
def ait_1(value: Json) -> bool:
    return "clinicalStatus" in value or has_code(value.get("verificationStatus"), ALLERGY_VERIFICATION,
                                                 ("entered-in-error",))


@said("ait-2", "AllergyIntolerance", "what was entered in error has no clinicalStatus")
def ait_2(value: Json) -> bool:
    return "clinicalStatus" not in value or not has_code(value.get("verificationStatus"), ALLERGY_VERIFICATION,
                                                         ("entered-in-error",))


@said("con-4", "Condition", "an abatement stands only with a clinicalStatus of resolved, remission or inactive")
def con_4(value: Json) -> bool:
    return choice(value, "abatement") is None or has_code(value.get("clinicalStatus"), CONDITION_CLINICAL, ENDED)


@said("con-5", "Condition", "what was entered in error has no clinicalStatus")
def con_5(value: Json) -> bool:
    return "clinicalStatus" not in value or not has_code(value.get("verificationStatus"), CONDITION_VERIFICATION,
                                                         ("entered-in-error",))


@said("obs-7", "Observation", "a component has the code of the observation, which has a value of its own")
def obs_7(value: Json) -> bool:
    if choice(value, "value") is None or "component" not in value:
        return True
    own = value["code"].get("coding", [])
    return not any(coding in own for part in value["component"] for coding in part["code"].get("coding", []))


@said("org-2", "Organization", "an organisation has no home address and no home telephone")
def org_2(value: Json) -> bool:
    return not any(part.get("use") == "home" for name in ("address", "telecom") for part in value.get(name, []))


@said("mdd-1", "MedicationDispense", "handed over before it was prepared")
def mdd_1(value: Json) -> bool:
    both = "whenHandedOver" in value and "whenPrepared" in value
    return not both or not later(value["whenPrepared"], value["whenHandedOver"])


@said("lnk-1", "Linkage", "a linkage has more than one item")
def lnk_1(value: Json) -> bool:
    return len(value["item"]) > 1


@said("lst-2", "List", "deleted entries stand in lists of changes only, dates of entries in working lists only")
def lst_2(value: Json) -> bool:
    entries, mode = value.get("entry", []), value.get("mode")
    return (mode == "changes" or not any("deleted" in e for e in entries)) and (
        mode == "working" or not any("date" in e for e in entries))


@said("ras-2", "RiskAssessment.prediction", "a probability is at most 100")
def ras_2(value: Json) -> bool:
    return value.get("probabilityDecimal", 0) <= 100


@said("que-2", "Questionnaire", "every linkId stands once")
def que_2(value: Json) -> bool:
    return distinct(all_of(value.get("item", []), "linkId"))


@said("que-12", "Questionnaire.item", "several enableWhen need an enableBehavior")
def que_12(value: Json) -> bool:
    return len(value.get("enableWhen", [])) < 2 or "enableBehavior" in value


@said("que-13", "Questionnaire.item", "several initial values stand only where the item repeats")
def que_13(value: Json) -> bool:
    return len(value.get("initial", [])) < 2 or value.get("repeats") is True


@said("csd-1", "CodeSystem", "every code stands once")
def csd_1(value: Json) -> bool:
    return distinct(c.get("code") for group in all_of(value, "concept") for c in group)


@said("csd-content", "CodeSystem", "a code system without content has no concepts")
def csd_content(value: Json) -> bool:
    return value.get("content") != "not-present" or "concept" not in value


@said("vsd-system", "ValueSet.compose.include", "the system is an absolute URI")
def vsd_system(value: Json) -> bool:
    return ":" in value.get("system", ":")


@said("eld-13", "ElementDefinition", "every type stands once")
def eld_13(value: Json) -> bool:
    return distinct([t.get("code") for t in value.get("type", [])])


@said("eld-14", "ElementDefinition", "every key of a constraint stands once")
def eld_14(value: Json) -> bool:
    return distinct([c.get("key") for c in value.get("constraint", [])])


@said("eld-12", "ElementDefinition.binding", "a value set is named by a URL that begins with http or urn:")
def eld_12(value: Json) -> bool:
    return value.get("valueSet", "http").startswith(("http", "urn:"))


@said("sdf-14", "StructureDefinition", "every element of a snapshot or differential has an id, which stands once there")
def sdf_14(value: Json) -> bool:
    views = [[e.get("id") for e in value.get(view, {}).get("element", [])] for view in ("snapshot", "differential")]
    return all(None not in ids and distinct(ids) for ids in views)


@said("sdf-21", "StructureDefinition", "default values stand in specializations only")
def sdf_21(value: Json) -> bool:
    return value.get("derivation") == "specialization" or not any(
        choice(e, "defaultValue") is not None for e in value.get("differential", {}).get("element", []))


@cache
def rules_of(group: str) -> tuple[Rule, ...]:
    """The invariants of a group of elements, those of the types it descends from included."""
    return tuple(rule for rule in _all() if ELEMENTS.is_a(group, rule.group))


@cache
def _all() -> tuple[Rule, ...]:
    return (*declared(), *(value for value in globals().values() if isinstance(value, Rule)))
