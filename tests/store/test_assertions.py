"""Assertions: append-only, found for whom they are about, ended only by the message that made them."""

import pytest

from gateway.errors import IntegrityError
from gateway.model import Assertion
from gateway.store import Store, assertions, changes, inbox, units
from gateway.store.patients import Ref
from tests.store.conftest import NOON
from tests.store.samples import message, observation, say

ANNA, BO = Ref("lund", "anna"), Ref("kiel", "bo")
RETRACT = Assertion("retract", {"source": "lund", "type": "Observation", "id": "o", "version": "1"})
SAME = Assertion("same", {"a": "lund/anna", "b": "kiel/bo", "by": "dr b", "reason": "same passport"})


def keep(store: Store, *said, key: str | None = None) -> list[str]:
    """Store assertions, made by the message `key` or by a human."""
    with store.write(NOON) as tx:
        if key is None:
            return assertions.add(tx, said)
        (arrival,) = inbox.add(tx, "lund", [message(key)])
        unit = units.get(tx, arrival.unit.id)
        new = assertions.add(tx, said, unit)
        units.settle(tx, unit, "done")
        return new


def told(store: Store, *members: Ref, upto: int | None = None) -> list[Assertion]:
    with store.read() as tx:
        return assertions.of_patients(tx, members, upto)


def test_said_once_however_often(store):
    assert keep(store, (SAME, [ANNA, BO])) == [SAME.id]
    assert keep(store, (SAME, [ANNA, BO])) == []
    assert told(store, ANNA) == told(store, BO) == told(store, ANNA, BO) == [SAME]


def test_another_content_under_a_given_id_is_refused(store):
    keep(store, (Assertion("never", {"id": "r1", "a": "x", "b": "y"}), [ANNA]))
    with pytest.raises(IntegrityError, match="this id"):
        keep(store, (Assertion("never", {"id": "r1", "a": "x", "b": "z"}), [ANNA]))


def test_two_retractions_of_one_resource_are_two(store):
    other = Assertion("retract", {**RETRACT.body, "version": "2"})
    assert keep(store, (RETRACT, [ANNA]), (other, [ANNA])) == [RETRACT.id, other.id]
    assert told(store, ANNA) == [RETRACT, other]


def test_an_undo_is_about_those_of_what_it_undoes(store):
    keep(store, (SAME, [ANNA, BO]))
    undo = Assertion("undo", {"of": SAME.id})
    again = Assertion("undo", {"of": undo.id})
    keep(store, (undo, []), (again, []))
    assert told(store, BO) == [SAME, undo, again]
    with store.read() as tx:
        assert assertions.of_kinds(tx, ["same", "never", "split", "undo"]) == [SAME, undo, again]
        assert assertions.of_kinds(tx, ["retract"]) == []
        assert assertions.about(tx, again.id) == [BO, ANNA]


@pytest.mark.parametrize("first", ["fact", "retraction"])
def test_35_a_retraction_is_found_whichever_came_first(store, first):
    steps = [lambda: say(store, "1", [observation("o", "anna")]), lambda: keep(store, (RETRACT, []), key="2")]
    for step in steps if first == "fact" else reversed(steps):
        step()
    assert told(store, ANNA) == [RETRACT]
    assert told(store, BO) == []


def test_a_replay_ends_what_the_message_says_no_longer(store):
    keep(store, (RETRACT, [ANNA]), key="1")
    keep(store, (SAME, [ANNA, BO]))
    with store.read() as tx:
        before = changes.last(tx)
    keep(store, key="1")
    assert told(store, ANNA) == [SAME]
    assert told(store, ANNA, upto=before) == [RETRACT, SAME]
    keep(store, (RETRACT, [ANNA]), key="1")
    assert sorted(a.kind for a in told(store, ANNA)) == ["retract", "same"]


def test_a_feed_of_assertions(store):
    keep(store, (SAME, [ANNA, BO]))
    with store.read() as tx:
        ((number, at, about, said),) = assertions.since(tx, 0)
        assert assertions.since(tx, number) == []
        assert (at, about, said) == (changes.at(tx, number), [BO, ANNA], SAME)
