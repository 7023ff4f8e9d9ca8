"""Damaged files, a machine that refuses, wrong settings, two pulls at once: one clear issue each, nothing stored half."""

import json
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from gateway import config
from gateway.cli.main import run
from gateway.errors import ConfigError, Exit, Fatal, IntegrityError, Retry
from gateway.opened import opened
from gateway.store.engine import Store, engine_of
from tests.homes import EVA, NOW, make_home


@pytest.fixture
def home(tmp_path):
    folder = make_home(tmp_path / "home")
    assert run(["--home", str(folder), "pull"]) == 0
    return folder


def call(capsys, *args):
    capsys.readouterr()
    code = run([str(a) for a in args])
    told = capsys.readouterr()
    assert "defect" not in told.err and "Traceback" not in told.err, told.err
    return code, told.out, told.err


@pytest.mark.parametrize("command", [["status"], ["pull"], ["record", EVA], ["doctor"], ["audit", "verify"], ["audit", "search"]])
@pytest.mark.parametrize("file", ["gateway.db", "transfers.db"])
def test_a_file_that_is_no_database_is_told_as_damage(home, capsys, command, file):
    for rest in (home / "data").glob(f"{file}-*"):
        rest.unlink()
    (home / "data" / file).write_bytes(b"hello " * 999)
    code, out, err = call(capsys, "--home", home, *command)
    assert (code, file in err) == ((7, True) if command != ["doctor"] or file == "transfers.db" else (1, False))
    assert "backup" in out + err


def test_pages_that_were_overwritten_are_told_as_damage(home, capsys):
    with sqlite3.connect(home / "data/gateway.db") as db:
        db.execute("pragma wal_checkpoint(truncate)")
    data = bytearray((home / "data/gateway.db").read_bytes())
    data[8192:16384] = b"\x55" * 8192
    (home / "data/gateway.db").write_bytes(data)
    assert call(capsys, "--home", home, "record", EVA)[0] == 7


@pytest.mark.parametrize("cause, kind, code", [
    ("SQLITE_FULL", Fatal, "store-full"), ("SQLITE_IOERR_SHMSIZE", Fatal, "store-full"), ("53100", Fatal, "store-full"),
    ("SQLITE_READONLY", Retry, "store-readonly"), ("SQLITE_READONLY_DBMOVED", Retry, "store-readonly"),
    ("SQLITE_CANTOPEN", Retry, "store-readonly"), ("SQLITE_BUSY", Retry, "store-unreachable")])
def test_what_the_disk_refuses_has_a_name_and_a_next_step(cause, kind, code):
    class Refused(sqlite3.OperationalError):
        sqlite_errorname = cause

    store = Store(engine_of("sqlite://"), None)
    with pytest.raises(kind) as caught, store.begin():
        raise sa.exc.OperationalError("select", {}, Refused())
    assert caught.value.issue.code == code and caught.value.issue.hint


@pytest.mark.parametrize("cause", ["SQLITE_CORRUPT", "SQLITE_NOTADB"])
def test_a_damaged_store_is_an_integrity_failure(cause):
    class Damaged(sqlite3.DatabaseError):
        sqlite_errorname = cause

    with pytest.raises(IntegrityError) as caught, Store(engine_of("sqlite://"), None).begin():
        raise sa.exc.DatabaseError("select", {}, Damaged())
    assert caught.value.exit is Exit.integrity


def test_what_the_system_refuses_is_no_defect(home, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = call(capsys, "init", tmp_path / "file" / "home")
    assert code == 4 and "file" in err
    code, _, err = call(capsys, "--home", home, "backup", tmp_path / "none" / "b.tgz")
    assert code == 4 and "none" in err


def test_a_backup_is_whole_or_not_there_and_only_for_its_owner(home, capsys, tmp_path, monkeypatch):
    out = tmp_path / "b.tgz"
    monkeypatch.setattr("gateway.pipeline.copies._copy", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert call(capsys, "--home", home, "backup", out)[0] == 4
    assert list(tmp_path.glob("*b.tgz*")) == []
    monkeypatch.undo()
    assert call(capsys, "--home", home, "backup", out)[0] == 0
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("spoil", [lambda d: b"junk", lambda d: d[:len(d) // 2], lambda d: d[:len(d) // 2] + b"\0\1\2" + d[len(d) // 2 + 3:],
                                   lambda d: b""])
def test_a_backup_that_is_damaged_restores_nothing(home, capsys, tmp_path, spoil):
    out = tmp_path / "b.tgz"
    assert call(capsys, "--home", home, "backup", out)[0] == 0
    out.write_bytes(spoil(out.read_bytes()))
    code, _, err = call(capsys, "restore", out, tmp_path / "new")
    assert code == 7 and "nothing was restored" in err and not (tmp_path / "new").exists()


def test_a_database_elsewhere_is_not_said_to_be_backed_up(tmp_path, capsys):
    home = make_home(tmp_path / "home", database=f"sqlite:///{tmp_path}/elsewhere.db")
    code, _, err = call(capsys, "--home", home, "backup", tmp_path / "b.tgz")
    assert code == 3 and "database" in err and not (tmp_path / "b.tgz").exists()


@pytest.mark.parametrize("line, told", [
    ('rhythm = "now and then"', "rhythm"), ('max_unmapped = "few"', "max_unmapped"), ('timezone = "Mars/Olympus"', "timezone")])
def test_a_setting_that_is_not_understood_is_told_with_its_line(home, capsys, line, told):
    (home / "sources/z.toml").write_text(f'kind = "fhir"\nconnection = {{ folder = "inbox" }}\n{line}\n')
    code, _, err = call(capsys, "--home", home, "pull", "z")
    assert code == 3 and "z.toml:3" in err and told in err


@pytest.mark.parametrize("text, where", [
    ('organisation = "x"\nkind = "nope"\n', "z.toml:2"), ('kind = "csv"\n\n[connection]\nfolder = "x"\nblah = 1\n', "z.toml:5"),
    ('kind = "csv"\nconnection = { folder = "x", blah = 1 }\n', "z.toml:2"), ('kind = "csv"\n', "z.toml"),
    ('kind = "csv"\nconnection = { folder = "" }\n', "z.toml:2")])
def test_a_source_that_cannot_be_read_is_told_with_its_line_and_the_others_go_on(home, capsys, text, where):
    (home / "sources/z.toml").write_text(text)
    code, out, err = call(capsys, "--home", home, "pull", "--jsonl")
    assert code == 8 and where in err
    assert [bool(json.loads(row)["failed"]) for row in out.splitlines()] == [False, False, True]


@pytest.mark.parametrize("options, told", [
    (("--timezone", "Mars/Olympus"), "timezone"), (("--timezone", "../../etc/passwd"), "timezone")])
def test_a_source_that_would_stop_the_home_is_never_written(home, capsys, options, told):
    code, _, err = call(capsys, "--home", home, "source", "add", "west", "--kind", "hl7v2", "--path", "in", *options)
    assert code == 3 and told in err and "west.toml:2" in err and not (home / "sources/west.toml").exists()
    assert call(capsys, "--home", home, "status")[0] == 0


def test_no_source_is_written_where_no_home_is(tmp_path, capsys):
    code, _, err = call(capsys, "--home", tmp_path / "none", "source", "add", "west", "--kind", "hl7v2", "--path", "in")
    assert code == 3 and "no home" in err and not (tmp_path / "none").exists()


@pytest.mark.parametrize("name, text, setting, value", [
    ("BASE_URL", "https://gateway.example", "base_url", "https://gateway.example"), ("LANGUAGES", "sv, en", "languages", ("sv", "en")),
    ("TERMINOLOGY_SECONDS", "7", "terminology_seconds", 7), ("ISSUERS", '{"https://idp.example":{"keys":[]}}', "issuers",
                                                             {"https://idp.example": {"keys": []}})])
def test_every_setting_can_come_from_the_environment(home, monkeypatch, name, text, setting, value):
    monkeypatch.setenv(f"GATEWAY_{name}", text)
    assert getattr(config.load(home), setting) == value


@pytest.mark.parametrize("name, text", [("TERMINOLOGY_SECONDS", "soon"), ("ISSUERS", "[]"), ("ISSUERS", "{")])
def test_a_variable_that_is_not_understood_is_told_by_its_name(home, capsys, monkeypatch, name, text):
    monkeypatch.setenv(f"GATEWAY_{name}", text)
    code, _, err = call(capsys, "--home", home, "status")
    assert code == 3 and f"GATEWAY_{name}" in err


def test_who_names_nobody_finds_nobody_and_is_told(home, capsys):
    for words in ((), ("--family", " "), ("",)):
        code, _, err = call(capsys, "--home", home, "person", "find", *words)
        assert code == 2 and "nothing says who it is" in err


def test_a_source_without_a_place_never_reads_the_folder_that_one_stands_in(home, capsys, tmp_path, monkeypatch):
    (tmp_path / "mine.csv").write_text("a,b\n1,2\n")
    monkeypatch.chdir(tmp_path)
    assert call(capsys, "--home", home, "source", "add", "west", "--kind", "csv")[0] == 0
    code, _, err = call(capsys, "--home", home, "pull", "west")
    assert code == 3 and "west.toml" in err


def test_three_pulls_at_once_add_everything_once(tmp_path):
    home = make_home(tmp_path / "home")
    for name, patient in (("north", "n1"), ("south", "s1")):
        rows = [{"resourceType": "Condition", "id": f"c{n}", "code": {"text": f"x{n}"}, "subject": {"reference": f"Patient/{patient}"}}
                for n in range(300)]
        (home / f"inbox/{name}/more.ndjson").write_text("".join(json.dumps(r) + "\n" for r in rows))
    command = [sys.executable, "-m", "gateway.cli", "--home", str(home), "pull", "--jsonl"]
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: subprocess.run(command, capture_output=True, check=False), range(3)))
    rows = [json.loads(line) for d in done for line in d.stdout.splitlines()]
    assert [d.returncode for d in done] == [0, 0, 0] and sum(r["new"] for r in rows) == 606 and not any(r["failed"] for r in rows)
    with opened(home) as gate, gate.store.read() as tx:
        assert tx.conn.exec_driver_sql("select count(*) from facts").scalar() == 606
        assert tx.conn.exec_driver_sql("select max(number) = count(*) from changes").scalar() == 1


def test_a_clock_that_goes_back_loses_nothing_and_keeps_the_order(tmp_path):
    home = make_home(tmp_path / "home")
    from datetime import timedelta

    from gateway.pipeline.pull import pull

    times = iter([NOW, *(NOW - timedelta(days=n) for n in range(1, 99))])
    with opened(home, lambda: next(times)) as gate:
        for name in ("north", "south"):
            assert not pull(gate, name).failed
        with gate.store.read() as tx:
            at = [a for (a,) in tx.conn.exec_driver_sql("select at from changes order by number")]
        assert at == sorted(set(at)) and len(at) >= 2


def test_a_home_that_never_signed_verifies_after_its_first_pull(home, capsys):
    assert call(capsys, "--home", home, "audit", "verify")[0] == 0
    shutil.rmtree(home / "inbox")
    code, out, _ = call(capsys, "--home", home, "pull")
    assert code in (4, 3) and "north" in out


def _newer(home):
    with sqlite3.connect(home / "data/gateway.db") as db:
        db.execute("update alembic_version set version_num = 'z999'")


def _folder_of_sources(home):
    shutil.rmtree(home / "sources")
    (home / "sources").write_text("")


@pytest.mark.parametrize("spoil, exit, told", [
    (lambda h: (h / "secrets/id.key").write_text(""), 3, "secrets/id.key"), (lambda h: (h / "secrets/master.key").write_text("ab"), 3, "secrets/master.key"),
    (lambda h: (h / "secrets/log.key").unlink(), 3, "secrets/log.key"), (_newer, 3, "another version"), (_folder_of_sources, 3, "folder of sources"),
    (lambda h: shutil.rmtree(h / "sources"), 3, "folder of sources"),
    (lambda h: (h / "data/erased.jsonl").write_text('{"id":"1"}\n'), 7, "erase orders"), (lambda h: (h / "data/erased.jsonl").write_text('[]\n'), 7, "erase orders")])
def test_a_spoiled_home_is_opened_by_nobody_and_the_cause_is_named(home, capsys, spoil, exit, told):
    spoil(home)
    code, out, err = call(capsys, "--home", home, "status")
    assert code == exit and told in err and "defect" not in err and not out
    code, out, _ = call(capsys, "--home", home, "doctor")
    assert code == 1 and told in out


@pytest.mark.parametrize("key", ["session", "issuer"])
def test_a_key_that_anybody_could_guess_signs_nothing(home, capsys, key):
    (home / f"secrets/{key}.key").write_text("")
    with opened(home) as gate, pytest.raises(ConfigError, match="32 bytes"):
        gate.home.secret(key)
    code, out, _ = call(capsys, "--home", home, "doctor")
    assert code == 1 and f"secrets/{key}.key" in out
    code, _, err = call(capsys, "--home", home, "serve", "--no-work")
    assert code == 3 and f"secrets/{key}.key" in err and "Serving" not in err


def test_doctor_tells_every_mistake_of_the_settings(home, capsys):
    (home / "sources/z.toml").write_text('kind = "csv"\ntimezon = "UTC"\nrythm = "daily"\n')
    out = call(capsys, "--home", home, "doctor")[1]
    assert "z.toml:2" in out and "z.toml:3" in out
