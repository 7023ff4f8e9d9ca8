"""Invariants of R4 4.0.1 that need no more than which elements stand beside each other: invariants.csv, read as rules.

A row has the key of the specification, the group of elements, a form, and terms. A term is an element's name (it
stands, in any of its types), or `name=a|b` (it has one of these values):

    needs     if the first term holds, so do the others     never     not all of the terms
    some      at least one                                  one       exactly one
    together  all or none
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from gateway.fhir.elements import ELEMENTS

Json = dict[str, Any]
Test = Callable[[Json], bool]

FORMS: Mapping[str, tuple[Callable[..., bool], str]] = {
    "needs": (lambda value, first, *rest: not first(value) or all(t(value) for t in rest),
              "{0} does not stand without {rest}"),
    "never": (lambda value, first, *rest: not first(value) or not all(t(value) for t in rest),
              "{0} does not stand with {rest}"),
    "some": (lambda value, *terms: any(t(value) for t in terms), "at least one of these stands: {all}"),
    "one": (lambda value, *terms: sum(t(value) for t in terms) == 1, "exactly one of these stands: {all}"),
    "together": (lambda value, *terms: len({t(value) for t in terms}) == 1,
                 "these stand together or not at all: {all}"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One invariant: `holds` sees an object of the group whose parts are right by themselves.

    by_names  it looks at which elements stand and at no value
    """

    key: str
    group: str
    says: str
    holds: Test
    by_names: bool = False


def term(group: str, text: str) -> Test:
    """What a term of a row tests."""
    name, _, values = text.partition("=")
    if values:
        allowed = frozenset(values.split("|"))
        return lambda value: _text(value.get(name)) in allowed
    elements = [e for e in (ELEMENTS.children(group) or {}).values() if name in (e.name, e.choice_of)]
    if not elements:
        raise ValueError(f"invariants.csv: {group} has no element {name}")
    names = frozenset(n for e in elements for n in (e.name, "_" + e.name))
    return lambda value: not names.isdisjoint(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def rule(row: Mapping[str, str]) -> Rule:
    """The rule of one row."""
    words = row["terms"].split(" ")
    terms = [term(row["group"], word) for word in words]
    form, says = FORMS[row["form"]]
    said = says.format(words[0], rest=" and ".join(words[1:]), all=", ".join(words))
    return Rule(row["key"], row["group"], said, lambda value: form(value, *terms), "=" not in row["terms"])


def declared() -> list[Rule]:
    """Every rule of invariants.csv. Raises ValueError when a row names an element that does not exist."""
    text = files("gateway.fhir").joinpath("invariants.csv").read_text("utf-8")
    return [rule(row) for row in csv.DictReader(text.splitlines())]
