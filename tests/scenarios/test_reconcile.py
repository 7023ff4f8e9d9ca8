"""A server that tells no deletions: what it no longer has is taken back after its full list, one question each, and
nothing on any doubt (issues: spine, 4; merge, 6)."""

import json
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from gateway.cli.main import run
from gateway.config import init
from gateway.opened import Gate, opened
from gateway.pipeline.pull import pull
from gateway.pipeline.work import due, round_
from gateway.store import assertions, facts
from tests.scenarios.test_documents_inside import PATIENT as INSIDE
from tests.scenarios.test_documents_inside import reference
from tests.scenarios.test_retractions import PATIENT, VALUE, WAYS, Reader, observed

BASE = "/r4"
OTHERS = [{**observed(), "id": f"x{n}", "valueQuantity": {"value": n, "unit": "1"}} for n in range(4)]


class Server:
    """A FHIR server that answers searches and reads, and knows no history. `broken` answers in its place."""

    def __init__(self, server: HTTPServer, resources: list[dict[str, Any]]) -> None:
        self.has = {f"{r['resourceType']}/{r['id']}": r for r in resources}
        self.hidden: set[str] = set()                    # from searches only
        self.broken: Callable[[Request], Response | None] = lambda _: None
        self.reads: list[str] = []
        server.expect_request(re.compile(f"{BASE}/.*")).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        name = request.path.removeprefix(f"{BASE}/")
        self.reads += [name] if "/" in name else []
        wrong = self.broken(request)
        return wrong if wrong else self.read(name) if "/" in name else self.search(request, name)

    def read(self, name: str) -> Response:
        return fhir(self.has[name]) if name in self.has else fhir({"resourceType": "OperationOutcome", "issue": [
            {"severity": "error", "code": "not-found"}]}, 404)

    def search(self, request: Request, type: str) -> Response:
        since, size, start = (request.args.get(k, d) for k, d in (("_lastUpdated", "ge"), ("_count", "9"), ("offset", "0")))
        found = [r for name, r in sorted(self.has.items()) if r["resourceType"] == type and name not in self.hidden
                 and r.get("meta", {}).get("lastUpdated", "9") >= since[2:]]
        page = found[int(start):int(start) + int(size)]
        asked = "".join(f"{k}={v}&" for k, v in request.args.items() if k != "offset")
        more = f"{request.base_url}?{asked}offset={int(start) + int(size)}"
        links = [{"relation": "next", "url": more}] if int(start) + int(size) < len(found) else []
        return fhir({"resourceType": "Bundle", "type": "searchset", "link": links, "entry": [{"resource": r} for r in page]})

    def delete(self, *names: str) -> None:
        for name in names:
            del self.has[name]


def fhir(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/fhir+json")


@pytest.fixture
def server(httpserver: HTTPServer) -> Server:
    return Server(httpserver, [PATIENT, observed(), *OTHERS])


@pytest.fixture
def home(tmp_path: Path, httpserver: HTTPServer, server: Server) -> Path:
    folder = tmp_path / "home"
    init(folder, name="t", organisation="T", country="SE")
    (folder / "sources" / "lab.toml").write_text(
        f'kind = "fhir"\nreconcile = "7 days"\nconnection = {{ url = "{httpserver.url_for(BASE)}", page = 2, attempts = 1, '
        'backoff = 0.0, types = ["Patient", "Observation"] }\n', "utf-8")
    assert run(["--home", str(folder), "pull"]) == 0
    return folder


@pytest.fixture
def reader(home: Path, capsys: pytest.CaptureFixture[str]):
    with opened(home) as gate:
        yield Reader(gate, home, capsys)


def compared(reader: Reader, *more: str) -> dict[str, dict[str, Any]]:
    return {row["type"]: row for row in reader.call("pull", "lab", "--reconcile", "--jsonl", *more)}


def problems(reader: Reader) -> list[str]:
    return [p["what"] for p in reader.call("msg", "problems", "--jsonl")]


def test_what_a_server_no_longer_has_leaves_every_way_out(server, reader):
    assert reader.shows() == WAYS
    fact = reader.fact_of(VALUE)
    seen = reader.recipients(fact)
    server.delete("Observation/o1")
    reader.call("pull", "--jsonl")
    assert reader.shows() == WAYS, "the server tells no deletion"
    assert compared(reader)["Observation"] == {
        "schema": "gateway.pull-reconcile/1", "source": "lab", "type": "Observation", "held": 5, "missing": 1, "gone": 1,
        "back": 0, "failed": "", "applied": True}
    assert reader.shows() == set()
    assert reader.record()["ledger"][fact]["state"] == "retracted"
    assert seen and seen <= reader.recipients(fact)
    assert not problems(reader)
    asked = len(server.reads)
    assert compared(reader)["Observation"]["missing"] == 0 and len(server.reads) == asked, "it is not asked for again"


def test_a_dry_run_says_what_is_gone_and_takes_nothing_back(server, reader):
    server.delete("Observation/o1")
    row = compared(reader, "--dry-run")["Observation"]
    assert (row["missing"], row["gone"], row["applied"]) == (1, 1, False)
    assert reader.shows() == WAYS and compared(reader)["Observation"]["gone"] == 1


@pytest.mark.parametrize("anew", [
    observed(version="2", at="2026-03-02T09:00:00Z"), observed(version="1", at="2026-03-02T09:00:00Z"), observed(),
    {**observed(), "meta": {}}], ids=["newer", "numbered-anew", "as-it-was", "without-meta"])
def test_what_is_made_anew_comes_back_and_may_go_again(server, reader, anew):
    server.delete("Observation/o1")
    assert compared(reader)["Observation"]["gone"] == 1
    for _ in range(2):
        server.has["Observation/o1"] = anew
        compared(reader)
        assert reader.shows() == WAYS
        server.delete("Observation/o1")
        compared(reader)
        assert reader.shows() == set()


def test_what_has_neither_version_nor_time_is_taken_back_too(server, reader):
    bare = {k: v for k, v in observed().items() if k != "meta"} | {"id": "o2"}
    server.has["Observation/o2"] = bare
    server.delete("Observation/o1")
    compared(reader)
    assert reader.shows() == WAYS
    server.delete("Observation/o2")
    compared(reader)
    assert reader.shows() == set() and not problems(reader)


@pytest.mark.parametrize("status, code", [(500, "fhir-no-answer"), (403, "fhir-refused"), (401, "fhir-not-known")])
def test_what_is_not_confirmed_stands_and_is_told(server, reader, status, code):
    server.delete("Observation/o1")
    server.broken = lambda r: fhir({}, status) if r.path.endswith("/o1") else None
    row = compared(reader)["Observation"]
    assert row["missing"] == 1 and row["gone"] == 0 and row["failed"]
    assert reader.shows() == WAYS and problems(reader) == [f"{code} Observation"]
    server.broken = lambda _: None
    assert compared(reader)["Observation"]["gone"] == 1 and problems(reader) == []


def test_a_web_page_that_says_404_is_no_word_of_the_server(server, reader):
    server.delete("Observation/o1")
    server.broken = lambda r: Response("<html>404</html>", 404) if r.path.endswith("/o1") else None
    assert compared(reader)["Observation"]["gone"] == 0 and reader.shows() == WAYS


def test_what_the_list_lacks_and_the_server_still_has_stands(server, reader):
    server.hidden = {"Observation/o1"}
    assert compared(reader)["Observation"]["gone"] == 0
    assert reader.shows() == WAYS and problems(reader) == ["reconcile-list-lacks Observation"]


@pytest.mark.parametrize("page", [fhir({}, 500), fhir({"resourceType": "Patient"}), Response("{", 200)])
def test_a_list_that_broke_off_takes_nothing_back(server, reader, page):
    server.delete("Observation/o1")
    server.broken = lambda r: page if r.args.get("offset") == "2" and "_sort" not in r.args else None
    row = compared(reader)["Observation"]
    assert row["failed"] and not row["gone"] and "Observation/o1" not in server.reads
    assert reader.shows() == WAYS and [p.split()[1] for p in problems(reader)] == ["Observation"]


def test_a_server_that_does_not_let_read_by_id_is_not_believed(server, reader):
    server.delete("Observation/o1")
    server.broken = lambda r: fhir({}, 404) if r.path.count("/") == 3 else None
    assert compared(reader)["Observation"]["gone"] == 0
    assert reader.shows() == WAYS and problems(reader) == ["reconcile-no-read Observation"]


@pytest.mark.parametrize("left", [0, 2])
def test_a_list_that_lost_more_than_half_is_believed_only_by_a_human(server, reader, left):
    server.delete("Observation/o1", *(f"Observation/x{n}" for n in range(left, 4)))
    row = compared(reader)["Observation"]
    assert row["gone"] == 0 and row["failed"] and not server.reads
    assert reader.shows() == WAYS and problems(reader) == ["reconcile-shrunk Observation"]
    assert compared(reader, "--believe")["Observation"]["gone"] == 5 - left
    assert reader.shows() == set() and problems(reader) == []


def rounds(gate: Gate, kind: str = "reconcile") -> list[dict[str, Any]]:
    return [job for job in round_(gate) if job["kind"] == kind]


def test_the_job_is_due_when_its_time_has_come_and_only_then(home, server, reader):
    with opened(home) as gate:
        assert ("reconcile", "lab") in due(gate)
        assert [j["said"] for j in rounds(gate)] == ["0 not listed, 0 gone"]
        assert ("reconcile", "lab") not in due(gate) and not rounds(gate)
        server.delete("Observation/o1")
        later = at(gate, timedelta(days=7, minutes=1))
        assert [j["said"] for j in rounds(later)] == ["1 not listed, 1 gone"]
        assert not rounds(later)
    assert reader.shows() == set()


def at(gate: Gate, by: timedelta) -> Gate:
    return replace(gate, now=lambda: datetime.now(UTC) + by)


def test_a_patient_whom_the_server_no_longer_has_is_nobody(server, reader):
    other = {**PATIENT, "id": "p2", "name": [{"family": "Berg", "given": ["Bo"]}]}
    server.has["Patient/p2"] = other
    compared(reader)
    assert len(reader.call("person", "find", "--family", "Berg", "--jsonl")) == 1
    server.delete("Patient/p2")
    assert compared(reader)["Patient"]["gone"] == 1
    assert reader.call("person", "find", "--family", "Berg", "--jsonl") == []
    server.has["Patient/p2"] = other
    assert compared(reader)["Patient"]["back"] == 1
    assert len(reader.call("person", "find", "--family", "Berg", "--jsonl")) == 1


def test_what_stood_inside_of_a_document_is_not_asked_for(home, server, reader):
    document = reference()
    server.has |= {"DocumentReference/d": document, "Patient/p": INSIDE}
    settings = home / "sources/lab.toml"
    settings.write_text(settings.read_text("utf-8").replace('"Patient",', '"Patient", "DocumentReference",'), "utf-8")
    with opened(home) as gate:
        assert not pull(gate, "lab").failed
        with gate.store.read() as tx:
            assert facts.count(tx)["lab"] > 20, "the document was read"
        rows = compared(reader)
        assert set(rows) == {"DocumentReference", "Observation", "Patient"} and rows["DocumentReference"]["held"] == 1
        assert not any(row["missing"] or row["failed"] for row in rows.values()) and server.reads == []


def test_a_job_that_was_killed_is_done_again_and_all_is_taken_back_once(home, server, reader):
    server.has |= {f"Observation/y{n}": {**observed(), "id": f"y{n}"} for n in range(6)}
    reader.call("pull", "--again", "--jsonl")
    server.delete(*(f"Observation/y{n}" for n in range(4)))
    worker = subprocess.Popen([sys.executable, "-c", KILLED, str(home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    server.broken = lambda r: worker.kill() if r.path.endswith("/y2") else None
    assert worker.wait(60) == -signal.SIGKILL
    server.broken = lambda _: None
    with opened(home) as gate:
        assert taken(gate) == {"y0", "y1"}, "what was confirmed before stands"
        later = at(gate, timedelta(minutes=11))                          # the lease is over
        assert [j["said"] for j in rounds(later)] == ["2 not listed, 2 gone"]
        assert taken(gate) == {"y0", "y1", "y2", "y3"} and ("reconcile", "lab") not in due(later)
    assert {name for name, n in Counter(server.reads).items() if n > 1} <= {"Observation/o1", "Observation/y2", "Observation/y5"}


def test_a_comparison_that_failed_is_due_again_after_a_quarter(home, server):
    with opened(home) as gate:
        server.broken = lambda r: fhir({}, 500) if "_sort" not in r.args and "Observation" in r.path else None
        (job,) = rounds(gate)
        assert job["failed"] and "Observation" in job["said"]
        assert ("reconcile", "lab") not in due(at(gate, timedelta(hours=23)))
        assert ("reconcile", "lab") in due(at(gate, timedelta(hours=25)))


def test_a_server_that_is_down_is_not_compared(home, server):
    with opened(home) as gate:
        server.broken = lambda _: fhir({}, 503)
        (job,) = rounds(gate)
        assert job["failed"] and not server.reads


def test_doctor_and_the_source_tell_what_could_not_be_compared(server, reader):
    server.delete("Observation/o1", "Observation/x1", "Observation/x2")
    compared(reader)
    (found,) = (c for c in json.loads(told(reader, "doctor", "--json"))["checks"] if c["status"] != "ok")
    assert found["subject"] == "reconcile lab" and "--believe" in found["fix"] and "reconcile-shrunk" in found["evidence"]
    assert compared(reader, "--believe")["Observation"]["gone"] == 3
    assert all(c["status"] == "ok" for c in json.loads(told(reader, "doctor", "--json"))["checks"])


def test_a_source_that_cannot_be_compared_does_not_stop_the_others(home, server, reader):
    server.delete("Observation/o1")
    (home / "files").mkdir()
    (home / "sources/files.toml").write_text('kind = "fhir"\nreconcile = "7 days"\nconnection = { folder = "files" }\n', "utf-8")
    rows = reader.call("pull", "--reconcile", "--jsonl")
    assert [(r["source"], r["type"], r["gone"]) for r in rows] == [("files", "", 0), ("lab", "Observation", 1), ("lab", "Patient", 0)]
    with opened(home) as gate:
        assert not rounds(gate), "both were tried a moment ago"


KILLED = """
import sys
from gateway.cli.main import run
from gateway.pipeline import reconcile
reconcile.BATCH = 1
run(["--home", sys.argv[1], "work", "--once"])
"""


def told(reader: Reader, *words: str) -> str:
    reader.capsys.readouterr()
    run(["--home", str(reader.home), *words])
    return reader.capsys.readouterr().out


def taken(gate: Gate) -> set[str]:
    with gate.store.read() as tx:
        return {str(a.body["id"]) for a in assertions.of_kinds(tx, ["retract"])}
