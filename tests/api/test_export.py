"""Bulk export over HTTP, to the letter of REST-23 (Bulk Data Access 2/3): what a client meets from kick-off to the end."""

from datetime import timedelta

import pytest

from gateway.cli.serve import JOBS
from gateway.disclose import exporting
from gateway.errors import IntegrityError, error
from gateway.jsontext import dumps, loads
from gateway.model import Assertion, Fact
from gateway.opened import opened
from gateway.pipeline.people import erase
from gateway.pipeline.pull import pull
from gateway.pipeline.work import round_
from gateway.pipeline.write import write_facts
from gateway.store.jobs import MAX_ATTEMPTS
from tests.api.test_match import hide
from tests.exporter import BASE, Client
from tests.homes import make_home, observation
from tests.laws.steps import Clock


@pytest.fixture
def client(tmp_path):
    clock = Clock()
    with opened(make_home(tmp_path / "home"), clock) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield Client(gate)


def test_from_kick_off_to_the_files(client):
    place = client.start()
    waiting = client.ask(place)
    assert waiting.status_code == 202 and len(waiting.headers["X-Progress"]) < 100 and waiting.headers["Retry-After"]
    client.work()
    done = client.ask(place, headers={"Accept": "application/json"})
    assert done.status_code == 200 and done.mimetype == "application/json" and done.headers["Expires"].endswith("GMT")
    told = loads(done.data)
    assert told["requiresAccessToken"] is True and told["request"] == f"{BASE}/fhir/$export"
    assert told["error"] == told["deleted"] == []
    for file in told["output"]:
        answer = client.ask(file["url"], headers={"Accept": "application/fhir+ndjson"})
        lines = [loads(line) for line in answer.data.splitlines()]
        assert answer.mimetype == "application/fhir+ndjson" and len(lines) == file["count"]
        assert {r["resourceType"] for r in lines} == {file["type"]}, "one type a file"
    assert {f["type"] for f in told["output"]} == {"Patient", "AllergyIntolerance", "Observation"}
    assert len(client.lines({"output": [f for f in told["output"] if f["type"] == "Patient"]})) == 2


def test_what_is_exported_is_what_is_read(client):
    for resource in client.lines(client.manifest()):
        assert loads(client.ask(f"/fhir/{resource['resourceType']}/{resource['id']}").data) == resource


def test_types_and_a_posted_request(client):
    told = client.manifest("?_type=Observation,Patient&_outputFormat=ndjson")
    assert {f["type"] for f in told["output"]} == {"Observation", "Patient"}
    body = {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueString": "Patient"}]}
    answer = client.ask("/fhir/Patient/$export", "POST", json=body)
    client.work()
    assert {f["type"] for f in loads(client.ask(answer.headers["Content-Location"]).data)["output"]} == {"Patient"}


def test_nothing_to_export_is_whole_all_the_same(client):
    told = client.manifest("?_type=Immunization")
    assert told["output"] == [] and told["transactionTime"]


@pytest.mark.parametrize("query, code", [
    ("?_typeFilter=Patient%3Factive%3Dtrue", "not-supported"), ("?_since=soon", "value"), ("?_since=2026-04-01", "value"),
    ("?_outputFormat=text/csv", "value"), ("?_type=Nonsense", "value")])
def test_what_is_not_known_is_refused_and_nothing_is_begun(client, query, code):
    answer = client.ask(f"/fhir/$export{query}")
    assert answer.status_code == 400 and loads(answer.data)["issue"][0]["code"] == code
    assert client.work() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"resourceType": "Parameters", "parameter": [{"name": "_type"}]}',
                                  b'{"resourceType": "Parameters", "parameter": [7]}', b"7"])
def test_a_body_that_is_no_parameters_is_refused(client, body):
    answer = client.web.post("/fhir/$export", data=body, headers=client.bearer(), content_type="application/json")
    assert answer.status_code == 400 and loads(answer.data)["resourceType"] == "OperationOutcome"
    assert client.work() == []


def test_a_lenient_client_is_told_what_was_passed_over(client):
    answer = client.ask("/fhir/$export?_typeFilter=x", headers={"Prefer": "respond-async, handling=lenient"})
    client.work()
    told = loads(client.ask(answer.headers["Content-Location"]).data)
    (notes,) = client.lines(told, "error")
    assert "_typeFilter" in notes["issue"][0]["diagnostics"] and told["output"]


def test_an_export_is_its_readers_own(client):
    told = client.manifest()
    place = told["output"][0]["url"].rpartition("/")[0]
    for stranger in ({"sub": "other"}, {"scope": "system/Patient.rs"}, {"purpose": "CAREMGT"}):
        for path, method in ((place, "GET"), (place, "DELETE"), (told["output"][0]["url"], "GET")):
            answer = client.ask(path, method, **stranger)
            assert answer.status_code == 404 and loads(answer.data)["resourceType"] == "OperationOutcome"
            assert "Öberg".encode() not in answer.data
    assert client.ask(place).status_code == 200


def test_who_may_not_ask_is_refused(client):
    assert client.ask("/fhir/$export", purpose="HMARKT").status_code == 403
    assert client.ask("/fhir/$export", purpose="PATRQT", patient="x").status_code == 403
    assert client.web.get("/fhir/$export").status_code == 401
    assert client.work() == []


def test_scopes_narrow_what_is_given(client):
    told = client.manifest(scope="system/Patient.rs")
    assert {f["type"] for f in told["output"]} == {"Patient"}


def test_an_ended_export_is_gone(client):
    told = client.manifest()
    place = told["output"][0]["url"].rpartition("/")[0]
    assert client.ask(place, "DELETE").status_code == 202
    for path, method in ((place, "GET"), (place, "DELETE"), (told["output"][0]["url"], "GET")):
        assert client.ask(path, method).status_code == 404


def test_one_that_was_ended_before_it_was_made_is_not_made(client):
    place = client.start()
    assert client.ask(place, "DELETE").status_code == 202
    assert [j["said"] for j in client.work()] == ["over already"] and client.ask(place).status_code == 404


@pytest.mark.parametrize("name", ["Patient.2.ndjson", "Patient.ndjson", "Patient.x.ndjson", "Patient.²", "deleted.1.ndjson",
                                  "Patient." + "9" * 40])
def test_a_file_that_is_not_there(client, name):
    told = client.manifest()
    assert client.ask(f"{told['output'][0]['url'].rpartition('/')[0]}/{name}").status_code == 404


def test_too_many_at_once_wait(client):
    places = [client.start() for _ in range(3)]
    answer = client.ask("/fhir/$export")
    assert answer.status_code == 429 and answer.headers["Retry-After"]
    assert client.start(sub="other"), "another reader's are not counted"
    client.ask(places[0], "DELETE")
    assert client.start()


def test_after_its_hour_it_is_gone_and_still_known(client):
    told = client.manifest()
    client.gate.now.at += timedelta(hours=2)
    assert client.ask(told["output"][0]["url"]).status_code == 404
    later = client.manifest(f"?_since={told['transactionTime']}")
    assert later["output"] == later["deleted"] == later["error"] == []


def test_since_gives_what_changed_and_what_went(client):
    first = client.manifest()
    mirror = client.apply({}, first)
    allergy = next(k for k in mirror if k.startswith("AllergyIntolerance/"))
    retract = Assertion("retract", {"source": "north", "type": "AllergyIntolerance", "id": "na1"})
    file = client.gate.home.folder / "inbox/north/more.json"
    file.write_text(dumps(retract.basic()))
    assert not pull(client.gate, "north").failed
    second = client.manifest(f"?_since={first['transactionTime']}")
    (bundle,) = client.lines(second, "deleted")
    assert bundle["type"] == "transaction" and {"request": {"method": "DELETE", "url": allergy}} in bundle["entry"]
    assert client.apply(mirror, second) == client.apply({}, client.manifest())
    assert client.manifest(f"?_since={second['transactionTime']}")["output"] == []


def test_since_of_some_types_leaves_the_others_as_they_were(client):
    first = client.manifest()
    mirror = client.apply({}, first)
    hide(client.gate, "north", "n1")
    some = client.manifest(f"?_since={first['transactionTime']}&_type=AllergyIntolerance")
    gone = [e["request"]["url"] for b in client.lines(some, "deleted") for e in b["entry"]]
    assert gone and all(url.startswith("AllergyIntolerance/") for url in gone)
    mirror = client.apply(mirror, some)
    rest = client.manifest(f"?_since={some['transactionTime']}")
    assert client.apply(mirror, rest) == client.apply({}, client.manifest())


def test_another_instant_gives_what_is_newer_and_says_what_it_cannot(client):
    client.manifest()
    told = client.manifest("?_since=2020-01-01T00:00:00Z")
    (notes,) = client.lines(told, "error")
    assert told["output"] and told["deleted"] == [] and "what went since is not told" in notes["issue"][0]["diagnostics"]
    none = client.manifest("?_since=2030-01-01T00:00:00Z")
    assert none["output"] == [] and none["error"]


def test_another_readers_export_is_no_instant_of_mine(client):
    first = client.manifest()
    told = client.manifest(f"?_since={first['transactionTime']}", sub="other")
    assert told["error"], "what another was given says nothing of what I hold"


def test_a_consent_ends_what_shows_what_it_hides_and_no_other(client):
    told, open_to = client.manifest(), client.manifest(purpose="ETREAT")
    hide(client.gate, "north", "n1")
    assert client.ask(told["output"][0]["url"]).status_code == 404
    assert client.ask(open_to["output"][0]["url"], purpose="ETREAT").status_code == 200, "an emergency goes past it"
    fresh = client.manifest()
    assert b"Penicillin" not in b"".join(client.ask(f["url"]).data for f in fresh["output"])


def test_what_was_restricted_is_deleted_and_what_never_was_given_is_not_named(client):
    hide(client.gate, "north", "n1")
    first = client.manifest()
    held = client.apply({}, first)
    retract = Assertion("retract", {"source": "north", "type": "AllergyIntolerance", "id": "na1"})
    (client.gate.home.folder / "inbox/north/more.json").write_text(dumps(retract.basic()))
    assert not pull(client.gate, "north").failed
    told = client.manifest(f"?_since={first['transactionTime']}")
    assert told["output"] == told["deleted"] == [] and held == client.apply({}, client.manifest())


def test_a_worker_that_died_is_followed_by_one_that_begins_anew(client, monkeypatch):
    place = client.start()
    monkeypatch.setattr(exporting, "PEOPLE", 1)
    keep, kept = exporting.Maker.keep, []

    def dies(maker):
        keep(maker)
        kept.append(maker.made.time)
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting.Maker, "keep", dies)
    with pytest.raises(KeyboardInterrupt):
        client.work()
    monkeypatch.setattr(exporting.Maker, "keep", keep)
    assert client.ask(place).status_code == 202 and client.work() == [], "its lease still runs"
    client.gate.now.at += timedelta(minutes=11)
    assert [j["failed"] for j in client.work()] == [False]
    told = loads(client.ask(place).data)
    assert told["transactionTime"] > kept[0]
    assert client.apply({}, told) == client.apply({}, client.manifest())


def test_one_that_cannot_be_made_is_given_up_and_says_so_and_the_other_jobs_go_on(client, monkeypatch):
    def breaks(*_):
        raise ZeroDivisionError

    place = client.start()
    monkeypatch.setattr(exporting, "build", breaks)
    for attempt in range(MAX_ATTEMPTS):
        assert client.ask(place).status_code == 202
        (client.gate.home.folder / f"inbox/south/more{attempt}.json").write_text(
            f'{{"resourceType": "Patient", "id": "{attempt}"}}')
        client.gate.now.at += timedelta(hours=25)
        done = list(round_(client.gate, JOBS))
        assert [j["failed"] for j in done if j["kind"] == "export"] == [True]
        assert [j["said"][:5] for j in done if j["what"] == "south"] == ["1 new"]
    answer = client.ask(place)
    assert answer.status_code == 500 and loads(answer.data)["issue"][0]["code"] == "exception" and client.work() == []
    monkeypatch.undo()
    assert client.ask(place, "DELETE").status_code == 202 and client.ask(place).status_code == 404 and client.manifest()["output"]


def test_without_its_entries_nothing_is_kept(client, monkeypatch):
    def full(_):
        raise IntegrityError(error("log-unwritable", "The log cannot be written."))

    place = client.start()
    monkeypatch.setattr(client.gate.log, "append", full)
    assert [j["failed"] for j in client.work()] == [True]
    monkeypatch.undo()
    with client.gate.store.read() as tx:
        for table in ("export_pages", "export_given"):
            assert not tx.conn.exec_driver_sql(f"select * from {table}").all()
    assert client.ask(place).status_code == 202


def test_a_long_export_keeps_its_lease(client, monkeypatch):
    """A minute goes by at each person; another worker that looks in finds nothing to do."""
    place, tried, take = client.start(), [], exporting.Maker.take

    def slow(maker, view):
        client.gate.now.at += timedelta(seconds=50)
        take(maker, view)
        tried.append([j for j in round_(client.gate, JOBS) if j["kind"] == "export"])

    monkeypatch.setattr(exporting.Maker, "take", slow)
    assert [j["failed"] for j in client.work()] == [False] and tried == [[], []]
    assert client.ask(place).status_code == 200


def test_an_erasure_ends_every_export_and_the_next_says_what_went(client):
    first = client.manifest()
    mirror, running = client.apply({}, first), client.start()
    eva = next(r for r in mirror.values() if r["resourceType"] == "Patient" and r["birthDate"] == "1961-02-03")
    erase(client.gate, eva["id"], "o", "law")
    assert client.ask(first["output"][0]["url"]).status_code == 404 and client.ask(running).status_code == 404
    second = client.manifest(f"?_since={first['transactionTime']}")
    mirror = client.apply(mirror, second)
    assert mirror == client.apply({}, client.manifest()) and len([k for k in mirror if k.startswith("Patient/")]) == 1


def test_what_stands_in_many_records_is_given_once_and_always_the_same(client):
    """Eva's record shows an organisation of two sources, Karin's what one of them says of it."""
    org = {"resourceType": "Organization", "identifier": [{"system": "urn:oid:1.2.3", "value": "O1"}]}
    told = [("north", {**org, "id": "on", "name": "North"}), ("south", {**org, "id": "os", "name": "South", "active": True}),
            *((source, observation(f"x{n}", patient, "7.0", performer=[{"reference": f"Organization/{key}"}]))
              for n, (source, patient, key) in enumerate([("north", "n1", "on"), ("south", "s1", "os"), ("north", "n2", "on")]))]
    write_facts(client.gate, [Fact(source, "1", body, "2026-01-01T00:00:00Z") for source, body in told])
    first = client.manifest()
    (one,) = client.lines({"output": [f for f in first["output"] if f["type"] == "Organization"]})
    assert one["name"] in ("North", "South")
    for _ in range(8):
        first = client.manifest(f"?_since={first['transactionTime']}")
        assert first["output"] == first["deleted"] == []


def test_pages_are_cut_by_size_wherever_people_stand(client, monkeypatch):
    whole = client.apply({}, client.manifest())
    monkeypatch.setattr(exporting, "PAGE", 1)
    told = client.manifest()
    assert {f["count"] for f in told["output"]} == {1} and len(told["output"]) == len(whole)
    assert client.apply({}, told) == whole


def test_each_person_is_logged_once_with_what_was_given(client):
    before = len(list(client.gate.log.lines()))
    client.manifest()
    entries = [loads(line) for line in list(client.gate.log.lines())[before:]]
    about = [e for e in entries if e["action"] == "export" and e.get("subject")]
    assert len(about) == 2 and all(e["outcome"] == "done" and e["view"] for e in about)
    before = len(list(client.gate.log.lines()))
    client.manifest(f"?_since={client.manifest()['transactionTime']}")
    entries = [loads(line) for line in list(client.gate.log.lines())[before:]]
    assert len([e for e in entries if e.get("subject")]) == 2, "who did not change was given once, not twice"


def test_facts_that_come_while_it_is_made_are_in_the_next(client, monkeypatch):
    place = client.start()
    monkeypatch.setattr(exporting, "PEOPLE", 1)
    keep = exporting.Maker.keep

    def comes(maker):
        monkeypatch.setattr(exporting.Maker, "keep", keep)
        (client.gate.home.folder / "inbox/south/more.json").write_text(
            '{"resourceType": "Patient", "id": "new", "name": [{"family": "Nyman"}], "birthDate": "2001-01-01"}')
        assert not pull(client.gate, "south").failed
        return keep(maker)

    monkeypatch.setattr(exporting.Maker, "keep", comes)
    client.work()
    first = loads(client.ask(place).data)
    assert "Nyman" not in str(client.lines(first))
    second = client.manifest(f"?_since={first['transactionTime']}")
    assert "Nyman" in str(client.lines(second)) and client.apply(client.apply({}, first), second) == client.apply({}, client.manifest())
