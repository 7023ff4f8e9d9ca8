"""Identity in the store is a function of what stands in it: one by one or afresh, in any order, it is the same persons, under
the same ids, with the same cases for a human (issue point 4; ID-06). Components are checked against networkx.
"""

import os
import random
from contextlib import contextmanager
from datetime import date, timedelta

import networkx as nx
import pytest

from gateway import config
from gateway.disclose.tuning import under
from gateway.identity import cluster
from gateway.model import Assertion, Fact
from gateway.opened import opened
from gateway.pipeline import people as orders
from gateway.pipeline.link import relink
from gateway.pipeline.write import write_facts
from gateway.store import assertions, cases, facts, people
from gateway.store.patients import Ref
from tests.homes import NOW
from tests.identity.adversarial import CLASSES, pairs
from tests.identity.people import corrupted, patient, registers

PROVE = bool(os.environ.get("PROVE"))
SEEDS = range(40 if PROVE else 6)
STEPS = 60 if PROVE else 30
SOURCES = "abc"


def valid_date(text):
    try:
        return not text or bool(date.fromisoformat(f"{text}-01-01"[:10]))
    except ValueError:
        return False


def full(value):
    """Without what is empty, which FHIR does not allow."""
    if isinstance(value, dict):
        return {k: v for k, x in value.items() if (v := full(x))}
    return [v for x in value if (v := full(x))] if isinstance(value, list) else value


class World:
    """A home with people of several registers who come, change, go, are ruled about and erased. key: the home's id key."""

    def __init__(self, gate, seed):
        self.gate, self.rng, self.n = gate, random.Random(seed), 0
        people_ = list(registers(5, seed, copies=4, errors=(0, 5)))
        for name in self.rng.sample(sorted(CLASSES), 3):
            people_ += [p for pair in pairs(name, 1, seed) for p in pair]
        self.coming = [(self.rng.choice(SOURCES), f"p{i}", p) for i, p in enumerate(people_)]
        self.here, self.said = {}, []

    def at(self):
        self.n += 1
        return f"{(NOW + timedelta(minutes=self.n)).isoformat()[:19]}Z"

    def send(self, source, key, p):
        body = full(patient(p, key))
        body = body if valid_date(body.get("birthDate", "")) else {k: v for k, v in body.items() if k != "birthDate"}
        write_facts(self.gate, [Fact(source, str(self.n), body, self.at())])

    def arrive(self):
        if self.coming:
            source, key, p = self.coming.pop(self.rng.randrange(len(self.coming)))
            self.here[Ref(source, key)] = p
            self.send(source, key, p)

    def everyone(self):
        while self.coming:
            self.arrive()

    def update(self):
        if self.here:
            ref = self.rng.choice(sorted(self.here))
            self.here[ref] = corrupted(self.here[ref], self.rng, self.rng.choice([0, 1, 1, 2]))
            self.send(*ref, self.here[ref])

    def retract(self):
        if len(self.here) > 2:
            ref = self.rng.choice(sorted(self.here))
            said = Assertion("retract", {"source": ref.source, "type": "Patient", "id": ref.key, "asserted": self.at()})
            with self.gate.store.write(self.gate.now()) as tx:
                assertions.add(tx, [(said, [ref])])
                relink(tx, [ref], self.gate.model)

    def rule(self):
        if len(self.here) > 1:
            a, b = self.rng.sample(sorted(self.here), 2)
            self.said.append(orders.rule(self.gate, self.rng.choice(["same", "never"]), str(a), str(b), "dr", str(self.n))["id"])

    def part(self):
        """Say of two that are linked that they are two people: what was linked is held, until somebody takes it back."""
        with self.gate.store.read() as tx:
            linked = sorted(people.pairs(tx, self.here, cases.EDGES))
        if linked:
            a, b = self.rng.choice(linked)
            self.said.append(orders.rule(self.gate, "never", str(a), str(b), "dr", str(self.n))["id"])

    def undo(self):
        if self.said:
            self.said.append(orders.undo(self.gate, self.rng.choice(self.said), "dr", str(self.n))["id"])

    def erase(self):
        if len(self.here) > 4:
            with self.gate.store.read() as tx:
                gone = people.members(tx, people.person(tx, self.rng.choice(sorted(self.here))))
                touched = {a.id for a in assertions.of_identity(tx, gone, ("same", "never", "undo"))}
            if gone:
                orders.erase(self.gate, self.person(gone[0]), "order", "dr")
                self.here = {r: p for r, p in self.here.items() if r not in gone}
                self.said = [s for s in self.said if s not in touched]

    def person(self, ref):
        with self.gate.store.read() as tx:
            return people.person(tx, ref)

    def step(self):
        getattr(self, self.rng.choices(["arrive", "update", "retract", "rule", "undo", "erase"], [10, 4, 1, 3, 2, 1])[0])()


def state(gate):
    """Persons by id, and every pair that is linked, asked about or refused, with weight and reasons."""
    with gate.store.read() as tx:
        persons = {p: people.members(tx, p) for p in people.persons(tx) if p}
        decided = sorted((d.a, d.b) if d.a < d.b else (d.b, d.a) for d in people.decisions(tx))
        told = {(min(d.a, d.b), max(d.a, d.b)): (d.decision, round(d.weight, 9), d.detail.get("held"), d.detail.get("why"))
                for d in people.decisions(tx)}
    assert len(decided) == len(told), "one decision a pair"
    return persons, told


@contextmanager
def home(folder, key):
    config.init(folder, name="law", organisation="Law", country="SE")
    (folder / "secrets" / "id.key").write_text(key)
    with opened(folder, lambda: NOW) as gate:
        yield gate


KEY = "ab" * 32


def stands(gate):
    """What stands in a home: Patients in any version, and what was said."""
    with gate.store.read() as tx:
        rows = [r for s in facts.sources(tx) for r in facts.since(tx, 0, s, "Patient", limit=10**6)]
        return facts.opened(tx, rows), assertions.of_kinds(tx, ("same", "never", "split", "undo", "retract"))


def build(gate, everything, said, rng):
    """The same, afresh: in another order, in batches of other sizes, rulings before or after the records."""
    todo = [*everything, *said]
    rng.shuffle(todo)
    while todo:
        batch = [todo.pop() for _ in range(min(len(todo), rng.randint(1, 6)))]
        if made := [x for x in batch if isinstance(x, Fact)]:
            for f in made:
                write_facts(gate, [f])
        for a in (x for x in batch if isinstance(x, Assertion)):
            refs = {Ref(*str(a.body[k]).split("/", 1)) for k in ("a", "b") if k in a.body}
            refs |= {Ref(*m.split("/", 1)) for m in a.body.get("members", ())}
            refs |= {Ref(a.body["source"], a.body["id"])} if a.kind == "retract" else set()
            with gate.store.write(gate.now()) as tx:
                assertions.add(tx, [(a, sorted(refs))])
                if a.kind == "undo":
                    refs |= set(assertions.about(tx, str(a.body["of"])))
                relink(tx, refs, gate.model)


@pytest.mark.parametrize("seed", SEEDS)
def test_step_by_step_is_the_same_as_afresh(tmp_path, seed):
    with home(tmp_path / "one", KEY) as gate:
        world = World(gate, seed)
        for _ in range(STEPS):
            world.step()
        persons, told = state(gate)
        everything, said = stands(gate)
        with gate.store.read() as tx:
            scratch, asks = under(tx, gate.model)
    assert {frozenset(m) for m in persons.values()} == set(scratch.values()), "the what-if run from scratch"
    assert asks == sum(d == "review" for d, *_ in told.values())
    with home(tmp_path / "two", KEY) as gate:
        build(gate, everything, said, random.Random(seed))
        assert state(gate) == (persons, told)
    graph = nx.Graph(pair for pair, (decision, *_) in told.items() if decision in ("link", "held"))
    graph.add_edges_from((x, y) for a in said if a.kind == "same" for x in a.body["members"] for y in a.body["members"] if x < y)
    graph = nx.relabel_nodes(graph, {n: Ref(*n.split("/", 1)) for n in graph if isinstance(n, str)})
    for members in persons.values():
        assert len(members) == 1 or any(set(members) <= c for c in nx.connected_components(graph)), "no person spans two components"


@pytest.mark.parametrize("seed", SEEDS)
def test_who_comes_together_is_compared_as_who_comes_alone(tmp_path, seed):
    """Each pair of a batch is compared once: it has the decisions of those who came one by one."""
    with home(tmp_path / "one", KEY) as gate:
        World(gate, seed).everyone()
        alone = state(gate)
        everything, _ = stands(gate)
    assert alone[1]
    with home(tmp_path / "two", KEY) as gate:
        random.Random(seed).shuffle(everything)
        write_facts(gate, everything)
        assert state(gate) == alone


@pytest.mark.parametrize("seed", SEEDS)
def test_only_what_was_or_is_refused_is_set_anew(tmp_path, monkeypatch, seed):
    """Decisions that hold nothing are not opened to see whether they hold something: as if all of them were."""
    found = []
    for opening in (cases._HELD, people.LINKED):
        monkeypatch.setattr(cases, "_HELD", opening)
        with home(tmp_path / str(len(found)), KEY) as gate:
            world = World(gate, seed + 2000)
            world.everyone()
            for _ in range(STEPS // 2):
                getattr(world, world.rng.choices(["update", "part", "undo"], [1, 3, 3])[0])()
            found.append(state(gate))
            with gate.store.read() as tx:
                for kinds in (cases.EDGES, cases.WAITING):
                    some = sorted(world.here)[::2]
                    assert people.pairs(tx, some, kinds) == {(min(d.a, d.b), max(d.a, d.b)) for d in people.decisions(tx, some)
                                                             if d.decision in kinds}
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_store_gives_the_persons_that_the_pure_command_gives(tmp_path, seed):
    """`gateway identity cluster` over the newest versions: the same members, the same ids."""
    with home(tmp_path / "one", KEY) as gate:
        world = World(gate, seed + 1000)
        for _ in range(STEPS):
            getattr(world, world.rng.choice(["arrive", "arrive", "update", "rule", "undo"]))()
        persons, _ = state(gate)
        everything, said = stands(gate)
    newest = {}
    for f in sorted(everything, key=lambda f: (f.asserted, f.id)):
        newest[f.source, f.key] = f
    found = cluster([(f.source, f.resource) for f in newest.values()], [a for a in said if a.kind != "retract"], id_key=bytes.fromhex(KEY))
    assert {i: sorted(Ref(*m) for m in members) for i, members in found.persons.items()} == persons
