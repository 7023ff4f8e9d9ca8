"""Process stored messages again: after a fix a rejected one brings its facts, and nothing comes twice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.errors import Severity, UsageError, error
from gateway.opened import Gate
from gateway.pipeline import documents, listings
from gateway.pipeline.keep import Kept, keep, ready_all, settle
from gateway.pipeline.link import differing, relink
from gateway.pipeline.write import WRITTEN, reread
from gateway.reading.process import Reader, process, processed
from gateway.reading.reader import reader_of
from gateway.store import problems, units
from gateway.store.units import Unit


def replay(gate: Gate, ids: Sequence[str], problem: str = "", dry_run: bool = False) -> dict[str, int]:
    """Replay messages by id, or all of a problem. Returns counts: selected, done, failed, facts.

    Each message is a commit of its own, in the order they came.
    """
    with gate.store.read() as tx:
        chosen = [u for id in ids if (u := units.get(tx, id))]
        if len(chosen) < len(ids):
            raise UsageError(error("message-unknown", "One of these messages is not known; nothing was replayed."))
        numbers = {u.n for u in chosen} | set(problems.unit_numbers(tx, problem) if problem else ())
        found = [u for u in units.numbered(tx, sorted(numbers)) if u.state != "erased"]
    readers = _readers(gate, found)
    done = {"selected": len(found), "done": 0, "failed": 0, "facts": 0}
    for unit in found:
        state, facts = _one(gate, readers, unit, dry_run)
        done["done" if state == "done" else "failed"] += 1
        done["facts"] += facts
    for name in () if dry_run else sorted(readers):
        with gate.store.write(gate.now()) as tx:
            listings.close(tx, gate.home.sources[name])
    return done


def _readers(gate: Gate, found: Sequence[Unit]) -> dict[str, Reader]:
    """A reader for each source of these messages. Raises ConfigError, and UsageError for a source that was removed."""
    names = sorted({u.source for u in found if u.kind != WRITTEN})
    if removed := [n for n in names if n not in gate.home.sources]:
        raise UsageError(error("source-unknown", f"The source {removed[0]!r} is not wired in any more, so its messages "
                               "cannot be read; nothing was replayed.", removed[0], "Put its settings file back."))
    return {n: reader_of(gate.home.sources[n], gate.home.folder, gate.files) for n in names}


def _one(gate: Gate, readers: Mapping[str, Reader], unit: Unit, dry_run: bool) -> tuple[str, int]:
    with gate.store.read() as tx:
        message, told = units.message(tx, unit), tuple(problems.of_unit(tx, unit, "read"))
    if message is None:
        return "erased", 0
    again = replace(message, remarks=told)
    if unit.state != "rejected":
        message = again
    outcome = reread(message) if unit.kind == WRITTEN else process(readers[unit.source], message)
    if outcome.state == "rejected" and told and all(i.severity is Severity.information for i in outcome.issues):
        message, outcome = again, replace(outcome, issues=told)      # a trailer: its delivery shows what is wrong
    if dry_run:
        return outcome.state, len(outcome.facts)
    prepared, *held = ready_all([(message, outcome), *(
        item for m in outcome.inside for item in processed(readers[unit.source], m))])
    into = Kept()
    with gate.store.write(gate.now()) as tx:
        units.reopen(tx, [unit.n])
        settle(tx, [(unit._replace(tries=max(unit.tries, 1)), prepared)], into)
        kept = keep(tx, unit.source, held, into)
        inside = documents.Held(unit, prepared.entries, {a.unit.n: item.message.raw for a, item in kept})
        touched = documents.Touched(documents=documents.hold(tx, [inside], {a.unit.n for a, _ in kept if a.new}))
        into.patients |= documents.judge(tx, touched)
        relink(tx, into.patients | differing(tx, into.named), gate.model)
    return outcome.state, into.facts
