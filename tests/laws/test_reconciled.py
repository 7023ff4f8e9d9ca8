"""Law: after a pull that compares, what stands of a server is what it has, whatever was made, changed, deleted, restored
or made anew there since (house: the record is a function of what the sources say)."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from gateway.config import init
from gateway.merge import merge
from gateway.opened import Gate, opened
from gateway.pipeline.pull import pull
from gateway.pipeline.reconcile import reconcile
from gateway.store import assertions, facts
from gateway.store.patients import Ref
from gateway.terminology.tables import Tables
from tests.scenarios.test_reconcile import BASE, Server
from tests.scenarios.test_retractions import PATIENT, observed

DATED, BARE = ("a", "b", "c"), ("d", "e")             # what has neither version nor time says one thing only
VERBS = st.sampled_from(["put", "anew", "delete", "restore", "replace", "keep"])
ROUNDS = st.lists(st.tuples(*[VERBS] * len(DATED + BARE)), min_size=4, max_size=6)
NUMBERS = itertools.count()


class World:
    """A server, and what it did so far; each method is what may become of one thing between two comparisons."""

    def __init__(self, server: Server) -> None:
        self.server, self.clock, self.last = server, 0, dict[str, Any]()

    def put(self, key: str, version: int = 0) -> None:
        """Make it, change it, or make it anew with the next number."""
        self.clock += 1
        before = int(self.last.get(key, {}).get("meta", {}).get("versionId", "0"))
        body = {**observed("final", str(version or before + 1), f"2026-03-01T09:{self.clock:02}:00Z"), "id": key,
                "valueQuantity": {"value": self.clock if key in DATED else 900 + ord(key), "unit": "1"}}
        if key in BARE:
            del body["meta"]
        self.last[key] = self.server.has[f"Observation/{key}"] = body

    def anew(self, key: str) -> None:
        """A server that forgot what it deleted numbers it from 1 again."""
        self.put(key, 0 if key in self.keys() else 1)

    def delete(self, key: str) -> None:
        self.server.has.pop(f"Observation/{key}", None)

    def restore(self, key: str) -> None:
        """As it was when it was deleted: a backup, or a right that was taken and given back."""
        if key in self.last:
            self.server.has[f"Observation/{key}"] = self.last[key]

    def replace(self, key: str) -> None:
        self.delete(key)
        self.put(key)

    def keep(self, key: str) -> None:
        pass

    def keys(self) -> set[str]:
        return {name.partition("/")[2] for name in self.server.has if name.startswith("Observation/")}

    def values(self) -> dict[str, int]:
        return {key: self.last[key]["valueQuantity"]["value"] for key in self.keys()}


def standing(gate: Gate) -> dict[str, int]:
    """Key → value of the observations of which something stands."""
    with gate.store.read() as tx:
        said = facts.opened(tx, facts.of_patients(tx, [Ref("lab", "p1")], types=["Observation"]))
        ledger = merge(said, assertions.of_patients(tx, [Ref("lab", "p1")]), Tables()).ledger
    return {f.key: int(str(f.resource["valueQuantity"]["value"])) for f in said if ledger[f.id]["state"] == "represented"}


@pytest.fixture
def settings_of(tmp_path: Path, httpserver: HTTPServer):
    def make() -> Path:
        folder = tmp_path / f"home{next(NUMBERS)}"
        init(folder, name="t", organisation="T", country="SE")
        connection = json.dumps(httpserver.url_for(BASE))
        (folder / "sources/lab.toml").write_text(f'kind = "fhir"\nconnection = {{ url = {connection}, page = 3, attempts = 1, '
                                                 'types = ["Patient", "Observation"] }\n', "utf-8")
        return folder
    return make


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rounds=ROUNDS)
def test_what_stands_is_what_the_server_has(settings_of, httpserver, rounds):
    httpserver.clear()
    world = World(Server(httpserver, [PATIENT]))
    with opened(settings_of()) as gate:
        for verbs in rounds:
            for key, verb in zip(DATED + BARE, verbs, strict=True):
                getattr(world, verb)(key)
            assert not pull(gate, "lab").failed
            assert not [c.issue for c in reconcile(gate, "lab", believe=True) if c.issue]
            assert standing(gate) == world.values()
