"""Step 6: what is raised, what is not (false alarms), and the form in which it is told."""

from typing import Any

import pytest

from gateway.fhir.validate import validate
from gateway.merge.findings import SEVERITY
from gateway.model import Fact
from tests.merge.given import (
    CVX,
    LOINC,
    RXNORM,
    SNOMED,
    allergy,
    coded,
    codes,
    condition,
    fact,
    of,
    one,
    quantity,
    record,
    result,
    says,
    vaccination,
)

MORNING = "2024-01-01T08:00:00Z"
PENICILLIN, AMOXICILLIN = coded((SNOMED, "764146007")), coded((RXNORM, "308182"))
CODE = coded((SNOMED, "38341003"))


def takes(source: str, drug: dict[str, Any], type: str = "MedicationStatement", **body: Any) -> Fact:
    return fact(source, type, source, **{"status": "active", "medicationCodeableConcept": drug, **body})


def test_an_issue_is_a_valid_resource_that_names_its_members() -> None:
    a, b = condition("A", "1", CODE, "active"), condition("B", "2", CODE, "resolved")
    r = record(a, b, fact("A", "Patient", "p"))
    (issue,) = r.issues
    assert [i for i in validate(issue) if i.severity in ("error", "fatal")] == []
    assert issue["patient"]["reference"] == f"Patient/{one(r, 'Patient')['id']}"
    assert issue["implicated"] == [{"reference": f"Condition/{one(r, 'Condition')['id']}"}]
    assert {d["identifier"]["value"] for d in issue["evidence"][0]["detail"]} == {a.id, b.id}
    assert issue["evidence"][0]["code"] == [{"text": "clinicalStatus"}]
    assert issue["severity"] == "moderate" and "A: active" in issue["detail"]


@pytest.mark.parametrize(("type", "a", "b", "code"), [
    ("AllergyIntolerance", {"criticality": "low"}, {"criticality": "high"}, "value-conflict"),
    ("AllergyIntolerance", {"type": "allergy"}, {"type": "intolerance"}, "value-conflict"),
    ("AllergyIntolerance", {"clinicalStatus": coded(("urn:s", "active"))}, {"clinicalStatus": coded(("urn:s", "resolved"))},
     "status-conflict"),
    ("AllergyIntolerance", {"verificationStatus": coded(("urn:s", "confirmed"))},
     {"verificationStatus": coded(("urn:s", "unconfirmed"))}, "status-conflict"),
    ("Condition", {"verificationStatus": coded(("urn:s", "confirmed"))}, {"verificationStatus": coded(("urn:s", "provisional"))},
     "status-conflict"),
    ("MedicationStatement", {"status": "active"}, {"status": "stopped"}, "status-conflict"),
    ("MedicationStatement", {"status": "active", "dosage": [{"text": "1"}]}, {"status": "active", "dosage": [{"text": "2"}]},
     "dose-conflict"),
    ("Procedure", {"status": "completed"}, {"status": "in-progress"}, "status-conflict")])
def test_two_answers_to_a_question_of_safety_are_an_issue(type: str, a: dict[str, Any], b: dict[str, Any], code: str) -> None:
    about = {"medicationCodeableConcept": AMOXICILLIN} if type.startswith("Med") else {"code": CODE}
    when = {"performedDateTime": "2020-05-03"} if type == "Procedure" else {}
    assert codes(record(fact("A", type, "1", **about, **when, **a), fact("B", type, "2", **about, **when, **b))) == [code]


@pytest.mark.parametrize(("a", "b"), [
    ({"clinicalStatus": coded(("urn:s", "active"))}, {"clinicalStatus": {"coding": [
        {"system": "urn:s", "code": "active", "display": "Active"}], "text": "active"}}),
    ({"criticality": "low"}, {}), ({"note": [{"text": "a"}]}, {"note": [{"text": "b"}]}),
    ({"recordedDate": "2020"}, {"recordedDate": "2021"}), ({"onsetDateTime": "2020"}, {"onsetDateTime": "2020-05"}),
    ({"category": ["food"]}, {"category": ["medication"]})])
def test_differences_that_fit_are_no_issue(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert codes(record(allergy("A", "1", PENICILLIN, **a), allergy("B", "2", PENICILLIN, **b))) == []


@pytest.mark.parametrize(("a", "b", "conflict"), [("mild", "severe", True), ("mild", "mild", False), ("mild", None, False)])
def test_a_reaction_that_is_mild_here_and_severe_there_is_an_issue(a: str, b: str | None, conflict: bool) -> None:
    given = [allergy(s, "1", PENICILLIN, reaction=[{"manifestation": [coded(text="Rash")], **({"severity": g} if g else {})}])
             for s, g in (("A", a), ("B", b))]
    assert codes(record(*given)) == (["value-conflict"] if conflict else [])


# --- None known

@pytest.mark.parametrize(("none", "category", "conflict"), [
    ("716186003", "food", True), ("409137002", "food", False), ("409137002", "medication", True), ("429625007", "food", True),
    ("409137002", None, True), ("428607008", "medication", False)])
def test_none_known_speaks_of_its_own_kind(none: str, category: str | None, conflict: bool) -> None:
    positive = allergy("B", "2", PENICILLIN, **({"category": [category]} if category else {}))
    assert codes(record(allergy("A", "1", coded((SNOMED, none))), positive)) == (["none-known-conflict"] if conflict else [])


@pytest.mark.parametrize("dead", [{"verificationStatus": coded(("urn:s", "refuted"))},
                                  {"clinicalStatus": coded(("urn:s", "resolved"))}])
def test_none_known_beside_what_is_over_is_no_conflict(dead: dict[str, Any]) -> None:
    assert codes(record(allergy("A", "1", coded(text="NKA")), allergy("B", "2", PENICILLIN, **dead))) == []


def test_no_known_problems_or_medicines_beside_one_is_a_conflict() -> None:
    assert codes(record(condition("A", "1", coded(text="No known problems")), condition("B", "2", CODE))) == [
        "none-known-conflict"]
    none = coded(("http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", "no-known-medications"))
    assert codes(record(takes("A", none), takes("B", AMOXICILLIN))) == ["none-known-conflict"]
    assert codes(record(takes("A", none), takes("B", AMOXICILLIN, status="stopped"))) == []


# --- Medicines

@pytest.mark.parametrize(("drug", "warns"), [
    (AMOXICILLIN, True), (coded((RXNORM, "723")), True), (coded((SNOMED, "764146007")), True), (coded((RXNORM, "314076")), False),
    (coded(text="Amoxicillin 500"), True), (coded(text="Amoxi 500"), False)])
def test_a_medicine_of_an_allergy_s_class_warns(drug: dict[str, Any], warns: bool) -> None:
    assert codes(record(allergy("A", "1", PENICILLIN), takes("B", drug))) == (["drug-allergy"] if warns else [])


def test_an_allergy_to_a_member_does_not_warn_of_the_class() -> None:
    assert codes(record(allergy("A", "1", coded((RXNORM, "723"))), takes("B", coded((SNOMED, "764146007"))))) == []


@pytest.mark.parametrize(("drug", "given"), [({"status": "stopped"}, {}), ({"status": "not-taken"}, {}),
                                             ({}, {"verificationStatus": coded(("urn:s", "refuted"))}),
                                             ({}, {"clinicalStatus": coded(("urn:s", "inactive"))})])
def test_what_is_not_taken_or_not_so_warns_of_nothing(drug: dict[str, Any], given: dict[str, Any]) -> None:
    assert "drug-allergy" not in codes(record(allergy("A", "1", PENICILLIN, **given), takes("B", AMOXICILLIN, **drug)))


@pytest.mark.parametrize("later", ["A", "B"])
@pytest.mark.parametrize("over", [{"clinicalStatus": coded(("urn:s", "resolved"))}, {"clinicalStatus": coded(("urn:s", "inactive"))},
                                  {"verificationStatus": coded(("urn:s", "refuted"))}])
def test_an_allergy_that_is_over_for_one_source_only_warns_all_the_same(over: dict[str, Any], later: str) -> None:
    told = [allergy(s, s, PENICILLIN, asserted="2024" if s == later else "2020", **(over if s == "A" else {})) for s in "AB"]
    assert "drug-allergy" in codes(record(*told, takes("C", AMOXICILLIN)))
    assert "drug-allergy" not in codes(record(told[0], takes("C", AMOXICILLIN)))


@pytest.mark.parametrize("later", ["A", "B"])
@pytest.mark.parametrize("over", ["stopped", "completed", "not-taken"])
def test_a_medicine_that_one_source_calls_active_and_another_over_warns(over: str, later: str) -> None:
    told = [takes(s, AMOXICILLIN, status=over if s == "A" else "active", asserted="2024" if s == later else "2020") for s in "AB"]
    assert "drug-allergy" in codes(record(*told, allergy("C", "1", PENICILLIN)))
    assert "drug-allergy" not in codes(record(told[0], allergy("C", "1", PENICILLIN)))


def test_the_ingredient_of_a_product_warns() -> None:
    product = fact("B", "Medication", "m", code=coded(text="Mixture"), ingredient=[{
        "itemCodeableConcept": coded((RXNORM, "723"))}])
    r = record(allergy("A", "1", PENICILLIN), product, fact(
        "B", "MedicationStatement", "s", status="active", medicationReference={"reference": "Medication/m"}))
    assert codes(r) == ["drug-allergy"]


@pytest.mark.parametrize(("sources", "status", "conflict"), [("AB", "active", True), ("AA", "active", False),
                                                            ("AB", "completed", False)])
def test_one_medicine_in_two_doses_of_two_sources_is_a_conflict(sources: str, status: str, conflict: bool) -> None:
    orders = [fact(s, "MedicationRequest", str(n), intent="order", status=status if n else "active",
                   medicationCodeableConcept=AMOXICILLIN, authoredOn=f"202{n}-01-01", dosageInstruction=[{"text": f"{n} daily"}])
              for n, s in enumerate(sources)]
    assert codes(record(*orders)) == (["dose-conflict"] if conflict else [])


# --- Near

@pytest.mark.parametrize(("a", "b", "issue"), [
    (("A", MORNING, 95, "mg/dL"), ("B", MORNING, 97, "mg/dL"), ["possible-duplicate", "value-conflict"]),
    (("A", MORNING, "5.52", "mmol/L"), ("B", MORNING, "5.7", "mmol/L"), ["possible-duplicate", "value-conflict"]),
    (("A", "2024-01-01", 95, "mg/dL"), ("B", "2024-01-01", 97, "mg/dL"), ["possible-duplicate"]),
    (("A", MORNING, 95, "mg/dL"), ("A", MORNING, 97, "mg/dL"), []),
    (("A", MORNING, 95, "mg/dL"), ("B", "2024-01-01T08:05:00Z", 95, "mg/dL"), ["possible-duplicate"]),
    (("A", MORNING, 95, "mg/dL"), ("B", "2024-01-01T08:05:00Z", 96, "mg/dL"), []),
    (("A", MORNING, 95, "mg/dL"), ("B", "2024-01-01T09:00:00Z", 95, "mg/dL"), []),
    (("A", MORNING, "5.5", "mmol/L"), ("B", MORNING, "5.5", "mg/dL"), ["unit-mismatch"]),
    (("A", MORNING, "5.5", "mmol/L"), ("B", MORNING, "55", "mmol/L"), ["unit-mismatch"]),
    (("A", MORNING, 7, "mmol/L"), ("B", MORNING, 7, "[iU]/L"), ["unit-mismatch"])])
def test_results_that_are_nearly_one_are_told(a: Any, b: Any, issue: list[str]) -> None:
    r = record(*(result(s, str(n), at, v, u) for n, (s, at, v, u) in enumerate((a, b))))
    assert len(r.resources) == 2 and codes(r) == issue


def test_one_value_by_two_methods_is_perhaps_one_event_and_no_matter_of_units() -> None:
    r = record(*(result(s, "1", MORNING, 95, method=coded(text=m)) for s, m in (("A", "strip"), ("B", "analyser"))))
    assert len(r.resources) == 2 and codes(r) == ["possible-duplicate"]


def _pressure(source: str, **parts: Any) -> Fact:
    component = [{"code": coded((LOINC, _PARTS[n])), **(v if isinstance(v, dict) else {"valueQuantity": quantity(v, "mm[Hg]")})}
                 for n, v in parts.items() if n in _PARTS]
    more = {n: v for n, v in parts.items() if n not in _PARTS}
    return fact(source, "Observation", "1", status="final", code=coded((LOINC, "85354-9")), effectiveDateTime=MORNING, component=component, **more)


_PARTS = {"systolic": "8480-6", "diastolic": "8462-4", "mean": "8478-0"}
_NO_VALUE = {"dataAbsentReason": coded(text="could not be heard")}


@pytest.mark.parametrize(("other", "conflict"), [
    ({"systolic": 120, "diastolic": 80, "mean": 93}, False), ({"systolic": 120}, False), ({"mean": 93, "systolic": 120}, False),
    ({"systolic": 120, "diastolic": _NO_VALUE}, False), ({"systolic": 120, "diastolic": 82}, True), ({"systolic": 121}, True),
    ({"diastolic": 82, "mean": 93}, True), ({"systolic": 120, "diastolic": 80, "mean": 93, "valueString": "high"}, True)])
def test_panels_contradict_in_parts_that_both_give(other: dict[str, Any], conflict: bool) -> None:
    a, b = _pressure("A", systolic=120, diastolic=80), _pressure("B", **other)
    assert codes(record(a, b)) == (["possible-duplicate", "value-conflict"] if conflict else ["possible-duplicate"])
    number = {"identifier": [{"system": "urn:n", "value": "1"}]}
    a, b = _pressure("A", systolic=120, diastolic=80, **number), _pressure("B", **other, **number)
    assert len(of(record(a, b), "Observation")) == 1 and codes(record(a, b)) == (["value-conflict"] if conflict else [])


@pytest.mark.parametrize(("days", "issue"), [((1, 2), True), ((1, 5), True), ((1, 6), False)])
def test_doses_some_days_apart_are_a_possible_duplicate(days: tuple[int, int], issue: bool) -> None:
    r = record(*(vaccination(s, "1", f"2023-10-0{d}") for s, d in zip("AB", days, strict=True)))
    assert codes(r) == (["possible-duplicate"] if issue else [])


def test_a_text_that_reads_like_a_coded_entry_is_a_possible_duplicate() -> None:
    r = record(condition("A", "1", coded((SNOMED, "38341003"), text="High pressure")), condition("B", "2", coded(text="high pressure")))
    assert len(r.resources) == 2 and codes(r) == ["possible-duplicate"]
    other = condition("B", "2", coded(text="high pressure"), verificationStatus=coded(("urn:s", "refuted")))
    assert codes(record(condition("A", "1", coded((SNOMED, "38341003"), text="High pressure")), other)) == []


# --- Polarity, stale, constants

@pytest.mark.parametrize(("not_done", "done", "issue"), [
    ("2023-10-01", "2023-10-01T10:00:00Z", True), ("2023-10-01", "2023-11-01", False), ("2023-10", "2023-10-05", True),
    (None, "2023-10-05", True)])
def test_not_done_and_done_conflict_only_where_times_meet(not_done: str | None, done: str, issue: bool) -> None:
    r = record(vaccination("A", "1", not_done, "not-done"), vaccination("B", "2", done))
    assert codes(r) == (["polarity-conflict"] if issue else [])


def test_an_order_not_to_give_conflicts_with_an_order_to_give_on_any_day() -> None:
    orders = [fact(s, "MedicationRequest", "1", intent="order", status="active", authoredOn=day,
                   medicationCodeableConcept=AMOXICILLIN, **more) for s, day, more in (
        ("A", "2020-01-01", {"doNotPerform": True}), ("B", "2024-01-01", {}))]
    assert codes(record(*orders)) == ["polarity-conflict"]


def test_a_value_that_its_origin_has_corrected_is_stale_elsewhere() -> None:
    old, new = result("lab", "1", MORNING, 5, version=1), result("lab", "1", MORNING, 9, version=2, status="corrected")
    def told(*given: Fact) -> bool:
        return any("has corrected" in i["detail"] for i in record(*given).issues)

    assert told(old, new, result("exchange", "x", MORNING, 5))
    assert not told(old, new, result("exchange", "x", MORNING, 9))
    assert not told(old, result("lab", "1", MORNING, 9, version=2), result("exchange", "x", MORNING, 5))


def test_an_earlier_stage_beside_a_later_one_is_stale_not_in_conflict() -> None:
    number = [{"system": "urn:n", "value": "1"}]
    r = record(result("A", "1", MORNING, identifier=number, status="preliminary"), result("B", "2", MORNING, identifier=number))
    assert codes(r) == ["stale-version"]
    r = record(result("A", "1", MORNING, identifier=number, status="cancelled"), result("B", "2", MORNING, identifier=number))
    assert codes(r) == ["status-conflict"]


def test_two_blood_groups_are_a_conflict_at_any_time() -> None:
    groups = [fact(s, "Observation", "1", status="final", code=coded((LOINC, "882-1")), effectiveDateTime=day,
                   valueCodeableConcept=coded(text=g)) for s, day, g in (("A", "2001-01-01", "A+"), ("B", "2024-01-01", "0-"))]
    assert codes(record(*groups)) == ["value-conflict"]
    assert codes(record(groups[0], groups[0])) == []


def test_units_that_cannot_be_compared_under_one_identifier_are_told() -> None:
    number = [{"system": "urn:n", "value": "1"}]
    r = record(result("A", "1", MORNING, 5, "mmol/L", identifier=number),
               fact("B", "Observation", "2", status="final", code=coded((LOINC, "2345-7")), effectiveDateTime=MORNING,
                    identifier=number, valueQuantity=quantity(5, "[iU]/L")))
    assert codes(r) == ["unit-mismatch", "value-conflict"]


def test_one_visit_whose_class_names_no_code_system_contradicts_nobody_who_says_the_same() -> None:
    number = [{"system": "urn:v", "value": "1"}]
    def visit(source: str, kind: str) -> Fact:
        return fact(source, "Encounter", "1", status="finished", identifier=number, **{"class": {"code": kind}})

    assert codes(record(visit("A", "AMB"), visit("B", "AMB"))) == []
    assert codes(record(visit("A", "AMB"), visit("B", "IMP"))) == ["value-conflict"]


def test_the_list_of_codes_is_closed_and_each_has_a_severity() -> None:
    assert len(SEVERITY) == 19 and set(SEVERITY.values()) == {"high", "moderate", "low"}


def test_an_issue_keeps_its_id_when_something_else_changes() -> None:
    given = [condition("A", "1", CODE, "active"), condition("B", "2", CODE, "resolved")]
    assert record(*given).issues[0]["id"] in {i["id"] for i in record(
        *given, vaccination("A", "1", "2020-01-01"), says("unlink", source="Z")).issues}


FLU, FLU_IN_WORDS = coded((CVX, "140"), text="Influenza"), coded(text="influenza")


@pytest.mark.parametrize(("coded_one", "in_words", "told"), [
    (vaccination("A", "1", "2024-01-01", vaccineCode=FLU), vaccination("B", "1", "2024-01-01T10:00:00Z", vaccineCode=FLU_IN_WORDS), True),
    (vaccination("A", "1", "2024-01-01", vaccineCode=FLU), vaccination("B", "1", "2024-01-02", vaccineCode=FLU_IN_WORDS), False),
    (vaccination("A", "1", "2024-01-01", vaccineCode=FLU), vaccination("A", "2", "2024-01-01", vaccineCode=FLU_IN_WORDS), False),
    (vaccination("A", "1", "2024-01-01", vaccineCode=FLU), vaccination("B", "1", "2024-01-01", "not-done", vaccineCode=FLU_IN_WORDS), False),
    (result("A", "1", MORNING, 95, code=coded((LOINC, "2345-7"), text="Glucose")), result("B", "1", MORNING, "95.0", code=coded(text="GLUCOSE")), True),
    (result("A", "1", MORNING, 95, code=coded((LOINC, "2345-7"), text="Glucose")), result("B", "1", MORNING, 96, code=coded(text="GLUCOSE")), False),
    (result("A", "1", None, 95, code=coded((LOINC, "2345-7"), text="Glucose")), result("B", "1", None, 95, code=coded(text="GLUCOSE")), False)])
def test_an_event_in_words_is_near_the_coded_one_of_its_time(coded_one: Fact, in_words: Fact, told: bool) -> None:
    r = record(coded_one, in_words)
    assert len(r.resources) == 2 and codes(r) == (["possible-duplicate"] if told else [])


COVID, MRNA, PFIZER = (coded(c) for c in ((SNOMED, "1119349007"), (SNOMED, "1119305005"), (CVX, "208")))


@pytest.mark.parametrize(("other", "told"), [
    ({"vaccineCode": PFIZER}, True), ({"vaccineCode": PFIZER, "lotNumber": "L1"}, True), ({"vaccineCode": PFIZER, "lotNumber": "L2"}, False),
    ({"vaccineCode": PFIZER, "status": "not-done"}, False), ({"vaccineCode": PFIZER, "occurrenceDateTime": "2021-03-02"}, False), ({"vaccineCode": MRNA}, False)])
def test_a_kind_of_vaccine_and_one_of_it_on_one_day_are_perhaps_one_dose_and_stay_two(other: dict[str, Any], told: bool) -> None:
    r = record(vaccination("A", "1", "2021-03-01", vaccineCode=COVID, lotNumber="L1"), vaccination("B", "1", **{"at": "2021-03-01", **other}))
    assert len(r.resources) == 2 and codes(r) == (["possible-duplicate"] if told else [])
    r = record(vaccination("A", "1", "2021-03-01", vaccineCode=COVID, lotNumber="L1"), vaccination("A", "2", **{"at": "2021-03-01", **other}))
    assert codes(r) == []


def test_who_says_that_the_kind_and_the_one_are_different_hears_no_more_of_it() -> None:
    a, b = vaccination("A", "1", "2021-03-01", vaccineCode=COVID), vaccination("B", "1", "2021-03-01", vaccineCode=PFIZER)
    assert codes(record(a, b)) == ["possible-duplicate"]
    assert codes(record(a, b, says("ruling", ruling="different", facts=[a.id, b.id]))) == []


def test_things_of_two_types_are_no_duplicates_and_a_class_on_a_list_is_none_of_its_member() -> None:
    def done(source: str, code: dict[str, Any]) -> Fact:
        return fact(source, "Procedure", "1", status="completed", code=code, performedDateTime="2021-03-01")

    assert codes(record(vaccination("A", "1", "2021-03-01", vaccineCode=COVID), done("B", PFIZER))) == []
    assert codes(record(vaccination("A", "1", "2021-03-01", vaccineCode=FLU), done("B", FLU_IN_WORDS))) == []
    assert codes(record(condition("A", "1", coded(text="Latex")), allergy("B", "1", coded((SNOMED, "111088007"), text="Latex")))) == []
    assert codes(record(allergy("A", "1", coded((SNOMED, "764146007"))), allergy("B", "1", coded((SNOMED, "372687004"))))) == []


ALLERGIES = ["Penicillin", "penicillins", "Allergy to Penicillin", "PENICILLIN ALLERGY", "Penicillin V"]


@pytest.mark.parametrize("words", ALLERGIES)
@pytest.mark.parametrize("drug", [coded(text="Penicillin V 250 mg tablet"), coded(("http://www.nlm.nih.gov/research/umls/rxnorm", "7984")),
                                  coded(text="phenoxymethylpenicillin")])
def test_an_allergy_in_words_meets_a_medicine_of_that_substance(words: str, drug: dict[str, Any]) -> None:
    found = record(allergy("A", "1", coded(text=words)), takes("B", drug))
    assert codes(found) == ["drug-allergy"] and len(found.resources) == 2


@pytest.mark.parametrize("words, drug", [
    ("penicillin", "Amoxicillin 500 mg capsule"), ("aspirin", "Acetylsalicylic acid 75 mg"), ("Paracetamol", "acetaminophen 500 mg")])
def test_words_lead_to_the_class_above_and_to_another_name(words: str, drug: str) -> None:
    assert codes(record(allergy("A", "1", coded(text=words)), takes("B", coded(text=drug)))) == ["drug-allergy"]


@pytest.mark.parametrize("words, drug", [
    ("penicillin", "No penicillin"), ("not allergic to penicillin", "Penicillin V"), ("penicillin?", "Amoxicillin"), ("codeine", "Morphine 10 mg"),
    ("codeine sensitivity test", "Codeine"), ("amoxicillin", "Penicillin V"), ("peni", "penicillin"), ("Aspirin (rash)", "Aspirin 75 mg")])
def test_words_that_say_more_or_less_than_a_name_are_not_guessed_at(words: str, drug: str) -> None:
    assert codes(record(allergy("A", "1", coded(text=words)), takes("B", coded(text=drug)))) == []


def test_words_join_nothing() -> None:
    two = record(allergy("A", "1", coded(text="Penicillin")), allergy("B", "2", coded(text="Allergy to penicillin")), allergy("C", "3", PENICILLIN))
    assert len(two.resources) == 3
