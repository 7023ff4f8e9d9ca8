"""CDA of other realms, by the guides and examples of their authorities, with invented content: what is only proposed,
a vaccine by IHE's templates, entries that refer to a place that was never written."""

import pytest

from tests.adapters.ccda.documents import OID, RXNORM, SNOMED, document, medicine, section
from tests.mappings.test_ccda_vendors import made

IHE = "1.3.6.1.4.1.19376.1.5.3.1.4"
TYPES = ("Immunization", "MedicationRequest", "MedicationStatement")


def vaccine(mood: str, more: str = "") -> str:
    """A vaccine as Switzerland and IHE have it: a medicine of a kind, by all its templates."""
    templates = "".join(f'<templateId root="{root}"/>' for root in (f"{IHE}.7.1", f"{IHE}.7", f"{OID}.10.20.1.24", f"{IHE}.12"))
    return f"""<substanceAdministration classCode="SBADM" moodCode="{mood}" {more}>{templates}<id root="1.2.3.7" extension="V-1"/><code code="IMMUNIZ" codeSystem="{OID}.5.4"/>
<statusCode code="completed"/><effectiveTime value="20260604"/><consumable><manufacturedProduct><manufacturedMaterial><code code="J07CA02" codeSystem="{OID}.6.73"/><name>Elmvax</name>
</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>"""


def counts(raw: bytes) -> list[int]:
    return [len(made(raw, t)) for t in TYPES]


@pytest.mark.parametrize("mood, expected, intent", [
    ("EVN", [1, 0, 0], ""), ("PRP", [0, 1, 0], "proposal"), ("INT", [0, 1, 0], "plan"), ("RQO", [0, 1, 0], "order"), ("PRMS", [0, 1, 0], "plan"),
    ("ARQ", [0, 1, 0], "plan"), ("APT", [0, 1, 0], "plan"), ("DEF", [0, 0, 0], "")])
def test_a_vaccine_that_was_given_or_is_only_proposed_is_one_thing(mood: str, expected: list[int], intent: str) -> None:
    raw = document(section("11369-6", vaccine(mood)))
    assert counts(raw) == expected
    assert [r["intent"] for r in made(raw, "MedicationRequest")] == ([intent] if intent else [])


def test_a_vaccine_that_is_not_recommended() -> None:
    (found,) = made(document(section("11369-6", vaccine("PRP", 'negationInd="true"'))), "MedicationRequest")
    assert found["doNotPerform"] is True and found["intent"] == "proposal"


@pytest.mark.parametrize("mood, expected, intent", [("EVN", [0, 0, 1], ""), ("PRP", [0, 1, 0], "proposal"), ("INT", [0, 1, 0], "order"), ("DEF", [0, 0, 0], "")])
def test_a_medicine_that_is_only_proposed_is_not_taken(mood: str, expected: list[int], intent: str) -> None:
    raw = document(section("10160-0", medicine(mood=mood)))
    assert counts(raw) == expected
    assert [r["intent"] for r in made(raw, "MedicationRequest")] == ([intent] if intent else [])


@pytest.mark.parametrize("mood, type", [("EVN", "Procedure"), ("PRP", "ServiceRequest"), ("RQO", "ServiceRequest")])
def test_a_procedure_that_is_only_proposed_was_not_done(mood: str, type: str) -> None:
    done = f'<procedure classCode="PROC" moodCode="{mood}"><templateId root="{OID}.10.20.22.4.14"/><code code="80146002" codeSystem="{SNOMED}"/><statusCode code="active"/></procedure>'
    raw = document(section("47519-4", done))
    assert [t for t in ("Procedure", "ServiceRequest") if made(raw, t)] == [type]


@pytest.mark.parametrize("mood, type", [("EVN", "Observation"), ("PRP", "ServiceRequest"), ("DEF", "")])
def test_a_test_that_is_only_proposed_has_no_result(mood: str, type: str) -> None:
    test = f'<observation classCode="OBS" moodCode="{mood}"><templateId root="{OID}.10.20.22.4.2"/><code code="2345-7" codeSystem="{OID}.6.1"/><statusCode code="active"/></observation>'
    raw = document(section("30954-2", test))
    assert [t for t in ("Observation", "ServiceRequest") if made(raw, t)] == ([type] if type else [])


TODO = '<id nullFlavor="NA"/><code nullFlavor="NA"/><text><reference value="#{}"/></text><statusCode code="completed"/>'


@pytest.mark.parametrize("there, count", [("nowhere", 0), ("blank", 0), ("here", 1), ("file:other.xml", 1)])
@pytest.mark.parametrize("loinc, type, entry", [
    ("29544-3", "Procedure", f'<procedure classCode="PROC" moodCode="EVN"><templateId root="{IHE}.19"/>{{}}</procedure>'),
    ("11302-7", "ServiceRequest", '<act classCode="ACT" moodCode="INT"><templateId root="1.3.6.1.4.1.19376.1.5.3.1.1.10.4.2"/>{}</act>')])
def test_words_that_lead_nowhere_tell_of_nothing(loinc: str, type: str, entry: str, there: str, count: int) -> None:
    raw = document(section(loinc, entry.format(TODO.format(there)), text='<content ID="here">Watch him</content><content ID="blank"> </content>'))
    assert len(made(raw, type)) == count


def test_a_medicine_that_only_leads_nowhere_is_no_error() -> None:
    empty = medicine(times='<effectiveTime xsi:type="IVL_TS" nullFlavor="UNK"/>').replace('<doseQuantity value="1"/>', "")
    empty = empty.replace(f'<code code="855332" codeSystem="{RXNORM}" displayName="Warfarin 5 mg"/>', "").replace("<statusCode", '<text><reference value="#TODO"/></text><statusCode', 1)
    assert made(document(section("10160-0", empty)), "MedicationStatement") == []
    assert len(made(document(section("10160-0", empty, medicine())), "MedicationStatement")) == 1
