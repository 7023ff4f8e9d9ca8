"""FHIR REST over the merged view and the facts; every answer is logged before it leaves (REST, AUD-07, POL-07)."""

import re
import secrets

import pytest

from gateway.disclose.view import Views
from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import Fact
from gateway.pipeline.write import write_facts
from gateway.wsgi import create_app
from tests.homes import EVA, NOW


@pytest.fixture
def client(gate):
    return create_app(gate).test_client()


@pytest.fixture
def bearer(gate):
    def make(scope="user/*.rs", purpose="TREAT", **more):
        claims = {"sub": "dr-holm", "scope": scope, "purpose": purpose, "org": "aarhus", "care": True, **more}
        token = gate.issuer.mint(claims, int(NOW.timestamp()), 600, secrets.token_hex(4))
        return {"Authorization": f"Bearer {token}"}
    return make


@pytest.fixture
def eva(client, bearer):
    bundle = loads(client.get(f"/fhir/Patient?identifier={EVA}", headers=bearer()).data)
    assert bundle["total"] == 1
    return bundle["entry"][0]["resource"]


def entries(gate):
    return [loads(line) for line in gate.log.lines()]


def test_metadata_is_open_and_everything_else_is_not(client):
    assert client.get("/fhir/metadata").status_code == 200
    for path in ("/fhir/Patient/x", "/fhir/Patient?name=a", "/fhir/source/north/Patient", "/fhir/Patient/x/$everything"):
        answer = client.get(path)
        assert answer.status_code == 401 and loads(answer.data)["resourceType"] == "OperationOutcome"


def test_metadata_speaks_xml_as_it_says(client):
    for more in ({"query_string": "_format=xml"}, {"headers": {"Accept": "application/fhir+xml"}}):
        answer = client.get("/fhir/metadata", **more)
        assert answer.mimetype == "application/fhir+xml" and b"<CapabilityStatement" in answer.data
    assert client.get("/fhir/metadata?_format=html").status_code == 406


def test_a_patient_scope_beside_another_opens_no_other_type(client, bearer, eva):
    mixed = bearer(scope="patient/*.rs user/Observation.rs")
    assert client.get(f"/fhir/Observation?patient={eva['id']}", headers=mixed).status_code == 200
    for path in (f"/fhir/AllergyIntolerance?patient={eva['id']}", f"/fhir/Patient/{eva['id']}", "/fhir/Patient?name=eva"):
        assert client.get(path, headers=mixed).status_code == 403
    whole = loads(client.get(f"/fhir/Patient/{eva['id']}/$everything", headers=mixed).data)
    assert whole["resourceType"] == "OperationOutcome"


def test_people_are_found_by_a_birth_date(client, bearer, eva):
    for asked, found in (("1961-02-03", 1), ("eq1961-02-03", 1), ("1961-02-04", 0)):
        body = loads(client.get(f"/fhir/Patient?birthdate={asked}", headers=bearer()).data)
        assert body["total"] == found and all(e["resource"]["id"] == eva["id"] for e in body.get("entry", []))


@pytest.mark.parametrize("claims", [{"extensions": 5}, {"extensions": {"ihe_iua": [1]}}, {"extensions": {"ihe_iua": {"purpose_of_use": 3}}}])
def test_claims_of_another_shape_are_no_defect(client, bearer, eva, claims):
    assert client.get(f"/fhir/Patient/{eva['id']}", headers=bearer(purpose="", **claims)).status_code == 403


def test_search_finds_one_patient_a_person_out_of_two_sources(eva):
    assert {i["value"] for i in eva["identifier"]} == {EVA}
    assert re.fullmatch("[0-9a-f]{16}", eva["meta"]["versionId"])


def test_read_has_an_etag_and_answers_304(client, bearer, eva):
    answer = client.get(f"/fhir/Patient/{eva['id']}", headers=bearer())
    assert answer.headers["ETag"] == f'W/"{eva["meta"]["versionId"]}"'
    again = client.get(f"/fhir/Patient/{eva['id']}", headers={**bearer(), "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data


def test_numbers_keep_their_text(client, bearer, eva):
    text = client.get(f"/fhir/Observation?patient={eva['id']}", headers=bearer()).data
    assert b'"value":5.50' in text and b'"value":6.10' in text


def test_everything_is_paged_without_a_silent_cap(client, bearer, eva):
    seen, url = [], f"/fhir/Patient/{eva['id']}/$everything?_count=2"
    while url:
        bundle = loads(client.get(url, headers=bearer()).data)
        seen += [e["resource"]["id"] for e in bundle.get("entry", ())]
        url = next((k["url"].replace("http://127.0.0.1:8080", "") for k in bundle["link"] if k["relation"] == "next"), "")
    assert len(seen) == len(set(seen)) == bundle["total"] == 4


def test_a_page_token_that_is_not_ours_is_refused(client, bearer, eva):
    assert client.get(f"/fhir/Patient/{eva['id']}/$everything?_page=AAAA", headers=bearer()).status_code == 400


def test_pages_pin_the_facts_but_never_the_decision(gate, client, bearer, eva):
    first = loads(client.get(f"/fhir/Patient/{eva['id']}/$everything?_count=2", headers=bearer()).data)
    following = next(k["url"] for k in first["link"] if k["relation"] == "next").replace("http://127.0.0.1:8080", "")
    write_facts(gate, [Fact("north", "1", {"resourceType": "Condition", "id": "c9", "subject": {"reference": "Patient/n1"},
                                           "code": {"text": "New"}})])
    second = loads(client.get(following, headers=bearer()).data)
    assert second["total"] == 4
    deny = {"resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": "Patient/n1"},
            "scope": {"coding": [{"code": "patient-privacy"}]}, "category": [{"text": "privacy"}], "policyRule": {"text": "x"},
            "provision": {"type": "deny", "actor": [{"role": {"coding": [{"code": "CST"}]},
                                                     "reference": {"identifier": {"value": "north"}}}]}}
    write_facts(gate, [Fact("north", "1", deny)])
    ids = [merged_id(gate.store.id_key, *patient) for patient in (("north", "Patient", "n1"), ("south", "Patient", "s1"))]
    hidden, shown = (client.get(following.replace(eva["id"], id), headers=bearer()) for id in ids)
    assert hidden.status_code == 404, "an id that is hidden leads nowhere"
    assert loads(shown.data)["total"] == 2 and b"Penicillin" not in shown.data


@pytest.mark.parametrize("path, status", [
    ("/fhir/Patient/none", 404), ("/fhir/Nonsense/1", 400), ("/fhir/Patient?flavour=1", 400), ("/fhir/Patient", 400),
    ("/fhir/Patient?birthdate=1961", 400), ("/fhir/Observation?patient=none", 200), ("/nowhere", 404),
    ("/fhir/Patient?name=%00", 200), ("/fhir/Patient?identifier=a%7C%7Cb", 200)])
def test_every_error_is_an_operation_outcome(client, bearer, path, status):
    answer = client.get(path, headers=bearer())
    assert answer.status_code == status
    assert status == 200 or loads(answer.data)["resourceType"] == "OperationOutcome"
    assert b"Traceback" not in answer.data and b"SELECT" not in answer.data


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_merged_view_is_read_only(client, bearer, method, eva):
    assert getattr(client, method)(f"/fhir/Patient/{eva['id']}", headers=bearer(), json={}).status_code == 405


def test_ids_of_other_members_are_aliases(gate, client, bearer, eva):
    ids = {merged_id(gate.store.id_key, s, "Patient", k) for s, k in (("north", "n1"), ("south", "s1"))}
    assert eva["id"] in ids
    other = loads(client.get(f"/fhir/Patient/{(ids - {eva['id']}).pop()}", headers=bearer()).data)
    assert other["active"] is False and other["link"][0]["other"]["reference"] == f"Patient/{eva['id']}"


def test_scopes_bind_search_and_everything(client, bearer, eva):
    narrow = bearer(scope="user/Patient.rs")
    bundle = loads(client.get(f"/fhir/Patient/{eva['id']}/$everything", headers=narrow).data)
    assert {e["resource"]["resourceType"] for e in bundle["entry"]} == {"Patient"}
    assert client.get(f"/fhir/Observation?patient={eva['id']}", headers=narrow).status_code == 403


def test_a_token_bound_to_a_patient_reads_only_that_one(client, bearer, eva):
    own = bearer(scope="patient/*.rs", purpose="PATRQT", patient=eva["id"])
    assert client.get(f"/fhir/Patient/{eva['id']}", headers=own).status_code == 200
    karin = loads(client.get("/fhir/Patient?family=Lind", headers=bearer()).data)["entry"][0]["resource"]["id"]
    assert client.get(f"/fhir/Patient/{karin}", headers=own).status_code in (403, 404)
    assert loads(client.get("/fhir/Patient?family=Lind", headers=own).data)["total"] == 0


def test_provenance_names_for_every_element_the_facts_that_say_so(gate, client, bearer, eva):
    """mXDE, US Core: authors and source facts, per element, each fact to be read where it is served."""
    answer = client.get(f"/fhir/Patient/{eva['id']}/$provenance", headers=bearer())
    found = [e["resource"] for e in loads(answer.data)["entry"]]
    paths = [x["valueString"] for p in found for x in p["target"][0]["extension"]]
    assert len(paths) == len(set(paths)) and {"name", "birthDate", "identifier"} <= {p.partition("[")[0].partition(".")[0] for p in paths}
    for p in found:
        assert p["resourceType"] == "Provenance" and p["target"][0]["reference"] == f"Patient/{eva['id']}"
        sources = {a["who"]["display"] for a in p["agent"][1:]}
        assert sources == {e["what"]["reference"].split("/")[1] for e in p["entity"]}
        for entity in p["entity"]:
            assert client.get(f"/fhir/{entity['what']['reference']}", headers=bearer()).status_code == 200


def test_everything_gives_provenance_on_demand_and_never_else(client, bearer, eva):
    plain = loads(client.get(f"/fhir/Patient/{eva['id']}/$everything?_count=2", headers=bearer()).data)
    told = loads(client.get(f"/fhir/Patient/{eva['id']}/$everything?_count=2&_provenance=true", headers=bearer()).data)
    matches = [e["resource"] for e in told["entry"] if e["search"]["mode"] == "match"]
    assert matches == [e["resource"] for e in plain["entry"]] and told["total"] == plain["total"]
    targets = {e["resource"]["target"][0]["reference"] for e in told["entry"] if e["search"]["mode"] == "include"}
    assert targets == {f"{r['resourceType']}/{r['id']}" for r in matches}


def test_an_unknown_purpose_is_denied_and_logged(gate, client, bearer, eva):
    before = gate.log.size()
    answer = client.get(f"/fhir/Patient/{eva['id']}", headers=bearer(purpose="MARKETING"))
    assert answer.status_code == 403 and gate.log.size() == before + 1
    assert entries(gate)[-1]["outcome"] == "refused"


def test_aud07_every_answer_is_an_entry_with_the_hash_of_what_was_sent(gate, client, bearer, eva):
    import hashlib
    for path in (f"/fhir/Patient/{eva['id']}", f"/fhir/Patient/{eva['id']}/$everything", "/fhir/Patient?family=nobody",
                 f"/fhir/Observation?patient={eva['id']}", "/fhir/source/north/Observation", "/fhir/source",
                 "/fhir/source/north/Patient/n1", f"/fhir/Patient/{eva['id']}/_history",
                 f"/fhir/Patient/{eva['id']}/$provenance", "/fhir/Patient/none"):
        before = gate.log.size()
        answer = client.get(path, headers=bearer())
        assert gate.log.size() > before, path
        assert entries(gate)[-1]["sent"] == hashlib.sha256(answer.data).hexdigest(), path


def test_an_entry_is_rebuilt_byte_for_byte_after_the_record_moved_on(gate, client, bearer, eva):
    from gateway.disclose.rebuild import rebuild
    shown = {}
    for path in (f"/fhir/Patient/{eva['id']}/$everything?_count=2", f"/fhir/Patient/{eva['id']}", f"/fhir/Patient/{eva['id']}/$everything?_provenance=true", "/fhir/Patient?family=%C3%96berg",
                 f"/fhir/Observation?patient={eva['id']}&code=2345-7", f"/fhir/Patient/{eva['id']}/$provenance"):
        shown[path] = client.get(path, headers=bearer()).data
        shown[path] = (gate.log.size(), shown[path])
    write_facts(gate, [Fact("north", "2", {"resourceType": "Observation", "id": "no1", "status": "corrected",
                                           "code": {"text": "Glucose"}, "subject": {"reference": "Patient/n1"}}, "2026-03-03")])
    for path, (entry, body) in shown.items():
        again = rebuild(gate, entry)
        assert again.same and again.what == "bytes" and again.body == body, path
    assert client.get(f"/fhir/Observation?patient={eva['id']}&code=2345-7", headers=bearer()).data != shown[
        f"/fhir/Observation?patient={eva['id']}&code=2345-7"][1]


def test_aud07_no_log_no_answer(gate, client, bearer, eva):
    gate.log._db.execute("drop table details")
    answer = client.get(f"/fhir/Patient/{eva['id']}", headers=bearer())
    assert answer.status_code == 503 and b"berg" not in answer.data


def test_facts_stand_under_their_origin_with_their_own_ids(client, bearer):
    bundle = loads(client.get("/fhir/source/north/Observation", headers=bearer()).data)
    assert [e["resource"]["id"] for e in bundle["entry"]] == ["no1"]
    fact = client.get("/fhir/source/north/Observation/no1/_history/1", headers=bearer())
    assert fact.status_code == 200 and b'"value":5.50' in fact.data
    assert client.get("/fhir/source/north/Observation/no1/_history/2", headers=bearer()).status_code == 404


def test_a_token_in_a_url_or_too_long_is_refused(client):
    assert client.get("/fhir/Patient/x", headers={"Authorization": "Bearer " + "x" * 20000}).status_code == 401
    assert client.get("/fhir/Patient/x?access_token=abc").status_code == 401


def test_security_headers(client):
    headers = client.get("/healthz").headers
    assert headers["Cache-Control"] == "no-store" and "default-src 'none'" in headers["Content-Security-Policy"]


def test_views_are_shared_between_requests(gate, bearer, eva):
    views = Views(gate)
    from gateway.policy.request import Request
    ask = Request(purpose="TREAT", care=True, time="2026-04-01T12:00:00Z")
    with gate.store.read() as tx:
        from gateway.disclose.visible import person_of
        assert views.get(tx, ask, person_of(tx, eva["id"])) is views.get(tx, ask, person_of(tx, eva["id"]))


def test_what_we_build_ourselves_is_valid_r4(client, bearer, eva):
    from gateway.fhir.validate import validate
    for path in ("/fhir/metadata", f"/fhir/Patient/{eva['id']}/$provenance", f"/fhir/Patient/{eva['id']}/$everything",
                 "/fhir/source", "/fhir/source/north/Patient", f"/fhir/Patient/{eva['id']}/_history", "/fhir/Patient/none"):
        assert validate(loads(client.get(path, headers=bearer()).data)) == [], path


def test_a_search_without_the_scope_for_it_is_refused_and_never_empty(client, bearer, eva):
    """An empty list of allergies would say that there are none."""
    narrow = bearer(scope="user/Patient.rs")
    for path in (f"/fhir/Observation?patient={eva['id']}", f"/fhir/AllergyIntolerance?patient={eva['id']}",
                 "/fhir/source/north/Observation", "/fhir/source/north/Basic"):
        answer = client.get(path, headers=narrow)
        assert answer.status_code == 403 and "no scope grants" in loads(answer.data)["issue"][0]["diagnostics"]
    assert client.get(f"/fhir/Patient?identifier={EVA}", headers=bearer(scope="user/*.r")).status_code == 403
    assert client.get(f"/fhir/Patient/{eva['id']}", headers=bearer(scope="user/*.r")).status_code == 200


@pytest.mark.parametrize("claims", [{"scope": "openid"}, {"purpose": "MARKETING"}, {"purpose": None}, {"scope": "patient/*.rs"},
                                    {"scope": "user/Condition.rs"}, {"purpose": "PATRQT"}])
def test_who_may_not_ask_learns_nothing_of_who_is_there(gate, client, bearer, eva, claims):
    ids = [merged_id(gate.store.id_key, s, t, k) for s, t, k in (("north", "Patient", "n1"), ("north", "Observation", "no1"))]
    for paths in (("Patient/{}",), ("Observation/{}",), ("Patient/{}/$everything",), ("Observation/{}/_history",),
                  ("Observation/{}/$provenance",)):
        for path in paths:
            told = {(a.status_code, a.data) for id in (*ids, eva["id"], "nobody")
                    for a in [client.get(f"/fhir/{path.format(id)}", headers=bearer(**claims))]}
            assert len(told) == 1 and next(iter(told))[0] == 403
    for path in (f"Observation?patient={eva['id']}", f"Patient?identifier={EVA}", "source/north/Patient",
                 "source/north/Observation/no1"):
        assert client.get(f"/fhir/{path}", headers=bearer(**claims)).status_code == 403


def test_whom_a_refused_look_was_about_stands_in_the_log(gate, client, bearer, eva):
    client.get(f"/fhir/Patient/{eva['id']}", headers=bearer(scope="patient/*.rs", purpose="PATRQT", patient="another"))
    last = entries(gate)[-1]
    assert (last["outcome"], last["status"], last["decision"]) == ("refused", 404, "deny")
    assert gate.log.entry(last["entry"])["person"]


def test_a_token_for_one_type_reads_whom_it_is_about_and_nothing_else_of_them(gate, client, bearer, eva):
    """SMART apps ask for the few types that they show, and search them by patient."""
    narrow = bearer(scope="user/Observation.rs")
    bundle = loads(client.get(f"/fhir/Observation?patient={eva['id']}", headers=narrow).data)
    assert bundle["total"] == 2
    for entry in bundle["entry"]:
        assert entry["resource"]["subject"]["reference"] == f"Patient/{eva['id']}"
        full = client.get(f"/fhir/Observation/{entry['resource']['id']}", headers=bearer())
        assert client.get(f"/fhir/Observation/{entry['resource']['id']}", headers=narrow).data == full.data
        assert "Patient/" not in loads(client.get(f"/fhir/Observation/{entry['resource']['id']}/$provenance", headers=narrow).data)[
            "entry"][0]["resource"]["target"][0]["reference"]
    for path in (f"Patient/{eva['id']}", f"Patient?identifier={EVA}", f"Patient/{eva['id']}/$everything", "source/north/Patient",
                 "source/north/Patient/n1"):
        answer = client.get(f"/fhir/{path}", headers=narrow)
        assert answer.status_code == 403 and b"berg" not in answer.data and EVA.encode() not in answer.data


@pytest.mark.parametrize("held", ["{}", 'W/"x", {}', "*"])
def test_a_list_of_etags_is_compared_weakly(client, bearer, eva, held):
    path = f"/fhir/Patient/{eva['id']}"
    etag = client.get(path, headers=bearer()).headers["ETag"]
    for told in (etag, etag.removeprefix("W/")):
        assert client.get(path, headers={**bearer(), "If-None-Match": held.format(told)}).status_code == 304
    own = bearer(scope="patient/*.rs", purpose="PATRQT", patient="another")
    assert client.get(path, headers={**own, "If-None-Match": held.format(etag)}).status_code == 404


@pytest.mark.parametrize("count", ["-1", "x", "1.5", "", "9" * 5000])
def test_a_page_size_that_is_none_is_refused(client, bearer, eva, count):
    for path in (f"/fhir/Observation?patient={eva['id']}&", f"/fhir/Patient/{eva['id']}/$everything?", "/fhir/source/north/Patient?"):
        assert client.get(f"{path}_count={count}", headers=bearer()).status_code == 400


def test_the_parameters_of_a_search_come_in_a_form(gate, client, bearer, eva):
    """A body that is not read would leave its criteria out."""
    for kind in ("application/json", "text/plain", "application/fhir+json"):
        answer = client.post(f"/fhir/Observation/_search?patient={eva['id']}", headers=bearer(), data=b"{}", content_type=kind)
        assert answer.status_code == 415 and loads(answer.data)["resourceType"] == "OperationOutcome"
        assert entries(gate)[-1]["outcome"] == "refused"
    assert client.post(f"/fhir/Observation/_search?patient={eva['id']}", headers=bearer()).status_code == 200


@pytest.mark.parametrize("query", ["{}=1", "birthdate={}", "name:{}=x", "_page={}"])
def test_what_a_client_sent_is_not_sent_back_whole(client, bearer, query):
    answer = client.post("/fhir/Patient/_search", headers=bearer(), data=query.format("a" * 200_000),
                         content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400 and len(answer.data) < 5000


@pytest.mark.parametrize("token", ["..", "a.b.c", "a.WyJpc3MiXQ.c", "a.ImlzcyI.c", "a.b.c.d", "a.W1tbW1tbW1tbW1tbW1s.c"])
def test_a_token_that_is_none_is_refused_in_words(client, token):
    told = loads(client.get("/fhir/Patient/x", headers={"Authorization": f"Bearer {token}"}).data)["issue"][0]["diagnostics"]
    assert "it is no JSON Web Token" in told and "indices" not in told and ".." not in told


def test_every_visible_name_of_a_patient_finds_what_is_about_them(gate, client, bearer, eva):
    """An id that stopped being the person's would else find nothing, as if there were nothing."""
    ids = {merged_id(gate.store.id_key, s, "Patient", k) for s, k in (("north", "n1"), ("south", "s1"))}
    assert eva["id"] in ids and len(ids) == 2
    for id in ids:
        for name in (id, f"Patient/{id}", f"http://127.0.0.1:8080/fhir/Patient/{id}"):
            for type, total in (("Observation", 2), ("AllergyIntolerance", 1)):
                assert loads(client.get(f"/fhir/{type}?patient={name}", headers=bearer()).data)["total"] == total, name
    for name in (f"Group/{eva['id']}", f"http://elsewhere.example/fhir/Patient/{eva['id']}", f"Patient/{eva['id']}x"):
        assert loads(client.get(f"/fhir/Observation?patient={name}", headers=bearer()).data)["total"] == 0
