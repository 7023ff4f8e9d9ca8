"""The two homes of the demo, and the second gateway as a process of its own."""

import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from gateway import config
from gateway.opened import opened
from tests.demo import feed
from tests.population.settings import second, settings
from tests.world import World

TYPES = ["Organization", "Practitioner", "PractitionerRole", "Location", "Medication", "Device", "Patient",
         "RelatedPerson", "AllergyIntolerance", "Condition", "MedicationRequest", "MedicationStatement",
         "MedicationAdministration", "MedicationDispense", "Immunization", "Procedure", "Observation", "Specimen",
         "DiagnosticReport", "ServiceRequest", "Encounter", "Coverage", "DocumentReference", "Account", "Appointment",
         "Consent", "Composition", "Binary", "Provenance", "Goal", "CareTeam", "FamilyMemberHistory"]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def make_homes(folder: Path, world: World) -> tuple[Path, Path]:
    """Remove and rebuild both homes. Returns their folders; the second lies in the first, under `second`."""
    if folder.exists():
        shutil.rmtree(folder)
    first, other, ports = folder, folder / "second", (free_port(), free_port(), free_port())
    config.init(first, name="norrland.example/transfers", organisation="Region Norrland", country="SE",
                jurisdiction="SE", base_url="http://127.0.0.1:8080")
    config.init(other, name="vesterhede.example/transfers", organisation="Regionshospitalet Vesterhede", country="DK",
                jurisdiction="DK", base_url=f"http://127.0.0.1:{ports[0]}")
    # Partners that want the same ids for the same facts share the id key; the demo's is fixed, so that two runs print
    # the same.
    for home, name in ((first, "id"), (other, "id"), (first, "master"), (other, "master")):
        (home / "secrets" / f"{name}.key").write_text(hashlib.sha256(f"demo {name}".encode()).hexdigest() + "\n")
    world.write(first / "inbox")
    wired = settings("inbox", f"http://127.0.0.1:{ports[0]}/fhir", f"http://127.0.0.1:{ports[1]}/fhir",
                     "secrets/vesterhede.token")
    wired["vesterhede"]["connection"]["types"] = TYPES
    wired[feed.NAME] = feed.settings(free_port())
    for name, body in wired.items():
        write_source(first, name, body)
    for name, body in second("../inbox").items():
        write_source(other, name, body)
    return first, other


def listening_at(home: Path, name: str) -> str:
    """The address at which a source of a home is listened to."""
    return str(config.load(home).sources[name].connection["listen"])


def write_source(home: Path, name: str, body: dict[str, Any]) -> None:
    """Write sources/<name>.toml."""
    text = "".join(f"{key} = {config.toml_value(value)}\n" for key, value in body.items())
    (home / "sources" / f"{name}.toml").write_text(text, "utf-8")


def token(home: Path, who: str) -> str:
    """A token of a home's own issuer, for the other gateway."""
    with opened(home) as gate:
        claims = {"sub": who, "scope": "system/*.rs", "purpose": "TREAT", "org": who, "role": "gateway", "care": True}
        return gate.issuer.mint(claims, int(gate.now().timestamp()), 3600, secrets.token_hex(8))


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The home served by a process of its own at its base URL; stopped at the end."""
    base = config.load(home).base_url
    command = [sys.executable, "-m", "gateway.cli", "--home", str(home), "serve", "--no-work", "--server", "waitress"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ})
    try:
        _wait(process, base)
        yield base
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], base: str) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the gateway did not start: {process.stderr.read().decode() if process.stderr else ''}")
        try:
            if requests.get(f"{base}/healthz", timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("the gateway did not answer within 30 s")


def exchange(first: Path, other: Path) -> None:
    """Wire the first gateway into the second, so that both hold the same facts."""
    base = config.load(first).base_url
    (other / "secrets" / "norrland.token").write_text(token(first, "Vesterhede"))
    write_source(other, "norrland", {
        "kind": "fhir", "organisation": "Region Norrland", "country": "SE", "rhythm": "daily",
        "connection": {"url": f"{base}/fhir", "origins": ["norrvik", "elbhafen", "norrlab", "soevang", "ahlbek", "fyrvik"],
                       "token_file": "secrets/norrland.token", "types": TYPES}})


def set_port(home: Path, port: int) -> None:
    """Give a home another base URL."""
    file = home / "gateway.toml"
    lines = [f'base_url = "http://127.0.0.1:{port}"' if line.startswith("base_url") else line
             for line in file.read_text("utf-8").splitlines()]
    file.write_text("\n".join(lines) + "\n", "utf-8")
