"""What is learnt from the rows at hand alone: whether their people share homes, and how common one person is.

Twins, couples, fathers and sons are found because they live together. In a set in which people do live together, pairs
of one door, phone or mailbox show it: two given names and two birth dates beside one home. Where hardly any such pair
is, each person's records are alone at their door, and a name that is missing or garbled there is no twin's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations, islice
from math import log2
from random import Random
from typing import Any

from gateway.identity.assertions import Member
from gateway.identity.compare import FEATURES, Feature
from gateway.identity.evidence import Pair
from gateway.identity.features import Features
from gateway.identity.linkage import candidates
from gateway.identity.score import PRIOR, Model

FEWEST = 50     # pairs of one person at one home: of fewer nothing can be said
ONE_IN = 50     # so rarely may a home show two people; where people live together it does one time in three
TWINS_IN = 10   # so rarely may it show two given names on one birth date: slips look like that, and so do twins
CROWD = 20      # records of one home that are looked at
MOST = 20_000   # records: among more, chance alone gives two people one name and birth date
EACH = 10       # records that one person has at the most, on the average
HOMES = frozenset(("address", "phone", "e-mail"))
STRANGERS = 100_000  # pairs drawn at random to learn how often strangers have a home in common


def at_hand(model: Model, features: Mapping[Member, Features]) -> Model:
    """The model for these records and no others: told that they share no homes where they do not. Then a home counts
    for as much as it is rare among strangers, and the share of pairs that it links is its prior, where that is more. A
    store grows, so no store keeps this."""
    if len(features) > MOST or not alone(features, model):
        return model
    model = replace(model, settings={**model.settings, "comparisons": _homes_of_strangers(features, model)})
    weights = [model.score(features[a], features[b]).weight - model.prior
               for a, b in candidates(sorted(features), features)]
    others, share, before = len(features) - 1, float(model.settings[PRIOR]), 0.0
    while share > before:
        before, odds = share, log2(share / (1 - share))
        linked = 2 * sum(w + odds >= model.link for w in weights) / len(features)
        share = max(share, min(linked, EACH, others / 2) / others)
    return replace(model, shared=False, settings={**model.settings, PRIOR: share})


def _homes_of_strangers(features: Mapping[Member, Features], model: Model) -> list[Mapping[str, Any]]:
    """The comparisons with the u of a home as these records have it: that of the model is kept high by people who live
    together (compare.HOUSEHOLD_U). None becomes more common than the model has it."""
    records = [features[m] for m in sorted(features)]
    homes = {f.name: [0] * len(f.levels) for f in FEATURES if f.household and _given(f, records)}
    tests = [(homes[f.name], [level.test.holds for level in f.levels]) for f in FEATURES if f.name in homes]
    for a, b in _drawn(records):
        for seen, levels in tests:
            found = next(i for i, holds in enumerate(levels) if holds(a, b))
            if 0 < found < len(levels) - 1 and not model.reaches(a, b, model.no):
                seen[found] += 1
    apart = [(a, b) for a, b in _neighbours(features) if not model.reaches(a, b, model.no)]
    return [_rarer(c, homes[f.name], _in_common(f, apart, len(records))) if f.name in homes else c
            for f, c in zip(FEATURES, model.settings["comparisons"], strict=True)]


def _in_common(feature: Feature, strangers: Sequence[tuple[Features, Features]], records: int) -> float:
    """The share of all pairs that are strangers with one door, phone or mailbox: an index finds each, drawing does
    not."""
    if feature.name not in HOMES:
        return 1.0
    return (1 + sum(feature.levels[1].test.holds(a, b) for a, b in strangers)) / (records * (records - 1) / 2)


def _given(feature: Feature, records: Sequence[Features]) -> bool:
    return any(not feature.levels[0].test.holds(r, r) for r in records)


def _drawn(records: Sequence[Features]) -> Iterator[tuple[Features, Features]]:
    """Pairs of different records, STRANGERS of them: each record with the ones so many places behind it."""
    rng, left = Random(1), STRANGERS
    while left > 0:
        away = rng.randrange(1, len(records))
        yield from islice(zip(records, chain(records[away:], records), strict=False), left)
        left -= len(records)


def _rarer(comparison: Mapping[str, Any], seen: Sequence[int], home: float) -> Mapping[str, Any]:
    """A comparison with the u of its levels, but the first and last, no higher than was seen. home: of the first level,
    counted."""
    levels = [{**level, "u_probability": min(float(level["u_probability"]),
                                             (seen[i] + 1) / STRANGERS, home if i == 1 else 1.0)}
              if 0 < i < len(seen) - 1 else level for i, level in enumerate(comparison["comparison_levels"])]
    return {**comparison, "comparison_levels": levels}


def alone(features: Mapping[Member, Features], model: Model) -> bool:
    """Is hardly any home, phone or mailbox that of two people? Pairs with one number are left out: it may be a slip.

    Fathers and sons of one name cannot be seen where birth dates are missing, so hardly any may be.
    """
    one = two = twins = unseen = 0
    for a, b in _neighbours(features):
        pair = Pair(a, b, model.score(a, b))
        given, same_day = pair.words["given name"], pair.words["birth date"] == "same"
        if given == "same" and same_day:
            one += 1
        elif not (pair.same_number or pair.near_number):
            two += given in ("same", "differs") and pair.words["birth date"] == "differs"
            twins += same_day and (pair.two_names or (pair.like_named and pair.both_known))
            unseen += given == "same" and pair.words["birth date"] == "not given"
    return one >= FEWEST and max(two, unseen) * ONE_IN <= one and twins * TWINS_IN <= one


def _neighbours(features: Mapping[Member, Features]) -> Iterator[tuple[Features, Features]]:
    """Pairs with a door, phone or e-mail in common, each once."""
    homes: dict[str, list[Member]] = {}
    for member in sorted(features):
        record = features[member]
        for value in (*record.places, *record.phones, *record.emails):
            homes.setdefault(value, []).append(member)
    pairs = {pair for members in homes.values() for pair in combinations(members[:CROWD], 2)}
    return ((features[a], features[b]) for a, b in sorted(pairs))
