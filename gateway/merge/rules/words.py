"""A free text that reads like a coded entry's own text: near, never merged."""

from collections.abc import Hashable, Iterator, Sequence

from gateway.merge.body import items, obj, text
from gateway.merge.findings import Finding
from gateway.merge.keys import rule
from gateway.merge.made import Made
from gateway.merge.rules.rule import CrossRule, Scene, keys
from gateway.merge.words import fold

_FREE = "text|"


def _group(made: Made) -> Hashable | None:
    return (made.type, made.lead.negative) if rule(made.type).way in ("timeless", "course") else None


def _find(listed: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    free = {m.lead.concept: m for m in listed if str(m.lead.concept).startswith(_FREE)}
    for made in listed if free else ():
        if str(made.lead.concept).startswith(_FREE):
            continue
        for named in sorted(f"{_FREE}{w}" for w in _words(made)):
            other = free.get(named)
            if other is not None and not scene.told_apart(other, made):
                yield Finding("possible-duplicate", keys(other, made),
                              "A free text reads like a coded entry: perhaps the same. Nothing was merged.")


def _words(made: Made) -> set[str]:
    code = obj(made.resolved.body, "code") or obj(made.resolved.body, "medicationCodeableConcept")
    return {fold(w) for w in (text(code, "text"), *(text(c, "display") for c in items(code, "coding"))) if w}


WORDS = CrossRule(_group, _find)
