"""One procedure on one day at two sites, or one thing with its site here and without it there: told, never merged."""

from collections.abc import Hashable, Iterator, Sequence

from gateway.merge.canonical import sites
from gateway.merge.findings import Finding
from gateway.merge.made import Made
from gateway.merge.rules.pairs import pairs
from gateway.merge.rules.rule import CrossRule, Scene, keys

_TYPES = frozenset({"Procedure", "Condition"})
_MOST = 16                          # pairs of one with another set of sources and sites, before it and behind


def _group(made: Made) -> Hashable | None:
    lead = made.lead
    day = lead.at.day if lead.at else None
    if made.type not in _TYPES or lead.concept is None or (made.type == "Procedure" and day is None):
        return None
    return (made.type, lead.concept, lead.negative, day)


def _find(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    said = {m.id: sites(m.lead.fact.resource, scene.tables, m.lead.fact.source) for m in same} if len(same) > 1 else {}
    for a, b in pairs(same, scene, _MOST, lambda m: said[m.id]) if said else ():
        ours, theirs = said[a.id], said[b.id]
        if a.type == "Procedure" and ours and theirs and ours != theirs:
            yield Finding("value-conflict", keys(a, b), "Sources give different sites of one procedure on one day.",
                          "bodySite")
        elif bool(ours) != bool(theirs):
            yield Finding("possible-duplicate", keys(a, b), "One source names a site, the other none: perhaps the "
                          "same. Nothing was merged.", "bodySite")


SITES = CrossRule(_group, _find)
