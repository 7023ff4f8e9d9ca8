"""The allergy headline (faces 1.2): a pure function of three things; exactly one row of the table holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.summary.sections import MISSING, Section, absence, live
from gateway.summary.words import asserter, day

STALE_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Headline:
    """row: number of the table; weight: how it is drawn (strong, amber, conflict, normal, label, alarm)."""

    row: int
    text: str
    weight: str


def headline(positive: bool, stated: Sequence[str], missing: int, sources: int) -> Headline:
    """Headline of the allergies of one person.

    positive  any live allergy; stated: "No known allergies — stated by …" sentences that are not too old
    missing   sources that normally send allergies and did not tell; sources: all that normally send them
    """
    silent = f"{missing} of {sources} sources did not answer"
    if positive and stated:
        return Headline(3, "Known allergies — and one source states there are none", "conflict")
    if positive and missing:
        return Headline(2, f"Known allergies — list may be incomplete: {silent}", "amber")
    if positive:
        return Headline(1, "Known allergies", "strong")
    if stated and missing:
        said = "1 source states" if len(stated) == 1 else f"{len(stated)} sources state"
        return Headline(5, f"Cannot be confirmed: {said} none known, {missing} of {sources} did not answer", "amber")
    if stated:
        return Headline(4, stated[0], "normal")
    if missing and missing == sources:
        return Headline(8, "Allergies unavailable: no source answered", "alarm")
    if missing:
        return Headline(7, f"Allergies unavailable: {silent}", "amber")
    return Headline(6, f"Allergies not recorded in any of {sources} sources. This does not mean none.", "label")


def allergy_headline(allergies: Section, directory: Mapping[str, Mapping[str, Any]], now: str) -> Headline:
    """Headline of a section; `now` (FHIR dateTime) ages the statements of absence, `directory` names who made them."""
    stated = [f"{absence(r)} — stated{asserter(r, directory)}, {day(r.get('recordedDate')) or 'date not given'}"
              for r in allergies.absent if not _too_old(r.get("recordedDate", ""), now)]
    telling = [s for s in allergies.sources.values() if s != "unsupported"]
    return headline(any(live(r) for r in allergies.rows), stated, sum(s in MISSING for s in telling), len(telling))


def _too_old(date: str, now: str) -> bool:
    """Older than the limit; a statement without a date is as good as too old only where `now` is known."""
    if len(date) < 4 or len(now) < 7:
        return False
    month = int(date[5:7]) if len(date) >= 7 else 12
    return (int(now[:4]) * 12 + int(now[5:7])) - (int(date[:4]) * 12 + month) > STALE_MONTHS
