"""Clusters by example: what people say, how they spell it, epochs (contract.md `gateway identity cluster`)."""

from dataclasses import replace
from itertools import combinations, permutations

import pytest

from gateway.identity import MODEL, cluster, features_of
from gateway.identity.assertions import Said
from gateway.identity.cluster import Scores, resolve
from gateway.ids import merged_id
from gateway.model import Assertion

NUMBER = "urn:oid:1.2.752.129.2.1.3.1"


def person(key: str, given: str = "Eva", family: str = "Holm", born: str = "1971-04-19", number: str = "710419-2385",
           updated: str = "") -> dict:
    out = {"resourceType": "Patient", "id": key, "name": [{"family": family, "given": [given]}], "birthDate": born,
           "identifier": [{"system": NUMBER, "value": number}]}
    return {**out, "meta": {"lastUpdated": updated}} if updated else out


EVA = [("a", person("1")), ("b", person("2")), ("c", person("3"))]
ADAM = ("c", person("9", "Adam", "Berg", "1950-11-02", "501102-1111"))


def persons(records: list, *said: Assertion) -> list[list[str]]:
    return [p["members"] for p in cluster(records, said).json()["persons"]]


def say(kind: str, **body: object) -> Assertion:
    return Assertion(kind, body)


def test_one_person_in_three_sources() -> None:
    found = cluster([*EVA, ADAM]).json()
    assert [p["members"] for p in found["persons"]] == [["a/1", "b/2", "c/3"], ["c/9"]]
    assert found["persons"][0]["id"] == merged_id(b"", "a", "Patient", "1")
    assert found["schema"] == "gateway.identity/1" and found["review"] == [] and found["issues"] == []


@pytest.mark.parametrize("member", ["c/9", "c/Patient/9", {"source": "c", "id": "9"}, ["c", "9"], ("c", "9"),
                                    {"source": "c", "resource": {"id": "9"}}, "c|9"])
def test_a_member_is_understood_however_it_is_spelled(member: object) -> None:
    assert persons([EVA[0], ADAM], say("same", a="a/1", b=member)) == [["a/1", "c/9"]]


@pytest.mark.parametrize("name", ["members", "records", "patients"])
def test_members_can_be_a_list(name: str) -> None:
    assert persons([*EVA, ADAM], say("same", **{name: ["a/1", "c/9"]})) == [["a/1", "c/9"], ["b/2", "c/3"]]


def test_never_parts_what_the_computer_would_link() -> None:
    assert persons(EVA[:2], say("never", a="a/1", b="b/2")) == [["a/1"], ["b/2"]]
    assert cluster(EVA[:2], [say("never", a="a/1", b="b/2")]).json()["review"] == [], "never come back as a suggestion"


def test_same_and_never_together_suspend_the_whole_closure() -> None:
    said = [say("same", a="a/1", b="b/2"), say("same", a="b/2", b="c/9"), say("never", a="a/1", b="c/9")]
    found = cluster([*EVA[:2], ADAM], said).json()
    assert [p["members"] for p in found["persons"]] == [["a/1"], ["b/2"], ["c/9"]]
    assert ("a/1", "c/9") in [(r["a"], r["b"]) for r in found["review"]]


def test_a_veto_suspends_a_humans_same() -> None:
    other = ("b", person("2", number="710419-2443"))
    found = cluster([EVA[0], other], [say("same", a="a/1", b="b/2")]).json()
    assert [p["members"] for p in found["persons"]] == [["a/1"], ["b/2"]]
    assert "national number" in " ".join(found["review"][0]["reasons"])


def test_a_human_can_join_what_a_hold_keeps_apart() -> None:
    twin = ("b", {**person("2", given="Karin"), "identifier": []})
    assert persons([EVA[0], twin]) == [["a/1"], ["b/2"]]
    assert persons([EVA[0], twin], say("same", a="a/1", b="b/2")) == [["a/1", "b/2"]]


def lodger(key: str, given: str = "Hedda", born: str = "1976-02-14", number: str = "481-22-7365", city: str = "Ashford", **more: object) -> dict:
    home = {"line": ["12 Mill Lane"], "city": city, "state": "KS", "postalCode": "67501", "country": "US"}
    numbers = [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": number}] if number else []
    return {**person(key, given, "Norwood", born), "gender": "female", "address": [home], "identifier": numbers, **more}


BARE = ("a", lodger("1", number=""))                          # says all that WHOLE says, but for the number
WHOLE = ("b", lodger("2"))
SLIPPED = ("c", lodger("3", born="1966-02-14"))               # WHOLE by its number; a digit of the year is wrong


def test_a_hold_is_answered_by_who_says_all_of_it_and_has_the_number_too() -> None:
    assert persons([BARE, SLIPPED]) == [["a/1"], ["c/3"]], "a digit of the year, and no number that agrees"
    assert persons([WHOLE, SLIPPED]) == [["b/2", "c/3"]]
    for some in permutations((BARE, WHOLE, SLIPPED)):
        assert cluster(some).json() == cluster([BARE, WHOLE, SLIPPED]).json()
    found = cluster([BARE, WHOLE, SLIPPED]).json()
    assert [p["members"] for p in found["persons"]] == [["a/1", "b/2", "c/3"]] and found["review"] == []


@pytest.mark.parametrize("bare, whole, slipped", [
    (lodger("1", number="481-22-7366"), lodger("2"), lodger("3", born="1966-02-14")),            # a number that WHOLE lacks
    (lodger("1", number="", telecom=[{"system": "phone", "value": "+1 620 555 0117"}]), lodger("2"), lodger("3", born="1966-02-14")),
    (lodger("1", number=""), lodger("2"), lodger("3", born="1966-02-14", number="")),            # nothing brings these two together
    (lodger("1", number=""), lodger("2", number=""), lodger("3", born="1966-02-14")),
    (lodger("1", "Hedda", number=""), lodger("2", "Helga"), lodger("3", "Helga")),               # a twin without a number
], ids=["another number", "a phone of its own", "no number agrees", "only one has the number", "a twin"])
def test_a_hold_stands_where_nobody_answers_it(bare: dict, whole: dict, slipped: dict) -> None:
    found = persons([("a", bare), ("b", whole), ("c", slipped)])
    assert not any({"a/1", "c/3"} <= set(members) for members in found), found


def clusters_of(*some: dict, shared: bool) -> list[list[str]]:
    """The clusters of Patients, by their given names, where people share homes or do not."""
    features = {("s", p["id"]): features_of(p) for p in some}
    model = replace(MODEL, shared=shared)
    pairs = [(a, b) for a, b in combinations(sorted(features), 2) if Scores(features, model).links(a, b)]
    return [[key for _, key in c] for c in resolve(sorted(features), pairs, Said(), Scores(features, model)).clusters]


def of_a_house(key: str, given: str, number: str) -> dict:
    return {**lodger(key, given), "identifier": [{"system": "urn:register", "value": number}]}


def test_where_nobody_shares_a_home_a_record_linked_to_both_answers_a_hold() -> None:
    three = of_a_house("1", "Hedda", "7244613"), of_a_house("2", "Ingrid", "7244613"), of_a_house("3", "Hedda", "8778791")
    assert clusters_of(*three, shared=False) == [["1", "2", "3"]]
    assert clusters_of(*three[1:], shared=False) == [["2"], ["3"]], "the given names are two, and so are the numbers"
    assert not any({"2", "3"} <= set(c) for c in clusters_of(*three, shared=True)), "they may be twins"


def test_a_veto_is_never_answered() -> None:
    dead = {"deceasedDateTime": "2019-05-02"}
    other = ("c", lodger("3", born="1966-02-14", deceasedDateTime="2021-08-30"))
    assert not any({"a/1", "c/3"} <= set(m) for m in persons([("a", lodger("1", number="", **dead)), ("b", lodger("2", **dead)), other]))


def test_split_takes_a_record_out_and_undo_puts_it_back() -> None:
    split = say("split", a="b/2", since="2024-01-01")
    assert persons(EVA, split) == [["a/1", "c/3"], ["b/2"]]
    assert persons(EVA, split, say("undo", of=split.id)) == [["a/1", "b/2", "c/3"]]


def test_split_parts_the_versions_of_a_number_by_time() -> None:
    records = [EVA[0], ("b", person("2", updated="2023-05-01T10:00:00+02:00")),
               ("b", person("2", "Karin", "Lind", "1982-08-30", "820830-1234", updated="2024-05-01T10:00:00+02:00"))]
    found = cluster(records, [say("split", a="b/2", since="2024-01-01")]).json()
    assert [p["members"] for p in found["persons"]] == [["a/1", "b/2"], ["b/2~2"]]


def test_an_update_that_describes_another_person_is_an_epoch_of_its_own() -> None:
    """Overlay: birth date, name and number contradict; never an overwrite, always a review case."""
    records = [EVA[0], ("b", person("2", updated="2023-05-01T10:00:00Z")),
               ("b", person("2", "Adam", "Berg", "1950-11-02", "501102-1111", updated="2024-05-01T10:00:00Z"))]
    found = cluster(records).json()
    assert [p["members"] for p in found["persons"]] == [["a/1", "b/2"], ["b/2~2"]]
    assert [(r["a"], r["b"]) for r in found["review"]] == [("b/2", "b/2~2")]
    assert [i["code"] for i in found["issues"]] == ["identity-overlay"]


def test_an_update_of_the_same_person_is_no_epoch() -> None:
    records = [("b", person("2", updated="2023-05-01T10:00:00Z")), ("b", person("2", family="Berg", updated="2024-01-01T00:00:00Z"))]
    assert persons(records) == [["b/2"]]


def test_unknown_members_are_told() -> None:
    found = cluster(EVA, [say("same", a="a/1", b="x/77"), say("never", a=None, b=5), say("split", a=[1, 2, 3])]).json()
    assert [p["members"] for p in found["persons"]] == [["a/1", "b/2", "c/3"]]
    assert {i["code"] for i in found["issues"]} == {"identity-unknown-member"}


def test_a_patient_without_id_is_kept_and_told() -> None:
    nameless = ("a", {k: v for k, v in person("1").items() if k != "id"})
    found = cluster([nameless, EVA[1]]).json()
    assert len(found["persons"]) == 1 and len(found["persons"][0]["members"]) == 2
    assert found["issues"][0]["code"] == "identity-no-id"


def test_undos_in_a_ring_do_not_stand() -> None:
    said = [say("never", a="a/1", b="b/2", id="n"), say("undo", of="u2", id="u1"), say("undo", of="u1", id="u2")]
    assert persons(EVA[:2], *said) == [["a/1"], ["b/2"]]


def test_the_id_key_changes_the_ids_alone() -> None:
    plain, keyed = cluster(EVA), cluster(EVA, id_key=b"secret")
    assert list(plain.persons) != list(keyed.persons)
    assert list(plain.persons.values()) == list(keyed.persons.values())


def test_many_identical_records_are_bounded_work() -> None:
    records = [(f"s{i:04}", person("1")) for i in range(1500)]
    assert len(persons(records)) == 1
