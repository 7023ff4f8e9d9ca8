"""Denials, visits, reactions, sides, reports in reports and what a header tells, in forms that vendors gave them."""

from typing import Any

import pytest

from tests.adapters.ccda.documents import (
    LOINC,
    OID,
    PATIENT,
    SNOMED,
    allergy,
    document,
    medicine,
    problem,
    result,
    section,
)
from tests.mappings.test_ccda_vendors import DIABETES, ENTRY, concern, given, made, observation, says

VISIT = '<encounter classCode="ENC" moodCode="EVN"><id root="1.2.3.77" extension="{}"/>{}</encounter>'
SEEN = f'<code code="99213" codeSystem="{OID}.6.12"/><effectiveTime><low value="20211005"/></effectiveTime>'
NAMED = f'<entryRelationship typeCode="COMP">{VISIT.format("V1", "")}</entryRelationship>'
PREGNANT = f'<value xsi:type="CD" code="77386006" codeSystem="{SNOMED}" displayName="Pregnant"/>'
FLU = f'<manufacturedMaterial><code code="140" codeSystem="{OID}.12.292"/></manufacturedMaterial>'
AMOUNT = '<value xsi:type="PQ" value="5.4" unit="mmol/L"/>'


def test_what_names_its_visit_belongs_to_it() -> None:
    """In the entry, in its concern; and the visit around an entry goes first."""
    raw = document(
        section("46240-8", VISIT.format("V1", SEEN), VISIT.format("V2", SEEN + f'<entryRelationship typeCode="SUBJ">{concern(observation(DIABETES, template="4"))}</entryRelationship>')),
        section("11450-4", problem(more=NAMED), problem("90560007").replace("</act>", f"{NAMED}</act>")), section("48765-2", allergy(more=NAMED)),
        section("10160-0", medicine(more=NAMED), medicine(code="1191", mood="INT", more=NAMED)), section("30954-2", result(AMOUNT, more=NAMED)),
        section("11369-6", given(FLU, NAMED, template="52")))
    one = [e["id"] for e in made(raw, "Encounter") if says(e["identifier"], "V1")]
    for type, element in (("AllergyIntolerance", "encounter"), ("MedicationStatement", "context"), ("MedicationRequest", "encounter"), ("Observation", "encounter"),
                          ("Immunization", "encounter")):
        assert [r[element]["reference"] for r in made(raw, type)] == [f"Encounter/{one[0]}"], type
    problems = {c["code"]["coding"][0]["code"]: c["encounter"]["reference"] for c in made(raw, "Condition")}
    assert one[0] in {e["id"] for e in made(document(section("46240-8", VISIT.format("V1", SEEN))), "Encounter")}    # naming it changes nothing
    assert problems["38341003"] == problems["90560007"] == f"Encounter/{one[0]}" != problems["44054006"]


@pytest.mark.parametrize("id, linked", [("V1", True), ("V9", False)])
def test_a_visit_may_be_that_of_the_header(id: str, linked: bool) -> None:
    stay = f'<componentOf><encompassingEncounter><id root="1.2.3.77" extension="{id}"/><effectiveTime><low value="20211005"/></effectiveTime></encompassingEncounter></componentOf>'
    raw = document(section("11450-4", problem(more=NAMED))).replace(b"<component><structuredBody>", f"{stay}<component><structuredBody>".encode())
    (found,) = made(raw, "Condition")
    assert ("encounter" in found) is linked


@pytest.mark.parametrize("loinc, label, value, expected", [
    ("29762-2", "2.16.840.1.113883.10.20.15.3.8", PREGNANT, {"valueString": "Not: Pregnant"}), ("29762-2", f"{ENTRY}.38", '<value xsi:type="ST">smoker</value>', {"valueString": "Not: smoker"}),
    ("29762-2", f"{ENTRY}.38", "", {"valueBoolean": False}), ("30954-2", f"{ENTRY}.2", AMOUNT, {"valueString": "Not: 5.4 mmol/L"}),
    ("30954-2", f"{ENTRY}.2", "", {"dataAbsentReason": "not-performed"}), ("30954-2", f"{ENTRY}.2", '<value xsi:type="PQ" nullFlavor="NA"/>', {"dataAbsentReason": "not-performed"})])
def test_a_denied_observation_never_reads_as_one_that_is_so(loinc: str, label: str, value: str, expected: dict[str, Any]) -> None:
    entry = f'<observation classCode="OBS" moodCode="EVN" negationInd="true"><templateId root="{label}"/><code code="11367-0" codeSystem="{LOINC}"/><statusCode code="completed"/>{value}</observation>'
    (found,) = made(document(section(loinc, entry)), "Observation")
    told = {k: v["coding"][0]["code"] if k == "dataAbsentReason" else v for k, v in found.items() if k.startswith(("value", "dataAbsent"))}
    assert told == expected


def test_a_denial_of_nothing_in_particular_is_no_result() -> None:
    entry = f'<observation classCode="OBS" moodCode="EVN" negationInd="true"><templateId root="{ENTRY}.2"/><code nullFlavor="NI"/><value xsi:type="PQ" nullFlavor="NI"/></observation>'
    assert not made(document(section("30954-2", entry)), "Observation")


@pytest.mark.parametrize("alone", [True, False])
def test_what_a_relative_never_had_is_no_illness_of_his(alone: bool) -> None:
    father = f'<subject><relatedSubject classCode="PRS"><code code="FTH" codeSystem="{OID}.5.111"/><subject><sdtc:deceasedInd value="true"/><sdtc:deceasedTime value="1967"/></subject></relatedSubject></subject>'
    had = f'<observation classCode="OBS" moodCode="EVN" negationInd="true"><templateId root="{ENTRY}.46"/>{father if alone else ""}<code code="64572001"/>{DIABETES}</observation>'
    entry = had if alone else f'<organizer classCode="CLUSTER" moodCode="EVN"><templateId root="{ENTRY}.45"/>{father}<component>{had}</component></organizer>'
    (found,) = made(document(section("10157-6", entry)), "FamilyMemberHistory")
    assert "condition" not in found and found["note"] == [{"text": "No history of: Diabetes"}] and found["deceasedDate"] == "1967"


def test_a_pregnancy_is_told_by_its_question() -> None:
    entry = observation(PREGNANT, f'<templateId root="2.16.840.1.113883.10.20.15.3.8"/><code code="ASSERTION" codeSystem="{OID}.5.4"/>')
    (found,) = made(document(section("29762-2", entry)), "Observation")
    assert [c["code"] for c in found["code"]["coding"]] == ["82810-3", "ASSERTION"]


@pytest.mark.parametrize("negated, kept", [("", True), ('negationInd="true"', False)])
def test_what_a_vaccine_did_is_kept(negated: str, kept: bool) -> None:
    reaction = observation(f'<value xsi:type="CD" code="39579001" codeSystem="{SNOMED}" displayName="Anaphylaxis"/>', template="9", attributes=negated)
    raw = document(section("11369-6", given(FLU, f'<entryRelationship typeCode="CAUS">{reaction}</entryRelationship>', template="52")))
    (vaccine,), found = made(raw, "Immunization"), made(raw, "Observation")
    assert [says(o, "39579001", "31044-1") for o in found] == [True] * kept
    assert [r["detail"]["reference"] for r in vaccine.get("reaction", [])] == [f"Observation/{o['id']}" for o in found]


def test_why_a_vaccine_was_given() -> None:
    reason = f'<entryRelationship typeCode="RSON">{observation(DIABETES)}</entryRelationship>'
    (found,) = made(document(section("11369-6", given(FLU, reason, template="52"))), "Immunization")
    assert says(found["reasonCode"], "44054006")


def test_the_side_of_an_operation() -> None:
    side = f'<qualifier><name code="272741003" codeSystem="{SNOMED}"/><value code="7771000" codeSystem="{SNOMED}" displayName="Left"/></qualifier>'
    done = f'<procedure classCode="PROC" moodCode="EVN"><code code="609588000" codeSystem="{SNOMED}"/><targetSiteCode code="72696002" codeSystem="{SNOMED}">{side}</targetSiteCode></procedure>'
    (found,) = made(document(section("47519-4", done)), "Procedure")
    assert [b["coding"][0]["code"] for b in found["bodySite"]] == ["72696002", "7771000"]
    (found,) = made(document(section("47519-4", f'<procedure classCode="PROC" moodCode="EVN"><code code="609588000" codeSystem="{SNOMED}">{side}</code></procedure>')), "Procedure")
    assert [b["coding"][0]["code"] for b in found["bodySite"]] == ["7771000"]


def test_a_report_has_the_results_of_the_groups_in_it() -> None:
    inner = result(AMOUNT, id="r").replace(f'<templateId root="{ENTRY}.1"/>', "")
    outer = f'<organizer classCode="BATTERY" moodCode="EVN"><templateId root="{ENTRY}.1"/><code code="24323-8" codeSystem="{LOINC}"/><component>{inner}</component></organizer>'
    raw = document(section("30954-2", outer))
    (report,), (found,) = made(raw, "DiagnosticReport"), made(raw, "Observation")
    assert report["result"] == [{"reference": f"Observation/{found['id']}"}]


@pytest.mark.parametrize("flavor, reason", [("NI", "unknown"), ("MSK", "masked"), ("ASKU", "asked-unknown")])
def test_an_allergy_that_is_not_told_says_why(flavor: str, reason: str) -> None:
    entry = allergy(f'<code nullFlavor="{flavor}"/>').replace('<value xsi:type="CD" code="416098002"', '<value xsi:type="CD" nullFlavor="NI"')
    (found,) = made(document(section("48765-2", entry)), "AllergyIntolerance")
    assert [c["code"] for c in found["code"]["coding"]] == [reason]


def patient(role: str = "", person: str = "", around: str = "") -> dict[str, Any]:
    raw = document(section("11450-4"), patient=PATIENT.replace("<patient>", f"{role}<patient>").replace("</patient>", f"{person}</patient>"))
    (found,) = made(raw.replace(b"<component><structuredBody>", f"{around}<component><structuredBody>".encode()), "Patient")
    return found


def test_when_a_phone_was_valid_and_whether_somebody_is_a_twin() -> None:
    phone = patient('<telecom value="tel:22"><useablePeriod><low value="2001"/><high value="2005"/></useablePeriod></telecom>')["telecom"][-1]
    assert phone["period"] == {"start": "2001", "end": "2005"}
    assert patient(person='<sdtc:multipleBirthInd value="true"/>')["multipleBirthBoolean"] is True
    assert patient(person='<sdtc:multipleBirthInd value="true"/><sdtc:multipleBirthOrderNumber value="2"/>')["multipleBirthInteger"] == 2


@pytest.mark.parametrize("around", [
    f'<documentationOf><serviceEvent><performer typeCode="PRF"><functionCode code="PCP" codeSystem="{OID}.5.88"/><assignedEntity><id root="1.9" extension="7"/></assignedEntity></performer></serviceEvent></documentationOf>',
    '<participant typeCode="IND"><functionCode code="PCP"/><associatedEntity classCode="PROV"><id root="1.9" extension="7"/><associatedPerson><name>Dr Low</name></associatedPerson></associatedEntity></participant>'])
def test_a_family_doctor_is_no_relative(around: str) -> None:
    raw = document(section("11450-4")).replace(b"<component><structuredBody>", f"{around}<component><structuredBody>".encode())
    doctor = next(p for p in made(raw, "Practitioner") if says(p.get("identifier", []), "7"))
    assert patient(around=around)["generalPractitioner"] == [{"reference": f"Practitioner/{doctor['id']}"}] and not made(raw, "RelatedPerson")


def test_the_number_of_a_member_is_on_the_card() -> None:
    member = '<participant typeCode="COV"><participantRole><id root="1.2.3" extension="M-1"/></participantRole></participant>'
    policy = f'<act classCode="ACT" moodCode="EVN"><templateId root="{ENTRY}.61"/><code code="12" codeSystem="{OID}.3.221.5"/>{member}</act>'
    (found,) = made(document(section("48768-6", f'<act classCode="ACT" moodCode="EVN"><templateId root="{ENTRY}.60"/><entryRelationship typeCode="COMP">{policy}</entryRelationship></act>')), "Coverage")
    assert [i["value"] for i in found["identifier"]] == ["M-1"]


def test_what_an_organism_is_susceptible_to_is_told_of_it() -> None:
    inner = result('<value xsi:type="ST">S</value>', "18862-3", id="s")
    found = f'<value xsi:type="CD" code="112283007" codeSystem="{SNOMED}" displayName="Escherichia coli"/><entryRelationship typeCode="COMP">{inner}</entryRelationship>'
    seen = {o["code"]["coding"][0]["code"]: o for o in made(document(section("30954-2", result(found, "600-7", id="c"))), "Observation")}
    assert seen["600-7"]["hasMember"] == [{"reference": f"Observation/{seen['18862-3']['id']}"}]


def test_the_part_that_somebody_has_in_a_team() -> None:
    who = f'<performer><sdtc:functionCode code="PCP" codeSystem="{OID}.5.88"/><assignedEntity><id root="1.9" extension="7"/></assignedEntity></performer>'
    member = f'<component><act classCode="PCPR" moodCode="EVN"><templateId root="{ENTRY}.500.1"/>{who}</act></component>'
    (team,) = made(document(section("85847-2", f'<organizer classCode="CLUSTER" moodCode="EVN"><templateId root="{ENTRY}.500"/>{member}</organizer>')), "CareTeam")
    assert says(team["participant"][0]["role"], "PCP")


def test_a_group_of_vital_signs_is_no_report_of_a_laboratory() -> None:
    old = "2.16.840.1.113883.10.20.1"
    group = f'<organizer classCode="CLUSTER" moodCode="EVN"><templateId root="{old}.32"/><templateId root="{old}.35"/><effectiveTime value="2021"/><component>{observation(AMOUNT, f"""<templateId root="{old}.31"/><code code="8480-6"/>""")}</component></organizer>'
    raw = document(section("8716-3", group))
    assert not made(raw, "DiagnosticReport") and len(made(raw, "Observation")) == 2
