"""What cannot be twice at one time: a stay on a ward, and the insurance that pays first."""

from bisect import insort
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import islice

from gateway.merge.body import codes, obj, text
from gateway.merge.findings import Finding
from gateway.merge.forms import described
from gateway.merge.made import Made
from gateway.merge.rules.rule import CrossRule, Scene, keys
from gateway.merge.times import Instant, moment

_WARD = frozenset({"IMP", "ACUTE", "NONAC"})
_NOT_THERE = frozenset({"cancelled", "planned"})
_ALWAYS = float("inf")
_MOST = 32                          # findings that one stay adds: each that contradicts another is named, once at least


def _ward(made: Made) -> Hashable | None:
    body = made.resolved.body
    there = made.type == "Encounter" and text(body, "status") not in _NOT_THERE and codes(body, "class") & _WARD
    return "ward" if there else None


def _first(made: Made) -> Hashable | None:
    body = made.resolved.body
    return "first" if made.type == "Coverage" and body.get("order") == 1 and text(body, "status") == "active" else None


def _stays(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    houses = {m.id: _house(m, scene) for m in same}
    for a, b in _overlapping(same, lambda a, b: houses[a.id] != houses[b.id] and not a.sources & b.sources
                             and not scene.told_apart(a, b)):
        yield Finding("value-conflict", keys(a, b), "Two stays on a ward, in two houses, overlap.", "period")


def _house(made: Made, scene: Scene) -> Hashable:
    fact = made.lead.fact
    return described(obj(fact.resource, "serviceProvider"), fact.source, scene.world, "Organization")


def _payers(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    for a, b in _overlapping(same, lambda a, b: a.lead.bucket != b.lead.bucket and not scene.told_apart(a, b)):
        yield Finding("value-conflict", keys(a, b), "Two insurances are named as the one that pays first.", "order")


def _overlapping(same: Sequence[Made], contradict: Callable[[Made, Made], bool]) -> Iterator[tuple[Made, Made]]:
    """Pairs that contradict each other and whose periods overlap for sure.

    Each is told with those that began before it and last longest, the next few only: many cost no square of pairs, and
    nothing that contradicts another goes without a pair.
    """
    timed = sorted(((span, m) for m in same if (span := _span(m))), key=lambda row: (row[0], row[1].id))
    lasting: list[tuple[Instant, str, Made]] = []
    for (start, end), made in timed:
        lasting = [row for row in lasting if row[0] > start]
        yield from islice(((other, made) for _, _, other in reversed(lasting) if contradict(other, made)), _MOST)
        insort(lasting, (end, made.id, made))


def _span(made: Made) -> tuple[Instant, Instant] | None:
    """The time that is surely covered: from the last that the start allows to the first that the end allows."""
    period = obj(made.resolved.body, "period")
    start, end = moment(text(period, "start")), moment(text(period, "end"))
    last = end.low if end else _ALWAYS
    if made.type == "Coverage":
        return (start.high if start else -_ALWAYS, last)
    lasting = end or text(made.resolved.body, "status") == "in-progress"
    return (start.high, last) if start and lasting else None


STAYS = CrossRule(_ward, _stays)
PAYERS = CrossRule(_first, _payers)
