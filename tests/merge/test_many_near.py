"""However many entries are near one another, each that contradicts one of another source is named, at bounded cost."""

from typing import Any

import pytest

from gateway.merge import Record
from gateway.merge.rules.pairs import pairs
from gateway.model import Fact
from tests.merge.given import SNOMED, coded, codes, fact, merge, result, tables

AT = "2026-01-01T08:00:00Z"


def named(record: Record, code: str) -> set[str]:
    """Merged resources that the issues of a code name."""
    return {r["reference"] for i in record.issues if i["code"]["coding"][0]["code"] == code for r in i["implicated"]}


def merged(*facts: Fact) -> Record:
    return merge(facts, [], tables())


@pytest.mark.parametrize("other", range(5))
def test_one_value_against_forty_of_another_source_at_that_instant_contradicts_each(other: int) -> None:
    many = [result("A", f"a{n:03}", AT, 100 + n) for n in range(40)]
    record = merged(*many, result("B", f"b{other}", AT, 77))
    assert len(named(record, "value-conflict") | named(record, "unit-mismatch")) == 41


@pytest.mark.parametrize("seconds", [0, 1, 39])
def test_one_reading_behind_many_of_a_monitor_with_its_value_is_near_them(seconds: int) -> None:
    monitor = [result("A", f"a{n:03}", f"2026-01-01T08:00:{n:02}Z", 72 if n in (0, 39) else 100 + n) for n in range(40)]
    record = merged(*monitor, result("B", "b", f"2026-01-01T08:00:{seconds:02}.5Z", 72))
    assert codes(record) == ["possible-duplicate"] and len(named(record, "possible-duplicate")) == 3


def test_a_chain_is_whole_though_each_is_compared_with_its_neighbours_only() -> None:
    readings = [result("AB"[n % 3 == 0], f"r{n:03}", f"2026-01-01T08:{n // 60:02}:{n % 60:02}Z", 72) for n in range(200)]
    record = merged(*readings)
    assert codes(record) == ["possible-duplicate"] and len(named(record, "possible-duplicate")) == 200


def test_the_sixtieth_procedure_of_a_day_at_another_site_contradicts_as_the_first_does() -> None:
    def done(source: str, id: str, site: str) -> Fact:
        return fact(source, "Procedure", id, status="completed", code=coded((SNOMED, "80146002")),
                    performedDateTime="2026-01-01", bodySite=[coded(("urn:site", site))])
    many = [done("A", f"a{n:03}", f"{n:03}") for n in range(60)]
    record = merged(*many, done("B", "b", "other"))
    assert len(named(record, "value-conflict")) == 61


def test_the_last_of_many_doses_is_seen() -> None:
    def takes(source: str, id: str, text: str, day: int) -> Fact:
        return fact(source, "MedicationRequest", id, status="active", intent="order", authoredOn=f"20{day:02}-01-01",
                    medicationCodeableConcept=coded(text="Amoxicillin"), dosageInstruction=[{"text": text}])
    alike = [takes("A", f"a{n:03}", "one daily", n % 99) for n in range(99)]
    assert not codes(merged(*alike))
    record = merged(*alike, *(takes("A", f"z{n:03}", "one daily", n) for n in range(20)), takes("B", "zz", "four daily", 99))
    assert "dose-conflict" in codes(record)


def test_pairs_grow_with_the_entries_and_not_with_their_square() -> None:
    class Entry:
        def __init__(self, n: int) -> None:
            self.sources, self.id = frozenset("AB"[n % 2]), str(n)

    class Scene:
        def told_apart(self, a: Any, b: Any) -> bool:
            return False

    few, many = (len(list(pairs([Entry(n) for n in range(size)], Scene(), 16))) for size in (200, 2000))
    assert 9 * few < many < 11.5 * few and few > 200 * 14
    assert len(set(pairs([Entry(n) for n in range(20)], Scene(), 16))) == 100
