"""`make demo` as a user runs it: every proof holds, the report fits, two runs print the same, the next commands work."""

import json
import re
import shlex
import subprocess
import sys

import pytest

from gateway.cli.main import run


def demo(folder):
    done = subprocess.run([sys.executable, "-m", "tests.demo", str(folder), "40", "1"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "home"
    return folder, demo(folder), json.loads((folder / "demo.json").read_text("utf-8"))


def test_the_report_has_every_section_and_fits(ran):
    lines = ran[1].splitlines()
    sections = [line.split()[0] for line in lines if re.match(r"[A-Z]{3}", line)]
    assert sections == "SOURCES LEDGER PEOPLE RECORD CONFLICTS MISSING PROOFS LOG NEXT".split()
    commands = [line for line in lines if str(ran[0]) in line]
    assert len(lines) <= 80 and max(len(line) for line in lines if line not in commands) <= 100
    assert all(len(line.replace(str(ran[0]), ".demo")) <= 100 for line in commands)


def test_every_proof_holds_and_no_figure_is_hidden(ran):
    body = ran[2]
    assert len(body["proofs"]) >= 8 and all(body["proofs"].values())
    assert body["truth"]["false_links"] == 0 and body["ledger"]["facts_lost"] == 0 and body["ledger"]["unmapped"] > 0
    assert {s["country"] for s in body["sources"]} == {"SE", "DE", "DK"}
    assert [s["name"] for s in body["sources"] if s["state"] == "no_answer"] == ["strandby"]
    assert {"schema", "seconds", "sources", "ledger", "people", "patient", "record", "conflicts", "gaps", "truth", "proofs",
            "log"} <= set(body)


def test_two_runs_print_the_same_but_for_times(ran, tmp_path):
    def timeless(text, folder):
        return re.sub(r"20\d\d-\d\d-\d\d[T ][\d:]+Z?|(?:under )?\d+ (?:min|h) ago", "TIME", text.replace(str(folder), "HOME"))
    again = demo(tmp_path / "home")
    assert timeless(again, tmp_path / "home") == timeless(ran[1], ran[0])


def test_the_commands_of_next_work(ran, capsys):
    commands = [shlex.split(line)[1:] for line in ran[1].splitlines() if line.startswith("  .venv/bin/gateway")]
    assert len(commands) == 3
    assert [run(c) for c in commands] == [0, 1, 0]
    assert "OBX" in capsys.readouterr().out


def test_demo_json_agrees_with_the_record_and_the_log(ran, capsys):
    folder, _, body = ran
    assert run(["--home", str(folder), "record", body["patient"], "--json", "--purpose", "TREAT", "--reason", "check"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert {r["resource"] for r in body["record"]} == {f"{r['resourceType']}/{r['id']}" for r in record["resources"]}
    assert run(["--home", str(folder), "audit", "verify"]) == 0
