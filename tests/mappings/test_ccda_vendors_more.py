"""Constructs read in public documents of vendors and realms that no handed-over document has, with invented content."""

import pytest

from tests.adapters.ccda.documents import LOINC, OID, PATIENT, document, medicine, section
from tests.mappings.test_ccda_vendors import made


def test_an_email_without_the_scheme_of_mail() -> None:
    raw = document(patient=PATIENT.replace('use="MC" value="tel:+1-555-0100"', 'use="WP" value="email:ann@elm.example"'))
    (found,) = made(raw, "Patient")
    assert found["telecom"] == [{"system": "email", "value": "ann@elm.example", "use": "work"}]


@pytest.mark.parametrize("dose, expected", [
    ('<doseQuantity value="75.0" unit="1"><translation value="75"><originalText>mg</originalText></translation></doseQuantity>', ("75", "mg")),
    ('<doseQuantity value="2"><translation value="2.0"><originalText>tablet(s)</originalText></translation></doseQuantity>', ("2.0", "tablet(s)")),
    ('<doseQuantity value="2" unit="1"><translation value="10"><originalText>mg</originalText></translation></doseQuantity>', ("2", "1")),
    ('<doseQuantity value="2" unit="mL"><translation value="2"><originalText>cc</originalText></translation></doseQuantity>', ("2", "mL")),
    ('<doseQuantity value="2" unit="1"/><administrationUnitCode code="C48542" codeSystem="2.16.840.1.113883.3.26.1.1" displayName="Tablet"/>', ("2", "Tablet"))])
def test_the_unit_of_a_dose_that_only_counts(dose: str, expected: tuple[str, str]) -> None:
    (found,) = made(document(section("10160-0", medicine().replace('<doseQuantity value="1"/>', dose))), "MedicationStatement")
    quantity = found["dosage"][0]["doseAndRate"][0]["doseQuantity"]
    assert (str(quantity["value"]), quantity["unit"]) == expected
    assert quantity.get("code") in (expected[1], None, "C48542")      # no code of another unit than the one that is shown


def policy(organisation: str, plan: str = "") -> str:
    return f"""<act classCode="ACT" moodCode="EVN"><templateId root="{OID}.10.20.22.4.60"/><code code="48768-6" codeSystem="{LOINC}"/><entryRelationship typeCode="COMP">
<act classCode="ACT" moodCode="EVN"><templateId root="{OID}.10.20.22.4.61"/><id root="1.2.9" extension="G-7"/><code code="GP"/><performer typeCode="PRF"><assignedEntity>
<id nullFlavor="NI"/><telecom value="tel:+1-555-0199"/><representedOrganization>{organisation}</representedOrganization></assignedEntity></performer>{plan}</act></entryRelationship></act>"""


@pytest.mark.parametrize("organisation", ["<name/>", '<name nullFlavor="NI"/>', '<telecom nullFlavor="NI"/>', f'<id root="{OID}.4.6"/><name/>'])
def test_a_payer_without_a_name_loses_no_coverage(organisation: str) -> None:
    plan = '<entryRelationship typeCode="REFR"><act classCode="ACT" moodCode="DEF"><id root="1.2.9.5" extension="79"/><code nullFlavor="NA"/><text>Elm Health Plan</text></act></entryRelationship>'
    (found,) = made(document(section("48768-6", policy(organisation))), "Coverage")
    assert found["payor"] == [{"display": "payer not named"}]
    (found,) = made(document(section("48768-6", policy(organisation, plan))), "Coverage")
    assert found["payor"] == [{"display": "Elm Health Plan"}]
    assert [(c["type"]["coding"][0]["code"], c["value"], c.get("name")) for c in found["class"]] == [("group", "G-7", None), ("plan", "79", "Elm Health Plan")]


def test_a_payer_with_a_name_is_no_other() -> None:
    (found,) = made(document(section("48768-6", policy("<name>Elm Insurance</name>"))), "Coverage")
    assert [list(p) for p in found["payor"]] == [["reference"]]


@pytest.mark.parametrize("denied, status", [("", "completed"), ('negationInd="true"', "not-done")])
def test_a_vaccine_by_the_kind_of_its_act_alone(denied: str, status: str) -> None:
    """An emergency record of Germany has it in a section of its own, by a template of its own."""
    given = f"""<substanceAdministration classCode="SBADM" moodCode="EVN" {denied}><templateId root="1.2.276.0.76.10.4044"/><code code="IMMUNIZ" codeSystem="{OID}.5.4"/>
<statusCode code="completed"/><consumable><manufacturedProduct><manufacturedMaterial><code code="TET" codeSystem="1.2.276.1" displayName="Tetanus vaccine"/></manufacturedMaterial>
</manufacturedProduct></consumable></substanceAdministration>"""
    raw = document(section("55752-0", given))
    (found,) = made(raw, "Immunization")
    assert (found["status"], found["vaccineCode"]["text"]) == (status, "Tetanus vaccine") and not made(raw, "MedicationStatement")
