"""Stated absences: "No known allergies" is a statement by somebody at some time, never a row and never a default."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.summary.context import Context, Resource, ref
from gateway.summary.dates import day, instant
from gateway.summary.sections import absence
from gateway.summary.words import asserter, written

STALE_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Statement:
    """text: "No known drug allergies"; line: the whole sentence with who and when.

    counts   False when it is too old to count, or when nobody knows how old it is
    general  it speaks of the whole section, not of drugs or food alone
    """

    id: str
    text: str
    line: str
    at: str
    sources: tuple[str, ...]
    counts: bool
    general: bool


def statements(absent: Sequence[Resource], c: Context, facts: Sequence[Sequence[str]] = ()) -> tuple[Statement, ...]:
    """The statements of a section, those that count first, general ones before those on drugs or food, newest first.

    facts  for each of `absent`, the ids of the facts behind it: where it has no date, its source's date stands
    """
    told = [_statement(r, c, ids) for r, ids in zip(absent, facts or [()] * len(absent), strict=True)]
    newest = sorted(told, key=lambda s: (s.at, s.id), reverse=True)
    return tuple(sorted(newest, key=lambda s: (not s.counts, not s.general)))


def _statement(r: Resource, c: Context, facts: Sequence[str]) -> Statement:
    sources = tuple(c.said_by.get(ref(r), ()))
    asserted = max((c.facts[f].get("asserted", "") for f in facts if f in c.facts), default="")
    at = r.get("recordedDate") or asserted
    named = [s.organisation or s.name for s in (c.sources[x] for x in sources if x in c.sources)] or list(sources)
    who = ", ".join(dict.fromkeys(filter(None, (asserter(r, c.by_ref), *named))))
    counts, text = not _too_old(at, c.now), absence(r)
    original = written(r.get("code") or r.get("medicationCodeableConcept"))
    quoted = f" (“{original}”)" if original and original.casefold() not in text.casefold() else ""
    late = f" (older than {STALE_MONTHS} months: it no longer counts)" if at else " (so it does not count)"
    line = f"{text}{quoted} — stated by {who or 'somebody not named'}, {day(at) or 'date not given'}"
    line += "" if counts else late
    return Statement(ref(r), text, line, at, sources, counts, text in _GENERAL)


_GENERAL = {"No known allergies", "No known medications", "No known problems", "No current problems"}


def _too_old(date: str, now: str) -> bool:
    """Older than the limit. What has no date is not known to be younger, so it is too old."""
    said, at = instant(date, latest=True), instant(now)
    return said is None or at is None or (at.year * 12 + at.month) - (said.year * 12 + said.month) > STALE_MONTHS
