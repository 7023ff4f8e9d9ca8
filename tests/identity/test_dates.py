"""Birth dates as features: partial, exchanged, doubtful, meaningless (issue point 1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.dates import Birth, birth_of


@pytest.mark.parametrize(("text", "expected"), [
    ("1971-04-19", Birth("1971-04-19", "19710419", "1971-04-19", None, 1971)),
    ("1971-04-09", Birth("1971-04-09", "19710409", "1971-04-09", "1971-09-04", 1971)),
    ("1971-04-04", Birth("1971-04-04", "19710404", "1971-04-04", None, 1971)),
    ("19710419", Birth("1971-04-19", "19710419", "1971-04-19", None, 1971)),
    ("197104191530", Birth("1971-04-19", "19710419", "1971-04-19", None, 1971)),
    ("19.4.1971", Birth("1971-04-19", "19710419", "1971-04-19", None, 1971)),
    ("04/19/1971", Birth("1971-04-19", "19710419", "1971-04-19", None, 1971)),
    ("1971.04.19", Birth("1971-04-19", "19710419", "1971-04-19", None, 1971)),
    ("1971. 4. 19.", Birth("1971-04-19", "19710419", "1971-04-19", None, 1971)),
    ("1971-04", Birth(None, None, "1971-04", None, 1971)),
    ("1971", Birth(None, None, "1971", None, 1971)),
    ("1971-01-01", Birth(None, "19710101", "1971", None, 1971)),
    ("1971-19-04", Birth(None, "19711904", "1971", "1971-04-19", 1971)),
    ("1971-02-30", Birth(None, "19710230", "1971", None, 1971)),
    ("9171-04-19", Birth(None, "91710419", None, None, None)),
    ("3971-04-19", Birth(None, "39710419", None, None, None)),
    ("1071-04-19", Birth(None, "10710419", None, None, None)),
    ("4/19/71", Birth("1971-04-19", "19710419", "1971-04-19", None, 1971)),
    ("1971-13", Birth(None, None, "1971", None, 1971)),
    *((text, Birth("1971-04-19", "19710419", "1971-04-19", None, 1971)) for text in (
        "2514-04-19", "19/04/2514", "๒๕๑๔-๐๔-๑๙", "S46.4.19", "s46/4/19", "昭和46年4月19日", "1971年4月19日", "1971년 4월 19일", "民國60年4月19日", "中華民國60年4月19日",
        "060/04/19", "0600419", "19-APR-1971", "19 April 1971", "April 19, 1971", "١٩٧١-٠٤-١٩", "１９７１-０４-１９")),
    ("H31.4.30", Birth("2019-04-30", "20190430", "2019-04-30", None, 2019)), ("令和元年5月2日", Birth("2019-05-02", "20190502", "2019-05-02", "2019-02-05", 2019)),
    ("2514", Birth(None, None, "1971", None, 1971)), ("2514-04", Birth(None, None, "1971-04", None, 1971)),
    ("1051980", Birth()), ("000/04/19", Birth()), ("19 Foo 1971", Birth()),
])
def test_dates(text: str, expected: Birth) -> None:
    assert birth_of(text) == expected


@pytest.mark.parametrize("text", ["1900-01-01", "1800-01-01", "1970-01-01", "0001-01-01", "9999-12-31", "3000-01-01", "",
                                  "1111-11-11", "3000-05-17", "5571-04-19", "4/19/12",
                                  "unknown", "19", None, 1971, ["1971-04-19"]])
def test_dates_that_say_nothing(text: object) -> None:
    assert birth_of(text) == Birth()


@given(st.dates())
def test_exchanging_day_and_month_twice_changes_nothing(day) -> None:
    found = birth_of(day.isoformat())
    if found.swapped and found.day:
        assert birth_of(found.swapped).swapped == found.day


@given(st.text(max_size=30))
def test_any_text_is_read(text: str) -> None:
    found = birth_of(text)
    assert found.year is None or found.span.startswith(f"{found.year:04}")
