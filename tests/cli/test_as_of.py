"""Times that a user names (`record --as-of`, `audit search --from --to`): a day, an instant in any zone, nothing else."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.cli.main import run
from gateway.opened import opened
from gateway.pipeline.pull import pull
from tests.homes import EVA, make_home

PULLED = datetime(2026, 4, 1, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = make_home(tmp_path_factory.mktemp("h") / "home")
    with opened(folder, lambda: PULLED) as gate:
        pull(gate, "north")
    return str(folder)


@pytest.mark.parametrize(("time", "known"), [
    ("2026-04-01", True), ("2026-04", True), ("2026", True), ("2026-03-31", False), ("2026-03", False), ("2025", False), ("2026-04-01T12:00:30Z", True), ("2026-04-01T12:00:29Z", False), ("2026-04-01T14:00:30+02:00", True),
    ("2026-04-01T13:59:59+02:00", False), ("2026-04-01T05:00:30-07:00", True), ("2026-04-01T12:00:30.000000Z", True), ("2026-04-01T12:00:29.999Z", False), ("2030-01-01T00:00:00Z", True)])
def test_the_record_of_a_time(home, capsys, time, known):
    capsys.readouterr()
    assert run(["--home", home, "record", EVA, "--json", "--reason", "t", "--as-of", time]) == (0 if known else 2)
    out = capsys.readouterr().out
    assert not known or len(json.loads(out)["resources"]) == 3


@pytest.mark.parametrize("time", ["soon", "26", "2026-02-30", "2026-04-01T12:00:30", "20260401", "9999-12-31T23:59:59-14:00"])
def test_what_is_no_time_is_refused(home, capsys, time):
    assert run(["--home", home, "record", EVA, "--reason", "t", "--as-of", time]) == 2
    told = capsys.readouterr()
    assert not told.out and "neither a day nor an instant" in told.err


def entries(capsys, home, *args):
    capsys.readouterr()
    assert run(["--home", home, "audit", "search", "--jsonl", *args]) == 0
    return [json.loads(line)["time"] for line in capsys.readouterr().out.splitlines()]


def test_the_log_between_two_times(home, capsys):
    run(["--home", home, "record", EVA, "--reason", "t"])
    told = entries(capsys, home)
    day = told[-1][:10]
    assert len(entries(capsys, home, "--from", day, "--to", day)) >= sum(t.startswith(day) for t in told) > 0, "a day is told to its end"
    assert entries(capsys, home, "--to", "2026-01-01") == [] == entries(capsys, home, "--from", "2999")
    at = datetime.fromisoformat(told[-1])
    for zone in (UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-7))):
        moment = at.astimezone(zone).isoformat(timespec="milliseconds")
        assert entries(capsys, home, "--to", moment) == told[:len(entries(capsys, home, "--to", moment))] and told[-1] in entries(capsys, home, "--to", moment)
        assert entries(capsys, home, "--from", moment)[0] == told[-1]


@pytest.mark.parametrize("option", ["--from", "--to"])
@pytest.mark.parametrize("command", [["search"], ["accounting", "--person", "x", "--reason", "t"]])
def test_what_is_no_time_of_the_log_is_refused(home, capsys, command, option):
    for time in ("soon", "2026-02-30", "2026-04-01T12:00:30"):
        assert run(["--home", home, "audit", *command, option, time]) == 2
        told = capsys.readouterr()
        assert not told.out and f"at {option}" in told.err
