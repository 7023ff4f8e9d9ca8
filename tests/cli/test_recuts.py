"""`person changes` without a person: which arrivals fused or split persons who had been shown before."""

import json

import pytest

from gateway.disclose.recuts import cuts
from gateway.model import Fact
from gateway.opened import opened
from gateway.pipeline.people import rule
from gateway.pipeline.write import write_facts
from tests.cli.test_commands import call
from tests.homes import EVA, make_home, patient
from tests.scenarios.test_moved_visit import RIGHT, WRONG, deliver, made
from tests.scenarios.test_moved_visit import call as rows_of


@pytest.mark.parametrize("moves, told", [
    ([(1, "t", 1, "", "a"), (1, "t", 2, "", "b")], [("", 2)]),
    ([(1, "t", 1, "", "a"), (2, "t", 2, "", "a")], [("", 1), ("", 1)]),
    ([(1, "t", 2, "", "b"), (2, "t", 1, "", "a"), (2, "t", 2, "b", "a")], [("", 1), ("", 1)]),          # only another id
    ([(1, "t", 1, "", "a"), (1, "t", 2, "", "b"), (2, "t", 2, "b", "a"), (2, "t", 3, "", "a")], [("", 2), ("fused", 1)]),
    ([(1, "t", 1, "", "a"), (1, "t", 2, "", "a"), (2, "t", 2, "a", "b")], [("", 2), ("split", 0)]),
    ([(1, "t", 1, "", "a"), (1, "t", 2, "", "a"), (1, "t", 3, "", "c"), (2, "t", 2, "a", "c")], [("", 3), ("fused and split", 0)]),
    ([(1, "t", 1, "", "a"), (1, "t", 2, "", "a"), (2, "t", 2, "a", "")], [("", 2), ("", 0)])])          # erased
def test_what_counts_as_cut_anew(moves, told):
    assert [(what, came) for _, _, what, _, came in cuts(moves)] == told


def test_the_share_is_of_arrivals_and_rulings_are_told_apart(tmp_path, capsys):
    folder = make_home(tmp_path / "home")
    call(capsys, "--home", folder, "pull")
    with opened(folder) as gate:
        write_facts(gate, [Fact("west", "1", patient("w1", "Öberg", "Eva", "1961-02-03", EVA))])
        rule(gate, "never", "north/n1", "south/s1", "dr", "test")
    code, out, _ = call(capsys, "--home", folder, "person", "changes", "--json")
    body = json.loads(out)
    assert code == 0 and (body["arrivals"], body["recut"], body["share"]) == (4, 0, 0.0)
    assert [(r["what"], r["by"]) for r in body["rows"]] == [("split", "ruling")]
    assert "Öberg" not in out and "n1" not in out


def test_after_a_merge_the_id_that_ended_and_the_one_that_leads_there_now_are_told(tmp_path, capsys):
    home = made(tmp_path / "home")
    deliver(home, (1, "A28", (f"PID|1||{WRONG}",)), (2, "A28", (f"PID|1||{RIGHT}",)))
    ids = {f: rows_of(capsys, home, "person", "find", "--family", f, "--jsonl")[0]["person"] for f in ("Ek", "Berg")}
    deliver(home, (3, "A40", (f"PID|1||{WRONG}", "MRG|200^^^WEST^MR")))
    for name in ids.values():
        rows = rows_of(capsys, home, "person", "changes", name, "--jsonl")
        assert all(r["was"] != r["now"] for r in rows)
        assert {(r["was"], r["now"]) for r in rows} == {("", ids["Ek"]), ("", ids["Berg"]), (ids["Berg"], ids["Ek"])}


@pytest.mark.parametrize("verb", ["same", "different", "unsure"])
def test_a_record_is_not_ruled_about_itself(tmp_path, capsys, verb):
    folder = make_home(tmp_path / "home")
    call(capsys, "--home", folder, "pull")
    code, out, err = call(capsys, "--home", folder, "person", verb, "north/n1", "north/n1", "--reason", "a slip")
    assert (code, out) == (2, "") and "Both names are one record." in err and "north/n1" in err
    assert json.loads(call(capsys, "--home", folder, "person", "rulings", "--reason", "look", "--json")[1])["rows"] == []
