"""The regional hospital of Vesterhede (Denmark), which speaks FHIR: a Bundle for each patient."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from gateway.sdk import Number, dumps
from tests.population.chart import Allergy, Chart, Problem, Result, Visit
from tests.population.views import View

Resource = dict[str, Any]
_THO = "http://terminology.hl7.org/CodeSystem"
_ORGANISATION = {"resourceType": "Organization", "id": "vesterhede", "meta": {"versionId": "1",
                 "lastUpdated": "2020-01-01T00:00:00+01:00"}, "name": "Regionshospitalet Vesterhede",
                 "identifier": [{"system": "https://vesterhede.example/unit", "value": "VH-1"}]}


def vesterhede_files(seen: list[tuple[View, Chart]]) -> dict[str, bytes]:
    """The directory, and a Bundle for each patient."""
    bundles = {"directory": [_ORGANISATION], **{view.number: [*resources(view, chart)] for view, chart in seen}}
    return {f"vesterhede/{name}.json": _bundle(found) for name, found in bundles.items()}


def _bundle(found: list[Resource]) -> bytes:
    entries = [{"resource": resource} for resource in found]
    return (dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=1) + "\n").encode()


def resources(view: View, chart: Chart) -> Iterator[Resource]:
    """The Patient and everything about it."""
    yield _patient(view)
    for make, items in ((_condition, chart.problems), (_allergy, chart.allergies), (_medicine, chart.medicines),
                        (_observation, chart.results), (_immunization, chart.shots), (_encounter, chart.visits)):
        for n, item in enumerate(items, 1):  # type: ignore[var-annotated]
            yield make(view, n, item)


def _patient(view: View) -> Resource:
    home = view.home
    identifiers = [{"system": "https://vesterhede.example/patient", "value": view.number}]
    identifiers += [{"system": system, "value": value} for system, value in view.national.items()]
    telecom = [{"system": s, "value": v} for s, v in (("phone", view.phone), ("email", view.email)) if v]
    return _made("Patient", view, 0, date(2026, 1, 2), identifier=identifiers, active=True,
                 name=[{"use": "official", "family": view.family, "given": list(view.given)}], gender=view.sex,
                 birthDate=view.born, telecom=telecom, managingOrganization={"reference": "Organization/vesterhede"},
                 address=[{"line": [home.street], "city": home.town, "postalCode": home.postcode,
                           "country": home.country}],
                 multipleBirthInteger=view.person.twin)


def _condition(view: View, n: int, p: Problem) -> Resource:
    return _made("Condition", view, n, p.recorded, clinicalStatus=_coded("condition-clinical", p.status),
                 verificationStatus=_coded("condition-ver-status", "confirmed"), subject=_subject(view),
                 code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": p.term.code}],
                       "text": p.term.said("vesterhede")},
                 onsetDateTime=p.onset, abatementDateTime=p.ended, recordedDate=p.recorded.isoformat())


def _allergy(view: View, n: int, a: Allergy) -> Resource:
    code = a.term and {"coding": [{"system": "http://snomed.info/sct", "code": a.term.code}],
                       "text": a.term.said("vesterhede")}
    refuted = a.status == "refuted"
    return _made("AllergyIntolerance", view, n, a.recorded, patient=_subject(view), code=code, type="allergy",
                 clinicalStatus=_coded("allergyintolerance-clinical", "inactive" if refuted else "active"),
                 verificationStatus=_coded("allergyintolerance-verification", "refuted" if refuted else "confirmed"),
                 recordedDate=a.recorded.isoformat())


def _medicine(view: View, n: int, m: Any) -> Resource:
    return _made("MedicationStatement", view, n, m.started, status=m.status, subject=_subject(view),
                 medicationCodeableConcept={"coding": [{"system": "http://www.whocc.no/atc", "code": m.term.code}],
                                            "text": m.term.said("vesterhede")},
                 effectivePeriod={"start": m.started.isoformat()}, dateAsserted=m.started.isoformat(),
                 dosage=[{"text": m.dose}])


def _observation(view: View, n: int, r: Result) -> Resource:
    lab = {"coding": [{"system": f"{_THO}/observation-category", "code": "laboratory"}]}
    return _made("Observation", view, n, r.issued, status="final", category=[lab], subject=_subject(view),
                 identifier=[{"system": "https://vesterhede.example/result", "value": f"{r.sample}-{r.term.other}"}],
                 code={"coding": [{"system": "http://loinc.org", "code": r.term.code}],
                       "text": r.term.said("vesterhede")},
                 effectiveDateTime=_instant(r.taken), issued=_instant(r.issued),
                 valueQuantity={"value": Number(r.value), "unit": r.unit, "code": r.unit,
                                "system": "http://unitsofmeasure.org"})


def _immunization(view: View, n: int, shot: Any) -> Resource:
    code = {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": shot.term.code}], "text": shot.term.words[2]}
    return _made("Immunization", view, n, shot.day, status="completed", vaccineCode=code, patient=_subject(view),
                 occurrenceDateTime=shot.day.isoformat(), recorded=shot.day.isoformat(), lotNumber=shot.lot)


def _encounter(view: View, n: int, v: Visit) -> Resource:
    kind = {"A": ("FLD", "field"), "E": ("EMER", "emergency"), "I": ("IMP", "inpatient encounter")}
    code, display = kind.get(v.kind, ("AMB", "ambulatory"))
    period = {"start": _instant(v.start), **({"end": _instant(v.end)} if v.end else {})}
    return _made("Encounter", view, n, v.start.date(), status="finished" if v.end else "in-progress",
                 identifier=[{"system": "https://vesterhede.example/visit", "value": v.number}], subject=_subject(view),
                 period=period, reasonCode=[{"text": v.reason.said("vesterhede")}],
                 serviceProvider={"reference": "Organization/vesterhede"},
                 **{"class": {"system": f"{_THO}/v3-ActCode", "code": code, "display": display}})


def _made(type: str, view: View, n: int, changed: date, /, **elements: Any) -> Resource:
    """A resource without its empty elements."""
    when = changed if isinstance(changed, datetime) else datetime(changed.year, changed.month, changed.day, 12)
    id = f"{view.number}-{type[0]}{n}" if n else view.number
    return {"resourceType": type, "id": id, "meta": {"versionId": "1", "lastUpdated": _instant(when)},
            **{name: value for name, value in elements.items() if value}}


def _subject(view: View) -> Resource:
    return {"reference": f"Patient/{view.number}"}


def _coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": f"{_THO}/{system}", "code": code}]}


def _instant(when: datetime) -> str:
    """Danish local time: summer time from the last Sunday of March to that of October."""
    first, last = (max(d for d in (datetime(when.year, m, n, 2) for n in range(25, 32)) if d.weekday() == 6)
                   for m in (3, 10))
    return f"{when:%Y-%m-%dT%H:%M:%S}+0{2 if first <= when < last else 1}:00"
