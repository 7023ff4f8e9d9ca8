"""The long suites in small: what `make prove` runs for minutes holds for a few seconds too, and its figures can miss."""

from tests.prove import fuzz, kill


def test_a_pull_that_is_killed_and_resumed_is_the_same():
    assert [f for f in kill.prove(n=20, homes=1, kills=1, messages=100) if not f.holds] == []


def test_damaged_files_break_no_command():
    assert [f for f in fuzz.prove(seconds=4) if not f.holds] == []
