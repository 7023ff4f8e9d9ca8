"""Constructs of other realms, with invented content."""

import pytest

from tests.adapters.ccda.documents import OID, document, section
from tests.mappings.test_ccda_vendors import made


@pytest.mark.parametrize("denied, status", [("", "completed"), ('negationInd="true"', "not-done")])
def test_a_vaccine_by_the_kind_of_its_act_alone(denied: str, status: str) -> None:
    """An emergency record of Germany has it in a section of its own, by a template of its own."""
    given = f"""<substanceAdministration classCode="SBADM" moodCode="EVN" {denied}><templateId root="1.2.276.0.76.10.4044"/><code code="IMMUNIZ" codeSystem="{OID}.5.4"/>
<statusCode code="completed"/><consumable><manufacturedProduct><manufacturedMaterial><code code="TET" codeSystem="1.2.276.1" displayName="Tetanus vaccine"/></manufacturedMaterial>
</manufacturedProduct></consumable></substanceAdministration>"""
    raw = document(section("55752-0", given))
    (found,) = made(raw, "Immunization")
    assert (found["status"], found["vaccineCode"]["text"]) == (status, "Tetanus vaccine") and not made(raw, "MedicationStatement")
