"""How two desks of today write down one person, locale by locale (issue point 1)."""

import pytest

from gateway.identity import compare, features_of
from tests.identity.further import Patient

HOME = {"SE": ("urn:oid:1.2.752.129.2.1.3.1", "710419-2385"), "DE": ("http://fhir.de/sid/gkv/kvid-10", "A123456780")}


def desk(name: str, **more: object) -> Patient:
    """A person, `Family, Given Names`, born on one day."""
    family, _, given = name.rpartition(", ")
    return {"name": [{"family": family, "given": given.split()}], "birthDate": "1971-04-19", "gender": "female", **more}


def numbered(name: str, phone: str = "") -> Patient:
    """On one personnummer, with a phone of the time."""
    system, value = HOME["SE"]
    return desk(name, identifier=[{"system": system, "value": value}], telecom=[{"system": "phone", "value": phone}] if phone else [])


@pytest.mark.parametrize(("one", "other"), [
    ("von Essen, Eva", "VonEssen, Eva"), ("von Essen, Eva", "Essen, von, Eva"), ("VonEssen, Eva", "Essen von, Eva"), ("de La Tour, Eva", "Delatour, Eva"), ("Berg, van der, Eva", "Vanderberg, Eva"),
    ("De Luca, Eva", "DELUCA, Eva"), ("Dal Pozzo, Eva", "Dalpozzo, Eva"), ("El Amrani, Eva", "Amrani, Eva"), ("Van den Berghe, Eva", "VANDENBERGHE, Eva"), ("Le Goff, Eva", "LEGOFF, Eva")])
def test_particles_joined_left_out_or_behind_the_name(one: str, other: str) -> None:
    a, b = features_of(desk(one)), features_of(desk(other))
    assert not {*a.families}.isdisjoint(b.families)
    assert compare(numbered(one, "070-112 23 44"), numbered(other, "070-998 87 76")).decision == "link"


@pytest.mark.parametrize(("one", "other"), [
    ("Holm, José Luis", "Holm, J. Luis"), ("Holm, Jean Pierre", "Holm, J-P"), ("Holm, Per-Olof", "Holm, P-O"), ("Holm, Marie-Thérèse", "Holm, M-Thérèse"), ("Holm, Giuseppe", "Holm, G."),
    ("Holm, Muhammad Usman", "Holm, M. Usman"), ("Holm, Muhammad Usman", "Holm, Usman"), ("Holm, Maria Grazia", "Holm, M. G.")])
def test_initials_on_ones_own_number(one: str, other: str) -> None:
    assert compare(numbered(one), numbered(other)).decision == "link"
    assert compare(desk(one, telecom=[{"value": "070-112 23 44"}]), desk(other, telecom=[{"value": "070-112 23 44"}])).decision != "no"


@pytest.mark.parametrize(("one", "other"), [("Holm, José Luis", "Holm, J. Antonio"), ("Holm, Giuseppe", "Holm, M."), ("Holm, Jean Pierre", "Holm, J-B")])
def test_other_initials_are_anothers(one: str, other: str) -> None:
    assert compare(numbered(one), numbered(other)).decision == "review"


@pytest.mark.parametrize(("one", "other"), [("Haakan", "Håkan"), ("Åshild", "Aashild"), ("Páll", "Pall"), ("Haavard", "Havard")])
def test_letters_written_out(one: str, other: str) -> None:
    door = [{"line": ["Storgatan 4"], "postalCode": "22221", "city": "Lund"}]
    assert compare(desk(f"Holm, {one}", address=door), desk(f"Holm, {other}", address=door)).decision == "link"
