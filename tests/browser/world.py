"""An invented home for the pages: one patient with every kind of row, gap and conflict, and people who are edge cases."""

import shutil
from pathlib import Path
from typing import Any

from gateway.config import load
from gateway.disclose.records import view_of
from gateway.disclose.transfer import Asked
from gateway.opened import Gate, iso, opened
from gateway.pipeline.pull import pull
from gateway.policy.request import Request
from tests.demo.homes import free_port
from tests.homes import EVA, LOINC, allergy, make_home, observation, patient

SNOMED, ATC = "http://snomed.info/sct", "http://www.whocc.no/atc"
CUT = 63                                             # results of different tests: more than a list shows
EVIL = """<script>document.title='owned'</script>"'&"""
EVIL_NUMBER, DEAD_NUMBER = "196505054327", "193003031238"
HIDDEN = "Sekret mottagning"


def coded(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}], "text": text}


def status(code: str, system: str = "verification") -> dict[str, Any]:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/allergyintolerance-{system}", "code": code}]}


def medicine(id: str, subject: str, drug: dict[str, Any], dose: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationStatement", "id": id, "meta": {"versionId": "1", "lastUpdated": "2026-03-01T00:00:00Z"},
            "status": "active", "subject": {"reference": f"Patient/{subject}"}, "medicationCodeableConcept": drug,
            "dosage": [{"text": dose}], "effectivePeriod": {"start": "2020-01-01"}, "dateAsserted": "2026-03-01", **more}


def condition(id: str, subject: str, text: str, code: str = "active", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": id, "meta": {"versionId": "1", "lastUpdated": "2026-01-02T00:00:00Z"},
            "subject": {"reference": f"Patient/{subject}"}, "code": {"text": text},
            "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": code}]},
            **more}


def contact(id: str, subject: str, start: str, end: str) -> dict[str, Any]:
    return {"resourceType": "Encounter", "id": id, "meta": {"versionId": "1", "lastUpdated": end}, "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": f"Patient/{subject}"}, "period": {"start": start, "end": end}}


PENICILLIN = coded(SNOMED, "373270004", "Penicillin")
NO_KNOWN = coded(SNOMED, "716186003", "No known allergy")
METOPROLOL = coded(ATC, "C07AB02", "Metoprolol 50 mg")


def consent(source: str, subject: str) -> dict[str, Any]:
    """Nothing of one source for anybody."""
    return {"resourceType": "Consent", "id": "hide", "meta": {"versionId": "1", "lastUpdated": "2026-01-01T00:00:00Z"},
            "status": "active", "patient": {"reference": f"Patient/{subject}"}, "policyRule": {"text": "opt-out"},
            "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
            "category": [{"text": "privacy"}],
            "provision": {"type": "deny", "actor": [{"role": {"coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "CST"}]},
                "reference": {"identifier": {"value": source}}}]}}


NORTH = [
    patient("n1", "Öberg", "Eva", "1961-02-03", EVA), consent("west", "n1"),
    allergy("na1", "n1", "", code=PENICILLIN, verificationStatus=status("confirmed")),
    allergy("na2", "n1", "contrast dye"),
    medicine("nm1", "n1", METOPROLOL, "1 tablet in the morning"),
    condition("nc1", "n1", "Asthma", onsetDateTime="2001"), condition("nc2", "n1", "Pneumonia", "resolved"),
    observation("no1", "n1", "3.9", status="corrected", code=coded(LOINC, "2823-3", "Potassium")),
    observation("no2", "n1", "7.90", status="preliminary", code=coded(LOINC, "2160-0", "Creatinine"),
                interpretation=[coded("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "HH", "HH")]),
    *[observation(f"nx{i}", "n1", f"{i}.5", code={"text": f"Test number {i}"}) for i in range(CUT - 2)],
    contact("ne1", "n1", "2026-01-05T08:00:00+01:00", "2026-01-05T09:00:00+01:00"),
    contact("ne2", "n1", "2026-01-22T10:00:00+01:00", "2026-01-22T11:00:00+01:00"),
    patient("n3", EVIL, "Eve<img src=x onerror=alert(1)>", "1965-05-05", EVIL_NUMBER),
    allergy("na3", "n3", f"{EVIL} allergy"), condition("nc3", "n3", "<b>bold</b> problem"),
    patient("n4", "Ek", "Nils", "1930-03-03", DEAD_NUMBER, deceasedDateTime="2026-02-02"),
    patient("n5", "Alm", "Siv", "1980-08-08", "198008081112")]
SOUTH = [
    patient("s1", "Öberg", "Eva", "1961-02-03", EVA),
    allergy("sa1", "s1", "", code=PENICILLIN, verificationStatus=status("refuted"), recordedDate="2026-02-20"),
    allergy("sa2", "s1", "", code=NO_KNOWN, recordedDate="2026-02-21"),
    medicine("sm1", "s1", METOPROLOL, "1 tablet morning and evening"),
    {**condition("sc1", "s1", "Broken"), "clinicalStatus": {"coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "no-such-status"}]}}]
WEST = [patient("w1", "Öberg", "Eva", "1961-02-03", EVA), condition("wc1", "w1", HIDDEN)]


def home(folder: Path, like: Path | None = None) -> Path:
    """The home, pulled once, on a free port. `like` another: with its id key, and the hidden source holds nothing of her."""
    world = {"north": NORTH, "south": SOUTH, "west": WEST if like is None else [patient("w2", "Bo", "Al", "1990-01-01", "199001011114")]}
    make_home(folder, world, base_url=f"http://127.0.0.1:{free_port()}")
    (folder / "sources" / "harbour.toml").write_text(
        'kind = "fhir"\norganisation = "Harbour <Clinic>"\ncountry = "DK"\nrhythm = "daily"\nsends = ["medications", "allergies"]\n'
        'connection = { url = "http://127.0.0.1:1/fhir", attempts = 1, connect_seconds = 0.5 }\n', "utf-8")
    if like:
        shutil.copy(like / "secrets" / "id.key", folder / "secrets" / "id.key")
    with opened(folder) as gate:
        for name in gate.home.sources:
            pull(gate, name)
    return folder


def person(gate: Gate, number: str) -> str:
    """Merged id of the person with an identifier."""
    asked = Request(purpose="TREAT", user="test", organisation="Test Region", country="SE", care=True, time=iso(gate.now()))
    return view_of(gate, Asked(asked, "record", "test"), number).patient


def base(folder: Path) -> str:
    return load(folder).base_url


