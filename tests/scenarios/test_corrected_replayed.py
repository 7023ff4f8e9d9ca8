"""A replay drops a version of a result that a server gave another patient: the record is that of what is still said."""

from itertools import permutations

import pytest

from gateway.pipeline import replay as replays
from gateway.reading.process import Outcome
from gateway.store import units
from tests.scenarios.test_corrected import client, glucose, owners, send  # noqa: F401

VERSIONS = (("n1", "1"), ("n2", "2"), ("n1", "3"))


def emptied(home, monkeypatch, dropped):
    """The messages of these versions are read again, by a mapping that says nothing of them; the rest as before."""
    real = replays.process

    def process(reader, message):
        gone = any(f'"versionId":"{version}"'.encode() in message.raw and b'"id":"x"' in message.raw for _, version in dropped)
        return Outcome("done") if gone else real(reader, message)
    monkeypatch.setattr(replays, "process", process)
    with home.gate.store.read() as tx:
        every = [u.id for u in units.find(tx, source="north")]
    assert replays.replay(home.gate, every)["failed"] == 0


@pytest.mark.parametrize("dropped", [d for n in (1, 2) for d in permutations(VERSIONS, n) if list(d) == sorted(d)])
@pytest.mark.parametrize("order", list(permutations(VERSIONS)))
def test_what_is_said_no_more_takes_nothing_back(client, monkeypatch, order, dropped):  # noqa: F811
    for whom, version in order:
        send(client, glucose(whom, version))
    assert owners(client) == {"n1"}
    emptied(client, monkeypatch, dropped)
    assert owners(client) == {max((v for v in VERSIONS if v not in dropped), key=lambda v: v[1])[0]}
    monkeypatch.undo()
    emptied(client, monkeypatch, ())
    assert owners(client) == {"n1"}


def test_what_two_messages_say_holds_as_long_as_one_does(client, monkeypatch):  # noqa: F811
    send(client, glucose("n2", "2"))
    send(client, glucose("n1", "1"))
    send(client, glucose("n2", "2"), glucose("n2", "2", note=[{"text": "again"}]))
    assert owners(client) == {"n2"}
    emptied(client, monkeypatch, [("n2", "2")])
    assert owners(client) == {"n1"}
