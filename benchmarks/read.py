"""Reading a record over HTTP beside a static body of the same size on the same server: 64 clients, durable log.

Every answer of ours is decided, fetched by its view's digest and logged before it leaves; the static body is not. Needs
wrk (a package of most systems); says so when it is not there. A reader from whom a consent hides a source runs beside.
"""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

from benchmarks.people import fsync_ms, resources
from gateway import config
from gateway.jsontext import loads
from gateway.model import Fact
from gateway.opened import opened
from gateway.pipeline.write import write_facts
from tests.demo.homes import free_port

SECONDS, ROUNDS, CLIENTS = 3, 3, 64


def load(url: str, token: str = "") -> float:
    """Requests a second under 64 clients."""
    command = ["wrk", "-t", "1", "-c", str(CLIENTS), "-d", f"{SECONDS}s", "-H", f"Authorization: Bearer {token}", url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    if bad:
        raise RuntimeError(f"{bad[1]} requests failed at {url}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def application():
    """The product's application with one more route: a static body."""
    from flask import Response

    from gateway.cli.serve import application as product

    app = product()
    body = Path(os.environ["BENCH_BODY"]).read_bytes()
    app.add_url_rule("/static-body", "static_body", lambda: Response(body, mimetype="application/fhir+json"))
    return app


def main() -> None:
    if not shutil.which("wrk"):
        print("read: not measured, wrk is not installed (apt-get install wrk)")
        return
    folder = Path(tempfile.mkdtemp())
    home = config.init(folder / "home", base_url=f"http://127.0.0.1:{free_port()}")
    with opened(home) as gate:
        write_facts(gate, [Fact("a", "1", r) for r in resources(1, 100)])
        write_facts(gate, [Fact("b", "1", {**r, "id": r["id"] + "b", **({"subject": {"reference": "Patient/p1b"}} if "subject" in r else {})})
                           for r in resources(1, 20)])
        deny = {"resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": "Patient/p1"}, "policyRule": {"text": "x"},
                "scope": {"text": "privacy"}, "category": [{"text": "privacy"}], "provision": {"type": "deny", "actor": [
                    {"role": {"coding": [{"code": "CST"}]}, "reference": {"identifier": {"value": "b"}}},
                    {"role": {"coding": [{"code": "IRCP"}]}, "reference": {"identifier": {"value": "elsewhere"}}}]}}
        write_facts(gate, [Fact("a", "1", deny)])
        tokens = [gate.issuer.mint({"sub": "bench", "scope": "user/*.rs", "purpose": "TREAT", "org": org, "care": True},
                                   int(time.time()), 3600, secrets.token_hex(4)) for org in ("here", "elsewhere")]
        base = gate.home.base_url
    port = base.rpartition(":")[2]
    environment = {**os.environ, "GATEWAY_HOME": str(home), "BENCH_BODY": str(folder / "body")}
    (folder / "body").write_bytes(b"{}")
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--host", "127.0.0.1", "--port", port,
              "--blocking-threads", "32", "--no-log", "benchmarks.read:application"]
    process = subprocess.Popen(server, env=environment)
    try:
        _wait(base)
        asked = {"Authorization": f"Bearer {tokens[0]}"}
        found = loads(requests.get(f"{base}/fhir/Patient?identifier={10**9 + 1}", headers=asked, timeout=10).content)
        record = f"{base}/fhir/Patient/{found['entry'][0]['resource']['id']}/$everything?_count=1000"
        body = requests.get(record, headers=asked, timeout=10).content
        process.terminate()
        process.wait()
        (folder / "body").write_bytes(body)
        process = subprocess.Popen(server, env=environment)
        _wait(base)
        rounds = [(load(f"{base}/static-body"), load(record, tokens[0]), load(record, tokens[1])) for _ in range(ROUNDS)]
        static, ours, restricted = map(max, zip(*rounds, strict=True))
    finally:
        process.terminate()
        process.wait()
    print(f"read, record of {len(body) // 1000} kB, {CLIENTS} clients: static {static:.0f}/s, ours {ours:.0f}/s, restricted {restricted:.0f}/s; "
          f"fsync {fsync_ms(folder):.2f} ms")
    print(f"read ratio: {ours / static:.2f} (aim >= 0.5); unrestricted / restricted: {ours / restricted:.2f} (aim <= 1.1)")
    shutil.rmtree(folder)


def _wait(base: str) -> None:
    for _ in range(200):
        try:
            requests.get(f"{base}/healthz", timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    main()
