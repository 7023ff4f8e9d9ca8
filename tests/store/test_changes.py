"""House promise: one gap-free change sequence, visible in order, whoever writes and whatever is rolled back."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway.errors import Retry
from gateway.store import Store, changes, open_store, schema
from gateway.store.patients import Ref, ensure
from tests.store.conftest import ID_KEY, MASTER, NOON
from tests.store.samples import observation, organization, say

ANNA = Ref("lund", "anna")


class Undone(Exception):
    """Raised inside a transaction to roll it back."""


def writer(url: str, seed: int, steps: int) -> int:
    """Write or roll back at random through a store of its own, as another process would. Returns the commits."""
    store, rnd, done = open_store(url, MASTER, ID_KEY), random.Random(seed), 0
    for _ in range(steps):
        try:
            with store.write(NOON + timedelta(minutes=rnd.randrange(-9, 9))) as tx:
                tx.touch(ensure(tx, [Ref("lund", str(rnd.randrange(5)))]).values())
                if rnd.random() < 0.3:
                    raise Undone
            done += 1
        except Undone:
            continue
    store.close()
    return done


def watch(store: Store, stop) -> list[list[int]]:
    """What a reader sees, again and again."""
    seen = []
    while not stop():
        with store.read() as tx:
            seen.append([n for (n,) in tx.conn.execute(sa.select(schema.changes.c.number))] + [-changes.last(tx)])
    return seen


def test_numbers_have_no_gap_and_become_visible_in_order(store, url):
    with ThreadPoolExecutor(5) as pool:
        writers = [pool.submit(writer, url, seed, 25) for seed in range(4)]
        seen = pool.submit(watch, store, lambda: all(w.done() for w in writers)).result()
    commits = sum(w.result() for w in writers)
    with store.read() as tx:
        rows = tx.conn.execute(sa.select(schema.changes).order_by(schema.changes.c.number)).all()
        assert changes.last(tx) == commits
    assert [r.number for r in rows] == list(range(1, commits + 1))
    assert [r.at for r in rows] == sorted({r.at for r in rows}), "each commit has a time of its own, in order"
    for *numbers, last in seen:
        assert sorted(numbers) == list(range(1, -last + 1))


def test_who_is_touched(store):
    say(store, "1", [observation("o", "anna"), organization("lab")])
    say(store, "2", [observation("p", "bo")], at=1)
    with store.read() as tx:
        first, second = changes.since(tx, 0)
        assert (first.patients, first.directory, second.patients, second.directory) == (
            (ANNA,), True, (Ref("lund", "bo"),), False)
        assert changes.since(tx, 1) == [second] == changes.since(tx, 0)[1:]
        assert (changes.last_of(tx, [ANNA]), changes.last_of(tx, []), changes.last_of_directory(tx)) == (1, 0, 1)
        assert [changes.upto(tx, time) for time in ("2020", first.at, second.at, "2030")] == [0, 1, 2, 2]
        assert (changes.at(tx, 2), changes.at(tx, 3)) == (second.at, "")


def test_a_commit_that_changes_no_record_takes_no_number(store):
    say(store, "1", [])
    with store.read() as tx:
        assert changes.last(tx) == 0


def test_a_reader_sees_one_state_while_others_write(store):
    with store.read() as tx:
        assert changes.last(tx) == 0
        say(store, "1", [observation("o", "anna")])
        assert changes.last(tx) == 0
    with store.read() as tx:
        assert changes.last(tx) == 1


def test_times_need_a_zone(store):
    with pytest.raises(ValueError, match="zone"), store.write(NOON.replace(tzinfo=None)):
        pass


def test_a_database_out_of_reach_says_so(tmp_path):
    with pytest.raises(Retry) as e:
        open_store(f"sqlite:///{tmp_path}/nowhere/gateway.db", MASTER)
    assert e.value.issue.code == "store-readonly" and "data folder is there" in e.value.issue.hint
