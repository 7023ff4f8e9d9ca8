"""Ways of writing that were found lost: documents in the manner of eight vendors, and of Switzerland."""

import pytest

from tests.adapters.ccda.documents import RXNORM, SNOMED, document, section
from tests.mappings.test_ccda_audited import FLU
from tests.mappings.test_ccda_vendors import ENTRY, given, made, observation, says

FUROSEMIDE = ('<manufacturedMaterial><code nullFlavor="OTH"><originalText><reference value="#m"/></originalText>'
              f'<translation code="313988" codeSystem="{RXNORM}" displayName="Furosemide 40 MG Oral Tablet"/></code></manufacturedMaterial>')


@pytest.mark.parametrize(("line", "told"), [
    ("1 tab, Oral, BID, 2 Refill(s)", True), ("TAKE 1 TABLET BY MOUTH TWICE A DAY", True), ("Two times daily", True),
    ("furosemide 40 mg oral tablet", False), ("12 Jan 2026: Furosemide, twice a day", False), ("Lasix 40 mg oral tablet", False), ("1", False), ("", False),
    ("morgens und abends je eine", True), ("1 comprimé 2 fois par jour", True)])
def test_a_line_of_the_narrative_that_does_not_name_the_medicine_says_how_to_take_it(line: str, told: bool) -> None:
    entry = given(FUROSEMIDE, '<text><reference value="#s"/></text>', template="16")
    text = f'<content ID="m">furosemide 40 mg oral tablet</content><content ID="s">{line}</content>'
    (found,) = made(document(section("10160-0", entry, text=text)), "MedicationStatement")
    assert [d["text"] for d in found.get("dosage", ())] == ([line] if told else [])


def test_what_is_handed_over_of_a_labelled_drug_is_kept() -> None:
    handed = (f'<entryRelationship typeCode="REFR"><supply classCode="SPLY" moodCode="EVN"><templateId root="{ENTRY}.18"/>'
              '<statusCode code="completed"/><effectiveTime value="20200103"/><quantity value="60"/></supply></entryRelationship>')
    drug = f'<manufacturedLabeledDrug><code code="197696" codeSystem="{RXNORM}" displayName="Fluconazole"/></manufacturedLabeledDrug>'
    entry = given(drug, template="16").replace("</substanceAdministration>", f"{handed}</substanceAdministration>")
    (found,) = made(document(section("10160-0", entry)), "MedicationDispense")
    assert says(found["medicationCodeableConcept"], "197696") and found["quantity"]["value"] == 60


@pytest.mark.parametrize(("code", "kept"), [("397430003", True), ("ASSERTION", False), ("404684003", False)])
def test_what_a_vaccine_protects_against_may_be_the_code_of_its_entry(code: str, kept: bool) -> None:
    against = observation("", f'<code code="{code}" codeSystem="{SNOMED}"/>')
    entry = given(f"<manufacturedMaterial>{FLU}</manufacturedMaterial>",
                  f'<templateId root="1.3.6.1.4.1.19376.1.5.3.1.4.12"/><entryRelationship typeCode="RSON">{against}</entryRelationship>')
    raw = document(section("11369-6", entry))
    (found,) = made(raw, "Immunization")
    assert says(found.get("reasonCode", []), code) == kept and not made(raw, "Condition")
