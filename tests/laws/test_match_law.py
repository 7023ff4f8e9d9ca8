"""Who answers to a description is found without a view of anybody; the answers are those that views would give."""

import os
import random

import pytest

from gateway.disclose import visible
from gateway.disclose.match import LOOKED_AT, narrowed, search
from gateway.disclose.transfer import Asked
from gateway.disclose.view import Views
from gateway.identity import compare_features, features_of, keys
from gateway.identity.grade import FAINT, grade
from gateway.identity.packed import unpacked
from gateway.ids import merged_id
from gateway.merge import alive, merge
from gateway.merge.keys import rule
from gateway.model import Assertion, Fact
from gateway.pipeline.write import write_facts
from gateway.policy.request import Request
from gateway.store import facts, people
from gateway.store.patients import Ref
from tests.api.test_match import hide
from tests.identity.people import corrupted, patient
from tests.laws.test_identity_law import KEY, World, full, home, valid_date
from tests.laws.worlds import world
from tests.merge.given import tables

SEEDS = range(40 if os.environ.get("PROVE") else 8)
READERS = [Request("TREAT", "clinician", "dr", care=True), Request("TREAT", "clinician", "dr"),
           Request("ETREAT", "clinician", "dr"), Request("TREAT", "clinician", "dr", scopes=("user/Observation.rs",))]


class Guarded(World):
    """People of whom some hide what a source holds, some records are restricted, and some copy another source's."""

    restricted = .2

    def send(self, source, key, p):
        body = full(patient(p, key))
        body = body if valid_date(body.get("birthDate", "")) else {k: v for k, v in body.items() if k != "birthDate"}
        meta = {"security": [{"code": "R"}]} if self.rng.random() < self.restricted else {}
        if self.here and self.rng.random() < .3:
            origin = self.rng.choice(sorted(self.here))
            meta["source"] = f"{origin.source}/Patient/{origin.key}"
        version = self.rng.choice([str(self.n), "9", "9"])             # two bodies of one version stand beside each other
        write_facts(self.gate, [Fact(source, version, {**body, "meta": meta} if meta else body, self.at())])

    def hide(self):
        if self.here:
            hide(self.gate, *self.rng.choice(sorted(self.here)))

    def restrict(self):
        self.restricted = 1
        self.update()
        self.restricted = .2

    def step(self):
        self.rng.choices([super().step, self.hide, self.restrict], [7, 1, 2])[0]()


def by_views(views, tx, request, wanted, model):
    """As it was done before: a view of everybody who may be alike, compared by what the view says was represented."""
    mine, hits, likely = keys(wanted), [], {}
    for known in people.candidates(tx, mine):
        if (weight := model.score(wanted, unpacked(known.features)).weight) >= model.no - FAINT - 1e-9 and known.person:
            likely[known.person] = max(weight, likely.get(known.person, weight))
    for person in sorted(likely, key=lambda p: (-likely[p], p))[:LOOKED_AT]:
        view = views.get(tx, request, person)
        newest = {}
        for id, f in view.facts.items():
            if f["type"] == "Patient" and view.record["ledger"][id]["state"] == "represented":
                ref = Ref(f["source"], f["key"])
                newest[ref] = max(newest.get(ref, ("", "")), (f["asserted"] or "", id))
        seen = [features_of(f.resource) for f in facts.opened(tx, facts.of_ids(tx, {id for _, id in newest.values()}))]
        if view.patient and any(mine & keys(f) for f in seen) and (found := grade(compare_features(wanted, f, model) for f in seen)):
            hits.append((found, view.person, view.patient))
    return sorted(hits, key=lambda h: (-h[0].score, h[2]))


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_are_those_of_views(tmp_path, seed):
    with home(tmp_path / "one", KEY) as gate:
        all_here, rng, found = Guarded(gate, seed), random.Random(seed), 0
        for _ in range(30):
            all_here.step()
        for p in list(all_here.here.values()):
            wanted = features_of(full(patient(corrupted(p, rng, rng.choice([0, 1, 2])), "x")))
            for reader in READERS:
                request = narrowed(Asked(reader, "match", "x")).request if reader.scopes == ("user/*.rs",) else reader
                with gate.store.read() as tx:
                    told = search(Views(gate), tx, request, wanted, gate.model).hits
                    old = by_views(Views(gate), tx, request, wanted, gate.model)
                    views = [Views(gate).of(tx, request, h.seen) for h in told]
                assert [(h.grade.grade, h.grade.score) for h in told] == [(g.grade, g.score) for g, *_ in old]
                assert [(h.seen.person, h.id) for h in told] == [o[1:] for o in old] == [(v.person, v.patient) for v in views]
                found += len(told)
        assert found


@pytest.mark.parametrize("seed", SEEDS)
def test_people_who_are_read_together_are_those_who_are_read_one_by_one(tmp_path, seed, monkeypatch):
    """Whoever was one person once, consents, copies and what was said included; also where they fill several steps."""
    monkeypatch.setattr(visible, "TOGETHER", 3)
    with home(tmp_path / "one", KEY) as gate:
        all_here = Guarded(gate, seed)
        for _ in range(30):
            all_here.step()
        with gate.store.read() as tx:
            everybody = [p for p in people.persons(tx) if p]
            for request in READERS:
                alone = [visible.visible(tx, request, p, "v") for p in everybody]
                together = list(visible.visible_of(tx, request, everybody, "v"))
                assert together == alone and [t.digest for t in together] == [a.digest for a in alone]
        assert len(everybody) > visible.TOGETHER and any(a.rows for a in alone)


@pytest.mark.parametrize("seed", range(150))
def test_what_stands_is_what_the_merge_represents(seed):
    lines = world(seed)
    given, said = ([x for x in lines if isinstance(x, kind)] for kind in (Fact, Assertion))
    record = merge(given, said, tables())
    shown = {id for id, line in record.ledger.items() if line["state"] == "represented"}
    catalogue = {f.id for f in given if rule(f.type).way == "catalogue"}
    found = alive(given, said)
    assert {f.id for e in found for f in e.alive} - catalogue == shown - catalogue
    patients = [e.key for e in found if e.key[1] == "Patient"]
    ids = [r["id"] for r in record.resources if r["resourceType"] == "Patient"]
    if len(ids) == 1:
        assert record.members[f"Patient/{ids[0]}"] == tuple(sorted(patients))
        assert ids == [merged_id(b"", *patients[0])], "the eldest names the person"
