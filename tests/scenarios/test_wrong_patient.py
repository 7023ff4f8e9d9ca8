"""A result of the wrong patient is withdrawn (OBX-11 W): it leaves every view, and who saw it is known (V2-10)."""

import json
from pathlib import Path

import pytest

from gateway.cli.main import run
from gateway.config import init
from gateway.disclose import log, records
from gateway.disclose.transfer import Asked
from gateway.disclose.view import Views
from gateway.model import Fact
from gateway.opened import Gate, opened
from gateway.pipeline.write import write_facts
from gateway.policy.request import Request
from gateway.store import search
from gateway.wsgi import create_app
from tests.homes import EVA, call, observation

HEAD = "MSH|^~\\&|LAB|WEST|GW|X|{at}+0100||ORU^R01^ORU_R01|{n}|P|2.5.1\r"
BODY = ("PID|1||77^^^WEST^MR||Ek^Mia||19800101|F\r"
        "OBR|1|A1|B1|24323-8^Panel^LN|||20260301080000+0100|||||||||||||||{at}+0100||CH|F\r"
        "OBX|1|NM|2345-7^Glucose^LN||{glucose}|mmol/L|4.0-6.0|H|||{status}\r"
        "OBX|2|NM|2160-0^Creatinine^LN||71|umol/L||N|||F\r")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    init(folder, name="t", organisation="T", country="SE")
    (folder / "inbox").mkdir()
    (folder / "sources" / "lab.toml").write_text('kind = "hl7v2"\nconnection = { folder = "inbox" }\n', "utf-8")
    return folder


def deliver(home: Path, n: int, at: str, glucose: str, status: str) -> None:
    text = (HEAD + BODY).format(at=at, n=n, glucose=glucose, status=status)
    (home / "inbox" / f"{n}.hl7").write_text(text, "utf-8")
    assert run(["--home", str(home), "pull"]) in (0, 1)


def glucose(record: dict) -> list[dict]:
    return [r for r in record["resources"] if r["resourceType"] == "Observation" and "2345-7" in json.dumps(r)]


def test_a_withdrawn_result_leaves_every_view_and_its_recipients_are_listed(home, capsys):
    deliver(home, 1, "20260301090000", "719.94", "F")
    (person,) = call(capsys, home, "person", "find", "--family", "Ek", "--jsonl")
    (before,) = call(capsys, home, "record", person["person"], "--json", "--reason", "round")
    (shown,) = glucose(before)
    (fact,) = before["provenance"][f"Observation/{shown['id']}"]["valueQuantity"]
    seen = {row["entry"] for row in call(capsys, home, "audit", "recipients", fact, "--jsonl")}
    assert seen
    deliver(home, 2, "20260301100000", "719.94", "W")
    (after,) = call(capsys, home, "record", person["person"], "--json", "--reason", "round")
    assert "719.94" not in json.dumps(after) and not glucose(after) and "71" in json.dumps(after["resources"])
    assert after["ledger"][fact]["state"] != "represented"
    assert [p["what"].split()[0] for p in call(capsys, home, "msg", "problems", "--jsonl")] == ["hl7v2-wrong-patient"]
    told = {row["entry"] for row in call(capsys, home, "audit", "recipients", fact, "--jsonl")}
    assert told == seen


def test_a_bundle_and_a_search_show_nothing_of_it_either(home):
    for n, (at, status) in enumerate((("20260301090000", "F"), ("20260301100000", "W")), 1):
        deliver(home, n, at, "719.94", status)
    with opened(home) as gate:
        claims = {"sub": "dr", "scope": "system/*.rs", "purpose": "TREAT", "org": "t", "care": True}
        token = gate.issuer.mint(claims, int(gate.now().timestamp()), 600, "x")
        client, headers = create_app(gate, Views(gate)).test_client(), {"Authorization": f"Bearer {token}"}
        found = json.loads(client.get("/fhir/Patient?family=Ek", headers=headers).data)["entry"][0]["resource"]["id"]
        for url in (f"/fhir/Patient/{found}/$everything", f"/fhir/Observation?patient={found}"):
            answer = client.get(url, headers=headers)
            assert answer.status_code == 200 and b"2160-0" in answer.data and b"719.94" not in answer.data, url


def test_what_is_taken_back_and_then_said_again_was_seen_before_and_after(gate: Gate) -> None:
    final = observation("again", "n1", "7.00")
    fact = Fact("north", "h1", final).id
    asked = Asked(Request(purpose="TREAT", user="dr", care=True, scopes=("system/*.rs",), time="2026-04-01"), "record", "")

    def look() -> int:
        with gate.store.read() as tx:
            (person,) = search.persons(tx, "Patient", [search.Criterion("identifier", "token", [(EVA, None)])])
        return records.record(gate, asked, person).entry

    looked = []
    for day, version, status in ((1, "h1", "final"), (2, "h2", "entered-in-error"), (3, "h1", "final")):
        write_facts(gate, [Fact("north", version, {**final, "status": status}, f"2026-03-0{day}T00:00:00Z")])
        looked.append(look())
    assert [row["entry"] for row in log.recipients(gate, asked, fact)] == [looked[0], looked[2]]


def adt(home: Path, n: int, event: str, *segments: str) -> None:
    at = f"202603{n:02}0900"
    text = "\r".join((f"MSH|^~\\&|ADT|WEST|GW|X|{at}+0100||ADT^{event}|{n}|P|2.5.1", f"EVN|{event}|{at}+0100", *segments)) + "\r"
    (home / "inbox" / f"{n}.hl7").write_text(text, "utf-8")
    assert run(["--home", str(home), "pull"]) in (0, 1)


def test_who_saw_a_chart_while_it_was_joined_with_another_is_named_after_they_are_parted(home, capsys):
    """A40 joins two charts, a human parts them: of either patient's facts the joint record is a transfer."""
    names = {"Ek": ("100", "Ek^Mia||19800101|F"), "Berg": ("200", "Berg^Ulla||19500505|F")}
    for n, (number, rest) in enumerate(names.values(), 1):
        adt(home, n, "A01", f"PID|1||{number}^^^WEST^MR||{rest}", f"PV1|1|I|W1^1||||||||||||||||V{number}^^^WEST^VN")
    adt(home, 3, "A40", "PID|1||100^^^WEST^MR||Ek^Mia||19800101|F", "MRG|200^^^WEST^MR")
    (person,) = call(capsys, home, "person", "find", "--family", "Ek", "--jsonl")
    (joint,) = call(capsys, home, "record", person["person"], "--json", "--reason", "round")
    visits = {r["identifier"][0]["value"]: r["id"] for r in joint["resources"] if r["resourceType"] == "Encounter"}
    facts = {v: joint["provenance"][f"Encounter/{id}"]["class"][0] for v, id in visits.items()}
    seen = {v: {r["entry"] for r in call(capsys, home, "audit", "recipients", f, "--jsonl") if r["action"] == "record"}
            for v, f in facts.items()}
    assert set(facts) == {"V100", "V200"} and all(seen.values())
    (ruling,) = call(capsys, home, "person", "rulings", "--jsonl")
    assert run(["--home", str(home), "person", "undo", ruling["ruling"], "--reason", "two people"]) == 0
    for family in names:
        (alone,) = call(capsys, home, "person", "find", "--family", family, "--jsonl")
        (record,) = call(capsys, home, "record", alone["person"], "--json", "--reason", "round")
        assert [r["identifier"][0]["value"] for r in record["resources"] if r["resourceType"] == "Encounter"] == [f"V{names[family][0]}"]
    for visit, fact in facts.items():
        told = {r["entry"] for r in call(capsys, home, "audit", "recipients", fact, "--jsonl")}
        assert seen[visit] <= told
