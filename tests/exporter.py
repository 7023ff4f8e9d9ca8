"""A client of bulk exports: asks, waits, fetches, and applies what it was told to what it holds."""

import secrets

from gateway.cli.serve import JOBS
from gateway.disclose.exporting import run
from gateway.jsontext import loads
from gateway.opened import Gate
from gateway.pipeline.work import round_
from gateway.wsgi import create_app

BASE = "http://127.0.0.1:8080"


class Client:
    """A client of one home. `who` names a reader by the claims of its token."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.web = gate, create_app(gate).test_client()

    def bearer(self, scope="system/*.rs", purpose="TREAT", sub="client", **more):
        claims = {"sub": sub, "scope": scope, "purpose": purpose, "org": "aarhus", "care": True, **more}
        return {"Authorization": f"Bearer {self.gate.issuer.mint(claims, int(self.gate.now().timestamp()), 9999, secrets.token_hex(4))}"}

    def ask(self, path, method="GET", headers=None, json=None, **who):
        return self.web.open(path.removeprefix(BASE), method=method, json=json, headers={**self.bearer(**who), **(headers or {})})

    def start(self, query="", **who):
        """The place where the export is asked after."""
        answer = self.ask(f"/fhir/$export{query}", headers={"Prefer": "respond-async"}, **who)
        assert answer.status_code == 202, answer.data
        return answer.headers["Content-Location"]

    def work(self):
        return [job for job in round_(self.gate, JOBS) if job["kind"] == "export"]

    def manifest(self, query="", work=True, **who):
        """What an export is told to be once it is made. work: by the worker, with its other jobs; else alone."""
        place = self.start(query, **who)
        if work:
            assert not any(job["failed"] for job in self.work())
        else:
            run(self.gate, place.rpartition("/")[2], lambda *_: None)
        answer = self.ask(place, **who)
        assert answer.status_code == 200, answer.data
        return loads(answer.data)

    def lines(self, told, kind="output", **who):
        return [loads(line) for file in told[kind] for line in self.ask(file["url"], **who).data.splitlines()]

    def deleted(self, told, **who):
        return [e["request"]["url"] for b in self.lines(told, "deleted", **who) for e in b["entry"]]

    def apply(self, mirror, told, **who):
        """What a client holds that applied this answer."""
        gone = self.deleted(told, **who)
        fresh = {f"{r['resourceType']}/{r['id']}": r for r in self.lines(told, **who)}
        return {k: v for k, v in {**mirror, **fresh}.items() if k not in gone}
