"""What documents of vendors, laboratories, pharmacies and vaccination records say where others say it elsewhere."""

from typing import Any

import pytest

from adapters.ccda.reading import read_document
from adapters.ccda.sections import section_of
from gateway.pure.mapping import Chosen, messages
from tests.adapters.ccda.documents import (
    LOINC,
    OID,
    PATIENT,
    RXNORM,
    SNOMED,
    allergy,
    document,
    medicine,
    problem,
    section,
)
from tests.mappings.test_ccda_vendors import DIABETES, ENTRY, KIND, concern, given, made, observation, says

CVX = f"{OID}.12.292"
FLU = f'<code code="140" codeSystem="{CVX}" displayName="Influenza"/>'
NOTHING = '<value xsi:type="CD" nullFlavor="NI"/>'
PHARMACY = "1.3.6.1.4.1.19376.1.9.1.3"
WARFARIN = f'<code code="11289" codeSystem="{RXNORM}" displayName="Warfarin"/>'
PLANNED = f"""<entryRelationship typeCode="REFR"><substanceAdministration classCode="SBADM" moodCode="INT"><templateId root="{PHARMACY}.10"/>
<id root="6a6a6a6a-0000-4000-8000-000000000001"/><code code="MTPItem" codeSystem="1.3.6.1.4.1.19376.1.9.2.2"/><consumable><manufacturedProduct>
<manufacturedMaterial nullFlavor="NA"/></manufacturedProduct></consumable></substanceAdministration></entryRelationship>"""


def patient(old: str, new: str) -> dict[str, Any]:
    (found,) = made(document(patient=PATIENT.replace(old, new)), "Patient")
    return found


def test_an_allergen_may_be_a_device() -> None:
    latex = f'<code code="111088007" codeSystem="{SNOMED}" displayName="Latex"/>'
    (found,) = made(document(section("48765-2", allergy(latex).replace("playingEntity", "playingDevice"))), "AllergyIntolerance")
    assert says(found["code"], "111088007")


@pytest.mark.parametrize("loinc, entry, type", [
    ("11450-4", concern(observation(NOTHING, template="4", attributes='nullFlavor="NI"'), "3"), "Condition"),
    ("48765-2", concern(observation(NOTHING, template="7", attributes='nullFlavor="UNK"'), "30"), "AllergyIntolerance"),
    ("10160-0", given('<manufacturedMaterial><code nullFlavor="NI"/></manufacturedMaterial>', template="16", attributes='nullFlavor="NI"'),
     "MedicationStatement")])
def test_an_entry_that_is_null_and_tells_nothing_states_nothing(loinc: str, entry: str, type: str) -> None:
    assert not made(document(section(loinc, entry)), type)
    told = entry.replace('<value xsi:type="CD" nullFlavor="NI"/>', DIABETES).replace('<code nullFlavor="NI"/>', WARFARIN)
    assert len(made(document(section(loinc, told)), type)) == 1
    assert len(made(document(section(loinc, entry.replace('"NI"', '"MSK"').replace('"UNK"', '"MSK"'))), type)) == 1


def test_a_picture_is_no_text() -> None:
    picture = observation('<value xsi:type="ED" representation="B64" mediaType="image/png">iVBORw0K</value>', f'<code code="18748-4" codeSystem="{LOINC}"/>', "2")
    (found,) = made(document(section("30954-2", picture)), "Observation")
    assert "valueString" not in found and says(found["extension"], "iVBORw0K")


@pytest.mark.parametrize("product, code, text", [
    ('<manufacturedLabeledDrug><code code="J07BB02" codeSystem="2.16.840.1.113883.6.73" displayName="Influenza"/></manufacturedLabeledDrug>', "J07BB02", "Influenza"),
    (f'<manufacturedMaterial>{FLU}<name>Vaxigrip</name></manufacturedMaterial>', "140", "Vaxigrip"),
    ("<manufacturedMaterial><name>Encepur</name></manufacturedMaterial>", None, "Encepur"),
    ('<manufacturedMaterial><code nullFlavor="UNK"/></manufacturedMaterial>', "unknown", None)])
@pytest.mark.parametrize("mood, type, element", [("EVN", "Immunization", "vaccineCode"), ("INT", "MedicationRequest", "medicationCodeableConcept")])
@pytest.mark.parametrize("denied", ["false", "true"])
def test_a_vaccine_is_named_wherever_it_stands(product: str, code: str | None, text: str | None, mood: str, type: str, element: str, denied: str) -> None:
    (found,) = made(document(section("11369-6", given(product, '<effectiveTime value="2021"/>', "52", mood=mood, attributes=f'negationInd="{denied}"'))), type)
    named = found[element]
    assert named.get("text") == text and [c["code"] for c in named.get("coding", ())][:1] == ([code] if code else [])


def test_a_vaccine_that_is_told_nowhere_was_given_all_the_same() -> None:
    (found,) = made(document(section("11369-6", given("", '<effectiveTime value="2021"/>', template="52"))), "Immunization")
    assert found["occurrenceDateTime"] == "2021" and says(found["vaccineCode"], "unknown")


def test_a_vaccine_that_stands_as_the_code_of_its_entry() -> None:
    (found,) = made(document(section("11369-6", given("", FLU, template="52"))), "Immunization")
    assert says(found["vaccineCode"], "140")
    (found,) = made(document(section("11369-6", given("", f'<code code="IMMUNIZ" codeSystem="{OID}.5.4"/><text>Grippe</text>', template="52"))), "Immunization")
    assert found["vaccineCode"] == {"text": "Grippe"}


@pytest.mark.parametrize("template", ["1.3.6.1.4.1.19376.1.5.3.1.4.12", "1.3.6.1.4.1.19376.1.5.3.1.4.12.2", f"{ENTRY}.52", f"{ENTRY}.120"])
@pytest.mark.parametrize("mood", ["EVN", "INT"])
def test_what_a_vaccine_protects_against_is_no_illness_of_the_patient(template: str, mood: str) -> None:
    against = observation(f'<value xsi:type="CD" code="397430003" codeSystem="{SNOMED}" displayName="Diphtheria"/>', template="4")
    entry = given(f"<manufacturedMaterial>{FLU}</manufacturedMaterial>", f'<templateId root="{template}"/><entryRelationship typeCode="RSON">{against}</entryRelationship>', mood=mood)
    raw = document(section("11369-6" if mood == "EVN" else "18776-5", entry))
    (found,) = made(raw, "Immunization" if mood == "EVN" and template[-3:] not in ("120", "2.2") else "MedicationRequest")
    assert not made(raw, "Condition") and says(found["reasonCode"], "397430003")


def test_a_wrapper_is_no_procedure() -> None:
    inner = f'<procedure classCode="PROC" moodCode="EVN"><code code="73761001" codeSystem="{SNOMED}" displayName="Colonoscopy"/></procedure>'
    (found,) = made(document(section("47519-4", concern(inner))), "Procedure")
    assert says(found["code"], "73761001") and "partOf" not in found


def test_a_test_that_was_not_performed_has_no_value() -> None:
    quality = observation("", f'<code code="1751-7" codeSystem="{LOINC}"/>', attributes='negationInd="true"').replace("<code", f'<templateId root="{OID}.10.20.24.3.38"/><code', 1)
    (found,) = made(document(section("55188-7", quality)), "Observation")
    assert "valueBoolean" not in found and says(found["dataAbsentReason"], "not-performed")


def test_why_something_was_not_done_is_the_answer_and_not_the_question() -> None:
    reason = observation(f'<value xsi:type="CD" code="105480006" codeSystem="{SNOMED}" displayName="Refused"/>', f'<code code="77301-0" codeSystem="{LOINC}"/>')
    entry = given(f"<manufacturedMaterial>{FLU}</manufacturedMaterial>", f'<entryRelationship typeCode="RSON">{reason}</entryRelationship>', "52", 'negationInd="true"')
    (found,) = made(document(section("11369-6", entry)), "Immunization")
    assert says(found["statusReason"], "105480006") and not says(found["statusReason"], "77301-0")


def test_the_collection_of_a_specimen_is_told_of_the_specimen() -> None:
    collection = f"""<act classCode="ACT" moodCode="EVN"><code code="18723-7" codeSystem="{LOINC}"/><entryRelationship typeCode="COMP">
<procedure classCode="PROC" moodCode="EVN"><templateId root="1.3.6.1.4.1.19376.1.3.1.2"/><code code="33882-2" codeSystem="{LOINC}"/><effectiveTime value="202401020700+0100"/>
<participant typeCode="PRD"><participantRole classCode="SPEC"><id root="1.2" extension="S1"/><playingEntity><code code="BLD" codeSystem="{OID}.5.129"/></playingEntity>
</participantRole></participant></procedure></entryRelationship></act>"""
    raw = document(section("18723-7", collection))
    (specimen,) = made(raw, "Specimen")
    assert not made(raw, "Procedure") and says(specimen["type"], "BLD") and says(specimen["identifier"], "S1")
    assert specimen["collection"]["collectedDateTime"] == "2024-01-02T07:00:00+01:00"


def test_what_only_names_an_item_of_another_document_is_no_order() -> None:
    advice = observation("<text>Cough</text>" + PLANNED, '<code code="CANCEL" codeSystem="1.3.6.1.4.1.19376.1.9.2.1" displayName="Cancel"/>')
    advice = advice.replace("<code", f'<templateId root="{PHARMACY}.3"/><code', 1)
    packed = f"""<supply classCode="SPLY" moodCode="EVN"><templateId root="{PHARMACY}.4"/><statusCode code="completed"/><product><manufacturedProduct><manufacturedMaterial>
{WARFARIN}</manufacturedMaterial></manufacturedProduct></product>{PLANNED}</supply>"""
    raw = document(section("10160-0", advice, packed))
    assert not made(raw, "MedicationRequest") and not made(raw, "MedicationStatement")
    (told,), (dispensed,) = made(raw, "Observation"), made(raw, "MedicationDispense")
    number = "urn:uuid:6a6a6a6a-0000-4000-8000-000000000001"
    assert told["focus"][0]["identifier"]["value"] == number == dispensed["authorizingPrescription"][0]["identifier"]["value"]


@pytest.mark.parametrize("item, mood, type", [("7", "INT", "MedicationRequest"), ("2", "INT", "MedicationRequest"), ("7", "EVN", "MedicationStatement")])
@pytest.mark.parametrize("high, status", [("", "active"), ('<high value="20260201"/>', "completed"), ('<high value="20270201"/>', "active")])
def test_an_item_of_a_treatment_plan_that_was_written_down_is_in_force(item: str, mood: str, type: str, high: str, status: str) -> None:
    times = f'<effectiveTime xsi:type="IVL_TS"><low value="20260101"/>{high}</effectiveTime>'
    entry = medicine(status="completed", mood=mood, times=times).replace(f"{ENTRY}.16", f"{PHARMACY}.{item}")
    (found,) = made(document(section("77604-7", entry)), type)
    assert found["status"] == status


def test_the_class_of_a_product_is_one_of_its_codes() -> None:
    kind = '<asSpecializedKind xmlns="urn:ihe:pharm:medication"><generalizedMaterialKind><code code="B01AA03" codeSystem="2.16.840.1.113883.6.73"/></generalizedMaterialKind></asSpecializedKind>'
    (found,) = made(document(section("10160-0", medicine().replace("</manufacturedMaterial>", f"{kind}</manufacturedMaterial>"))), "MedicationStatement")
    assert [c["code"] for c in found["medicationCodeableConcept"]["coding"]] == ["855332", "B01AA03"]


def test_what_is_to_be_handed_over_is_told_of_the_order() -> None:
    packs = f"""<entryRelationship typeCode="COMP"><supply classCode="SPLY" moodCode="RQO"><templateId root="{PHARMACY}.8"/>
<effectiveTime xsi:type="IVL_TS"><low value="20260101"/><high value="20260401"/></effectiveTime><quantity value="2"/></supply></entryRelationship>"""
    (found,) = made(document(section("10160-0", medicine(more=packs, mood="INT"))), "MedicationRequest")
    assert found["dispenseRequest"] == {"quantity": {"value": 2}, "validityPeriod": {"start": "2026-01-01", "end": "2026-04-01"}}


@pytest.mark.parametrize("code", ['<code code="DRUG"/>', f'<code code="DRUG" codeSystem="{OID}.5.4"/>', f'<code code="TREAT" codeSystem="{OID}.5.4"/>'])
def test_a_kind_of_administration_is_no_medicine(code: str) -> None:
    (found,) = made(document(section("10160-0", given("", f"{code}<text>Vitamin D drops</text>", "16"))), "MedicationStatement")
    assert found["medicationCodeableConcept"] == {"text": "Vitamin D drops"}


def test_cells_of_a_row_are_words_of_their_own() -> None:
    row = '<table><tbody><tr ID="r9"><td>Metformin 500 mg</td><td>1<sup>st</sup> line<br/>daily</td></tr></tbody></table>'
    named = given('<manufacturedMaterial><code nullFlavor="UNK"><originalText><reference value="#r9"/></originalText></code></manufacturedMaterial>', template="16")
    (found,) = made(document(section("10160-0", named, text=row)), "MedicationStatement")
    assert found["medicationCodeableConcept"]["text"] == "Metformin 500 mg 1st line daily"


@pytest.mark.parametrize("code, type, category", [("FALG", "allergy", ["food"]), ("DINT", None, ["medication"]), ("EALG", "allergy", ["environment"]),
                                                 ("DNAINT", "intolerance", ["medication"]), ("ALG", "allergy", None), ("OINT", None, None)])
@pytest.mark.parametrize("place", ["code", "value"])
def test_the_kind_of_an_allergy_in_other_words(code: str, type: str | None, category: list[str] | None, place: str) -> None:
    said = f'<{place} xsi:type="CD" code="{code}" codeSystem="{OID}.5.4"/>'
    entry = allergy().replace(KIND.replace("419199007", "416098002"), said if place == "value" else '<value xsi:type="CD" nullFlavor="UNK"/>')
    (found,) = made(document(section("48765-2", entry.replace('<code code="ASSERTION"/>', said if place == "code" else '<code code="ASSERTION"/>'))), "AllergyIntolerance")
    assert found.get("type") == type and found.get("category") == category and says(found["code"], "7980")


@pytest.mark.parametrize("written, time", [("196102030715+0100", "1961-02-03T07:15:00+01:00"), ("19610203", None), ("196102030000+0100", None), ("19610203000000", None)])
def test_the_time_of_birth_is_kept(written: str, time: str | None) -> None:
    found = patient('value="19610203"', f'value="{written}"')
    assert found["birthDate"] == "1961-02-03"
    assert [e["valueDateTime"] for e in found.get("_birthDate", {}).get("extension", ())] == ([time] if time else [])


def test_a_birth_that_cannot_be_read_is_told_once() -> None:
    (found,) = messages("x.xml", document(patient=PATIENT.replace('value="19610203"', 'value="03.02.1961"')), Chosen())
    assert [i.code for i in found.result.mapped.issues] == ["ccda-date-invalid"]


def test_who_takes_the_mail_for_somebody_is_a_line_of_the_address() -> None:
    assert patient("<streetAddressLine>", "<careOf>c/o Mara Bell</careOf><streetAddressLine>")["address"][0]["line"] == ["c/o Mara Bell", "Elm Lane 4"]


@pytest.mark.parametrize("extension, kept", [("V1", 1), ("V9", 2)])
def test_a_visit_that_is_told_inside_an_entry_needs_no_template(extension: str, kept: int) -> None:
    visit = f"""<entryRelationship typeCode="COMP"><encounter classCode="ENC" moodCode="EVN"><id root="1.2.3.8" extension="{extension}"/>
<code code="99213" codeSystem="{OID}.6.12"/><effectiveTime value="20240101"/></encounter></entryRelationship>"""
    header = '<componentOf><encompassingEncounter><id root="1.2.3.8" extension="V1"/><effectiveTime value="20240101"/></encompassingEncounter></componentOf><component><structuredBody>'
    raw = document(section("11450-4", problem(more=visit))).replace(b"<component><structuredBody>", header.encode(), 1)
    found, (condition,) = made(raw, "Encounter"), made(raw, "Condition")
    assert len(found) == kept and [f["id"] for f in found if says(f, "99213")] == [condition["encounter"]["reference"].removeprefix("Encounter/")]


@pytest.mark.parametrize("days, kept", [(("20240101", "20240101"), ["V1"]), (("20240101", "20240102"), ["V1", "V1", "V1"]), (("", ""), ["V1", "V1"])])
def test_a_visit_that_is_told_by_several_codes_is_the_one_of_the_header(days: tuple[str, str], kept: list[str]) -> None:
    stays = [f"""<encounter classCode="ENC" moodCode="EVN"><templateId root="{ENTRY}.49"/><id root="1.2.3.8" extension="V1"/><code code="9921{n}" codeSystem="{OID}.6.12"/>
<effectiveTime value="{day}"/></encounter>""" for n, day in enumerate(days)]
    header = '<componentOf><encompassingEncounter><id root="1.2.3.8" extension="V1"/><effectiveTime value="20240101"/></encompassingEncounter></componentOf><component><structuredBody>'
    found = made(document(section("46240-8", *stays)).replace(b"<component><structuredBody>", header.encode(), 1), "Encounter")
    assert [f["identifier"][0]["value"] for f in found] == kept
    assert len({c["code"] for f in found for t in f.get("type", ()) for c in t["coding"]}) == 2


@pytest.mark.parametrize("inner, attachment", [
    ('mediaType="application/pdf" representation="B64">JVBERi0x LjQgaGk=</value>', {"contentType": "application/pdf", "data": "JVBERi0xLjQgaGk="}),
    ('mediaType="image/png"><reference value="scan.png"/></value>', {"contentType": "image/png", "url": "scan.png"}),
    ('mediaType="application/pdf" representation="B64">no base64!</value>', {"contentType": "application/pdf"})])
def test_a_picture_in_a_document_can_be_opened_without_it(inner: str, attachment: dict[str, str]) -> None:
    media = f'<observationMedia classCode="OBS" moodCode="EVN" ID="MM1"><value {inner}</observationMedia>'
    raw = document(section("55108-5", media, text='<renderMultiMedia referencedObject="MM1"/>'))
    (found,), (document_,) = made(raw, "Media"), made(raw, "DocumentReference")
    assert found["content"].items() >= attachment.items() and found["content"].keys() - {"title"} == attachment.keys()
    assert len(document_["content"]) == 1      # a picture that two documents share makes them no one document
    assert any(t["reference"] == f"Media/{found['id']}" for p in made(raw, "Provenance") for t in p["target"])


def test_the_parts_of_a_udi_are_told_of_the_device() -> None:
    def part(code: str, value: str) -> str:
        return f'<component>{observation(value, f"""<code code="{code}" codeSystem="{OID}.3.26.1.1"/>""")}</component>'
    parts = "".join(part(code, f'<value xsi:type="ED">{text}</value>') for code, text in (("C101671", "SN-7"), ("C101672", "LOT-8"), ("C113843", "W1"))) \
        + part("C101670", '<value xsi:type="TS" value="20301231"/>') + part("C101669", '<value xsi:type="TS" value="20191231"/>')
    implant = f"""<procedure classCode="PROC" moodCode="EVN"><templateId root="{ENTRY}.14"/><code code="360030002" codeSystem="{SNOMED}"/><participant typeCode="DEV"><participantRole>
<id root="2.16.840.1.113883.3.3719" extension="(01)1"/><playingDevice><code code="14106009" codeSystem="{SNOMED}"/></playingDevice></participantRole></participant>
<entryRelationship typeCode="COMP"><organizer classCode="CLUSTER" moodCode="EVN"><templateId root="{ENTRY}.311"/><code code="74711-3" codeSystem="{LOINC}"/>{parts}</organizer>
</entryRelationship></procedure>"""
    (found,) = made(document(section("46264-8", implant)), "Device")
    assert [found[n] for n in ("serialNumber", "lotNumber", "distinctIdentifier", "expirationDate", "manufactureDate")] == ["SN-7", "LOT-8", "W1", "2030-12-31", "2019-12-31"]


def test_the_name_of_a_spouse_beside_ones_own_is_kept() -> None:
    found = patient("<family>Bell</family>", '<family>Bell</family><family qualifier="SP">Keller</family>')
    assert [n.get("family") for n in found["name"]] == ["Bell", "Keller"]
    found = patient("<family>Bell</family>", '<family qualifier="SP">Keller</family>')
    assert [n.get("family") for n in found["name"]] == ["Keller"]


def test_a_language_in_words_and_a_place_of_birth_with_an_address() -> None:
    found = patient("<birthTime", """<birthplace><place><name>Inselspital</name><addr><city>Bern</city></addr></place></birthplace>
<languageCommunication><languageCode nullFlavor="OTH"><originalText>Rumantsch</originalText></languageCode></languageCommunication><birthTime""")
    assert found["communication"] == [{"language": {"text": "Rumantsch"}}]
    assert says(found["extension"], "Inselspital") and says(found["extension"], "Bern")


def test_the_cause_of_a_death_may_stand_around_it() -> None:
    death = f"""<observation classCode="OBS" moodCode="EVN"><templateId root="{OID}.10.20.1.42"/><statusCode code="completed"/>{DIABETES}<entryRelationship typeCode="CAUS">
<observation classCode="OBS" moodCode="EVN"><templateId root="{OID}.10.20.1.22"/><value xsi:type="CD" code="419620001" codeSystem="{SNOMED}"/></observation></entryRelationship></observation>"""
    relative = f"""<organizer classCode="CLUSTER" moodCode="EVN"><templateId root="{OID}.10.20.1.23"/><subject><relatedSubject classCode="PRS"><code code="FTH" codeSystem="{OID}.5.111"/>
</relatedSubject></subject><component>{death}</component></organizer>"""
    (found,) = made(document(section("10157-6", relative)), "FamilyMemberHistory")
    assert [(c["code"]["coding"][0]["code"], c["contributedToDeath"]) for c in found["condition"]] == [("44054006", True)]


def test_a_finding_in_a_concern_about_health_is_kept() -> None:
    falls = f'<value xsi:type="CD" code="129839007" codeSystem="{SNOMED}" displayName="At risk for falls"/>'
    raw = document(section("75310-3", concern(observation(falls, f'<code code="75323-6" codeSystem="{LOINC}"/>'), "136")))
    (found,) = made(raw, "Observation")
    assert says(found, "129839007")


@pytest.mark.parametrize("low, value, unit, end", [
    ("20240201", "10", "d", "2024-02-10"), ("20240201", "1", "d", "2024-02-01"), ("20240201", "2", "wk", "2024-02-14"), ("202402011130+0100", "90", "min", "2024-02-01T13:00:00+01:00"),
    ("202402011130+0100", "1", "d", "2024-02-02T11:30:00+01:00"), ("202402", "10", "d", None), ("20240201", "10", "h", None), ("20240201", "ten", "d", None), ("20240201", "3", "mo", None)])
def test_a_time_that_is_told_by_its_length_has_an_end(low: str, value: str, unit: str, end: str | None) -> None:
    times = f'<effectiveTime xsi:type="IVL_TS"><low value="{low}"/><width value="{value}" unit="{unit}"/></effectiveTime>'
    (found,) = made(document(section("10160-0", medicine(times=times))), "MedicationStatement")
    assert found["effectivePeriod"].get("end") == end == found["dosage"][0]["timing"]["repeat"]["boundsPeriod"].get("end")


@pytest.mark.parametrize("title, loinc", [
    ("Diagnosenliste", "11450-4"), ("Liste des diagnostics", "11450-4"), ("Problèmes actuels", "11450-4"), ("Diagnosi", "11450-4"), ("Laborresultate", "30954-2"),
    ("Laborbefunde", "30954-2"), ("Laboratoire", "30954-2"), ("Esami di laboratorio", "30954-2"), ("Labor", "30954-2"), ("Medikamente bei Austritt", "10183-2"),
    ("Traitement de sortie", "10183-2"), ("Terapia alla dimissione", "10183-2"), ("Traitement actuel", "10160-0"), ("Aktuelle Medikation", "10160-0"), ("Impfausweis", "11369-6"),
    ("Vaccinazioni", "11369-6"), ("Frühere Krankheiten", "11348-0"), ("Antécédents médicaux", "11348-0"), ("Opérations", "47519-4"), ("Eintrittsmedikation", "42346-7"),
    ("Diagnosen bei Austritt", "11535-2"), ("Diagnostics de sortie", "11535-2"), ("Laboratory results", "30954-2"), ("Allergie", "48765-2"), ("Parametri vitali", "8716-3"),
    ("Diagnostics", ""), ("Labour and delivery", ""), ("Verlauf", ""), ("Beurteilung", ""), ("Procedere", "")])
def test_a_section_without_a_code_is_what_its_title_says_in_four_languages(title: str, loinc: str) -> None:
    raw = document(section("x", problem()).replace(f'<code code="x" codeSystem="{LOINC}"/>', "").replace("<title>Part", f"<title>{title}"))
    assert section_of(read_document(raw).by_name["section"][0]) == loinc


def test_a_problem_of_a_vaccinated_patient_stays_one() -> None:
    raw = document(section("11369-6", given(f"<manufacturedMaterial>{FLU}</manufacturedMaterial>", template="52")), section("11450-4", problem()))
    assert len(made(raw, "Condition")) == 1
