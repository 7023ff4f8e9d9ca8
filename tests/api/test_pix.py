"""Patient/$ihe-pix: the cases of PIXm ITI-83 (ID-01), and what a hidden source may not leave behind."""

import pytest

from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import Fact
from gateway.pipeline.write import write_facts
from tests.api.test_match import SSN, bearer, client, hide, last  # noqa: F401
from tests.homes import EVA, patient

EAST = "urn:oid:1.2.3.4"


@pytest.fixture
def pix(gate, client, bearer):  # noqa: F811
    write_facts(gate, [Fact("east", "1", {**patient("e1", "Öberg", "Eva", "1961-02-03", EVA), "identifier": [
        {"system": SSN, "value": EVA}, {"system": EAST, "value": "E-77"}]})])

    def get(query, **who):
        answer = client.get(f"/fhir/Patient/$ihe-pix?{query}", headers=bearer(**who))
        return answer.status_code, loads(answer.data)
    return get


def test_the_source_identifier_is_never_returned_and_every_other_is(pix):
    status, body = pix(f"sourceIdentifier={SSN}|{EVA}")
    assert status == 200 and body["resourceType"] == "Parameters"
    assert [p["valueIdentifier"]["value"] for p in body["parameter"] if p["name"] == "targetIdentifier"] == ["E-77"]
    assert [p["valueReference"]["reference"].split("/fhir/")[1].split("/")[0] for p in body["parameter"]
            if p["name"] == "targetId"] == ["Patient"]


def test_target_systems_narrow(pix):
    assert [p["name"] for p in pix(f"sourceIdentifier={SSN}|{EVA}&targetSystem={EAST}")[1]["parameter"]] == ["targetIdentifier"]
    assert pix(f"sourceIdentifier={SSN}|{EVA}&targetSystem={SSN}") == (200, {"resourceType": "Parameters"}), "no correlation"


@pytest.mark.parametrize("query, status, code, text", [
    (f"sourceIdentifier={SSN}|000000000000", 404, "not-found", "sourceIdentifier Patient Identifier not found"),
    ("sourceIdentifier=urn:oid:9.9|1", 400, "code-invalid", "sourceIdentifier Assigning Authority not found"),
    (f"sourceIdentifier={SSN}|{EVA}&targetSystem=urn:oid:9.9", 403, "code-invalid", "targetSystem not found"),
    ("", 400, "value", ""), ("sourceIdentifier=x", 400, "value", ""), ("sourceIdentifier=a|b&sourceIdentifier=a|c", 400, "value", ""),
    (f"sourceIdentifier={SSN}|{EVA}&flavour=1", 400, "not-supported", "")])
def test_errors_are_those_of_the_profile(gate, pix, query, status, code, text):
    got, body = pix(query)
    assert (got, body["issue"][0]["code"]) == (status, code) and body["issue"][0]["diagnostics"].startswith(text)
    assert last(gate)["action"] == "pix" and last(gate)["outcome"] in ("refused", "empty")


def test_what_a_hidden_source_knows_is_not_known(gate, pix):
    assert pix(f"sourceIdentifier={EAST}|E-77")[0] == 200
    hide(gate, "east", "e1")
    assert pix(f"sourceIdentifier={EAST}|E-77")[0] == 400, "the domain itself is hidden"
    assert "E-77" not in str(pix(f"sourceIdentifier={SSN}|{EVA}"))
    assert pix(f"sourceIdentifier={SSN}|{EVA}&targetSystem={EAST}")[0] == 403


def test_who_may_not_ask_is_refused_alike(pix):
    assert pix(f"sourceIdentifier={SSN}|{EVA}", purpose="HMARKT") == pix(f"sourceIdentifier={SSN}|1", purpose="HMARKT")
    assert pix(f"sourceIdentifier={SSN}|{EVA}", purpose="HMARKT")[0] == 403
    for scope in ("user/Patient.r", "user/Patient.s", "user/Observation.rs"):
        assert pix(f"sourceIdentifier={SSN}|{EVA}", scope=scope)[0] == 403, "who may read by id alone may not look for people"


def test_an_answer_is_an_entry_about_the_person(gate, pix):
    pix(f"sourceIdentifier={SSN}|{EVA}")
    assert (last(gate)["action"], last(gate)["outcome"], last(gate)["subject"] is None) == ("pix", "done", False)


def test_the_id_of_our_own_patient_is_a_source_too(gate, pix):
    """ITI-83 2:3.83.4.1.2.1: a logical id is an identifier of the domain of its server."""
    base = f"{gate.home.base_url}/fhir"
    mine = pix(f"sourceIdentifier={SSN}|{EVA}&targetSystem={base}")[1]["parameter"][0]["valueReference"]["reference"]
    status, body = pix(f"sourceIdentifier={base}|{mine.removeprefix(f'{base}/')}")
    assert status == 200 and {p["name"] for p in body["parameter"]} == {"targetIdentifier"}, "what was given is not given back"
    assert {p["valueIdentifier"]["value"] for p in body["parameter"]} == {EVA, "E-77"}
    members = {merged_id(gate.store.id_key, source, "Patient", key) for source, key in (("north", "n1"), ("south", "s1"), ("east", "e1"))}
    assert mine.rpartition("/")[2] in members
    assert {pix(f"sourceIdentifier={base}|Patient/{alias}")[0] for alias in members} == {200}, "an alias is the same person"
    for unknown in ("Patient/x", "x", "Observation/x", mine.rpartition("/")[2]):
        assert (pix(f"sourceIdentifier={base}|{unknown}")[0], last(gate)["outcome"]) == (404, "empty")


def test_the_id_of_a_hidden_patient_is_not_known(gate, pix):
    write_facts(gate, [Fact("west", "1", patient("w1", "Holm", "Ida", "1980-07-08", "198007082386"))])
    query = f"sourceIdentifier={gate.home.base_url}/fhir|Patient/{merged_id(gate.store.id_key, 'west', 'Patient', 'w1')}"
    assert pix(query)[0] == 200
    hide(gate, "west", "w1")
    assert pix(query)[0] == 404


def test_a_number_of_nobody_known_is_no_cross_reference(gate, pix):
    """ITI-83: an identifier that is returned names its assigning authority."""
    write_facts(gate, [Fact("south", "2", {**patient("s1", "Öberg", "Eva", "1961-02-03", EVA), "identifier": [
        {"system": SSN, "value": EVA}, {"value": "77"}, {"type": {"text": "?"}, "value": "78"}, {"system": "urn:oid:1.2.9"}]})])
    assert [p["valueIdentifier"]["value"] for p in pix(f"sourceIdentifier={SSN}|{EVA}")[1]["parameter"] if p["name"] == "targetIdentifier"] == ["E-77"]


@pytest.mark.parametrize("value", [r"E\|77", "E|77"])
def test_a_bar_in_a_number(gate, pix, value):
    write_facts(gate, [Fact("west", "1", {**patient("w1", "Holm", "Ida", "1980-07-08", "198007082386"), "identifier": [
        {"system": EAST, "value": "E|77"}, {"system": SSN, "value": "198007082386"}]})])
    status, body = pix(f"sourceIdentifier={EAST}|{value}")
    assert status == 200 and [p["valueIdentifier"]["value"] for p in body["parameter"] if p["name"] == "targetIdentifier"] == ["198007082386"]


def test_parameters_are_posted_as_well(gate, client, bearer, pix):  # noqa: F811
    def post(*parts, **more):
        body = {"resourceType": "Parameters", "parameter": list(parts)}
        answer = client.post("/fhir/Patient/$ihe-pix", headers=bearer(), **more or {"json": body})
        return answer.status_code, loads(answer.data)

    source = {"name": "sourceIdentifier", "valueString": f"{SSN}|{EVA}"}
    assert post(source) == pix(f"sourceIdentifier={SSN}|{EVA}")
    assert post(source, {"name": "targetSystem", "valueUri": EAST}) == pix(f"sourceIdentifier={SSN}|{EVA}&targetSystem={EAST}")
    assert post({"name": "sourceIdentifier", "valueIdentifier": {"system": SSN, "value": EVA}}) == pix(f"sourceIdentifier={SSN}|{EVA}")
    as_xml = '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="sourceIdentifier"/><valueString value="%s|%s"/></parameter></Parameters>'
    assert post(data=as_xml % (SSN, EVA), content_type="application/fhir+xml") == post(source)
    assert post(data="{}", content_type="text/plain")[0] == 415
    assert post(source, {"name": "_format", "valueString": "xml"})[0] == 400, "the form of the answer is named in the URL"
    assert post(source, source)[0] == post({"name": "targetSystem", "valueUri": EAST})[0] == 400
    assert (last(gate)["action"], last(gate)["outcome"]) == ("pix", "refused")


def test_a_form_for_people_may_be_asked_for(pix):
    assert pix(f"sourceIdentifier={SSN}|{EVA}&_pretty=true")[0] == 200
