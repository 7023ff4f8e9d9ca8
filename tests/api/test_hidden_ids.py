"""An id that only a hidden source knows and one that nobody knows: every GET answers both alike, to the byte and header."""

import pytest

from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import Fact
from gateway.pipeline.write import write_facts
from gateway.web import session
from tests.api.test_fhir_api import bearer, client  # noqa: F401
from tests.homes import EVA, allergy, observation, patient

SEARCHES = ("Patient?_id={id}", "Patient?identifier=zq-{key}", "Observation?patient={id}", "Observation?_id={id}",
            "AllergyIntolerance?patient=Patient/{id}", "Patient/{id}/$everything?_count=1", "Patient?family=Zq{key}",
            "Patient?identifier={number}&family=Zq{key}", "Patient/$ihe-pix?sourceIdentifier=urn:zq|zq-{key}", "Basic/{id}",
            "source/west/Observation?patient={key}", "source/west/Patient?_id={key}", "source/north/Observation?patient={key}")


def consent(id, key):
    return Fact("west", "1", {
        "resourceType": "Consent", "id": id, "status": "active", "patient": {"reference": f"Patient/{key}"},
        "scope": {"coding": [{"code": "patient-privacy"}]}, "category": [{"text": "privacy"}], "policyRule": {"text": "x"},
        "provision": {"type": "deny", "actor": [{"role": {"coding": [{"code": "CST"}]},
                                                 "reference": {"identifier": {"value": "west"}}}]}})


def own(id):
    return [{"system": "urn:zq", "value": f"zq-{id}"}]


@pytest.fixture
def hidden(gate):
    """What the west knows of Eva and of one whom nobody else knows; both hide the west."""
    eva, other = patient("w1", "Zqw1", "Eva", "1961-02-03", EVA), patient("w2", "Zqw2", "Ada", "1950-01-01", "195001010000")
    eva["identifier"] += own("w1")
    other["identifier"] = own("w2")
    bodies = [eva, other, observation("wo1", "w1", "9.9"), allergy("wa1", "w1", "Latex"), observation("wo2", "w2", "9.8"),
              allergy("wa2", "w2", "Latex")]
    write_facts(gate, [*(Fact("west", "1", b) for b in bodies), consent("c1", "w1"), consent("c2", "w2")])
    return [(b["resourceType"], b["id"]) for b in bodies]


def told(answer, given):
    """An answer without what was asked: the id, the key and the time."""
    body, headers = answer.data, {k: v for k, v in answer.headers.items() if k != "Date"}
    for value in given:
        body = body.replace(value.encode(), b"?" * len(value))
        headers = {k: v.replace(value, "?" * len(value)) for k, v in headers.items()}
    return answer.status_code, headers, body


def routes(gate, client):  # noqa: F811
    """Every GET address that takes an id."""
    for rule in client.application.url_map.iter_rules():
        if "GET" in rule.methods and rule.arguments - {"filename"} and rule.endpoint != "web.static":
            yield rule


def filled(rule, type, key, id):
    by_source = rule.rule.startswith("/fhir/source")
    values = {"type": type, "id": key if by_source else id, "name": "west", "version": "1", "person": id, "entry": "999999",
              "reference": f"{type}/{id}", "a": id, "b": id, "path": id, "source": "west", "code": "x", "job": id}
    text = rule.rule
    for name in rule.arguments:
        for form in (f"<{name}>", f"<path:{name}>", f"<int:{name}>"):
            text = text.replace(form, values.get(name, id))
    return text


def test_what_only_a_hidden_source_knows_is_answered_like_what_nobody_knows(gate, client, bearer, hidden):  # noqa: F811
    faces = {f: session.session(gate, {"face": f, "patient": ""}) for f in ("clinician", "it", "audit")}
    asked = set()
    for type, key in hidden:
        id, none = merged_id(gate.store.id_key, "west", type, key), "0" * 32
        there, absent = {"id": id, "key": key, "number": EVA}, {"id": none[:len(id)], "key": f"{key[:-1]}9", "number": EVA}
        paths = [[filled(r, type, x["key"], x["id"]) for x in (there, absent)] for r in routes(gate, client)]
        paths += [[f"/fhir/{s.format(**x)}" for x in (there, absent)] for s in SEARCHES]
        for pair in paths:
            face = "it" if pair[0].startswith("/it") else "audit" if pair[0].startswith("/audit") else "clinician"
            client.set_cookie(session.COOKIE, faces[face])
            one, two = (told(client.get(p, headers=bearer()), (x["id"], x["key"]))
                        for p, x in zip(pair, (there, absent), strict=True))
            assert one == two, pair
            asked.add(pair[0])
    assert len(asked) > 100 and f"/record/{id}" in asked and f"/fhir/{type}/{id}/$provenance" in asked
    open_to = client.get(f"/fhir/Patient/{merged_id(gate.store.id_key, 'west', 'Patient', 'w1')}", headers=bearer(purpose="ETREAT"))
    assert open_to.status_code == 200, "it is there, for whom it is not hidden"


def names(client, headers):  # noqa: F811
    return [p["valueString"] for p in loads(client.get("/fhir/source", headers=headers).data).get("parameter", ())]


def test_a_source_that_holds_only_what_is_hidden_is_not_named(gate, client, bearer, hidden):  # noqa: F811
    assert names(client, bearer()) == ["north", "south"]
    assert names(client, bearer(purpose="ETREAT")) == ["north", "south", "west"]


def test_a_token_for_one_patient_names_that_patients_sources(gate, client, bearer):  # noqa: F811
    keys = {k: merged_id(gate.store.id_key, "north", "Patient", k) for k in ("n1", "n2")}
    mine = {k: names(client, bearer("patient/*.rs", "PATRQT", patient=id)) for k, id in keys.items()}
    assert mine == {"n1": ["north", "south"], "n2": ["north"]}


def test_a_newest_version_that_is_hidden_leaves_the_one_before_it(gate, client, bearer):  # noqa: F811
    label = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
    newer = observation("no1", "n1", "7.7")
    newer["meta"] = {**newer["meta"], **label}
    write_facts(gate, [Fact("north", "2", newer, "2026-03-01T00:00:00Z")])
    path, blunt = "/fhir/source/north/Observation/no1", bearer(care=False)
    read, known = client.get(path, headers=blunt), loads(client.get(f"{path}/_history", headers=blunt).data)
    assert read.status_code == 200 and [e["resource"] for e in known["entry"]] == [loads(read.data)]
    assert b"7.7" in client.get(path, headers=bearer()).data
