"""What a source takes back leaves record, page, view, bundle and export at once; who saw it stays known (issue: merge, 6)."""

import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.cli.main import run
from gateway.config import init
from gateway.disclose.view import Views
from gateway.opened import Gate, opened
from gateway.web import session
from gateway.wsgi import create_app
from tests.homes import call

VALUE = "719.94"  # as no time of day and no digest holds it: `19.9` stood in `12:00:19.904Z`


def observed(status: str = "final", version: str = "1", at: str = "2026-03-01T09:00:00Z") -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "o1", "meta": {"versionId": version, "lastUpdated": at}, "status": status,
            "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7", "display": "Glucose"}]},
            "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-03-01T08:00:00Z",
            "valueQuantity": {"value": 719.94, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}}


PATIENT = {"resourceType": "Patient", "id": "p1", "meta": {"versionId": "1", "lastUpdated": "2026-03-01T07:00:00Z"},
           "name": [{"family": "Ek", "given": ["Mia"]}], "gender": "female", "birthDate": "1980-01-01"}


def deleted(**response: str) -> dict[str, Any]:
    """A history Bundle in which the observation is deleted."""
    return {"resourceType": "Bundle", "type": "history", "entry": [
        {"fullUrl": "https://fhir.example/r4/Observation/o1", "request": {"method": "DELETE", "url": "Observation/o1"},
         "response": {"status": "204", **response}}]}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    init(folder, name="t", organisation="T", country="SE")
    (folder / "inbox").mkdir()
    (folder / "sources" / "lab.toml").write_text('kind = "fhir"\nconnection = { folder = "inbox" }\n', "utf-8")
    return folder


def deliver(home: Path, name: str, body: Any) -> None:
    (home / "inbox" / f"{name}.json").write_text(json.dumps(body), "utf-8")
    assert run(["--home", str(home), "pull"]) in (0, 1)


@pytest.fixture
def gate(home: Path) -> Iterator[Gate]:
    with opened(home) as gate:
        yield gate


class Reader:
    """One process that keeps its views, as a server does between two requests."""

    def __init__(self, gate: Gate, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys
        claims = {"sub": "dr", "scope": "system/*.rs", "purpose": "TREAT", "org": "t", "care": True}
        token = gate.issuer.mint(claims, int(gate.now().timestamp()), 600, "x")
        app = create_app(gate, Views(gate))
        self.client, self.headers, self.page = app.test_client(), {"Authorization": f"Bearer {token}"}, app.test_client()
        link = urlsplit(session.link(gate, "clinician", "once"))
        assert self.page.get(f"{link.path}?{link.query}").status_code < 400
        found = self.get("/fhir/Patient?family=Ek")
        self.patient = found["entry"][0]["resource"]["id"]

    def get(self, url: str) -> Any:
        answer = self.client.get(url, headers=self.headers)
        assert answer.status_code == 200, (url, answer.data)
        return json.loads(answer.data)

    def call(self, *args: str) -> list[dict[str, Any]]:
        return call(self.capsys, self.home, *args)

    def record(self) -> dict[str, Any]:
        (person,) = self.call("person", "find", "--family", "Ek", "--jsonl")
        (found,) = self.call("record", person["person"], "--json", "--reason", "round")
        return found

    def shows(self) -> set[str]:
        """Where the value is seen: every way out of the home."""
        out = self.home / "out.ndjson.d"
        run(["--home", str(self.home), "bulk", "export", "--out", str(out), "--reason", "copy"])
        exported = "".join(p.read_text("utf-8") for p in out.rglob("*") if p.is_file()) if out.exists() else ""
        for path in sorted(out.rglob("*"), reverse=True) if out.exists() else ():
            path.unlink() if path.is_file() else path.rmdir()
        ways = {"page": self.page.get(f"/record/{self.patient}").text, "record": json.dumps(self.record()["resources"]), "export": exported,
                "everything": json.dumps(self.get(f"/fhir/Patient/{self.patient}/$everything")),
                "search": json.dumps(self.get(f"/fhir/Observation?patient={self.patient}")),
                "code": json.dumps(self.get(f"/fhir/Observation?patient={self.patient}&code=2345-7"))}
        return {name for name, text in ways.items() if VALUE in text}

    def fact(self) -> str:
        record = self.record()
        (shown,) = (r for r in record["resources"] if r["resourceType"] == "Observation")
        return str(record["provenance"][f"Observation/{shown['id']}"]["valueQuantity"][0])

    def fact_of(self, value: str) -> str:
        """The fact that holds a value, among others of its type."""
        record = self.record()
        (shown,) = (r for r in record["resources"] if value in json.dumps(r) and r["resourceType"] == "Observation")
        return str(record["provenance"][f"Observation/{shown['id']}"]["valueQuantity"][0])

    def recipients(self, fact: str) -> set[int]:
        return {row["entry"] for row in self.call("audit", "recipients", fact, "--jsonl")}


WAYS = {"page", "record", "export", "everything", "search", "code"}


@pytest.mark.parametrize("taken_back", [
    deleted(etag='W/"2"', lastModified="2026-03-02T09:00:00Z"), deleted(etag='W/"2"'),
    deleted(lastModified="2026-03-02T09:00:00Z"), deleted(), {**deleted(), "timestamp": "2026-03-02T09:00:00Z"},
    observed("entered-in-error", "2", "2026-03-02T09:00:00Z")],
    ids=["version-and-time", "version", "time", "neither", "bundle-time", "entered-in-error"])
def test_what_a_fhir_source_takes_back_leaves_every_way_out_at_once(home, gate, capsys, taken_back):
    deliver(home, "1", PATIENT)
    deliver(home, "2", observed())
    reader = Reader(gate, home, capsys)
    assert reader.shows() == WAYS
    fact = reader.fact()
    seen = reader.recipients(fact)
    deliver(home, "3", taken_back)
    assert reader.shows() == set()
    assert reader.record()["ledger"][fact]["state"] in ("retracted", "superseded")
    assert seen and seen <= reader.recipients(fact)
    mark = max(reader.recipients(fact))
    assert reader.shows() == set() and max(reader.recipients(fact)) == mark


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_deletion_and_a_creation_anew_say_the_same_in_every_order(home, gate, capsys, order):
    told = (observed(), deleted(etag='W/"2"', lastModified="2026-03-02T09:00:00Z"),
            observed(version="3", at="2026-03-03T09:00:00Z"))
    deliver(home, "0", PATIENT)
    for n in order:
        deliver(home, f"{n + 1}", told[n])
    reader = Reader(gate, home, capsys)
    assert reader.shows() == WAYS
    assert [line["state"] for line in reader.record()["ledger"].values()].count("represented") == 2


def test_a_deletion_that_names_nothing_is_told_and_ends_nothing(home, gate, capsys):
    deliver(home, "1", PATIENT)
    deliver(home, "2", observed())
    bundle = deleted()
    bundle["entry"][0] = {"request": {"method": "DELETE", "url": "Observation?identifier=7"}}
    deliver(home, "3", bundle)
    reader = Reader(gate, home, capsys)
    assert reader.shows() == WAYS
    assert [p["what"].split()[0] for p in reader.call("msg", "problems", "--jsonl")] == ["fhir-deletion-unnamed"]
