"""How answers of a register are counted, on an invented one: whom it names with certainty, and whether that was asked for."""

import csv
from pathlib import Path

import pytest

from tests.identity.score import against_register
from tests.identity.truth_sets import TESTS, register

HEAD = ("Match Id", "ID", "BIRTHDATE", "FIRST", "LAST", "SUFFIX", "GENDER", "ADDRESS", "CITY", "STATE", "ZIP", "SSN", "Expected Result")
ANNA = ("1", "a", "4/19/71", "Anna", "Berglund", "", "F", "5 Oak Road", "Lund", "MI", "48909", "536-90-4399", "")
OTTO = ("2", "b", "3/2/08", "Otto", "Quist", "", "M", "Block A\\n12 Elm Road", "Ystad", "MI", "48911", "212-09-9998", "")


def case(of: tuple[str, ...], expected: str, **change: str) -> tuple[str, ...]:
    row = dict(zip(HEAD, of, strict=True)) | {"Expected Result": expected} | change
    return tuple(row[name] for name in HEAD)


def said(corpus: Path, cases: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> str:
    folder = corpus.joinpath("linkage", *TESTS)
    folder.mkdir(parents=True)
    for name, rows in (("nbs_seed.csv", [ANNA, OTTO]), ("better_test.csv", cases)):
        with folder.joinpath(name).open("w", encoding="utf-8", newline="") as f:
            csv.writer(f).writerows([HEAD, *rows])
    monkeypatch.setenv("CORPUS", str(corpus))
    return against_register()


@pytest.mark.parametrize(("wrongly", "expected"), [
    ([], "certain 1.0000 / 0.5000 / 0.6667 (1 of 2 that are to match; 0 another person, 0 where none is expected)"),
    ([case(ANNA, "no_match")], "certain 0.5000 / 0.5000 / 0.5000 (1 of 2 that are to match; 0 another person, 1 where none is expected)"),
    ([case(ANNA, "match", **{"Match Id": "2"})], "certain 0.5000 / 0.3333 / 0.4000 (1 of 3 that are to match; 1 another person, 0 where none is expected)"),
    ([case(OTTO, "possible_match")], "certain 1.0000 / 0.5000 / 0.6667 (1 of 2 that are to match; 0 another person, 0 where none is expected)"),
    ([case(OTTO, "no_match", FIRST="Karin", LAST="Holm", SSN="", BIRTHDATE="1955-01-09")],
     "certain 1.0000 / 0.5000 / 0.6667 (1 of 2 that are to match; 0 another person, 0 where none is expected)")])
def test_a_certain_answer_counts_where_one_is_expected(wrongly: list[tuple[str, ...]], expected: str, tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [case(ANNA, "match"), case(OTTO, "match", FIRST="Karin", SSN=""), *wrongly]
    told = said(tmp_path, cases, monkeypatch)
    assert told.startswith(f"better_test against its register of 2 people, {len(cases)} cases")
    assert told.endswith(expected)


def test_days_and_lines_of_the_register_are_read_as_it_writes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said(tmp_path, [case(ANNA, "match")], monkeypatch)
    (anna, one), (otto, two) = register()[0]
    assert (anna["birth_date"], one, otto["birth_date"], two) == ("1971-04-19", "1", "2008-03-02", "2")
    assert otto["street"] == "Block A, 12 Elm Road"


def test_a_register_that_is_not_at_hand_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORPUS", str(tmp_path))
    assert against_register() == "better_test against its register: not measured, nbs_seed.csv does not lie beside better_test.csv"
