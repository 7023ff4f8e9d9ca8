"""The promises that every adapter keeps. A new adapter's test inherits them in about a dozen lines:

    class TestLabFiles(AdapterContract):
        paths: ClassVar = {"sample_id": ["S-1"], "result": ["5.4"]}
        bad_paths = ("",)

        @pytest.fixture
        def adapter(self, tmp_path):
            (tmp_path / "labs.csv").write_text("sample_id,result\\nS-1,5.4\\nS-2\\nS-3,6.1\\nS-4,7\\n")
            return CSVFiles(str(tmp_path))

The sample behind the fixture holds at least three good messages and one bad one that is not the last.
Needs the extra `test` (pytest and Hypothesis).
"""

import dataclasses
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.sdk import Adapter, BadMessage, BadPath, Message, Node, Rejected

_INHERITED = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
PROPERTY = settings(max_examples=100, deadline=None, suppress_health_check=_INHERITED)


def messages(adapter: Adapter) -> list[Message]:
    """The good messages of a sample, in order."""
    return [unit for unit in adapter.read(None) if isinstance(unit, Message)]


def _open_files() -> int:
    return len(os.listdir("/dev/fd"))


class AdapterContract:
    """Subclass it, give the fixture and the paths, inherit the tests.

    paths      path of a mapping → the texts that it selects in the first good message
    bad_paths  paths that the adapter's grammar does not know
    secrets    texts that must never show: tokens, passwords
    """

    paths: ClassVar[Mapping[str, list[str]]] = {}
    bad_paths: ClassVar[tuple[str, ...]] = ("",)
    secrets: ClassVar[tuple[str, ...]] = ()

    @pytest.fixture
    def adapter(self) -> Adapter:
        raise NotImplementedError("give the fixture `adapter`, over three good messages and a bad one")

    def test_settings_are_immutable_and_documented(self, adapter: Any) -> None:
        assert isinstance(adapter, Adapter) and adapter.kind
        assert dataclasses.is_dataclass(adapter) and type(adapter).__dataclass_params__.frozen
        undocumented = [f.name for f in dataclasses.fields(adapter) if f.name not in (type(adapter).__doc__ or "")]
        assert undocumented == []

    def test_reading_twice_gives_the_same(self, adapter: Any) -> None:
        assert list(adapter.read(None)) == list(adapter.read(None)) == list(dataclasses.replace(adapter).read(None))

    def test_reading_behind_a_cursor_gives_exactly_the_rest(self, adapter: Adapter) -> None:
        everything = list(adapter.read(None))
        for number, unit in enumerate(everything, 1):
            assert list(adapter.read(unit.cursor)) == everything[number:]

    def test_keys_are_there_and_unique(self, adapter: Adapter) -> None:
        keys = [m.key for m in messages(adapter)]
        assert all(keys) and len(set(keys)) == len(keys)

    def test_a_bad_message_is_rejected_and_its_neighbours_survive(self, adapter: Adapter) -> None:
        units = list(adapter.read(None))
        bad = [n for n, unit in enumerate(units) if isinstance(unit, Rejected)]
        assert bad and bad[0] < len(units) - 1 and len(units) - len(bad) >= 3
        for rejected in (units[n] for n in bad):
            assert isinstance(rejected, Rejected)
            assert rejected.issue.code and rejected.issue.message and rejected.issue.where

    def test_parse_is_pure(self, adapter: Adapter) -> None:
        for m in messages(adapter):
            before = bytes(bytearray(m.raw))
            assert list(adapter.leaves(adapter.parse(m.raw))) == list(adapter.leaves(adapter.parse(m.raw)))
            assert m.raw == before

    def test_leaves_are_populated_and_stand_once(self, adapter: Adapter) -> None:
        for m in messages(adapter):
            leaves = list(adapter.leaves(adapter.parse(m.raw)))
            assert leaves and all(leaf.path and leaf.value.strip() for leaf in leaves)
            assert len({leaf.path for leaf in leaves}) == len(leaves)

    @PROPERTY
    @given(noise=st.binary(max_size=400))
    def test_parse_never_crashes_on_noise(self, adapter: Adapter, noise: bytes) -> None:
        _parses_or_explains(adapter, noise)

    @PROPERTY
    @given(data=st.data())
    def test_parse_never_crashes_on_damaged_messages(self, adapter: Adapter, data: st.DataObject) -> None:
        raw = data.draw(st.sampled_from([m.raw for m in messages(adapter)]))
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, len(raw)))
        _parses_or_explains(adapter, raw[:start] + data.draw(st.binary(max_size=8)) + raw[end:])

    def test_paths_select(self, adapter: Adapter) -> None:
        assert self.paths, "name some paths and what they select in the first message"
        tree = adapter.parse(messages(adapter)[0].raw)
        known = {leaf.path for leaf in adapter.leaves(tree)}
        for path, texts in self.paths.items():
            nodes = adapter.path(path)(tree)
            assert all(isinstance(node, Node) and node.where and node in {node} for node in nodes)
            values = [node.value for node in nodes if node.value is not None]
            assert [str(v.content) for v in values] == texts, path
            assert {origin for v in values for origin in v.origins} <= known, path

    def test_bad_paths_explain_themselves(self, adapter: Adapter) -> None:
        for path in self.bad_paths:
            with pytest.raises(BadPath, match="expected"):
                adapter.path(path)

    def test_secrets_never_show(self, adapter: Adapter, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            issues = [str(unit.issue) for unit in adapter.read(None) if isinstance(unit, Rejected)]
        shown = "\n".join([repr(adapter), str(adapter), caplog.text, *issues])
        assert [secret for secret in self.secrets if secret in shown] == []

    def test_files_and_sockets_close_on_early_stop(self, adapter: Adapter) -> None:
        list(adapter.read(None))
        before = _open_files()
        reading: Any = adapter.read(None)
        next(reading)
        reading.close()
        patience = time.monotonic() + 5
        while _open_files() > before and time.monotonic() < patience:
            time.sleep(0.01)
        assert _open_files() <= before


class GoldenContract:
    """Files with side-cars: `labs.csv` beside `labs.csv.fhir.json` holds the resources that must come out of it.

    golden   folder with the files
    convert  file → resources, in order
    """

    golden: ClassVar[Path]
    convert: ClassVar[Callable[[Path], list[dict[str, Any]]]]

    def test_golden_side_cars_match(self) -> None:
        sidecars = sorted(self.golden.rglob("*.fhir.json"))
        assert sidecars, f"no side-cars below {self.golden}"
        for sidecar in sidecars:
            file = sidecar.with_name(sidecar.name.removesuffix(".fhir.json"))
            made = json.loads(json.dumps(type(self).convert(file), default=str))
            assert made == json.loads(sidecar.read_text("utf-8"), parse_float=str), file.name


def _parses_or_explains(adapter: Adapter, raw: bytes) -> None:
    try:
        tree = adapter.parse(raw)
    except BadMessage as bad:
        assert bad.issue.code and bad.issue.message
    else:
        assert all(isinstance(leaf.value, str) for leaf in adapter.leaves(tree))
        held = adapter.enclosed(raw) if hasattr(adapter, "enclosed") else ()
        assert all(where and isinstance(data, bytes) for where, data in held)
