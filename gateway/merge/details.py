"""What keeps two facts apart where both say it, and nothing where one is silent: method, specimen, route, requester …

A detail is a pair (name, what was said). A fact that gives fewer details fits one that gives more; two that give
different ones never meet.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping

from gateway.merge.body import Body, codes, items, obj, text
from gateway.merge.canonical import concept
from gateway.merge.world import World
from gateway.model import Fact

Details = frozenset[tuple[str, Hashable]]
NONE: Details = frozenset()
# Types whose facts are read through a reference to them: a change of one concerns all that refer to it.
READ_THROUGH = frozenset({"Specimen", "DocumentReference"})


def details(fact: Fact, world: World, names: tuple[str, ...]) -> Details:
    """The details of a fact that its type's rule names."""
    body, found = fact.resource, []
    for name in names:
        elements, read = DETAILS[name]
        if any(e in body for e in elements):
            said = read(fact, world)
            if said is not None:
                found.append((name, said))
    return frozenset(found) if found else NONE


def _method(fact: Fact, world: World) -> Hashable | None:
    return concept(obj(fact.resource, "method"), world.tables, fact.source)


def _specimen(fact: Fact, world: World) -> Hashable | None:
    """The kind of specimen, of a contained one or one that stands in the record."""
    reference = text(obj(fact.resource, "specimen"), "reference")
    if reference.startswith("#"):
        body: Body = next((c for c in items(fact.resource, "contained") if text(c, "id") == reference[1:]), {})
    else:
        head = world.standing(fact.source, reference) if reference else None
        body = head.resource if head else {}
    return concept(obj(body, "type"), world.tables, fact.source)


def _dosages(body: Body) -> Iterator[Body]:
    yield from items(body, "dosageInstruction")
    yield from items(body, "dosage")


def _route(fact: Fact, world: World) -> Hashable | None:
    return _all({concept(obj(d, "route"), world.tables, fact.source) for d in _dosages(fact.resource)})


def _as_needed(fact: Fact, world: World) -> Hashable | None:
    """Is it taken as needed? Unknown without a dosage."""
    said = {d.get("asNeededBoolean") is True or "asNeededCodeableConcept" in d for d in _dosages(fact.resource)}
    return said.pop() if len(said) == 1 else None


def _requester(fact: Fact, world: World) -> Hashable | None:
    return _registered(obj(fact.resource, "requester"), fact.source, world)


def _performer(fact: Fact, world: World) -> Hashable | None:
    return _all({_registered(p, fact.source, world) for p in items(fact.resource, "performer")})


def _registered(reference: Body, source: str, world: World) -> Hashable | None:
    """Whom a reference means, where a registry identifier says so."""
    literal = text(reference, "reference")
    key = world.target(source, literal) if literal else None
    head = world.standing(source, literal) if key else None
    if key is not None and key in world.catalogue and head and any(text(i, "system") and text(i, "value")
                                               for i in items(head.resource, "identifier")):
        return world.catalogue[key]
    identifier = obj(reference, "identifier")
    if not (text(identifier, "system") and text(identifier, "value")):
        return None
    said = (text(identifier, "system"), text(identifier, "value"))
    return next((world.named[n] for t in ("Practitioner", "PractitionerRole", "Organization")
                 if (n := (t, *said)) in world.named), said)


def _food_or_drug(fact: Fact, world: World) -> Hashable | None:
    said = codes(fact.resource, "category")
    return "food" if said == {"food"} else "drug" if said and said <= {"medication", "biologic"} else None


def _group(fact: Fact, world: World) -> Hashable | None:
    """The group of an insurance."""
    return _all({text(c, "value") or None for c in items(fact.resource, "class")
                 if "group" in codes(c, "type")})


def _all(said: set[Hashable | None]) -> Hashable | None:
    return tuple(sorted(said, key=repr)) if said and None not in said else None


_DOSED = ("dosageInstruction", "dosage")
# Name → the elements that say it, and how they are read.
DETAILS: Mapping[str, tuple[tuple[str, ...], Callable[[Fact, World], Hashable | None]]] = {
    "method": (("method",), _method), "specimen": (("specimen",), _specimen), "route": (_DOSED, _route),
    "as needed": (_DOSED, _as_needed), "requester": (("requester",), _requester),
    "performer": (("performer",), _performer), "food or drug": (("category",), _food_or_drug),
    "group": (("class",), _group)}
