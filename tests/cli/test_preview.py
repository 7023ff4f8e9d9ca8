"""What hospital IT sees: side-cars of its own messages, and what another mapping would change."""

import json

import pytest

from gateway.cli.main import run
from gateway.shipped import shipped

ADMISSION = ("MSH|^~\\&|WARD|NORTH|||20260301080000+0100||ADT^A01|{n}|P|2.5\r"
             "PID|1||P{n}^^^NORTH^MR||Lindqvist^Sara||19800101|F\rPV1|1|I|W1^^^NORTH\rZZZ|1|odd\r")
CHANGED = "hl7v2/patient.yaml"


def call(capsys, *args):
    code = run([str(a) for a in args])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def samples(tmp_path):
    folder = tmp_path / "samples"
    folder.mkdir()
    for n in (1, 2):
        (folder / f"{n}.hl7").write_text(ADMISSION.format(n=n), "utf-8")
    return folder


def preview(capsys, *args):
    code, out, err = call(capsys, "map", "preview", *args, "--json")
    assert not err
    return code, json.loads(out)


def test_side_cars_are_written_once_compared_and_overwritten_by_force_only(samples, capsys):
    assert call(capsys, "source", "check", samples)[0] == 1
    assert call(capsys, "source", "check", samples, "--write")[0] == 0
    side = samples / "1.hl7.fhir.json"
    assert json.loads(side.read_text("utf-8"))[0]["resources"]
    assert call(capsys, "source", "check", samples)[0] == 0
    side.write_text(side.read_text("utf-8").replace("Lindqvist", "Berg"), "utf-8")
    kept = side.read_bytes()
    code, out, _ = call(capsys, "source", "check", samples, "--jsonl")
    rows = {r["file"].rpartition("/")[2]: r for r in map(json.loads, out.splitlines())}
    assert code == 1 and rows["2.hl7"]["state"] == "same"
    assert rows["1.hl7"]["state"] == "different" and rows["1.hl7"]["line"] > 1
    assert "Berg" in rows["1.hl7"]["expected"] and "Lindqvist" in rows["1.hl7"]["made"]
    _, out, _ = call(capsys, "source", "check", samples, "--write", "--jsonl")
    assert {json.loads(line)["state"] for line in out.splitlines()} == {"kept"} and side.read_bytes() == kept
    before = sorted((p, p.stat().st_mtime_ns) for p in samples.iterdir())
    assert "would be written" in call(capsys, "source", "check", samples, "--write", "--force", "--dry-run")[1]
    assert sorted((p, p.stat().st_mtime_ns) for p in samples.iterdir()) == before
    assert call(capsys, "source", "check", samples, "--write", "--force")[0] == 0
    assert call(capsys, "source", "check", samples)[0] == 0


@pytest.mark.parametrize("args", [("--force",), ()], ids=["force alone", "no folder"])
def test_wrong_use_of_check_ends_with_2(samples, capsys, args):
    code, out, err = call(capsys, "source", "check", samples if args else samples / "none", *args)
    assert code == 2 and err and not out


def test_the_deployed_mapping_beside_itself_changes_nothing_and_shows_what_is_unmapped(samples, capsys):
    code, body = preview(capsys, "--from", samples)
    assert code == 0 and (body["messages"], body["same"], body["changed"], body["failed"]) == (2, 2, 0, 0)
    assert {"ZZZ-1.1", "ZZZ-2.1"} <= set(body["unmapped"])
    assert sum(body["codes"].values()) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("whole", [True, False], ids=["folder", "file"])
def test_another_mapping_shows_each_element_that_changes(samples, tmp_path, capsys, whole):
    text = shipped()[CHANGED]
    lines = [line for line in text.split("\n") if not line.startswith("  gender:")]
    assert len(lines) < len(text.split("\n"))
    file = tmp_path / "new" / CHANGED
    file.parent.mkdir(parents=True)
    file.write_text("\n".join(lines), "utf-8")
    code, body = preview(capsys, tmp_path / "new" if whole else file, "--from", samples)
    assert code == 1 and (body["same"], body["changed"]) == (0, 2)
    assert {"count": 2, "element": "Patient.gender", "before": "female", "after": ""} in body["changes"]
    code, out, _ = call(capsys, "map", "preview", tmp_path / "new", "--from", samples)
    assert "2 × Patient.gender  female → (none)" in out and "Nothing was stored." in out


def test_the_mappings_of_a_home_are_the_deployed_ones(samples, tmp_path, capsys):
    lines = [line for line in shipped()[CHANGED].split("\n") if not line.startswith("  gender:")]
    file = tmp_path / "home" / "mappings" / CHANGED
    file.parent.mkdir(parents=True)
    file.write_text("\n".join(lines), "utf-8")
    code, out, _ = call(capsys, "--home", tmp_path / "home", "map", "preview", "--from", samples, "--json")
    assert code == 0 and json.loads(out)["same"] == 2
    (tmp_path / "patient.yaml").write_text(shipped()[CHANGED], "utf-8")
    code, out, _ = call(capsys, "--home", tmp_path / "home", "map", "preview", tmp_path / "patient.yaml", "--from", samples,
                        "--json")
    assert {"count": 2, "element": "Patient.gender", "before": "", "after": "female"} in json.loads(out)["changes"]


def test_a_message_that_fails_is_counted_with_its_place_and_other_files_are_named(samples, capsys):
    (samples / "3.hl7").write_text("MSH|^^^^|WARD|NORTH\r", "utf-8")
    (samples / "notes.txt").write_text("nothing", "utf-8")
    code, body = preview(capsys, "--from", samples)
    assert code == 1 and (body["same"], body["failed"]) == (2, 1)
    assert [f["code"] for f in body["failures"]] == ["hl7v2-separators"] and body["failures"][0]["where"]
    assert [name.rpartition("/")[2] for name in body["skipped"]] == ["notes.txt"]
