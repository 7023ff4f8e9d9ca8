"""One organisation of the demo speaks MLLP: `gateway listen` as a process of its own, and a client that sends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from adapters.hl7v2.send import connected
from gateway.sdk import key_id
from tests.population.hl7 import SEX, escaped, segment
from tests.population.numbers import PERSONNUMMER
from tests.population.people import Person, population
from tests.world import TODAY, World

NAME, SYSTEM, PEOPLE = "fyrvik", "https://fyrvik.example/patient", 12
_MEASURED = (("8867-4", "Hjärtfrekvens", "/min", 58, 92), ("59408-5", "Syremättnad", "%", 93, 99))


def settings(port: int) -> dict[str, Any]:
    """The source: home monitoring that pushes over MLLP."""
    return {"kind": "hl7v2", "organisation": "Fyrvik hemmonitorering", "country": "SE", "timezone": "Europe/Stockholm",
            "locale": "sv", "rhythm": "hourly", "sends": ["results"], "connection": {"listen": f"127.0.0.1:{port}"},
            "assigners": {"FYRVIK": SYSTEM, "SKV": PERSONNUMMER}}


def messages(world: World) -> list[bytes]:
    """What it sends of its patients, in order; the truth of the world gets to know them."""
    made = population(world.truth["n"], world.truth["seed"], TODAY)
    chosen = [p for p in made.people if PERSONNUMMER in p.numbers][:PEOPLE]
    for person in chosen:
        number = _number(person)
        world.truth["persons"][person.key]["patients"].append(
            {"source": NAME, "system": SYSTEM, "value": number, "id": key_id("Patient", SYSTEM, number)})
    return [_message(p, day, Random(f"{world.truth['seed']}/{NAME}/{p.key}/{day}")) for day in range(2) for p in chosen]


def _number(person: Person) -> str:
    return f"F{person.key[1:]}"


def _message(person: Person, day: int, rng: Random) -> bytes:
    at = datetime.combine(date(2026, 2, 20), datetime.min.time()) + timedelta(days=day, hours=7, minutes=rng.randrange(60))
    time, control = f"{at:%Y%m%d%H%M%S}", f"F{person.key[1:]}{day}"
    pid = segment("PID", {1: "1", 3: f"{_number(person)}^^^FYRVIK^MR~{person.numbers[PERSONNUMMER]}^^^SKV^NNSWE",
                          5: "^".join([escaped(person.family), *map(escaped, (*person.given, "")[:2]), "", "", "", "L"]),
                          7: f"{person.born:%Y%m%d}", 8: SEX[person.sex]})
    lines = [segment("OBX", {1: str(n), 2: "NM", 3: f"{code}^{name}^LN", 5: str(rng.randint(low, high)), 6: unit, 11: "F", 14: time})
             for n, (code, name, unit, low, high) in enumerate(_MEASURED, 1)]
    obr = segment("OBR", {1: "1", 3: f"{control}^FYRVIK", 4: "VITAL^Hemmonitorering^L", 7: time, 22: time, 25: "F"})
    msh = f"MSH|^~\\&|MONITOR|FYRVIK|GW|GW|{time}||ORU^R01^ORU_R01|{control}|P|2.5.1||||||UNICODE UTF-8"
    return ("\r".join([msh, pid, obr, *lines]) + "\r").encode()


def received(home: Path, world: World, address: str) -> tuple[bool, str]:
    """Send the feed twice to `gateway listen`. Returns whether each message was acknowledged both times, and words."""
    sent = messages(world)
    with _listening(home), connected(address) as link:
        first, again = ([link.ask(raw).code for raw in sent] for _ in range(2))
    good = set(first) == set(again) == {"AA"}
    return good, f"{len(sent)} messages over MLLP: {first.count('AA')} stored, then acknowledged; sent again: {again.count('AA')} AA"


@contextmanager
def _listening(home: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "gateway.cli", "--home", str(home), "listen"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ})
    try:
        assert process.stderr is not None
        if "listens at" not in (said := process.stderr.readline()):
            raise RuntimeError(f"the listener did not start: {said}{process.stderr.read()}")
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
