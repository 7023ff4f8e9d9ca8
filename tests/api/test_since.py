"""`Patient/$everything?_since`: what is new, what went, and what is refused (REST-20)."""

import pytest

from gateway.disclose.rebuild import rebuild
from gateway.ids import merged_id
from gateway.jsontext import dumps, loads
from gateway.model import Assertion
from gateway.opened import opened
from gateway.pipeline import people
from gateway.pipeline.pull import pull
from tests.api.test_match import hide
from tests.exporter import BASE, Client
from tests.homes import make_home, observation
from tests.laws.steps import Clock


@pytest.fixture
def client(tmp_path):
    with opened(make_home(tmp_path / "home"), Clock()) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield Client(gate)


@pytest.fixture
def eva(client):
    """Eva's merged id, as the source north calls her."""
    return merged_id(client.gate.store.id_key, "north", "Patient", "n1")


def pages(client, id, query):
    out, url = [], f"/fhir/Patient/{id}/$everything?{query}"
    while url:
        out.append(loads(client.ask(url).data))
        url = next((k["url"].removeprefix(BASE) for k in out[-1]["link"] if k["relation"] == "next"), "")
    return out


def gone(bundle):
    return [i["diagnostics"] for e in bundle.get("entry", ()) if e["search"]["mode"] == "outcome" for i in e["resource"]["issue"]]


def send(client, source, *resources):
    folder = client.gate.home.folder / "inbox" / source
    (folder / f"{len(list(folder.iterdir()))}.ndjson").write_text("".join(dumps(r) + "\n" for r in resources))
    assert not pull(client.gate, source).failed


def take_back(client, source, reference):
    type, _, id = reference.partition("/")
    send(client, source, Assertion("retract", {"source": source, "type": type, "id": id}).basic())


def test_all_at_first_then_nothing_then_what_changed_and_went(client, eva):
    (first,) = pages(client, eva, "_since=1970-01-01T00:00:00Z")
    assert first["total"] == len(first["entry"]) == 4 and gone(first) == []
    (none,) = pages(client, eva, f"_since={first['meta']['lastUpdated']}")
    assert none["total"] == 0 and "entry" not in none
    take_back(client, "north", "AllergyIntolerance/na1")
    send(client, "south", observation("so2", "s1", "7.10", effectiveDateTime="2026-03-02T08:00:00Z"))
    (second,) = pages(client, eva, f"_since={first['meta']['lastUpdated']}")
    assert [e["resource"]["resourceType"] for e in second["entry"]] == ["Observation", "OperationOutcome"]
    assert second["total"] == 1 and second["entry"][0]["resource"]["valueQuantity"]["value"] == loads("7.10")
    (issue,) = second["entry"][1]["resource"]["issue"]
    assert (issue["severity"], issue["code"]) == ("information", "deleted")
    assert gone(second) == [next(f"AllergyIntolerance/{e['resource']['id']}" for e in first["entry"]
                                 if e["resource"]["resourceType"] == "AllergyIntolerance")]


def test_what_went_stands_on_the_last_page_alone(client, eva):
    at = pages(client, eva, "_since=1970-01-01T00:00:00Z")[0]["meta"]["lastUpdated"]
    take_back(client, "north", "AllergyIntolerance/na1")
    send(client, "south", *(observation(f"s{n}", "s1", "7.0", effectiveDateTime=f"2026-03-0{n}T08:00:00Z") for n in range(1, 4)))
    told = pages(client, eva, f"_since={at}&_count=2")
    assert len(told) == 2 and [len(gone(b)) for b in told] == [0, 1]
    assert {b["meta"]["lastUpdated"] for b in told} == {told[0]["meta"]["lastUpdated"]}, "all pages show one instant"


def test_an_unlink_takes_away_what_the_other_record_holds(client, eva):
    first = pages(client, eva, "_since=1970-01-01T00:00:00Z")[0]
    people.rule(client.gate, "never", "north/n1", "south/s1", "law", "two people")
    (told,) = pages(client, eva, f"_since={first['meta']['lastUpdated']}")
    south = merged_id(client.gate.store.id_key, "south", "Observation", "so1")
    assert f"Observation/{south}" in gone(told)


def test_a_restriction_leaves_no_tombstone(client, eva):
    first = pages(client, eva, "_since=1970-01-01T00:00:00Z")[0]
    hide(client.gate, "south", "s1")
    (told,) = pages(client, eva, f"_since={first['meta']['lastUpdated']}")
    assert gone(told) == []


def test_types_narrow_what_went_too(client, eva):
    at = pages(client, eva, "_since=1970-01-01T00:00:00Z")[0]["meta"]["lastUpdated"]
    take_back(client, "north", "AllergyIntolerance/na1")
    assert gone(pages(client, eva, f"_since={at}&_type=Observation")[0]) == []
    assert len(gone(pages(client, eva, f"_since={at}&_type=AllergyIntolerance")[0])) == 1


@pytest.mark.parametrize("query, code", [
    ("_since=soon", "value"), ("_since=2026-04-01", "value"), ("_since=2026-04-01T10:00:00", "value"), ("_type=Nonsense", "value"),
    ("start=soon", "value"), ("end=2026-02-30", "value"), ("start=2026-02&end=2026-01", "value"), ("start=2026&start=2025", "value"),
    ("_summary=true", "not-supported"), ("colour=red", "not-supported")])
def test_what_is_not_known_is_refused(client, eva, query, code):
    answer = client.ask(f"/fhir/Patient/{eva}/$everything?{query}")
    assert answer.status_code == 400 and loads(answer.data)["issue"][0]["code"] == code


def test_an_old_answer_is_built_again_byte_for_byte(client, eva):
    at = pages(client, eva, "_since=1970-01-01T00:00:00Z")[0]["meta"]["lastUpdated"]
    take_back(client, "north", "AllergyIntolerance/na1")
    answer = client.ask(f"/fhir/Patient/{eva}/$everything?_since={at}")
    number = client.gate.log.size()
    send(client, "south", observation("so2", "s1", "7.10", effectiveDateTime="2026-03-02T08:00:00Z"))
    again = rebuild(client.gate, number)
    assert again.same and again.what == "bytes" and again.body == answer.data


def test_it_is_told_as_xml_too(client, eva):
    at = pages(client, eva, "_since=1970-01-01T00:00:00Z")[0]["meta"]["lastUpdated"]
    take_back(client, "north", "AllergyIntolerance/na1")
    answer = client.ask(f"/fhir/Patient/{eva}/$everything?_since={at}&_format=xml")
    assert answer.status_code == 200 and b'<code value="deleted"/>' in answer.data


def test_a_range_of_days_holds_the_care_of_those_days(client, eva):
    def told(query):
        return [(r["resourceType"], str(r.get("valueQuantity", {}).get("value", ""))) for b in pages(client, eva, query) for e in b.get("entry", ())
                if (r := e["resource"])]

    whole = told("")
    assert told("start=2026-02-02") == [t for t in whole if t[1] != "5.50"] and told("end=2026-02") == [t for t in whole if t[1] != "6.10"]
    assert told("start=2026-02-01&end=2026-03-01&_count=1") == whole
    assert told("start=2026-03&_type=Observation") == [("Observation", "6.10")] and told("start=2027&_type=Observation") == []


def test_what_moved_out_of_a_range_is_gone_from_it(client, eva):
    at = pages(client, eva, "_since=1970-01-01T00:00:00Z&start=2026-03")[0]["meta"]["lastUpdated"]
    moved = observation("so1", "s1", "6.10", effectiveDateTime="2026-02-20T08:00:00Z")
    send(client, "south", {**moved, "meta": {"versionId": "2", "lastUpdated": "2026-03-20T00:00:00Z"}})
    (now,) = pages(client, eva, f"_since={at}&start=2026-03")
    assert now["total"] == 0 and len(gone(now)) == 1


def test_types_may_be_named_one_by_one(client, eva):
    both = pages(client, eva, "_type=Observation,AllergyIntolerance")[0]["total"]
    assert pages(client, eva, "_type=Observation&_type=AllergyIntolerance")[0]["total"] == both == 3


def test_it_can_be_called_by_post(client, eva):
    def post(**values):
        body = {"resourceType": "Parameters", "parameter": [{"name": name.rpartition("__")[0], name.rpartition("__")[2]: v} for name, v in values.items()]}
        return client.ask(f"/fhir/Patient/{eva}/$everything", "POST", json=body)

    told = loads(post(start__valueDate="2026-03", _type__valueCode="Observation", _count__valueInteger=1).data)
    assert told["total"] == 1 and client.ask(next(k["url"] for k in told["link"] if k["relation"] == "self")).status_code == 200
    assert post(start__valueDate="soon").status_code == 400 and post(colour__valueCode="red").status_code == 400
    assert client.ask(f"/fhir/Patient/{eva}/$everything", "POST").status_code == 200
    assert client.ask(f"/fhir/Patient/{eva}/$everything", "POST", json=[]).status_code == 400
