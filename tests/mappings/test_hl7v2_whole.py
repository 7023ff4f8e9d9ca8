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


@pytest.mark.parametrize(("event", "admitted", "status"), [
    ("S12", "", "planned"), ("S14", "", "planned"), ("S15", "", "cancelled"), ("S17", "", "entered-in-error"),
    ("S26", "", "cancelled"), ("S14", "20260301090000+0100", "in-progress")])
def test_a_visit_that_is_only_booked_has_not_begun(event: str, admitted: str, status: str) -> None:
    mapped = run(f"SIU^{event}", "SCH|A1|A1|||||||||^^30^20260301090000+0100", PID, "PV1|1|O" + "|" * 42 + admitted)
    assert one(mapped, "Encounter")["status"] == status


def test_the_lot_of_a_medicine_that_was_given_is_kept() -> None:
    given = "RXA|0|1|20260101080000+0100||1^Insulin^L|5|mL|VIAL^Vial^L|||||100|[iU]/mL|LOT7|20270101"
    mapped = run("RAS^O17", PID, "ORC|RE|R1^A", given)
    medicine = one(mapped, "Medication")
    assert medicine["batch"] == {"lotNumber": "LOT7", "expirationDate": "2027-01-01"}
    assert medicine["form"]["text"] == "Vial" and medicine["ingredient"][0]["strength"]["numerator"]["value"] == 100
    told = one(mapped, "MedicationAdministration")["supportingInformation"]
    assert told == [{"reference": f"Medication/{medicine['id']}"}] and not mapped.ledger.unmapped


def test_a_report_released_to_the_minute_has_its_time() -> None:
    order = "OBR|1||F1^LAB|24323-8^Panel^LN" + "|" * 18 + "202601010930+0100|||F"
    assert one(run("ORU^R01", PID, order), "DiagnosticReport")["issued"] == "2026-01-01T09:30:00+01:00"


ORGANISMS = [
    "ORC|RE|O1^EHR|F1^LAB", "OBR|1|O1^EHR|F1^LAB|630-4^Urine culture^LN", "OBX|1|CWE|11475-1^Organism^LN|1|1^E. coli^L||||||F",
    "OBX|2|CWE|11475-1^Organism^LN|2|2^S. aureus^L||||||F"]
TESTED = "OBR|2|O2^EHR|F2^LAB|29576-6^Susceptibility^LN" + "|" * 22 + "{}|||{}"


@pytest.mark.parametrize(("parent", "order", "found", "shown"), [
    ("11475-1&Organism&LN^2^S. aureus", "O1&EHR^F1&LAB", "2", "S. aureus"), ("11475-1^1", "^F1", "1", None),
    ("11475-1&Organism&LN^1", "", "1", "Organism"), ("11475-1&Organism&LN^3^Yeast", "O1&EHR^F1&LAB", None, "Yeast"),
    ("11475-1&Organism&LN^^E. coli", "O1&EHR^F1&LAB", None, "E. coli"), ("11475-1&Organism&LN^2^S. aureus", "O9", None, "S. aureus")])
def test_a_susceptibility_tells_its_organism(parent: str, order: str, found: str | None, shown: str | None) -> None:
    mapped = run("ORU^R01", PID, *ORGANISMS, "ORC|RE|O2^EHR|F2^LAB", TESTED.format(parent, order),
                 "OBX|1|SN|18906-8^Ciprofloxacin^LN|1|<=^0.25|ug/mL||S|||F")
    (tested,) = [o for o in made(mapped, "Observation") if o["code"]["coding"][0]["code"] == "18906-8"]
    (told,) = tested["derivedFrom"]
    organism = {o["valueCodeableConcept"]["coding"][0]["code"]: f"Observation/{o['id']}" for o in made(mapped, "Observation")
                if "valueCodeableConcept" in o}
    assert told.get("reference") == (organism[found] if found else None) and told.get("display") == shown


def test_an_ingredient_whose_name_is_deleted_does_not_cost_the_medicine() -> None:
    mapped = run("RDE^O11", PID, "ORC|NW|R1^A", "RXE||1^Mix^L|5||mL", 'RXC|B|""|4|mL', "RXC|A|2^KCl^L|20|meq")
    (named,) = one(mapped, "Medication")["ingredient"]
    assert named["itemCodeableConcept"]["text"] == "KCl" and [i.code for i in mapped.issues] == ["element-required"]


@pytest.mark.parametrize("segment", ['SFT|Acme^L|""|Rhapsody|1.0||20070725', 'MSA|""|1'])
def test_a_deleted_version_or_code_does_not_cost_what_holds_it(segment: str) -> None:
    kind = "Device" if segment.startswith("SFT") else "MessageHeader"
    mapped = run("RSP^K22", segment, PID)
    assert made(mapped, kind) and "resource-invalid" not in [i.code for i in mapped.issues]


def test_the_name_that_a_merge_ended_is_an_old_one() -> None:
    mapped = run("ADT^A40", "EVN|A40", PID, "MRG|200^^^SITE&1.2.3.4.5&ISO^MR||||||Ström^Mia")
    (loser,) = [p for p in made(mapped, "Patient") if p.get("link")]
    assert loser["name"] == [{"use": "old", "family": "Ström", "given": ["Mia"]}]
