"""Laws P1 to P11 of the merge on 10,000 random FHIR worlds over all types of its table (about 12 minutes on two cores).

Each world: four shuffles with repetition and other arrival (P1, P3, P10), two groupings (P2), one by one in a random
order with the record looked at on the way (P4), one source unlinked and linked again (P5, P6), the ledger and every value
findable (P7), classes and ids (P8, P9), references closed, a directory entry's id the same beside strangers (P11).
The spine's worlds, 1,000 × 20 shuffles with 5 incremental splits, and 1,000 shuffles of a five-source patient come on top.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from random import Random

import pytest

from benchmarks.merge import person as five_sources
from gateway.jsontext import canonical
from gateway.merge import Person, Record, merge
from gateway.merge.body import references
from gateway.model import Assertion, Fact
from tests.laws.test_merge_laws import _arrived, _parts, _source, clinical, missing, record, text
from tests.laws.worlds import SOURCES, Line, world
from tests.merge.given import tables
from tests.prove import Figure

_WORLDS = int(os.environ.get("WORLDS", "10000"))
_FIRST = 1_000_000                                  # other worlds than those of the quick tests
_CHUNK = 250


def prove() -> Iterator[Figure]:
    broken: Counter[str] = Counter()
    facts = 0
    examples: dict[str, int] = {}
    with ProcessPoolExecutor() as pool:
        for count, found in pool.map(_worlds, range(_FIRST, _FIRST + _WORLDS, _CHUNK)):
            facts += count
            for law, seed in found:
                broken[law] += 1
                examples.setdefault(law, seed)
    for law in LAWS:
        told = f"broken in {broken[law]} (world {examples[law]})" if broken[law] else f"holds in all {_WORLDS}"
        yield Figure(f"{law} on {_WORLDS} worlds of {facts} facts", told, "none broken", not broken[law])
    yield _shuffles()
    failed = pytest.main(["-q", "-p", "no:cacheprovider", "-n", "2", "tests/laws/test_merge_laws.py"])
    yield Figure("laws on 1,000 worlds × 20 shuffles with 5 splits", "hold" if not failed else "broken", "hold", not failed)


LAWS = ("P1 P3 P10 order, repetition, arrival", "P2 grouping", "P4 one by one", "P5 P6 unlinked = never linked", "P7 nothing lost",
        "P8 P9 classes and ids", "references closed", "P11 ids of the directory")


def _worlds(first: int) -> tuple[int, list[tuple[str, int]]]:
    facts, broken = 0, []
    for seed in range(first, min(first + _CHUNK, _FIRST + _WORLDS)):
        lines = world(seed)
        facts += sum(isinstance(x, Fact) for x in lines)
        broken += [(law, seed) for law in _laws(lines, Random(seed))]
    return facts, broken


def _laws(lines: list[Line], random: Random) -> Iterator[str]:
    made = record(lines)
    expected = canonical(made.json())
    if any(text([_arrived(x, random) for x in random.sample(lines, len(lines)) + random.choices(lines, k=3)]) != expected
           for _ in range(4)):
        yield LAWS[0]
    a, b = lines[::2], lines[1::2]
    if text([*b, *a, *b]) != expected or text([*a, *a, *b]) != expected:
        yield LAWS[1]
    if not _one_by_one(lines, random, expected):
        yield LAWS[2]
    source = random.choice(SOURCES)
    unlink = Assertion("unlink", {"source": source, "id": "the unlink"})
    if (clinical(record([*lines, unlink])) != clinical(record([x for x in lines if _source(x) != source]))
            or text([*lines, unlink, Assertion("undo", {"of": "the unlink"})]) != expected):
        yield LAWS[3]
    yield from _kept(lines, made)
    if not _same_directory(lines, made):
        yield LAWS[7]


def _one_by_one(lines: list[Line], random: Random, expected: bytes) -> bool:
    person, so_far = Person(tables()), list[Line]()
    look = random.randrange(len(lines))
    for part in _parts(random.sample(lines, len(lines)), random):
        person.add([x for x in part if isinstance(x, Fact)], [x for x in part if isinstance(x, Assertion)])
        so_far += part
        if len(so_far) - len(part) <= look < len(so_far) and canonical(person.record().json()) != text(so_far):
            return False
    return canonical(person.record().json()) == expected


def _kept(lines: list[Line], made: Record) -> Iterator[str]:
    facts = {x.id: x for x in lines if isinstance(x, Fact)}
    shown = {f"{r['resourceType']}/{r['id']}": r for r in made.resources}
    if set(made.ledger) != set(facts) or any(
            line["state"] == "represented" and (line["by"] not in shown or missing(
                facts[id].resource, shown[line["by"]], made.alternatives.get(line["by"], {})))
            for id, line in made.ledger.items()):
        yield LAWS[4]
    members = [f for name in shown for f in made.provenance[name]["resourceType"]]
    if len(shown) != len(made.resources) or len(set(members)) != len(members) or set(members) != {
            f for f, line in made.ledger.items() if line["state"] == "represented"}:
        yield LAWS[5]
    if any(r not in shown and r not in {f"#{c['id']}" for c in x.get("contained", ()) if isinstance(c, dict) and "id" in c}
           for x in [*made.resources, *made.issues] for r in references(x)):
        yield LAWS[6]


def _same_directory(lines: list[Line], made: Record) -> bool:
    """An entry that a stranger's record shows, too, has the same id there."""
    catalogue = [x for x in lines if isinstance(x, Fact) and x.type in ("Organization", "Practitioner")]
    strangers = [Fact("A", 1, {"resourceType": "CarePlan", "id": f"s{n}", "status": "active", "intent": "plan", "author": {
        "reference": f"{f.source}/{f.reference}"}}) for n, f in enumerate(catalogue)]
    words = [x for x in lines if isinstance(x, Assertion) and x.kind in ("unlink", "undo", "retract")]
    other = merge([*catalogue, *strangers, *(x for x in lines if isinstance(x, Fact) and x.type == "Provenance")], words, tables())
    ids = {f: line["by"] for f, line in made.ledger.items() if line["state"] == "represented"}
    return all(ids[f] == line["by"] for f, line in other.ledger.items()
               if line["state"] == "represented" and f in ids and f in {c.id for c in catalogue})


def _shuffles() -> Figure:
    facts, random = five_sources(300), Random(5)
    seen = {hashlib.sha256(canonical(merge(random.sample(facts, len(facts)), (), tables()).json())).hexdigest() for _ in range(1000)}
    return Figure("hashes of 1,000 shuffles of a patient of five sources", str(len(seen)), "1", len(seen) == 1)
