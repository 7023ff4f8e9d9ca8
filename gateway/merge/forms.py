"""The form of a fact: its concept, bucket, time and value, as the rule of its type reads them."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from gateway.merge.asserted import stated
from gateway.merge.body import Body, codes, items, obj, of_contact, text
from gateway.merge.canonical import concept, negative, plain, sites
from gateway.merge.details import NONE, Details, details
from gateway.merge.elements import slot
from gateway.merge.keys import Rule, rule
from gateway.merge.times import Moment, moment
from gateway.merge.values import NOTHING, Value, quantity, value
from gateway.merge.versions import Entry, Key, Times, number
from gateway.merge.words import fold, says_nothing
from gateway.merge.world import World
from gateway.model import Fact

_STAGES = {"amended": 1, "corrected": 1, "appended": 1}
_UNSETTLED = frozenset({"preliminary", "registered", "partial", "superseded"})
_DATES = ("DateTime", "Instant", "Period")
_ORDERS = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})


@dataclass(frozen=True, slots=True)
class Form:
    """What stands of a key, as it is compared.

    concept     what it is about; negative: it says that something is not so
    bucket      what must be equal to be the same at all; None: it is never equal to another by its content
    at          clinical time of an event; start, end: of an episode; over: told as over, without an end
    value       result, lot, quantity or content
    details     what keeps it from facts that say otherwise
    replaces    keys of the documents that it replaces
    rank        order among facts of one class; the greatest wins
    """

    entry: Entry
    concept: Hashable | None
    negative: bool
    bucket: Hashable | None
    at: Moment | None = None
    start: Moment | None = None
    end: Moment | None = None
    over: bool = False
    value: Value = NOTHING
    rank: Any = ()
    details: Details = NONE
    replaces: frozenset[Key] = frozenset()

    @property
    def fact(self) -> Fact:
        assert self.entry.head is not None
        return self.entry.head


def rank(fact: Fact, times: Times, copied: bool, replaced: int = 0) -> Any:
    """Order of step 4: settled before preliminary, origin before copy, asserted time, version time; then a correction
    before what it corrects, version, hash. A document goes before the ones that it replaces and a Patient before those
    that it replaced, whenever they were said.

    replaced: how many documents it replaces; -1: another Patient replaced it
    """
    last = times[fact.id].last
    version = number(fact.version)
    status = text(fact.resource, "status")
    return (status not in _UNSETTLED, not copied, replaced, stated(fact, last), last, _STAGES.get(status, 0),
            (0, 0) if version is None else (1, version), fact.id)


def form(entry: Entry, world: World, times: Times, copied: bool) -> Form:
    """The form of what stands of one key."""
    fact = entry.head
    assert fact is not None
    law, body = rule(fact.type), fact.resource
    named, denied = named_concept(fact, world), negative(body)
    at = _at(body, law) if law.way == "moment" else None
    said = _value(fact, world, law, named)
    start, end, over = _course(body, law) if law.way == "course" else (None, None, False)
    bucket = _bucket(fact, world, law, named, denied, at) if _comparable(law, named, said) else None
    older = replaced(fact, world)
    place = rank(fact, times, copied, -1 if is_replaced(body) else len(older))
    return Form(entry, named, denied, bucket, at, start, end, over, said, place,
                details(fact, world, law.details), older)


def is_replaced(patient: Body) -> bool:
    """Whether a Patient ended in another one: its source merged two of its charts."""
    return patient.get("active") is False and any(text(k, "type") == "replaced-by" for k in items(patient, "link"))


def replaced(fact: Fact, world: World) -> frozenset[Key]:
    """The keys of the documents that a document replaces, directly or in turn."""
    found: set[Key] = set()
    todo = [fact] if "relatesTo" in fact.resource else []
    while todo:
        here = todo.pop()
        for relation in items(here.resource, "relatesTo"):
            target = world.target(here.source, text(obj(relation, "target"), "reference"))
            if text(relation, "code") == "replaces" and target and target[1] == fact.type and target not in found:
                found.add(target)
                entry = world.entries.get(target)
                todo += [entry.head] if entry and entry.head else []
    return frozenset(found)


def named_concept(fact: Fact, world: World) -> Hashable | None:
    """The concept that a fact is about. Where its code names only a kind, the substance of its reactions counts."""
    law, body = rule(fact.type), fact.resource
    found: Hashable | None = None
    for path in law.code:
        if path == "reaction.substance":
            substances = [s for r in items(body, "reaction") if (s := obj(r, "substance"))]
            told = {concept(s, world.tables, fact.source) for s in substances}
            return found if not told else told.pop() if len(told) == 1 else None
        if path == "medicationReference" and path in body:
            return concept(obj(world.medication(fact), "code"), world.tables, fact.source) or _catalogued(fact, world)
        said = obj(body, path)
        if said:
            codeable = said if "coding" in said or "text" in said else {"coding": [said]}
            found = concept(codeable, world.tables, fact.source)
            if found is not None and found not in world.tables.kinds:
                return found
            if path != "code":
                return found
    return found


def _catalogued(fact: Fact, world: World) -> Hashable | None:
    key = world.target(fact.source, text(obj(fact.resource, "medicationReference"), "reference"))
    return ("catalogue", world.catalogue[key]) if key is not None and key in world.catalogue else None


def _comparable(law: Rule, named: Hashable | None, said: Value) -> bool:
    """No code never merges; a result or report that says nothing equals nothing."""
    if law.way not in ("timeless", "course", "moment"):
        return False
    return (named is not None or not law.code) and (law.value not in ("result", "content") or said != NOTHING)


def _bucket(fact: Fact, world: World, law: Rule, named: Hashable | None, denied: bool,
            at: Moment | None) -> Hashable | None:
    parts = tuple(PARTS[p](fact, world) for p in law.parts)
    if None in parts:
        return None
    modifiers = plain([fact.resource.get("modifierExtension"), fact.resource.get("implicitRules")])
    return (fact.type, named, denied, parts, modifiers, _said_otherwise(fact.resource, law, at))


def _said_otherwise(body: Body, law: Rule, at: Moment | None) -> Hashable:
    """A clinical time that is no date ("as a child", or not readable as one) is compared as it was said."""
    bases = {slot(w) for w in law.when} if law.way == "moment" else set()
    return tuple((k, plain(v)) for k, v in sorted(body.items())
                 if slot(k) in bases and (at is None or not (slot(k) == k or k.endswith(_DATES))))


def _at(body: Body, law: Rule) -> Moment | None:
    """The clinical time of an event: a moment, or a period as its two ends."""
    for name in law.when:
        for element in (name, f"{name}DateTime", f"{name}Instant"):
            said = moment(text(body, element))
            if said:
                return said
        period = obj(body, name) or obj(body, f"{name}Period")
        start, end = moment(text(period, "start")), moment(text(period, "end"))
        if end and law.grain == "instant" and name != "period":
            first = start or end
            return Moment(first.low, end.high, (start and start.key, end.key), first.exact and end.exact, first.text)
        if start:
            return start
    return None


def _course(body: Body, law: Rule) -> tuple[Moment | None, Moment | None, bool]:
    """(start, end, over without an end) of something that lasts."""
    begin, finish = law.when
    start = moment(text(body, f"{begin}DateTime")) or moment(text(_period(body, begin), "start"))
    end = moment(text(_period(body, finish), "end"))
    if begin != finish:
        end = end or moment(text(obj(body, f"{finish}Period"), "start")) or moment(text(body, f"{finish}DateTime"))
    over = "resolved" in codes(body, "clinicalStatus") or text(body, "status") in ("completed", "stopped")
    return start, end, over and end is None


def _period(body: Body, name: str) -> Body:
    return obj(body, f"{name}Period") or obj(body, name)


def _value(fact: Fact, world: World, law: Rule, named: Hashable | None) -> Value:
    if law.value == "result":
        return value(fact.resource, world.tables, fact.source, named if isinstance(named, str) else None)
    if law.value == "lot":
        lot = text(fact.resource, "lotNumber")
        return Value(("lot", fold(lot))) if lot else NOTHING
    if law.value == "quantity":
        given = obj(fact.resource, "quantity") or obj(obj(fact.resource, "dosage"), "dose")
        return quantity(given, world.tables, None) if given else NOTHING
    return _content(fact, world) if law.value == "content" else NOTHING


def _content(fact: Fact, world: World) -> Value:
    """What a report says: the classes of its results, else its conclusion and documents."""
    body = fact.resource
    results = [world.target(fact.source, text(r, "reference")) for r in items(body, "result")]
    known = {world.joined[k] for k in results if k in world.joined}
    if known and len(known) == len(set(results)):
        return Value(("results", tuple(sorted(known))))
    said = [body[n] for n in ("conclusion", "conclusionCode", "presentedForm") if n in body]
    return Value(("content", plain(said))) if said and not results else NOTHING


def _product(fact: Fact, world: World) -> Hashable:
    """Dose form and strength where given."""
    if "medicationReference" not in fact.resource:
        return ()
    medication = world.medication(fact)
    strengths = [plain(i["strength"]) for i in items(medication, "ingredient") if "strength" in i]
    form = concept(obj(medication, "form"), world.tables, fact.source)
    return (form, *sorted(strengths, key=repr)) if form or strengths else ()


def described(reference: Body, source: str, world: World, type: str) -> Hashable:
    """Who a reference means: the directory class, the identifier, else whatever its source calls it."""
    literal = text(reference, "reference")
    key = world.target(source, literal) if literal else None
    if key is not None and key in world.catalogue:
        return world.catalogue[key]
    identifier = obj(reference, "identifier")
    if text(identifier, "value"):
        name = (type, text(identifier, "system"), text(identifier, "value"))
        return world.named.get(name, name)
    return (source, literal or text(reference, "display"))


def _coverage(fact: Fact, world: World) -> Hashable | None:
    """Payer, subscriber and dependant of a coverage; None when it does not say who is insured with whom."""
    body = fact.resource
    member = text(body, "subscriberId")
    payors = tuple(sorted(repr(described(p, fact.source, world, "Organization")) for p in items(body, "payor")))
    return (payors, member, text(body, "dependent")) if payors and not says_nothing(member) else None


PARTS: dict[str, Callable[[Fact, World], Hashable]] = {
    "site": lambda f, w: sites(f.resource, w.tables, f.source),
    "encounter diagnosis": lambda f, w: of_contact(f.resource),
    "product": _product,
    "intent": lambda f, w: "order" if text(f.resource, "intent") in _ORDERS else text(f.resource, "intent"),
    "focus": lambda f, w: tuple(sorted(repr(described(r, f.source, w, "")) for r in items(f.resource, "focus"))),
    "organisation": lambda f, w: described(obj(f.resource, "serviceProvider"), f.source, w, "Organization"),
    "coverage": _coverage,
}
