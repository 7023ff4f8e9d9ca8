"""Words in the place of a substance, problem, medicine, vaccine or procedure that say that there is none."""

from typing import Any

import pytest

from adapters.ccda.datatypes.absences import denies
from tests.adapters.ccda.documents import OID, RXNORM, SNOMED, allergy, document, medicine, problem, section
from tests.mappings.test_ccda_vendors import made

OWN = "1.2.3.4"
PROBLEM = f'<value xsi:type="CD" code="38341003" codeSystem="{SNOMED}" displayName="Problem 38341003"/>'
MEDICINE = f'<code code="855332" codeSystem="{RXNORM}" displayName="Warfarin 5 mg"/>'


def named(words: str) -> str:
    return f'<code nullFlavor="OTH"><originalText>{words}</originalText></code>'


def coded(words: str, system: str = OWN) -> str:
    return f'<code code="0" codeSystem="{system}" displayName="{words}"/>'


def only(raw: bytes, type_: str) -> dict[str, Any]:
    (found,) = made(raw, type_)
    return found


def codes(concept: dict[str, Any]) -> list[str]:
    return [c["code"] for c in concept.get("coding", ())]


@pytest.mark.parametrize("words, code", [
    ("NKDA", "409137002"), ("No Known Drug Allergies", "409137002"), ("No known medication allergies.", "409137002"), ("NKFA", "429625007"),
    ("No known food allergies", "429625007"), ("NKA", "716186003"), ("No Known Allergies", "716186003"), ("No allergies on file", "716186003"),
    ("None", "716186003"), ("No known allergies or intolerances", "716186003"), ("Keine Allergien bekannt", "716186003"),
    ("Aucune allergie connue", "716186003"), ("Pas d'allergies connues", "716186003"), ("Nessuna allergia nota", "716186003")])
def test_a_substance_that_says_there_is_none(words: str, code: str) -> None:
    substance = allergy(named(words), kind="419199007")
    found = only(document(section("48765-2", substance)), "AllergyIntolerance")["code"]
    assert codes(found) == [code] and found["text"] == words
    found = only(document(section("48765-2", allergy(coded(words), kind="419199007"))), "AllergyIntolerance")["code"]
    assert codes(found) == [code, "0"] and found["text"] == words     # the sender's own code stays behind it


@pytest.mark.parametrize("kind, code", [("416098002", "409137002"), ("414285001", "429625007"), ("419199007", "716186003")])
def test_words_that_name_no_kind_deny_that_of_the_entry(kind: str, code: str) -> None:
    found = only(document(section("48765-2", allergy(named("No known allergies"), kind=kind))), "AllergyIntolerance")
    assert codes(found["code"]) == [code]


@pytest.mark.parametrize("substance, code", [
    (named("No-Doz"), []), (named("Nickel"), []), (named("None of the above"), []), (named("Unknown"), []), (named("No known latex allergy"), []),
    (f'<code code="7980" codeSystem="{RXNORM}" displayName="Penicillin"><originalText>None</originalText></code>', ["7980"]),
    (f'<code code="9" codeSystem="{OWN}" displayName="Penicillin"><originalText>None</originalText></code>', ["9"])])
def test_what_is_a_substance_stays_one(substance: str, code: list[str]) -> None:
    assert codes(only(document(section("48765-2", allergy(substance))), "AllergyIntolerance")["code"]) == code


def test_a_code_of_the_senders_own_for_all_allergens_denies_all() -> None:
    negated = allergy(coded("Allergen"), kind="419199007", attributes='negationInd="true"')
    found = only(document(section("48765-2", negated)), "AllergyIntolerance")
    assert codes(found["code"]) == ["716186003"] and found["verificationStatus"]["coding"][0]["code"] == "confirmed"
    assert [codes(e["valueCodeableConcept"]) for e in found["extension"]] == [["419199007"], ["0"]]
    one = only(document(section("48765-2", negated.replace("Allergen", "Bees"))), "AllergyIntolerance")
    assert codes(one["code"]) == ["0"] and one["verificationStatus"]["coding"][0]["code"] == "refuted"


@pytest.mark.parametrize("words", ["No known problems", "No active problems", "None", "No problems on file", "Keine bekannten Probleme", "Aucun problème"])
def test_a_problem_that_says_there_is_none(words: str) -> None:
    raw = document(section("11450-4", problem().replace(PROBLEM, f'<value xsi:type="CD" nullFlavor="OTH"><originalText>{words}</originalText></value>')))
    assert only(raw, "Condition")["code"] == {"coding": [{"system": "http://snomed.info/sct", "code": "160245001", "display": "No current problems or disability"}], "text": words}
    own = problem().replace(PROBLEM, coded(words).replace("<code ", '<value xsi:type="CD" '))
    assert codes(only(document(section("11450-4", own)), "Condition")["code"]) == ["160245001", "0"]
    # at a visit it says that this visit had no diagnosis
    assert codes(only(document(section("46240-8", own)), "Condition")["code"]) == ["0"]


@pytest.mark.parametrize("words", ["No known medications", "No Medications", "none", "Patient not on any medications", "Not currently taking medications", "Keine Medikamente", "Nessuna terapia"])
def test_a_medicine_that_says_there_is_none(words: str) -> None:
    found = only(document(section("10160-0", medicine().replace(MEDICINE, named(words)))), "MedicationStatement")
    assert codes(found["medicationCodeableConcept"]) == ["no-known-medications"] and found["medicationCodeableConcept"]["text"] == words


def test_an_absence_that_is_the_code_of_the_entry() -> None:
    """As CDA of Italy and the international summary have it: the product is there and empty."""
    empty = medicine().replace(MEDICINE, "").replace("<manufacturedMaterial>", '<manufacturedMaterial nullFlavor="NA">')
    told = empty.replace("<statusCode", f'<code code="no-known-medications" codeSystem="{OID}.5.1150.1" displayName="Nessuna terapia nota"/><statusCode', 1)
    found = only(document(section("10160-0", told)), "MedicationStatement")
    assert codes(found["medicationCodeableConcept"]) == ["no-known-medications"]


def test_no_vaccine_and_no_procedure_were_not_done() -> None:
    given = f"""<substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="{OID}.10.20.22.4.52"/><statusCode code="completed"/><consumable><manufacturedProduct>
<manufacturedMaterial>{named("No immunizations on file")}</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""
    assert only(document(section("11369-6", given)), "Immunization")["status"] == "not-done"
    assert only(document(section("11369-6", given.replace("No immunizations on file", "Tetanus"))), "Immunization")["status"] == "completed"
    done = f'<procedure classCode="PROC" moodCode="EVN"><templateId root="{OID}.10.20.22.4.14"/>{named("No procedures")}<statusCode code="completed"/></procedure>'
    assert only(document(section("47519-4", done)), "Procedure")["status"] == "not-done"
    assert only(document(section("47519-4", done.replace("No procedures", "Appendectomy"))), "Procedure")["status"] == "completed"


@pytest.mark.parametrize("kind", ["allergy", "problem", "medicine", "vaccine", "procedure"])
def test_long_words_are_read_in_a_moment_and_deny_nothing(kind: str) -> None:
    for words in ("no " + "known " * 9_000, "no allerg" + "y and allerg" * 9_000, "no" + " " * 90_000 + "x", "keine bekannte" * 9):
        assert not denies(kind, words)
