"""The law of the ledger (mapping.md 3) on 50 C-CDA documents.

Change one leaf whose text stands in the output as it came: what changes is named by the ledger for that leaf. Change
an ignored or unmapped leaf: nothing changes. The bytes of the document, their size and hash depend on every leaf and
are not asked (gateway/DECISIONS.md).
"""

import os
import random
import re
from collections.abc import Iterator
from functools import cache

import pytest

from adapters.ccda.explained import REGISTER
from gateway.mapping.run import Result
from gateway.pure.mapping import Chosen, messages
from tests.corpus.ccda import documents
from tests.mapping.ledger import changed, numbered

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]

DOCUMENTS, LEAVES, LARGEST = 50, 1, 80_000
READING = re.compile(r"/templateId(\[\d+\])?/")  # says what an entry is, and so what all of it becomes
CODED = (".code", ".system", ".use", ".status", ".reference", ".language", ".contentType", ".div")


def _map(data: bytes) -> Result:
    return next(iter(messages("d.xml", data, Chosen(lineage=True)))).result


@cache
def samples() -> tuple[tuple[str, bytes], ...]:
    found = [(p.name, p.read_bytes()) for p in documents() if p.stat().st_size < LARGEST]
    return tuple(random.Random(7).sample(found, DOCUMENTS))


def _bytes_of_it(before: Result, elements: set[str]) -> set[str]:
    """Without what holds the document's bytes, their size and hash."""
    held = {str(n) for n, r in enumerate(before.mapped.resources) if r["resourceType"] in ("Binary", "DocumentReference")}
    return {e for e in elements if e.split(".")[0] not in held}


def _once(data: bytes, text: str) -> bytes | None:
    """The document with another text of the same kind in the one place where this one stands; None: not one place."""
    places = list(re.finditer(re.escape(text.encode()), data))
    if len(places) != 1 or not re.fullmatch(r"[\w.\- ]{4,}", text, re.ASCII):
        return None
    start, end = places[0].span()
    if data[start - 1:start] not in (b'"', b"'", b">") or data[end:end + 1] not in (b'"', b"'", b"<"):
        return None
    last = text[-1]
    other = text[:-1] + (str((int(last) + 1) % 10) if last.isdigit() else "q" if last != "q" else "w")
    return data[:start] + other.encode() + data[end:] if other.encode() not in data else None


def _tried(states: tuple[str, ...]) -> Iterator[tuple[str, Result, str, Result]]:
    chance = random.Random(11)
    for name, data in samples():
        before = _map(data)
        values, ledger = dict(before.leaves), before.mapped.ledger
        copied = [one.path for one in before.mapped.lineage if one.value == one.source and not one.element.endswith(CODED)]
        paths = {"mapped": copied, "ignored": list(ledger.ignored), "unmapped": list(ledger.unmapped)}
        known = sorted({p for state in states for p in paths[state] if p in values and not READING.search(p)
                        and not ledger.ignored.get(p, "").endswith(REGISTER)})  # the root of an id says what it numbers
        chance.shuffle(known)
        done = 0
        for path in known:
            if done < LEAVES and (other := _once(data, values[path])) is not None:
                done += 1
                yield name, before, path, _map(other)


def test_what_changes_is_named() -> None:
    tried, wrong = 0, []
    for name, before, path, after in _tried(("mapped",)):
        if len(before.mapped.resources) != len(after.mapped.resources) or [i.code for i in before.mapped.issues] != [
                i.code for i in after.mapped.issues]:
            continue
        tried += 1
        found, named = _bytes_of_it(before, changed(before.mapped, after.mapped)), numbered(before.mapped, path)
        if any(not any(c == n or c.startswith((n + ".", n + "#")) for n in named) for c in found):
            wrong.append((name, path, sorted(found - named)[:3]))
    assert tried >= 0.7 * DOCUMENTS and not wrong, f"{len(wrong)} of {tried}: {wrong[:10]}"


def test_an_ignored_or_unmapped_leaf_changes_nothing() -> None:
    tried, wrong = 0, []
    for name, before, path, after in _tried(("ignored", "unmapped")):
        tried += 1
        if found := _bytes_of_it(before, changed(before.mapped, after.mapped)):
            wrong.append((name, path, sorted(found)[:3]))
    assert tried >= 0.7 * DOCUMENTS and not wrong, f"{len(wrong)} of {tried}: {wrong[:10]}"
