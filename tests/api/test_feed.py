"""The facts of a source over HTTP: search, history and time, with no parameter passed over (contract, "HTTP")."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import Fact
from gateway.pipeline.write import write_facts
from gateway.store import facts
from tests.api.test_fhir_api import bearer, client, entries  # noqa: F401
from tests.homes import NOW, observation

LATER = NOW + timedelta(days=1)


@pytest.fixture
def ask(gate, client, bearer):  # noqa: F811
    fact = Fact("north", "2", observation("no1", "n1", "5.51"), "2026-03-01T00:00:00Z", "2026-04-02T12:00:00Z")
    write_facts(replace(gate, now=lambda: LATER), [fact])

    def asked(path, status=200, **form):
        more = {"data": form} if form else {}
        answer = getattr(client, "post" if form else "get")(f"/fhir/source/{path}", headers=bearer(), **more)
        assert answer.status_code == status, answer.data
        return loads(answer.data)
    return asked


def values(bundle):
    return [e["resource"]["valueQuantity"]["value"].text for e in bundle.get("entry", ())]


@pytest.mark.parametrize("query, told", [
    ("", ["5.50", "5.51"]), ("_lastUpdated=gt2026-04-01", ["5.51"]), ("_lastUpdated=ge2026-04-01", ["5.50", "5.51"]),
    ("_lastUpdated=ge2026-04-02T12:00:00Z", ["5.51"]), ("_lastUpdated=gt2026-04-02T12:00:00Z", []),
    ("_lastUpdated=ge2026-04-02T14:00:00%2B02:00", ["5.51"]), ("_lastUpdated=gt2026-04-02T13:59:59%2B02:00", ["5.51"]),
    ("_lastUpdated=gt2026", []), ("_since=2026-04-02T12:00:00Z", ["5.51"]), ("patient=n1", ["5.50", "5.51"]),
    ("patient=Patient/n2", []), ("code=2345-7&date=2026-02-01", ["5.50", "5.51"]), ("_sort=_lastUpdated&_count=9", ["5.50", "5.51"]),
    ("_after=999999999999999999", [])])
def test_facts_are_searched_by_value_and_time(ask, query, told):
    assert values(ask(f"north/Observation?{query}")) == told
    assert values(ask(f"north/Observation/_history?{query}")) == told


@pytest.mark.parametrize("query", [
    "_lastUpdated=lt2026", "_lastUpdated=2026-04-01", "_lastUpdated=rubbish", "_lastUpdated=gt", "_lastUpdated=ge2026-13-45T00:00:00Z",
    "_lastUpdated=ge2026-04-01T00:00:00", "_lastUpdated=gt2026&_lastUpdated=ge2025", "_sort=-_lastUpdated", "_sort=date", "_count=0",
    "_count=-1", "_after=-1", "_after=9999999999999999999999", "_after=x", "flavour=1", "_include=Observation:patient"])
def test_no_parameter_is_passed_over(ask, query):
    assert ask(f"north/Observation?{query}", 400)["resourceType"] == "OperationOutcome"


def test_a_search_by_form_is_the_same(ask):
    assert values(ask("north/Observation/_search", _lastUpdated="gt2026-04-01")) == ["5.51"]


def test_assertions_are_not_searched_by_value(ask):
    assert ask("north/Basic?_count=5")["type"] == "searchset"
    ask("north/Basic?code=x", 400)


def test_the_history_of_a_fact_has_every_version_with_its_origin(ask, gate):
    bundle = ask("north/Observation/no1/_history")
    assert bundle["type"] == "history" and values(bundle) == ["5.51", "5.50"]
    for entry in bundle["entry"]:
        assert entry["request"] == {"method": "PUT", "url": "Observation/no1"} and entry["response"]["status"] == "200"
        version = next(e["valueString"] for e in entry["extension"][0]["extension"] if e["url"] == "version")
        assert ask(f"north/Observation/no1/_history/{version}") == entry["resource"]
    assert entries(gate)[-3]["outcome"] == "done" and gate.log.entry(entries(gate)[-3]["entry"])["person"]


@pytest.mark.parametrize("query", ["_since=2026-01-01", "_count=1", "_sumary=true"])
@pytest.mark.parametrize("path", ["source/north/Observation/no1/_history", "source/north/Observation/no1/_history/1", "{}/_history", "{}/$provenance"])
def test_a_history_and_where_it_came_from_refuse_what_they_would_ignore(ask, client, gate, bearer, path, query):  # noqa: F811
    merged = merged_id(gate.store.id_key, "north", "Observation", "no1")
    path = f"/fhir/{path.format(f'Observation/{merged}')}"
    plain = client.get(f"{path}?_format=json", headers=bearer())
    assert plain.status_code == 200 and plain.data == client.get(path, headers=bearer()).data
    refused = client.get(f"{path}?{query}", headers=bearer())
    assert refused.status_code == 400 and query.partition("=")[0] in refused.json["issue"][0]["diagnostics"]


@pytest.mark.parametrize("path", ["north/Observation/none/_history", "nowhere/Observation/no1/_history", "south/Observation/no1/_history"])
def test_a_fact_that_is_not_there_has_no_history(ask, path):
    ask(path, 404)


def test_who_may_see_few_types_is_not_led_through_all_facts(client, bearer, monkeypatch):  # noqa: F811
    looked, since = set(), facts.since
    monkeypatch.setattr(facts, "since", lambda tx, change, source, type, *more: looked.add(type) or since(tx, change, source, type, *more))
    told = loads(client.get("/fhir/source", headers=bearer(scope="user/Coverage.rs")).data)
    assert told == {"resourceType": "Parameters"} and "Coverage" in looked and not looked & {"", "Patient", "Observation"}
    told = loads(client.get("/fhir/source", headers=bearer(scope="user/Observation.rs")).data)
    assert [p["valueString"] for p in told["parameter"]] == ["north", "south"]
