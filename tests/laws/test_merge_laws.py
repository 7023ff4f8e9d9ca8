"""Laws P1 to P11 of the merge over random worlds.

100 worlds × 5 shuffles; `PROVE=1` runs 1,000 × 20 with 5 incremental splits (`make prove`).
"""

import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from gateway.jsontext import canonical, dumps
from gateway.merge import Person, Record, merge
from gateway.merge.body import references
from gateway.merge.findings import SEVERITY
from gateway.model import Assertion, Fact
from tests.laws.worlds import SOURCES, Line, world
from tests.merge.given import tables

PROVE = bool(os.environ.get("PROVE"))
WORLDS, SHUFFLES = (1000, 20) if PROVE else (100, 5)
_CHUNK = 20


def record(lines: list[Line]) -> Record:
    return merge([x for x in lines if isinstance(x, Fact)], [x for x in lines if isinstance(x, Assertion)], tables())


def text(lines: list[Line]) -> bytes:
    return canonical(record(lines).json())


def clinical(r: Record) -> bytes:
    """The record without its ledger, which also accounts for what is excluded."""
    return canonical([r.resources, r.provenance, r.alternatives, r.issues])


def chunks() -> list[range]:
    return [range(n, n + _CHUNK) for n in range(0, WORLDS, _CHUNK)]


@pytest.fixture(params=chunks(), ids=lambda r: f"worlds {r.start}-{r.stop - 1}")
def seeds(request: pytest.FixtureRequest) -> range:
    found: range = request.param
    return found


def test_p1_p3_p10_order_repetition_and_arrival_play_no_part(seeds: range) -> None:
    for seed in seeds:
        lines, random = world(seed), Random(seed)
        expected = text(lines)
        for _ in range(SHUFFLES):
            again = [_arrived(x, random) for x in random.sample(lines, len(lines)) + random.choices(lines, k=3)]
            assert text(again) == expected, seed


def _arrived(line: Line, random: Random) -> Line:
    """The same line, received at another time by another way."""
    if isinstance(line, Assertion):
        return line
    return Fact(line.source, line.version, line.resource, line.asserted, random.choice([None, "1999", "2030-01-01"]),
                random.choice([None, "x", "y"]))


def test_p2_any_grouping_of_the_lines_gives_one_record(seeds: range) -> None:
    for seed in seeds:
        lines = world(seed)
        a, b, c = lines[::3], lines[1::3], lines[2::3]
        assert text([*a, *b, *c]) == text([*c, *b, *b, *a]) == text(lines), seed


def test_p4_one_by_one_is_all_at_once(seeds: range) -> None:
    """Assertions first, so that every fact goes the incremental way; the record is compared after each of them."""
    for seed in seeds:
        lines = world(seed)
        person = Person(tables())
        person.add([], [x for x in lines if isinstance(x, Assertion)])
        facts = [x for x in lines if isinstance(x, Fact)]
        for n, fact in enumerate(facts, 1):
            person.add([fact])
            so_far = [x for x in lines if isinstance(x, Assertion)] + facts[:n]
            assert canonical(person.record().json()) == text(so_far), (seed, n)


def test_p4_any_split_is_all_at_once(seeds: range) -> None:
    for seed in seeds:
        lines, random = world(seed), Random(seed)
        for _ in range(5 if PROVE else 2):
            person = Person(tables())
            for part in _parts(random.sample(lines, len(lines)), random):
                person.add([x for x in part if isinstance(x, Fact)], [x for x in part if isinstance(x, Assertion)])
                person.record()
            assert canonical(person.record().json()) == text(lines), seed


def _parts(lines: list[Line], random: Random) -> Iterator[list[Line]]:
    while lines:
        cut = random.randint(1, 6)
        yield lines[:cut]
        lines = lines[cut:]


def test_p5_p6_unlinked_is_never_linked(seeds: range) -> None:
    for seed in seeds:
        lines = world(seed)
        for source in SOURCES:
            unlinked = record([*lines, Assertion("unlink", {"source": source, "id": f"u-{source}"})])
            never = record([x for x in lines if _source(x) != source])
            assert clinical(unlinked) == clinical(never), (seed, source)
            undone = [*lines, Assertion("unlink", {"source": source, "id": f"u-{source}"}),
                      Assertion("undo", {"of": f"u-{source}"})]
            assert text(undone) == text(lines), (seed, source)


def _source(line: Line) -> str:
    return line.source if isinstance(line, Fact) else str(line.body.get("source", ""))


def test_p7_no_fact_is_lost(seeds: range) -> None:
    for seed in seeds:
        lines = world(seed)
        r = record(lines)
        facts = {f.id: f for f in lines if isinstance(f, Fact)}
        assert set(r.ledger) == set(facts), seed
        shown = {f"{x['resourceType']}/{x['id']}": x for x in r.resources}
        for id, line in r.ledger.items():
            assert set(line) == {"state", "by", "why"}
            assert line["state"] in ("represented", "superseded", "retracted", "excluded")
            if line["state"] == "represented":
                assert not missing(facts[id].resource, shown[line["by"]], r.alternatives.get(line["by"], {})), (seed, id)
            else:
                assert line["why"], (seed, id)


def missing(body: dict[str, Any], shown: dict[str, Any], others: Any) -> set[tuple[str, str]]:
    """Values of a fact that stand neither in the resource nor in its alternatives, element by element."""
    have = {n: set(_leaves(v)) | {x for o in others.get(n, ()) for x in _leaves(o["value"])}
            for n, v in [*shown.items(), *((n, None) for n in others if n not in shown)]}
    return {(name, leaf) for name, value in body.items() if name not in ("id", "meta", "contained", "link")
            for leaf in _leaves(value) if leaf not in have.get(name, set())}


def _leaves(value: Any) -> Iterator[str]:
    """Leaf values as text; references are rewritten, so their targets do not count."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "reference":
                yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield dumps(value)


def test_p8_p9_classes_partition_the_represented_facts_and_ids_are_unique(seeds: range) -> None:
    for seed in seeds:
        r = record(world(seed))
        names = [f"{x['resourceType']}/{x['id']}" for x in r.resources]
        assert names == sorted(names) and len(set(names)) == len(names)
        by_class = {name: r.provenance[name]["resourceType"] for name in names}
        members = [f for facts in by_class.values() for f in facts]
        assert len(set(members)) == len(members)
        assert {f: name for name, facts in by_class.items() for f in facts} == {
            f: line["by"] for f, line in r.ledger.items() if line["state"] == "represented"}
        assert len([n for n in names if n.startswith("Patient/")]) <= 1


def test_references_are_closed_and_issues_are_of_the_list(seeds: range) -> None:
    for seed in seeds:
        r = record(world(seed))
        names = {f"{x['resourceType']}/{x['id']}" for x in r.resources}
        for resource in [*r.resources, *r.issues]:
            local = {f"#{c['id']}" for c in resource.get("contained", ())}
            assert set(references(resource)) <= names | local, seed
        for issue in r.issues:
            assert issue["code"]["coding"][0]["code"] in set(SEVERITY) - {"invariant-broken"}, seed


def test_every_answer_shown_and_not_shown_names_its_facts(seeds: range) -> None:
    for seed in seeds:
        r = record(world(seed))
        for resource in r.resources:
            name = f"{resource['resourceType']}/{resource['id']}"
            assert set(resource) - {"id"} == set(r.provenance[name]), seed
            assert all(r.provenance[name].values()), seed
            for element, values in r.alternatives.get(name, {}).items():
                shown = canonical(resource.get(element))
                assert all(v["facts"] and canonical(v["value"]) != shown for v in values), seed


def test_p11_two_persons_agree_on_the_id_of_a_catalogue_entry() -> None:
    from tests.merge.given import fact, result
    npi = [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}]
    shared = fact("A", "Practitioner", "9", identifier=npi, name=[{"family": "Ek"}])
    by_shared = {"performer": [{"reference": "Practitioner/9"}]}
    ada = record([shared, result("A", "1", "2024-01-01T08:00:00Z", **by_shared)])
    bo = record([shared, result("A", "2", "2024-01-01T08:00:00Z", **by_shared),
                 fact("0", "Practitioner", "0", identifier=npi, name=[{"family": "Ek"}]),
                 result("0", "3", "2024-01-02T08:00:00Z", performer=[{"reference": "Practitioner/0"}])])
    first, second = ([x["id"] for x in r.resources if x["resourceType"] == "Practitioner"] for r in (ada, bo))
    assert first == second and len(first) == 1
