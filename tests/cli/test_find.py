"""`gateway person find`: whoever is alike is found too, each with its grade (issue point 5; ID-09)."""

import json
import subprocess
import sys

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


@pytest.mark.parametrize("words", [("Eva", "Öberg"), ("Öberg", "Eva"), ("Öberg, Eva",), ("Öberg,Eva",), ("ÖBERG,", "Eva"), ("eva oberg",), ("Öb", "Ev")])
def test_names_are_typed_as_they_are_said_or_as_they_are_listed(find, words):
    assert [name for name, _ in find(*words)] == ["ÖBERG, Eva"]


@pytest.mark.parametrize("words", [("Eva", "Lind"), ("Lind, Eva",), (",",)])
def test_each_word_of_a_name_must_be_there(find, words):
    assert find(*words) == []


@pytest.mark.parametrize("typed", [EVA, f"{EVA[:8]}-{EVA[8:]}", f"{EVA[:8]} {EVA[8:]}", f"{EVA[2:8]}-{EVA[8:]}"])
def test_a_number_is_typed_with_what_parts_it_or_without(find, typed):
    assert [name for name, _ in find("--identifier", typed)] == ["ÖBERG, Eva"]


@pytest.mark.parametrize("born", ["1961", "1961-02", "ge1961-02-03", "lt2000"])
def test_what_leads_to_nobody_in_particular_is_not_called_nobody(find, capsys, born):
    code, _, err = call(capsys, "--home", find.folder, "person", "find", "--birthdate", born)
    assert code == 2 and "too-costly" in err
    assert find("--birthdate", born, "--family", "Öberg") != []


@pytest.mark.parametrize("args", [["find", "--family", b"\xff\xfe"], ["show", b"\xe9"], ["find", b"\xff", "--reason", "x"]])
def test_an_argument_that_is_no_utf8_is_told_of(find, args):
    done = subprocess.run([sys.executable, "-m", "gateway.cli", "--home", str(find.folder), "person", *args], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "UTF-8" in done.stderr and "defect" not in done.stderr
