"""No setting is silently without effect: something reads it, or `doctor` and `source test` say that nothing does."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

import gateway
from gateway import idle
from gateway.cli.main import run
from gateway.config import Home, Source
from tests.homes import make_home

ELSEWHERE = {"config.py", "idle.py"}
CODE = {path: path.read_text("utf-8") for path in Path(gateway.__file__).parent.rglob("*.py") if path.name not in ELSEWHERE}
SHOWN = re.compile(r'"\w+": found\.\w+')                  # `source show` prints a setting: that is no effect of it
TOLD = {"agreement", "contact"}                           # what they are for is to be shown


def read(name: str) -> bool:
    """Does any code of the product ask for a setting of this name?"""
    text = "\n".join(SHOWN.sub("", code) for code in CODE.values())
    return bool(re.search(rf"\b(?:source|settings|home|found|s|self)\.{name}(?:_url)?\b", text)) or name in TOLD


@pytest.mark.parametrize("cls, table", [(Home, idle.HOME), (Source, idle.SOURCE)])
def test_every_setting_has_an_effect_or_is_told_as_idle(cls, table):
    names = {f.name for f in dataclasses.fields(cls)}
    assert table.keys() <= names
    assert {name for name in names if not read(name)} == set(table)


@pytest.fixture
def home(tmp_path):
    return make_home(tmp_path / "home")


def checks(capsys, home):
    capsys.readouterr()
    code = run(["--home", str(home), "doctor", "--json"])
    return code, [c for c in json.loads(capsys.readouterr().out)["checks"] if c["status"] != "ok"]


def add(home, line, name="sources/north.toml"):
    (home / name).write_text(f"{line}\n{(home / name).read_text('utf-8')}", "utf-8")


def test_settings_that_ask_for_nothing_are_not_told(capsys, home):
    assert checks(capsys, home) == (0, [])
    add(home, 'mode = "feed"\nhold = ""\ncontact = "it@north.example"')
    assert checks(capsys, home) == (0, [])


@pytest.mark.parametrize("line", ['hold = "P30D"', 'retention = "10 years"'])
def test_a_setting_of_a_source_that_changes_nothing_is_told(capsys, home, line):
    add(home, line)
    code, (found,) = checks(capsys, home)
    assert code == 1 and found["status"] == "IDLE" and found["subject"] == "setting sources/north.toml"
    assert found["evidence"].startswith(line.partition(" ")[0]) and "no effect yet" in found["evidence"]
    capsys.readouterr()
    assert run(["--home", str(home), "source", "test", "north", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["idle"] == [found["evidence"]]
    assert run(["--home", str(home), "source", "test", "north"]) == 0 and "IDLE" in capsys.readouterr().out


@pytest.mark.parametrize("name, line", [("law_packs", 'law_packs = ["se"]')])
def test_a_setting_of_the_home_that_changes_nothing_is_told(capsys, home, name, line):
    add(home, line, "gateway.toml")
    code, (found,) = checks(capsys, home)
    assert code == 1 and found["evidence"].startswith(name)


@pytest.mark.parametrize("name, value", [("LANGUAGES", "sv,en"), ("JURISDICTION", "DK")])
def test_a_setting_of_the_environment_that_changes_nothing_is_told(capsys, home, monkeypatch, name, value):
    monkeypatch.setenv(f"GATEWAY_{name}", value)
    code, (found,) = checks(capsys, home)
    assert code == 1 and found["evidence"].startswith(name.lower())


@pytest.mark.parametrize("kind, connection", [("fhir", '{ folder = "inbox/north" }'), ("csv", '{ folder = "inbox/north" }'),
                                              ("fhir", '{ url = "http://127.0.0.1:9/fhir", origins = ["x"] }')])
def test_a_source_that_cannot_be_compared_is_told(capsys, home, kind, connection):
    (home / "sources/north.toml").write_text(f'kind = "{kind}"\nreconcile = "7 days"\nconnection = {connection}\n'
                                             + ('mapping = ["csv/laboratory"]\n' if kind == "csv" else ""), "utf-8")
    code, (found,) = checks(capsys, home)
    assert code == 1 and (found["status"], found["subject"]) == ("FAIL", "reconcile north")
    assert run(["--home", str(home), "pull", "north", "--reconcile", "--dry-run"]) == 3
    assert "cannot be compared" in capsys.readouterr().err
    if "folder" in connection:
        run(["--home", str(home), "source", "test", "north", "--json"])
        assert "no effect" in json.loads(capsys.readouterr().out)["idle"][0]


@pytest.mark.parametrize("text", ["often", "0 days", "7"])
def test_a_reconcile_that_is_no_duration_is_an_error(capsys, home, text):
    add(home, f'reconcile = "{text}"')
    assert run(["--home", str(home), "pull", "north"]) == 3 and "north.toml:1" in capsys.readouterr().err


def test_believe_goes_with_reconcile_and_that_with_a_source(capsys, home):
    assert run(["--home", str(home), "pull", "--believe"]) == 2
    assert run(["--home", str(home), "pull", "--reconcile"]) == 2 and "none was compared" in capsys.readouterr().err
