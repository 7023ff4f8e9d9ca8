"""Mutation runs: small changes to the code, each of which the tests have to notice.

A mutant changes one place of one module (`_mutants`). The sample follows from the seed and from each mutant's own text, so a
change elsewhere hardly changes it. Most mutants are judged inside one process that has collected the tests (`_inside`),
the others run all tests in a fork of a process that has imported nothing of ours. A run that takes several times the ordinary
time of the processor counts as noticed. Survivors are told by name; those that change nothing that anybody can see are
explained in a CSV file (mutant, why) beside the suite.

A suite is `run(("gateway.identity.score", …), ["tests/identity/test_decisions.py", …], sample=300, explained=…)`.
"""

import contextlib
import csv
import hashlib
import importlib
import importlib.util
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.prove import Figure
from tests.prove._inside import Draw, Inside
from tests.prove._mutants import Mutant, mutants, path_of

_MOST_SECONDS = 120
_NOTICED = frozenset({1, 2, 3, 4})  # pytest: a test failed, or the tests could not be collected, run, or their setting up read


class _One(MetaPathFinder, Loader):
    """Imports one module from the text of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != self.mutant.module:
            return None
        return importlib.util.spec_from_loader(name, self, origin=str(path_of(name)))

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.source, module.__spec__.origin or "", "exec"), module.__dict__)


_ARGUMENTS = ("-x", "-q", "-s", "-p", "no:xdist", "-p", "no:cacheprovider")


def _silent() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def _child(mutant: Mutant, tests: Sequence[str], seconds: float) -> None:
    """In a fork: run the tests on the mutant and leave with pytest's exit code, or 71 when the module came too early."""
    _silent()
    signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF ends the fork
    if mutant.module in sys.modules:
        os._exit(71)
    sys.meta_path.insert(0, _One(mutant))
    os._exit(int(pytest.main([*_ARGUMENTS, *tests], plugins=[Draw()])))


def _start(mutant: Mutant, tests: Sequence[str], seconds: float) -> int:
    if pid := os.fork():
        return pid
    with contextlib.suppress(BaseException):
        _child(mutant, tests, seconds)
    os._exit(70)


def _inside(found: Sequence[Mutant], tests: Sequence[str], jobs: int) -> tuple[list[Mutant], list[Mutant]]:
    """The mutants that survive inside one process, and those that cannot be judged there.

    Raises RuntimeError when the tests fail on the code as it is.
    """
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder, "verdicts")
        names.touch()
        pid = os.fork()
        if not pid:
            with contextlib.suppress(BaseException):
                _silent()
                os._exit(int(pytest.main([*_ARGUMENTS, *tests], plugins=[Draw(), Inside(found, jobs, names)])))
            os._exit(70)
        code = _code(os.waitpid(pid, 0)[1])
        if code:
            raise RuntimeError(f"The tests fail on the code as it is (pytest ended with {code}); no mutant was run.")
        verdicts = dict(reversed(line.split(" ", 1)) for line in names.read_text("utf-8").splitlines())
    survived = [m for m in found if verdicts.get(m.name) == "survived"]
    for mutant in survived:
        _tell(mutant)
    return survived, [m for m in found if m.name not in verdicts]


def _tell(mutant: Mutant) -> None:
    print(f"  survived {mutant.name} (line {mutant.line})", flush=True)


def _code(status: int) -> int:
    """Exit code of a fork; ended by a signal (the timer, memory): as a test that failed."""
    return 1 if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _sample(modules: Sequence[str], size: int, seed: int) -> list[Mutant]:
    found = [m for module in modules for m in mutants(module)]
    return sorted(found, key=lambda m: hashlib.sha256(f"{seed}{m.name}".encode()).digest())[:size]


def _explained(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as f:
        return {row["mutant"]: row["why"] for row in csv.DictReader(f)}


def survivors(found: Sequence[Mutant], tests: Sequence[str], jobs: int, seconds: float) -> list[Mutant]:
    """The mutants that no test noticed. Raises RuntimeError when a run ends in a way that says neither."""
    waiting, running, out = list(found), {}, []
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop(0)
            running[_start(mutant, tests, seconds)] = mutant
        pid, status = os.wait()
        mutant, code = running.pop(pid), _code(status)
        if sys.stderr.isatty():
            print(f"\r  {len(found) - len(waiting) - len(running)} of {len(found)} ", end="", file=sys.stderr, flush=True)
        if code == 0:
            out.append(mutant)
            _tell(mutant)
        elif code not in _NOTICED:
            raise RuntimeError(f"pytest ended with {code} on {mutant.name}")
    return out


def run(modules: Sequence[str], tests: Sequence[str], explained: Path, sample: int = 300, seed: int = 1,
        least: float = 0.9, preload: Sequence[str] = ()) -> Iterator[Figure]:
    """Mutate the modules and see whether the tests notice. tests: pytest arguments, the quickest first; explained: CSV;
    least: the share that has to be noticed; preload: third-party modules worth importing once."""
    for name in ("_pytest.assertion.rewrite", *preload):
        importlib.import_module(name)
    started, jobs = time.monotonic(), os.cpu_count() or 1
    found = _sample(modules, sample, seed)
    left, undecided = _inside(found, tests, jobs)
    left += survivors(undecided, tests, jobs, _MOST_SECONDS)
    reasons = _explained(explained)
    for mutant in sorted(left):
        print(f"  {reasons.get(mutant.name, 'NOT EXPLAINED')}: {mutant.name}")
    killed, unknown = len(found) - len(left), sum(m.name not in reasons for m in left)
    yield Figure("mutants noticed", f"{killed} of {len(found)}, {killed / len(found):.1%}", f"≥ {least:.0%}", killed >= least * len(found))
    yield Figure("survivors without an explanation", str(unknown), "0", unknown == 0)
    yield Figure("mutation run", f"{time.monotonic() - started:.0f} s", "≤ 1200 s", time.monotonic() - started <= 1200)
