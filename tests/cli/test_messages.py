"""From a problem to its messages, and from a message to why it failed."""

import pytest

from gateway.cli.main import run
from tests.homes import call

PAGE = """<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>"""


@pytest.fixture
def home(tmp_path):
    folder, inbox = tmp_path / "home", tmp_path / "inbox"
    inbox.mkdir()
    run(["init", str(folder), "--organisation", "Test", "--country", "SE"])
    for name in ("a", "b"):
        (inbox / f"{name}.xml").write_text(f"{PAGE}<!-- {name} -->\n<id", "utf-8")
    (inbox / "c.xml").write_text("<other/>", "utf-8")
    run(["--home", str(folder), "source", "add", "docs", "--kind", "ccda", "--path", str(inbox)])
    run(["--home", str(folder), "pull"])
    return folder


def test_a_problem_leads_to_its_messages_and_each_says_its_file(capsys, home):
    found = {p["code"]: p for p in call(capsys, home, "msg", "problems", "--jsonl")}
    two = call(capsys, home, "msg", "list", "--problem", found["ccda-not-xml"]["id"], "--jsonl")
    (one,) = call(capsys, home, "msg", "list", "--problem", found["ccda-root"]["id"], "--jsonl")
    assert len(two) == found["ccda-not-xml"]["count"] == 2 and one["id"] not in {m["id"] for m in two}
    (shown,) = call(capsys, home, "msg", "show", two[0]["id"], "--reason", "test", "--json")
    (issue,) = shown["issues"]
    assert issue["where"] == "a.xml line 2" and "<string>" not in issue["message"]


def test_without_a_reason_a_message_says_what_kind_of_fault_it_has(capsys, home):
    message = call(capsys, home, "msg", "list", "--state", "rejected", "--jsonl")[0]["id"]
    assert run(["--home", str(home), "msg", "show", message]) == 0
    out = capsys.readouterr()
    assert "error: The document is no well-formed XML; its bytes were kept unread.\n" in out.out and "a.xml" not in out.out
    assert "--reason" in out.err


def test_a_list_that_is_cut_says_so(capsys, home):
    capsys.readouterr()
    for limit, more in ((2, True), (3, False)):
        assert run(["--home", str(home), "msg", "list", "--limit", str(limit)]) == 0
        out = capsys.readouterr()
        assert len(out.out.splitlines()) == limit + 1 and ("--limit" in out.err) == more


def test_a_problem_that_nobody_has_is_wrong_use(capsys, home):
    assert run(["--home", str(home), "msg", "list", "--problem", "nope"]) == 2
    assert "gateway msg problems" in capsys.readouterr().err


@pytest.mark.parametrize(("args", "step"), [
    (("source", "add", "docs", "--kind", "ccda", "--path", "x"), "  next: Choose another name.\n"),
    (("explain", "ccda-not-xm"), "Did you mean 'ccda-not-xml'?")])
def test_every_error_says_what_comes_next(capsys, home, args, step):
    capsys.readouterr()
    assert run(["--home", str(home), *args]) == 2
    err = capsys.readouterr().err
    assert step in err and "\n  next: " in err


def test_what_cannot_be_read_stands_beside_the_coverage(capsys, home):
    capsys.readouterr()
    assert run(["map", "coverage", str(home.parent / "inbox")]) == 0
    assert capsys.readouterr().err == "3 messages, 3 with errors: gateway map run says which and why\n"
    assert run(["map", "coverage", str(home / "sources")]) == 0
    assert capsys.readouterr().err.startswith("1 message, 1 with errors")
