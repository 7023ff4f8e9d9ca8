"""`gateway bulk export`: files for their owner alone, a reason, the difference since an earlier export."""

import json
import stat
from pathlib import Path

import pytest

from gateway.model import Assertion
from tests.cli.test_commands import call
from tests.homes import make_home


@pytest.fixture
def home(tmp_path, capsys) -> Path:
    folder = make_home(tmp_path / "home")
    assert call(capsys, "--home", folder, "pull")[0] == 0
    return folder


def export(capsys, home: Path, out: Path, *args) -> tuple[int, dict, str]:
    code, said, err = call(capsys, "--home", home, "bulk", "export", "--out", out, *args, "--json")
    assert "Traceback" not in err
    return code, json.loads(said) if said else {}, err


def held(out: Path, told: dict, kind: str = "output") -> list[dict]:
    return [json.loads(line) for f in told[kind] for line in (out / f["url"]).read_text("utf-8").splitlines()]


def test_the_files_and_their_manifest(home, capsys, tmp_path):
    code, told, _ = export(capsys, home, tmp_path / "out", "--reason", "moving house")
    assert code == 0 and told["schema"] == "gateway.bulk-export/1"
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert {**manifest, "schema": told["schema"]} == told
    assert {f.name for f in (tmp_path / "out").iterdir()} == {"manifest.json", *(f["url"] for f in told["output"])}
    for f in told["output"]:
        lines = (tmp_path / "out" / f["url"]).read_text("utf-8").splitlines()
        assert len(lines) == f["count"] and {json.loads(x)["resourceType"] for x in lines} == {f["type"]}
    assert "Penicillin" in str(held(tmp_path / "out", told))
    assert all(stat.S_IMODE(f.stat().st_mode) == 0o600 for f in (tmp_path / "out").iterdir())


def test_without_a_reason_nothing_is_written(home, capsys, tmp_path):
    code, _, err = export(capsys, home, tmp_path / "out")
    assert code == 5 and "--reason" in err and not (tmp_path / "out").exists()


@pytest.mark.parametrize("there", ["folder", "file"])
def test_what_is_there_is_not_written_over(home, capsys, tmp_path, there):
    out = tmp_path / "out"
    if there == "folder":
        out.mkdir()
    (out / "mine" if there == "folder" else out).write_text("mine")
    code, _, err = export(capsys, home, out, "--reason", "t")
    assert code == 2 and "nothing was written" in err
    assert [p.read_text() for p in (out.iterdir() if there == "folder" else [out])] == ["mine"]


@pytest.mark.parametrize("args, says", [(["--type", "Nonsense"], "no resource type"), (["--since", "soon"], "no instant"),
                                        (["--since", "2026-01-01T00:00:00"], "no instant")])
def test_what_is_not_understood_is_refused(home, capsys, tmp_path, args, says):
    code, _, err = export(capsys, home, tmp_path / "out", *args, "--reason", "t")
    assert code == 2 and says in err and not (tmp_path / "out").exists()


def test_a_dry_run_says_how_many_people_and_writes_nothing(home, capsys, tmp_path):
    code, told, _ = export(capsys, home, tmp_path / "out", "--dry-run", "--reason", "t")
    assert code == 0 and told["people"] == 2 and told["applied"] is False and not (tmp_path / "out").exists()


def test_since_an_earlier_export_whatever_the_reasons_were(home, capsys, tmp_path):
    first = export(capsys, home, tmp_path / "a", "--reason", "first")[1]
    second = export(capsys, home, tmp_path / "b", "--since", first["transactionTime"], "--reason", "second")[1]
    assert second["output"] == second["deleted"] == second["error"] == []
    retract = Assertion("retract", {"source": "north", "type": "AllergyIntolerance", "id": "na1"}).basic()
    (home / "inbox/north/more.json").write_text(json.dumps(retract))
    assert call(capsys, "--home", home, "pull")[0] == 0
    third = export(capsys, home, tmp_path / "c", "--since", second["transactionTime"], "--reason", "third")[1]
    gone = [e["request"]["url"] for b in held(tmp_path / "c", third, "deleted") for e in b["entry"]]
    assert any(url.startswith("AllergyIntolerance/") for url in gone)


def test_types_narrow(home, capsys, tmp_path):
    told = export(capsys, home, tmp_path / "a", "--type", "Patient", "--type", "Observation", "--reason", "t")[1]
    assert {f["type"] for f in told["output"]} == {"Patient", "Observation"}


def test_each_person_is_in_the_log_with_the_reason(home, capsys, tmp_path):
    export(capsys, home, tmp_path / "a", "--reason", "moving house")
    rows = [json.loads(x) for x in call(capsys, "--home", home, "audit", "search", "--jsonl")[1].splitlines()]
    assert len([r for r in rows if r["view"] and r["person"]]) >= 2
    entry = str(next(r["entry"] for r in rows if r["view"]))
    code, out, _ = call(capsys, "--home", home, "audit", "show", entry, "--rebuild", "--json")
    assert code == 0 and "view" in out
