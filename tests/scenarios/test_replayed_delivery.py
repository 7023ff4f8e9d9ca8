"""What only a delivery shows, a missing or wrong trailer, is told also after its messages were replayed."""

from pathlib import Path

import pytest

from gateway.cli.main import run
from gateway.config import init
from tests.homes import call

HEAD = "MSH|^~\\&|LAB|WEST|GW|X|20260301090000+0100||ADT^A31|{n}|P|2.5.1\rPID|1||{n}^^^WEST^MR||Ek^Mia||19800101|F\r"
CUT_OFF = "BHS|^~\\&|LAB\r" + "".join(HEAD.format(n=n) for n in (1, 2))
MISCOUNTED = CUT_OFF + "BTS|3\r"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    init(folder, name="t", organisation="T", country="SE")
    (folder / "inbox").mkdir()
    (folder / "sources" / "lab.toml").write_text('kind = "hl7v2"\nconnection = { folder = "inbox" }\n', "utf-8")
    return folder


@pytest.mark.parametrize(("text", "code"), [(CUT_OFF, "hl7v2-batch-unfinished"), (MISCOUNTED, "hl7v2-batch-count")])
def test_what_is_wrong_with_a_batch_survives_a_replay_and_two(home, capsys, text: str, code: str) -> None:
    (home / "inbox" / "batch.hl7").write_text(text, "utf-8")
    assert run(["--home", str(home), "pull"]) in (0, 1)
    before = call(capsys, home, "msg", "problems", "--jsonl")
    assert [p["what"].split()[0] for p in before] == [code]
    for _ in range(2):
        for row in call(capsys, home, "msg", "list", "--jsonl"):
            run(["--home", str(home), "msg", "replay", row["id"]])
        assert [(p["id"], p["count"], p["since"]) for p in call(capsys, home, "msg", "problems", "--jsonl")] == [
            (p["id"], p["count"], p["since"]) for p in before]
