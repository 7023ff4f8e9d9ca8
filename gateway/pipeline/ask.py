"""Ask sources about one person while somebody waits: all at the same time, until one deadline.

What comes is kept as a pull would keep it. The feed of a source is another matter: where it stands, and whether it is
late, an answer about one person does not change.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from gateway.config import Source
from gateway.errors import ConfigError, Fatal, GatewayError, Retry, error
from gateway.model import Identifier, Message, Rejected
from gateway.opened import Gate
from gateway.pipeline.keep import Kept
from gateway.pipeline.pull import Pulled, batches, commit
from gateway.reading.process import Reader
from gateway.reading.reader import reader_of

Heard = tuple[list[Message | Rejected], GatewayError | None]


def unasked(adapter: Any) -> str:
    """Why a source cannot be asked about one person, "" where it can."""
    return str(adapter.unasked) if hasattr(adapter, "ask") else "its adapter can only be read, not asked"


def reader_for(gate: Gate, source: Source) -> Reader:
    """How to ask a source and read its answer. Raises ConfigError for one that cannot be asked."""
    reader = reader_of(source, gate.home.folder, gate.files)
    if why := unasked(reader.adapter):
        raise ConfigError(error("ask-unable", f"{source.name} cannot be asked about one person: {why}.",
                                f"sources/{source.name}.toml", 'Write mode = "feed".'))
    return reader


def ask(gate: Gate, readers: Mapping[str, Reader], numbers: Mapping[str, Sequence[Identifier]], sections: set[str],
        deadline: datetime) -> list[Pulled]:
    """Ask every source of `readers` by its numbers of the person. A source that does not answer, or not to its end, is
    noted and not raised: `failed` says why, and what came until then is kept."""
    with ThreadPoolExecutor(max(len(readers), 1)) as pool:
        waiting = {name: pool.submit(_heard, reader.adapter, list(numbers[name]), sections, deadline)
                   for name, reader in readers.items()}
        return [_kept(gate, readers[name], *heard.result()) for name, heard in waiting.items()]


def _heard(adapter: Any, numbers: list[Identifier], sections: set[str], deadline: datetime) -> Heard:
    came: list[Message | Rejected] = []
    try:
        for message in adapter.ask(numbers, sections, deadline):
            came.append(message)
    except (Retry, Fatal) as e:
        return came, e
    return came, None


def _kept(gate: Gate, reader: Reader, came: list[Message | Rejected], failed: GatewayError | None) -> Pulled:
    done, into = Pulled(reader.source), Kept()
    for batch in batches(iter(came)):
        commit(gate, reader, batch, into, action="ask")
    done.read, done.new, done.same = into.new + into.same, into.new, into.same
    done.rejected, done.facts, done.held = into.rejected, into.facts, into.held
    if failed:
        done.failed, done.issues, done.exit = failed.issue.message, failed.issues, failed.exit
    return done
