"""`gateway identity tune` and `relink`: other thresholds and other models over a home's own people, before anything changes."""

import json
from dataclasses import replace

import pytest

from gateway.errors import ConfigError
from gateway.identity import MODEL
from gateway.opened import opened
from gateway.pipeline.people import rule
from gateway.pipeline.work import due, round_
from gateway.pure.bulk import save_model
from gateway.store import people
from tests.cli.test_commands import call
from tests.cli.test_every_command import stands
from tests.homes import make_home, patient
from tests.identity.people import patient as person
from tests.identity.people import registers


def world(size=40):
    """People of a town in several registers, with errors."""
    rows: dict[str, list] = {}
    for i, p in enumerate(registers(size, 7, copies=3, errors=(0, 4))):
        rows.setdefault(p.source, []).append({k: v for k, v in person(p, str(i)).items() if v})
    return rows


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = make_home(tmp_path_factory.mktemp("tune") / "home", world())
    with opened(folder) as gate:
        from gateway.pipeline.pull import pull
        for name in gate.home.sources:
            pull(gate, name)
    return folder


def model(folder, link):
    save_model(replace(MODEL, link=link), str(folder))
    return folder


def document(capsys, *args):
    code, out, err = call(capsys, *args, "--json")
    assert "Traceback" not in err
    return code, json.loads(out)


def partition(folder):
    with opened(folder) as gate, gate.store.read() as tx:
        return {p: tuple(people.members(tx, p)) for p in people.persons(tx) if p}


def test_the_sweep_counts_links_and_reviews_at_each_threshold(capsys, home):
    before = stands(home)
    code, body = document(capsys, "--home", home, "identity", "tune")
    rows = body["thresholds"]
    assert code == 0 and body["model"] == MODEL.id and stands(home) == before
    assert sum(r["current"] for r in rows) == 1 and rows[0]["threshold"] == MODEL.no
    assert [r["links"] for r in rows] == sorted((r["links"] for r in rows), reverse=True)
    assert len({r["links"] + r["reviews"] for r in rows}) == 1, "what is not linked is asked about"
    assert all(r["precision"] is None and r["recall"] is None for r in rows), "nothing is known yet"
    with opened(home) as gate, gate.store.read() as tx:
        linked = [d for d in people.decisions(tx) if d.decision in ("link", "held")]
    assert next(r["links"] for r in rows if r["current"]) == len(linked)


def test_precision_and_recall_where_the_truth_is_known(capsys, home, tmp_path):
    who: dict[int, list[str]] = {}
    for i, p in enumerate(registers(40, 7, copies=3, errors=(0, 4))):
        who.setdefault(p.who, []).append(f"{p.source}/{i}")
    pairs = [(a, b) for refs in who.values() for n, a in enumerate(refs) for b in refs[n + 1:]]
    (tmp_path / "t.csv").write_text("id_a,id_b\n" + "".join(f"{a},{b}\n" for a, b in pairs))
    _, body = document(capsys, "--home", home, "identity", "tune", "--truth", tmp_path / "t.csv")
    now = next(r for r in body["thresholds"] if r["current"])
    assert body["known"] == "truth" and body["known_same"] == len(pairs)
    assert now["precision"] == 1.0 and 0.5 < now["recall"] <= 1.0 and now["right"] == now["links"]


def test_rulings_say_what_is_known_where_there_is_no_truth(capsys, tmp_path):
    folder = make_home(tmp_path / "home")
    call(capsys, "--home", folder, "pull")
    with opened(folder) as gate:
        rule(gate, "same", "north/n1", "south/s1", "dr", "sure")
        rule(gate, "never", "north/n1", "north/n2", "dr", "sure")
    _, body = document(capsys, "--home", folder, "identity", "tune")
    now = next(r for r in body["thresholds"] if r["current"])
    assert (body["known_same"], body["known_different"], now["right"], now["precision"], now["recall"]) == (1, 1, 1, 1.0, 1.0)


def test_what_if_says_what_deploying_then_does(capsys, home, tmp_path):
    """Nothing changes; afterwards exactly these persons have changed. Back again, everything is as it was."""
    with opened(home) as gate, gate.store.read() as tx:
        weights = sorted(d.weight for d in people.decisions(tx) if d.decision == "link")
    strict, before, held = model(tmp_path / "strict", weights[len(weights) // 2]), partition(home), stands(home)
    code, body = document(capsys, "--home", home, "identity", "relink", "--model", strict, "--diff")
    assert code == 1 and body["split"] > 0 and body["joined"] == 0 and partition(home) == before and stands(home) == held
    assert body["persons"] == [len(before), len(before) + sum(len(r["becomes"]) - len(r["was"]) for r in body["examples"])] or (
        len(body["examples"]) == 20)
    settings = home / "gateway.toml"
    text = settings.read_text()
    settings.write_text(text + f'identity_model = "{strict}"\n')
    code, done = document(capsys, "--home", home, "identity", "relink")
    assert (code, done["applied"], done["model"]) == (0, True, body["model"])
    after = partition(home)
    assert [len(before), len(after)] == body["persons"]
    kept = {tuple(map(str, m)) for m in after.values()}
    for row in body["examples"]:
        assert {tuple(m) for m in row["becomes"]} <= kept and not {tuple(m) for m in row["was"]} & kept
    with opened(home) as gate, gate.store.read() as tx:
        assert {d.model for d in people.decisions(tx)} == {body["model"]}, "each decision names the model that made it"
    assert document(capsys, "--home", home, "identity", "relink", "--diff")[1]["changed"] == 0
    settings.write_text(text)
    call(capsys, "--home", home, "identity", "relink")
    assert partition(home) == before


def test_another_model_in_the_settings_links_everybody_anew(tmp_path):
    """By itself, in the next round; until then each decision names the model that made it."""
    folder = make_home(tmp_path / "home", world(12))
    with opened(folder) as gate:
        list(round_(gate))
        assert ("relink", "everybody") not in due(gate)
    settings = folder / "gateway.toml"
    text = settings.read_text()
    for setting in (f'identity_model = "{model(tmp_path / "strict", 30.0)}"\n', ""):
        settings.write_text(text + setting)
        with opened(folder) as gate:
            assert due(gate)[0] == ("relink", "everybody")
            with gate.store.read() as tx:
                assert {d.model for d in people.decisions(tx)}.isdisjoint({gate.model.id})
            assert ("relink", False) in [(done["kind"], done["failed"]) for done in round_(gate)]
            with gate.store.read() as tx:
                assert {d.model for d in people.decisions(tx)} == {gate.model.id}
            assert ("relink", "everybody") not in due(gate)
    settings.write_text(text + 'identity_model = "nowhere"\n')
    with opened(folder) as gate:
        said = {done["kind"]: (done["failed"], done["said"]) for done in round_(gate)}
    assert said["relink"][0] and "nowhere" in said["relink"][1], "a model that cannot be read is told, and all else is done"
    assert not said["checkpoint"][0]


def test_a_model_is_tried_only_with_diff(capsys, home, tmp_path):
    code, _, err = call(capsys, "--home", home, "identity", "relink", "--model", model(tmp_path / "m", 9.0))
    assert code == 2 and "--diff" in err


def test_a_model_that_is_not_there_or_not_ours_is_named(tmp_path):
    folder = make_home(tmp_path / "home", {}, identity_model="identity")
    with opened(folder) as gate, pytest.raises(ConfigError) as e:
        _ = gate.model
    assert "identity" in e.value.issue.where and "Train one" in e.value.issue.hint
    save_model(MODEL, str(folder / "identity"))
    with opened(folder) as gate:
        assert gate.model.id == MODEL.id
    text = (folder / "identity" / "model.json").read_text().replace("jaro_winkler_similarity", "jaro")
    (folder / "identity" / "model.json").write_text(text)
    with opened(folder) as gate, pytest.raises(ConfigError) as e:
        _ = gate.model
    assert e.value.issue.code == "model-unfit"


def test_examples_hold_only_records_that_the_reader_sees(tmp_path, capsys):
    from gateway.model import Fact
    from gateway.pipeline.write import write_facts
    from tests.api.test_match import hide
    folder = make_home(tmp_path / "home")
    call(capsys, "--home", folder, "pull")
    strict = model(tmp_path / "strict", 500.0)
    assert document(capsys, "--home", folder, "identity", "relink", "--model", strict, "--diff")[1]["examples"]
    with opened(folder) as gate:
        write_facts(gate, [Fact("south", "1", patient("s1", "Öberg", "Eva", "1961-02-03", "196102033450"))])
        hide(gate, "south", "s1")
    _, body = document(capsys, "--home", folder, "identity", "relink", "--model", strict, "--diff")
    assert body["changed"] == 1 and body["examples"] == []


def test_a_pair_that_says_too_little_to_be_compared_is_left_out_and_told(capsys, tmp_path):
    """A source merged n9, of whom it tells a number alone: no threshold finds that, so it speaks for none and against none."""
    from gateway.model import Fact
    from gateway.pipeline.write import write_facts
    folder = make_home(tmp_path / "home")
    call(capsys, "--home", folder, "pull")
    with opened(folder) as gate:
        write_facts(gate, [Fact("north", "1", {"resourceType": "Patient", "id": "n9", "active": False})])
        rule(gate, "same", "north/n2", "north/n9", "north", "the source merged these patients")
    _, body = document(capsys, "--home", folder, "identity", "tune")
    now = next(r for r in body["thresholds"] if r["current"])
    assert (body["known_same"], body["too_little"], now["recall"], now["precision"]) == (0, 1, None, None)
    _, _, err = call(capsys, "--home", folder, "identity", "tune")
    assert "1 more is left out: a record says too little" in err
    with opened(folder) as gate:
        rule(gate, "same", "north/n1", "south/s1", "dr", "sure")
    _, body = document(capsys, "--home", folder, "identity", "tune")
    now = next(r for r in body["thresholds"] if r["current"])
    assert body["known_same"] >= 1 and now["recall"] == 1.0


def test_a_truth_about_records_that_are_not_here_is_told(capsys, tmp_path):
    folder = make_home(tmp_path / "home")
    call(capsys, "--home", folder, "pull")
    (tmp_path / "t.csv").write_text("id_a,id_b\nnorth/n1,south/s1\nnorth/n1,south/gone\nn1,s1\nnorth/n1,north/n1\n,\n")
    code, body = document(capsys, "--home", folder, "identity", "tune", "--truth", tmp_path / "t.csv")
    now = next(r for r in body["thresholds"] if r["current"])
    assert (code, body["known_same"], body["not_here"], now["recall"], now["wrong"]) == (0, 1, 4, 1.0, 0)
    _, _, err = call(capsys, "--home", folder, "identity", "tune", "--truth", tmp_path / "t.csv")
    assert "4 more are left out: they name no two records of this home" in err
