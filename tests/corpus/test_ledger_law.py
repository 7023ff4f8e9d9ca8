"""The law of the ledger (mapping.md 3) on 200 messages of the corpora.

Change one leaf whose text stands in the output as it came: what changes is named by the ledger for that leaf. Change
an ignored or unmapped leaf: nothing changes.
"""

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.hl7v2.adapter import HL7v2
from gateway.fhir.elements import ELEMENTS
from gateway.mapping.compiler import compile_mappings
from gateway.mapping.run import Mapper, Result, result
from gateway.mapping.tables import read_table
from gateway.model import Message
from gateway.shipped import below, shipped
from tests.mapping.ledger import changed, numbered

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]

MESSAGES, LEAVES = 200, 4
PATH = re.compile(r"(\w+)(?:\[(\d+)\])?-(\d+)(?:\((\d+)\))?\.(\d+)(?:\.(\d+))?")
READING = re.compile(r"MSH-|OBX(\[\d+\])?-[26]\.")
CODED = (".code", ".system", ".use", ".status", ".reference", ".language", ".contentType")


@pytest.fixture(scope="module")
def mapper() -> Mapper:
    tables = {Path(p).stem: read_table(Path(p).stem, text) for p, text in below(shipped(), "tables").items()}
    return Mapper(HL7v2(), compile_mappings(below(shipped(), "hl7v2"), HL7v2(), ELEMENTS, tables), lambda r: [], "north",
                  "Europe/Berlin")


def _messages() -> list[tuple[str, str]]:
    found = []
    for path in sorted(Path(os.environ["CORPUS"]).joinpath("hl7v2").rglob("*.hl7")):
        text = path.read_bytes().decode("utf-8", "replace")
        if text.startswith("MSH|^~\\&|") and text.count("\rMSH|") + text.count("\nMSH|") == 0:
            found.append((path.name, text))
    return random.Random(7).sample(found, min(MESSAGES, len(found)))


def _map(mapper: Mapper, text: str) -> Result:
    return result(mapper, Message("k", "", text.encode(), ""), lineage=True)


def _changed_text(text: str, path: str) -> str:
    """The message with another text of the same kind at a leaf, one that stands nowhere else in it."""
    match = PATH.fullmatch(path)
    assert match, path
    segment, number, field, repeat, component, part = (g if i == 0 else int(g or 1) for i, g in enumerate(match.groups()))
    lines, seen = re.split(r"(\r\n|\r|\n)", text), 0
    for i, line in enumerate(lines):
        seen += line.startswith(f"{segment}|")
        if seen == number and line.startswith(f"{segment}|"):
            fields = line.split("|")
            repeats = fields[field].split("~")
            parts = repeats[repeat - 1].split("^")
            parts[component - 1] = _at(parts[component - 1], part, text)
            repeats[repeat - 1] = "^".join(parts)
            fields[field] = "~".join(repeats)
            return "".join([*lines[:i], "|".join(fields), *lines[i + 1:]])
    raise AssertionError(path)


def _at(component: str, part: int, message: str) -> str:
    parts = component.split("&")
    parts[part - 1] = next(t for t in _others(parts[part - 1]) if t not in message)
    return "&".join(parts)


def _others(text: str) -> Iterator[str]:
    """Other texts of the same kind: another digit of the year, another last digit, or letters more."""
    if re.match(r"\d{8}", text):
        yield from (text[:3] + digit + text[4:] for digit in "123456789" if digit != text[3])
    if text[-1:].isdigit():
        yield from (text[:-1] + digit for digit in "123456789" if digit != text[-1])
    yield from (text + "q" * n for n in range(1, 9))


def _samples(mapper: Mapper, states: tuple[str, ...]) -> Iterator[tuple[str, Result, str, Result]]:
    """(name, before, path, after) for a few leaves of each message."""
    chance = random.Random(11)
    for name, text in _messages():
        before = _map(mapper, text)
        ledger = before.mapped.ledger
        copied = [one.path for one in before.mapped.lineage if one.value == one.source and len(one.source) > 2
                  and not one.element.endswith(CODED)]
        paths = {"mapped": copied, "ignored": list(ledger.ignored), "unmapped": list(ledger.unmapped)}
        deleted = {p for p, content in before.leaves if content == '""'}
        known = sorted({p for state in states for p in paths[state] if not READING.match(p)} - deleted)
        for path in chance.sample(known, min(LEAVES, len(known))):
            yield name, before, path, _map(mapper, _changed_text(text, path))


def test_what_changes_is_named(mapper: Mapper) -> None:
    tried, wrong = 0, []
    for name, before, path, after in _samples(mapper, ("mapped",)):
        counts = [len(r.mapped.resources) for r in (before, after)]
        if counts[0] != counts[1] or [i.code for i in before.mapped.issues] != [i.code for i in after.mapped.issues]:
            continue
        tried += 1
        found, named = changed(before.mapped, after.mapped), numbered(before.mapped, path)
        if not found or any(not any(c == n or c.startswith((n + ".", n + "#")) for n in named) for c in found):
            wrong.append((name, path, sorted(found - named)[:3]))
    assert tried > MESSAGES and not wrong, f"{len(wrong)} of {tried}: {wrong[:10]}"


def test_an_ignored_or_unmapped_leaf_changes_nothing(mapper: Mapper) -> None:
    tried, wrong = 0, []
    for name, before, path, after in _samples(mapper, ("ignored", "unmapped")):
        tried += 1
        if found := changed(before.mapped, after.mapped):
            wrong.append((name, path, sorted(found)[:3]))
    assert tried > MESSAGES and not wrong, f"{len(wrong)} of {tried}: {wrong[:10]}"
