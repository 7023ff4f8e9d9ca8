"""Partial dates are intervals (MRG-09): never filled, ordered by what they allow."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.merge.times import OLDEST, moment, order


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = moment(text)
    assert found is None or found.low <= found.high


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_one_whatever_its_zone(at: datetime, minutes: int) -> None:
    at = at.replace(microsecond=0, tzinfo=UTC)
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    try:
        local = (at + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    except OverflowError:
        return
    one, two = moment(at.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")), moment(local + zone)
    assert one and two and one.key == two.key == int(at.timestamp())


@given(st.dates())
def test_a_day_lies_in_its_month_and_year(day: object) -> None:
    text = str(day)
    year, month, date = (moment(text[:n]) for n in (4, 7, 10))
    assert year and month and date
    assert year.low <= month.low <= date.low < date.high <= month.high <= year.high


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2024-02-30", "2024-01-01T25:00:00Z", "2024-1-1", "0000",
                                  "2024-01-01 08:00", "２０２４", "2024-01-01T08:00:00+0100"])
def test_what_is_no_date_is_none_and_oldest(text: str) -> None:
    assert moment(text) is None and order(text) == OLDEST


def test_the_day_is_that_of_the_zone_that_was_written() -> None:
    late = moment("2023-12-31T23:30:00-05:00")
    assert late and late.day == "2023-12-31"
    assert (found := moment("2024-01")) and found.day is None


@pytest.mark.parametrize("a", [None, 5, "x"])
def test_no_time_is_older_than_every_time(a: object) -> None:
    assert order(a) < order("0001")


def test_a_time_without_zone_equals_only_its_own_text() -> None:
    naive, utc = moment("2024-01-01T08:00:00"), moment("2024-01-01T08:00:00Z")
    assert naive and utc and naive.key != utc.key
