"""Mutants of every module of the merge. About 4 minutes on two cores."""

from collections.abc import Iterator
from pathlib import Path

from tests.prove import Figure
from tests.prove._mutants import path_of
from tests.prove._mutation import run

ROOM = path_of("gateway.merge").parent
MODULES = sorted(".".join(("gateway.merge", *path.relative_to(ROOM).with_suffix("").parts))
                 for path in ROOM.rglob("*.py") if path.name != "__init__.py")
# The quickest first; a file of the folder that nobody names here comes behind them.
_QUICK = ("test_vocabulary", "test_examples", "test_fine_print", "test_table", "test_keys", "test_issues", "test_versions",
          "test_copies", "test_resolution", "test_rulings", "test_invariants", "test_listings", "test_directory", "test_weak_points",
          "test_values", "test_times", "test_doses", "test_moves", "test_unknown", "test_hiding", "test_incremental", "test_lines")
_FOLDER = Path(__file__).parents[1] / "merge"
_OTHERS = sorted({path.stem for path in _FOLDER.glob("test_*.py")} - {*_QUICK})
TESTS = tuple(f"tests/merge/{name}.py" for name in (*_QUICK, *_OTHERS))


def prove() -> Iterator[Figure]:
    return run(MODULES, TESTS, Path(__file__).with_suffix(".csv"), sample=300, least=0.95, preload=(
        "hypothesis.strategies", "click"))
