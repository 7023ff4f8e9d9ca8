"""Mutants of what decides who is one person: features, score, guards with their evidence, clusters. About 2 minutes."""

from collections.abc import Iterator
from pathlib import Path

from tests.prove import Figure
from tests.prove._mutation import run

MODULES = tuple(f"gateway.identity.{name}" for name in ("features", "score", "words", "records", "given", "evidence", "proof", "guards", "relatives", "spelling", "decide", "cluster"))
TESTS = tuple(f"tests/identity/{name}.py" for name in (
    "test_pairs", "test_decisions", "test_evidence", "test_model", "test_features", "test_groups", "test_cluster", "test_laws", "test_census", "test_spelling", "test_names", "test_relatives"))


def prove() -> Iterator[Figure]:
    return run(MODULES, TESTS, Path(__file__).with_suffix(".csv"), preload=(
        "networkx", "rapidfuzz.distance", "anyascii", "hypothesis.strategies", "click", "fhir.resources"))
