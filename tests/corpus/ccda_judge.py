"""Are the facts of a document in the resources made of it: in one of the right type, at any depth, and with the
polarity of the entry?

A coded fact is found when its own code, with its system, stands in a resource of the right type; a result or vital
sign only when its value and unit stand beside that code, in the same resource or component. A fact without a code is
found by its text. A translation that is lost is counted by itself. A negated entry that comes out as something that
is so, was given or was done is *wrong*, and worse than missing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.corpus.ccda_facts import Fact, folded

Resource = dict[str, Any]
URIS = {"2.16.840.1.113883.6.1": "http://loinc.org", "2.16.840.1.113883.6.96": "http://snomed.info/sct",
        "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm", "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
        "2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx", "2.16.840.1.113883.6.59": "http://hl7.org/fhir/sid/cvx",
        "2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt", "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
        "2.16.840.1.113883.6.8": "http://unitsofmeasure.org"}
# Codes for "nothing of the kind is known", and the exposures and findings at the top that an entry negates to say so.
NONE_KNOWN = re.compile(r"\bno (known|current|information|relevant|history)|\bnone\b|not (documented|available)|excluded|^no-|absence", re.I)
TOPS = {"410942007", "71181003", "71388002", "55607006", "64572001", "105590001", "404684003"}
DENIED = {"not-done", "not-taken", "refuted", "cancelled", "entered-in-error"}
SEXES = {"F": "female", "M": "male", "UN": "other", "UNK": "unknown", "O": "other", "U": "unknown"}
POLAR = ("problem", "allergen", "medicine", "vaccine", "procedure")


@dataclass(frozen=True)
class Verdict:
    """found; lost: codes of translations that are not there; wrong: the negation was lost."""

    found: bool
    lost: tuple[tuple[str, str], ...] = ()
    wrong: bool = False


def judge(facts: Iterable[Fact], resources: list[Resource], systems: bool = True) -> list[tuple[Fact, Verdict]]:
    """The verdict on each fact of one document; without `systems` a code counts under any code system."""
    facts = list(facts)
    by_type: dict[str, list[Resource]] = {}
    for resource in _deep(resources):
        by_type.setdefault(resource["resourceType"], []).append(resource)
    held = {type_: [Held(r, systems) for r in found] for type_, found in by_type.items()}
    claimed = {(f.kind, c) for f in facts if not f.negated for c in f.codes}
    return [(fact, _verdict(fact, [h for t in fact.types for h in held.get(t, ())], claimed)) for fact in facts]


class Held:
    """What one resource holds: its codings, texts, polarity, and for results each code with its value."""

    def __init__(self, resource: Resource, systems: bool = True) -> None:
        self.resource, self.systems = resource, systems
        objects = list(_objects(resource))
        self.codings = {(str(o.get("system", "")), str(o["code"])) for o in objects if isinstance(o.get("code"), str)}
        self.codes = {code for _, code in self.codings}
        self.texts = {folded(str(o[k])).casefold() for o in objects for k in ("text", "display", "valueString", "description")
                      if isinstance(o.get(k), str)}
        self.denied = bool(resource.get("doNotPerform")) or resource.get("status") in DENIED or any(
            c.get("code") in DENIED for c in resource.get("verificationStatus", {}).get("coding", ())) or any(
            "substanceExposureRisk" in o.get("url", "") for o in objects)

    def coded(self, system: str, code: str) -> bool:
        return (URIS[system], code) in self.codings if self.systems and system in URIS else code in self.codes

    def said(self, texts: Iterable[str]) -> bool:
        return any(t.casefold() in self.texts for t in texts)

    def means(self, codes: Iterable[tuple[str, str]], texts: Iterable[str]) -> bool:
        """Whether the resource is about this, not only has it somewhere."""
        named = [self.resource[n] for n in ("code", "vaccineCode", "medicationCodeableConcept") if n in self.resource]
        return any(Held({"code": n}, self.systems).said(texts) if not codes else Held({"code": n}, self.systems).coded(*c)
                   for n in named for c in codes or [("", "")])

    @property
    def none_known(self) -> bool:
        return any(NONE_KNOWN.search(t) for t in (*self.texts, *self.codes))

    def values(self) -> Iterator["Held"]:
        """The resource without its components, then each component."""
        whole = {k: v for k, v in self.resource.items() if k not in ("component", "contained")}
        yield from (Held(r, self.systems) for r in (whole, *self.resource.get("component", ())))


def _verdict(fact: Fact, held: list[Held], claimed: set[tuple[str, tuple[str, str]]]) -> Verdict:
    if fact.section == "header":
        return Verdict(any(_demographic(fact, h.resource) for h in held))
    with_code = [h for h in held if _says(fact, h)]
    if fact.negated and fact.kind in POLAR:
        positive = [h for h in with_code if not h.denied and not h.none_known and h.means(fact.codes, fact.texts)]
        wrong = bool(positive) and not any((fact.kind, c) in claimed for c in fact.codes)
        general = not fact.codes or fact.codes[0][1] in TOPS
        return Verdict(any(h.denied or h.none_known for h in (held if general else with_code)), (), wrong)
    lost = tuple(c for c in fact.codes[1:] if not any(h.coded(*c) for h in held))
    return Verdict(bool(with_code), lost)


def _says(fact: Fact, held: Held) -> bool:
    if fact.kind in ("result", "vital", "social", "function") and fact.value:
        return any(_named(fact, h) and _valued(fact, h) for h in held.values())
    return _named(fact, held)


def _named(fact: Fact, held: Held) -> bool:
    return held.coded(*fact.codes[0]) if fact.codes else held.said(fact.texts)


def _valued(fact: Fact, held: Held) -> bool:
    values = {k: v for k, v in held.resource.items() if k.startswith("value") or k in ("dataAbsentReason", "note")}
    scalars = {_plain(s) for o in _objects(values) for s in o.values() if not isinstance(s, (dict, list))}
    units = {str(o[k]) for o in _objects(values) for k in ("unit", "code") if k in o}
    same = all(_plain(v) in scalars or _date(v) in scalars for v in fact.value)
    return same and (not fact.unit or fact.unit in units)


def _plain(value: Any) -> str:
    """Equal numbers and equal texts in one spelling."""
    try:
        return str(Decimal(str(value)).normalize())
    except InvalidOperation:
        return folded(str(value)).casefold()


def _date(text: str) -> str:
    """YYYYMMDD… as FHIR writes the day."""
    return "-".join(p for p in (text[:4], text[4:6], text[6:8]) if p)


def _demographic(fact: Fact, patient: Resource) -> bool:
    said = fact.texts[0]
    if fact.kind == "identifier":
        return any(str(i.get("value", "")).lower() in (said.lower(), f"urn:oid:{said}", f"urn:uuid:{said}".lower())
                   for i in patient.get("identifier", ()))
    if fact.kind == "birthDate":
        return bool(patient.get("birthDate")) and _date(said[:8]) == patient["birthDate"]
    if fact.kind == "sex":
        return said not in SEXES or patient.get("gender") == SEXES[said]
    texts = {folded(s).casefold() for name in (fact.kind, "telecom") for s in _strings(patient.get(name))}
    if fact.kind == "phone":
        digits = re.sub(r"\D", "", said)
        return any(re.sub(r"\D", "", t) == digits for t in texts) if digits and "@" not in said else said.rpartition(":")[2].removeprefix("//").casefold() in texts
    return said.casefold() in texts


def _deep(resources: Iterable[Resource]) -> Iterator[Resource]:
    """Every resource, and those that it contains."""
    for resource in resources:
        yield resource
        yield from resource.get("contained", ())


def _objects(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)


def _strings(node: Any) -> Iterator[str]:
    for found in _objects(node):
        for value in found.values():
            yield from (v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str))
