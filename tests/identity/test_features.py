"""The columns of one record, and the row that Splink reads."""

import pytest

from gateway.identity import features_of
from gateway.identity.features import COLUMNS, Life

EVA = {"name": [{"family": "von Holm", "given": ["Eva", "Maria"]}, {"use": "maiden", "family": "Berg", "given": ["Eva"]}],
       "birthDate": "1971-04-09", "gender": "female",
       "address": [{"line": ["Oak Road 5"], "postalCode": "22221", "city": "Lund"}, {"line": ["Elm Way 9"], "postalCode": "11420", "city": "Ystad"}],
       "telecom": [{"system": "phone", "value": "+46701112233"}, {"system": "phone", "value": "+46709998877"},
                   {"system": "email", "value": "eva.holm@mail.example"}, {"system": "email", "value": "holm@other.example"}],
       "identifier": [{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "710419-2385"},
                      {"system": "urn:hospital", "value": "55512", "type": {"coding": [{"code": "MR"}]}}]}


def test_the_row_of_a_patient() -> None:
    row = features_of(EVA).row()
    expected = {
        "given": "eva", "given_whole": "evamaria", "initial": "e", "middle": "maria", "middle_initial": "m", "roots": ["eva", "evelyn"],
        "givens": ["eva", "maria"], "family": "holm", "family_full": "vonholm", "families": ["berg", "holm", "vonholm"],
        "birth_day": "1971-04-09", "birth": "19710409", "birth_typed": "19710409", "birth_swapped": "1971-09-04",
        "birth_month_day": "04-09", "birth_month": "1971-04", "birth_year": 1971, "sex": "female",
        "person_numbers": ["se-personnummer|7104192385"], "numbers": ["se-personnummer|7104192385"],
        "record_numbers": ["urn:hospital|55512"], "number": "se-personnummer|7104192385",
        "emails": ["eva.holm@mail.example", "holm@other.example"], "email": "eva.holm@mail.example", "mailbox": "eva.holm",
        "house": "5", "postcode": "22221", "city": "lund", "mother": None, "relatives": None}
    assert {k: row[k] for k in expected} == expected
    assert row["phone"] == row["phones"][0] and len(row["phones"]) == 2
    assert row["phone_ends"] == ["1112233", "9998877"]
    assert len(row["places"]) == 2, "every address is a place, the first is home"


def test_nothing_is_known_of_an_empty_patient() -> None:
    found = features_of({})
    assert found.row() == dict.fromkeys(COLUMNS)
    assert found.life == Life(None, False, None)


def test_first_of_january_is_a_year_whose_digits_are_no_typing_error() -> None:
    found = features_of({"birthDate": "1971-01-01"})
    assert (found.birth, found.birth_day, found.birth_typed, found.birth_year) == ("19710101", None, None, 1971)


def test_columns_have_the_types_of_the_table_that_splink_reads() -> None:
    row = features_of(EVA).row()
    assert list(row) == list(COLUMNS)
    types = {str: "VARCHAR", list: "VARCHAR[]", int: "INTEGER"}
    assert {k: types[type(v)] for k, v in row.items() if v is not None} == {k: COLUMNS[k] for k, v in row.items() if v is not None}
    assert {COLUMNS[k] for k in ("mother", "relatives")} == {"VARCHAR", "VARCHAR[]"}
    assert "name" not in COLUMNS and "life" not in COLUMNS, "what only guards read is no column"


@pytest.mark.parametrize(("text", "country", "family", "given"), [
    ("김민준", "", "gim", "minjun"), (" 김민준 ", "KR", "gim", "minjun"), ("남궁민수", "", "namgung", "minsu"), ("남궁", "", "nam", "gung"),
    ("王小明", "CN", "wang", "xiaoming"), ("王小明", " 中国", "wang", "xiaoming"), ("欧阳娜娜", "CHN", "ouyang", "nana"), ("王伟", "TW", "wang", "wei"),
    ("王小明", "", "wangxiaoming", None), ("山田太郎", "JP", "shantiantailang", None), ("山田 花子", "JP", "huazi", "shantian"), ("김 민준", "", "minjun", "gim"),
    ("王", "CN", "wang", None), ("Kim", "KR", "kim", None)])
def test_a_name_in_signs_without_blanks_begins_with_the_family_name(text: str, country: str, family: str, given: str | None) -> None:
    found = features_of({"name": [{"text": text}], "address": [{"country": country, "city": "X"}]})
    assert (found.family, found.given) == (family, given)
