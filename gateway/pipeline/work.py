"""The jobs: what is due is enqueued once, claimed under a lease, done at least once; doing it twice changes nothing."""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from gateway.errors import ConfigError, GatewayError
from gateway.opened import Gate, iso
from gateway.pipeline.holders import find_holders
from gateway.pipeline.link import relink_all, stale
from gateway.pipeline.pull import pull
from gateway.pipeline.reconcile import reconcile
from gateway.rhythm import seconds
from gateway.store import cursors, jobs
from gateway.store.engine import instant

LOG = logging.getLogger("gateway")
LEASE = timedelta(minutes=10)
BRIEF = timedelta(minutes=1)         # of a handler that keeps its lease as it goes: one that died is soon followed

Keep = Callable[[], None]
Handler = Callable[[Gate, str, Keep], tuple[str, bool]]


def _pull(gate: Gate, name: str, _: Keep) -> tuple[str, bool]:
    if name not in gate.home.sources:
        return "no longer wired in; nothing was pulled", False
    done = pull(gate, name)
    return done.failed or f"{done.new} new, {done.same} same, {done.rejected} rejected", bool(done.failed)


def _reconcile(gate: Gate, name: str, keep: Keep) -> tuple[str, bool]:
    if name not in gate.home.sources:
        return "no longer wired in; nothing was compared", False
    pulled = pull(gate, name)
    if pulled.failed:
        return pulled.failed, True
    try:
        done = reconcile(gate, name, tick=keep)
    except ConfigError as e:             # told by `doctor`; it is due again, not tried at once
        return e.issue.message, True
    told = [f"{sum(d.missing for d in done)} not listed", f"{sum(d.gone for d in done)} gone"]
    return ", ".join([*told, *(f"{d.type}: {d.issue.message}" for d in done if d.issue)]), any(d.issue for d in done)


def _checkpoint(gate: Gate, _: str, __: Keep) -> tuple[str, bool]:
    return f"at entry {gate.log.checkpoint().splitlines()[1]}", False


def _relink(gate: Gate, _: str, keep: Keep) -> tuple[str, bool]:
    done = relink_all(gate, lambda *_: keep())
    return f"{done['records']} records linked anew, {done['moved']} changed person", False


def _holders(gate: Gate, _: str, keep: Keep) -> tuple[str, bool]:
    done = find_holders(gate, keep)
    lost = done["documents"] - done["found"]
    return f"{done['found']} documents end with what holds them now; of {lost} nothing that holds them was found", False


HANDLERS: Mapping[str, Handler] = {"pull": _pull, "reconcile": _reconcile, "relink": _relink, "checkpoint": _checkpoint,
                                   "holders": _holders}


def due(gate: Gate) -> list[tuple[str, str]]:
    """(kind, what) of the jobs that a round would enqueue now."""
    with gate.store.read() as tx:
        tried = {c.source: c.tried for c in cursors.every(tx)}
        compared = {c.source: c for c in cursors.compared(tx)}
        anew = [("relink", "everybody")] if stale(tx, _model(gate)) else []
    asked = {name: s for name, s in gate.home.sources.items() if s.pulled}
    return [*anew, *(("pull", name) for name, s in asked.items() if _due(gate, s.rhythm, tried.get(name, ""))),
            *(("reconcile", name) for name, s in asked.items()
              if s.reconcile and _overdue(gate, s.reconcile, compared.get(f"{name}/"))), ("checkpoint", "log")]


def _model(gate: Gate) -> str:
    """The id of the home's model; none where it cannot be read: then the job that links anew fails and says why, and
    those that need no model are done."""
    try:
        return gate.model.id
    except ConfigError:
        return ""


def round_(gate: Gate, more: Mapping[str, Handler] = MappingProxyType({})) -> Iterator[dict[str, Any]]:
    """Enqueue what is due, then do all that waits. Yields {kind, what, said, failed} of each job.

    more  handlers of jobs that belong to the other corridor, for which somebody waits: they come first
    """
    waiting = due(gate)
    with gate.store.write(gate.now()) as tx:
        for kind, name in waiting:
            jobs.enqueue(tx, kind, name, name)
    while True:
        with gate.store.write(gate.now(), ordered=False) as tx:
            urgent = jobs.claim(tx, BRIEF, 1, tuple(more)) if more else []
            claimed = urgent or jobs.claim(tx, LEASE, 1, tuple(HANDLERS))
        if not claimed:
            return
        yield _run(gate, claimed[0], more[claimed[0].kind] if urgent else HANDLERS[claimed[0].kind])


def _due(gate: Gate, rhythm: str, tried: str) -> bool:
    """Never tried, or a quarter of its promised rhythm ago (an hour where nothing is promised)."""
    wait = min(seconds(rhythm) / 4, 86400.0) if rhythm else 3600.0
    return not tried or tried[:19] < iso(gate.now() - timedelta(seconds=wait))[:19]


def _overdue(gate: Gate, every: str, last: cursors.Cursor | None) -> bool:
    """Longer ago than `every` that all was compared, and not tried for a quarter of it (a day at most)."""
    whole = iso(gate.now() - timedelta(seconds=seconds(every)))[:19]
    return last is None or (last.answered[:19] < whole and _due(gate, every, last.tried))


def _run(gate: Gate, job: jobs.Job, handler: Handler) -> dict[str, Any]:
    held = [job]

    def keep() -> None:
        if instant(gate.now() + BRIEF / 2) > held[0].lease:
            with gate.store.write(gate.now(), ordered=False) as tx:
                held[0] = jobs.extend(tx, held[0], BRIEF) or held[0]

    try:
        said, failed = handler(gate, str(job.payload), keep)
    except GatewayError as e:
        with gate.store.write(gate.now(), ordered=False) as tx:
            jobs.failed(tx, held[0], e.issue.code, timedelta(minutes=5))
        return {"kind": job.kind, "what": job.payload, "said": e.issue.message, "failed": True}
    except Exception:                    # a defect in one job must not end the others, nor come back for ever
        LOG.exception("the job %s %s met a defect", job.kind, job.key)
        with gate.store.write(gate.now(), ordered=False) as tx:
            jobs.failed(tx, held[0], "internal-error", timedelta(minutes=5))
        return {"kind": job.kind, "what": job.payload, "said": "a defect of ours; the log tells more", "failed": True}
    with gate.store.write(gate.now(), ordered=False) as tx:
        jobs.done(tx, held[0])
    return {"kind": job.kind, "what": job.payload, "said": said, "failed": failed}
