"""Origins and copies (MRG-07, MRG-08): named by the copy, never guessed by similarity."""

from typing import Any

import pytest

from gateway.model import Fact
from tests.merge.given import SNOMED, VERIFICATION, coded, condition, fact, of, record, says, states

CODE, OTHER = coded((SNOMED, "38341003")), coded((SNOMED, "59621000"))
ERROR = coded((VERIFICATION, "entered-in-error"))


def copy(source: str = "B", of: str = "A/Condition/1", **body: Any) -> Fact:
    return condition(source, "b", CODE, **{"meta": {"source": of}, **body})


@pytest.mark.parametrize(("uri", "is_copy"), [
    ("A/Condition/1", True), ("https://home.example/fhir/source/A/Condition/1", True), ("urn:gateway/A/Condition/1", True),
    ("A/Condition/1/_history/1", True), ("#A/Condition/1", True), ("Condition/1", False), ("C/Condition/1", False),
    ("A/Condition/2", False), ("A/Observation/1", False), ("https://a.example/fhir/Condition/1", False), ("A", False)])
def test_a_copy_names_source_type_and_id(uri: str, is_copy: bool) -> None:
    gone = condition("A", "1", CODE, verificationStatus=ERROR)
    given = copy(of=uri)
    assert states(record(gone, given), given) == ["retracted" if is_copy else "represented"]


def test_a_copy_is_of_the_same_type() -> None:
    gone = fact("A", "Observation", "1", status="entered-in-error")
    given = copy(of="A/Observation/1")
    assert states(record(gone, given), given) == ["represented"]


def test_a_copy_belongs_to_its_origin_even_with_another_code() -> None:
    origin = condition("A", "1", OTHER)
    assert len(of(record(origin, copy()), "Condition")) == 1


def test_a_retraction_without_the_fact_reaches_the_copy() -> None:
    given = copy()
    assert states(record(given, says("retract", source="A", type="Condition", id="1")), given) == ["retracted"]


@pytest.mark.parametrize(("named", "retracted", "stands"), [("3", 2, True), ("2", 2, False), ("1", 2, False), ("x", 2, False)])
def test_a_copy_of_a_newer_version_than_was_retracted_stands(named: str, retracted: int, stands: bool) -> None:
    given = copy(of=f"A/Condition/1/_history/{named}")
    gone = says("retract", source="A", type="Condition", id="1", version=retracted)
    assert states(record(given, gone), given) == ["represented" if stands else "retracted"]


def test_a_created_again_origin_keeps_its_copies() -> None:
    given = [condition("A", "1", CODE, version=1), says("retract", source="A", type="Condition", id="1", version=2),
             condition("A", "1", CODE, version=3)]
    assert len(of(record(*given, copy()), "Condition")) == 1
    assert not of(record(*given[:2], copy()), "Condition")


def test_a_retraction_of_the_copy_leaves_the_origin() -> None:
    origin, given = condition("A", "1", CODE), copy(verificationStatus=ERROR)
    assert states(record(origin, given), origin, given) == ["represented", "retracted"]


def test_a_copy_of_two_origins_goes_when_both_are_gone() -> None:
    told = fact("C", "Provenance", "p", target=[{"reference": "Condition/c"}], entity=[
        {"role": "source", "what": {"reference": f"{s}/Condition/1"}} for s in "AB"])
    given = condition("C", "c", CODE)
    a, b = (condition(s, "1", CODE, verificationStatus=ERROR) for s in "AB")
    assert states(record(a, condition("B", "1", CODE), told, given), given) == ["represented"]
    assert states(record(a, b, told, given), given) == ["retracted"]


@pytest.mark.parametrize(("role", "is_copy"), [("source", True), ("quotation", True), ("derivation", True), ("revision", False),
                                               ("removal", False)])
def test_provenance_makes_a_copy_by_the_role_of_the_entity(role: str, is_copy: bool) -> None:
    told = fact("B", "Provenance", "p", target=[{"reference": "Condition/b"}], entity=[
        {"role": role, "what": {"identifier": {"value": "A/Condition/1"}}}])
    given, gone = condition("B", "b", CODE), condition("A", "1", CODE, verificationStatus=ERROR)
    assert states(record(gone, given, told), given) == ["retracted" if is_copy else "represented"]


def test_an_identifier_that_the_origin_issued_makes_a_copy() -> None:
    def numbered(source: str, issuer: str, **body: Any) -> Fact:
        return condition(source, "1", CODE, identifier=[{"system": "urn:n", "value": "7", "assigner": {"display": issuer}}], **body)

    mine, gone = numbered("B", "A"), numbered("A", "A", verificationStatus=ERROR)
    assert states(record(gone, mine), mine) == ["retracted"]
    other = numbered("B", "B")
    assert states(record(gone, other), other) == ["represented"]


def test_the_same_bytes_came_from_who_said_them_first() -> None:
    def document(source: str, day: str, **body: Any) -> Fact:
        return fact(source, "DocumentReference", "d", asserted=day, **{"status": "current", "content": [
            {"attachment": {"hash": "q"}}], **body})

    first, later = document("A", "2024-01-01"), document("B", "2024-02-01")
    assert len(record(first, later).resources) == 1
    wrong = document("A", "2024-01-01", status="entered-in-error")
    assert states(record(wrong, later), later) == ["retracted"]
    wrong_later = document("B", "2024-02-01", status="entered-in-error")
    assert states(record(first, wrong_later), first) == ["represented"]


def test_copies_in_a_circle_do_no_harm() -> None:
    a, b = condition("A", "1", CODE, meta={"source": "B/Condition/b"}), copy()
    assert len(record(a, b).resources) == 1
    gone = condition("A", "1", CODE, meta={"source": "B/Condition/b"}, verificationStatus=ERROR)
    assert not record(gone, b).resources


def test_an_unlinked_origin_says_nothing_about_its_copies() -> None:
    gone, given = condition("A", "1", CODE, verificationStatus=ERROR), copy()
    assert states(record(gone, given, says("unlink", source="A")), given) == ["represented"]
