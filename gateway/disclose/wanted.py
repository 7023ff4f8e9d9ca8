"""What a request of the feed asks for. A parameter that were passed over would show too much, so it is refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.disclose.paging import size
from gateway.errors import UsageError, error
from gateway.fhir.search import Criterion, criteria, period
from gateway.store import changes
from gateway.store.engine import Transaction

_OPTIONS = ("_lastUpdated", "_since", "_count", "_after", "_sort", "_format")
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")


@dataclass(frozen=True)
class Wanted:
    """A page of a feed: behind which change, behind which time (`gt` or `ge`, text), how many, with which values."""

    after: int
    count: int
    since: tuple[str, str]
    criteria: Sequence[Criterion]


def wanted(type: str, query: Sequence[tuple[str, str]]) -> Wanted:
    """What a query asks for. Raises UsageError: a parameter that is passed over would show too much."""
    options = {k: v for k, v in query if k in _OPTIONS}
    rest = [(k, v) for k, v in query if k not in _OPTIONS]
    if type == "Basic" and rest:
        raise UsageError(*(error("search-parameter", f"Assertions cannot be searched by {k[:80]!r}.", k[:80])
                           for k, _ in rest))
    found = criteria(type, rest)
    count, after = size(options), options.get("_after", "0")
    if not count or not after.isdecimal() or len(after) > 18:
        raise UsageError(error("search-value", "_count and _after are numbers, _count at least 1.", "_count"))
    if options.get("_sort", "_lastUpdated") != "_lastUpdated":
        raise UsageError(error("search-value", "Facts come in the order in which they arrived.", "_sort",
                               "Write _sort=_lastUpdated, or leave it out."))
    times = [(k, v) for k, v in query if k in ("_lastUpdated", "_since")]
    since = [_since(v if k == "_lastUpdated" else f"ge{v}", k) for k, v in times]
    if len(since) > 1:
        raise UsageError(error("search-value", "Facts are told from one time on.", times[1][0], "Name one time."))
    return Wanted(int(after), count, since[0] if since else ("", ""), found)


def _since(text: str, where: str) -> tuple[str, str]:
    """`gt` or `ge`, and a time as the store has it. Raises UsageError."""
    kind, told = text[:2], text[2:]
    try:
        if kind not in ("gt", "ge"):
            raise ValueError("facts are told from a time on")
        if _DATE.fullmatch(told):
            return kind, f"{period(told)[0]}.000000Z" if kind == "ge" else f"{period(told)[1]}.999999Z"
        moment = datetime.fromisoformat(told)
        if moment.tzinfo is None:
            raise ValueError("a time needs its zone")
        return kind, moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    except (ValueError, OverflowError) as e:
        raise UsageError(error("search-value", f"{text[:80]!r} is no time from which facts can be told.", where,
                               "Write gt2026-01-31T12:00:00Z, ge2026-01-31T12:00:00+01:00 or ge2026-01.")) from e


def before(tx: Transaction, kind: str, time: str) -> int:
    """The last change that is left out."""
    if not time:
        return 0
    return changes.upto(tx, time) if kind == "gt" else changes.before(tx, time)
