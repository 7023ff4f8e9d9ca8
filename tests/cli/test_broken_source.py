"""One settings file with a mistake keeps that source out, is told wherever sources are, and stops nothing else."""

import json

import pytest

from gateway.cli.main import run
from gateway.config import load
from gateway.errors import ConfigError
from gateway.opened import opened
from gateway.pipeline.listen import listening
from gateway.pipeline.work import round_
from tests.homes import make_home

BROKEN = {"unknown": b'knid = "fhir"\n', "no toml": b'kind = "fhir\norganisation = \n', "not UTF-8": b'kind = "fh\xefr"\n',
          "another's name": b'name = "south"\nkind = "fhir"\n', "wrong type": b'kind = "fhir"\nsends = "allergies"\n'}


@pytest.fixture
def home(tmp_path):
    return make_home(tmp_path / "home")


def gateway(capsys, home, *words):
    capsys.readouterr()
    code = run(["--home", str(home), *words])
    out, err = capsys.readouterr()
    return code, out, err


def rows(text):
    return {row["name"]: row for row in json.loads(text)["rows"]}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_the_other_sources_are_pulled_and_the_broken_one_is_told(capsys, home, text):
    (home / "sources/north.toml").write_bytes(text)
    code, out, err = gateway(capsys, home, "pull", "--json")
    pulled = {row["source"]: row for row in json.loads(out)["rows"]}
    assert code == 8 and pulled["south"]["new"] == 2 and pulled["north"]["new"] == 0
    assert pulled["north"]["failed"] and not pulled["south"]["failed"] and "north.toml" in err
    assert gateway(capsys, home, "pull", "north")[0] == 3


def test_every_mistake_of_every_file_is_told_by_doctor_and_nothing_else_fails(capsys, home):
    (home / "sources/north.toml").write_text('kind = "fhir"\nmode = "asks"\nrhythm = "often"\nsend = ["allergies"]\n')
    code, out, _ = gateway(capsys, home, "doctor", "--offline", "--json")
    told = [c for c in json.loads(out)["checks"] if c["status"] != "ok"]
    assert code == 1 and {c["subject"] for c in told} == {"source north"}
    assert [c["fix"].split()[0] for c in told] == ["north.toml:4", "north.toml:2", "north.toml:3"]


def test_what_it_told_before_is_read_and_the_gap_stands_at_the_bedside(capsys, home):
    assert gateway(capsys, home, "pull")[0] == 0
    settings = (home / "sources/north.toml").read_text("utf-8")
    before = gateway(capsys, home, "person", "find", "--family", "Öberg", "--reason", "test", "--json")
    person = json.loads(before[1])["rows"][0]["person"]
    (home / "sources/north.toml").write_text(settings + 'sends = ["allergies"]\nhodl = "P1D"\n')
    after = gateway(capsys, home, "person", "find", "--family", "Öberg", "--reason", "test", "--json")
    assert after[:2] == before[:2]
    code, out, _ = gateway(capsys, home, "record", person, "--reason", "test", "--json")
    record = json.loads(out)
    assert code == 0 and any(r["resourceType"] == "AllergyIntolerance" for r in record["resources"])
    assert record["sections"]["allergies"]["sources"]["north"] != "data"
    row = rows(gateway(capsys, home, "source", "list", "--json")[1])["north"]
    assert row["state"] == "no_answer" and "settings" in row["failing"] and row["sends"] == ["allergies"]
    assert row["organisation"] == "North Hospital" and row["facts"] == 4


def test_the_jobs_of_the_others_run(capsys, home):
    (home / "sources/north.toml").write_text("[\n")
    with opened(home) as gate:
        done = {job["what"]: job for job in round_(gate)}
    assert done["north"]["failed"] and not done["south"]["failed"] and done["south"]["said"].startswith("2 new")


def test_it_can_be_looked_at_paused_and_taken_away_but_not_go_live(capsys, home):
    (home / "sources/north.toml").write_text('knid = "fhir"\n')
    code, out, err = gateway(capsys, home, "source", "show", "north", "--json")
    assert code == 1 and json.loads(out)["name"] == "north" and "knid" in err
    assert gateway(capsys, home, "source", "test", "north")[0] == 3
    assert gateway(capsys, home, "source", "go-live", "north")[0] == 3
    assert "state" not in (home / "sources/north.toml").read_text()
    assert gateway(capsys, home, "source", "pause", "north")[0] == 0
    code, out, _ = gateway(capsys, home, "pull", "--json")
    assert code == 0 and [row["source"] for row in json.loads(out)["rows"]] == ["south"]
    assert gateway(capsys, home, "source", "remove", "north")[0] == 0
    assert list(load(home).sources) == ["south"]


def test_a_full_disk_leaves_the_settings_as_they_were(capsys, home, monkeypatch):
    before = (home / "sources/north.toml").read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr("gateway.config.os.fsync", full)
    code, _, err = gateway(capsys, home, "source", "pause", "north")
    assert code == 4 and "No space left" in err
    assert gateway(capsys, home, "source", "add", "west", "--kind", "csv")[0] == 4
    assert (home / "sources/north.toml").read_bytes() == before
    assert sorted(p.name for p in (home / "sources").iterdir()) == ["north.toml", "south.toml"]


def test_settings_that_lie_elsewhere_stay_there_with_their_rights(capsys, home, tmp_path):
    elsewhere = tmp_path / "kept.toml"
    (home / "sources/north.toml").rename(elsewhere)
    elsewhere.chmod(0o640)
    (home / "sources/north.toml").symlink_to(elsewhere)
    assert gateway(capsys, home, "source", "pause", "north")[0] == 0
    assert (home / "sources/north.toml").is_symlink() and "paused" in elsewhere.read_text()
    assert elsewhere.stat().st_mode & 0o777 == 0o640


def test_the_others_are_listened_to(home):
    (home / "sources/feed.toml").write_text('kind = "hl7v2"\nconnection = { listen = "127.0.0.1:0" }\n')
    (home / "sources/other.toml").write_text('kind = "hl7v2"\nconnection = { listen = "127.0.0.1:0" }\nstat = "live"\n')
    with opened(home) as gate:
        assert list(listening(gate)) == ["feed"]
        with pytest.raises(ConfigError, match="stat"):
            listening(gate, ["other"])
        (home / "sources/feed.toml").unlink()
    with opened(home) as gate, pytest.raises(ConfigError, match="stat"):
        listening(gate)


def test_who_serves_is_told_at_the_start(capsys, home):
    (home / "sources/north.toml").write_text('knid = "fhir"\n')
    _, _, err = gateway(capsys, home, "work", "--once")
    assert "north.toml:1" in err and "knid" in err


def test_a_mapping_with_a_mistake_hides_no_record(capsys, tmp_path):
    home = make_home(tmp_path / "home", {})
    (home / "inbox").mkdir()
    (home / "inbox/a.hl7").write_bytes(b"MSH|^~\\&|A|B|C|D|20260101000000+0100||ADT^A28|5|P|2.5\rPID|1||128^^^HOSP^MR||Good^Neighbour||19800101|M\r")
    (home / "sources/wards.toml").write_text('kind = "hl7v2"\nconnection = { folder = "inbox" }\n')
    assert gateway(capsys, home, "pull")[0] == 0
    found = gateway(capsys, home, "person", "find", "--family", "Good", "--reason", "test", "--json")[1]
    person = json.loads(found)["rows"][0]["person"]
    (home / "mappings/hl7v2").mkdir()
    (home / "mappings/hl7v2/four.yaml").write_text("mapping: four\nreads: hl7v2\nmakes: Observatoin\nfields:\n  status: OBX-11\n")
    code, out, _ = gateway(capsys, home, "record", person, "--why", "--reason", "test", "--json")
    assert code == 0
    assert {c["unread"] for rows in json.loads(out)["why"].values() for c in rows} == {
        "The message cannot be read again: There is no resource type 'Observatoin'; did you mean 'Observation'?"}
    assert "cannot be read again" in gateway(capsys, home, "record", person, "--why", "--reason", "test")[1]


def test_a_mistake_of_gateway_toml_stops_everything(capsys, home):
    (home / "gateway.toml").write_text('databse = "sqlite:///data/gateway.db"\n')
    assert gateway(capsys, home, "status")[0] == 3


def test_a_pull_that_left_facts_out_has_findings(capsys, tmp_path):
    home = make_home(tmp_path / "home", {"north": [{"resourceType": "Patient", "id": "../../etc", "gender": "female"},
                                                   {"resourceType": "Patient", "id": "p1", "gender": "female"}]})
    code, out, err = gateway(capsys, home, "pull", "--json")
    (row,) = json.loads(out)["rows"]
    assert code == 1 and (row["new"], row["facts"], row["held"]) == (2, 1, 1) and "1 fact did not pass" in err
    code, out, _ = gateway(capsys, home, "pull", "--json")
    assert code == 0 and json.loads(out)["rows"][0]["held"] == 0
