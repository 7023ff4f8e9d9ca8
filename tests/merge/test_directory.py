"""The directory: catalogue entries merged by registry identifiers only, shown only where a fact refers to them."""

from typing import Any

import pytest

from gateway.merge import merge
from gateway.merge.directory import directory
from gateway.merge.versions import Entry
from gateway.model import Fact
from tests.merge.given import codes, fact, of, one, record, result, says, states, tables

MORNING = "2024-01-01T08:00:00Z"
NPI = "http://hl7.org/fhir/sid/us-npi"


def who(source: str, id: str, *identifiers: tuple[str, str], type: str = "Practitioner", **body: Any) -> Fact:
    said = {"identifier": [{"system": s, "value": v} for s, v in identifiers]} if identifiers else {}
    return fact(source, type, id, **{"name": [{"family": "Ek"}], **said, **body})


def by(source: str, id: str, *references: str) -> Fact:
    return result(source, id, MORNING, 90 + len(id), performer=[{"reference": r} for r in references])


@pytest.mark.parametrize(("a", "b", "classes"), [
    ([(NPI, "1")], [(NPI, "1")], 1), ([(NPI, "1")], [(NPI, "2")], 2), ([], [], 2), ([(NPI, "1")], [], 2),
    ([(NPI, "1")], [("urn:oid:2.16.840.1.113883.4.6", "1")], 1), ([(NPI, "1"), ("urn:x", "2")], [("urn:x", "2")], 1)])
def test_entries_are_one_by_identifier_never_by_name(a: Any, b: Any, classes: int) -> None:
    r = record(who("A", "1", *a), who("B", "1", *b), by("A", "x", "Practitioner/1"), by("B", "yy", "Practitioner/1"))
    assert len(of(r, "Practitioner")) == classes


def test_an_entry_is_shown_where_a_fact_refers_to_it_directly_or_not() -> None:
    role = fact("A", "PractitionerRole", "r", practitioner={"reference": "Practitioner/1"})
    site, above = who("A", "o", type="Organization", partOf={"reference": "Organization/p"}), who("A", "p", type="Organization")
    idle = who("A", "idle", type="Organization")
    r = record(role, who("A", "1"), site, above, idle, by("A", "x", "PractitionerRole/r", "Organization/o"))
    assert {x["resourceType"] for x in r.resources} == {"Observation", "PractitionerRole", "Practitioner", "Organization"}
    assert len(of(r, "Organization")) == 2
    assert states(r, idle, above) == ["excluded", "represented"]
    assert r.ledger[idle.id]["why"]


def test_a_person_who_refers_to_it_only_in_an_alternative_still_shows_it() -> None:
    number = [{"system": "urn:lab:instance", "value": "7"}]
    r = record(who("A", "1"), who("B", "1", name=[{"family": "Alm"}]),
               result("A", "1", MORNING, identifier=number, encounter={"reference": "Practitioner/1"}),
               result("B", "1", MORNING, identifier=number, encounter={"reference": "Practitioner/1"}))
    assert len(of(r, "Practitioner")) == 2


@pytest.mark.parametrize("use", ["old", "temp"])
def test_an_identifier_that_has_passed_joins_nothing(use: str) -> None:
    passed = {"identifier": [{"system": NPI, "value": "1", "use": use}]}
    r = record(who("A", "1", **passed), who("B", "1", (NPI, "1")), by("A", "x", "Practitioner/1"), by("B", "yy", "Practitioner/1"))
    assert len(of(r, "Practitioner")) == 2


def test_an_identifier_that_one_source_gives_to_two_names_joins_nothing() -> None:
    r = record(who("A", "1", (NPI, "1")), who("A", "2", (NPI, "1"), name=[{"family": "Alm"}]), who("B", "1", (NPI, "1")),
               by("A", "x", "Practitioner/1", "Practitioner/2"), by("B", "yy", "Practitioner/1"))
    assert len(of(r, "Practitioner")) == 3 and "id-reused" in codes(r)


def test_a_retracted_entry_is_shown_no_more_and_its_referrers_stay() -> None:
    r = record(who("A", "1"), by("A", "x", "Practitioner/1"), says("retract", source="A", type="Practitioner", id="1"))
    assert not of(r, "Practitioner")
    assert one(r, "Observation")["performer"][0]["identifier"]["value"] == "A/Practitioner/1"


def test_a_home_s_directory_decides_where_it_is_given() -> None:
    here, elsewhere = who("A", "1", ("urn:local", "7")), who("B", "1", ("urn:local", "7"), (NPI, "1"))
    home = directory({(f.source, f.type, f.key): Entry((f.source, f.type, f.key), f) for f in (here, elsewhere)}, b"k")
    mine = merge([here, by("A", "x", "Practitioner/1")], (), tables(), b"k", home)
    theirs = merge([elsewhere, by("B", "x", "Practitioner/1")], (), tables(), b"k", home)
    assert one(mine, "Practitioner")["id"] == one(theirs, "Practitioner")["id"]
