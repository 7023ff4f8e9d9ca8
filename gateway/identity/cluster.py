"""Persons out of pairs: a pure function of records, model and assertions; the order of arrival plays no part.

1. Pairs share a blocking key.
2. The closure of `same` comes first; one that holds a `never` or a veto is suspended whole.
3. Pairs that may be linked are taken by (weight descending, lesser id, greater id); two clusters join iff no `never`,
   veto or hold crosses, no cross pair lies below *no*, and the median of all cross weights is at least *link*; else a
   human decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from gateway.identity.assertions import Member, Pair, Said
from gateway.identity.decide import Comparison, compare_features
from gateway.identity.features import Features
from gateway.identity.score import Model


def ordered(a: Member, b: Member) -> Pair:
    """The pair with the lesser member first."""
    return (a, b) if a < b else (b, a)


class Scores:
    """Comparisons of members, each pair once."""

    def __init__(self, features: Mapping[Member, Features], model: Model) -> None:
        self.features, self.model = features, model
        self._known: dict[Pair, Comparison] = {}

    def __call__(self, a: Member, b: Member) -> Comparison:
        pair = ordered(a, b)
        if (found := self._known.get(pair)) is None:
            found = self._known[pair] = self.fresh(*pair)
        return found

    def fresh(self, a: Member, b: Member) -> Comparison:
        """The comparison, without keeping it: most candidates are never asked for again."""
        return compare_features(self.features[a], self.features[b], self.model)


@dataclass
class Outcome:
    """What became of one component: its clusters, each sorted, and pairs that wait for a human with the reasons."""

    clusters: list[list[Member]] = field(default_factory=list)
    refused: dict[Pair, list[str]] = field(default_factory=dict)


class _Groups:
    """Union-find with member lists."""

    def __init__(self, members: Iterable[Member]) -> None:
        self.of = {m: m for m in members}
        self.members = {m: [m] for m in self.of}

    def join(self, a: Member, b: Member) -> None:
        a, b = self.of[a], self.of[b]
        if a == b:
            return
        if len(self.members[a]) < len(self.members[b]):
            a, b = b, a
        for m in self.members[b]:
            self.of[m] = a
        self.members[a] += self.members.pop(b)

    def group(self, member: Member) -> list[Member]:
        return self.members[self.of[member]]


def _closures(members: Sequence[Member], said: Said, scores: Scores, out: Outcome) -> tuple[_Groups, _Groups]:
    """Step 2: groups that humans made, and the suspended closures, whose members stay apart."""
    here = set(members)
    wanted = _Groups(members)
    for a, b in said.same:
        if a in here and b in here:
            wanted.join(a, b)
    groups, suspended = _Groups(members), _Groups(members)
    for group in list(wanted.members.values()):
        if len(group) == 1:
            continue
        conflicts = _conflicts(sorted(group), said, scores)
        target = suspended if conflicts else groups
        for m in group[1:]:
            target.join(group[0], m)
        out.refused.update(conflicts)
    return groups, suspended


def _conflicts(group: Sequence[Member], said: Said, scores: Scores) -> dict[Pair, list[str]]:
    found: dict[Pair, list[str]] = {}
    for i, a in enumerate(group):
        for b in group[i + 1:]:
            reasons = [g.reason for g in scores(a, b).guards if g.effect == "veto"]
            if (a, b) in said.never:
                reasons.append("Said to be different people, yet a chain of \"same\" joins them.")
            if reasons:
                found[a, b] = ["A human said \"same\", but it is suspended:", *reasons]
    return found


def _obstacle(left: Sequence[Member], right: Sequence[Member], said: Said, suspended: _Groups,
              scores: Scores) -> list[str]:
    """Why two clusters may not join; empty when they may."""
    weights = []
    for a in left:
        for b in right:
            pair = ordered(a, b)
            if pair in said.never:
                return ["A human said that members of the two groups are different people."]
            if suspended.of[a] == suspended.of[b]:
                return ["A human's \"same\" between members of the two groups is suspended."]
            if a in said.apart or b in said.apart:
                return ["A human split one of them off."]
            comparison = scores(a, b)
            if crossing := [g.reason for g in comparison.guards if g.effect != "thin"]:
                return [f"{a[0]}/{a[1]} and {b[0]}/{b[1]}: {reason}" for reason in crossing]
            if comparison.weight < scores.model.no:
                return [f"{a[0]}/{a[1]} and {b[0]}/{b[1]} are too different."]
            weights.append(comparison.weight)
    if median(weights) < scores.model.link:
        return ["Most members of the two groups do not match well enough."]
    return []


def resolve(members: Sequence[Member], pairs: Iterable[Pair], said: Said, scores: Scores) -> Outcome:
    """Steps 2 and 3 for one component. members: sorted; pairs: its pairs that may be linked."""
    out = Outcome()
    groups, suspended = _closures(members, said, scores, out)
    for a, b in sorted(pairs, key=lambda p: (-scores(*p).weight, p)):
        left, right = groups.group(a), groups.group(b)
        if left is right:
            continue
        if obstacle := _obstacle(sorted(left), sorted(right), said, suspended, scores):
            if (a, b) not in said.never:
                out.refused.setdefault((a, b), obstacle)
        else:
            groups.join(a, b)
    out.clusters = sorted(sorted(g) for g in groups.members.values())
    out.refused = {p: r for p, r in out.refused.items() if groups.of[p[0]] != groups.of[p[1]]}
    return out
