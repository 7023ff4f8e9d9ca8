"""Erasure over random worlds: the rest equals a world in which the person never was, and no byte is left."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.model import Assertion
from gateway.store import Store, assertions, erase, facts, inbox, open_store, people, units
from gateway.store.entries import Entry, add
from gateway.store.patients import Ref
from tests.store.conftest import ID_KEY, MASTER, NOON
from tests.store.samples import lines, message, observation, organization, patient

MARK = "Qxzw"
GONE = [Ref("lund", f"{MARK}1"), Ref("kiel", f"{MARK}2")]
REST = [Ref("lund", "bo"), Ref("kiel", "bo"), Ref("kiel", "ek")]

ABOUT = st.sampled_from(GONE + REST)
# A message: its source's patients (the same each time it is processed), what it says each time, organisations, rulings.
MESSAGES = st.lists(st.fixed_dictionaries({
    "source": st.sampled_from(["lund", "kiel"]), "about": st.sets(ABOUT, max_size=3),
    "runs": st.lists(st.tuples(st.sets(st.integers(0, 3), max_size=3), st.sets(st.integers(0, 2), max_size=2)),
                     min_size=1, max_size=2),
    "never": st.lists(st.tuples(ABOUT, ABOUT), max_size=1)}), min_size=1, max_size=7)


@contextmanager
def fresh(empty: Path) -> Iterator[tuple[Store, Path]]:
    """A store of its own in a folder of its own."""
    folder = Path(tempfile.mkdtemp())
    shutil.copy(empty, folder / "gateway.db")
    store = open_store(f"sqlite:///{folder}/gateway.db", MASTER, ID_KEY, folder / "orders.jsonl")
    yield store, folder
    store.close()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "gateway.db"
    open_store(f"sqlite:///{path}", MASTER, ID_KEY).close()
    return path


def feed(store: Store, world: list[dict], person: bool = True) -> None:
    """Take the messages in, those that are new only, each processed as often as it has runs."""
    for number, said in enumerate(world):
        about = sorted(r for r in said["about"] if r.source == said["source"])
        pairs = [pair for pair in said["never"] if pair[0] != pair[1]]
        kept = about if person else [r for r in about if r not in GONE]
        never = pairs if person else [pair for pair in pairs if not set(pair) & set(GONE)]
        if (kept, never) != (about, pairs) and not (kept or never):
            continue                                          # it spoke of the person and of nobody else
        key = f"{number}{MARK if set(about) & set(GONE) else ''}"
        for run, (results, places) in enumerate(said["runs"]):
            with store.write(NOON) as tx:
                (arrival,) = inbox.add(tx, said["source"], [message(key, key.encode())])
                unit = units.get(tx, arrival.unit.id)
                if unit.state == "erased" or unit.tries > run:
                    continue
                entries = [e for r in kept for e in entries_about(r, results)]
                entries += [organization(f"o{n}", said["source"]) for n in places]
                add(tx, unit, entries)
                assertions.add(tx, [(Assertion("never", {"pair": [str(r) for r in pair]}), pair) for pair in never], unit)
                people.put(tx, {r: (r.key, ["block"]) for r in kept})
                units.settle(tx, unit, "done")


def entries_about(ref: Ref, results: set[int]) -> list[Entry]:
    named = [{"text": ref.key}]
    return [patient(ref.key, ref.source, contact=named),
            *(observation(f"x{n}{ref.key}", ref.key, ref.source, note=named) for n in sorted(results))]


def state(store: Store) -> tuple:
    with store.read() as tx:
        return (lines(store, *GONE, *REST), sorted({r.reference for r in facts.directory(tx)}),
                sorted(a.id for a in assertions.of_kinds(tx, ["never"])),
                sorted(k.ref for k in people.candidates(tx, ["block"])))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MESSAGES)
def test_erased_equals_never_was_before_and_after_everything_is_sent_again(empty, world):
    with fresh(empty) as (store, folder), fresh(empty) as (other, _):
        feed(store, world)
        feed(other, world, person=False)
        erase.erase(store, GONE, "order 1", "dpo", NOON)
        assert state(store) == state(other)
        assert not any(MARK.encode() in f.read_bytes() for f in folder.iterdir())
        feed(store, world)
        assert state(store) == state(other)
