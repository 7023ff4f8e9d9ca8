"""Medicines against allergies, and one medicine in two doses (faces 1.3)."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from gateway.merge.body import Body, items, obj
from gateway.merge.canonical import concepts, plain
from gateway.merge.doses import contradict, dosages
from gateway.merge.findings import Finding
from gateway.merge.keys import MEDICINES
from gateway.merge.made import Made
from gateway.merge.rules.pairs import pairs
from gateway.merge.rules.rule import CrossRule, Scene, keys, possibly

_DOSED = frozenset({"MedicationRequest", "MedicationStatement"})


def _read(made: Made) -> Hashable | None:
    return "all" if made.type in ("AllergyIntolerance", *MEDICINES) and possibly(made) else None


def _drug_allergy(listed: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    """A medicine in use whose substance, or a class above it, stands on the allergy list.

    Also where sources disagree on either: who is to settle that must know what hangs on it.
    """
    none = scene.tables.none_known
    allergies = [(m, {str(m.lead.concept)}.union(*(concepts(c, scene.tables) for c in _agents(m))))
                 for m in listed if m.type == "AllergyIntolerance" and str(m.lead.concept) not in none]
    for drug in (m for m in listed if m.type in MEDICINES) if allergies else ():
        named = _substances(drug, scene)
        for allergy, known in allergies:
            if named & known:
                yield Finding("drug-allergy", keys(drug, allergy),
                              "A medicine on the list belongs to an allergy on the list: check.")


def _agents(allergy: Made) -> list[Body]:
    """What an allergy says that it is to, and each substance of its reactions."""
    body = allergy.resolved.body
    return [obj(body, "code"), *(obj(r, "substance") for r in items(body, "reaction"))]


def _substances(drug: Made, scene: Scene) -> set[str]:
    """The drug's concepts, its ingredients', and all that lie above them."""
    named = concepts(obj(drug.resolved.body, "medicationCodeableConcept"), scene.tables)
    for form in drug.forms:
        medication = scene.world.medication(form.fact) if "medicationReference" in form.fact.resource else {}
        named |= concepts(obj(medication, "code"), scene.tables)
        for ingredient in items(medication, "ingredient"):
            named |= concepts(obj(ingredient, "itemCodeableConcept"), scene.tables)
    return named.union(*(scene.tables.broader(c) for c in named))


def _drug(made: Made) -> Hashable | None:
    active = made.type in _DOSED and made.resolved.body.get("status") == "active" and not made.lead.negative
    return made.lead.concept if active else None


def _doses(same: Sequence[Made], scene: Scene) -> Iterator[Finding]:
    """One drug in use in two doses, said by two sources."""
    doses = {m.id: dosages(m.resolved.body, scene.tables, m.lead.fact.source) for m in same}
    dosed = [m for m in same if doses[m.id]]
    if any(contradict(doses[a.id], doses[b.id]) for a, b in pairs(dosed, scene, 1, lambda m: plain(_dosage(m)))):
        yield Finding("dose-conflict", keys(*dosed), "Sources give different doses of one medicine.",
                      "dosage")


def _dosage(made: Made) -> Any:
    return made.resolved.body.get("dosageInstruction") or made.resolved.body.get("dosage")


DRUG_ALLERGY = CrossRule(_read, _drug_allergy)
DOSES = CrossRule(_drug, _doses)
