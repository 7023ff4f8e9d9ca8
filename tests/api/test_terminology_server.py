"""An external terminology server: asked about what is not loaded, in time, once; never by the merge."""

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway import config
from gateway.api import remote
from gateway.api.remote import Server
from gateway.errors import ConfigError
from gateway.wsgi import create_app
from tests.homes import NOW, make_home

ASPIRIN = {"resourceType": "Parameters", "parameter": [{"name": "display", "valueString": "Aspirin"}]}


class Answers(BaseHTTPRequestHandler):
    """Knows the code `1`; what other codes do stands in `_ODD`."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        code = parse_qs(urlsplit(self.path).query).get("code", [""])[0]
        status, body = _ODD.get(code, (404, b'{"resourceType": "OperationOutcome"}')) if code != "1" else (200, json.dumps(ASPIRIN).encode())
        if code == "slow":
            time.sleep(.4)
        try:
            self.send_response(status)
            self.send_header("Location", "/elsewhere?code=1")
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_: Any) -> None:
        pass


_ODD = {"broken": (500, b""), "html": (200, b"<html>"), "outcome": (200, b'{"resourceType": "OperationOutcome"}'), "slow": (200, json.dumps(ASPIRIN).encode()),
        "moved": (302, b""), "huge": (200, b" " * 1_100_000 + json.dumps(ASPIRIN).encode()), "list": (200, b"[]"), "bytes": (200, b"\xff")}


@pytest.fixture
def url() -> Iterator[str]:
    Answers.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as httpd:
        Thread(target=httpd.serve_forever, args=(.01,), daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}/fhir"
        httpd.shutdown()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_kept_for_its_hours(url: str) -> None:
    clock = Clock()
    asking = Server(url, 2, 1, clock)
    given = {"system": "urn:x", "code": "1", "display": "Anna Lind", "else": "y"}
    assert [asking.ask("CodeSystem/$lookup", given) for _ in range(3)] == [ASPIRIN] * 3
    assert Answers.asked == ["/fhir/CodeSystem/$lookup?system=urn%3Ax&code=1"], "codes only, and once"
    clock.now = 3601
    assert asking.ask("CodeSystem/$lookup", given) == ASPIRIN and len(Answers.asked) == 2


def test_what_it_does_not_know_is_kept_as_well(url: str) -> None:
    asking = Server(url, 2, 1, Clock())
    assert [asking.ask("CodeSystem/$lookup", {"code": "none"}) for _ in range(3)] == [None] * 3 and len(Answers.asked) == 1


@pytest.mark.parametrize("code", sorted(_ODD))
def test_who_answers_badly_or_late_is_left_alone_for_a_while(url: str, code: str) -> None:
    clock = Clock()
    asking = Server(url, .1, 1, clock)
    assert asking.ask("CodeSystem/$lookup", {"code": code}) is None
    assert asking.ask("CodeSystem/$lookup", {"code": "1"}) is None and len(Answers.asked) == 1
    clock.now = 31
    assert Server.ask(asking, "CodeSystem/$lookup", {"code": "1"}) == ASPIRIN


def test_nobody_there_is_no_error(url: str) -> None:
    assert Server("http://127.0.0.1:9/fhir", 1, 1).ask("CodeSystem/$lookup", {"code": "1"}) is None


def test_only_what_is_not_loaded_is_asked(gate: Any, url: str) -> None:
    remote.server.cache_clear()
    client = create_app(replace(gate, home=replace(gate.home, terminology_server=url))).test_client()
    token = gate.issuer.mint({"sub": "x", "scope": "user/*.rs", "purpose": "TREAT"}, int(NOW.timestamp()), 600, secrets.token_hex(4))

    def call(path: str) -> Any:
        return client.get(f"/fhir/{path}", headers={"Authorization": f"Bearer {token}"})

    answer = call("CodeSystem/$lookup?system=urn:x&code=1")
    assert answer.status_code == 200 and answer.json == ASPIRIN and answer.headers["X-Terminology-Server"] == url
    assert call("CodeSystem/$validate-code?url=urn:x&code=1").json == ASPIRIN == call("ConceptMap/$translate?system=urn:x&code=1").json
    assert call("CodeSystem/$lookup?system=urn:x&code=2").status_code == 404
    before = len(Answers.asked)
    (system, code), display = next((k, d) for k, d in gate.concepts.displays.items() if d)
    known = call(f"CodeSystem/$lookup?system={system}&code={code}")
    assert known.status_code == 200 and display in known.text and len(Answers.asked) == before


def test_a_server_that_is_no_web_address_is_refused(tmp_path: Any) -> None:
    folder = make_home(tmp_path / "home", {})
    with (folder / "gateway.toml").open("a") as settings:
        settings.write('terminology_server = "tx.example"\n')
    with pytest.raises(ConfigError) as e:
        config.load(folder)
    assert e.value.issue.code == "setting-invalid" and "gateway.toml" in e.value.issue.where
