"""What laboratories and wards sent that was lost, or misread, or cost the whole resource; all invented."""

from typing import Any

import pytest

from tests.mappings.hl7v2_messages import OBR, PID, codes, made, one, pv1, run

PDF = "JVBERi0xLjQK"


def observed(*rows: str) -> list[dict[str, Any]]:
    return made(run("ORU^R01", PID, OBR, *rows), "Observation")


@pytest.mark.parametrize(("said", "member", "value"), [
    ("^1^^2", "valueString", "1 2"), ("^Negative", "valueString", "Negative"), ("NEG^", "valueString", "NEG"),
    ("^1,000", "valueString", "1,000 mg"), ("<^5^-^9", "valueString", "<5-9 mg")])
def test_a_structured_number_that_is_none_is_told_in_words(said: str, member: str, value: str) -> None:
    (found,) = observed(f"OBX|1|SN|1^a^L||{said}|{'mg' if 'N' not in said else ''}|||||F")
    assert found[member] == (value if value != "1 2" else "1 2 mg")


def test_a_sign_beside_its_number_is_a_comparator() -> None:
    (found,) = observed("OBX|1|SN|1^a^L||^<5|mg|||||F")
    assert (found["valueQuantity"]["comparator"], str(found["valueQuantity"]["value"]), found["valueQuantity"]["code"]) == ("<", "5", "mg")


@pytest.mark.parametrize(("said", "kind"), [
    (f"PDF^Base64^{PDF}", "application/pdf"), (f"^^^Base64^{PDF}", "application/pdf"), (PDF, "application/pdf"),
    (f"^application/pdf^^Base64^{PDF}", "application/pdf"), (f"^application^octet-stream^Base64^{PDF}", "application/pdf"),
    (f"^^PDF^^{PDF}", "application/pdf"), (f"^application^pdf^Base64^data:application/pdf;base64,{PDF}", "application/pdf"),
    (f"^AP^PDF^Base64^{PDF[:8]}\\.br\\{PDF[8:]}", "application/pdf"), ("^^^Base64^AAEC", "application/octet-stream")])
def test_a_document_is_kept_however_few_words_name_it(said: str, kind: str) -> None:
    mapped = run("ORU^R01", PID, OBR, f"OBX|1|ED|1^a^L||{said}||||||F")
    (form,) = one(mapped, "DiagnosticReport")["presentedForm"]
    assert form == {"contentType": kind, "data": "AAEC" if "octet" in kind else PDF} and not mapped.issues
    assert one(mapped, "Observation")["extension"][0]["valueAttachment"] == form


def test_base64_without_its_padding_is_read_and_what_is_none_is_told() -> None:
    (form,) = one(run("ORU^R01", PID, OBR, "OBX|1|ED|1^a^L||^AP^PDF^Base64^JVBERi0xLjQ||||||F"), "DiagnosticReport")["presentedForm"]
    assert form["data"] == "JVBERi0xLjQ="
    broken = run("ORU^R01", PID, OBR, "OBX|1|ED|1^a^L||^AP^PDF^Base64^§§||||||F")
    told = [i for i in broken.issues if i.code == "hl7v2-value-invalid"]
    assert told and all(i.where.startswith("OBX-5") and "None" not in i.message for i in told)
    assert made(broken, "DiagnosticReport") and "OBX-5.5" in broken.ledger.unmapped


def test_a_pointer_with_blanks_is_a_url() -> None:
    (form,) = one(run("ORU^R01", PID, OBR, "OBX|1|RP|1^a^L||file://srv/my report.pdf^^AP^PDF||||||F"), "DiagnosticReport")["presentedForm"]
    assert form == {"contentType": "application/pdf", "url": "file://srv/my%20report.pdf"}


@pytest.mark.parametrize(("said", "sex"), [("m", "male"), ("female", "female"), ("FEMALE", "female"), ("u", "unknown")])
def test_a_sex_in_small_letters_is_one(said: str, sex: str) -> None:
    mapped = run("ADT^A04", PID.removesuffix("F") + said)
    assert one(mapped, "Patient")["gender"] == sex and not [i for i in mapped.issues if i.code == "code-unknown"]


def test_a_laboratory_is_the_same_by_its_clia_number_wherever_it_stands() -> None:
    row = "OBX|{n}|NM|{n}^a^L||5|mg|||||F" + "|" * 4
    producer, performing = row.format(n=1) + "11D0668319^North Lab^CLIA", row.format(n=2) + "|" * 8 + \
        "North Lab Inc^L^^^^CLIA&2.16.840.1.113883.4.7&ISO^XX^^^11D0668319"
    first, second = observed(producer, performing)
    assert first["performer"] == second["performer"]


def test_a_susceptibility_tells_the_code_of_the_result_on_which_it_rests() -> None:
    order = OBR + "|600-7&Blood culture&LN^1a^S. aureus"
    mapped = run("ORU^R01", PID, order, "OBX|1|SN|18864-9^Oxacillin^LN||<=^0.25|ug/mL||S|||F")
    (told,) = one(mapped, "Observation")["derivedFrom"]
    assert told["display"] == "S. aureus" and not [p for p in mapped.ledger.unmapped if p.startswith("OBR-26")]
    code, sub = told["extension"][0]["extension"]
    assert code["valueCodeableConcept"]["coding"] == [{"system": "http://loinc.org", "code": "600-7", "display": "Blood culture"}]
    assert sub["valueString"] == "1a"


def test_details_of_an_order_without_a_code_do_not_cost_the_order() -> None:
    mapped = run("OML^O21", PID, "ORC|NW|P1^EHR", "OBR|1|P1^EHR" + "|" * 42 + "PC1")
    assert one(mapped, "ServiceRequest")["identifier"] and "resource-invalid" not in [i.code for i in mapped.issues]


@pytest.mark.parametrize("strength", ["875-125", "500 mg/5 mL", "<5"])
def test_a_strength_that_is_no_number_does_not_cost_the_medicine(strength: str) -> None:
    mapped = run("RDE^O11", PID, "ORC|NW|P1^EHR", "RXE||1^Amoxi^L|1||tab" + "|" * 20 + f"{strength}|mg")
    assert codes(one(mapped, "Medication")["code"]) == {"1"} and "RXE-25.1" in mapped.ledger.unmapped
    assert made(mapped, "MedicationRequest") and "resource-invalid" not in [i.code for i in mapped.issues]


def test_a_strength_is_in_how_much_it_is() -> None:
    mapped = run("RDE^O11", PID, "ORC|NW|P1^EHR", "RXE||1^Amoxi^L|1||tab" + "|" * 20 + "250|mg" + "|" * 7 + "5|mL")
    (part,) = one(mapped, "Medication")["ingredient"]
    assert {k: (str(v["value"]), v["code"]) for k, v in part["strength"].items()} == {"numerator": ("250", "mg"), "denominator": ("5", "mL")}


@pytest.mark.parametrize(("field", "said"), [(19, "up to 4"), (10, "<30"), (23, ">100")])
def test_an_amount_that_is_none_does_not_cost_the_order(field: int, said: str) -> None:
    fields = {2: "1^Amoxi^L", 3: "1", 5: "tab", field: said}
    mapped = run("RDE^O11", PID, "ORC|NW|P1^EHR", "RXE|" + "|".join(fields.get(n, "") for n in range(1, 25)))
    assert one(mapped, "MedicationRequest")["medicationCodeableConcept"] and f"RXE-{field}.1" in mapped.ledger.unmapped


def test_the_volume_of_a_specimen_that_is_a_bound_does_not_cost_the_specimen() -> None:
    mapped = run("ORU^R01", PID, OBR, "SPM|1|^S1&LAB||119297000^Blood^SCT" + "|" * 8 + ">=5^mL")
    assert codes(one(mapped, "Specimen")["type"]) == {"119297000"} and "SPM-12.1" in mapped.ledger.unmapped


def test_a_currency_in_words_does_not_cost_the_cover() -> None:
    mapped = run("ADT^A04", PID, "IN1|1|P1|77|Blue" + "|" * 33 + "100&dollars")
    assert one(mapped, "Coverage")["costToBeneficiary"][0]["valueMoney"] == {"value": 100}


@pytest.mark.parametrize(("text", "member", "value"), [
    ("13.5", "valueQuantity", "13.5"), ("<5", "valueQuantity", "5"), ("0-5", "valueRange", "0 5"), ("13.5 g/dL", "valueString", "13.5 g/dL"),
    ("see note 2", "valueString", "see note 2"), ("1:80", "valueString", "1:80"), ("<5-9", "valueString", "<5-9")])
def test_a_number_with_its_unit_is_measured_though_it_is_sent_as_text(text: str, member: str, value: str) -> None:
    (found,) = observed(f"OBX|1|ST|1^a^L||{text}|g/dL|||||F")
    said = found[member]
    numbers = said if member == "valueString" else str(said["value"]) if "value" in said else f"{said['low']['value']} {said['high']['value']}"
    assert numbers == value
    sent = [e["valueString"] for e in found.get("extension", ()) if e["url"] == "urn:throughline:value-as-sent"]
    assert sent == ([] if member == "valueString" else [text])
    if member == "valueQuantity":
        assert (said["unit"], said["code"], said.get("comparator")) == ("g/dL", "g/dL", "<" if "<" in text else None)


def test_a_number_that_is_sent_as_text_without_a_unit_stays_text() -> None:
    (found,) = observed("OBX|1|ST|1^a^L||13.5||||||F")
    assert found["valueString"] == "13.5" and "extension" not in found
    (lines,) = observed("OBX|1|TX|1^a^L||13.5|g/dL|||||F")
    assert lines["valueString"] == "13.5"


@pytest.mark.parametrize(("kind", "type"), [("VXU^V04", "Immunization"), ("RAS^O17", "MedicationAdministration")])
@pytest.mark.parametrize(("vaccine", "refused", "said", "status"), [
    ("03^MMR^CVX", "", "", "completed"), ("03^MMR^CVX", "00^Parental decision^NIP002", "", "not-done"),
    ("03^MMR^CVX", "00^Parental decision^NIP002", "CP", "completed"), ("03^MMR^CVX", "", "RE", "not-done")])
def test_what_was_refused_was_not_given(kind: str, type: str, vaccine: str, refused: str, said: str, status: str) -> None:
    row = f"RXA|0|1|20230301||{vaccine}|0.5|mL" + "|" * 11 + f"{refused}||{said}"
    assert one(run(kind, PID, "ORC|RE||I1^IIS", row), type)["status"] == status


def test_no_vaccine_was_given_where_the_code_says_so() -> None:
    mapped = run("VXU^V04", PID, "ORC|RE||I1^IIS", "RXA|0|1|20230301||998^No vaccine administered^CVX|999" + "|" * 14 + "CP")
    assert one(mapped, "Immunization")["status"] == "not-done"


def test_a_referral_with_a_disposition_alone_is_one() -> None:
    mapped = run("REF^I12", "RF1|A|R||WR^Written report||R1^EHR", PID)
    (asked,) = made(mapped, "ServiceRequest")
    assert codes(asked["code"]) == {"3457005"} and codes(asked["orderDetail"][0]) == {"WR"}


def prt(role: str, person: str = "", organisation: str = "") -> str:
    return f"PRT|1|UC||{role}^^HL70912|{person}|||{organisation}"


def test_everybody_who_took_part_in_a_result_is_named() -> None:
    mapped = run("ORU^R01", PID, OBR, prt("PI", "20^Int^Iva"), prt("TN", "21^Tech^Tor"), "OBX|1|NM|1^a^L||5||||||F",
                 prt("RO", "22^Obs^Ole"), prt("PO", organisation="Lab X^L^^^^^XX^^^11D9"), prt("MDIR", "99^Dir^Dag"))
    roles = {f"PractitionerRole/{r['id']}": next(iter(codes(r["code"][0]))) for r in made(mapped, "PractitionerRole")}
    report = one(mapped, "DiagnosticReport")
    assert [roles[p["reference"]] for p in one(mapped, "Observation")["performer"]] == ["RO", "PO", "MDIR"]
    assert [roles[p["reference"]] for p in report["resultsInterpreter"]] == ["PI"]
    assert [roles[p["reference"]] for p in report["performer"]] == ["TN"]


def test_only_who_cares_for_a_person_is_the_general_practitioner() -> None:
    mapped = run("ORU^R01", PID, prt("PP", "20^Gp^Gro"), prt("AUT", "21^Author^Ada"), OBR)
    roles = {f"PractitionerRole/{r['id']}": next(iter(codes(r["code"][0]))) for r in made(mapped, "PractitionerRole")}
    assert [roles[p["reference"]] for p in one(mapped, "Patient")["generalPractitioner"]] == ["PP"]


def test_who_ordered_may_stand_as_a_participation() -> None:
    mapped = run("OML^O21", PID, "ORC|NW|P1^EHR", prt("OP", "20^Ord^Ove"), "OBR|1|P1^EHR||1^a^L")
    (role,) = made(mapped, "PractitionerRole")
    assert one(mapped, "ServiceRequest")["requester"] == {"reference": f"PractitionerRole/{role['id']}"}


@pytest.mark.parametrize(("orc7", "obr27", "obr6", "element", "start"), [
    ("^^^202301051200-0600^^R", "", "", "occurrenceTiming", "2023-01-05T12:00:00-06:00"),
    ("", "^^^^^R", "202301041200-0600", "occurrenceDateTime", "2023-01-04T12:00:00-06:00"),
    ("^^^^^R", "", "202301041200-0600", "occurrenceDateTime", "2023-01-04T12:00:00-06:00"),
    ("", "^^^202301051200-0600^^R", "", "occurrenceTiming", "2023-01-05T12:00:00-06:00")])
def test_when_a_service_is_wanted_is_told_wherever_it_stands(orc7: str, obr27: str, obr6: str, element: str, start: str) -> None:
    mapped = run("ORM^O01", PID, f"ORC|NW|P1|||||{orc7}", f"OBR|1|P1||1^a^L||{obr6}" + "|" * 21 + obr27)
    asked = one(mapped, "ServiceRequest")
    assert asked["priority"] == "routine" and not mapped.ledger.unmapped
    said = asked[element]
    assert (said if isinstance(said, str) else said["repeat"]["boundsPeriod"]["start"]) == start


@pytest.mark.parametrize(("said", "sent", "day"), [("20230102", "20230103100000+0100", "2023-01-02"), ("202301021000", "20230103100000", "2023-01-02"),
                                                   ("202301021000+0100", "20230103100000", None)])
def test_the_day_of_a_report_is_kept_where_its_moment_is_not_known(said: str, sent: str, day: str | None) -> None:
    order = "OBR|1||F1^LAB|1^a^L" + "|" * 18 + f"{said}|||F"
    report = one(run("ORU^R01", PID, order, sent=sent), "DiagnosticReport")
    days = [e["valueDate"] for e in report.get("_issued", {}).get("extension", ())]
    assert days == ([day] if day else []) and ("issued" in report) == (day is None)


def test_the_day_of_an_order_or_of_a_change_is_kept() -> None:
    mapped = run("ORU^R01", PID + "|" * 25 + "20230101", "ORC|RE||F1^LAB||CM||||20230102|||8^Ord^O", OBR)
    days = {p.get("occurredDateTime") for p in made(mapped, "Provenance") if "recorded" in p}
    assert {"2023-01-01", "2023-01-02"} <= days


@pytest.mark.parametrize(("event", "discharged", "status"), [
    ("A01", "", "active"), ("A03", "20260103100000+0100", "completed"), ("A03", "", "completed"), ("A08", "20260103100000+0100", "completed"),
    ("A13", "20260103100000+0100", "active"), ("A05", "", "planned")])
def test_who_was_discharged_lies_in_no_bed(event: str, discharged: str, status: str) -> None:
    visit = one(run(f"ADT^{event}", f"EVN|{event}|20260103100000+0100", PID, pv1(discharged=discharged)), "Encounter")
    assert {place["status"] for place in visit["location"]} == {status}


@pytest.mark.parametrize(("row", "title"), [
    ("TXA|1|DS", "DS"), ("TXA|1|DS^Discharge summary", "Discharge summary"), ('TXA|1|DS||||||||||||||""', "DS"),
    ("TXA|1|DS||||||||||D1^EHR", "D1")])
def test_a_document_of_which_hardly_anything_is_said_is_known_to_exist(row: str, title: str) -> None:
    mapped = run("MDM^T01", PID, row)
    assert one(mapped, "DocumentReference")["content"] == [{"attachment": {"title": title}}]
    assert not [i for i in mapped.issues if i.severity == "error"]
