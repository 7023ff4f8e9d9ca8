"""What several benchmarks need: invented bundles of a patient with results, and what a durable write costs."""

import os
import time
from pathlib import Path
from random import Random

from gateway.jsontext import Number, dumps

FAMILY = ("Andersson", "Berg", "Lind", "Nyberg", "Holm", "Ek", "Dahl", "Strand", "Kvist", "Alm")
GIVEN = ("Eva", "Karin", "Lars", "Olof", "Maja", "Nils", "Sara", "Erik", "Ida", "Per")


def resources(n: int, size: int) -> list[dict]:
    """A Patient and size - 1 resources about it."""
    draw = Random(n)
    who = f"p{n}"
    subject = {"reference": f"Patient/{who}"}
    out = [{"resourceType": "Patient", "id": who, "identifier": [{"system": "urn:bench", "value": str(10**9 + n)}],
            "name": [{"family": f"{draw.choice(FAMILY)}{n % 97}", "given": [draw.choice(GIVEN)]}], "gender": draw.choice(["male", "female"]),
            "birthDate": f"{draw.randint(1930, 2015)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            "address": [{"line": [f"Street {draw.randint(1, 99)}"], "city": "Town", "postalCode": f"{draw.randint(10000, 99999)}"}]}]
    for i in range(size - 1):
        out.append({"resourceType": "Observation", "id": f"{who}-o{i}", "status": "final", "subject": subject,
                    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
                    "code": {"coding": [{"system": "http://loinc.org", "code": draw.choice(["2345-7", "718-7", "2160-0", "2951-2"])}], "text": "Test"},
                    "effectiveDateTime": f"2025-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}T{draw.randint(0, 23):02}:{draw.randint(0, 59):02}:00Z",
                    "valueQuantity": {"value": Number(f"{draw.randint(10, 999) / 10}"), "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"},
                    "referenceRange": [{"low": {"value": Number("3.5"), "unit": "mmol/L"}, "high": {"value": Number("6.1"), "unit": "mmol/L"}}]})
    return out


def bundle(n: int, size: int) -> bytes:
    """A collection Bundle of one patient."""
    return dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources(n, size)]}).encode()


def fsync_ms(folder: Path) -> float:
    """What one durable write costs here."""
    with (folder / "fsync").open("wb") as f:
        started = time.perf_counter()
        for _ in range(50):
            f.write(b"x" * 512)
            f.flush()
            os.fsync(f.fileno())
    return (time.perf_counter() - started) / 50 * 1e3
