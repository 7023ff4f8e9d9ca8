"""The commands as a user types them: exit codes, streams, JSON (contract)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli.main import VERBS, run
from tests.homes import EVA, make_home

HL7 = ("MSH|^~\\&|LAB|LUND|GW|X|20260301100000+0100||ORU^R01^ORU_R01|7|P|2.5.1\r"
       "PID|1||123^^^LUND^MR||Öberg^Eva||19610203|F\r"
       "OBR|1|A1|B1|GLU^Glucose^L|||20260301080000+0100\r"
       "OBX|1|NM|2345-7^Glucose^LN||5.50|mmol/L|4.0-6.0|N|||F\r")


def gateway(*args, stdin=b""):
    return subprocess.run([sys.executable, "-m", "gateway.cli", *map(str, args)], input=stdin, capture_output=True, check=False)


@pytest.fixture
def home(tmp_path):
    folder = make_home(tmp_path / "home")
    assert run(["--home", str(folder), "pull"]) == 0
    return folder


def call(capsys, *args):
    code = run([str(a) for a in args])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def facts(*resources, source="a"):
    return "".join(json.dumps({"source": source, "version": "1", "resource": r}) + "\n" for r in resources)


PATIENT = {"resourceType": "Patient", "id": "p", "name": [{"family": "Öberg"}]}


def test_every_verb_of_the_contract_answers(capsys):
    for verb in VERBS:
        code, out, _ = call(capsys, verb, "--help")
        assert code == 0 and "Usage: gateway" in out, verb


@pytest.mark.parametrize("args", [["law", "list"], ["share", "new"], ["voice", "report"], ["record", "x", "--format", "pdf"]])
def test_what_is_not_built_says_so_and_ends_with_3(capsys, args):
    code, out, err = call(capsys, *args)
    assert code == 3 and "not built yet" in err and not out


@pytest.mark.parametrize("args", [["nonsense"], ["merge"], ["merge", "/no/such/file"], ["map", "run", "/no/such"],
                                  ["audit", "verify", "--file", "x"], ["pull", "--nonsense"]])
def test_wrong_use_ends_with_2_and_no_stack_trace(capsys, args):
    code, _, err = call(capsys, *args)
    assert code == 2 and err and "Traceback" not in err


def test_no_home_ends_with_3_and_says_what_to_do(capsys, tmp_path):
    code, _, err = call(capsys, "--home", tmp_path / "none", "status")
    assert code == 3 and "gateway init" in err


def test_map_run_recognises_by_content_and_gives_every_file_a_line(tmp_path, capsys):
    (tmp_path / "a.txt").write_text(HL7, "utf-8")
    (tmp_path / "b.hl7").write_text(json.dumps(PATIENT))
    (tmp_path / "c.json").write_bytes(b"\x00\xff\x00garbage")
    (tmp_path / "d.xml").write_bytes(b"")
    (tmp_path / "e").write_text("<ClinicalDocument xmlns='urn:hl7-org:v3'/>")
    code, out, _ = call(capsys, "map", "run", tmp_path, "--jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [(Path(r["file"]).name, r["kind"]) for r in rows] == [
        ("a.txt", "hl7v2"), ("b.hl7", "fhir"), ("c.json", None), ("d.xml", None), ("e", "ccda")]
    assert rows[0]["message"] == "ORU^R01" and {r["resourceType"] for r in rows[0]["resources"]} >= {"Patient", "Observation"}
    assert all(set(r) >= {"schema", "file", "index", "kind", "message", "key", "resources", "issues", "ledger", "listings"}
               for r in rows)
    assert all(r["issues"][0]["severity"] == "error" for r in rows[2:])


def test_map_explain_and_coverage(tmp_path, capsys):
    (tmp_path / "a.hl7").write_text(HL7, "utf-8")
    _, out, _ = call(capsys, "map", "explain", tmp_path / "a.hl7", "--jsonl")
    assert any(r["path"] == "OBX-5.1" and r["value"] == "5.50" for r in map(json.loads, out.splitlines()))
    _, out, _ = call(capsys, "map", "coverage", tmp_path, "--json")
    assert json.loads(out)["messages"] == 1


def test_validate_points_to_the_element(tmp_path, capsys):
    (tmp_path / "p.json").write_text(json.dumps({**PATIENT, "birthDate": "2023-02-30"}))
    code, out, _ = call(capsys, "validate", tmp_path / "p.json", "--jsonl")
    assert code == 1 and json.loads(out)["outcome"]["issue"][0]["expression"] == ["Patient.birthDate"]


def test_merge_names_every_unreadable_line(tmp_path, capsys):
    file = tmp_path / "f.jsonl"
    file.write_text(facts(PATIENT) + "{broken\n" + "[]\n")
    code, out, err = call(capsys, "merge", file, "--json")
    assert code == 2 and not out and "f.jsonl:2" in err and "f.jsonl:3" in err


def test_merge_keeps_the_text_of_numbers(tmp_path):
    (tmp_path / "f.jsonl").write_text(facts(PATIENT) + '{"source":"a","version":1,"resource":{"resourceType":"Observation",'
                                      '"id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"},'
                                      '"valueQuantity":{"value":1.50}}}\n')
    done = gateway("merge", tmp_path / "f.jsonl", "--json")
    assert done.returncode == 0 and b'"value":1.50' in done.stdout


def test_view_denies_without_purpose_and_hides_by_consent(tmp_path, capsys):
    consent = {"resourceType": "Consent", "id": "c", "status": "active", "provision": {
        "type": "deny", "actor": [{"role": {"coding": [{"code": "CST"}]}, "reference": {"identifier": {"value": "b"}}}]}}
    other = {**PATIENT, "id": "q"}
    (tmp_path / "f.jsonl").write_text(facts(PATIENT, consent) + facts(other, source="b"))
    (tmp_path / "no.json").write_text("{}")
    (tmp_path / "yes.json").write_text('{"purpose": "TREAT", "time": "2026-01-01"}')
    code, out, _ = call(capsys, "view", tmp_path / "f.jsonl", "--request", tmp_path / "no.json", "--json")
    assert code == 5 and json.loads(out)["decision"] == "deny" and json.loads(out)["visible"] == []
    code, out, _ = call(capsys, "view", tmp_path / "f.jsonl", "--request", tmp_path / "yes.json", "--json")
    assert code == 0 and len(json.loads(out)["visible"]) == 2


def test_identity_commands(tmp_path, capsys):
    a = {**PATIENT, "birthDate": "1961-02-03", "identifier": [{"system": "urn:oid:1.2.752.129.2.1.3.1", "value": EVA}]}
    (tmp_path / "pairs.jsonl").write_text(json.dumps({"a": a, "b": a}) + "\n")
    code, out, _ = call(capsys, "identity", "compare", tmp_path / "pairs.jsonl", "--jsonl")
    assert code == 0 and json.loads(out)["decision"] in ("link", "review")
    (tmp_path / "r.jsonl").write_text("".join(json.dumps({"source": s, "resource": a}) + "\n" for s in "xy"))
    code, out, _ = call(capsys, "identity", "cluster", tmp_path / "r.jsonl", "--json")
    assert code == 0 and {"persons", "review", "model"} <= set(json.loads(out))


def test_pull_is_resumable_and_says_what_it_did(home, capsys):
    code, out, _ = call(capsys, "--home", home, "pull", "--jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0 and [r["read"] for r in rows] == [0, 0]
    code, out, _ = call(capsys, "--home", home, "pull", "north", "--again", "--jsonl")
    assert json.loads(out)["same"] == json.loads(out)["read"] == 4 and json.loads(out)["new"] == 0
    assert call(capsys, "--home", home, "pull", "nroth")[0] == 2


def test_record_is_masked_without_a_reason(home, capsys):
    code, out, _ = call(capsys, "--home", home, "record", EVA, "--json")
    assert code == 0 and "Öberg" not in out and EVA not in out and "Penicillin" in out
    code, out, _ = call(capsys, "--home", home, "record", EVA, "--json", "--reason", "test")
    body = json.loads(out)
    assert "Öberg" in out and {"resources", "provenance", "person", "sections", "ledger"} <= set(body)
    assert body["sections"]["allergies"]["sources"]["north"] == "data"


def test_person_same_different_and_undo(home, capsys):
    before = call(capsys, "--home", home, "record", EVA, "--json", "--reason", "t")[1]
    code, out, _ = call(capsys, "--home", home, "person", "different", "north/n1", "south/s1", "--reason", "t", "--json")
    ruling = json.loads(out)
    assert code == 0 and len(ruling["persons"]) == 2
    assert call(capsys, "--home", home, "record", EVA, "--json", "--reason", "t")[0] == 2
    assert call(capsys, "--home", home, "person", "undo", ruling["id"], "--reason", "t")[0] == 0
    after = call(capsys, "--home", home, "record", EVA, "--json", "--reason", "t")[1]
    assert json.loads(after)["resources"] == json.loads(before)["resources"]


def test_verbs_that_make_no_sense_masked_end_with_5(home, capsys):
    assert call(capsys, "--home", home, "audit", "accounting", "--person", EVA)[0] == 5
    _, out, _ = call(capsys, "--home", home, "msg", "list", "--jsonl")
    unit = json.loads(out.splitlines()[0])["id"]
    assert call(capsys, "--home", home, "msg", "export", unit, "--out", home / "x")[0] == 5
    assert call(capsys, "--home", home, "bulk", "export", "--out", home / "x")[0] == 5
    assert not (home / "x").exists()


def test_audit_export_verifies_offline_and_a_changed_byte_is_broken(home, capsys, tmp_path):
    call(capsys, "--home", home, "record", EVA, "--json")
    out, anchors = tmp_path / "log.jsonl", tmp_path / "anchors.json"
    assert call(capsys, "--home", home, "audit", "export", "--out", out, "--anchors", anchors)[0] == 0
    verify = ["audit", "verify", "--file", out, "--anchors", anchors, "--offline"]
    assert call(capsys, *verify)[0] == 0
    data = out.read_bytes()
    out.write_bytes(data.replace(b'"outcome":"done"', b'"outcome":"dome"', 1))
    code, text, _ = call(capsys, *verify)
    assert code == 7 and "BROKEN" in text and "entry 1" in text
    out.write_bytes(data[:len(data) // 2])
    assert call(capsys, *verify)[0] == 7


def test_audit_show_rebuilds_what_was_shown(home, capsys):
    call(capsys, "--home", home, "record", EVA, "--json", "--reason", "t")
    _, out, _ = call(capsys, "--home", home, "audit", "search", "--jsonl")
    entry = [json.loads(line) for line in out.splitlines()][-1]["entry"]
    code, out, _ = call(capsys, "--home", home, "audit", "show", entry, "--rebuild", "--json")
    assert code == 0 and json.loads(out)["rebuilt"] is True


def test_erase_needs_an_order_and_leaves_nothing(home, capsys):
    _, out, _ = call(capsys, "--home", home, "person", "find", "--identifier", EVA, "--jsonl", "--reason", "t")
    person = json.loads(out)["person"]
    assert call(capsys, "--home", home, "person", "erase", person)[0] == 2
    code, out, _ = call(capsys, "--home", home, "person", "erase", person, "--order", "o1", "--dry-run", "--json")
    assert code == 0 and json.loads(out)["applied"] is False
    assert call(capsys, "--home", home, "record", EVA, "--json")[0] == 0
    assert call(capsys, "--home", home, "person", "erase", person, "--order", "o1", "--yes")[0] == 0
    assert call(capsys, "--home", home, "record", EVA, "--json")[0] == 2
    assert not any(EVA.encode() in f.read_bytes() for f in (home / "data").iterdir())


def test_backup_and_restore_keep_the_record_and_the_erasures(home, capsys, tmp_path):
    before = call(capsys, "--home", home, "record", EVA, "--json", "--reason", "t")[1]
    assert call(capsys, "--home", home, "backup", tmp_path / "b.tgz")[0] == 0
    assert call(capsys, "restore", tmp_path / "b.tgz", tmp_path / "again")[0] == 0
    after = call(capsys, "--home", tmp_path / "again", "record", EVA, "--json", "--reason", "t")[1]
    assert json.loads(before)["resources"] == json.loads(after)["resources"]


def test_token_prints_the_token_alone(home, capsys):
    code, out, _ = call(capsys, "--home", home, "token", "--scope", "user/*.rs", "--purpose", "TREAT")
    assert code == 0 and len(out.split()) == 1 and out.count(".") == 2
    assert call(capsys, "--home", home, "token", "--scope", "user/*.rs", "--purpose", "FUN")[0] == 5


def test_doctor_and_status(home, capsys):
    code, out, _ = call(capsys, "--home", home, "doctor", "--json")
    assert code == 0 and {c["status"] for c in json.loads(out)["checks"]} == {"ok"}
    code, out, _ = call(capsys, "--home", home, "status", "--json")
    assert json.loads(out)["people"] == 2


def test_doctor_names_a_table_of_the_site_that_the_merge_cannot_read(home, capsys):
    (home / "mappings" / "conceptmaps").mkdir(parents=True)
    (home / "mappings" / "conceptmaps" / "ours.json").write_text('{"resourceType":"ConceptMap","version":"1","group":{}}')
    code, out, _ = call(capsys, "--home", home, "doctor", "--json")
    bad = [c for c in json.loads(out)["checks"] if c["status"] != "ok"]
    assert code == 1 and [c["subject"] for c in bad] == ["terminology"] and "ours.json" in bad[0]["fix"]


def test_unknown_settings_are_errors_with_file_line_and_a_guess(home, capsys):
    (home / "sources" / "bad.toml").write_text('kind = "fhir"\ntimezome = "UTC"\nmode = "maybe"\n')
    code, _, err = call(capsys, "--home", home, "pull", "bad")
    assert code == 3 and "bad.toml:2" in err and "'timezone'" in err and "bad.toml:3" in err


def test_source_add_pause_and_remove(home, capsys):
    assert call(capsys, "--home", home, "source", "add", "west", "--kind", "hl7v2", "--path", "in")[0] == 0
    assert call(capsys, "--home", home, "source", "add", "west", "--kind", "hl7v2", "--path", "in")[0] == 2
    assert call(capsys, "--home", home, "source", "add", "Ö", "--kind", "hl7v2")[0] == 2
    assert call(capsys, "--home", home, "source", "add", "x", "--kind", "hl7")[0] == 2
    assert call(capsys, "--home", home, "source", "pause", "west")[0] == 0
    _, out, _ = call(capsys, "--home", home, "source", "list", "--jsonl")
    assert [json.loads(line)["name"] for line in out.splitlines()] == ["north", "south", "west"]
    assert call(capsys, "--home", home, "source", "remove", "west")[0] == 0


def test_secrets_are_for_their_owner_only(home):
    for file in (home / "secrets").iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_read_and_one_with_a_strange_name_each_give_their_line(capfdbinary, tmp_path):
    os.symlink("nowhere", tmp_path / "a-gone")
    (tmp_path / os.fsdecode(b"b\xff.hl7")).write_bytes(HL7.encode())
    (tmp_path / "c.hl7").write_bytes(HL7.encode())
    code = run(["map", "run", str(tmp_path), "--jsonl"])
    rows = [json.loads(line) for line in capfdbinary.readouterr().out.decode("utf-8").splitlines()]
    assert code == 1 and [r["kind"] for r in rows] == [None, "hl7v2", "hl7v2"]
    assert rows[0]["issues"][0]["code"] == "file-unreadable"
    assert run(["validate", str(tmp_path), "--jsonl"]) == 1
    assert len(capfdbinary.readouterr().out.splitlines()) == 3


def test_a_zone_that_does_not_exist_is_wrong_use(capsys, tmp_path):
    (tmp_path / "m").write_text(HL7, "utf-8")
    code, out, err = call(capsys, "map", "run", "--timezone", "Mars/Olympus", tmp_path / "m", "--jsonl")
    assert code == 2 and not out and "Mars/Olympus" in err


@pytest.mark.parametrize("line", [{"assert": "never", "facts": ["a/1", "b/1"]}, {"assert": "sam", "a": "a/1", "b": "b/1"},
                                  {"assert": "same", "a": "a/1"}, {"assert": "undo"}, {"assert": "split", "person": "x"}])
def test_a_word_of_a_human_that_would_have_no_effect_is_wrong_use(capsys, tmp_path, line):
    (tmp_path / "r.jsonl").write_text(json.dumps(line), "utf-8")
    code, out, err = call(capsys, "identity", "cluster", tmp_path / "r.jsonl", "--json")
    assert code == 2 and not out and "r.jsonl:1" in err


def test_a_ruling_about_a_hidden_fact_leaves_no_trace_in_a_view(tmp_path, capsys):
    """P5 for a reader: hidden is as if it had never been there, down to the digest."""
    allergy = {"resourceType": "AllergyIntolerance", "id": "x", "code": {"text": "nuts"}, "patient": {"reference": "Patient/p"}}
    deny = {"type": "deny", "actor": [{"role": {"coding": [{"code": "CST"}]}, "reference": {"display": "b"}}]}
    consent = {"resourceType": "Consent", "id": "c", "status": "active", "provision": {"type": "permit", "provision": [deny]}}
    lines = facts(PATIENT, {**allergy, "criticality": "low"}, consent) + facts(PATIENT, {**allergy, "criticality": "high"}, source="b")
    (tmp_path / "all.jsonl").write_text(lines, "utf-8")
    named = list(json.loads(call(capsys, "merge", tmp_path / "all.jsonl", "--json")[1])["ledger"])
    ruling = {"assert": "ruling", "id": "r", "ruling": "value", "facts": named, "element": "criticality", "choose": "high"}
    said = [ruling, {"assert": "undo", "id": "u", "of": "r"}, {"assert": "undo", "id": "v", "of": "u"}]
    (tmp_path / "all.jsonl").write_text(lines + "".join(json.dumps(a) + "\n" for a in said), "utf-8")
    (tmp_path / "without.jsonl").write_text(facts(PATIENT, {**allergy, "criticality": "low"}, consent), "utf-8")
    (tmp_path / "ask.json").write_text(json.dumps({"purpose": "TREAT", "care": True}), "utf-8")
    seen = [call(capsys, "view", tmp_path / f, "--request", tmp_path / "ask.json", "--json")[:2] for f in ("all.jsonl", "without.jsonl")]
    assert seen[0] == seen[1] and seen[0][0] == 0


def test_a_mapping_that_is_not_utf8_is_told_with_its_line(home, capsys, tmp_path):
    (tmp_path / "m.yaml").write_bytes(b"mapping: x\nreads: hl7v2\n# \xe5\n")
    (tmp_path / "m.hl7").write_text(HL7, "utf-8")
    code, out, err = call(capsys, "map", "run", "--mapping", tmp_path / "m.yaml", tmp_path / "m.hl7", "--jsonl")
    assert code == 3 and not out and "m.yaml:3" in err and "UTF-8" in err
    (home / "mappings/mine.yaml").write_bytes(b"mapping: x\n# \xe5\n")
    code, _, err = call(capsys, "--home", home, "pull")
    assert code == 3 and "mine.yaml:2" in err


@pytest.mark.parametrize(("args", "code"), [
    ([], 0), (["--profile", "ips-1.1", "--at", "2026-01-31T12:00:00Z", "--identifier", "urn:uuid:0b8c2f1e-1111-4c2d-9a0e-222233334444"], 0),
    (["--at", "today"], 2), (["--identifier", "one"], 2), (["--profile", "ips-3.0"], 2)])
def test_a_summary_of_a_record_needs_no_home(tmp_path, capsys, args, code):
    person = {"resourceType": "Patient", "id": "p", "name": [{"family": "Lind"}], "birthDate": "1961-02-03"}
    (tmp_path / "facts.jsonl").write_text(json.dumps({"source": "a", "version": "1", "resource": person}))
    assert run(["merge", str(tmp_path / "facts.jsonl"), "--json"]) == 0
    (tmp_path / "record.json").write_text(capsys.readouterr().out)
    told = []
    for _ in range(2):
        assert run(["ips", "build", str(tmp_path / "record.json"), *args]) == code
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    if code == 0:
        bundle = json.loads(told[0])
        assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "document") and "schema" not in bundle
        assert not args or (bundle["timestamp"], bundle["identifier"]["value"]) == (args[3], args[5])


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"resources": [1], "provenance": {}, "issues": []}', '{"resources": [], "provenance": {}, "issues": []}'])
def test_what_is_no_record_has_no_summary(tmp_path, capsys, text):
    (tmp_path / "record.json").write_text(text)
    assert run(["ips", "build", str(tmp_path / "record.json")]) == 2
    told = capsys.readouterr()
    assert not told.out and "Traceback" not in told.err
