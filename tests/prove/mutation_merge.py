"""Mutants of the merge: versions, copies, forms, classes, bodies, issues, listings, rulings. About 4 minutes on two cores."""

from collections.abc import Iterator
from pathlib import Path

from tests.prove import Figure
from tests.prove._mutation import run

MODULES = tuple(f"gateway.merge.{name}" for name in (
    "asserted", "build", "canonical", "choices", "conflicts", "copies", "course", "details", "devices", "directory", "documents",
    "events", "forms", "grouping", "hiding", "listing", "meaning", "meta", "points", "references", "resolve", "reuse", "rulings",
    "said", "standing", "times", "values", "verdicts", "versions", "rules.medicines", "rules.near", "rules.none_known",
    "rules.polarity", "rules.results", "rules.sites", "rules.stays", "rules.words"))
TESTS = tuple(f"tests/merge/{name}.py" for name in (
    "test_vocabulary", "test_examples", "test_fine_print", "test_table", "test_keys", "test_issues", "test_versions", "test_copies", "test_resolution", "test_rulings",
    "test_invariants", "test_listings", "test_directory", "test_weak_points", "test_values", "test_times", "test_hiding", "test_incremental"))


def prove() -> Iterator[Figure]:
    return run(MODULES, TESTS, Path(__file__).with_suffix(".csv"), sample=300, least=0.95, preload=(
        "hypothesis.strategies", "click"))
