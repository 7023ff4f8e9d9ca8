"""What holds of every command, those to come included: both JSON forms with a schema, a dry run that changes nothing,
no stack trace (contract: "Commands of the product")."""

import hashlib
import json
import sqlite3
from contextlib import closing

import click
import pytest

from gateway.cli import main
from gateway.cli.main import run
from tests.homes import EVA, make_home

# Commands that print one thing alone (a token), run until stopped, or rebuild a checkout's demo.
ALONE = {"token", "serve", "listen", "demo"}
# Commands that change nothing but the log; every other one has --dry-run.
READS = {"audit accounting", "audit recipients", "audit search", "audit show", "audit verify", "doctor",
         "explain", "identity cluster", "ips build", "identity compare", "identity evaluate", "identity tune", "map coverage", "map explain", "map preview", "map run",
         "merge", "msg list", "msg problems", "msg show", "person changes", "person decided", "person find", "person review", "person rulings", "person show",
         "person sources", "record", "serve", "source list", "source sample", "source show", "source test", "status", "token", "validate",
         "view"}


def leaves(command=main.gateway, path=()):
    """Every command that is built, by its words."""
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from leaves(command.get_command(click.Context(command), name), (*path, name))
    elif "not built" not in (command.help or "").lower():
        yield " ".join(path), command


COMMANDS = dict(leaves())


def options(command):
    return {word for option in command.params for word in (*option.opts, *option.secondary_opts)}


@pytest.mark.parametrize("words", sorted(COMMANDS))
def test_both_json_forms_everywhere_and_a_dry_run_where_something_changes(words):
    known = options(COMMANDS[words])
    assert words in ALONE or {"--json", "--jsonl"} <= known
    assert words in READS or "--dry-run" in known


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with facts, a message that could not be read, and files to work on."""
    folder = make_home(tmp_path_factory.mktemp("home") / "home")
    (folder / "inbox/north/more.json").write_text('{"resourceType": "Patient", "id": ')
    (folder / "sources/asked.toml").write_text('kind = "fhir"\nmode = "ask"\nconnection = { url = "http://127.0.0.1:9/r4", attempts = 1 }\n')
    assert run(["--home", str(folder), "pull"]) == 1
    return folder


def rows(capsys, home, *args):
    capsys.readouterr()
    run(["--home", str(home), *args])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def words_of(home, capsys, tmp_path):
    """For each command, the words that call it: a place in the home or a file for each argument."""
    person = rows(capsys, home, "person", "find", "--identifier", EVA, "--jsonl", "--reason", "t")[0]["person"]
    unit = rows(capsys, home, "msg", "list", "--jsonl")[0]["id"]
    problem = rows(capsys, home, "msg", "problems", "--jsonl")[0]["id"]
    record = rows(capsys, home, "record", EVA, "--json", "--reason", "t")[0]
    entry = str(rows(capsys, home, "audit", "search", "--jsonl")[-1]["entry"])
    patient = {"resourceType": "Patient", "id": "p", "birthDate": "1961-02-03"}
    files = {"facts.jsonl": {"source": "a", "version": "1", "resource": patient}, "pairs.jsonl": {"a": patient, "b": patient},
             "patients.jsonl": {"source": "a", "resource": patient}, "request.json": {"purpose": "TREAT", "time": "2026-01-01"},
             "patient.json": patient, "record.json": {"resources": [patient], "provenance": {}, "issues": []}}
    for name, body in files.items():
        (tmp_path / name).write_text(json.dumps(body))
    (tmp_path / "people.csv").write_text("id,source,given,family\n1,a,Eva,Lind\n2,b,Eva,Lind\n")
    (tmp_path / "truth.csv").write_text("id_a,id_b\n1,2\n")
    (tmp_path / "tables/conceptmaps").mkdir(parents=True)
    (tmp_path / "tables/conceptmaps/x.json").write_text('{"resourceType": "ConceptMap", "version": "1", "status": "active", "group": []}')
    assert run(["--home", str(home), "backup", str(tmp_path / "b.tgz")]) == 0
    at = {name: str(tmp_path / name) for name in (*files, "people.csv", "truth.csv", "b.tgz", "out", "anchors", "new", "tables")}
    fact = next(iter(record["ledger"]))
    return {
        "ask": [person], "audit accounting": ["--person", person, "--reason", "t"], "audit anchor": [], "audit recipients": [fact],
        "audit export": ["--out", at["out"], "--anchors", at["anchors"]], "audit search": [], "audit show": [entry],
        "audit verify": [], "backup": [at["out"]], "bulk export": ["--out", at["out"] + "/new", "--reason", "t"], "bulk link": [at["people.csv"]], "bulk merge": ["--tables", at["tables"], "--diff"], "doctor": [],
        "explain": ["store-full"], "identity cluster": [at["patients.jsonl"]], "identity compare": [at["pairs.jsonl"]],
        "identity evaluate": [at["people.csv"], "--truth", at["truth.csv"]], "identity relink": [], "identity tune": [], "ips build": [at["record.json"]], "init": [at["new"]],
        "map coverage": [at["patient.json"]], "map explain": [at["patient.json"]], "map run": [at["patient.json"]],
        "map preview": ["--from", at["patient.json"]], "source check": [at["tables"]],
        "merge": [at["facts.jsonl"]], "msg export": [unit, "--out", at["out"], "--reason", "t"], "msg list": [],
        "msg problems": [], "msg replay": ["--problem", problem], "msg show": [unit], "person changes": [person],
        "person different": ["north/n1", "south/s1", "--reason", "t"], "person erase": [person, "--order", "o", "--yes"],
        "person find": ["--family", "Lind"], "person decided": [person],
        "person decide": [person, "resolved", fact, "--reason", "t"], "person review": [], "person rulings": [],
        "person unsure": ["north/n2", "south/s1", "--reason", "t"], "person same": ["north/n2", "south/s1", "--reason", "t"],
        "person show": [person], "person sources": [person], "person undo": ["none", "--reason", "t"], "pull": [],
        "record": [person], "restore": [at["b.tgz"], at["new"]], "source add": ["west", "--kind", "csv"],
        "source go-live": ["north"], "source list": [], "source pause": ["north"], "source remove": ["north"],
        "source resume": ["north"], "source sample": ["north"], "source show": ["north"], "source test": ["north"], "status": [],
        "validate": [at["patient.json"]], "view": [at["facts.jsonl"], "--request", at["request.json"]], "work": ["--once"]}


def call(capsys, home, words, *args):
    capsys.readouterr()
    code = run(["--home", str(home), *words.split(), *args])
    told = capsys.readouterr()
    assert code in range(9) and "Traceback" not in told.err and "defect" not in told.err, (words, told.err)
    return code, told.out, told.err


def test_every_command_gives_json_with_its_schema(home, capsys, words_of):
    assert set(words_of) == set(COMMANDS) - ALONE, "a new command: say here how it is called"
    for words, args in words_of.items():
        if "--dry-run" in options(COMMANDS[words]):
            args = [*args, "--dry-run"]
        for form in ("--json", "--jsonl"):
            code, out, err = call(capsys, home, words, *args, form)
            lines = [json.loads(line) for line in out.splitlines()]
            assert lines or (form == "--jsonl" and code in (0, 1, 6)) or (code == 2 and err), (words, form, code, err)
            assert form == "--jsonl" or len(lines) < 2, words
            # a FHIR resource is printed as it is, nothing added (contract)
            said = [schema for line in lines if "resourceType" not in line for schema in ([r.get("schema") for r in line["rows"]] if not line.get("schema")
                                                            else [line["schema"]])]
            assert all(s and s.startswith(f"gateway.{words.split()[0]}") and s.endswith("/1") for s in said), (words, said)


def stands(home):
    """Everything in a home but its log, which a dry run may tell that it looked: content of tables, hashes of files."""
    out = {str(p.relative_to(home)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(home.rglob("*"))
           if p.is_file() and p.parent.name != "data"}
    with closing(sqlite3.connect(home / "data/gateway.db")) as db:
        for (name,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
            out[name] = sorted(map(repr, db.execute(f"select * from {name}"))) if name not in ("views", "decided") else []
    return out


def test_a_dry_run_changes_nothing_anywhere(home, capsys, words_of, tmp_path):
    before, beside = stands(home), sorted(tmp_path.rglob("*"))
    for words, args in words_of.items():
        if "--dry-run" in options(COMMANDS[words]):
            code, _, err = call(capsys, home, words, *args, "--dry-run")
            assert code in (0, 1) or (words == "person undo" and code == 2), (words, err)
            assert (stands(home), sorted(tmp_path.rglob("*"))) == (before, beside), words
