"""What tests of several rooms share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from gateway.opened import Gate, opened
from gateway.pipeline.pull import pull
from tests.homes import NOW, make_home

# No test is timed, and `make test` draws the same examples twice; the long suites draw new ones.
settings.register_profile("steady", deadline=None, derandomize=not os.environ.get("PROVE"))
settings.load_profile("steady")


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A home with two people, Eva known to two sources; everything pulled."""
    with opened(make_home(tmp_path / "home"), lambda: NOW) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield gate
