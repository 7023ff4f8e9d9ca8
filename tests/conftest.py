"""What tests of several rooms share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.opened import Gate, opened
from gateway.pipeline.pull import pull
from tests.homes import NOW, make_home


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A home with two people, Eva known to two sources; everything pulled."""
    with opened(make_home(tmp_path / "home"), lambda: NOW) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield gate
