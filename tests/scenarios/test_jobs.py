"""The jobs: `gateway work`, and the round that `gateway serve` runs inside."""

import json
import shutil
import socket
import subprocess
import sys
import time

import pytest

from gateway.cli.main import run
from gateway.identity import keys, packed
from gateway.opened import opened
from gateway.pipeline import link
from gateway.pipeline.work import due, round_
from gateway.store import jobs, people
from gateway.web.session import FACES
from tests.homes import NOW, make_home


@pytest.fixture
def home(tmp_path):
    return make_home(tmp_path / "home")


def test_work_once_pulls_what_is_due_and_tells_it_as_rows(home, capsys):
    assert run(["--home", str(home), "work", "--once", "--jsonl"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(r["kind"], r["what"]) for r in rows] == [("pull", "north"), ("pull", "south"), ("checkpoint", "log")]
    assert run(["--home", str(home), "work", "--once", "--json"]) == 0
    assert [r["kind"] for r in json.loads(capsys.readouterr().out)["rows"]] == ["checkpoint"]


def test_a_source_that_fails_is_told_by_the_exit_code(home, capsys):
    shutil.rmtree(home / "inbox/north")
    assert run(["--home", str(home), "work", "--once"]) == 8


def test_a_job_of_a_source_that_was_removed_meanwhile_does_not_stop_the_others(home):
    with opened(home, lambda: NOW) as gate, gate.store.write(NOW) as tx:
        jobs.enqueue(tx, "pull", "gone", "gone")
    with opened(home, lambda: NOW) as gate:
        done = list(round_(gate))
        assert list(round_(gate)) == [{"kind": "checkpoint", "what": "log", "said": "at entry 3", "failed": False}]
    assert [(j["what"], j["failed"]) for j in done] == [("gone", False), ("north", False), ("south", False), ("log", False)]


@pytest.mark.parametrize("server", ("granian", "waitress"))
def test_serve_runs_the_jobs_inside(home, server):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "gateway.cli", "--home", str(home), "serve", "--server", server,
                                "--port", str(port), "--links"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for _ in FACES:
            assert f" http://127.0.0.1:{port}/signin?key=" in process.stdout.readline(), "a link that leads where nobody listens"
        until = time.monotonic() + 60
        while time.monotonic() < until and "checkpoint" not in (line := process.stderr.readline()):
            assert "pull" in line or "Serving" in line, line
        assert "checkpoint" in line
    finally:
        process.terminate()
        assert process.wait(20) is not None
    with opened(home) as gate, gate.store.read() as tx:
        assert gate.log.size() > 0 and not tx.conn.exec_driver_sql("select * from jobs").all()


def test_people_who_were_linked_by_another_version_are_linked_anew(home, monkeypatch):
    """Kept under other blocking keys nobody is found; the first round after an upgrade mends it, the next has nothing to do."""
    with monkeypatch.context() as older:
        older.setattr(packed, "VERSION", "older")
        older.setattr(link, "keys", lambda features: frozenset({f"another key {id(features)}"}))
        with opened(home, lambda: NOW) as gate:
            list(round_(gate))
            with gate.store.read() as tx:
                before = {k.ref: (k.person, k.features.split('"')[1]) for k in people.everyone(tx)}
    with opened(home, lambda: NOW) as gate:
        assert due(gate)[0] == ("relink", "everybody")
        first = next(iter(round_(gate)))
        assert (first["kind"], first["failed"]) == ("relink", False) and first["said"].startswith(f"{len(before)} records linked anew")
        with gate.store.read() as tx:
            after = {k.ref: (k.person, k.features.split('"')[1]) for k in people.everyone(tx)}
            assert people.candidates(tx, keys(packed.unpacked(next(people.everyone(tx)).features)))
        assert len({p for p, _ in after.values()}) < len({p for p, _ in before.values()})
        assert {v for _, v in before.values()} == {"older"} and {v for _, v in after.values()} == {packed.VERSION}
        assert "relink" not in [kind for kind, _ in due(gate)]
