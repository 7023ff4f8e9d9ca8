"""A server that is killed in the middle of an export: the next one makes it anew, and what it gives is whole."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from hashlib import sha256

import pytest
import requests

from gateway.jsontext import loads
from gateway.opened import opened
from gateway.pipeline.pull import pull
from tests.homes import make_home, observation, patient

PEOPLE, EACH = 400, 3


def word(n, kind):
    """A name that nobody else has."""
    return sha256(f"{kind}{n}".encode()).hexdigest()[:12].translate(str.maketrans("0123456789", "ghijklmnop")).title()


@pytest.fixture
def home(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    people = [r for n in range(PEOPLE) for r in (
        patient(f"p{n}", word(n, "f"), word(n, "g"), f"{1925 + n % 80}-{1 + n % 12:02}-{1 + n % 28:02}", f"{n:012}",
                address=[{"line": [f"{word(n, 's')} {n}"], "city": word(n, "c")}]),
        *(observation(f"o{n}-{m}", f"p{n}", "5.5", effectiveDateTime=f"2026-02-0{m + 1}T08:00:00Z") for m in range(EACH)))]
    folder = make_home(tmp_path / "home", {"north": people}, base_url=f"http://127.0.0.1:{port}")
    with opened(folder) as gate:
        assert not pull(gate, "north").failed
    return folder


@contextmanager
def served(folder, base):
    """A server in a process group of its own, killed at the end with all that it started."""
    process = subprocess.Popen([sys.executable, "-m", "gateway.cli", "--home", str(folder), "serve", "--port", base.rpartition(":")[2]],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while not answers(base):
            assert process.poll() is None and time.monotonic() < until, "the server did not start"
            time.sleep(.1)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def answers(base):
    try:
        return requests.get(f"{base}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False


def poll(url, headers, enough):
    until = time.monotonic() + 60
    while not enough(answer := requests.get(url, headers=headers, timeout=30)):
        assert answer.status_code == 202 and time.monotonic() < until, answer.text
        time.sleep(.01)
    return answer


def resources(told, headers):
    lines = [line for file in told["output"] for line in requests.get(file["url"], headers=headers, timeout=30).content.splitlines()]
    assert len(lines) == len(set(lines)) == sum(f["count"] for f in told["output"])
    return set(lines)


def test_an_export_outlives_the_server_that_began_it(home):
    with opened(home) as gate:
        claims = {"sub": "c", "scope": "system/*.rs", "purpose": "TREAT", "org": "aarhus", "care": True}
        headers = {"Authorization": f"Bearer {gate.issuer.mint(claims, int(time.time()), 900, secrets.token_hex(4))}"}
        base = gate.home.base_url
    with served(home, base):
        place = requests.get(f"{base}/fhir/$export", headers=headers, timeout=30).headers["Content-Location"]
        begun = poll(place, headers, lambda a: "so far" in a.headers.get("X-Progress", "") or a.status_code == 200)
        assert begun.status_code == 202, "it was over before the server could be killed"
    with opened(home) as gate, gate.store.write(gate.now(), ordered=False) as tx:
        (state,) = tx.conn.exec_driver_sql("select state from exports").scalars()
        assert state == "running" and tx.conn.exec_driver_sql("select count(*) from export_given").scalar()
        tx.conn.exec_driver_sql("update jobs set lease = '' where kind = 'export'")       # a minute that nobody waits for
    with served(home, base):
        resumed = loads(poll(place, headers, lambda a: a.status_code == 200).content)
        again = requests.get(f"{base}/fhir/$export", headers=headers, timeout=30).headers["Content-Location"]
        fresh = loads(poll(again, headers, lambda a: a.status_code == 200).content)
        assert resources(resumed, headers) == resources(fresh, headers) and len(resources(fresh, headers)) == PEOPLE * (1 + EACH)
        since = f"{base}/fhir/$export?_since={resumed['transactionTime']}"
        last = requests.get(since, headers=headers, timeout=30).headers["Content-Location"]
        told = loads(poll(last, headers, lambda a: a.status_code == 200).content)
        assert told["output"] == told["deleted"] == told["error"] == []
