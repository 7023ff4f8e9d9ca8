"""Results: a value that its origin has corrected and another still shows, and tests whose answer never changes."""

from collections.abc import Hashable, Iterator, Sequence

from gateway.merge.events import corrected
from gateway.merge.findings import Finding
from gateway.merge.made import Made
from gateway.merge.rules.rule import CrossRule, Scene, keys
from gateway.merge.values import NOTHING

# Blood groups: ABO, Rh and both.
_NEVER_CHANGES = frozenset({"http://loinc.org|882-1", "http://loinc.org|883-9", "http://loinc.org|884-7",
                            "http://loinc.org|10331-7"})


def _bucket(made: Made) -> Hashable | None:
    return made.lead.bucket if made.type == "Observation" else None


def _stale(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    for old, new in scene.outdated.get(same[0].lead.bucket, ()):
        if not corrected(new) or old.at is None:
            continue
        for made in same:
            if new.entry.key not in made.keys and made.lead.at is not None and (
                    made.lead.at.key, made.lead.value.key) == (old.at.key, old.value.key):
                yield Finding("stale-version", tuple(sorted({*made.keys, new.entry.key})),
                              "A value is still shown that its origin has corrected.")


def _constant(made: Made) -> Hashable | None:
    return made.lead.concept if made.lead.concept in _NEVER_CHANGES else None


def _constants(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    if len({m.lead.value.key for m in same} - {NOTHING.key}) > 1:
        yield Finding("value-conflict", keys(*same), "Sources differ on what never changes in a life.", "value")


STALE = CrossRule(_bucket, _stale)
CONSTANTS = CrossRule(_constant, _constants)
