"""What C-CDA means beyond its syntax (CDA-01 to CDA-09), on invented documents."""

import base64
import json
from typing import Any

import pytest

from gateway.jsontext import dumps
from gateway.merge import merge
from gateway.model import Assertion, Fact, Mapped
from gateway.pure.mapping import Chosen, messages
from gateway.terminology.tables import Tables
from tests.adapters.ccda.documents import (
    LOINC,
    OID,
    RXNORM,
    SNOMED,
    allergy,
    document,
    medicine,
    problem,
    result,
    section,
)


def run(raw: bytes, zone: str | None = None) -> Mapped:
    return next(iter(messages("x.xml", raw, Chosen(timezone=zone)))).result.mapped


def made(mapped: Mapped, type: str) -> list[dict[str, Any]]:
    return json.loads(dumps([r for r in mapped.resources if r["resourceType"] == type]))


def only(raw: bytes, type: str) -> dict[str, Any]:
    found = made(run(raw), type)
    assert len(found) == 1
    return found[0]


def code_of(concept: dict[str, Any]) -> str:
    return concept["coding"][0]["code"]


def test_cda_01_identifiers() -> None:
    patient = only(document(), "Patient")
    assert patient["identifier"] == [{"system": "urn:oid:1.2.3.4", "value": "P-77"}]
    organisation = only(document(), "Organization")
    assert organisation["identifier"] == [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3.6"}]


@pytest.mark.parametrize(("root", "extension", "system", "value"), [
    ("2.16.840.1.113883.4.1", "123-45-6789", "http://hl7.org/fhir/sid/us-ssn", "123-45-6789"),
    ("2.16.840.1.113883.4.6", "1234567893", "http://hl7.org/fhir/sid/us-npi", "1234567893"),
    ("2.16.840.1.113883.4.873", "https://x.example/1", "urn:ietf:rfc:3986", "https://x.example/1"),
    ("D03925F0-A5DA-11DB-8314-0800200C9A66", "7", "urn:uuid:d03925f0-a5da-11db-8314-0800200c9a66", "7")])
def test_cda_01_known_roots(root: str, extension: str, system: str, value: str) -> None:
    raw = document().replace(b'<id root="1.2.3.4" extension="P-77"/>', f'<id root="{root}" extension="{extension}"/>'.encode())
    assert only(raw, "Patient")["identifier"] == [{"system": system, "value": value}]


def test_cda_02_translations_and_original_text_out_of_the_narrative() -> None:
    value = f"""<value xsi:type="CD" nullFlavor="OTH"><originalText><reference value="#p1"/></originalText>
    <translation code="I10" codeSystem="{OID}.6.90" displayName="Hypertension"/></value>"""
    raw = document(section("11450-4", problem(), text='<content ID="p1">High  blood pressure</content>'))
    raw = raw.replace(f'<value xsi:type="CD" code="38341003" codeSystem="{SNOMED}" displayName="Problem 38341003"/>'.encode(), value.encode())
    assert only(raw, "Condition")["code"] == {
        "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10", "display": "Hypertension"}], "text": "High blood pressure"}


@pytest.mark.parametrize(("written", "expected"), [
    ("2015", "2015"), ("201506", "2015-06"), ("20150603", "2015-06-03"), ("20150600", "2015-06"), ("20150000", "2015"),
    ("201506030715-0500", "2015-06-03T07:15:00-05:00"), ("20150603071522.123+0100", "2015-06-03T07:15:22.123+01:00"),
    ("201506030715", "2015-06-03T07:15:00+01:00")])
def test_cda_03_times_are_as_precise_as_they_were_sent(written: str, expected: str) -> None:
    """A time without offset takes that of the document, when the source's zone is not known."""
    assert only(document(section("11450-4", problem(onset=written))), "Condition")["onsetDateTime"] == expected


def test_cda_03_the_zone_of_the_source_goes_before_the_offset_of_the_document() -> None:
    mapped = run(document(section("11450-4", problem(onset="201507030715"))), "America/Chicago")
    assert made(mapped, "Condition")[0]["onsetDateTime"] == "2015-07-03T07:15:00-05:00"


def test_a_date_that_is_none_is_an_issue_with_its_place_and_the_rest_stands() -> None:
    mapped = run(document(section("11450-4", problem(onset="20151399"))))
    issue = next(i for i in mapped.issues if i.code == "ccda-date-invalid")
    assert "20151399" in issue.message and "section(11450-4)" in issue.where and "(line " in issue.where
    assert code_of(made(mapped, "Condition")[0]["code"]) == "38341003" and "onsetDateTime" not in made(mapped, "Condition")[0]


@pytest.mark.parametrize(("high", "status"), [('<high value="2016"/>', "resolved"), ('<high nullFlavor="UNK"/>', "resolved"),
                                              ('<high nullFlavor="NA"/>', "active"), ("", "active")])
def test_cda_06_an_end_resolves_a_problem_and_the_concern_alone_does_not(high: str, status: str) -> None:
    raw = document(section("11450-4", problem())).replace(b'<low value="20150603"/>', f'<low value="20150603"/>{high}'.encode())
    assert code_of(only(raw, "Condition")["clinicalStatus"]) == status


def test_cda_06_the_status_observation_goes_before_the_concern() -> None:
    status = f"""<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN"><templateId root="{OID}.10.20.22.4.6"/>
    <code code="33999-4" codeSystem="{LOINC}"/><statusCode code="completed"/><value xsi:type="CD" code="73425007" codeSystem="{SNOMED}"/>
    </observation></entryRelationship>"""
    assert code_of(only(document(section("11450-4", problem(more=status))), "Condition")["clinicalStatus"]) == "inactive"


def test_cda_05_a_negated_problem_is_refuted() -> None:
    condition = only(document(section("11450-4", problem(attributes='negationInd="true"'))), "Condition")
    assert code_of(condition["verificationStatus"]) == "refuted" and "clinicalStatus" not in condition


@pytest.mark.parametrize(("kind", "code"), [("419199007", "716186003"), ("416098002", "409137002"), ("414285001", "429625007")])
def test_cda_05_a_denial_without_a_substance_is_the_negative_statement(kind: str, code: str) -> None:
    raw = document(section("48765-2", allergy('<code nullFlavor="NA"/>', kind, 'negationInd="true"')))
    found = only(raw, "AllergyIntolerance")
    assert found["code"]["coding"] == [{"system": "http://snomed.info/sct", "code": code, "display": found["code"]["coding"][0]["display"]}]


def test_cda_05_a_denied_substance_is_never_a_positive_allergy_and_never_no_known_allergies() -> None:
    found = only(document(section("48765-2", allergy(attributes='negationInd="true"'))), "AllergyIntolerance")
    assert code_of(found["code"]) == "7980" and code_of(found["verificationStatus"]) == "refuted"


def test_an_allergy_with_reaction_severity_and_criticality() -> None:
    reaction = f"""<entryRelationship typeCode="MFST" inversionInd="true"><observation classCode="OBS" moodCode="EVN">
    <templateId root="{OID}.10.20.22.4.9"/><code code="ASSERTION"/><statusCode code="completed"/><value xsi:type="CD" code="247472004"
    codeSystem="{SNOMED}"/><entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><templateId root="{OID}.10.20.22.4.8"/>
    <code code="SEV"/><statusCode code="completed"/><value xsi:type="CD" code="24484000" codeSystem="{SNOMED}"/></observation>
    </entryRelationship></observation></entryRelationship><entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">
    <templateId root="{OID}.10.20.22.4.145"/><code code="82606-5"/><statusCode code="completed"/><value xsi:type="CD" code="CRITH"/></observation>
    </entryRelationship>"""
    found = only(document(section("48765-2", allergy(more=reaction))), "AllergyIntolerance")
    assert found["criticality"] == "high" and found["reaction"][0]["severity"] == "severe"
    assert code_of(found["reaction"][0]["manifestation"][0]) == "247472004" and found["category"] == ["medication"]


def test_a_medicine_with_period_and_event_times_and_fills() -> None:
    times = """<effectiveTime xsi:type="IVL_TS"><low value="20260101"/><high value="20260131"/></effectiveTime>
    <effectiveTime xsi:type="PIVL_TS" institutionSpecified="true" operator="A"><period value="12" unit="h"/></effectiveTime>"""
    more = f"""<entryRelationship typeCode="REFR"><supply classCode="SPLY" moodCode="INT"><templateId root="{OID}.10.20.22.4.17"/>
    <repeatNumber value="3"/><quantity value="60"/></supply></entryRelationship>"""
    found = only(document(section("10160-0", medicine(times=times, more=more, mood="INT"))), "MedicationRequest")
    repeat = found["dosageInstruction"][0]["timing"]["repeat"]
    assert repeat == {"boundsPeriod": {"start": "2026-01-01", "end": "2026-01-31"}, "frequency": 1, "period": 12, "periodUnit": "h"}
    assert found["dispenseRequest"]["numberOfRepeatsAllowed"] == 2 and found["intent"] == "order"
    bedtime = '<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="HS"/></effectiveTime>'
    found = only(document(section("10160-0", medicine(times=bedtime))), "MedicationStatement")
    assert found["dosage"][0]["timing"]["repeat"] == {"when": ["HS"]} and found["status"] == "active"


def test_a_medicine_that_was_not_taken_is_not_prescribed() -> None:
    raw = document(section("10160-0", medicine())).replace(b'classCode="SBADM"', b'classCode="SBADM" negationInd="true"')
    assert only(raw, "MedicationStatement")["status"] == "not-taken"
    raw = document(section("10160-0", medicine(mood="INT"))).replace(b'classCode="SBADM"', b'classCode="SBADM" negationInd="true"')
    assert only(raw, "MedicationRequest")["doNotPerform"] is True


@pytest.mark.parametrize(("value", "expected"), [
    ('<value xsi:type="PQ" value="5.50" unit="mmol/L"/>',
     {"valueQuantity": {"value": "5.50", "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}}),
    ('<value xsi:type="PQ" value="28" unit="1"/>',
     {"valueQuantity": {"value": "28", "unit": "1", "system": "http://unitsofmeasure.org", "code": "1"}}),
    ('<value xsi:type="IVL_PQ"><high value="3" unit="mg/dL" inclusive="false"/></value>',
     {"valueQuantity": {"value": "3", "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL", "comparator": "<"}}),
    ('<value xsi:type="IVL_PQ"><low value="1" unit="g"/><high value="2" unit="g"/></value>',
     {"valueRange": {n: {"value": v, "unit": "g", "system": "http://unitsofmeasure.org", "code": "g"} for n, v in (("low", "1"), ("high", "2"))}}),
    ('<value xsi:type="ST">cloudy</value>', {"valueString": "cloudy"}), ('<value xsi:type="INT" value="3"/>', {"valueInteger": 3}),
    ('<value xsi:type="BL" value="true"/>', {"valueBoolean": True}), ('<value xsi:type="TS" value="20260101"/>', {"valueDateTime": "2026-01-01"}),
    ('<value xsi:type="CD" code="260373001" codeSystem="2.16.840.1.113883.6.96"/>',
     {"valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260373001"}]}}),
    ('<value xsi:type="PQ" nullFlavor="UNK"/>', {"dataAbsentReason": {"coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown", "display": "Unknown"}]}})])
def test_values_of_results(value: str, expected: dict[str, Any]) -> None:
    mapped = run(document(section("30954-2", result(value))))
    found = json.loads(dumps(next(r for r in mapped.resources if r["resourceType"] == "Observation")), parse_float=str)
    said = {k: v for k, v in found.items() if k.startswith(("value", "dataAbsent"))}
    assert json.loads(json.dumps(said), parse_int=str) == json.loads(json.dumps(expected), parse_int=str)
    assert made(mapped, "DiagnosticReport")[0]["result"] == [{"reference": f"Observation/{found['id']}"}]


def test_cda_09_every_fact_says_who_wrote_it_and_leads_to_the_document() -> None:
    mapped = run(document(section("11450-4", problem()), section("10160-0", medicine())))
    author = made(mapped, "Practitioner")[0]["id"]
    assert made(mapped, "Condition")[0]["recorder"] == {"reference": f"Practitioner/{author}"}
    assert made(mapped, "MedicationStatement")[0]["informationSource"] == {"reference": f"Practitioner/{author}"}
    provenance, held = made(mapped, "Provenance")[0], made(mapped, "DocumentReference")[0]
    assert {t["reference"].split("/")[0] for t in provenance["target"]} >= {"Patient", "Condition", "MedicationStatement"}
    assert provenance["entity"][0]["what"] == {"reference": f"DocumentReference/{held['id']}"}
    assert held["content"][0]["attachment"]["url"] == f"Binary/{made(mapped, 'Binary')[0]['id']}" and held["content"][0]["attachment"]["hash"]


@pytest.mark.parametrize(("told", "shown"), [
    ('<content revised="delete">Penicillin</content>', "<span><del>Penicillin</del></span>"), ('<content revised="insert">x</content>', "<span><ins>x</ins></span>"),
    ('<content styleCode="xAlert Bold Italics">x</content>', "<span><i><b>x</b></i></span>"), ('<content revised="other">x</content>', "<span>x</span>"),
    ('x<content revised="delete"/>', "x<span></span>")])
def test_what_an_author_struck_out_is_not_read_as_said(told: str, shown: str) -> None:
    composition = made(run(document(section("48765-2", text=told))), "Composition")[0]
    assert composition["section"][0]["text"]["div"] == f'<div xmlns="http://www.w3.org/1999/xhtml">{shown}</div>'


def test_cda_08_the_narrative_is_kept_and_says_only_what_may_be_shown() -> None:
    text = '<paragraph styleCode="Bold">Told &lt;script&gt; <content ID="a" onclick="x()">by</content></paragraph><script>alert(1)</script>'
    composition = made(run(document(section("48765-2", text=text))), "Composition")[0]
    assert composition["section"][0]["text"]["div"] == (
        '<div xmlns="http://www.w3.org/1999/xhtml"><p><b>Told &lt;script&gt; <span>by</span></b></p>alert(1)</div>')


def test_a_concept_without_a_code_keeps_the_name_that_was_written_beside_it() -> None:
    substance = f'<code nullFlavor="UNK" codeSystem="{RXNORM}" displayName="Ampicillin"/>'
    assert only(document(section("48765-2", allergy(substance))), "AllergyIntolerance")["code"] == {"text": "Ampicillin"}


def test_cda_05_who_denies_every_problem_states_that_there_is_none() -> None:
    condition = only(document(section("11450-4", problem("55607006", attributes='negationInd="true"'))), "Condition")
    assert code_of(condition["code"]) == "160245001" and code_of(condition["verificationStatus"]) == "confirmed"


def test_cda_05_who_denies_medicines_and_names_none_states_that_none_is_known() -> None:
    coded = f'<code code="855332" codeSystem="{RXNORM}" displayName="Warfarin 5 mg"/>'.encode()
    raw = document(section("10160-0", medicine())).replace(coded, b'<code nullFlavor="NA"/>')
    denied = raw.replace(b'classCode="SBADM"', b'classCode="SBADM" negationInd="true"')
    found = only(denied, "MedicationStatement")
    assert code_of(found["medicationCodeableConcept"]) == "no-known-medications" and found["status"] == "active"


@pytest.mark.parametrize(("flavor", "reason"), [("UNK", "unknown"), ("NA", "not-applicable"), ("MSK", "masked"), ("ASKU", "asked-unknown")])
def test_cda_04_a_medicine_that_is_not_told_says_why(flavor: str, reason: str) -> None:
    shown = {"asked-unknown": "Asked But Unknown", "not-applicable": "Not Applicable"}
    coded = f'<code code="855332" codeSystem="{RXNORM}" displayName="Warfarin 5 mg"/>'.encode()
    raw = document(section("10160-0", medicine())).replace(coded, f'<code nullFlavor="{flavor}"/>'.encode())
    assert only(raw, "MedicationStatement")["medicationCodeableConcept"]["coding"] == [
        {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": reason, "display": shown.get(reason, reason.title())}]


def test_a_guardian_of_whom_nothing_is_known_does_not_cost_the_patient() -> None:
    guardian = b'<guardian><code nullFlavor="UNK"/><guardianPerson><name nullFlavor="UNK"/></guardianPerson></guardian></patient>'
    mapped = run(document().replace(b"</patient>", guardian))
    assert "contact" not in made(mapped, "Patient")[0]


def test_a_section_without_text_does_not_cost_the_composition() -> None:
    empty = f'<section><code code="10160-0" codeSystem="{LOINC}"/><component><section><title>Inner</title></section></component></section>'
    composition = only(document(section("11450-4", problem()), empty), "Composition")
    assert [s["title"] for s in composition["section"]] == ["Part"]


def test_a_name_at_birth_is_an_old_name_and_a_nickname_a_name_of_its_own() -> None:
    names = (b'<name use="L"><given>Ann</given><given qualifier="CL">Annie</given><family>Bell</family></name>'
             b'<name><given qualifier="BR">Anna</given><given>Mae</given><family>Hill</family></name>')
    raw = document().replace(b'<name use="L">\n<given>Ann</given><given>Mae</given><family>Bell</family></name>', names)
    assert only(raw, "Patient")["name"] == [
        {"use": "usual", "family": "Bell", "given": ["Ann"]}, {"use": "nickname", "given": ["Annie"]},
        {"use": "old", "family": "Hill", "given": ["Anna", "Mae"]}]


@pytest.mark.parametrize("tag", ("act", "observation", "procedure"))
def test_what_is_only_ordered_was_not_done(tag: str) -> None:
    kind = {"act": "12", "observation": "13", "procedure": "14"}[tag]
    entry = f"""<{tag} classCode="ACT" moodCode="INT"><templateId root="{OID}.10.20.22.4.{kind}"/>
    <code code="71786000" codeSystem="{SNOMED}" displayName="Intranasal oxygen therapy"/><statusCode code="active"/></{tag}>"""
    mapped = run(document(section("47519-4", entry)))
    assert code_of(made(mapped, "ServiceRequest")[0]["code"]) == "71786000"
    assert not made(mapped, "Procedure") and not made(mapped, "Observation")


def test_a_note_keeps_its_words() -> None:
    entry = f"""<act classCode="ACT" moodCode="EVN"><templateId root="{OID}.10.20.22.4.202"/><code code="34109-9" codeSystem="{LOINC}">
    <translation code="11488-4" codeSystem="{LOINC}" displayName="Consultation note"/></code><text><reference value="#n1"/></text>
    <statusCode code="completed"/></act>"""
    raw = document(section("34109-9", entry, text='<paragraph ID="n1">Walks again.</paragraph>'))
    note = next(r for r in made(run(raw), "DocumentReference") if code_of(r["type"]) == "11488-4")
    assert base64.b64decode(note["content"][0]["attachment"]["data"]) == b"Walks again."


@pytest.mark.parametrize(("wrong", "right", "code", "where"), [
    ('code="F" codeSystem="2.16.840.1.113883.5.1"', 'code="qqq" codeSystem="2.16.840.1.113883.5.1"', "ccda-code", "administrativeGenderCode"),
    ('<confidentialityCode code="N"', '<confidentialityCode code="qqq"', "ccda-code", "confidentialityCode"),
    (f'<code code="11450-4" codeSystem="{LOINC}"/>', f'<code code="qqq" codeSystem="{LOINC}"/>', "ccda-code", "section(qqq)/code"),
    (f'<templateId root="{OID}.10.20.22.4.3"/>', f'<templateId root="{OID}.10.20.1.2.3.4"/>', "ccda-template", "entry/act")])
def test_what_cannot_be_a_code_or_a_template_is_reported_with_its_place(wrong: str, right: str, code: str, where: str) -> None:
    raw = document(section("11450-4", problem()))
    assert not [i for i in run(raw).issues if i.code in ("ccda-code", "ccda-template")]
    mapped = run(raw.replace(wrong.encode(), right.encode()))
    found = next(i for i in mapped.issues if i.code == code)
    assert where in found.where and "(line " in found.where
    assert code_of(made(mapped, "Condition")[0]["code"]) == "38341003", "and the rest is read all the same"


@pytest.mark.parametrize("head", (b"", b'<?xml version="1.0"?>\n<!-- an entry - of a section -->\n'))
def test_a_part_of_a_document_is_refused_for_what_it_is(head: bytes) -> None:
    mapped = run(head + section("11450-4", problem()).encode())
    assert [i.code for i in mapped.issues] == ["ccda-root"] and "'section'" in mapped.issues[0].message and not mapped.resources


MONTHS = {"january": ("20260131100000+0100", ["855332", "197361"]), "february": ("20260228100000+0100", ["197361"])}


def month(name: str, number: int) -> list[Fact | Assertion]:
    """The facts and listings of one monthly document, its entries with ids of their own."""
    time, drugs = MONTHS[name]
    entries = [medicine(d, f"Drug {d}", more="").replace("<statusCode", f'<id root="9.{number}.{d}"/><statusCode', 1) for d in drugs]
    mapped = run(document(section("10160-0", *entries), section("48765-2", allergy()), id=name, time=time))
    facts: list[Fact | Assertion] = [Fact("clinic", f"m{number}", r, mapped.times.get(f"{r['resourceType']}/{r['id']}", mapped.asserted))
                                     for r in mapped.resources]
    return [*facts, *(Assertion(a.kind, {"source": "clinic", **a.body}) for a in mapped.assertions)]


def test_two_monthly_documents_with_fresh_ids_give_one_record_in_either_order() -> None:
    one, two = month("january", 1), month("february", 2)
    records = []
    for order in ([*one, *two], [*two, *one]):
        facts = [x for x in order if isinstance(x, Fact)]
        records.append(merge(facts, [x for x in order if isinstance(x, Assertion)], Tables()).json())
    assert dumps(records[0], sort=True) == dumps(records[1], sort=True)
    drugs = {code_of(r["medicationCodeableConcept"]): r["status"] for r in records[0]["resources"] if r["resourceType"] == "MedicationStatement"}
    assert drugs == {"855332": "unknown", "197361": "active"}, "the one that is no longer listed is not current, the other is one"
    issues = [i["code"]["coding"][0]["code"] for i in records[0]["issues"]]
    assert issues.count("no-longer-listed") == 1
    allergies = [r for r in records[0]["resources"] if r["resourceType"] == "AllergyIntolerance"]
    assert len(allergies) == 1 and code_of(allergies[0]["clinicalStatus"]) == "active"


def test_a_discharge_summary_lists_nothing_whole() -> None:
    assert not run(document(section("10160-0", medicine()), code="18842-5")).assertions
    assert len(run(document(section("10160-0", medicine()))).assertions) == 1
    assert not run(document(section("10160-0"))).assertions, "narrative alone is no list"


def test_an_entry_without_a_known_template_counts_by_its_section() -> None:
    raw = document(section("10160-0", medicine()), section("11450-4", problem()), section("48765-2", allergy()))
    for number in ("16", "3", "4", "7", "30"):
        raw = raw.replace(f'<templateId root="{OID}.10.20.22.4.{number}"/>'.encode(), b'<templateId root="9.9.9"/>')
    assert [len(made(run(raw), t)) for t in ("MedicationStatement", "Condition", "AllergyIntolerance")] == [1, 1, 1]
    assert RXNORM


@pytest.mark.parametrize("denied, devices", [('negationInd="true"', 0), ("", 1)])
def test_an_implant_that_is_denied_is_no_device_and_still_told(denied: str, devices: int) -> None:
    raw = document(section("46264-8", f"""<procedure classCode="PROC" moodCode="EVN" {denied}>
<templateId root="{OID}.10.20.22.4.14"/><code code="71388002" codeSystem="{SNOMED}"/><statusCode code="completed"/>
<participant typeCode="DEV"><participantRole classCode="MANU"><id root="1.2.3" extension="D1"/><playingDevice>
<code code="14106009" codeSystem="{SNOMED}" displayName="Pacemaker"/></playingDevice></participantRole></participant></procedure>"""))
    assert len(made(run(raw), "Device")) == devices
    procedure = only(raw, "Procedure")
    assert ("focalDevice" in procedure, "usedCode" in procedure) == (bool(devices), not devices)
