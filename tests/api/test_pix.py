"""Patient/$ihe-pix: the cases of PIXm ITI-83 (ID-01), and what a hidden source may not leave behind."""

import pytest

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


def test_an_answer_is_an_entry_about_the_person(gate, pix):
    pix(f"sourceIdentifier={SSN}|{EVA}")
    assert (last(gate)["action"], last(gate)["outcome"], last(gate)["subject"] is None) == ("pix", "done", False)
