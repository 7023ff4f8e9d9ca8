"""FHIR servers over a real socket: contract, paging, cursors, and every way in which a server can be bad."""

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.contract import AdapterContract
from adapters.fhir import FHIR
from gateway.errors import ConfigError, Fatal, Retry
from gateway.model import Assertion, Fact, Identifier, Message, Origin, Rejected
from tests.adapters.fhir_server import fhir, patient, serve

T = "2026-01-01T00:00:0{}Z"
PATIENTS = [{"resource": patient(f"p{n}", T.format(n // 2))} for n in range(7)]
QUICK: dict[str, Any] = {"backoff": 0.0, "connect_seconds": 1.0, "read_seconds": 0.5}


def source(url: str, **settings: Any) -> FHIR:
    return FHIR(url, **{"types": ("Patient",), "page": 2, **QUICK, **settings})


def ids(units: Any) -> list[str]:
    return [u.place.partition("/")[2] if isinstance(u, Message) else u.issue.code for u in units]


class TestServer(AdapterContract):
    """The inherited promises, over a server whose third page holds an entry without a resource."""

    paths: ClassVar = {"name.family": ["Lind"], "Patient.name[0].family": ["Lind"], "Observation.status": []}
    bad_paths = ("", "name..family", "name[x]", "PID-5")
    secrets = ("s3cr3t-t0ken",)

    @pytest.fixture
    def adapter(self, httpserver: HTTPServer, tmp_path: Path) -> FHIR:
        (tmp_path / "token").write_text("s3cr3t-t0ken\n")
        bad = {"fullUrl": "urn:nothing", "search": {"mode": "match"}}
        url = serve(httpserver, "/fhir", [*PATIENTS[:5], bad, *PATIENTS[5:]])
        return source(url, token_file=str(tmp_path / "token"))


def test_every_page_is_read_and_the_token_is_sent(httpserver: HTTPServer, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("tok")
    units = list(source(serve(httpserver, "/fhir", PATIENTS), token_file=str(tmp_path / "token")).read())
    assert ids(units) == [f"p{n}" for n in range(7)]
    assert {request.headers["Authorization"] for request, _ in httpserver.log} == {"Bearer tok"}
    assert len(httpserver.log) == 4


def test_a_unit_is_one_resource_in_the_servers_own_bytes(httpserver: HTTPServer) -> None:
    text = '{"fullUrl":"x/Patient/1", "resource" : {"resourceType":"Patient","id":"1","extension":[{"url":"u",' \
           '"valueDecimal":1.50}]}}'
    httpserver.expect_request("/Patient").respond_with_data('{"resourceType":"Bundle","type":"searchset","entry":[ '
                                                            + text + ' ]}')
    adapter = source(httpserver.url_for(""))
    [unit] = adapter.read()
    assert unit.raw == text.encode()
    [(place, resource)] = adapter.resources(adapter.parse(unit.raw))
    assert place == "Patient" and str(resource["extension"][0]["valueDecimal"]) == "1.50"


def test_the_next_pull_asks_since_the_mark_and_takes_only_what_is_new(httpserver: HTTPServer) -> None:
    entries = list(PATIENTS)
    adapter = source(serve(httpserver, "/fhir", entries))
    end = list(adapter.read())[-1].cursor
    assert list(adapter.read(end)) == []
    entries.append({"resource": patient("late", T.format(3))})
    entries.append({"resource": patient("p0", T.format(9), "Berg")})
    assert ids(adapter.read(end)) == ["late", "p0"]
    assert httpserver.log[-1][0].args["_lastUpdated"] == "ge" + T.format(3)


def test_two_versions_of_one_resource_at_one_instant_are_two(httpserver: HTTPServer) -> None:
    """Another gateway hands on both; a pull that stops between them goes on with the second."""
    entries = [{"extension": [Origin("x", version, None, T.format(1)).extension()], "resource": patient("p", "", name)}
               for version, name in (("1", "Lind"), ("2", "Berg"))]
    url = serve(httpserver, "/fhir/source/x", entries).removesuffix("/source/x")
    adapter = source(url, origins=("x",))
    first, second = adapter.read()
    assert list(adapter.read(first.cursor)) == [second] and first.key != second.key


def test_a_server_that_does_not_sort_is_read_again_rather_than_in_part(httpserver: HTTPServer) -> None:
    adapter = source(serve(httpserver, "/fhir", PATIENTS[::-1], sorts=False))
    units = list(adapter.read())
    assert len(ids(adapter.read(units[2].cursor))) == 7
    assert ids(adapter.read(units[-1].cursor)) == []


@pytest.mark.parametrize("cursor", ["x", "[]", '{"a":1}', '{"a":[1]}', "{}"])
def test_an_unknown_cursor_starts_over(httpserver: HTTPServer, cursor: str) -> None:
    assert len(list(source(serve(httpserver, "/fhir", PATIENTS)).read(cursor))) == 7


def test_a_server_that_is_down(unused_tcp_port: int = 0) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/fhir"
    with pytest.raises(Retry, match="could not be reached") as raised:
        list(source(url).read())
    assert raised.value.issue.code == "fhir-no-answer" and "4 of 4 tries" in str(raised.value)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_ordered_request("/Patient").respond_with_data("no", status, {"Retry-After": "0"})
    httpserver.expect_ordered_request("/Patient").respond_with_handler(
        lambda r: fhir({"resourceType": "Bundle", "entry": PATIENTS[:1]}))
    assert ids(source(httpserver.url_for("")).read()) == ["p0"]


def test_a_server_that_stays_broken_is_left_for_the_next_pull(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/Patient").respond_with_data("Internal error: patient Lind", 500)
    with pytest.raises(Retry, match="answered 500") as raised:
        list(source(httpserver.url_for("")).read())
    assert len(httpserver.log) == 4 and "Lind" not in str(raised.value)


@pytest.mark.parametrize("after", ["86400", "Thu, 31 Dec 2099 00:00:00 GMT"])
def test_a_server_that_wants_a_long_pause_is_not_waited_for(httpserver: HTTPServer, after: str) -> None:
    httpserver.expect_request("/Patient").respond_with_data("", 503, {"Retry-After": after})
    with pytest.raises(Retry):
        list(source(httpserver.url_for("")).read())
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [200, 404])
def test_html_never_becomes_a_message(httpserver: HTTPServer, status: int) -> None:
    page = "<!DOCTYPE html><html><title>Log in</title></html>"
    httpserver.expect_request("/Patient").respond_with_data(page, status, content_type="text/html")
    if status == 200:
        with pytest.raises(Retry, match="web page instead of FHIR"):
            list(source(httpserver.url_for("")).read())
    else:
        [unit] = source(httpserver.url_for("")).read()
        assert isinstance(unit, Rejected) and unit.issue.code == "fhir-refused" and unit.raw == page.encode()


@pytest.mark.parametrize(("body", "code"), [
    (b"{", "fhir-unreadable"), (b"\xff\xfe", "fhir-unreadable"), (b"[]", "fhir-no-bundle"), (b"null", "fhir-no-bundle"),
    (b'{"resourceType":"Patient"}', "fhir-no-bundle"), (b'{"resourceType":"Bundle","entry":{"a":1}}', "fhir-no-bundle"),
    (b'{"resourceType":"Bundle","entry":[1]}', "fhir-entry"), (b'{"resourceType":"Bundle","link":[{}]}', "")])
def test_garbage_is_rejected_with_its_bytes_and_the_other_types_go_on(httpserver: HTTPServer, body: bytes,
                                                                       code: str) -> None:
    httpserver.expect_request("/Patient").respond_with_data(body)
    httpserver.expect_request("/Condition").respond_with_handler(
        lambda r: fhir({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Condition", "id": "c"}}]}))
    units = list(source(httpserver.url_for(""), types=("Patient", "Condition")).read())
    assert ids(units) == ([code] if code else []) + ["c"]
    assert all(u.raw in body and u.raw for u in units if isinstance(u, Rejected))


def test_an_unknown_token_stops_the_pull(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/Patient").respond_with_data("", 401)
    with pytest.raises(Fatal, match="does not accept our token"):
        list(source(httpserver.url_for("")).read())


def test_no_redirect_is_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/Patient").respond_with_data("", 302, {"Location": "http://127.0.0.2:9/x?secret=1"})
    with pytest.raises(Fatal, match=r"http://127\.0\.0\.2:9/x \(302\)"):
        list(source(httpserver.url_for("")).read())
    assert len(httpserver.log) == 1


def test_next_at_another_server_is_not_asked_and_the_page_is_kept(httpserver: HTTPServer) -> None:
    link = [{"relation": "next", "url": "http://127.0.0.2:9/steal"}]
    httpserver.expect_request("/Patient").respond_with_handler(
        lambda r: fhir({"resourceType": "Bundle", "link": link, "entry": PATIENTS[:1]}))
    assert ids(source(httpserver.url_for("")).read()) == ["p0", "fhir-next-elsewhere"]


def test_pages_that_lead_back_end(httpserver: HTTPServer) -> None:
    def page(request: Request) -> Response:
        n = int(request.args.get("n", 0))
        url = f"{request.base_url}?n={(n + 1) % 3}"
        return fhir({"resourceType": "Bundle", "link": [{"relation": "next", "url": url}], "entry": [PATIENTS[n]]})

    httpserver.expect_request("/Patient").respond_with_handler(page)
    assert ids(source(httpserver.url_for("")).read()) == ["p0", "p1", "p2", "p0", "fhir-paging-loop"]


def test_pages_that_never_end_end(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def page(request: Request) -> Response:
        url = f"{request.base_url}?n={int(request.args.get('n', 0)) + 1}"
        return fhir({"resourceType": "Bundle", "link": [{"relation": "next", "url": url}]})

    monkeypatch.setattr("adapters.fhir.search.MAX_PAGES", 20)
    httpserver.expect_request("/Patient").respond_with_handler(page)
    assert ids(source(httpserver.url_for("")).read()) == ["fhir-paging-loop"]


def test_a_huge_answer_is_cut_off(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/Patient").respond_with_handler(lambda r: Response(b"x" * 2**16 for _ in range(2**10)))
    [unit] = source(httpserver.url_for(""), max_bytes=2**20).read()
    assert isinstance(unit, Rejected) and unit.issue.code == "fhir-answer-too-large"


@pytest.mark.parametrize("drip", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"HTTP/1.1 200 OK\r\n\r\n{"])
def test_a_silent_a_dripping_and_a_broken_server_time_out(drip: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        adapter = source(f"http://127.0.0.1:{listening.getsockname()[1]}", attempts=1, read_seconds=0.2)
        listening.settimeout(5)
        reading = _in_thread(lambda: list(adapter.read()))
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(drip)
            error = reading()
    assert isinstance(error, Retry) and error.issue.code == "fhir-no-answer"


def test_an_answer_that_breaks_off_is_asked_again(httpserver: HTTPServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        adapter = source(f"http://127.0.0.1:{listening.getsockname()[1]}", attempts=1)
        reading = _in_thread(lambda: list(adapter.read()))
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}")
        assert isinstance(reading(), Retry)


def _in_thread(work: Any) -> Any:
    from concurrent.futures import ThreadPoolExecutor
    pool = ThreadPoolExecutor(1)
    future = pool.submit(work)
    return lambda: (future.exception(timeout=10), pool.shutdown())[0]


def test_ask_reads_the_sections_of_one_patient(httpserver: HTTPServer) -> None:
    mine = {**patient("p1", T.format(1)), "identifier": [{"system": "urn:mrn", "value": "1|2,3"}]}
    answers = {"Patient": [mine], "AllergyIntolerance": [
        {"resourceType": "AllergyIntolerance", "id": "a1", "patient": {"reference": "Patient/p1"}}]}
    for type, resources in answers.items():
        httpserver.expect_request(f"/{type}").respond_with_json(
            {"resourceType": "Bundle", "entry": [{"resource": r} for r in resources]})
    adapter = source(httpserver.url_for(""), types=("Patient", "AllergyIntolerance", "Condition"))
    soon = datetime.now(UTC) + timedelta(seconds=20)
    assert ids(adapter.ask([Identifier("urn:mrn", "1|2,3")], {"allergies"}, soon)) == ["p1", "a1"]
    assert [dict(r.args) for r, _ in httpserver.log] == [
        {"identifier": "urn:mrn|1\\|2\\,3", "_count": "2"}, {"patient": "p1", "_count": "2"}]


def test_ask_ends_at_its_deadline(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/Patient").respond_with_data("", 503)
    adapter = source(httpserver.url_for(""), backoff=30.0)
    with pytest.raises(Retry):
        list(adapter.ask([Identifier("", "1")], set(), datetime.now(UTC) + timedelta(seconds=1)))
    with pytest.raises(Retry, match="time allowed"):
        list(adapter.ask([Identifier("", "1")], set(), datetime.now(UTC) - timedelta(seconds=1)))


def test_keys_are_the_ids_that_the_server_holds_now(httpserver: HTTPServer) -> None:
    adapter = source(serve(httpserver, "/fhir", PATIENTS))
    assert list(adapter.keys("Patient")) == [f"Patient/p{n}" for n in range(7)]


def test_facts_and_assertions_of_another_gateway_keep_their_origin(httpserver: HTTPServer) -> None:
    """Promise 1 of the house: between gateways facts travel, each under its origin, body untouched."""
    body = {"resourceType": "Patient", "id": "p1", "managingOrganization": {"reference": "Organization/o"}}
    fact = Fact("region-h", "20260301", body, "2026-03-01T10:00:00+01:00")
    said = Assertion("listing", {"source": "region-h", "scope": "medications", "at": "2026-03-01", "keys": []})
    carried = [Origin(fact.source, fact.version, fact.asserted, T.format(1)), Origin("region-h", 2, None, T.format(2))]
    entries = [{"extension": [carried[0].extension()], "resource": body},
               {"extension": [carried[1].extension()], "resource": said.basic()}]
    url = serve(httpserver, "/fhir/source/region-h", entries).removesuffix("/source/region-h")
    adapter = source(url, origins=("region-h",))
    units = list(adapter.read())
    trees = [adapter.parse(u.raw) for u in units]
    assert [adapter.origin(t) for t in trees] == carried
    assert [r for t in trees for _, r in adapter.resources(t)] == [body]
    assert [a.line() for t in trees for a in adapter.assertions(t)] == [said.line()]
    assert list(adapter.read(units[-1].cursor)) == []
    assert json.loads(units[0].raw)["resource"] == body


@pytest.mark.parametrize("settings", [
    {}, {"url": "http://127.0.0.1", "folder": "x"}, {"url": "ftp://x"}, {"url": "http://u:p@x/"}, {"url": "https://x?a=b"},
    {"url": "http://fhir.example", "token_file": "t"}, {"url": "https://x", "types": ("Patient/../x",)},
    {"url": "https://x", "origins": ("a/b",)}, {"url": "https://x", "page": 0}, {"url": "http://[::1"}])
def test_settings_explain_themselves(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as raised:
        FHIR(**settings)
    assert all(i.message and i.where for i in raised.value.issues)


def test_a_missing_token_is_said_before_anything_is_sent(httpserver: HTTPServer, tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="token of the source cannot be read"):
        list(source(serve(httpserver, "/fhir", PATIENTS), token_file=str(tmp_path / "none")).read())
    assert httpserver.log == []
