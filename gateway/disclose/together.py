"""What would come together if two people were one: each section counted before and after, and what would conflict."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gateway.disclose import sources
from gateway.disclose.view import View, build
from gateway.disclose.visible import decision_for, left
from gateway.identity.sides import word
from gateway.opened import Gate, iso
from gateway.policy.request import Request
from gateway.store.engine import Transaction
from gateway.store.patients import Ref
from gateway.summary.missing import WORDS
from gateway.summary.page import Page, page
from gateway.summary.sections import SECTIONS
from gateway.summary.words import concept

IMAGES = ("ImagingStudy", "Media")
BLOOD_GROUP = frozenset({"882-1", "883-9", "884-7", "10331-7", "34530-6"})          # LOINC


class Together(NamedTuple):
    """What a join would do, for one reader.

    sections   {name, a, b, after, joined}: rows of each side, of both together, and how many became one
    conflicts  sentences that neither side alone raises; allergies: they say something about an allergy
    headlines  the allergy headline of a, b and both
    blood      blood groups of a and b, and how they compare: same | differs | not given
    facts      statements behind a, b, both; hidden: those that a consent of one side would then hide from this reader
    adds_up    every statement of both sides is accounted for afterwards
    """

    sections: list[dict[str, Any]]
    conflicts: list[str]
    allergies: bool
    headlines: tuple[str, ...]
    blood: tuple[list[str], list[str], str]
    facts: tuple[int, ...]
    hidden: int
    adds_up: bool

    def json(self) -> dict[str, Any]:
        return self._asdict()


def together(gate: Gate, tx: Transaction, request: Request, a: View, b: View) -> Together:
    """Merge what this reader sees of both, as if they were one person; nothing is stored."""
    members = tuple(sorted({Ref(*m) for v in (a, b) for m in v.members}))
    decision = decision_for(tx, request, a.person, members)
    after = build(gate, tx, left(tx, decision, a.person, members, gate.tables.versions))
    pages = [page(v.record, v.facts, sources.said(gate, tx, v), iso(gate.now())) for v in (a, b, after)]
    before = {text for p in pages[:2] for text in p.checks}
    conflicts = [text for text in pages[2].checks if text not in before]
    hidden = len({*a.facts, *b.facts} - set(after.facts))
    rows, (one, two) = _sections(a, b, after), (_blood(v.record) for v in (a, b))
    return Together(rows, conflicts, _allergies(pages, conflicts), tuple(p.headline.text for p in pages),
                    (one, two, word(set(one), set(two))), tuple(len(v.facts) for v in (a, b, after)), hidden,
                    _adds_up(a, b, after, hidden) and all(r["joined"] >= 0 for r in rows))


def _adds_up(a: View, b: View, after: View, hidden: int) -> bool:
    """Nothing comes from elsewhere, all of it is in the ledger, and only a consent can hide what was there."""
    denied = bool(a.decision.denied or b.decision.denied)
    return set(after.facts) <= {*a.facts, *b.facts} & set(after.record["ledger"]) and (denied or not hidden)


def _sections(a: View, b: View, after: View) -> list[dict[str, Any]]:
    counts = [_counts(v.record) for v in (a, b, after)]
    names = [*SECTIONS, "images", "other"]
    rows = []
    for name in names:
        one, two, both = (c.get(name, 0) for c in counts)
        if name in SECTIONS or one or two or both:
            rows.append({"name": WORDS.get(name, name), "a": one, "b": two, "after": both, "joined": one + two - both})
    return rows


def _counts(record: Mapping[str, Any]) -> dict[str, int]:
    section = {type: name for name, types in {**SECTIONS, "images": IMAGES}.items() for type in types}
    out: dict[str, int] = {}
    for r in record["resources"]:
        if r["resourceType"] not in ("Patient", "Organization", "Practitioner", "PractitionerRole", "Location"):
            name = section.get(r["resourceType"], "other")
            out[name] = out.get(name, 0) + 1
    return out


def _allergies(pages: Sequence[Page], conflicts: Sequence[str]) -> bool:
    """Does what only both together raise touch an allergy, or does one side deny what the other states?"""
    *before, after = pages
    told = {c.text for c in after.found if any(id.startswith("AllergyIntolerance/") for id, _ in c.rows)}
    denied = after.headline.weight == "conflict" and all(p.headline.weight != "conflict" for p in before)
    return denied or bool(told & set(conflicts))


def _blood(record: Mapping[str, Any]) -> list[str]:
    """Blood groups that stand in a record: of each the value alone, so that the day it was told does not count."""
    return sorted({concept(r.get("valueCodeableConcept")) or str(r.get("valueString") or "value not coded")
                   for r in record["resources"] if r["resourceType"] == "Observation" and any(
                       c.get("code") in BLOOD_GROUP for c in (r.get("code") or {}).get("coding", ()))})
