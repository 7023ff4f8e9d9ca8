"""When care happened: the range of days of `$everything` (R4, Patient-everything: `start`, `end`)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UsageError
from gateway.fhir.care import days, during, interval

DAYS = [f"20{y}{rest}" for y in ("19", "20", "21") for rest in ("", "-01", "-12", "-01-01", "-12-31", "-06-15")]
WHEN = st.one_of(st.sampled_from(DAYS), st.builds("{}T{:02}:30:00+02:00".format, st.sampled_from([d for d in DAYS if len(d) == 10]), st.integers(0, 23)))
PERIODS = st.tuples(WHEN, WHEN).map(lambda p: {"start": min(p), "end": max(p)})
RESOURCES = st.one_of(
    st.builds(lambda t, w: {"resourceType": t, "effectiveDateTime": w}, st.sampled_from(["Observation", "DiagnosticReport"]), WHEN),
    st.builds(lambda p: {"resourceType": "Encounter", "period": p}, PERIODS),
    st.builds(lambda w, e: {"resourceType": "Condition", "onsetDateTime": w, **({"abatementDateTime": e} if e else {})}, WHEN, st.none() | WHEN),
    st.builds(lambda s, w: {"resourceType": "MedicationStatement", "status": s, "effectiveDateTime": w}, st.sampled_from(["active", "stopped"]), WHEN),
    st.sampled_from([{"resourceType": "Patient", "birthDate": "1950"}, {"resourceType": "FamilyMemberHistory", "date": "2019"}]))


@given(RESOURCES, st.sampled_from(["", *DAYS]), st.sampled_from(["", *DAYS]))
def test_a_wider_range_holds_all_that_a_narrower_one_does(resource, start, end):
    try:
        narrow = days(start, end)
    except UsageError:
        return
    assert during(resource, days("", ""))
    for wide in (days("", end), days(start, ""), days(start[:4], end), days(start, end[:4])):
        assert not during(resource, narrow) or during(resource, wide)


@given(RESOURCES, st.sampled_from([d for d in DAYS if len(d) == 10]))
def test_two_ranges_that_meet_hold_together_what_the_whole_holds(resource, day):
    """Nothing falls between two ranges: what is in the whole is in the part before a day, on it, or in that behind it."""
    parts = [days("2018", day), days(day, day), days(day, "2022")]
    assert during(resource, days("2018", "2022")) == any(during(resource, p) for p in parts)


@pytest.mark.parametrize(("resource", "start", "end", "hit"), [
    ({"resourceType": "Observation", "effectiveDateTime": "2026-03-07T23:30:00-05:00"}, "2026-03-07", "2026-03-07", True),
    ({"resourceType": "Observation", "effectiveDateTime": "2026-03"}, "2026-03-31", "", True),
    ({"resourceType": "Observation", "effectiveDateTime": "2026-03"}, "2026-04", "", False),
    ({"resourceType": "Observation", "issued": "2026-03-01T10:00:00Z"}, "2026-04", "", False),
    ({"resourceType": "Encounter", "period": {"start": "2026-01-30T10:00:00Z", "end": "2026-02-02"}}, "2026-02", "2026-02", True),
    ({"resourceType": "Encounter", "period": {"start": "2026-01-30"}}, "2030", "", True),                       # still in progress
    ({"resourceType": "Condition", "onsetDateTime": "2010"}, "2026", "", True),                                   # it goes on
    ({"resourceType": "Condition", "onsetDateTime": "2010", "abatementDateTime": "2012"}, "2026", "", False),
    ({"resourceType": "Condition", "abatementDateTime": "2012"}, "", "2009", True),                               # nobody knows since when
    ({"resourceType": "Condition", "onsetDateTime": "2027"}, "", "2026", False),
    ({"resourceType": "Condition", "onsetString": "2012 or so", "recordedDate": "2012-01-01"}, "2026", "", True),
    ({"resourceType": "AllergyIntolerance", "onsetDateTime": "1990"}, "2026-01-01", "2026-01-02", True),
    ({"resourceType": "MedicationStatement", "status": "active", "effectiveDateTime": "2019"}, "2026", "", True),
    ({"resourceType": "MedicationStatement", "status": "completed", "effectiveDateTime": "2019"}, "2026", "", False),
    ({"resourceType": "MedicationStatement", "status": "unknown", "effectivePeriod": {"start": "2019"}}, "2026", "", True),
    ({"resourceType": "MedicationStatement", "status": "active", "effectivePeriod": {"start": "2019", "end": "2020"}}, "2026", "", False),
    ({"resourceType": "MedicationRequest", "status": "active", "authoredOn": "2025-12-30",
      "dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"start": "2026-02-01"}}}}]}, "2026-02-01", "", True),
    ({"resourceType": "Immunization", "occurrenceString": "2012, school"}, "2026", "", True),
    ({"resourceType": "Procedure", "performedAge": {"value": 12, "unit": "a"}}, "2026", "", True),
    ({"resourceType": "DocumentReference", "date": "2026-01-01T00:00:00Z", "context": {"period": {"start": "2019", "end": "2019"}}}, "2026", "", False),
    ({"resourceType": "Patient", "birthDate": "1950-01-01"}, "2026", "", True)])
def test_what_meets_a_range(resource, start, end, hit):
    assert during(resource, days(start, end)) == hit


@pytest.mark.parametrize(("start", "end"), [("soon", ""), ("", "2026-02-30"), ("2026-13", ""), ("2026-02-01", "2026-01"), ("2026-01-01T10:00:00Z", "")])
def test_what_is_no_range_is_refused(start, end):
    with pytest.raises(UsageError):
        days(start, end)


def test_no_date_of_care_is_none():
    assert interval({"resourceType": "Observation", "effectiveTiming": {"code": {"text": "daily"}}}) is None
