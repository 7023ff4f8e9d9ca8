"""`gateway person find`: whoever is alike is found too, each with its grade (issue point 5; ID-09)."""

import json

import pytest

from gateway.model import Fact
from gateway.opened import opened
from gateway.pipeline.write import write_facts
from tests.api.test_match import hide
from tests.cli.test_commands import call
from tests.homes import EVA, make_home


@pytest.fixture
def find(tmp_path, capsys):
    folder = make_home(tmp_path / "home")
    call(capsys, "--home", folder, "pull")

    def found(*words):
        _, out, err = call(capsys, "--home", folder, "person", "find", *words, "--jsonl", "--reason", "test")
        assert "Traceback" not in err
        return [(r["name"], r["match"]) for r in map(json.loads, out.splitlines())]
    found.folder = folder
    return found


def test_whoever_is_certain_probable_or_only_possible_is_called_so(find):
    assert find("--family", "Öberg", "--given", "Eva", "--birthdate", "1961-02-03", "--identifier", f"urn:oid:1.2.752.129.2.1.3.1|{EVA}") == [
        ("ÖBERG, Eva", "certain")]
    assert find("--family", "Öberg", "--given", "Eva", "--birthdate", "1961-02-03") == [("ÖBERG, Eva", "probable")]
    assert find("--family", "Öberg") == [("ÖBERG, Eva", "possible")]


def test_a_slip_of_the_pen_still_finds(find):
    assert find("--family", "Oberg", "--given", "Eva", "--birthdate", "1961-03-02") != []
    assert find("--family", "Öbreg", "--given", "Eva", "--birthdate", "1961-02-03") == [("ÖBERG, Eva", "probable")]
    assert find("--family", "Nobody", "--given", "Nils", "--birthdate", "1901-01-02") == []


def test_what_only_a_hidden_source_knows_finds_nobody(find):
    from tests.homes import patient
    with opened(find.folder) as gate:
        write_facts(gate, [Fact("west", "1", patient("w1", "Falk", "Bo", "1972-11-19", "197211191114"))])
    assert find("--family", "Flak", "--given", "Bo", "--birthdate", "1972-11-19") != []
    with opened(find.folder) as gate:
        hide(gate, "west", "w1")
    assert find("--family", "Flak", "--given", "Bo", "--birthdate", "1972-11-19") == []
