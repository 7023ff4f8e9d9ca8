"""Persons out of pairs: a pure function of records, model and assertions; the order of arrival plays no part.

1. Pairs share a blocking key.
2. The closure of `same` comes first; one that holds a `never` or a veto is suspended whole.
3. Pairs that may be linked are taken by (weight descending, lesser id, greater id); two clusters join iff no `never`,
   veto or unanswered hold crosses, no cross pair lies below *no*, and the median of all cross weights is at least
   *link*; else a human decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.identity.assertions import Member, Pair, Said, spelled
from gateway.identity.decide import Comparison, compare_features
from gateway.identity.features import Features, covers
from gateway.identity.guards import LITTLE, Guard
from gateway.identity.score import Model


def ordered(a: Member, b: Member) -> Pair:
    """The pair with the lesser member first."""
    return (a, b) if a < b else (b, a)


class Scores:
    """Comparisons of members. Members with the same columns are of one kind; each two kinds are compared once.

    linked: the weights of pairs that are known to be "link" by this model: no guard fires on them
    (`Comparison.decision`), so nothing else of them is asked for
    """

    def __init__(self, features: Mapping[Member, Features], model: Model,
                 linked: Mapping[Pair, float] | None = None) -> None:
        self.features, self.model, self.linked = features, model, linked or {}
        kinds: dict[Features, int] = {}
        self.kind = {m: kinds.setdefault(f, len(kinds)) for m, f in features.items()}
        self._known: dict[tuple[int, int], Comparison] = {}

    def __call__(self, a: Member, b: Member) -> Comparison:
        x, y = self.kind[a], self.kind[b]
        kinds = (x, y) if x <= y else (y, x)
        if (found := self._known.get(kinds)) is None:
            found = self._known[kinds] = self.fresh(a, b)
        return found

    def guards(self, a: Member, b: Member) -> tuple[Guard, ...]:
        """The guards that fire between two members."""
        return () if ordered(a, b) in self.linked else self(a, b).guards

    def weight(self, a: Member, b: Member) -> float:
        """The weight of two members."""
        known = self.linked.get(ordered(a, b))
        return self(a, b).weight if known is None else known

    def links(self, a: Member, b: Member) -> bool:
        """Is the pair "link", whatever others are near?"""
        return ordered(a, b) in self.linked or self(a, b).decision == "link"

    def answers(self, m: Member, a: Member, b: Member) -> bool:
        """Does `m` say all that `a` says, and has the number of b beside? Then what holds a and b apart was answered
        where m and b came together: a only lacks the number. Where nobody shares a home, it is enough that `m` is
        linked to both: no twin or parent is near whom it could be taken for."""
        one, between, other = self.features[a], self.features[m], self.features[b]
        alone = not self.model.shared or (
            not one.numbers and not set(between.numbers).isdisjoint(other.numbers) and covers(between, one))
        return alone and self.links(a, m) and self.links(b, m)

    def fresh(self, a: Member, b: Member) -> Comparison:
        """The comparison, without keeping it: most candidates are never asked for again."""
        return compare_features(self.features[a], self.features[b], self.model)


@dataclass
class Outcome:
    """What became of one component: its clusters, each sorted, and pairs that wait for a human with the reasons."""

    clusters: list[list[Member]] = field(default_factory=list)
    refused: dict[Pair, list[str]] = field(default_factory=dict)


@dataclass
class Group:
    """Members that are together, and the least. kinds: kind of record → how many, and the least of them."""

    members: list[Member]
    kinds: dict[int, tuple[int, Member]]
    least: Member

    def absorb(self, other: "Group") -> None:
        self.members += other.members
        self.least = min(self.least, other.least)
        for kind, (many, least) in other.kinds.items():
            had, first = self.kinds.get(kind, (0, least))
            self.kinds[kind] = (had + many, min(first, least))


class Groups:
    """Disjoint groups of members."""

    def __init__(self, members: Iterable[Member], kind: Mapping[Member, int]) -> None:
        self.of = {m: Group([m], {kind[m]: (1, m)}, m) for m in members}

    def join(self, a: Member, b: Member) -> None:
        one, two = self.of[a], self.of[b]
        if one is two:
            return
        if len(one.members) < len(two.members):
            one, two = two, one
        one.absorb(two)
        for m in two.members:
            self.of[m] = one

    def all(self) -> list[Group]:
        return list({id(g): g for g in self.of.values()}.values())


@dataclass(frozen=True)
class Told:
    """What humans said about one component. suspended: member → number of its suspended closure."""

    never: Mapping[Member, set[Member]]
    apart: set[Member]
    suspended: Mapping[Member, int]

    def obstacle(self, left: Group, right: Group) -> list[str]:
        """Why humans do not want two groups joined; empty when they have nothing against it."""
        few, many = sorted((left.members, right.members), key=len)
        others = set(many) if self.never or self.suspended else set()
        if any(self.never.get(m, set()) & others for m in few):
            return ["A human said that members of the two groups are different people."]
        if {self.suspended[m] for m in few if m in self.suspended} & {
                self.suspended[m] for m in others if m in self.suspended}:
            return ["A human's \"same\" between members of the two groups is suspended."]
        if not (self.apart.isdisjoint(few) and self.apart.isdisjoint(many)):
            return ["A human split one of them off."]
        return []


def _closures(members: Sequence[Member], said: Said, scores: Scores, out: Outcome) -> tuple[Groups, Told]:
    """Step 2: groups that humans made, and the suspended closures, whose members stay apart."""
    here = set(members)
    wanted, groups = Groups(members, scores.kind), Groups(members, scores.kind)
    for a, b in said.same:
        if a in here and b in here:
            wanted.join(a, b)
    suspended: dict[Member, int] = {}
    for number, group in enumerate(g for g in wanted.all() if len(g.members) > 1):
        if conflicts := _conflicts(sorted(group.members), said, scores):
            suspended |= dict.fromkeys(group.members, number)
            out.refused.update(conflicts)
        else:
            for m in group.members:
                groups.join(group.members[0], m)
    never: dict[Member, set[Member]] = {}
    for a, b in said.never:
        if a in here and b in here:
            never.setdefault(a, set()).add(b)
            never.setdefault(b, set()).add(a)
    return groups, Told(never, said.apart & here, suspended)


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


def _obstacle(left: Group, right: Group, scores: Scores) -> list[str]:
    """Why the records of two groups may not come together; empty when they may.

    Where nobody shares a home, records that are too different for each other may be one person's through those between
    them, as long as most are not.
    """
    weights: dict[float, int] = {}
    shared = scores.model.shared
    here = [m for group in (left, right) for _, m in group.kinds.values()]
    for many, a in sorted(left.kinds.values(), key=lambda k: k[1]):
        for more, b in sorted(right.kinds.values(), key=lambda k: k[1]):
            weight = scores.weight(a, b)
            crossing = [g for g in scores.guards(a, b) if g.effect not in LITTLE]
            if any(g.effect != "hold" for g in crossing) or (crossing and not _answered(a, b, here, scores)):
                return [f"{_names(a, b)}: {g.reason}" for g in crossing]
            if shared and weight < scores.model.no:
                return [f"{_names(a, b)} are too different."]
            weights[weight] = weights.get(weight, 0) + many * more
    if median(weights) < (scores.model.link if shared else scores.model.no):
        return ["Most members of the two groups do not match well enough."]
    return []


def _answered(a: Member, b: Member, here: Sequence[Member], scores: Scores) -> bool:
    """Does a record that comes along answer what holds these two apart?"""
    return any(scores.answers(m, a, b) or scores.answers(m, b, a) for m in here)


def _names(a: Member, b: Member) -> str:
    return " and ".join(map(spelled, ordered(a, b)))


def median(weights: Mapping[float, int]) -> float:
    """The median of weights with how often each occurs."""
    total, seen = sum(weights.values()), 0
    middle: list[float] = []
    for weight in sorted(weights):
        seen += weights[weight]
        middle += [weight] * ((2 * seen >= total) + (2 * seen > total) - len(middle))
        if len(middle) >= 2:
            break
    return sum(middle) / len(middle)


def resolve(members: Sequence[Member], pairs: Iterable[Pair], said: Said, scores: Scores) -> Outcome:
    """Steps 2 and 3 for one component. members: sorted; pairs: its pairs that may be linked."""
    out = Outcome()
    groups, told = _closures(members, said, scores, out)
    for a, b in sorted(pairs, key=lambda p: (-scores.weight(*p), p)):
        if groups.of[a] is groups.of[b]:
            continue
        left, right = sorted((groups.of[a], groups.of[b]), key=lambda g: g.least)
        if obstacle := told.obstacle(left, right) or _obstacle(left, right, scores):
            if (a, b) not in said.never:
                out.refused.setdefault((a, b), obstacle)
        else:
            groups.join(a, b)
    out.clusters = sorted(sorted(g.members) for g in groups.all())
    out.refused = {p: r for p, r in out.refused.items() if groups.of[p[0]] is not groups.of[p[1]]}
    return out
