"""Events of one day of which one names a kind and the other one of that kind: linked as near, never merged (MRG-06)."""

from collections.abc import Hashable, Iterator, Sequence

from gateway.merge.findings import Finding
from gateway.merge.keys import rule
from gateway.merge.made import Made
from gateway.merge.rules.rule import CrossRule, Scene, keys
from gateway.merge.values import NOTHING


def _group(made: Made) -> Hashable | None:
    law, lead = rule(made.type), made.lead
    day = lead.at.day if lead.at and law.way == "moment" and law.grain == "day" else None
    return (made.type, lead.negative, day) if day and lead.concept is not None else None


def _find(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    named: dict[Hashable, list[Made]] = {}
    for made in same:
        named.setdefault(made.lead.concept, []).append(made)
    for made in same if len(named) > 1 else ():
        for kind in sorted(scene.tables.broader(str(made.lead.concept)) & named.keys()):
            for other in named[kind]:
                if _may_be_one(made, other) and not scene.told_apart(made, other):
                    yield Finding("possible-duplicate", keys(made, other),
                                  "One source names a kind, another one of it: perhaps one event. Nothing was merged.")


def _may_be_one(a: Made, b: Made) -> bool:
    """Told by different sources, and not of two lots."""
    lots = {m.lead.value.key for m in (a, b)} - {NOTHING.key}
    return not a.sources & b.sources and len(lots) < 2


KINDS = CrossRule(_group, _find)
