"""Ways of writing that were found lost: documents in the manner of eight vendors, and of Switzerland."""

import pytest

from gateway.pure.mapping import Chosen, messages
from tests.adapters.ccda.documents import RXNORM, SNOMED, document, problem, section
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


def told(raw: bytes) -> list[tuple[str, str]]:
    """(code, message) of what is said of a document."""
    (found,) = messages("x.xml", raw, Chosen())
    return [(i.code, i.message) for i in found.result.mapped.issues]


@pytest.mark.parametrize(("old", "new", "code", "words"), [
    (f'codeSystem="{SNOMED}" displayName="Problem 38341003"', 'codeSystem="SNOMED" displayName="Problem 38341003"', "ccda-code", "'SNOMED' is the number of no code system"),
    (f'codeSystem="{SNOMED}" displayName="Problem 38341003"', 'codeSystem="2.16.840.1.113883.6.9x"', "ccda-code", "'2.16.840.1.113883.6.9x'"),
    ('<low value="20150603"/>', '<low value="20150603"/><high value="20140101"/>', "ccda-period", "ends before it begins"),
    ('<value xsi:type="CD" code="38341003"', '<value code="38341003"', "ccda-untyped", "1 value of an observation")])
def test_what_cannot_be_is_told_and_the_rest_is_kept(old: str, new: str, code: str, words: str) -> None:
    raw = document(section("11450-4", problem()))
    assert old.encode() in raw and code not in [c for c, _ in told(raw)]
    bad = raw.replace(old.encode(), new.encode())
    assert [m for c, m in told(bad) if c == code and words in m] and len(made(bad, "Condition")) == 1


def test_a_code_system_may_be_numbered_by_a_uuid() -> None:
    raw = document(section("11450-4", problem())).replace(SNOMED.encode(), b"6f1e1c2a-0b7d-4c3e-9a55-2d1f7f0e9b11")
    assert not [m for c, m in told(raw) if "no code system" in m]


@pytest.mark.parametrize(("low", "high"), [("2015", "20150101"), ("20150603", "201506"), ("20150603120000-0500", "20150603"), ("20150603", "")])
def test_a_start_told_more_or_less_precisely_than_the_end_is_none_behind_it(low: str, high: str) -> None:
    times = f'<low value="{low}"/>' + (f'<high value="{high}"/>' if high else '<high nullFlavor="UNK"/>')
    raw = document(section("11450-4", problem())).replace(b'<low value="20150603"/>', times.encode())
    assert "ccda-period" not in [c for c, _ in told(raw)]
