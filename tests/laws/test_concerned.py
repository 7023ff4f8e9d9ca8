"""Law: copies of hidden facts are found among the facts of the types that are shown, as among all facts of a person."""

import random
from typing import Any

import pytest

from gateway.disclose.visible import concerned
from gateway.merge import hidden_copies
from gateway.model import Fact
from tests.merge.given import SNOMED, coded, condition, fact

SOURCES = ("A", "B", "x.A", "C")
CODE = coded((SNOMED, "38341003"))
TYPES = ("Patient", "Condition", "Observation", "Provenance")


def _facts(rng: random.Random) -> list[Fact]:
    """Facts that name one another, few ids, so that most names are those of a fact."""
    keys = sorted({(rng.choice(SOURCES), rng.choice(TYPES), str(rng.randint(1, 2))) for _ in range(rng.randint(4, 14))})
    return [_fact(rng, *key, keys) for key in keys]


def _fact(rng: random.Random, source: str, type: str, id: str, keys: list[tuple[str, str, str]]) -> Fact:
    same = [k for k in keys if k[1] == type] if type != "Provenance" else keys
    origin = "/".join((rng.choice((rng.choice(SOURCES), rng.choice(same)[0])), *rng.choice(same)[1:]))
    if type == "Provenance":
        own = [k for k in keys if k[0] == source]
        target = {"reference": "/".join(rng.choice(own)[1:])}
        return fact(source, type, id, target=[target], entity=[{"role": "source", "what": {"reference": origin}}])
    meta: dict[str, Any] = {"meta": {"source": origin}} if rng.random() < 0.7 else {}
    return condition(source, id, CODE, **meta) if type == "Condition" else fact(source, type, id, **meta)


@pytest.mark.parametrize("seed", range(300))
def test_copies_among_what_is_concerned_are_those_among_all(seed: int) -> None:
    rng = random.Random(seed)
    every = _facts(rng)
    types = set(rng.sample(TYPES, rng.randint(1, 3)))
    shown = [f for f in every if f.type in types and rng.random() < 0.8]
    hidden = {f.id for f in every} - {f.id for f in shown}
    seen = {f.id for f in shown}
    few = concerned(every, shown)  # type: ignore[arg-type, type-var]
    assert hidden_copies(few, [], hidden) & seen == hidden_copies(every, [], hidden) & seen  # type: ignore[arg-type]


def test_a_source_of_which_nothing_is_shown_still_has_its_name() -> None:
    """`x.A/Condition/1` names the source x.A, not A, though x.A has no Condition."""
    origin, copy = condition("A", "1", CODE), condition("C", "2", CODE, meta={"source": "x.A/Condition/1"})
    every = [origin, copy, fact("x.A", "Observation", "3")]
    assert hidden_copies(concerned(every, [copy]), [], {origin.id}) == set()  # type: ignore[arg-type, type-var]
    assert hidden_copies([origin, copy], [], {origin.id}) == {copy.id}
