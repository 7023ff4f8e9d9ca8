"""Random steps on SQLite and on PostgreSQL: every question that a reader can ask gets the same bytes, before and after an
erasure and a replay of everything (pipeline, disclose, search, consents, listings, rulings, history, erase)."""

import hashlib
import os
import re

import pytest

from gateway import config
from gateway.disclose import console, log, messages
from gateway.jsontext import dumps
from gateway.pipeline import people as orders
from gateway.pipeline.replay import replay
from gateway.store import units
from tests.exporter import Client
from tests.laws.asking import Asker, answers
from tests.laws.steps import PERSONS, SOURCES, Clock, fact, ids_of, world
from tests.store.conftest import fresh, postgres  # noqa: F401

PROVE = bool(os.environ.get("PROVE"))
ASKED = tuple(PERSONS)[:4 if PROVE else 2]


def everything(made):
    """Every answer about everybody; without page tokens and ids of entries, which are random."""
    who, gate = Asker(made.gate), made.gate
    seen = {f"{p} {q}": body for p in ASKED for q, body in answers(who, ids_of(made, p)[:8], p).items()}
    seen["waiting"] = who.reviewed()
    seen["problems"] = repr([{k: v for k, v in r.items() if k not in ("last", "since")} for r in console.problem_rows(gate)]).encode()
    seen["messages"] = repr([{k: v for k, v in r.items() if k != "received"} for r in messages.rows(gate, "", "", 10**6)[0]]).encode()
    return {q: hashlib.sha256(re.sub(rb"_page=[\w-]+", b"", body)).hexdigest() for q, body in seen.items()}


def exported(client, told):
    """What an export gave, in whatever order, and what it says went."""
    lines = sorted(dumps(r) for r in client.lines(told))
    return {"export": dumps([lines, told["error"]]), "went": dumps(client.deleted(told))}


def walk(folder, seed, **settings):
    """What was seen after the steps, after one person was erased, and after everything was replayed."""
    clock, seen = Clock(), []
    with world(folder, seed, clock, 30 if PROVE else 10, **settings) as made:
        for person in PERSONS:
            fact(made, "north", person)
        clock.step *= 0
        client = Client(made.gate)
        first = client.manifest(work=False)
        seen.append({**everything(made), **exported(client, first)})
        for source in SOURCES:
            if person := made.person_of(source, "anna"):
                orders.erase(made.gate, person, "order 1", "dr")
        since = client.manifest(f"?_since={first['transactionTime']}", work=False)
        assert since["deleted"]
        seen.append({**everything(made), **exported(client, since)})
        with made.gate.store.read() as tx:
            every = [u.id for u in units.find(tx, limit=10**6)]
        replay(made.gate, every)
        seen.append(everything(made))
        made.gate.log.checkpoint()
        assert log.verified(made.gate).state == "VERIFIED"
    return seen


@pytest.fixture(scope="module", params=range(1, 5 if PROVE else 2))
def reference(request, tmp_path_factory):
    """What was seen on SQLite."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "write_secret", fixed)
        return request.param, walk(tmp_path_factory.mktemp("reference") / "home", request.param)


def fixed(path, _):
    """Ids and names of messages depend on the home's keys: both engines get the same."""
    path.write_text(hashlib.sha256(path.name.encode()).hexdigest())


@pytest.mark.postgres
def test_the_same_answers_on_either_engine(reference, postgres, tmp_path, monkeypatch):  # noqa: F811
    seed, expected = reference
    monkeypatch.setattr(config, "write_secret", fixed)
    assert len(expected[0]) > 100 and expected[0] != expected[1]
    for wanted, seen in zip(expected, walk(tmp_path / "home", seed, database=fresh(postgres)), strict=True):
        assert [q for q in wanted if wanted[q] != seen.get(q)] == []
