"""Which form an answer has, and when it was changed (REST-02, REST-14, REST-15)."""

from email.utils import parsedate_to_datetime

import pytest

from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.opened import opened
from gateway.pipeline.pull import pull
from tests.exporter import Client
from tests.homes import make_home
from tests.laws.steps import Clock


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with opened(make_home(tmp_path_factory.mktemp("n") / "home"), Clock()) as gate:
        pull(gate, "north")
        yield Client(gate)


@pytest.fixture
def path(client):
    return f"/fhir/Patient/{merged_id(client.gate.store.id_key, 'north', 'Patient', 'n1')}"


@pytest.mark.parametrize(("accept", "form"), [
    ("", "json"), ("*/*", "json"), ("application/fhir+json", "json"), ("application/json", "json"), ("text/json", "json"), ("application/*", "json"),
    ("application/fhir+xml", "xml"), ("application/xml", "xml"), ("text/xml", "xml"), ("application/fhir+xml, */*;q=0.1", "xml"),
    ("application/fhir+json;q=0.2, application/fhir+xml", "xml"), ("application/fhir+xml;q=0.2, application/fhir+json", "json"), ("application/fhir+xml;q=0, */*", "json"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"), ("application/fhir+json;fhirVersion=4.0", "json"),
    ('application/fhir+xml; fhirVersion="4.0.1"', "xml"), ("application/fhir+json;fhirVersion=3.0, application/fhir+xml", "xml"), ("image/png, application/fhir+xml;q=oops", "xml")])
def test_the_form_that_is_wanted_most(client, path, accept, form):
    answer = client.ask(path, headers={"Accept": accept})
    assert answer.status_code == 200 and answer.mimetype == f"application/fhir+{form}", answer.data


@pytest.mark.parametrize("accept", ["text/csv", "application/fhir+json;q=0", "application/fhir+json;fhirVersion=3.0", "application/fhir+json; fhirVersion=5.0, text/plain"])
def test_a_form_that_is_not_spoken(client, path, accept):
    answer = client.ask(path, headers={"Accept": accept})
    assert answer.status_code == 406 and loads(answer.data)["issue"][0]["code"] == "not-supported"


@pytest.mark.parametrize(("query", "form"), [("_format=xml", "xml"), ("_format=json", "json"), ("_format=application/fhir%2Bxml", "xml"), ("_format=text/xml", "xml"), ("_format=text/json", "json")])
def test_the_parameter_goes_before_the_header(client, path, query, form):
    for accept in ("application/fhir+json", "application/fhir+xml", "text/csv"):
        assert client.ask(f"{path}?{query}", headers={"Accept": accept}).mimetype == f"application/fhir+{form}"


def test_when_it_was_changed(client, path):
    answer = client.ask(path)
    told = parsedate_to_datetime(answer.headers["Last-Modified"]).isoformat()
    assert loads(answer.data)["meta"]["lastUpdated"].startswith(told[:19]) and answer.headers["Last-Modified"].endswith("GMT")
    again = client.ask(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data


def test_who_brings_no_token_is_told_how(client, path):
    answer = client.web.get(path)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer" and loads(answer.data)["issue"][0]["code"] == "login"


@pytest.mark.parametrize("value", ["x?_format=xml", "x%26_format=xml", "x%23_format=xml"])
def test_a_value_says_nothing_of_the_form(client, value):
    for form in ("", "&_format=json"):
        answer = client.ask(f"/fhir/Patient?family={value}{form}", headers={"Accept": "application/fhir+json"})
        assert answer.status_code == 200 and answer.mimetype == "application/fhir+json"


@pytest.mark.parametrize("text", ["?_format=xml", "&_format=xml", "#_format=xml"])
def test_a_description_says_nothing_of_the_form(client, text):
    body = {"resourceType": "Patient", "birthDate": "1961-02-03", "name": [{"family": f"Öberg {text}", "given": ["Eva"]}]}
    answer = client.ask("/fhir/Patient/$match", method="POST", json=body)
    assert answer.status_code == 200 and answer.mimetype == "application/fhir+json"
    answer = client.ask("/fhir/Patient/$match?_format=xml", method="POST", json=body)
    assert answer.status_code == 200 and answer.mimetype == "application/fhir+xml"


def test_of_two_forms_the_last_counts_everywhere(client, path):
    for query, form in (("_format=json&_format=xml", "xml"), ("_format=xml&_format=json", "json"), ("_format=csv&_format=json", "json")):
        assert client.ask(f"{path}?{query}").mimetype == f"application/fhir+{form}"
    assert client.ask(f"{path}?_format=json&_format=csv").status_code == 406
    for query in ("_format=", "_format=json&_format="):
        assert client.ask(f"{path}?{query}", headers={"Accept": "application/fhir+xml"}).mimetype == "application/fhir+xml"
