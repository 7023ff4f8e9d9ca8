"""MLLP: 8 connections, 100,000 messages, kill -9 of the listener at 20 random moments; then 10,000 fuzzed cases.

Every message that was acknowledged AA is in the store exactly once, looked at after each death and at the end; nothing
else was reported as stored. Takes about 10 minutes on 2 cores; PROVE_MLLP=5000 makes it shorter.
"""

import contextlib
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from adapters.hl7v2.send import connected
from gateway.opened import opened
from gateway.store.schema import units
from tests.listener import end, make_home, start
from tests.prove import Figure

COUNT, CONNECTIONS, KILLS = int(os.environ.get("PROVE_MLLP", "100000")), 8, 20


def message(number: int) -> bytes:
    """What a hospital says again and again of one of 500 patients, who all move half way."""
    patient, moved = number % 500, 2 * number // COUNT
    return (f"MSH|^~\\&|ADT|LUND|GW|X|20260301100000+0100||ADT^A31^ADT_A05|{number}|P|2.5.1\r"
            f"PID|1||{patient}^^^LUND^MR||Berg{patient}^Anna||19{10 + patient % 90}0203|F|||Gata {patient + moved}\r").encode()


@dataclass
class Senders:
    """What is left to send, and what was acknowledged."""

    count: int
    acknowledged: set[int] = field(default_factory=set)
    other: list[str] = field(default_factory=list)
    again: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: Iterator[int] = field(default_factory=lambda: iter(()))

    def run(self, address: str) -> list[threading.Thread]:
        self._next = iter(range(self.count))
        threads = [threading.Thread(target=self._send, args=(address,), daemon=True) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        return threads

    def _send(self, address: str) -> None:
        waiting: int | None = None
        while True:
            try:
                with connected(address, seconds=60) as link:
                    while True:
                        if waiting is None:
                            with self._lock:
                                waiting = next(self._next, None)
                            if waiting is None:
                                return
                        answer = link.ask(message(waiting))
                        if answer.code == "AA" and answer.control == str(waiting):
                            self.acknowledged.add(waiting)
                            waiting = None
                        else:
                            self.other.append(f"{answer.code} {answer.control} to {waiting}")
            except OSError:
                self.again += 1
                time.sleep(0.05)


def stored(home: Path, count: int) -> tuple[dict[int, int], dict[str, int]]:
    """How often each message is in the store, and how many units are in each state."""
    with opened(home) as gate, gate.store.read() as tx:
        numbers = {tx.vault.name("message", "ward", f"ADT|LUND|{n}"): n for n in range(count)}
        times = {numbers.get(key, -1): many for key, many in
                 tx.conn.execute(sa.select(units.c.key, sa.func.count()).group_by(units.c.key))}
        return times, dict(tx.conn.execute(sa.select(units.c.state, sa.func.count()).group_by(units.c.state)).tuples().all())


def killed(home: Path, count: int, kills: int, seed: int = 1) -> Iterator[Figure]:
    """Send `count` messages while the listener dies `kills` times."""
    address, rnd = make_home(home), random.Random(seed)
    marks = sorted(rnd.sample(range(count // 100, count - count // 100), kills))
    senders, process, began = Senders(count), start(home), time.monotonic()
    threads, lost, twice, unheard, down = senders.run(address), 0, 0, 0, 0.0
    for mark in marks:
        while len(senders.acknowledged) < mark:
            time.sleep(0.01)
        time.sleep(rnd.random() / 20)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        died = time.monotonic()
        acknowledged = set(senders.acknowledged)
        times, _ = stored(home, count)
        lost += len(acknowledged - times.keys())
        twice += sum(many > 1 for many in times.values())
        unheard = max(unheard, len(times.keys() - acknowledged))
        process = start(home)
        down += time.monotonic() - died
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    code, _ = end(process)
    times, states = stored(home, count)
    yield Figure("acknowledged AA", f"{len(senders.acknowledged)} of {count}", "all", len(senders.acknowledged) == count)
    yield Figure("acknowledged but not in the store, at any death or the end",
                 str(lost + len(senders.acknowledged - times.keys())), "0", not lost and senders.acknowledged <= times.keys())
    yield Figure("in the store more than once", str(twice + sum(many > 1 for many in times.values())), "0",
                 not twice and set(times.values()) == {1})
    yield Figure("units", f"{states}", f"{count} done", states == {"done": count})
    yield Figure("other answers than AA", str(len(senders.other)), "0", not senders.other)
    yield Figure("stored before they were acknowledged, at most at one death", str(unheard), f"<= {CONNECTIONS}",
                 unheard <= CONNECTIONS)
    yield Figure("deaths and ends", f"{kills} and exit code {code}", "clean", code == 0)
    yield Figure("messages a second while it was up", f"{count / (seconds - down):.0f} ({seconds:.0f} s in all)", "told only", True)


def prove() -> Iterator[Figure]:
    """The figures of this suite."""
    folder = Path(tempfile.mkdtemp())
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        yield from killed(folder / "home", COUNT, KILLS)
