"""Whatever can hand out facts, raw bytes or demographics writes its entry first, and reads the store in `disclose` alone.

The lists are derived from the routes and the commands: what is added later fails here until it is said how it is called.
"""

import hashlib
import json
import re
import secrets
import sys
from pathlib import Path

import pytest

import gateway
from gateway.cli.main import run
from gateway.disclose import exporting
from gateway.disclose.view import Views
from gateway.ids import merged_id
from gateway.jsontext import loads
from gateway.model import Fact
from gateway.opened import opened
from gateway.pipeline.people import rule
from gateway.pipeline.pull import pull
from gateway.pipeline.write import write_facts
from gateway.store import vault
from gateway.web import session
from gateway.wsgi import BLUEPRINTS, create_app
from tests.cli.test_every_command import ALONE, COMMANDS, options
from tests.homes import EVA, NOW, make_home

# Routes and commands that hold nothing about anybody.
OPEN = {"operations.healthz", "operations.readyz", "operations.metrics", "operations.jwks", "fhir.metadata", "fhir.smart",
        "web.static", "web.signin", "web.signout", "web.signed_out", "web.it", "terminology.translate", "terminology.lookup", "terminology.validate_code",
        "openapi.openapi", "checking.validate_resource"}
TELL = {"ask", "identity relink", "identity tune", "audit accounting", "audit export", "audit recipients", "audit search", "audit show", "backup", "bulk export", "bulk merge",
        "msg export", "msg show", "person changes", "person decide", "person decided", "person find", "person review", "person rulings", "person show", "person sources", "record", "source sample"}
PURE = {"map run", "map coverage", "map explain", "validate", "merge", "view", "ips build", "identity compare", "identity cluster",
        "identity evaluate", "bulk link", "map preview", "source check", "explain", "init", "restore"}
ABOUT = ("Öberg", "\\u00d6berg", "Penicillin", EVA, "1961-02-03", "Storgatan")      # what tells of Eva
FACES = {"web.find": "clinician", "web.record": "clinician", "web.why": "clinician", "web.document": "clinician", "web.file": "clinician",
         "web.me": "patient", "web.my_why": "patient", "web.my_document": "patient", "web.my_file": "patient",
         "web.it": "it", "web.audit": "audit", "web.transfer": "audit", "web.review_queue": "it", "web.review_rulings": "it",
         "web.review_case": "it", "web.review_rule": "it", "web.review_undo": "it"}


TAKEN = {("export.start", "GET"), ("export.start", "POST"), ("export.end", "DELETE")}
SYSTEM = "urn:oid:1.2.752.129.2.1.3.1"


def described(number):
    """A description of somebody for $match."""
    return {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": number}]}


class World:
    """An opened home with a client, what was read of the store and from where, and the log's entries."""

    def __init__(self, gate):
        self.gate, self.app = gate, create_app(gate, Views(gate))
        with gate.store.read() as tx:
            from gateway.disclose.records import resolve

            (person,) = resolve(tx, EVA)
        bearer = self.bearer()
        found = loads(self.get(f"/fhir/Patient?identifier={EVA}", bearer).data)["entry"][0]["resource"]
        self.patient, self.version, self.person = found["id"], found["meta"]["versionId"], person
        self.ruling = rule(gate, "unsure", "north/n1", "north/n2", "dr-holm", "law")["id"]
        self.pair = [merged_id(gate.store.id_key, "north", "Patient", key) for key in ("n1", "n2")]

    def get(self, url, headers=None, cookie=None, method="GET", body=None):
        client = self.app.test_client()
        if cookie:
            client.set_cookie(session.COOKIE, cookie)
        return client.open(url, method=method, headers=headers or {}, json=body)

    def bearer(self, purpose="TREAT", scope="user/*.rs", **more):
        claims = {"sub": "dr-holm", "scope": scope, "purpose": purpose, "org": "aarhus", "care": True, **more}
        return {"Authorization": f"Bearer {self.gate.issuer.mint(claims, int(NOW.timestamp()), 600, secrets.token_hex(4))}"}

    def cookie(self, face, patient):
        return session.session(self.gate, {"face": face, "patient": patient if face == "patient" else ""})

    def entries(self):
        return [loads(line) for line in self.gate.log.lines()]

    def exported(self):
        """An export that is whole, the reader's own."""
        return self.make(self.get("/fhir/$export", self.bearer()))

    def make(self, answer):
        """Make the export that an answer began. Returns its id."""
        id = answer.headers["Content-Location"].rpartition("/")[2]
        assert exporting.run(self.gate, id, lambda *_: None).endswith("resources")
        return id

    def url(self, rule, known):
        """The rule with its variables filled in: with what is there, or with what is not."""
        nothing = "0" * 32
        values = {"type": "Patient", "id": self.patient if known else nothing, "person": self.patient if known else nothing,
                  "reference": f"Patient/{self.patient if known else nothing}", "number": "1", "entry": "1" if known else "999999",
                  "version": self.version if known else "9", "name": "north", "filename": "x.css",
                  "a": self.pair[0] if known else nothing, "b": self.pair[1], "ruling": self.ruling if known else nothing}
        if known and rule.endpoint.endswith(("document", "file")):
            values |= {"reference": f"DocumentReference/{merged_id(self.gate.store.id_key, 'north', 'DocumentReference', 'letter')}"}
        if rule.rule.startswith("/fhir/source/"):
            values |= {"id": "n1" if known else nothing, "version": "1" if known else "9"}
        if rule.rule.startswith("/fhir/$export/"):
            values |= {"id": self.exported() if known else nothing, "name": "Patient.1.ndjson"}
        url = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: values[m[1]], rule.rule)
        query = {"fhir.search": f"?identifier={EVA if known else '000'}", "fhir.search_post": f"?identifier={EVA if known else '000'}",
                 "web.find": f"?identifier={EVA if known else '000'}",
                 **dict.fromkeys(("summaries.by_identifier", "summaries.posted_by_identifier"), f"?identifier={EVA if known else '000'}"),
                 "matching.cross_reference": f"?sourceIdentifier={SYSTEM}|{EVA if known else '198001019999'}"}
        return url + query.get(rule.endpoint, "")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with opened(make_home(tmp_path_factory.mktemp("w") / "home"), lambda: NOW) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        write_facts(gate, [Fact("north", "1", {
            "resourceType": "DocumentReference", "id": "letter", "status": "current", "subject": {"reference": "Patient/n1"},
            "content": [{"attachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQK"}}]})])
        yield World(gate)


def rules():
    """Every route of the application, derived from the application itself."""
    app = create_app.__globals__["Flask"]("x")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return [r for r in app.url_map.iter_rules() if r.endpoint != "static"]


ROUTES = [(r, method) for r in rules() for method in sorted(r.methods - {"HEAD", "OPTIONS"})]


@pytest.fixture
def reads(monkeypatch):
    """The places of ours that stand on the stack whenever something sealed is opened."""
    seen = []
    root, plain = Path(gateway.__file__).parent, vault.unseal

    def watched(key, sealed, bound):
        frame, rooms = sys._getframe(1), []
        while frame:
            file = Path(frame.f_code.co_filename)
            if root in file.parents:
                rooms.append(file.relative_to(root).parts[0].removesuffix(".py"))
            frame = frame.f_back
        seen.append((bound.partition("/")[0], rooms))
        return plain(key, sealed, bound)

    for module in [m for n, m in list(sys.modules.items()) if n.startswith("gateway.store") and hasattr(m, "unseal")]:
        monkeypatch.setattr(module, "unseal", watched)
    return seen


HARMLESS = {"counter", "cursor"}     # the proof of the master key, and how far a source was read


def outside(reads, corridors=("disclose",)):
    return {bound: rooms for bound, rooms in reads if bound not in HARMLESS and not set(corridors) & set(rooms)}


def logged(world, before, answer):
    """The entries that came, the last of them about exactly these bytes."""
    fresh = world.entries()[before:]
    assert fresh, "no entry"
    if answer.status_code != 304:
        assert fresh[-1]["sent"] == hashlib.sha256(answer.data).hexdigest()
    assert fresh[-1]["status"] == (200 if answer.status_code == 304 else answer.status_code)
    return fresh


@pytest.mark.parametrize("rule, method", ROUTES, ids=lambda x: str(x))
def test_every_route_writes_its_entry_whatever_it_answers(world, reads, rule, method):
    face = FACES.get(rule.endpoint)
    assert rule.endpoint in OPEN or face or rule.endpoint.startswith(
        ("fhir.", "review.", "matching.", "export.", "summaries.", "unbuilt.")), "a new route: who may open it?"
    asks = {}
    if face:
        signed = world.cookie(face, world.patient)
        asks = {"known": {"cookie": signed}, "unknown": {"cookie": signed}, "no session": {}, "known again": {"cookie": signed},
                "another face": {"cookie": world.cookie("it" if face != "it" else "audit", "")}}
    else:
        who = world.bearer("HOPERAT", role="operator") if rule.endpoint.startswith("review.") else world.bearer()
        asks = {"known": {"headers": who}, "unknown": {"headers": who}, "no token": {}, "known again": {"headers": who}, "no purpose": {"headers": world.bearer("FUN")},
                "no scope": {"headers": world.bearer(scope="user/Device.rs")}, "forged": {"headers": {"Authorization": "Bearer x.y.z"}}}
    statuses = {}
    for name, more in asks.items():
        url, there = world.url(rule, name != "unknown"), world.url(rule, True)
        before = len(world.entries())
        if name == "unknown" and url == there and rule.endpoint != "matching.match_patient":
            continue
        body = described(EVA if name != "unknown" else "198001019999") if rule.endpoint == "matching.match_patient" else None
        answer = world.get(url, method=method, body=body, **more)
        statuses[name] = answer.status_code
        if rule.endpoint in OPEN:
            assert not any(word.encode() in answer.data for word in (*ABOUT, world.patient)), name
        else:
            fresh = logged(world, before, answer)
            if not name.startswith("known") or answer.status_code != 200:
                shown = answer.data.replace(f"identifier={EVA}".encode(), b"").replace(f"|{EVA}".encode(), b"")  # what was asked is said back
                assert not any(word.encode() in shown for word in ABOUT), (name, shown)
            if answer.status_code >= 300:
                assert {e["outcome"] for e in fresh} <= {"refused", "empty"}, name
        if rule.endpoint == "export.start" and answer.status_code == 202:
            world.make(answer)
    assert not outside(reads)
    if rule.endpoint not in OPEN:
        answers = method == "GET" or rule.endpoint in ("fhir.search_post", "fhir.facts_post", "matching.match_patient", "fhir.everything_post", "summaries.posted",
                                                             "summaries.posted_by_identifier")
        unbuilt = rule.endpoint.startswith("unbuilt.")
        good = 501 if unbuilt else 202 if (rule.endpoint, method) in TAKEN else 200 if answers else 403 if face else 400     # an empty form, no body
        assert statuses["known"] == statuses["known again"] == good
        assert statuses.get("no token", 401) == statuses.get("forged", 401) == statuses.get("no session", 401) == 401
        assert statuses.get("another face", 401) == 401


def test_an_answer_that_did_not_change_is_logged_all_the_same(world):
    before, etag = len(world.entries()), f'W/"{world.version}"'
    answer = world.get(f"/fhir/Patient/{world.patient}", {**world.bearer(), "If-None-Match": etag})
    assert answer.status_code == 304
    assert logged(world, before, answer)[0]["subject"]


@pytest.mark.parametrize("url", ["/fhir/Nonsense/1", "/fhir/Patient?nonsense=1", "/fhir/Patient?birthdate=soon",
                                 "/fhir/Observation?code=x&_count=no", "/fhir/source/north/Nonsense", "/fhir/Nonsense"])
def test_a_request_that_is_wrong_is_logged(world, url):
    before = len(world.entries())
    answer = world.get(url, world.bearer())
    assert answer.status_code == 400
    logged(world, before, answer)


def test_no_route_that_hands_out_is_called_open(world):
    assert {r.endpoint for r, _ in ROUTES} >= OPEN


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = make_home(tmp_path_factory.mktemp("c") / "home")
    (folder / "inbox/north/more.json").write_text(f'{{"resourceType": "Patient", "id": "{EVA}", "birthDate": "1961-02-03", ')
    assert run(["--home", str(folder), "pull"]) == 1
    return folder


def size(home):
    with opened(home) as gate:
        return gate.log.size()


def told(capsys, home, *args):
    capsys.readouterr()
    code = run(["--home", str(home), *args])
    out = capsys.readouterr()
    return code, out.out + out.err


def calls(capsys, home, tmp_path):
    """How each command that tells of people is called: for somebody who is there, and for nobody."""
    person = json.loads(told(capsys, home, "person", "find", "--identifier", EVA, "--jsonl")[1])["person"]
    units = [json.loads(line)["id"] for line in told(capsys, home, "msg", "list", "--jsonl")[1].splitlines()]
    fact = next(iter(json.loads(told(capsys, home, "record", EVA, "--json")[1])["ledger"]))
    (tmp_path / "tables/conceptmaps").mkdir(parents=True)
    (tmp_path / "tables/conceptmaps/x.json").write_text('{"resourceType": "ConceptMap", "version": "1", "group": []}')
    files = ["--out", str(tmp_path / "o"), "--anchors", str(tmp_path / "a")]
    return {"ask": [[person], ["x"], [EVA, "--dry-run"]], "identity relink": [["--diff"]], "identity tune": [[]], "audit accounting": [["--person", person], ["--person", "x"]], "audit export": [files],
            "audit recipients": [[fact], ["x"]], "audit search": [[], ["--person", "x"]], "audit show": [["1"], ["999999"]],
            "backup": [[str(tmp_path / "b.tgz")]], "bulk merge": [["--tables", str(tmp_path / "tables"), "--diff"]],
            "bulk export": [["--out", str(tmp_path / "new")]],
            "msg export": [*([u, "--out", str(tmp_path / "m")] for u in units), ["x", "--out", str(tmp_path / "m")]],
            "msg show": [*([u] for u in units), ["x"]], "person changes": [[person], ["x"], []],
            "person find": [["--identifier", EVA], ["--family", "Nobody"]], "person review": [[], ["north/n1", "south/s1"], ["x/y", "y/z"]], "person rulings": [[]],
            "person decide": [[person, "resolved", fact, "--reason", "t"], ["x", "resolved", fact, "--reason", "t"]],
            "person decided": [[person], ["x"]], "person show": [[person], ["x"]], "person sources": [[person], ["x"]], "record": [[person], ["x"], [person, "--why"], [person, "--format", "ips"]],
            "source sample": [["north"], ["north", "--from", "source"], ["north", "--count", "1"]]}


def test_every_command_that_tells_of_people_writes_its_entry(home, capsys, reads, tmp_path):
    ways = calls(capsys, home, tmp_path)
    assert set(ways) == TELL
    for words, ways_ in ways.items():
        for args in ways_:
            for reason in ([], ["--reason", "test"]) if "--reason" in options(COMMANDS[words]) else ([],):
                before = size(home)
                code, text = told(capsys, home, *words.split(), *args, *reason)
                assert code in (0, 1, 2, 5, 6), (words, text)
                asked_for_a_reason = code == 5 and not reason
                assert size(home) > before or asked_for_a_reason, (words, args)
                if not reason:
                    assert not any(word in text for word in ABOUT if word != "Penicillin"), (words, args)
    assert not outside(reads)


def test_no_other_command_tells_anything_of_anybody(home, capsys, reads, tmp_path):
    rest = set(COMMANDS) - TELL - PURE - ALONE
    unit = json.loads(told(capsys, home, "msg", "list", "--jsonl")[1].splitlines()[0])["id"]
    ways = {"audit anchor": [], "audit verify": [], "doctor": [], "msg list": [], "msg problems": [], "msg replay": [unit],
            "person different": ["north/n1", "south/s1", "--reason", "t"], "person erase": [EVA, "--order", "o", "--yes"],
            "person same": ["north/n1", "south/s1", "--reason", "t"],
            "person unsure": ["north/n1", "south/s1", "--reason", "t"], "person undo": ["x", "--reason", "t"], "pull": ["--again"],
            "source add": ["west", "--kind", "csv"], "source go-live": ["north"], "source list": [], "source pause": ["north"],
            "source remove": ["west"], "source resume": ["north"], "source show": ["north"], "source test": ["north"], "status": [],
            "work": ["--once"]}
    assert set(ways) == rest, "a new command: does it tell of people (TELL), or nothing of anybody?"
    for words, args in ways.items():
        for form in ([], ["--json"]):
            code, text = told(capsys, home, *words.split(), *args, *form)
            assert code in (0, 1, 2, 8), (words, text)
            shown = text.replace(EVA, "", 1) if words == "person erase" else text      # what was typed is said back
            assert not any(word in shown for word in ABOUT), (words, text)
    assert not outside(reads, ("disclose", "pipeline"))
