"""A server corrects whose a result is, or gives one number to two patients' things: neither patient learns of the other."""

import re
from html import unescape
from typing import Any

import pytest
from werkzeug import Request, Response

from gateway.config import init
from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import Assertion
from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.web import session
from gateway.wsgi import create_app
from tests.exporter import Client
from tests.homes import observation
from tests.scenarios.test_corrected import RESULT, client, patient, send  # noqa: F401

VALUES = {"n1": "7.77", "n2": "8.88"}


def said(whom: str, version: str = "") -> dict[str, Any]:
    found = observation("x", whom, VALUES[whom], effectiveDateTime="2026-03-02T08:00:00Z")
    return {**found, "meta": {"versionId": version, "lastUpdated": f"2026-03-0{version}T10:00:00Z"} if version else {}}


def paths(client: Client, who: str) -> list[str]:  # noqa: F811
    me, x = patient(client, who), merged_id(client.gate.store.id_key, *RESULT)
    here = [f"Patient/{me}", f"Patient/{me}/$everything", f"Patient/{me}/$summary", f"Patient/{me}/$provenance", f"Patient/{me}/_history",
            f"Patient/{me}/$everything?_since=1970-01-01T00:00:00Z", f"Observation?patient={me}", f"Observation?patient={me}&_include=*",
            f"Observation/{x}", f"Observation/{x}/_history", f"Observation/{x}/$provenance", "Observation?code=2339-0", f"Observation?_id={x}",
            *(f"Observation/{x}/_history/{n}" for n in range(1, 4)), "source", "source/north/Observation", "source/north/Observation/_history",
            "source/north/Observation/x", "source/north/Observation/x/_history", *(f"source/north/Observation/x/_history/{n}" for n in range(1, 4)),
            "source/north/Provenance", "source/north/Observation?_id=x", "source/north/Basic", f"source/north/Observation?patient={who}", "source/north/Patient",
            "source/north/Patient/n1", "source/north/Patient/n2", f"Observation?subject=Patient/{me}&_summary=count", f"AuditEvent?patient={me}"]
    return ["/fhir/" + p for p in here]


WORLDS = {"corrected": [("n1", "1"), ("n2", "2")], "older last": [("n2", "2"), ("n1", "1")], "given back": [("n1", "1"), ("n2", "2"), ("n1", "3")],
          "one number": [("n1", ""), ("n2", "")]}


def world(client, name):  # noqa: F811
    for whom, version in WORLDS[name]:
        send(client, said(whom, version))


@pytest.mark.parametrize("who", ["n1", "n2"])
@pytest.mark.parametrize("name", WORLDS)
def test_nobody_learns_of_the_other(client, name, who):  # noqa: F811
    world(client, name)
    other = {"n1": "n2", "n2": "n1"}[who]
    whole = client.ask(f"/fhir/Patient/{patient(client, other)}").data
    names = [n["family"].encode() for n in loads(whole)["name"]]
    marks = [patient(client, other).encode(), f"Patient/{other}".encode(), f'"{other}"'.encode(), VALUES[other].encode(), *names]
    mine = {"patient": patient(client, who), "scope": "patient/*.rs", "sub": "eva"}
    told = []
    for path in paths(client, who):
        answer = client.ask(path, **mine)
        found = [m for m in marks if m in answer.data and m not in path.encode()]
        if found or answer.status_code == 409:
            told.append((path, answer.status_code, found))
    assert not told


@pytest.mark.parametrize("name, heard", [("corrected", {"n1": ["1"], "n2": []}), ("older last", {"n1": ["1"], "n2": []}),
                                         ("given back", {"n1": ["1"], "n2": ["2"]}), ("one number", {"n1": [], "n2": []})])
def test_who_sees_one_of_the_two_hears_what_is_taken_back_from_that_one(client, name, heard):  # noqa: F811
    world(client, name)
    for who, versions in heard.items():
        mine = {"patient": patient(client, who), "scope": "patient/*.rs", "sub": "eva"}
        told = loads(client.ask("/fhir/source/north/Basic", **mine).data).get("entry", [])
        said_ = [a for e in told if (a := Assertion.of(e["resource"]))]
        assert [a.body["version"] for a in said_ if a.kind == "retract"] == versions


@pytest.mark.parametrize("order", [("n1", "n2"), ("n2", "n1")])
@pytest.mark.parametrize("sees", [("n1",), ("n2",), ("n1", "n2")])
def test_a_gateway_that_may_see_one_of_the_two_keeps_nothing_in_the_wrong_chart(client, tmp_path, httpserver, order, sees):  # noqa: F811
    who: dict[str, Any] = {"patient": patient(client, sees[0]), "scope": "patient/*.rs"} if len(sees) == 1 else {}

    def answer(request: Request) -> Response:
        found = client.ask(request.full_path, sub="peer", **who)
        return Response(found.data, found.status_code, dict(found.headers))
    httpserver.expect_request(re.compile(".*")).respond_with_handler(answer)
    folder = tmp_path / "second"
    init(folder, name="u", organisation="U", country="SE")
    (folder / "sources/peer.toml").write_text(f'kind = "fhir"\nconnection = {{ url = "{httpserver.url_for("/fhir")}", origins = ["north"] }}\n', "utf-8")
    with opened(folder, client.gate.now) as second:
        peer = Client(second)
        for whom in order:
            send(client, said(whom, whom[1]))
            assert not pull(second, "peer").failed
        shown = {key: [v for v in VALUES.values() if v.encode() in peer.ask(f"/fhir/Observation?patient={patient(peer, key)}").data]
                 for key in VALUES}
        assert shown == {"n1": [], "n2": ["8.88"] if "n2" in sees else []}


@pytest.mark.parametrize("who", ["n1", "n2"])
@pytest.mark.parametrize("name", WORLDS)
def test_no_page_of_a_patient_tells_of_the_other(client, name, who):  # noqa: F811
    world(client, name)
    other = {"n1": "n2", "n2": "n1"}[who]
    whole = loads(client.ask(f"/fhir/Patient/{patient(client, other)}").data)
    web = create_app(client.gate).test_client()
    web.get(session.link(client.gate, "patient", "once", patient(client, who)).removeprefix(client.gate.home.base_url))
    page = web.get("/me?all=1")
    assert page.status_code == 200 and "Sign out" in page.text
    pages = [page, *(web.get(unescape(link)) for link in set(re.findall(r'href="(/me/[^"#]+)', page.text)))]
    marks = [patient(client, other), VALUES[other], whole["name"][0]["family"].upper(), f">{other}<", f"Patient/{other}"]
    assert (len(pages) > 1 or (name, who) == ("given back", "n2")) and not [m for p in pages for m in marks if m in p.text]
