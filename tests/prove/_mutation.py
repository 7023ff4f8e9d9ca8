"""Mutation runs: small changes to the code, each of which the tests have to notice.

A mutant changes one place of one module (`mutants`). The sample follows from the seed and from each mutant's own text, so a
change elsewhere hardly changes it. Every mutant runs the tests in a fork of one process that has imported the third-party
libraries already; a run that is longer than several times the ordinary one counts as noticed. Survivors are told by name;
those that change nothing that anybody can see are explained in a CSV file (mutant, why) beside the suite.

A suite is `run(("gateway.identity.score", …), ["tests/identity/test_decisions.py", …], sample=300, explained=…)`.
"""

import ast
import contextlib
import copy
import csv
import hashlib
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tests.prove import Figure

_COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
             ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
_COUNTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult,
            ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}
_BASELINE_TIMES, _LEAST_SECONDS = 6, 20
_NOTICED = frozenset({1, 2, 3, 4})  # pytest: a test failed, or the tests could not be collected, run, or their setting up read


class Mutant(NamedTuple):
    """One change. name: module:function:what stands now → what stood, and a number where that occurs twice."""

    module: str
    name: str
    line: int
    source: str


def mutants(module: str) -> list[Mutant]:
    """Every mutant of a module."""
    text = _path(module).read_text("utf-8")
    tree = ast.parse(text)
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    raw, seen, out = text.encode(), {}, []
    for where, node, new in _changes(tree, []):
        start, end = (starts[line - 1] + column for line, column in (
            (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)))
        if isinstance(node, ast.expr):
            new = f"({new})"
        changed = (raw[:start] + new.encode() + raw[end:]).decode()
        name = f"{module}:{'.'.join(where)}: {_flat(ast.unparse(node))} → {_flat(new)}"
        seen[name] = seen.get(name, 0) + 1
        out.append(Mutant(module, f"{name} #{seen[name]}" if seen[name] > 1 else name, node.lineno, changed))
    return out


def _path(module: str) -> Path:
    """The file of a module, without importing the packages above it."""
    top, *parts = module.split(".")
    spec = importlib.util.find_spec(top)
    path = Path((spec.origin if spec else "") or "").parent.joinpath(*parts)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _flat(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 160 else f"{text[:120]}…{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _changes(node: ast.AST, where: list[str]) -> Iterator[tuple[list[str], Any, str]]:
    """(function, node, what to write instead of it) for each change below a node."""
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        where = [*where, node.name]
    for new in _instead(node):
        yield where, node, new
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment", "bases", "slice"):
            continue
        children = value if isinstance(value, list) else [value]
        for i, child in enumerate(children):
            docstring = name == "body" and i == 0 and isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            alias = isinstance(child, ast.AnnAssign) and isinstance(child.annotation, ast.Name) and (
                child.annotation.id == "TypeAlias")
            if isinstance(child, ast.AST) and not docstring and not alias:
                yield from _changes(child, where)


def _with(node: ast.AST, **fields: Any) -> str:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return ast.unparse(changed)


def _instead(node: ast.AST) -> Iterator[str]:
    """Texts that stand for one node."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARED:
            yield _with(node, ops=[_COMPARED[type(op)]()])
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.And() if isinstance(op, ast.Or) else ast.Or())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield ast.unparse(operand)
        case ast.BinOp(op=op) if type(op) in _COUNTED:
            yield _with(node, op=_COUNTED[type(op)]())
        case ast.IfExp(test=test):
            yield _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=bool(value)):
            yield repr(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield repr(value + 1)
        case ast.Constant(value=str(value)) if value:
            yield repr(f"x{value}")
        case ast.Set(elts=elements) | ast.List(elts=elements) | ast.Tuple(elts=elements, ctx=ast.Load()) if len(elements) > 1:
            yield _with(node, elts=elements[1:])
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield "return None"
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Delete():
            yield "pass"
        case ast.Continue():
            yield "break"
        case ast.Break():
            yield "continue"


class _One(MetaPathFinder, Loader):
    """Imports one module from the text of a mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != self.mutant.module:
            return None
        return importlib.util.spec_from_loader(name, self, origin=str(_path(name)))

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.source, module.__spec__.origin or "", "exec"), module.__dict__)


def _child(mutant: Mutant | None, tests: Sequence[str], seconds: float) -> None:
    """In a fork: run the tests on the mutant and leave with pytest's exit code, or 71 when the module came too early."""
    import hypothesis
    import pytest

    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    signal.setitimer(signal.ITIMER_REAL, seconds)  # SIGALRM ends the fork
    if mutant:
        if mutant.module in sys.modules:
            os._exit(71)
        sys.meta_path.insert(0, _One(mutant))
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutation", max_examples=25, phases=phases, deadline=None, derandomize=True,
                                         database=None)
    hypothesis.settings.load_profile("mutation")
    os._exit(int(pytest.main(["-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *tests])))


def _start(mutant: Mutant | None, tests: Sequence[str], seconds: float) -> int:
    if pid := os.fork():
        return pid
    with contextlib.suppress(BaseException):
        _child(mutant, tests, seconds)
    os._exit(70)


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
            print(f"  survived {mutant.name} (line {mutant.line})", flush=True)
        elif code not in _NOTICED:
            raise RuntimeError(f"pytest ended with {code} on {mutant.name}")
    return out


def run(modules: Sequence[str], tests: Sequence[str], explained: Path, sample: int = 300, seed: int = 1,
        least: float = 0.9, preload: Sequence[str] = ()) -> Iterator[Figure]:
    """Mutate the modules and see whether the tests notice. tests: pytest arguments, the quickest first; explained: CSV;
    least: the share that has to be noticed; preload: third-party modules worth importing once."""
    for name in ("pytest", "hypothesis", "_pytest.assertion.rewrite", *preload):
        importlib.import_module(name)
    started = time.monotonic()
    code = _code(os.waitpid(_start(None, tests, 600), 0)[1])
    ordinary = time.monotonic() - started
    if code:
        raise RuntimeError(f"The tests fail on the code as it is (pytest ended with {code}); no mutant was run.")
    found = _sample(modules, sample, seed)
    left = survivors(found, tests, os.cpu_count() or 1, max(_LEAST_SECONDS, _BASELINE_TIMES * ordinary))
    reasons = _explained(explained)
    for mutant in sorted(left):
        print(f"  {reasons.get(mutant.name, 'NOT EXPLAINED')}: {mutant.name}")
    killed, unknown = len(found) - len(left), sum(m.name not in reasons for m in left)
    yield Figure("mutants noticed", f"{killed} of {len(found)}, {killed / len(found):.1%}", f"≥ {least:.0%}", killed >= least * len(found))
    yield Figure("survivors without an explanation", str(unknown), "0", unknown == 0)
    yield Figure("mutation run", f"{time.monotonic() - started:.0f} s", "≤ 1200 s", time.monotonic() - started <= 1200)
