"""The patient summary: laws over random records, and what IPS 2.0 and 1.1 want of it (IPS-01 to IPS-16)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.errors import UsageError
from gateway.fhir.reader import check_file
from gateway.jsontext import dumps, loads
from gateway.portable.ips import document, newest
from gateway.portable.selection import ABSENCES, ABSENT_UNKNOWN, SECTIONS, SNOMED, codes
from gateway.summary.words import words
from tests.laws.test_merge_laws import record as merged
from tests.laws.worlds import world

LOINC, HL7, PROFILES = "http://loinc.org", "http://terminology.hl7.org/CodeSystem", ("2.0", "1.1")
NEGATIVE = {a.code for a in ABSENCES} | {a.old for a in ABSENCES}
Json = dict[str, Any]


def of(*resources: Json, issues: list[Json] | None = None) -> Json:
    listed = [{"resourceType": "Patient", "id": "p", "name": [{"family": "Lind"}], "birthDate": "1961-02-03"}, *resources]
    return {"resources": listed, "issues": issues or [], "provenance": {f"{r['resourceType']}/{r['id']}": {"code": [f"f-{r['id']}"]} for r in listed}}


def made(*resources: Json, profile: str = "2.0", **more: Any) -> Json:
    return loads(dumps(document(of(*resources, **more), profile, words)))  # type: ignore[no-any-return]


def held(bundle: Json, type: str) -> list[Json]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == type]


def section(bundle: Json, name: str) -> Json | None:
    code = next(s.code for s in SECTIONS if s.name == name)
    return next((s for s in bundle["entry"][0]["resource"]["section"] if s["code"]["coding"][0]["code"] == code), None)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for v in value.values():
            yield from references(v)
    elif isinstance(value, list):
        for v in value:
            yield from references(v)


def about(type: str, id: str, **more: Any) -> Json:
    who = "patient" if type in ("AllergyIntolerance", "Immunization") else "subject"
    return {"resourceType": type, "id": id, who: {"reference": "Patient/p"}, **more}


def said(code: str, system: str = SNOMED, text: str = "") -> Json:
    return {"coding": [{"system": system, "code": code}], **({"text": text} if text else {})}


PENICILLIN = about("AllergyIntolerance", "a1", code=said("764146007", text="Penicillin"), clinicalStatus=said("active", f"{HL7}/allergyintolerance-clinical"))
NO_ALLERGIES = about("AllergyIntolerance", "a2", code=said("716186003"), recordedDate="2019-03-04", clinicalStatus=said("active"))
GLUCOSE = about("Observation", "o1", status="final", code=said("2345-7", LOINC, "Glucose"), effectiveDateTime="2026-01-02T08:00:00Z",
                category=[said("laboratory")], valueQuantity={"value": 5.5, "unit": "mmol/L"}, performer=[{"reference": "Organization/lab"}])
LAB = {"resourceType": "Organization", "id": "lab", "name": "Laboratory", "partOf": {"reference": "Organization/house"}}


def records() -> Iterator[Json]:
    for seed in range(150):
        record = loads(dumps(merged(world(seed)).json()))
        if any(r["resourceType"] == "Patient" for r in record["resources"]):
            yield record


@pytest.mark.parametrize("profile", PROFILES)
def test_laws_of_a_summary_hold_for_any_record(profile: str) -> None:
    numbers, seen = set(), 0
    for record in records():
        bundle = loads(dumps(document(record, profile, words)))
        assert bundle == loads(dumps(document(record, profile, words))), "the same record, the same summary"
        seen += 1
        numbers.add(bundle["identifier"]["value"])
        urls = {e["fullUrl"]: e["resource"] for e in bundle["entry"]}
        assert len(urls) == len(bundle["entry"]) and all(u.startswith("urn:uuid:") for u in urls)
        assert [len(held(bundle, t)) for t in ("Composition", "Patient")] == [1, 1] and bundle["entry"][0]["resource"]["resourceType"] == "Composition"
        reached, waiting = set(), [bundle["entry"][0]["fullUrl"]]
        while waiting:
            url = waiting.pop()
            if not url.startswith("#") and url not in reached:
                reached.add(url)
                waiting += references(urls[url])              # a KeyError: a reference that leads nowhere
        assert reached == urls.keys(), "nothing in it that the Composition does not lead to"
        assert not [r for r in urls.values() if "entered-in-error" in {r.get("status"), *codes(r.get("verificationStatus"))}]
        sections = bundle["entry"][0]["resource"]["section"]
        assert {"11450-4", "48765-2", "10160-0"} <= {s["code"]["coding"][0]["code"] for s in sections} and len(sections) == len(
            {s["code"]["coding"][0]["code"] for s in sections})
        for s in sections:
            assert ("entry" in s) != ("emptyReason" in s) and (profile == "2.0" or "emptyReason" not in s)
            told = [urls[e["reference"]] for e in s.get("entry", ())]
            assert s["text"]["div"].count("<li>") == (len(told) if not any(r["id"] not in {x["id"] for x in record["resources"]} for r in told) else 0)
            none = [r for r in told if codes(r.get("code") or r.get("medicationCodeableConcept") or r.get("vaccineCode")) & NEGATIVE]
            live = [r for r in told if r not in none and "refuted" not in codes(r.get("verificationStatus"))]
            assert not (none and live), "none known stands beside nothing that is known"
        proved = {t["reference"] for p in held(bundle, "Provenance") for t in p["target"]}
        assert {e["reference"] for s in sections for e in s.get("entry", ()) if urls[e["reference"]]["id"] in {x["id"] for x in record["resources"]}} <= proved
    assert seen > 40 and len(numbers) == seen, "each record has a number of its own"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_whole_summary_is_valid(profile: str) -> None:
    record = of(
        PENICILLIN, GLUCOSE, LAB, about("Condition", "c1", code=said("38341003"), clinicalStatus=said("active", f"{HL7}/condition-clinical")),
        about("Condition", "c2", code=said("195967001"), clinicalStatus=said("resolved", f"{HL7}/condition-clinical")),
        about("MedicationRequest", "m1", status="active", intent="order", medicationReference={"reference": "Medication/m"},
              requester={"reference": "Practitioner/dr"}, encounter={"reference": "Encounter/e1"}),
        {"resourceType": "Medication", "id": "m", "code": said("314076", "http://www.nlm.nih.gov/research/umls/rxnorm")},
        {"resourceType": "Practitioner", "id": "dr"}, about("Encounter", "e1", status="finished", **{"class": {"system": f"{HL7}/v3-ActCode", "code": "AMB"}}),
        about("Immunization", "i1", status="completed", vaccineCode=said("140", "http://hl7.org/fhir/sid/cvx"), occurrenceDateTime="2025"),
        about("Procedure", "pr", status="completed", code=said("80146002")), about("DiagnosticReport", "r", status="final", code=said("58410-2", LOINC),
              result=[{"reference": "Observation/o1"}]), about("Observation", "v", status="final", code=said("8867-4", LOINC), category=[said("vital-signs")]))
    line = next(iter(check_file("x.json", dumps(document(record, profile, words)).encode())))
    assert not [i for i in line["outcome"]["issue"] if i["severity"] in ("error", "fatal", "warning")], line["outcome"]


def test_without_a_patient_there_is_none() -> None:
    with pytest.raises(UsageError):
        document({"resources": [GLUCOSE], "issues": [], "provenance": {}}, "2.0", words)


# type, body without what is mandatory → where it says that nobody told it (IPS-08, IPS-09)
@pytest.mark.parametrize(("resource", "element"), [
    ({"resourceType": "Patient", "id": "p"}, "_birthDate"), ({"resourceType": "Patient", "id": "p"}, "name"),
    (about("AllergyIntolerance", "x"), "code"), (about("AllergyIntolerance", "x"), "clinicalStatus"), (about("Condition", "x"), "code"),
    (about("MedicationStatement", "x", status="active", medicationCodeableConcept=said("1")), "_effectiveDateTime"),
    (about("Observation", "x", status="final", code=said("1", LOINC)), "_effectiveDateTime"), (about("Observation", "x", status="final", code=said("1", LOINC)), "performer"),
    (about("Observation", "x", status="final", code=said("1", LOINC)), "dataAbsentReason"), (about("Observation", "x", status="final", code=said("1", LOINC)), "category"),
    (about("DiagnosticReport", "x", status="final", code=said("1", LOINC)), "_effectiveDateTime"), (about("Procedure", "x", status="completed"), "_performedDateTime"),
    (about("Procedure", "x", status="completed"), "code"), (about("DeviceUseStatement", "x", status="active", device={"display": "Pacemaker"}), "_timingDateTime")])
def test_what_is_mandatory_and_not_known_says_so(resource: Json, element: str) -> None:
    patient = resource["resourceType"] == "Patient"
    record = {"resources": [resource], "issues": [], "provenance": {}} if patient else of(resource)
    bundle = loads(dumps(document(record, "2.0", words)))
    (found,) = held(bundle, resource["resourceType"])
    assert "unknown" in dumps(found[element]) and ("data-absent-reason" in dumps(found[element]))
    assert "1900" not in dumps(bundle) and "UNKNOWN" not in dumps(bundle)


@pytest.mark.parametrize("profile", PROFILES)
def test_silence_is_no_absence(profile: str) -> None:
    bundle = made(profile=profile)
    for name, word in (("allergies", "no-allergy-info"), ("problems", "no-problem-info"), ("medications", "no-medication-info")):
        part = section(bundle, name)
        assert part and "No information is available." in part["text"]["div"]
        if profile == "2.0":
            assert part["emptyReason"]["coding"][0]["code"] == "unavailable" and "entry" not in part
        else:
            assert word in dumps(bundle)
    assert not NEGATIVE & set(re.findall(r'"code":"([^"]+)"', dumps(bundle)))
    assert all(section(bundle, s.name) is None for s in SECTIONS if not s.required)


@pytest.mark.parametrize(("profile", "system", "code"), [("2.0", SNOMED, "716186003"), ("1.1", ABSENT_UNKNOWN, "no-known-allergies")])
@pytest.mark.parametrize("came", [said("716186003"), said("160244002"), said("no-known-allergies", ABSENT_UNKNOWN)])
def test_an_asserted_absence_has_the_code_of_the_version_and_its_day(profile: str, system: str, code: str, came: Json) -> None:
    bundle = made({**NO_ALLERGIES, "code": came}, profile=profile)
    (found,) = held(bundle, "AllergyIntolerance")
    assert (found["code"]["coding"][0]["system"], found["code"]["coding"][0]["code"]) == (system, code)
    assert profile == "1.1" or ABSENT_UNKNOWN not in dumps(bundle), "2.0 retired that code system"
    assert "No known allergies (stated 2019-03-04)" in section(bundle, "allergies")["text"]["div"]  # type: ignore[index]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_positive_beats_none_known_and_a_refuted_one_does_not(profile: str) -> None:
    assert [r["id"] for r in held(made(PENICILLIN, NO_ALLERGIES, profile=profile), "AllergyIntolerance")] == ["a1"]
    refuted = {**PENICILLIN, "verificationStatus": said("refuted")}
    bundle = made(refuted, NO_ALLERGIES, profile=profile)
    assert {r["id"] for r in held(bundle, "AllergyIntolerance")} == {"a1", "a2"}
    assert "refuted" in section(bundle, "allergies")["text"]["div"]  # type: ignore[index]
    denied = {**NO_ALLERGIES, "verificationStatus": said("refuted")}
    assert "No known" not in dumps(made(denied, profile=profile)), "the denial of a denial"


def names(section: str, *resources: Json) -> list[str]:
    """The ids that a section tells of these."""
    bundle = made(*resources)
    code = next(s.code for s in SECTIONS if s.name == section)
    urls = {e["fullUrl"]: e["resource"]["id"] for e in bundle["entry"]}
    return [urls[e["reference"]] for s in bundle["entry"][0]["resource"]["section"] if s["code"]["coding"][0]["code"] == code for e in s.get("entry", ())]


MEDICINE = about("MedicationStatement", "m", medicationCodeableConcept=said("1"), effectiveDateTime="2026")


@pytest.mark.parametrize(("section_", "resources", "ids"), [
    *(("medications", [{**MEDICINE, "status": s}], ["m"] if told else []) for s, told in (
        ("active", True), ("on-hold", True), ("unknown", True), ("stopped", False), ("completed", False), ("not-taken", False), ("entered-in-error", False))),
    ("medications", [about("MedicationRequest", "r", status="active", intent="order", doNotPerform=True, medicationCodeableConcept=said("1"))], []),
    ("immunizations", [about("Immunization", "i", status="not-done", vaccineCode=said("1"), occurrenceDateTime="2025")], []),
    ("results", [GLUCOSE, {**GLUCOSE, "id": "o2", "effectiveDateTime": "2026-03-01"}], ["o2"]),
    ("results", [GLUCOSE, {**GLUCOSE, "id": "o2", "effectiveDateTime": "2026-01-02T08:30:00+01:00"}], ["o1"]),
    ("results", [GLUCOSE, {**GLUCOSE, "id": "o2", "effectiveDateTime": "2026-01-02T10:00:00+02:00"}], ["o1", "o2"]),
    ("results", [GLUCOSE, {**GLUCOSE, "id": "o2", "status": "preliminary", "code": said("2951-2", LOINC)}], ["o1", "o2"]),
    ("results", [{**GLUCOSE, "status": "entered-in-error"}], []), ("results", [{**GLUCOSE, "category": [said("vital-signs")]}], []),
    ("vitals", [{**GLUCOSE, "category": [said("vital-signs")]}], ["o1"]), ("pregnancy", [{**GLUCOSE, "code": said("82810-3", LOINC)}], ["o1"]),
    ("problems", [about("Condition", "c", code=said("1"), clinicalStatus=said("remission"))], []),
    ("past", [about("Condition", "c", code=said("1"), clinicalStatus=said("remission"))], ["c"]),
    ("problems", [about("Condition", "c", code=said("1"), category=[said("encounter-diagnosis")]), about("Condition", "d", code=said("1"))], ["d"]),
    ("problems", [about("Condition", "c", code=said("1"), category=[said("encounter-diagnosis")])], ["c"]),
    ("directives", [{"resourceType": "Consent", "id": "c", "status": "active", "scope": said("patient-privacy"), "category": [said("x")]}], []),
    ("alerts", [about("Flag", "f", status="active", code=said("1")), about("Flag", "g", status="inactive", code=said("1"))], ["f"])])
def test_the_rules_of_inclusion(section_: str, resources: list[Json], ids: list[str]) -> None:
    assert names(section_, *resources) == ids


def test_alerts_came_with_version_2() -> None:
    flag = about("Flag", "f", status="active", code=said("1"))
    assert section(made(flag), "alerts") and section(made(flag, profile="1.1"), "alerts") is None and not held(made(flag, profile="1.1"), "Flag")


def test_the_document_is_as_secret_as_the_most_secret_in_it() -> None:
    secret = {**PENICILLIN, "meta": {"security": [{"system": f"{HL7}/v3-Confidentiality", "code": "R"}]}}
    for bundle, code in ((made(secret, GLUCOSE), "R"), (made(GLUCOSE), "N")):
        assert [c["code"] for c in bundle["meta"]["security"]] == [code] == [bundle["entry"][0]["resource"]["confidentiality"]]


def test_what_an_entry_needs_goes_along_and_the_rest_is_named() -> None:
    bundle = made({**GLUCOSE, "encounter": {"reference": "Encounter/e"}, "basedOn": [{"reference": "ServiceRequest/s", "display": "Blood test"}]}, LAB,
                  about("Encounter", "e", status="finished"))
    (found,), organizations = held(bundle, "Observation"), held(bundle, "Organization")
    assert [o["name"] for o in organizations] == ["Laboratory"] and "reference" not in organizations[0]["partOf"]
    assert found["encounter"] == {"display": "Not part of this summary"} and found["basedOn"] == [{"display": "Blood test"}]


def test_sources_that_disagree_are_told_in_the_narrative() -> None:
    issue = {"code": {"coding": [{"code": "status-conflict"}]}, "implicated": [{"reference": "AllergyIntolerance/a1"}]}
    assert "Penicillin · risk not stated · sources disagree" in section(made(PENICILLIN, issues=[issue]), "allergies")["text"]["div"]  # type: ignore[index]


@pytest.mark.parametrize(("code", "mark"), [
    ("perhaps-unlisted", "perhaps over: a later list under another number omits it"), ("no-longer-listed", "no longer listed"),
    ("ambiguous-value", "value is not certain"), ("ambiguous-date", "date is not certain"), ("possible-duplicate", "possible duplicate"),
    ("unit-mismatch", "sources disagree"), ("version-clash", "sources disagree"), ("identifier-clash", "sources disagree"),
    ("stale-version", "one source holds an earlier version"), ("invariant-broken", "the last good version is shown")])
def test_what_a_clinician_reads_on_the_row_stands_in_the_narrative(code, mark):
    issue = {"code": {"coding": [{"code": code}]}, "implicated": [{"reference": "AllergyIntolerance/" + PENICILLIN["id"]}]}
    assert f"Penicillin · risk not stated · {mark}" in section(made(PENICILLIN, issues=[issue]), "allergies")["text"]["div"]


def test_a_narrative_holds_no_markup_of_others() -> None:
    bundle = made({**PENICILLIN, "code": {"text": "<script>alert('x')</script> & \u0000\u200fmore"}})
    div = section(bundle, "allergies")["text"]["div"]  # type: ignore[index]
    assert "<script>" not in div and "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; more" in div


def test_numbers_keep_their_text() -> None:
    record = loads(dumps(of(GLUCOSE)).replace("5.5", "5.500"))
    assert '"value":5.500' in dumps(document(record, "2.0", words)) and "5.500 mmol/L" in dumps(document(record, "2.0", words))


@pytest.mark.parametrize(("resources", "time"), [
    ([], "1970-01-01T00:00:00Z"), ([{"recordedDate": "2026-02-30"}, {"date": "2025"}], "1970-01-01T00:00:00Z"),
    ([{"issued": "2026-01-01T00:30:00+02:00"}, {"recordedDate": "2025-06-01"}], "2025-12-31T22:30:00Z"),
    ([{"recordedDate": "2026-06-01", "period": {"end": "2030-01-01"}}], "2026-06-01T00:00:00Z"),
    ([{"meta": {"lastUpdated": "2026-06-01T10:00:00.123Z"}}], "2026-06-01T10:00:00Z")])
def test_the_time_is_the_newest_at_which_something_was_said(resources: list[Json], time: str) -> None:
    assert newest(resources) == time
