"""One procedure on one day at two sites, or one thing with its site here and without it there: told, never merged."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations

from gateway.merge.canonical import sites
from gateway.merge.findings import Finding
from gateway.merge.made import Made
from gateway.merge.rules.rule import CrossRule, Scene, keys

_TYPES = frozenset({"Procedure", "Condition"})
_MOST = 50


def _group(made: Made) -> Hashable | None:
    lead = made.lead
    day = lead.at.day if lead.at else None
    if made.type not in _TYPES or lead.concept is None or (made.type == "Procedure" and day is None):
        return None
    return (made.type, lead.concept, lead.negative, day)


def _find(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    for a, b in combinations(same[:_MOST], 2) if len(same) > 1 else ():
        if a.sources & b.sources or scene.told_apart(a, b):
            continue
        ours, theirs = (sites(m.lead.fact.resource, scene.tables, m.lead.fact.source) for m in (a, b))
        if a.type == "Procedure" and ours and theirs and ours != theirs:
            yield Finding("value-conflict", keys(a, b), "Sources give different sites of one procedure on one day.",
                          "bodySite")
        elif bool(ours) != bool(theirs):
            yield Finding("possible-duplicate", keys(a, b), "One source names a site, the other none: perhaps the "
                          "same. Nothing was merged.", "bodySite")


SITES = CrossRule(_group, _find)
