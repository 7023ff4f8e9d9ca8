"""Small changes to the code of a module, one at a time: what a mutation run tries the tests with."""

import ast
import copy
import hashlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

_COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
             ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
_COUNTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult,
            ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}


class Mutant(NamedTuple):
    """One change. name: module:function:what stands now → what stood, and a number where that occurs twice."""

    module: str
    name: str
    line: int
    source: str


def mutants(module: str) -> list[Mutant]:
    """Every mutant of a module."""
    text = path_of(module).read_text("utf-8")
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


def path_of(module: str) -> Path:
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
