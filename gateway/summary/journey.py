"""Contacts, newest first, with the time between them when nobody recorded any (faces C-5)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.summary.dates import instant

LEAST_DAYS = 2
_OPEN = {"in-progress", "arrived", "triaged", "onleave"}
_UNREAL = {"planned", "cancelled", "entered-in-error"}


def gaps(contacts: Sequence[Mapping[str, Any]]) -> list[str]:
    """For each contact, the words for the gap before it (between it and all older ones), or "".

    contacts  Encounters, newest first. One that is planned, cancelled or undated neither opens nor closes a gap.
    """
    out, reached = [], None
    for contact in reversed(contacts):
        start, end = _span(contact)
        days = (start - reached).days if start and reached and start > reached else 0
        out.append(f"{days} days with no recorded contact" if days >= LEAST_DAYS else "")
        reached = max(filter(None, (reached, end)), default=None)
    return out[::-1]


def since_last(contacts: Sequence[Mapping[str, Any]], now: str) -> str:
    """`249 days since the last recorded contact`, or "" while one goes on."""
    ends = [end for _, end in map(_span, contacts) if end]
    at = instant(now)
    if not ends or at is None or any(c.get("status") in _OPEN for c in contacts):
        return ""
    days = (at - max(ends)).days
    return f"{days} days since the last recorded contact" if days >= LEAST_DAYS else ""


def _span(contact: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    if contact.get("status") in _UNREAL:
        return None, None
    period = contact.get("period", {})
    start = instant(period.get("start") or period.get("end"))
    return start, instant(period.get("end") or period.get("start"), latest=True) or start
