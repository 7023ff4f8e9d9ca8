"""Table 11b beyond the keys: details that keep facts apart, value choices, conflict classes, documents and devices."""

import base64
import hashlib
from typing import Any

import pytest

from gateway.model import Fact
from tests.merge.given import (
    GLUCOSE,
    ICD,
    LOINC,
    RXNORM,
    SNOMED,
    UCUM,
    allergy,
    coded,
    codes,
    condition,
    fact,
    of,
    one,
    others,
    quantity,
    record,
    result,
    states,
    vaccination,
)
from tests.merge.test_keys import AMOXICILLIN, MORNING, ORGANISATION, number, same

PENICILLIN = coded((RXNORM, "7980"))
VENOUS, URINE = coded((SNOMED, "122555007")), coded((SNOMED, "122575003"))


# --- What keeps two facts apart where both say it

@pytest.mark.parametrize(("a", "b", "together"), [
    ({"method": coded(text="strip")}, {"method": coded(text="analyser")}, False),
    ({"method": coded(text="strip")}, {"method": coded(text="Strip")}, True), ({"method": coded(text="strip")}, {}, True)])
def test_another_method_is_another_result(a: dict[str, Any], b: dict[str, Any], together: bool) -> None:
    assert same("Observation", a, b, status="final", code=GLUCOSE, effectiveDateTime=MORNING, valueInteger=5) is together


def test_who_names_no_method_joins_the_only_one_and_never_bridges_two() -> None:
    strip, analyser = (result(s, "1", MORNING, method=coded(text=m)) for s, m in (("A", "strip"), ("B", "analyser")))
    silent = result("C", "1", MORNING)
    assert len(of(record(strip, silent), "Observation")) == 1
    r = record(strip, analyser, silent)
    assert len(of(r, "Observation")) == 3 and "ambiguous-value" in codes(r)
    elsewhere = result("B", "1", "2024-02-01T08:00:00Z", method=coded(text="analyser"))
    assert len(of(record(strip, elsewhere, silent), "Observation")) == 2


def drawn(source: str, kind: dict[str, Any] | None) -> list[Fact]:
    taken = [fact(source, "Specimen", "s", type=kind)] if kind else []
    return [result(source, "1", MORNING, specimen={"reference": "Specimen/s"}), *taken]


@pytest.mark.parametrize(("a", "b", "together"), [(VENOUS, URINE, False), (VENOUS, VENOUS, True), (VENOUS, None, True)])
def test_another_kind_of_specimen_is_another_result(a: Any, b: Any, together: bool) -> None:
    assert (len(of(record(*drawn("A", a), *drawn("B", b)), "Observation")) == 1) is together
    inside = [result(s, "1", MORNING, specimen={"reference": "#s"}, contained=[
        {"resourceType": "Specimen", "id": "s", "type": k or {}}]) for s, k in (("A", a), ("B", b))]
    assert (len(of(record(*inside), "Observation")) == 1) is together


def routed(code: str) -> dict[str, Any]:
    return {"route": coded((SNOMED, code))}


@pytest.mark.parametrize(("type", "element"), [("MedicationRequest", "dosageInstruction"), ("MedicationStatement", "dosage")])
def test_another_route_is_another_medicine(type: str, element: str) -> None:
    common = {"status": "active", "intent": "order", "authoredOn": "2024-01-01", "medicationCodeableConcept": AMOXICILLIN}
    oral, vein, silent = {element: [routed("26643006")]}, {element: [routed("47625008")]}, {}
    assert not same(type, oral, vein, **common)
    assert same(type, oral, silent, **common)
    assert same(type, oral, oral, **common)


@pytest.mark.parametrize(("a", "b", "together"), [
    ([{"asNeededBoolean": True}], [{"text": "1 daily"}], False), ([{"asNeededCodeableConcept": coded(text="pain")}],
                                                                 [{"asNeededBoolean": True}], True),
    ([{"asNeededBoolean": True}], None, True), ([{"asNeededBoolean": False}], [{"text": "1 daily"}], True)])
def test_as_needed_and_scheduled_are_two(a: Any, b: Any, together: bool) -> None:
    bodies = [{"dosage": d} if d else {} for d in (a, b)]
    assert same("MedicationStatement", *bodies, status="active", medicationCodeableConcept=AMOXICILLIN) is together


def test_two_prescribers_who_are_known_by_a_registry_are_two_orders() -> None:
    def order(source: str, npi: str | None) -> list[Fact]:
        who = fact(source, "Practitioner", "p", **({"identifier": [{**ORGANISATION["identifier"][0], "value": npi}]} if npi else {}))
        return [who, fact(source, "MedicationRequest", "1", status="active", intent="order", authoredOn="2024-01-01",
                          medicationCodeableConcept=AMOXICILLIN, requester={"reference": "Practitioner/p"})]

    def orders(*npis: str | None) -> int:
        return len(of(record(*(f for s, n in zip("ABC", npis, strict=False) for f in order(s, n))), "MedicationRequest"))

    assert orders("1", "2") == 2
    assert orders("1", "1") == orders("1", None) == orders(None, None) == 1


def test_an_allergy_to_a_food_and_one_to_a_drug_are_two() -> None:
    assert not same("AllergyIntolerance", {"category": ["food"]}, {"category": ["medication"]}, code=PENICILLIN)
    assert same("AllergyIntolerance", {"category": ["biologic"]}, {"category": ["medication"]}, code=PENICILLIN)
    assert same("AllergyIntolerance", {"category": ["food"]}, {"category": ["food", "medication"]}, code=PENICILLIN)
    r = record(*(allergy(s, "1", PENICILLIN, **({"category": [c]} if c else {})) for s, c in (
        ("A", "food"), ("B", "medication"), ("C", None))))
    assert len(of(r, "AllergyIntolerance")) == 3 and "ambiguous-value" in codes(r)


def test_a_dose_that_was_given_at_one_instant_is_one_by_its_quantity() -> None:
    def gave(amount: int | None) -> dict[str, Any]:
        return {"dosage": {"dose": {"value": amount, "unit": "mg", "system": UCUM, "code": "mg"}}} if amount else {}

    common = {"status": "completed", "medicationCodeableConcept": AMOXICILLIN, "effectiveDateTime": MORNING}
    assert not same("MedicationAdministration", gave(250), gave(500), **common)
    assert same("MedicationAdministration", gave(250), gave(250), **common)
    assert same("MedicationAdministration", gave(250), gave(None), **common)


@pytest.mark.parametrize(("a", "b"), [
    ([{**coded((SNOMED, "72696002")), "extension": [{"url": "urn:side", "valueCode": "left"}]}],
     [{**coded((SNOMED, "72696002")), "extension": [{"url": "urn:side", "valueCode": "right"}]}]),
    ([coded((SNOMED, "72696002"), (SNOMED, "7771000"))], [coded((SNOMED, "72696002"), (SNOMED, "24028007"))])])
def test_a_side_beside_the_site_keeps_apart(a: Any, b: Any) -> None:
    common = {"status": "completed", "code": coded((SNOMED, "609588000")), "performedDateTime": "2020-05-03"}
    assert not same("Procedure", {"bodySite": a}, {"bodySite": b}, **common)
    assert same("Procedure", {"bodySite": a}, {"bodySite": a}, **common)


def test_two_results_of_one_source_under_one_order_number_stay_two() -> None:
    grown = [fact("A", "Observation", str(n), status="final", code=coded((LOINC, "634-6")), effectiveDateTime=MORNING,
                  valueString=v, identifier=number("1", "FILL")) for n, v in enumerate(("Escherichia coli", "Proteus mirabilis"))]
    assert len(of(record(*grown), "Observation")) == 2


def test_an_identifier_that_one_message_uses_for_two_types_joins_nothing() -> None:
    reused = [condition("A", "1", coded(text="x"), identifier=number("1")), vaccination("A", "2", "2020", identifier=number("1"))]
    other = condition("B", "1", coded(text="y"), identifier=number("1"))
    assert len(of(record(*reused, other), "Condition")) == 2
    assert len(of(record(reused[0], other), "Condition")) == 1


@pytest.mark.parametrize(("a", "b", "together"), [
    ({"period": {"start": "2020", "end": "2021"}}, {"period": {"start": "2020-06"}}, True), ({"period": {"start": "2020"}}, {}, True),
    ({"period": {"start": "2020-01-01", "end": "2020-12-31"}}, {"period": {"start": "2021-01-01"}}, False),
    ({"class": [{"type": coded(("urn:c", "group")), "value": "g1"}]}, {"class": [{"type": coded(("urn:c", "group")), "value": "g2"}]},
     False)])
def test_coverage_is_one_while_its_periods_meet(a: dict[str, Any], b: dict[str, Any], together: bool) -> None:
    member = {"status": "active", "payor": [{"identifier": number("9")[0]}], "subscriberId": "1"}
    assert same("Coverage", a, b, **member) is together


def test_a_member_number_joins_no_two_years_and_is_no_mistake() -> None:
    member = {"status": "active", "payor": [{"identifier": number("9")[0]}], "subscriberId": "1", "identifier": number("1", "MB")}
    r = record(*(fact("A", "Coverage", y, period={"start": f"{y}-01-01", "end": f"{y}-12-31"}, **member) for y in ("2020", "2021")))
    assert len(of(r, "Coverage")) == 2 and codes(r) == []


# --- Documents and devices

def document(source: str, id: str, **attachment: Any) -> Fact:
    more = {k: attachment.pop(k) for k in ("asserted", "status", "relatesTo", "masterIdentifier", "docStatus") if k in attachment}
    return fact(source, "DocumentReference", id, **{"status": "current", "content": [{"attachment": attachment}], **more})


BYTES = b"Discharge letter"
DATA = base64.b64encode(BYTES).decode()


@pytest.mark.parametrize("declared", [
    base64.b64encode(hashlib.sha1(BYTES).digest()).decode(), base64.b64encode(hashlib.sha256(BYTES).digest()).decode(),
    hashlib.sha256(BYTES).hexdigest(), hashlib.sha1(BYTES).hexdigest().upper()])
def test_documents_are_one_by_their_bytes_declared_or_inline(declared: str) -> None:
    assert len(record(document("A", "1", data=DATA), document("B", "2", hash=declared)).resources) == 1
    assert len(record(document("A", "1", data=DATA), document("B", "2", data=DATA)).resources) == 1
    assert len(record(document("A", "1", data=DATA), document("B", "2", data=base64.b64encode(b"x").decode())).resources) == 2


def held(*texts: str, **more: Any) -> list[dict[str, Any]]:
    return [{"attachment": {"data": base64.b64encode(t.encode()).decode(), **more}} for t in texts]


def test_letters_are_not_one_because_both_have_the_same_letterhead() -> None:
    """Told as one, the second letter would be shown to nobody."""
    logo, status = "letterhead", {"status": "current"}
    assert not same("DocumentReference", {"content": held("no penicillin", logo)}, {"content": held("all is well", logo)}, **status)
    assert same("DocumentReference", {"content": held("no penicillin", logo)}, {"content": held(logo, "no penicillin")}, **status)
    declared = [{"attachment": {"hash": hashlib.sha1(t.encode()).hexdigest()}} for t in ("no penicillin", logo)]
    assert same("DocumentReference", {"content": held("no penicillin", logo)}, {"content": declared}, **status)
    pointed = [*held(logo), {"attachment": {"url": "Binary/1"}}]
    assert not same("DocumentReference", {"content": pointed}, {"content": [*held(logo), {"attachment": {"url": "Binary/2"}}]}, **status)


def test_short_texts_that_read_alike_are_no_one_document() -> None:
    normal, said = {"content": held("Normal.", contentType="text/plain")}, "Dear colleague. " * 20
    assert not same("DocumentReference", normal, normal, status="current")
    assert same("DocumentReference", *({"content": held(said, contentType="text/plain")} for _ in range(2)), status="current")


def test_a_letter_in_error_takes_no_other_letter_of_the_same_letterhead_with_it() -> None:
    wrong, letter = (fact(s, "DocumentReference", s, status=x, asserted=d, content=held(t, "letterhead")) for s, x, d, t in (
        ("A", "entered-in-error", "2024-01-01", "one"), ("B", "current", "2024-02-01", "other")))
    assert states(record(wrong, letter), letter) == ["represented"]


@pytest.mark.parametrize(("mine", "yours", "conflict"), [
    (("a", "b"), ("b", "a"), False), (("a", "b"), ("a",), False), (("a", "b"), ("a", "c"), True), (("a",), ("c",), True), ((), ("a",), False)])
def test_one_document_number_with_parts_that_differ_is_a_conflict(mine: tuple[str, ...], yours: tuple[str, ...], conflict: bool) -> None:
    r = record(*(fact(s, "DocumentReference", s, status="current", masterIdentifier=number("1")[0], content=held(*t)) for s, t in (("A", mine), ("B", yours))))
    assert len(of(r, "DocumentReference")) == 1 and (codes(r) == ["value-conflict"]) is conflict


def test_a_document_goes_before_those_that_it_replaces() -> None:
    def replaces(target: str) -> list[dict[str, Any]]:
        return [{"code": "replaces", "target": {"reference": target}}]

    first = document("A", "1", title="first", asserted="2024-05-01")
    second = document("A", "2", title="second", asserted="2024-01-01", relatesTo=replaces("DocumentReference/1"))
    third = document("A", "3", title="third", asserted="2023-01-01", relatesTo=replaces("DocumentReference/2"))
    r = record(first, second, third)
    shown = one(r, "DocumentReference")
    assert shown["content"][0]["attachment"]["title"] == "third"
    assert len(others(r, shown, "content")) == 2 and codes(r) == []
    assert len(of(record(first, third), "DocumentReference")) == 2
    related = document("A", "2", relatesTo=[{"code": "transforms", "target": {"reference": "DocumentReference/1"}}])
    assert len(of(record(first, related), "DocumentReference")) == 2


def test_one_document_number_with_other_bytes_is_a_conflict() -> None:
    mine = {"masterIdentifier": number("1")[0]}
    r = record(document("A", "1", data=DATA, **mine), document("B", "2", hash=hashlib.sha256(b"x").hexdigest(), **mine))
    one(r, "DocumentReference")
    assert codes(r) == ["value-conflict"]
    r = record(document("A", "1", data=DATA, **mine), document("B", "2", hash=hashlib.sha256(BYTES).hexdigest(), **mine))
    assert codes(r) == []


@pytest.mark.parametrize(("type", "element"), [("DocumentReference", "docStatus"), ("Goal", "lifecycleStatus"), ("Medication", "status"),
                                              ("Consent", "status"), ("Encounter", "status"), ("Coverage", "status")])
def test_entered_in_error_is_a_retraction_in_whatever_status(type: str, element: str) -> None:
    wrong = fact("A", type, "1", **{element: "entered-in-error"})
    r = record(wrong)
    assert states(r, wrong) == ["retracted"] and not r.resources


def test_a_device_is_one_by_the_parts_of_its_udi() -> None:
    printed = {"udiCarrier": [{"carrierHRF": "(01)09506000117843(11)141231(21)1234AZ"}]}
    parts = {"udiCarrier": [{"deviceIdentifier": "09506000117843"}], "serialNumber": "1234AZ"}
    assert same("Device", printed, parts)
    assert not same("Device", printed, {**parts, "serialNumber": "1235"})
    assert not same("Device", {"udiCarrier": [{"deviceIdentifier": "1"}]}, parts)


# --- Whose answer is shown

@pytest.mark.parametrize(("element", "answers", "shown"), [
    ("criticality", ("high", "low"), "high"), ("criticality", ("low", "high"), "high"),
    ("criticality", ("low", "unable-to-assess"), "low"), ("onsetDateTime", ("2019", "2021-05-03"), "2019"),
    ("onsetDateTime", ("2019", "2019-05-03"), "2019-05-03"), ("lastOccurrence", ("2021", "2019"), "2021")])
def test_an_allergy_shows_the_worst_the_earliest_and_the_latest(element: str, answers: tuple[str, str], shown: str) -> None:
    r = record(*(allergy(s, "1", PENICILLIN, recordedDate=d, **{element: a}) for s, d, a in zip(
        "AB", ("2020", "2022"), answers, strict=True)))
    resource = one(r, "AllergyIntolerance")
    assert resource[element] == shown
    assert others(r, resource, element) == [a for a in answers if a != shown]


def test_a_condition_shows_its_earliest_onset_and_its_newest_status() -> None:
    hypertension = coded((SNOMED, "38341003"))
    r = record(condition("A", "1", hypertension, "active", onsetDateTime="2015-03", recordedDate="2015-04-01"),
               condition("B", "1", hypertension, "remission", onsetDateTime="2019", recordedDate="2020-01-01"),
               condition("C", "1", hypertension, "active", onsetDateTime="2015", recordedDate="2016"))
    shown = one(r, "Condition")
    assert shown["onsetDateTime"] == "2015-03"
    assert shown["clinicalStatus"]["coding"][0]["code"] == "remission"


def test_a_copy_never_outbids_its_origin() -> None:
    r = record(allergy("A", "1", PENICILLIN, criticality="low"),
               allergy("B", "2", PENICILLIN, criticality="high", meta={"source": "A/AllergyIntolerance/1"}))
    assert one(r, "AllergyIntolerance")["criticality"] == "low"


# --- Conflict classes

def test_two_dose_numbers_and_two_times_of_one_day() -> None:
    def dose(source: str, number: int, at: str = "2023-10-01", series: str = "basic") -> Fact:
        return vaccination(source, "1", at, protocolApplied=[{"series": series, "doseNumberPositiveInt": number}])

    assert codes(record(dose("A", 1), dose("B", 2))) == ["value-conflict"]
    assert codes(record(dose("A", 1), dose("B", 1, series="Basic immunisation"))) == []
    assert codes(record(dose("A", 1, "2023-10-01T08:00:00Z"), dose("B", 1, "2023-10-01T09:00:00Z"))) == []


@pytest.mark.parametrize(("a", "b", "conflict"), [("H", "N", True), ("H", "L", True), ("H", "HH", False), ("A", "H", False),
                                                  ("A", "N", True), ("H", None, False)])
def test_a_result_that_is_flagged_here_and_normal_there(a: str, b: str | None, conflict: bool) -> None:
    flagged = [result(s, "1", MORNING, **({"interpretation": [coded(("urn:flags", f))]} if f else {})) for s, f in (("A", a), ("B", b))]
    assert codes(record(*flagged)) == (["value-conflict"] if conflict else [])


def test_one_procedure_on_two_sides_is_a_conflict_and_without_a_side_perhaps_the_same() -> None:
    def replaced(source: str, *site: str) -> Fact:
        return fact(source, "Procedure", "1", status="completed", code=coded((SNOMED, "609588000")), performedDateTime="2020-05-03",
                    **({"bodySite": [coded((SNOMED, s)) for s in site]} if site else {}))

    assert codes(record(replaced("A", "1"), replaced("B", "2"))) == ["value-conflict"]
    assert codes(record(replaced("A", "1"), replaced("B"))) == ["possible-duplicate"]
    assert codes(record(condition("A", "1", PENICILLIN, bodySite=[coded((SNOMED, "1"))]), condition("B", "1", PENICILLIN))) == [
        "possible-duplicate"]
    both = condition("A", "1", PENICILLIN, bodySite=[coded((SNOMED, "1"))]), condition("B", "1", PENICILLIN, bodySite=[
        coded((SNOMED, "2"))])
    assert codes(record(*both)) == []


@pytest.mark.parametrize(("period", "status", "conflict"), [
    ({"start": "2024-01-03T08:00:00Z", "end": "2024-01-07T08:00:00Z"}, "finished", True), ({"start": "2024-01-03"}, "in-progress", True),
    ({"start": "2024-01-05T10:00:00Z", "end": "2024-01-07T08:00:00Z"}, "finished", False), ({"start": "2024-01-05"}, "in-progress", False),
    ({"start": "2024-01-03"}, "finished", False), ({"start": "2024-01-03"}, "cancelled", False)])
def test_two_stays_in_two_houses_at_one_time_are_a_conflict(period: dict[str, str], status: str, conflict: bool) -> None:
    ward = {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}}
    r = record(fact("A", "Encounter", "1", status="finished", period={"start": "2024-01-01T08:00:00Z", "end": "2024-01-05T10:00:00Z"},
                    **ward), fact("B", "Encounter", "1", status=status, period=period, **ward))
    assert codes(r) == (["value-conflict"] if conflict else [])


def test_two_insurances_that_both_pay_first_are_a_conflict() -> None:
    def insured(source: str, payer: str, order: int) -> Fact:
        return fact(source, "Coverage", payer, status="active", order=order, subscriberId="1", payor=[{"identifier": number(payer)[0]}])

    assert codes(record(insured("A", "7", 1), insured("B", "8", 1))) == ["value-conflict"]
    assert codes(record(insured("A", "7", 1), insured("B", "8", 2))) == []
    assert codes(record(insured("A", "7", 1), insured("B", "7", 1))) == []


def test_a_device_in_use_here_and_taken_out_there_is_a_conflict() -> None:
    r = record(*(fact(s, "Device", "1", status=v, serialNumber="7") for s, v in (("A", "active"), ("B", "inactive"))))
    assert codes(r) == ["status-conflict"]


def test_a_value_that_another_source_has_corrected_under_the_same_number_is_stale_elsewhere() -> None:
    old = result("A", "1", MORNING, 5, identifier=number("1"), issued="2024-01-01T09:00:00Z")
    new = result("B", "2", MORNING, 50, identifier=number("1"), issued="2024-01-01T10:00:00Z", status="corrected")
    copy = result("C", "3", MORNING, 5)
    assert "stale-version" in [i["code"]["coding"][0]["code"] for i in record(old, new, copy).issues if "has corrected" in i["detail"]]


# --- Copies by other names

@pytest.mark.parametrize(("uri", "source"), [
    ("urn:gateway:A:Condition:1", "A"), ("urn:gateway:A/Condition/1", "A"), ("A#Condition/1", "A"), ("A|Condition/1", "A"),
    ("urn:oid:1.2.3/Condition/1", "urn:oid:1.2.3"), ("https://ward.example/fhir/Condition/1/_history/2", "https://ward.example/fhir")])
def test_a_copy_names_its_origin_however_the_source_is_called(uri: str, source: str) -> None:
    code = coded((ICD, "I10"))
    gone = condition(source, "1", code, verificationStatus=coded(("urn:v", "entered-in-error")))
    copy = condition("B", "b", code, meta={"source": uri})
    assert states(record(gone, copy), copy) == ["retracted"]


@pytest.mark.parametrize("assigner", [{"display": "A"}, {"reference": "Organization/A"}, {"identifier": {"value": "A"}}])
def test_who_issued_an_identifier_may_be_named_in_three_ways(assigner: dict[str, Any]) -> None:
    shared = [{"system": "urn:n", "value": "7", "assigner": assigner}]
    gone = condition("A", "1", coded((ICD, "I10")), identifier=shared, verificationStatus=coded(("urn:v", "entered-in-error")))
    copy = condition("B", "b", coded((ICD, "I10")), identifier=shared)
    assert states(record(gone, copy), copy) == ["retracted"]


def test_glycated_haemoglobin_of_two_scales_never_meets() -> None:
    """4.8 % (NGSP) and 48 mmol/mol (IFCC) are one number by dimension, and two results."""
    code = coded((LOINC, "4548-4"))
    r = record(result("A", "1", MORNING, "4.8", "%", code=code), result("B", "1", MORNING, 48, "mmol/mol", code=code))
    assert len(of(r, "Observation")) == 2 and codes(r) == ["unit-mismatch"]
    r = record(result("A", "1", MORNING, "0.45", "L/L"), result("B", "1", MORNING, 45, "%"))
    assert len(of(r, "Observation")) == 1


def test_a_limit_beside_a_value_is_perhaps_the_same_and_no_mismatch() -> None:
    r = record(result("A", "1", MORNING, 5, valueQuantity=quantity(5, comparator="<")), result("B", "1", MORNING, "4.9"))
    assert len(of(r, "Observation")) == 2 and codes(r) == ["possible-duplicate"]


def test_a_conflict_says_both_values_with_their_units() -> None:
    shared = [{"system": "urn:n", "value": "1"}]
    r = record(result("A", "1", MORNING, 5, identifier=shared), result("B", "1", MORNING, "6.0", identifier=shared))
    assert "A: 5 mg/dL, B: 6.0 mg/dL" in r.issues[0]["detail"]


def test_a_dose_number_is_the_same_as_a_number_and_as_a_text() -> None:
    doses = [vaccination(s, "1", "2023-10-01", protocolApplied=[p])
             for s, p in (("A", {"doseNumberPositiveInt": 1}), ("B", {"doseNumberString": "1"}), ("C", {"doseNumberString": "2"}))]
    assert codes(record(*doses[:2])) == [] and codes(record(*doses)) == ["value-conflict"]
