"""An update that describes another person under the same number (issue points 3 and 4): nobody's chart takes it in."""

from itertools import permutations

import pytest

from gateway.model import Fact
from gateway.opened import opened
from gateway.pipeline.people import rule, undo
from gateway.pipeline.pull import pull
from gateway.pipeline.write import write_facts
from gateway.store import cases, people
from gateway.store.patients import Ref
from tests.homes import EVA, NOW, make_home, patient

BO = "197211191114"
EARLY, LATE = "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"


def eva(key):
    return patient(key, "Öberg", "Eva", "1961-02-03", EVA)


def bo(key):
    return {**patient(key, "Falk", "Bo", "1972-11-19", BO), "gender": "male", "address": [
        {"line": ["Hamngatan 9"], "city": "Lund", "postalCode": "22221"}]}


@pytest.fixture
def home(tmp_path):
    with opened(make_home(tmp_path / "home", {"north": [eva("n1")], "south": [eva("s1")], "west": [bo("w1")]}), lambda: NOW) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield gate


def persons(gate):
    with gate.store.read() as tx:
        return {tuple(map(str, people.members(tx, p))) for p in people.persons(tx) if p}


def test_an_overlay_leaves_its_person_and_joins_nobody(home):
    assert persons(home) == {("north/n1", "south/s1"), ("west/w1",)}
    write_facts(home, [Fact("north", "2", bo("n1"), LATE)])
    assert persons(home) == {("north/n1",), ("south/s1",), ("west/w1",)}
    with home.store.read() as tx:
        assert cases.overlaid(tx) == {Ref("north", "n1")}
        [case] = [c for c in cases.waiting(tx) if c.a != c.b]
        assert (str(case.a), str(case.b)) == ("north/n1", "west/w1")
        assert "another person under the same number" in cases.about(tx, (case.a, case.b)).detail["held"][0]


def test_a_correction_by_the_source_does_not_mend_what_was_mixed(home):
    """Eva, Bo, Eva again: what was said while the number was Bo's stands in the same record, so a human looks first."""
    write_facts(home, [Fact("north", "2", bo("n1"), LATE)])
    write_facts(home, [Fact("north", "3", eva("n1"), "2026-04-01T00:00:00Z")])
    assert persons(home) == {("north/n1",), ("south/s1",), ("west/w1",)}
    rule(home, "same", "north/n1", "south/s1", "dr", "looked at both charts")
    assert persons(home) == {("north/n1", "south/s1"), ("west/w1",)}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_plays_no_part(tmp_path, order):
    versions = [Fact("north", "1", eva("n1"), EARLY), Fact("north", "2", bo("n1"), LATE), Fact("west", "1", bo("w1"), EARLY)]
    with opened(make_home(tmp_path / "home", {}), lambda: NOW) as gate:
        for i in order:
            write_facts(gate, [versions[i]])
        assert persons(gate) == {("north/n1",), ("west/w1",)}


def test_a_ruling_says_whose_number_it_is_and_its_undo_takes_that_back(home):
    write_facts(home, [Fact("north", "2", bo("n1"), LATE)])
    held = persons(home)
    said = rule(home, "same", "north/n1", "west/w1", "dr", "the number is Bo's now")
    assert persons(home) == {("north/n1", "west/w1"), ("south/s1",)}
    undo(home, said["id"], "dr", "no")
    assert persons(home) == held
    rule(home, "same", "north/n1", "north/n1", "dr", "one person, renamed and corrected")
    assert ("north/n1", "west/w1") in persons(home), "now the computer decides again"


def test_never_and_same_outlast_an_overlay(home):
    rule(home, "never", "north/n1", "west/w1", "dr", "two people")
    rule(home, "same", "north/n1", "south/s1", "dr", "one person")
    write_facts(home, [Fact("north", "2", bo("n1"), LATE)])
    assert not any({"north/n1", "west/w1"} <= set(p) for p in persons(home))
    write_facts(home, [Fact("north", "3", eva("n1"), "2026-04-01T00:00:00Z")])
    assert persons(home) == {("north/n1", "south/s1"), ("west/w1",)}


def test_a_marriage_or_a_corrected_date_is_no_overlay(home):
    renamed = {**eva("n1"), "name": [{"family": "Lindqvist", "given": ["Eva"]}]}
    write_facts(home, [Fact("north", "2", renamed, LATE)])
    assert persons(home) == {("north/n1", "south/s1"), ("west/w1",)}
    write_facts(home, [Fact("north", "3", {**eva("n1"), "birthDate": "1961-03-02"}, "2026-04-01T00:00:00Z")])
    assert persons(home) == {("north/n1", "south/s1"), ("west/w1",)}


def test_the_queue_tells_of_it_also_where_nobody_else_is_concerned(home):
    from gateway.disclose.queue import queue
    from gateway.disclose.transfer import Asked
    from gateway.policy.request import Request
    stranger = {**bo("n1"), "name": [{"family": "Ek", "given": ["Nils"]}], "birthDate": "1930-03-03",
                "identifier": [{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "193003031238"}]}
    write_facts(home, [Fact("north", "2", stranger, LATE)])
    asked = Asked(Request(purpose="HOPERAT", role="operator", scopes=("system/*.rs",)), "review", "test")
    [case] = queue(home, asked)["cases"]
    assert (case["a"], case["b"], case["case"]) == ("north/n1", "north/n1", "") and "another person under the same number" in case["why"][0]
    assert "Nils" not in str(case) and "Öberg" not in str(case)
    rule(home, "same", "north/n1", "north/n1", "dr", "one person")
    assert queue(home, asked)["cases"] == []


def message(event, at, pid):
    return "\r".join((f"MSH|^~\\&|ADT|NORTH|GW|GW|{at}||ADT^{event}|m{event}{at}|P|2.5", f"EVN|{event}|{at}", pid,
                      "PV1|1|I|W1^1^1")) + "\r"


def test_an_a08_that_overlays_another_person(tmp_path):
    """Over HL7 v2: A01 of Eva, then A08 with Bo's name, birth date and number under her medical record number."""
    folder = make_home(tmp_path / "home", {"south": [eva("s1")], "west": [bo("w1")]})
    (folder / "inbox" / "adt").mkdir(parents=True)
    (folder / "sources" / "adt.toml").write_text('kind = "hl7v2"\norganisation = "Adt"\ncountry = "SE"\ntimezone = "Europe/Stockholm"\n'
                                                 'connection = { folder = "inbox/adt" }\n')
    number = "{}^^^&1.2.752.129.2.1.3.1&ISO^NNSWE"
    one = f"PID|1||88412^^^NORTH^MR~{number.format(EVA)}||Öberg^Eva||19610203|F|||Storgatan 1^^Ådalby^^91320^SE"
    two = f"PID|1||88412^^^NORTH^MR~{number.format(BO)}||Falk^Bo||19721119|M|||Hamngatan 9^^Lund^^22221^SE"
    for name, text in (("1.hl7", message("A01", "20260101080000", one)), ("2.hl7", message("A08", "20260301080000", two))):
        (folder / "inbox" / "adt" / name).write_text(text, "utf-8")
    with opened(folder, lambda: NOW) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        found = persons(gate)
        assert len(found) == 3 and all(len(p) == 1 for p in found), found
        with gate.store.read() as tx:
            assert {r.source for r in cases.overlaid(tx)} == {"adt"}
