"""Laws of the running product over random steps: what is hidden leaves no trace, and a client that applies every answer
about what changed holds what a fresh answer gives (house promise 4; contract "A derived resource's versions")."""

import os
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from gateway.ids import merged_id
from gateway.jsontext import dumps, loads
from gateway.model import Assertion
from gateway.store import people
from gateway.store.patients import Ref
from tests.exporter import Client
from tests.laws.asking import TYPES, Asker, answers
from tests.laws.removed import without
from tests.laws.steps import PERSONS, SOURCES, STEPS, Clock, World, beside, consent, erase, fact, ids_of, world

PROVE = bool(os.environ.get("PROVE"))
READER = {"sub": "dr-holm", "scope": "user/*.rs"}
READERS = ({}, {"purpose": "ETREAT"}, {"scope": "system/Patient.rs system/Observation.rs"})
NEVER = "1970-01-01T00:00:00Z"
SEEDS = range(int(os.environ.get("SEEDS", 40 if PROVE else 3)))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_consent_hides_leaves_no_trace(tmp_path, seed):
    """Every answer equals that of a store without the hidden facts and without the consent that hides them."""
    clock = Clock()
    with world(tmp_path / "home", seed, clock) as made:
        source, consents = hide_one(made)
        clock.step *= 0
        with made.gate.store.read() as tx:
            members = people.members(tx, made.person_of(source, "anna"))
        ids = ids_of(made, "anna")
        seen = answers(Asker(made.gate), ids, "anna")
        others = [c for c in made.hidden if c not in consents]
        with without(made.gate, tmp_path / "copy", source, members, consents, others) as other:
            wanted = answers(Asker(other), ids, "anna")
        wrong = [q for q in seen if seen[q] != wanted.get(q)]
        assert not wrong, [(q, *apart(seen[q], wanted.get(q, b""))) for q in wrong[:4]] + wrong
        marks = [f"zq{source}anna".encode(), *(c.encode() for c in consents)]
        assert not [(q, m) for q, body in seen.items() for m in marks if m in body]
        open_to = Asker(made.gate, purpose="ETREAT")
        assert any(marks[0] in body for body in answers(open_to, ids, "anna").values()), "there was nothing to hide"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_consent_hides_leaves_no_trace_in_exports(tmp_path, seed):
    """Not in a fresh export, not in what changed or went since an earlier one, made before it was hidden or after."""
    clock = Clock()
    with world(tmp_path / "home", seed, clock) as made:
        client = Client(made.gate)
        first = client.manifest(work=False, **READER)
        held = client.apply({}, first, **READER)
        source, consents = hide_one(made)
        clock.step *= 0
        with made.gate.store.read() as tx:
            members = people.members(tx, made.person_of(source, "anna"))
        others = [c for c in made.hidden if c not in consents]
        with without(made.gate, tmp_path / "copy", source, members, consents, others) as other:
            seen, wanted = ([exported(Client(g), since) for since in ("", f"?_since={first['transactionTime']}")]
                            for g in (made.gate, other))
        assert seen == wanted
        lines, gone = seen[0]
        marks = [f"zq{source}anna", *consents]
        assert lines and not gone and not [x for x in lines for m in marks if m in x]
        assert set(seen[1][1]) <= held.keys(), "what was never given is named"

        clock.step += timedelta(seconds=1)              # no medicines: a delivery of them says that others' lists are empty
        last = client.manifest(work=False, **READER)
        beside(made, source, "anna")
        take_back(made, source)
        after = client.manifest(f"?_since={last['transactionTime']}", work=False, **READER)
        assert after["output"] == after["deleted"] == after["error"] == [], "what happens in what is hidden is heard"


def take_back(made: World, source: str) -> None:
    """A source takes back something of what it said last of Anna."""
    mine = [r for s, r in made.said if s == source and made.said[s, r][0] == "anna" and not r.startswith(("Pat", "Cons"))]
    type, _, id = made.random.choice(mine[-3:]).partition("/")
    made.send(source, Assertion("retract", {"source": source, "type": type, "id": id}).basic())


def exported(client: Client, query: str) -> tuple[list[str], list[str]]:
    """The lines of an export whose order is its own, and what went."""
    told = client.manifest(query, work=False, **READER)
    assert not told["error"]
    return sorted(dumps(r) for r in client.lines(told, **READER)), client.deleted(told, **READER)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_applies_every_answer_holds_what_a_fresh_export_gives(tmp_path, seed):
    """Three readers keep mirrors, each at its own pace, of all types or now and then of some, also through erasures."""
    with world(tmp_path / "home", seed, Clock(), 3) as made:
        client, told = Client(made.gate), 0
        mirrors = [Mirror(client, {"sub": f"m{n}", **who}) for n, who in enumerate(READERS)]
        for round in range(STEPS // 2):
            for _ in range(made.random.randint(1, 4)):
                made.step()
            if round == STEPS // 4:
                erase(made, made.random.choice(list(PERSONS)))
            for mirror in mirrors:
                if made.random.random() < .6:
                    told += mirror.follow(made.random)
        for mirror in mirrors:
            told += mirror.follow()
            assert mirror.held, "there was nothing to hold"
        assert told, "nothing ever went"


@pytest.mark.parametrize("seed", SEEDS)
def test_who_applies_every_answer_holds_the_whole_record(tmp_path, seed):
    """`Patient/$everything?_since`, through links, unlinks and retractions; only a restriction leaves no tombstone."""
    with world(tmp_path / "home", seed, Clock(), 3) as made:
        for source in SOURCES:
            fact(made, source, "anna")
        id = merged_id(made.gate.store.id_key, "north", "Patient", made.key("north", "anna"))
        readers, went = [[Asker(made.gate, purpose=purpose), {}, NEVER] for purpose in ("TREAT", "ETREAT")], 0
        for n in range(STEPS):
            restricted = made.step() == "consent"
            if n % 9 == 0:
                beside(made, "north", "anna")
            if n % 9 == 1:
                take_back(made, "north")
            for reader in readers:
                if restricted and reader is readers[0]:
                    reader[1:] = {}, NEVER
                if n % 9 < 2 or made.random.random() < .5:
                    who, held, at = reader
                    *reader[1:], gone = follow(who, id, held, at)
                    went += gone
                    assert reader[1] == {f"{r['resourceType']}/{r['id']}": r for r in who.everything(id)}
        assert went, "nothing ever went"


def follow(who: Asker, id: str, held: dict[str, Any], at: str) -> tuple[dict[str, Any], str, int]:
    """Apply what changed since. Returns what is held then, the instant to give the next time, how many went."""
    told = [loads(line) for line in who.pages(f"/fhir/Patient/{id}/$everything?_count=4&_since={at}").split(b"\n")
            if line.startswith(b"{")]
    if told[0]["resourceType"] != "Bundle":              # nothing of the person can be seen
        return {}, NEVER, 0
    entries = [e for bundle in told for e in bundle.get("entry", ())]
    fresh = {f"{r['resourceType']}/{r['id']}": r for e in entries if "fullUrl" in e for r in [e["resource"]]}
    gone = {i["diagnostics"] for e in entries if e["search"]["mode"] == "outcome" for i in e["resource"]["issue"]}
    assert not fresh.keys() & gone and gone <= held.keys(), "what was never given is named"
    assert not [k for k, r in fresh.items() if held.get(k) == r], "what did not change is given again"
    return {k: r for k, r in {**held, **fresh}.items() if k not in gone}, told[0]["meta"]["lastUpdated"], len(gone)


class Mirror:
    """What a client holds that follows a home by exports."""

    def __init__(self, client: Client, who: dict[str, Any]) -> None:
        self.client, self.who, self.at = client, who, ""
        self.held: dict[str, Any] = {}

    def follow(self, random: Random | None = None) -> int:
        """Ask what changed, apply it, compare with a fresh export of the same rights. Returns how many went."""
        only = random.sample(TYPES[:-1], 3) if random and self.at and random.random() < .2 else []
        parts = ([f"_since={self.at}"] if self.at else []) + ([f"_type={','.join(only)}"] if only else [])
        told = self.client.manifest(f"?{'&'.join(parts)}", work=False, **self.who)
        gone = self.client.deleted(told, **self.who)
        assert not told["error"] and set(gone) <= self.held.keys(), "what was never given is named"
        given = self.client.apply({}, {**told, "deleted": []}, **self.who)
        assert not [k for k, v in given.items() if self.held.get(k) == v], "what did not change is given again"
        self.held, self.at = self.client.apply(self.held, told, **self.who), told["transactionTime"]
        other = {**self.who, "sub": "fresh"}
        fresh = self.client.apply({}, self.client.manifest(work=False, **other), **other)
        shown, wanted = ({k: v for k, v in side.items() if not only or k.partition("/")[0] in only}
                         for side in (self.held, fresh))
        assert shown == wanted
        return len(gone)


def hide_one(made: World) -> tuple[str, list[str]]:
    """Anna is known to all three sources, and one of them is hidden. Returns it, with the consents that hide it.

    A consent reaches whoever was ever one person with its patient, not one who was kept apart from the beginning.
    """
    for name in ("north", "south", "west"):
        fact(made, name, "anna")
    for source in ("north", "south", "west"):
        with made.gate.store.read() as tx:
            near = people.companions(tx, [Ref(source, made.key(source, "anna"))])
        consents = [c for c, (p, hides) in made.hidden.items() if (p, hides) == ("anna", source) and Ref(
            made.origin(c), made.key(made.origin(c), "anna")) in near]
        if consents:
            return source, consents
    consent(made, "north", "anna", "north")
    return "north", [c for c, h in made.hidden.items() if h == ("anna", "north")]


def apart(a: bytes, b: bytes) -> tuple[bytes, bytes]:
    """Where two answers begin to differ."""
    n = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[max(0, n - 60):n + 120], b[max(0, n - 60):n + 120]
