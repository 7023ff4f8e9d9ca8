"""A feed that can be killed: `python -m tests.store.feeder URL COUNT [DIE_AT]`.

Takes in COUNT invented messages from where the cursor stands, a few a commit; every third commit keeps raw bytes only,
and what waits is mapped in a commit of its own. Kills itself (SIGKILL) at its DIE_AT-th statement or commit.
"""

import itertools
import os
import random
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from gateway.errors import error
from gateway.model import Assertion, Ledger, Message
from gateway.store import (
    Store,
    Transaction,
    assertions,
    cursors,
    inbox,
    jobs,
    ledger,
    open_store,
    people,
    problems,
    units,
)
from gateway.store.entries import add
from gateway.store.patients import Ref
from tests.store.conftest import ID_KEY, MASTER, NOON
from tests.store.samples import message, observation, organization, patient

STEP = 4


def feed(after: int, count: int) -> Iterator[Message]:
    """Messages behind a cursor. Each says by its number what it holds; every ninth comes twice."""
    for n in range(after, count):
        raw = f"message {n - n % 9 if n % 9 == 8 else n}".encode()
        yield message(raw.decode(), raw, delivery=f"file{n // 10}", cursor=str(n + 1))


def process(tx: Transaction, unit: units.Unit, raw: bytes) -> None:
    """What a pipeline does with one message."""
    rnd = random.Random(raw)
    who, n = f"p{rnd.randrange(6)}", int(raw.split()[1])
    entries = [patient(who), organization(f"o{rnd.randrange(3)}")]
    entries += [observation(f"x{rnd.randrange(30)}", who, version=rnd.randrange(3)) for _ in range(rnd.randrange(4))]
    add(tx, unit, entries)
    if n % 5 == 0:
        said = Assertion("retract", {"source": "lund", "type": "Observation", "id": f"x{rnd.randrange(30)}", "n": n})
        assertions.add(tx, [(said, [])], unit)
    notes = [problems.Note(error("bad-date", f"no date {n}", "PID-7"), "map", Ref("lund", who), "Observation")]
    problems.note(tx, unit, notes if n % 4 == 0 else [])
    ledger.put(tx, unit, Ledger({"a": ()}, {}, [f"PID-{rnd.randrange(9)}"]))
    units.settle(tx, unit, "held" if n % 7 == 0 else "done")
    people.put(tx, {Ref("lund", who): (who, [f"block{rnd.randrange(4)}"])})
    people.assign(tx, {Ref("lund", who): f"person{rnd.randrange(3)}"})
    jobs.enqueue(tx, "view", who)


def run(store: Store, count: int) -> None:
    """Take in what is left of the feed, then map what waits."""
    with store.read() as tx:
        done = int(cursors.get(tx, "lund").cursor or 0)
    todo = feed(done, count)
    while batch := list(itertools.islice(todo, STEP)):
        with store.write(NOON + timedelta(minutes=int(batch[0].cursor))) as tx:
            arrivals = inbox.add(tx, "lund", batch)
            for m, arrival in zip(batch, arrivals, strict=True):
                if arrival.new and int(batch[0].cursor) // STEP % 3:
                    process(tx, arrival.unit, m.raw)
            cursors.answered(tx, "lund", batch[-1].cursor)
    while True:
        with store.read() as tx:
            waiting = [(u, units.message(tx, u).raw) for u in units.find(tx, state="received", limit=1)]
        if not waiting:
            return
        with store.write(NOON + timedelta(days=1)) as tx:
            process(tx, *waiting[0])


def die_at(engine: sa.Engine, number: int) -> None:
    """Kill this process at its n-th statement or commit."""
    left = itertools.count(1)

    def tick(*_: object) -> None:
        if next(left) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(engine, "before_cursor_execute", tick)
    sa.event.listen(engine, "commit", tick)


if __name__ == "__main__":
    opened = open_store(sys.argv[1], MASTER, ID_KEY)
    if len(sys.argv) > 3:
        die_at(opened.engine, int(sys.argv[3]))
    run(opened, int(sys.argv[2]))
    opened.close()
