"""What immunisation registries send beside an RXA: leaflets, dose numbers, where it was given."""

from typing import Any

import pytest

from tests.mappings.hl7v2_messages import PID, made, one, run

RXA = "RXA|0|1|20260301||140^Influenza^CVX|0.5|mL^^UCUM|||7^Ek^Bo|{place}||||L1"


def given(*observations: str, place: str = "") -> dict[str, Any]:
    lines = [f"OBX|{n}|{line}" for n, line in enumerate(observations, 1)]
    return one(run("VXU^V04", PID, "ORC|RE||I1^IIS", RXA.format(place=place), *lines), "Immunization")


def test_a_leaflet_has_its_dates() -> None:
    found = given("CE|69764-9^Document^LN|1|2530^VIS^cdcgs1vis", "TS|29769-7^Presented^LN|1|20260301",
                  "CE|30956-7^Vaccine^LN|2|88^Influenza^CVX", "TS|29768-9^Published^LN|2|20250806", "TS|29769-7^Presented^LN|2|20260302")
    assert found["education"] == [
        {"documentType": "2530", "presentationDate": "2026-03-01"},
        {"documentType": "Influenza", "publicationDate": "2025-08-06", "presentationDate": "2026-03-02"}]


def test_dates_without_a_leaflet_and_a_vaccine_without_dates_are_no_leaflet() -> None:
    assert "education" not in given("TS|29769-7^Presented^LN|1|20260301", "CE|30956-7^Vaccine^LN|2|88^Influenza^CVX")


@pytest.mark.parametrize(("dose", "series", "expected"), [
    ("NM|30973-2^Dose^LN|1|2", "NM|59782-3^Doses^LN|1|3", {"doseNumberPositiveInt": 2, "seriesDosesPositiveInt": 3}),
    ("ST|30973-2^Dose^LN|1|booster", "NM|59782-3^Doses^LN|1|3", {"doseNumberString": "booster", "seriesDosesPositiveInt": 3}),
    ("NM|30973-2^Dose^LN|1|0", "ST|59782-3^Doses^LN|1|2 or 3", {"doseNumberString": "0", "seriesDosesString": "2 or 3"})])
def test_which_dose_of_how_many(dose: str, series: str, expected: dict[str, Any]) -> None:
    assert given(dose, series)["protocolApplied"] == [expected]


def test_a_number_of_doses_alone_is_no_protocol() -> None:
    assert "protocolApplied" not in given("NM|59782-3^Doses^LN|1|3")


def test_the_address_in_the_place_of_older_versions() -> None:
    place = "^^^Clinic 1^^^^^St 9^Suite 5^Austin^TX^78701^USA"
    found = made(run("VXU^V04", PID, "ORC|RE||I1^IIS", RXA.format(place=place)), "Location")
    assert [p["address"] for p in found] == [
        {"line": ["St 9", "Suite 5"], "city": "Austin", "state": "TX", "postalCode": "78701", "country": "USA"}]
    assert "description" not in found[0] and "Suite 5" not in str(found[0]["identifier"])
