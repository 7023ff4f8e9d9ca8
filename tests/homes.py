"""A small home for tests: two people, two sources, pulled once. Invented data."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway import config
from gateway.cli.main import run
from gateway.jsontext import dumps

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
LOINC = "http://loinc.org"


def patient(id: str, family: str, given: str, born: str, number: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "meta": {"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"},
            "identifier": [{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": number}],
            "name": [{"family": family, "given": [given]}], "birthDate": born, "gender": "female",
            "address": [{"line": ["Storgatan 1"], "city": "Ådalby", "postalCode": "91320"}], **more}


def observation(id: str, subject: str, value: str, **more: Any) -> dict[str, Any]:
    from gateway.jsontext import Number

    return {"resourceType": "Observation", "id": id, "meta": {"versionId": "1", "lastUpdated": "2026-02-01T00:00:00Z"},
            "status": "final", "code": {"coding": [{"system": LOINC, "code": "2345-7"}], "text": "Glucose"},
            "subject": {"reference": f"Patient/{subject}"}, "effectiveDateTime": "2026-02-01T08:00:00Z",
            "valueQuantity": {"value": Number(value), "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"},
            **more}


def allergy(id: str, subject: str, text: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "id": id, "meta": {"versionId": "1", "lastUpdated": "2026-01-05T00:00:00Z"},
            "patient": {"reference": f"Patient/{subject}"}, "code": {"text": text}, "criticality": "high",
            "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                                           "code": "active"}]}, **more}


EVA = "196102033450"          # invented; the check digit is right
WORLD: dict[str, list[dict[str, Any]]] = {
    "north": [patient("n1", "Öberg", "Eva", "1961-02-03", EVA), allergy("na1", "n1", "Penicillin"),
              observation("no1", "n1", "5.50"), patient("n2", "Lind", "Karin", "1970-05-06", "197005066787")],
    "south": [patient("s1", "Öberg", "Eva", "1961-02-03", EVA), observation("so1", "s1", "6.10", effectiveDateTime="2026-03-01T08:00:00Z")],
}


def make_home(folder: Path, world: dict[str, list[dict[str, Any]]] | None = None, **settings: Any) -> Path:
    """A home whose sources are folders of FHIR files."""
    config.init(folder, name="test.example/transfers", organisation="Test Region", country="SE", **settings)
    for name, resources in (WORLD if world is None else world).items():
        inbox = folder / "inbox" / name
        inbox.mkdir(parents=True)
        (inbox / "all.ndjson").write_text("".join(dumps(r) + "\n" for r in resources), "utf-8")
        (folder / "sources" / f"{name}.toml").write_text(
            f'kind = "fhir"\norganisation = "{name.title()} Hospital"\ncountry = "SE"\nconnection = {{ folder = "inbox/{name}" }}\n')
    return folder


def call(capsys: pytest.CaptureFixture[str], home: Path, *args: str) -> list[dict[str, Any]]:
    """The JSON that a command prints, a line each."""
    capsys.readouterr()
    run(["--home", str(home), *args])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]
