"""`gateway ask`: sources are asked about one person while somebody waits (contract, "Commands of the product")."""

import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug import Request, Response

from gateway.cli.main import run
from gateway.jsontext import dumps
from gateway.opened import opened
from gateway.store import cursors, facts, units
from tests.homes import EVA, WORLD, allergy, make_home, observation, patient

SYSTEM = "urn:oid:1.2.752.129.2.1.3.1"
HELD = [patient("w1", "Öberg", "Eva", "1961-02-03", EVA), allergy("wa1", "w1", "Latex"), observation("wo1", "w1", "7.77"),
        patient("w2", "Strand", "Bo", "1950-01-01", "195001010000"), allergy("wa2", "w2", "Pollen")]


@pytest.fixture
def west(httpserver):
    """A FHIR server that answers searches by identifier and patient; `asked`: what it was asked, `wrong` answers instead."""
    httpserver.asked, httpserver.wrong = [], lambda request: None

    def answer(request: Request) -> Response:
        httpserver.asked.append(request)
        type, about = request.path.rpartition("/")[2], request.args.get("patient", "").split(",")
        numbers = {n.rpartition("|")[2] for n in request.args.get("identifier", "").split(",")}
        found = [r for r in HELD if r["resourceType"] == type and (
            r["identifier"][0]["value"] in numbers if type == "Patient"
            else (r.get("subject") or r["patient"])["reference"].removeprefix("Patient/") in about)]
        body = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in found]}
        return httpserver.wrong(request) or Response(dumps(body), content_type="application/fhir+json")

    httpserver.expect_request(re.compile("/r4/.*")).respond_with_handler(answer)
    return httpserver


@pytest.fixture
def home(tmp_path, west):
    folder = make_home(tmp_path / "home")
    wire(folder, "west", west.url_for("/r4"))
    assert run(["--home", str(folder), "pull", "north", "south"]) == 0
    return folder


def wire(home, name, url, mode="both", more=""):
    (home / f"sources/{name}.toml").write_text(
        f'kind = "fhir"\nmode = "{mode}"\norganisation = "{name.title()} Hospital"\ncountry = "DK"\n{more}\n'
        f'[connection]\nurl = "{url}"\nattempts = 1\n')


def ask(capsys, home, *words):
    capsys.readouterr()
    code = run(["--home", str(home), "ask", *words, "--json"])
    out, err = capsys.readouterr()
    return code, {row["source"]: row for row in json.loads(out)["rows"]} if out else {}, err


def record(capsys, home):
    capsys.readouterr()
    assert run(["--home", str(home), "record", EVA, "--reason", "t", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def entries(home):
    with opened(home) as gate:
        return [gate.log.entry(n) for n in range(1, gate.log.size() + 1)]


def test_what_a_source_holds_of_one_person_joins_the_record_and_nothing_of_others(capsys, home, west):
    code, rows, _ = ask(capsys, home, EVA)
    assert code == 0 and list(rows) == ["west"]
    assert rows["west"]["answered"] and (rows["west"]["new"], rows["west"]["facts"], rows["west"]["same"]) == (3, 3, 0)
    said = json.dumps(record(capsys, home)["resources"], ensure_ascii=False)
    assert "Latex" in said and "7.77" in said and "Pollen" not in said
    assert parse_qs(urlsplit(west.asked[0].url).query)["identifier"] == [f"{SYSTEM}|{EVA}"]
    code, rows, _ = ask(capsys, home, EVA, "west")
    assert code == 0 and (rows["west"]["new"], rows["west"]["same"], rows["west"]["facts"]) == (0, 3, 0)


def test_an_answer_about_one_person_says_nothing_of_the_feed(capsys, home):
    with opened(home) as gate, gate.store.read() as tx:
        before = cursors.every(tx)
    assert ask(capsys, home, EVA)[0] == 0
    with opened(home) as gate, gate.store.read() as tx:
        assert cursors.every(tx) == before
    wire(home, "west", "http://127.0.0.1:9")
    assert ask(capsys, home, EVA)[0] == 4
    with opened(home) as gate, gate.store.read() as tx:
        assert cursors.every(tx) == before


def test_each_telling_is_logged_before_it_leaves_and_each_arrival_after(capsys, home, west):
    size = len(entries(home))
    sizes = []
    west.wrong = lambda request: sizes.append(len(entries(home)))
    assert ask(capsys, home, EVA, "--reason", "emergency")[0] == 0
    assert sizes[0] == size + 2, "who asked, and what is told, stand in the log when the question arrives"
    fresh = entries(home)[size:]
    assert [(e["action"], e["direction"]) for e in fresh] == [("ask", "out"), ("ask", "out"), ("ask", "in")]
    assert fresh[1]["organisation"] == "West Hospital" and fresh[1]["country"] == "DK" and "emergency" in fresh[1]["private"]["request"]
    assert all(e["person"] for e in fresh) and fresh[2]["facts"] == 3


def test_a_dry_run_tells_nobody_anything(capsys, home, west):
    assert ask(capsys, home, EVA, "--dry-run") == (0, {"west": {"source": "west", "applied": False}}, "")
    assert not west.asked


@pytest.mark.parametrize("answer", [lambda r: Response("down", 500), lambda r: Response("<html>", 200, content_type="text/html"),
                                    lambda r: time.sleep(3)])
def test_who_does_not_answer_is_told_and_the_others_are_kept(capsys, home, west, answer):
    west.wrong = answer
    wire(home, "third", "http://127.0.0.1:9")
    began = time.monotonic()
    code, rows, err = ask(capsys, home, EVA, "--seconds", "1")
    assert code == 4 and time.monotonic() - began < 20 and "west" in rows and "next:" in err and "Traceback" not in err
    assert not rows["west"]["answered"] and rows["west"]["failed"] and rows["third"]["failed"]
    west.wrong = lambda request: None
    code, rows, _ = ask(capsys, home, EVA)
    assert code == 8 and rows["west"]["answered"] and not rows["third"]["answered"] and rows["west"]["facts"] == 3


def test_what_came_before_the_source_broke_off_is_kept(capsys, home, west):
    west.wrong = lambda r: Response("down", 503) if "Observation" in r.path else None
    code, rows, _ = ask(capsys, home, EVA)
    assert code == 4 and rows["west"]["facts"] == 2 and rows["west"]["failed"]
    assert "Latex" in json.dumps(record(capsys, home)["resources"])


@pytest.mark.parametrize("part", ["Patient", "AllergyIntolerance"])
def test_nothing_is_kept_of_somebody_who_was_not_asked_for(capsys, home, west, part):
    everything = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in HELD if r["resourceType"] == part]}
    west.wrong = lambda r: Response(dumps(everything), content_type="application/fhir+json") if r.path.endswith(part) else None
    code, rows, _ = ask(capsys, home, EVA)
    assert code == 1 and rows["west"]["rejected"] == 1 and rows["west"]["facts"] == 3
    capsys.readouterr()
    assert run(["--home", str(home), "msg", "problems", "--json"]) == 1
    assert "fhir-stranger" in capsys.readouterr().out
    with opened(home) as gate, gate.store.read() as tx:
        assert not facts.of_key(tx, "west", "Patient", "w2") and not facts.of_key(tx, "west", "AllergyIntolerance", "wa2")
        kept = [units.message(tx, u) for u in units.numbered(tx, range(1, 50)) if u.source == "west"]
    assert not any(m and (b"Strand" in m.raw or b"Pollen" in m.raw) for m in kept)


def test_a_number_that_another_organisation_alone_gives_out_is_not_told(capsys, tmp_path, west):
    eva = {**WORLD["north"][0], "identifier": [*WORLD["north"][0]["identifier"], {"system": "urn:north", "value": "N-4711"},
                                               {"system": "urn:west", "value": "W-12"}]}
    home = make_home(tmp_path / "h", {"north": [eva]})
    with (home / "sources/north.toml").open("a") as file:
        file.write('[assigners]\nx = "urn:north"\n')
    wire(home, "west", west.url_for("/r4"), more='assigners = { y = "urn:west" }')
    assert run(["--home", str(home), "pull", "north"]) == 0
    assert ask(capsys, home, EVA)[0] == 0
    assert "N-4711" not in west.asked[0].url and set(west.asked[0].args["identifier"].split(",")) == {f"{SYSTEM}|{EVA}", "urn:west|W-12"}


def test_a_source_that_may_be_told_nothing_is_not_asked(capsys, tmp_path, west):
    nameless = {k: v for k, v in WORLD["north"][0].items() if k != "identifier"}
    home = make_home(tmp_path / "h", {"north": [nameless]})
    wire(home, "west", west.url_for("/r4"))
    assert run(["--home", str(home), "pull", "north"]) == 0
    code, rows, err = ask(capsys, home, "north/n1")
    assert code == 5 and not rows["west"]["answered"] and "no number" in err and not west.asked


def test_whom_to_ask_is_said_by_the_mode(capsys, home, west):
    for words, told in (([EVA, "north"], "only pulled"), ([EVA, "nobody"], "no source"), (["nobody"], "No person")):
        code, _, err = ask(capsys, home, *words)
        assert code == 2 and told in err, words
    wire(home, "west", west.url_for("/r4"), mode="feed")
    code, _, err = ask(capsys, home, EVA)
    assert code == 2 and "No live source" in err and not west.asked


def test_a_source_that_is_only_asked_is_not_pulled_and_stands_as_a_gap(capsys, home, west):
    wire(home, "west", west.url_for("/r4"), mode="ask")
    capsys.readouterr()
    assert run(["--home", str(home), "pull", "--json"]) == 0
    assert [r["source"] for r in json.loads(capsys.readouterr().out)["rows"]] == ["north", "south"]
    assert run(["--home", str(home), "pull", "west"]) == 2 and run(["--home", str(home), "work", "--once"]) == 0 and not west.asked
    assert ask(capsys, home, EVA)[0] == 0
    assert record(capsys, home)["sections"]["allergies"]["sources"]["west"] == "not_asked"
    capsys.readouterr()
    assert run(["--home", str(home), "source", "list", "--json"]) == 0
    assert {r["name"]: r["state"] for r in json.loads(capsys.readouterr().out)["rows"]}["west"] == "not_asked"


def test_files_and_wrong_settings_cannot_be_asked(capsys, home, west):
    for name, kind in (("files", "fhir"), ("table", "csv")):
        (home / f"sources/{name}.toml").write_text(f'kind = "{kind}"\nmode = "both"\nconnection = {{ folder = "inbox/north" }}\n')
    code, rows, _ = ask(capsys, home, EVA)
    assert code == 8 and rows["west"]["answered"] and "folder of files" in rows["files"]["failed"] and rows["table"]["failed"]
    capsys.readouterr()
    assert run(["--home", str(home), "doctor", "--offline"]) == 1
    assert "mode files" in capsys.readouterr().out
