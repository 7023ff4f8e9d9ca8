"""A server that answers some questions and not others: what it did not tell is never said to be empty at the bedside."""

import json

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from gateway.cli.main import run
from gateway.jsontext import dumps
from tests.homes import EVA, allergy, make_home, patient

GOOD = {"resourceType": "Bundle", "type": "searchset"}


def call(capsys, *words):
    code = run([str(w) for w in words])
    return code, capsys.readouterr().out


def answer(*resources):
    return Response(dumps({**GOOD, "entry": [{"resource": r} for r in resources]}), content_type="application/fhir+json")


@pytest.fixture
def home(tmp_path, httpserver: HTTPServer):
    home = make_home(tmp_path / "home", {})
    (home / "sources/server.toml").write_text(
        'kind = "fhir"\norganisation = "Server Hospital"\nstate = "live"\nsends = ["allergies"]\n'
        f'connection = {{ url = "{httpserver.url_for("/fhir")}", types = ["Patient", "AllergyIntolerance"], attempts = 1 }}\n')
    httpserver.expect_request("/fhir/Patient").respond_with_response(answer(patient("n1", "Öberg", "Eva", "1961-02-03", EVA)))
    return home


@pytest.mark.parametrize("broken, told", [
    (Response("{}", 403), "refused"), (Response(b'{"resourceType":"Bundle","entry":[{"resou'), "not FHIR JSON"),
    (Response('{"resourceType":"Patient","id":"x"}'), "no Bundle"), (Response("[]"), "no Bundle")])
def test_a_type_that_was_not_told_is_a_gap_until_it_is(home, httpserver: HTTPServer, capsys, broken, told):
    answers = [broken, answer(allergy("a1", "n1", "Latex"))]
    httpserver.expect_request("/fhir/AllergyIntolerance").respond_with_handler(lambda _: answers.pop(0))
    assert call(capsys, "--home", home, "pull")[0] == 1
    row = json.loads(call(capsys, "--home", home, "source", "list", "--jsonl")[1])
    assert row["state"] == "no_answer" and row["last_answer"] and told in row["failing"] and "AllergyIntolerance" in row["failing"]
    person = json.loads(call(capsys, "--home", home, "person", "find", "--family", "Öberg", "--jsonl")[1])["person"]
    sections = json.loads(call(capsys, "--home", home, "record", person, "--json", "--reason", "care")[1])["sections"]
    assert sections["allergies"]["state"] not in ("empty", "data")
    assert call(capsys, "--home", home, "pull")[0] == 0
    row = json.loads(call(capsys, "--home", home, "source", "list", "--jsonl")[1])
    assert row["state"] == "data" and not row["failing"]
    sections = json.loads(call(capsys, "--home", home, "record", person, "--json", "--reason", "care")[1])["sections"]
    assert sections["allergies"]["state"] == "data"
