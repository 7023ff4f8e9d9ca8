"""Cost of the merge: a person of 10², 10³ and 10⁴ facts from scratch, one more fact, many persons. CPU time.

Growth is told twice: in calls of functions, which say what the algorithm does, and in time, which adds that the facts of a
large person lie outside the caches of the processor. `PEOPLE=100000 python -m benchmarks.merge` merges a whole region.
"""

import gc
import os
import sys
import time
from collections.abc import Iterator
from random import Random
from statistics import median
from typing import Any

from gateway.jsontext import dumps, loads
from gateway.merge import Person, merge
from gateway.model import Fact
from gateway.shipped import below, shipped
from gateway.terminology.tables import load

SOURCES = ("gp", "hospital", "lab", "exchange", "pharmacy")
TESTS = [f"{n}-{n % 10}" for n in range(1000, 1040)]
PROBLEMS = ["38341003", "44054006", "195967001", "233604007", "40930008", "73211009", "13645005", "22298006"]
DRUGS = ["860975", "314076", "617311", "866924", "308182", "198405", "855332"]

SIZES = {100: 5, 1000: 3, 5000: 1, 10000: 1}       # how many times each is tried; the best counts
WHOLE, MORE, MOVED, CHURN, RATE = 1, 5, 50, .5, 5000
REFERRERS, PEOPLE, CHUNK = 500, int(os.environ.get("PEOPLE", "1000")), 500


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
    gc.set_threshold(50_000, 20, 20)               # as the command `gateway` does
    tables = load(below(shipped(), "conceptmaps", "terminology"))
    best = {size: min(_seconds(person(size), tables) for _ in range(repeats)) for size, repeats in SIZES.items()}
    for size, seconds in best.items():
        aim = f" (aim <= {WHOLE} s)" if size == 5000 else ""
        print(f"merge of {size} facts from scratch: {seconds:.3f} s, {seconds / size * 1e6:.0f} µs a fact{aim}")
    calls = {size: _calls(person(size), tables) / size for size in (100, 1000, 10000)}
    told = ", ".join(f"{calls[size]:.0f} of {size}" for size in calls)
    print(f"merge growth, calls a fact: {told}: {calls[10000] / calls[100]:.2f} x (aim: linear, 1)")
    print(f"merge growth, CPU time a fact, 10000 beside 100: {best[10000] / best[100] / 100:.1f} x")
    facts = person(5000)
    print(f"one more fact for a person of {len(facts)}: {_one_more(facts, tables) * 1e3:.1f} ms (aim <= {MORE} ms)")
    print(f"an id that moves with {REFERRERS} referrers, p99: {_moved(tables) * 1e3:.1f} ms (aim <= {MOVED} ms)")
    print(f"id churn, one by one in any order: {_churn(person(1000), tables):.2f} a class (aim <= {CHURN})")
    print(f"{PEOPLE} persons of 50 facts: {_people(tables):.0f} facts/s a core (aim >= {RATE})")


def _seconds(facts: list[Fact], tables: Any) -> float:
    [f.id for f in facts]
    start = time.process_time()
    merge(facts, (), tables)
    return time.process_time() - start


def _calls(facts: list[Fact], tables: Any) -> int:
    """How many functions a merge calls."""
    [f.id for f in facts]
    count = 0

    def note(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        merge(facts, (), tables)
    finally:
        sys.setprofile(None)
    return count


def _one_more(facts: list[Fact], tables: Any, count: int = 20) -> float:
    """Seconds of CPU of a record after one more fact: the median of the last few, each added alone."""
    merged = Person(tables)
    merged.add(facts[:-count])
    merged.record()
    taken = []
    for fact in facts[-count:]:
        start = time.process_time()
        merged.add([fact])
        merged.record()
        taken.append(time.process_time() - start)
    return median(taken)


def _moved(tables: Any, times: int = 100) -> float:
    """p99 of CPU of a record after a fact that takes over the id of a contact to which 500 results refer."""
    number = [{"system": "urn:visits", "value": "1"}]
    facts = [_fact("hospital", "Encounter", "e", status="finished", identifier=number, **{"class": {"system": "urn:c", "code": "AMB"}})]
    facts += [_fact("hospital", "Observation", f"o{n}", status="final", code=_coding("http://loinc.org", "1000-1"), valueInteger=n,
                    effectiveDateTime=f"2020-01-01T{n // 60:02}:{n % 60:02}:00Z", encounter={"reference": "Encounter/e"})
              for n in range(REFERRERS)]
    merged = Person(tables)
    merged.add(facts)
    merged.record()
    taken = []
    for n in range(times):
        older = Fact("gp", 1, {"resourceType": "Encounter", "id": f"g{n}", "status": "finished", "identifier": number,
                               "class": {"system": "urn:c", "code": "AMB"}}, f"{2020 - n // 12}-{12 - n % 12:02}-01")
        start = time.process_time()
        merged.add([older])
        before = merged.record()
        taken.append(time.process_time() - start)
    assert sum(r["resourceType"] == "Encounter" for r in before.resources) == 1, "the contacts are one"
    return sorted(taken)[int(.99 * times) - 1]


def _churn(facts: list[Fact], tables: Any) -> float:
    """How often a class's id changes over its life, on average, when the facts come in any order."""
    merged, changes, ids = Person(tables), 0, dict[tuple[str, str, str], str]()
    for fact in Random(3).sample(facts, len(facts)):
        merged.add([fact])
        now = {key: name for name, keys in merged.record().members.items() for key in keys}
        changes += len({(ids[k], now[k]) for k in ids if k in now and ids[k] != now[k]})
        ids = now
    return changes / len(set(ids.values()))


def _people(tables: Any) -> float:
    """Facts a second of CPU over many small persons."""
    done, seconds = 0, 0.0
    for people in _crowd():
        start = time.process_time()
        for facts in people:
            merge(facts, (), tables)
        seconds += time.process_time() - start
        done += sum(map(len, people))
    return done / seconds


def _crowd() -> Iterator[list[list[Fact]]]:
    """Persons of 50 facts, some at a time, so that a region needs no more memory than a town."""
    for first in range(0, PEOPLE, CHUNK):
        people = [person(50, seed) for seed in range(first, min(first + CHUNK, PEOPLE))]
        for facts in people:
            [f.id for f in facts]
        yield people


if __name__ == "__main__":
    main()
