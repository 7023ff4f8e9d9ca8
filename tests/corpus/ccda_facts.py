"""Clinical facts read straight from the entries of a C-CDA document: plain lxml, no code of ours, no FHIR.

A table says which entry template holds a fact of which kind, where its code stands and which FHIR resources may carry
it. An entry without any template counts by its section. Negated entries are facts too, and marked so; an entry whose
code is nullFlavored counts by its translation, else by its text (of an allergy also that of its value), else not at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from lxml import etree

V3, SDTC, XSI = "urn:hl7-org:v3", "urn:hl7-org:sdtc", "{http://www.w3.org/2001/XMLSchema-instance}type"
NS = {"h": V3, "s": SDTC}
ENTRY = "2.16.840.1.113883.10.20.22.4."
MEDICINES = ("MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense", "Medication")
PRODUCT = "h:consumable/h:manufacturedProduct/h:manufacturedMaterial/h:code"
ALLERGEN = "h:participant[@typeCode='CSM']/h:participantRole/h:playingEntity/h:code"


class Kind(NamedTuple):
    """What the entry templates of one kind hold. `value`: whether the fact is code and value together."""

    name: str
    templates: str
    code: str
    types: tuple[str, ...]
    value: bool = False


PLANS = ("ServiceRequest", "Appointment", "MedicationRequest", "CarePlan", "DeviceRequest", "Observation", "Procedure",
         "Encounter", "NutritionOrder", "Goal", "ImmunizationRecommendation", "Task", "CommunicationRequest")
KINDS = (
    Kind("problem", "4", "h:value", ("Condition",)),
    Kind("allergen", "7", ALLERGEN, ("AllergyIntolerance",)),
    Kind("medicine", "16", PRODUCT, MEDICINES),
    Kind("vaccine", "52", PRODUCT, ("Immunization",)),
    Kind("result", "2", "h:code", ("Observation",), True),
    Kind("vital", "27", "h:code", ("Observation",), True),
    Kind("procedure", "14 12", "h:code", ("Procedure",)),
    Kind("procedure", "13", "h:code", ("Procedure", "Observation")),
    # Kinds beyond those that the record stands on: measured beside them.
    Kind("encounter", "49", "h:code", ("Encounter",)),
    Kind("reaction", "9", "h:value", ("AllergyIntolerance", "Immunization", "Observation", "AdverseEvent")),
    Kind("social", "38 78 85", "h:code", ("Observation",), True),
    Kind("planned", "39 40 41 42 43 44 120", f"h:code | {PRODUCT}", PLANS),
    Kind("goal", "121", "h:code", ("Goal",)),
    Kind("family", "46", "h:value", ("FamilyMemberHistory",)),
    Kind("function", "67 74", "h:code", ("Observation", "Condition"), True),
)
CORE = ("problem", "allergen", "medicine", "vaccine", "result", "vital", "procedure",
        "identifier", "name", "birthDate", "sex", "address", "phone")
BY_TEMPLATE = {ENTRY + number: kind for kind in KINDS for number in kind.templates.split()}
STEP = "h:entry/h:act/h:entryRelationship/h:observation"
BY_SECTION = {
    "11450-4": (STEP, "problem"), "48765-2": (STEP, "allergen"), "10160-0": ("h:entry/h:substanceAdministration", "medicine"),
    "11369-6": ("h:entry/h:substanceAdministration", "vaccine"), "47519-4": ("h:entry/h:procedure", "procedure"),
    "30954-2": ("h:entry/h:organizer/h:component/h:observation", "result"),
    "8716-3": ("h:entry/h:organizer/h:component/h:observation", "vital")}
REGISTERS = ("2.16.840.1.113883.4.1",)     # alone, it says that there is a social security number, and not which
STATUS_SECTIONS = ("47420-5", "10190-7")


@dataclass(frozen=True)
class Fact:
    """One fact of one entry.

    codes    (code system OID, code), the entry's own first, then its translations
    texts    original text and display names; what the fact says where it has no code
    value    number, code or text of a result; () when it has none
    unit     its unit as written; negated: the entry says that it is not so, or was not done
    how      mood and route of a medicine: what an order and a statement, or two ways of giving it, differ by
    scope    what a negated allergy denies: its value, an allergy to drugs, to food, to anything
    when     day on which it began, or was, as far as it is said: YYYY[MM[DD]]
    """

    kind: str
    section: str
    path: str
    types: tuple[str, ...]
    codes: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    unit: str = ""
    negated: bool = False
    how: tuple[str, str] = ("", "")
    scope: str = ""
    when: str = ""

    def __str__(self) -> str:
        said = " ".join([*(f"{s}|{c}" for s, c in self.codes[:1] or ()), *self.texts[:1], *self.value, self.unit])
        return f"{self.kind}{' NOT' if self.negated else ''} [{self.section}] {said}  {self.path}"


class Document:
    """One parsed document; texts of its narrative by ID."""

    def __init__(self, data: bytes) -> None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=False)
        self.root = etree.fromstring(data, parser)
        self.tree = self.root.getroottree()

    @cached_property
    def narrative(self) -> Mapping[str, str]:
        return {str(e.get("ID")): folded("".join(e.itertext())) for e in self.root.iter() if e.get("ID")}

    def facts(self) -> Iterator[Fact]:
        yield from self._demographics()
        for section in self.root.iterfind(".//h:section", NS):
            yield from self._section(section)

    def _section(self, section: etree._Element) -> Iterator[Fact]:
        place, kind = BY_SECTION.get(_attribute(section.find("h:code", NS), "code"), ("", ""))
        bare = [e for e in section.iterfind(place, NS) if e.find("h:templateId", NS) is None] if place else []
        for entry in bare:
            yield from self._entry(entry, next(k for k in KINDS if k.name == kind), section)
        for template in section.iterfind(".//h:templateId", NS):
            entry = template.getparent()
            known = BY_TEMPLATE.get(template.get("root", ""))
            twice = [t for t in entry.iterfind("h:templateId", NS) if BY_TEMPLATE.get(t.get("root", ""))]
            if known and twice[0] is template and next(entry.iterancestors(f"{{{V3}}}section")) is section:
                yield from self._entry(entry, known, section)

    def _entry(self, entry: etree._Element, kind: Kind, section: etree._Element) -> Iterator[Fact]:
        """Nothing when the entry says nothing: no code, no text; or is a template filled with nullFlavors."""
        where = _attribute(section.find("h:code", NS), "code") or folded("".join(section.xpath("string(h:title)", namespaces=NS)))
        codes, texts = [], []
        for coded in entry.xpath(kind.code, namespaces=NS):
            codes += codes_of(coded)
            texts += self.texts_of(coded)
        if not codes and kind.name == "medicine":
            texts += [folded(t) for t in entry.xpath("h:consumable//h:manufacturedMaterial/h:name/text()", namespaces=NS)]
        if not codes and not texts and kind.name == "allergen":
            texts += [t for v in entry.iterfind("h:value", NS) for t in self.texts_of(v)[:1] if v.find("h:originalText", NS) is not None]
        value, unit = self._value(entry) if kind.value else ((), "")
        negated = entry.get("negationInd") == "true"
        types = (*kind.types, "Observation") if kind.name == "problem" and where in STATUS_SECTIONS else kind.types
        if kind.name in ("procedure", "medicine", "vaccine", "encounter") and entry.get("moodCode", "EVN") != "EVN":
            types = (*PLANS, *types)
        if codes or texts or (negated and kind.name in ("allergen", "medicine")):
            yield Fact(kind.name, where, self.path(entry), types, tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(filter(None, texts))),
                       value, unit, negated, (entry.get("moodCode", ""), _attribute(entry.find("h:routeCode", NS), "code")),
                       _attribute(entry.find("h:value", NS), "code") if kind.name == "allergen" else "",
                       (_attribute(entry.find("h:effectiveTime/h:low", NS), "value") or _attribute(entry.find("h:effectiveTime", NS), "value"))[:8])

    def path(self, element: etree._Element) -> str:
        return self.tree.getelementpath(element).replace(f"{{{V3}}}", "")

    def texts_of(self, coded: etree._Element) -> list[str]:
        """Original text (resolved from the narrative), then display names."""
        found = []
        original = coded.find("h:originalText", NS)
        if original is not None:
            target = _attribute(original.find("h:reference", NS), "value").removeprefix("#")
            found.append(folded("".join(original.itertext())) or self.narrative.get(target, ""))
        shown = [_attribute(e, "displayName") for e in (coded, *coded.iterfind("h:translation", NS))]
        return [t for t in (*found, *map(folded, shown)) if t]

    def _value(self, entry: etree._Element) -> tuple[tuple[str, ...], str]:
        """The first value as numbers, codes or a text, and its unit."""
        for value in entry.iterfind("h:value", NS):
            bounds = [e for e in (value, *value) if e.get("value") and etree.QName(e).localname != "translation"]
            if value.get(XSI, "").rpartition(":")[2] in ("PQ", "IVL_PQ", "INT", "REAL", "RTO", "RTO_PQ_PQ", "MO") and bounds:
                return tuple(e.get("value", "") for e in bounds), bounds[0].get("unit", "")
            if codes := codes_of(value):
                return (codes[0][1],), ""
            if value.get("value"):
                return (value.get("value", ""),), ""
            if texts := [folded("".join(value.itertext())), *self.texts_of(value)]:
                return tuple(t for t in texts if t)[:1], ""
        return (), ""

    def _demographics(self) -> Iterator[Fact]:
        for role in self.root.iterfind("h:recordTarget/h:patientRole", NS):
            for id_ in role.iterfind("h:id", NS):
                own = id_.get("extension") or id_.get("root") not in REGISTERS
                if not id_.get("nullFlavor") and own and (id_.get("extension") or id_.get("root")):
                    yield self._header("identifier", id_, id_.get("extension") or id_.get("root", "").lower())
            for place, kind in DEMOGRAPHICS:
                for element in role.xpath(place, namespaces=NS):
                    if said := folded(element.text or "") or element.get("code") or element.get("value"):
                        yield self._header(kind, element, said)

    def _header(self, kind: str, element: etree._Element, said: str) -> Fact:
        return Fact(kind, "header", self.path(element), ("Patient",), (), (said,))


DEMOGRAPHICS = (
    ("h:patient/h:name//h:family[normalize-space()] | h:patient/h:name//h:given[normalize-space()]", "name"),
    ("h:patient/h:birthTime[@value]", "birthDate"), ("h:patient/h:administrativeGenderCode[@code]", "sex"),
    ("h:addr/h:streetAddressLine | h:addr/h:city | h:addr/h:state | h:addr/h:postalCode", "address"),
    ("h:telecom[@value]", "phone"))


def codes_of(coded: etree._Element) -> list[tuple[str, str]]:
    """(system OID, code) of a coded element and of its translations, those that have a code."""
    return [(e.get("codeSystem", ""), e.get("code", "").strip()) for e in (coded, *coded.iterfind("h:translation", NS))
            if e.get("code", "").strip() and not e.get("nullFlavor")]


def folded(text: str) -> str:
    """Blanks as one, none at the ends."""
    return " ".join(text.split())


def _attribute(element: etree._Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "")
