"""Step 1: which version of a key stands.

Numeric versions are ordered as numbers, anything else by version time, then by hash; opaque versions are never
compared. A retraction ends what is not newer than the version or time that it speaks of, so that a later re-creation
lives whatever the order of arrival.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gateway.jsontext import Number, canonical
from gateway.merge.asserted import stated
from gateway.merge.body import codes, obj
from gateway.merge.times import OLDEST, Instant, order
from gateway.model import Fact, partial

Key = tuple[str, str, str]
_STATUSES = ("status", "verificationStatus", "docStatus", "lifecycleStatus")
_LONGEST = 40
_WIDEST_EXPONENT = 60
_NONE: Mapping[str, "Retraction"] = {}


@dataclass(frozen=True, slots=True)
class Retraction:
    """Ends the versions of one key that are not newer. `by` names what said so, `why` says it in words."""

    by: str
    why: str
    version: Any = None
    asserted: str | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of one source with what stands of it.

    head    the fact that stands, or None when everything is retracted
    twins   other bodies under the head's version
    older   superseded facts
    ended   retracted facts with the retraction that ended each
    first   earliest asserted time over all versions
    """

    key: Key
    head: Fact | None
    twins: tuple[Fact, ...] = ()
    older: tuple[Fact, ...] = ()
    ended: tuple[tuple[Fact, Retraction], ...] = ()
    first: tuple[Instant, Instant] = (OLDEST, OLDEST)

    @property
    def alive(self) -> tuple[Fact, ...]:
        return (self.head, *self.twins) if self.head else ()


@dataclass(frozen=True, slots=True)
class Time:
    """When a fact was asserted: the latest and earliest time of its lines, else meta.lastUpdated."""

    last: Instant = OLDEST
    first: Instant = OLDEST


Times = dict[str, Time]


def number(version: Any) -> int | Fraction | None:
    """A version that is a number, or a text of digits, as a number."""
    if isinstance(version, bool) or len(str(version)) > _LONGEST:
        return None
    if isinstance(version, str):
        return int(version) if version.isascii() and version.isdigit() else None
    if isinstance(version, Number):
        return Fraction(version) if version.is_finite() and abs(version.adjusted()) <= _WIDEST_EXPONENT else None
    return version if isinstance(version, int) else None


def entered_in_error(fact: Fact) -> bool:
    body = fact.resource
    return any(name in body and "entered-in-error" in codes(body, name) for name in _STATUSES)


def entry(key: Key, facts: Sequence[Fact], retractions: Sequence[Retraction], times: Times,
          moved: Mapping[str, Retraction] = _NONE) -> Entry:
    """What stands of one key. moved: by id, facts about a patient whose it is no longer."""
    errors = {f.id for f in facts if entered_in_error(f)}
    if len(facts) == 1 and not retractions and not errors and not moved:
        return Entry(key, facts[0], first=_first(facts[0], times))
    all_retractions = [*sorted(retractions, key=lambda r: (r.by, r.why)),
                       *(Retraction(f.id, "entered-in-error", f.version, f.asserted) for f in _sorted(facts)
                         if f.id in errors)]
    ended = {f.id: r for f in facts for r in reversed(all_retractions)
             if r.by == f.id or _ends(r, f, facts, times, errors)}
    ended |= {r.by: r for r in all_retractions if r.by in errors}
    ended = {**moved, **ended}
    alive = [f for f in facts if f.id not in ended]
    first = min((_first(f, times) for f in facts), default=(OLDEST, OLDEST))
    head = _newest(alive, times) if alive else None
    if head is None:
        return _dead(key, facts, ended, times, first)
    tied = [f for f in alive if f is not head and _same_version(f, head, times)]
    twins = tuple(f for f in _sorted(tied) if _differ(f, head))
    kept = {head.id, *(f.id for f in twins)} | errors
    older = tuple(f for f in _sorted(facts) if f.id not in kept)
    return Entry(key, head, twins, older, tuple((f, ended[f.id]) for f in _sorted(facts) if f.id in errors), first)


def _dead(key: Key, facts: Sequence[Fact], ended: dict[str, Retraction], times: Times,
          first: tuple[Instant, Instant]) -> Entry:
    """Nothing stands: the newest fact and all that are entered in error were retracted, the rest was superseded."""
    top = _newest(list(facts), times)
    gone = {f.id for f in facts if f is top or ended[f.id].by == f.id}
    return Entry(key, None, (), tuple(f for f in _sorted(facts) if f.id not in gone),
                 tuple((f, ended[f.id]) for f in _sorted(facts) if f.id in gone), first)


def _sorted(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda f: f.id)


def _first(fact: Fact, times: Times) -> tuple[Instant, Instant]:
    return stated(fact, times[fact.id].first), times[fact.id].first


def _newest(facts: list[Fact], times: Times) -> Fact:
    """The newest of the numbered, the newest of the others, and of these two the later asserted; of parts only where
    there is no whole."""
    facts = [f for f in facts if not partial(f.resource)] or facts
    numbered = [(number(f.version), f) for f in facts]
    tops = []
    with_number = [(n, times[f.id].last, f.id, f) for n, f in numbered if n is not None]
    without = [(times[f.id].last, f.id, f) for n, f in numbered if n is None]
    if with_number:
        tops.append(max(with_number, key=lambda row: row[:3])[-1])
    if without:
        tops.append(max(without, key=lambda row: row[:2])[-1])
    return max(tops, key=lambda f: (times[f.id].last, f.id))


def _ends(retraction: Retraction, fact: Fact, facts: Sequence[Fact], times: Times, errors: set[str]) -> bool:
    """Is the fact not newer than what the retraction speaks of?"""
    if retraction.everything:
        return True
    ours, theirs = number(fact.version), number(retraction.version)
    if ours is not None and theirs is not None:
        return ours <= theirs
    if retraction.version is not None and _version(fact.version) == _version(retraction.version):
        return True
    return times[fact.id].last <= _time_of(retraction, facts, times, errors)


def _time_of(retraction: Retraction, facts: Sequence[Fact], times: Times, errors: set[str]) -> Instant:
    """The time that a retraction speaks of: its own, else that of the fact whose version it names."""
    if retraction.by in errors:
        return times[retraction.by].last
    if retraction.asserted is not None:
        return order(retraction.asserted)
    named = [times[f.id].last for f in facts if _version(f.version) == _version(retraction.version)]
    return max(named, default=OLDEST)


def _version(version: Any) -> Any:
    """Equal for two ways to write one version."""
    as_number = number(version)
    return as_number if as_number is not None else str(version)


def _same_version(a: Fact, b: Fact, times: Times) -> bool:
    if a.version is None or b.version is None:
        return a.version is b.version and times[a.id].last == times[b.id].last
    return bool(_version(a.version) == _version(b.version))


def _differ(a: Fact, b: Fact) -> bool:
    return _content(a) != _content(b)


def _content(fact: Fact) -> bytes:
    """The body without what a server writes anew at every delivery."""
    meta = {k: v for k, v in obj(fact.resource, "meta").items() if k not in ("lastUpdated", "versionId")}
    return canonical({**{k: v for k, v in fact.resource.items() if k != "meta"}, "meta": meta})
