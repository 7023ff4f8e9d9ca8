"""`gateway bulk merge --tables NEW --diff`: what other tables would change, without changing it."""

import json
from pathlib import Path

from tests.cli.test_commands import call
from tests.homes import EVA, allergy, make_home, patient

CODES = {"north": ("urn:a", "1"), "south": ("urn:b", "2")}
MAP = {"resourceType": "ConceptMap", "version": "9", "group": [{"source": "urn:a", "target": "urn:b", "element": [
    {"code": "1", "target": [{"code": "2", "equivalence": "equivalent"}]}]}]}


def home(tmp_path: Path) -> Path:
    world = {name: [patient(name, "Öberg", "Eva", "1961-02-03", EVA),
                    allergy(f"{name}-a", name, "x", code={"coding": [{"system": s, "code": c}]})] for name, (s, c) in CODES.items()}
    return make_home(tmp_path / "home", world)


def tables(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "new" / "conceptmaps"
    folder.mkdir(parents=True)
    (folder / "site.json").write_text(text)
    return tmp_path / "new"


def rows(capsys, folder: Path, new: Path) -> tuple[int, list[dict]]:
    code, out, err = call(capsys, "--home", folder, "bulk", "merge", "--tables", new, "--diff", "--jsonl")
    assert "Traceback" not in err
    return code, [json.loads(line) for line in out.splitlines()]


def test_a_map_that_joins_two_allergies_is_told_before_it_is_deployed(tmp_path, capsys):
    folder = home(tmp_path)
    assert call(capsys, "--home", folder, "pull")[0] == 0
    code, found = rows(capsys, folder, tables(tmp_path, json.dumps(MAP)))
    assert code == 1 and len(found) == 1
    row = found[0]
    assert row["schema"] == "gateway.bulk-merge/1" and row["resources"][0] == row["resources"][1] + 1
    assert len(row["joined"]) == 1 and row["joined"][0].startswith("AllergyIntolerance/") and not row["split"]
    log = [json.loads(line) for line in call(capsys, "--home", folder, "audit", "search", "--jsonl")[1].splitlines()]
    assert [e["person"] is not None for e in log if e["direction"] == "out"] == [True, False], "one entry for her, one for the rest"
    assert rows(capsys, folder, tmp_path / "new")[1] == found, "nothing was deployed: asked again, the same is told"
    (folder / "mappings" / "conceptmaps").mkdir(exist_ok=True)
    (folder / "mappings" / "conceptmaps" / "site.json").write_text(json.dumps(MAP))
    assert rows(capsys, folder, tmp_path / "new") == (0, [])


def test_what_is_wrong_with_the_new_tables_is_said(tmp_path, capsys):
    folder = home(tmp_path)
    wrong = call(capsys, "--home", folder, "bulk", "merge", "--tables", tables(tmp_path, "{}"), "--diff")
    assert wrong[0] == 3 and "conceptmaps/site.json" in wrong[2]
    assert call(capsys, "--home", folder, "bulk", "merge", "--tables", tmp_path / "none", "--diff")[0] == 2
    assert call(capsys, "--home", folder, "bulk", "merge", "--tables", folder, "--diff")[0] == 2


def test_every_record_is_made_anew(tmp_path, capsys):
    folder = home(tmp_path)
    assert call(capsys, "--home", folder, "pull")[0] == 0
    code, out, _ = call(capsys, "--home", folder, "bulk", "merge", "--json")
    (row,) = json.loads(out)["rows"]
    assert code == 0 and row == {"people": 1, "facts": 4, "resources": 3, "issues": {}, "held": []}
    assert call(capsys, "--home", folder, "bulk", "merge", "--diff")[0] == 2
    assert call(capsys, "--home", folder, "bulk", "merge", "--tables", tmp_path)[0] == 2
