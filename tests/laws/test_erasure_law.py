"""Erasing a person after random steps: nothing of them is left below data/, everyone else is as before, and it holds
through replays, new deliveries and the restore of an older backup (house promise 2; issue "The spine", point 3)."""

import re
import urllib.parse
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.audit.verify import verify_export
from gateway.disclose import log as logs
from gateway.opened import Gate, opened
from gateway.pipeline.copies import backup, restore
from gateway.pipeline.link import relink_all
from gateway.pipeline.pull import pull
from gateway.pipeline.replay import replay
from gateway.store import jobs, people, units
from gateway.store.patients import Ref
from tests.laws.asking import Asker, answers, by_id
from tests.laws.steps import PERSONS, SOURCES, Clock, World, erase, fact, ids_of, world
from tests.laws.test_mirror_law import SEEDS, apart


def marks(person: str) -> list[bytes]:
    """Everything that names a person: numbers, names, birth date, street, ids of every source; as is and in URLs."""
    family, given, born, number = PERSONS[person]
    own = [family, given, born, born.replace("-", ""), number, f"Gatan {person}", *(f"zq{s}{person}" for s in SOURCES)]
    own += [f"zqconsent{person}", f"Ort{person}", f"Stad{person}"]
    return [text.encode() for word in own for text in {word, urllib.parse.quote(word), word.casefold()}]


def traces(folder: Path, persons: Iterable[str]) -> list[tuple[str, bytes]]:
    """Files below a folder that hold a mark, in UTF-8 or UTF-16, with the mark."""
    found = []
    for file in (f for f in folder.rglob("*") if f.is_file()):
        data = file.read_bytes()
        found += [(file.name, m) for p in persons for m in marks(p)
                  if m in data or m.decode().encode("utf-16-le") in data]
    return found


def together(made: World, gate: Gate | None = None) -> dict[tuple[str, str], frozenset[tuple[str, str]]]:
    """Who is one person with each record, itself included; records of nobody are left out."""
    with (gate or made.gate).store.read() as tx:
        persons = {(s, p): name for s in SOURCES for p in PERSONS if (name := people.person(tx, Ref(s, made.key(s, p))))}
    return {r: frozenset(x for x in persons if persons[x] == name) for r, name in persons.items()}


def seen(gate: Gate, made: World, persons: Iterable[str]) -> dict[str, bytes]:
    """All answers by id about some people; without what tells the newest change of the home, the
    age of answers, and what went: a neighbour who was once one person with the erased lost that anyway."""
    who = Asker(gate)
    return {f"{p} {q}": re.sub(rb"_page=[\w-]+|[\w ]+ ago", b"", body) for p in persons for id in ids_of(made, p)
            for q, body in by_id(who, id).items() if not q.startswith(("changes", "since"))}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_erased_person_never_was(tmp_path, seed):
    clock = Clock()
    with world(tmp_path / "home", seed, clock) as made:
        gate, data = made.gate, tmp_path / "home" / "data"
        for person in PERSONS:
            fact(made, "north", person)
        answers(Asker(gate), ids_of(made, "anna"), "anna")            # fills the log with requests that name her
        clock.step *= 0
        before = seen(gate, made, PERSONS)
        backup(gate, tmp_path / "old.tar.gz")
        assert traces(data, ["anna"])
        company = together(made)
        known = [(s, p) for s in SOURCES for p in PERSONS if made.person_of(s, p)]
        touched = erase(made, "anna")
        # A human may have joined some records of a person with hers, or held some apart only because of hers: of those,
        # what is left is a person of its own, linked as if hers had never been.
        gone = {p for p in touched if not any(made.person_of(s, p) for s in SOURCES)}
        now = together(made)
        left = [p for p in PERSONS if p not in touched and all(now[r] == company[r] for r in now if r[1] == p)]
        assert "anna" in gone
        with gate.store.write(clock()) as tx:
            assert jobs.claim(tx, timedelta(minutes=1), 9, ("relink",)) == []      # done already
        relink_all(gate)
        assert together(made) == now
        holds(made, gate, before, gone, left, data)

        with gate.store.read() as tx:
            every = [u.id for u in units.find(tx, limit=10**6)]
        assert replay(gate, every)["facts"] == 0
        for source in SOURCES:
            again = pull(gate, source, again=True)
            assert (again.new, again.facts, again.failed) == (0, 0, "")
        holds(made, gate, before, gone, left, data)
        for source, person in known:
            if person in gone:
                fact(made, source, person)              # the sources go on sending
        holds(made, gate, before, gone, left, data)

    restore(tmp_path / "old.tar.gz", tmp_path / "new", data / "erased.jsonl")
    with opened(tmp_path / "new", clock) as restored:
        with restored.store.write(clock()) as tx:
            asked = jobs.claim(tx, timedelta(minutes=1), 9, ("relink",))
        if asked:
            relink_all(restored)
        assert together(made, restored) == now
        holds(made, restored, before, gone, left, tmp_path / "new" / "data")


def holds(made: World, gate: Gate, before: dict[str, bytes], gone: set[str], left: list[str], data: Path) -> None:
    """The erased are not to be found, the others are unchanged, no file tells anything, and the log verifies."""
    now = seen(gate, made, left)
    wrong = [q for q in now if q in before and now[q] != before[q]]
    assert not wrong, [(q, *apart(before[q], now[q])) for q in wrong[:3]] + wrong
    found = [q for q, body in seen(gate, made, gone).items() if b'"fullUrl"' in body or (b"404" not in body[:4] and any(
        m in body for p in gone for m in marks(p)))]
    assert not found, found
    assert not traces(data, gone)
    out, anchors = data.parent / "log.jsonl", data.parent / "anchors.json"
    logs.export(gate, Asker(gate).asked("audit-export"), out, anchors)
    assert verify_export(out.read_bytes(), anchors.read_bytes()).state == "VERIFIED"
    assert not [m for p in gone for m in marks(p) if m in out.read_bytes()]
