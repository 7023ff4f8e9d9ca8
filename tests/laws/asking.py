"""Everything that a reader can ask about one person, and what came back: name of the question → bytes."""

import re
import secrets
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient

from gateway.disclose import persons, queue, records
from gateway.disclose.transfer import Asked
from gateway.disclose.view import Views
from gateway.errors import GatewayError
from gateway.fhir.search import PARAMETERS
from gateway.jsontext import dumps, loads
from gateway.opened import Gate, iso
from gateway.policy.request import Request
from gateway.web import session
from gateway.wsgi import create_app
from tests.laws.steps import PERSONS, SOURCES, SYSTEM

TYPES = ("Patient", "Observation", "AllergyIntolerance", "MedicationStatement", "Condition", "Consent", "Organization",
         "Basic")
BASE = "http://127.0.0.1:8080"


class Asker:
    """One reader, signed in at every door of one home."""

    def __init__(self, gate: Gate, views: Views | None = None, **claims: Any) -> None:
        self.gate = gate
        self.client: FlaskClient = create_app(gate, views).test_client()
        body = {"sub": "dr-holm", "scope": "user/*.rs", "purpose": "TREAT", "org": "aarhus", "care": True, **claims}
        token = gate.issuer.mint(body, int(gate.now().timestamp()), 36000, secrets.token_hex(8))
        self.headers = {"Authorization": f"Bearer {token}"}
        cookie = session.session(gate, {"face": "clinician", "patient": ""})
        self.client.set_cookie(session.COOKIE, cookie)
        self.request = Request(purpose=body["purpose"], user=body["sub"], organisation=body["org"], care=True,
                               scopes=tuple(body["scope"].split()), time=iso(gate.now()))

    def get(self, path: str) -> bytes:
        answer = self.client.get(path, headers=self.headers)
        return f"{answer.status_code} {answer.headers.get('ETag', '')} {answer.headers.get('Link', '')}\n".encode() + answer.data

    def pages(self, path: str) -> bytes:
        """All pages of a Bundle, one after the other."""
        out = b""
        while path:
            got = self.get(path)
            out += got + b"\n"
            bundle = loads(got.partition(b"\n")[2])
            path = next((k["url"].removeprefix(BASE) for k in bundle.get("link", ()) if k["relation"] == "next"), "")
        return out

    def everything(self, id: str, query: str = "") -> list[dict[str, Any]]:
        """Resources of Patient/$everything over all its pages; none when the answer is an error."""
        return [e["resource"] for line in self.pages(f"/fhir/Patient/{id}/$everything?_count=4{query}").split(b"\n")
                if line.startswith(b"{") for e in loads(line).get("entry", ())]

    def person(self, id: str) -> str:
        """The merged Patient's id that this reader sees behind any id, "" when none."""
        body = loads(self.get(f"/fhir/Patient/{id}").partition(b"\n")[2])
        if body.get("active") is False:
            body = loads(self.get(f"/fhir/{body['link'][0]['other']['reference']}").partition(b"\n")[2])
        return str(body["id"]) if body["resourceType"] == "Patient" else ""

    def asked(self, action: str = "record") -> Asked:
        return Asked(self.request, action, "law")

    def call(self, function: Any, *args: Any) -> bytes:
        """What a corridor's function gives, or why not."""
        try:
            got = function(self.gate, self.asked(), *args)
        except GatewayError as e:
            return repr([i.json() for i in e.issues]).encode()
        return got.body if hasattr(got, "body") else dumps(got).encode()

    def reviewed(self) -> bytes:
        """The queue of pairs that wait for a human, as this reader sees it in the role whose work it is; times apart."""
        asked = Asked(replace(self.request, role="operator", purpose="HOPERAT"), "review", "law")
        return dumps([{k: v for k, v in c.items() if k != "since"} for c in queue.queue(self.gate, asked)["cases"]]).encode()


def answers(who: Asker, ids: list[str], known: str) -> dict[str, bytes]:
    """All answers about one person.

    ids    every merged id that may lead to the person, of resources too, visible or not
    known  key of the person in PERSONS
    """
    family, given, _, number = PERSONS[known]
    out = {f"feed {s} {t}": who.pages(f"/fhir/source/{s}/{t}?_count=2") for s in SOURCES for t in TYPES}
    out["origins"] = who.get("/fhir/source")
    for query in (f"identifier={number}", f"identifier={quote(SYSTEM)}%7C{number}", f"family={family}", f"given={given}"):
        out[f"find {query}"] = who.get(f"/fhir/Patient?{query}")
    out["summary by number"] = who.get(f"/fhir/Patient/$summary?identifier={number}")
    out["page find"] = who.get(f"/?identifier={number}")
    out["cli find"] = who.call(persons.find, {"identifier": number}, False)
    out["review"] = who.reviewed()
    for id in ids:
        out |= by_id(who, id)
    return out


def by_id(who: Asker, id: str) -> dict[str, bytes]:
    """All answers to questions that name a merged id."""
    out = {f"{t} {id}": who.get(f"/fhir/{t}/{id}") for t in TYPES[:-1]}
    out[f"everything {id}"] = who.pages(f"/fhir/Patient/{id}/$everything?_count=3")
    out[f"since {id}"] = who.pages(f"/fhir/Patient/{id}/$everything?_count=3&_since=2026-04-01T12:00:25Z")
    out[f"range {id}"] = who.pages(f"/fhir/Patient/{id}/$everything?_count=3&start=2026-02&end=2026-03-01")
    out[f"summary {id}"] = who.get(f"/fhir/Patient/{id}/$summary")
    out[f"page {id}"] = who.get(f"/record/{id}")
    out[f"record {id}"] = who.call(records.record, id, "", True)
    for function in (persons.show, persons.sources, persons.changes):
        more = (False,) if function is persons.show else ()
        out[f"{function.__name__} {id}"] = who.call(function, id, *more)
    for type in TYPES[1:-2]:
        if type in PARAMETERS:
            out[f"search {type} {id}"] = who.pages(f"/fhir/{type}?patient={id}&_count=2")
        out[f"shaped {type} {id}"] = who.pages(f"/fhir/{type}?patient={id}&_count=2&_sort=-_lastUpdated&_include=*&_revinclude=Provenance:target")
    for reference in re.findall(rb'"fullUrl":"[^"]*/fhir/([A-Za-z]+/[0-9a-f]+)"', out[f"everything {id}"]):
        out[f"why {reference.decode()}"] = who.get(f"/record/{id}/why/{reference.decode()}")
        out[f"document {reference.decode()}"] = who.get(f"/record/{id}/document/{reference.decode()}")
        out[f"provenance {reference.decode()}"] = who.get(f"/fhir/{reference.decode()}/$provenance")
        out[f"history {reference.decode()}"] = who.get(f"/fhir/{reference.decode()}/_history")
    return out
