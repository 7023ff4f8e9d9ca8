"""What documents say in another spelling than CDA has: truths and states in capitals, a year that stands for no time,
days with slashes, "none known" where a name should stand, units and codes beside a text."""

from typing import Any

import pytest

from gateway.pure.mapping import Chosen, messages
from tests.adapters.ccda.documents import (
    OID,
    PATIENT,
    RXNORM,
    SNOMED,
    allergy,
    document,
    medicine,
    problem,
    result,
    section,
)
from tests.mappings.test_ccda_vendors import ENTRY, made, says

APPENDECTOMY = f'<code code="80146002" codeSystem="{SNOMED}"/>'
FLU = f'<code code="141" codeSystem="{OID}.12.292"/>'
LISTS = {"Condition": "11450-4", "AllergyIntolerance": "48765-2", "MedicationStatement": "10160-0", "Immunization": "11369-6",
         "Procedure": "47519-4"}


def vaccine(code: str = FLU, attributes: str = "", status: str = "completed") -> str:
    return (f'<substanceAdministration classCode="SBADM" moodCode="EVN" {attributes}><templateId root="{ENTRY}.52"/><statusCode code="{status}"/>'
            f'<effectiveTime value="20250901"/><consumable><manufacturedProduct><manufacturedMaterial>{code}</manufacturedMaterial>'
            "</manufacturedProduct></consumable></substanceAdministration>")


def procedure(code: str = APPENDECTOMY, attributes: str = "", status: str = "completed") -> str:
    return (f'<procedure classCode="PROC" moodCode="EVN" {attributes}><templateId root="{ENTRY}.14"/>{code}<statusCode code="{status}"/>'
            '<effectiveTime value="20110215"/></procedure>')


def one(type: str, entry: str) -> dict[str, Any]:
    (found,) = made(document(section(LISTS[type], entry)), type)
    return found


def state(found: dict[str, Any], element: str) -> str:
    return str(found[element]["coding"][0]["code"]) if element in found else ""


@pytest.mark.parametrize("told", ["True", "TRUE", "true", "1"])
def test_a_denial_may_be_spelled_in_capitals(told: str) -> None:
    denied = f'negationInd="{told}"'
    assert state(one("Condition", problem(attributes=denied)), "verificationStatus") == "refuted"
    assert state(one("AllergyIntolerance", allergy(attributes=denied)), "verificationStatus") == "refuted"
    drug = medicine().replace("<substanceAdministration", f"<substanceAdministration {denied}")
    assert one("MedicationStatement", drug)["status"] == "not-taken"
    assert one("Immunization", vaccine(attributes=denied))["status"] == "not-done"
    assert one("Procedure", procedure(attributes=denied))["status"] == "not-done"


@pytest.mark.parametrize("told", ["False", "FALSE", "0"])
def test_what_is_not_denied_may_be_spelled_in_capitals(told: str) -> None:
    assert state(one("Condition", problem(attributes=f'negationInd="{told}"')), "verificationStatus") == "confirmed"


@pytest.mark.parametrize("told, medicines, procedures", [
    ("Active", "active", "in-progress"), ("COMPLETED", "completed", "completed"), ("Aborted", "stopped", "stopped"),
    ("canceled", "not-taken", "not-done"), ("Nullified", "entered-in-error", "entered-in-error")])
def test_a_state_may_be_spelled_in_capitals(told: str, medicines: str, procedures: str) -> None:
    assert one("MedicationStatement", medicine(status=told))["status"] == medicines
    assert one("Procedure", procedure(status=told))["status"] == procedures


@pytest.mark.parametrize("told", ["Discontinued", "discontinued", "Inactive"])
def test_a_medicine_may_be_called_discontinued(told: str) -> None:
    assert one("MedicationStatement", medicine(status=told))["status"] == "stopped"


def test_a_result_in_capitals_that_was_withdrawn_is_no_result() -> None:
    raw = result('<value xsi:type="PQ" value="5"/>').replace('<statusCode code="completed"/><effectiveTime', '<statusCode code="Nullified"/><effectiveTime')
    (found,) = made(document(section("30954-2", raw)), "Observation")
    assert found["status"] == "entered-in-error"


@pytest.mark.parametrize("never", ["99991231", "9999-12-31", "99991231235959", "00010101", "00010101000000+0000"])
def test_a_year_that_stands_for_no_time_ends_nothing(never: str) -> None:
    ending = f'<low value="2015"/><high value="{never}"/>'
    found = one("Condition", problem().replace('<low value="20150603"/>', ending))
    assert state(found, "clinicalStatus") == "active" and not says(found, "9999") and not says(found, "0001")
    found = one("AllergyIntolerance", allergy().replace('<low value="2011"/>', ending))
    assert state(found, "clinicalStatus") == "active" and not says(found, "9999")
    found = one("MedicationStatement", medicine(times=f'<effectiveTime xsi:type="IVL_TS">{ending}</effectiveTime>'))
    assert found["effectivePeriod"] == {"start": "2015"}


def test_a_year_that_stands_for_no_time_begins_nothing_and_is_told_once() -> None:
    raw = document(section("11450-4", problem(onset="00010101")), patient=PATIENT.replace("19610203", "00010101"))
    assert "onsetDateTime" not in made(raw, "Condition")[0] and "birthDate" not in made(raw, "Patient")[0]
    (found,) = messages("x.xml", raw, Chosen())
    (told,) = [i for i in found.result.mapped.issues if i.code == "ccda-time-none"]
    assert told.message.startswith("2 times") and "recordTarget" in told.where


@pytest.mark.parametrize("written, day", [
    ("02/23/1961", "1961-02-23"), ("23/02/1961", "1961-02-23"), ("2/23/1961 10:20:00 AM", "1961-02-23"), ("05/05/1961", "1961-05-05"),
    ("02/03/1961", None), ("13/13/1961", None), ("02/30/1961", None)])
def test_a_day_with_slashes_that_can_be_one_only(written: str, day: str | None) -> None:
    raw = document(section("11450-4", problem(onset=written)), patient=PATIENT.replace("19610203", written))
    assert made(raw, "Patient")[0].get("birthDate") == day
    found = made(raw, "Condition")[0]
    assert found.get("onsetDateTime") == day and found.get("onsetString") == (None if day else written)


def named(words: str, how: str) -> str:
    return {"text": f'<code nullFlavor="UNK"><originalText>{words}</originalText></code>', "name": f'<code nullFlavor="NI"/><name>{words}</name>',
            "local": f'<code code="N1" codeSystem="1.2.3" displayName="{words}"/>'}[how]


@pytest.mark.parametrize("how", ["text", "name", "local"])
@pytest.mark.parametrize("words, code", [
    ("No known allergies", "716186003"), ("No Known Drug Allergies", "409137002"), ("NKDA", "409137002"), ("NKA", "716186003"),
    ("No known food allergies", "429625007"), ("None", "716186003"), ("No known medication allergies (NKDA)", "409137002")])
def test_an_allergy_to_nothing_known_is_none(words: str, code: str, how: str) -> None:
    found = one("AllergyIntolerance", allergy(named(words, how), kind="419199007"))
    assert found["code"]["coding"][0]["code"] == code and says(found["code"], words)
    assert state(found, "verificationStatus") == "confirmed"
    assert says(found["code"], "N1") is (how == "local")


@pytest.mark.parametrize("words", ["Nonenal", "No-Doz", "Nonoxynol", "Nkx", "None of the above, but latex"])
def test_a_substance_that_begins_like_none_is_one(words: str) -> None:
    found = one("AllergyIntolerance", allergy(named(words, "text")))
    assert found["code"] == {"text": words}


def test_a_coded_substance_is_one_whatever_it_is_called() -> None:
    found = one("AllergyIntolerance", allergy(f'<code code="7980" codeSystem="{RXNORM}" displayName="None"/>'))
    assert [c["code"] for c in found["code"]["coding"]] == ["7980"]


def valued(words: str, how: str) -> str:
    return {"text": f'<value xsi:type="CD" nullFlavor="OTH"><originalText>{words}</originalText></value>',
            "string": f'<value xsi:type="ST">{words}</value>',
            "local": f'<value xsi:type="CD" code="N1" codeSystem="1.2.3" displayName="{words}"/>'}[how]


@pytest.mark.parametrize("how", ["text", "string", "local"])
@pytest.mark.parametrize("words", ["No known problems", "No active problems", "None"])
def test_a_problem_that_is_none_known_is_none(words: str, how: str) -> None:
    entry = problem().replace(f'<value xsi:type="CD" code="38341003" codeSystem="{SNOMED}" displayName="Problem 38341003"/>', valued(words, how))
    found = one("Condition", entry)
    assert found["code"]["coding"][0]["code"] == "160245001" and says(found["code"], words)
    assert says(found["code"], "N1") is (how == "local")


def test_no_diagnosis_at_a_visit_denies_no_problem() -> None:
    inner = problem().replace(f'<value xsi:type="CD" code="38341003" codeSystem="{SNOMED}" displayName="Problem 38341003"/>', valued("None", "text"))
    for found in made(document(section("46240-8", inner)), "Condition"):
        assert not says(found, "160245001")


@pytest.mark.parametrize("how", ["text", "name", "local"])
@pytest.mark.parametrize("words", ["No known medications", "No medications", "None", "No current medications", "Patient is not taking any medications"])
def test_a_medicine_that_is_none_is_none(words: str, how: str) -> None:
    entry = medicine().replace(f'<code code="855332" codeSystem="{RXNORM}" displayName="Warfarin 5 mg"/>', named(words, how))
    found = one("MedicationStatement", entry)["medicationCodeableConcept"]
    assert found["coding"][0]["code"] == "no-known-medications" and says(found, words)


def test_who_was_given_nothing_may_take_something() -> None:
    entry = medicine().replace(f'<code code="855332" codeSystem="{RXNORM}" displayName="Warfarin 5 mg"/>', named("None", "text"))
    (found,) = made(document(section("29549-3", entry)), "MedicationStatement")
    assert found["medicationCodeableConcept"] == {"text": "None"}


@pytest.mark.parametrize("how", ["text", "local"])
@pytest.mark.parametrize("type, words", [("Immunization", "No known immunizations"), ("Immunization", "None"),
                                         ("Procedure", "No known procedures"), ("Procedure", "No surgical history"), ("Procedure", "None")])
def test_what_is_called_none_was_not_done(type: str, words: str, how: str) -> None:
    found = one(type, vaccine(named(words, how)) if type == "Immunization" else procedure(named(words, how)))
    assert found["status"] == "not-done" and says(found, words)


@pytest.mark.parametrize("value, said", [
    ('<value xsi:type="ST" unit="mg/dL">98</value>', {"valueQuantity": (98, "mg/dL")}),
    ('<value xsi:type="ST" unit="mg/dL">trace, 98</value>', {"valueString": "trace, 98 mg/dL"}),
    ('<value xsi:type="ST" unit="mg/dL">Negative</value>', {"valueString": "Negative"}),
    ('<value xsi:type="ST">98</value>', {"valueString": "98"}),
    ('<value xsi:type="MO" value="98" currency="EUR"/>', {"valueQuantity": (98, "EUR")})])
def test_a_text_keeps_its_unit(value: str, said: dict[str, Any]) -> None:
    (found,) = made(document(section("30954-2", result(value))), "Observation")
    for name, expected in said.items():
        assert found[name] == expected if isinstance(expected, str) else (found[name]["value"], found[name]["unit"]) == expected


def test_a_text_with_a_code_is_a_concept() -> None:
    value = f'<value xsi:type="SC" code="260385009" codeSystem="{SNOMED}">Negative</value>'
    (found,) = made(document(section("30954-2", result(value))), "Observation")
    assert found["valueCodeableConcept"]["coding"][0]["code"] == "260385009" and found["valueCodeableConcept"]["text"] == "Negative"


@pytest.mark.parametrize("code, gender", [("f", "female"), ("m", "male"), ("O", "other"), ("A", "other"), ("U", "unknown")])
def test_a_sex_may_be_that_of_hl7_v2(code: str, gender: str) -> None:
    raw = document(section("11450-4", problem()), patient=PATIENT.replace('code="F"', f'code="{code}"'))
    assert made(raw, "Patient")[0]["gender"] == gender


def test_a_time_in_the_middle_is_one() -> None:
    found = one("Condition", problem().replace('<low value="20150603"/>', '<center value="20150603"/>'))
    assert found["onsetDateTime"] == "2015-06-03"
    found = one("AllergyIntolerance", allergy().replace('<low value="2011"/>', '<center value="2011"/>'))
    assert found["onsetDateTime"] == "2011"
