"""`gateway person decide`: a human decides about facts; it holds until new evidence, and can be undone byte for byte."""

import json
from typing import Any

import pytest

from gateway.jsontext import dumps
from tests.cli.test_commands import call
from tests.homes import EVA, allergy, make_home, patient


@pytest.fixture
def said(tmp_path: Any, capsys: Any) -> Any:
    """Two sources that differ on how dangerous an allergy is. Calls a command and gives (code, its JSON, stderr)."""
    world = {name: [patient(name, "Öberg", "Eva", "1961-02-03", EVA), allergy(f"{name}-a", name, "Penicillin", criticality=risk)]
             for name, risk in (("north", "high"), ("south", "low"))}
    folder = make_home(tmp_path / "home", world)

    def ask(*words: str) -> tuple[int, Any, str]:
        code, out, err = call(capsys, "--home", folder, *words)
        return code, json.loads(out) if out.startswith("{") else out, err

    ask.folder = folder  # type: ignore[attr-defined]
    assert ask("pull")[0] == 0
    return ask


def record(said: Any) -> Any:
    body = said("record", EVA, "--json", "--reason", "t")[1]
    return {k: body[k] for k in ("resources", "issues", "ledger", "alternatives")}


def allergies(said: Any) -> list[Any]:
    return [r for r in record(said)["resources"] if r["resourceType"] == "AllergyIntolerance"]


def codes(said: Any) -> list[str]:
    return [i["code"]["coding"][0]["code"] for i in record(said)["issues"]]


def rule(said: Any, *words: str) -> tuple[int, Any, str]:
    return said("person", "decide", EVA, *words, "--reason", "asked her", "--json")


def test_an_answer_that_a_human_chose_holds_until_new_evidence_and_is_undone(said: Any) -> None:
    before = record(said)
    (shown,) = allergies(said)
    name = f"AllergyIntolerance/{shown['id']}"
    assert shown["criticality"] == "high" and codes(said) == ["value-conflict"]
    dry = rule(said, "value", name, "--element", "criticality", "--choose", "low", "--dry-run")
    assert dry[0] == 0 and not dry[1]["applied"] and record(said) == before
    made = rule(said, "value", name, "--element", "criticality", "--choose", "low")[1]
    assert [a["criticality"] for a in allergies(said)] == ["low"] and codes(said) == []
    (row,) = said("person", "decided", EVA, "--json", "--reason", "t")[1]["rows"]
    assert (row["id"], row["choose"], row["reason"], row["undone"]) == (made["id"], "low", "asked her", False) and row["by"] and row["at"]
    masked = said("person", "decided", EVA, "--json")[1]["rows"][0]
    assert masked["reason"] == masked["choose"] == ""
    newer = allergy("north-a", "north", "Penicillin", criticality="unable-to-assess", meta={"versionId": "2", "lastUpdated": "2026-02-05T00:00:00Z"})
    (said.folder / "inbox/north/more.ndjson").write_text(dumps(newer) + "\n")
    assert said("pull")[0] == 0 and "ruling-reopened" in codes(said), "it saw another version"
    (said.folder / "inbox/north/more.ndjson").unlink()
    assert said("person", "undo", made["id"], "--reason", "wrong", "--json")[0] == 0
    assert "ruling-reopened" not in codes(said) and said("person", "decided", EVA, "--json")[1]["rows"][0]["undone"]


def test_an_undone_ruling_was_never_said(said: Any) -> None:
    before = record(said)
    (shown,) = allergies(said)
    made = rule(said, "different", f"AllergyIntolerance/{shown['id']}")[1]
    assert len(allergies(said)) == 2 and codes(said) == []
    undone = said("person", "undo", made["id"], "--reason", "typed the wrong one", "--json")[1]
    assert record(said) == before
    assert said("person", "undo", undone["id"], "--reason", "it was right", "--json")[0] == 0 and len(allergies(said)) == 2


def test_an_issue_is_settled_by_its_name(said: Any) -> None:
    (issue,) = record(said)["issues"]
    assert rule(said, "resolved", f"DetectedIssue/{issue['id']}")[0] == 0
    assert codes(said) == []


@pytest.mark.parametrize(("words", "told"), [
    (("same", "AllergyIntolerance/none"), "fact-unknown"), (("same", "x"), "fact-unknown"),
    (("value", "@"), "ruling-unclear"), (("value", "@", "--element", "criticality"), "ruling-unclear"),
    (("value", "@", "--element", "criticality", "--choose", "purple"), "ruling-unclear"),
    (("value", "@", "--choose", "low"), "ruling-unclear"), (("different", "!"), "ruling-unclear")])
def test_a_ruling_that_says_nothing_is_refused(said: Any, words: tuple[str, ...], told: str) -> None:
    before = record(said)
    name = {"@": f"AllergyIntolerance/{allergies(said)[0]['id']}", "!": next(iter(before["ledger"]))}
    code, _, err = rule(said, *(name.get(w, w) for w in words))
    assert code == 2 and told in err and record(said) == before
