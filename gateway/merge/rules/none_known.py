""""None known" beside something known: both stay, and a newer "none known" deletes nothing (MRG-11)."""

from collections.abc import Hashable, Iterator, Sequence

from gateway.merge.body import codes
from gateway.merge.findings import Finding
from gateway.merge.keys import MEDICINES
from gateway.merge.made import Made
from gateway.merge.rules.rule import CrossRule, Scene, in_use, keys, positive

_ABOUT = {"AllergyIntolerance": "allergy", "Condition": "problem", **dict.fromkeys(MEDICINES, "medication")}


def _group(made: Made) -> Hashable | None:
    return _ABOUT.get(made.type)


def _find(listed: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    known = scene.tables.none_known
    about = _ABOUT[listed[0].type]
    for none in listed:
        scope = known.get(str(none.lead.concept), "")
        if scope.partition(":")[0] != about or none.lead.negative:
            continue
        against = [m for m in listed if str(m.lead.concept) not in known and positive(m) and in_use(m)
                   and _in_scope(m, scope)]
        if against:
            yield Finding("none-known-conflict", keys(none, *against),
                          "One source says that none is known, another names one.")


def _in_scope(made: Made, scope: str) -> bool:
    """Does a statement on food, medication or environment speak of this one? One without category may be meant."""
    _, _, category = scope.partition(":")
    said = codes(made.resolved.body, "category")
    return not category or not said or category in said


NONE_KNOWN = CrossRule(_group, _find)
