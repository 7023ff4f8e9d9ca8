"""kill -9 at any statement: after the resumption everything is as if nothing had happened."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.store import open_store
from tests.store import feeder
from tests.store.conftest import ID_KEY, MASTER
from tests.store.export import export

COUNT = 120
SIGKILL = -9


def feed(url: str, *die_at: int) -> int:
    """One life of the feeder. Returns its exit code."""
    return subprocess.run([sys.executable, "-m", "tests.store.feeder", url, str(COUNT), *map(str, die_at)]).returncode


@pytest.fixture(scope="module")
def calm(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("calm") / "gateway.db"


@pytest.fixture(scope="module")
def undisturbed(calm) -> tuple[bytes, int]:
    """The export after an undisturbed run, and how many statements it took."""
    store = open_store(f"sqlite:///{calm}", MASTER, ID_KEY)
    statements = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *_: statements.append(1))
    feeder.run(store, COUNT)
    steps = len(statements)
    wanted = export(store)
    store.close()
    return wanted, steps


def killed(url: str, undisturbed: tuple[bytes, int], lives: int, seed: int) -> None:
    wanted, steps = undisturbed
    rnd = random.Random(seed)
    codes = [feed(url, rnd.randrange(1, steps // lives)) for _ in range(lives)]
    assert codes.count(SIGKILL) == lives
    assert feed(url) == 0
    store = open_store(url, MASTER, ID_KEY)
    assert export(store) == wanted
    store.close()


def test_killed_at_seeded_statements_and_resumed_equals_undisturbed(url, undisturbed):
    killed(url, undisturbed, 4, seed=7)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(10))
def test_killed_often(url, undisturbed, seed):
    killed(url, undisturbed, 10, seed)


@pytest.mark.parametrize("spoil", [
    "delete from carriers", "update facts set gone = 1 where n = 1", "update ledgers set mapped = 9 where unit = 1",
    "delete from scopes", "update patients set person = 'x' where n = 1", "delete from parts where ordinal = 3",
    "update units set state = 'done' where n = 1", "delete from jobs", "update counter set fact = fact + 1"])
def test_the_export_tells_any_difference(undisturbed, calm, tmp_path, spoil):
    copy = shutil.copy(calm, tmp_path)
    store = open_store(f"sqlite:///{copy}", MASTER, ID_KEY)
    assert export(store) == undisturbed[0]
    with store.begin(writes=True) as conn:
        conn.exec_driver_sql(spoil)
    assert export(store) != undisturbed[0]
    store.close()
