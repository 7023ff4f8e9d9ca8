"""Some hundred cases of what `make prove` and `make fuzz` do at length."""

import pytest
from hypothesis import given, settings

from tests.adapters.hl7v2.serving import Served, msh
from tests.fuzz import hl7v2, mllp


@settings(max_examples=250, deadline=None)
@given(hl7v2.damaged())
def test_any_bytes_are_read_or_explained_and_none_is_lost(raw):
    hl7v2.check(raw)


@pytest.fixture(scope="module")
def served():
    with Served() as listener:
        yield listener
        assert listener.ask(msh("last")) == ["AA"]


@settings(max_examples=250, deadline=None)
@given(mllp.streams, mllp.sizes)
def test_any_stream_is_survived_and_answered(served, stream, cut):
    mllp.check(served, stream, cut)
