"""What is written for outsiders never takes the place of a file of the home, and a home whose log is gone says so."""

import json
import os
import sqlite3

import pytest

from gateway.audit.verify import verify_export
from gateway.cli.main import run
from tests.homes import make_home


@pytest.fixture
def home(tmp_path):
    folder = make_home(tmp_path / "home")
    assert run(["--home", str(folder), "pull"]) == 0
    return folder


def gateway(capsys, home, *words):
    capsys.readouterr()
    code = run(["--home", str(home), *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("name", ["data/transfers.db", "data/gateway.db", "secrets/log.key", "gateway.toml", "sources/north.toml", "data/new"])
def test_no_export_takes_the_place_of_a_file_of_the_home(capsys, home, tmp_path, name):
    (tmp_path / "link").symlink_to(home / name)
    before = {p: p.read_bytes() for p in home.rglob("*") if p.is_file() and p.suffix != ".db-wal"}
    unit = json.loads(gateway(capsys, home, "msg", "list", "--jsonl")[1].splitlines()[0])["id"]
    for place in (home / name, tmp_path / "link", home / "sources/.." / name):
        assert gateway(capsys, home, "audit", "export", "--out", place, "--anchors", tmp_path / "a")[0] == 2
        assert gateway(capsys, home, "audit", "export", "--out", tmp_path / "o", "--anchors", place)[0] == 2
        assert gateway(capsys, home, "msg", "export", unit, "--out", place, "--reason", "test")[0] == 2
    changed = {p.name for p, held in before.items() if p.read_bytes() != held}
    assert changed <= {"transfers.db", "transfers.db-shm", "gateway.db-shm"} and not (tmp_path / "a").exists()
    assert gateway(capsys, home, "audit", "verify")[0] == 0


def test_log_and_anchors_are_two_files(capsys, home, tmp_path):
    code, _, err = gateway(capsys, home, "audit", "export", "--out", tmp_path / "x", "--anchors", tmp_path / "." / "x")
    assert code == 2 and "one name" in err and not (tmp_path / "x").exists()


def test_an_export_that_breaks_off_leaves_the_file_that_was_there(capsys, home, tmp_path, monkeypatch):
    out, anchors = tmp_path / "log.jsonl", tmp_path / "anchors"
    assert gateway(capsys, home, "audit", "export", "--out", out, "--anchors", anchors)[0] == 0
    before = out.read_bytes()

    def torn(self, first=1, last=None):
        yield b"{}"
        raise OSError(28, "No space left on device")
    monkeypatch.setattr("gateway.audit.log.TransferLog.lines", torn)
    assert gateway(capsys, home, "audit", "export", "--out", out, "--anchors", anchors)[0] == 2
    assert out.read_bytes() == before and verify_export(before, anchors.read_bytes()).state == "VERIFIED"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["anchors", "home", "log.jsonl"]


def test_an_export_may_go_to_a_pipe(home, capfd):
    reading, writing = os.pipe()
    assert run(["--home", str(home), "audit", "export", "--out", f"/dev/fd/{writing}", "--anchors", "/dev/null"]) == 0
    os.close(writing)
    with os.fdopen(reading, "rb") as f:
        assert json.loads(f.readline())["entry"] == 1


def test_a_home_whose_log_is_gone_hands_nothing_over(capsys, home):
    for file in (home / "data").glob("transfers.db*"):
        file.unlink()
    for words in (["record", "196102033450"], ["audit", "verify"], ["pull"], ["doctor", "--offline"]):
        code, out, err = gateway(capsys, home, *words)
        assert code == (1 if words[0] == "doctor" else 7) and "log is gone" in out + err
    assert not (home / "data/transfers.db").exists()
    (home / "data/transfers.db").touch()
    assert gateway(capsys, home, "audit", "verify")[0] == 0


def test_a_log_without_entries_is_whole_unless_it_had_some(capsys, tmp_path, home):
    fresh = make_home(tmp_path / "fresh", {})
    for words in (["audit", "verify"], ["audit", "anchor"], ["audit", "verify"], ["doctor"]):
        assert gateway(capsys, fresh, *words)[0] == 0, words
    assert gateway(capsys, home, "audit", "verify")[0] == 0
    with sqlite3.connect(home / "data/transfers.db") as db:
        db.execute("delete from entries")
    code, out, _ = gateway(capsys, home, "doctor", "--offline")
    assert code == 1 and "BROKEN" in out and gateway(capsys, home, "audit", "verify")[0] == 7


@pytest.mark.parametrize("number", ["0", "99999999999999999999999"])
def test_an_entry_that_cannot_be_is_not_there(capsys, home, number):
    assert gateway(capsys, home, "audit", "show", number)[0] == 2
