"""Headlines walk every combination (faces 1.2): allergies in two voices, and every other section."""

import itertools

import pytest

from gateway.summary.context import context
from gateway.summary.headline import CLINICIAN, PATIENT, TITLES, Gap, gap, headline, row_of, subhead
from gateway.summary.page import page
from gateway.summary.sections import SourceSaid, absence, section
from gateway.summary.statements import Statement, statements

NONE = {"resourceType": "AllergyIntolerance", "id": "n", "recordedDate": "2026-03-12",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]},
        "recorder": {"display": "Dr A. Berg"}}
NO_FOOD = {**NONE, "id": "f", "code": {"coding": [{"system": "http://snomed.info/sct", "code": "429625007"}]}}
LATEX = {"resourceType": "AllergyIntolerance", "id": "p", "code": {"text": "latex"}, "criticality": "low"}
OK = SourceSaid("lund", "Lund Hospital", answered="2026-03-12T10:00:00Z")
DOWN = SourceSaid("kiel", "Kiel Hospital", failing="timed out")
STATED = Statement("AllergyIntolerance/n", "No known allergies", "No known allergies — stated by Dr A. Berg, 12 Mar 2026",
                   "2026-03-12", ("lund",), True, True)
# (P, N, M of two sources) → row and exact words.
TABLE = {
    (True, False, 0): (1, "Known allergies"),
    (True, False, 1): (2, "Known allergies — list may be incomplete: 1 of 2 sources did not answer"),
    (True, False, 2): (2, "Known allergies — list may be incomplete: 2 of 2 sources did not answer"),
    (True, True, 0): (3, "Known allergies — and one source states there are none"),
    (True, True, 1): (3, "Known allergies — and one source states there are none"),
    (True, True, 2): (3, "Known allergies — and one source states there are none"),
    (False, True, 0): (4, "No known allergies — stated by Dr A. Berg, 12 Mar 2026"),
    (False, True, 1): (5, "Cannot be confirmed: 1 source states none known, 1 of 2 sources did not answer"),
    (False, True, 2): (5, "Cannot be confirmed: 1 source states none known, 2 of 2 sources did not answer"),
    (False, False, 0): (6, "Allergies not recorded in any of 2 sources. This does not mean none."),
    (False, False, 1): (7, "Allergies unavailable: 1 of 2 sources did not answer"),
    (False, False, 2): (8, "Allergies unavailable: no source answered")}
CASES = [(p, n, silent, unread) for p, n in itertools.product((True, False), repeat=2)
         for silent, unread in itertools.product((0, 1, 2), repeat=2) if silent + unread <= 2]
NEVER = ("nil", "nka", "-", "none.")


@pytest.mark.parametrize("key", TABLE)
def test_exactly_one_row_holds_in_these_words(key):
    p, n, m = key
    h = headline(p, [STATED] if n else [], Gap(m, 0, 2))
    assert (h.row, h.text) == TABLE[key]
    assert bool(h.note) == bool(m)


@pytest.mark.parametrize("texts", (CLINICIAN, PATIENT))
@pytest.mark.parametrize("p, n, silent, unread", CASES)
def test_missing_and_unreadable_sources_never_read_like_an_answer(p, n, silent, unread, texts):
    h = headline(p, [STATED] if n else [], Gap(silent, unread, 2), texts)
    assert h.row == row_of(p, n, Gap(silent, unread, 2))
    assert not set(NEVER[:3]) & set(h.text.lower().split())
    if silent + unread:
        assert h.row in (2, 3, 5, 7, 8) and ("could not be read" in h.note) == bool(unread)
    if unread and h.row != 3:
        assert "could not be read" in h.text
    if h.row in (6, 7, 8):
        assert "known allergies" not in h.text.lower()


@pytest.mark.parametrize("name", [n for n in TITLES if n != "allergies"])
@pytest.mark.parametrize("p, n, silent, unread", CASES)
def test_a_section_never_reads_empty_when_a_source_is_missing(name, p, n, silent, unread):
    found = Gap(silent, unread, 2, ("Kiel Hospital",) * (silent + unread))
    text = subhead(name, p, [STATED] if n else [], found).text
    if silent + unread:
        assert "Kiel Hospital" in text
        assert any(w in text for w in ("incomplete", "unavailable", "Cannot be confirmed", "states that there are none"))
    elif p and not n:
        assert text == ""
    elif not p and not n:
        assert text.endswith("This does not mean none.")


def test_a_section_that_nobody_sends_says_so():
    assert subhead("documents", False, [], Gap(0, 0, 0)).text == "No source sends documents. This does not mean none."


def head(resources, said_by, sources, now="2026-11-01"):
    record = {"resources": resources, "issues": [], "alternatives": {},
              "provenance": {r: {"code": [f"fact of {s}" for s in by]} for r, by in said_by.items()}}
    facts = {f"fact of {s.name}": {"source": s.name} for s in sources}
    return page(record, facts, sources, now).headline


def test_no_known_is_only_said_when_somebody_said_it():
    assert head([NONE], {"AllergyIntolerance/n": ["lund"]}, [OK]).text == (
        "No known allergies — stated by Dr A. Berg, Lund Hospital, 12 Mar 2026")
    assert head([], {}, [OK]).row == 6
    assert head([], {}, [OK, DOWN]).row == 7
    assert head([], {}, [DOWN]).row == 8


@pytest.mark.parametrize("now, row", [("2028-03-01", 4), ("2028-04-01", 6)])
def test_a_statement_older_than_24_months_no_longer_counts(now, row):
    assert head([NONE], {"AllergyIntolerance/n": ["lund"]}, [OK], now).row == row


def told(resource, facts=None):
    c = context({"resources": [resource], "issues": [], "alternatives": {}, "provenance": {}}, facts or {}, [OK], "2026-11-01")
    return statements([resource], c, [list(facts or {})])[0]


def test_a_statement_without_a_date_takes_its_sources_date_and_without_both_it_does_not_count():
    undated = {k: v for k, v in NONE.items() if k != "recordedDate"}
    assert told(undated, {"f": {"source": "lund", "asserted": "2026-02-20T13:00:00+01:00"}}).line.endswith("20 Feb 2026")
    assert told(undated).counts is False and "date not given (so it does not count)" in told(undated).line


def test_a_statement_is_no_row_and_four_of_them_count_as_no_allergy():
    four = [{**NONE, "id": f"n{i}"} for i in range(4)]
    s = section("allergies", four, {}, [OK])
    assert s.rows == () and len(s.absent) == 4


def test_no_known_food_allergy_does_not_speak_against_latex():
    assert head([NO_FOOD, LATEX], {"AllergyIntolerance/f": ["lund"]}, [OK]).row == 1
    assert head([NO_FOOD], {"AllergyIntolerance/f": ["lund"]}, [OK]).text.startswith("No known food allergies — stated by")


def test_a_refuted_absence_says_nothing_and_a_refuted_allergy_is_not_positive():
    refuted = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    assert absence({**NONE, **refuted}) == ""
    assert head([{**LATEX, **refuted}], {"AllergyIntolerance/p": ["lund"]}, [OK]).row == 6


def test_a_source_that_never_sends_allergies_is_not_missing():
    assert head([], {}, [OK, SourceSaid("lab", failing="x", sends=("results",))]).row == 6


def test_unreadable_items_are_told_at_the_bedside():
    unread = SourceSaid("lund", answered="2026-01-01T00:00:00Z", unreadable={"allergies": 2})
    s = section("allergies", [], {}, [unread])
    assert s.state == "unreadable" and gap(s, [unread]).unreadable == 1
    assert head([], {}, [unread]).text == "Allergies unavailable: 1 of 1 source could not be read in full"
