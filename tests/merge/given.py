"""Facts and records for the tests of the merge: short names for what the examples say over and over."""

from functools import cache
from itertools import permutations
from random import Random
from typing import Any

from gateway.jsontext import canonical, dumps, loads
from gateway.merge import Record, merge
from gateway.model import Assertion, Fact
from gateway.shipped import below, shipped
from gateway.terminology.tables import Tables, load

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RXNORM, CVX = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hl7.org/fhir/sid/cvx"
ICD, NDC, ATC = "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/ndc", "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


@cache
def tables() -> Tables:
    return load(below(shipped(), "conceptmaps", "terminology"))


def coded(*codings: tuple[str, str], text: str = "") -> dict[str, Any]:
    concept: dict[str, Any] = {"coding": [{"system": s, "code": c} for s, c in codings]} if codings else {}
    return {**concept, "text": text} if text else concept


def fact(source: str, type: str, id: str, /, version: Any = "1", asserted: str | None = None, received: str | None = None,
         via: str | None = None, **body: Any) -> Fact:
    resource = loads(dumps({"resourceType": type, "id": id, **body}))
    return Fact(source, version, resource, asserted, received, via)


GLUCOSE = coded((LOINC, "2345-7"))


def quantity(value: Any, unit: str = "mg/dL", **more: Any) -> dict[str, Any]:
    number = loads(value) if isinstance(value, str) else value
    return {"value": number, "unit": unit, "system": UCUM, "code": unit, **more}


def result(source: str, id: str, at: str | None, value: Any = 95, unit: str = "mg/dL", **body: Any) -> Fact:
    """An Observation of glucose."""
    when = {"effectiveDateTime": at} if at else {}
    meta = {k: body.pop(k) for k in ("version", "asserted", "received", "via") if k in body}
    return fact(source, "Observation", id, **meta, **{"status": "final", "code": GLUCOSE, **when,
                                                     "valueQuantity": quantity(value, unit), **body})


def condition(source: str, id: str, code: dict[str, Any], status: str | None = None, **body: Any) -> Fact:
    clinical = {"clinicalStatus": coded((CLINICAL, status))} if status else {}
    return fact(source, "Condition", id, **{"code": code, **clinical, **body})


def allergy(source: str, id: str, code: dict[str, Any], status: str | None = None, **body: Any) -> Fact:
    clinical = {"clinicalStatus": coded((ALLERGY_CLINICAL, status))} if status else {}
    return fact(source, "AllergyIntolerance", id, **{"code": code, **clinical, **body})


def vaccination(source: str, id: str, at: str | None, status: str = "completed", **body: Any) -> Fact:
    when = {"occurrenceDateTime": at} if at else {}
    return fact(source, "Immunization", id, **{"status": status, "vaccineCode": coded((CVX, "140")), **when, **body})


def says(kind: str, **body: Any) -> Assertion:
    return Assertion(kind, loads(dumps(body)))


def record(*given: Fact | Assertion) -> Record:
    """The record of what is given; every order and repetition must give the same bytes, every issue is a sentence."""
    listed = list(given)
    answer = _merge(listed)
    assert all(i["detail"][0].isupper() and i["detail"].endswith(".") for i in answer.issues)
    for order in _orders(listed):
        assert canonical(_merge(order).json()) == canonical(answer.json())
    return answer


def _orders(listed: list[Any]) -> list[list[Any]]:
    if len(listed) <= 4:
        return [list(p) for p in permutations(listed)] + [listed + listed]
    random = Random(len(listed))
    return [random.sample(listed + listed[:2], len(listed) + 2) for _ in range(6)]


def _merge(given: list[Any]) -> Record:
    return merge([g for g in given if isinstance(g, Fact)], [g for g in given if isinstance(g, Assertion)], tables())


def of(record: Record, type: str) -> list[dict[str, Any]]:
    return [r for r in record.resources if r["resourceType"] == type]


def one(record: Record, type: str) -> dict[str, Any]:
    found = of(record, type)
    assert len(found) == 1, [dumps(r) for r in found]
    return found[0]


def codes(record: Record) -> list[str]:
    """Codes of the issues, in order."""
    return [i["code"]["coding"][0]["code"] for i in record.issues]


def others(record: Record, resource: dict[str, Any], element: str) -> list[Any]:
    """Alternatives of one element."""
    name = f"{resource['resourceType']}/{resource['id']}"
    return [a["value"] for a in record.alternatives.get(name, {}).get(element, ())]


def states(record: Record, *facts: Fact) -> list[str]:
    return [record.ledger[f.id]["state"] for f in facts]
