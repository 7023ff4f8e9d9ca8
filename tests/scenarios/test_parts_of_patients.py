"""A name beside a result, or a number in a merge, is a part of a Patient (SUBSETTED): linking goes by the whole."""

from itertools import permutations

import pytest

from gateway.identity.linkage import cluster
from gateway.model import Fact
from gateway.opened import opened
from gateway.pipeline.people import rule
from gateway.pipeline.write import write_facts
from gateway.store import cases, people
from gateway.store.patients import Ref
from tests.homes import NOW, make_home, patient
from tests.scenarios.test_overlay import EARLY, LATE, bo, eva, persons

TAG = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


def part(key, **said):
    return {"resourceType": "Patient", "id": key, "meta": {"tag": [TAG], "lastUpdated": LATE}, **said}


NUMBER = part("n1", active=False, identifier=[{"system": "urn:hospital", "value": "4711"}])
WHOLE = [Fact("north", None, eva("n1"), EARLY), Fact("south", None, eva("s1"), EARLY)]
BESIDE = Fact("north", None, NUMBER, LATE)


@pytest.fixture
def gate(tmp_path):
    with opened(make_home(tmp_path / "home", {}), lambda: NOW) as found:
        yield found


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_part_hides_no_whole_in_whichever_order_they_come(gate, order):
    for i in order:
        write_facts(gate, [[*WHOLE, BESIDE][i]])
    assert persons(gate) == {("north/n1", "south/s1")}


def test_what_is_compared_is_the_whole_also_behind_many_parts(gate):
    write_facts(gate, WHOLE)
    for day in range(1, 9):
        write_facts(gate, [Fact("north", None, {**NUMBER, "gender": "female"}, f"2026-03-{day:02}T00:00:00Z")])
    write_facts(gate, [Fact("north", None, {**eva("n1"), "birthDate": "1961-02-04"}, "2026-02-01T00:00:00Z")])
    with gate.store.read() as tx:
        [known] = people.known(tx, [Ref("north", "n1")])
    assert "1961-02-04" in known.features


def test_a_merge_by_its_number_alone_leaves_the_old_record_as_it_was(gate):
    """The source merges n0 into n1: others are still compared with what n0 said when it was a patient."""
    write_facts(gate, [Fact("north", None, eva("n0"), EARLY), *WHOLE, Fact("north", None, {**NUMBER, "id": "n0"}, LATE)])
    rule(gate, "same", "north/n0", "north/n1", "north", "the source merged these patients")
    assert persons(gate) == {("north/n0", "north/n1", "south/s1")}


def test_where_there_are_only_parts_the_last_is_compared(gate):
    write_facts(gate, [Fact("north", None, NUMBER, EARLY), WHOLE[1]])
    write_facts(gate, [Fact("north", None, {**eva("n1"), "meta": {"tag": [TAG]}}, LATE)])
    assert persons(gate) == {("north/n1", "south/s1")}


def test_a_part_in_a_file_hides_no_whole_either():
    lines = [("north", eva("n1")), ("south", eva("s1")), ("north", NUMBER)]
    for order in permutations(lines):
        assert len(cluster(order).persons) == 1


def test_a_part_that_describes_another_person_is_an_overlay_all_the_same():
    other = {**patient("n1", "Falk", "Bo", "1972-11-19", "197211191114"), "meta": {"tag": [TAG], "lastUpdated": LATE}}
    found = cluster([("north", eva("n1")), ("south", eva("s1")), ("north", other)])
    assert sorted(map(len, found.persons.values())) == [1, 2]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_part_between_two_people_hides_no_overlay(gate, order):
    """Eva's number, a merge that names nothing else, then Bo under it."""
    told = [*WHOLE, BESIDE, Fact("north", None, bo("n1"), "2026-04-01T00:00:00Z")]
    for i in order:
        write_facts(gate, [told[i]])
    with gate.store.read() as tx:
        assert cases.overlaid(tx) == {Ref("north", "n1")}
    assert persons(gate) == {("north/n1",), ("south/s1",)}
