"""What events, corrections and lists mean, on short invented messages (standards.md V2-05, V2-09 to V2-12; merge.md 0)."""

from collections.abc import Iterable
from typing import Any

import pytest

from adapters.hl7v2 import HL7v2
from gateway.fhir.elements import ELEMENTS
from gateway.identity import cluster
from gateway.mapping.compiler import compile_mappings
from gateway.merge import merge
from gateway.model import Assertion, Fact, Mapped
from gateway.reading.reader import tables
from gateway.sdk import Context
from gateway.shipped import below, shipped
from gateway.terminology.tables import load
from tests.mappings.hl7v2_messages import OBR, PID, VISIT, codes, made, one, pv1, run


@pytest.mark.parametrize(("event", "status"), [
    ("A01", "in-progress"), ("A02", "in-progress"), ("A03", "finished"), ("A04", "in-progress"), ("A05", "planned"),
    ("A06", "in-progress"), ("A07", "in-progress"), ("A11", "cancelled"), ("A12", "in-progress"), ("A13", "in-progress"),
    ("A14", "planned"), ("A21", "onleave"), ("A22", "in-progress"), ("A23", "entered-in-error"), ("A27", "cancelled"),
    ("A38", "cancelled"), ("A08", "in-progress"), ("Z99", "in-progress")])
def test_v2_09_the_event_decides_the_status_of_the_visit(event: str, status: str) -> None:
    assert one(run(f"ADT^{event}", "EVN|" + event, PID, pv1()), "Encounter")["status"] == status


def test_v2_09_a_discharge_without_a_time_ends_when_it_was_recorded() -> None:
    visit = one(run("ADT^A03", "EVN|A03|20260105120000+0100", PID, pv1()), "Encounter")
    assert visit["period"]["end"] == "2026-01-05T12:00:00+01:00"


def test_v2_09_a_cancelled_discharge_opens_the_visit_again() -> None:
    mapped = run("ADT^A13", "EVN|A13|20260105130000+0100", PID, pv1(discharged="20260105120000+0100"))
    visit = one(mapped, "Encounter")
    assert visit["status"] == "in-progress" and "end" not in visit["period"]
    assert "PV1-45.1" in mapped.ledger.ignored


def test_v2_09_an_update_after_the_discharge_keeps_it_finished() -> None:
    visit = one(run("ADT^A08", "EVN|A08", PID, pv1(discharged="20260105120000+0100")), "Encounter")
    assert visit["status"] == "finished"


def test_v2_09_the_visit_has_one_key_through_all_its_events() -> None:
    keys = {one(run(f"ADT^{e}", f"EVN|{e}", PID, pv1()), "Encounter")["id"] for e in ("A01", "A02", "A03", "A11")}
    assert len(keys) == 1


def test_patient_and_visit_beside_a_result_hide_nothing_that_adt_said() -> None:
    """Else a thin PID and PV1 of the laboratory would take back the address and the discharge."""
    told = [run("ADT^A03", "EVN|A03", PID + "|||Lane 1^^Town", pv1(discharged="20260105120000+0100"), sent="20260105"),
            run("ORU^R01", PID, pv1(), OBR, "OBX|1|NM|1^a^L||1||||||F", sent="20260106100000+0100")]
    record = merge([Fact("site", f"m{n}", r, m.times.get(f"{r['resourceType']}/{r['id']}"))
                    for n, m in enumerate(told) for r in m.resources], [], load({})).json()["resources"]
    (patient,), (visit,) = ([r for r in record if r["resourceType"] == type] for type in ("Patient", "Encounter"))
    assert visit["status"] == "finished" and patient["address"][0]["city"] == "Town"


@pytest.mark.parametrize("event", ["A18", "A30", "A34", "A36", "A39", "A40", "A43", "A47"])
def test_v2_09_a_merge_links_survivor_and_loser_and_moves_nothing(event: str) -> None:
    mapped = run(f"ADT^{event}", f"EVN|{event}|20260105120000+0100", PID, "MRG|200^^^SITE&1.2.3.4.5&ISO^MR")
    survivor, loser = made(mapped, "Patient")
    (same,) = mapped.assertions
    assert same.kind == "same"
    assert (same.body["a"], same.body["b"]) == (f"Patient/{survivor['id']}", f"Patient/{loser['id']}")
    assert same.body["at"] == "2026-01-05T12:00:00+01:00"
    assert loser["active"] is False and loser["identifier"][0]["use"] == "old"
    assert loser["link"] == [{"type": "replaced-by", "other": {"reference": f"Patient/{survivor['id']}"}}]


def test_v2_09_the_loser_of_a_merge_has_the_key_of_its_own_messages() -> None:
    merged = run("ADT^A40", "EVN|A40", PID, "MRG|200^^^SITE&1.2.3.4.5&ISO^MR")
    before = run("ADT^A01", "EVN|A01", PID.replace("100^", "200^"))
    assert made(merged, "Patient")[1]["id"] == one(before, "Patient")["id"]


def test_v2_09_each_pair_of_a_merge_message_is_its_own() -> None:
    mapped = run("ADT^A40", "EVN|A40", PID, "MRG|200^^^S^MR", PID.replace("100^", "300^"), "MRG|400^^^S^MR")
    assert len({a.body["a"] for a in mapped.assertions}) == len({a.body["b"] for a in mapped.assertions}) == 2


def test_v2_09_link_and_unlink() -> None:
    other = PID.replace("100^", "900^")
    link, unlink = (run(f"ADT^{e}", f"EVN|{e}", PID, other).assertions for e in ("A24", "A37"))
    assert [a.kind for a in (*link, *unlink)] == ["same", "never"]
    assert (link[0].body["a"], link[0].body["b"]) == (unlink[0].body["a"], unlink[0].body["b"])


def test_v2_09_a_moved_visit_is_the_same_visit_of_another_patient() -> None:
    before = one(run("ADT^A01", "EVN|A01", PID, pv1()), "Encounter")
    mapped = run("ADT^A45", "EVN|A45", PID.replace("100^", "300^"), f"MRG|100^^^SITE&1.2.3.4.5&ISO^MR||||{VISIT}", pv1())
    after = one(mapped, "Encounter")
    assert before["id"] == after["id"] and before["subject"] != after["subject"]
    (move,) = mapped.assertions
    assert (move.kind, move.body["type"], move.body["id"]) == ("move", "Encounter", before["id"])
    assert {"reference": move.body["patient"]} == before["subject"] and {"reference": move.body["to"]} == after["subject"]


def test_v2_09_each_visit_of_a_move_message_is_its_own_and_one_without_its_patient_moves_nothing() -> None:
    prior = "MRG|100^^^SITE&1.2.3.4.5&ISO^MR||||{0}^^^SITE&1.2.3.4.5&ISO^VN"
    mapped = run("ADT^A45", "EVN|A45", PID.replace("100^", "300^"), prior.format("V1"), pv1(), prior.format("V2"),
                 pv1().replace("V1^", "V2^"))
    assert {m.body["id"] for m in mapped.assertions} == {v["id"] for v in made(mapped, "Encounter")}
    assert len(mapped.assertions) == 2
    bare = run("ADT^A45", "EVN|A45", PID.replace("100^", "300^"), f"MRG|^^^SITE||||{VISIT}", pv1())
    assert not bare.assertions and [i.code for i in bare.issues] == ["assertion-incomplete"]


def test_v2_09_a_moved_account_is_the_same_account_of_another_patient() -> None:
    mapped = run("ADT^A44", "EVN|A44", PID.replace("100^", "300^") + "||||||||||K7^^^SITE", "MRG|100^^^SITE&1.2.3.4.5&ISO^MR||K7^^^SITE")
    (move,) = mapped.assertions
    assert (move.kind, move.body["type"], move.body["id"]) == ("move", "Account", one(mapped, "Account")["id"])


@pytest.mark.parametrize(("event", "sent", "expected"), [
    ("20260102", "20260102100000+0100", "2026-01-02T10:00:00+01:00"),     # a day alone: the moment of MSH-7 on that day
    ("20260101", "20260102100000+0100", "2026-01-01"), ("20260102", "20260102", "2026-01-02"),
    ("202601020900+0100", "20260102100000+0100", "2026-01-02T09:00:00+01:00"), ("", "20260102100000+0100",
                                                                               "2026-01-02T10:00:00+01:00")])
def test_a_move_on_a_day_is_told_by_the_moment_of_its_message(event: str, sent: str, expected: str) -> None:
    (said,) = run("ADT^A45", f"EVN|A45|{event}", PID.replace("100^", "300^"), f"MRG|100^^^SITE&1.2.3.4.5&ISO^MR||||{VISIT}",
                  pv1(), sent=sent).assertions
    assert said.body["asserted"] == expected


def test_v2_09_a_new_visit_number_keeps_the_old_one() -> None:
    mapped = run("ADT^A50", "EVN|A50", PID, "MRG|100||||V0^^^SITE&1.2.3.4.5&ISO^VN", pv1())
    assert {i["value"]: i.get("use") for i in one(mapped, "Encounter")["identifier"]} == {"V1": None, "V0": "old"}


def test_v2_09_a_deleted_person_is_inactive_and_kept() -> None:
    assert one(run("ADT^A29", "EVN|A29", PID), "Patient")["active"] is False


@pytest.mark.parametrize(("code", "status"), [
    ("F", "final"), ("V", "final"), ("U", "final"), ("P", "preliminary"), ("R", "preliminary"), ("C", "corrected"),
    ("A", "amended"), ("B", "amended"), ("I", "registered"), ("O", "registered"), ("S", "registered"), ("N", "cancelled"),
    ("X", "cancelled"), ("D", "entered-in-error"), ("W", "entered-in-error"), ("?", "unknown")])
def test_v2_10_status_of_a_result(code: str, status: str) -> None:
    assert one(run("ORU^R01", PID, OBR, f"OBX|1|NM|1^a^L||1||||||{code}"), "Observation")["status"] == status


@pytest.mark.parametrize(("code", "status"), [
    ("O", "registered"), ("I", "registered"), ("S", "registered"), ("N", "registered"), ("A", "partial"),
    ("R", "partial"), ("P", "preliminary"), ("M", "preliminary"), ("C", "corrected"), ("F", "final"),
    ("X", "cancelled"), ("Y", "unknown"), ("", "unknown")])
def test_v2_10_status_of_a_report(code: str, status: str) -> None:
    mapped = run("ORU^R01", PID, OBR.removesuffix("F") + code, "OBX|1|NM|1^a^L||1||||||F")
    assert one(mapped, "DiagnosticReport")["status"] == status


def test_v2_10_preliminary_final_corrected_wrong_are_versions_of_one_result() -> None:
    results = [one(run("ORU^R01", PID, OBR, f"OBX|{n}|NM|1^a^L||{value}||||||{code}|||20260101080000+0100"), "Observation")
               for n, (code, value) in enumerate([("P", "1"), ("F", "1.0"), ("C", "2"), ("W", "2")], 1)]
    assert len({r["id"] for r in results}) == 1
    assert [r["status"] for r in results] == ["preliminary", "final", "corrected", "entered-in-error"]


def test_v2_10_what_was_not_done_says_why() -> None:
    mapped = run("ORU^R01", PID, OBR, "OBX|1|NM|1^a^L||||||||N", "OBX|2|NM|2^b^L||||||||X")
    assert [codes(r["dataAbsentReason"]) for r in made(mapped, "Observation")] == [{"not-asked"}, {"not-performed"}]


def test_v2_10_a_series_under_one_order_stays_a_series() -> None:
    """merge.md example 42: three values at three times."""
    rows = [f"OBX|{n}|NM|2345-7^Glucose^LN||5.{n}||||||F|||202601010{n}0000+0100" for n in (1, 2, 3)]
    assert len({r["id"] for r in made(run("ORU^R01", PID, OBR, *rows), "Observation")}) == 3


@pytest.mark.parametrize(("kind", "written", "element", "value"), [
    ("NM", "5.60", "valueQuantity", {"value": "5.60"}), ("NM", ">500", "valueQuantity", {"comparator": ">"}),
    ("NM", "0", "valueQuantity", {"value": "0"}), ("SN", "<^5", "valueQuantity", {"comparator": "<"}),
    ("SN", "^1^:^128", "valueRatio", {}), ("SN", "^2^-^4", "valueRange", {}), ("CWE", "N^Neg^L", "valueCodeableConcept", {}),
    ("DT", "20260101", "valueDateTime", None), ("TM", "0730", "valueTime", None), ("NR", "1^5", "valueRange", {}),
    ("DR", "20260101^20260102", "valuePeriod", {}), ("ST", "text", "valueString", None), ("NM", "1~2", "component", None)])
def test_v2_11_each_type_of_value_has_its_element(kind: str, written: str, element: str, value: Any) -> None:
    result = one(run("ORU^R01", PID, OBR, f"OBX|1|{kind}|1^a^L||{written}||||||F"), "Observation")
    assert element in result
    for name, text in (value or {}).items():
        assert str(result[element][name]) == text


@pytest.mark.parametrize("allergen", ["NKA", "^NKDA", "X^No known allergies^L", "716186003^^SCT", "^nil known"])
def test_v2_12_no_known_allergies_is_a_negative_statement(allergen: str) -> None:
    allergy = one(run("ADT^A31", "EVN|A31", PID, f"AL1|1|DA|{allergen}"), "AllergyIntolerance")
    assert codes(allergy["code"]) & {"716186003", "409137002"}


def test_v2_12_an_allergy_keeps_the_code_and_words_of_its_source() -> None:
    allergy = one(run("ADT^A31", "EVN|A31", PID, "AL1|1|DA|P1^Penicillin^99SITE|SV|Anaphylaxis"), "AllergyIntolerance")
    assert allergy["code"]["text"] == "Penicillin" and codes(allergy["code"]) == {"P1"}
    assert (allergy["criticality"], allergy["reaction"][0]["severity"]) == ("high", "severe")


def test_v2_12_given_refused_and_deleted_vaccinations() -> None:
    rows = [s for n, end in enumerate(["CP|A", "RE", "NA", "PA", "CP|D"], 1)
            for s in (f"ORC|RE||I{n}^SITE", f"RXA|0|1|2026010{n}||03^MMR^CVX|999||||||||||||||{end}")]
    assert [r["status"] for r in made(run("VXU^V04", PID, *rows), "Immunization")] == [
        "completed", "not-done", "not-done", "completed", "entered-in-error"]


def test_v2_12_a_number_always_says_who_gave_it() -> None:
    patient = one(run("ADT^A01", "EVN|A01", "PID|1||77~88^^^^MR||Ek^Mia"), "Patient")
    assert all(i["system"] for i in patient["identifier"])


def test_v2_05_deleted_is_empty_and_counted() -> None:
    mapped = run("ADT^A08", "EVN|A08", PID + '|||""||""')
    assert not {"telecom", "address"} & set(one(mapped, "Patient"))
    assert not [p for p in mapped.ledger.unmapped if p.startswith("PID-1")]


def allergies(rows: Iterable[str]) -> Mapped:
    return run("ADT^A08", "EVN|A08|20260105120000+0100", PID, *rows)


def test_example_43_a_reordered_list_overwrites_nothing() -> None:
    rows = ["DA|P1^Penicillin^L", "FA|N1^Nuts^L", "DA|A1^Aspirin^L"]
    once, again = (allergies(f"AL1|{n}|{r}" for n, r in enumerate(order, 1)) for order in (rows, rows[::-1]))
    keyed = [{r["code"]["text"]: r["id"] for r in made(m, "AllergyIntolerance")} for m in (once, again)]
    assert keyed[0] == keyed[1]


def test_a_complete_list_of_allergies_is_a_listing() -> None:
    mapped = allergies(["AL1|1|DA|P1^Penicillin^L"])
    (listing,) = mapped.assertions
    assert listing.kind == "listing" and listing.body["at"] == "2026-01-05T12:00:00+01:00"
    assert listing.body["scope"] == f"Patient/{one(mapped, 'Patient')['id']}/AllergyIntolerance"
    assert listing.body["keys"] == [f"AllergyIntolerance/{one(mapped, 'AllergyIntolerance')['id']}"]


@pytest.mark.parametrize("rows", [(), ("AL1|1|DA",), ("AL1|1|DA||SV",)])
def test_silence_and_an_unreadable_allergy_are_no_empty_list(rows: tuple[str, ...]) -> None:
    assert not allergies(rows).assertions


def test_an_allergy_sent_by_its_own_action_is_no_list() -> None:
    mapped = run("ADT^A60", "EVN|A60", PID, "IAM|1|DA|P1^Penicillin^L|||D||AL1^SITE")
    assert not mapped.assertions
    assert codes(one(mapped, "AllergyIntolerance")["verificationStatus"]) == {"entered-in-error"}
    assert "clinicalStatus" not in one(mapped, "AllergyIntolerance")


def test_the_diagnoses_of_a_visit_are_a_list_of_that_visit_only() -> None:
    mapped = run("ADT^A08", "EVN|A08", PID, pv1(), "DG1|1||I10^Hypertension^I10")
    (listing,) = mapped.assertions
    assert listing.body["scope"].endswith(f"Encounter/{one(mapped, 'Encounter')['id']}")


def test_a_specimen_before_the_results_loses_none() -> None:
    """mapping.md 4: a peer gives no Observation and no error here."""
    mapped = run("ORU^R01", PID, OBR, "SPM|1|^S1&LAB||BLD", "OBX|1|ST|1^a^L||x||||||F", "OBX|2|ST|2^b^L||y||||||F")
    specimen = f"Specimen/{one(mapped, 'Specimen')['id']}"
    assert [r["specimen"]["reference"] for r in made(mapped, "Observation")] == [specimen] * 2
    assert len(one(mapped, "DiagnosticReport")["result"]) == 2


def test_results_stay_with_their_own_order() -> None:
    second = OBR.replace("F1^LAB", "F2^LAB")
    mapped = run("ORU^R01", PID, OBR, "OBX|1|NM|1^a^L||1||||||F", second, "OBX|1|NM|1^a^L||2||||||F")
    values = {f"Observation/{r['id']}": str(r["valueQuantity"]["value"]) for r in made(mapped, "Observation")}
    assert [[values[x["reference"]] for x in r["result"]] for r in made(mapped, "DiagnosticReport")] == [["1"], ["2"]]


def test_a_confidential_order_makes_its_results_confidential() -> None:
    order = "ORC|RE||F1^LAB" + "|" * 25 + "R"
    mapped = run("ORU^R01", PID, order, OBR, "OBX|1|NM|1^a^L||1||||||F")
    for type in ("ServiceRequest", "DiagnosticReport", "Observation"):
        assert [s["code"] for s in one(mapped, type)["meta"]["security"]] == ["R"], type


def test_the_text_of_a_document_is_kept_once_and_whole() -> None:
    mapped = run("MDM^T02", "EVN|T02", PID, "TXA|1|DS|TX" + "|" * 9 + "D1^SITE", "OBX|1|TX|1^a^L||one||||||F",
                 "OBX|2|TX|1^a^L||two||||||F")
    document = one(mapped, "DocumentReference")
    assert [c["attachment"]["data"] for c in document["content"]] == ["b25lCnR3bw=="]
    assert not made(mapped, "Observation")


def test_a_cancelled_document_is_entered_in_error() -> None:
    mapped = run("MDM^T11", "EVN|T11", PID, "TXA|1|DS|TX" + "|" * 9 + "D1^SITE")
    assert one(mapped, "DocumentReference")["status"] == "entered-in-error"


@pytest.mark.parametrize(("event", "status"), [("S12", "booked"), ("S15", "cancelled"), ("S17", "entered-in-error"),
                                               ("S26", "noshow")])
def test_the_event_decides_the_status_of_a_booking(event: str, status: str) -> None:
    mapped = run(f"SIU^{event}", "SCH|P1^SITE|F1^SITE|||||||||^^^20260401090000+0200^20260401093000+0200", PID)
    booking = one(mapped, "Appointment")
    assert (booking["status"], booking["end"]) == (status, "2026-04-01T09:30:00+02:00")


def test_a_medicine_that_was_stopped_is_stopped() -> None:
    rows = [s for n, control in enumerate(["NW", "DC", "HD", "CA"], 1)
            for s in (f"ORC|{control}|R{n}^SITE", f"RXE||M{n}^Medicine^L|5||mg")]
    assert [r["status"] for r in made(run("RDE^O11", PID, *rows), "MedicationRequest")] == [
        "active", "stopped", "on-hold", "cancelled"]


def test_an_unknown_event_is_mapped_segment_by_segment() -> None:
    mapped = run("ADT^Z77", PID, "AL1|1|DA|^Latex", "ZPI|1|local")
    assert one(mapped, "AllergyIntolerance")["code"]["text"] == "Latex"
    assert "ZPI-2.1" in mapped.ledger.unmapped


def test_v2_09_a_merge_message_makes_one_person_and_an_unlink_two() -> None:
    def persons(mapped: Mapped) -> int:
        assertions = [Assertion(a.kind, {"source": "site", **a.body}) for a in mapped.assertions]
        return len(cluster([("site", r) for r in made(mapped, "Patient")], assertions).persons)

    other = PID.replace("100^", "900^").replace("Ek^Mia", "Ek^Maria")
    assert persons(run("ADT^A40", "EVN|A40", PID, "MRG|200^^^SITE&1.2.3.4.5&ISO^MR||||||Eek^Mia")) == 1
    assert persons(run("ADT^A24", "EVN|A24", PID, other)) == 1
    assert persons(run("ADT^A37", "EVN|A37", PID, other)) == 2


def test_without_the_mapping_of_results_the_ledger_names_each_of_them() -> None:
    """mapping.md 4: what is not made is said, result by result."""
    files = {p: t for p, t in below(shipped(), "hl7v2").items() if p.endswith(".yaml") and p != "hl7v2/observation.yaml"}
    text = f"MSH|^~\\&|APP|SITE|GW|R|20260102100000+0100||ORU^R01|1|P|2.5.1\r{PID}\r{OBR}\rSPM|1|^S1&LAB||BLD"
    rows = "".join(f"\rOBX|{n}|NM|{n}^x^L||{n}||||||F" for n in (1, 2, 3))
    adapter = HL7v2()
    mapped = compile_mappings(files, adapter, ELEMENTS, tables(shipped())).run(adapter.parse((text + rows).encode()), Context())
    assert not made(mapped, "Observation")
    assert {"OBX-5.1", "OBX[2]-5.1", "OBX[3]-5.1"} <= set(mapped.ledger.unmapped)


REPORT = tuple(f"OBX|{n}|{kind}|36643-5^Chest X-ray^LN|{sub}|{text}||||||F" for n, kind, sub, text in (
    (1, "TX", 1, "The heart is of normal size."), (2, "TX", 2, ""), (3, "FT", 3, "Lungs\\.br\\are clear."),
    (4, "TX", 4, "No effusion.")))


def test_a_text_of_many_obx_is_one_result_in_the_order_of_its_lines() -> None:
    mapped = run("ORU^R01", PID, OBR, *REPORT, "NTE|1||Read twice", "OBX|5|TX|19005-8^Impression^LN||Normal.||||||F")
    report, impression = made(mapped, "Observation")
    assert report["valueString"] == "The heart is of normal size.\n\nLungs\nare clear.\nNo effusion."
    assert impression["valueString"] == "Normal." and [n["text"] for n in report["note"]] == ["Read twice"]
    assert [r["reference"].partition("/")[2] for r in one(mapped, "DiagnosticReport")["result"]] == [report["id"], impression["id"]]
    assert not mapped.issues and not [p for p in mapped.ledger.unmapped if p.startswith("OBX")]


def test_a_corrected_text_is_the_same_result() -> None:
    corrected = [line.replace("||||||F", "||||||C").replace("No", "Small") for line in REPORT]
    first, second = (one(run("ORU^R01", PID, OBR, *lines), "Observation") for lines in (REPORT, corrected))
    assert first["id"] == second["id"] and second["status"] == "corrected" and "Small effusion" in second["valueString"]


@pytest.mark.parametrize("other", ["OBX|2|TX|19005-8^Other^LN||b||||||F", "OBX|2|NM|1-8^A^LN||5||||||F",
                                   "OBX|2|TX|1-8^A^LN||b||||||P", "OBX|2|TX|1-8^A^LN||b||||||F|||20260102",
                                   "OBX|2|ST|1-8^A^LN|2|b||||||F"])
def test_what_says_something_else_beside_its_text_is_a_result_of_its_own(other: str) -> None:
    assert len(made(run("ORU^R01", PID, OBR, "OBX|1|TX|1-8^A^LN||a||||||F", other), "Observation")) == 2
