"""Two patients side by side: each field says same, differs or not given, and means it."""

from typing import Any

import pytest

from gateway.identity.patient import features_of
from gateway.identity.sides import sides

KVNR, NORTH, SOUTH = "http://fhir.de/sid/gkv/kvid-10", "https://north.example/patient", "https://south.example/patient"


def given(*numbers: tuple[str, str], names: tuple[str, ...] = ("Helga",)) -> dict[str, Any]:
    return {"resourceType": "Patient", "name": [{"family": "Hövel", "given": list(names)}],
            "identifier": [{"value": v, **({"system": s} if s else {})} for s, v in numbers]}


def words(a: dict[str, Any], b: dict[str, Any]) -> dict[str, str]:
    assert {s.field: s.word for s in sides(a, b)} == {s.field: s.word for s in sides(b, a)}
    return {s.field: s.word for s in sides(a, b)}


@pytest.mark.parametrize(("a", "b", "word"), [
    (((NORTH, "139690"),), ((SOUTH, "890223"),), "not given"), (((NORTH, "139690"),), ((NORTH, "139691"),), "differs"),
    (((NORTH, "139690"), (KVNR, "H362138615")), ((SOUTH, "890223"),), "not given"),
    (((NORTH, "139690"), (SOUTH, "5")), ((SOUTH, "890223"), (NORTH, "139690")), "same"),
    ((("", "139690"),), (("", "890223"),), "not given"), ((("", "139690"),), (("", "139690"),), "same")])
def test_numbers_are_compared_with_those_of_the_same_kind(a: Any, b: Any, word: str) -> None:
    assert words(given(*a), given(*b))["national numbers and identifiers"] == word


@pytest.mark.parametrize(("a", "b", "further"), [
    (("Helga",), ("Helga Renate",), "not given"), (("Helga", "Renate"), ("Helga Renate",), "same"),
    (("Helga Maria",), ("Helga", "Renate"), "differs")])
def test_a_second_given_name_is_a_field_of_its_own_however_it_is_written(a: Any, b: Any, further: str) -> None:
    found = words(given(names=a), given(names=b))
    assert found["given name"] == "same" and found["further given names"] == further


@pytest.mark.parametrize(("one", "other", "word"), [
    ("Ängsstigen 57", "Aengsstigen 57", "same"), ("Ängsstigen 57", "Angsstigen 57", "same"), ("Ängsstigen 57", "Ängsstigen 75", "differs"),
    ("Møllevej 12", "Moellevej 12", "same"), ("Ängsstigen 57", "", "not given")])
def test_the_letters_of_a_street_may_be_written_either_way(one: str, other: str, word: str) -> None:
    def at(street: str) -> dict[str, Any]:
        return {**given(), "address": [{"line": [street], "postalCode": "90455"}] if street else []}
    assert words(at(one), at(other))["address"] == word


MANY = tuple((f"https://unit{i}.example/patient", f"{i:05}") for i in range(30))
TOO_MANY = tuple((f"https://unit{i}.example/patient", f"{i:05}") for i in range(200))


def test_a_national_number_behind_thirty_others_is_compared_and_shown() -> None:
    a, b = given(*MANY, (KVNR, "H362138615")), given((SOUTH, "890223"), (KVNR, "H362138615"))
    assert features_of(a).number == "de-kvnr|H362138615"
    found = {s.field: s for s in sides(a, b)}["national numbers and identifiers"]
    assert found.word == "same" and len(found.a) == 31 and "H362138615" in found.a[-1]


def test_what_is_too_much_to_show_is_counted() -> None:
    found = {s.field: s for s in sides(given(*TOO_MANY), given(*MANY))}["national numbers and identifiers"]
    assert len(found.a) == 51 and found.a[-1] == "and 150 more, which are not compared" and len(found.b) == 30
