"""Other countries, other traps: different people are never linked, one person is (issue points 1 and 3)."""

from collections import Counter

import pytest

from gateway.identity import compare
from tests.identity import abroad, crowded, further, locales, mistaken, near, numbered, written
from tests.identity.further import PLACES, Make, Pair

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
