"""Patient/$match and registering one person, inside the server, on one core and SQLite, over a skewed population.

Everybody is in the index with sealed features and keys; those who are asked for were written as facts, so that their
records are built, judged by policy and logged like any other.
"""

import gc
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks.skewed import misspelt, people
from gateway.disclose import match
from gateway.disclose.transfer import Asked
from gateway.disclose.view import Views
from gateway.identity import features_of, keys
from gateway.identity.packed import packed
from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import Fact
from gateway.opened import Gate, clock, iso, opened
from gateway.pipeline.write import write_facts
from gateway.policy.request import Request
from gateway.store import people as store_people
from gateway.store.patients import Ref
from tests.homes import make_home

SOURCE, STEP = "region", 2000


class Measured(NamedTuple):
    """Times in ms. top: share of descriptions whose person came first; register: median of one person written."""

    size: int
    match: Sequence[float]
    candidates: Sequence[int]
    top: float
    register: float
    seconds: float


def load(gate: Gate, size: int) -> Iterator[dict[str, Any]]:
    """Put a population into the index; gives every 500th person, of those that are to be written."""
    found = people(size)
    n = 0
    while some := list(islice(found, STEP)):
        with gate.store.write(gate.now()) as tx:
            made = [(Ref(SOURCE, p["id"]), p, features_of(p)) for p in some]
            store_people.put(tx, {ref: (packed(p, f), keys(f)) for ref, p, f in made})
            store_people.assign(tx, {ref: merged_id(tx.id_key, SOURCE, "Patient", ref.key) for ref, _, _ in made})
        for p in some:
            if n % max(1, size // 1000) == 0:
                yield p
            n += 1


def measure(size: int, asked: int = 1000) -> Measured:
    """Build a home of `size` people, describe some of them with errors, register others."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, opened(make_home(Path(folder) / "home", {})) as gate:
        chosen = list(load(gate, size))
        write_facts(gate, [Fact(SOURCE, "1", p) for p in chosen])
        times, candidates, top = _ask(gate, chosen[:asked])
        register = _register(gate)
    return Measured(size, times, candidates, top, register, time.perf_counter() - started)


def _ask(gate: Gate, chosen: Sequence[dict[str, Any]]) -> tuple[list[float], list[int], float]:
    rng, views, times, candidates, right = Random(7), Views(gate), list[float](), list[int](), 0
    for person in chosen:
        described = misspelt(person, rng)
        with gate.store.read() as tx:
            candidates.append(len(store_people.candidates(tx, keys(features_of(described)))))
        reader = Request("TREAT", "clinician", "bench", time=iso(clock()), scopes=("user/*.rs",), care=True)
        began = time.perf_counter()
        answer = match.match(gate, views, Asked(reader, "match", secrets.token_hex(8)), match.Wanted(described))
        times.append((time.perf_counter() - began) * 1e3)
        entry = loads(answer.body).get("entry", [{}])[0]
        right += entry.get("resource", {}).get("id") == merged_id(gate.store.id_key, SOURCE, "Patient", person["id"])
    return times, candidates, right / len(chosen)


def _register(gate: Gate, many: int = 60) -> float:
    times = []
    for p in people(many, seed=99):
        fact = Fact("newcomers", "1", {**p, "id": f"n{p['id']}"})
        began = time.perf_counter()
        write_facts(gate, [fact])
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


def percentile(values: Sequence[float], p: float) -> float:
    """The value below which a share p of the values lies."""
    return sorted(values)[min(len(values) - 1, int(p * len(values)))]


def told(m: Measured) -> str:
    """One line of figures."""
    return (f"match p50 {percentile(m.match, .5):.2f} ms, p99 {percentile(m.match, .99):.1f} ms; candidates p50 "
            f"{percentile(m.candidates, .5):.0f}, p99 {percentile(m.candidates, .99):.0f}; right person first {m.top:.3f}; "
            f"registering one {m.register:.2f} ms ({m.seconds:.0f} s in all)")


def main() -> None:
    gc.set_threshold(50_000, 20, 20)               # as the command `gateway` does
    for size in (10_000, 100_000):
        print(f"{size} people: {told(measure(size))} (aim p50 2 ms, p99 20 ms, candidates p99 250)", flush=True)
