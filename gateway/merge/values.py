"""Canonical values (MRG-20): exact fractions in base units, a number as precise as it was written.

5.5 is the interval [5.45, 5.55): it is less precise than 5.52, which lies inside. 0, false and absent are three values.
"""

from collections.abc import Hashable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from gateway.merge.body import Body, codes, items, obj, text
from gateway.merge.canonical import concept, plain
from gateway.merge.terms import Tables, Unit
from gateway.merge.times import moment
from gateway.merge.words import NO_RESULT, UNKNOWN, fold

_LONGEST = 60
_WIDEST = 60
ABSENT = "absent"


class Value(NamedTuple):
    """kind: what it may be compared with; number: in base units, or None; width: of the interval that was written."""

    kind: Hashable
    number: Fraction | None = None
    width: Fraction = Fraction(0)

    def inside(self, coarse: "Value") -> bool:
        """Is this more precise value one that the coarse one may mean?"""
        if self.kind != coarse.kind or self.number is None or coarse.number is None or self.width >= coarse.width:
            return False
        return coarse.number - coarse.width / 2 <= self.number < coarse.number + coarse.width / 2

    def agrees(self, other: "Value") -> bool:
        """Are both panels that say the same in every part of which both tell a value?"""
        ours, theirs = _parts(self.kind), _parts(other.kind)
        return ours is not None and theirs is not None and all(
            ours[p] == theirs[p] for p in ours.keys() & theirs.keys())

    @property
    def told(self) -> bool:
        """Is it a result, and not a reason why there is none?"""
        return not (isinstance(self.kind, tuple) and self.kind[0] == ABSENT)

    @property
    def key(self) -> Hashable:
        """Equal for equal values, however precisely they were written; its hash costs less than that of a Fraction."""
        number = self.number
        return (self.kind, None) if number is None else (self.kind, number.numerator, number.denominator)


NOTHING = Value(None)
_PANEL = "components"


def _parts(kind: Any) -> dict[Hashable, list[Hashable]] | None:
    """What a panel tells of each part; None for anything else."""
    if not (isinstance(kind, tuple) and kind[0] == _PANEL):
        return None
    found: dict[Hashable, list[Hashable]] = {}
    for part, said in kind[1]:
        if said != NOTHING.key and Value(said[0]).told:
            found.setdefault(part, []).append(said)
    return found


def exact(number: Any) -> tuple[Fraction, Fraction] | None:
    """(value, width of the last digit) of a JSON number as it was written; None when it is none, or beyond reason."""
    if isinstance(number, bool) or not isinstance(number, (int, Decimal)) or len(str(number)) > _LONGEST:
        return None
    return _exact(str(number))


@lru_cache(maxsize=16384)
def _exact(text: str) -> tuple[Fraction, Fraction] | None:
    decimal = Decimal(text)
    if not decimal.is_finite() or abs(decimal.adjusted()) > _WIDEST or abs(int(decimal.as_tuple().exponent)) > _WIDEST:
        return None
    return Fraction(decimal), Fraction(10) ** int(decimal.as_tuple().exponent)


def quantity(q: Body, tables: Tables, test: str | None) -> Value:
    """A Quantity in base units. Mass becomes substance only with the molar mass of the test's own analyte."""
    number = exact(q.get("value"))
    system, code, words = text(q, "system"), text(q, "code"), text(q, "unit")
    if number is None:
        return Value(("said", plain(q)))
    unit = tables.unit(system, code, words)
    comparator = text(q, "comparator")
    if unit is None:
        return _finish(("unit", code and system, code or fold(words), comparator), *number, comparator)
    dimension, factor, offset = _molar(unit, test, tables)
    return _finish((dimension, comparator), number[0] * factor + offset, number[1] * factor, comparator)


def _finish(kind: Hashable, number: Fraction, width: Fraction, comparator: str) -> Value:
    """A number behind `<` or `>` is a limit, not a measurement: it has no width."""
    return Value(kind, number, Fraction(0) if comparator else width)


def _molar(unit: Unit, test: str | None, tables: Tables) -> tuple[Hashable, Fraction, Fraction]:
    """Masses and equivalents of a test whose molar mass or valence is known are compared as amounts of substance."""
    powers = dict(unit.dimension)
    for base, known in (("g", tables.molar), ("eq", tables.valences)) if "mol" not in powers else ():
        a_mole = known.get(test) if test and powers.get(base) == 1 else None
        if a_mole:
            powers["mol"] = powers.pop(base)
            return tuple(sorted(powers.items())), unit.factor / a_mole, unit.offset
    return unit.dimension, unit.factor, unit.offset


def value(body: Body, tables: Tables, source: str, test: str | None) -> Value:
    """The result of an Observation or component: value[x], else components, else why it is absent; else NOTHING.

    What is unknown is NOTHING, however that is said: it equals nothing.
    """
    for name, said in sorted(body.items()):
        if name.startswith("value") and (typed := _typed(name, said, tables, source, test)) != NOTHING:
            return typed
    components = items(body, "component")
    if components:
        parts = [(concept(obj(c, "code"), tables, source) or plain(c), value(c, tables, source, None).key)
                 for c in components]
        known = any(said != NOTHING.key for _, said in parts)
        return Value((_PANEL, tuple(sorted(parts, key=repr)))) if known else NOTHING
    reason = obj(body, "dataAbsentReason")
    unknown = codes(body, "dataAbsentReason") & _UNKNOWN_WHY or fold(text(reason, "text")) in UNKNOWN
    absent = concept(reason, tables, source) or plain(reason)
    return Value((ABSENT, absent)) if absent and not unknown else NOTHING


# Codes of data-absent-reason and of null flavors that tell no reason.
_UNKNOWN_WHY = frozenset({"unknown", "asked-unknown", "temp-unknown", "UNK", "NI", "ASKU", "NAV", "NASK"})


def _typed(name: str, said: Any, tables: Tables, source: str, test: str | None) -> Value:
    if name == "valueQuantity" and isinstance(said, dict):
        return quantity(said, tables, test) if "value" in said else NOTHING
    if name == "valueCodeableConcept" and isinstance(said, dict):
        named = concept(said, tables, source)
        return Value(("concept", named)) if named else NOTHING
    if name == "valueString" and isinstance(said, str) and fold(said) in UNKNOWN:
        return NOTHING
    if name == "valueString" and isinstance(said, str) and fold(said) in NO_RESULT:
        return Value((ABSENT, fold(said)))
    if name == "valueDateTime" and isinstance(said, str) and (at := moment(said)):
        return Value(("at", at.key))
    return Value((name, plain(said)))
