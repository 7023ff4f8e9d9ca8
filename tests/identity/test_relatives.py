"""People of one name: what holds relatives apart, and what does not hold one person (relatives.py)."""

from typing import Any

import pytest

from gateway.identity import compare
from tests.identity.test_decisions import ELSEWHERE, EVA

POLICY = [{"value": "27183645"}]
SSN = [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "536904399"}]
OTHER_PHONE = [{"system": "phone", "value": "+46709998877"}]


def guards(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    a, b = {**EVA, **one}, {**EVA, **other}
    found = {g["guard"] for g in compare(a, b).json()["guards"]}
    assert found == {g["guard"] for g in compare(b, a).json()["guards"]}
    return found


def named(given: str, family: str, **change: Any) -> dict[str, Any]:
    return {"name": [{"family": family, "given": [given]}], "gender": "", "identifier": POLICY, **change}


@pytest.mark.parametrize(("change", "held"), [({"address": []}, False), ({}, False), ({"address": ELSEWHERE}, True), ({"address": [{"city": "Lund"}]}, True)])
def test_a_digit_of_the_birth_date_and_another_home(change: dict[str, Any], held: bool) -> None:
    """The whole name and the phone agree."""
    first = {"identifier": [], **({"address": []} if change == {"address": []} else {})}
    assert ("another-day" in guards(first, {"birthDate": "1971-04-18", "identifier": [], **change})) is held


@pytest.mark.parametrize(("one", "other", "held"), [
    ({"deceasedBoolean": True, "identifier": []}, {"birthDate": "1973-11-02", "identifier": []}, True),
    ({"deceasedBoolean": True, "identifier": []}, {"birthDate": "1969-11-02", "identifier": []}, False),   # the younger has died
    ({"deceasedBoolean": True, "identifier": []}, {"birthDate": "1971-11-02", "identifier": []}, False),   # born in one year
    ({"deceasedBoolean": True}, {"birthDate": "1973-04-19"}, False),                                       # one national number
    ({"deceasedDateTime": "1980-01-05", "identifier": []}, {"birthDate": "1973-11-02", "identifier": []}, False),
    ({"identifier": []}, {"birthDate": "1973-11-02", "identifier": []}, False)])
def test_a_child_named_after_one_who_died(one: dict[str, Any], other: dict[str, Any], held: bool) -> None:
    assert ("after-one-who-died" in guards(one, other)) is held


@pytest.mark.parametrize(("one", "other", "held"), [
    (named("Harpreet", "Singh"), named("Harpreet", "Kaur", birthDate="1971-04-28"), True),
    (named("Harpreet", "Kaur Gill"), named("Harpreet", "Singh Gill", birthDate="1972-05-02"), True),
    (named("Harpreet", "Gill", name=[{"family": "Gill", "given": ["Harpreet", "Singh"]}]),
     named("Harpreet", "Gill", name=[{"family": "Gill", "given": ["Harpreet", "Kaur"]}], birthDate="1971-04-28"), True),
    (named("Harpreet", "Singh"), named("Harpreet", "Singh", birthDate="1971-04-28"), False),
    (named("Harpreet", "Kaur"), named("Harpreet", "Gill", birthDate="1971-04-28"), False),
    (named("Harpreet", "Singh"), named("Harpreet", "Kaur"), False),                                        # on one day, not as couples are
    (named("Eva", "Holm", gender="male"), named("Eva", "Holm", gender="female", birthDate="1971-04-18"), True),
    (named("Eva", "Holm", gender="female"), named("Eva", "Holm", gender="female", birthDate="1971-04-18"), False),
    ({"gender": "male"}, {"birthDate": "1971-04-18"}, False)])                                             # one national number
def test_a_couple_of_one_given_name(one: dict[str, Any], other: dict[str, Any], held: bool) -> None:
    assert ("couple" in guards(one, other)) is held


@pytest.mark.parametrize(("other", "held"), [
    ({"gender": "male", "address": ELSEWHERE, "telecom": OTHER_PHONE}, True), ({"gender": "male", "address": ELSEWHERE, "telecom": []}, True),
    ({"gender": "male", "address": ELSEWHERE}, False), ({"gender": "male", "telecom": OTHER_PHONE}, False), ({"gender": "male", "address": [], "telecom": []}, False),
    ({"address": ELSEWHERE, "telecom": OTHER_PHONE}, False), ({"gender": "", "address": ELSEWHERE, "telecom": OTHER_PHONE}, False)])
def test_a_card_of_another(other: dict[str, Any], held: bool) -> None:
    assert ("card-of-another" in guards({}, other)) is held


@pytest.mark.parametrize(("one", "other", "held"), [
    ({"identifier": SSN}, {"identifier": SSN, "birthDate": "1975-11-02", "address": ELSEWHERE, "telecom": []}, True),
    ({"identifier": SSN}, {"identifier": SSN, "birthDate": "1975-11-02", "address": ELSEWHERE}, False),    # one phone
    ({"identifier": SSN}, {"identifier": SSN, "birthDate": "1975-11-02", "telecom": []}, False),           # one door
    ({"identifier": SSN}, {"identifier": SSN, "birthDate": "1971-04-18", "address": ELSEWHERE, "telecom": []}, False),
    ({"identifier": [*SSN, *EVA["identifier"]]}, {"identifier": SSN, "birthDate": "1975-11-02", "address": ELSEWHERE, "telecom": []}, True),
    ({}, {"birthDate": "1975-11-02", "address": ELSEWHERE, "telecom": []}, False)])                        # the number passes a test
def test_a_number_without_a_check_digit(one: dict[str, Any], other: dict[str, Any], held: bool) -> None:
    assert ("unchecked-number" in guards(one, other)) is held


@pytest.mark.parametrize(("one", "other", "held"), [
    (named("Zaynab", "Ali", birthDate="1971-01-01"), named("Zeinab", "Ali", birthDate="1971-01-01"), True),
    (named("Zaynab", "Ali", birthDate="1971"), named("Zeinab", "Ali", birthDate="1971-01-01"), True),
    (named("Zaynab", "Ali", birthDate="1971-01-01"), named("Zaynab", "Ali", birthDate="1971-01-01"), False),
    (named("Zaynab", "Ali"), named("Zeinab", "Ali"), False),
    (named("Zaynab", "Ali", birthDate="1971-01-01"), named("Ali", "Zaynab", birthDate="1971-01-01"), False),
    (named("Zaynab", "Ali", birthDate="1971-01-01"), named("Zqxnab", "Ali", birthDate="1971-01-01"), False),
    (named("William", "Berg", birthDate="1971-01-01"), named("Bill", "Berg", birthDate="1971-01-01"), False),
    ({"name": [{"family": "Ali", "given": ["Zaynab"]}], "birthDate": "1971-01-01"}, {"name": [{"family": "Ali", "given": ["Zeinab"]}], "birthDate": "1971-01-01"}, False)])
def test_two_forms_of_one_name_born_in_one_year(one: dict[str, Any], other: dict[str, Any], held: bool) -> None:
    assert ("born-in-one-year" in guards(one, other)) is held


@pytest.mark.parametrize(("one", "other", "held"), [
    (["Anna", "Maria"], ["Maria"], False), (["Anna", "Maria"], ["Maria", "Anna"], False), (["Anna", "Maria"], ["Karin", "Maria"], True), (["Camila"], ["Carnila"], False), (["László"], ["L?szl?"], False),
    (["Anna"], ["Karin"], True), (["志伟"], ["志炜"], False)])
def test_one_national_number_and_day_under_another_name(one: list[str], other: list[str], held: bool) -> None:
    first, second = ({"name": [{"family": "Holm", "given": given}]} for given in (one, other))
    assert ("twins" in guards(first, second)) is held


@pytest.mark.parametrize(("one", "other", "held"), [("Nora", "Nara", True), ("Camila", "Carnila", False), ("Anan", "Arian", False), ("Nora", "N?ra", False)])
def test_children_on_one_national_number(one: str, other: str, held: bool) -> None:
    """Two names that parents choose may be those of twins, but not where a scanner makes one of the other."""
    first, second = ({"name": [{"family": "Holm", "given": [given]}], "birthDate": "2012-04-19", "identifier": SSN} for given in (one, other))
    assert ("twins" in guards(first, second)) is held


def test_a_former_name_of_the_other_sex_is_no_twin() -> None:
    old = {"use": "old", **EVA["name"][0]}
    assert not guards({}, {"gender": "male", "name": [{"use": "official", "family": "Holm", "given": ["Anders"]}, old]})
    assert "twins" in guards({}, {"gender": "male", "name": [{"family": "Holm", "given": ["Anders"]}]})


@pytest.mark.parametrize(("one", "two", "held"), [("Ibáñez Soler", "Ibáñez Vega", True), ("Ibáñez Soler", "Ibáñez", False), ("Ibáñez Soler", "Soler Ibáñez", False)])
def test_one_surname_of_two_in_one_town(one: str, two: str, held: bool) -> None:
    town = {"address": [{"postalCode": "28013", "city": "Madrid"}], "telecom": [], "identifier": []}
    first, second = ({**town, "name": [{"family": family, "given": ["Eva"]}]} for family in (one, two))
    assert ("namesakes" in guards(first, second)) is held


@pytest.mark.parametrize(("one", "two", "held"), [("志伟", "志炜", True), ("國偉", "国伟", False), ("志伟", "志伟", False), ("志伟", "Zhiwei", False)])
def test_chinese_names_of_one_sound(one: str, two: str, held: bool) -> None:
    first, second = ({"name": [{"family": "桂", "given": [given]}], "identifier": []} for given in (one, two))
    assert ("twins" in guards(first, second)) is held
