"""Other countries, other traps: different people are never linked, one person is (issue points 1 and 3)."""

from collections import Counter

import pytest

from gateway.identity import compare
from gateway.identity.linkage import cluster
from tests.identity import abroad, crowded, further, locales, mistaken, near, numbered, written
from tests.identity.further import PLACES, Make, Pair, Patient

MANY = 10 * len(PLACES)
CLASSES = (further, abroad, near, numbered, crowded, written, mistaken, locales)


def made(make: Make) -> list[Pair]:
    return list(next(classes for classes in CLASSES if make in (*classes.DIFFERENT, *classes.SAME)).made(make, MANY))


@pytest.mark.parametrize("make", [m for c in CLASSES for m in c.DIFFERENT], ids=lambda m: m.__name__)
def test_different_people_are_never_linked_and_every_held_pair_says_why(make: Make) -> None:
    found = [compare(a, b) for a, b in made(make)]
    assert not [c.reasons() for c in found if c.decision == "link"]
    assert all(c.guards and c.why() for c in found if c.decision == "review")


@pytest.mark.parametrize("make", [m for c in CLASSES for m in c.SAME], ids=lambda m: m.__name__)
def test_one_person_is_linked_or_a_human_is_asked(make: Make) -> None:
    found = Counter(compare(a, b).decision for a, b in made(make))
    assert found["link"] >= 0.99 * MANY and found["no"] == 0


def in_common(a: Patient, b: Patient, given: list[str], birth: str) -> Patient:
    """The record of somebody of whom no more is told than what two people share."""
    name = {"family": (a["name"] or [{}])[0].get("family", ""), "given": given}
    lists = {k: [x for x in a.get(k, []) if x in b.get(k, [])] for k in ("identifier", "telecom", "address", "contact", "extension")}
    return {"resourceType": "Patient", "name": [name], "birthDate": birth, "gender": a.get("gender", "") if a.get("gender") == b.get("gender") else "", **lists}


@pytest.mark.parametrize("make", [m for c in CLASSES for m in c.DIFFERENT], ids=lambda m: m.__name__)
def test_a_record_that_tells_less_makes_no_person_of_two(make: Make) -> None:
    for a, b in made(make)[:3]:
        given, others = ([w for n in p["name"][:1] for w in n.get("given", [])] for p in (a, b))
        births = [p.get("birthDate", "") for p in (a, b)]
        shared = births[0] if births[0] == births[1] else births[0][:4] if births[0][:4] == births[1][:4] else ""
        for words, birth in (([w for w in given if w in others], shared), ([w for w in given if w in others], ""), (given[:1], shared), ([], shared)):
            records = [("a", {**a, "id": "1"}), ("b", {**b, "id": "1"}), ("c", {**in_common(a, b, words, birth), "id": "1"})]
            assert not any({m[0] for m in members} >= {"a", "b"} for members in cluster(records).persons.values())
