"""Further ways in which vendors write facts otherwise than the guide: what a concern tells alone, what stands twice,
where it does not belong, or is named by its number only."""

from typing import Any

import pytest

from gateway.pure.mapping import Chosen, messages
from tests.adapters.ccda.documents import LOINC, OID, SNOMED, allergy, document, problem, section
from tests.mappings.test_ccda_vendors import (
    DIABETES,
    ENTRY,
    KIND,
    NARRATIVE,
    PENICILLIN,
    concern,
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
    (found,) = made(document(section("48765-2", concern(observation(value, code, "7")))), "AllergyIntolerance")
    assert says(found["code"], kept) if kept else not says(found.get("code", {}), "281647001") and not says(found.get("code", {}), "ASSERTION")


def test_a_substance_that_is_named_as_such_goes_before_the_code_of_the_statement() -> None:
    raw = document(section("48765-2", allergy().replace('<code code="ASSERTION"/>', f'<code code="111088007" codeSystem="{SNOMED}"/>')))
    (found,) = made(raw, "AllergyIntolerance")
    assert says(found["code"], "7980") and not says(found["code"], "111088007")


@pytest.mark.parametrize("text", ["No known allergies", "No known drug allergies.", "NKDA", "none"])
@pytest.mark.parametrize("entry", [
    lambda text: concern(observation(KIND + f"<text>{text}</text>", template="7")), lambda text: act(f"<text>{text}</text>", "30")])
def test_words_that_deny_allergies_are_no_allergy(text: str, entry: Any) -> None:
    (found,) = made(document(section("48765-2", entry(text))), "AllergyIntolerance")
    assert found["code"]["coding"][0]["code"] == "716186003" and says(found["code"], text)


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
