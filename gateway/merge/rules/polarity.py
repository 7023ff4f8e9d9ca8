"""The same thing said to be so and not so, at times that do not exclude each other: both stay (MRG-11)."""

from collections.abc import Hashable, Iterator, Sequence

from gateway.merge.findings import Finding
from gateway.merge.forms import Form
from gateway.merge.keys import MEDICINES, rule
from gateway.merge.made import Made
from gateway.merge.rules.rule import CrossRule, Scene, keys

_WAYS = frozenset({"timeless", "course", "moment"})


def _group(made: Made) -> Hashable | None:
    named = made.lead.concept
    return (made.type, named) if named is not None and rule(made.type).way in _WAYS else None


def _find(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    denied = [m for m in same if m.lead.negative]
    said = [m for m in same if not m.lead.negative]
    pairs = [(d, s) for d in denied for s in said if _one_time(s.lead, d.lead) and not scene.told_apart(d, s)]
    involved = {m.id: m for pair in pairs for m in pair}
    if involved:
        yield Finding("polarity-conflict", keys(*involved.values()),
                      "One source says that it is so, another that it is not.")


def _one_time(a: Form, b: Form) -> bool:
    """Could two facts speak of one time? Without a date they could; an order holds for longer than its day."""
    law = rule(a.fact.type)
    if law.way != "moment" or a.fact.type in MEDICINES or a.at is None or b.at is None:
        return True
    if a.at.day and b.at.day and law.grain == "day":
        return a.at.day == b.at.day
    return a.at.low < max(b.at.high, b.at.low + 1) and b.at.low < max(a.at.high, a.at.low + 1)


POLARITY = CrossRule(_group, _find)
