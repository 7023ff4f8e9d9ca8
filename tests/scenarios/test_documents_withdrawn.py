"""What was read in a document leaves every view when all that hands the document on is taken back, and comes again."""

import base64
import json
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from gateway.config import init
from gateway.model import Fact
from gateway.opened import Gate, opened
from gateway.pipeline import people
from gateway.pipeline.pull import pull
from gateway.store import assertions, enclosed, facts, units
from gateway.store import people as store_people
from gateway.store.patients import Ref
from tests.homes import call
from tests.scenarios.test_documents_inside import DATA, DOCUMENT, PATIENT, mdm, reference

OTHER = base64.b64encode(DOCUMENT.replace(b"Ashgrove", b"Ashgrave")).decode()
NONE = {"DocumentReference", "Patient", "Binary"}


def at(day: int) -> dict[str, str]:
    return {"versionId": str(day), "lastUpdated": f"2022-04-{day:02}T00:00:00Z"}


def holding(day: int = 1, data: str = DATA, id: str = "d", **more: Any) -> dict[str, Any]:
    return {**reference(content=[{"attachment": {"contentType": "text/xml", "data": data}}]), "id": id, "meta": at(day), **more}


def deleted(day: int = 2, name: str = "DocumentReference/d") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "history", "entry": [
        {"fullUrl": f"https://fhir.example/r4/{name}", "request": {"method": "DELETE", "url": name},
         "response": {"status": "204", "etag": f'W/"{day}"', "lastModified": at(day)["lastUpdated"]}}]}


def in_error(day: int = 2) -> dict[str, Any]:
    return holding(day, status="entered-in-error")


def replacing(day: int = 3, **more: Any) -> dict[str, Any]:
    """Another document in the place of the first."""
    return holding(day, OTHER, "d2", **{"relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/d"}}], **more})


def empty(day: int = 2) -> dict[str, Any]:
    """A newer version that says nothing of contents, as the notice of a new status does."""
    return {**holding(day, description="filed"), "content": [{"attachment": {"contentType": "text/xml", "title": "CCD"}}]}


class Home:
    """A home with one source; `give` pulls each message by itself."""

    def __init__(self, folder: Path, kind: str = "fhir") -> None:
        init(folder, name="t", organisation="T", country="US")
        (folder / "inbox").mkdir()
        (folder / "sources/c.toml").write_text(f'kind = "{kind}"\ntimezone = "America/New_York"\nconnection = {{ folder = "inbox" }}\n', "utf-8")
        self.folder, self.count = folder, 0

    def give(self, gate: Gate, *messages: Any) -> None:
        for message in messages:
            self.count, end = self.count + 1, "hl7" if isinstance(message, bytes) else "json"
            raw = message if isinstance(message, bytes) else json.dumps(message).encode()
            (self.folder / f"inbox/{self.count:03}.{end}").write_bytes(raw)
            assert not pull(gate, "c").failed


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def gate(home: Home) -> Iterator[Gate]:
    with opened(home.folder) as gate:
        yield gate


def stored(gate: Gate) -> list[Fact]:
    """All live facts about people."""
    with gate.store.read() as tx:
        everyone = [Ref("c", key) for key in facts.patients_with(tx, "c", {r.type for r in facts.since(tx, 0)})]
        return facts.opened(tx, facts.of_patients(tx, everyone))


def read(gate: Gate) -> set[str]:
    """Types of what the documents say."""
    return {f.type for f in stored(gate)} - NONE


def told(gate: Gate) -> tuple[set[str], set[str]]:
    """All that stands: ids of facts, ids of assertions."""
    with gate.store.read() as tx:
        live = {a.id for _, _, _, a in assertions.since(tx, 0)}
    return {f.id for f in stored(gate)}, live


def family_names(gate: Gate) -> set[str]:
    return {f.resource["name"][0]["family"] for f in stored(gate) if f.type == "Patient"}


@pytest.mark.parametrize("end", [deleted(), in_error(), holding(2, status="superseded"), holding(2, base64.b64encode(b"a letter").decode()),
                                 {**holding(2), "content": [{"attachment": {"contentType": "text/xml", "url": "Binary/x"}}]}])
def test_what_a_document_says_ends_with_what_hands_it_on_and_comes_again(home: Home, gate: Gate, end: dict[str, Any]) -> None:
    home.give(gate, PATIENT, holding())
    first, lists = told(gate)
    assert {"Condition", "AllergyIntolerance", "MedicationStatement"} <= read(gate) and lists
    home.give(gate, end)
    assert read(gate) == set()
    home.give(gate, holding(3))
    again, listed = told(gate)
    assert first - {f.id for f in stored(gate) if f.type in NONE} <= again and lists <= listed


@pytest.mark.parametrize("later", [empty(), holding(2, description="filed"), holding(2, docStatus="amended")])
def test_a_newer_version_that_takes_nothing_back_ends_nothing(home: Home, gate: Gate, later: dict[str, Any]) -> None:
    home.give(gate, PATIENT, holding())
    before = read(gate)
    home.give(gate, later)
    assert read(gate) == before != set()


STORIES = [(holding(), deleted(), holding(3)), (holding(), in_error(2)), (holding(), deleted(2)), (holding(), empty(2), deleted(3)),
           (holding(), replacing(3)), (holding(), replacing(3), deleted(4, "DocumentReference/d2")), (holding(), holding(2, OTHER)),
           (holding(), holding(1, id="e"), deleted(2)), (holding(), holding(1, id="e"), deleted(2), deleted(2, "DocumentReference/e"))]


@pytest.mark.parametrize("story", STORIES)
def test_no_order_of_arrival_says_another_thing(tmp_path: Path, story: tuple[dict[str, Any], ...]) -> None:
    ends = []
    for n, order in enumerate(permutations(story)):
        one = Home(tmp_path / f"{n}")
        with opened(one.folder) as gate:
            one.give(gate, PATIENT, *order)
            ends.append(told(gate))
    assert all(end == ends[0] for end in ends)


def test_a_document_in_the_place_of_another_ends_it_until_it_is_taken_back_itself(home: Home, gate: Gate) -> None:
    home.give(gate, holding(), replacing())
    assert family_names(gate) == {"Ashgrave"}
    home.give(gate, deleted(4, "DocumentReference/d2"))
    assert family_names(gate) == {"Ashgrove"}
    home.give(gate, replacing(5, relatesTo=[]))
    assert family_names(gate) == {"Ashgrave", "Ashgrove"}, "it replaces nothing any more"
    home.give(gate, replacing(6, relatesTo=[{"code": "appends", "target": {"reference": "DocumentReference/d"}}]))
    assert family_names(gate) == {"Ashgrave", "Ashgrove"}


def test_a_newer_document_that_repeats_the_contents_goes_on_saying_them(home: Home, gate: Gate) -> None:
    home.give(gate, PATIENT, holding())
    before = read(gate)
    home.give(gate, {**replacing(), "content": holding()["content"]})
    assert read(gate) == before


def test_documents_that_replace_each_other_or_themselves_replace_nothing(home: Home, gate: Gate) -> None:
    home.give(gate, holding(relatesTo=[{"code": "replaces", "target": {"reference": "DocumentReference/d2"}}]), replacing())
    assert family_names(gate) == {"Ashgrove", "Ashgrave"}
    home.give(gate, replacing(4, relatesTo=[{"code": "replaces", "target": {"reference": "DocumentReference/d2"}}]))
    assert family_names(gate) == {"Ashgrove"}, "the first goes on replacing the second"


def binary(day: int = 1) -> dict[str, Any]:
    return {"resourceType": "Binary", "id": "b", "meta": at(day), "contentType": "text/xml", "data": DATA}


def pointing(day: int = 1, url: str = "https://fhir.example/r4/Binary/b", **more: Any) -> dict[str, Any]:
    return holding(day, content=[{"attachment": {"contentType": "text/xml", "url": url}}], **more)


@pytest.mark.parametrize("end", [deleted(2), deleted(2, "Binary/b"), pointing(2, status="entered-in-error"), pointing(2, url="Binary/c")])
def test_a_binary_ends_with_all_that_names_it(tmp_path: Path, end: dict[str, Any]) -> None:
    ends = []
    for n, order in enumerate(permutations((binary(), pointing(), end))):
        one = Home(tmp_path / f"{n}")
        with opened(one.folder) as gate:
            one.give(gate, *order)
            assert read(gate) == set(), n
            ends.append(told(gate))
            one.give(gate, pointing(3, id="e"))
            assert (read(gate) == set()) == (end == deleted(2, "Binary/b"))
    assert all(end == ends[0] for end in ends)


def test_a_binary_that_nothing_names_says_what_it_holds_and_ends_with_what_replaces_its_document(home: Home, gate: Gate) -> None:
    home.give(gate, binary())
    assert "Condition" in read(gate)
    home.give(gate, pointing())
    assert "Condition" in read(gate)
    home.give(gate, replacing())
    assert family_names(gate) == {"Ashgrave"}


def test_an_undo_of_the_deletion_brings_it_back(home: Home, gate: Gate) -> None:
    home.give(gate, PATIENT, holding())
    before = read(gate)
    home.give(gate, deleted())
    assert read(gate) == set()
    with gate.store.read() as tx:
        ((retraction),) = [a for _, _, _, a in assertions.since(tx, 0) if a.kind == "retract"]
    undo = people.undo(gate, retraction.id, "me", "a mistake")
    assert read(gate) == before
    people.undo(gate, undo["id"], "me", "it was none")
    assert read(gate) == set()


@pytest.mark.parametrize("end", [mdm("TX>gone", number="M2", event="T11"), mdm("TX>gone", number="M2", event="T11").replace(b"20220305", b"20220306")])
def test_an_mdm_that_is_taken_back_takes_its_document_along(tmp_path: Path, end: bytes) -> None:
    for n, order in enumerate(permutations((mdm(f"ED>^text^xml^Base64^{DATA}"), end))):
        one = Home(tmp_path / f"{n}", "hl7v2")
        with opened(one.folder) as gate:
            one.give(gate, *order)
            assert read(gate) - {"Encounter"} == set(), n


def test_a_replacement_in_an_mdm_ends_what_it_replaces(tmp_path: Path) -> None:
    new = mdm(f"ED>^text^xml^Base64^{OTHER}", number="M2", event="T10").replace(b"|D-1|", b"|D-2|D-1")
    one = Home(tmp_path / "home", "hl7v2")
    with opened(one.folder) as gate:
        one.give(gate, mdm(f"ED>^text^xml^Base64^{DATA}"))
        assert "Ashgrave" not in family_names(gate) and "Condition" in read(gate)
        one.give(gate, new)
        assert "Condition" in read(gate) and "Ashgrave" in family_names(gate)
        with gate.store.read() as tx:
            assert [u.state for u in units.find(tx, kind="CDA 34133-9")] == ["withdrawn", "done"]


def test_a_document_that_is_replayed_while_it_is_withdrawn_stays_so(home: Home, gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    home.give(gate, PATIENT, holding())
    before = told(gate)
    home.give(gate, deleted())
    (unit,) = call(capsys, home.folder, "msg", "list", "--state", "withdrawn", "--jsonl")
    for id in (unit["id"], *(u["id"] for u in call(capsys, home.folder, "msg", "list", "--jsonl"))):
        call(capsys, home.folder, "msg", "replay", id, "--json")
        assert read(gate) == set()
    home.give(gate, holding(3))
    assert before[0] <= told(gate)[0] | {f.id for f in stored(gate)} | {i for i in before[0] if i not in told(gate)[0]}
    assert "Condition" in read(gate)


def test_the_record_loses_it_at_once(home: Home, gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for message in (PATIENT, holding(), deleted()):
        home.give(gate, message)
        (person,) = call(capsys, home.folder, "person", "find", "--family", "Ashgrove", "--reason", "t", "--jsonl")
        (record,) = call(capsys, home.folder, "record", person["person"], "--reason", "t", "--json")
        shown.append({r["resourceType"] for r in record["resources"]})
    assert "Condition" in shown[1] and shown[0] == shown[2] == {"Patient"}


def test_of_an_erased_person_no_note_of_a_document_stays(home: Home, gate: Gate) -> None:
    home.give(gate, PATIENT, holding(), holding(2, OTHER))
    with gate.store.read() as tx:
        assert enclosed.known(tx)
        persons = {p for r in (Ref("c", f.key) for f in stored(gate) if f.type == "Patient") if (p := store_people.person(tx, r))}
    for person in sorted(persons):
        people.erase(gate, person, "order 1", "me")
    with gate.store.read() as tx:
        assert stored(gate) == [] and not enclosed.known(tx)
