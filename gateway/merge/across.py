"""Step 6, between classes: rules as a table of the types that each reads."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from gateway.merge.body import codes, items, obj, text
from gateway.merge.canonical import concepts, fold, plain
from gateway.merge.events import corrected
from gateway.merge.findings import Finding
from gateway.merge.forms import Form
from gateway.merge.graph import Classes
from gateway.merge.keys import RULES, rule
from gateway.merge.made import Made
from gateway.merge.terms import Tables
from gateway.merge.times import Moment
from gateway.merge.versions import Key
from gateway.merge.world import World

MEDICINES = ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration")
_TAKEN = frozenset({"active", "on-hold", "intended", "in-progress", "draft"})
_DEAD = frozenset({"inactive", "resolved"})
_NEVER_CHANGES = frozenset({"http://loinc.org|882-1", "http://loinc.org|883-9", "http://loinc.org|10331-7",
                            "http://loinc.org|884-7"})


@dataclass(frozen=True)
class Scene:
    """All classes by type; outdated: forms of superseded versions of keys that stand; apart: pairs called different."""

    made: Mapping[str, Sequence[Made]]
    world: World
    outdated: Sequence[tuple[Form, Form]] = ()
    apart: frozenset[tuple[Key, Key]] = field(default_factory=frozenset)

    @property
    def tables(self) -> Tables:
        return self.world.tables

    def of(self, *types: str) -> list[Made]:
        return [m for t in types for m in self.made.get(t, ())]


def positive(made: Made) -> bool:
    """Is it a live statement that something is so?"""
    status = codes(made.resolved.body, "clinicalStatus") or {text(made.resolved.body, "status")}
    return not made.lead.negative and not status & _DEAD


def keys(*made: Made) -> tuple[Key, ...]:
    return tuple(sorted(k for m in made for k in m.keys))


def polarity(scene: Scene) -> Iterator[Finding]:
    """The same thing said to be so and not so, at times that do not exclude each other."""
    for type in scene.made:
        by_concept: dict[object, list[Made]] = {}
        for made in scene.made[type]:
            if made.lead.concept is not None and rule(type).way in ("timeless", "course", "moment"):
                by_concept.setdefault(made.lead.concept, []).append(made)
        for same in by_concept.values():
            denied = [m for m in same if m.lead.negative]
            against = {m.id: m for d in denied for m in same if not m.lead.negative and _same_time(m.lead, d.lead)}
            if against:
                involved = [*against.values(), *(d for d in denied if any(
                    _same_time(m.lead, d.lead) for m in against.values()))]
                yield Finding("polarity-conflict", keys(*involved), "One source says that it is so, another that it is not.")


def _same_time(a: Form, b: Form) -> bool:
    """Could two facts speak of one time? Without a date they could."""
    if rule(a.fact.type).way != "moment" or a.at is None or b.at is None:
        return True
    if a.at.day and b.at.day and rule(a.fact.type).grain == "day":
        return a.at.day == b.at.day
    return a.at.low < max(b.at.high, b.at.low + 1) and b.at.low < max(a.at.high, a.at.low + 1)


def none_known(scene: Scene) -> Iterator[Finding]:
    """"None known" beside something known: both stay."""
    for types, about in ((("AllergyIntolerance",), "allergy"), (("Condition",), "problem"), (MEDICINES, "medication")):
        listed = scene.of(*types)
        for none in listed:
            scope = scene.tables.none_known.get(str(none.lead.concept), "")
            if scope.partition(":")[0] != about or none.lead.negative:
                continue
            against = [m for m in listed if positive(m) and _in_scope(m, scope) and _taken(m)
                       and str(m.lead.concept) not in scene.tables.none_known]
            if against:
                yield Finding("none-known-conflict", keys(none, *against), "One source says that none is known, another "
                              "names one.")


def _in_scope(made: Made, scope: str) -> bool:
    """Does a statement on food, medication or environment speak of this allergy? One without category may be meant."""
    _, _, category = scope.partition(":")
    return not category or not made.resolved.body.get("category") or category in codes(made.resolved.body, "category")


def _taken(made: Made) -> bool:
    return made.type not in MEDICINES or made.resolved.body.get("status") in _TAKEN


def drug_allergy(scene: Scene) -> Iterator[Finding]:
    """A medicine in use whose substance, or a class above it, stands on the allergy list."""
    allergies = [(m, concepts(obj(m.resolved.body, "code"), scene.tables) | {str(m.lead.concept)})
                 for m in scene.of("AllergyIntolerance")
                 if positive(m) and str(m.lead.concept) not in scene.tables.none_known]
    for drug in scene.of(*MEDICINES) if allergies else ():
        if positive(drug) and _taken(drug):
            named = _substances(drug, scene)
            for allergy, known in allergies:
                if named & known:
                    yield Finding("drug-allergy", keys(drug, allergy), "A medicine on the list belongs to an allergy on "
                                  "the list: check.")


def _substances(drug: Made, scene: Scene) -> set[str]:
    """The drug's concepts, its ingredients', and all that lie above them."""
    named = concepts(obj(drug.resolved.body, "medicationCodeableConcept"), scene.tables)
    for form in drug.forms:
        medication = scene.world.medication(form.fact) if "medicationReference" in form.fact.resource else {}
        named |= concepts(obj(medication, "code"), scene.tables)
        for ingredient in items(medication, "ingredient"):
            named |= concepts(obj(ingredient, "itemCodeableConcept"), scene.tables)
    return named.union(*(scene.tables.broader(c) for c in named))


def doses(scene: Scene) -> Iterator[Finding]:
    """One drug in use in two doses, said by two sources."""
    by_drug: dict[object, list[Made]] = {}
    for made in scene.of("MedicationRequest", "MedicationStatement"):
        if made.lead.concept is not None and positive(made) and made.resolved.body.get("status") == "active":
            by_drug.setdefault(made.lead.concept, []).append(made)
    for same in by_drug.values():
        dosed = [(m, plain(_dosage(m))) for m in same if _dosage(m)]
        if len({d for _, d in dosed}) > 1 and any(not a.sources & b.sources and x != y
                                                  for (a, x), (b, y) in combinations(dosed, 2)):
            yield Finding("dose-conflict", keys(*(m for m, _ in dosed)), "Sources give different doses of one medicine.",
                          "dosage")


def _dosage(made: Made) -> object:
    return made.resolved.body.get("dosageInstruction") or made.resolved.body.get("dosage")


def stale(scene: Scene) -> Iterator[Finding]:
    """A source still shows what another has corrected: the value of a superseded version stands elsewhere."""
    for old, new in scene.outdated:
        if not corrected(new) or old.bucket is None or old.at is None:
            continue
        for made in scene.of(old.fact.type):
            if new.entry.key not in made.keys and any(
                    f.bucket == old.bucket and f.at and f.at.key == old.at.key and f.value.key == old.value.key
                    for f in made.forms):
                yield Finding("stale-version", tuple(sorted({*made.keys, new.entry.key})),
                              "A value is still shown that its origin has corrected.")


def near(scene: Scene) -> Iterator[Finding]:
    """What is near but not equal, said by different sources: one group, shown together, never merged."""
    for type in scene.made:
        law = RULES.get(type)
        if law is None or not law.near:
            continue
        groups: dict[object, list[Made]] = {}
        for made in scene.made[type]:
            if made.lead.bucket is not None and made.lead.at is not None:
                groups.setdefault(made.lead.bucket, []).append(made)
        for same in groups.values():
            if len(same) > 1:
                yield from _near(same, law.near, scene)


def _near(same: list[Made], window: int, scene: Scene) -> Iterator[Finding]:
    chains: Classes[str] = Classes()
    by_id = {m.id: m for m in same}
    for a, b in _neighbours(same, window):
        if a.sources & b.sources or _apart(a, b, scene):
            continue
        verdict = _compare(a.lead, b.lead)
        if verdict == "unit-mismatch":
            yield Finding(verdict, keys(a, b), "The same test at the same time in units that cannot be compared.", "value")
        elif verdict:
            chains.join([a.id, b.id])
    for chain in chains.classes():
        if len(chain) > 1:
            yield Finding("possible-duplicate", keys(*(by_id[i] for i in chain)),
                          "Nearly the same, from different sources: perhaps one event. Nothing was merged.")


def _neighbours(same: list[Made], window: int) -> Iterator[tuple[Made, Made]]:
    """Pairs whose times lie within the window; each is compared with a bounded number of followers."""
    dated = sorted(((m.lead.at, m) for m in same if m.lead.at), key=lambda row: (row[0].low, row[1].id))
    for n, (at, made) in enumerate(dated):
        for later, other in dated[n + 1:n + 1 + _FOLLOWERS]:
            if later.low - at.low > window:
                break
            yield made, other


_FOLLOWERS = 32


def _apart(a: Made, b: Made, scene: Scene) -> bool:
    return bool(scene.apart) and any(tuple(sorted((x, y))) in scene.apart for x in a.keys for y in b.keys)


def _compare(a: Form, b: Form) -> str:
    """How two near facts of one bucket relate: a unit that differs, a possible duplicate, or nothing to say."""
    assert a.at is not None and b.at is not None
    if a.fact.type != "Observation":
        return "possible-duplicate" if _comparable(a.at, b.at) else ""
    if a.at.key == b.at.key:
        return "unit-mismatch" if _mismatched(a, b) else "possible-duplicate"
    return "possible-duplicate" if a.value.key == b.value.key and a.at.exact and b.at.exact else ""


def _mismatched(a: Form, b: Form) -> bool:
    """Units that cannot be compared, one number in two units, or values off by a power of ten that a unit explains."""
    if a.value.number is None or b.value.number is None:
        return False
    if a.value.kind != b.value.kind:
        return True
    ours, theirs = (obj(f.fact.resource, "valueQuantity") for f in (a, b))
    if plain(ours.get("value")) == plain(theirs.get("value")):
        return True
    low, high = sorted((abs(a.value.number), abs(b.value.number)))
    return bool(low) and high / low in (10, 100, 1000)


def _comparable(a: Moment, b: Moment) -> bool:
    """A year beside a day inside it was already looked at as a coarse date."""
    return a.day is not None and b.day is not None


def words(scene: Scene) -> Iterator[Finding]:
    """A text without code that reads like a coded entry's own text."""
    for type, listed in scene.made.items():
        if rule(type).way not in ("timeless", "course"):
            continue
        free = {m.lead.concept: m for m in listed if str(m.lead.concept).startswith("text|")}
        for made in listed if free else ():
            said = {f"text|{w}" for w in _texts(made)}
            for named in said & set(free):
                other = free[named]
                if other is not made and other.lead.negative == made.lead.negative and not _apart(other, made, scene):
                    yield Finding("possible-duplicate", keys(other, made), "A free text reads like a coded entry: perhaps "
                                  "the same. Nothing was merged.")


def _texts(made: Made) -> set[str]:
    code = obj(made.resolved.body, "code") or obj(made.resolved.body, "medicationCodeableConcept")
    return {fold(w) for w in (text(code, "text"), *(text(c, "display") for c in items(code, "coding"))) if w}


def constants(scene: Scene) -> Iterator[Finding]:
    """What never changes in a life (blood group) and yet differs."""
    by_test: dict[str, list[Made]] = {}
    for made in scene.of("Observation"):
        if made.lead.concept in _NEVER_CHANGES:
            by_test.setdefault(str(made.lead.concept), []).append(made)
    for same in by_test.values():
        if len({m.lead.value.key for m in same}) > 1:
            yield Finding("value-conflict", keys(*same), "Sources differ on what never changes in a life.", "value")


# Rule → the types that it reads; a change of other types cannot change its findings.
ALL = ("*",)
ACROSS: dict[Callable[[Scene], Iterator[Finding]], Iterable[str]] = {
    polarity: ALL, near: ALL, words: ALL,
    none_known: ("AllergyIntolerance", "Condition", *MEDICINES),
    drug_allergy: ("AllergyIntolerance", *MEDICINES),
    doses: ("MedicationRequest", "MedicationStatement"),
    stale: ("Observation",),
    constants: ("Observation",),
}
