"""What messages in the style of many vendors found, all invented: each was lost, or said what nobody had said."""

from typing import Any

import pytest

from gateway.model import Mapped
from tests.mappings.hl7v2_messages import OBR, PID, codes, made, one, pv1, run

DEVICE = "urn:iso:std:iso:11073:10101"


def segment(name: str, **fields: str) -> str:
    """`segment("SCH", _9="30")`: fields by number."""
    said = {int(key[1:]): text for key, text in fields.items()}
    return "|".join([name, *(said.get(n, "") for n in range(1, max(said) + 1))])


def observed(*rows: str, order: str = OBR) -> list[dict[str, Any]]:
    return made(run("ORU^R01", PID, order, *rows), "Observation")


def test_the_parts_of_a_report_keep_the_suffixes_of_their_codes() -> None:
    """Chapter 7.1.4 of 2.3: 74022&GDT and 74022&IMP are two things said of one film."""
    found = observed("OBX|1|TX|74022&GDT^Chest^C4||Clear.||||||F", "OBX|2|TX|74022&IMP^Chest^C4||Normal.||||||F",
                     "OBX|3|TX|&REC^Advice||None.||||||F")
    assert {o["valueString"]: [(c["system"], c["code"]) for c in o["code"]["coding"]] for o in found} == {
        "Clear.": [("urn:throughline:local:OBX-3", "74022&GDT")], "Normal.": [("urn:throughline:local:OBX-3", "74022&IMP")],
        "None.": [("urn:throughline:local:OBX-3", "&REC")]}
    assert len({o["id"] for o in found}) == 3


def test_a_corrected_part_of_a_report_stands_for_the_part_that_it_corrects() -> None:
    rows = "OBX|1|TX|74022&{part}^Chest^C4||{text}||||||{status}"
    first, second = (run("ORU^R01", PID, OBR, *(rows.format(part=part, text=part + mark, status=status) for part in ("GDT", "IMP")))
                     for mark, status in (("", "F"), (" again", "C")))
    assert not first.issues and not second.issues
    assert [o["id"] for o in made(first, "Observation")] == [o["id"] for o in made(second, "Observation")]


def test_a_code_with_subcomponents_that_are_no_suffix_stays_the_code() -> None:
    (found,) = observed("OBX|1|NM|2345-7&x&y^Glucose^LN||5||||||F")
    assert [(c["system"], c["code"]) for c in found["code"]["coding"]] == [("http://loinc.org", "2345-7")]


@pytest.mark.parametrize("sign", ["&", "\\T\\"])
def test_a_sign_of_the_text_that_nobody_escaped_cuts_nothing_off(sign: str) -> None:
    (found,) = observed(f"OBX|1|ST|22634-0^Gross {sign} micro^LN||x||||||F")
    assert found["code"]["text"] == "Gross & micro" and found["code"]["coding"][0]["display"] == "Gross & micro"
    insurer = made(run("ADT^A04", PID, f"IN1|1|P1|77|Blue {sign} Sons"), "Organization")
    assert "Blue & Sons" in {o.get("name") for o in insurer}
    home = one(run("ADT^A04", PID + f"|||1 Way^Rose {sign} Crown^Lund"), "Patient")["address"]
    assert home[0]["line"] == ["1 Way", "Rose & Crown"]


@pytest.mark.parametrize(("said", "system"), [
    ("T59300^Colon^SNM3", "urn:throughline:local:SNM3"), ("71854001^Colon^SNM3", "http://snomed.info/sct"),
    ("147842^Heart rate^MDC", DEVICE)])
def test_a_code_is_one_of_the_edition_that_it_looks_like(said: str, system: str) -> None:
    (found,) = observed(f"OBX|1|CE|1^Site^L||{said}||||||F")
    assert found["valueCodeableConcept"]["coding"][0]["system"] == system


@pytest.mark.parametrize(("number", "unit", "expected"), [
    ("5", "10^9/L", ("5", "10^9/L", "10*9/L")), ("5", "x10^3/uL^thousands", ("5", "thousands", "10*3/uL")),
    ("5", "10^9/L^giga^UCUM", ("5", "giga", "10*9/L")), ("5", "10\\S\\9/L", ("5", "10^9/L", "10*9/L")), ("7", "K/mm3", ("7", "K/mm3", "10*3/mm3")),
    ("5 mg", "mg", ("5", "mg", "mg")), ("5.0%", "%", ("5.0", "%", "%")), ("<5mg", "MG", ("5", "MG", "mg"))])
def test_a_number_and_its_unit_are_read_where_signs_are_not_escaped(number: str, unit: str, expected: tuple[str, ...]) -> None:
    (found,) = observed(f"OBX|1|NM|1^a^L||{number}|{unit}|||||F")
    said = found["valueQuantity"]
    assert (str(said["value"]), said["unit"], said["code"]) == expected and ("comparator" in said) == ("<" in number)
    assert said["system"] == "http://unitsofmeasure.org"


@pytest.mark.parametrize(("number", "unit", "text"), [("mg", "mg", "mg"), ("1,234 mg", "mg", "1,234 mg"), ("5 mg?", "mg", "5 mg? mg")])
def test_what_is_no_number_has_its_unit_once(number: str, unit: str, text: str) -> None:
    (found,) = observed(f"OBX|1|NM|1^a^L||{number}|{unit}|||||F")
    assert found["valueString"] == text


@pytest.mark.parametrize(("flag", "first"), [("^High", "H"), ("high", "H"), ("H^High", "H"), ("*", "*"), ("^Odd", None)])
def test_words_are_read_where_a_code_should_stand(flag: str, first: str | None) -> None:
    (found,) = observed(f"OBX|1|NM|1^a^L||5|mg||{flag}|||F")
    codings = found["interpretation"][0].get("coding", [])
    assert (codings[0]["code"] if codings else None) == first


def test_units_of_devices_are_those_that_everyone_else_writes() -> None:
    (found,) = observed("OBX|1|NM|150021^Systolic^MDC||120|266016^MDC_DIM_MMHG^MDC|||||F")
    assert found["valueQuantity"]["code"] == "mm[Hg]" and found["valueQuantity"]["system"] == "http://unitsofmeasure.org"
    (other,) = observed("OBX|1|NM|150021^Systolic^MDC||120|1^MDC_DIM_NOBODY^MDC|||||F")
    assert (other["valueQuantity"]["system"], other["valueQuantity"]["code"]) == (DEVICE, "1")


@pytest.mark.parametrize(("field", "codings", "text"), [
    ("N^Never married", [("urn:throughline:local:PID-16", "N")], "Never married"),     # as New Zealand has it; in table 0002 annulled
    ("S^Never married", [("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "S"), ("http://terminology.hl7.org/CodeSystem/v2-0002", "S")],
     "Never married"),
    ("9^Widowed^L", [("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "W"), ("urn:throughline:local:PID-16", "9")], "Widowed"),
    ("M^verheiratet", [("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "M"), ("http://terminology.hl7.org/CodeSystem/v2-0002", "M")],
     "verheiratet")])
def test_a_code_whose_words_say_something_else_is_not_translated(field: str, codings: list[tuple[str, str]], text: str) -> None:
    found = one(run("ADT^A04", PID + "|" * 8 + field), "Patient")["maritalStatus"]
    assert [(c["system"], c["code"]) for c in found["coding"]] == codings and found["text"] == text


@pytest.mark.parametrize(("kind", "category"), [("DRUG^Drug^HL70127", ["medication"]), ("Food", ["food"]), ("DA", ["medication"])])
def test_what_an_allergy_is_to_is_read_from_words_too(kind: str, category: list[str]) -> None:
    mapped = run("ADT^A04", PID, f"AL1|1|{kind}|^Eggs")
    assert one(mapped, "AllergyIntolerance")["category"] == category and not mapped.issues


@pytest.mark.parametrize(("row", "visits"), [
    ("PV1|1|N", 0), ("PV1||N||||", 0), ("PV1|1|N|W1", 1), ("PV1|1|I", 1), ("PV1|1|N||||||||||||||||V1", 1)])
def test_a_visit_that_is_none_is_not_made(row: str, visits: int) -> None:
    """IHE PAM and PIX: a PV1 of class N stands in every message, also of a merge."""
    mapped = run("ADT^A40", "EVN|A40", PID, "MRG|200^^^SITE&1.2.3.4.5&ISO^MR", row)
    assert len(made(mapped, "Encounter")) == visits
    assert not [path for path in mapped.ledger.unmapped if path.startswith("PV1")]


@pytest.mark.parametrize(("event", "element"), [
    ("A05", "plannedStartDate"), ("A14", "plannedStartDate"), ("A16", "plannedEndDate"), ("A01", "")])
def test_what_is_planned_has_its_day(event: str, element: str) -> None:
    visit = one(run(f"ADT^{event}", f"EVN|{event}|20260101|20260110", PID, pv1()), "Encounter")
    said = {e["url"].rpartition(".")[2]: e["valueDateTime"] for e in visit.get("extension", ())}
    assert said == ({element: "2026-01-10"} if element else {})


@pytest.mark.parametrize(("fields", "told"), [("N|0", ("multipleBirthBoolean", False)), ("Y|2", ("multipleBirthInteger", 2)),
                                              ("Y|", ("multipleBirthBoolean", True)), ("|0", None)])
def test_a_birth_order_of_0_is_none(fields: str, told: tuple[str, object] | None) -> None:
    person = one(run("ADT^A04", PID + "|" * 16 + fields), "Patient")
    assert [(k, v) for k, v in person.items() if k.startswith("multipleBirth")] == ([told] if told else [])


def reason(mapped: Mapped, type: str) -> tuple[object, list[str]]:
    found = one(mapped, type)
    url = "http://hl7.org/fhir/StructureDefinition/request-statusReason"
    extensions = [e["valueCodeableConcept"]["text"] for e in found.get("extension", ()) if e["url"] == url]
    return found.get("reasonCode"), extensions or [c["text"] for c in [found.get("statusReason")] if c]


def test_why_an_order_was_cancelled_is_not_why_it_was_made() -> None:
    control = segment("ORC", _1="CA", _2="P1", _5="CA", _16="REF^Patient refused^L")
    assert reason(run("ORM^O01", PID, control, "OBR|1|P1||1^X^L"), "ServiceRequest") == (None, ["Patient refused"])
    assert reason(run("ORM^O01", PID, control, "ODS|D|||No salt"), "ServiceRequest") == (None, ["Patient refused"])
    assert reason(run("RDE^O11", PID, control, "RXE||1^X^L|5||mg"), "MedicationRequest") == (None, ["Patient refused"])
    report = one(run("ORU^R01", PID, control, OBR), "DiagnosticReport")
    assert [e["valueCodeableConcept"]["text"] for e in report["extension"]] == ["Patient refused"]


def test_the_kind_of_an_order_is_kept_where_there_is_no_report() -> None:
    order = one(run("ORM^O01", PID, "ORC|NW|P1", segment("OBR", _1="1", _2="P1", _4="1^CT^L", _24="CT")), "ServiceRequest")
    assert [codes(c) for c in order["category"]] == [{"CT"}]


@pytest.mark.parametrize(("length", "unit", "range_", "end"), [
    ("1", "HR", "", "10:00:00"), ("90", "", "", "10:30:00"), ("2", "hours", "", "11:00:00"), ("", "", "30", "09:30:00"),
    ("", "", "M45", "09:45:00"), ("", "", "H1", "10:00:00"), ("20", "MIN", "99", "09:20:00")])
def test_an_appointment_lasts_as_long_as_its_units_say(length: str, unit: str, range_: str, end: str) -> None:
    booking = segment("SCH", _1="1", _2="2", _9=length, _10=unit, _11=f"^^{range_}^20260310090000+0100")
    found = one(run("SIU^S12", booking, PID), "Appointment")
    assert (found["start"], found["end"]) == ("2026-03-10T09:00:00+01:00", f"2026-03-10T{end}+01:00")


def test_a_part_of_an_appointment_lasts_as_long_as_its_units_say() -> None:
    mapped = run("SIU^S12", "SCH|1|2", PID, "RGS|1", segment("AIS", _1="1", _3="1^X^L", _4="20260310090000+0100", _7="2", _8="HR"),
                 segment("AIP", _1="1", _3="7^Ek^Bo", _6="20260310090000+0100", _9="1", _10="fortnight"))
    assert one(mapped, "ServiceRequest")["occurrencePeriod"]["end"] == "2026-03-10T11:00:00+01:00"
    person = next(p for p in one(mapped, "Appointment")["participant"] if p["actor"]["reference"].startswith("Practitioner/"))
    assert person["period"] == {"start": "2026-03-10T09:00:00+01:00"}
    assert [i.code for i in mapped.issues] == ["conversion-failed"]


def test_why_an_event_was_sent_is_not_why_a_service_is_asked_for() -> None:
    booking = segment("SCH", _1="1", _2="2", _6="RESCH^Rescheduled^L", _7="FU^Follow-up^L", _11="^^30^20260310090000+0100")
    found = one(run("SIU^S13", booking, PID, "RGS|1", "AIS|1||99213^Visit^C4"), "ServiceRequest")
    assert [c["text"] for c in found["reasonCode"]] == ["Follow-up"]


def test_a_referral_that_waits_for_its_answer_is_not_on_hold() -> None:
    assert one(run("REF^I12", "RF1|P^Pending|R|MED|||R1^GP", PID), "ServiceRequest")["status"] == "active"


def test_who_ordered_what_is_charged_and_how_it_was_modified() -> None:
    mapped = run("DFT^P03", "EVN|P03", PID, segment("FT1", _1="1", _2="T1", _4="20260101", _6="CG", _7="1^X^L", _21="8^Lie^Ann", _25="93000^ECG^C4",
                                                    _26="26^Professional^L"))
    (ordering,) = one(mapped, "ChargeItem")["performer"]
    assert codes(ordering["function"]) == {"OP"} and one(mapped, "Practitioner")["name"][0]["family"] == "Lie"
    (modifier,) = one(mapped, "Procedure")["extension"]
    assert codes(modifier["valueCodeableConcept"]) == {"26"}


def test_where_an_interpreter_worked_is_a_place_with_all_that_it_lies_in() -> None:
    """NDL, official table: bed, room, ward, floor, building, site."""
    order = OBR + "|" * 7 + "7&Ek&Bo^20260101080000+0100^^W2^12^A^MAIN^^N^B1^3~8&Lie&Ann^^^W9"
    mapped = run("ORU^R01", PID, order, "OBX|1|NM|1^a^L||1||||||F")
    places = {p["id"]: p for p in made(mapped, "Location")}
    roles = {r["identifier"][0]["value"]: r["location"][0]["reference"].partition("/")[2] for r in made(mapped, "PractitionerRole")}
    at, names = places[roles["7"]], []
    while at:
        names.append((at["name"], at["physicalType"]["coding"][0]["code"]))
        at = places.get(at.get("partOf", {}).get("reference", "").partition("/")[2])
    assert names == [("A", "bd"), ("12", "ro"), ("W2", "wa"), ("3", "lvl"), ("B1", "bu"), ("MAIN", "si")]
    assert places[roles["8"]]["name"] == "W9" and not mapped.ledger.unmapped


def test_a_place_is_the_same_wherever_it_stands() -> None:
    mapped = run("ORU^R01", PID, pv1(), OBR + "|" * 7 + "7&Ek&Bo^^^W^1^A^SITE", "OBX|1|NM|1^a^L||1||||||F")
    assert sorted(p["name"] for p in made(mapped, "Location")) == ["1", "A", "SITE", "W"]


@pytest.mark.parametrize("event", ["A30", "A35", "A40", "A41", "A42", "A44", "A45", "A46", "A47", "A48", "A49", "A50", "A51"])
def test_the_few_words_about_a_person_in_a_merge_or_move_hide_none(event: str) -> None:
    mapped = run(f"ADT^{event}", f"EVN|{event}", PID, "MRG|200^^^SITE&1.2.3.4.5&ISO^MR||A2||V2", pv1())
    assert all([t["code"] for t in p["meta"]["tag"]] == ["SUBSETTED"] for p in made(mapped, "Patient"))
    partial = [t["code"] for t in one(mapped, "Encounter").get("meta", {}).get("tag", ())]
    assert partial == (["SUBSETTED"] if event in ("A42", "A45", "A50", "A51") else [])


@pytest.mark.parametrize(("sent", "day", "zone", "told"), [
    ("20260301233000+0000", "20260302", "Europe/Stockholm", "2026-03-01T23:30:00+00:00"),
    ("20260301233000+0000", "20260302", None, "2026-03-02"), ("20260301233000+0000", "20260301", None, "2026-03-01T23:30:00+00:00"),
    ("20260301233000+0000", "20260303", "Europe/Stockholm", "2026-03-03"),
    ("20260301110000+0000", "20260302", "Pacific/Auckland", "2026-03-01T11:00:00+00:00")])
def test_a_move_on_a_day_is_told_by_the_moment_of_its_message_by_the_clocks_of_the_source(
        sent: str, day: str, zone: str | None, told: str) -> None:
    mapped = run("ADT^A45", f"EVN|A45|{day}", PID, "MRG|200^^^SITE&1.2.3.4.5&ISO^MR||||V1^^^SITE&1.2.3.4.5&ISO^VN", pv1(), sent=sent, zone=zone)
    (move,) = [a for a in mapped.assertions if a.kind == "move"]
    assert move.body["asserted"] == told


def test_a_number_that_is_called_mrn_names_a_patient_wherever_it_stands() -> None:
    """Epic and others: the other numbers of a person come in any order, and a merge names one of them alone."""
    admitted = one(run("ADT^A01", "PID|1||E1^^^EPI^EPI~200^^^SITE^MRN||Ek^Mia", pv1()), "Patient")
    mapped = run("ADT^A40", "PID|1||100^^^SITE^MRN~E2^^^EPI^EPI||Ek^Mia", "MRG|200^^^SITE^MRN")
    (same,) = mapped.assertions
    assert same.body["b"] == f"Patient/{admitted['id']}" and same.body["a"] != same.body["b"]


@pytest.mark.parametrize(("sign", "labels"), [("Y", ["R"]), ("N", []), ("", [])])
def test_a_diagnosis_that_is_confidential_says_so(sign: str, labels: list[str]) -> None:
    found = one(run("ADT^A01", PID, pv1(), segment("DG1", _1="1", _3="F10.2^Alcohol^I10", _18=sign)), "Condition")
    assert [c["code"] for c in found.get("meta", {}).get("security", ())] == labels


@pytest.mark.parametrize(("sign", "labels"), [("R", ["R"]), ("V", ["V"]), ("U", ["N"]), ("", [])])
def test_a_restricted_document_is_restricted_to_readers_too(sign: str, labels: list[str]) -> None:
    row = segment("TXA", _1="1", _2="DS", _12="D1^SITE", _18=sign)
    found = one(run("MDM^T02", "EVN|T02", PID, row, "OBX|1|TX|1^x^L||Text"), "DocumentReference")
    assert [c["code"] for c in found.get("meta", {}).get("security", ())] == labels


def test_an_order_not_to_resuscitate_is_kept() -> None:
    visit = segment("PV2", _45="DNR^Do not resuscitate^HL70435", _46="20260101")
    mapped = run("ADT^A01", PID, segment("PD1", _15="DNR^Do not resuscitate"), pv1(), visit)
    found = made(mapped, "Observation")
    assert [(codes(o["code"]), codes(o["valueCodeableConcept"])) for o in found] == [({"75320-2"}, {"DNR"})] * 2
    assert sorted(("encounter" in o, o.get("effectiveDateTime")) for o in found) == [(False, None), (True, "2026-01-01")]


def test_a_diagnosis_that_is_taken_back_is_none_of_the_visit() -> None:
    mapped = run("ADT^A08", PID, pv1(), segment("DG1", _1="1", _3="I10^HTN^I10", _20="D1^S", _21="D"), "DG1|2||J45^Asthma^I10")
    (kept,) = one(mapped, "Encounter")["diagnosis"]
    asthma = next(c for c in made(mapped, "Condition") if c["code"]["coding"][0]["code"] == "J45")
    assert kept["condition"]["reference"] == f"Condition/{asthma['id']}"


@pytest.mark.parametrize(("event", "state"), [("A05", "planned"), ("A14", "planned"), ("A01", "active")])
def test_nobody_lies_where_he_is_only_expected(event: str, state: str) -> None:
    assert [p["status"] for p in one(run(f"ADT^{event}", PID, pv1()), "Encounter")["location"]] == [state]


def test_the_numbers_by_which_pictures_are_found_are_kept() -> None:
    order = one(run("OMI^O23", PID, "ORC|NW|P1^H", "OBR|1|P1^H||1^CT^L", "IPC|ACC1^R|RP1^R|1.2.3.4^R|S1^R|CT"), "ServiceRequest")
    assert [(i["system"], i["value"]) for i in order["identifier"]][-2:] == [
        ("urn:throughline:local:R", "ACC1"), ("urn:dicom:uid", "urn:oid:1.2.3.4")]


def test_a_unit_that_decides_which_system_its_code_is_of_is_named_for_it() -> None:
    """The ledger's law: an unknown unit instead of mL/h changes the system too."""
    mapped = run("RDE^O11", PID, "ORC|NW|1^A", segment("RXE", _2="1^X^L", _3="5", _5="mg", _23="12", _24="mL/h"))
    reached = {element.rpartition(".")[2] for element in mapped.ledger.mapped["RXE-24.1"]}
    assert reached == {"unit", "system", "code"}
