"""A source that is being tried out: no gap in anybody's record, and what it tells is marked as such."""

import pytest

from gateway.cli.main import run
from tests.homes import EVA, allergy, call, make_home, patient

TRIED = {"north": [patient("n1", "Öberg", "Eva", "1961-02-03", EVA)],
         "south": [patient("s2", "Lind", "Karin", "1970-05-06", "197005066787"), allergy("sa", "s2", "Latex")]}


@pytest.fixture
def home(tmp_path):
    folder = make_home(tmp_path / "home", TRIED)
    with (folder / "sources" / "south.toml").open("a") as f:
        f.write('state = "test"\n')
    run(["--home", str(folder), "pull"])
    return folder


def told(capsys, home, family):
    (person,) = call(capsys, home, "person", "find", "--family", family, "--reason", "test", "--jsonl")
    (record,) = call(capsys, home, "record", person["person"], "--reason", "test", "--json")
    run(["--home", str(home), "person", "show", person["person"]])
    return record["sections"], capsys.readouterr().out


def test_its_silence_is_no_gap_in_the_records_of_others(capsys, home):
    sections, page = told(capsys, home, "Öberg")
    assert set(sections["allergies"]["sources"]) == {"north"} and "South" not in page


def test_what_it_tells_is_shown_and_marked(capsys, home):
    sections, page = told(capsys, home, "Lind")
    assert sections["allergies"]["sources"]["south"] == "data" and sections["results"]["sources"]["south"] == "unsupported"
    assert "South Hospital (SE) is in test: what it tells has not been checked yet." in page
    assert "did not answer" not in page


def test_it_is_listed_with_its_state(capsys, home):
    states = {s["name"]: s["state"] for s in call(capsys, home, "source", "list", "--jsonl")}
    assert states == {"north": "data", "south": "not_asked"}


def test_a_source_that_was_live_and_is_paused_is_a_gap(capsys, home):
    run(["--home", str(home), "source", "go-live", "south"])
    run(["--home", str(home), "source", "pause", "south"])
    assert "South Hospital (SE) was not asked: it is not live." in told(capsys, home, "Öberg")[1]
