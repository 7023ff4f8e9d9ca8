"""One odd field never costs the resource beside it, as invented messages: each lost a result, an order or an organisation once."""

import pytest

from tests.mappings.hl7v2_messages import PID, made, one, run

TIMES = "OBR|1||F1^LAB|24323-8^Panel^LN|||{}|{}" + "|" * 17 + "F"
SPM = "SPM|1|P1&LAB^F1&LAB||BLD^Blood^HL70487" + "|" * 13 + "20260101080000+0100"


@pytest.mark.parametrize(("begin", "end", "kept"), [
    ("20260101080000+0100", "20260101081000+0100", "effectivePeriod"), ("20260101080000+0100", "", "effectiveDateTime"),
    ("", "20260101081000+0100", "effectivePeriod"), ("", "", "effectiveDateTime")])
def test_a_result_has_one_time_whoever_says_when_it_was_taken(begin: str, end: str, kept: str) -> None:
    mapped = run("ORU^R01", PID, TIMES.format(begin, end), "OBX|1|NM|2345-7^Glucose^LN||5|mmol/L|||||F", SPM)
    assert [n for n in one(mapped, "Observation") if n.startswith("effective")] == [kept] and not mapped.issues


def test_an_organisation_at_a_home_address_is_kept_without_its_home() -> None:
    order = "ORC|RE||F1^LAB" + "|" * 18 + "Clinic^L^^^^NPI^XX^^^99|1 High St^^Ek^^1^SE^H|^PRN^PH^^^8^1234567"
    (clinic,) = [o for o in made(run("ORU^R01", PID, order, TIMES.format("20260101", "")), "Organization") if o["name"] == "Clinic"]
    assert clinic["address"] == [{"line": ["1 High St"], "city": "Ek", "postalCode": "1", "country": "SE"}]
    assert [t["value"] for t in clinic["telecom"]] == ["8 1234567"] and "use" not in clinic["telecom"][0]


def test_an_allergy_of_unknown_certainty_is_an_allergy() -> None:
    mapped = run("ADT^A60", PID, "IAM|1|DA|PEN^Penicillin^L|SV" + "|" * 13 + "ODD")
    allergy = one(mapped, "AllergyIntolerance")
    assert "verificationStatus" not in allergy and allergy["clinicalStatus"]["coding"][0]["code"] == "active"
    assert "IAM-17.1" in mapped.ledger.unmapped


@pytest.mark.parametrize("segment", ["AIP|1", "AIL|1", "AIG|1"])
def test_a_resource_that_nobody_names_does_not_cost_the_booking(segment: str) -> None:
    booking = one(run("SIU^S12", "SCH|A1|A1|||||||||^^30^20260301090000+0100", PID, f"{segment}|A" + "|" * 10 + "CONFIRMED"),
                  "Appointment")
    assert booking["status"] == "booked" and all("actor" in p or "type" in p for p in booking["participant"])


@pytest.mark.parametrize(("least", "most", "high"), [("1", "0", None), ("10", "5", None), ("5", "10", 10)])
def test_a_dose_whose_greatest_is_below_its_least_does_not_cost_the_order(least: str, most: str, high: int | None) -> None:
    mapped = run("RDE^O11", PID, "ORC|NW|R1^A", f"RXE||1^Amlodipine^RXNORM|{least}|{most}|mg")
    dose = one(mapped, "MedicationRequest")["dosageInstruction"][0]["doseAndRate"][0]["doseRange"]
    assert str(dose["low"]["value"]) == least and dose.get("high", {}).get("value") == high
    assert [i.code for i in mapped.issues] == ([] if high else ["hl7v2-amount-reversed"])


@pytest.mark.parametrize("minutes", ["-5", "1e300", "nan"])
def test_a_procedure_that_lasts_less_than_nothing_is_a_procedure(minutes: str) -> None:
    mapped = run("ADT^A08", PID, f"PR1|1||44950^Appendectomy^C4||20260101100000+0100||{minutes}")
    assert one(mapped, "Procedure")["performedPeriod"] == {"start": "2026-01-01T10:00:00+01:00"}
    assert [i.code for i in mapped.issues] == ["conversion-failed"]


@pytest.mark.parametrize("insurer", ["109905003^^^^NII|AOK", "109905003^^^^NII", "|AOK"])
def test_cover_of_which_only_the_insurer_is_known_is_cover(insurer: str) -> None:
    mapped = run("ADT^A01", PID, f"IN1|1||{insurer}")
    assert one(mapped, "Coverage")["payor"][0]["display"] in insurer


def test_a_list_of_which_a_member_could_not_be_made_ends_nothing() -> None:
    mapped = run("ADT^A01", PID, "IN1|1|P^Gold|7^^^^NII|Acme", "IN1|2|||||||G55")
    assert [i.code for i in mapped.issues] == ["resource-incomplete", "listing-short"]
    assert not [a for a in mapped.assertions if a.kind == "listing"]
