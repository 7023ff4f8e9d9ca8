"""All records of a set, linked: in one go or one by one, with the same result."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import Issue
from gateway.identity.assertions import Member, Pair, Said, said, spelled
from gateway.identity.block import keys
from gateway.identity.cluster import Outcome, Scores, ordered, resolve
from gateway.identity.decide import MODEL
from gateway.identity.epochs import epochs, overlay_issue, versions
from gateway.identity.features import Features
from gateway.identity.score import Model, probability
from gateway.ids import merged_id
from gateway.model import Assertion

BLOCK_LIMIT, NEIGHBOURS = 400, 20  # a block with more members only compares neighbours in the order of their names


@dataclass(frozen=True)
class Clusters:
    """persons: id → members, sorted; review: pairs that wait for a human, with reasons in words."""

    persons: Mapping[str, Sequence[Member]]
    review: Sequence[Mapping[str, Any]]
    model: Model
    issues: Sequence[Issue] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """The document of `gateway identity cluster`."""
        persons = [{"id": i, "members": sorted(spelled(m) for m in members)} for i, members in self.persons.items()]
        return {"schema": "gateway.identity/1", "persons": sorted(persons, key=lambda p: p["members"]),
                "review": list(self.review), "model": self.model.id, "issues": [i.json() for i in self.issues]}


def candidates(members: Sequence[Member], features: Mapping[Member, Features]) -> Iterator[Pair]:
    """Pairs that share a blocking key, each once, the lesser member first; members: sorted.

    A block with more than BLOCK_LIMIT members compares only neighbours by sound, so the work stays bounded.
    """
    own = {m: keys(features[m]) for m in members}
    blocks: dict[str, list[Member]] = {}
    for member in members:
        for key in own[member]:
            blocks.setdefault(key, []).append(member)
    heavy = {key: block for key, block in blocks.items() if len(block) > BLOCK_LIMIT}
    for key, block in blocks.items():
        if key in heavy:
            continue
        for i, a in enumerate(block):
            mine = own[a]
            yield from ((a, b) for b in block[i + 1:] if min(mine & own[b] - heavy.keys()) == key)
    near = {pair for block in heavy.values() for pair in _neighbours(block, features)}
    yield from (p for p in near if not own[p[0]] & own[p[1]] - heavy.keys())


def _neighbours(block: Sequence[Member], features: Mapping[Member, Features]) -> Iterator[Pair]:
    def sounds(m: Member) -> tuple[str, str, str, Member]:
        r = features[m]
        return r.family_sound or "", r.given_sound or "", r.birth or "", m

    block = sorted(block, key=sounds)
    for i, a in enumerate(block):
        yield from (ordered(a, b) for b in block[i + 1:i + 1 + NEIGHBOURS])


def components(members: Iterable[Member], edges: Iterable[Pair]) -> list[list[Member]]:
    """Connected components, each sorted, in the order of their least member."""
    near: dict[Member, list[Member]] = {m: [] for m in members}
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    seen: set[Member] = set()
    out = []
    for start in sorted(near):
        if start in seen:
            continue
        seen.add(start)
        component, waiting = [start], [start]
        while waiting:
            for m in near[waiting.pop()]:
                if m not in seen:
                    seen.add(m)
                    component.append(m)
                    waiting.append(m)
        out.append(sorted(component))
    return out


def touched(members: Iterable[Member], links: Iterable[Pair], told: Said, scores: Scores) -> Outcome:
    """Clusters of the components that these members make, and only those. links: their pairs that may be linked."""
    here = set(members)
    edges = [p for p in links if p[0] in here and p[1] in here]
    parts = components(here, [*edges, *(p for p in told.same if p[0] in here and p[1] in here)])
    number = {m: i for i, part in enumerate(parts) for m in part}
    inside: list[list[Pair]] = [[] for _ in parts]
    for edge in edges:
        inside[number[edge[0]]].append(edge)
    out = Outcome()
    for part, pairs in zip(parts, inside, strict=True):
        found = resolve(part, pairs, told, scores) if len(part) > 1 else Outcome([part])
        out.clusters += found.clusters
        out.refused |= found.refused
    return out


def cluster(records: Iterable[tuple[str, Mapping[str, Any]]], assertions: Iterable[Assertion] = (),
            model: Model = MODEL, incremental: bool = False, id_key: bytes = b"") -> Clusters:
    """Persons out of (source, Patient) records and assertions; byte-identical for any order of either.

    incremental adds the records one by one and recomputes only what each touches; the result is the same.
    """
    assertions = list(assertions)
    found, issues = versions(records)
    cut = epochs(found, said(assertions, found).split, model)
    told = said(assertions, cut.features)
    told.apart = cut.apart
    scores = Scores(cut.features, model)
    members = sorted(cut.features)
    weighed = [p for p in candidates(members, cut.features) if scores(*p).weight >= model.no]
    links = {p for p in weighed if scores(*p).decision == "link"}
    outcome = (_one_by_one if incremental else touched)(members, links, told, scores)
    review = _review(outcome, weighed, cut.overlays, told, scores)
    persons = {merged_id(id_key, c[0][0], "Patient", c[0][1]): c for c in outcome.clusters}
    return Clusters(persons, review, model, [*issues, *told.issues, *map(overlay_issue, cut.overlays)])


def _one_by_one(members: Sequence[Member], links: set[Pair], told: Said, scores: Scores) -> Outcome:
    """Add member after member; each recomputes the components that it touches."""
    near: dict[Member, list[Member]] = {m: [] for m in members}
    for a, b in sorted(links | told.same):
        near[a].append(b)
        near[b].append(a)
    component: dict[Member, list[Member]] = {}
    parts: dict[Member, Outcome] = {}
    for new in members:
        joined = {component[m][0] for m in near[new] if m in component}
        together = sorted([new, *(m for first in joined for m in component[first])])
        for first in joined:
            del parts[first]
        component.update(dict.fromkeys(together, together))
        inside = set(together)
        here = {(a, b) for a in together for b in near[a] if a < b and b in inside and (a, b) in links}
        parts[together[0]] = touched(together, here, told, scores)
    out = Outcome()
    for part in parts.values():
        out.clusters += part.clusters
        out.refused |= part.refused
    return out


def _review(outcome: Outcome, weighed: Iterable[Pair], overlays: Iterable[Pair], told: Said,
            scores: Scores) -> list[dict[str, Any]]:
    """Pairs of different persons that a human should decide, with reasons, in the order of their members."""
    person = {m: i for i, c in enumerate(outcome.clusters) for m in c}
    cases = {p: ["An update under the same number describes another person (overlay)."] for p in overlays}
    for pair in weighed:
        if (comparison := scores(*pair)).decision == "review" and pair not in told.never:
            cases[pair] = cases.get(pair, []) + comparison.why()
    cases |= outcome.refused
    return [{"a": spelled(a), "b": spelled(b), "reasons": reasons, "weight": (c := scores(a, b)).weight,
             "probability": probability(c.weight)}
            for (a, b), reasons in sorted(cases.items()) if person[a] != person[b]]
