"""Which versions of a thing are over because its server, in a newer one, names another patient.

That follows from the versions alone: whichever of them came first, it is the same. It holds for what bears a version
of its server's, whose ids are one thing's for ever: entries of documents and numbers in messages (orders, results) are
used again for other patients' things, and nobody's may vanish by that.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gateway.ids import is_content_version
from gateway.merge.times import order
from gateway.merge.versions import number


class Said(NamedTuple):
    """One version of one thing: whom it is about, what its server calls the version, and since when it says so."""

    patient: Any
    version: Any
    asserted: str


def numbered(said: Said) -> bool:
    """Does it bear a version of its server's? Without one its time, or a hash of ours, takes the place."""
    return said.version != said.asserted and not is_content_version(said.version)


def over(mine: Said, known: Iterable[Said]) -> Iterator[Said]:
    """The versions about other patients that are over because of this one, or this one because of them."""
    return (older for older, _ in pairs(mine, known))


def pairs(mine: Said, known: Iterable[Said]) -> Iterator[tuple[Said, Said]]:
    """Each of these versions, with the newer one because of which it is over."""
    for other in known:
        if other.patient != mine.patient and (newer := _newer(mine, other)) is not None:
            yield (other, mine) if newer is mine else (mine, other)


def _newer(a: Said, b: Said) -> Said | None:
    """The newer of two versions, by number, else by time; None where neither tells."""
    one, two = number(a.version), number(b.version)
    if one is None or two is None:
        since, before = order(a.asserted or None), order(b.asserted or None)
        return None if since == before else a if since > before else b
    return None if one == two else a if one > two else b
