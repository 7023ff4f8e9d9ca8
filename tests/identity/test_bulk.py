"""Bulk linking finds what comparing pair by pair finds, and a model survives its folder (contract.md `bulk link`)."""

import csv
import io
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.bulk import bulk
from gateway.errors import ConfigError, GatewayError
from gateway.identity import MODEL, Model, compare_features, linkage, read_model
from gateway.identity import bulk as in_bulk
from gateway.identity.assertions import Said
from gateway.identity.bulk import link
from gateway.identity.census import at_hand
from gateway.identity.cluster import Scores
from gateway.identity.evaluate import row_features
from gateway.identity.linkage import candidates, touched
from gateway.identity.score import write_model
from gateway.models import model_in
from gateway.pure.bulk import link_people, save_model
from tests.identity.people import registers, word

STAGES = ("features", "blocks", "pairs", "guards", "clusters")
PEOPLE = [p.row(f"r{i}") for i, p in enumerate(registers(120, 8, copies=5, errors=(0, 5)))]


@pytest.fixture(scope="module")
def people_csv(tmp_path_factory) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(PEOPLE[0]))
    writer.writeheader()
    writer.writerows(PEOPLE)
    path = tmp_path_factory.mktemp("bulk") / "people.csv"
    path.write_text(text.getvalue(), "utf-8")
    return str(path)


def one_by_one(rows: list[dict[str, str]], model: Model) -> tuple[list[tuple[int, int]], list[tuple[int, int]], list[list[int]]]:
    """Links, pairs for review and persons as the store finds them: every candidate compared, every component clustered."""
    features = {("", f"{i:06}"): row_features(row) for i, row in enumerate(rows)}
    decided = {pair: compare_features(features[pair[0]], features[pair[1]], model).decision
               for pair in candidates(sorted(features), features)}
    links = {pair for pair, decision in decided.items() if decision == "link"}
    clusters = touched(features, links, Said(), Scores(features, model)).clusters
    pairs = ([tuple(int(m[1]) for m in pair) for pair in sorted(decided) if decided[pair] == d] for d in ("link", "review"))
    return *pairs, sorted([int(m[1]) for m in c] for c in clusters if len(c) > 1)


@pytest.mark.parametrize("shared", [True, False])
def test_bulk_finds_the_persons_that_comparing_one_by_one_finds(shared, monkeypatch) -> None:
    monkeypatch.setattr(in_bulk, "_CHUNK", 70)
    monkeypatch.setattr(in_bulk, "_AT_ONCE", 300)
    model, told = replace(MODEL, shared=shared), []
    found = link(PEOPLE, row_features, model, lambda *how: told.append(how), jobs=1)
    assert (found.link, found.review, found.persons) == one_by_one(PEOPLE, model)
    groups = in_bulk._groups(found.link)
    whole, others = in_bulk._told_apart(found.link)
    assert min(len(found.review), len(whole), len(others)) > 3 and max(map(len, groups)) > 5, "pairs and persons of every kind"
    assert tuple(found.seconds) == tuple(dict.fromkeys(stage for stage, _, _ in told)) == STAGES
    for stage in STAGES:
        strokes = [(done, of) for name, done, of in told if name == stage]
        assert strokes == sorted(strokes) and strokes[0][0] == 0 and strokes[-1][0] == strokes[-1][1], strokes
        assert len({of for _, of in strokes}) == 1 and (stage == "blocks" or len(strokes) > 2), f"{stage}: {strokes}"


def test_a_number_that_very_many_have_is_parted_by_the_names() -> None:
    """A ward's phone, and nothing else: online only neighbours by sound are compared, in bulk those of one sound."""
    rng = random.Random(5)
    strangers = [{"id": str(i), "given": word(rng, 2, 3), "family": word(rng, 2, 4), "phone": "+46701112233"}
                 for i in range(linkage.BLOCK_LIMIT + 50)]
    rows = [*strangers, *({**row, "id": f"again-{row['id']}"} for row in strangers[:7])]
    found = link(rows, row_features, MODEL, jobs=1)
    assert {(i, len(strangers) + i) for i in range(7)} <= set(found.link) | set(found.review)
    links, review, _ = one_by_one(rows, MODEL)
    assert set(found.link) <= set(links) and set(found.review) <= set(review)


def test_bulk_of_no_rows_and_of_strangers_is_nobody() -> None:
    for rows in ([], PEOPLE[:1]):
        assert link(rows, row_features, MODEL, jobs=1)[:3] == ([], [], [])


@pytest.mark.parametrize("library", ["duckdb", "pyarrow", "splink"])
def test_without_the_extra_the_user_is_told_what_to_install(library, people_csv, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    for more in ([], ["--train"]):
        told = CliRunner().invoke(bulk, ["link", people_csv, *more]).exception
        assert isinstance(told, GatewayError) and [i.code for i in told.issues] == ["extra-missing"]


def test_a_trained_model_is_written_and_links_again(people_csv: str, tmp_path) -> None:
    folder = str(tmp_path / "model")
    first = CliRunner().invoke(bulk, ["link", people_csv, "--train", "--save", folder])
    again = CliRunner().invoke(bulk, ["link", people_csv, "--model", folder])
    assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
    one, two = json.loads(first.stdout), json.loads(again.stdout)
    assert one["model"] == two["model"] != MODEL.id
    assert one["persons"] == two["persons"] and one["rows"] == len(PEOPLE)


@pytest.mark.parametrize("train", [True, False])
def test_every_stage_is_told_and_timed(train, people_csv) -> None:
    told = []
    found, _ = link_people(people_csv, Path(people_csv).read_bytes(), MODEL, train, lambda *how: told.append(how))
    stages = ("rows", *(("training",) if train else ()), "homes", *STAGES)
    assert tuple(dict.fromkeys(stage for stage, _, _ in told)) == tuple(found["seconds"]) == stages
    for stage in stages:
        strokes = [(done, of) for name, done, of in told if name == stage]
        assert strokes[0][0] == 0 and strokes[-1][0] == strokes[-1][1], f"{stage} is shown from its beginning to its end"


def test_a_model_reads_as_it_was_written() -> None:
    text, terms = write_model(MODEL)
    assert read_model(text, terms).id == MODEL.id


def test_where_the_place_refuses_the_model_that_lies_there_stays(tmp_path, monkeypatch) -> None:
    """A full disk, at whichever file; and what is killed between the two files leaves no model, never half of each."""
    save_model(MODEL, str(tmp_path))
    other = replace(MODEL, link=9.0, terms={"family": {"berg": 0.5}})
    for name, broken, left in (("write_text", lambda *_: full(), MODEL.id), ("replace", lambda *_: full(), "")):
        with monkeypatch.context() as patch:
            patch.setattr(Path, name, broken)
            with pytest.raises(OSError, match="full"):
                save_model(other, str(tmp_path))
        if left:
            assert model_in(tmp_path).id == left
        else:
            with pytest.raises(ConfigError, match="cannot be read"):
                model_in(tmp_path)
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["terms.csv", *["model.json"] * bool(left)])
    save_model(other, str(tmp_path))
    assert model_in(tmp_path).id == other.id


def test_what_the_clusters_hold_back_waits_for_a_human_and_nobody_is_asked_about_one_person() -> None:
    """Of two groups of records with a link between them that do not go together somebody decides."""
    rows = [p.row(f"r{i}") for i, p in enumerate(registers(300, 8, copies=3, errors=(0, 5)))]
    text = io.StringIO()
    csv.DictWriter(text, list(rows[0])).writeheader()
    csv.DictWriter(text, list(rows[0])).writerows(rows)
    found, _ = link_people("p.csv", text.getvalue().encode(), MODEL, False, lambda *_: None)
    person = {id: n for n, ids in enumerate(found["persons"]) for id in ids}
    asked = {tuple(pair) for pair in found["review"]}
    assert found["pairs"]["held"] > 3 and all(person.get(a, a) != person.get(b, b) for a, b in asked)
    assert len({a for pair in asked for a in pair} & person.keys()) > 3
    used = at_hand(MODEL, {("", r["id"]): row_features(r) for r in rows})
    for pair in link(rows, row_features, used, jobs=1).link:
        a, b = (rows[i]["id"] for i in pair)
        assert person.get(a, a) == person.get(b, b) or (a, b) in asked, "linked, and neither together nor asked about"


def test_a_place_that_cannot_be_written_is_told_before_anybody_is_linked(people_csv, monkeypatch) -> None:
    monkeypatch.setattr("gateway.cli.bulk.link_people", lambda *_: pytest.fail("people were linked first"))
    assert isinstance(CliRunner().invoke(bulk, ["link", people_csv, "--save", f"{people_csv}/model"]).exception, OSError)


def full() -> None:
    raise OSError("full")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes")
def test_a_killed_run_leaves_no_process_behind(tmp_path) -> None:
    """kill -9: nobody tells the workers, so they look themselves."""
    script = tmp_path / "run.py"
    script.write_text("import multiprocessing\n"
                      "from gateway.identity import MODEL\nfrom gateway.identity.bulk import link\n"
                      "from gateway.identity.evaluate import row_features\n"
                      "def tick(stage, done, total):\n"
                      "    if stage == 'guards':\n"
                      "        print(*[p.pid for p in multiprocessing.active_children()], flush=True)\n"
                      "        input()\n"
                      "if __name__ == '__main__':\n"
                      "    link([{'id': str(i), 'given': 'Anna', 'family': 'Berg'} for i in range(9)], row_features, MODEL, tick, jobs=2)\n")
    run = subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdout and run.stdin
    workers = [int(pid) for pid in run.stdout.readline().split()]
    assert workers and all(map(runs, workers))
    run.kill()
    run.wait()
    deadline = time.monotonic() + 20
    while any(map(runs, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = [pid for pid in workers if runs(pid)]
    for pid in left:
        os.kill(pid, 9)
    assert not left


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
