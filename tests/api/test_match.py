"""Patient/$match to the letter of ITI-119 (ID-08), and what a hidden source may not leave behind."""

import secrets

import pytest

from gateway.disclose.rebuild import rebuild
from gateway.fhir.xml_out import xml
from gateway.jsontext import canonical, loads
from gateway.model import Fact
from gateway.pipeline.people import rule
from gateway.pipeline.write import write_facts
from gateway.wsgi import create_app
from tests.homes import EVA, NOW, patient

SSN = "urn:oid:1.2.752.129.2.1.3.1"
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
EVA_SAYS = {"resourceType": "Patient", "name": [{"family": "Öberg", "given": ["Eva"]}], "birthDate": "1961-02-03",
            "identifier": [{"system": SSN, "value": EVA}], "gender": "female",
            "address": [{"line": ["Storgatan 1"], "city": "Ådalby", "postalCode": "91320"}]}


@pytest.fixture
def client(gate):
    return create_app(gate).test_client()


@pytest.fixture
def bearer(gate):
    def make(scope="user/*.rs", purpose="TREAT", **more):
        claims = {"sub": "dr-holm", "scope": scope, "purpose": purpose, "org": "aarhus", "care": True, **more}
        return {"Authorization": f"Bearer {gate.issuer.mint(claims, int(NOW.timestamp()), 600, secrets.token_hex(4))}"}
    return make


@pytest.fixture
def ask(client, bearer):
    """POST Patient/$match; gives status and body."""
    def send(resource, who=None, **options):
        kinds = {"onlyCertainMatches": "valueBoolean", "count": "valueInteger"}
        parts = [{"name": "resource", "resource": resource}, *({"name": k, kinds[k]: v} for k, v in options.items())]
        answer = client.post("/fhir/Patient/$match", headers=who or bearer(),
                             json={"resourceType": "Parameters", "parameter": parts})
        return answer.status_code, loads(answer.data)
    return send


def grades(bundle):
    return [e["search"]["extension"][0]["valueCode"] for e in bundle.get("entry", ()) if e["search"]["mode"] == "match"]


def last(gate):
    return loads(list(gate.log.lines())[-1])


def hide(gate, source, key):
    """The patient denies every reader what a source holds."""
    write_facts(gate, [Fact(source, "1", {
        "resourceType": "Consent", "id": "hide", "status": "active", "patient": {"reference": f"Patient/{key}"},
        "scope": {"coding": [{"code": "patient-privacy"}]}, "category": [{"text": "privacy"}], "policyRule": {"text": "x"},
        "provision": {"type": "deny", "actor": [{"role": {"coding": [{"code": "CST"}]},
                                                 "reference": {"identifier": {"value": source}}}]}})])


def test_one_certain_match_has_its_grade_on_the_search_of_its_entry(ask):
    status, bundle = ask(EVA_SAYS)
    assert status == 200 and (bundle["resourceType"], bundle["type"], bundle["total"]) == ("Bundle", "searchset", 1)
    entry = bundle["entry"][0]
    assert entry["search"]["mode"] == "match" and .95 <= entry["search"]["score"] <= 1
    assert entry["search"]["extension"] == [{"url": GRADE, "valueCode": "certain"}]
    assert entry["fullUrl"].endswith(f"/fhir/Patient/{entry['resource']['id']}")


def test_the_match_is_the_patient_as_read_gives_it(client, bearer, ask):
    resource = ask(EVA_SAYS)[1]["entry"][0]["resource"]
    assert loads(client.get(f"/fhir/Patient/{resource['id']}", headers=bearer()).data) == resource


def test_a_bare_patient_is_a_description_too(client, bearer, ask):
    assert loads(client.post("/fhir/Patient/$match", headers=bearer(), json=EVA_SAYS).data) == ask(EVA_SAYS)[1]


def test_names_and_birth_date_alone_are_never_certain(ask):
    thin = {k: EVA_SAYS[k] for k in ("resourceType", "name", "birthDate")}
    assert grades(ask(thin)[1]) == ["probable"]
    status, bundle = ask(thin, onlyCertainMatches=True)
    assert status == 200 and bundle["total"] == 0 and "entry" not in bundle


def test_the_only_certain_match_is_given_and_two_certain_ones_are_none(gate, ask):
    assert grades(ask(EVA_SAYS, onlyCertainMatches=True)[1]) == ["certain"]
    write_facts(gate, [Fact("north", "1", patient("n5", "Öberg", "Eva", "1961-02-03", EVA))])
    assert rule(gate, "never", "north/n1", "north/n5", "dr", "two people")["applied"]
    assert grades(ask(EVA_SAYS)[1]).count("certain") == 2
    status, bundle = ask(EVA_SAYS, onlyCertainMatches=True)
    assert status == 200 and bundle["total"] == 0 and "entry" not in bundle


def test_twins_are_found_and_never_certain(gate, ask):
    twin = patient("n9", "Öberg", "Ester", "1961-02-03", "196102039994")
    write_facts(gate, [Fact("north", "1", twin)])
    bundle = ask(EVA_SAYS)[1]
    assert grades(bundle)[0] == "certain" and "certain" not in grades(bundle)[1:]
    scores = [e["search"]["score"] for e in bundle["entry"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("count, shown", [(0, 0), (1, 1), (9, 2)])
def test_count_cuts_and_total_tells(gate, ask, count, shown):
    thin = {k: EVA_SAYS[k] for k in ("resourceType", "name", "birthDate")}
    write_facts(gate, [Fact("west", "1", {**thin, "id": "w1", "address": [{"city": "Elsewhere"}]})])
    bundle = ask(thin, count=count)[1]
    assert (bundle["total"], len(bundle.get("entry", ()))) == (2, shown)


def test_nobody_is_200_and_empty(gate, ask):
    status, bundle = ask({"resourceType": "Patient", "name": [{"family": "Nobody", "given": ["No"]}], "birthDate": "1901-01-02"})
    assert status == 200 and bundle["total"] == 0 and "entry" not in bundle
    assert (last(gate)["action"], last(gate)["outcome"], last(gate)["subject"]) == ("match", "empty", None)


@pytest.mark.parametrize("patient", [{}, {"gender": "female"}, {"name": [{"family": "Öberg"}]}, {"birthDate": "1961-02-03"},
                                     {"birthDate": "1900-01-01", "name": [{"text": "Unknown"}]}])
def test_too_little_is_422(gate, ask, patient):
    status, body = ask({"resourceType": "Patient", **patient})
    assert status == 422 and body["resourceType"] == "OperationOutcome" and body["issue"][0]["code"] == "incomplete"
    assert last(gate)["outcome"] == "refused"


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"resourceType":"Observation"}', b'{"resourceType":"Parameters"}',
    b'{"resourceType":"Parameters","parameter":[{"name":"resource"}]}', b'{"resourceType":"Parameters","parameter":[1]}',
    b'{"resourceType":"Parameters","parameter":[{"name":"flavour","valueString":"x"}]}',
    b'{"resourceType":"Parameters","parameter":[{"name":[],"valueString":"x"}]}', b'{"resourceType":"Parameters","parameter":[{"name":{}}]}',
    b'{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient"}},{"name":"count","valueInteger":-1}]}',
    b'{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient"}},{"name":"count","valueInteger":1.5}]}',
    b'{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient"}},{"name":"onlyCertainMatches","valueBoolean":"yes"}]}'])
def test_a_body_that_is_no_description_is_400_and_logged(gate, client, bearer, body):
    answer = client.post("/fhir/Patient/$match", headers=bearer(), data=body)
    assert answer.status_code == 400 and loads(answer.data)["resourceType"] == "OperationOutcome"
    assert (last(gate)["action"], last(gate)["outcome"]) == ("match", "refused")


def test_every_person_shown_is_an_entry_of_the_log(gate, ask):
    before = gate.log.size()
    ask(EVA_SAYS)
    ask(EVA_SAYS)
    found = [loads(line) for line in gate.log.lines()][before:]
    assert [(e["action"], e["outcome"], e["subject"] is None) for e in found] == [("match", "done", False)] * 2


def test_who_may_not_ask_learns_nothing(gate, client, bearer, ask):
    """Deny by default: the same refusal whether or not the person exists, and an entry for it."""
    nobody = {**EVA_SAYS, "name": [{"family": "Nobody"}], "identifier": [{"system": SSN, "value": "197001011233"}]}
    for who in ({"purpose": "HMARKT"}, {"scope": "user/Observation.rs"}, {"scope": "openid"}, {"scope": "user/Patient.r"}, {"scope": "user/Patient.s"},
                {"scope": "user/*.r user/Observation.s"},
                {"scope": "patient/*.rs", "purpose": "PATRQT", "patient": "x"}):
        there, absent = ask(EVA_SAYS, bearer(**who)), ask(nobody, bearer(**who))
        assert there == absent and there[0] == 403 and last(gate)["outcome"] == "refused"
    assert client.post("/fhir/Patient/$match", json=EVA_SAYS).status_code == 401


def test_a_hidden_source_leaves_no_trace(gate, ask):
    """What only the hidden source knows finds nobody, and what it says grades nobody."""
    write_facts(gate, [Fact("east", "1", {**patient("e1", "Öberg", "Eva", "1961-02-03", EVA),
                                          "telecom": [{"system": "phone", "value": "+46701234567"}]})])
    secret = {"resourceType": "Patient", "telecom": [{"system": "phone", "value": "+46701234567"}], "name": EVA_SAYS["name"]}
    before = ask(EVA_SAYS)[1]
    assert grades(ask(secret)[1])
    assert "+4670" in str(before)
    hide(gate, "east", "e1")
    assert ask(secret)[1]["total"] == 0
    after = ask(EVA_SAYS)[1]
    assert "+4670" not in str(after) and grades(after) == ["certain"]


def test_a_twin_in_a_hidden_source_keeps_nobody_from_being_certain(gate, ask):
    write_facts(gate, [Fact("east", "1", patient("e2", "Öberg", "Ester", "1961-02-03", "196102039994"))])
    hide(gate, "east", "e2")
    assert grades(ask(EVA_SAYS)[1]) == ["certain"]


def test_answers_of_two_descriptions_are_not_mixed_up(ask):
    karin = {"resourceType": "Patient", "name": [{"family": "Lind", "given": ["Karin"]}], "birthDate": "1970-05-06",
             "identifier": [{"system": SSN, "value": "197005066787"}]}
    names = [ask(p)[1]["entry"][0]["resource"]["name"][0]["family"] for p in (EVA_SAYS, karin, EVA_SAYS)]
    assert names == ["Öberg", "Lind", "Öberg"]


def test_searches_by_form_are_not_mixed_up(client, bearer):
    """Two forms to one address are two requests: the second may not get the first one's answer."""
    found = [loads(client.post("/fhir/Patient/_search", headers=bearer(), data={"family": f}).data) for f in ("Öberg", "Lind")]
    assert [b["entry"][0]["resource"]["name"][0]["family"] for b in found] == ["Öberg", "Lind"]


def test_pictures_of_a_description_are_not_kept(gate, ask):
    ask({**EVA_SAYS, "photo": [{"data": "QUJD" * 9}]})
    assert "QUJDQUJD" not in str(gate.log.entry(gate.log.size()))


def test_a_description_that_is_too_long_is_refused(gate, client, bearer):
    long = {**EVA_SAYS, "address": [{"text": "x" * 300_000}]}
    answer = client.post("/fhir/Patient/$match", headers=bearer(), json=long)
    assert answer.status_code == 413 and loads(answer.data)["issue"][0]["code"] == "too-long" and last(gate)["outcome"] == "refused"


def in_xml(resource, certain=None):
    """Parameters as XML; certain: text of `onlyCertainMatches`."""
    told = f'<parameter><name value="onlyCertainMatches"/><valueBoolean value="{certain}"/></parameter>' if certain else ""
    inner = xml(resource).decode().partition("?>")[2].replace(' xmlns="http://hl7.org/fhir"', "", 1)
    return f'<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="resource"/><resource>{inner}</resource></parameter>{told}</Parameters>'


@pytest.mark.parametrize("kind", ["application/fhir+xml", "application/xml", "text/xml; charset=utf-8", "application/fhir+xml; fhirVersion=4.0"])
def test_a_description_in_xml_says_the_same(gate, client, bearer, ask, kind):
    for body in (xml(EVA_SAYS), in_xml(EVA_SAYS)):
        answer = client.post("/fhir/Patient/$match", headers=bearer(), data=body, content_type=kind)
        assert answer.status_code == 200 and answer.mimetype == "application/fhir+json" and loads(answer.data) == ask(EVA_SAYS)[1]
    thin = {k: EVA_SAYS[k] for k in ("resourceType", "name", "birthDate")}
    for certain, shown in ((None, 1), ("false", 1), ("true", 0)):
        answer = client.post("/fhir/Patient/$match", headers=bearer(), data=in_xml(thin, certain), content_type=kind)
        assert loads(answer.data)["total"] == shown


@pytest.mark.parametrize("body", ["<", "<Patient/>", '<Observation xmlns="http://hl7.org/fhir"/>', '<!DOCTYPE a [<!ENTITY b "c">]><Patient xmlns="http://hl7.org/fhir"/>',
                                  in_xml({"resourceType": "Patient"}, "perhaps"), '<Parameters xmlns="http://hl7.org/fhir"/>', "{}"])
def test_xml_that_is_no_description_is_400_and_logged(gate, client, bearer, body):
    answer = client.post("/fhir/Patient/$match", headers=bearer(), data=body, content_type="application/fhir+xml")
    assert answer.status_code == 400 and loads(answer.data)["issue"][0]["code"] == "structure" and last(gate)["outcome"] == "refused"


@pytest.mark.parametrize("kind", ["text/plain", "image/png", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/fhir+json; fhirVersion=5.0",
                                  "application/fhir+xml; fhirVersion=3.0", "application/octet-stream"])
def test_a_body_in_a_form_that_is_not_read_is_415_and_logged(gate, client, bearer, kind):
    answer = client.post("/fhir/Patient/$match", headers=bearer(), data=canonical(EVA_SAYS), content_type=kind)
    assert answer.status_code == 415 and loads(answer.data)["issue"][0]["code"] == "not-supported"
    assert (last(gate)["action"], last(gate)["outcome"]) == ("match", "refused")


@pytest.mark.parametrize("query, total, shown", [
    ("", 1, 1), ("?onlyCertainMatches=true", 0, 0), ("?onlyCertainMatches=false", 1, 1), ("?count=0", 1, 0), ("?count=5&_pretty=true", 1, 1)])
def test_options_beside_a_bare_patient_stand_in_the_url(client, bearer, query, total, shown):
    thin = {k: EVA_SAYS[k] for k in ("resourceType", "name", "birthDate")}
    bundle = loads(client.post(f"/fhir/Patient/$match{query}", headers=bearer(), json=thin).data)
    assert (bundle["total"], len(bundle.get("entry", ()))) == (total, shown)


@pytest.mark.parametrize("query", ["count=-1", "count=x", "count=1&count=1", "count=", "count=%D9%A1", "onlyCertainMatches=TRUE", "onlyCertainMatches=1", "onlySingleMatch=true",
                                   "resource=x", "_summary=count", f"count={'9' * 5000}"])
def test_what_the_url_asks_for_is_not_passed_over(gate, client, bearer, query):
    answer = client.post(f"/fhir/Patient/$match?{query}", headers=bearer(), json=EVA_SAYS)
    assert answer.status_code == 400 and loads(answer.data)["issue"][0]["code"] == "structure" and last(gate)["outcome"] == "refused"


def test_an_option_is_given_once(client, bearer):
    body = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": EVA_SAYS}, {"name": "count", "valueInteger": 1}]}
    assert client.post("/fhir/Patient/$match?count=1", headers=bearer(), json=body).status_code == 400


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post_matches(client, bearer, method):
    answer = getattr(client, method)("/fhir/Patient/$match", headers=bearer())
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"] and loads(answer.data)["resourceType"] == "OperationOutcome"


def test_metadata_names_the_operations(client):
    rest = loads(client.get("/fhir/metadata").data)["rest"][0]
    operations = next(r for r in rest["resource"] if r["type"] == "Patient")["operation"]
    assert {"everything", "match", "ihe-pix"} <= {o["name"] for o in operations}


def test_what_was_shown_is_built_again_from_the_log(gate, ask):
    """The log says that Patients were shown and nothing else of the record, and the view of then is found again."""
    ask(EVA_SAYS)
    assert set(last(gate)["resources"]) <= {"Patient", "Organization", "Practitioner"} and last(gate)["facts"] == 2
    again = rebuild(gate, gate.log.size())
    assert (again.same, again.what) == (True, "view")


@pytest.mark.parametrize("wrong, where", [({"birthDate": 19610203}, "Patient.birthDate"), ({"birthDate": "1961-02-30"}, "Patient.birthDate"), ({"name": "Eva Öberg"}, "Patient.name"),
                                          ({"gender": "F"}, "Patient.gender"), ({"birthdate": "1961-02-03"}, "Patient.birthdate"), ({"telecom": [None]}, "Patient.telecom[0]")])
def test_what_is_not_as_fhir_says_is_told_beside_the_matches(ask, wrong, where):
    """ITI-119, case 10: comparing passes over it, so that a certain match says nothing of it. No value is sent back."""
    status, bundle = ask({**EVA_SAYS, **wrong})
    assert status == 200 and bundle["total"] == 1 and len(grades(bundle)) == 1
    [told] = [e["resource"] for e in bundle["entry"] if e["search"]["mode"] == "outcome"]
    assert [(i["severity"], i["expression"]) for i in told["issue"]] == [("warning", [where])] and "1961" not in str(told)


def test_remarks_on_a_description_have_a_bound_and_a_right_one_has_none(ask):
    assert {e["search"]["mode"] for e in ask(EVA_SAYS)[1]["entry"]} == {"match"}
    bundle = ask({**EVA_SAYS, "telecom": [{"use": "x"}] * 500})[1]
    assert len(bundle["entry"][-1]["resource"]["issue"]) == 20 and bundle["total"] == 1
