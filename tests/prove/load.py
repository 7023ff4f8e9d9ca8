"""Readers and a pull at once: 32 clients read records while sources are pulled into the same home. About 1 minute.

Every answer is one that the log knows, no request fails, the log verifies afterwards, and readers wait at the 99th
percentile at most four times as long while a pull runs as they did before it.
"""

import hashlib
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import requests

from gateway import config
from gateway.disclose import log
from gateway.jsontext import loads
from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.store import people
from tests.demo.homes import free_port, served, write_source
from tests.population.settings import settings
from tests.prove import Figure
from tests.world import make_world

CLIENTS, SECONDS, BEFORE = 32, 12, ("norrvik", "soevang")
FILES = ("norrvik", "elbhafen", "norrlab", "soevang")


def home_of(folder: Path) -> tuple[Path, str, list[str]]:
    """A home half pulled; a token, and the persons in it."""
    home = config.init(folder / "home", country="SE", base_url=f"http://127.0.0.1:{free_port()}")
    make_world(100, seed=3).write(home / "inbox")
    wired = settings("inbox", "http://127.0.0.1:9/fhir", "http://127.0.0.1:9/fhir", "")
    for name in FILES:
        write_source(home, name, wired[name])
    with opened(home) as gate:
        for name in BEFORE:
            assert not pull(gate, name).failed
        claims = {"sub": "load", "scope": "user/*.rs", "purpose": "TREAT", "org": "here", "care": True}
        token = gate.issuer.mint(claims, int(gate.now().timestamp()), 3600, secrets.token_hex(8))
        with gate.store.read() as tx:
            return home, token, sorted({k.person for k in people.everyone(tx)})


def reader(base: str, token: str, persons: list[str], seed: int, stop: threading.Event) -> list[tuple[int, float, str, float]]:
    """Reads until told to stop: (status, seconds, hash of the body, start) of each answer."""
    random, done, session = Random(seed), [], requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    while not stop.is_set():
        person = random.choice(persons)
        path = random.choice([f"Patient/{person}/$everything", f"Patient/{person}", f"Observation?patient={person}"])
        started = time.monotonic()
        answer = session.get(f"{base}/fhir/{path}", timeout=60)
        done.append((answer.status_code, time.monotonic() - started, hashlib.sha256(answer.content).hexdigest(), started))
    return done


def prove() -> Iterator[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="load"))
    try:
        home, token, persons = home_of(folder)
        stop = threading.Event()
        with served(home) as base, ThreadPoolExecutor(CLIENTS) as pool:
            waiting = [pool.submit(reader, base, token, persons, n, stop) for n in range(CLIENTS)]
            time.sleep(SECONDS)
            started = time.monotonic()
            pulled = subprocess.run([sys.executable, "-m", "gateway.cli", "--home", str(home), "pull", "--jsonl"],
                                    capture_output=True, check=False)
            ended = time.monotonic()
            stop.set()
            answers = [a for w in waiting for a in w.result()]
        rows = [loads(line) for line in pulled.stdout.splitlines()]
        new = sum(int(r["new"]) for r in rows)
        yield Figure("pulled meanwhile", f"{new} messages, exit {pulled.returncode}", "> 100, no source failed",
                     new > 100 and not any(r["failed"] for r in rows))
        bad = [a[0] for a in answers if a[0] not in (200, 404, 410)]
        yield Figure("answers", f"{len(answers)}, {len(bad)} of them errors", "> 500, 0", len(answers) > 500 and not bad)
        calm, busy = (statistics.quantiles(waits, n=100)[98] for waits in (
            [t for _, t, _, at in answers if at + t < started], [t for _, t, _, at in answers if started < at < ended]))
        yield Figure("99th percentile of waiting, before and during the pull", f"{calm * 1000:.0f} ms, {busy * 1000:.0f} ms",
                     "<= 4 times", busy <= 4 * calm)
        with opened(home) as gate:
            known = {e["sent"] for e in gate.log.search() if e.get("who") == "load"}
            lost = [h for _, _, h, _ in answers if h not in known]
            gate.log.checkpoint()
            verdict = log.verified(gate)
        yield Figure("answers that the log does not know", str(len(lost)), "0", not lost)
        yield Figure("the log", verdict.state, "VERIFIED", verdict.state == "VERIFIED")
    finally:
        shutil.rmtree(folder)
