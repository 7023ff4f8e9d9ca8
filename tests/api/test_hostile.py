"""A hostile client: strange paths, methods, headers, parameters and bodies. Never a defect, never patient data, never HTML
under /fhir, always an answer."""

import secrets

import pytest

from gateway.jsontext import loads
from gateway.wsgi import create_app
from tests.homes import EVA, NOW

STRANGE = ("", "..", "../..", "%2e%2e%2fsecrets", "%00", "%ff%fe", "a" * 5000, "'", '"', "<script>", "{{7*7}}", "$", "$everything",
           "%0d%0aSet-Cookie:x", "Patient", "_history", "\u202e", "1;drop table facts", "%F0%9F%98%80", "-1", "9" * 400, "*", "?", "#", "%")
PARAMETERS = ("identifier=%00", "identifier=|", "identifier=||||", "name=" + "a" * 9000, "birthdate=9999-99-99", "birthdate=gt",
              "birthdate=ge1961&birthdate=le", "_count=-1", "_count=0", "_count=1e9", "_count=%00", "_page=x", "_page=" + "A" * 4000,
              "_since=yesterday", "_since=%00", "_sort=-x", "_include=*", "_include=a:b:c:d", "_elements=", "patient=Patient/../x",
              "patient=", "code=%7C", "_id=" + ",".join(["x"] * 2000), "a" * 3000 + "=1", "&&&==&", "identifier:missing=maybe",
              "name:exact=%FF", "_format=text/html", "_lastUpdated=gt2026", "_type=Nothing", "_type=", "date=2026-02-30")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X")
BODIES = (b"", b"\0" * 100, b"{", b"[" * 10000, b'{"resourceType":"Bundle","entry":"x"}', b"a=" + b"%FF" * 1000, b"=" * 5000,
          b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>")
HEADERS = ({"Authorization": "Bearer"}, {"Authorization": "Bearer a.b.c"}, {"Authorization": "Bearer " + "x" * 9000},
           {"Authorization": "Basic x"}, {"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}, {"Authorization": "\xff"},
           {"Cookie": "gateway_session=x"}, {"Cookie": "gateway_session=" + "=" * 999}, {"Cookie": "gateway_session=e30.e30"},
           {"If-None-Match": "*"}, {"X-Request-Id": "y" * 9000}, {"Content-Type": "multipart/form-data; boundary="},
           {"Range": "bytes=0-1"}, {"Accept": "\x00"}, {"Content-Length": "-5"}, {"X-HTTP-Method-Override": "DELETE"}, {"Host": "evil"})

BROWSER = ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
           "application/signed-exchange;v=b3;q=0.7")                  # of Chromium


@pytest.fixture
def ask(gate, capsys):
    client = create_app(gate).test_client()
    claims = {"sub": "x", "scope": "user/*.rs", "purpose": "TREAT", "org": "o", "care": True}
    bearer = {"Authorization": f"Bearer {gate.issuer.mint(claims, int(NOW.timestamp()), 600, secrets.token_hex(4))}"}

    def asked(path, method="GET", headers=None, body=None, **more):
        answer = client.open(path, method=method, headers={**bearer, **(headers or {})}, data=body, **more)
        assert answer.status_code < 500, (method, path[:80], headers, answer.data[:300])
        assert answer.status_code < 400 or EVA.encode() not in answer.data
        assert b"Traceback" not in answer.data and b"sqlite" not in answer.data.lower()
        if path.startswith("/fhir") and method != "HEAD" and answer.status_code >= 400:
            assert loads(answer.data)["resourceType"] == "OperationOutcome", (method, path[:80])
        assert "defect" not in capsys.readouterr().err
        return answer
    return asked


@pytest.mark.parametrize("base", ("/fhir/{}", "/fhir/Patient/{}", "/fhir/{}/x", "/fhir/Patient/x/_history/{}", "/fhir/source/{}",
                                  "/fhir/source/{}/Patient", "/fhir/source/north/Patient/{}", "/fhir/Patient/{}/$everything", "/{}",
                                  "/record/{}", "/record/{}/why/Patient/x", "/record/{}/document/Patient/x", "/record/x/file/1/Media/{}", "/audit/{}", "/static/{}", "/signin?key={}"))
def test_strange_paths(ask, base):
    for word in STRANGE:
        ask(base.format(word))


@pytest.mark.parametrize("path", ("/fhir/Patient", "/fhir/Observation", "/fhir/source/north/Patient", "/fhir/Patient/x/$everything", "/"))
def test_strange_parameters(ask, path):
    for query in PARAMETERS:
        ask(f"{path}?{query}")
        ask(f"{path}?identifier={EVA}&{query}")


def test_strange_methods_and_bodies(ask):
    for method in METHODS:
        for path in ("/fhir/Patient/x", "/fhir/Patient", "/fhir/Patient/_search", "/fhir/ConceptMap/$translate", "/record/x", "/fhir"):
            for body in BODIES:
                ask(path, method, {"Content-Type": "application/x-www-form-urlencoded"}, body)
                ask(path, method, {"Content-Type": "application/fhir+json"}, body)


def test_strange_headers(ask):
    for headers in HEADERS:
        for path in ("/fhir/Patient?name=x", "/record/x", "/", "/it", "/audit"):
            ask(path, "GET", headers)


def test_nothing_is_changed_by_what_is_read_only(ask, gate):
    with gate.store.read() as tx:
        before = tx.conn.exec_driver_sql("select change from counter").scalar()
    for method in ("PUT", "PATCH", "DELETE"):
        assert ask("/fhir/Patient/x", method, body=b"{}").status_code == 405
    assert ask("/fhir/Patient", "POST", body=b"{}").status_code == 405
    with gate.store.read() as tx:
        assert tx.conn.exec_driver_sql("select change from counter").scalar() == before


def test_a_body_that_is_too_large_is_refused_early(ask):
    assert ask("/fhir/Patient/_search", "POST", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=" + b"b" * (17 << 20)).status_code == 413


@pytest.mark.parametrize("path", ("/nothing", "/record/x/document/", "/me/document/", "/static/x"))
def test_a_browser_is_told_of_a_wrong_address_in_a_page(ask, path):
    page = ask(path, headers={"Accept": BROWSER})
    assert page.status_code == 404 and page.mimetype == "text/html" and b"<h1>Not Found</h1>" in page.data
    assert page.headers["Content-Security-Policy"] and ask(path).mimetype == "application/fhir+json"
    assert ask("/fhir/" + "x/" * 9, headers={"Accept": "text/html"}).mimetype == "application/fhir+json"
