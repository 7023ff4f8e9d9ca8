"""What cannot be twice at one time: a stay on a ward, and the insurance that pays first."""

from collections.abc import Hashable, Iterator, Sequence

from gateway.merge.body import codes, obj, text
from gateway.merge.findings import Finding
from gateway.merge.forms import described
from gateway.merge.made import Made
from gateway.merge.rules.rule import CrossRule, Scene, keys
from gateway.merge.times import Instant, moment

_WARD = frozenset({"IMP", "ACUTE", "NONAC"})
_NOT_THERE = frozenset({"cancelled", "planned"})
_ALWAYS = float("inf")
_FOLLOWERS = 32                     # of each stay; as near events are compared, so that many cost no square


def _ward(made: Made) -> Hashable | None:
    body = made.resolved.body
    there = made.type == "Encounter" and text(body, "status") not in _NOT_THERE and codes(body, "class") & _WARD
    return "ward" if there else None


def _first(made: Made) -> Hashable | None:
    body = made.resolved.body
    return "first" if made.type == "Coverage" and body.get("order") == 1 and text(body, "status") == "active" else None


def _stays(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    for a, b in _overlapping(same):
        if _house(a, scene) != _house(b, scene) and not a.sources & b.sources and not scene.told_apart(a, b):
            yield Finding("value-conflict", keys(a, b), "Two stays on a ward, in two houses, overlap.", "period")


def _house(made: Made, scene: Scene) -> Hashable:
    fact = made.lead.fact
    return described(obj(fact.resource, "serviceProvider"), fact.source, scene.world, "Organization")


def _payers(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    for a, b in _overlapping(same):
        if a.lead.bucket != b.lead.bucket and not scene.told_apart(a, b):
            yield Finding("value-conflict", keys(a, b), "Two insurances are named as the one that pays first.", "order")


def _overlapping(same: Sequence[Made]) -> Iterator[tuple[Made, Made]]:
    """Pairs whose periods overlap for sure: each is compared with the next few that begin before it ends."""
    timed = sorted(((span, m) for m in same if (span := _span(m))), key=lambda row: (row[0], row[1].id))
    for n, ((_, end), made) in enumerate(timed):
        for (start, _), other in timed[n + 1:n + 1 + _FOLLOWERS]:
            if start >= end:
                break
            yield made, other


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
