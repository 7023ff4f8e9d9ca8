"""/openapi.json says what is there, and nothing else; what is named by the contract and not built says so."""

import re

import pytest

from gateway.api.openapi import TAKES
from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.wsgi import create_app
from tests.homes import EVA, NOW, make_home

PATIENT = {"resourceType": "Patient", "birthDate": "1961-02-03"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with opened(make_home(tmp_path_factory.mktemp("o") / "home"), lambda: NOW) as gate:
        pull(gate, "north")
        token = gate.issuer.mint({"sub": "dr", "scope": "user/*.rs", "purpose": "TREAT", "org": "x", "care": True}, int(NOW.timestamp()), 600, "j1")
        made = create_app(gate)
        made.bearer = {"Authorization": f"Bearer {token}"}
        made.gate = gate
        yield made


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/openapi.json").json


def test_every_route_that_is_no_page_stands_in_it_with_what_it_does(app, document):
    found = {(re.sub(r"{(\w+)}", r"<\1>", path), m.upper(), o["summary"]) for path, at in document["paths"].items() for m, o in at.items()}
    wanted = {(re.sub(r"<\w+:", "<", r.rule), m) for r in app.url_map.iter_rules() for m in r.methods - {"HEAD", "OPTIONS"}
              if not r.endpoint.startswith(("web.", "static"))}
    assert {f[:2] for f in found} == wanted and len(wanted) > 25
    assert not [f for f in found if not f[2].endswith(".")], "a summary is a sentence"
    assert set(TAKES) <= {r.endpoint for r in app.url_map.iter_rules()}


def test_a_path_needs_a_token_exactly_where_it_says_so(app, document):
    client = app.test_client()
    for path, operations in document["paths"].items():
        for method, told in operations.items():
            answer = client.open(re.sub(r"{\w+}", "Patient", path), method=method.upper())
            assert (answer.status_code == 401) == ("security" in told), (method, path)


def test_every_variable_of_a_path_is_a_parameter(document):
    for path, operations in document["paths"].items():
        for told in operations.values():
            assert {p["name"] for p in told["parameters"] if p["in"] == "path"} == set(re.findall(r"{(\w+)}", path))


def test_what_is_not_built_says_so_and_is_logged(app, document):
    client, unbuilt = app.test_client(), [(p, m) for p, at in document["paths"].items() for m, o in at.items() if "501" in o["responses"]]
    assert ("/fhir/$export", "get") not in unbuilt and ("/fhir/Patient/{id}/$summary", "get") not in unbuilt and ("/fhir/source/{name}", "post") in unbuilt
    for path, method in unbuilt:
        before = app.gate.log.size()
        answer = client.open(re.sub(r"{\w+}", "Patient", path), method=method.upper(), headers=app.bearer)
        (issue,) = answer.json["issue"]
        assert answer.status_code == 501 and issue["code"] == "not-supported" and "not built yet" in issue["diagnostics"]
        assert app.gate.log.size() == before + 1


@pytest.mark.parametrize("body, codes, where", [
    (PATIENT, ["No issue was found."], None),
    ({**PATIENT, "birthDate": "1961-13-03"}, ["fhir-format"], "Patient.birthDate"),
    ({"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": {**PATIENT, "colour": "red"}}]},
     ["fhir-unknown-element"], "Patient.colour"),
    ({"resourceType": "Parameters", "parameter": [{"name": "mode", "valueCode": "create"}]}, ["body-unreadable"], "Parameters.parameter"),
    ({"resourceType": "Observation"}, ["fhir-resource-type"], None), ([], ["fhir-unreadable"], None)])
def test_validate_says_what_the_command_says(app, body, codes, where):
    answer = app.test_client().post("/fhir/Patient/$validate", json=body, headers=app.bearer)
    assert answer.status_code == 200 and answer.json["resourceType"] == "OperationOutcome"
    assert [i.get("details", {}).get("text") or i["diagnostics"] for i in answer.json["issue"]] == codes
    if where:
        assert answer.json["issue"][0]["expression"] == [where]


@pytest.mark.parametrize("query, said, codes", [
    ("profile=http://hl7.org/fhir/StructureDefinition/Patient", {}, []), ("profile=http://hl7.org/fhir/StructureDefinition/Patient|4.0.1&mode=create", {}, []),
    ("profile=http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient", {}, ["profile-unknown"]), ("mode=delete", {}, ["search-value"]),
    ("colour=red", {}, ["search-parameter"]), ("", {"profile": "urn:x"}, ["profile-unknown"]), ("", {"mode": "create"}, []), ("", {"colour": "red"}, ["search-parameter"])])
def test_what_validate_cannot_check_is_an_error_and_not_passed_over(app, query, said, codes):
    parts = [{"name": "resource", "resource": PATIENT}, *({"name": k, "valueString": v} for k, v in said.items())]
    body = {"resourceType": "Parameters", "parameter": parts} if said else PATIENT
    answer = app.test_client().post(f"/fhir/Patient/$validate?{query}", json=body, headers=app.bearer)
    found = [i["details"]["text"] for i in answer.json["issue"] if i["severity"] == "error"]
    assert answer.status_code == 200 and found == codes


def test_validate_reads_xml_and_nothing_of_the_store(app):
    xml = f'<Patient xmlns="http://hl7.org/fhir"><identifier><value value="{EVA}"/></identifier><gender value="x"/></Patient>'
    answer = app.test_client().post("/fhir/Patient/$validate", data=xml, headers=app.bearer)
    assert [i["details"]["text"] for i in answer.json["issue"]] == ["fhir-code"] and b"Penicillin" not in answer.data
    assert app.test_client().post("/fhir/Patient/$validate", data=xml).status_code == 401
    assert app.test_client().post("/fhir/Nonsense/$validate", data=xml, headers=app.bearer).status_code == 400
