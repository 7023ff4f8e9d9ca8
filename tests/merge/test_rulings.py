"""Human rulings: read by the merge, re-applied on every rebuild, reopened by new evidence."""

from typing import Any

from gateway.model import Assertion, Fact
from tests.merge.given import (
    SNOMED,
    coded,
    codes,
    condition,
    of,
    one,
    others,
    record,
    result,
    says,
    vaccination,
)

CODE, OTHER = coded((SNOMED, "38341003")), coded((SNOMED, "59621000"))
ACTIVE, RESOLVED = (condition(s, s, CODE, status, recordedDate=day) for s, status, day in (
    ("A", "active", "2020"), ("B", "resolved", "2021")))


def rules(kind: str, *facts: Fact, **more: Any) -> Assertion:
    return says("ruling", ruling=kind, facts=[f.id for f in facts], by="Dr Ek", reason="seen", **more)


def test_same_joins_what_the_codes_keep_apart() -> None:
    a, b, c = condition("A", "1", CODE), condition("B", "2", OTHER), condition("C", "3", OTHER)
    assert len(of(record(a, b, c), "Condition")) == 2
    assert len(record(a, b, c, rules("same", a, b)).provenance[
        f"Condition/{one(record(a, b, c, rules('same', a, b)), 'Condition')['id']}"]["resourceType"]) == 3


def test_different_keeps_apart_what_the_keys_join() -> None:
    a, b, c = (condition(s, "1", CODE) for s in "ABC")
    assert len(of(record(a, b, c), "Condition")) == 1
    assert len(of(record(a, b, c, rules("different", a, b)), "Condition")) == 2
    assert len(of(record(a, b, c, rules("different", a, b, c)), "Condition")) == 3


def test_different_is_stronger_than_an_identifier() -> None:
    number = [{"system": "urn:registry", "value": "1"}]
    a, b = (vaccination(s, "1", "2023-10-01", identifier=number) for s in "AB")
    assert len(of(record(a, b, rules("different", a, b)), "Immunization")) == 2


def test_same_against_different_holds_neither_and_says_so() -> None:
    a, b, c = condition("A", "1", CODE), condition("B", "2", OTHER), condition("C", "3", coded((SNOMED, "1")))
    r = record(a, b, c, rules("same", a, b), rules("same", b, c), rules("different", a, c))
    assert len(of(r, "Condition")) == 3 and codes(r) == ["ruling-reopened"]


def test_a_ruling_falls_when_what_it_saw_has_changed() -> None:
    a, b = condition("A", "1", CODE, version=1), condition("B", "2", OTHER)
    newer = condition("A", "1", CODE, "active", version=2)
    assert len(of(record(a, b, rules("same", a, b)), "Condition")) == 1
    r = record(a, newer, b, rules("same", a, b))
    assert len(of(r, "Condition")) == 2 and codes(r) == ["ruling-reopened"]


def test_a_ruling_undone_leaves_no_trace() -> None:
    a, b = condition("A", "1", CODE), condition("B", "2", OTHER)
    r = record(a, b, rules("same", a, b, id="r"), says("undo", of="r"))
    assert r.json() == record(a, b).json()


def test_a_chosen_value_wins_and_settles_the_conflict() -> None:
    for choose in (ACTIVE.id, ACTIVE.resource["clinicalStatus"]):
        r = record(ACTIVE, RESOLVED, rules("value", ACTIVE, RESOLVED, element="clinicalStatus", choose=choose))
        shown = one(r, "Condition")
        assert shown["clinicalStatus"] == ACTIVE.resource["clinicalStatus"]
        assert others(r, shown, "clinicalStatus") == [RESOLVED.resource["clinicalStatus"]]
        assert codes(r) == []


def test_a_new_value_reopens_what_was_chosen() -> None:
    chosen = rules("value", ACTIVE, RESOLVED, element="clinicalStatus", choose=ACTIVE.id)
    r = record(ACTIVE, RESOLVED, condition("C", "C", CODE, "remission", recordedDate="2022"), chosen)
    assert codes(r) == ["ruling-reopened", "status-conflict"]
    assert one(r, "Condition")["clinicalStatus"]["coding"][0]["code"] == "remission"


def test_a_member_that_says_nothing_on_the_matter_reopens_nothing() -> None:
    chosen = rules("value", ACTIVE, RESOLVED, element="clinicalStatus", choose=ACTIVE.id)
    r = record(ACTIVE, RESOLVED, condition("C", "C", CODE), chosen)
    assert codes(r) == []


def test_two_rulings_that_choose_differently_choose_nothing() -> None:
    both = [rules("value", ACTIVE, RESOLVED, element="clinicalStatus", choose=f.id) for f in (ACTIVE, RESOLVED)]
    r = record(ACTIVE, RESOLVED, *both)
    assert codes(r) == ["ruling-reopened", "status-conflict"]


def test_two_rulings_that_choose_one_answer_of_two_facts_agree() -> None:
    third = condition("C", "C", CODE, "active")
    both = [rules("value", ACTIVE, RESOLVED, third, element="clinicalStatus", choose=c) for c in (ACTIVE.id, third.id, third.resource["clinicalStatus"])]
    r = record(ACTIVE, RESOLVED, third, *both)
    assert one(r, "Condition")["clinicalStatus"] == ACTIVE.resource["clinicalStatus"] and codes(r) == []


def test_whoever_says_that_two_are_the_same_has_seen_that_their_codes_differ() -> None:
    a, b, c = condition("A", "1", coded(text="Sugar"), "active"), condition("B", "2", OTHER, "resolved"), condition("C", "3", coded(text="Sweet"))
    assert codes(record(a, b, rules("same", a, b))) == ["status-conflict"]
    joined = record(a, b, c, rules("same", a, b), rules("same", b, c))
    assert len(of(joined, "Condition")) == 1 and codes(joined) == ["status-conflict", "value-conflict"]


def test_a_value_that_nobody_said_is_not_invented() -> None:
    r = record(ACTIVE, RESOLVED, rules("value", ACTIVE, RESOLVED, element="clinicalStatus", choose="inactive"))
    assert codes(r) == ["ruling-reopened", "status-conflict"]


def test_a_resolved_issue_is_gone_until_new_evidence() -> None:
    resolved = rules("resolved", ACTIVE, RESOLVED)
    assert codes(record(ACTIVE, RESOLVED)) == ["status-conflict"]
    assert codes(record(ACTIVE, RESOLVED, resolved)) == []
    again = record(ACTIVE, RESOLVED, resolved, condition("C", "C", CODE, "remission"))
    assert codes(again) == ["ruling-reopened", "status-conflict"]


def test_a_resolved_possible_duplicate_is_gone() -> None:
    a, b = vaccination("A", "1", "2023-10-01"), vaccination("B", "2", "2023-10-02")
    assert codes(record(a, b)) == ["possible-duplicate"]
    for kind in ("resolved", "different"):
        assert codes(record(a, b, rules(kind, a, b))) == []


def test_different_never_makes_two_patients_of_one_person_and_says_so() -> None:
    a, b = (Fact(s, "1", {"resourceType": "Patient", "id": s, "gender": "female"}) for s in "AB")
    r = record(a, b, rules("different", a, b))
    assert len(of(r, "Patient")) == 1
    assert "ruling-reopened" in codes(r)


def test_a_ruling_about_facts_that_are_not_there_says_nothing() -> None:
    a = condition("A", "1", CODE)
    for kind in ("same", "different", "value", "resolved"):
        r = record(a, says("ruling", ruling=kind, facts=["0" * 64], element="code", choose=1))
        assert r.json() == record(a).json()


def test_same_joins_no_two_types() -> None:
    a, b = condition("A", "1", CODE), result("B", "2", "2024-01-01T08:00:00Z")
    assert len(record(a, b, rules("same", a, b)).resources) == 2
