"""One life of `gateway pull` that ends by SIGKILL: `python -m tests.prove._life HOME WHAT NUMBER`.

WHAT    statement | commit | log | moment: the NUMBER-th statement or commit of the store (before it reaches the database),
        the NUMBER-th append to the transfer log (after it is durable), or NUMBER milliseconds after the start;
        `none`: the pull ends by itself, and the number of statements, commits, appends and milliseconds is printed
Prints `inside` before it dies when a writing transaction of the store is open, else `outside`.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from gateway.audit.log import TransferLog
from gateway.opened import Gate, opened
from gateway.pipeline.pull import pull

WRITING: list[bool] = [False]


def die() -> None:
    """Say where, and be gone at once."""
    os.write(1, b"inside\n" if WRITING[0] else b"outside\n")
    os.kill(os.getpid(), signal.SIGKILL)


def watch(gate: Gate, what: str, number: int) -> dict[str, int]:
    """Count what happens, and die at the right one. Returns the counts."""
    counts = dict.fromkeys(("statement", "commit", "log"), 0)

    def tick(name: str) -> Callable[..., None]:
        def seen(*_: object) -> None:
            counts[name] += 1
            if name == what and counts[name] == number:
                die()
        return seen

    def began(conn: sa.Connection) -> None:
        WRITING[0] = bool(conn.get_execution_options().get("writes"))

    def over(*_: object) -> None:
        WRITING[0] = False

    sa.event.listen(gate.store.engine, "begin", began)
    sa.event.listen(gate.store.engine, "before_cursor_execute", tick("statement"))
    sa.event.listen(gate.store.engine, "commit", tick("commit"))
    sa.event.listen(gate.store.engine, "rollback", over)
    sa.event.listen(gate.store.engine.pool, "checkin", over)
    plain = TransferLog.append

    def append(log: TransferLog, *args: object) -> object:
        done = plain(log, *args)
        tick("log")()
        return done

    TransferLog.append = append  # type: ignore[method-assign]
    return counts


def main(home: str, what: str, number: int) -> None:
    with opened(Path(home)) as gate:
        started, counts = time.monotonic(), watch(gate, what, number)
        if what == "moment":
            threading.Timer(number / 1000, die).start()
        for name in gate.home.sources:
            done = pull(gate, name)
            assert not done.failed, done
        if what == "none":
            print(*counts.values(), int((time.monotonic() - started) * 1000))
        sys.stdout.flush()
        os._exit(0)         # a timer that still waits must not ring after the end


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
