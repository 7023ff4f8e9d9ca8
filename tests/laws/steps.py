"""Random steps in a small home: facts, versions, retractions, listings, links, consents, replays.

Three sources, four people. Every text that can name something carries a mark: `zq` + source + person + serial, so that
a trace of one source's facts about one person can be looked for in any bytes.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from gateway import config
from gateway.errors import UsageError
from gateway.ids import merged_id
from gateway.jsontext import Number, dumps
from gateway.model import Assertion, Fact
from gateway.opened import Gate, opened
from gateway.pipeline import people as rulings
from gateway.pipeline.pull import pull
from gateway.pipeline.replay import replay
from gateway.pipeline.write import write_facts
from gateway.store import people, units
from gateway.store.patients import Ref
from tests.homes import LOINC, NOW

STEPS = 40 if os.environ.get("PROVE") else 25
SOURCES = ("north", "south", "west")
PERSONS = {"anna": ("Qvarnanna", "Annazq", "1961-02-03", "196102033450"),
           "bror": ("Qvarnbror", "Brorzq", "1972-11-19", "197211191114"),
           "cyra": ("Qvarncyra", "Cyrazq", "1985-07-30", "198507301128"),
           "dag": ("Qvarndag", "Dagzq", "1994-09-12", "199409121135")}
SYSTEM = "urn:oid:1.2.752.129.2.1.3.1"
CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


class Clock:
    """A clock that goes on by a second whenever it is read, until it is stopped."""

    def __init__(self) -> None:
        self.at, self.step = NOW, timedelta(seconds=1)

    def __call__(self) -> datetime:
        self.at += self.step
        return self.at.astimezone(UTC)


def make_home(folder: Path, **settings: Any) -> Path:
    """A home of three folders of FHIR files; `south` always sends medications whole."""
    config.init(folder, name="law.example/transfers", organisation="Law Region", country="SE", **settings)
    for name in SOURCES:
        (folder / "inbox" / name).mkdir(parents=True)
        lists = 'lists = ["medications"]\n' if name == "south" else ""
        (folder / "sources" / f"{name}.toml").write_text(
            f'kind = "fhir"\norganisation = "{name.title()} Hospital"\ncountry = "SE"\n{lists}'
            f'connection = {{ folder = "inbox/{name}" }}\n', "utf-8")
    return folder


@dataclass
class World:
    """A home with what was said in it so far. `said`: (source, Type/id) → (person, version, body)."""

    gate: Gate
    random: Random
    said: dict[tuple[str, str], tuple[str, int, dict[str, Any]]] = field(default_factory=dict)
    serial: int = 0
    undone: list[str] = field(default_factory=list)
    hidden: dict[str, tuple[str, str]] = field(default_factory=dict)       # consent id → (person, source it hides)
    erased: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def mark(self, source: str, person: str) -> str:
        self.serial += 1
        return f"zq{source}{person}{self.serial}"

    def key(self, source: str, person: str) -> str:
        """The source's own id of a person."""
        return f"zq{source}{person}"

    def send(self, source: str, *resources: dict[str, Any]) -> None:
        """A file of a source, pulled."""
        self.serial += 1
        file = self.gate.home.folder / "inbox" / source / f"{self.serial:05}.ndjson"
        file.write_text("".join(dumps(r) + "\n" for r in resources), "utf-8")
        assert not pull(self.gate, source).failed

    def say(self, source: str, person: str, body: dict[str, Any], version: int = 1) -> dict[str, Any]:
        """A resource with its version and time, remembered."""
        self.said[source, f"{body['resourceType']}/{body['id']}"] = (person, version, body)
        at = f"2026-02-{1 + self.serial % 28:02}T{self.serial % 24:02}:{version % 60:02}:00Z"
        return {**body, "meta": {"versionId": str(version), "lastUpdated": at}}

    def origin(self, consent: str) -> str:
        """The source that holds a consent."""
        return next(source for source, name in self.said if name == f"Consent/{consent}")

    def person_of(self, source: str, person: str) -> str:
        with self.gate.store.read() as tx:
            return people.person(tx, Ref(source, self.key(source, person)))

    def step(self) -> str:
        """One random step. Returns its name."""
        name = self.random.choices(list(KINDS), weights=[w for w, _ in KINDS.values()])[0]
        source = self.random.choice(SOURCES)
        person = self.random.choice([p for p in PERSONS if p not in self.erased])
        KINDS[name][1](self, source, person)
        self.told.append(f"{name} {source} {person}")
        return name


@contextmanager
def world(folder: Path, seed: int, clock: Clock, steps: int = STEPS, **settings: Any) -> Iterator[World]:
    """A home after random steps."""
    with opened(make_home(folder, **settings), clock) as gate:
        made = World(gate, Random(seed))
        for _ in range(steps):
            made.step()
        yield made


def ids_of(made: World, person: str) -> list[str]:
    """Every merged id that stands for something about a person."""
    key = made.gate.store.id_key
    mine = {merged_id(key, s, *name.split("/")) for (s, name), (p, _, _) in made.said.items() if p == person}
    return sorted(mine)


def _patient(w: World, source: str, person: str) -> dict[str, Any]:
    family, given, born, number = PERSONS[person]
    local = {"system": f"urn:{source}", "value": w.mark(source, person)}
    city = w.random.choice([f"Ort{person}", f"Stad{person}", w.mark(source, person)])
    return {"resourceType": "Patient", "id": w.key(source, person), "name": [{"family": family, "given": [given]}],
            "identifier": [{"system": SYSTEM, "value": number}, local], "birthDate": born, "gender": "female",
            "address": [{"line": [f"Gatan {person} 1"], "city": city, "postalCode": "91320"}]}


def _subject(w: World, source: str, person: str) -> dict[str, str]:
    return {"reference": f"Patient/{w.key(source, person)}"}


def _observation(w: World, source: str, person: str) -> dict[str, Any]:
    mark, hour = w.mark(source, person), w.random.randrange(3)
    return {"resourceType": "Observation", "id": mark, "status": "final", "subject": _subject(w, source, person),
            "code": {"coding": [{"system": LOINC, "code": w.random.choice(["2345-7", "718-7"])}], "text": mark},
            "effectiveDateTime": f"2026-02-01T0{hour}:00:00Z", "performer": [{"reference": f"Organization/zq{source}org"}],
            "valueQuantity": {"value": Number(w.random.choice(["5.50", "6.1"])), "unit": "mmol/L", "code": "mmol/L",
                              "system": "http://unitsofmeasure.org"}}


def _allergy(w: World, source: str, person: str) -> dict[str, Any]:
    mark = w.mark(source, person)
    text = w.random.choice(["Penicillin", "Latex", mark])
    return {"resourceType": "AllergyIntolerance", "id": mark, "patient": _subject(w, source, person), "code": {"text": text},
            "clinicalStatus": {"coding": [{"system": CLINICAL, "code": w.random.choice(["active", "inactive"])}]},
            "note": [{"text": mark}]}


def medicine(w: World, source: str, person: str) -> dict[str, Any]:
    mark = w.mark(source, person)
    return {"resourceType": "MedicationStatement", "id": mark, "status": "active", "subject": _subject(w, source, person),
            "medicationCodeableConcept": {"text": w.random.choice(["Warfarin 2 mg", "Metformin", mark])},
            "dosage": [{"text": mark}]}


def _condition(w: World, source: str, person: str) -> dict[str, Any]:
    mark = w.mark(source, person)
    return {"resourceType": "Condition", "id": mark, "subject": _subject(w, source, person),
            "code": {"text": w.random.choice(["Asthma", mark])}, "onsetDateTime": w.random.choice(["2019", "2020-01-02"])}


MAKERS = (_observation, _allergy, medicine, _condition)


def arrive(w: World, source: str, person: str) -> None:
    """A source meets a person."""
    if (source, f"Patient/{w.key(source, person)}") not in w.said:
        org = {"resourceType": "Organization", "id": f"zq{source}org", "name": f"Org of {source}"}
        w.send(source, org, w.say(source, person, _patient(w, source, person)))


def fact(w: World, source: str, person: str) -> None:
    arrive(w, source, person)
    bodies = [w.random.choice(MAKERS)(w, source, person) for _ in range(w.random.randint(1, 3))]
    w.send(source, *(w.say(source, person, b) for b in bodies))


def beside(w: World, source: str, person: str) -> None:
    """Facts of every kind but medicines."""
    w.send(source, *(w.say(source, person, make(w, source, person)) for make in MAKERS if make is not medicine))


def version(w: World, source: str, person: str) -> None:
    """A newer version of something, of a Patient too; now and then an older one that comes late."""
    mine = [k for k, (p, _, _) in w.said.items() if k[0] == source and p not in w.erased and "Consent/" not in k[1]]
    if not mine:
        return
    name = w.random.choice(mine)
    person, number, body = w.said[name]
    fresh = {"Patient": _patient, "Observation": _observation, "AllergyIntolerance": _allergy,
             "MedicationStatement": medicine, "Condition": _condition}[body["resourceType"]](w, source, person)
    w.send(source, w.say(source, person, {**fresh, "id": body["id"]}, number + w.random.choice([1, 1, 1, -1])))


def retract(w: World, source: str, person: str) -> None:
    mine = [k for k in w.said if k[0] == source and "Consent/" not in k[1]]
    if mine:
        type, _, id = w.random.choice(mine)[1].partition("/")
        w.send(source, Assertion("retract", {"source": source, "type": type, "id": id}).basic())


def listing(w: World, source: str, person: str) -> None:
    arrive(w, source, person)
    scope = w.random.choice(["medications", "allergies", "problems"])
    keys = [k[1] for k, (p, _, _) in w.said.items() if k[0] == source and p == person and w.random.random() < .5]
    body = {"source": source, "scope": f"Patient/{w.key(source, person)}/{scope}", "keys": keys,
            "at": f"2026-03-{w.random.randint(1, 28):02}T00:00:00Z"}
    w.send(source, Assertion("listing", body).basic())


def rule(w: World, source: str, person: str) -> None:
    """A human says that two source patients are the same, or never."""
    patients = [k for k in w.said if k[1].startswith("Patient/") and w.said[k][0] not in w.erased]
    if len(patients) >= 2:
        a, b = (f"{s}/{ref.partition('/')[2]}" for s, ref in w.random.sample(patients, 2))
        kind = w.random.choice(["same", "never", "never"])
        w.undone.append(rulings.rule(w.gate, kind, a, b, "law", "zz")["id"])


def undo(w: World, source: str, person: str) -> None:
    if w.undone:
        id = w.undone.pop(w.random.randrange(len(w.undone)))
        try:
            w.undone.append(rulings.undo(w.gate, id, "law", "zz")["id"])
        except UsageError:
            assert w.erased, "a ruling is unknown though nobody was erased"


def consent(w: World, source: str, person: str, hides: str = "") -> None:
    """A patient hides a source from everyone who treats; or takes that back."""
    arrive(w, source, person)
    mine = [id for id, (p, _) in w.hidden.items() if p == person]
    if mine and not hides and w.random.random() < .4:
        id = w.random.choice(mine)
        write(w, w.origin(id), id, person, w.hidden.pop(id)[1], "inactive")
    else:
        id = w.mark("consent", person)
        w.hidden[id] = (person, hides or w.random.choice(SOURCES))
        write(w, source, id, person, w.hidden[id][1], "active")


def write(w: World, origin: str, id: str, person: str, hides: str, status: str) -> None:
    actors = [{"role": {"coding": [{"code": "CST"}]}, "reference": {"identifier": {"value": hides}}}]
    body = {"resourceType": "Consent", "id": id, "status": status, "patient": _subject(w, origin, person),
            "scope": {"coding": [{"code": "patient-privacy"}]}, "category": [{"text": "privacy"}], "policyRule": {"text": "x"},
            "provision": {"type": "deny", "actor": actors}}
    _, number, _ = w.said.get((origin, f"Consent/{id}"), ("", 0, {}))
    w.said[origin, f"Consent/{id}"] = (person, number + 1, body)
    at = f"2026-03-01T00:00:{number + 1:02}Z"
    write_facts(w.gate, [Fact(origin, number + 1, body, at)])


def again(w: World, source: str, person: str) -> None:
    """One message is processed again."""
    with w.gate.store.read() as tx:
        found = units.find(tx, source=source)
    if found:
        replay(w.gate, [w.random.choice(found).id])


def erase(made: World, person: str) -> set[str]:
    """Erase everyone who is this person today. Returns the keys of all people that were erased with them."""
    gone = set()
    for source in SOURCES:
        if name := made.person_of(source, person):
            with made.gate.store.read() as tx:
                gone |= {p for p in PERSONS for m in people.members(tx, name) if m.key == made.key(m.source, p)}
            done = rulings.erase(made.gate, name, "order 7/26", "law")
            assert done["applied"] and done["scrubbed"]
    made.erased += sorted(gone)
    return gone


Step = Callable[[World, str, str], None]
KINDS: dict[str, tuple[int, Step]] = {
    "fact": (8, fact), "version": (5, version), "retract": (3, retract), "listing": (2, listing), "rule": (2, rule),
    "undo": (1, undo), "consent": (3, consent), "again": (1, again)}
