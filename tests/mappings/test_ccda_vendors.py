"""How vendors write the same facts otherwise than the guide: each way an invented document, each fact kept, by
the name of the section, the place of the code, the place of the words."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.jsontext import dumps
from gateway.pure.mapping import Chosen, messages
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

ENTRY = f"{OID}.10.20.22.4"
NARRATIVE = '<content ID="r1">Referenced words</content>'
PENICILLIN = f'<code code="7980" codeSystem="{RXNORM}" displayName="Penicillin"/>'
ASPIRIN = f'<code code="1191" codeSystem="{RXNORM}" displayName="Aspirin"/>'
DIABETES = f'<value xsi:type="CD" code="44054006" codeSystem="{SNOMED}" displayName="Diabetes"/>'
KIND = f'<value xsi:type="CD" code="419199007" codeSystem="{SNOMED}"/>'


def made(raw: bytes, type: str) -> list[dict[str, Any]]:
    """The resources of a type; nothing of the document may be an error."""
    (found,) = messages("x.xml", raw, Chosen())
    assert not [i for i in found.result.mapped.issues if i.severity in ("error", "fatal")]
    return json.loads(dumps([r for r in found.result.mapped.resources if r["resourceType"] == type]))  # type: ignore[no-any-return]


def words(value: Any) -> Iterator[str]:
    """Every text, number and truth in a resource, as text."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner)
    else:
        yield str(value)


def says(resource: dict[str, Any], *texts: str) -> bool:
    everything = list(words(resource))
    return all(any(t in w for w in everything) for t in texts)


def observation(inner: str, code: str = '<code code="ASSERTION"/>', template: str = "", attributes: str = "") -> str:
    known = f'<templateId root="{ENTRY}.{template}"/>' if template else ""
    return f'<observation classCode="OBS" moodCode="EVN" {attributes}>{known}{code}<statusCode code="completed"/>{inner}</observation>'


def concern(inner: str, template: str = "", more: str = "") -> str:
    known = f'<templateId root="{ENTRY}.{template}"/>' if template else ""
    return (f'<act classCode="ACT" moodCode="EVN">{known}<code code="CONC"/>{more}<statusCode code="active"/>'
            f'<entryRelationship typeCode="SUBJ">{inner}</entryRelationship></act>')


def given(material: str, inner: str = "", template: str = "", attributes: str = "", mood: str = "EVN") -> str:
    known = f'<templateId root="{ENTRY}.{template}"/>' if template else ""
    product = f"<consumable><manufacturedProduct>{material}</manufacturedProduct></consumable>" if material else ""
    return (f'<substanceAdministration classCode="SBADM" moodCode="{mood}" {attributes}>{known}{inner}<statusCode code="active"/>'
            f"{product}</substanceAdministration>")


def titled(title: str, entry: str, head: str = "") -> str:
    return f"<section>{head}<title>{title}</title><text>As told.</text><entry>{entry}</entry></section>"


@pytest.mark.parametrize("title, entry, type, code", [
    ("Problem List", concern(observation(DIABETES)), "Condition", "44054006"),
    ("Diagnosen", concern(observation(DIABETES)), "Condition", "44054006"),
    ("ALLERGIES &amp; REACTIONS", allergy().replace(f'<templateId root="{ENTRY}.7"/>', ""), "AllergyIntolerance", "7980"),
    ("Medications", given(f"<manufacturedMaterial>{ASPIRIN}</manufacturedMaterial>"), "MedicationStatement", "1191"),
    ("Immunization history", given(f"<manufacturedMaterial>{ASPIRIN}</manufacturedMaterial>"), "Immunization", "1191"),
    ("Diagnostic results", result('<value xsi:type="INT" value="7"/>').replace("22.4.2", "99").replace("22.4.1", "98"), "Observation", "2345-7"),
    ("Surgeries", f'<act classCode="ACT" moodCode="EVN"><code code="80146002" codeSystem="{SNOMED}"/></act>', "Procedure", "80146002"),
])
def test_a_section_without_a_code_is_what_its_title_says(title: str, entry: str, type: str, code: str) -> None:
    (found,) = made(document(titled(title, entry)), type)
    assert says(found, code)


@pytest.mark.parametrize("head", [
    f'<code nullFlavor="UNK"><translation code="8716-3" codeSystem="{LOINC}"/></code>', f'<templateId root="{OID}.10.20.22.2.4.1"/>',
    '<code code="VS" codeSystem="1.2.3"/><templateId root="1.3.6.1.4.1.19376.1.5.3.1.3.25"/>', f'<code code="8716-3" codeSystem="{LOINC}"/>'])
def test_a_section_is_what_its_translation_or_template_says(head: str) -> None:
    weight = observation('<value xsi:type="PQ" value="70" unit="kg"/>', f'<code code="3141-9" codeSystem="{LOINC}"/>')
    (found,) = made(document(titled("Part", weight, head)), "Observation")
    assert found["category"][0]["coding"][0]["code"] == "vital-signs"


def test_the_code_of_a_section_goes_before_its_title() -> None:
    assert not made(document(titled("Problems", concern(observation(DIABETES)), f'<code code="10157-6" codeSystem="{LOINC}"/>')), "Condition")


@pytest.mark.parametrize("entry, text", [
    (concern(observation('<value xsi:type="ED"><reference value="#r1"/></value>', template="4")), "Referenced words"),
    (concern(observation('<value xsi:type="CD" nullFlavor="UNK"/>', template="4"), "3", '<text><reference value="#r1"/></text>'), "Referenced words"),
    (concern(observation("", f'<code code="44054006" codeSystem="{SNOMED}"/>', "4")), "44054006"),
])
def test_a_problem_is_named_wherever_it_stands(entry: str, text: str) -> None:
    (found,) = made(document(section("11450-4", entry, text=NARRATIVE)), "Condition")
    assert says(found, text)


def test_words_of_a_concern_of_two_problems_name_neither() -> None:
    two = "</entryRelationship><entryRelationship typeCode='SUBJ'>".join(
        [observation('<value xsi:type="CD" nullFlavor="UNK"/>', template="4"), observation(DIABETES, template="4")])
    found = made(document(section("11450-4", concern(two, "3", "<text>Both of them</text>"))), "Condition")
    assert not any(says(c, "Both of them") for c in found)


def test_the_side_of_a_problem_is_its_body_site() -> None:
    left = f'<qualifier><name code="272741003" codeSystem="{SNOMED}"/><value code="7771000" codeSystem="{SNOMED}" displayName="Left"/></qualifier>'
    (found,) = made(document(section("11450-4", concern(observation(DIABETES.replace("/>", f">{left}</value>"), template="4")))), "Condition")
    assert found["bodySite"][0]["coding"][0]["code"] == "7771000"


@pytest.mark.parametrize("inner", [
    observation(DIABETES, f'<code code="282291009" codeSystem="{SNOMED}"/>'),
    concern(observation(DIABETES, f'<code code="29308-4" codeSystem="{LOINC}"/>'))])
def test_the_diagnosis_of_an_encounter_needs_no_template(inner: str) -> None:
    raw = document(section("46240-8", f"""<encounter classCode="ENC" moodCode="EVN"><code code="99213" codeSystem="{OID}.6.12"/><effectiveTime value="20200101"/>
<entryRelationship typeCode="SUBJ">{inner}</entryRelationship></encounter>"""))
    (condition,), (encounter,) = made(raw, "Condition"), made(raw, "Encounter")
    assert says(condition, "44054006")
    assert encounter["diagnosis"][0]["condition"]["reference"] == f"Condition/{condition['id']}"


def role(inner: str) -> str:
    return f'<participant typeCode="CSM"><participantRole classCode="MANU">{inner}</participantRole></participant>'


@pytest.mark.parametrize("entry, text", [
    (concern(observation(f"{KIND}<consumable><manufacturedProduct><manufacturedMaterial>{PENICILLIN}</manufacturedMaterial></manufacturedProduct></consumable>",
                         template="7")), "7980"),
    (concern(observation(KIND, template="7"), "30", role(f"<playingEntity>{PENICILLIN}</playingEntity>")), "7980"),
    (concern(observation(KIND + role("<playingEntity><desc>Latex gloves</desc></playingEntity>"), template="7")), "Latex gloves"),
    (concern(observation(KIND + role(PENICILLIN), template="7")), "7980"),
    (concern(observation('<value xsi:type="ED"><reference value="#r1"/></value>', template="7")), "Referenced words"),
])
def test_a_substance_is_named_wherever_it_stands(entry: str, text: str) -> None:
    (found,) = made(document(section("48765-2", entry, text=NARRATIVE)), "AllergyIntolerance")
    assert says(found["code"], text)


@pytest.mark.parametrize("value, severity, note", [
    ('<value xsi:type="CD" code="S" codeSystem="1.2.3" displayName="Severe"/>', "severe", None),
    ('<value xsi:type="CD" nullFlavor="OTH"><originalText>mild to moderate</originalText></value>', "moderate", None),
    ('<value xsi:type="CD" nullFlavor="OTH"><originalText>Quite bad</originalText></value>', None, "Severity: Quite bad"),
    (f'<value xsi:type="CD" code="255604002" codeSystem="{SNOMED}" displayName="Severe"/>', "mild", None),
    ('<value xsi:type="CD" nullFlavor="UNK"/>', None, None),
])
def test_how_bad_a_reaction_was_is_told_by_code_or_words(value: str, severity: str | None, note: str | None) -> None:
    hives = observation(f'<value xsi:type="CD" code="247472004" codeSystem="{SNOMED}"/><entryRelationship typeCode="SUBJ" inversionInd="true">'
                        f'{observation(value, "<code code=%sSEV%s/>".replace("%s", chr(34)), "8")}</entryRelationship>')
    (found,) = made(document(section("48765-2", allergy(more=f'<entryRelationship typeCode="MFST" inversionInd="true">{hives}</entryRelationship>'))),
                    "AllergyIntolerance")
    (reaction,) = found["reaction"]
    assert says(reaction["manifestation"], "247472004")
    assert (reaction.get("severity"), next((n["text"] for n in reaction.get("note", ())), None)) == (severity, note)


@pytest.mark.parametrize("entry, type, texts", [
    (given(ASPIRIN), "MedicationStatement", ("1191",)),
    (given("", ASPIRIN), "MedicationStatement", ("1191",)),
    (f'<supply classCode="SPLY" moodCode="EVN"><product><manufacturedProduct><manufacturedMaterial>{ASPIRIN}</manufacturedMaterial></manufacturedProduct>'
     "</product></supply>", "MedicationDispense", ("1191",)),
    (f'<supply classCode="SPLY" moodCode="INT"><templateId root="{ENTRY}.17"/><repeatNumber value="3"/><quantity value="30"/><product><manufacturedProduct>'
     f"<manufacturedMaterial>{ASPIRIN}</manufacturedMaterial></manufacturedProduct></product></supply>", "MedicationRequest", ("1191", "30", "2")),
])
def test_a_medicine_is_named_wherever_it_stands(entry: str, type: str, texts: tuple[str, ...]) -> None:
    (found,) = made(document(section("10160-0", entry)), type)
    assert says(found, *texts)


@pytest.mark.parametrize("inner, text", [
    ("<text>Take 1 daily</text>", "Take 1 daily"),
    ("<text>Aspirin 81 mg</text>", None),                      # the medicine's name is no direction
    ('<text><reference value="#r1"/></text>', None),
    ('<doseQuantity value="1-2" unit="tabs"/>', "1-2 tabs"),
    ('<doseQuantity nullFlavor="OTH"><translation><originalText>2 puffs</originalText></translation></doseQuantity>', "2 puffs"),
    ('<doseQuantity value="2"/>', None),
])
def test_directions_in_words_are_kept(inner: str, text: str | None) -> None:
    (found,) = made(document(section("10160-0", given(f"<manufacturedMaterial>{ASPIRIN}</manufacturedMaterial>", inner, "16"), text=NARRATIVE)),
                    "MedicationStatement")
    assert next((d.get("text") for d in found.get("dosage", ())), None) == text


def test_an_order_beside_a_medicine_is_no_second_medicine() -> None:
    order = f'<entryRelationship typeCode="REFR"><supply classCode="SPLY" moodCode="INT"><templateId root="{ENTRY}.17"/><quantity value="30"/></supply></entryRelationship>'
    assert not made(document(section("10160-0", medicine(more=order))), "MedicationRequest")


@pytest.mark.parametrize("reason", [
    observation("", f'<code code="PATOBJ" codeSystem="{OID}.5.8"/>', "53"), observation(f'<value xsi:type="CD" code="PATOBJ" codeSystem="{OID}.5.8"/>', template="53"),
    observation("", f'<code code="PATOBJ" codeSystem="{OID}.5.8"/>')])
def test_why_a_vaccine_was_refused(reason: str) -> None:
    link = f'<entryRelationship typeCode="RSON">{reason}</entryRelationship>'
    raw = document(section("11369-6", given(f"<manufacturedMaterial>{ASPIRIN}</manufacturedMaterial>", "", "52", 'negationInd="true"').replace(
        "</substanceAdministration>", f"{link}</substanceAdministration>")))
    (found,) = made(raw, "Immunization")
    assert (found["status"], found["statusReason"]["coding"][0]["code"]) == ("not-done", "PATOBJ")


@pytest.mark.parametrize("value, expected", [
    ('<value xsi:type="PQ" nullFlavor="OTH"><translation value="9.1" code="10*3/uL"/></value>', {"valueQuantity": {"value": 9.1, "unit": "10*3/uL"}}),
    ('<value xsi:type="PQ" nullFlavor="OTH"><translation value="9.1"><originalText>K/uL</originalText></translation></value>', {"valueQuantity": {"value": 9.1, "unit": "K/uL"}}),
    ('<value xsi:type="II" root="1.2.3" extension="Z9"/>', {"valueString": "Z9"}),
    ('<value xsi:type="PN"><given>Jo</given><family>May</family></value>', {"valueString": "Jo May"}),
    ('<value xsi:type="SLIST_PQ"><digits>1 2 3</digits></value>', {"valueString": "1 2 3"}),
    ('<value xsi:type="CD" nullFlavor="UNK"/>', {}),
])
def test_a_value_of_any_type_is_kept(value: str, expected: dict[str, Any]) -> None:
    (found,) = made(document(section("30954-2", result(value))), "Observation")
    assert {k: v for k, v in found.items() if k.startswith("value")} == expected


def test_a_coded_range_is_told_in_words() -> None:
    normal = f'<referenceRange><observationRange><value xsi:type="CD" code="260385009" codeSystem="{SNOMED}" displayName="Negative"/></observationRange></referenceRange>'
    (found,) = made(document(section("30954-2", result('<value xsi:type="ST">Negative</value>', more=normal))), "Observation")
    assert found["referenceRange"][0]["text"] == "Negative"


def test_a_result_without_a_time_has_the_interval_of_its_panel() -> None:
    raw = result('<value xsi:type="INT" value="7"/>').replace('<effectiveTime value="20260212073000+0100"/>', "").replace(
        "<component>", '<effectiveTime><low value="20200101"/><high value="20200102"/></effectiveTime><component>')
    (found,) = made(document(section("30954-2", raw)), "Observation")
    assert found["effectivePeriod"] == {"start": "2020-01-01", "end": "2020-01-02"}


def test_results_of_a_section_of_a_laboratory() -> None:
    plain = result('<value xsi:type="INT" value="7"/>').replace(f'<templateId root="{ENTRY}.2"/>', "").replace(f'<templateId root="{ENTRY}.1"/>', "")
    wrapped = f'<act classCode="ACT" moodCode="EVN"><code code="26436-6" codeSystem="{LOINC}"/><entryRelationship typeCode="COMP">{plain}</entryRelationship></act>'
    raw = document(section("26436-6", wrapped))
    assert says(made(raw, "Observation")[0], "2345-7", "7") and says(made(raw, "DiagnosticReport")[0], "24323-8")


@pytest.mark.parametrize("entry, subject, relation", [
    (observation(DIABETES), "", "family member"),
    (observation(DIABETES + f'<subject><relatedSubject classCode="PRS"><code code="FTH" codeSystem="{OID}.5.111"/></relatedSubject></subject>'), "FTH", "FTH")])
def test_a_finding_of_a_relative_that_stands_alone(entry: str, subject: str, relation: str) -> None:
    raw = document(section("10157-6", entry))
    (found,) = made(raw, "FamilyMemberHistory")
    assert says(found["relationship"], relation) and says(found["condition"], "44054006") and not made(raw, "Condition")


@pytest.mark.parametrize("system, kept", [(SNOMED, True), (f"{OID}.6.12", True), (LOINC, False), (f"{OID}.5.6", False)])
def test_an_act_of_unknown_kind_was_done_where_its_code_says_so(system: str, kept: bool) -> None:
    done = f'<act classCode="ACT" moodCode="EVN"><code code="80146002" codeSystem="{system}"/><statusCode code="completed"/></act>'
    assert bool(made(document(section("8648-8", done)), "Procedure")) is kept


def test_what_a_plan_wants_is_told() -> None:
    plan = observation('<value xsi:type="ST">Come back soon</value>', f'<code code="183627004" codeSystem="{SNOMED}"/>', "44")
    (request,) = made(document(section("18776-5", plan.replace("EVN", "INT"))), "ServiceRequest")
    assert request["note"][0]["text"] == "Come back soon"
    raw = document(section("18776-5", plan.replace("EVN", "GOL")))
    (goal,) = made(raw, "Goal")
    assert says(goal, "183627004", "Come back soon") and not made(raw, "ServiceRequest")


def test_a_policy_without_templates() -> None:
    policy = f"""<act classCode="ACT" moodCode="EVN"><code code="48768-6" codeSystem="{LOINC}"/><entryRelationship typeCode="COMP"><act classCode="ACT" moodCode="EVN">
<id root="1.2.9" extension="POL1"/><code code="HMO" codeSystem="1.2.3"/><performer typeCode="PRF"><assignedEntity><id root="1.2.8"/><representedOrganization><name>Elm Insurance</name>
</representedOrganization></assignedEntity></performer></act></entryRelationship></act>"""
    (found,) = made(document(section("48768-6", policy)), "Coverage")
    assert says(found["type"], "HMO") and [p["reference"].partition("/")[0] for p in found["payor"]] == ["Organization"]
    (unnamed,) = made(document(section("48768-6", policy.replace("<name>Elm Insurance</name>\n", ""))), "Coverage")
    assert unnamed["payor"] == [{"display": "payer not named"}]


def test_only_who_wrote_a_document_is_its_author() -> None:
    raw = document(section("11450-4", problem()))
    (whole,) = made(raw, "Composition")
    assert [a.get("reference", "").partition("/")[0] for a in whole["author"]] == ["Practitioner"]
    start, end = raw.index(b"<author>"), raw.index(b"</author>") + 9
    (kept,) = made(raw[:start] + raw[end:], "Composition")
    assert [a.get("reference", "").partition("/")[0] for a in kept["author"]] == ["Organization"]
    custody = raw.index(b"<custodian>"), raw.index(b"</custodian>") + 12
    (nobody,) = made(raw[:start] + raw[end:custody[0]] + raw[custody[1]:], "Composition")
    assert nobody["author"] == [{"display": "author not named"}]


def test_narrative_of_any_depth_and_place_is_kept() -> None:
    deep = "<title>Part</title><text>deep words</text>"
    for _ in range(4):
        deep = f"<title>Part</title><component><section>{deep}</section></component>"
    raw = document(f"<section>{deep}</section>").replace(b"</structuredBody>", b"<section><title>Odd</title><text>odd words</text></section></structuredBody>")
    (found,) = made(raw, "Composition")
    assert says(found, "deep words") and says(found, "odd words")


def of_patient(inner: str) -> bytes:
    name = "<name><given>Ann</given><family>Bell</family></name>"
    return document(patient=f'<recordTarget><patientRole><id root="1.2.3.4" extension="P-77"/><patient>{name}{inner}</patient></patientRole></recordTarget>')


@pytest.mark.parametrize("sex", [
    '<administrativeGenderCode code="Female"/>', '<administrativeGenderCode displayName="Female"/>',
    '<administrativeGenderCode nullFlavor="OTH"><originalText>female</originalText></administrativeGenderCode>',
    '<administrativeGenderCode code="W" displayName="weiblich"/>', '<administrativeGenderCode displayName="Féminin"/>',
    f'<administrativeGenderCode code="248152002" codeSystem="{SNOMED}"/>'])
def test_the_sex_is_told_by_code_or_word(sex: str) -> None:
    (patient,) = made(of_patient(sex), "Patient")
    assert patient["gender"] == "female"


def test_what_is_told_of_a_patient_in_words() -> None:
    (patient,) = made(of_patient("""<birthplace><place><name>Oslo Hospital</name></place></birthplace>
<languageCommunication><languageCode displayName="Spanish"/></languageCommunication>"""), "Patient")
    assert patient["communication"] == [{"language": {"text": "Spanish"}}]
    assert says(patient["extension"], "Oslo Hospital")


@pytest.mark.parametrize("system, uri", [
    ('codeSystemName="RxNorm"', "http://www.nlm.nih.gov/research/umls/rxnorm"), ('codeSystem="SNOMED-CT"', "http://snomed.info/sct"),
    ('codeSystem="urn:oid:2.16.840.1.113883.6.1" codeSystemName="RxNorm"', "http://loinc.org"), ('codeSystemName="House list"', None), ("", None)])
def test_a_code_system_may_be_named(system: str, uri: str | None) -> None:
    (found,) = made(document(section("10160-0", given(f'<manufacturedMaterial><code code="1191" {system}/></manufacturedMaterial>', "", "16"))), "MedicationStatement")
    assert found["medicationCodeableConcept"]["coding"][0].get("system") == uri


def test_a_relative_who_informed_is_a_related_person() -> None:
    told = b'<informant><relatedEntity classCode="PRS"><code code="SPS"/><relatedPerson><name><family>Inform</family></name></relatedPerson></relatedEntity></informant>'
    kin = b'<participant typeCode="IND"><associatedEntity classCode="NOK"><associatedPerson><name><family>Kin</family></name></associatedPerson></associatedEntity></participant>'
    raw = document().replace(b"<custodian>", told + b"<custodian>").replace(b"<component>", kin + b"<component>", 1)
    people = made(raw, "RelatedPerson")
    assert [says(p, "Inform", "SPS") for p in people].count(True) == 1 and len(people) == 2
    (provenance,) = made(raw, "Provenance")
    assert all(says(provenance["target"], f"RelatedPerson/{p['id']}") for p in people)


def test_a_document_without_a_time_has_that_of_its_author() -> None:
    raw = document(section("11450-4", problem())).replace(b'<effectiveTime value="20260301100000+0100"/>', b'<effectiveTime nullFlavor="UNK"/>', 1)
    (found,) = made(raw, "Composition")
    assert found["date"] == "2026-03-01T10:00:00+01:00"


def test_a_body_that_lies_elsewhere_is_named() -> None:
    raw = document()
    raw = raw[:raw.index(b"<component>")] + b'<component><nonXMLBody><text mediaType="application/pdf"><reference value="report.pdf"/></text></nonXMLBody></component></ClinicalDocument>'
    (found,) = made(raw, "DocumentReference")
    assert found["content"][1]["attachment"] == {"contentType": "application/pdf", "url": "report.pdf"}


def test_equipment_that_is_the_product_of_a_supply() -> None:
    cane = f"""<supply classCode="SPLY" moodCode="EVN"><templateId root="{ENTRY}.50"/><id root="1.2" extension="S1"/><product><manufacturedProduct><manufacturedMaterial>
<code code="705421009" codeSystem="{SNOMED}" displayName="Cane"/></manufacturedMaterial></manufacturedProduct></product></supply>"""
    (found,) = made(document(section("46264-8", cane)), "Device")
    assert says(found["type"], "705421009")


def told_of(code: str, value: str) -> dict[str, Any]:
    """The patient of a document whose social history says this of him."""
    (patient,) = made(document(section("29762-2", observation(value, f'<code code="{code}" codeSystem="{LOINC}"/>'))), "Patient")
    return {e["url"].rpartition("/")[2]: e for e in patient.get("extension", ())}


@pytest.mark.parametrize("value, code", [
    (f'<value xsi:type="CD" code="M" codeSystem="{OID}.5.1"/>', "M"), (f'<value xsi:type="CD" code="248153007" codeSystem="{SNOMED}"/>', "M"),
    ('<value xsi:type="CD" nullFlavor="UNK"/>', "UNK"), ('<value xsi:type="CD" code="Q" codeSystem="1.2.3"/>', None)])
def test_the_sex_at_birth_is_the_patients(value: str, code: str | None) -> None:
    assert told_of("76689-9", value).get("us-core-birthsex", {}).get("valueCode") == code


def test_gender_identity_and_tribe_are_the_patients() -> None:
    value = f'<value xsi:type="CD" code="446151000124109" codeSystem="{SNOMED}" displayName="Identifies as male"/>'
    assert says(told_of("76691-5", value)["patient-genderIdentity"], "446151000124109")
    assert says(told_of("95370-3", value)["us-core-tribal-affiliation"], "446151000124109")
