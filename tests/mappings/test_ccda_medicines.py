"""Medicines as vendors and other realms write them: the product in the supply, the state beside the medicine, doses that
differ over the day, HL7's extension for medicines under its three names."""

from typing import Any

import pytest

from tests.adapters.ccda.documents import RXNORM, SNOMED, document, medicine, section
from tests.mappings.test_ccda_vendors import ASPIRIN, given, made, observation, says

MEDICINES, IHE = "10160-0", "1.3.6.1.4.1.19376.1.5.3.1.4"
EMPTY = "<consumable><manufacturedProduct><manufacturedMaterial/></manufacturedProduct></consumable>"
KNOWN = f"<manufacturedMaterial>{ASPIRIN}</manufacturedMaterial>"
SINCE = '<effectiveTime xsi:type="IVL_TS"><low value="20240101"/>{}</effectiveTime>'


def link(inner: str, type: str = "REFR") -> str:
    return f'<entryRelationship typeCode="{type}">{inner}</entryRelationship>'


def supply(mood: str, template: str = "", code: str = ASPIRIN) -> str:
    known = f'<templateId root="{template}"/>' if template else ""
    product = f"<product><manufacturedProduct><manufacturedMaterial>{code}</manufacturedMaterial></manufacturedProduct></product>"
    return f'<supply classCode="SPLY" moodCode="{mood}">{known}<statusCode code="completed"/><quantity value="60"/>{product}</supply>'


@pytest.mark.parametrize("mood", ["EVN", "INT"])
@pytest.mark.parametrize("own", ["", EMPTY, EMPTY.replace("<manufacturedMaterial/>", '<manufacturedMaterial><code nullFlavor="UNK"/></manufacturedMaterial>')])
def test_what_was_supplied_is_what_is_taken(mood: str, own: str) -> None:
    raw = document(section(MEDICINES, given("", SINCE.format("") + own + link(supply(mood)), template="16")))
    (found,) = made(raw, "MedicationStatement")
    assert says(found["medicationCodeableConcept"], "1191")


def test_the_product_of_a_medicine_goes_before_what_was_supplied() -> None:
    other = f'<code code="860975" codeSystem="{RXNORM}" displayName="Metformin"/>'
    (found,) = made(document(section(MEDICINES, given(KNOWN, link(supply("EVN", code=other)), template="16"))), "MedicationStatement")
    assert says(found["medicationCodeableConcept"], "1191") and not says(found["medicationCodeableConcept"], "860975")


@pytest.mark.parametrize("state, said, expected", [
    ("completed", 'code="55561003"', "active"), ("completed", 'code="73425007"', "stopped"), ("active", 'code="392521001"', "completed"),
    ("active", 'code="421139008"', "on-hold"), ("active", 'nullFlavor="OTH" displayName="Discontinued"', "stopped"), ("aborted", 'code="55561003"', "stopped"),
    ("nullified", 'code="55561003"', "entered-in-error"), ("completed", 'code="74964007"', "completed"), ("cancelled", 'code="55561003"', "not-taken")])
def test_what_is_said_of_the_state_of_a_medicine(state: str, said: str, expected: str) -> None:
    beside = link(observation(f'<value xsi:type="CE" {said}/>', '<code code="33999-4" codeSystem="2.16.840.1.113883.6.1"/>'))
    (found,) = made(document(section(MEDICINES, medicine(status=state, more=beside))), "MedicationStatement")
    assert found["status"] == expected


@pytest.mark.parametrize("templates, high, expected", [
    ((f"{IHE}.7",), "", "active"), ((f"{IHE}.7", f"{IHE}.7.1"), '<high nullFlavor="UNK"/>', "active"), ((f"{IHE}.7",), '<high value="20270101"/>', "active"),
    ((f"{IHE}.7",), '<high value="20250101"/>', "completed"), ((f"{IHE}.7", "2.16.840.1.113883.10.20.22.4.16"), "", "completed"),
    (("2.16.840.1.113883.10.20.22.4.16",), "", "completed")])
@pytest.mark.parametrize("mood, type", [("EVN", "MedicationStatement"), ("INT", "MedicationRequest")])
def test_completed_says_in_other_templates_that_it_was_written_down(templates: tuple[str, ...], high: str, expected: str, mood: str, type: str) -> None:
    known = "".join(f'<templateId root="{t}"/>' for t in templates)
    entry = given(KNOWN, known + SINCE.format(high), mood=mood).replace('<statusCode code="active"/>', '<statusCode code="completed"/>')
    (found,) = made(document(section(MEDICINES, entry)), type)
    assert found["status"] == expected


@pytest.mark.parametrize("template", ["", f"{IHE}.7.1"])
def test_doses_that_differ_over_the_day_are_told_one_by_one(template: str) -> None:
    known = f'<templateId root="{template}"/>' if template else ""
    steps = "".join(link(f'<substanceAdministration classCode="SBADM" moodCode="INT">{known}<effectiveTime xsi:type="EIVL_TS"><event code="{event}"/>'
                         f'<offset><low value="1" unit="h"/></offset></effectiveTime><doseQuantity value="{n}"/>{EMPTY}</substanceAdministration>', "COMP")
                    for event, n in (("ACM", 1), ("ACV", 2)))
    route = '<routeCode code="26643006" codeSystem="2.16.840.1.113883.6.96"/>'
    raw = document(section(MEDICINES, given(KNOWN, SINCE.format("") + route + steps, template="16", mood="INT")))
    (found,) = made(raw, "MedicationRequest")
    assert not made(raw, "MedicationStatement")
    told = [(d["sequence"], d["timing"]["repeat"]["when"], d["timing"]["repeat"]["offset"], d["doseAndRate"][0]["doseQuantity"]["value"]) for d in found["dosageInstruction"]]
    assert told == [(1, ["ACM"], 60, 1), (2, ["ACV"], 60, 2)]
    assert all(says(d["route"], "26643006") and d["timing"]["repeat"]["boundsPeriod"]["start"] == "2024-01-01" for d in found["dosageInstruction"])


@pytest.mark.parametrize("offset, minutes", [('<offset><low value="30" unit="min"/></offset>', 30), ('<offset value="-2" unit="h"/>', 120), ('<offset><low value="1" unit="mo"/></offset>', None)])
def test_the_wait_around_an_event(offset: str, minutes: int | None) -> None:
    times = f'<effectiveTime xsi:type="EIVL_TS"><event code="PC"/>{offset}</effectiveTime><effectiveTime xsi:type="EIVL_TS"><event code="HS"/></effectiveTime>'
    (found,) = made(document(section(MEDICINES, medicine(times=times))), "MedicationStatement")
    repeat = found["dosage"][0]["timing"]["repeat"]
    assert repeat["when"] == ["PC", "HS"] and repeat.get("offset") == minutes


def product(space: str, code: str) -> str:
    strength = '<x:quantity><x:numerator value="50" unit="mg"/><x:denominator value="1" unit="1"/></x:quantity>'
    inner = '<x:ingredient classCode="MMAT"><x:code code="C07AB02" codeSystem="2.16.840.1.113883.6.73" displayName="metoprolol"/></x:ingredient>'
    return f'<manufacturedMaterial xmlns:x="{space}">{code}<name>Betaloc</name><x:ingredient classCode="ACTI">{strength}{inner}</x:ingredient></manufacturedMaterial>'


@pytest.mark.parametrize("space", ["urn:hl7-org:pharm", "urn:epsos-org:ep:medication", "urn:ihe:pharm:medication"])
def test_what_is_in_a_product_is_told(space: str) -> None:
    (found,) = made(document(section(MEDICINES, given(product(space, ""), template="16"))), "MedicationStatement")
    assert found["medicationCodeableConcept"] == {"coding": [{"system": "http://www.whocc.no/atc", "code": "C07AB02", "display": "metoprolol"}], "text": "Betaloc"}
    assert says(found["note"], "metoprolol 50 mg / 1")
    (found,) = made(document(section(MEDICINES, given(product(space, ASPIRIN), template="16"))), "MedicationStatement")
    assert [c["code"] for c in found["medicationCodeableConcept"]["coding"]] == ["1191"] and says(found["note"], "metoprolol")


def test_a_supply_that_was_given_out_is_no_order_too() -> None:
    raw = document(section("60590-7", supply("EVN", f"{IHE}.7.3")))
    assert len(made(raw, "MedicationDispense")) == 1 and not made(raw, "MedicationRequest")
    raw = document(section(MEDICINES, supply("INT", f"{IHE}.7.3")))
    assert len(made(raw, "MedicationRequest")) == 1 and not made(raw, "MedicationDispense")


@pytest.mark.parametrize("loinc, entry, type, code", [
    ("29308-4", observation(f'<value xsi:type="CD" code="195967001" codeSystem="{SNOMED}"/>', '<code code="DX"/>'), "Condition", "195967001"),
    ("10155-0", observation('<value xsi:type="CD" code="Z88.0" codeSystem="2.16.840.1.113883.6.3"/>', '<code code="ALG"/>'), "AllergyIntolerance", "Z88.0"),
    ("77604-7", given(KNOWN), "MedicationStatement", "1191"), ("57828-6", given(KNOWN, mood="INT"), "MedicationRequest", "1191")])
def test_sections_of_other_realms(loinc: str, entry: str, type: str, code: str) -> None:
    found: list[dict[str, Any]] = made(document(section(loinc, entry)), type)
    assert len(found) == 1 and says(found[0], code)
