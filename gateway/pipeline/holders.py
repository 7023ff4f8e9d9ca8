"""Find what holds the documents of before that was noted, and what they call themselves: once, after an upgrade.

Until it is done such a document ends with nothing; then it has the ways by which it came, and is judged by them.
"""

from collections.abc import Callable, Collection

from gateway.model import Message
from gateway.opened import Gate
from gateway.pipeline import documents, replaced
from gateway.pipeline.link import relink
from gateway.reading.inside import inside
from gateway.reading.process import Reader
from gateway.reading.reader import reader_of
from gateway.store import enclosed, entries, facts, units
from gateway.store.engine import Transaction

PAGE = 100


def find_holders(gate: Gate, tick: Callable[[], None] = lambda: None) -> dict[str, int]:
    """Note what holds the documents of which that is not known. Safe to stop at any time, and to do again.

    Returns counts: documents that were looked for, and those that were found.
    Raises ConfigError for a source whose settings are wrong.
    """
    done = {"documents": 0, "found": 0}
    for name, source in sorted(gate.home.sources.items()):
        with gate.store.read() as tx:
            wanted = enclosed.unknown(tx, name)
        reader = reader_of(source, gate.home.folder, gate.files) if wanted else None
        if reader is None or reader.documents is None:
            continue
        with gate.store.write(gate.now()) as tx:
            enclosed.hold_themselves(tx, wanted)
        after: int | None = 0
        while after is not None:
            with gate.store.write(gate.now()) as tx:
                after = _page(tx, reader, wanted, after)
            tick()
        with gate.store.write(gate.now()) as tx:
            found = enclosed.found(tx, wanted)
            relink(tx, documents.judge(tx, documents.Touched(documents=found)), gate.model)
        done = {"documents": done["documents"] + len(wanted), "found": done["found"] + len(found)}
    _name(gate, tick)
    return done


def _name(gate: Gate, tick: Callable[[], None]) -> None:
    """Note what the documents call themselves and replace; when that is known of all, judge them."""
    with gate.store.read() as tx:
        unnamed = enclosed.unnamed(tx)
    pages = [unnamed[start:start + PAGE] for start in range(0, len(unnamed), PAGE)]
    for page in pages:
        with gate.store.write(gate.now()) as tx:
            replaced.name(tx, {u: [f for _, f, _ in facts.said_by(
                tx, u, facts.silent_since(tx, u) if u.state == documents.WITHDRAWN else None)]
                for u in units.numbered(tx, page)})
        tick()
    for page in pages:
        with gate.store.write(gate.now()) as tx:
            relink(tx, documents.judge(tx, documents.Touched(documents=set(page))), gate.model)
        tick()


def _page(tx: Transaction, reader: Reader, wanted: Collection[int], after: int) -> int | None:
    """Note which of the wanted documents the next messages hold; the last of them, None where none is left."""
    some = units.find(tx, source=reader.source, after=after, limit=PAGE)
    held = []
    for unit in some:
        message = units.message(tx, unit) if unit.n not in wanted and unit.state == "done" else None
        raws = {d.n: m.raw for m in (inside(reader.adapter, message) if message else ()) if isinstance(m, Message)
                for d in units.of_key(tx, reader.source, m.key) if d.n in wanted}
        if raws:
            said = [entries.entry(fact) for _, fact, _ in facts.said_by(tx, unit)]
            held.append(documents.Held(unit, said, raws))
    documents.hold(tx, held, wanted)
    return some[-1].n if some else None
