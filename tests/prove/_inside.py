"""Mutants inside one process: the tests are collected once, each mutant is put into a fork and meets only the tests that
call what it changes, the quickest first.

What the code of a module does while it is imported cannot be changed afterwards, and what no test calls may still be called
then: such mutants are left undecided and run the tests in a process of their own (`_mutation`).
"""

import functools
import gc
import mmap
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from tests.prove._mutants import Mutant, path_of

_OPTIMIZED = 1                                       # co_flags of a function, not of a class's body
_BASELINE_TIMES, _LEAST_SECONDS = 6, 20
Name = tuple[str, str, int]                          # file, qualified name, line


class Draw:
    """Draws few examples, always the same: a mutant is judged by the tests, not by luck."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutation", max_examples=25, phases=phases, deadline=None, derandomize=True,
                                             database=None)
        hypothesis.settings.load_profile("mutation")


class Inside:
    """A pytest plugin that runs the tests once as they are, and then mutants; what became of each goes into a file."""

    def __init__(self, found: Sequence[Mutant], jobs: int, verdicts: Path) -> None:
        self._found, self._jobs, self._verdicts = found, jobs, verdicts
        self._called: dict[Any, set[Name]] = {}
        self._seconds: dict[Any, float] = {}
        self._items: list[Any] = []
        self._failed = mmap.mmap(-1, 4 * len(found) + 4)             # mutant → number of the test that noticed it, plus 1
        self._quick: dict[Name, dict[Any, None]] = {}                # function → tests that have noticed a mutant of it

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        for item in session.items:
            if not self._once(item):
                raise session.Failed(item.nodeid)
        _forget()
        live = _live({str(path_of(m.module)) for m in self._found})
        gc.collect()
        gc.freeze()
        running: dict[int, tuple[int, Name]] = {}
        self._items = session.items
        for n, mutant in enumerate(self._found):
            change = _change(mutant, live)
            tests = self._tests(change[0]) if change else []
            if change and tests:
                if len(running) >= self._jobs:
                    self._wait(running)
                running[self._start(n, *change, tests)] = (n, _name(change[0].__code__))
        while running:
            self._wait(running)
        return True

    def _once(self, item: Any) -> bool:
        """Run a test as it is and note which functions of the mutated modules it calls; does it pass?"""
        files = {str(path_of(m.module)) for m in self._found}
        called = self._called[item] = set()

        def tracer(frame: FrameType, event: str, arg: Any) -> None:
            code = frame.f_code
            if code.co_filename in files:
                called.add(_name(code))

        _forget()
        started = time.process_time()
        sys.settrace(tracer)
        try:
            passed = _passes(item)
        finally:
            sys.settrace(None)
        self._seconds[item] = time.process_time() - started
        return passed

    def _tests(self, function: FunctionType) -> list[Any]:
        """The tests that call a function: those that have noticed a mutant of it first, then the quickest."""
        name = _name(function.__code__)
        first = self._quick.get(name, {})
        return [*first, *sorted((i for i, called in self._called.items() if name in called and i not in first),
                                key=self._seconds.__getitem__)]

    def _start(self, n: int, function: FunctionType, code: CodeType, tests: Sequence[Any]) -> int:
        """A fork that runs the tests on the changed function; a signal ends it when it takes too long."""
        if pid := os.fork():
            return pid
        try:
            limit = max(_LEAST_SECONDS, _BASELINE_TIMES * sum(map(self._seconds.__getitem__, tests)))
            signal.setitimer(signal.ITIMER_PROF, limit)
            function.__code__ = code
            for test in tests:
                if not _passes(test):
                    self._failed[4 * n:4 * n + 4] = (self._items.index(test) + 1).to_bytes(4, "big")
                    os._exit(1)
            os._exit(0)
        except BaseException:
            os._exit(1)

    def _wait(self, running: dict[int, tuple[int, Name]]) -> None:
        pid, status = os.wait()
        n, function = running.pop(pid)
        with self._verdicts.open("a", encoding="utf-8") as out:
            out.write(f"{'noticed' if status else 'survived'} {self._found[n].name}\n")
        if by := int.from_bytes(self._failed[4 * n:4 * n + 4], "big"):
            self._quick.setdefault(function, {})[self._items[by - 1]] = None


def _passes(item: Any) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _forget() -> None:
    """Empty what the merge, a model and others remember, or a test would not call what it rests on."""
    for kept in gc.get_objects():
        if isinstance(kept, functools._lru_cache_wrapper) and kept.__module__.startswith("gateway."):
            kept.cache_clear()
        for name in _remembered(type(kept)):
            vars(kept).pop(name, None)


@functools.cache
def _remembered(kind: type) -> tuple[str, ...]:
    """The properties that a thing of ours works out once."""
    ours = kind.__module__.startswith("gateway.") if isinstance(kind.__module__, str) else False
    return tuple(n for c in kind.__mro__ for n, v in vars(c).items() if isinstance(v, functools.cached_property)) if ours else ()


def _name(code: CodeType) -> Name:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _functions(code: CodeType) -> Iterator[CodeType]:
    """The functions of a module or class, without those inside them."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            if part.co_flags & _OPTIMIZED:
                yield part
            else:
                yield from _functions(part)


def _live(files: set[str]) -> dict[Name, list[FunctionType]]:
    found: dict[Name, list[FunctionType]] = {}
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename in files:
            found.setdefault(_name(function.__code__), []).append(function)
    return found


def _change(mutant: Mutant, live: dict[Name, list[FunctionType]]) -> tuple[FunctionType, CodeType] | None:
    """The function that a mutant changes and its new code; None when it changes more, or what happens at import."""
    path = path_of(mutant.module)
    was, now = (compile(text, str(path), "exec", dont_inherit=True) for text in (path.read_text("utf-8"), mutant.source))
    old, new = list(_functions(was)), list(_functions(now))
    if _meaning(was, False) != _meaning(now, False) or len(old) != len(new):
        return None
    changed = [(o, n) for o, n in zip(old, new, strict=True) if _meaning(o) != _meaning(n)]
    functions = live.get(_name(changed[0][0]), []) if len(changed) == 1 else []
    if len(functions) != 1 or changed[0][0].co_freevars != changed[0][1].co_freevars:
        return None
    return functions[0], changed[0][1]


def _meaning(code: CodeType, functions: bool = True) -> Any:
    """What code does, wherever it stands; without `functions` only what a module or class does when it is imported."""
    consts = [_meaning(c, functions) if isinstance(c, CodeType) and (functions or not c.co_flags & _OPTIMIZED) else
              c.co_name if isinstance(c, CodeType) else _plain(c) for c in code.co_consts]
    return (code.co_code, consts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_flags,
            code.co_argcount, code.co_kwonlyargcount)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    return repr(value)
