"""Facts that are written to us: by a client bound to a source, by patients and families through `portal`."""

from collections.abc import Sequence

from gateway.errors import Reject
from gateway.fhir.validate import validate
from gateway.ids import digest
from gateway.jsontext import canonical, loads
from gateway.model import Fact, Message
from gateway.opened import Gate
from gateway.pipeline.keep import Kept, keep, ready
from gateway.pipeline.link import differing, relink
from gateway.reading.process import Outcome

WRITTEN = "fact"             # kind of a message that no adapter read: a fact as it was written to us


def write_facts(gate: Gate, facts: Sequence[Fact]) -> int:
    """Store facts of one origin, each with its own message. Returns how many are new.

    Raises Reject with every issue when one is not valid R4; then nothing is stored.
    """
    issues = [i for f in facts for i in validate(f.resource) if i.severity in ("error", "fatal")]
    if issues:
        raise Reject(*issues)
    items = [ready((_message(f), Outcome("done", (f,)))) for f in facts]
    into = Kept()
    with gate.store.write(gate.now()) as tx:
        keep(tx, facts[0].source, items, into)
        relink(tx, into.patients | differing(tx, into.named), gate.model)
    return into.facts


def _message(fact: Fact) -> Message:
    raw = canonical(fact.line())
    return Message(f"{fact.reference}~{digest(fact.line())[:32]}", WRITTEN, raw, "")


def reread(message: Message) -> Outcome:
    """What a message of kind WRITTEN says: the fact that was written, as it was."""
    line = loads(message.raw)
    return Outcome("done", (Fact(line["source"], line.get("version"), line["resource"], line.get("asserted")),))
