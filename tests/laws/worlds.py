"""Random small worlds of FHIR facts about one person, made to collide: few codes, few times, many ways to say them.

Each world draws on three of each vocabulary and on few of the types of the merge's table. A world holds references of
every form, catalogue entries, copies, listings, retractions, rulings, undos and versions that change their bucket.
The same seed gives the same world.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from gateway.jsontext import dumps, loads
from gateway.model import NAMING, Assertion, Fact
from tests.laws.kinds import KINDS
from tests.merge.given import (
    ALLERGY_CLINICAL,
    CLINICAL,
    CVX,
    ICD,
    LOINC,
    NDC,
    RXNORM,
    SNOMED,
    UCUM,
    VERIFICATION,
    coded,
)

SOURCES = "ABCDE"
Line = Fact | Assertion

_DATES = ["2024", "2024-01", "2024-01-01", "2024-01-02", "2024-01-01T08:00:00Z", "2024-01-01T09:00:00+01:00",
          "2024-01-01T20:00:00Z", "2024-01-02T07:00:00Z", "2023-12-31T23:30:00-05:00", "2019", "2019-05-03"]
_CODES = [coded((SNOMED, "38341003")), coded((ICD, "I10")), coded((SNOMED, "1")), coded((SNOMED, "1"), (ICD, "Y1")),
          coded((ICD, "Y1")), coded(text=" Foo  bar"), coded(text="foo BAR"), coded((SNOMED, "1"), text="Foo bar")]
_TESTS = [coded((LOINC, "2345-7")), coded((LOINC, "14749-6")), coded((LOINC, "85354-9")), coded((LOINC, "882-1"))]
_VACCINES = [coded((CVX, "140")), coded((CVX, "03")), coded((SNOMED, "871831003")), coded((CVX, "208")), coded((SNOMED, "1119349007")),
             coded(text="Flu"), coded((CVX, "141"), text="flu")]
_DRUGS = [coded((RXNORM, "723")), coded((RXNORM, "308182")), coded((RXNORM, "855304"), (NDC, "0056-0170-70")),
          coded((NDC, "0056-0170-70")), coded(text="Warfarin 2 mg")]
_SUBSTANCES = [coded((RXNORM, "7980")), coded((SNOMED, "764146007")), coded((SNOMED, "91936005")),
               coded((SNOMED, "716186003")), coded((RXNORM, "723")), coded(text="penicillin")]
_SITES = [coded((SNOMED, "368208006")), coded((SNOMED, "368209003"))]
_SYSTEM = "http://terminology.hl7.org/CodeSystem/v2-0203"


def world(seed: int, largest: int = 24) -> list[Line]:
    """The lines of one world, in one of its orders."""
    maker = _Maker(Random(seed))
    facts: list[Fact] = [maker.fact() for _ in range(maker.random.randint(2, largest))]
    said = [maker.assertion(facts) for _ in range(maker.random.randint(0, 6))]
    said += [maker.undo(said) for _ in range(maker.random.choice((0, 0, 1, 2)))]
    lines: list[Line] = [*facts, *said]
    maker.random.shuffle(lines)
    return lines


class _Maker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.serial = 0
        self.pick: Callable[[Any], Any] = random.choice
        self.vocabulary: dict[int, list[Any]] = {}
        self.types = (random.sample(_CLINICAL, random.randint(1, 4)) * 3 + random.sample(list(KINDS), 2) * 2
                      + random.sample(list(_BODIES), 4))

    def few(self, words: list[Any]) -> Any:
        """One of the three words of a vocabulary that this world uses."""
        chosen = self.vocabulary.setdefault(id(words), self.random.sample(words, min(3, len(words))))
        return self.random.choice(chosen)

    def some(self, share: float, **body: Any) -> dict[str, Any]:
        """The elements, or nothing."""
        return body if self.random.random() < share else {}

    def fact(self) -> Fact:
        type = self.pick(self.types)
        key = f"{type[0].lower()}{self.random.randint(1, 4)}"
        source = self.pick(SOURCES)
        body = {"resourceType": type, "id": key, **_BODIES[type](self), **self.around(type)}
        version = self.pick([1, 2, 3, "1", "2", "10", "f81d4fae", "0a3b", None])
        return Fact(source, version, loads(dumps(body)), self.pick([None, *_DATES]), self.pick([None, *_DATES]),
                    self.pick([None, "x"]))

    def around(self, type: str) -> dict[str, Any]:
        """What any resource may carry."""
        meta = {**self.some(.2, lastUpdated=self.pick(_DATES[4:8])),
                **self.some(.15, source=f"{self.pick(SOURCES)}/{type}/{type[0].lower()}{self.random.randint(1, 4)}"),
                **self.some(.1, security=[{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
                                           "code": self.pick("NRV")}])}
        identifier = {"system": self.pick(["urn:x", "urn:y"]), "value": self.pick("12"),
                      **self.some(.3, type=coded((_SYSTEM, self.pick(["ACSN", "FILL", "VN", "MR"])))),
                      **self.some(.1, assigner={"display": self.pick(SOURCES)})}
        subject = {} if type in _CATALOGUE or type == "Patient" else self.some(.5, **{
            "patient" if type in ("AllergyIntolerance", "Immunization") else "subject": self.reference("Patient")})
        return {**subject, **({"meta": meta} if meta else {}),
                **self.some(.3, identifier=[identifier]), **self.some(.05, language="sv"),
                **self.some(.1, extension=[self.pick([{"url": "urn:e", "valueString": "a"}, {"url": "urn:e", "valueString": "b"},
                                                      {"url": "urn:r", "valueReference": self.reference("Condition")}])]),
                **self.some(.05, text={"status": "generated", "div": f"<div>{self.pick('ab')}</div>"})}

    def reference(self, *types: str) -> dict[str, Any]:
        type = self.pick(types)
        id = f"{type[0].lower()}{self.random.randint(1, 4)}"
        literal = self.pick([f"{type}/{id}"] * 6 + [f"urn:uuid:{id}", f"{self.pick(SOURCES)}/{type}/{id}",
                                                    f"https://ward.example/fhir/{type}/{id}/_history/1"])
        return {"reference": literal, **self.some(.3, display="Someone")}

    def date(self, name: str) -> dict[str, Any]:
        return self.some(.8, **{name: self.few(_DATES)})

    def assertion(self, facts: list[Fact]) -> Assertion:
        self.serial += 1
        kind = self.pick(["unlink", "retract", "retract", "move", "listing", "listing", "ruling", "ruling"])
        fact = self.pick(facts)
        source = self.pick(SOURCES) if self.random.random() < .3 else fact.source
        body: dict[str, Any] = {"source": source} if kind != "ruling" else {}
        if kind == "retract":
            body |= {"type": fact.type, "id": fact.key,
                     **self.pick([{}, {"version": self.pick([1, "2", 3, "f81d4fae"])}, {"asserted": self.few(_DATES)}])}
        elif kind == "move":
            body |= {"type": self.pick([fact.type, "Encounter"]), "id": self.pick([fact.key, "e1", "e2"]),
                     "patient": self.pick(["Patient/p1", "Patient/p2"]), "to": self.pick(["Patient/p1", "Patient/p3"]),
                     **self.some(.7, asserted=self.few(_DATES))}
        elif kind == "listing":
            keys = [f.reference for f in facts if f.source == source and self.random.random() < .4]
            body |= {"scope": self.pick(["medications", "problems", "AllergyIntolerance", "Patient/p1/results", "MedicationRequest", "x"]),
                     "at": self.few(_DATES), "keys": keys}
        elif kind == "ruling":
            body |= self.ruling(facts)
        return Assertion(kind, loads(dumps({**body, **self.some(.6 if kind not in NAMING else 0, id=f"s{self.serial}")})))

    def ruling(self, facts: list[Fact]) -> dict[str, Any]:
        type = self.pick(facts).type
        chosen = self.random.sample([f for f in facts if f.type == type], k=min(
            sum(f.type == type for f in facts), self.random.randint(1, 4)))
        kind = self.pick(["same", "different", "value", "resolved"])
        element = self.pick(["clinicalStatus", "valueQuantity", "status", "birthDate"])
        return {"ruling": kind, "facts": [f.id for f in chosen],
                **({"element": element, "choose": self.pick(chosen).id} if kind == "value" else {})}

    def undo(self, said: list[Assertion]) -> Assertion:
        self.serial += 1
        target = self.pick(said).id if said else "nobody"
        return Assertion("undo", {"of": target, **self.some(.7, id=f"s{self.serial}")})


def _observation(m: _Maker) -> dict[str, Any]:
    value = m.pick([{"valueQuantity": {"value": v, "unit": u, "system": UCUM, "code": u}} for v, u in (
        (90, "mg/dL"), (95, "mg/dL"), (5, "mmol/L"), (90, "mmol/L"))] + [
        {"valueInteger": 0}, {"valueBoolean": False}, {"valueString": "x"}, {}, {"valueCodeableConcept": _SITES[0]},
        {"component": [{"code": _TESTS[0], "valueInteger": 1}]}, {"dataAbsentReason": coded((SNOMED, "1"))}])
    return {"status": m.pick(["final", "final", "corrected", "preliminary", "entered-in-error"]), "code": m.few(_TESTS),
            **m.date("effectiveDateTime"), **value, **m.some(.3, interpretation=[coded(text=m.pick(["H", "L"]))]),
            **m.some(.3, issued=m.pick(_DATES[4:8])), **m.some(.3, performer=[m.reference("Practitioner", "Organization")]),
            **m.some(.2, note=[{"text": m.pick(["fasting", "at rest"])}]), **m.some(.2, encounter=m.reference("Encounter")),
            **m.some(.2, method=coded(text=m.pick(["strip", "analyser"]))), **m.some(.2, specimen=m.reference("Specimen"))}


def _condition(m: _Maker) -> dict[str, Any]:
    return {"code": m.few(_CODES), **m.some(.8, clinicalStatus=coded((CLINICAL, m.pick(["active", "resolved"])))),
            **m.some(.3, verificationStatus=coded((VERIFICATION, m.pick(["confirmed", "refuted", "entered-in-error"])))),
            **m.some(.5, onsetDateTime=m.few(_DATES)), **m.some(.3, abatementDateTime=m.few(_DATES)),
            **m.some(.5, recordedDate=m.few(_DATES)), **m.some(.2, bodySite=[m.few(_SITES)])}


def _allergy(m: _Maker) -> dict[str, Any]:
    return {"code": m.few(_SUBSTANCES), **m.some(.5, clinicalStatus=coded((ALLERGY_CLINICAL, "active"))),
            **m.some(.2, verificationStatus=coded((VERIFICATION, m.pick(["confirmed", "refuted", "entered-in-error"])))),
            **m.some(.4, criticality=m.pick(["low", "high"])), **m.some(.5, recordedDate=m.few(_DATES)),
            **m.some(.2, category=[m.pick(["food", "medication"])]), **m.some(.3, onsetDateTime=m.few(_DATES)),
            **m.some(.3, reaction=[{"severity": m.pick(["mild", "severe"]), "manifestation": [coded(text="Rash")]}])}


def _medication(m: _Maker, when: str) -> dict[str, Any]:
    drug = m.pick([{"medicationCodeableConcept": d} for d in _DRUGS] + [
        {"medicationReference": m.reference("Medication")},
        {"medicationReference": {"reference": "#m"}, "contained": [{
            "resourceType": "Medication", "id": "m", "code": _DRUGS[0], "manufacturer": m.reference("Organization")}]}])
    return {"status": m.pick(["active", "stopped", "completed", "entered-in-error"]), **drug, **m.date(when)}


def _request(m: _Maker) -> dict[str, Any]:
    return {"intent": m.pick(["order", "plan"]), **_medication(m, "authoredOn"),
            **m.some(.5, dosageInstruction=[{"text": m.pick(["1 daily", "2 daily"]), **m.some(.4, route=m.few(_SITES))}]),
            **m.some(.3, requester=m.reference("Practitioner"))}


def _statement(m: _Maker) -> dict[str, Any]:
    return {**_medication(m, "effectiveDateTime"), **m.some(.5, dosage=[{"text": m.pick(["1 daily", "2 daily"]), **m.some(.3, asNeededBoolean=True)}])}


def _immunization(m: _Maker) -> dict[str, Any]:
    return {"status": m.pick(["completed", "completed", "not-done"]), "vaccineCode": m.few(_VACCINES),
            **m.date("occurrenceDateTime"), **m.some(.3, lotNumber=m.pick(["L1", "L2"])),
            **m.some(.2, statusReason=coded(text="refused")),
            **m.some(.2, protocolApplied=[{"doseNumberPositiveInt": m.pick([1, 2])}])}


def _procedure(m: _Maker) -> dict[str, Any]:
    when = m.pick([{"performedDateTime": m.few(_DATES)}, {"performedPeriod": {"start": m.few(_DATES)}}, {}])
    return {"status": m.pick(["completed", "not-done"]), "code": m.few(_CODES), **when, **m.some(.3, bodySite=[m.few(_SITES)])}


def _report(m: _Maker) -> dict[str, Any]:
    return {"status": m.pick(["final", "preliminary", "corrected"]), "code": m.few(_TESTS), **m.date("effectiveDateTime"),
            **m.some(.6, result=[m.reference("Observation")]), **m.some(.4, conclusion=m.pick(["fine", "not fine"]))}


def _encounter(m: _Maker) -> dict[str, Any]:
    kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": m.pick(["AMB", "AMB", "IMP"])}
    return {"status": m.pick(["finished", "in-progress"]), "class": kind,
            **m.some(.8, period={"start": m.few(_DATES), **m.some(.3, end="2024-01-03T08:00:00Z")}), **m.some(.7, serviceProvider=m.reference("Organization"))}


def _patient(m: _Maker) -> dict[str, Any]:
    return {"name": [{"family": m.pick(["Berg", "Berg-Holm"]), "given": ["Ada"]}],
            **m.some(.7, birthDate=m.pick(["1970", "1970-05-03", "1971-05-03"])),
            **m.some(.2, _birthDate={"extension": [{"url": "urn:t", "valueDateTime": "1970-05-03T08:00:00Z"}]}),
            **m.some(.5, gender=m.pick(["female", "unknown", "male"])), **m.some(.2, deceasedBoolean=False),
            **m.some(.2, link=[{"other": m.reference("Patient"), "type": "seealso"}])}


def _organisation(m: _Maker) -> dict[str, Any]:
    return {"name": m.pick(["North", "South"]), **m.some(.3, partOf=m.reference("Organization"))}


def _provenance(m: _Maker) -> dict[str, Any]:
    about = m.pick(["Condition", "Observation", "DocumentReference"])
    what = {"reference": f"{m.pick(SOURCES)}/{about}/{about[0].lower()}{m.random.randint(1, 4)}"}
    return {"target": [m.reference(about)], "recorded": "2024-01-01T08:00:00Z",
            "agent": [{"who": m.reference("Practitioner")}],
            **m.some(.7, entity=[{"role": m.pick(["source", "revision"]), "what": what}])}


_BODIES: dict[str, Callable[[_Maker], dict[str, Any]]] = {
    "Patient": _patient, "Observation": _observation, "Condition": _condition, "AllergyIntolerance": _allergy,
    "MedicationRequest": _request, "MedicationStatement": _statement, "Immunization": _immunization,
    "Procedure": _procedure, "DiagnosticReport": _report, "Encounter": _encounter, "Organization": _organisation,
    "Practitioner": lambda m: {"name": [{"family": m.pick(["Ek", "Alm"])}]},
    "Medication": lambda m: {"code": m.few(_DRUGS)}, "Provenance": _provenance,
    **KINDS,
}
_CLINICAL = ["Observation", "Condition", "Immunization", "AllergyIntolerance", "MedicationRequest", "MedicationStatement",
             "Procedure", "DiagnosticReport", "Encounter", "Patient"]
_CATALOGUE = ("Organization", "Practitioner", "Medication", "PractitionerRole", "Location", "HealthcareService", "Endpoint")
