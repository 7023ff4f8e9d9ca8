"""What no section holds is on the page all the same: implants, warnings, family history, plans."""

import pytest

from gateway.summary.beside import KINDS
from tests.summary.given import resource, shown, text

PACEMAKER = {**resource("Device", "d", status="active", serialNumber="77"), "type": text("Pacemaker")}


def told(*resources):
    return {heading: [r.text for r in rows] for heading, rows in shown(*resources).also.items()}


@pytest.mark.parametrize(("r", "heading", "words"), [
    (PACEMAKER, "Implants and devices", "Pacemaker · serial number 77"),
    (resource("DeviceUseStatement", "u", status="active", device={"reference": "Device/d"}, bodySite=text("Chest")), "Implants and devices", "Device not named · Chest"),
    (resource("Flag", "f", status="active", code=text("MRSA carrier"), period={"start": "2026-01-02"}), "Warnings", "MRSA carrier · 2 Jan 2026"),
    (resource("FamilyMemberHistory", "m", status="completed", relationship=text("Mother"), condition=[{"code": text("Breast cancer")}], deceasedBoolean=True),
     "Family history", "Mother · Breast cancer · deceased"),
    (resource("FamilyMemberHistory", "m", status="completed", relationship=text("Father")), "Family history", "Father · nothing stated"),
    (resource("Goal", "g", lifecycleStatus="active", description=text("Walk alone")), "Goals", "Walk alone"),
    (resource("CarePlan", "c", status="active", category=[text("Heart failure")], period={"start": "2026"}), "Care plans", "Heart failure · 2026"),
    (resource("Appointment", "a", status="booked", description="Control", start="2026-12-01T08:00:00+01:00"), "Appointments", "Control · 1 Dec 2026 08:00 (UTC+1)"),
    (resource("ServiceRequest", "s", status="active", code=text("Knee X-ray"), authoredOn="2026-03-04"), "Orders and referrals", "Knee X-ray · 4 Mar 2026"),
    (resource("RelatedPerson", "p", name=[{"family": "Berg", "given": ["Ann"]}], relationship=[text("Daughter")]), "Contacts and family", "BERG, Ann · Daughter"),
    (resource("VisionPrescription", "v", status="active"), "Vision Prescription", "VisionPrescription")])
def test_each_kind_says_what_it_is(r, heading, words):
    assert told(r) == {heading: [words]}


def test_an_order_is_told_by_its_result_and_what_serves_others_by_them():
    order = resource("ServiceRequest", "s", status="completed", code=text("Potassium"))
    result = resource("Observation", "o", status="final", code=text("Potassium"), basedOn=[{"reference": "ServiceRequest/s"}])
    serving = [resource(t, "x") for t in ("Organization", "Practitioner", "Composition", "Provenance", "Specimen")]
    assert told(order, result, *serving) == {} and told(order) == {"Orders and referrals": ["Potassium"]}


def test_warnings_come_first_and_the_newest_of_a_kind():
    flags = [resource("Flag", str(y), status="active", code=text(str(y)), period={"start": str(y)}) for y in (2024, 2026, 2025)]
    found = told(resource("Goal", "g", description=text("x")), PACEMAKER, *flags)
    assert list(found) == ["Warnings", "Implants and devices", "Goals"] and [w[:4] for w in found["Warnings"]] == ["2026", "2025", "2024"]
    assert next(iter(KINDS)) == "Flag"


def test_states_and_sources_stand_with_it():
    (row,) = shown(resource("Flag", "f", status="entered-in-error", code=text("x"))).also["Warnings"]
    assert row.marks == ("entered in error",) and row.chips[0].source == "lund"
