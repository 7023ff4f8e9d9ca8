"""Entries that are taken back, suspected, excluded, inactive or denied in a way of their own, as vendors write them."""

from typing import Any

import pytest

from adapters.ccda.datatypes.values import number
from gateway.pure.mapping import Chosen, messages
from gateway.sdk import Value
from tests.adapters.ccda.documents import LOINC, OID, PATIENT, SNOMED, allergy, document, problem, result, section
from tests.mappings.test_ccda_vendors import DIABETES, ENTRY, KIND, concern, given, made, observation, says

PROBLEMS, ALLERGIES = "11450-4", "48765-2"
URTICARIA = f'<value xsi:type="CD" code="126485001" codeSystem="{SNOMED}" displayName="Urticaria"/>'


def status(value: str, code: str = "33999-4", template: str = "6") -> str:
    return f'<entryRelationship typeCode="REFR">{observation(value, f"""<code code="{code}" codeSystem="{LOINC}"/>""", template)}</entryRelationship>'


def state(resource: dict[str, Any], name: str) -> str | None:
    codings = resource.get(name, {}).get("coding", [{}])
    return codings[0].get("code")


@pytest.mark.parametrize("value, expected", [
    ('<value xsi:type="ST">Resolved</value>', "resolved"), ('<value xsi:type="CE" nullFlavor="OTH"><originalText>inactive</originalText></value>', "inactive"),
    ('<value xsi:type="CE" nullFlavor="UNK" displayName="RESOLVED"/>', "resolved"), ('<value xsi:type="CD" code="90734009" codeSystem="2.16.840.1.113883.6.96"/>', "active"),
    ('<value xsi:type="CD" code="1" codeSystem="1.2.3"><translation code="73425007" codeSystem="2.16.840.1.113883.6.96"/></value>', "inactive"),
    ('<value xsi:type="ST">as before</value>', "active")])
def test_a_status_may_be_told_in_words_or_translations(value: str, expected: str) -> None:
    (found,) = made(document(section(PROBLEMS, problem(more=status(value)))), "Condition")
    assert state(found, "clinicalStatus") == expected
    (found,) = made(document(section(ALLERGIES, allergy(more=status(value, template="28")))), "AllergyIntolerance")
    assert state(found, "clinicalStatus") == expected


@pytest.mark.parametrize("old", ['<statusCode code="completed"/>', '<statusCode code="active"/>'])
@pytest.mark.parametrize("entry, loinc, type", [(problem(), PROBLEMS, "Condition"), (allergy(), ALLERGIES, "AllergyIntolerance")])
def test_what_is_nullified_was_entered_in_error(old: str, entry: str, loinc: str, type: str) -> None:
    (found,) = made(document(section(loinc, entry.replace(old, '<statusCode code="nullified"/>'))), type)
    assert state(found, "verificationStatus") == "entered-in-error" and "clinicalStatus" not in found


@pytest.mark.parametrize("system, code, expected", [
    (SNOMED, "410516002", "refuted"), (SNOMED, "415684004", "provisional"), (SNOMED, "410605003", "confirmed"), (f"{OID}.3.7.1.8", "A", "refuted"),
    (f"{OID}.3.7.1.8", "V", "provisional"), (f"{OID}.3.7.1.8", "G", "confirmed"), (f"{OID}.3.7.1.7", "A", "confirmed")])
def test_how_sure_a_diagnosis_is(system: str, code: str, expected: str) -> None:
    qualified = DIABETES.replace("/>", f'><qualifier><name code="8" codeSystem="{OID}.3.7.1"/><value code="{code}" codeSystem="{system}"/></qualifier></value>')
    (found,) = made(document(section(PROBLEMS, concern(observation(qualified, template="4")))), "Condition")
    assert state(found, "verificationStatus") == expected and ("clinicalStatus" in found) is (expected != "refuted")
    if system == SNOMED:
        beside = status(f'<value xsi:type="CD" code="{code}" codeSystem="{SNOMED}"/>', "66455-7", "99")
        (found,) = made(document(section(PROBLEMS, problem(more=beside))), "Condition")
        assert state(found, "verificationStatus") == expected


@pytest.mark.parametrize("code, verification, clinical", [("415684004", "unconfirmed", "active"), ("410516002", "refuted", "inactive")])
def test_how_sure_an_allergy_is(code: str, verification: str, clinical: str) -> None:
    beside = status(f'<value xsi:type="CD" code="{code}" codeSystem="{SNOMED}"/>', "66455-7", "99")
    (found,) = made(document(section(ALLERGIES, allergy(more=beside))), "AllergyIntolerance")
    assert (state(found, "verificationStatus"), state(found, "clinicalStatus")) == (verification, clinical)


@pytest.mark.parametrize("place", ["in", "beside"])
@pytest.mark.parametrize("negated", ["", 'negationInd="true"', 'negationInd="1"', 'negationInd="0"'])
def test_a_reaction_of_the_allergy_or_its_concern_unless_it_is_denied(place: str, negated: str) -> None:
    reaction = f'<entryRelationship typeCode="MFST">{observation(URTICARIA, template="9", attributes=negated)}</entryRelationship>'
    entry = allergy(more=reaction) if place == "in" else allergy().replace("</act>", f"{reaction}</act>")
    (found,) = made(document(section(ALLERGIES, entry)), "AllergyIntolerance")
    assert says(found.get("reaction", []), "126485001") is ("1" not in negated and "true" not in negated)
    assert [n["text"].partition(": ")[0] for n in found.get("note", [])] == ([] if "reaction" in found else ["No reaction"])


@pytest.mark.parametrize("entry, type", [(problem(attributes='negationInd="1"'), "Condition"), (allergy(attributes='negationInd="1"'), "AllergyIntolerance")])
def test_a_denial_has_two_spellings(entry: str, type: str) -> None:
    (found,) = made(document(section(PROBLEMS if type == "Condition" else ALLERGIES, entry)), type)
    assert state(found, "verificationStatus") == "refuted"


def test_a_complication_is_not_over_because_its_operation_is() -> None:
    done = f'<procedure classCode="PROC" moodCode="EVN"><templateId root="{ENTRY}.14"/><code code="80146002" codeSystem="{SNOMED}"/><statusCode code="completed"/>'
    inner = f'<entryRelationship typeCode="COMP">{observation(DIABETES, template="4")}</entryRelationship></procedure>'
    (found,) = made(document(section("47519-4", done + inner)), "Condition")
    assert state(found, "clinicalStatus") == "active"


@pytest.mark.parametrize("written, read", [("5,4", "5.4"), ("0,125", "0.125"), ("12,75", "12.75"), ("1,234,567", "1234567"), ("1,234.5", "1234.5"), ("1,234", None), ("1,2,3", None)])
def test_a_comma_in_a_number(written: str, read: str | None) -> None:
    found = number(Value(written))
    assert (str(found.content) if found else None) == read


@pytest.mark.parametrize("value, unit, text", [("1,234", "mg", "1,234 mg"), ("120/80", "mm[Hg]", "120/80 mm[Hg]"), ("N/A", "mg", "N/A")])
def test_a_measurement_that_is_no_number_keeps_its_unit(value: str, unit: str, text: str) -> None:
    (found,) = made(document(section("30954-2", result(f'<value xsi:type="PQ" value="{value}" unit="{unit}"/>'))), "Observation")
    assert found["valueString"] == text


@pytest.mark.parametrize("id", ['<id root="2.16.840.1.113883.4.1"/>', '<id root="2.16.840.1.113883.4.1" nullFlavor="UNK"/>', '<id root="1.2.3.99" nullFlavor="MSK"/>'])
def test_who_assigns_numbers_is_no_number_of_a_patient(id: str) -> None:
    raw = document(section(PROBLEMS), patient=PATIENT.replace("<addr", f"{id}<addr", 1))
    (patient,) = made(raw, "Patient")
    assert [i["value"] for i in patient["identifier"]] == ["P-77"]


def test_an_allergy_of_nothing_but_a_kind_keeps_its_kind() -> None:
    (found,) = made(document(section(ALLERGIES, concern(observation(KIND, template="7")))), "AllergyIntolerance")
    assert says(found["code"], "419199007")


@pytest.mark.parametrize("own, expected", [("", "refuted"), ('negationInd="true"', "refuted"), ('negationInd="false"', "confirmed")])
@pytest.mark.parametrize("loinc, entry, type", [(PROBLEMS, problem, "Condition"), (ALLERGIES, allergy, "AllergyIntolerance")])
def test_what_a_denied_concern_holds_is_denied_unless_it_says_otherwise(own: str, expected: str, loinc: str, entry: Any, type: str) -> None:
    raw = document(section(loinc, entry(attributes=own).replace("<act ", '<act negationInd="true" ', 1)))
    (found,) = made(raw, type)
    assert state(found, "verificationStatus") == expected
    (line,) = messages("x.xml", raw, Chosen())
    assert ("ccda-negation" in [i.code for i in line.result.mapped.issues]) is (own == "")


def test_a_vaccine_that_was_none_was_not_given() -> None:
    none = f'<manufacturedMaterial><code code="998" codeSystem="{OID}.12.292"/></manufacturedMaterial>'
    (found,) = made(document(section("11369-6", given(none, template="52"))), "Immunization")
    assert found["status"] == "not-done"


def test_an_act_that_was_not_done_denies_nothing_that_stands_in_it() -> None:
    entry = problem().replace('<act ', '<act negationInd="true" ', 1).replace('<code code="CONC"/>', '<code code="80146002"/>')
    (found,) = made(document(section(PROBLEMS, entry)), "Condition")
    assert state(found, "verificationStatus") == "confirmed"
