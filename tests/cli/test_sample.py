"""What hospital IT sees of a source's own messages: their fields and shapes, and what other mappings would change."""

import json

import pytest

from gateway.cli.main import run
from gateway.config import init
from gateway.disclose.samples import spread
from gateway.opened import opened
from gateway.reading.process import process
from gateway.reading.reader import reader_of
from gateway.shipped import shipped
from tests.api.test_match import hide

SECRETS = ("Lindqvist", "Sara", "19800101", "1980-01-01", "P7")
ADMISSION = ("MSH|^~\\&|WARD|NORTH|||20260301080000+0100||ADT^{event}|{n}|P|2.5\r"
             "PID|1||P{n}^^^NORTH^MR||Lindqvist^Sara||19800101|F\rPV1|1|I|W1^^^NORTH\rZZZ|1|odd\r")


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    init(folder, name="t", organisation="T", country="SE")
    (folder / "inbox").mkdir()
    for n in range(9):
        text = "MSH|^^^^|WARD\r" if n == 8 else ADMISSION.format(n=n, event="A01" if n < 6 else "A08")
        (folder / "inbox" / f"{n}.hl7").write_text(text, "utf-8")
    (folder / "sources" / "north.toml").write_text('kind = "hl7v2"\nconnection = { folder = "inbox" }\n', "utf-8")
    return folder


def call(capsys, home, *args):
    capsys.readouterr()
    code = run(["--home", str(home), *map(str, args)])
    out = capsys.readouterr()
    return code, out.out, out.err


def entries(home):
    with opened(home) as gate:
        return [json.loads(line) for line in gate.log.lines()]


def test_a_sample_holds_every_kind_in_the_order_that_it_came():
    items = [("A", 1), ("A", 2), ("A", 3), ("B", 4), ("A", 5), ("C", 6)]
    assert [spread(items, n) for n in (1, 3, 4, 99)] == [[1], [1, 4, 6], [1, 2, 4, 6], [1, 2, 3, 4, 5, 6]]


def test_a_pull_that_rejected_messages_says_where_they_are(capsys, home):
    code, out, err = call(capsys, home, "pull")
    assert (code, err.strip()) == (1, "1 of the messages could not be read. Next: gateway msg problems")
    assert "could not be read" not in out and not call(capsys, home, "pull")[2]


@pytest.mark.parametrize("pulled", [False, True])
def test_a_sample_shows_shapes_and_nothing_of_anybody(home, capsys, pulled):
    if pulled:
        assert call(capsys, home, "pull")[0] in (0, 1)
    before = len(entries(home))
    code, out, _ = call(capsys, home, "source", "sample", "north", "--count", "3", "--json")
    body = json.loads(out)
    assert code == 0 and sorted(body["kinds"].values()) == [1, 1, 1] and {"ADT^A01", "ADT^A08"} < set(body["kinds"])
    fields = {f["path"]: f for f in body["fields"]}
    assert fields["PID-5.1"] == {"path": "PID-5.1", "messages": 2, "values": ["Xxxxxxxxx"]}
    assert not any(secret in out + call(capsys, home, "source", "sample", "north")[1] for secret in SECRETS)
    assert len(entries(home)) > before


def test_what_was_taken_in_is_shown_with_a_reason_and_logged_for_everyone_in_it(home, capsys):
    assert call(capsys, home, "source", "sample", "north", "--reason", "new feed")[0] == 5
    call(capsys, home, "pull")
    before = len(entries(home))
    code, out, _ = call(capsys, home, "source", "sample", "north", "--reason", "new feed", "--json")
    assert code == 0 and sum("Lindqvist^Sara" in m.get("raw", "") for m in json.loads(out)["messages"]) == 8
    assert sum(bool(e["subject"]) for e in entries(home)[before:]) == 8


def test_other_mappings_are_compared_over_stored_messages(home, tmp_path, capsys):
    call(capsys, home, "pull")
    file = tmp_path / "patient.yaml"
    text = shipped()["hl7v2/patient.yaml"]
    file.write_text("\n".join(x for x in text.split("\n") if not x.startswith(("  gender:", "  birthDate:"))), "utf-8")
    code, out, _ = call(capsys, home, "map", "preview", file, "--source", "north", "--json")
    body = json.loads(out)
    assert code == 1 and body["changed"] == 8 and body["failed"] == 1 and body["withheld"] == 0
    changes = {(c["element"], c["before"]) for c in body["changes"]}
    assert {("Patient.gender", "female"), ("Patient.birthDate", "9999-99-99")} <= changes
    assert not any(secret in out for secret in SECRETS)
    told = call(capsys, home, "map", "preview", file, "--source", "north", "--reason", "t")[1]
    assert "1980-01-01" in told and entries(home)[-1]["subject"]


@pytest.mark.parametrize("args", [["source", "sample", "nort"], ["map", "preview"],
                                  ["map", "preview", "--source", "nort"], ["map", "preview", "--source", "north", "--from", "."]])
def test_wrong_use_ends_with_2(home, capsys, args):
    code, out, err = call(capsys, home, *args)
    assert code == 2 and err and not out


def test_who_is_hidden_from_the_reader_is_left_out_and_counted(home, capsys):
    call(capsys, home, "pull")
    with opened(home) as gate:
        reader = reader_of(gate.home.sources["north"], gate.home.folder, gate.files)
        (message,) = (m for m in reader.adapter.read(None) if b"P7^" in m.raw)
        (patient,) = (f.resource["id"] for f in process(reader, message).facts if f.type == "Patient")
        hide(gate, "north", patient)
    for reason in ((), ("--reason", "t")):
        code, out, _ = call(capsys, home, "source", "sample", "north", *reason, "--json")
        assert code == 0 and json.loads(out)["withheld"] >= 1 and "P7" not in out
        assert [m["kind"] for m in json.loads(out)["messages"]].count("ADT^A08") == 1
