"""How well a person answers to a description: the grade of FHIR's match-grade code system and a score. (ID-08, ID-09)

A description is compared with each record of the person. One record that speaks against it (a guard that finds more
than too little) keeps the whole person from being certain: twins and fathers are found, never mistaken.
"""

from collections.abc import Iterable
from typing import NamedTuple

from gateway.identity.decide import Comparison
from gateway.identity.guards import LITTLE
from gateway.identity.score import probability

CERTAIN, PROBABLE, POSSIBLE = "certain", "probable", "possible"
FAINT = 6.0        # weights so far below *no* are still worth showing to whoever searches
UNSURE = 0.949     # the most that is said of whoever is not certain


class Grade(NamedTuple):
    """grade: certain | probable | possible; score: 0 to 1, of certain ones at least that of the threshold."""

    grade: str
    score: float
    weight: float
    why: tuple[str, ...] = ()


def grade(comparisons: Iterable[Comparison]) -> Grade | None:
    """The grade of one person, given the comparisons with its records; None: certainly not, or too little in common."""
    found = sorted(comparisons, key=lambda c: -c.weight)
    if not found:
        return None
    best = found[0]
    objections = tuple(dict.fromkeys(g.reason for c in found for g in c.guards if g.effect not in LITTLE))
    if best.weight < best.model.no - FAINT or any(g.effect in ("veto", "no") for g in best.guards):
        return None
    if best.decision == "link" and not objections:
        return Grade(CERTAIN, probability(best.weight), best.weight)
    score = min(probability(best.weight), UNSURE)
    if best.decision == "no":
        return Grade(POSSIBLE, score, best.weight, objections or tuple(g.reason for g in best.guards))
    return Grade(PROBABLE, score, best.weight, objections or tuple(best.why()))
