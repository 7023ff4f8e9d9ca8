"""A visit of the wrong patient is moved (A45): it and what hangs on it leave that chart for the other, and come back."""

import json
import shutil
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.main import run
from gateway.config import init
from gateway.disclose.view import Views
from gateway.model import Assertion
from gateway.opened import opened
from gateway.store import assertions, people
from gateway.store.patients import Ref
from gateway.wsgi import create_app
from tests.homes import call

WRONG, RIGHT = "100^^^WEST^MR||Ek^Mia||19800101|F", "200^^^WEST^MR||Berg^Ulla||19500505|F"
VISIT = "PV1|1|I|{ward}||||||||||||||||V1^^^WEST^VN|||||||||||||||||||||||||20260301080000+0100"
DIAGNOSIS = "DG1|1||J18.9^Pneumonia^I10||20260301083000+0100|A"
RESULT = ("OBR|1|A1|B1|24323-8^Panel^LN|||20260301100000+0100|||||||||||||||20260301110000+0100||CH|F",
          "OBX|1|NM|2345-7^Glucose^LN||19.9|mmol/L|||||F")

ADMITTED = (1, "A01", (f"PID|1||{WRONG}", VISIT.format(ward="W1^1"), DIAGNOSIS))
MEASURED = (2, "R01", (f"PID|1||{WRONG}", VISIT.format(ward=""), *RESULT))
MOVED = (3, "A45", (f"PID|1||{RIGHT}", "MRG|100^^^WEST^MR||||V1^^^WEST^VN", VISIT.format(ward="")))
UPDATED = (4, "A08", (f"PID|1||{RIGHT}", VISIT.format(ward="W2^7"), DIAGNOSIS))
BACK = (5, "A45", (f"PID|1||{WRONG}", "MRG|200^^^WEST^MR||||V1^^^WEST^VN", VISIT.format(ward="")))
STALE = (6, "R01", (f"PID|1||{WRONG}", VISIT.format(ward=""), *RESULT[:1], RESULT[1].replace("19.9", "18.8").replace(
    "|||||F", "|||||C")))
OTHERS = ((7, "A28", (f"PID|1||{WRONG}",)), (8, "A28", (f"PID|1||{RIGHT}",)))
Told = tuple[int, str, tuple[str, ...]]


def made(folder: Path) -> Path:
    init(folder, name="t", organisation="T", country="SE")
    (folder / "inbox").mkdir()
    (folder / "sources" / "pas.toml").write_text('kind = "hl7v2"\nconnection = { folder = "inbox" }\n', "utf-8")
    return folder


def homes(folder: Path, *names: str) -> list[Path]:
    """Homes with the same keys, so that their records have the same ids."""
    first = made(folder / names[0])
    return [first, *(Path(shutil.copytree(first, folder / name)) for name in names[1:])]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return made(tmp_path / "home")


def deliver(home: Path, *messages: Told) -> None:
    """Each in a pull of its own."""
    for n, event, segments in messages:
        at = f"202603{n:02}0900"
        head = f"MSH|^~\\&|PAS|WEST|GW|X|{at}+0100||{'ORU' if event == 'R01' else 'ADT'}^{event}|{n}|P|2.5.1"
        text = "\r".join((head, *([] if event == "R01" else [f"EVN|{event}|{at}+0100"]), *segments)) + "\r"
        (home / "inbox" / f"{n}.hl7").write_text(text, "utf-8")
        assert run(["--home", str(home), "pull"]) in (0, 1)


def record(capsys: pytest.CaptureFixture[str], home: Path, family: str) -> dict[str, Any]:
    (person,) = call(capsys, home, "person", "find", "--family", family, "--jsonl")
    (found,) = call(capsys, home, "record", person["person"], "--json", "--reason", "round")
    return found


def clinical(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The one visit, diagnosis, result of a record."""
    found = [r for r in record["resources"] if r["resourceType"] in ("Encounter", "Condition", "Observation")]
    assert len({r["resourceType"] for r in found}) == len(found)
    return {r["resourceType"]: r for r in found}


def charts(capsys: pytest.CaptureFixture[str], home: Path) -> dict[str, dict[str, Any]]:
    return {family: clinical(record(capsys, home, family)) for family in ("Ek", "Berg")}


@pytest.mark.parametrize("order", list(permutations((ADMITTED, MEASURED, MOVED))), ids=lambda o: "-".join(m[1] for m in o))
def test_in_every_order_the_visit_and_what_hangs_on_it_are_of_the_other_patient(home, capsys, order):
    deliver(home, *OTHERS, *order)
    chart = charts(capsys, home)
    assert not chart["Ek"]
    moved = chart["Berg"]
    assert set(moved) == {"Encounter", "Condition", "Observation"}
    assert moved["Encounter"]["location"] and moved["Observation"]["valueQuantity"]["value"] == 19.9
    (berg,) = (r["id"] for r in record(capsys, home, "Berg")["resources"] if r["resourceType"] == "Patient")
    assert {r["subject"]["reference"] for r in moved.values()} == {f"Patient/{berg}"}


def test_a_move_that_comes_before_all_else_says_the_same_as_one_that_comes_last(tmp_path, capsys):
    told = (*OTHERS, ADMITTED, MEASURED, MOVED, UPDATED, STALE)
    every = homes(tmp_path, "last", "first", "between")
    deliver(every[0], *told)
    deliver(every[1], *reversed(told))
    deliver(every[2], UPDATED, ADMITTED, STALE, MOVED, *OTHERS, MEASURED)
    found = [{f: record(capsys, h, f) for f in ("Ek", "Berg")} for h in every]
    assert not clinical(found[0]["Ek"]) and clinical(found[0]["Berg"])["Observation"]["valueQuantity"]["value"] == 18.8
    assert clinical(found[0]["Berg"])["Encounter"]["location"][0]
    for other in found[1:]:
        for family, first in found[0].items():
            assert [other[family][k] for k in ("resources", "provenance", "ledger")] == [
                first[k] for k in ("resources", "provenance", "ledger")], family


def test_a_visit_that_moves_back_stands_where_it_stood(home, capsys):
    deliver(home, *OTHERS, ADMITTED, MEASURED, MOVED, BACK)
    chart = charts(capsys, home)
    assert set(chart["Ek"]) == {"Encounter", "Condition", "Observation"} and not chart["Berg"]
    assert chart["Ek"]["Encounter"]["location"]


def test_a_move_that_is_undone_was_never_made(tmp_path, capsys):
    without, undone = homes(tmp_path, "without", "undone")
    deliver(without, *OTHERS, ADMITTED, MEASURED)
    deliver(undone, *OTHERS, ADMITTED, MEASURED, MOVED)
    (move,) = call(capsys, undone, "person", "rulings", "--jsonl", "--reason", "check")
    assert move["said"] == f"visit moved to {move['b' if move['said'].endswith(move['b']) else 'a']}" and move["stands"]
    assert run(["--home", str(undone), "person", "undo", move["ruling"], "--reason", "it was Ek all along"]) == 0
    mended, never = record(capsys, undone, "Ek"), record(capsys, without, "Ek")
    assert [mended[k] for k in ("resources", "provenance", "alternatives")] == [
        never[k] for k in ("resources", "provenance", "alternatives")]
    assert "Observation" not in clinical(record(capsys, undone, "Berg"))
    (move,) = call(capsys, undone, "person", "rulings", "--jsonl", "--reason", "check")
    assert not move["stands"] and move["undone_reason"] == "it was Ek all along"


def test_who_saw_it_on_the_wrong_chart_is_named_and_nobody_after_it_left(home, capsys):
    deliver(home, *OTHERS, ADMITTED, MEASURED)
    before = record(capsys, home, "Ek")
    (fact,) = before["provenance"][f"Observation/{clinical(before)['Observation']['id']}"]["valueQuantity"]
    seen = {row["entry"] for row in call(capsys, home, "audit", "recipients", fact, "--jsonl")}
    assert seen
    deliver(home, MOVED)
    after = record(capsys, home, "Ek")
    assert after["ledger"][fact]["state"] == "retracted" and "moved" in after["ledger"][fact]["why"]
    assert {row["entry"] for row in call(capsys, home, "audit", "recipients", fact, "--jsonl")} == seen
    there = record(capsys, home, "Berg")
    (moved,) = there["provenance"][f"Observation/{clinical(there)['Observation']['id']}"]["valueQuantity"]
    assert call(capsys, home, "audit", "recipients", moved, "--jsonl")


def test_a_move_within_one_patient_ends_nothing(home, capsys):
    deliver(home, *OTHERS, ADMITTED, MEASURED, (3, "A45", (
        f"PID|1||{WRONG}|||||||||||K2", "MRG|100^^^WEST^MR||K1||V1^^^WEST^VN", VISIT.format(ward=""))))
    assert set(charts(capsys, home)["Ek"]) == {"Encounter", "Condition", "Observation"}


def test_a_replay_of_any_message_changes_nothing(home, capsys):
    deliver(home, *OTHERS, ADMITTED, MEASURED, MOVED)
    before = {f: record(capsys, home, f) for f in ("Ek", "Berg")}
    for row in call(capsys, home, "msg", "list", "--jsonl"):
        assert run(["--home", str(home), "msg", "replay", row["id"]]) == 0
    after = {f: record(capsys, home, f) for f in ("Ek", "Berg")}
    assert {f: r["resources"] for f, r in before.items()} == {f: r["resources"] for f, r in after.items()}


def test_who_may_see_one_of_the_two_is_told_that_the_visit_left_and_not_to_whom(home, capsys):
    deliver(home, *OTHERS, ADMITTED, MEASURED, MOVED)
    with opened(home) as gate:
        with gate.store.read() as tx:
            ek, berg = (people.person(tx, ref) for ref in (Ref("pas", moved_of(tx)[n]) for n in ("patient", "to")))
        told = {}
        for name, patient in (("both", {}), ("ek", {"patient": ek}), ("berg", {"patient": berg})):
            claims = {"sub": "peer", "scope": "system/*.rs", "purpose": "TREAT", "org": "t", "care": True, **patient}
            token = gate.issuer.mint(claims, int(gate.now().timestamp()), 600, name)
            answer = create_app(gate, Views(gate)).test_client().get(
                "/fhir/source/pas/Basic", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.data
            (told[name],) = (a.body for e in json.loads(answer.data)["entry"]
                             if (a := Assertion.of(e["resource"])) and a.kind == "move")
    assert told["ek"]["patient"] == told["both"]["patient"] and told["berg"]["to"] == told["both"]["to"]
    assert told["ek"]["to"].startswith("Patient/!") and told["both"]["to"] not in json.dumps(told["ek"])
    assert told["berg"]["patient"].startswith("Patient/!")


def moved_of(tx) -> dict[str, str]:
    (move,) = assertions.of_kinds(tx, ["move"])
    return {n: move.body[n].removeprefix("Patient/") for n in ("patient", "to")}


def test_an_account_that_moves_takes_its_visit_along(home, capsys):
    deliver(home, *OTHERS, (1, "A01", (f"PID|1||{WRONG}||||||||||K7^^^WEST", VISIT.format(ward="W1^1"))),
            (3, "A44", (f"PID|1||{RIGHT}||||||||||K7^^^WEST", "MRG|100^^^WEST^MR||K7^^^WEST")))
    kinds = {f: {r["resourceType"] for r in record(capsys, home, f)["resources"]} for f in ("Ek", "Berg")}
    assert not kinds["Ek"] & {"Account", "Encounter"} and kinds["Berg"] >= {"Account", "Encounter"}


ACCOUNT = "||||||||||K7^^^WEST"
ON_ACCOUNT = (1, "A01", (f"PID|1||{WRONG}{ACCOUNT}", VISIT.format(ward="W1^1")))
DIAGNOSED = (4, "A08", (f"PID|1||{WRONG}", VISIT.format(ward="W1^2"), DIAGNOSIS))      # names the visit only
ACCOUNT_MOVED = (5, "A44", (f"PID|1||{RIGHT}{ACCOUNT}", "MRG|100^^^WEST^MR||K7^^^WEST"))
ON_ANOTHER = (2, "A08", (f"PID|1||{WRONG}||||||||||K8^^^WEST", VISIT.format(ward="W1^1")))


@pytest.mark.parametrize("order", list(permutations((ON_ACCOUNT, MEASURED, ACCOUNT_MOVED))),
                         ids=lambda o: "-".join(m[1] for m in o))
def test_what_names_only_a_visit_of_the_account_moves_along_in_every_order(home, capsys, order):
    deliver(home, *OTHERS, *order)
    chart = charts(capsys, home)
    assert not chart["Ek"]
    assert set(chart["Berg"]) == {"Encounter", "Observation"}


def test_results_and_diagnoses_of_an_accounts_visit_say_the_same_in_any_order_and_an_undo_gives_them_back(tmp_path, capsys):
    every = homes(tmp_path, "last", "first", "between", "never")
    said = (*OTHERS, ON_ACCOUNT, MEASURED, DIAGNOSED)
    deliver(every[0], *said, ACCOUNT_MOVED)
    deliver(every[1], ACCOUNT_MOVED, *reversed(said))
    deliver(every[2], DIAGNOSED, MEASURED, ACCOUNT_MOVED, *OTHERS, ON_ACCOUNT)
    deliver(every[3], *said)
    found = [{f: record(capsys, h, f) for f in ("Ek", "Berg")} for h in every]
    assert not clinical(found[0]["Ek"])
    assert set(clinical(found[0]["Berg"])) == {"Encounter", "Condition", "Observation"}
    for other in found[1:3]:
        for family, first in found[0].items():
            assert [other[family][k] for k in ("resources", "provenance", "ledger")] == [
                first[k] for k in ("resources", "provenance", "ledger")], family
    for home in every[:3]:
        (move,) = call(capsys, home, "person", "rulings", "--jsonl", "--reason", "check")
        assert run(["--home", str(home), "person", "undo", move["ruling"], "--reason", "never moved"]) == 0
        mended = record(capsys, home, "Ek")
        assert [mended[k] for k in ("resources", "provenance")] == [found[3]["Ek"][k] for k in ("resources", "provenance")]
        assert not {r["resourceType"] for r in record(capsys, home, "Berg")["resources"]} & {
            "Encounter", "Observation", "Condition"}


@pytest.mark.parametrize("order", list(permutations((ON_ACCOUNT, MEASURED, ON_ANOTHER, ACCOUNT_MOVED)))[::5])
def test_a_visit_that_lay_on_another_account_by_then_keeps_what_names_it(home, capsys, order):
    deliver(home, *OTHERS, *order)
    assert "Observation" in charts(capsys, home)["Ek"] and "Observation" not in charts(capsys, home)["Berg"]


def test_a_deleted_person_is_said_to_be_and_a_deleted_visit_is_gone_and_hospital_it_is_told(home, capsys):
    deliver(home, ADMITTED, (7, "A23", (f"PID|1||{WRONG}", VISIT.format(ward=""))))
    assert "Encounter" not in clinical(record(capsys, home, "Ek"))
    deliver(home, (8, "A29", (f"PID|1||{WRONG}",)))
    (person,) = call(capsys, home, "person", "find", "--family", "Ek", "--jsonl")
    (shown,) = call(capsys, home, "person", "show", person["person"], "--json")
    assert "Inactive" in shown["banner"]
    told = [p["what"].split()[0] for p in call(capsys, home, "msg", "problems", "--jsonl")]
    assert set(told) == {"hl7v2-deleted"}
