"""What is near but not equal, said by different sources: one group, shown together, never merged (MRG-04, T3)."""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence

from gateway.merge.body import obj
from gateway.merge.canonical import plain
from gateway.merge.findings import Finding
from gateway.merge.forms import Form
from gateway.merge.graph import Classes
from gateway.merge.keys import rule
from gateway.merge.made import Made
from gateway.merge.rules.pairs import pairs
from gateway.merge.rules.rule import CrossRule, Scene, keys
from gateway.merge.times import Instant

_NEAREST, _MOST = 1, 16             # pairs of one with another set of sources, before it and behind
_WORDS = {"unit-mismatch": "One test at one time in units that do not fit each other.",
          "value-conflict": "Sources give different values of one test at one time."}
_UNIT_SLIPS = (10, 100, 1000)


def _group(made: Made) -> Hashable | None:
    return made.lead.bucket if rule(made.type).near and made.lead.at is not None else None


def _find(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    chains: Classes[str] = Classes()
    by_id = {m.id: m for m in same}
    for a, b in {(a.id, b.id): (a, b) for a, b in _pairs(same, scene)}.values():
        verdict = _compare(a.lead, b.lead)
        if verdict in _WORDS:
            yield Finding(verdict, keys(a, b), _WORDS[verdict], "value")
        if verdict and verdict != "unit-mismatch":
            chains.join([a.id, b.id])
    for chain in chains.classes():
        yield Finding("possible-duplicate", keys(*(by_id[i] for i in chain)),
                      "Nearly the same, from different sources: perhaps one event. Nothing was merged.")


def _pairs(same: Sequence[Made], scene: Scene) -> Iterator[tuple[Made, Made]]:
    """Pairs of different sources that may say something, not all of them where very many are near.

    Whoever is near one of another source is in a pair with the nearest before and behind, so that chains come out
    whole; whoever has another value at the very instant is in a pair with that.
    """
    dated = sorted((m for m in same if m.lead.at), key=lambda m: (_low(m), m.id))
    window = rule(same[0].type).near
    results = same[0].type == "Observation"
    for line in _grouped(dated, lambda m: m.lead.value.key) if results else [dated]:
        yield from pairs(line, scene, _NEAREST, near=lambda a, b: _within(a, b, window))
    for line in _grouped(dated, _instant) if results else ():
        yield from pairs(line, scene, _MOST)


def _grouped(line: Sequence[Made], by: Callable[[Made], Hashable]) -> Collection[list[Made]]:
    found: dict[Hashable, list[Made]] = {}
    for made in line:
        found.setdefault(by(made), []).append(made)
    return found.values()


def _instant(made: Made) -> Hashable:
    return made.lead.at and made.lead.at.key


def _within(a: Made, b: Made, window: int) -> bool:
    low, high = sorted((_low(a), _low(b)))
    return not high - low > window


def _low(made: Made) -> Instant:
    assert made.lead.at is not None
    return made.lead.at.low


def _compare(a: Form, b: Form) -> str:
    """How two near facts of one bucket relate: another unit or value, a possible duplicate, or nothing to say."""
    assert a.at is not None and b.at is not None
    if a.fact.type != "Observation":
        return "possible-duplicate" if a.at.day and b.at.day else ""
    if a.at.key == b.at.key:
        if any("comparator" in obj(f.fact.resource, "valueQuantity") for f in (a, b)):
            return "possible-duplicate"
        return "unit-mismatch" if _mismatched(a, b) else "value-conflict" if _differ(a, b) else "possible-duplicate"
    return "possible-duplicate" if a.value.key == b.value.key and a.at.exact and b.at.exact else ""


def _differ(a: Form, b: Form) -> bool:
    """Two values of one test at one time, where neither says the other less precisely nor by another method.

    Why there is none is no other value: whoever could not measure contradicts nobody who did.
    """
    return (a.value.told and b.value.told and a.at is not None and a.at.exact and a.value.key != b.value.key
            and not a.value.inside(b.value) and not b.value.inside(a.value) and not a.value.agrees(b.value)
            and (a.details <= b.details or b.details <= a.details))


def _mismatched(a: Form, b: Form) -> bool:
    """Units that cannot be compared, one number in two units, or values off by a power of ten that a unit explains."""
    if a.value.number is None or b.value.number is None or a.value.key == b.value.key:
        return False
    if a.value.kind != b.value.kind:
        return True
    ours, theirs = (obj(f.fact.resource, "valueQuantity") for f in (a, b))
    if plain(ours.get("value")) == plain(theirs.get("value")):
        return True
    low, high = sorted((abs(a.value.number), abs(b.value.number)))
    return bool(low) and high / low in _UNIT_SLIPS


NEAR = CrossRule(_group, _find)
