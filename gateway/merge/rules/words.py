"""A free text that reads like a coded entry's own text: near, never merged."""

from collections.abc import Hashable, Iterator, Sequence

from gateway.merge.body import items, obj, text
from gateway.merge.findings import Finding
from gateway.merge.keys import rule
from gateway.merge.made import Made
from gateway.merge.rules.rule import CrossRule, Scene, keys
from gateway.merge.values import value
from gateway.merge.words import fold

_FREE = "text|"
_NAMED = ("code", "medicationCodeableConcept", "vaccineCode")


def _group(made: Made) -> Hashable | None:
    """Lists as a whole; events by their day or instant, since what was at another time is another event."""
    law, lead = rule(made.type), made.lead
    if law.way in ("timeless", "course"):
        return (made.type, lead.negative)
    if law.way != "moment" or lead.at is None:
        return None
    return (made.type, lead.negative, lead.at.day if law.grain == "day" else lead.at.key)


def _find(listed: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    free: dict[str, list[Made]] = {}
    for made in listed:
        if str(made.lead.concept).startswith(_FREE):
            free.setdefault(str(made.lead.concept), []).append(made)
    for made in listed if free else ():
        if str(made.lead.concept).startswith(_FREE):
            continue
        for other in (o for w in sorted(_words(made)) for o in free.get(_FREE + w, ())):
            if _one_event(made, other, scene) and not scene.told_apart(other, made):
                yield Finding("possible-duplicate", keys(other, made),
                              "A free text reads like a coded entry: perhaps the same. Nothing was merged.")


def _one_event(a: Made, b: Made, scene: Scene) -> bool:
    """Could two events be one: told by different sources, with one value? Two entries of a list always could."""
    if rule(a.type).way != "moment":
        return True
    values = [value(m.lead.fact.resource, scene.tables, m.lead.fact.source, None).key for m in (a, b)]
    return not a.sources & b.sources and (a.type != "Observation" or values[0] == values[1])


def _words(made: Made) -> set[str]:
    code = next((c for n in _NAMED if (c := obj(made.resolved.body, n))), {})
    return {fold(w) for w in (text(code, "text"), *(text(c, "display") for c in items(code, "coding"))) if w}


WORDS = CrossRule(_group, _find)
