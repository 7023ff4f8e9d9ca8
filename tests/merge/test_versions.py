"""Versions and retractions (step 1): which version of a key stands, whatever the order."""

from typing import Any

import pytest

from gateway.jsontext import loads
from gateway.merge.said import standing
from gateway.model import Fact
from tests.merge.given import SNOMED, VERIFICATION, coded, codes, condition, of, one, others, record, says, states

CODE = coded((SNOMED, "38341003"))


def said(version: Any, status: str = "active", **more: Any) -> Fact:
    return condition("A", "1", CODE, status, version=version, **more)


def status(*given: Any) -> str:
    return str(one(record(*given), "Condition")["clinicalStatus"]["coding"][0]["code"])


@pytest.mark.parametrize(("old", "new"), [(1, 2), ("9", "10"), ("9", 10), (loads("1.5"), 2), (loads("1e1"), 11)])
def test_numbers_are_compared_as_numbers_even_against_time(old: Any, new: Any) -> None:
    assert status(said(old, asserted="2025"), said(new, "resolved", asserted="2020")) == "resolved"


@pytest.mark.parametrize("opaque", [("b", "a"), ("v10", "v9"), ("1.10", "1.9"), (None, None), ("x", None)])
def test_anything_else_is_compared_by_time(opaque: tuple[Any, Any]) -> None:
    old, new = opaque
    assert status(said(old, asserted="2020-01-01"), said(new, "resolved", asserted="2020-01-02")) == "resolved"


def test_the_line_s_own_time_comes_before_the_last_update() -> None:
    assert status(said("a", meta={"lastUpdated": "2025-01-01T00:00:00Z"}, asserted="2020"),
                  said("b", "resolved", asserted="2021")) == "resolved"


def test_a_number_and_an_opaque_version_are_compared_by_time() -> None:
    given = [said(1, asserted="2020"), said(2, "remission", asserted="2019"), said("x", "resolved", asserted="2021")]
    assert status(*given) == "resolved"
    assert status(*given, said(3, "inactive", asserted="2022")) == "inactive"


def test_what_is_said_again_later_stands_again() -> None:
    first, second = said(None, asserted="2020"), said(None, "resolved", asserted="2021")
    assert status(first, second) == "resolved"
    again = Fact(first.source, first.version, first.resource, "2022")
    assert status(first, second, again) == "active"


def test_one_version_with_two_bodies_differing_only_in_the_server_s_notes_is_no_clash() -> None:
    r = record(said("1", meta={"lastUpdated": "2020-01-01T00:00:00Z"}), said("1", meta={"lastUpdated": "2021-01-01T00:00:00Z"}))
    assert codes(r) == [] and not r.alternatives


@pytest.mark.parametrize(("a", "b"), [(1, "1"), ("x", "x"), (None, None), (2, loads("2.0"))])
def test_one_version_with_two_bodies_is_a_clash(a: Any, b: Any) -> None:
    r = record(said(a), said(b, "resolved"))
    assert "version-clash" in codes(r)
    assert len(others(r, one(r, "Condition"), "clinicalStatus")) == 1


def test_two_opaque_versions_of_one_moment_are_no_clash() -> None:
    assert "version-clash" not in codes(record(said("m1", asserted="2020"), said("m2", "resolved", asserted="2020")))


@pytest.mark.parametrize(("retraction", "stands"), [
    ({"version": 1}, True), ({"version": 2}, False), ({"version": "3"}, False), ({"asserted": "2019"}, True),
    ({"asserted": "2020"}, False), ({"asserted": "2021"}, False), ({}, False),
    ({"version": 1, "asserted": "2021"}, True), ({"version": 2, "asserted": "2019"}, False)])
def test_a_retraction_ends_what_is_not_newer(retraction: dict[str, Any], stands: bool) -> None:
    fact = said(2, asserted="2020")
    r = record(fact, says("retract", source="A", type="Condition", id="1", **retraction))
    assert states(r, fact) == ["represented" if stands else "retracted"]


def test_a_retraction_of_an_opaque_version_speaks_of_that_version_s_time() -> None:
    old, named, new = (said(v, asserted=f"202{n}", recordedDate=f"202{n}") for n, v in enumerate(("a", "b", "c")))
    gone = says("retract", source="A", type="Condition", id="1", version="b")
    assert states(record(old, named, gone), old, named) == ["superseded", "retracted"]
    assert states(record(old, named, new, gone), old, named, new) == ["superseded", "superseded", "represented"]


def test_a_retraction_of_a_version_that_was_never_seen_leaves_what_is_dated() -> None:
    fact = said("a", asserted="2020")
    gone = says("retract", source="A", type="Condition", id="1", version="zzz")
    assert states(record(fact, gone), fact) == ["represented"]


def test_entered_in_error_ends_older_versions_and_not_newer_ones() -> None:
    wrong = condition("A", "1", CODE, version=2, verificationStatus=coded((VERIFICATION, "entered-in-error")))
    first, third = said(1), said(3)
    assert not record(first, wrong).resources
    assert states(record(first, wrong, third), first, wrong, third) == ["superseded", "retracted", "represented"]


def test_a_retraction_of_another_type_or_id_says_nothing() -> None:
    for other in ({"type": "Observation", "id": "1"}, {"type": "Condition", "id": "2"}):
        assert of(record(said(1), says("retract", source="A", **other)), "Condition")


def test_a_retraction_is_undone_by_its_hash_only() -> None:
    fact = said(1)
    gone = says("retract", source="A", type="Condition", id="1")
    from gateway.ids import digest
    assert states(record(fact, gone, says("undo", of="1")), fact) == ["retracted"]
    assert states(record(fact, gone, says("undo", of=digest(gone.line()))), fact) == ["represented"]


def test_an_undo_of_an_undo_of_an_undo_is_an_undo() -> None:
    fact, chain = said(1), [says("unlink", source="A", id="u"), says("undo", of="u", id="a"), says("undo", of="a", id="b"),
                            says("undo", of="b", id="c")]
    assert [states(record(fact, *chain[:n]), fact)[0] for n in range(1, 5)] == [
        "excluded", "represented", "excluded", "represented"]


def test_undos_that_name_each_other_count_for_nothing() -> None:
    fact, unlink = said(1), says("unlink", source="A", id="u")
    circle = [says("undo", of="b", id="a"), says("undo", of="a", id="b")]
    assert states(record(fact, unlink, *circle), fact) == ["excluded"]
    assert states(record(fact, unlink, *circle, says("undo", of="u", id="c")), fact) == ["represented"]
    assert states(record(fact, unlink, says("undo", of="x", id="x"), says("undo", of="u", id="c")), fact) == ["represented"]


def test_a_long_row_of_undos_is_read_whole() -> None:
    chain = [says("unlink", source="A", id="0"), *(says("undo", of=str(n), id=str(n + 1)) for n in range(5000))]
    assert [a.id for a in standing(chain) if a.kind == "unlink"] == ["0"]
    assert [a.id for a in standing(chain[:-1]) if a.kind == "unlink"] == []
