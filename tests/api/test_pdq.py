"""Patient demographics query (PDQm, ITI-78; standards ID-03) and the XML form of FHIR answers."""

import hashlib

import pytest

from gateway.cli.main import run
from gateway.disclose import visible
from gateway.disclose.rebuild import rebuild
from gateway.fhir.validate import validate
from gateway.fhir.xml_form import resource
from gateway.fhir.xml_out import xml
from gateway.jsontext import canonical, loads
from gateway.model import Fact
from gateway.pipeline.write import write_facts
from tests.api.test_match import EVA_SAYS, SSN, bearer, client, hide, last  # noqa: F401
from tests.fhir import samples
from tests.homes import EVA, patient

EAST = "urn:oid:1.2.3.4"
MAIDEN = {"url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "valueString": "Ekström"}


@pytest.fixture
def ask(gate, client, bearer):  # noqa: F811
    write_facts(gate, [Fact("east", "1", {**patient("e1", "Öberg", "Eva", "1961-02-03", EVA), "extension": [MAIDEN], "identifier": [
        {"system": SSN, "value": EVA}, {"system": EAST, "value": "E-77"}], "address": [
            {"line": ["Storgatan 1"], "city": "Ådalby", "state": "Västernorrland", "postalCode": "91320", "country": "SE"}]})])

    def get(query, accept="", prefer="", **who):
        more = {"Accept": accept, "Prefer": prefer}
        return client.get(f"/fhir/Patient?{query}", headers={**bearer(**who), **{k: v for k, v in more.items() if v}})
    return get


def found(answer):
    assert answer.status_code == 200
    return [e["resource"] for e in loads(answer.data).get("entry", ())]


@pytest.mark.parametrize("query, hits", [
    ("family=berg", 0), ("family=Öberg&gender=female", 1), ("birthdate=1961-02-03&family=oberg", 1), ("family:exact=Öberg", 1),
    ("family:exact=öberg", 0), ("given=eva&family=lind", 0), ("family=Öberg,Lind", 2), ("address-city=Ådalby&family=Öberg", 1),
    ("address-city=Lund&family=Öberg", 0), ("address-postalcode=913", 2), ("address-state=V%C3%A4sternorrland", 1), ("address-country=SE", 1),
    ("address=Storgatan&given=eva", 1), ("mothersMaidenName=ekstr", 1), ("mothersMaidenName:exact=Ekström", 1),
    ("mothersMaidenName=Lind", 0), ("identifier=urn:oid:1.2.3.4|E-77", 1), ("identifier=urn:oid:1.2.3.4|0", 0), ("family=Öberg&given=Eva&active=true&gender=female", 1), ("family=Öberg&active=false", 0)])
def test_the_parameters_of_the_profile(ask, query, hits):
    assert len(found(ask(query))) == hits


def test_a_domain_limits_which_identifiers_are_returned(ask):
    [one] = found(ask(f"family=Öberg&identifier={EAST}|"))
    assert one["identifier"] == [{"system": EAST, "value": "E-77"}]
    assert [t["code"] for t in one["meta"]["tag"]] == ["SUBSETTED"]
    [both] = found(ask(f"family=Öberg&identifier={EAST}|,{SSN}|"))
    assert {i["system"] for i in both["identifier"]} == {EAST, SSN}
    [whole] = found(ask("family=Öberg"))
    assert {i["system"] for i in whole["identifier"]} == {EAST, SSN} and "tag" not in whole.get("meta", {})


def test_an_unknown_domain_is_404_and_one_that_only_a_hidden_source_knows_is_unknown(gate, ask):
    answer = ask("family=Öberg&identifier=urn:oid:9.9|")
    body = loads(answer.data)
    assert answer.status_code == 404 and body["issue"][0]["code"] == "not-found" and "targetSystem not found" in body["issue"][0]["diagnostics"]
    assert body["issue"][0]["severity"] == "warning", "ITI-78, case 4"
    assert last(gate)["outcome"] == "empty"
    hide(gate, "east", "e1")
    assert ask(f"family=Öberg&identifier={EAST}|").status_code == 404


LENIENT = "handling=lenient"


@pytest.mark.parametrize("prefer", [LENIENT, "Handling=Lenient", 'respond-async; wait=5, handling="lenient"', "handling = lenient;x=y"])
def test_a_lenient_search_passes_over_what_is_not_known_and_says_so(gate, ask, prefer):
    """REST-05: left out of the self link, with a warning."""
    body = loads(ask("family=Öberg&pateint=1&given:sounds=Eva&_count=5", prefer=prefer).data)
    found, told = [e for e in body["entry"] if e["search"]["mode"] == "match"], [e for e in body["entry"] if e["search"]["mode"] == "outcome"]
    assert len(found) == body["total"] == 1 and body["link"][0]["url"].endswith("/fhir/Patient?family=%C3%96berg&_count=5")
    assert [(i["severity"], "pateint" in i["diagnostics"] or ":sounds" in i["diagnostics"]) for i in told[0]["resource"]["issue"]] == [("warning", True)] * 2
    assert rebuild(gate, gate.log.size()).what == "bytes" and rebuild(gate, gate.log.size()).same
    page = loads(ask("family=Öberg,Lind&pateint=1&_count=1", prefer=prefer).data)
    assert [e["search"]["mode"] for e in page["entry"]] == ["match", "outcome"] and "pateint" not in page["link"][1]["url"]


@pytest.mark.parametrize("query", ["pateint=1", "family=Öberg&birthdate=yesterday", "family=Öberg&_count=x", "family=Öberg&_sort=x", "family=Öberg&" + "&".join(f"x{n}=1" for n in range(21)),
                                   "family=&pateint=1", "family:contains=berg&pateint=1"])
def test_a_lenient_search_asks_no_more_than_a_strict_one(gate, ask, query):
    """What narrows nothing, and a value that is none, is refused all the same."""
    assert ask(query, prefer=LENIENT).status_code == 400 and last(gate)["outcome"] == "refused"


@pytest.mark.parametrize("prefer", ["", "handling=strict", "handling=lenient2", "x=handling=lenient"])
def test_a_search_is_strict_where_nobody_prefers_another(ask, prefer):
    assert ask("family=Öberg&pateint=1", prefer=prefer).status_code == 400
    for hidden in ("family=Öberg&handling=lenient", "family=Öberg&pateint=%23%23lenient"):
        assert ask(hidden, prefer=prefer).status_code == 400


def test_a_form_may_be_lenient_and_prefers_nothing_by_itself(client, bearer, ask):  # noqa: F811
    for more, prefer, status in (({"pateint": "1"}, LENIENT, 200), ({"pateint": "1"}, "", 400), ({"pateint": "##lenient"}, "", 400), ({"##lenient": ""}, "", 400)):
        assert client.post("/fhir/Patient/_search", headers={**bearer(), "Prefer": prefer}, data={"family": "Öberg", **more}).status_code == status


def test_strict_and_lenient_answers_are_not_mixed_up(ask):
    for _ in range(2):
        assert [ask("family=Öberg&pateint=1", prefer=p).status_code for p in (LENIENT, "", LENIENT)] == [200, 400, 200]


@pytest.mark.parametrize("query", ["_count=%D9%A5", "_count=1_0", "_count=+5", "_count=%205", "_count=1.0", "_count=", "_total=bogus", "_total=", f"_count={'9' * 5000}"])
def test_a_size_or_total_that_is_none_is_refused(ask, query):
    assert ask(f"family=Öberg&{query}").status_code == 400


@pytest.mark.parametrize("query", ["_count=99999999999999999999", "_total=none", "_total=estimate", "_total=accurate", "_count=005"])
def test_a_size_and_a_total_are_answered(ask, query):
    assert loads(ask(f"family=Öberg&{query}").data)["total"] == 1


def test_nobody_is_200_and_total_0(ask):
    body = loads(ask("family=Nobody").data)
    assert body["total"] == 0 and "entry" not in body


@pytest.mark.parametrize("form, accept", [("&_format=xml", ""), ("&_format=application/fhir%2Bxml", ""), ("&_format=application/fhir+xml", ""),
                                          ("", "application/fhir+xml"), ("", "application/xml;q=0.9, */*;q=0.1")])
def test_the_xml_form_says_what_the_json_form_says(gate, ask, form, accept):
    one, two = ask("family=Öberg"), ask(f"family=Öberg{form}", accept)
    assert two.headers["Content-Type"].startswith("application/fhir+xml")
    assert last(gate)["sent"] == hashlib.sha256(two.data).hexdigest(), "the log holds the hash of the bytes that were sent"
    a, b = loads(one.data), resource(two.data)
    assert canonical(a["entry"]) == canonical(b["entry"]) and a["total"] == b["total"]
    again = rebuild(gate, gate.log.size())
    assert (again.same, again.what) == (True, "bytes")


@pytest.mark.parametrize("form, accept", [("&_format=turtle", ""), ("&_format=x", ""), ("", "text/turtle"), ("", "image/png")])
def test_a_form_that_we_do_not_speak_is_406_and_logged(gate, ask, form, accept):
    answer = ask(f"family=Öberg{form}", accept)
    assert answer.status_code == 406 and loads(answer.data)["resourceType"] == "OperationOutcome" and last(gate)["outcome"] == "refused"


def test_errors_have_the_form_that_was_asked_for(ask):
    answer = ask("flavour=x&_format=xml")
    assert answer.status_code == 400 and resource(answer.data)["resourceType"] == "OperationOutcome"
    assert ask("family=Öberg&_format=xml", purpose="HMARKT").headers["Content-Type"].startswith("application/fhir+xml")


def test_match_and_pix_speak_xml_too(client, bearer, ask):  # noqa: F811
    body = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": EVA_SAYS}]}
    answer = client.post("/fhir/Patient/$match?_format=xml", headers=bearer(), json=body)
    assert resource(answer.data)["entry"][0]["search"]["extension"][0]["valueCode"] == "certain"
    answer = client.get(f"/fhir/Patient/$ihe-pix?sourceIdentifier={SSN}|{EVA}&_format=xml", headers=bearer())
    assert resource(answer.data)["resourceType"] == "Parameters"


@pytest.mark.parametrize("name", sorted(n for n in dir(samples) if n.isupper() and isinstance(getattr(samples, n), dict)))
def test_writing_and_reading_xml_changes_nothing(name):
    made = getattr(samples, name)
    if made.get("resourceType") and not any(i.severity in ("error", "fatal") for i in validate(made)):
        assert canonical(resource(xml(made))) == canonical(made)


def test_narrative_shadows_and_extensions_survive_xml():
    p = {**patient("n1", "Öberg", "Eva", "1961-02-03", EVA), "extension": [MAIDEN], "_birthDate": {"extension": [{"url": "urn:x", "valueInteger": 1}]},
         "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x &amp; <b>y</b></div>'}}
    p["name"][0] |= {"given": ["Eva", "Maria"], "_given": [None, {"id": "second"}]}
    assert canonical(resource(xml(p))) == canonical(p)


def test_a_search_for_people_opens_their_patient_alone(gate, ask):
    """The log tells of what was shown, and nobody's record is made for a list of people."""
    whole = loads(ask("family=Öberg&_revinclude=Provenance:target").data)
    assert last(gate)["resources"].keys() > {"Patient"}
    body = loads(ask("family=Öberg").data)
    assert last(gate)["resources"] == {"Patient": 1} and last(gate)["facts"] == 3
    assert body["entry"][0] == whole["entry"][0], "the Patient is the same"
    again = rebuild(gate, gate.log.size())
    assert (again.same, again.what) == (True, "bytes")


def test_a_search_for_people_is_no_way_round_the_scopes(ask):
    for scope in ("user/Patient.r", "user/Patient.s", "user/Observation.rs", "user/Patient.s user/Observation.r"):
        assert ask("family=Öberg", scope=scope).status_code == 403
    assert ask("family=Öberg", scope="user/Patient.rs").data == ask("family=Öberg", scope="user/Patient.s user/*.r").data == ask("family=Öberg").data


def test_a_search_that_too_many_may_answer_to_is_refused_and_logged(gate, ask, client, bearer, monkeypatch, capsys):  # noqa: F811
    """Each of them would be opened, for every page: the work of one request has a bound."""
    assert loads(ask("address-city=Ådalby").data)["total"] == 2
    monkeypatch.setattr(visible, "OPENED", 1)
    refused = ask("address-city=Ådalby&_count=1")
    assert refused.status_code == 400 and loads(refused.data)["issue"][0]["code"] == "too-costly"
    assert (last(gate)["action"], last(gate)["outcome"]) == ("search", "refused")
    assert loads(ask("address-city=Ådalby&family=Öberg").data)["total"] == 1
    assert client.get("/fhir/Observation?code=2345-7", headers=bearer()).status_code == 200, "one person has such results"
    assert run(["--home", str(gate.home.folder), "person", "find", "--family", "Öberg,Lind"]) == 2
    assert "More than 1 people may answer" in capsys.readouterr().err


@pytest.mark.parametrize("sign", ["\ufffe", "\uffff"])
def test_a_sign_that_xml_cannot_hold_is_told_as_such(gate, ask, sign):
    """JSON holds it, and validation takes it: the XML form was a defect (500)."""
    write_facts(gate, [Fact("west", "1", patient("w1", f"Falk{sign}en", "Bo", "1972-11-19", "197211191114"))])
    assert found(ask("family=Falk"))[0]["name"][0]["family"] == f"Falk{sign}en"
    answer = ask("family=Falk&_format=xml")
    assert answer.status_code == 200 and resource(answer.data)["entry"][0]["resource"]["name"][0]["family"] == "Falk\ufffden"
    assert (again := rebuild(gate, gate.log.size())).same and again.what == "bytes"


@pytest.mark.parametrize("query, status", [("family=Öberg&identifier=%01%EF%BF%BF|", 404), ("%01%00=x", 400), ("family=%00%1F%EF%BF%BE", 200), ("birthdate=%0B", 400)])
def test_signs_that_xml_cannot_hold_are_answered_in_xml(ask, query, status):
    answer = ask(f"{query}&_format=xml")
    assert answer.status_code == status and resource(answer.data)["resourceType"] in ("Bundle", "OperationOutcome")
