"""Pull a source: read behind the cursor, process, keep, link and log, one durable commit a batch.

After kill -9 a pull resumes at the last commit and adds nothing twice: cursor, bytes, facts, persons and listings of a
batch stand in one transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.audit.log import Transfer
from gateway.errors import Exit, Fatal, GatewayError, Issue, Retry, error
from gateway.model import Message, Rejected
from gateway.opened import Gate, iso
from gateway.pipeline import listings
from gateway.pipeline.keep import Kept, Ready, keep, ready_all
from gateway.pipeline.link import differing, relink
from gateway.reading.process import Reader, processed
from gateway.reading.reader import reader_of
from gateway.store import cursors, people
from gateway.store.inbox import Arrival

_PUSHES = error("source-pushes", "This source sends by itself; there is nothing to pull.", "connection: listen",
                "Run: gateway listen")
_ASKS = error("source-asked", "This source is asked about one person at a time; there is nothing to pull.", "mode",
              "Run: gateway ask PERSON")
BATCH = 200
BATCH_BYTES = 4 << 20


@dataclass
class Pulled:
    """What one pull of one source did."""

    source: str
    read: int = 0
    new: int = 0
    same: int = 0
    rejected: int = 0
    facts: int = 0
    held: int = 0                        # facts that did not pass validation and were left out
    cursor: str | None = None
    failed: str = ""
    issues: tuple[Issue, ...] = ()
    exit: Exit = Exit.done
    unread: Issue | None = None          # about a whole answer: the source did not tell all that it was asked for

    def json(self) -> dict[str, Any]:
        return {"source": self.source, "read": self.read, "new": self.new, "same": self.same,
                "rejected": self.rejected, "cursor": self.cursor, "facts": self.facts, "held": self.held,
                "failed": self.failed}


def pull(gate: Gate, name: str, again: bool = False) -> Pulled:
    """Pull one source to its end. `again`: from the beginning, which must add nothing.

    A source that does not answer, or whose settings or mapping are wrong, is noted and not raised, so that the other
    sources go on: `failed` and `issues` say why.
    """
    source = gate.home.sources[name]
    if source.pushes or source.mode == "ask":
        told = _PUSHES if source.pushes else _ASKS
        return Pulled(name, failed=told.message, issues=(told,), exit=Exit.usage)
    with gate.store.read() as tx:
        after = None if again else cursors.get(tx, name).cursor
    done = Pulled(name, cursor=after)
    try:
        reader = reader_of(source, gate.home.folder, gate.files)
        for batch in batches(reader.adapter.read(after)):
            _commit(gate, reader, batch, done)
        with gate.store.write(gate.now()) as tx:
            listings.close(tx, source)
            cursors.answered(tx, name, done.cursor)
            if done.unread:
                of, why = done.unread.where.rpartition("/")[2], done.unread.message
                cursors.failed(tx, name, done.unread.code, f"Not all of {of} was told: {why[:1].lower()}{why[1:]}")
    except (Retry, Fatal) as e:
        _failed(gate, name, done, e)
    return done


def _failed(gate: Gate, name: str, done: Pulled, e: GatewayError) -> None:
    done.failed, done.issues, done.exit = e.issue.message, e.issues, e.exit
    with gate.store.write(gate.now()) as tx:
        cursors.failed(tx, name, e.issue.code, e.issue.message)


def batches(messages: Iterator[Message | Rejected]) -> Iterator[list[Message | Rejected]]:
    """Messages in lists, each small enough for one commit."""
    batch: list[Message | Rejected] = []
    size = 0
    for message in messages:
        batch.append(message)
        size += len(message.raw)
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _commit(gate: Gate, reader: Reader, batch: list[Message | Rejected], done: Pulled) -> None:
    into = Kept()
    commit(gate, reader, batch, into)
    done.unread = next((m.issue for m in batch if isinstance(m, Rejected) and m.whole), done.unread)
    done.read += into.new + into.same
    done.new, done.same = done.new + into.new, done.same + into.same
    done.rejected, done.facts, done.held = done.rejected + into.rejected, done.facts + into.facts, done.held + into.held
    done.cursor = batch[-1].cursor


def commit(gate: Gate, reader: Reader, batch: Sequence[Message | Rejected], into: Kept,
           once: bool = False, action: str = "pull") -> list[tuple[Arrival, Ready]]:
    """Process, keep, link and log messages in one durable commit; the cursor of a pull moves with them.

    once: a key is used once (`keep`);  action: pull, or ask: of one person, which says nothing of the feed
    Returns what became of each, without the documents inside of them.
    """
    items = [item for m in batch for item in ready_all(processed(reader, m))]
    with gate.store.write(gate.now()) as tx:
        kept = [(a, item) for a, item in keep(tx, reader.source, items, into, once) if not item.message.inside]
        relink(tx, into.patients | differing(tx, into.named), gate.model)
        if action == "pull":
            cursors.answered(tx, reader.source, batch[-1].cursor or None)
        _log(gate, reader.source, into, people.persons_of(tx, into.about), action)
    return kept


def _log(gate: Gate, source: str, into: Kept, persons: dict[Any, str], action: str) -> None:
    """What comes in is logged before it is committed: one entry for each person."""
    counts: dict[str, int] = {}
    for ref, count in into.about.items():
        counts[persons[ref]] = counts.get(persons[ref], 0) + count
    settings = gate.home.sources[source]
    time = iso(gate.now())
    gate.log.append([Transfer(time, {
        "action": action, "direction": "in", "who": "gateway", "organisation": settings.organisation or source,
        "country": settings.country, "source": source, "purpose": "TREAT", "decision": "permit", "outcome": "done",
        "rules": ["source is wired in"], "facts": count}, person or None) for person, count in sorted(counts.items())])
