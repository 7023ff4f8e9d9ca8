"""Third-party messages below CORPUS: every file of HL7 v2, found by content, is read or refused for a reason."""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import hl7
import pytest

from adapters.hl7v2 import HL7v2
from adapters.hl7v2.tree import Tree
from gateway.sdk import Context, Message, Rejected, Table

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS is not set")]
ADAPTER = HL7v2()
_START = re.compile(rb"(?:\A|[\r\n\x0b])(?:\xef\xbb\xbf)?[ \t]*MSH[^\w\s][^\w\s]")


@cache
def corpus() -> dict[str, bytes]:
    root = Path(os.environ["CORPUS"]) / "hl7v2"
    found = {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
    return {name: data for name, data in found.items() if ADAPTER.sniff(data)}


def trees() -> Iterator[tuple[str, Message, Tree]]:
    for name, data in corpus().items():
        for unit in ADAPTER.split(data):
            if isinstance(unit, Message):
                yield name, unit, ADAPTER.parse(unit.raw)


def test_every_message_of_every_file_is_accounted_for() -> None:
    assert len(corpus()) >= 350
    for name, data in corpus().items():
        units = list(ADAPTER.split(data))
        assert units and b"".join(u.raw for u in units) == data, name
        headers = len(_START.findall(data))
        refused = [u.issue.code for u in units if isinstance(u, Rejected)]
        assert sum(isinstance(u, Message) for u in units) + refused.count("hl7v2-separators") == headers, (name, refused)


def test_what_is_refused_is_refused_for_a_true_reason() -> None:
    reasons = {u.issue.code for data in corpus().values() for u in ADAPTER.split(data) if isinstance(u, Rejected)}
    assert reasons <= {"hl7v2-no-msh", "hl7v2-separators", "hl7v2-batch-count", "hl7v2-empty"}


def test_every_leaf_is_found_by_its_own_path() -> None:
    for name, _, tree in trees():
        leaves = list(tree.leaves())[:300]
        assert len({leaf.path for leaf in leaves}) == len(leaves), name
        for path, value in leaves:
            if path[:3].isupper() and path[3] in "-[" and "(" in path:
                (node,) = [n for n in ADAPTER.path(path)(tree) if n.segment.where == path.partition("-")[0]]
                assert node.value is not None and node.value.content == (None if value == '""' else value), (name, path)
                assert node.value.origins == (path,), (name, path)


def test_the_hl7_package_reads_the_same_values() -> None:
    """An independent parser as the oracle: the populated leaves of both, in order."""
    compared = 0
    for name, unit, tree in trees():
        lines = [line for line in re.split(r"[\r\n]+", unit.raw.decode("utf-8-sig", "replace")) if line.strip()]
        if any("\\" in line.removeprefix("MSH|^~\\&") for line in lines) or not lines[0].startswith("MSH|^~\\&|"):
            continue
        peer = hl7.parse("\r".join(lines))
        expected = [leaf for segment in peer for leaf in _leaves(segment)]
        ours = [leaf.value for leaf in tree.leaves()]
        if len(peer) == len(tree.segments):
            assert [" ".join(v.split()) for v in ours] == expected, name
            compared += 1
    assert compared >= 250


def _leaves(segment: object) -> Iterator[str]:
    skip = 3 if str(segment[0][0] if isinstance(segment[0], list) else segment[0]) == "MSH" else 1  # type: ignore[index]
    for field in segment[skip:]:  # type: ignore[index]
        yield from _texts(field)


def _texts(item: object) -> Iterator[str]:
    if isinstance(item, str):
        if item.strip():
            yield " ".join(item.split())
    else:
        for inner in item:  # type: ignore[attr-defined]
            yield from _texts(inner)


@pytest.mark.parametrize("function", sorted(HL7v2.functions))
def test_no_conversion_crashes_on_any_field(function: str) -> None:
    """Every conversion, on fields of every kind: a result, nothing, or a reason."""
    table = Table("t", "1", {})
    arguments = {"translated": ("t",), "translated_coding": ("t",), "translated_known": ("t",), "none_known": ("t",), "typed": ("MR",), "plus": ("OBX-5",), "finest": ("MSH-7",), "until": ("OBX-5",),
                 "described": ("OBX-5",)}
    for number, (_, _, tree) in enumerate(trees()):
        if number % 9:
            continue
        for segment in tree.segments[:30]:
            nodes = [segment, *(n for f in range(1, len(segment.fields)) for n in segment.field(f))]
            for node in nodes:
                try:
                    HL7v2.functions[function](node, Context(source="x", tables={"t": table}), *arguments.get(function, ()))
                except ValueError as reason:
                    assert str(reason)
