"""The input of `gateway merge`: every bad line is named, none is skipped, nothing crashes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import UsageError
from gateway.jsontext import dumps
from gateway.merge import read_lines

GOOD = b'{"source":"A","version":1,"resource":{"resourceType":"Flag","id":"1"}}'


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_named(data: bytes) -> None:
    try:
        facts, assertions = read_lines("f", data)
        assert len(facts) + len(assertions) <= data.count(b"\n") + 1
    except UsageError as e:
        assert all(i.where.startswith("f:") for i in e.issues)


def test_numbers_keep_their_text_and_blank_lines_say_nothing() -> None:
    facts, _ = read_lines("f", b"\xef\xbb\xbf" + GOOD.replace(b"1,", b"1.50,") + b"\r\n\n  \n")
    assert dumps(facts[0].line()) == GOOD.decode().replace("1,", "1.50,")


@pytest.mark.parametrize("line", [
    b"{", b"[]", b"7", b"{}", b'{"source":"A"}', b'{"source":"","resource":{"resourceType":"Flag","id":"1"}}',
    b'{"source":"A","resource":{"id":"1"}}', b'{"source":"A","resource":{"resourceType":"Flag"}}',
    b'{"source":"A","resource":{"resourceType":"Flag","id":1}}', b'{"source":"A","resource":[]}',
    b'{"source":"A","version":[1],"resource":{"resourceType":"Flag","id":"1"}}',
    b'{"source":"A","version":true,"resource":{"resourceType":"Flag","id":"1"}}',
    b'{"source":"A","asserted":7,"resource":{"resourceType":"Flag","id":"1"}}',
    b'{"assert":"banish","source":"A"}', b'{"assert":["unlink"]}', b'{"assert":"unlink"}',
    b'{"assert":"retract","source":"A","type":"Flag"}',
    b'{"assert":"move","source":"A","type":"Encounter","id":"1","patient":"Patient/a","to":7}', b'{"assert":"listing","source":"A","scope":"x","at":"2020"}',
    b'{"assert":"ruling","ruling":"maybe","facts":[]}', b'{"assert":"ruling","ruling":"same","facts":"x"}',
    b'{"source":"A","resource":{"resourceType":"Flag","id":"1","x":' + b"[" * 150 + b"]" * 150 + b"}}",
    b'{"source":"A","asserted":"yesterday","resource":{"resourceType":"Flag","id":"1"}}',
    b'{"source":"A","asserted":"2024-02-30","resource":{"resourceType":"Flag","id":"1"}}',
    b'{"assert":"listing","source":"A","scope":"x","at":"today","keys":[]}', b'{"assert":"unlink","source":"A","id":5}',
    b'{"assert":"retract","source":"A","type":"Flag","id":"1","asserted":"today"}',
    b'{"assert":"retract","source":"A","type":"Flag","id":"1","asserted":7}',
    b'{"assert":"unlink","source":"A","resource":{"resourceType":"Flag","id":"1"}}',
    b'{"assert":"ruling","ruling":"value","facts":["x"],"choose":"x"}',
    b'{"assert":"ruling","ruling":"value","facts":["x"],"element":"status"}',
    b'{"assert":"undo"}', b'{"source":"A","source":"B"}', b"\xff", b'{"a":' * 150 + b"1" + b"}" * 150])
def test_a_bad_line_is_named_and_its_neighbours_are_judged_too(line: bytes) -> None:
    with pytest.raises(UsageError) as caught:
        read_lines("facts.jsonl", b"\n".join([GOOD, line, GOOD, b"nonsense"]))
    assert [i.where for i in caught.value.issues] == ["facts.jsonl:2", "facts.jsonl:4"]
    assert {i.code for i in caught.value.issues} <= {"json-unreadable", "line-malformed"}
    assert caught.value.exit == 2


@pytest.mark.parametrize("line", [
    b'{"assert":"unlink","source":"A","id":"u","by":"x","at":"2020","reason":"wrong person"}',
    b'{"assert":"retract","source":"A","type":"Flag","id":"1","version":"3"}',
    b'{"assert":"undo","of":"u"}', b'{"assert":"same","a":"A/1","b":"B/2"}',
    b'{"assert":"ruling","ruling":"value","facts":["x"],"element":"status","choose":{"a":1}}'])
def test_assertions_are_read_as_they_stand(line: bytes) -> None:
    _, (assertion,) = read_lines("f", line)
    assert dumps(assertion.line()).encode() == line


@pytest.mark.parametrize(("whole", "members"), [
    ({"assert": "unlink", "source": "A"}, ["source"]),
    ({"assert": "retract", "source": "A", "type": "Flag", "id": "1"}, ["source", "type", "id"]),
    ({"assert": "move", "source": "A", "type": "Encounter", "id": "1", "patient": "Patient/a", "to": "Patient/b"},
     ["source", "type", "id", "patient", "to"]),
    ({"assert": "listing", "source": "A", "scope": "x", "at": "2020", "keys": []}, ["source", "scope", "at", "keys"]),
    ({"assert": "ruling", "ruling": "same", "facts": []}, ["ruling", "facts"]), ({"assert": "undo", "of": "u"}, ["of"])])
def test_an_assertion_without_what_it_needs_is_named_with_what_is_missing(whole: dict[str, Any], members: list[str]) -> None:
    read_lines("f", dumps(whole).encode())
    for member in members:
        with pytest.raises(UsageError) as caught:
            read_lines("f", dumps({k: v for k, v in whole.items() if k != member}).encode())
        (issue,) = caught.value.issues
        assert f"`{member}` of {whole['assert']} is " in issue.message and issue.hint == "Correct the line; nothing was merged."
        assert member != "ruling" or "is same, different, value or resolved" in issue.message


def test_a_line_is_nested_a_hundred_levels_at_most() -> None:
    def nested(levels: int) -> bytes:
        return b'{"source":"A","resource":{"resourceType":"Flag","id":"1","x":' + b"[" * levels + b"]" * levels + b"}}"

    assert len(read_lines("f", nested(98))[0]) == 1
    with pytest.raises(UsageError, match="nested deeper than 100"):
        read_lines("f", nested(99))


def test_the_place_and_the_next_step_of_a_line_that_is_no_json() -> None:
    with pytest.raises(UsageError) as caught:
        read_lines("f", b"{")
    assert [(i.where, i.hint) for i in caught.value.issues] == [("f:1", "Correct the line; nothing was merged.")]
