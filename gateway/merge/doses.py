"""Dosages as they are compared: two that say one dose in other units, words or fullness are no conflict.

What both say must agree. Two texts that differ are a conflict unless dose and timing are given beside both and agree,
and not each text holds a number of its own: "one daily" and "1 tablet each morning" cannot be compared, 5 mg once a day
and 0.005 g every 24 hours can.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction

from gateway.merge.body import Body, codings, items, obj, text
from gateway.merge.canonical import concept, plain
from gateway.merge.terms import Tables
from gateway.merge.values import exact, quantity
from gateway.merge.words import fold

Facets = Mapping[str, Hashable]
# FHIR R4 timing-abbreviation: how often a day; those that also name a time of day are compared as they are.
_A_DAY = {"QD": Fraction(1), "BID": Fraction(2), "TID": Fraction(3), "QID": Fraction(4), "QOD": Fraction(1, 2),
          "Q4H": Fraction(6), "Q6H": Fraction(4), "Q8H": Fraction(3)}
_IN_A_DAY: Mapping[str, int | Fraction] = {"s": 86400, "min": 1440, "h": 24, "d": 1, "wk": Fraction(1, 7)}
_BOUNDS = ("boundsDuration", "boundsRange", "boundsPeriod")
_EVEN = frozenset({"frequency", "period", "periodUnit", *_BOUNDS})
_CODED = ("route", "site", "method")
_READ = frozenset({"id", "extension", "modifierExtension", "sequence", "text", "patientInstruction", "timing", "dose",
                   "additionalInstruction", "asNeededBoolean", "asNeededCodeableConcept", "doseAndRate", "rateRatio",
                   "rateQuantity", *_CODED})
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_TELLING = frozenset({"dose", "timing", "text"})


def dosages(body: Body, tables: Tables, source: str) -> tuple[Facets, ...]:
    """What a medicine's `dosage` or `dosageInstruction` says, in the order of its sequence."""
    listed = [*items(body, "dosageInstruction"), *items(body, "dosage")]
    ordered = sorted(enumerate(listed), key=lambda row: (exact(row[1].get("sequence")) or (Fraction(0),), row[0]))
    return tuple(_facets(d, tables, source) for _, d in ordered)


def contradict(ours: Sequence[Facets], theirs: Sequence[Facets]) -> bool:
    """Do two say different things about how a medicine is taken?"""
    return len(ours) != len(theirs) or not all(map(_compatible, ours, theirs))


def _compatible(a: Facets, b: Facets) -> bool:
    shared = a.keys() & b.keys() - {"text"}
    if any(a[name] != b[name] for name in shared):
        return False
    if a.get("text", "") != b.get("text", "") and "text" in a and "text" in b:
        ours, theirs = (set(_NUMBER.findall(str(d["text"]))) for d in (a, b))
        return {"dose", "timing"} <= shared and (ours <= theirs or theirs <= ours)
    told, heard = a.keys() & _TELLING, b.keys() & _TELLING
    return not told or not heard or bool(told & heard)


def _facets(dosage: Body, tables: Tables, source: str) -> Facets:
    found: dict[str, Hashable] = {n: plain(v) for n, v in dosage.items() if n not in _READ and not n.startswith("_")}
    words = fold(text(dosage, "text") or text(dosage, "patientInstruction"))
    timing = obj(dosage, "timing")
    repeat = obj(timing, "repeat")
    bounds = plain({n: repeat[n] for n in _BOUNDS if n in repeat})
    amounts = items(dosage, "doseAndRate") or [dosage]
    said = {"text": words, "timing": timing and _timing(timing, repeat, tables, source), "bounds": bounds,
            "dose": _amounts(amounts, "dose", tables), "rate": _amounts(amounts, "rate", tables),
            **{n: concept(obj(dosage, n), tables, source) or plain(obj(dosage, n)) for n in _CODED}}
    found |= {name: value for name, value in said.items() if value}
    return found | {"as needed": dosage.get("asNeededBoolean") is True or "asNeededCodeableConcept" in dosage,
                    "modifiers": plain(dosage.get("modifierExtension"))}


def _amounts(amounts: Sequence[Body], kind: str, tables: Tables) -> Hashable:
    """Every dose or rate that is given; a Quantity in base units, anything else as it was said."""
    return tuple(sorted(((n, quantity(v, tables, None).key if exact(v.get("value")) else plain(v))
                         for amount in amounts for n, v in amount.items()
                         if n.startswith(kind) and n != "doseAndRate" and isinstance(v, dict)), key=repr))


def _timing(timing: Body, repeat: Body, tables: Tables, source: str) -> Hashable:
    """How often a day, where that is all that is said; else whatever is said."""
    code = obj(timing, "code")
    names = {c for _, c in codings(code)} | {text(code, "text")}
    coded = next((_A_DAY[n.upper()] for n in sorted(names) if n.upper() in _A_DAY), None)
    if "event" in timing or (repeat and not repeat.keys() <= _EVEN):
        return plain({n: v for n, v in timing.items() if n != "code"})
    if repeat.keys() - set(_BOUNDS):
        return _often(repeat) or plain(repeat)
    return coded or concept(code, tables, source) or plain(code)


def _often(repeat: Body) -> Fraction | None:
    """Times a day."""
    times, period = exact(repeat.get("frequency", 1)), exact(repeat.get("period"))
    unit = _IN_A_DAY.get(text(repeat, "periodUnit"))
    return times[0] * unit / period[0] if times and period and period[0] and unit else None
