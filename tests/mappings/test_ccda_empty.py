"""What vendors write where they have nothing to say makes nothing, and what is denied leaves nothing behind."""

import pytest

from tests.adapters.ccda.documents import LOINC, OID, RXNORM, SNOMED, allergy, document, medicine, problem, section
from tests.mappings.test_ccda_vendors import ENTRY, made, says

REACTION = (f'<entryRelationship typeCode="MFST" inversionInd="true"><observation classCode="OBS" moodCode="EVN"><templateId root="{ENTRY}.9"/>'
            '<code code="ASSERTION"/>{}<statusCode code="completed"/></observation></entryRelationship>')
HIVES = f'<value xsi:type="CD" code="247472004" codeSystem="{SNOMED}" displayName="Hives"/>'
UNKNOWN = '<value xsi:type="CD" nullFlavor="UNK"/>'
VISIT = ('<encounter classCode="ENC" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.49"/><id root="1.2.3.4" extension="V1"/>'
         '<code nullFlavor="UNK"/><effectiveTime nullFlavor="UNK"/>{}</encounter>')
DEVICE = (f'<participant typeCode="DEV"><participantRole classCode="MANU"><id nullFlavor="NA" root="{OID}.3.3719"/><playingDevice>'
          f'<code code="40388003" codeSystem="{SNOMED}" displayName="Implant"/></playingDevice></participantRole></participant>')


@pytest.mark.parametrize("inner, manifestation, description", [
    (f"<text>Penicillin, 2011, hives</text>{HIVES}", "247472004", "Penicillin, 2011, hives"),
    (f"<text>Hives all over</text>{UNKNOWN}", "Hives all over", "Hives all over"), (HIVES, "247472004", None)])
def test_words_beside_a_reaction_are_no_second_one(inner: str, manifestation: str, description: str | None) -> None:
    (found,) = made(document(section("48765-2", allergy(more=REACTION.format(inner)))), "AllergyIntolerance")
    (reaction,) = found["reaction"]
    (one,) = reaction["manifestation"]
    assert says(one, manifestation) and reaction.get("description") == description


@pytest.mark.parametrize("more, visits", [
    ("", 0), ('<statusCode code="completed"/>', 0),
    ('<performer><assignedEntity><id root="1.2.3.5" extension="D1"/></assignedEntity></performer>', 1), ('<text>A call by phone</text>', 1)])
def test_a_visit_of_which_nothing_is_told_is_none(more: str, visits: int) -> None:
    assert len(made(document(section("46240-8", VISIT.format(more))), "Encounter")) == visits


@pytest.mark.parametrize("code", ['<code nullFlavor="UNK"/>', f'<code code="24323-8" codeSystem="{LOINC}"/>'])
def test_a_panel_of_which_nothing_is_told_is_no_report(code: str) -> None:
    nothing = f"""<organizer classCode="BATTERY" moodCode="EVN"><templateId root="{ENTRY}.1"/><id root="1.2.3.4" extension="P1"/>{code}
    <statusCode code="completed"/><component><observation classCode="OBS" moodCode="EVN"><templateId root="{ENTRY}.2"/><code nullFlavor="UNK"/>
    <statusCode code="completed"/><value xsi:type="PQ" nullFlavor="UNK"/></observation></component></organizer>"""
    assert len(made(document(section("30954-2", nothing)), "DiagnosticReport")) == ("24323-8" in code)


@pytest.mark.parametrize("denied, devices", [('negationInd="true"', 0), ("", 1)])
def test_an_implant_that_is_denied_is_no_device(denied: str, devices: int) -> None:
    raw = document(section("46264-8", f"""<procedure classCode="PROC" moodCode="EVN" {denied}><templateId root="{ENTRY}.14"/><id root="1.2.3.4" extension="I1"/>
    <code code="71388002" codeSystem="{SNOMED}" displayName="Procedure"/><statusCode code="completed"/>{DEVICE}</procedure>"""))
    (procedure,) = made(raw, "Procedure")
    assert len(made(raw, "Device")) == devices == len(procedure.get("focalDevice", ()))
    assert says(procedure, "40388003") is not bool(devices)


def test_equipment_that_is_denied_is_no_device() -> None:
    raw = document(section("46264-8", f"""<supply classCode="SPLY" moodCode="EVN" negationInd="true"><templateId root="{ENTRY}.50"/><id root="1.2.3.4" extension="S1"/>
    <statusCode code="completed"/><product><manufacturedProduct><manufacturedMaterial><code code="40388003" codeSystem="{SNOMED}"/></manufacturedMaterial>
    </manufacturedProduct></product></supply>"""))
    assert not made(raw, "Device") and made(raw.replace(b' negationInd="true"', b""), "Device")


@pytest.mark.parametrize("cell, text", [("RxNorm", "Warfarin 5 mg"), ("SNOMED CT", "Warfarin 5 mg"), ("Warfarin tablets", "Warfarin tablets")])
def test_the_name_of_a_code_system_is_no_name_of_a_medicine(cell: str, text: str) -> None:
    raw = medicine().replace('displayName="Warfarin 5 mg"/>', 'displayName="Warfarin 5 mg"><originalText><reference value="#M1"/></originalText></code>')
    (found,) = made(document(section("10160-0", raw, text=f'<content ID="M1">{cell}</content>')), "MedicationStatement")
    assert found["medicationCodeableConcept"]["text"] == text
    uncoded = raw.replace(f'code="855332" codeSystem="{RXNORM}" displayName="Warfarin 5 mg"', 'nullFlavor="UNK"')
    (found,) = made(document(section("10160-0", uncoded, text=f'<content ID="M1">{cell}</content>')), "MedicationStatement")
    assert found["medicationCodeableConcept"]["text"] == cell


def test_the_diagnosis_of_a_visit_told_again_in_a_plan_is_one() -> None:
    diagnosis = problem(id="P1").replace(f"{ENTRY}.3", f"{ENTRY}.80").replace('code="CONC"', f'code="29308-4" codeSystem="{LOINC}"')
    visit = VISIT.replace('nullFlavor="UNK"', f'code="390906007" codeSystem="{SNOMED}"', 1).format(f"<entryRelationship>{diagnosis}</entryRelationship>")
    planned = VISIT.replace('"EVN"', '"INT"').replace(".49", ".40").replace("V1", "V2").format(f"<entryRelationship>{visit}</entryRelationship>")
    raw = document(section("46240-8", visit), section("18776-5", planned))
    (condition,) = made(raw, "Condition")
    assert condition["category"][0]["coding"][0]["code"] == "encounter-diagnosis" and len(made(raw, "Encounter")) == 1
