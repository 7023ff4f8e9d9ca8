"""A backup or restore that breaks off, at any step: the old archive stays, no half home appears, run again and it is done."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_commands import call
from tests.homes import EVA, make_home

# What is killed: the nth call of one of these functions never returns.
KILL = """
import os, pkgutil, signal, sys
from gateway.cli.main import main
owner, name = sys.argv[1].rsplit(".", 1)
target, nth = pkgutil.resolve_name(owner), int(sys.argv[2])
real, count = getattr(target, name), 0
def dies(*a, **k):
    global count
    count += 1
    if count == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*a, **k)
setattr(target, name, dies)
sys.argv = ['gateway', *sys.argv[3:]]
main()
"""


def killed_at(step: str, nth: int, *words: object) -> None:
    done = subprocess.run([sys.executable, "-c", KILL, step, str(nth), *map(str, words)], capture_output=True, timeout=120)
    assert done.returncode == -9, done.stderr


@pytest.fixture
def home(tmp_path, capsys):
    folder = make_home(tmp_path / "home")
    assert call(capsys, "--home", folder, "pull")[0] == 0
    return folder


def left(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


@pytest.mark.parametrize("step, nth", [("gateway.pipeline.copies._copy", 1), ("gateway.pipeline.copies._add", 4),
                                       ("pathlib.Path.replace", 1)])
def test_a_backup_that_is_killed_leaves_the_old_one_and_is_done_again(home, tmp_path, capsys, step, nth):
    out = tmp_path / "b.tgz"
    assert call(capsys, "--home", home, "backup", out)[0] == 0
    old = out.read_bytes()
    killed_at(step, nth, "--home", home, "backup", out)
    assert out.read_bytes() == old
    code, told, _ = call(capsys, "--home", home, "backup", out, "--json")
    assert code == 0 and json.loads(told)["replaced"] and left(tmp_path) == {"home", "b.tgz"}
    assert call(capsys, "restore", out, tmp_path / "new")[0] == 0


@pytest.mark.parametrize("step, nth", [("shutil.rmtree", 1), ("tarfile.TarFile.extractall", 1), ("os.sync", 1),
                                       ("gateway.pipeline.copies._join", 1), ("gateway.store.erase.scrub", 1)])
def test_a_restore_that_is_killed_shows_no_home_and_nobody_erased(home, tmp_path, capsys, step, nth):
    out, new = tmp_path / "b.tgz", tmp_path / "new"
    assert call(capsys, "--home", home, "backup", out)[0] == 0
    person = json.loads(call(capsys, "--home", home, "record", EVA, "--json", "--reason", "t")[1])["person"]
    assert call(capsys, "--home", home, "person", "erase", person, "--order", "o1", "--yes")[0] == 0
    words = ("restore", out, new, "--erased", home / "data/erased.jsonl")
    killed_at(step, nth, *words)
    assert not new.exists()
    assert call(capsys, *words)[0] == 0 and left(tmp_path) == {"home", "b.tgz", "new"}
    assert call(capsys, "--home", new, "record", EVA, "--json")[0] == 2
    assert not any(EVA.encode() in p.read_bytes() for p in (new / "data").iterdir())


@pytest.mark.parametrize("step, nth", [("gateway.store.erase._apply", 1), ("gateway.store.erase._delete", 1),
                                       ("gateway.store.erase._scrub", 1), ("gateway.audit.log.TransferLog.forget", 1)])
def test_an_erasure_that_is_killed_is_finished_by_whoever_opens_the_home(home, capsys, step, nth):
    person = json.loads(call(capsys, "--home", home, "record", EVA, "--json", "--reason", "t")[1])["person"]
    killed_at(step, nth, "--home", home, "person", "erase", person, "--order", "o1", "--yes")
    assert call(capsys, "--home", home, "record", EVA, "--json")[0] == 2
    assert call(capsys, "--home", home, "status", "--json")[0] == 0
    code, _, err = call(capsys, "--home", home, "person", "erase", person, "--order", "o1", "--yes")
    assert code == 2 and "Order o1 was applied already" in err
    assert "already" not in call(capsys, "--home", home, "person", "erase", person, "--order", "o2", "--yes")[2]
    assert not any(EVA.encode() in p.read_bytes() for p in (home / "data").iterdir())


def test_orders_of_the_archive_and_those_that_came_later_are_both_applied(home, tmp_path, capsys):
    """An order stood in the archive, not yet applied there, when the newer list was another gateway's."""
    people = [json.loads(call(capsys, "--home", home, "record", n, "--json", "--reason", "t")[1])["person"]
              for n in (EVA, "197005066787")]
    other = tmp_path / "other"
    shutil.copytree(home, other)
    killed_at("gateway.store.erase._apply", 1, "--home", home, "person", "erase", people[0], "--order", "o1", "--yes")
    orders = (home / "data/erased.jsonl").read_bytes()
    assert call(capsys, "--home", other, "person", "erase", people[1], "--order", "o2", "--yes")[0] == 0
    assert call(capsys, "--home", home, "backup", tmp_path / "b.tgz")[0] == 0
    assert orders and call(capsys, "restore", tmp_path / "b.tgz", tmp_path / "new", "--erased", other / "data/erased.jsonl")[0] == 0
    assert json.loads(call(capsys, "--home", tmp_path / "new", "status", "--json")[1])["people"] == 0


def test_what_is_no_backup_is_not_replaced(home, tmp_path, capsys):
    for path in (home / "data/gateway.db", tmp_path / "thesis.doc"):
        path.touch()
        before = path.read_bytes()
        code, _, err = call(capsys, "--home", home, "backup", path)
        assert code == 2 and "no backup" in err and path.read_bytes() == before


def test_a_backup_in_the_home_does_not_grow_with_each_run(home, capsys, monkeypatch):
    monkeypatch.chdir(home)
    sizes = [json.loads(call(capsys, "--home", home, "backup", f"b{n}.tgz", "--json")[1])["files"] for n in (1, 2, 1)]
    assert len(set(sizes)) == 1


def test_a_restored_home_has_all_its_folders_and_keeps_keys_to_its_owner(home, tmp_path, capsys):
    assert call(capsys, "--home", home, "backup", tmp_path / "b.tgz")[0] == 0
    assert call(capsys, "restore", tmp_path / "b.tgz", tmp_path / "new")[0] == 0
    modes = {n: (tmp_path / "new" / n).stat().st_mode & 0o777 for n in ("secrets", "data", "mappings", "sources")}
    assert modes["secrets"] == modes["data"] == 0o700 and len(modes) == 4


def test_a_folder_that_is_there_stays_as_it_is(home, tmp_path, capsys):
    assert call(capsys, "--home", home, "backup", tmp_path / "b.tgz")[0] == 0
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine").write_text("x")
    code, _, err = call(capsys, "restore", tmp_path / "b.tgz", tmp_path / "new")
    assert code == 2 and "nothing was changed" in err and left(tmp_path / "new") == {"mine"}
