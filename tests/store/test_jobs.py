"""Jobs: in the transaction that asks for them, at least once, one worker at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gateway.store import Store, jobs
from tests.store.conftest import NOON

MINUTE = timedelta(minutes=1)


def ask(store: Store, *keys: str, **more) -> None:
    with store.write(NOON) as tx:
        for key in keys:
            jobs.enqueue(tx, "view", key, {"person": key}, **more)


def claim(store: Store, minutes: float = 0, many: int = 1, **more) -> list[jobs.Job]:
    with store.write(NOON + minutes * MINUTE, ordered=False) as tx:
        return jobs.claim(tx, MINUTE, many, **more)


def test_a_job_exists_only_if_its_data_does(store):
    with pytest.raises(ZeroDivisionError), store.write(NOON) as tx:
        jobs.enqueue(tx, "view", "p1")
        raise ZeroDivisionError
    assert claim(store) == []


def test_asking_again_while_it_waits_adds_nothing_but_after_the_claim_it_does(store):
    ask(store, "p1", "p1")
    (job,) = claim(store, many=9)
    assert (job.kind, job.key, job.payload, job.attempts) == ("view", "p1", {"person": "p1"}, 1)
    ask(store, "p1")
    assert len(claim(store, many=9)) == 1, "what changed while the first one ran needs a second run"


def test_each_job_goes_to_one_worker(store):
    ask(store, *(str(n) for n in range(40)))
    with ThreadPoolExecutor(4) as pool:
        got = [j for batch in pool.map(lambda _: claim(store, many=7), range(12)) for j in batch]
    got += claim(store, many=99)
    assert sorted(int(j.key) for j in got) == list(range(40))


def test_a_worker_that_died_loses_its_job_to_the_next(store):
    ask(store, "p1")
    (dead,) = claim(store)
    assert claim(store, 0.9) == []
    (alive,) = claim(store, 1)
    assert (alive.n, alive.attempts) == (dead.n, 2)
    with store.write(NOON + MINUTE, ordered=False) as tx:
        assert not jobs.done(tx, dead)
        assert not jobs.failed(tx, dead, "late", MINUTE) and jobs.extend(tx, dead, MINUTE) is None
        assert jobs.done(tx, alive)
        assert jobs.counts(tx) == {}


def test_a_long_job_keeps_its_lease(store):
    ask(store, "p1")
    (job,) = claim(store)
    with store.write(NOON + MINUTE / 2, ordered=False) as tx:
        job = jobs.extend(tx, job, 2 * MINUTE)
    assert claim(store, 2) == []
    with store.write(NOON + 2 * MINUTE, ordered=False) as tx:
        assert jobs.done(tx, job)


def test_failures_wait_and_at_last_stay_for_a_person(store):
    ask(store, "p1")
    minutes = 0.0
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        (job,) = claim(store, minutes)
        assert job.attempts == attempt
        with store.write(NOON + minutes * MINUTE, ordered=False) as tx:
            assert jobs.failed(tx, job, "server says 500", 5 * MINUTE)
        assert claim(store, minutes + 4.9) == []
        minutes += 5
    assert claim(store, minutes + 99) == []
    with store.read() as tx:
        assert jobs.counts(tx) == {"dead": 1}


def test_due_time_kind_and_order(store):
    ask(store, "later", due=NOON + 3 * MINUTE)
    ask(store, "b")
    ask(store, "a")
    assert claim(store, kinds=("pull",)) == []
    assert [j.key for j in claim(store, many=9, kinds=("view", "pull"))] == ["b", "a"]
    assert [j.key for j in claim(store, 3, many=9)][-1] == "later"
