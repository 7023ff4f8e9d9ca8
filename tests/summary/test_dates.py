"""Dates, ages and spans in words (faces 0.5, 1.4)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gateway
from gateway.summary.dates import age, day, instant, moment, span, years_old

NOW = "2026-03-12T14:00:00Z"


@pytest.mark.parametrize("date, text", [("2019", "2019"), ("2019-03", "Mar 2019"), ("2019-03-07", "7 Mar 2019"),
                                        ("2019-03-07T08:00:00Z", "7 Mar 2019"), (None, ""), ("childhood years", "childhood years")])
def test_partial_dates_stay_partial(date, text):
    assert day(date) == text


@pytest.mark.parametrize("text, words", [
    ("2026-02-12T07:30:00+01:00", "12 Feb 2026 07:30 (UTC+1)"), ("2026-02-12T07:30:00Z", "12 Feb 2026 07:30 (UTC)"),
    ("2026-02-12T07:30:00-03:30", "12 Feb 2026 07:30 (UTC-3:30)"), ("2026-02-12T07:30:00+00:00", "12 Feb 2026 07:30 (UTC)"),
    ("2026-02-12T07:30:00.123456Z", "12 Feb 2026 07:30 (UTC)"), ("2026-02-12", "12 Feb 2026"), ("2026-02", "Feb 2026")])
def test_a_time_carries_its_zone(text, words):
    assert moment(text) == words


def test_a_span_within_a_day_names_the_day_once():
    assert span("2026-02-10T15:20:00+01:00", "2026-02-10T19:05:00+01:00") == "10 Feb 2026 15:20 – 19:05 (UTC+1)"
    assert span("2026-02-10", "2026-02-19") == "10 Feb 2026 – 19 Feb 2026"
    assert span("2026-02-10", "2026-02-10") == span("2026-02-10", "") == "10 Feb 2026"
    assert span("", "") == ""


@pytest.mark.parametrize("said, text", [
    ("2026-03-12T13:59:30Z", "under 1 min"), ("2026-03-12T13:52:00Z", "8 min"), ("2026-03-12T09:48:00Z", "4 h 12 min"),
    ("2026-03-10T10:00:00Z", "2 d 4 h"), ("2026-03-05T14:00:00Z", "7 d 0 h"), ("2026-03-12", "today"), ("2026-03-11", "1 d"),
    ("2024-03-13", "729 d"), ("2024-03-12", "2 y 0 d"), ("2003-08-20", "22 y 204 d"), ("2027-01-01", "not yet"),
    ("2026-03-12T15:00:00+01:00", "under 1 min"), ("2026-03", ""), ("2026", ""), ("", ""), (None, ""), ("nonsense12", "")])
def test_an_age_is_exact(said, text):
    assert age(said, NOW) == text


@given(st.datetimes(datetime(1900, 1, 1), datetime(2026, 3, 12, 14)))
def test_every_age_of_a_time_tells_it_back_to_its_last_unit(then):
    text = age(then.replace(tzinfo=UTC).isoformat(), NOW)
    at = datetime(2026, 3, 12, 14, tzinfo=UTC)
    unit = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "y": timedelta(days=365.2425)}
    words = text.replace("under 1", "0").split()
    told = sum((unit[u] * int(n) for n, u in zip(words[::2], words[1::2], strict=True)), timedelta())
    slack = timedelta(days=2) if "y" in words else unit[words[-1]]
    assert abs((at - then.replace(tzinfo=UTC)) - told) <= slack


@given(st.text(max_size=30))
def test_no_text_that_a_source_sends_as_a_date_breaks_the_page(text):
    for words in (day(text), moment(text), age(text, NOW), span(text, text), years_old(text, NOW)):
        assert isinstance(words, str)
    assert instant(text) is None or instant(text) <= instant(text, latest=True)


@pytest.mark.parametrize("born, text", [("1961-02-03", "65 y"), ("1961-04-03", "64 y"), ("2025-01-20", "13 mo"), ("2026-03-01", "0 mo"),
                                        ("1961-02", ""), ("1961", ""), ("", "")])
def test_years(born, text):
    assert years_old(born, NOW) == text


@pytest.mark.parametrize("text, last", [("2019", "2019-12-31T23:59:59+00:00"), ("2019-12", "2019-12-31T23:59:59+00:00"),
                                        ("2020-02", "2020-02-29T23:59:59+00:00"), ("2020-02-28", "2020-02-28T23:59:59+00:00")])
def test_the_latest_instant_of_a_partial_date(text, last):
    assert instant(text, latest=True).isoformat() == last


def test_pages_tell_a_time_in_the_zone_it_was_said_in():
    """A ruling of a source comes with the source's own offset: cut off and called UTC it would be an hour wrong."""
    assert moment("2025-12-21T09:25:00+01:00") == "21 Dec 2025 09:25 (UTC+1)"
    assert moment("2026-12-01T01:41:10.322000Z") == "1 Dec 2026 01:41 (UTC)"
    templates = [p.read_text("utf-8") for p in Path(gateway.__file__).parent.glob("web/templates/*.html")]
    assert len(templates) > 10 and not any("[:19]" in t for t in templates)
