"""What the merge may hear of assertions beside hidden facts: the same as by rounds over all undos, in one pass."""

import random
from typing import Any

import pytest

from gateway.disclose import visible
from gateway.model import Assertion, Fact
from gateway.pure import records

FACTS = [Fact("open", "1", {"resourceType": "Observation", "id": "o"})]


def by_rounds_from_lines(assertions: list[Assertion], sources: set[str], hidden: set[str]) -> set[str]:
    """Silence goes from an assertion to the undos that name it, round by round; what is heard."""
    silent = {a.id for a in assertions if a.body.get("source", "") not in sources | {""} or hidden & set(a.body.get("facts", ()))}
    while more := {a.id for a in assertions if a.kind == "undo" and a.body["of"] in silent} - silent:
        silent |= more
    return {a.id for a in assertions} - silent


def by_rounds_in_a_home(assertions: list[Assertion], sources: set[str], hidden: set[str]) -> set[str]:
    """Hearing goes the same way."""
    kept = {a.id for a in assertions if a.kind != "undo" and a.body.get("source") in sources | {None}
            and not hidden & set(a.body.get("facts", ()))}
    while more := {a.id for a in assertions if a.kind == "undo" and a.body["of"] in kept} - kept:
        kept |= more
    return kept


def some(seed: int) -> list[Assertion]:
    """Retractions and rulings, a few of a hidden source or fact, and undos of any, of each other, in chains and circles."""
    rng = random.Random(seed)
    said = [Assertion("retract", {"source": rng.choice(("open", "shut")), "type": "Observation", "id": str(n)}) if rng.random() < 0.5
            else Assertion("ruling", {"ruling": "same", "id": f"r{n}", "facts": [rng.choice(("seen", "hidden"))]}) for n in range(5)]
    names = [a.id for a in said] + [f"u{n}" for n in range(12)] + ["nobody"]
    said += [Assertion("undo", {"id": f"u{n}", "of": rng.choice(names)}) for n in range(12)]
    return rng.sample(said, len(said))


@pytest.mark.parametrize("seed", range(200))
def test_it_is_heard_as_round_by_round(seed: int) -> None:
    said = some(seed)
    assert {a.id for a in records._heard(said, FACTS, {"hidden"})} == by_rounds_from_lines(said, {"open"}, {"hidden"})
    assert {a.id for a in visible._heard(said, {"open"}, {"hidden"})} == by_rounds_in_a_home(said, {"open"}, {"hidden"})


def test_a_chain_of_undos_that_no_rounds_come_to_the_end_of() -> None:
    start = Assertion("retract", {"source": "shut", "type": "Observation", "id": "1"})
    chain: list[Any] = [Assertion("undo", {"id": f"u{n}", "of": f"u{n - 1}" if n else start.id}) for n in range(30_000)]
    said = [*reversed(chain), start]
    assert records._heard(said, FACTS, set()) == [] == visible._heard(said, {"open"}, set())
    assert len(records._heard(said, [Fact("shut", "1", FACTS[0].resource)], set())) == len(said) == len(visible._heard(said, {"shut"}, set()))
