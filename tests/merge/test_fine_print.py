"""The fine print of the merge: where one word, one bound or one half of a condition decides."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.jsontext import canonical, loads
from gateway.merge import Person
from gateway.merge.resolve import identical
from gateway.merge.times import moment
from gateway.merge.values import quantity as read_quantity
from gateway.merge.versions import number
from gateway.model import Fact
from tests.merge.given import (
    LOINC,
    RXNORM,
    SNOMED,
    VERIFICATION,
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
    tables,
)

MORNING = "2024-01-01T08:00:00Z"
NPI = "http://hl7.org/fhir/sid/us-npi"
CODE = coded((SNOMED, "38341003"))
DRUG = coded((RXNORM, "11289"))
ERROR = coded((VERIFICATION, "entered-in-error"))


def names(value: str, system: str = "urn:n", **more: Any) -> list[dict[str, Any]]:
    return [{"system": system, "value": value, **more}]


# --- What is equal

_JSON = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["", "1", "true", "None", "True"]),
                               st.sampled_from(["1.0", "1.00", "1e0"]).map(loads)),
                     lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
                     max_leaves=6)


@given(_JSON, _JSON)
def test_what_is_identical_is_written_alike(a: Any, b: Any) -> None:
    assert identical(a, b) == (canonical(a) == canonical(b))
    assert identical([a], [b]) == identical(a, b) == identical({"x": a}, {"x": b})
    assert identical(a, loads(canonical(a))) and not identical([a], [a, b]) and not identical([a, b], [a])


@pytest.mark.parametrize(("version", "is_number"), [
    (True, False), (False, False), ("1" * 40, True), ("1" * 41, False), ("01", True), ("1.5", False), ("²", False), ("", False),
    (None, False), (7, True), (loads("2.5"), True), (loads("1e60"), True), (loads("1e61"), False), (loads("1e-61"), False)])
def test_what_counts_as_the_number_of_a_version(version: Any, is_number: bool) -> None:
    assert (number(version) is not None) is is_number


@pytest.mark.parametrize("text", ["9999", "9999-12", "9999-12-31"])
def test_the_last_year_ends(text: str) -> None:
    last = moment("9999-12-31T23:59:59Z")
    found = moment(text)
    assert last and found and found.high == last.low + 1 and found.low < last.low


def test_mass_by_substance_is_no_amount_of_substance() -> None:
    glucose = tables().concept(LOINC, "2345-7")
    grams = tables().molar[glucose]
    mass_of_a_mole = {"value": grams.numerator, "system": "http://unitsofmeasure.org", "code": "g/mol"}
    mole = {"value": grams.denominator, "system": "http://unitsofmeasure.org", "code": "mol"}
    a, b = (read_quantity(q, tables(), glucose) for q in (mass_of_a_mole, mole))
    assert a.number is not None and a.kind != b.kind


# --- Copies and versions over time

def grown(*steps: Fact) -> bytes:
    """The record of facts that came one by one, looked at each time."""
    person = Person(tables())
    for step in steps:
        person.add([step])
        person.record()
    return canonical(person.record().json())


def test_a_copy_falls_with_its_origin_however_late_that_falls() -> None:
    origin, copy = condition("A", "1", CODE), condition("B", "b", CODE, meta={"source": "A/Condition/1"})
    gone = condition("A", "1", CODE, version="2", verificationStatus=ERROR)
    assert grown(origin, copy, gone) == canonical(record(origin, copy, gone).json())


def test_what_was_entered_in_error_and_is_said_again_lives_again() -> None:
    steps = [condition("A", "1", CODE), condition("A", "1", CODE, version="2", verificationStatus=ERROR), condition("A", "1", CODE, version="3")]
    assert grown(*steps) == canonical(record(*steps).json())
    assert states(record(*steps), *steps) == ["superseded", "retracted", "represented"]


def test_an_origin_is_found_behind_facts_that_are_no_events() -> None:
    """The first source in order holds only a Patient that carries a number of the second's."""
    person = fact("A", "Patient", "p", identifier=names("1", assigner={"display": "C"}))
    copy = condition("B", "b", CODE, identifier=names("7", assigner={"display": "C"}))
    origin = condition("C", "1", CODE, identifier=names("7", assigner={"display": "C"}), verificationStatus=ERROR)
    assert states(record(person, copy, origin), copy) == ["retracted"]


@pytest.mark.parametrize("source", ["lab|1", "a/b", "urn:x:1"])
def test_a_source_may_be_called_anything(source: str) -> None:
    gone = condition(source, "1", CODE, verificationStatus=ERROR)
    copy = condition("B", "b", CODE, meta={"source": f"https://home.example/source/{source}/Condition/1"})
    assert states(record(gone, copy), copy) == ["retracted"]


@pytest.mark.parametrize(("role", "falls"), [("source", True), ("quotation", True), ("derivation", True), ("revision", False), ("removal", False)])
def test_a_provenance_names_an_origin_by_the_role_of_the_entity(role: str, falls: bool) -> None:
    gone, copy = condition("A", "1", CODE, verificationStatus=ERROR), condition("B", "b", CODE)
    told = fact("B", "Provenance", "v", target=[{"reference": "Condition/b"}], entity=[{"role": role, "what": {"reference": "A/Condition/1"}}])
    assert states(record(gone, copy, told), copy) == ["retracted" if falls else "represented"]


def test_a_document_learns_late_what_the_one_before_it_replaced() -> None:
    def document(id: str, replaced: str, at: str) -> Fact:
        body = {"relatesTo": [{"code": "replaces", "target": {"reference": f"DocumentReference/{replaced}"}}]} if replaced else {}
        return fact("A", "DocumentReference", id, asserted=at, status="current", description=id, **body)

    steps = [document("1", "", "2024-01-01"), document("3", "2", "2024-01-03"), document("2", "1", "2024-01-05")]
    assert grown(*steps) == canonical(record(*steps).json())
    assert one(record(*steps), "DocumentReference")["description"] == "3"


# --- Bodies

def test_two_versions_of_a_code_stay_two_codings_and_no_alternative() -> None:
    both = [{"system": SNOMED, "code": "38341003", "version": v} for v in ("1", "2")]
    r = record(condition("A", "1", {"coding": both[:1]}), condition("B", "2", {"coding": both[1:]}))
    shown = one(r, "Condition")
    assert sorted(c["version"] for c in shown["code"]["coding"]) == ["1", "2"] and not others(r, shown, "code")


@pytest.mark.parametrize(("display", "beside"), [("HYPERTENSION", True), ("High blood pressure", True), ("Hypertension", False)])
def test_another_display_of_a_code_stays_beside_it_to_the_letter(display: str, beside: bool) -> None:
    said = [{"coding": [{"system": SNOMED, "code": "38341003", "display": d}]} for d in ("Hypertension", display)]
    r = record(*(condition(s, "1", c) for s, c in zip("AB", said, strict=True)))
    assert bool(others(r, one(r, "Condition"), "code")) is beside


@pytest.mark.parametrize(("sources", "kept"), [(("urn:a", "urn:a"), "urn:a"), (("urn:a", "urn:b"), None), (("urn:a", None), "urn:a")])
def test_where_facts_were_made_is_told_where_all_agree(sources: tuple[str | None, ...], kept: str | None) -> None:
    told = [{"source": s, "tag": [{"system": "urn:t", "code": n}]} for s, n in zip(sources, "ab", strict=True)]
    r = record(*(condition(n, "1", CODE, meta={k: v for k, v in m.items() if v}) for n, m in zip("AB", told, strict=True)))
    assert one(r, "Condition")["meta"].get("source") == kept and len(one(r, "Condition")["meta"]["tag"]) == 2


def test_a_link_to_someone_else_stays() -> None:
    kin = fact("A", "RelatedPerson", "r", patient={"reference": "Patient/1"})
    r = record(kin, fact("A", "Patient", "1", link=[{"other": {"reference": "RelatedPerson/r"}, "type": "seealso"},
                                                    {"other": {"reference": "B/Patient/2"}, "type": "seealso"}]), fact("B", "Patient", "2"))
    assert one(r, "Patient")["link"] == [{"other": {"reference": f"RelatedPerson/{one(r, 'RelatedPerson')['id']}"}, "type": "seealso"}]


def test_an_extension_of_a_date_that_both_give_alike_is_no_conflict_of_dates() -> None:
    told = [{"birthDate": "1970-05-03", "_birthDate": {"extension": [{"url": "urn:time", "valueString": v}]}} for v in ("a", "b")]
    r = record(*(fact(s, "Patient", "1", **b) for s, b in zip("AB", told, strict=True)))
    assert others(r, one(r, "Patient"), "_birthDate") and not r.issues


# --- Classes

def test_codes_without_a_system_tell_things_apart_within_a_source() -> None:
    local = [{"coding": [{"code": c}]} for c in ("1", "2", "2")]
    assert len(of(record(*(allergy("A", str(n), c) for n, c in enumerate(local))), "AllergyIntolerance")) == 2


def test_a_coding_that_is_only_a_display_is_compared_as_text() -> None:
    told = [{"coding": [{"display": "Trunk rash"}]}, {"text": "trunk  RASH"}]
    assert len(of(record(*(condition(s, "1", c) for s, c in zip("AB", told, strict=True))), "Condition")) == 1


def test_an_episode_of_a_year_lies_before_the_year_in_which_the_next_begins() -> None:
    """The first ended on the last day of 2015; what began in 2015 without a day belongs to it."""
    given_ = [condition("A", "1", CODE, onsetDateTime="2014-03-01", abatementDateTime="2015-12-31"),
              condition("A", "2", CODE, onsetDateTime="2017-01-01"), condition("B", "3", CODE, onsetDateTime="2015")]
    r = record(*given_)
    assert codes(r) == [] and len(of(r, "Condition")) == 2


def test_not_done_in_one_month_and_done_in_another_do_not_conflict() -> None:
    told = [("A", "not-done", "2024-01"), ("B", "completed", "2024-03"), ("C", "completed", "2023-11")]
    assert not record(*(fact(s, "Procedure", "1", status=st_, code=CODE, performedDateTime=at) for s, st_, at in told)).issues


def test_two_values_at_one_time_conflict_also_where_only_one_names_a_method() -> None:
    r = record(result("A", "1", MORNING, 95, method=coded((SNOMED, "702660007"))), result("B", "2", MORNING, 97))
    assert "value-conflict" in codes(r)


def order(source: str, requester: dict[str, Any]) -> Fact:
    return fact(source, "MedicationRequest", "1", status="active", intent="order", authoredOn="2024-01-01", medicationCodeableConcept=DRUG,
                requester=requester)


@pytest.mark.parametrize(("a", "b", "orders"), [
    ({"identifier": names("1", NPI)[0]}, {"identifier": names("1", NPI)[0]}, 1),
    ({"identifier": names("1", NPI)[0]}, {"identifier": names("2", NPI)[0]}, 2),
    ({"identifier": names("1", NPI)[0]}, {"identifier": names("1", "urn:other")[0]}, 2),
    ({"identifier": {"value": "1"}}, {"identifier": names("2", NPI)[0]}, 1),
    ({"reference": "Practitioner/npi"}, {"identifier": names("1", NPI)[0]}, 1),
    ({"reference": "Practitioner/npi"}, {"identifier": names("2", NPI)[0]}, 2),
    ({"reference": "PractitionerRole/npi"}, {"identifier": names("1", NPI)[0]}, 1),
    ({"reference": "Organization/npi"}, {"identifier": names("1", NPI)[0]}, 1),
    ({"reference": "Practitioner/unnumbered"}, {"identifier": names("2", NPI)[0]}, 1)])
def test_a_prescriber_is_known_by_a_number_of_a_registry(a: Any, b: Any, orders: int) -> None:
    type = a.get("reference", "Practitioner/").partition("/")[0]
    known = [fact("A", type, "npi", identifier=names("1", NPI)), fact("A", "Practitioner", "unnumbered", identifier=[{"value": "1"}])]
    assert len(of(record(*known, order("A", a), order("B", b)), "MedicationRequest")) == orders


def test_one_document_whose_newer_bytes_replaced_the_older_is_no_conflict() -> None:
    def document(source: str, data: str, **body: Any) -> Fact:
        return fact(source, "DocumentReference", source, status="current", masterIdentifier=names("7")[0], content=[{"attachment": {"data": data}}], **body)

    newer = {"relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/old"}}]}
    assert codes(record(document("A", "YQ=="), document("B", "Yg=="))) == ["value-conflict"]
    assert not record(document("A", "YQ=="), document("B", "Yg==", **newer)).issues


@pytest.mark.parametrize("status", ["preliminary", "registered", "partial"])
def test_a_report_that_is_not_settled_yields_however_late(status: str) -> None:
    told = [{"status": "final", "issued": "2024-01-01T09:00:00Z"}, {"status": status, "issued": "2024-01-02T09:00:00Z"}]
    r = record(*(fact(s, "DiagnosticReport", "1", identifier=names("7"), **b) for s, b in zip("AB", told, strict=True)))
    assert one(r, "DiagnosticReport")["status"] == "final"


def test_a_document_that_is_superseded_yields_however_late() -> None:
    told = [{"status": "current", "meta": {"lastUpdated": "2024-01-01T09:00:00Z"}}, {"status": "superseded", "meta": {"lastUpdated": "2024-01-02T09:00:00Z"}}]
    r = record(*(fact(s, "DocumentReference", "1", masterIdentifier=names("7")[0], **b) for s, b in zip("AB", told, strict=True)))
    assert one(r, "DocumentReference")["status"] == "current"


@pytest.mark.parametrize("high", ["H", "HH", "HU", "HX"])
@pytest.mark.parametrize("low", ["L", "LL", "LU", "LX"])
def test_high_here_and_low_there_is_a_conflict(high: str, low: str) -> None:
    def flagged(*flags: str) -> list[str]:
        return codes(record(*(result(s, "1", MORNING, 95, interpretation=[coded(("urn:flags", f))]) for s, f in zip("ABC", flags, strict=False))))

    assert flagged(high, low) == ["value-conflict"] == flagged(high, "N") == flagged("N", low) == flagged("N", "A") == flagged("N", "AA")
    assert flagged(high, "A") == [] == flagged(low, "AA") == flagged(high, "H") == flagged("x", "N")


@pytest.mark.parametrize(("factor", "mismatch"), [("10", True), ("100", True), ("1000", True), ("101", False), ("11", False), ("20", False)])
def test_a_value_that_is_off_by_a_power_of_ten_is_a_slip_of_units(factor: str, mismatch: bool) -> None:
    found = codes(record(result("A", "1", MORNING, 1), result("B", "2", MORNING, int(factor))))
    assert ("unit-mismatch" in found) is mismatch and ("value-conflict" in found) is not mismatch


@pytest.mark.parametrize(("stage", "later"), [("registered", "final"), ("preliminary", "final"), ("final", "amended"), ("final", "corrected")])
def test_another_stage_of_one_result_is_stale_and_another_status_a_conflict(stage: str, later: str) -> None:
    def told(*statuses: str) -> list[str]:
        return codes(record(*(result(s, "1", MORNING, 95, status=x, issued=f"2024-01-0{n + 1}T09:00:00Z", identifier=names("7"))
                              for n, (s, x) in enumerate(zip("AB", statuses, strict=True)))))

    assert told(stage, later) == ["stale-version"]
    assert told("cancelled", later) == ["status-conflict"]


@pytest.mark.parametrize(("type", "body"), [
    ("DocumentReference", {"content": [{"attachment": {"data": "YQ=="}}]}), ("DocumentReference", {"masterIdentifier": names("7")[0]}),
    ("Device", {"serialNumber": "7", "manufacturer": "x"}), ("Device", {"udiCarrier": [{"carrierHRF": "(01)123(21)7"}]}),
    ("Device", {"udiCarrier": [{"deviceIdentifier": "123"}], "serialNumber": "7"})])
def test_what_names_a_thing_by_itself_names_it_under_every_id_of_its_source(type: str, body: dict[str, Any]) -> None:
    r = record(fact("A", type, "1", status="current", **body), fact("A", type, "2", status="current", **body))
    assert len(of(r, type)) == 1 and "id-reused" not in codes(r)
    assert len(of(record(*(fact("A", "Claim", n, status="active", identifier=names("7")) for n in "12")), "Claim")) == 2


# --- Warnings

_ANY_DRUG = [coded((SNOMED, "416098002")), coded((SNOMED, "416098002"), text="Drug allergy"), coded(text="Drug allergy"), coded(text="unknown")]


@pytest.mark.parametrize("kind", _ANY_DRUG)
def test_an_allergy_that_names_its_substance_in_the_reaction_only_is_one_to_that_substance(kind: dict[str, Any]) -> None:
    def told(source: str, *substances: str) -> Fact:
        said = [{"substance": coded((SNOMED, s))} for s in substances]
        return allergy(source, "1", kind, reaction=[*said, {"manifestation": [coded(text="Rash")]}])

    amoxicillin, codeine = "372687004", "387494007"
    assert len(of(record(told("A", amoxicillin), told("B", codeine)), "AllergyIntolerance")) == 2
    assert len(of(record(told("A", amoxicillin), allergy("B", "1", coded((SNOMED, amoxicillin)))), "AllergyIntolerance")) == 1
    assert len(of(record(told("A", amoxicillin, codeine), told("B", amoxicillin, codeine)), "AllergyIntolerance")) == 2
    drug = fact("C", "MedicationStatement", "1", status="active", medicationCodeableConcept=coded((SNOMED, codeine)))
    assert codes(record(told("A", amoxicillin, codeine), drug)) == ["drug-allergy"] and codes(record(told("A", amoxicillin), drug)) == []


def test_an_allergy_warns_by_any_of_its_codes_and_by_the_substance_of_its_reaction() -> None:
    drug = fact("B", "MedicationStatement", "1", status="active", medicationCodeableConcept=coded((RXNORM, "308182")))
    penicillin, local = (SNOMED, "764146007"), ("urn:aaa", "x")
    assert codes(record(allergy("A", "1", coded(local, penicillin)), drug)) == ["drug-allergy"]
    assert codes(record(fact("A", "AllergyIntolerance", "1", reaction=[{"substance": coded(penicillin)}]), drug)) == ["drug-allergy"]


def test_an_issue_names_the_element_that_it_is_about() -> None:
    def covered(source: str, payer: str) -> Fact:
        return fact(source, "Coverage", "1", status="active", order=1, subscriberId="1", payor=[{"display": payer}])

    def told(*given_: Fact) -> list[tuple[str, str]]:
        return [(i["code"]["coding"][0]["code"], i["evidence"][0].get("code", [{"text": ""}])[0]["text"]) for i in record(*given_).issues]

    assert told(covered("A", "X"), covered("B", "Y")) == [("value-conflict", "order")]
    assert ("value-conflict", "value") in told(result("A", "1", MORNING, 95), result("B", "2", MORNING, 970.5))
    assert told(fact("A", "Procedure", "1", status="completed", code=CODE, performedDateTime="2024-01-01"),
                fact("B", "Procedure", "1", status="completed", code=CODE, performedDateTime="2024-01-01", bodySite=[CODE])) == [
        ("possible-duplicate", "bodySite")]
    assert told(result("A", "1", "2024", 95), result("B", "2", MORNING, 95), result("B", "3", "2024-02-01T08:00:00Z", 95)) == [("ambiguous-date", "date")]


def test_a_value_in_grams_is_a_quantity_like_any_other() -> None:
    assert len(of(record(result("A", "1", MORNING, 1, "g/L"), fact("B", "Observation", "2", status="final", effectiveDateTime=MORNING,
                                                                   code=coded((LOINC, "2345-7")), valueQuantity=quantity(100, "mg/dL"))), "Observation")) == 1


@pytest.mark.parametrize(("link", "left"), [("replaced-by", None), ("seealso", False)])
def test_a_person_goes_on_in_the_record_that_replaced_another(link, left):
    old = fact("A", "Patient", "2", active=False, link=[{"other": {"reference": "Patient/1"}, "type": link}])
    assert one(record(fact("A", "Patient", "1", name=[{"family": "Ek"}]), old), "Patient").get("active") is left


@pytest.mark.parametrize("link", ["replaced-by", "seealso"])
def test_who_goes_on_after_a_merge_of_charts_is_called_as_that_chart_says(link):
    """Whenever the ended chart was last written: its words stay findable, beside the others."""
    going = fact("A", "Patient", "1", asserted="2024-01-01", name=[{"family": "Ek"}], birthDate="1961-02-03", gender="male")
    ended = fact("A", "Patient", "2", asserted="2024-05-01", name=[{"family": "Berg"}], birthDate="1961-03-02", gender="female",
                 active=False, link=[{"other": {"reference": "Patient/1"}, "type": link}])
    r = record(going, ended)
    found = one(r, "Patient")
    first = link == "seealso"
    assert (found["name"][0]["family"], found["birthDate"], found["gender"]) == (
        ("Berg", "1961-03-02", "female") if first else ("Ek", "1961-02-03", "male"))
    assert {n["family"] for n in found["name"]} == {"Ek", "Berg"}
    assert [a["value"] for a in r.alternatives[f"Patient/{found['id']}"]["birthDate"]] == (["1961-02-03"] if first else ["1961-03-02"])
