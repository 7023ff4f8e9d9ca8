"""The allergy headline walks every combination (faces 1.2); sections and words."""

import itertools

import pytest

from gateway.jsontext import loads
from gateway.summary.headline import allergy_headline, headline
from gateway.summary.sections import SourceSaid, absence, section
from gateway.summary.words import day, name, quantity, words

NONE = {"resourceType": "AllergyIntolerance", "id": "n", "recordedDate": "2026-03-12",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]},
        "recorder": {"display": "Dr A. Berg"}}
LATEX = {"resourceType": "AllergyIntolerance", "id": "p", "code": {"text": "latex"}, "criticality": "low"}
OK = SourceSaid("lund", answered="2026-03-12T10:00:00Z")
DOWN = SourceSaid("kiel", failing="timed out")
TABLE = {(True, False, 0): 1, (True, False, 1): 2, (True, False, 2): 2, (True, True, 0): 3, (True, True, 1): 3,
         (True, True, 2): 3, (False, True, 0): 4, (False, True, 1): 5, (False, True, 2): 5, (False, False, 0): 6,
         (False, False, 1): 7, (False, False, 2): 8}


@pytest.mark.parametrize("p, n, m", list(itertools.product((True, False), (True, False), (0, 1, 2))))
def test_exactly_one_row_holds(p, n, m):
    h = headline(p, ["No known allergies — stated"] if n else [], m, 2)
    assert h.row == TABLE[p, n, m]
    assert not any(word in h.text.lower().split() for word in ("nil", "nka", "-"))


def head(resources, said_by, sources, now="2026-11-01"):
    return allergy_headline(section("allergies", resources, said_by, sources), {}, now)


def test_no_known_is_only_said_when_a_clinician_said_it():
    assert head([NONE], {"AllergyIntolerance/n": ["lund"]}, [OK]).text == (
        "No known allergies — stated by Dr A. Berg, 12 Mar 2026")
    assert head([], {}, [OK]).row == 6
    assert head([], {}, [OK, DOWN]).row == 7
    assert head([], {}, [DOWN]).row == 8


def test_a_statement_older_than_24_months_no_longer_counts():
    assert head([NONE], {"AllergyIntolerance/n": ["lund"]}, [OK], "2028-04-01").row == 6
    assert head([NONE], {"AllergyIntolerance/n": ["lund"]}, [OK], "2028-03-01").row == 4


def test_a_refuted_absence_says_nothing_and_a_refuted_allergy_is_not_positive():
    refuted = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    assert absence({**NONE, **refuted}) == ""
    assert head([{**LATEX, **refuted}], {"AllergyIntolerance/p": ["lund"]}, [OK]).row == 6


def test_a_source_that_never_sends_allergies_is_not_missing():
    assert head([], {}, [OK, SourceSaid("lab", failing="x", sends=("results",))]).row == 6


def test_unreadable_items_are_told_at_the_bedside():
    s = section("allergies", [], {}, [SourceSaid("lund", answered="2026", unreadable={"allergies": 2})])
    assert s.state == "unreadable"
    assert head([], {}, [SourceSaid("lund", answered="2026", unreadable={"allergies": 2})]).row == 8


@pytest.mark.parametrize("date, text", [("2019", "2019"), ("2019-03", "Mar 2019"), ("2019-03-07", "7 Mar 2019"),
                                        ("2019-03-07T08:00:00Z", "7 Mar 2019"), (None, "")])
def test_partial_dates_stay_partial(date, text):
    assert day(date) == text


def test_numbers_keep_their_text():
    assert quantity(loads('{"value": 5.50, "unit": "mmol/L", "comparator": "<"}')) == "< 5.50 mmol/L"


def test_names_and_lines():
    assert name({"name": [{"family": "Öberg", "given": ["Eva"], "prefix": ["Ms"]}]}) == "ÖBERG, Eva (Ms)"
    assert words(LATEX) == "latex · low risk"
    assert words({"resourceType": "Observation", "code": {"text": "Kalium"}, "valueBoolean": False,
                  "status": "corrected"}) == "Kalium no · corrected"
