"""Table 11b, type by type: what makes two facts one, and what keeps them apart."""

from typing import Any

import pytest

from gateway.model import Fact
from tests.merge.given import (
    ATC,
    GLUCOSE,
    LOINC,
    RXNORM,
    SNOMED,
    coded,
    codes,
    condition,
    fact,
    of,
    one,
    record,
    result,
    says,
    vaccination,
)

MORNING = "2024-01-01T08:00:00Z"
V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
AMOXICILLIN = coded((RXNORM, "723"))


def number(value: str, type: str | None = None, system: str = "urn:x") -> list[dict[str, Any]]:
    return [{"system": system, "value": value, **({"type": coded((V2_0203, type))} if type else {})}]


def count(type: str, *bodies: dict[str, Any], **common: Any) -> int:
    """Classes that facts of different sources make."""
    facts = [fact("ABCDE"[n], type, str(n), **{**common, **b}) for n, b in enumerate(bodies)]
    return len(of(record(*facts), type))


def same(type: str, *bodies: dict[str, Any], **common: Any) -> bool:
    return count(type, *bodies, **common) == 1


# --- Patient, AllergyIntolerance, Condition

def test_all_patients_of_the_input_are_one_person() -> None:
    bodies = [{"name": [{"family": "Ek"}], "identifier": number("1", "MR")}, {"identifier": number("2", "MR", "urn:y")},
              {"name": [{"family": "Ek", "given": ["Ada"]}]}]
    r = record(*(fact(s, "Patient", s, **b) for s, b in zip("ABC", bodies, strict=True)))
    shown = one(r, "Patient")
    assert [i["value"] for i in shown["identifier"]] and len(shown["identifier"]) == 2
    assert shown["name"] == [{"family": "Ek", "given": ["Ada"]}]


@pytest.mark.parametrize(("other", "one_substance"), [
    ({"code": coded((ATC, "J01CA04"))}, True), ({"code": coded((SNOMED, "294505008"))}, True),
    ({"code": coded((SNOMED, "764146007"))}, False), ({"code": AMOXICILLIN, "type": "intolerance"}, True),
    ({"code": AMOXICILLIN, "recordedDate": "1999"}, True), ({"reaction": [{"substance": AMOXICILLIN}]}, True)])
def test_allergies_are_one_by_substance_whatever_their_date(other: dict[str, Any], one_substance: bool) -> None:
    assert same("AllergyIntolerance", {"code": AMOXICILLIN, "type": "allergy"}, other) is one_substance


CONTACT, LISTED = (coded(("http://terminology.hl7.org/CodeSystem/condition-category", c)) for c in ("encounter-diagnosis", "problem-list-item"))


@pytest.mark.parametrize(("a", "b", "together"), [
    ({"onsetDateTime": "2019"}, {"onsetDateTime": "2021-05-03"}, True), ({}, {"onsetDateTime": "2021"}, True),
    ({"onsetDateTime": "2019", "abatementDateTime": "2020"}, {"onsetDateTime": "2020-05"}, True),
    ({"onsetDateTime": "2019", "abatementDateTime": "2020"}, {"onsetDateTime": "2021"}, False),
    ({"onsetPeriod": {"start": "2019", "end": "2019"}, "abatementPeriod": {"end": "2020"}}, {"onsetDateTime": "2021"}, False),
    ({"abatementDateTime": "2020"}, {"onsetDateTime": "2021"}, False),
    ({"onsetDateTime": "2020-05-03", "abatementDateTime": "2020-05-03"}, {"onsetDateTime": "2020-05-03"}, True),
    ({"category": [coded((SNOMED, "x"))]}, {"category": [{"coding": [{"code": "encounter-diagnosis"}]}]}, False),
    ({"category": [CONTACT, coded((SNOMED, "282291009"))]}, {"category": [CONTACT]}, True),
    ({"category": [CONTACT, coded((SNOMED, "282291009"))]}, {"category": [LISTED]}, False), ({"category": [CONTACT, LISTED]}, {"category": [LISTED]}, True),
    ({"category": [CONTACT, coded(("urn:us-core", "health-concern"))]}, {}, True),
    ({"bodySite": [coded((SNOMED, "1"))]}, {}, False), ({"modifierExtension": [{"url": "urn:m"}]}, {}, False)])
def test_conditions_are_one_by_episode(a: dict[str, Any], b: dict[str, Any], together: bool) -> None:
    assert same("Condition", a, b, code=coded((SNOMED, "38341003"))) is together


def test_a_start_that_may_lie_in_two_episodes_stands_alone() -> None:
    bodies = [{"onsetDateTime": "2019-01-05", "abatementDateTime": "2019-03-01"}, {"onsetDateTime": "2019-08-01"},
              {"onsetDateTime": "2019"}]
    facts = [condition("ABC"[n], str(n), coded((SNOMED, "233604007")), **b) for n, b in enumerate(bodies)]
    r = record(*facts)
    assert len(of(r, "Condition")) == 3 and codes(r) == ["ambiguous-date"]


@pytest.mark.parametrize(("coarse", "classes"), [
    ({"onsetDateTime": "2015"}, 2), ({"onsetDateTime": "2015-02"}, 2), ({"onsetDateTime": "2015", "clinicalStatus": coded(("urn:c", "resolved"))}, 2),
    ({"onsetDateTime": "2015", "abatementDateTime": "2015-02-28"}, 2), ({"onsetDateTime": "2015", "abatementDateTime": "2015-11-01"}, 3),
    ({"onsetDateTime": "2014"}, 2), ({"onsetDateTime": "2024"}, 2)])
def test_a_start_of_a_year_joins_the_only_episode_that_began_in_it(coarse: dict[str, Any], classes: int) -> None:
    """Pneumonia in February 2015 and again in 2024; another source knows the year."""
    bodies = [{"onsetDateTime": "2015-02-01", "abatementDateTime": "2015-03-01"}, {"onsetDateTime": "2024-02-01"}, coarse]
    facts = [condition("ABC"[n], str(n), coded((SNOMED, "233604007")), **b) for n, b in enumerate(bodies)]
    assert len(of(record(*facts), "Condition")) == classes


def test_starts_of_one_year_are_one_episode_where_only_one_of_them_says_when_it_ended() -> None:
    bodies = [{"onsetDateTime": "2015", "abatementDateTime": "2015-03-01"}, {"onsetDateTime": "2024-02-01"}, {"onsetDateTime": "2015"}]
    facts = [condition("ABC"[n], str(n), coded((SNOMED, "233604007")), **b) for n, b in enumerate(bodies)]
    assert len(of(record(*facts), "Condition")) == 2


def test_problems_of_which_only_the_kind_is_known_are_compared_by_it() -> None:
    assert len(of(record(*(condition(s, "1", coded((SNOMED, "64572001"))) for s in "AB")), "Condition")) == 1


# --- Medicines

@pytest.mark.parametrize(("a", "b", "together"), [
    ({"authoredOn": "2024-01-01"}, {"authoredOn": "2024-01-01T10:00:00Z"}, True),
    ({"authoredOn": "2024-01-01"}, {"authoredOn": "2024-01-02"}, False),
    ({"authoredOn": "2024-01"}, {"authoredOn": "2024-01-02"}, True), ({}, {"authoredOn": "2024-01-02"}, False), ({}, {}, True),
    ({"intent": "plan"}, {}, False), ({"intent": "original-order"}, {}, True), ({"doNotPerform": True}, {}, False),
    ({"identifier": number("1"), "authoredOn": "2024-01-01"}, {"identifier": number("1"), "authoredOn": "2024-03"}, True)])
def test_orders_are_one_by_drug_and_day(a: dict[str, Any], b: dict[str, Any], together: bool) -> None:
    order = {"status": "active", "intent": "order", "medicationCodeableConcept": AMOXICILLIN}
    assert same("MedicationRequest", a, b, **order) is together


def statement(source: str, **medication: Any) -> list[Fact]:
    return [fact(source, "MedicationStatement", "s", status="active", medicationReference={"reference": "Medication/m"}),
            fact(source, "Medication", "m", **medication)]


def test_a_medicine_by_reference_and_by_code_is_one() -> None:
    r = record(*statement("A", code=AMOXICILLIN),
               fact("B", "MedicationStatement", "s", status="active", contained=[{
                   "resourceType": "Medication", "id": "m", "code": AMOXICILLIN}], medicationReference={"reference": "#m"}))
    shown = one(r, "MedicationStatement")
    assert ("medicationReference" in shown) != ("medicationCodeableConcept" in shown)


@pytest.mark.parametrize("other", [{"form": coded(text="syrup")}, {}, {"ingredient": [{"strength": {
    "numerator": {"value": 250, "unit": "mg"}}}]}])
def test_form_and_strength_keep_medicines_apart(other: dict[str, Any]) -> None:
    r = record(*statement("A", code=AMOXICILLIN, form=coded(text="tablet")), *statement("B", code=AMOXICILLIN, **other))
    assert len(of(r, "MedicationStatement")) == 2


@pytest.mark.parametrize(("a", "b", "together"), [
    ({"effectivePeriod": {"start": "2020"}}, {"effectiveDateTime": "2023-05-01"}, True),
    ({"effectivePeriod": {"start": "2020", "end": "2021"}}, {"effectivePeriod": {"start": "2023"}}, False),
    ({"effectivePeriod": {"start": "2020"}, "status": "stopped"}, {"effectivePeriod": {"start": "2023"}}, False),
    ({"status": "not-taken"}, {}, False)])
def test_statements_are_one_by_course(a: dict[str, Any], b: dict[str, Any], together: bool) -> None:
    assert same("MedicationStatement", {"status": "active", **a}, {"status": "active", **b},
                medicationCodeableConcept=AMOXICILLIN) is together


@pytest.mark.parametrize(("type", "when"), [("MedicationDispense", "whenHandedOver"),
                                           ("MedicationAdministration", "effectiveDateTime")])
def test_events_of_medication_are_one_only_at_one_instant(type: str, when: str) -> None:
    common = {"status": "completed", "medicationCodeableConcept": AMOXICILLIN}
    assert same(type, {when: MORNING}, {when: "2024-01-01T09:00:00+01:00"}, **common)
    assert not same(type, {when: MORNING}, {when: "2024-01-01T08:04:00Z"}, **common)


# --- Immunization, Procedure

@pytest.mark.parametrize(("lots", "classes"), [
    (("L1", "l1 "), 1), (("L1", "L2"), 2), (("L1", None), 1), (("L1", "L2", None), 3), ((None, None), 1)])
def test_lots_of_one_day_keep_doses_apart(lots: tuple[str | None, ...], classes: int) -> None:
    r = record(*(vaccination("ABC"[n], "1", "2023-10-01", **({"lotNumber": lot} if lot else {})) for n, lot in enumerate(lots)))
    assert len(of(r, "Immunization")) == classes
    assert ("ambiguous-value" in codes(r)) is (len(lots) == 3)


def test_a_month_joins_the_one_day_in_it() -> None:
    assert len(of(record(vaccination("A", "1", "2023-10-05"), vaccination("B", "1", "2023-10")), "Immunization")) == 1
    r = record(vaccination("A", "1", "2023-10-05"), vaccination("A", "2", "2023-10-25"), vaccination("B", "1", "2023-10"))
    assert len(of(r, "Immunization")) == 3 and "ambiguous-date" in codes(r)


def test_a_time_that_is_no_date_is_compared_as_said() -> None:
    common = {"status": "completed", "vaccineCode": coded((SNOMED, "1"))}
    assert same("Immunization", {"occurrenceString": "As a child"}, {"occurrenceString": "as a child"}, **common)
    assert not same("Immunization", {"occurrenceString": "as a child"}, {"occurrenceString": "at school"}, **common)


@pytest.mark.parametrize(("a", "b", "together"), [
    ({"performedDateTime": "2020-05-03"}, {"performedPeriod": {"start": "2020-05-03T10:00:00Z"}}, True),
    ({"performedDateTime": "2020-05-03"}, {"performedDateTime": "2020-05-04"}, False),
    ({"performedDateTime": "2020-05-03", "bodySite": [coded(text="left")]},
     {"performedDateTime": "2020-05-03", "bodySite": [coded(text="right")]}, False)])
def test_procedures_are_one_by_day_and_site(a: dict[str, Any], b: dict[str, Any], together: bool) -> None:
    assert same("Procedure", a, b, status="completed", code=coded((SNOMED, "80146002"))) is together


# --- Observation

@pytest.mark.parametrize(("a", "b", "together"), [
    ({"valueInteger": 5}, {"valueInteger": 5}, True), ({"valueInteger": 5}, {"valueInteger": 6}, False),
    ({"valueString": "Pos"}, {"valueString": " pos"}, True), ({}, {}, False),
    ({"valueInteger": 5, "bodySite": coded(text="left arm")}, {"valueInteger": 5}, False),
    ({"valueInteger": 5, "focus": [{"reference": "Patient/baby"}]}, {"valueInteger": 5}, False),
    ({"valueInteger": 5, "effectivePeriod": {"start": MORNING, "end": MORNING}, "effectiveDateTime": None},
     {"valueInteger": 5}, False),
    ({"valueCodeableConcept": coded((SNOMED, "1"))}, {"valueCodeableConcept": coded((SNOMED, "1"), text="x")}, True)])
def test_results_are_one_by_instant_value_and_site(a: dict[str, Any], b: dict[str, Any], together: bool) -> None:
    at = {"effectiveDateTime": MORNING}
    bodies = [{k: v for k, v in {**at, **body}.items() if v is not None} for body in (a, b)]
    assert same("Observation", *bodies, status="final", code=GLUCOSE) is together


@pytest.mark.parametrize(("a", "b", "together"), [
    ({"effectivePeriod": {"end": "2024-01-01"}}, {"effectivePeriod": {"end": "2024-02-01"}}, False),
    ({"effectivePeriod": {"end": MORNING}}, {"effectivePeriod": {"end": "2024-01-01T09:00:00+01:00"}}, True),
    ({"effectiveDateTime": "last spring"}, {"effectiveDateTime": "last autumn"}, False),
    ({"effectiveDateTime": "last spring"}, {"effectiveDateTime": "Last Spring"}, True),
    ({"effectiveTiming": {"code": coded(text="noon")}}, {"effectiveTiming": {"code": coded(text="night")}}, False),
    ({"effectiveDateTime": "last spring"}, {}, False)])
def test_a_time_that_is_half_known_or_unreadable_is_compared_as_said(a: Any, b: Any, together: bool) -> None:
    assert same("Observation", a, b, status="final", code=GLUCOSE, valueInteger=5) is together


def test_a_number_written_less_precisely_joins_the_one_that_it_may_mean() -> None:
    fine, rough, other = (result(s, "1", MORNING, v, "mmol/L") for s, v in (("A", "5.52"), ("B", "5.5"), ("C", "5.48")))
    assert one(record(fine, rough), "Observation")["valueQuantity"]["value"] == fine.resource["valueQuantity"]["value"]
    r = record(fine, rough, other)
    assert len(of(r, "Observation")) == 3 and "ambiguous-value" in codes(r)


@pytest.mark.parametrize("order", [("5.5", "5.50", "5.54"), ("5.54", "5.50", "5.5"), ("5.50", "5.5", "5.54")])
def test_a_number_that_someone_wrote_more_precisely_is_that_precise(order: tuple[str, ...]) -> None:
    r = record(*(result(s, "1", MORNING, v, "mmol/L") for s, v in zip("ABC", order, strict=True)))
    assert len(of(r, "Observation")) == 2


@pytest.mark.parametrize("system", ["urn:lab:accession", "urn:orders", "http://x/filler-number", "urn:specimen"])
def test_a_number_whose_assigner_says_order_joins_no_results(system: str) -> None:
    r = record(result("A", "1", MORNING, 5, identifier=number("1", None, system)),
               result("B", "1", MORNING, 7, identifier=number("1", None, system)))
    assert len(of(r, "Observation")) == 2


@pytest.mark.parametrize("type", ["ACSN", "PLAC", "PGN", "MR"])
def test_numbers_of_orders_and_persons_join_no_results(type: str) -> None:
    r = record(result("A", "1", MORNING, 5, identifier=number("1", type)), result("B", "1", MORNING, 7, identifier=number(
        "1", type)))
    assert len(of(r, "Observation")) == 2


def test_a_filler_number_names_a_result_together_with_test_and_instant() -> None:
    def filled(source: str, value: int, at: str = MORNING, **body: Any) -> Fact:
        return result(source, "1", at, value, identifier=number("1", "FILL"), **body)

    assert len(of(record(filled("A", 5), filled("B", 7)), "Observation")) == 1
    assert len(of(record(filled("A", 5), filled("B", 7, code=coded((LOINC, "2951-2")))), "Observation")) == 2
    assert len(of(record(filled("A", 5), filled("B", 7, "2024-01-01T09:00:00Z")), "Observation")) == 2


def test_an_identifier_used_for_two_things_is_none() -> None:
    r = record(result("A", "1", MORNING, identifier=number("1")),
               result("A", "2", MORNING, identifier=number("1"), code=coded((LOINC, "2951-2"))),
               result("B", "3", MORNING, 7, identifier=number("1")))
    assert len(of(r, "Observation")) == 3 and "id-reused" in codes(r)


def test_one_message_that_uses_one_identifier_for_two_types_is_told() -> None:
    r = record(condition("A", "1", coded(text="x"), identifier=number("1")), vaccination("A", "2", "2020", identifier=number("1")))
    assert codes(r) == ["id-reused"]
    order = fact("A", "ServiceRequest", "1", identifier=number("1"), status="active", intent="order")
    assert codes(record(order, result("A", "2", MORNING, identifier=number("1")))) == []


@pytest.mark.parametrize(("status", "joined"), [("final", False), ("corrected", True), ("amended", True)])
def test_an_identifier_on_two_instants_joins_only_a_correction(status: str, joined: bool) -> None:
    r = record(result("A", "1", MORNING, 5, identifier=number("1")),
               result("B", "2", "2024-01-01T09:00:00Z", 7, identifier=number("1"), status=status))
    assert (len(of(r, "Observation")) == 1) is joined
    assert ("identifier-clash" in codes(r)) is not joined


def test_a_chain_of_identifiers_joins_no_two_instants() -> None:
    r = record(result("A", "1", MORNING, identifier=number("1")),
               result("B", "2", None, 7, identifier=number("1") + number("2")),
               result("C", "3", "2024-01-01T09:00:00Z", 9, identifier=number("2")))
    assert len(of(r, "Observation")) == 3 and codes(r).count("identifier-clash") == 2


# --- Reports, contacts, documents, devices, the rest

def test_reports_are_one_by_accession_or_by_content() -> None:
    common = {"code": coded((LOINC, "24331-1")), "effectiveDateTime": MORNING}
    assert same("DiagnosticReport", {"status": "preliminary", "conclusion": "a", "identifier": number("1", "ACSN")},
                {"status": "final", "conclusion": "b", "identifier": number("1", "ACSN")}, **common)
    assert not same("DiagnosticReport", {"conclusion": "a", "identifier": number("1", "PLAC")},
                    {"conclusion": "b", "identifier": number("1", "PLAC")}, status="final", **common)
    assert same("DiagnosticReport", {"conclusion": "Fine"}, {"conclusion": "fine"}, status="final", **common)
    assert not same("DiagnosticReport", {}, {}, status="final", **common)


ORGANISATION = {"identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1"}]}


@pytest.mark.parametrize(("a", "b", "together"), [
    ({}, {}, True), ({"period": {"start": "2024-01-01T09:00:00+01:00"}}, {}, True), ({"period": {"start": "2024-01-01"}}, {}, True),
    ({"period": {"start": "2024-01-01T08:30:00Z"}}, {}, False), ({"class": {"system": "urn:c", "code": "EMER"}}, {}, False),
    ({"serviceProvider": {"display": "Elsewhere"}}, {}, False), ({"serviceProvider": {"identifier": {
        "system": "http://hl7.org/fhir/sid/us-npi", "value": "1"}}}, {}, True)])
def test_contacts_are_one_by_organisation_class_and_start(a: dict[str, Any], b: dict[str, Any], together: bool) -> None:
    common: dict[str, Any] = {"status": "finished", "class": {"system": "urn:c", "code": "AMB"}, "period": {"start": MORNING},
                              "serviceProvider": {"reference": "Organization/o"}}
    facts = [fact(s, "Encounter", "1", **{**common, **body}) for s, body in (("A", a), ("B", b))]
    at_home = [fact(s, "Organization", "o", **ORGANISATION) for s in "AB"]
    assert (len(of(record(*facts, *at_home), "Encounter")) == 1) is together


def test_contacts_are_one_by_visit_number() -> None:
    assert same("Encounter", {"identifier": number("1", "VN"), "period": {"start": "2024-01"}},
                {"identifier": number("1", "VN")}, status="finished")


def test_documents_are_one_by_master_identifier_or_bytes() -> None:
    def content(hash: str) -> list[dict[str, Any]]:
        return [{"attachment": {"hash": hash, "title": hash}}]

    assert same("DocumentReference", {"masterIdentifier": number("1")[0]}, {"masterIdentifier": number("1")[0]}, status="current")
    assert same("DocumentReference", {"content": content("q")}, {"content": content("q")}, status="current")
    assert not same("DocumentReference", {"content": content("q")}, {"content": content("r")}, status="current")


def test_devices_are_one_by_udi_or_serial() -> None:
    assert same("Device", {"udiCarrier": [{"carrierHRF": "(01)1(21)2"}]}, {"udiCarrier": [{"carrierHRF": "(01)1(21)2"}]})
    assert same("Device", {"serialNumber": "7", "manufacturer": "Acme"}, {"serialNumber": "7", "manufacturer": "ACME"})
    assert not same("Device", {"serialNumber": "7", "manufacturer": "Acme"}, {"serialNumber": "7", "manufacturer": "Umbrella"})
    assert not same("Device", {"udiCarrier": [{"deviceIdentifier": "1"}]}, {"udiCarrier": [{"deviceIdentifier": "1"}]})


def test_coverage_is_one_by_payer_member_and_start() -> None:
    payer = {"payor": [{"identifier": number("9")[0]}], "status": "active"}
    assert same("Coverage", {"subscriberId": "1"}, {"subscriberId": "1"}, **payer)
    assert not same("Coverage", {"subscriberId": "1"}, {"subscriberId": "1", "dependent": "2"}, **payer)
    assert not same("Coverage", {"period": {"start": "2020"}}, {"period": {"start": "2020"}}, **payer)


@pytest.mark.parametrize("type", ["ServiceRequest", "Specimen", "Claim", "ExplanationOfBenefit", "ImagingStudy", "Task",
                                  "Appointment", "EpisodeOfCare", "FamilyMemberHistory", "QuestionnaireResponse"])
def test_named_types_are_one_by_identifier_only(type: str) -> None:
    assert same(type, {"identifier": number("1")}, {"identifier": number("1")}, status="active")
    assert not same(type, {}, {}, status="active")


def test_a_number_that_one_source_gives_to_two_claims_names_neither() -> None:
    shared = [fact(s, "Claim", i, identifier=number("9")) for s, i in (("A", "1"), ("A", "2"), ("B", "3"))]
    r = record(*shared)
    assert len(of(r, "Claim")) == 3 and codes(r) == ["id-reused"]
    group = [fact("A", "ExplanationOfBenefit", i, identifier=number("9", None, "urn:x/claim-group")) for i in "123"]
    assert len(record(*group).resources) == 3 and codes(record(*group)) == []


def test_an_accession_number_joins_no_specimens() -> None:
    assert not same("Specimen", {"accessionIdentifier": number("1")[0]}, {"accessionIdentifier": number("1")[0]})
    assert not same("Specimen", {"identifier": number("1", "ACSN")}, {"identifier": number("1", "ACSN")})


@pytest.mark.parametrize("type", ["CarePlan", "Goal", "Consent", "Provenance", "AuditEvent", "Flag", "CareTeam", "Bundle",
                                  "RelatedPerson", "Unheard"])
def test_the_rest_is_never_merged(type: str) -> None:
    assert count(type, {"identifier": number("1")}, {"identifier": number("1")}, status="active") == 2


def test_an_identifier_without_assigner_names_nothing() -> None:
    assert not same("ServiceRequest", {"identifier": [{"value": "1"}]}, {"identifier": [{"value": "1"}]})


def test_an_unknown_code_equals_no_other() -> None:
    null = coded(("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK"))
    for code in (null, coded(text="unknown"), coded(text=" N/A "), {"coding": [{"display": "Other"}]}):
        assert not same("Condition", {}, {}, code=code)


def test_a_code_without_system_counts_within_its_source_only() -> None:
    code = {"coding": [{"code": "17"}]}
    assert not same("Condition", {}, {}, code=code)
    assert len(record(condition("A", "1", code), condition("A", "2", code)).resources) == 1


def test_an_unlink_and_a_listing_leave_no_form_behind() -> None:
    facts = [fact("A", "Flag", "1"), fact("B", "Flag", "2")]
    assert [r["id"] for r in record(*facts, says("unlink", source="B")).resources] == [
        r["id"] for r in record(facts[0]).resources]
