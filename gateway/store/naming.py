"""What names a person outside of its facts: ids it ever had, and words that a request about it may hold."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from gateway.jsontext import loads
from gateway.store.engine import SOME, Transaction
from gateway.store.patients import Ref, ciphers, numbers
from gateway.store.schema import facts, moves, patients
from gateway.store.vault import unseal

SHORTEST = 3


class Names(NamedTuple):
    """persons: ids that stood for these source patients and stand for nobody else; words: numbers, names, dates."""

    persons: frozenset[str]
    patients: frozenset[Ref]
    identifiers: frozenset[str]
    words: frozenset[str]


_PATIENTS = sa.select(facts.c.n, facts.c.patient, facts.c.body).where(facts.c.patient.in_(SOME),
                                                                     facts.c.type == "Patient")
_HELD = sa.select(moves.c.was, moves.c.now).where(moves.c.patient.in_(SOME))
_IS = sa.select(patients.c.person).where(patients.c.n.in_(SOME))
_OTHERS = sa.select(patients.c.n, patients.c.person).where(patients.c.person.in_(SOME))


def names_of(tx: Transaction, members: Iterable[Ref]) -> Names:
    """Everything that names these source patients, in any version of what was said about them."""
    known = numbers(tx, members)
    ns = set(known.values())
    ids = {id for row in [*tx.each(_HELD, ns), *tx.each(_IS, ns)] for id in row if id}
    taken = {person for n, person in tx.each(_OTHERS, ids) if n not in ns}
    keys = ciphers(tx, ns)
    bodies = [loads(unseal(keys[p], body, f"fact/{n}")) for n, p, body in tx.each(_PATIENTS, ns)]
    numbers_ = {text for body in bodies for text in _texts(body.get("identifier"), "value")}
    words = {word for body in bodies for word in _words(body)} | numbers_ | {ref.key for ref in known}
    return Names(frozenset(ids - taken), frozenset(known), frozenset(numbers_),
                 frozenset(w for w in words if len(w) >= SHORTEST))


def _texts(items: Any, *names: str) -> Iterator[str]:
    for item in items if isinstance(items, list) else ():
        for name in names:
            value = item.get(name) if isinstance(item, Mapping) else None
            yield from (v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str))


def _words(patient: Mapping[str, Any]) -> Iterator[str]:
    """Names word by word, ways to reach the person, street lines, and the birth date as it is written."""
    for name in _texts(patient.get("name"), "text", "family", "given"):
        yield from name.split()
    yield from _texts(patient.get("telecom"), "value")
    yield from _texts(patient.get("address"), "line", "text")
    born = patient.get("birthDate")
    if isinstance(born, str) and len(born) == 10:
        yield from (born, born.replace("-", ""))
