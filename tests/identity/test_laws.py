"""Clusters are a pure function of records, model and assertions (identity.md "Incremental clustering"; ID-06)."""

import random
from itertools import combinations
from statistics import median

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.identity import MODEL, Scores, cluster, compare, features_of, keys, touched
from gateway.identity.assertions import Said
from gateway.identity.linkage import components
from gateway.jsontext import canonical
from gateway.model import Assertion
from tests.identity.adversarial import CLASSES, pairs
from tests.identity.people import patient, registers

Record = tuple[str, dict]
# Of the profile's examples, so that a mutation run can ask for fewer: each world has many pairs.
WORLDS = settings(max_examples=settings().max_examples * 6 // 10, deadline=None)


def _world(seed: int, size: int) -> list[Record]:
    """A few people in several registers, some of them twins, namesakes, spouses on one number."""
    rng = random.Random(seed)
    rows = list(registers(max(2, size // 4), seed, copies=4, errors=(0, 6)))
    for name in rng.sample(sorted(CLASSES), 3):
        rows += [p for pair in pairs(name, 1, seed) for p in pair]
    rows = rng.sample(rows, min(len(rows), size))
    return [(rng.choice("abc"), patient(p, str(i))) for i, p in enumerate(rows)]


def _said(rng: random.Random, records: list[Record], many: int) -> list[Assertion]:
    out: list[Assertion] = []
    for n in range(many):
        (s, p), (t, q) = rng.sample(records, 2)
        kind = rng.choice(["same", "same", "never", "split", "undo"])
        if kind == "undo" and out:
            out.append(Assertion("undo", {"of": rng.choice(out).id, "reason": str(n)}))
        elif kind == "split":
            out.append(Assertion("split", {"a": f"{s}/{p['id']}", "since": "2024-01-01"}))
        else:
            kind = "same" if kind == "undo" else kind
            out.append(Assertion(kind, {"a": f"{s}/{p['id']}", "b": {"source": t, "id": q["id"]}}))
    return out


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Record], list[Assertion], random.Random]:
    seed = draw(st.integers(0, 10_000))
    records = _world(seed, draw(st.integers(4, 16)))
    rng = random.Random(seed)
    return records, _said(rng, records, draw(st.integers(0, 6))), rng


def document(records: list[Record], said: list[Assertion], **how: bool) -> bytes:
    return canonical(cluster(records, said, **how).json())


def persons(found: dict) -> list[list[str]]:
    return [p["members"] for p in found["persons"]]


@WORLDS
@given(worlds())
def test_order_and_repetition_change_nothing(world) -> None:
    records, said, rng = world
    expected = document(records, said)
    for _ in range(3):
        again = records + rng.sample(records, len(records) // 2)
        rng.shuffle(again)
        assert document(again, rng.sample(said, len(said))) == expected


@WORLDS
@given(worlds())
def test_one_by_one_gives_the_same_bytes(world) -> None:
    records, said, rng = world
    assert document(rng.sample(records, len(records)), said, incremental=True) == document(records, said)


@WORLDS
@given(worlds())
def test_an_undone_assertion_was_never_said(world) -> None:
    """Unlink then relink: identical clusters, ids and review."""
    records, said, _ = world
    for assertion in said:
        undo = Assertion("undo", {"of": assertion.id, "by": "test"})
        redo = Assertion("undo", {"of": undo.id, "by": "test"})
        without = [a for a in said if a.id != assertion.id and a.body.get("of") != assertion.id]
        others = [a for a in said if a.body.get("of") != assertion.id]
        if any(a.kind == "undo" for a in without):
            continue
        assert document(records, [*others, undo]) == document(records, without)
        assert document(records, [*others, undo, redo]) == document(records, others)


@WORLDS
@given(worlds())
def test_assertions_are_never_overridden(world) -> None:
    records, said, _ = world
    said = [a for a in said if a.kind in ("same", "never")]
    found = cluster(records, said).json()
    person = {m: i for i, members in enumerate(persons(found)) for m in members}
    spelled = [(a.kind, a.body["a"], f"{a.body['b']['source']}/{a.body['b']['id']}") for a in said]
    graph = nx.Graph([(a, b) for kind, a, b in spelled if kind == "same"])
    patients = {f"{s}/{p['id']}": p for s, p in records}
    never = {frozenset((a, b)) for kind, a, b in spelled if kind == "never"}
    for kind, a, b in spelled:
        if kind == "never" and a != b:
            assert person[a] != person[b]
    for closure in nx.connected_components(graph):
        suspended = any(frozenset(p) in never or _effects(patients, *p) & {"veto"} for p in combinations(closure, 2))
        together = len({person[m] for m in closure}) == 1
        assert together != suspended or len(closure) == 1
        if suspended:
            assert len({person[m] for m in closure}) == len(closure), "its members stay apart"
            assert {m for r in found["review"] for m in (r["a"], r["b"])} & closure, "and are a review case"


def _effects(patients: dict[str, dict], a: str, b: str) -> set[str]:
    return {g.effect for g in compare(patients[a], patients[b]).guards}


@WORLDS
@given(worlds())
def test_no_machine_link_crosses_a_hold(world) -> None:
    records, _, _ = world
    patients = {f"{s}/{p['id']}": p for s, p in records}
    for members in persons(cluster(records).json()):
        for a, b in combinations(members, 2):
            assert not _effects(patients, a, b) - {"thin"}
            assert compare(patients[a], patients[b]).weight >= MODEL.no


@WORLDS
@given(worlds())
def test_the_rule_told_twice_gives_the_same_persons(world) -> None:
    """An independent telling of the rule, without components, kinds or indexes."""
    records, _, _ = world
    patients = {(s, p["id"]): p for s, p in records}
    own = {m: keys(features_of(p)) for m, p in patients.items()}
    found = {(a, b): compare(patients[a], patients[b]) for a, b in combinations(sorted(patients), 2)}
    links = [(a, b) for (a, b), c in found.items() if c.decision == "link" and own[a] & own[b]]
    groups = [{m} for m in sorted(patients)]
    for a, b in sorted(links, key=lambda p: (-found[p].weight, p)):
        one, two = (next(g for g in groups if m in g) for m in (a, b))
        cross = [found[min(x, y), max(x, y)] for x in one for y in two if x != y]
        if one is two or any(c.weight < MODEL.no or any(g.effect != "thin" for g in c.guards) for c in cross):
            continue
        if median(c.weight for c in cross) >= MODEL.link:
            groups.remove(two)
            one |= two
    expected = sorted(sorted(f"{s}/{i}" for s, i in g) for g in groups)
    assert sorted(persons(cluster(records).json())) == expected


@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=60))
def test_components_equal_networkx(size: int, drawn: list[tuple[int, int]]) -> None:
    members = [("s", f"{i:02}") for i in range(size)]
    edges = [(members[a], members[b]) for a, b in drawn if a < size and b < size]
    graph = nx.Graph(edges)
    graph.add_nodes_from(members)
    assert components(members, edges) == sorted(sorted(c) for c in nx.connected_components(graph))


@WORLDS
@given(worlds())
def test_every_record_is_in_one_person_and_review_cases_are_apart(world) -> None:
    records, said, _ = world
    found = cluster(records, said).json()
    members = [m for p in found["persons"] for m in p["members"]]
    assert sorted(members) == sorted({f"{s}/{p['id']}" for s, p in records})
    person = {m: p["id"] for p in found["persons"] for m in p["members"]}
    assert len(set(person.values())) == len(found["persons"])
    assert all(r["reasons"] and person[r["a"]] != person[r["b"]] for r in found["review"])


def test_pairs_that_were_decided_before_are_not_compared_again(monkeypatch):
    """What a store knows of linked pairs is what comparing them anew says, so nothing hangs on knowing it."""
    records = {("s", f"m{n}"): features_of({
        "resourceType": "Patient", "name": [{"family": "Öberg", "given": ["Eva"]}], "birthDate": "1961-02-03",
        "identifier": [{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": "196102033450"}],
        "address": [{"line": [f"Storgatan {n}"], "postalCode": f"{91000 + n}"}]}) for n in range(12)}
    records["s", "w"] = features_of({"resourceType": "Patient", "name": [{"family": "Berg", "given": ["Bo"]}],
                                     "birthDate": "1999-09-09"})
    fresh = Scores(records, MODEL)
    linked = {p: fresh(*p).weight for p in combinations(sorted(records), 2) if fresh(*p).decision == "link"}
    assert linked
    anew, known = (touched(records, linked, Said(), s) for s in (fresh, Scores(records, MODEL, linked)))
    assert known == anew
    monkeypatch.setattr(Scores, "fresh", lambda *_: pytest.fail("compared again"))
    alike = {m for p in linked for m in p}
    assert touched(alike, linked, Said(), Scores(records, MODEL, linked)).clusters == [sorted(alike)]
