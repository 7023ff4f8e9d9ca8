"""Order, parts, and what goes along with the result of a search (REST-07), all of it behind the filter (REST-09)."""

import pytest

from gateway.disclose.rebuild import rebuild
from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.store import people
from gateway.store.patients import Ref
from tests.api.test_match import hide
from tests.exporter import BASE, Client
from tests.homes import EVA, LOINC, allergy, make_home, observation, patient
from tests.laws.steps import Clock

LAB = {"resourceType": "Organization", "id": "lab", "meta": {"versionId": "1"}, "name": "Laboratory"}
WORLD = {
    "north": [patient("n1", "Öberg", "Eva", "1961-02-03", EVA), allergy("na1", "n1", "Penicillin"), LAB,
              observation("no1", "n1", "5.50", performer=[{"reference": "Organization/lab"}], text={"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'}),
              observation("no2", "n1", "5.60", effectiveDateTime="2026-02-20", code={"coding": [{"system": LOINC, "code": "718-7"}]}),
              {"resourceType": "MedicationRequest", "id": "m1", "meta": {"versionId": "1"}, "status": "active", "intent": "order", "subject": {"reference": "Patient/n1"},
               "medicationReference": {"reference": "Medication/drug"}},
              {"resourceType": "Medication", "id": "drug", "meta": {"versionId": "1"}, "code": {"text": "Warfarin"}}],
    "south": [patient("s1", "Öberg", "Eva", "1961-02-03", EVA), observation("so1", "s1", "6.10", effectiveDateTime="2026-02-10T08:00:00Z")],
}


@pytest.fixture
def client(tmp_path):
    with opened(make_home(tmp_path / "home", WORLD), Clock()) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield Client(gate)


@pytest.fixture
def eva(client):
    return merged_id(client.gate.store.id_key, "south", "Patient", "s1")


def ask(client, path, **who):
    answer = client.ask(f"/fhir/{path}", **who)
    assert answer.status_code == 200, answer.data
    return loads(answer.data)


def values(bundle, mode="match"):
    return [str(e["resource"].get("valueQuantity", {}).get("value", e["resource"]["resourceType"])) for e in bundle.get("entry", ()) if e["search"]["mode"] == mode]


@pytest.mark.parametrize(("sort", "wanted"), [
    ("date", ["5.50", "6.10", "5.60"]), ("-date", ["5.60", "6.10", "5.50"]), ("code,-date", ["6.10", "5.50", "5.60"]), ("-code,date", ["5.60", "5.50", "6.10"])])
def test_the_order_that_is_asked_for_over_all_pages(client, eva, sort, wanted):
    assert values(ask(client, f"Observation?patient={eva}&_sort={sort}")) == wanted
    seen, url = [], f"Observation?patient={eva}&_sort={sort}&_count=1"
    while url:
        page = ask(client, url)
        seen += values(page)
        url = next((k["url"].removeprefix(f"{BASE}/fhir/") for k in page["link"] if k["relation"] == "next"), "")
    assert seen == wanted


def test_the_newest_alone(client, eva):
    bundle = ask(client, f"Observation?patient={eva}&_sort=-date&_count=1")
    assert values(bundle) == ["5.60"] and bundle["total"] == 3


def test_what_has_no_date_comes_last_either_way(client, eva):
    for sort in ("date", "-date"):
        assert values(ask(client, f"AllergyIntolerance?patient={eva}&_sort={sort}")) == ["AllergyIntolerance"]


def test_counts_and_parts(client, eva):
    bundle = ask(client, f"Observation?patient={eva}&_summary=count")
    assert bundle["total"] == 3 and "entry" not in bundle and [k["relation"] for k in bundle["link"]] == ["self"]
    for query, inside, outside in (("_elements=value", "valueQuantity", "effectiveDateTime"), ("_elements=Observation.effective,subject", "subject", "valueQuantity"),
                                   ("_summary=text", "text", "valueQuantity"), ("_summary=data", "valueQuantity", "text")):
        (found,) = [e["resource"] for e in ask(client, f"Observation?patient={eva}&date=2026-02-01&{query}")["entry"]]
        assert inside in found and outside not in found and {"id", "meta", "status", "code"} <= found.keys(), query
        assert "SUBSETTED" in [t["code"] for t in found["meta"]["tag"]]
    (whole,) = [e["resource"] for e in ask(client, f"Observation?patient={eva}&date=2026-02-01&_summary=false")["entry"]]
    assert "tag" not in whole["meta"]


def test_what_goes_along_is_not_counted(client, eva):
    bundle = ask(client, f"Observation?patient={eva}&date=2026-02-01&_include=Observation:performer&_include=Observation:patient")
    assert bundle["total"] == 1 and sorted(values(bundle, "include")) == ["Organization", "Patient"]
    assert values(ask(client, f"MedicationRequest?patient={eva}&_include=MedicationRequest:medication"), "include") == ["Medication"]
    assert values(ask(client, f"MedicationRequest?patient={eva}&_include=*"), "include") == ["Patient", "Medication"]
    assert values(ask(client, f"Observation?patient={eva}&_include=Observation:performer:Practitioner"), "include") == []
    told = ask(client, f"Observation?patient={eva}&_revinclude=Provenance:target")
    targets = {e["resource"]["target"][0]["reference"] for e in told["entry"] if e["search"]["mode"] == "include"}
    assert targets == {f"Observation/{e['resource']['id']}" for e in told["entry"] if e["search"]["mode"] == "match"}


def test_when_it_was_changed(client, eva):
    at = min(e["resource"]["meta"]["lastUpdated"] for e in ask(client, f"Observation?patient={eva}")["entry"])
    assert ask(client, f"Observation?patient={eva}&_lastUpdated=ge2026")["total"] == 3 == ask(client, f"Observation?patient={eva}&_lastUpdated=le{at}")["total"] + ask(
        client, f"Observation?patient={eva}&_lastUpdated=gt{at}")["total"]
    assert ask(client, f"Observation?patient={eva}&_lastUpdated=gt2099")["total"] == 0
    assert client.ask("/fhir/Observation?_lastUpdated=ge2026").status_code == 400, "it narrows nothing"


@pytest.mark.parametrize("narrow", ["_summary=count", "_count=0", "_count=1"])
def test_a_number_of_findings_is_told_of_somebody_and_is_on_her_list(client, eva, narrow):
    with client.gate.store.read() as tx:
        person = people.person(tx, Ref("north", "n1"))
    before = len(list(client.gate.log.search(person)))
    assert ask(client, f"Observation?patient={eva}&code=718-7&{narrow}")["total"] == 1
    assert len(list(client.gate.log.search(person))) == before + 1


@pytest.mark.parametrize("query", ["_sort=colour", "_sort=", "_elements=colour", "_elements=", "_summary=all", "_summary=x", "_include=Observation:colour", "_include=Patient:organization",
                                   "_include=Observation:performer:Nonsense", "_revinclude=Observation:patient", "_lastUpdated=soon", "_summary=count&_summary=false&_summary=count",
                                   "_include:iterate=Observation:performer", "_contained=true"])
def test_what_is_not_supported_is_refused(client, eva, query):
    answer = client.ask(f"/fhir/Observation?patient={eva}&{query}")
    assert answer.status_code == 400 and loads(answer.data)["issue"][0]["code"] in ("value", "not-supported")


def test_subject_finds_what_patient_finds_by_any_id_that_leads_there(client, eva):
    ids = [eva, merged_id(client.gate.store.id_key, "north", "Patient", "n1")]
    found = [sorted(values(ask(client, f"Observation?{name}={form}{id}"))) for id in ids for name in ("patient", "subject") for form in ("", "Patient/")]
    assert all(f == ["5.50", "5.60", "6.10"] for f in found)
    assert ask(client, "Observation?subject=nobody")["total"] == 0
    assert client.ask(f"/fhir/AllergyIntolerance?subject={eva}").status_code == 400, "R4 calls it patient there"


def test_what_is_hidden_goes_along_with_nothing(client, eva):
    hide(client.gate, "north", "n1")
    bundle = ask(client, f"Observation?patient={eva}&_sort=date&_include=*&_revinclude=Provenance:target")
    assert values(bundle) == ["6.10"] and b"north" not in client.ask(f"/fhir/Observation?patient={eva}&_include=*&_revinclude=Provenance:target").data
    assert bundle["total"] == 1


def test_it_is_built_again_byte_for_byte(client, eva):
    answer = client.ask(f"/fhir/Observation?patient={eva}&_sort=-date&_include=*&_elements=code")
    again = rebuild(client.gate, client.gate.log.size())
    assert again.same and again.what == "bytes" and again.body == answer.data


def test_the_capability_statement_tells(client):
    (told,) = [r for r in loads(client.ask("/fhir/metadata").data)["rest"][0]["resource"] if r["type"] == "MedicationRequest"]
    assert "MedicationRequest:medication" in told["searchInclude"] and told["searchRevInclude"] == ["Provenance:target"]
    assert {"name": "_lastUpdated", "type": "date"} in told["searchParam"]


def test_a_summary_has_what_the_specification_marks(client, eva):
    (found,) = [e["resource"] for e in ask(client, f"Observation?patient={eva}&date=2026-02-01&_summary=true")["entry"]]
    assert found.keys() == {"resourceType", "id", "meta", "status", "code", "subject", "effectiveDateTime", "valueQuantity", "performer"}
    assert "SUBSETTED" in [t["code"] for t in found["meta"]["tag"]]


def test_a_read_shows_the_parts_that_are_asked_for_and_ignores_nothing(client):
    (eva,) = [e["resource"]["id"] for e in ask(client, f"Patient?identifier={EVA}")["entry"]]
    whole = ask(client, f"Patient/{eva}")
    assert "tag" not in whole["meta"] and ask(client, f"Patient/{eva}?_summary=false&_format=json") == whole
    assert ask(client, f"Patient/{eva}?_elements=birthDate").keys() == {"resourceType", "id", "meta", "birthDate", *({"active", "link"} & whole.keys())}
    assert ask(client, f"Patient/{eva}?_summary=true").items() >= {k: v for k, v in whole.items() if k in ("name", "birthDate", "identifier")}.items()
    for query in ("foo=1", "_include=Patient:organization", "_summary=count", "_summary=all", "_elements=nothing"):
        answer = client.ask(f"/fhir/Patient/{eva}?{query}")
        assert answer.status_code == 400 and loads(answer.data)["resourceType"] == "OperationOutcome", query


def test_a_fact_is_read_whole_or_not_at_all(client):
    assert client.ask("/fhir/source/north/Patient/n1?_format=json").status_code == 200
    for query in ("_summary=true", "_elements=name", "foo=1"):
        assert client.ask(f"/fhir/source/north/Patient/n1?{query}").status_code == 400, query


def test_parts_that_were_read_are_built_again_by_the_log(client, eva):
    ask(client, f"Patient/{eva}?_summary=true")
    assert rebuild(client.gate, client.gate.log.size()).what == "bytes"


@pytest.mark.parametrize(("query", "said"), [
    ("_include:iterate=Observation:subject", "_include:iterate is not built"), ("patient.identifier=1", "chained over references"),
    ("_has:Observation:patient:code=1", "Reverse chained"), ("subject:Patient.name=x", "modifier")])
def test_what_is_not_built_of_searching_is_said_by_its_name(client, query, said):
    answer = client.ask(f"/fhir/Observation?{query}")
    (issue,) = loads(answer.data)["issue"]
    assert answer.status_code == 400 and issue["code"] == "not-supported" and said in issue["diagnostics"]
