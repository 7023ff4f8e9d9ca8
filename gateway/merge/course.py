"""Episodes of what lasts: a bucket is cut at every end, known or told as resolved, that a later start follows.

A start told less precisely joins the only episode that began inside it. Without dates a fact joins when there is one
episode; where there are several it stands apart with the other undated.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from gateway.merge.findings import Finding
from gateway.merge.forms import Form
from gateway.merge.times import OLDEST, Moment

Group = list[Form]
Cut = tuple[Any, int]


def episodes(forms: Iterable[Form]) -> tuple[list[Group], list[Finding]]:
    """Classes of one bucket, and the facts whose start may lie in more than one episode."""
    listed = list(forms)
    cuts = _cuts(listed)
    groups: dict[Hashable, Group] = {}
    undated, findings = [], []
    doubtful: list[tuple[Form, range]] = []
    for form in listed:
        low, high = _place(form, cuts)
        if low is None or high is None:
            undated.append(form)
        elif low == high:
            groups.setdefault(low, []).append(form)
        else:
            doubtful.append((form, range(low, high + 1)))
    homes = [(form, _home(form, groups, allowed, cuts)) for form, allowed in doubtful]
    for form, home in homes:
        groups.setdefault(("between", _text(form)) if home is None else home, []).append(form)
    for place, group in groups.items():
        if isinstance(place, tuple):
            findings.append(_ambiguous(group))
    if undated and len(groups) == 1:
        next(iter(groups.values())).extend(undated)
    elif undated:
        groups["undated"] = undated
        if len(groups) > 1:
            findings.append(_ambiguous(undated))
    return list(groups.values()), findings


def _cuts(forms: Iterable[Form]) -> list[Cut]:
    """The ends that a later start follows, in order. An end written as a day is over when the day is."""
    listed = list(forms)
    last = max((f.start.low for f in listed if f.start), default=OLDEST)
    ends = {_end(f.end) for f in listed if f.end} | {_end(f.start) for f in listed if f.over and f.start}
    return sorted(c for c in ends if c < (last, 1))


def _end(moment: Moment) -> Cut:
    return (moment.low, 1) if moment.exact else (moment.high, 0)


def _place(form: Form, cuts: list[Cut]) -> tuple[int | None, int | None]:
    """(first, last) episode that the fact's own times allow; (None, None) without any."""
    start, end = form.start, form.end
    if start is None:
        if end is None:
            return None, None
        before = bisect_left(cuts, _end(end))
        return before, before
    first = bisect_left(cuts, (start.low, 1))
    latest = (start.low, 1) if start.exact else (start.high, 0)
    own = _end(end) if end else _end(start) if form.over else None
    if own is not None and own > (start.low, 1):
        latest = min(latest, own)
    return first, max(first, bisect_left(cuts, latest))


def _home(form: Form, groups: Mapping[Hashable, Group], allowed: Iterable[int], cuts: list[Cut]) -> int | None:
    """The only episode that began inside the less precise start of a fact (step 3c), unless its end denies that."""
    inside = [n for n in allowed if any(_inside(f.start, form.start) for f in groups.get(n, ()))]
    ended = bisect_left(cuts, _end(form.end)) if form.end else None
    return inside[0] if len(inside) == 1 and ended in (None, inside[0]) else None


def _inside(fine: Moment | None, coarse: Moment | None) -> bool:
    return bool(fine and coarse and fine.text.startswith(coarse.text))


def _text(form: Form) -> str:
    return form.start.text if form.start else ""


def _ambiguous(group: Group) -> Finding:
    return Finding("ambiguous-date", tuple(sorted(f.entry.key for f in group)),
                   "There were several episodes, and the dates do not say which one is meant.", element="date")
