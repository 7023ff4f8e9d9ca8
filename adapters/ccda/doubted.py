"""Problems and allergies that are taken back, or that somebody looked for and excluded, otherwise than by negation."""

from collections.abc import Iterator

from adapters.ccda.tree import Element

WITHDRAWN, EXCLUDED = "withdrawn", "excluded"     # labels of the observation
# Systems of qualifiers that say how sure a diagnosis is: SNOMED CT, and the German letter (A, G, V, Z).
SYSTEMS = frozenset(("2.16.840.1.113883.6.96", "2.16.840.1.113883.3.7.1.8"))
_ABSENT = frozenset(("410516002", "410594000", "2667000", "A"))
_SURE = frozenset(("66455-7", "33999-4"))         # observations that say so: of a condition's status, of a problem's


def doubts(observation: Element) -> frozenset[str]:
    """Labels of an observation that is withdrawn, by its state or its concern's, or excluded."""
    found = {WITHDRAWN} if any(s.attributes.get("code") == "nullified" for s in _states(observation)) else set()
    if any(c.attributes.get("code") in _ABSENT for c in _certainties(observation)):
        found.add(EXCLUDED)
    return frozenset(found)


def _states(observation: Element) -> Iterator[Element]:
    yield from observation.all("statusCode")
    link = observation.parent
    if link is not None and link.name == "entryRelationship" and link.parent is not None and link.parent.name == "act":
        yield from link.parent.all("statusCode")


def _certainties(observation: Element) -> Iterator[Element]:
    for value in observation.all("value"):
        for qualifier in value.all("qualifier"):
            yield from (v for v in qualifier.all("value") if v.attributes.get("codeSystem") in SYSTEMS)
    for link in observation.all("entryRelationship"):
        for inner in link.all("observation"):
            code = inner.first("code")
            if code is not None and code.attributes.get("code") in _SURE:
                yield from inner.all("value")
