"""A clinical document that says itself that it replaces an earlier one ends what that one says, and nothing else does."""

import base64
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from gateway.opened import Gate, opened
from gateway.pipeline.pull import pull
from gateway.pipeline.replay import replay
from gateway.store import units
from tests import ccda_documents as made
from tests.scenarios.test_documents_before import before_0005, upgraded
from tests.scenarios.test_documents_withdrawn import Home, deleted, holding, stored


def ccd(number: str, problem: made.Coded, of: str = "", how: str = "RPLC") -> bytes:
    """A document with one problem, which is related to the document `of`."""
    related = f'<relatedDocument typeCode="{how}"><parentDocument><id root="{made.CLINIC}.2" extension="{of}"/></parentDocument></relatedDocument>'
    raw = made.document(number, {"problems": [made.problem(made.Ids(number), problem)]})
    return raw.replace(b"<component><structuredBody>", (related if of else "").encode() + b"<component><structuredBody>", 1)


FIRST, SECOND, THIRD = ccd("1", made.ASTHMA), ccd("2", made.GOUT, "1"), ccd("3", made.LATEX, "2")
A, G, L = ({c[1]} for c in (made.ASTHMA, made.GOUT, made.LATEX))


def give(home: Home, gate: Gate, *documents: bytes) -> None:
    for raw in documents:
        home.count += 1
        (home.folder / f"inbox/{home.count:03}.xml").write_bytes(raw)
        assert not pull(gate, "c").failed


def problems(gate: Gate) -> set[str]:
    return {c["code"] for f in stored(gate) if f.type == "Condition" for c in f.resource["code"]["coding"]}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", "ccda")


@pytest.fixture
def gate(home: Home) -> Iterator[Gate]:
    with opened(home.folder) as gate:
        yield gate


@pytest.mark.parametrize(("story", "left"), [
    ((FIRST, SECOND), G), ((FIRST, SECOND, THIRD), L), ((FIRST, THIRD), A | L),
    ((FIRST, ccd("2", made.GOUT, "1", "APND")), A | G), ((FIRST, ccd("2", made.GOUT, "1", "XFRM")), A | G),
    ((FIRST, ccd("2", made.GOUT, "9")), A | G), ((FIRST, ccd("1", made.GOUT, "1")), A | G),
    ((ccd("1", made.ASTHMA, "2"), SECOND), A | G), ((FIRST, SECOND, ccd("3", made.LATEX, "1")), G | L)])
def test_in_any_order_a_replacement_ends_what_it_replaces(tmp_path: Path, story: tuple[bytes, ...], left: set[str]) -> None:
    for n, order in enumerate(permutations(story)):
        home = Home(tmp_path / f"{n}", "ccda")
        with opened(home.folder) as gate:
            give(home, gate, *order)
            assert problems(gate) == left, n


def of(patient: str, *more: Any) -> bytes:
    return ccd(*more).replace(b'extension="A-1001"', f'extension="{patient}"'.encode())


@pytest.mark.parametrize(("story", "left"), [
    ((FIRST, of("B-2", "2", made.GOUT, "1")), G),
    ((FIRST, of("B-2", "1", made.LATEX), of("B-2", "2", made.GOUT, "1")), A | G),
    ((FIRST, of("B-2", "1", made.LATEX), SECOND), G | L),
    ((FIRST, of("B-2", "2", made.GOUT, "1"), of("C-3", "2", made.LATEX, "1")), A | G | L),
    ((FIRST, of("B-2", "2", made.GOUT, "1"), ccd("2", made.LATEX, "1")), G | L)])
def test_ids_that_are_several_patients_replace_their_own_only(tmp_path: Path, story: tuple[bytes, ...], left: set[str]) -> None:
    for n, order in enumerate(permutations(story)):
        home = Home(tmp_path / f"{n}", "ccda")
        with opened(home.folder) as gate:
            give(home, gate, *order)
            assert problems(gate) == left, n


def test_a_replay_changes_nothing(home: Home, gate: Gate) -> None:
    give(home, gate, FIRST, SECOND, THIRD)
    with gate.store.read() as tx:
        assert [u.state for u in units.find(tx)] == ["withdrawn", "withdrawn", "done"]
        ids = [u.id for u in units.find(tx)]
    for id in (*ids, *reversed(ids)):
        replay(gate, [id])
        assert problems(gate) == L


def test_another_source_replaces_nothing_here(home: Home, gate: Gate) -> None:
    give(home, gate, FIRST)
    (home.folder / "sources/other.toml").write_text((home.folder / "sources/c.toml").read_text("utf-8").replace("inbox", "other"), "utf-8")
    (home.folder / "other").mkdir()
    (home.folder / "other/1.xml").write_bytes(SECOND)
    with opened(home.folder) as again:
        assert not pull(again, "other").failed
        assert problems(again) == A


def within(raw: bytes, id: str, day: int = 1) -> dict[str, Any]:
    return holding(day, base64.b64encode(raw).decode(), id)


def test_what_was_replaced_comes_back_when_its_replacement_is_withdrawn(tmp_path: Path) -> None:
    for n, order in enumerate(permutations((within(FIRST, "d"), within(SECOND, "e"), deleted(2, "DocumentReference/e")))):
        home = Home(tmp_path / f"{n}")
        with opened(home.folder) as gate:
            home.give(gate, *order)
            assert problems(gate) == A
            home.give(gate, within(SECOND, "e", 3))
            assert problems(gate) == G
            home.give(gate, within(THIRD, "f"))
            assert problems(gate) == L
            home.give(gate, deleted(4, "DocumentReference/f"))
            assert problems(gate) == G
            home.give(gate, deleted(4, "DocumentReference/d"), deleted(4, "DocumentReference/e"))
            assert problems(gate) == set(), "what is withdrawn itself does not come back"


def test_documents_of_before_the_upgrade_are_replaced_too(home: Home) -> None:
    with opened(home.folder) as gate:
        give(home, gate, FIRST)
    before_0005(home)
    with opened(home.folder) as gate:
        give(home, gate, SECOND)
        (job,) = upgraded(gate)
        assert not job["failed"] and problems(gate) == G
