"""Moves and merges follow one another: whatever comes first, everything ends in the right chart, and comes back."""

from collections.abc import Iterable
from itertools import permutations
from pathlib import Path

import pytest

from gateway.config import init
from gateway.merge import merge
from gateway.opened import Gate, opened
from gateway.pipeline import people as rulings
from gateway.pipeline.pull import pull
from gateway.store import assertions, facts, people
from gateway.store.patients import Ref
from gateway.terminology.tables import Tables

EK, BERG, DAHL = "100^^^WEST^MR||Ek^Mia||19800101|F", "200^^^WEST^MR||Berg^Ulla||19500505|F", "300^^^WEST^MR||Dahl^Ann||19650303|F"
ACCOUNT = "||||||||||K7^^^WEST"
VISIT = "PV1|1|I|{}||||||||||||||||V1^^^WEST^VN|||||||||||||||||||||||||20260301080000+0100"
RESULT = ("OBR|1|A1|B1|24323-8^Panel^LN|||20260301100000+0100|||||||||||||||20260301110000+0100||CH|F",
          "OBX|1|NM|2345-7^Glucose^LN||19.9|mmol/L|||||F")
Told = tuple[int, str, tuple[str, ...]]
ADMITTED = (1, "A01", (f"PID|1||{EK}{ACCOUNT}", VISIT.format("W1^1"), "DG1|1||J18.9^Pneumonia^I10||20260301083000+0100|A"))
MEASURED = (2, "R01", (f"PID|1||{EK}", VISIT.format(""), *RESULT))
KNOWN = tuple((n, "A28", (f"PID|1||{who}",)) for n, who in ((11, EK), (12, BERG), (13, DAHL)))


def visit_moved(n: int, of: str, to: str) -> Told:
    return n, "A45", (f"PID|1||{to}", f"MRG|{of[:3]}^^^WEST^MR||||V1^^^WEST^VN", VISIT.format(""))


def account_moved(n: int, of: str, to: str) -> Told:
    return n, "A44", (f"PID|1||{to}{ACCOUNT}", f"MRG|{of[:3]}^^^WEST^MR||K7^^^WEST")


def merged(n: int, of: str, to: str) -> Told:
    return n, "A40", (f"PID|1||{to}", f"MRG|{of[:3]}^^^WEST^MR")


def made(folder: Path) -> Path:
    init(folder, name="t", organisation="T", country="SE")
    (folder / "inbox").mkdir()
    (folder / "sources/pas.toml").write_text('kind = "hl7v2"\nconnection = { folder = "inbox" }\n', "utf-8")
    return folder


def deliver(gate: Gate, messages: Iterable[Told]) -> None:
    """Each in a pull of its own."""
    for n, event, segments in messages:
        at = f"202603{n:02}0900"
        head = f"MSH|^~\\&|PAS|WEST|GW|X|{at}+0100||{'ORU' if event == 'R01' else 'ADT'}^{event}|{n}|P|2.5.1"
        lines = (head, *([] if event == "R01" else [f"EVN|{event}|{at}+0100"]), *segments, "")
        (gate.home.folder / f"inbox/{n}.hl7").write_text("\r".join(lines), "utf-8")
        assert not pull(gate, "pas").failed


def charts(gate: Gate) -> dict[tuple[str, ...], set[str]]:
    """Who is one person (family names) → types of what their record holds besides."""
    found = {}
    with gate.store.read() as tx:
        refs = [Ref("pas", key) for key in facts.patients_with(tx, "pas", ["Patient"])]
        for members in {tuple(people.members(tx, people.person(tx, ref))) for ref in refs}:
            rows = facts.of_patients(tx, members)
            record = merge(facts.opened(tx, rows), assertions.of_patients(tx, members), Tables())
            names = {f.resource["name"][0]["family"] for f in facts.opened(tx, rows) if f.type == "Patient" and "name" in f.resource}
            kinds = {r["resourceType"] for r in record.resources} - {"Patient", "Provenance", "MessageHeader"}
            found[tuple(sorted(names))] = kinds & {"Encounter", "Observation", "Condition", "Account"}
    return found


def said(gate: Gate, kind: str) -> list[str]:
    """Ids of the assertions of a kind, in the order of what they say."""
    with gate.store.read() as tx:
        return [a.id for a in sorted(assertions.of_kinds(tx, [kind]), key=lambda a: str(a.body.get("asserted", a.body.get("at"))))]


ALL = {"Encounter", "Observation", "Condition", "Account"}
STAY = {"Encounter", "Observation", "Condition"}
CHAINS = {
    "visit, account": ((visit_moved(6, EK, BERG), account_moved(7, BERG, DAHL)), {"Ek": {"Account"}, "Berg": set(), "Dahl": STAY | {"Account"}}),
    "account, visit": ((account_moved(6, EK, BERG), visit_moved(7, BERG, DAHL)), {"Ek": set(), "Berg": {"Account"}, "Dahl": STAY}),
    "visit twice": ((visit_moved(6, EK, BERG), visit_moved(7, BERG, DAHL)), {"Ek": {"Account"}, "Berg": set(), "Dahl": STAY}),
    "account twice": ((account_moved(6, EK, BERG), account_moved(7, BERG, DAHL)), {"Ek": set(), "Berg": set(), "Dahl": ALL}),
    "and back": ((visit_moved(6, EK, BERG), account_moved(7, BERG, EK)), {"Ek": ALL, "Berg": set(), "Dahl": set()}),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_of_moves_ends_in_one_chart_in_every_order_of_arrival(tmp_path: Path, name: str) -> None:
    moves, expected = CHAINS[name]
    for n, order in enumerate(list(permutations((ADMITTED, MEASURED, *moves)))[::7]):
        with opened(made(tmp_path / f"{n}")) as gate:
            deliver(gate, (*KNOWN, *order) if n % 2 else (*order, *KNOWN))
            assert charts(gate) == {(family,): kinds for family, kinds in expected.items()}, [m[1] for m in order]


def hanging(found: dict[tuple[str, ...], set[str]]) -> dict[tuple[str, ...], set[str]]:
    """What hangs on the visit: the message of a move says itself whose the visit is, which no undo of the move unsays."""
    return {names: kinds & {"Observation", "Condition"} for names, kinds in found.items()}


@pytest.mark.parametrize("name", CHAINS)
def test_undone_moves_of_a_chain_were_never_made(tmp_path: Path, name: str) -> None:
    moves, expected = CHAINS[name]
    with opened(made(tmp_path / "undone")) as gate, opened(made(tmp_path / "second")) as other:
        deliver(gate, (*KNOWN, ADMITTED, MEASURED, *moves))
        deliver(other, (*KNOWN, ADMITTED, MEASURED, moves[1]))
        undos = []
        first, second = said(gate, "move")
        undos.append(rulings.undo(gate, first, "me", "wrong")["id"])
        assert hanging(charts(gate)) == hanging(charts(other))
        undos.append(rulings.undo(gate, second, "me", "wrong")["id"])
        assert hanging(charts(gate)) == {("Ek",): {"Observation", "Condition"}, ("Berg",): set(), ("Dahl",): set()}
        for undo in undos:
            rulings.undo(gate, undo, "me", "it was right")
        assert charts(gate) == {(family,): kinds for family, kinds in expected.items()}


TOGETHER = (merged(6, EK, BERG), merged(7, BERG, DAHL))


def test_merges_that_follow_one_another_join_all_in_every_order(tmp_path: Path) -> None:
    for n, order in enumerate(list(permutations((KNOWN[0], ADMITTED, *TOGETHER)))[::4]):
        with opened(made(tmp_path / f"{n}")) as gate:
            deliver(gate, (*order, *KNOWN[1:]) if n % 2 else (*KNOWN[1:], *order))
            ((names, kinds),) = charts(gate).items()
            assert names[-2:] == ("Dahl", "Ek") and kinds == {"Encounter", "Condition", "Account"}, [m[1] for m in order]


def test_undone_merges_part_whom_they_joined_and_come_back(tmp_path: Path) -> None:
    with opened(made(tmp_path / "home")) as gate:
        deliver(gate, (*KNOWN, ADMITTED, *TOGETHER))
        with gate.store.read() as tx:
            first, second = (a.id for a in sorted(assertions.of_kinds(tx, ["same"]), key=lambda a: str(a.body["at"])))
        undo = rulings.undo(gate, first, "me", "wrong")["id"]
        assert sorted(charts(gate)) == [("Berg", "Dahl"), ("Ek",)] and charts(gate)["Ek",] >= STAY - {"Observation"}
        other = rulings.undo(gate, second, "me", "wrong")["id"]
        assert sorted(charts(gate)) == [("Berg",), ("Dahl",), ("Ek",)]
        rulings.undo(gate, other, "me", "it was right")
        assert sorted(charts(gate)) == [("Berg", "Dahl"), ("Ek",)]
        rulings.undo(gate, undo, "me", "it was right")
        assert [len(names) for names in charts(gate)] == [3]
