"""Terminology operations answer from what is loaded, and never say that an unknown code is wrong."""

import json
import secrets

import pytest

from gateway.jsontext import loads
from gateway.wsgi import create_app
from tests.homes import NOW

LOINC = "http://loinc.org"
SITE = {"resourceType": "ConceptMap", "id": "site", "version": "1", "group": [{"source": "urn:site", "target": LOINC, "element": [
    {"code": "GLU", "display": "Glucose", "target": [{"code": "2345-7", "display": "Glucose [Mass/volume]", "equivalence": "equivalent"}]},
    {"code": "CHEM", "target": [{"code": "2345-7", "equivalence": "narrower"}]}]}]}


@pytest.fixture
def ask(gate):
    (gate.home.folder / "mappings" / "conceptmaps").mkdir()
    (gate.home.folder / "mappings" / "conceptmaps" / "site.json").write_text(json.dumps(SITE))
    for held in ("files", "tables", "concepts"):
        vars(gate).pop(held, None)  # as if the gateway had been started with the map
    client = create_app(gate).test_client()
    token = gate.issuer.mint({"sub": "x", "scope": "user/*.rs", "purpose": "TREAT"}, int(NOW.timestamp()), 600, secrets.token_hex(4))

    def call(path, body=None):
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get(f"/fhir/{path}", headers=headers) if body is None else client.post(f"/fhir/{path}", headers=headers, data=body)
        parsed = loads(answer.data)
        values = {p["name"]: next((v for k, v in p.items() if k.startswith("value")), p.get("part")) for p in parsed.get("parameter", ())}
        return answer.status_code, values if "parameter" in parsed else parsed
    return call


def matches(values, code):
    parts = [{p["name"]: next(v for k, v in p.items() if k.startswith("value")) for p in m} for m in [values["match"]]]
    return [p["equivalence"] for p in parts if p["concept"]["code"] == code]


def test_a_site_code_is_translated_both_ways_with_its_map(ask):
    status, values = ask(f"ConceptMap/$translate?system=urn:site&code=GLU&targetsystem={LOINC}")
    assert status == 200 and values["result"] is True and matches(values, "2345-7") == ["equivalent"]
    status, back = ask(f"ConceptMap/$translate?system={LOINC}&code=2345-7&targetsystem=urn:site&conceptMap=site")
    assert back["result"] and back["match"], "what the map says of the target holds the other way round"
    posted = {"resourceType": "Parameters", "parameter": [{"name": "coding", "valueCoding": {"system": "urn:site", "code": "CHEM"}}]}
    assert matches(ask("ConceptMap/$translate", json.dumps(posted))[1], "2345-7") == ["narrower"]


def test_the_reverse_of_narrower_is_wider(gate, ask):
    assert {m.equivalence for m in gate.concepts.translate((LOINC, "2345-7"), "urn:site")} == {"equivalent", "wider"}


def test_what_is_not_loaded_is_not_called_wrong(ask):
    assert ask("ConceptMap/$translate?system=urn:site&code=NONE")[1]["result"] is False
    status, said = ask("CodeSystem/$lookup?system=urn:none&code=x")
    assert status == 404 and said["resourceType"] == "OperationOutcome" and "not thereby wrong" in json.dumps(said)
    assert "nothing can be said" in ask("CodeSystem/$validate-code?url=urn:none&code=x")[1]["message"]


def test_lookup_and_validate_code(ask):
    assert ask("CodeSystem/$lookup?system=urn:site&code=GLU")[1]["display"] == "Glucose"
    assert ask("CodeSystem/$validate-code?url=urn:site&code=GLU&display=glucose")[1]["result"] is True
    assert ask("CodeSystem/$validate-code?url=urn:site&code=GLU&display=Sodium")[1]["result"] is False
    assert ask("CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=female")[1]["display"] == "Female"


@pytest.mark.parametrize("body", ["", "x", "[]", "{}", '{"parameter": 5}', '{"parameter": [5]}', '{"parameter": [{"name": "code"}]}',
                                  '{"parameter": [{"name": "coding", "valueCoding": []}]}',
                                  '{"parameter": [{"name": "codeableConcept", "valueCodeableConcept": {"coding": []}}]}',
                                  '{"parameter": [{"name": [], "valueString": "x"}]}'])
def test_a_bad_body_is_a_400_that_says_so(ask, body):
    status, said = ask("ConceptMap/$translate", body)
    assert status == 400 and said["resourceType"] == "OperationOutcome"
