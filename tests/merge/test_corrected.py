"""Which version of a server's thing is over because a newer one names another patient (gateway/merge/corrected.py)."""

import pytest

from gateway.merge.corrected import Said, numbered, over, pairs

EARLY, LATE = "2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z"


def said(patient: str, version: object, at: str = EARLY) -> Said:
    return Said(patient, version, at)


@pytest.mark.parametrize(("older", "newer"), [
    (said("a", "1"), said("b", "2")), (said("a", "9", LATE), said("b", "10")), (said("a", 1), said("b", "2")),
    (said("a", "x"), said("b", "y", LATE)), (said("a", "x"), said("b", "2", LATE)), (said("a", "2"), said("b", "x", LATE))])
def test_the_newer_of_two_patients_versions_ends_the_older_whichever_is_asked_for(older: Said, newer: Said) -> None:
    assert list(pairs(older, [newer])) == list(pairs(newer, [older])) == [(older, newer)]
    assert list(over(older, [newer])) == list(over(newer, [older])) == [older]


@pytest.mark.parametrize(("one", "two"), [
    (said("a", "1"), said("a", "2")), (said("a", "1"), said("b", "1", LATE)), (said("a", "x"), said("b", "y")),
    (said("a", "x"), said("b", "1")), (said("a", "x"), said("a", "y", LATE))])
def test_one_patients_versions_and_those_of_which_none_is_newer_stand(one: Said, two: Said) -> None:
    assert not list(pairs(one, [two])) and not list(pairs(two, [one]))


@pytest.mark.parametrize(("version", "bears"), [("1", True), ("x", True), (EARLY, False), ("h0123456789abcdef", False)])
def test_its_time_in_the_place_of_a_version_is_none(version: str, bears: bool) -> None:
    assert numbered(said("a", version)) is bears
