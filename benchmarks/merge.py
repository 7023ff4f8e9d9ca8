"""Cost of the merge: a person of 10², 10³ and 10⁴ facts from scratch, and one more fact. Run: python benchmarks/merge.py"""

import time
from random import Random
from typing import Any

from gateway.jsontext import dumps, loads
from gateway.merge import merge
from gateway.model import Fact
from gateway.shipped import below, shipped
from gateway.terminology.tables import load

SOURCES = ("gp", "hospital", "lab", "exchange", "pharmacy")
TESTS = [f"{n}-{n % 10}" for n in range(1000, 1040)]
PROBLEMS = ["38341003", "44054006", "195967001", "233604007", "40930008", "73211009", "13645005", "22298006"]
DRUGS = ["860975", "314076", "617311", "866924", "308182", "198405", "855332"]


def person(facts: int, seed: int = 7) -> list[Fact]:
    """Facts of one invented person: mostly results, a third of them said by two sources."""
    random = Random(seed)
    out = [_fact("gp", "Patient", "p", name=[{"family": "Ek", "given": ["Ada"]}], birthDate="1970-05-03")]
    n = 0
    while len(out) < facts:
        n += 1
        type, body = _body(random, n, facts)
        first, second = random.sample(SOURCES, 2)
        out.append(_fact(first, type, f"{type[0]}{n}", **body))
        if n % 3 == 0:
            out.append(_fact(second, type, f"{type[0]}{n}", **body))
    return out[:facts]


def _fact(source: str, type: str, id: str, **body: Any) -> Fact:
    return Fact(source, 1, loads(dumps({"resourceType": type, "id": id, **body})), "2024-05-01T10:00:00Z")


def _coding(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": f"Entry {code}"}], "text": f"Entry {code}"}


def _body(random: Random, n: int, facts: int) -> tuple[str, dict[str, Any]]:
    day = f"20{10 + n % 14:02}-{1 + n % 12:02}-{1 + n % 28:02}"
    at = f"{day}T{n % 24:02}:{n % 60:02}:00Z"
    subject = {"reference": "Patient/p"}
    draw = random.random()
    if draw < .75:
        unit = random.choice(("mg/dL", "mmol/L"))
        return "Observation", {
            "status": "final", "code": _coding("http://loinc.org", random.choice(TESTS)), "subject": subject,
            "effectiveDateTime": at, "issued": at, "valueQuantity": {
                "value": n % 400, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}}
    if draw < .85:
        return "Encounter", {"status": "finished", "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                                                             "code": "AMB"}, "subject": subject, "period": {"start": at}}
    if draw < .93:
        return "MedicationRequest", {
            "status": random.choice(("active", "completed")), "intent": "order", "subject": subject, "authoredOn": day,
            "medicationCodeableConcept": _coding("http://www.nlm.nih.gov/research/umls/rxnorm", random.choice(DRUGS)),
            "dosageInstruction": [{"text": f"{n % 3 + 1} daily"}]}
    if draw < .97:
        return "Immunization", {"status": "completed", "patient": subject, "occurrenceDateTime": day,
                                "vaccineCode": _coding("http://hl7.org/fhir/sid/cvx", random.choice(("140", "21", "115")))}
    return "Condition", {"code": _coding("http://snomed.info/sct", random.choice(PROBLEMS)), "subject": subject,
                         "onsetDateTime": day, "recordedDate": day}


def main() -> None:
    tables = load(below(shipped(), "conceptmaps", "terminology"))
    for size in (100, 1000, 5000, 10000):
        facts = person(size)
        [f.id for f in facts]
        best = min(_seconds(facts, tables) for _ in range(3))
        print(f"merge of {size} facts from scratch: {best:.3f} s ({best / size * 1e6:.0f} µs a fact)")


def _seconds(facts: list[Fact], tables: Any) -> float:
    start = time.perf_counter()
    merge(facts, (), tables)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
