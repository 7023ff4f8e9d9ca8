"""Strip C: which sources did not tell, why, since when, and what they usually hold (faces 1.1, 2.4 C). Always there."""

import re
from collections.abc import Sequence

from gateway.summary.dates import age, moment
from gateway.summary.sections import SECTIONS, SourceSaid

WORDS = {"allergies": "allergies", "medications": "medicines", "problems": "problems", "results": "results",
         "immunizations": "vaccinations", "procedures": "procedures", "journey": "contacts", "documents": "documents"}
_ASIDE = re.compile(r"\s*\([^()]*\)")


def missing(sources: Sequence[SourceSaid], now: str) -> tuple[str, ...]:
    """One sentence for each source that did not tell, or could not be read: the gravest missing section first."""
    found = [(_rank(s), s.name, line) for s in sources for line in (_silent(s, now), _unreadable(s)) if line]
    return tuple(line for _, _, line in sorted(found))


def answered(sources: Sequence[SourceSaid], now: str) -> str:
    """`5 of 6 sources answered, oldest 12 min ago`: how old the newest knowledge is."""
    good = [s for s in sources if s.answered and not s.failing and not s.late and s.asked]
    oldest = min((s.answered for s in good if s.answered), default="")
    old = f", the oldest answer {age(oldest, now)} ago" if oldest else ""
    count = f"All {len(good)}" if len(good) == len(sources) > 1 else f"{len(good)} of {len(sources)}"
    return f"{count} source{'' if len(sources) == 1 else 's'} answered{old}"


def state(s: SourceSaid, now: str) -> str:
    """How a source stands, in a few words: for tables."""
    if s.trial:
        return "In test: what it tells has not been checked yet"
    if not s.asked:
        return "Asked about one person at a time" if s.on_demand else "Not asked: it is not live"
    if s.failing:
        return f"Did not answer: {plain(s.failing)}"
    if s.late:
        return "Late: older than its promised rhythm"
    return "Answered" if s.answered else "Has not answered yet"


def plain(failing: str) -> str:
    """The first sentence of a failure without its technical aside: `the server could not be reached`."""
    first = _ASIDE.sub("", failing).partition(". ")[0].strip().rstrip(".")
    return first[:1].lower() + first[1:]


def _silent(s: SourceSaid, now: str) -> str:
    who = f"{s.organisation or s.name}{f' ({s.country})' if s.country else ''}"
    last = f"Last answer {age(s.answered, now)} ago, {moment(s.answered)}." if s.answered else "It has never answered."
    if s.trial:
        return f"{who} is in test: what it tells has not been checked yet."
    if s.on_demand:
        said = f"{who} is asked about one person at a time, and tells nothing by itself."
    elif not s.asked:
        said = f"{who} was not asked: it is not live."
    elif s.failing:
        tried = f" Last tried {moment(s.since)}." if s.since else ""
        said = f"{who} did not answer: {plain(s.failing)}. {last}{tried}"
    elif s.late:
        said = f"{who} is late. {last}"
    elif not s.answered:
        said = f"{who} has not answered yet."
    else:
        return ""
    return f"{said} {_sends(s)}"


def _sends(s: SourceSaid) -> str:
    if not s.sends:
        return "What it usually holds is not stated."
    return f"Usually from there: {', '.join(WORDS.get(x, x) for x in sorted(s.sends, key=_importance))}."


def _unreadable(s: SourceSaid) -> str:
    items = sum(s.unreadable.values())
    if not items:
        return ""
    where = ", ".join(f"{s.unreadable[x]} in {WORDS.get(x, x)}" for x in sorted(s.unreadable, key=_importance))
    return f"{items} {'item' if items == 1 else 'items'} from {s.organisation or s.name} could not be read ({where})."


def _rank(s: SourceSaid) -> int:
    return min((_importance(x) for x in (s.unreadable or s.sends)), default=0)


def _importance(section: str) -> int:
    names = list(SECTIONS)
    return names.index(section) if section in names else len(names)
