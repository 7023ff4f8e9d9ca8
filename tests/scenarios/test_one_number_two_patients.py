"""Documents of two patients that give their entries, and themselves, the same numbers: each record is its own and whole."""

from base64 import b64decode
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from gateway.jsontext import loads
from gateway.opened import opened
from gateway.pipeline.pull import pull
from tests import ccda_documents as made
from tests.exporter import Client
from tests.laws.steps import Clock
from tests.scenarios.test_monthly_documents import MARCH, home

PEOPLE = {"Ashgrove": ("A-1001", made.ASTHMA), "Birchwood": ("A-2002", made.GOUT)}


def paper(family: str) -> bytes:
    """A document of one of them, with the numbers of the template that the program has for everybody."""
    number, problem = PEOPLE[family]
    ids = made.Ids("same")
    return made.document("1", {"problems": [made.problem(ids, problem)], "allergies": [made.allergy(ids, made.LATEX)]}, MARCH,
                         family=family, extension=number).replace(b"19610217", b"19610217" if family == "Ashgrove" else b"19480509")


def shown(client: Client, family: str) -> dict[str, list[dict[str, Any]]]:
    (patient,) = loads(client.ask(f"/fhir/Patient?family={family}").data)["entry"]
    found = loads(client.ask(f"/fhir/Patient/{patient['resource']['id']}/$everything").data)
    by_type: dict[str, list[dict[str, Any]]] = {}
    for e in found["entry"]:
        by_type.setdefault(e["resource"]["resourceType"], []).append(e["resource"])
    return by_type


@pytest.mark.parametrize("order", list(permutations(PEOPLE)))
def test_each_has_a_record_of_its_own(tmp_path: Path, order: tuple[str, ...]) -> None:
    with opened(home(tmp_path / "home"), Clock()) as gate:
        for family in order:
            (gate.home.folder / "inbox" / f"{family}.xml").write_bytes(paper(family))
            assert not pull(gate, "fairhaven").failed
        client = Client(gate)
        records = {family: shown(client, family) for family in order}
        for family, (_, (_, code, _)) in PEOPLE.items():
            (problem,), (allergy,) = records[family]["Condition"], records[family]["AllergyIntolerance"]
            assert problem["code"]["coding"][0]["code"] == code and allergy["code"]["coding"][0]["code"] == made.LATEX[1]
            again = loads(client.ask(f"/fhir/Condition/{problem['id']}").data)
            assert again["code"] == problem["code"] and again["subject"] == problem["subject"]
            (document,) = records[family]["DocumentReference"]
            url = document["content"][0]["attachment"]["url"]
            paper_of = loads(client.ask(f"/fhir/source/fairhaven/{url}", headers={"Accept": "application/fhir+json"}).data)
            assert family.encode() in b64decode(paper_of["data"])
        everybody = [{r["id"] for found in records[f].values() for r in found if r["resourceType"] not in
                      ("Organization", "Practitioner")} for f in order]
        assert not everybody[0] & everybody[1], "no id stands for things of both"
