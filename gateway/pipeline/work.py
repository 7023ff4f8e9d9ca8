"""The jobs: what is due is enqueued once, claimed under a lease, done at least once; doing it twice changes nothing."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from gateway.errors import GatewayError
from gateway.opened import Gate, iso
from gateway.pipeline.pull import pull
from gateway.rhythm import seconds
from gateway.store import cursors, jobs

LEASE = timedelta(minutes=10)


def _pull(gate: Gate, payload: str) -> str:
    done = pull(gate, payload)
    return f"pull {payload}: {done.failed or f'{done.new} new, {done.same} same, {done.rejected} rejected'}"


def _checkpoint(gate: Gate, payload: str) -> str:
    return f"checkpoint at entry {gate.log.checkpoint().splitlines()[1]}"


HANDLERS: dict[str, Callable[[Gate, str], str]] = {"pull": _pull, "checkpoint": _checkpoint}


def round_(gate: Gate) -> Iterator[str]:
    """Enqueue what is due, then do all that waits. Yields one line a job."""
    with gate.store.write(gate.now()) as tx:
        tried = {c.source: c.tried for c in cursors.every(tx)}
        for name, source in gate.home.sources.items():
            if source.state != "paused" and not source.pushes and _due(gate, source.rhythm, tried.get(name, "")):
                jobs.enqueue(tx, "pull", name, name)
        jobs.enqueue(tx, "checkpoint", "log", "")
    while True:
        with gate.store.write(gate.now(), ordered=False) as tx:
            claimed = jobs.claim(tx, LEASE, 1)
        if not claimed:
            return
        yield _run(gate, claimed[0])


def _due(gate: Gate, rhythm: str, tried: str) -> bool:
    """Never tried, or a quarter of its promised rhythm ago (an hour where nothing is promised)."""
    wait = min(seconds(rhythm) / 4, 86400.0) if rhythm else 3600.0
    return not tried or tried[:19] < iso(gate.now() - timedelta(seconds=wait))[:19]


def _run(gate: Gate, job: jobs.Job) -> str:
    try:
        said = HANDLERS[job.kind](gate, str(job.payload))
    except GatewayError as e:
        with gate.store.write(gate.now(), ordered=False) as tx:
            jobs.failed(tx, job, e.issue.code, timedelta(minutes=5))
        return f"{job.kind} {job.payload}: {e.issue.message}"
    with gate.store.write(gate.now(), ordered=False) as tx:
        jobs.done(tx, job)
    return said
