"""Further ways in which vendors write facts otherwise than the guide: what a concern tells alone, what stands twice,
where it does not belong, or is named by its number only."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.ccda.adapter import CCDA
from gateway.jsontext import dumps
from gateway.pure.mapping import Chosen, messages
from tests.adapters.ccda.documents import LOINC, OID, SNOMED, allergy, document, medicine, problem, result, section
from tests.mappings.test_ccda_vendors import (
    ASPIRIN,
    DIABETES,
    ENTRY,
    KIND,
    NARRATIVE,
    PENICILLIN,
    concern,
    given,
    made,
    observation,
    says,
)

ICD10 = f"{OID}.6.90"
E11 = f'<value xsi:type="CD" code="E11.9" codeSystem="{ICD10}" displayName="Type 2 diabetes"/>'


def act(inner: str, template: str = "", attributes: str = "") -> str:
    known = f'<templateId root="{ENTRY}.{template}"/>' if template else ""
    return f'<act classCode="ACT" moodCode="EVN" {attributes}>{known}{inner}<statusCode code="active"/></act>'


@pytest.mark.parametrize("code, kept", [
    (PENICILLIN, "7980"), (f'<code code="111088007" codeSystem="{SNOMED}"/>', "111088007"),
    (f'<code code="281647001" codeSystem="{SNOMED}"/>', None), ('<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>', None)])
@pytest.mark.parametrize("value", [KIND, "", '<value xsi:type="CD" nullFlavor="UNK"/>'])
def test_a_substance_may_be_the_code_of_its_statement(code: str, kept: str | None, value: str) -> None:
    dated = f'{value}<effectiveTime><low value="2011"/></effectiveTime>'
    (found,) = made(document(section("48765-2", concern(observation(dated, code, "7")))), "AllergyIntolerance")
    assert says(found["code"], kept) if kept else not says(found.get("code", {}), "281647001") and not says(found.get("code", {}), "ASSERTION")


def test_a_substance_that_is_named_as_such_goes_before_the_code_of_the_statement() -> None:
    raw = document(section("48765-2", allergy().replace('<code code="ASSERTION"/>', f'<code code="111088007" codeSystem="{SNOMED}"/>')))
    (found,) = made(raw, "AllergyIntolerance")
    assert says(found["code"], "7980") and not says(found["code"], "111088007")


@pytest.mark.parametrize("text, code", [("No known allergies", "716186003"), ("No known drug allergies.", "409137002"), ("NKDA", "409137002"), ("none", "716186003")])
@pytest.mark.parametrize("entry", [
    lambda text: concern(observation(KIND + f"<text>{text}</text>", template="7")), lambda text: act(f"<text>{text}</text>", "30")])
def test_words_that_deny_allergies_are_no_allergy(text: str, code: str, entry: Any) -> None:
    (found,) = made(document(section("48765-2", entry(text))), "AllergyIntolerance")
    assert found["code"]["coding"][0]["code"] == code and says(found["code"], text)


@pytest.mark.parametrize("entry, text", [
    (act('<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><text>Gout</text>', "3"), "Gout"),
    (act('<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><text><reference value="#r1"/></text>', "3"), "Referenced words"),
    (act(f'<code code="44054006" codeSystem="{SNOMED}"/>'), "44054006"), (act(f'<code code="E11.9" codeSystem="{ICD10}"/><text>Sugar</text>'), "E11.9"),
    (act(f'<code code="E11.9" codeSystem="{ICD10}"/><text>Sugar</text>'), "Sugar"),
])
def test_a_problem_that_its_concern_tells_alone(entry: str, text: str) -> None:
    raw = document(section("11450-4", entry, text=NARRATIVE))
    (found,) = made(raw, "Condition")
    assert says(found["code"], text) and found["clinicalStatus"]["coding"][0]["code"] == "active"
    assert not made(raw, "Procedure")


def test_a_concern_of_no_problems() -> None:
    (found,) = made(document(section("11450-4", act("<text>No known problems</text>", "3"))), "Condition")
    assert found["code"]["coding"][0]["code"] == "160245001"


@pytest.mark.parametrize("inner", ['<code code="CONC"/>', '<code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><text/>', f'<code code="11450-4" codeSystem="{LOINC}"/>'])
@pytest.mark.parametrize("number, loinc, type", [("3", "11450-4", "Condition"), ("30", "48765-2", "AllergyIntolerance")])
def test_a_concern_that_tells_nothing_is_nothing(inner: str, number: str, loinc: str, type: str) -> None:
    assert not made(document(section(loinc, act(inner, number))), type)


@pytest.mark.parametrize("entry, text", [
    (act("<text>Shellfish</text>", "30"), "Shellfish"), (act(PENICILLIN), "7980"),
    (act('<code code="CONC"/><participant typeCode="CSM"><participantRole><playingEntity>' + PENICILLIN + "</playingEntity></participantRole></participant>", "30"), "7980")])
def test_an_allergy_that_its_concern_tells_alone(entry: str, text: str) -> None:
    (found,) = made(document(section("48765-2", entry)), "AllergyIntolerance")
    assert says(found["code"], text)


def test_a_denied_allergy_that_its_concern_tells_alone() -> None:
    (found,) = made(document(section("48765-2", act(PENICILLIN, attributes='negationInd="true"'))), "AllergyIntolerance")
    assert found["verificationStatus"]["coding"][0]["code"] == "refuted"


def test_a_second_value_of_the_same_system_is_a_problem_of_its_own() -> None:
    raw = document(section("11450-4", problem(more=DIABETES, id="P1")))
    found = made(raw, "Condition")
    assert [c["code"]["coding"][0]["code"] for c in sorted(found, key=lambda c: str(c["code"]))] == ["38341003", "44054006"]
    assert {c["onsetDateTime"] for c in found} == {"2015-06-03"} and len({c["id"] for c in found}) == 2
    assert not any(says(c.get("note", []), "Further") for c in found)


@pytest.mark.parametrize("code, value, notes", [("44054006", E11, 0), ("44054006", DIABETES, 0), ("44054006", '<value xsi:type="ST">Sugar</value>', 1)])
def test_a_second_value_that_says_the_same_is_no_second_problem(code: str, value: str, notes: int) -> None:
    (found,) = made(document(section("11450-4", problem(code, more=value))), "Condition")
    assert ("E11.9" in value) is says(found["code"], "E11.9")
    assert len(found.get("note", ())) == notes


def test_a_list_of_problems_holds_every_one() -> None:
    raw = document(section("11450-4", problem(more=DIABETES), act("<text>Gout</text>", "3")))
    (found,) = messages("x.xml", raw, Chosen())
    (listing,) = [x for x in found.result.mapped.assertions if "problems" in str(x)]
    assert all(f"Condition/{c['id']}" in str(listing) for c in made(raw, "Condition"))


def soap(*documents: bytes) -> bytes:
    """A SOAP envelope on lines of its own around documents."""
    inside = b"\n".join(d.partition(b"?>")[2].strip() for d in documents)
    return (b'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">\n'
            b"<soap:Header><to>us</to></soap:Header><soap:Body>\n<reply>\n" + inside + b"\n</reply></soap:Body></soap:Envelope>\n")


def test_a_document_in_an_envelope_is_read() -> None:
    plain = document(section("11450-4", problem(id="P1")))
    (found,) = messages("x.xml", soap(plain), Chosen())
    (alone,) = messages("x.xml", plain, Chosen())
    kept = [[r for r in json.loads(dumps(f.result.mapped.resources)) if r["resourceType"] not in ("Binary", "DocumentReference")]
            for f in (found, alone)]
    assert kept[0] == kept[1] and kept[0]
    assert [(i.code, i.severity, i.where) for i in found.result.mapped.issues] == [("ccda-wrapped", "information", "line 5")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_two_documents_in_an_envelope_are_two_messages(encoding: str) -> None:
    parts = [document(section("11450-4", problem(code, onset="2020" + month)), id=f"D{code}") for code, month in (("44054006", "13"), ("38341003", "14"))]
    raw = soap(*parts).decode().replace("UTF-8", encoding).encode(encoding)
    found = list(messages("x.xml", raw, Chosen()))
    assert [f.index for f in found] == [0, 1]
    for one, code in zip(found, ("44054006", "38341003"), strict=True):
        mapped = one.result.mapped
        (condition,) = [r for r in json.loads(dumps(mapped.resources)) if r["resourceType"] == "Condition"]
        assert condition["code"]["coding"][0]["code"] == code
        (bad,) = [i for i in mapped.issues if i.code == "ccda-date-invalid"]
        line = next(n for n, text in enumerate(soap(*parts).split(b"\n"), 1) if b"2020%d" % (13 if code == "44054006" else 14) in text)
        assert f"(line {line})" in bad.where


def test_every_document_of_an_envelope_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(soap(*(document(id=n) for n in "XYZ")))
    (tmp_path / "b.xml").write_bytes(document(id="B"))
    reader = CCDA(folder=str(tmp_path))
    whole = [m.cursor for m in reader.read()]
    assert len(whole) == len(set(whole)) == 4
    for number, cursor in enumerate(whole, 1):
        assert [m.cursor for m in reader.read(cursor)] == whole[number:]


@pytest.mark.parametrize("raw", [soap(), soap(*[b"?><ClinicalDocument/>"] * 2).replace(b"ClinicalDocument", b"ClinicalDocumentation")])
def test_an_envelope_without_a_document_is_no_document(raw: bytes) -> None:
    (found,) = messages("x.xml", raw, Chosen())
    assert not found.result.mapped.resources


def who(kind: str, number: str) -> str:
    role = {"performer": "assignedEntity", "author": "assignedAuthor"}[kind]
    return (f'<{kind}><time value="20260101"/><{role}><id root="{OID}.4.6" extension="{number}"/><assignedPerson><name><family>{number}</family></name>'
            f"</assignedPerson></{role}></{kind}>")


@pytest.mark.parametrize("type", ["Observation", "DiagnosticReport"])
@pytest.mark.parametrize("told, expected", [(who("performer", "11") + who("author", "22"), ["11"]), (who("author", "22"), ["22"]), (who("performer", "11"), ["11"])])
def test_who_performed_is_not_who_wrote(type: str, told: str, expected: list[str]) -> None:
    start = {"Observation": '<value xsi:type="INT" value="7"/>', "DiagnosticReport": "<component><observation"}[type]
    raw = document(section("30954-2", result('<value xsi:type="INT" value="7"/>').replace(start, told + start, 1)))
    (found,) = made(raw, type)
    names = {f"Practitioner/{p['id']}": p["name"][0]["family"] for p in made(raw, "Practitioner")}
    assert [names[p["reference"]] for p in found["performer"]] == expected


def numbered(name: str, extension: str, inner: str = "", template: str = "") -> str:
    known = f'<templateId root="{ENTRY}.{template}"/>' if template else ""
    kind = {"observation": "OBS", "act": "ACT", "encounter": "ENC"}[name]
    return f'<{name} classCode="{kind}" moodCode="EVN">{known}<id root="1.2.3.7" extension="{extension}"/>{inner}</{name}>'


def linked(type: str, inner: str) -> str:
    return f'<entryRelationship typeCode="{type}">{inner}</entryRelationship>'


REASONS = {"an indication": numbered("observation", "P1", f'<code code="282291009" codeSystem="{SNOMED}"/>{DIABETES}', "19"),
           "a reference": numbered("act", "P1", '<code nullFlavor="NP"/>', "122"), "a statement of the id alone": numbered("observation", "P1")}


@pytest.mark.parametrize("reason", REASONS)
def test_the_reason_that_is_a_problem_of_the_document(reason: str) -> None:
    why = linked("RSON", REASONS[reason])
    raw = document(section("11450-4", problem(id="P1"), problem("44054006", id="P2")), section("47519-4", done("80146002", why)),
                   section("10160-0", medicine(more=why), medicine("1191", more=why, mood="INT")))
    wanted = next(f"Condition/{c['id']}" for c in made(raw, "Condition") if says(c["code"], "38341003"))
    assert len(made(raw, "Condition")) == 2
    for type in ("Procedure", "MedicationStatement", "MedicationRequest"):
        (found,) = made(raw, type)
        assert found["reasonReference"] == [{"reference": wanted}]
        assert ("reasonCode" in found) is (reason == "an indication")


def test_a_reason_whose_number_names_several_is_not_linked() -> None:
    raw = document(section("11450-4", problem(id="P1"), problem("44054006", id="P1")), section("47519-4", done("80146002", linked("RSON", REASONS["a reference"]))))
    (found,) = messages("x.xml", raw, Chosen())
    assert not any("reasonReference" in r for r in found.result.mapped.resources)


def test_what_supports_a_problem_is_its_evidence_and_no_second_result() -> None:
    stub = numbered("observation", "R1", template="2").replace("1.2.3.7", "1.2.3.8")
    raw = document(section("11450-4", problem(more=linked("SPRT", stub))), section("30954-2", result('<value xsi:type="INT" value="7"/>', id="R1")))
    (seen,) = made(raw, "Observation")
    assert made(raw, "Condition")[0]["evidence"] == [{"detail": [{"reference": f"Observation/{seen['id']}"}]}]


def test_what_supports_a_problem_was_not_seen_when_the_problem_began() -> None:
    seen = numbered("observation", "R1", f'<code code="44261-6" codeSystem="{LOINC}"/><value xsi:type="INT" value="12"/>', "2")
    (found,) = made(document(section("11450-4", problem(more=linked("SPRT", seen)))), "Observation")
    assert not [name for name in found if name.startswith("effective")]


def test_a_visit_that_is_named_by_its_number() -> None:
    visit = numbered("encounter", "E1", f'<code code="99213" codeSystem="{OID}.6.12"/><effectiveTime value="20200101"/>')
    raw = document(section("46240-8", visit), section("47519-4", done("80146002", linked("COMP", numbered("encounter", "E1")))))
    (encounter,), (procedure,) = made(raw, "Encounter"), made(raw, "Procedure")
    assert procedure["encounter"] == {"reference": f"Encounter/{encounter['id']}"}


@pytest.mark.parametrize("loinc, type", [("10160-0", "MedicationStatement"), ("11369-6", "Immunization")])
def test_a_product_that_is_told_once(loinc: str, type: str) -> None:
    product = '<consumable><manufacturedProduct><id root="1.2.3" extension="PR1"/>%s</manufacturedProduct></consumable>'
    entries = [f'<substanceAdministration classCode="SBADM" moodCode="EVN"><statusCode code="completed"/><effectiveTime value="2020010{n}"/>{product % material}</substanceAdministration>'
               for n, material in enumerate((f"<manufacturedMaterial>{ASPIRIN}</manufacturedMaterial>", "", "<manufacturedMaterial/>"), 1)]
    found = made(document(section(loinc, *entries)), type)
    assert len(found) == 3 and all(says(r, "1191") for r in found)


def done(code: str, inner: str = "") -> str:
    return f'<procedure classCode="PROC" moodCode="EVN"><code code="{code}" codeSystem="{SNOMED}"/><statusCode code="completed"/>{inner}</procedure>'


def test_a_procedure_that_is_part_of_another() -> None:
    part = f'<entryRelationship typeCode="COMP">{done("387713003")}</entryRelationship>'
    found = {p["code"]["coding"][0]["code"]: p for p in made(document(section("47519-4", done("80146002", part))), "Procedure")}
    assert found["387713003"]["partOf"] == [{"reference": f"Procedure/{found['80146002']['id']}"}]
    assert "partOf" not in found["80146002"] and len(found) == 2


@pytest.mark.parametrize("whole", [
    '<encounter classCode="ENC" moodCode="EVN"><code code="99213"/><entryRelationship typeCode="COMP">%s</entryRelationship></encounter>',
    '<organizer classCode="CLUSTER" moodCode="EVN"><component>%s</component></organizer>'])
def test_a_procedure_of_a_visit_or_group(whole: str) -> None:
    (found,) = made(document(section("46240-8" if "encounter" in whole else "47519-4", whole % done("80146002"))), "Procedure")
    assert says(found["code"], "80146002") and "partOf" not in found


def handed(code: str, mood: str = "EVN") -> str:
    return (f'<supply classCode="SPLY" moodCode="{mood}"><quantity value="2"/><product><manufacturedProduct><manufacturedMaterial>{code}</manufacturedMaterial>'
            "</manufacturedProduct></product></supply>")


VACCINE, CANE = f'<code code="140" codeSystem="{OID}.12.292"/>', f'<code code="705421009" codeSystem="{SNOMED}" displayName="Cane"/>'


@pytest.mark.parametrize("code, mood, type", [
    (VACCINE, "EVN", "MedicationDispense"), (VACCINE, "INT", "MedicationRequest"), (CANE, "EVN", "Device"), (CANE, "INT", "ServiceRequest")])
@pytest.mark.parametrize("loinc", ["47519-4", "11369-6"])
def test_what_was_supplied_is_kept_in_any_section(code: str, mood: str, type: str, loinc: str) -> None:
    raw = document(section(loinc, handed(code, mood)))
    (found,) = made(raw, type)
    assert says(found, "140" if code == VACCINE else "705421009")
    assert not made(raw, "Immunization")


def instruction(words: str) -> str:
    return (f'<act classCode="ACT" moodCode="INT"><templateId root="{ENTRY}.20"/><code code="311401005" codeSystem="{SNOMED}" displayName="Patient education"/>'
            f"<text>{words}</text></act>")


def test_instructions_that_stand_alone_are_kept_whatever_their_order() -> None:
    one, other = ({r["patientInstruction"]: r["id"] for r in made(document(section("18776-5", *map(instruction, words))), "ServiceRequest")}
                  for words in (("Drink water", "Rest"), ("Rest", "Drink water")))
    assert one == other and set(one) == {"Drink water", "Rest"}


def test_instructions_beside_a_medicine_are_no_request() -> None:
    beside = f'<entryRelationship typeCode="SUBJ" inversionInd="true">{instruction("With food")}</entryRelationship>'
    raw = document(section("10160-0", medicine(more=beside)))
    assert not made(raw, "ServiceRequest") and says(made(raw, "MedicationStatement")[0]["dosage"], "With food")


@pytest.mark.parametrize("dose, note", [("", ["Unit of administration: Tablet"]), ('<doseQuantity nullFlavor="UNK"/>', ["Unit of administration: Tablet"]), ('<doseQuantity value="2"/>', [])])
def test_a_unit_of_administration_without_a_dose(dose: str, note: list[str]) -> None:
    unit = f'{dose}<administrationUnitCode code="C48542" codeSystem="{OID}.3.26.1.1" displayName="Tablet"/>'
    (found,) = made(document(section("10160-0", given(f"<manufacturedMaterial>{ASPIRIN}</manufacturedMaterial>", unit, "16"))), "MedicationStatement")
    assert [n["text"] for n in found.get("note", ())] == note and not says(found.get("dosage", []), "Unit")


def timed(low: str, point: str) -> bytes:
    """A document in which a problem, an allergy, a procedure, a result and a medicine began at a time that is written so."""
    return document(
        section("48765-2", allergy().replace('<low value="2011"/>', low)), section("11450-4", problem().replace('<low value="20150603"/>', low)),
        section("47519-4", done("80146002", point)), section("10160-0", medicine(times=f'<effectiveTime xsi:type="IVL_TS">{low}</effectiveTime>')),
        section("30954-2", result('<value xsi:type="INT" value="7"/>').replace('<effectiveTime value="20260212073000+0100"/>', point)))


def test_a_time_may_be_the_text_of_its_element() -> None:
    raw = timed("<low>20200102</low>", "<effectiveTime>2020-01-02</effectiveTime>")
    assert made(raw, "Condition")[0]["onsetDateTime"] == made(raw, "AllergyIntolerance")[0]["onsetDateTime"] == "2020-01-02"
    assert made(raw, "Procedure")[0]["performedDateTime"] == made(raw, "Observation")[0]["effectiveDateTime"] == "2020-01-02"
    assert made(raw, "MedicationStatement")[0]["effectivePeriod"] == {"start": "2020-01-02"}
    (found,) = messages("x.xml", raw, Chosen())
    (told,) = [i for i in found.result.mapped.issues if i.code == "ccda-time-text"]
    assert told.message.startswith("5 times") and "section(48765-2)" in told.where


def test_a_day_that_can_be_two_is_kept_as_written_and_told() -> None:
    raw = timed('<low value="03/04/2020"/>', '<effectiveTime value="03/04/2020"/>')
    assert made(raw, "Condition")[0]["onsetString"] == made(raw, "AllergyIntolerance")[0]["onsetString"] == "03/04/2020"
    assert made(raw, "Procedure")[0]["performedString"] == "03/04/2020"
    for type in ("Observation", "MedicationStatement"):
        assert [n["text"] for n in made(raw, type)[0]["note"]] == ["Time as written: 03/04/2020"]
    (found,) = messages("x.xml", raw, Chosen())
    assert {i.where.partition("/")[0] for i in found.result.mapped.issues if i.code == "ccda-date-invalid"} == {
        f"section({code})" for code in ("48765-2", "11450-4", "47519-4", "10160-0", "30954-2")}


def test_a_code_where_a_time_should_stand_is_no_time() -> None:
    raw = timed('<low value="421927004"/>', '<effectiveTime value="421927004"/>')
    assert not any(says(r, "421927004") for type in ("Condition", "Procedure", "Observation") for r in made(raw, type))


def test_narrative_that_is_called_a_time_stays_narrative() -> None:
    raw = document(section("11450-4", problem(), text='<table><tbody><tr><td ID="low">low</td></tr></tbody></table>'))
    (found,) = messages("x.xml", raw, Chosen())
    assert not [i for i in found.result.mapped.issues if i.code == "ccda-time-text"]
