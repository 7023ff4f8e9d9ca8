"""Bodies that arrive slowly, break off or never end: the other readers never wait for them."""

import io
import socket
import subprocess
import sys
import threading
import time

import pytest

from gateway.arriving import timely
from gateway.jsontext import loads
from gateway.wsgi import create_app
from tests.homes import NOW, make_home


@pytest.fixture(params=("granian", "waitress"))
def server(tmp_path, request):
    """Address of a home that is served."""
    home = make_home(tmp_path / "home")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    process = subprocess.Popen([sys.executable, "-m", "gateway.cli", "--home", str(home), "serve", "--server", request.param,
                                "--port", str(address[1])], stderr=subprocess.PIPE, text=True)
    try:
        while "checkpoint" not in process.stderr.readline():
            assert process.poll() is None
        until = time.monotonic() + 60
        while time.monotonic() < until and not _listens(address):      # it says so a moment before it does
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _listens(address):
    with socket.socket() as s:
        return s.connect_ex(address) == 0


def call(app, body, length="", **more):
    told = {}
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": length, "wsgi.input": body, **more}
    answer = b"".join(app(environ, lambda status, headers: told.update(status=status, **dict(headers))))
    return told["status"][:3], answer


def echo(environ, start):
    start("200 OK", [])
    return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))]


def anybody(environ):
    return environ.get("HTTP_AUTHORIZATION", "anybody")


class Never:
    """A sender who begins and then waits until it is let go."""

    def __init__(self):
        self.go = threading.Event()

    def read(self, n):
        self.go.wait()
        return b""


class Broken:
    def read(self, n):
        raise RuntimeError("body error")


@pytest.mark.parametrize("body, length, more", [(b"abc", "3", {}), (b"abc", "", {"HTTP_TRANSFER_ENCODING": "chunked"}), (b"", "", {}),
                                                (b"", "0", {})])
def test_a_body_that_arrives_is_handed_on_as_it_came(body, length, more):
    assert call(timely(echo, 10, anybody), io.BytesIO(body), length, **more) == ("200", body)


@pytest.mark.parametrize("body, length, status", [(io.BytesIO(b"ab"), "3", "400"), (Broken(), "3", "400")])
def test_a_body_that_breaks_off_is_refused(body, length, status):
    told, answer = call(timely(echo, 10, anybody), body, length)
    assert told == status and loads(answer)["resourceType"] == "OperationOutcome"


def test_a_body_without_a_length_is_read_to_its_bound_only():
    assert call(timely(echo, 10, anybody), io.BytesIO(b"a" * 99), HTTP_TRANSFER_ENCODING="chunked")[1] == b"a" * 11


def test_slow_senders_are_ended_and_few_are_waited_for():
    app, slow = timely(echo, 10, anybody, seconds=.05, waiting=2), [Never(), Never(), Never()]
    assert call(app, slow[0], "5")[0] == "408"
    waiting = timely(echo, 10, anybody, seconds=60, waiting=2)
    threads = [threading.Thread(target=call, args=(waiting, s, "5"), daemon=True) for s in slow[:2]]
    for t in threads:
        t.start()
    while sum(t.name == "arriving" for t in threading.enumerate()) < 3:
        pass
    assert call(waiting, slow[2], "5")[0] == "503"
    assert call(waiting, io.BytesIO(b""))[0] == "200", "who sends no body never waits"
    for s in slow:
        s.go.set()
    for t in threads:
        t.join()
    assert call(waiting, io.BytesIO(b"abc"), "3") == ("200", b"abc"), "their places are free again"


def test_nobody_waits_for_the_body_of_who_may_do_nothing():
    app, body = timely(echo, 10, anybody, seconds=60, waiting=0), Never()
    assert call(app, body, "5", HTTP_AUTHORIZATION="") == ("200", b"")
    assert call(app, body, "", HTTP_AUTHORIZATION="", HTTP_TRANSFER_ENCODING="chunked") == ("200", b"")


def test_one_caller_alone_cannot_take_all_places():
    app, slow = timely(echo, 10, anybody, seconds=60, waiting=3, each=2), [Never(), Never()]
    threads = [threading.Thread(target=call, args=(app, s, "5"), daemon=True) for s in slow]
    for t in threads:
        t.start()
    while sum(t.name == "arriving" for t in threading.enumerate()) < 2:
        pass
    assert call(app, io.BytesIO(b"abc"), "3")[0] == "503"
    assert call(app, io.BytesIO(b"abc"), "3", HTTP_AUTHORIZATION="another") == ("200", b"abc")
    for s in slow:
        s.go.set()
    for t in threads:
        t.join()
    assert call(app, io.BytesIO(b"abc"), "3")[0] == "200"


@pytest.mark.parametrize("path", ["/fhir/Patient/_search", "/fhir/Patient/$match", "/fhir/Patient/$validate", "/it/review/a/b",
                                  "/fhir/ConceptMap/$translate"])
def test_who_is_not_known_is_turned_away_without_a_body(gate, path):
    client = create_app(gate).test_client()
    for headers in ({}, {"Authorization": "Bearer x"}, {"Cookie": "gateway_session=x"}):
        answer = client.post(path, headers=headers, content_type="application/x-www-form-urlencoded",
                             environ_overrides={"wsgi.input": Never(), "CONTENT_LENGTH": "1000"})
        assert answer.status_code == 401


def test_a_form_of_any_kind_has_a_bound(gate):
    claims = {"sub": "x", "scope": "user/*.rs", "purpose": "TREAT"}
    bearer = {"Authorization": f"Bearer {gate.issuer.mint(claims, int(NOW.timestamp()), 600, 'j')}"}
    client = create_app(gate).test_client()
    for more in ({}, {"content_length": None, "headers": {"Transfer-Encoding": "chunked", **bearer}, "input_stream": io.BytesIO(b"a" * (2 << 20))}):
        body = {} if more else {"data": b"a" * (2 << 20), "headers": bearer}
        answer = client.post("/fhir/Patient/_search", content_type="application/x-www-form-urlencoded", **body, **more)
        assert answer.status_code == 413 and len(answer.data) < 1000


def test_a_doubled_slash_is_nowhere_and_never_a_page(gate):
    client = create_app(gate).test_client()
    for path in ("/fhir//Patient/x", "//fhir/Patient/x", "/fhir/Patient//x"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert answer.status_code in (401, 404) and loads(answer.data)["resourceType"] == "OperationOutcome"


def test_a_served_home_answers_while_many_bodies_never_end(server):
    slow = [socket.create_connection(server, timeout=30) for _ in range(40)]
    for s in slow:
        s.sendall(b"POST /fhir/Patient/_search HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                  b"Content-Length: 1000\r\n\r\nna")
    with socket.create_connection(server, timeout=30) as s:
        s.sendall(b"GET /fhir/metadata HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert s.recv(12) == b"HTTP/1.1 200"
    for s in slow:
        s.close()
