"""A C-CDA inside an MDM, a DocumentReference or a Binary is read as a C-CDA, with its way and its ledger, and once."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from adapters.fhir import FHIR
from adapters.hl7v2 import HL7v2
from gateway import config
from gateway.cli.main import run
from gateway.config import Source
from gateway.model import Message
from gateway.pipeline.keep import ready_all
from gateway.reading.process import processed
from gateway.reading.reader import reader_of
from gateway.shipped import shipped
from tests import ccda_documents as made
from tests.adapters.fhir_server import fhir, serve

DOCUMENT = made.everything()
DATA = base64.b64encode(DOCUMENT).decode()
WRITTEN = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\n": "\\X0A\\"})
MIME = f"""MIME-Version: 1.0
Content-Type: multipart/related; boundary="X"; type="text/xml"

--X
Content-Type: text/xml
Content-Transfer-Encoding: Base64

{DATA}
--X--
"""
DATED = {"versionId": "1", "lastUpdated": "2022-03-06T00:00:00Z"}
PATIENT = {"resourceType": "Patient", "id": "p", "meta": DATED, "name": [{"family": "Ashgrove", "given": ["Nora", "Jane"]}],
           "birthDate": "1961-02-17", "gender": "female", "identifier": [{"system": f"urn:oid:{made.CLINIC}.3", "value": "A-1001"}]}


def mdm(*values: str, number: str = "M1", event: str = "T02", state: str = "F") -> bytes:
    """A message with one OBX for each value, which is its OBX-2 and OBX-5."""
    return "\r".join((
        f"MSH|^~\\&|EHR|CLINIC|GW|GW|20220305101600-0500||MDM^{event}|{number}|P|2.5.1", f"EVN|{event}|20220305101600-0500",
        f"PID|1||A-1001^^^&{made.CLINIC}.3&ISO^MR||Ashgrove^Nora^Jane||19610217|F", "PV1|1|O",
        "TXA|1|CN|TX|20220305101500-0500||||||||D-1|||||AU",
        *(f"OBX|{n}|{value.replace('>', '|34133-9^CCD^LN||', 1)}||||||{state}" for n, value in enumerate(values, 1)), "")).encode()


def lines() -> tuple[str, ...]:
    return tuple(f"TX>{line.translate(WRITTEN)}" for line in DOCUMENT.decode().split("\n"))


def reference(**more: Any) -> dict[str, Any]:
    return {"resourceType": "DocumentReference", "id": "d", "meta": DATED, "status": "current", "subject": {"reference": "Patient/p"},
            "content": [{"attachment": {"contentType": "text/xml", "data": DATA}}], **more}


@pytest.mark.parametrize("raw", [
    mdm(f"ED>^text^xml^Base64^{DATA}"), mdm(f"ED>^multipart^x-hl7-cda-level-one^A^{MIME.translate(WRITTEN)}"),
    mdm(f"ED>^text^xml^A^{DOCUMENT.decode().translate(WRITTEN)}"), mdm(*lines()), mdm("TX>see enclosed", f"ED>^text^xml^Base64^{DATA}")])
def test_the_bytes_of_a_document_come_out_of_an_mdm(raw: bytes) -> None:
    assert [data for _, data in HL7v2().enclosed(raw) if b"ClinicalDocument" in data] == [DOCUMENT]


@pytest.mark.parametrize("raw", [
    mdm(f"ED>^text^xml^Base64^{DATA}", event="T11"), mdm(f"ED>^text^xml^Base64^{DATA}", state="D"),
    mdm("ED>^text^xml^Base64^no!base64"), mdm("TX>a text")])
def test_what_is_taken_back_or_no_document_holds_none(raw: bytes) -> None:
    assert [data for _, data in HL7v2().enclosed(raw) if b"ClinicalDocument" in data] == []


def test_a_text_that_its_encoding_cannot_hold_is_written_in_utf_8() -> None:
    latin = DOCUMENT.decode().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').replace("Fairhaven", "Łódź")
    message = mdm(f"TX>{latin.translate(WRITTEN)}").replace(b"|P|2.5.1", b"|P|2.5.1||||||UNICODE UTF-8")
    ((_, data),) = HL7v2().enclosed(message)
    assert "Łódź".encode() in data and b"ISO-8859-1" not in data


@pytest.mark.parametrize("resource, found", [
    (reference(), 1), ({"resourceType": "Binary", "id": "b", "contentType": "text/xml", "data": DATA}, 1),
    (reference(status="entered-in-error"), 0), (reference(status="superseded"), 0), (reference(content=[{"attachment": {"data": "no!"}}]), 0),
    (reference(content="x"), 0), (reference(content=[], contained=[{"resourceType": "Binary", "data": DATA}]), 1),
    (reference(content=[{"attachment": {"url": f"data:text/xml;base64,{DATA}"}}]), 1), (reference(content=[{"attachment": {"url": 7}}]), 0),
    ({"resourceType": "DiagnosticReport", "presentedForm": [{"contentType": "text/xml", "data": DATA}, "x"]}, 1),
    ({"resourceType": "DiagnosticReport", "status": "entered-in-error", "presentedForm": [{"contentType": "text/xml", "data": DATA}]}, 0)])
def test_the_contents_of_fhir_resources(resource: dict[str, Any], found: int) -> None:
    assert [data for _, data in FHIR(folder=".").enclosed(json.dumps(resource).encode())] == [DOCUMENT] * found


@pytest.mark.parametrize("statuses, found", [(("current",), 1), (("entered-in-error",), 0), (("superseded", "current"), 1)])
@pytest.mark.parametrize("url", ["Binary/b", "urn:uuid:b"])
def test_the_binary_of_a_bundle_is_read_unless_its_reference_takes_it_back(statuses: tuple[str, ...], found: int, url: str) -> None:
    held = [reference(status=s, content=[{"attachment": {"url": url}}]) for s in statuses]
    bundle = {"resourceType": "Bundle", "entry": [*({"resource": r} for r in held), {"fullUrl": "urn:uuid:b", "resource": {"resourceType": "Binary", "id": "b", "data": DATA}}]}
    assert [data for _, data in FHIR(folder=".").enclosed(json.dumps(bundle).encode())] == [DOCUMENT] * found


def test_the_binary_of_a_server_comes_before_its_reference_and_each_cursor_goes_on_behind_it(httpserver: HTTPServer) -> None:
    one = reference(content=[{"attachment": {"contentType": "text/xml", "url": "Binary/b"}}, {"attachment": {"url": "Binary/gone"}},
                             {"attachment": {"url": "https://elsewhere.example/Binary/x"}}])
    url = serve(httpserver, "/fhir", [{"resource": one}])
    httpserver.expect_request("/fhir/Binary/b").respond_with_data(DOCUMENT, content_type="text/xml")
    httpserver.expect_request("/fhir/Binary/gone").respond_with_handler(lambda _: fhir({"resourceType": "OperationOutcome"}, 404))
    source = FHIR(url, types=("DocumentReference",))
    units = list(source.read())
    assert [getattr(u, "kind", "rejected") for u in units] == ["Binary", "rejected", "DocumentReference"]
    assert [data for _, data in source.enclosed(units[0].raw)] == [DOCUMENT]
    for done, unit in enumerate(units, 1):
        assert list(source.read(unit.cursor)) == units[done:]


def home(folder: Path, server: str) -> Path:
    """Four sources that give the same document by four ways."""
    config.init(folder, name="test.example/transfers", organisation="Test Region", country="US")
    inbox = folder / "inbox"
    for kind, name, data in (("hl7v2", "m.hl7", mdm(f"ED>^text^xml^Base64^{DATA}") + mdm(*lines(), number="M2")),
                             ("fhir", "d.ndjson", f"{json.dumps(PATIENT)}\n{json.dumps(reference())}\n".encode()),
                             ("ccda", "c.xml", DOCUMENT), ("server", "", b"")):
        (inbox / kind).mkdir(parents=True)
        if name:
            (inbox / kind / name).write_bytes(data)
        place = f'{{ url = "{server}", types = ["Patient", "DocumentReference"] }}' if kind == "server" else f'{{ folder = "inbox/{kind}" }}'
        (folder / "sources" / f"{kind}.toml").write_text(
            f'kind = "{"fhir" if kind == "server" else kind}"\norganisation = "Fairhaven Clinic"\ncountry = "US"\n'
            f'timezone = "America/New_York"\nconnection = {place}\n')
    return folder


def rows(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert run([*words, "--json"]) in (0, 1)
    return json.loads(capsys.readouterr().out)


def test_four_ways_of_one_document_are_one_record(tmp_path: Path, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]) -> None:
    hash = base64.b64encode(hashlib.sha1(DOCUMENT).digest()).decode()
    one = reference(content=[{"attachment": {"contentType": "text/xml", "url": "Binary/b", "hash": hash}}])
    url = serve(httpserver, "/fhir", [{"resource": PATIENT}, {"resource": one}])
    httpserver.expect_request("/fhir/Binary/b").respond_with_handler(
        lambda _: fhir({"resourceType": "Binary", "id": "b", "contentType": "text/xml", "data": DATA}))
    at = ("--home", str(home(tmp_path / "home", url)))
    pulled = {r["source"]: r for r in rows(capsys, *at, "pull")["rows"]}
    # both messages hold the document, which is one message of the source
    assert {n: (r["read"], r["new"], r["same"], r["rejected"]) for n, r in pulled.items()} == {
        "hl7v2": (4, 3, 1, 0), "fhir": (3, 3, 0, 0), "ccda": (1, 1, 0, 0), "server": (4, 4, 0, 0)}
    assert {r["source"]: (r["new"], r["same"]) for r in rows(capsys, *at, "pull")["rows"]} == dict.fromkeys(pulled, (0, 0))
    (person,) = rows(capsys, *at, "person", "find", "--family", "Ashgrove", "--reason", "test")["rows"]
    record = rows(capsys, *at, "record", person["person"], "--reason", "test")
    codes = [r.get("vaccineCode", r.get("code", r.get("medicationCodeableConcept")))["coding"][0]["code"] for r in record["resources"]
             if r["resourceType"] in ("Condition", "AllergyIntolerance", "Immunization", "Procedure", "MedicationStatement")]
    assert len(codes) == len(set(codes)) == 10
    kinds = [r["resourceType"] for r in record["resources"]]
    assert [kinds.count(t) for t in ("DocumentReference", "Composition", "Patient")] == [1, 1, 1]
    assert not [i for i in record["issues"] if i["code"]["coding"][0]["code"] in ("id-reused", "identifier-clash", "version-clash")]


def test_a_document_names_the_message_in_which_it_came_and_a_broken_one_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home(tmp_path / "home", "http://127.0.0.1:9")
    broken = base64.b64encode(DOCUMENT[:-40]).decode()
    (folder / "inbox/hl7v2/m.hl7").write_bytes(mdm(f"ED>^text^xml^Base64^{broken}", f"ED>^text^xml^Base64^{DATA}"))
    at = ("--home", str(folder))
    rows(capsys, *at, "pull", "hl7v2")
    (problem,) = rows(capsys, *at, "msg", "problems")["rows"]
    assert problem["what"].startswith("ccda-not-xml m.hl7#1 OBX-5 line ")
    lines = [json.loads(line) for line in _map(folder / "inbox/hl7v2/m.hl7", capsys)]
    assert [(r["kind"], r["message"]) for r in lines] == [("hl7v2", "MDM^T02"), ("ccda", ""), ("ccda", "CDA 34133-9")]
    assert [r.get("inside") for r in lines] == [None, lines[0]["key"], lines[0]["key"]]
    assert lines[1]["issues"][0]["where"].startswith("#1 OBX-5 line"), lines[1]["issues"]
    assert lines[2]["ledger"]["mapped"] > 100 and lines[0]["ledger"]["unmapped"] == 0


def test_what_hands_on_a_restricted_document_is_as_restricted_as_that() -> None:
    closed = DOCUMENT.replace(b'confidentialityCode code="N"', b'confidentialityCode code="R"')
    message = next(HL7v2().split(mdm(f"ED>^text^xml^Base64^{base64.b64encode(closed).decode()}")))
    reader = reader_of(Source("clinic", "hl7v2", connection={"folder": "."}), Path(), shipped())
    outer, inner = ready_all(processed(reader, message))
    assert {e.fact.type: e.labels for e in outer.entries if e.fact.type in ("DocumentReference", "Patient")} == {"DocumentReference": "R", "Patient": ""}
    assert {e.labels for e in inner.entries if e.fact.type == "Condition"} == {"R"}
    assert {e.labels for e in ready_all(processed(reader, next(HL7v2().split(mdm(f"ED>^text^xml^Base64^{DATA}")))))[0].entries} == {""}


def _map(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    run(["map", "run", str(path), "--jsonl"])
    return capsys.readouterr().out.splitlines()


def test_what_another_gateway_hands_on_was_read_there() -> None:
    entry = {"extension": [{"url": "urn:throughline:origin", "extension": [{"url": "source", "valueString": "lab"}]}], "resource": reference()}
    assert list(FHIR(folder=".").enclosed(json.dumps(entry).encode())) == []
    assert isinstance(next(HL7v2().split(mdm("TX>x"))), Message)
