"""`Patient/$summary`: both forms, JSON and XML, who is refused, and that it tells nothing that is hidden (IPS-12)."""

from urllib.parse import quote

import pytest

from gateway.disclose.rebuild import rebuild
from gateway.fhir.reader import check_file
from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.opened import opened
from gateway.pipeline.pull import pull
from tests.api.test_match import hide
from tests.exporter import Client
from tests.homes import EVA, make_home
from tests.laws.steps import Clock

IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips"
SYSTEM = "urn:oid:1.2.752.129.2.1.3.1"


@pytest.fixture
def client(tmp_path):
    with opened(make_home(tmp_path / "home"), Clock()) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield Client(gate)


@pytest.fixture
def eva(client):
    return merged_id(client.gate.store.id_key, "north", "Patient", "n1")


def profiles(answer):
    return [p for e in loads(answer.data)["entry"][:1] for p in e["resource"]["meta"]["profile"]]


def test_it_is_a_valid_document_about_the_person(client, eva):
    answer = client.ask(f"/fhir/Patient/{eva}/$summary")
    bundle = loads(answer.data)
    assert answer.status_code == 200 and bundle["type"] == "document" and profiles(answer) == [f"{IPS}|2.0.0"]
    kinds = [e["resource"]["resourceType"] for e in bundle["entry"]]
    assert kinds[:2] == ["Composition", "Patient"] and {"AllergyIntolerance", "Observation"} <= set(kinds)
    (line,) = check_file("x.json", answer.data)
    assert not [i for i in line["outcome"]["issue"] if i["severity"] in ("error", "fatal")], line
    authors = {a["who"].get("display") for e in bundle["entry"] if e["resource"]["resourceType"] == "Provenance" for a in e["resource"]["agent"]}
    assert {"north", "south"} <= authors, "each entry names the sources behind it"


def test_it_is_the_same_until_something_changes_and_is_built_again(client, eva):
    first = client.ask(f"/fhir/Patient/{eva}/$summary")
    number = client.gate.log.size()
    assert client.ask(f"/fhir/Patient/{eva}/$summary").data == first.data
    hide(client.gate, "north", "n1")
    changed = client.ask(f"/fhir/Patient/{eva}/$summary")
    assert changed.status_code == 404, "the id is that of a hidden source"
    again = rebuild(client.gate, number)
    assert again.same and again.what == "bytes" and again.body == first.data


@pytest.mark.parametrize(("query", "profile"), [("", "2.0.0"), (f"?profile={IPS}", "2.0.0"), (f"?profile={IPS}|2.0.0", "2.0.0"), (f"?profile={IPS}|1.1.0", "1.1.0")])
def test_the_version_that_is_asked_for(client, eva, query, profile):
    assert profiles(client.ask(f"/fhir/Patient/{eva}/$summary{query}")) == [f"{IPS}|{profile}"]


def test_by_identifier_and_by_parameters(client, eva):
    whole = client.ask(f"/fhir/Patient/{eva}/$summary").data
    assert client.ask(f"/fhir/Patient/$summary?identifier={quote(SYSTEM)}%7C{EVA}").data == whole
    assert client.ask(f"/fhir/Patient/$summary?identifier={EVA}").data == whole
    given = {"resourceType": "Parameters", "parameter": [{"name": "identifier", "valueIdentifier": {"system": SYSTEM, "value": EVA}},
                                                         {"name": "profile", "valueCanonical": f"{IPS}|1.1.0"}]}
    assert profiles(client.ask("/fhir/Patient/$summary", "POST", json=given)) == [f"{IPS}|1.1.0"]
    assert client.ask(f"/fhir/Patient/{eva}/$summary", "POST").data == whole
    assert client.ask(f"/fhir/Patient/{eva}/$summary", "POST", json={"resourceType": "Parameters"}).data == whole


def test_as_xml(client, eva):
    answer = client.ask(f"/fhir/Patient/{eva}/$summary?_format=xml")
    assert answer.headers["Content-Type"].startswith("application/fhir+xml") and b'<type value="document"/>' in answer.data
    assert [line["resource"].partition("/")[0] for line in check_file("x.xml", answer.data)] == ["Bundle"]


@pytest.mark.parametrize(("path", "status"), [
    ("/fhir/Patient/0000/$summary", 404), ("/fhir/Patient/$summary?identifier=urn:x%7C1", 404), ("/fhir/Patient/$summary", 400),
    ("/fhir/Patient/$summary?identifier=", 400), ("/fhir/Patient/$summary?identifier=urn:x%7C", 400), ("/fhir/Patient/{}/$summary?colour=red", 400),
    ("/fhir/Patient/{}/$summary?identifier=1", 400), ("/fhir/Patient/{}/$summary?profile=" + IPS + "|3.0.0", 422), ("/fhir/Patient/{}/$summary?profile=urn:x", 422),
    ("/fhir/Patient/{}/$summary?profile=" + IPS + "&profile=" + IPS, 400)])
def test_what_is_refused(client, eva, path, status):
    answer = client.ask(path.format(eva))
    assert answer.status_code == status and loads(answer.data)["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("body", [[], {"resourceType": "Patient"}, {"resourceType": "Parameters", "parameter": [{"name": "profile"}]},
                                  {"resourceType": "Parameters", "parameter": [{"name": 1, "valueString": "x"}]}, {"resourceType": "Parameters", "parameter": {}}])
def test_a_body_that_is_not_understood(client, eva, body):
    answer = client.ask(f"/fhir/Patient/{eva}/$summary", "POST", json=body)
    assert answer.status_code == 400 and loads(answer.data)["issue"][0]["details"]["text"] == "body-unreadable"


def test_a_token_decides_what_it_tells(client, eva):
    assert client.web.get(f"/fhir/Patient/{eva}/$summary").status_code == 401
    assert client.ask(f"/fhir/Patient/{eva}/$summary", scope="system/Observation.rs").status_code == 403
    narrow = client.ask(f"/fhir/Patient/{eva}/$summary", scope="system/Patient.rs system/Observation.rs")
    assert narrow.status_code == 200 and b"Penicillin" not in narrow.data and b"No known" not in narrow.data
    assert b'"code":"unavailable"' in narrow.data, "what is not seen is not known"


def test_nothing_of_a_hidden_source_is_in_it(client, eva):
    assert b"Penicillin" in client.ask(f"/fhir/Patient/{eva}/$summary").data
    hide(client.gate, "north", "n1")
    for path in (f"/fhir/Patient/$summary?identifier={EVA}", f"/fhir/Patient/{eva}/$summary"):
        answer = client.ask(path)
        for word in (b"Penicillin", b"5.50", b"north", b"No known", b"withheld"):
            assert word not in answer.data, (path, word)
    assert loads(client.ask(f"/fhir/Patient/$summary?identifier={EVA}").data)["type"] == "document"


def test_each_is_logged_with_who_and_about_whom(client, eva):
    before = client.gate.log.size()
    client.ask(f"/fhir/Patient/{eva}/$summary")
    client.ask("/fhir/Patient/0000/$summary")
    client.ask(f"/fhir/Patient/{eva}/$summary", "POST", json=[])
    rows = [loads(line) for line in list(client.gate.log.lines())[before:]]
    assert [(r["action"], r["outcome"], r["status"]) for r in rows] == [("summary", "done", 200), ("summary", "empty", 404), ("summary", "refused", 400)]


def test_the_capability_statement_names_it(client):
    told = loads(client.ask("/fhir/metadata").data)["rest"][0]["resource"]
    (patient,) = [r for r in told if r["type"] == "Patient"]
    assert {"name": "summary", "definition": "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"} in patient["operation"]
