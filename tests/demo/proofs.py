"""The proofs of the demo, each run on what is there: name → (holds, what was seen)."""

import hashlib
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.disclose import answers, records
from gateway.disclose import log as logs
from gateway.disclose.rebuild import rebuild
from gateway.disclose.view import Views
from gateway.disclose.visible import person_of, visible
from gateway.errors import UsageError
from gateway.jsontext import canonical, dumps
from gateway.merge import merge
from gateway.model import Fact
from gateway.opened import Gate, opened
from gateway.pipeline import people as rulings
from gateway.pipeline.pull import pull
from gateway.pipeline.write import write_facts
from gateway.store import people
from tests.demo import homes
from tests.demo.figures import clinician
from tests.world import World

Proofs = dict[str, tuple[bool, str]]


def _hash(record: Any) -> str:
    return hashlib.sha256(canonical(record)).hexdigest()[:12]


def _inputs(gate: Gate, patient: str) -> Any:
    with gate.store.read() as tx:
        return visible(tx, clinician(gate).request, person_of(tx, patient), gate.tables.versions)


def _merged(gate: Gate, facts: Any, assertions: Any) -> str:
    return _hash(merge(facts, assertions, gate.tables, gate.store.id_key).json())


def on_a_copy(home: Path, world: World, patient: str) -> Proofs:
    """Proofs that rule, restrict and erase: on a copy of the home, so that the demo's own stays as it was pulled."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        with opened(copy) as gate:
            return {"order": order(gate, patient), "unlink": unlink(gate, patient), "again": again(gate),
                    "consent": consent(gate, patient), "erase": erased(gate, copy, world)}


def order(gate: Gate, patient: str, orders: int = 200) -> tuple[bool, str]:
    """The same facts in many orders: one hash."""
    seen, draw = _inputs(gate, patient), random.Random(7)
    hashes = set()
    facts, assertions = list(seen.facts), list(seen.assertions)
    for _ in range(orders):
        draw.shuffle(facts)
        draw.shuffle(assertions)
        hashes.add(_merged(gate, facts, assertions))
    return len(hashes) == 1, f"the same {len(facts)} facts in {orders} orders: {len(hashes)} hash"


def unlink(gate: Gate, patient: str) -> tuple[bool, str]:
    """One source unlinked: as if it had never been linked. Linked again: as before, byte for byte."""
    before = _inputs(gate, patient)
    with_all = _merged(gate, before.facts, before.assertions)
    apart = next(m for m in before.members if m.source == "norrlab")
    others = [m for m in before.members if m != apart]
    said = [rulings.rule(gate, "never", str(apart), str(o), "demo", "proof")["id"] for o in others]
    without = _inputs(gate, records_id(gate, others[0]))
    kept = [f for f in before.facts if f.source != apart.source]
    never = _merged(gate, kept, [a for a in before.assertions if a.body.get("source") != apart.source])
    same = _merged(gate, without.facts, without.assertions) == never and len(without.members) == len(others)
    for id in said:
        rulings.undo(gate, id, "demo", "proof")
    after = _inputs(gate, records_id(gate, others[0]))
    back = _merged(gate, after.facts, after.assertions) == with_all
    return same and back, f"norrlab unlinked = never linked: {_yes(same)}; linked again = as before: {_yes(back)}"


def records_id(gate: Gate, ref: Any) -> str:
    with gate.store.read() as tx:
        return people.person(tx, ref)


def again(gate: Gate) -> tuple[bool, str]:
    """Everything pulled once more from the beginning: no new fact."""
    done = [pull(gate, name, again=True) for name, s in gate.home.sources.items()
            if name != "strandby" and not s.pushes]
    new = sum(d.facts for d in done)
    read = sum(d.read for d in done)
    return new == 0 and all(not d.failed for d in done), f"all {read} messages pulled again: {new} new facts"


def consent(gate: Gate, patient: str) -> tuple[bool, str]:
    """A consent that hides one source from one reader: nothing of it shows, anywhere in what that reader gets."""
    seen = _inputs(gate, patient)
    hidden = next(m for m in seen.members if m.source == "elbhafen")
    body = {"resourceType": "Consent", "id": "hide-elbhafen", "status": "active",
            "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
            "patient": {"reference": f"Patient/{hidden.key}"}, "policyRule": {"text": "what the patient chose"},
            "provision": {"type": "deny", "actor": [
                {"role": {"coding": [{"code": "CST"}]}, "reference": {"identifier": {"value": "elbhafen"}}},
                {"role": {"coding": [{"code": "IRCP"}]}, "reference": {"identifier": {"value": "Hjemmeplejen"}}}]}}
    write_facts(gate, [Fact(hidden.source, "1", body, "2026-03-30T12:00:00Z")])
    reader = clinician(gate, organisation="Hjemmeplejen")
    answer = records.record(gate, reader, patient)
    with gate.store.read() as tx:
        allowed = visible(tx, reader.request, person_of(tx, patient), gate.tables.versions)
        whole = visible(tx, clinician(gate).request, person_of(tx, patient), gate.tables.versions)
    removed = [f for f in whole.facts if f.source != "elbhafen"]
    oracle = merge(removed, [a for a in whole.assertions if a.body.get("source") != "elbhafen"], gate.tables,
                   gate.store.id_key).json()
    mine = merge(allowed.facts, allowed.assertions, gate.tables, gate.store.id_key).json()
    traces = sum(f.id.encode() in answer.body or f.key.encode() in answer.body for f in whole.facts
                 if f.source == "elbhafen")
    good = dumps(oracle, sort=True) == dumps(mine, sort=True) and not traces and len(removed) < len(whole.facts)
    return good, (f"consent hides elbhafen from one reader: {len(whole.facts)} facts become {len(allowed.facts)}, "
                  f"{traces} traces of it, same as a store without it: {_yes(good)}")


def second_gateway(first: Path, other: Path, patient: str) -> Proofs:
    """Both gateways pull each other's facts under their origin; then both show the same record."""
    homes.set_port(first, homes.free_port())
    homes.exchange(first, other)
    with homes.served(first), opened(other) as gate:
        done = pull(gate, "norrland")
        theirs = _inputs(gate, patient)
        record = _merged(gate, theirs.facts, theirs.assertions)
    homes.set_port(first, 8080)
    with opened(first) as gate:
        ours = _inputs(gate, patient)
        mine = _merged(gate, ours.facts, ours.assertions)
    same = record == mine and not done.failed
    return {"second_gateway": (same, f"the second gateway pulled {done.facts} facts; its record has "
                                     f"{'the same bytes' if same else 'OTHER bytes'} ({mine})"
                                     + (f" {done.failed}" if done.failed else ""))}


def log(gate: Gate, patient: str) -> Proofs:
    """Proofs on the log."""
    asked = replace(clinician(gate), action="everything", text=f"GET /fhir/Patient/{patient}/$everything?_count=1000")
    answer = answers.everything(gate, Views(gate), asked, patient, [("_count", "1000")])
    return {"tamper": tamper(gate), "rebuild": rebuilt(gate, answer.entry)}


def tamper(gate: Gate) -> tuple[bool, str]:
    """One byte of a copy of the log is changed: the verifier names the entry."""
    with tempfile.TemporaryDirectory() as folder:
        out, anchors = Path(folder) / "log.jsonl", Path(folder) / "anchors.json"
        logs.export(gate, clinician(gate), out, anchors)
        from gateway.audit.verify import verify_export

        lines = out.read_bytes().split(b"\n")
        good = verify_export(out.read_bytes(), anchors.read_bytes())
        n = len(lines) // 2
        lines[n] = lines[n].replace(b'"purpose":"TREAT"', b'"purpose":"TREAS"', 1)
        bad = verify_export(b"\n".join(lines), anchors.read_bytes())
    holds = good.state == "VERIFIED" and bad.state == "BROKEN" and bad.broken_at == n + 1
    return holds, f"{good.verified} entries {good.state}; one byte of a copy changed: {bad.state} at entry {bad.broken_at}"


def rebuilt(gate: Gate, entry: int) -> tuple[bool, str]:
    """What was shown under one entry is built again and compared with the hash in the log."""
    made = rebuild(gate, entry)
    holds = made.same and made.what == "bytes"
    return holds, f"entry {entry} built again: {len(made.body)} bytes, {'each as it was shown' if holds else made.why}"


def erased(gate: Gate, home: Path, world: World) -> tuple[bool, str]:
    """One person is erased by order: gone from every answer, and no byte of the numbers left in data/."""
    key = next(k for k, p in world.truth["persons"].items() if k > "p020" and len(p["patients"]) > 1)
    person = world.truth["persons"][key]
    from gateway.store.patients import Ref

    with gate.store.read() as tx:
        id = people.person(tx, Ref(person["patients"][0]["source"], person["patients"][0]["id"]))
    rulings.erase(gate, id, "order 2026/17", "demo")
    try:
        records.record(gate, clinician(gate), id)
        found = True
    except UsageError:
        found = False
    family = person["name"].split()[-1]
    numbers = [p["value"].encode() for p in person["patients"]]
    left = sum(f.read_bytes().count(n) for f in (home / "data").iterdir() for n in numbers)
    return not found and not left, f"one person ({family[0]}.) erased by order: {'found' if found else 'not found'}, " \
                                   f"{left} traces of the numbers in data/"


def _yes(value: bool) -> str:
    return "yes" if value else "NO"
