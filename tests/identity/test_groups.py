"""How groups of records come together, on weights that are given: what is refused, and the sentence that a human reads."""

import statistics
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity import MODEL
from gateway.identity.assertions import Said
from gateway.identity.cluster import Group, Groups, Outcome, Scores, median, ordered, resolve

A, B, C, D, E, F, G = (("s", key) for key in "abcdefg")
VETO = SimpleNamespace(effect="veto", reason="Both have died.")
HOLD = SimpleNamespace(effect="hold", reason="May be twins.")
THIN = SimpleNamespace(effect="thin", reason="Too little.")
FAR = SimpleNamespace(effect="far", reason="Too little to ask.")
HIGH, FAIR, LOW = MODEL.link + 10, (MODEL.link + MODEL.no) / 2, MODEL.no - 1


class Given(Scores):
    """Weights (HIGH unless told) and guards of pairs, as given."""

    def __init__(self, weights: dict[Any, float], guards: dict[Any, Any] | None = None, kinds: dict[Any, int] | None = None,
                 answered: Sequence[Any] = ()) -> None:
        self.answered = answered
        self.model, self.weights, self.told, self.linked = MODEL, weights, guards or {}, {}
        self.kind = kinds or {m: i for i, m in enumerate((A, B, C, D, E, F, G))}

    def __call__(self, a: Any, b: Any) -> Any:
        pair = ordered(a, b)
        return SimpleNamespace(weight=self.weights.get(pair, HIGH), guards=[g for g in [self.told.get(pair)] if g])

    def answers(self, m: Any, a: Any, b: Any) -> bool:
        return (m, a, b) in self.answered


def resolved(members: list[Any], pairs: list[Any], said: Said | None = None, **scores: Any) -> Outcome:
    return resolve(members, pairs, said or Said(), Given(scores.pop("weights", {}), **scores))


def test_a_pair_is_one_however_it_is_told() -> None:
    assert ordered(A, B) == ordered(B, A) == (A, B)


def test_the_heavier_pair_comes_first_and_a_hold_between_the_others_is_told() -> None:
    found = resolved([A, B, C], [(A, B), (B, C)], weights={(A, B): HIGH, (B, C): HIGH + 1}, guards={(A, C): HOLD})
    assert found.clusters == [[A], [B, C]]
    assert found.refused == {(A, B): ["s/a and s/c: May be twins."]}


def test_of_pairs_of_one_weight_the_lesser_comes_first() -> None:
    assert resolved([A, B, C], [(B, C), (A, C), (A, B)], guards={(A, C): HOLD}).clusters == [[A, B], [C]]


@pytest.mark.parametrize("answer", [(B, A, C), (B, C, A)])
def test_a_hold_that_a_record_of_the_group_answers_parts_nobody(answer: Any) -> None:
    found = resolved([A, B, C], [(A, B), (B, C)], guards={(A, C): HOLD}, answered=[answer])
    assert (found.clusters, found.refused) == ([[A, B, C]], {})


@pytest.mark.parametrize(("guard", "weight"), [(VETO, HIGH), (SimpleNamespace(effect="no", reason="Parent and child."), HIGH), (HOLD, LOW)])
def test_what_is_more_than_a_hold_is_not_answered(guard: SimpleNamespace, weight: float) -> None:
    answered = [(m, a, b) for m in (A, B, C) for a in (A, B, C) for b in (A, B, C)]
    found = resolved([A, B, C], [(A, B), (B, C)], weights={(A, C): weight}, guards={(A, C): guard}, answered=answered)
    assert found.clusters == [[A, B], [C]] and len(found.refused) == 1


@pytest.mark.parametrize(("answer", "together"), [((B, A, C), True), ((D, A, C), True), ((E, A, C), False), ((B, A, D), False)])
def test_only_a_record_that_comes_along_answers_and_only_for_the_two(answer: Any, together: bool) -> None:
    found = resolved([A, B, C, D, E], [(A, B), (C, D), (B, D)], weights={(B, D): HIGH - 1}, guards={(A, C): HOLD}, answered=[answer])
    assert (found.clusters == [[A, B, C, D], [E]]) is together


@pytest.mark.parametrize("little", [THIN, FAR])
def test_what_is_only_little_does_not_part_those_whom_another_joins(little: SimpleNamespace) -> None:
    found = resolved([A, B, C], [(A, B), (B, C)], guards={(A, C): little})
    assert (found.clusters, found.refused) == ([[A, B, C]], {})


def test_one_pair_that_is_too_unlike_keeps_the_groups_apart() -> None:
    found = resolved([A, B, C], [(A, B), (B, C)], weights={(B, C): HIGH - 1, (A, C): LOW})
    assert (found.clusters, found.refused) == ([[A, B], [C]], {(B, C): ["s/a and s/c are too different."]})


@pytest.mark.parametrize(("weight", "together"), [(MODEL.no, True), (MODEL.no - 1e-9, False)])
def test_a_pair_at_the_lower_threshold_is_not_too_unlike(weight: float, together: bool) -> None:
    found = resolved([A, B, C], [(A, B), (B, C)], weights={(B, C): 2 * MODEL.link - MODEL.no + 1, (A, C): weight})
    assert (found.clusters == [[A, B, C]]) is together


def test_most_members_have_to_match() -> None:
    fair = {(A, C): FAIR, (A, D): FAIR, (B, D): FAIR, (B, C): MODEL.link}
    found = resolved([A, B, C, D], [(A, B), (C, D), (B, C)], weights=fair)
    assert found.clusters == [[A, B], [C, D]]
    assert found.refused == {(B, C): ["Most members of the two groups do not match well enough."]}
    enough = {**fair, (A, C): MODEL.link, (A, D): MODEL.link}
    assert resolved([A, B, C, D], [(A, B), (C, D), (B, C)], weights=enough).clusters == [[A, B, C, D]]


def test_members_with_the_same_columns_count_each() -> None:
    """Two of one kind that match well outweigh one that does only fairly; one kind is compared once."""
    kinds = {A: 0, B: 0, C: 0, D: 1, E: 2}
    links = [(A, B), (A, C), (D, E), (A, D)]
    weights = {(A, D): MODEL.link, (A, E): FAIR, (B, D): 0.0}
    assert resolved([A, B, C, D, E], links, weights=weights, kinds=kinds).clusters == [[A, B, C], [D, E]]
    assert resolved([A, B, C, D], links[:2] + links[3:], weights=weights, kinds=kinds).clusters == [[A, B, C, D]]
    three = {A: 0, B: 0, C: 0, D: 1, E: 1, F: 1, G: 2}
    found = resolved(list(three), [(A, B), (A, C), (D, E), (E, F), (F, G), (A, D)], kinds=three,
                     weights={(A, D): MODEL.link, (A, G): FAIR, (B, G): FAIR, (C, G): FAIR})
    assert found.clusters == [list(three)], "nine pairs match, three only fairly"


NEVER = ["A human said that members of the two groups are different people."]
SUSPENDED = ["A human's \"same\" between members of the two groups is suspended."]
SPLIT = ["A human split one of them off."]


def test_what_humans_keep_apart_is_refused_with_their_word() -> None:
    pairs = [(A, B), (A, C), (B, C)]
    found = resolved([A, B, C], pairs, Said(never={(A, C)}))
    assert (found.clusters, found.refused) == ([[A, B], [C]], {(B, C): NEVER}), "the pair itself is not asked about again"
    found = resolved([A, B, C], pairs, Said(apart={C}))
    assert (found.clusters, found.refused) == ([[A, B], [C]], {(A, C): SPLIT, (B, C): SPLIT})
    found = resolved([A, B, C], pairs, Said(apart={A}))
    assert (found.clusters, found.refused) == ([[A], [B, C]], {(A, B): SPLIT, (A, C): SPLIT})


@pytest.mark.parametrize("never", [(A, C), (B, D), (A, D)])
def test_a_never_between_any_two_members_keeps_both_groups_apart(never: Any) -> None:
    found = resolved([A, B, C, D], [(A, B), (C, D), (B, C)], Said(never={never}), weights={(B, C): HIGH - 1})
    assert (found.clusters, found.refused) == ([[A, B], [C, D]], {(B, C): NEVER})


def test_a_never_elsewhere_keeps_nobody_apart() -> None:
    assert resolved([A, B, C], [(A, B)], Said(never={(A, C)}, apart={C})).clusters == [[A, B], [C]]
    assert resolved([A, B], [(A, B)], Said(never={(A, E), (D, E)}, same={(A, E)}, apart={E})).clusters == [[A, B]]


def test_humans_join_what_no_computer_would() -> None:
    found = resolved([A, B, C], [], Said(same={(A, B)}), weights={(A, B): LOW}, guards={(A, B): HOLD})
    assert (found.clusters, found.refused) == ([[A, B], [C]], {})


def test_a_same_that_a_veto_contradicts_is_suspended_whole() -> None:
    found = resolved([A, B, C, D], [(A, B), (B, C), (C, D)], Said(same={(A, B), (B, C)}), guards={(A, C): VETO})
    assert found.clusters == [[A], [B], [C, D]]
    assert found.refused == {(A, C): ["A human said \"same\", but it is suspended:", "Both have died."], (A, B): SUSPENDED, (B, C): SUSPENDED}


def test_a_same_that_a_never_contradicts_says_so() -> None:
    found = resolved([A, B, C], [], Said(same={(A, B), (B, C)}, never={(A, C)}), guards={(A, C): VETO, (A, B): HOLD})
    assert found.refused == {(A, C): [
        "A human said \"same\", but it is suspended:", "Both have died.",
        "Said to be different people, yet a chain of \"same\" joins them."]}


def test_of_two_suspended_chains_each_keeps_only_its_own_apart() -> None:
    said = Said(same={(A, B), (C, D)})
    found = resolved([A, B, C, D], [(A, C)], said, guards={(A, B): VETO, (C, D): VETO})
    assert found.clusters == [[A, C], [B], [D]]


@given(st.dictionaries(st.floats(-50, 50), st.integers(1, 6), min_size=1, max_size=9))
def test_the_median_is_that_of_all_weights(weights: dict[float, int]) -> None:
    assert median(weights) == statistics.median([w for w, many in weights.items() for _ in range(many)])


@given(st.lists(st.tuples(st.sampled_from([A, B, C, D, E]), st.sampled_from([A, B, C, D, E]))))
def test_groups_are_the_closure_of_what_was_joined(joins: list[Any]) -> None:
    kind = {A: 0, B: 0, C: 1, D: 1, E: 2}
    groups, sets = Groups(kind, kind), [{m} for m in kind]
    for a, b in joins:
        groups.join(a, b)
        one = [s for s in sets if a in s or b in s]
        sets = [s for s in sets if s not in one] + [set().union(*one)]
    assert sorted(sorted(g.members) for g in groups.all()) == sorted(map(sorted, sets))
    for group in groups.all():
        assert group.kinds == {k: (sum(kind[m] == k for m in group.members), min(m for m in group.members if kind[m] == k))
                               for k in {kind[m] for m in group.members}}
        assert all(groups.of[m] is group for m in group.members) and group.least == min(group.members)


def test_absorbing_keeps_the_least_of_a_kind() -> None:
    one, two = Group([B], {0: (1, B)}, B), Group([A, C], {0: (1, A), 1: (1, C)}, A)
    one.absorb(two)
    assert (one.members, one.kinds, one.least) == ([B, A, C], {0: (2, A), 1: (1, C)}, A)
