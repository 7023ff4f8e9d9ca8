"""The whole way on SQLite and on PostgreSQL: the same record, byte for byte, and the same answers."""

import shutil

import pytest

from gateway.disclose.answers import everything
from gateway.disclose.transfer import Asked
from gateway.disclose.view import Views
from gateway.opened import opened
from gateway.pipeline import people as rulings
from gateway.pipeline.pull import pull
from gateway.policy.request import Request
from gateway.store import people
from gateway.store.patients import Ref
from tests.homes import NOW, make_home
from tests.store.conftest import postgres, url  # noqa: F401

ASK = Request(purpose="TREAT", user="dr", care=True, time="2026-04-01T12:00:00Z")


def walk(home):
    """Pull, read, rule, undo, erase; everything that a reader saw on the way."""
    seen = []
    with opened(home, lambda: NOW) as gate:
        for name in gate.home.sources:
            seen.append(pull(gate, name).json() | {"cursor": ""})
        with gate.store.read() as tx:
            person = people.person(tx, Ref("north", "n1"))

        def read():
            asked = Asked(ASK, "everything", f"GET /fhir/Patient/{person}/$everything")
            return everything(gate, Views(gate), asked, person, []).body

        seen.append(read())
        ruling = rulings.rule(gate, "never", "north/n1", "south/s1", "dr", "test")
        seen.append(read())
        rulings.undo(gate, ruling["id"], "dr", "test")
        seen.append(read())
        rulings.erase(gate, person, "order 1", "dr")
        seen.append(read())
        seen.append(gate.log.size())
    return seen


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """A home on SQLite, and what was seen on it."""
    home = make_home(tmp_path_factory.mktemp("reference") / "home")
    keys = home.parent / "keys"
    shutil.copytree(home / "secrets", keys)
    return keys, walk(home)


def test_the_same_on_either_engine(reference, tmp_path, url):  # noqa: F811
    keys, expected = reference
    home = make_home(tmp_path / "home", database=url)
    shutil.rmtree(home / "secrets")
    shutil.copytree(keys, home / "secrets")
    assert walk(home) == expected
    assert expected[2] == expected[4] != expected[3]
    assert b"berg" in expected[2] and b"berg" not in expected[5]
