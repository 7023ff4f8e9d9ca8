"""What ends at one gateway ends at the next one that pulled it: documents, replays, undos; and comes back as it does there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.fhir.adapter import TYPES as HELD
from gateway.config import init
from gateway.disclose.view import Views
from gateway.model import Assertion
from gateway.opened import Gate, opened
from gateway.pipeline import people
from gateway.pipeline.pull import pull
from gateway.pipeline.replay import replay
from gateway.store import assertions, units
from gateway.wsgi import create_app
from tests.scenarios.test_documents_inside import PATIENT
from tests.scenarios.test_documents_withdrawn import STORIES, Home, deleted, holding, in_error, read, replacing, told

TYPES = json.dumps([*HELD, "Binary", "Composition", "Provenance", "Device"])


class Two(NamedTuple):
    """A gateway with the source `c`, and one that pulls `c` from it."""

    first: Gate
    home: Home
    second: Gate

    def give(self, *messages: Any) -> None:
        self.home.give(self.first, *messages)

    def hear(self) -> None:
        assert not pull(self.second, "peer").failed

    def stand(self) -> list[tuple[set[str], set[str]]]:
        """Ids of facts and of assertions that stand at each; what only tells that something ended apart."""
        kinds = {a.id for gate in (self.first, self.second) for a in said(gate) if a.kind == "ended"}
        return [(facts, about - kinds) for facts, about in (told(self.first), told(self.second))]


def said(gate: Gate) -> list[Assertion]:
    with gate.store.read() as tx:
        return [a for _, _, _, a in assertions.since(tx, 0)]


@pytest.fixture
def two(tmp_path: Path, httpserver: HTTPServer) -> Iterator[Two]:
    home, folder = Home(tmp_path / "first"), tmp_path / "second"
    init(folder, name="u", organisation="U", country="US")
    (folder / "token").write_text("", "ascii")
    (folder / "sources/peer.toml").write_text(f'kind = "fhir"\nconnection = {{ url = "{httpserver.url_for("/fhir")}", origins = ["c"], types = {TYPES}, token_file = "{folder}/token" }}\n', "utf-8")
    with opened(home.folder) as first, opened(folder) as second:
        claims = {"sub": "peer", "scope": "system/*.rs", "purpose": "TREAT", "org": "t", "care": True}
        (folder / "token").write_text(first.issuer.mint(claims, int(first.now().timestamp()), 3600, "peer"), "ascii")
        client = create_app(first, Views(first)).test_client()

        def answer(request: Request) -> Response:
            found = client.get(request.full_path, headers={"Authorization": request.headers["Authorization"]})
            return Response(found.data, found.status_code, dict(found.headers))
        httpserver.expect_request(re.compile(".*")).respond_with_handler(answer)
        yield Two(first, home, second)


@pytest.mark.parametrize("end", [deleted(), in_error(), replacing()])
def test_what_a_document_says_ends_at_the_next_gateway_too_and_comes_again(two: Two, end: dict[str, Any]) -> None:
    two.give(PATIENT, holding())
    two.hear()
    assert "Condition" in read(two.second) == read(two.first)
    two.give(end)
    two.hear()
    assert two.stand()[0] == two.stand()[1] and read(two.second) == read(two.first)
    two.give(deleted(4, "DocumentReference/d2"), holding(5))
    two.hear()
    assert "Condition" in read(two.second) and two.stand()[0] == two.stand()[1]


@pytest.mark.parametrize("story", STORIES)
def test_whenever_the_next_gateway_asks_it_holds_the_same(two: Two, story: tuple[dict[str, Any], ...]) -> None:
    for message in (PATIENT, *story):
        two.give(message)
        two.hear()
        assert two.stand()[0] == two.stand()[1]


def test_a_notice_says_the_same_whenever_its_message_is_read_again(two: Two) -> None:
    two.give(PATIENT, holding())
    two.hear()
    for message in (deleted(), holding(3)):
        two.give(message)
        two.hear()
        with two.second.store.read() as tx:
            ids = [u.id for u in units.find(tx)]
        for id in (*ids, *reversed(ids)):
            replay(two.second, [id])
            assert two.stand()[0] == two.stand()[1]


def test_who_asks_for_the_first_time_hears_what_stands(two: Two) -> None:
    two.give(PATIENT, holding(), deleted())
    two.hear()
    assert read(two.second) == set() and two.stand()[0] == two.stand()[1]


def test_an_undo_reaches_the_next_gateway_and_so_does_its_own(two: Two) -> None:
    two.give(PATIENT, holding())
    before = read(two.first)
    two.give(deleted())
    two.hear()
    (retraction,) = [a for a in said(two.first) if a.kind == "retract"]
    undo = people.undo(two.first, retraction.id, "me", "a mistake")
    two.hear()
    assert read(two.second) == read(two.first) == before and two.stand()[0] == two.stand()[1]
    people.undo(two.first, undo["id"], "me", "it was none")
    two.hear()
    assert read(two.second) == read(two.first) == set() and two.stand()[0] == two.stand()[1]


def test_only_what_came_by_the_same_way_ends(two: Two, tmp_path: Path) -> None:
    """What the second gateway hears from somebody else is not ended by the first one's word."""
    two.give(PATIENT, holding())
    two.hear()
    with two.second.store.read() as tx:
        raws = [m.raw for u in units.find(tx) if (m := units.message(tx, u))]
    folder = two.second.home.folder
    (folder / "other").mkdir()
    for n, raw in enumerate(raws):
        (folder / f"other/{n:03}.json").write_bytes(b'{"resourceType":"Bundle","type":"searchset","entry":[' + raw + b"]}")
    (folder / "sources/other.toml").write_text('kind = "fhir"\nconnection = { folder = "other", origins = ["c"] }\n', "utf-8")
    with opened(folder) as second:
        assert not pull(second, "other").failed
        before = read(second)
        two.give(deleted())
        assert not pull(second, "peer").failed
        assert read(second) == before != read(two.first) == set()


def test_who_may_not_see_a_fact_is_not_told_that_it_ended(two: Two) -> None:
    two.give(PATIENT, holding(), deleted())
    client, told_of = create_app(two.first, Views(two.first)).test_client(), {}
    for scope in ("system/*.rs", "system/Basic.rs system/Patient.rs system/Condition.rs", "system/Basic.rs", "system/Patient.rs"):
        claims = {"sub": "peer", "scope": scope, "purpose": "TREAT", "org": "t", "care": True}
        token = two.first.issuer.mint(claims, int(two.first.now().timestamp()), 600, scope)
        answer = client.get("/fhir/source/c/Basic", headers={"Authorization": f"Bearer {token}"})
        heard = [a for e in json.loads(answer.data).get("entry", ()) if (a := Assertion.of(e["resource"]))]
        told_of[scope] = {str(a.body["type"]) for a in heard if a.kind == "ended"}
    everything, some, *none = told_of.values()
    assert everything > some >= {"Patient", "Condition"} and "Immunization" in everything - some
    assert not {"Patient", "Condition"} & set().union(*none)


def test_what_ends_is_told_along_a_chain_of_gateways(two: Two, httpserver: HTTPServer) -> None:
    two.give(PATIENT, holding())
    two.hear()
    two.give(deleted())
    two.hear()
    with two.second.store.read() as tx:
        heard = {n for u in units.find(tx, state="withdrawn") for n in (u.n,)}
    claims = {"sub": "third", "scope": "system/*.rs", "purpose": "TREAT", "org": "u", "care": True}
    token = two.second.issuer.mint(claims, int(two.second.now().timestamp()), 600, "third")
    answer = create_app(two.second, Views(two.second)).test_client().get(
        "/fhir/source/c/Basic?_count=1000", headers={"Authorization": f"Bearer {token}"})
    told_of = [a for e in json.loads(answer.data)["entry"] if (a := Assertion.of(e["resource"])) and a.kind == "ended"]
    assert len(told_of) == len(heard) > 0
