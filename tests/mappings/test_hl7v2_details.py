"""What corpora, hostile senders and readers of the output found in HL7 v2 messages, as invented ones: each was lost or wrong once."""

from pathlib import Path

import pytest

from gateway.mapping.run import result
from gateway.pure.mapping import Chosen, mapper_of, messages
from gateway.shipped import shipped
from tests.mappings.hl7v2_messages import OBR, PID, codes, made, one, pv1, run


@pytest.mark.parametrize(("start", "end", "kept"), [
    ("20260105080000+0100", "20260104", None), ("20260105080000+0100", "20260105", "2026-01-05"),
    ("20260105080000+0100", "20260105073000+0000", "2026-01-05T07:30:00+00:00"),
    ("20260105080000+0100", "20260105063000+0000", None)])
def test_an_end_before_its_start_is_left_out_and_the_visit_stays(start: str, end: str, kept: str | None) -> None:
    mapped = run("ADT^A08", PID, pv1(admitted=start, discharged=end))
    visit = one(mapped, "Encounter")
    assert visit["period"].get("end") == kept
    reversed_ = [i for i in mapped.issues if i.code == "hl7v2-period-reversed"]
    assert [i.where.split()[0] for i in reversed_] == ([] if kept else ["PV1-45"])


def test_a_reference_range_the_wrong_way_round_stays_as_text() -> None:
    found = one(run("ORU^R01", PID, OBR, "OBX|1|NM|2345-7^Glucose^LN||5|mmol/L|9-4||||F"), "Observation")
    assert found["referenceRange"] == [{"text": "9-4"}]


def test_a_rejected_specimen_says_so() -> None:
    found = one(run("ORU^R01", PID, OBR, "SPM|1|P1&LAB^F1&LAB||BLD^Blood^HL70487" + "|" * 17 + "RB^Broken container^HL70490"),
                "Specimen")
    assert found["status"] == "unsatisfactory"
    assert [codes(c) for c in found["condition"]] == [{"RB"}]


def test_both_codes_of_race_and_ethnicity_are_kept() -> None:
    person = "PID|1||100^^^S||Ek^Mia||19800101|F||2106-3^White^CDCREC^W^White^L" + "|" * 12 + "H^Hispanic^HL70189^9^Latina^L"
    text = str(one(run("ADT^A04", person), "Patient")["extension"])
    assert all(f"'code': '{code}'" in text for code in ("2106-3", "W", "2135-2", "H", "9"))


def test_the_address_of_who_orders_stays_where_only_the_result_names_him() -> None:
    order = "ORC|RE||F1^LAB" + "|" * 21 + "Clinic 2^^Ek"
    found = made(run("ORU^R01", PID, order, OBR.replace("|||||||||||||||2026", "|||||||||7^Ek^Bo||||||2026")), "Practitioner")
    assert [p["address"] for p in found if p["name"][0]["family"] == "Ek"] == [[{"line": ["Clinic 2"], "city": "Ek"}]]


def test_when_the_source_changed_a_person_last_is_told() -> None:
    found = made(run("ADT^A08", PID + "|" * 25 + "20251224101500+0100"), "Provenance")
    assert "2025-12-24T10:15:00+01:00" in {p["recorded"] for p in found}


@pytest.mark.parametrize(("event", "start", "zone", "status"), [
    ("S12", "20260325140000", None, "proposed"), ("S12", "20260325140000", "Europe/Oslo", "booked"), ("S12", "", None, "proposed"),
    ("S15", "20260325140000", None, "cancelled"), ("S17", "20260325140000", None, "cancelled"), ("S17", "", None, "cancelled"),
    ("S17", "20260325140000", "Europe/Oslo", "entered-in-error"), ("S26", "20260325140000", "Europe/Oslo", "noshow")])
def test_no_booking_is_lost_for_want_of_a_time(event: str, start: str, zone: str | None, status: str) -> None:
    booking = f"SCH|A1|A1||||LATE^Late^L||||MIN|^^30^{start}"
    found = one(run(f"SIU^{event}", booking, PID, sent="20260102100000", zone=zone), "Appointment")
    assert found["status"] == status and ("start" in found) == bool(start and zone)
    assert ("requestedPeriod" in found) == bool(start and not zone)
    assert ("cancelationReason" in found) == (event == "S15") and ("reasonCode" in found) == (event != "S15")


@pytest.mark.parametrize(("rows", "kind"), [
    (["OBX|1|ED|1^Echo^L||^application^pdf^Base64^||||||F"], "application/pdf"), (["OBX|1|TX|1^Echo^L||||||||F"], "text/plain"),
    (["OBX|1|HD|1^Study^L||1.2.3||||||F", "OBX|2|ED|2^Echo^L||^application^pdf^Base64^||||||F"], "application/pdf")])
def test_a_document_without_its_bytes_is_known_to_exist(rows: list[str], kind: str) -> None:
    found = one(run("MDM^T02", "EVN|T02", PID, "TXA|1|DS|TX" + "|" * 9 + "D1^SITE", *rows), "DocumentReference")
    assert [(c["attachment"]["contentType"], c["attachment"]["title"]) for c in found["content"]] == [(kind, "Echo")]


def test_an_interpreter_written_as_a_person_is_read_as_one() -> None:
    order = OBR + "|" * 7 + "7^Ek^Bo^^^Dr"
    mapped = run("ORU^R01", PID, order, "OBX|1|NM|1^a^L||1||||||F")
    assert [p["name"][0]["family"] for p in made(mapped, "Practitioner")] == ["Ek"] and not mapped.issues
    assert one(mapped, "DiagnosticReport")["resultsInterpreter"]


def test_an_order_without_a_kind_of_its_own_and_a_trial_and_supplies_are_kept() -> None:
    mapped = run("ORM^O01", PID, "ORC|NW|11^A|12^B", "ODS|D|||No salt", "ORC|NW|21^A|22^B", "RQD|1|H7^Hip^L|||2|EA", "CTI|T9^SPONSOR|1^One^L")
    bare = one(mapped, "ServiceRequest")
    assert [i["value"] for i in bare["identifier"]] == ["11", "12"] and bare["code"]["text"] == "No salt"
    supply = one(mapped, "SupplyRequest")
    assert [i["value"] for i in supply["identifier"]] == ["21", "22"] and str(supply["quantity"]["value"]) == "2"
    assert one(mapped, "ResearchSubject")["study"]["reference"] == "ResearchStudy/" + one(mapped, "ResearchStudy")["id"]


def test_an_account_that_is_charged_is_kept() -> None:
    assert one(run("ORM^O01", PID, "ORC|NW|11^A", "BLG||CH|77^^^SITE"), "Account")["identifier"][0]["value"] == "77"


def test_the_reactions_of_each_allergy_stay_with_it() -> None:
    mapped = run("ADT^A60", PID, "IAM|1|FA|91935009^Peanut^SCT|MI|hives||A1", "IAR|271807003^Rash^SCT|SV||Ice",
                 "IAM|2|DA|372687004^Amoxicillin^SCT||||A2", "IAR|422587007^Nausea^SCT|MO")
    told = {a["code"]["text"]: [(r["manifestation"][0].get("text"), r.get("severity")) for r in a["reaction"]]
            for a in made(mapped, "AllergyIntolerance")}
    assert told == {"Peanut": [("hives", "mild"), ("Rash", "severe")], "Amoxicillin": [("Nausea", "moderate")]}
    coded = one(run("ADT^A01", PID, "AL1|1|DA|X^Penicillin^L|SV|247472004^Hives^SCT~swelling"), "AllergyIntolerance")
    assert [(m.get("coding", [{}])[0].get("code"), m["text"]) for m in coded["reaction"][0]["manifestation"]] == [
        ("247472004", "Hives"), (None, "swelling")]


def test_who_reported_an_allergy_is_a_related_person() -> None:
    mapped = run("ADT^A60", PID, "IAM|1|FA|91935009^Peanut^SCT||||A1|||||||Doe^Rosa|SPO^Spouse")
    person = one(mapped, "RelatedPerson")
    assert person["name"][0]["family"] == "Doe"
    assert one(mapped, "AllergyIntolerance")["asserter"] == {"reference": f"RelatedPerson/{person['id']}"}


@pytest.mark.parametrize(("kind", "status"), [("REF^I12", "active"), ("REF^I13", "active"), ("REF^I14", "revoked"), ("RRI^I14", "revoked")])
def test_a_referral_names_who_asks_and_who_is_asked_and_ends_when_it_is_cancelled(kind: str, status: str) -> None:
    rows = ["RF1|A|R|CAR^Cardiology^HL70281|||R1^GP|20260101|20260401", "PRD|RP|Ek^Bo|||||123^NPI", "PRD|RT|Lie^Ann|||||456^NPI"]
    mapped = run(kind, *rows, PID)
    found = one(mapped, "ServiceRequest")
    assert found["status"] == status and found["occurrencePeriod"] == {"start": "2026-01-01", "end": "2026-04-01"}
    people = {f"Practitioner/{p['id']}": p["name"][0]["family"] for p in made(mapped, "Practitioner")}
    assert people[found["requester"]["reference"]] == "Ek"
    assert [people[p["reference"]] for p in found["performer"]] == ["Lie"]


@pytest.mark.parametrize(("said", "status"), [("", "active"), ("Inactive", "inactive"), ("RESOLVED", "resolved"), ("^Active", "active"),
                                              ("in doubt", None)])
def test_a_problem_is_active_only_where_nothing_says_otherwise(said: str, status: str | None) -> None:
    problem = one(run("PPR^PC1", PID, "PRB|AD|20260101|I10^Hypertension^I10|P1^A" + "|" * 10 + said), "Condition")
    assert codes(problem.get("clinicalStatus", {"coding": []})) == ({status} if status else set())


def test_v2_09_a_merge_of_accounts_merges_no_patients() -> None:
    """A35 is about account numbers of one patient, as A41 is: only the number of the account becomes old."""
    person = PID + "|" * 10 + "ACC1^^^SITE"
    mapped = run("ADT^A35", "EVN|A35", person, "MRG|200^^^SITE&1.2.3.4.5&ISO^MR||ACC2^^^SITE")
    assert not mapped.assertions and len(made(mapped, "Patient")) == 1
    assert [(i["value"], i.get("use")) for i in one(mapped, "Account")["identifier"]] == [("ACC1", None), ("ACC2", "old")]


def test_a_guarantor_is_no_guardian() -> None:
    assert [codes(c) for c in one(run("ADT^A04", PID, "GT1|1||Ek^Ola"), "RelatedPerson")["relationship"]] == [{"GUAR"}]


def test_a_goal_is_kept() -> None:
    found = one(run("PGL^PC6", PID, "GOL|AD|20260101|W^Lose weight^L|G1^A|||20260101"), "Goal")
    assert found["lifecycleStatus"] == "active" and found["description"]["text"] == "Lose weight"


SPECIMEN_FIRST = ("ORC|RE|P1^A|F1^LAB", OBR, "SPM|1|S1&A||BLD^Blood^HL70487", "OBX|1|NM|2345-7^Glucose^LN||5.5|mmol/L|||||F",
                  "OBX|2|NM|2160-0^Creatinine^LN||71|umol/L|||||F", "OBX|3|ST|1^Comment^L||fasting||||||F")


def test_results_behind_their_specimen_are_results_of_their_order() -> None:
    """LinuxForHealth/hl7v2-fhir-converter#533: a specimen before the OBX gave no Observation, and no error."""
    mapped = run("ORU^R01", PID, *SPECIMEN_FIRST)
    found = made(mapped, "Observation")
    assert len(found) == 3 and len(one(mapped, "DiagnosticReport")["result"]) == 3
    assert {o["specimen"]["reference"] for o in found} == {f"Specimen/{one(mapped, 'Specimen')['id']}"}


def test_without_a_mapping_for_results_the_ledger_names_each_of_them() -> None:
    files = {path: text for path, text in shipped().items() if not Path(path).name.startswith("observation")}
    text = "\r".join(("MSH|^~\\&|APP|SITE|GW|R|20260102100000+0100||ORU^R01|1|P|2.5.1", PID, *SPECIMEN_FIRST))
    mapper = mapper_of("hl7v2", files, (), None)
    (message,) = mapper.adapter.split(text.encode())
    mapped = result(mapper, message).mapped
    assert not made(mapped, "Observation")
    assert all({f"{place}-3.1", f"{place}-5.1"} <= set(mapped.ledger.unmapped) for place in ("OBX", "OBX[2]", "OBX[3]"))


@pytest.mark.parametrize("version", ["2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2", "2.9"])
def test_every_version_of_the_standard_is_read(version: str) -> None:
    event = "ORU" if version == "2.1" else "ORU^R01"
    text = "\r".join((f"MSH|^~\\&|APP|SITE|GW|R|20260102100000||{event}|1|P|{version}", "PID|1||100^^^SITE||Ek^Mia||19800101|F",
                      "OBR|1||F1|GLU^Glucose|||20260102080000", "OBX|1|NM|GLU^Glucose||5.5|mmol/L|4-6|N|||F"))
    (found,) = messages("x", text.encode(), Chosen(timezone="Europe/Oslo"))
    result_ = one(found.result.mapped, "Observation")
    assert str(result_["valueQuantity"]["value"]) == "5.5" and result_["effectiveDateTime"] == "2026-01-02T08:00:00+01:00"
    assert one(found.result.mapped, "Patient")["birthDate"] == "1980-01-01" and not found.result.failed


def test_a_result_without_a_code_has_that_of_its_order() -> None:
    found = made(run("ORU^R01", PID, OBR, "OBX|1|TX|||Line one||||||F", "OBX|2|TX|&IMP||No change||||||F"), "Observation")
    assert {o["valueString"]: (codes(o["code"]), o["code"]["text"]) for o in found} == {
        "Line one": ({"24323-8"}, "Panel"), "No change": ({"24323-8"}, "IMP")}


def test_a_result_without_code_and_value_is_none() -> None:
    assert made(run("ORU^R01", PID, OBR, "OBX|1|TX|||||||||F"), "Observation") == []


def test_how_grave_an_allergy_is_stays_without_a_reaction() -> None:
    found = one(run("ADT^A08", PID, "AL1|1|FA|227493005^Nuts^SCT|MO^Moderate^HL70128"), "AllergyIntolerance")
    (extension,) = found["_criticality"]["extension"]
    assert codes(extension["valueCodeableConcept"]) == {"MO"} and "reaction" not in found


def test_clinical_information_in_words_is_no_code() -> None:
    found = one(run("ORM^O01", PID, "ORC|NW|P1", "OBR|1|P1||1^X^L|||||||||Cough since May"), "ServiceRequest")
    assert [e["valueCodeableConcept"] for e in found["extension"]] == [{"text": "Cough since May"}]


@pytest.mark.parametrize(("said", "expected"), [
    ("x@y.example", {"system": "email", "value": "x@y.example", "use": "home"}), ("5551234", {"system": "phone", "value": "5551234", "use": "home"})])
def test_an_address_for_mail_in_place_of_a_telephone_number_is_no_telephone(said: str, expected: dict[str, str]) -> None:
    assert one(run("ADT^A08", PID + "|||||" + said), "Patient")["telecom"] == [expected]


@pytest.mark.parametrize("said", ["en", "eng", "EN", "eng^English^ISO6392"])
def test_a_language_has_the_code_of_fhir_s_own_list(said: str) -> None:
    (spoken,) = one(run("ADT^A08", PID + "|||||||" + said), "Patient")["communication"]
    assert ("urn:ietf:bcp:47", "en") in {(c["system"], c["code"]) for c in spoken["language"]["coding"]}


@pytest.mark.parametrize(("name", "uri"), [
    ("NULLFL", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"), ("PHINQUESTION", "urn:oid:2.16.840.1.114222.4.5.232"),
    ("CDCPHINVS", "urn:oid:2.16.840.1.114222.4.5.274")])
def test_code_systems_of_public_health(name: str, uri: str) -> None:
    found = one(run("ORU^R01", PID, OBR, f"OBX|1|CWE|1^X^L||UNK^unknown^{name}||||||F"), "Observation")
    assert found["valueCodeableConcept"]["coding"][0]["system"] == uri


@pytest.mark.parametrize(("timing", "expected"), [
    ("|10^d|20260301|20260310", {"boundsPeriod": {"start": "2026-03-01", "end": "2026-03-10"}}),
    ("|10^d|20260301|", {"boundsPeriod": {"start": "2026-03-01", "end": "2026-03-11"}}),
    ("|2^wk||20260315", {"boundsPeriod": {"start": "2026-03-01", "end": "2026-03-15"}}),
    ("|6^h|20260301220000+0100|", {"boundsPeriod": {"start": "2026-03-01T22:00:00+01:00", "end": "2026-03-02T04:00:00+01:00"}}),
    ("|10^d||", {"boundsDuration": 10}), ("|6^h|20260301|", {"boundsDuration": 6}), ("|999999999^d|20260301|", {"boundsDuration": 999999999})])
def test_how_long_an_order_runs(timing: str, expected: dict[str, object]) -> None:
    found = one(run("OMG^O19", PID, "ORC|NW|P1", f"TQ1|1|||||{timing[1:]}", "OBR|1|P1||1^X^L"), "ServiceRequest")
    repeat = found["occurrenceTiming"]["repeat"]
    assert {k: int(v["value"]) if k == "boundsDuration" else v for k, v in repeat.items()} == expected


def test_at_what_times_of_the_day() -> None:
    found = one(run("OMG^O19", PID, "ORC|NW|P1", "TQ1|1||BID|0800~203015~later", "OBR|1|P1||1^X^L"), "ServiceRequest")
    assert found["occurrenceTiming"]["repeat"]["timeOfDay"] == ["08:00:00", "20:30:15"]


@pytest.mark.parametrize("said", ["2106-3", "2106-3^White", "2106-3^White^HL70005", "2106-3^White^CDCREC", "2106-3^White^2.16.840.1.113883.6.238"])
def test_the_codes_of_race_have_the_system_of_race(said: str) -> None:
    (extension,) = one(run("ADT^A08", PID + "||" + said), "Patient")["extension"]
    category = next(e["valueCoding"] for e in extension["extension"] if e["url"] == "ombCategory")
    assert (category["system"], category["code"]) == ("urn:oid:2.16.840.1.113883.6.238", "2106-3")


def test_every_number_of_a_laboratory_that_a_code_names() -> None:
    found = made(run("ORU^R01", PID, OBR, "OBX|1|NM|1^X^L||5||||||F||||C1^Lab^CLIA^A1^Alt^L"), "Organization")
    assert [[i["value"] for i in o["identifier"]] for o in found if o.get("name") == "Lab"] == [["C1", "A1"]]


def test_every_method_of_a_result_is_kept() -> None:
    found = one(run("ORU^R01", PID, OBR, "OBX|1|NM|1^X^L||5||||||F||||||M1^PCR^L~M2^Kit^L~M3^Other^L"), "Observation")
    assert codes(found["method"]) == {"M1"}
    assert [codes(e["valueCodeableConcept"]) for e in found["extension"]] == [{"M2"}, {"M3"}]


def test_what_has_no_time_zone_is_told_once() -> None:
    said = run("ADT^A08", "EVN|A08|20260101080000", PID, pv1(admitted="20260101080000", discharged="20260102080000"), sent="20260102100000")
    (issue,) = [i for i in said.issues if i.code == "time-without-offset"]
    assert "So it is with 3 more of this message." in issue.message
    (alone,) = [i for i in run("ADT^A08", PID, sent="20260102100000").issues if i.code == "time-without-offset"]
    assert "more of this message" not in alone.message


@pytest.mark.parametrize(("part", "event", "status"), [
    ("AIS|1||C^Consult^L|20260325140000", "S14", "proposed"), ("AIP|1||7^Ek^Bo|||20260325140000", "S12", "proposed"),
    ("AIL|1||W^1^A^S|||20260325140000", "S17", "cancelled")])
def test_a_booking_whose_time_without_a_zone_stands_beside_its_resource_only(part: str, event: str, status: str) -> None:
    found = one(run(f"SIU^{event}", "SCH|A1|A1", PID, "RGS|1", part, sent="20260102100000"), "Appointment")
    assert (found["status"], found["requestedPeriod"]) == (status, [{"start": "2026-03-25"}]) and "start" not in found


def test_a_value_that_nothing_names_is_kept() -> None:
    mapped = run("ORU^R01", PID, "OBX|1|TX|||Line one||||||F")
    found = one(mapped, "Observation")
    assert (found["code"], found["valueString"]) == ({"text": "unknown"}, "Line one")
    assert [i.where for i in mapped.issues if i.code == "hl7v2-result-unnamed"] == ["OBX (hl7v2/observation.yaml:29)"]


def test_a_number_that_is_none_keeps_its_unit_as_text() -> None:
    for said, unit, expected in (("1,234", "mg/L", "1,234 mg/L"), ("positive", "mg/L", "positive"), ("1,234", "", "1,234")):
        found = one(run("ORU^R01", PID, OBR, f"OBX|1|NM|1-8^A^LN||{said}|{unit}|||||F"), "Observation")
        assert found["valueString"] == expected, said


def test_what_is_to_be_given_and_the_dose_that_was_ordered_are_told() -> None:
    order = ("ORC|NW|P1^A|F1^B", "RXO|1^Aspirin^L|500||mg")
    bare = one(run("RDE^O11", PID, *order, "RXE||1^Aspirin^L"), "MedicationRequest")
    assert [d["doseQuantity"]["value"] for d in bare["dosageInstruction"][0]["doseAndRate"]] == [500]
    said = one(run("RDE^O11", PID, *order, "RXE||1^Aspirin^L|250||mg"), "MedicationRequest")
    assert [d["doseQuantity"]["value"] for d in said["dosageInstruction"][0]["doseAndRate"]] == [250]
    given = run("RGV^O15", PID, *order, "RXE||1^Aspirin^L|250||mg", "RXG|1|||1^Aspirin^L|125||mg", "RXR|PO^Oral^HL70162")
    whole, part = sorted(made(given, "MedicationRequest"), key=lambda r: r["intent"], reverse=True)
    assert (whole["intent"], part["intent"]) == ("order", "instance-order") and part["basedOn"] == [
        {"reference": f"MedicationRequest/{whole['id']}"}]
    assert part["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] == 125
    assert not [p for p in given.ledger.unmapped if p.startswith("RXG")]


def test_strength_without_a_lot_registry_status_and_modifiers_of_a_specimen_are_kept() -> None:
    given = run("RAS^O17", PID, "ORC|RE|P1^A|F1^B", "RXA|0|1|20260101080000+0100||1^Aspirin^L|1|tab||||||500|mg")
    assert one(given, "Medication")["ingredient"][0]["strength"]["numerator"]["value"] == 500
    told = run("ADT^A08", PID, "PD1|||||||||||02^Reminder^HL70215|N||||A^Active^HL70441|20260101|20260102")
    assert not [p for p in told.ledger.unmapped if p.startswith(("PD1-11", "PD1-16", "PD1-17", "PD1-18"))]
    taken = run("ORU^R01", PID, OBR, "OBX|1|NM|1-8^A^LN||5||||||F", "SPM|1|S1||BLD^Blood^HL70487|X^Mod^L||||LEFT^Left^L")
    assert not [p for p in taken.ledger.unmapped if p.startswith(("SPM-5", "SPM-9"))]


@pytest.mark.parametrize(("kind", "order", "type"), [
    ("ORU^R01", (OBR, "OBX|1|NM|1-8^A^LN||5||||||F"), "ServiceRequest"), ("OML^O21", (OBR,), "ServiceRequest"),
    ("RDE^O11", ("RXE||1^Aspirin^L|250||mg",), "MedicationRequest"), ("OMP^O09", ("RXO|1^Aspirin^L|250||mg",), "MedicationRequest")])
def test_a_comment_on_the_orc_is_of_the_order(kind: str, order: tuple[str, ...], type: str) -> None:
    mapped = run(kind, PID, "ORC|NW|P1^A|F1^B", "NTE|1||Please call", *order, "NTE|1||of the detail")
    assert "Please call" in [n["text"] for n in one(mapped, type)["note"]]
    assert not [p for p in mapped.ledger.unmapped if p.startswith("NTE") and p.endswith("-3.1")]


def test_a_stay_that_ends_with_its_day_ends_with_the_next_one_and_is_not_before_its_start() -> None:
    for admitted, discharged in (("20260105230000+0100", "202601052400+0100"), ("20260106000000+0100", "202601052400+0100")):
        mapped = run("ADT^A03", PID, pv1(admitted=admitted, discharged=discharged))
        assert one(mapped, "Encounter")["period"]["end"] == "2026-01-06T00:00:00+01:00"
        assert [i.code for i in mapped.issues if i.where.startswith("PV1-45")] == ["hl7v2-midnight"]
