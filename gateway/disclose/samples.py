"""Some messages of a source, for whoever wires it in: of every kind that it sends, in the order they came.

They are logged before they are handed on, with everyone they mention unless only their shape is shown. Messages of
people whom this reader may not see are left out and counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from gateway.disclose.messages import seen
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, Views
from gateway.errors import NotAllowed, error
from gateway.model import Message, Rejected
from gateway.opened import Gate
from gateway.reading.reader import reader_of
from gateway.store import units

LOOKED_AT = 2000
Item = TypeVar("Item")


@dataclass(frozen=True)
class Taken:
    """One message of a sample. `id`: that of the stored message, or its place in the folder."""

    id: str
    kind: str
    state: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class Sample:
    """`withheld`: how many stored messages this reader may not see, or were erased."""

    messages: Sequence[Taken]
    withheld: int = 0


def spread(items: Iterable[tuple[str, Item]], count: int) -> list[Item]:
    """At most `count` items, of each kind in turn, in the order in which they stand."""
    kinds: dict[str, list[tuple[int, Item]]] = defaultdict(list)
    for number, (kind, item) in enumerate(items):
        if len(kinds[kind]) < count:
            kinds[kind].append((number, item))
    turns = sorted((turn, *one) for found in kinds.values() for turn, one in enumerate(found))
    return [item for _, item in sorted((number, item) for _, number, item in turns[:count])]


def stored(gate: Gate, asked: Asked, source: str, count: int, plain: bool) -> Sample:
    """Messages that were taken in; `plain`: they are going to be shown as they are."""
    taken: list[Taken] = []
    about: dict[str, View] = {}
    views, withheld = Views(gate), 0
    with gate.store.read() as tx:
        found = units.find(tx, source=source, limit=LOOKED_AT)
        for unit in spread(((u.kind, u) for u in found), count):
            mentioned, why = seen(tx, views, asked, unit)
            message = None if why else units.message(tx, unit)
            if message is None:
                withheld += 1
                continue
            about |= {v.person: v for v in mentioned} if plain else {}
            taken.append(Taken(unit.id, unit.kind, unit.state, message.raw))
    return _handed(gate, asked, Sample(taken, withheld), list(about.values()))


def waiting(gate: Gate, asked: Asked, source: str, count: int, plain: bool) -> Sample:
    """Messages that lie in the source itself; nothing is stored. Raises Retry or Fatal as reading it does.

    Raises NotAllowed when they are to be shown as they are: nobody knows yet whom they are about.
    """
    if plain:
        hand_over(gate, asked, Answer(403, b""), (), "refused")
        raise NotAllowed(error("reason-needs-stored", "What was not taken in yet is shown masked only: nobody knows "
                               "whom it is about.", "--reason", "Leave it away, or pull first."))
    reader = reader_of(gate.home.sources[source], gate.home.folder, gate.files)
    found = list(islice(reader.adapter.read(None), LOOKED_AT))
    chosen = spread(((_kind(m), (n, m)) for n, m in enumerate(found, 1)), count)
    return _handed(gate, asked, Sample([Taken(f"#{n}", _kind(m), "rejected" if isinstance(m, Rejected) else "waiting",
                                              m.raw) for n, m in chosen]), ())


def _kind(message: Message | Rejected) -> str:
    return "" if isinstance(message, Rejected) else message.kind


def _handed(gate: Gate, asked: Asked, sample: Sample, about: Sequence[View]) -> Sample:
    hand_over(gate, asked, Answer(200, b"\0".join(m.raw for m in sample.messages)), about,
              "done" if sample.messages else "empty")
    return sample
