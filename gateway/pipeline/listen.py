"""Listen to sources that push: what comes is kept in durable commits, and only then is it answered.

Messages of all connections of a source wait in one bounded queue; a single writer commits all that wait together, so
that many connections share one commit. While the queue is full nobody's next message is read.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from gateway.errors import ConfigError, GatewayError, Issue, Severity, error, near
from gateway.model import Message, Rejected
from gateway.opened import Gate, iso
from gateway.pipeline.keep import KEY_CLASH, Kept, Ready
from gateway.pipeline.pull import BATCH, BATCH_BYTES, commit
from gateway.reading.process import Reader
from gateway.reading.reader import reader_of
from gateway.rhythm import late, seconds
from gateway.sdk import Verdict
from gateway.store import cursors
from gateway.store.inbox import Arrival

WAITING = 512                        # messages of one source that may wait for the writer
Say = Callable[[str], None]
Waiting = tuple[Message | Rejected, "asyncio.Future[Verdict]"]


def listening(gate: Gate, names: Sequence[str] = ()) -> dict[str, Reader]:
    """Readers of the sources that push, all that are neither paused nor broken, or those named. Raises ConfigError."""
    if unknown := [n for n in names if n not in gate.home.sources]:
        raise ConfigError(error("source-unknown", f"There is no source {unknown[0]!r}."
                                f"{near(unknown[0], gate.home.sources)}", unknown[0]))
    chosen = names or [n for n, s in gate.home.sources.items() if s.state != "paused" and s.pushes and not s.wrong]
    if gate.home.wrong and not chosen:
        raise ConfigError(*gate.home.wrong)
    readers = {n: reader_of(gate.home.sources[n], gate.home.folder, gate.files) for n in chosen}
    deaf = [n for n, r in readers.items() if not getattr(r.adapter, "listens", "")]
    if deaf or not readers:
        raise ConfigError(error("listen-none", f"{deaf[0]} is pulled, it does not push." if deaf else "No source of "
                                "this home pushes.", f"sources/{deaf[0]}.toml" if deaf else "sources/",
                                'Add for instance: connection = { listen = "127.0.0.1:2575" }'))
    return readers


async def listen(gate: Gate, readers: dict[str, Reader], stop: asyncio.Event, say: Say) -> None:
    """Serve sources until `stop` is set; then all that was taken is committed and answered. Raises Fatal or Retry."""
    with ThreadPoolExecutor(1) as writer:
        tasks = [asyncio.create_task(_source(gate, reader, writer, stop, partial(_named, say, name)))
                 for name, reader in readers.items()]
        try:
            await asyncio.gather(*tasks)
        finally:
            stop.set()
            await asyncio.gather(*tasks, return_exceptions=True)


def _named(say: Say, name: str, text: str) -> None:
    say(f"{name}: {text}")


async def _source(gate: Gate, reader: Reader, writer: ThreadPoolExecutor, stop: asyncio.Event, say: Say) -> None:
    queue: asyncio.Queue[Waiting] = asyncio.Queue(WAITING)
    adapter: Any = reader.adapter

    async def take(message: Message | Rejected) -> Verdict:
        answer: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        await queue.put((message, answer))
        return await answer

    with gate.store.read() as tx:
        cursor = cursors.get(tx, reader.source).cursor
    helpers = [asyncio.create_task(_writes(gate, reader, writer, queue, say)),
               asyncio.create_task(_watches(gate, reader.source, say))]
    try:
        await adapter.serve(take, stop, cursor, say)
    finally:
        for task in helpers:
            task.cancel()


async def _writes(gate: Gate, reader: Reader, writer: ThreadPoolExecutor, queue: asyncio.Queue[Waiting],
                  say: Say) -> None:
    """Commit what waits, all of it together, and tell each its verdict."""
    loop = asyncio.get_running_loop()
    while True:
        batch, size = [await queue.get()], 0
        while not queue.empty() and len(batch) < BATCH and size < BATCH_BYTES:
            batch.append(queue.get_nowait())
            size += len(batch[-1][0].raw)
        verdicts = await loop.run_in_executor(writer, stored, gate, reader, [m for m, _ in batch], say)
        for (_, answer), verdict in zip(batch, verdicts, strict=True):
            if not answer.done():
                answer.set_result(verdict)


def stored(gate: Gate, reader: Reader, batch: Sequence[Message | Rejected], say: Say) -> list[Verdict]:
    """Commit messages, durably, and say what became of each. A defect stops the one message that it concerns."""
    try:
        return [_verdict(*kept) for kept in commit(gate, reader, batch, Kept(), once=True)]
    except GatewayError as e:
        say(f"nothing was stored, the senders are asked to send again: {e.issue.message}")
        return [Verdict("later", e.issue)] * len(batch)
    except Exception as e:
        if len(batch) > 1:
            return [verdict for message in batch for verdict in stored(gate, reader, [message], say)]
        defect = Issue("internal-error", Severity.fatal, f"A defect of the gateway ({type(e).__name__}) stopped this "
                       "message; nothing was stored.", "", "Report it.")
        say(defect.message)
        return [Verdict("later", defect)]


def _verdict(arrival: Arrival, item: Ready) -> Verdict:
    outcome = item.outcome
    if outcome is None:
        assert isinstance(item.message, Rejected)
        return Verdict("rejected", item.message.issue)
    if outcome.state == "rejected":
        return Verdict("rejected", outcome.issues[-1])
    if not arrival.new and arrival.reused and arrival.unit.state == "rejected":
        return Verdict("rejected", KEY_CLASH)       # set aside when it came first, and not replayed since
    return Verdict("new" if arrival.new else "same")


async def _watches(gate: Gate, name: str, say: Say) -> None:
    """Say it when a source falls silent for longer than its rhythm promises, and when it speaks again."""
    promised, silent = seconds(gate.home.sources[name].rhythm), False
    if promised == float("inf"):
        return
    while True:
        with gate.store.read() as tx:
            last = cursors.get(tx, name).answered
        if late(last, gate.now(), promised) != silent:
            silent = not silent
            say(f"silent since {last[:19]}Z, longer than promised" if silent else f"speaks again, {iso(gate.now())}")
        await asyncio.sleep(min(promised / 4, 60))
