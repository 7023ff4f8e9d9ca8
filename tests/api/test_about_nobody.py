"""What names no patient is not everybody's: bytes of documents and who made what go only to who may see whom they concern."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from gateway.disclose.view import Views
from gateway.jsontext import loads
from gateway.opened import opened
from gateway.pipeline import people as rulings
from gateway.pipeline.pull import pull
from gateway.store import facts, people, units
from gateway.store.patients import Ref
from gateway.wsgi import create_app
from tests.api.test_fhir_api import bearer  # noqa: F401
from tests.browser.world import consent
from tests.homes import EVA, NOW, allergy, make_home, patient
from tests.scenarios.test_monthly_documents import FIRST

DATA = b64encode(b"no penicillin").decode()
META = {"meta": {"versionId": "1"}}


def binary(id: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Binary", "id": id, **META, "contentType": "text/plain", "data": DATA, **more}


def letter(id: str, subject: str, holds: str) -> dict[str, Any]:
    return {"resourceType": "DocumentReference", "id": id, **META, "status": "current", "subject": {"reference": f"Patient/{subject}"},
            "content": [{"attachment": {"contentType": "text/plain", "url": f"Binary/{holds}"}}]}


WORLD = {"north": [
    patient("n1", "Öberg", "Eva", "1961-02-03", EVA), patient("n2", "Lind", "Karin", "1970-05-06", "197005066787"), allergy("na1", "n1", "Penicillin"),
    binary("named", securityContext={"reference": "Patient/n1"}), binary("held"), letter("l1", "n1", "held"), binary("stray"),
    {"resourceType": "Provenance", "id": "made", **META, "target": [{"reference": "AllergyIntolerance/na1"}], "recorded": "2026-01-01T00:00:00Z",
     "agent": [{"who": {"display": "Dr Alm"}}]},
    {"resourceType": "Organization", "id": "ward", **META, "name": "Ward 3"}]}
OF_EVA = ["Binary/named", "Binary/held", "Provenance/made"]


@pytest.fixture
def gate(tmp_path: Path) -> Any:
    folder = make_home(tmp_path / "home", WORLD)
    (folder / "inbox/cda").mkdir()
    (folder / "inbox/cda/1.xml").write_bytes(FIRST)
    (folder / "sources/fair.toml").write_text('kind = "ccda"\norganisation = "Fair"\ncountry = "US"\ntimezone = "America/New_York"\nconnection = { folder = "inbox/cda" }\n')
    with opened(folder, lambda: NOW) as gate:
        for name in gate.home.sources:
            pull(gate, name)
        yield gate


@pytest.fixture
def ask(gate: Any, bearer: Any) -> Any:  # noqa: F811
    client = create_app(gate, Views(gate)).test_client()

    def seen(source: str, patient: str = "", **claims: Any) -> set[str]:
        """What a reader is given of the types that name no patient, by search; each is read alone as well."""
        if patient:
            claims |= {"scope": "patient/*.rs", "purpose": "PATRQT", "patient": patient, "care": False}
        found = set[str]()
        for type in ("Binary", "Provenance", "Organization"):
            bundle = loads(client.get(f"/fhir/source/{source}/{type}", headers=bearer(**claims)).data)
            found |= {f"{type}/{e['resource']['id']}" for e in bundle.get("entry", ())}
        for name in OF_EVA if source == "north" else ():
            for path in (name, f"{name}/_history"):
                assert (client.get(f"/fhir/source/{source}/{path}", headers=bearer(**claims)).status_code == 200) is (name in found)
        return found
    return seen


def person(gate: Any, key: str, source: str = "north") -> str:
    with gate.store.read() as tx:
        return people.person(tx, Ref(source, key))


def test_a_patient_reads_the_bytes_of_nobody_else_s_documents(gate: Any, ask: Any) -> None:
    eva, karin = person(gate, "n1"), person(gate, "n2")
    assert ask("north", eva) == {*OF_EVA, "Organization/ward"} and ask("north", karin) == {"Organization/ward"}
    assert not any(n.startswith(("Binary", "Provenance")) for p in (eva, karin) for n in ask("fair", p))


def test_the_patient_of_a_clinical_document_reads_its_bytes(gate: Any, ask: Any) -> None:
    with gate.store.read() as tx:
        (nora,) = {people.person(tx, r) for p in people.persons(tx) for r in people.members(tx, p) if r.source == "fair"}
    assert {n.partition("/")[0] for n in ask("fair", nora)} == {"Binary", "Provenance", "Organization"} and ask("north", nora) == {"Organization/ward"}


def test_a_clinician_reads_them_and_it_is_on_the_patient_s_list(gate: Any, ask: Any) -> None:
    before = len(list(gate.log.search(person(gate, "n1"))))
    assert ask("north") == {*OF_EVA, "Binary/stray", "Organization/ward"}
    assert len(list(gate.log.search(person(gate, "n1")))) > before


@pytest.mark.parametrize("hidden", [{"class": [{"code": "DocumentReference"}]}, {"data": [{"meaning": "instance", "reference": {"reference": "DocumentReference/l1"}}]},
                                    {}])
def test_a_consent_holds_for_them(gate: Any, ask: Any, hidden: dict[str, Any]) -> None:
    denied = consent("north", "n1")
    denied["provision"] = {"type": "deny", **hidden} if hidden else denied["provision"]
    (gate.home.folder / "inbox/north/consent.ndjson").write_text(json.dumps(denied), "utf-8")
    pull(gate, "north")
    seen = ask("north")
    assert "Binary/held" not in seen and ("Binary/named" in seen) is ("data" in hidden)


def test_who_is_erased_takes_along_what_names_nobody_and_no_more(gate: Any) -> None:
    shared = [binary("both"), letter("l2", "n1", "both"), letter("l3", "n2", "both"), {**binary("held"), "meta": {"versionId": "2"}, "data": b64encode(b"second").decode()}]
    (gate.home.folder / "inbox/north/more.ndjson").write_text("\n".join(map(json.dumps, shared)), "utf-8")
    pull(gate, "north")
    dry = rulings.erase(gate, person(gate, "n1"), "order 1", "me", dry_run=True)
    done = rulings.erase(gate, person(gate, "n1"), "order 1", "me")
    assert {k: done[k] for k in ("units", "facts")} == {k: dry[k] for k in ("units", "facts")} and done["units"] == 8
    with gate.store.read() as tx:
        left = {f"{r.type}/{r.key}" for r in facts.since(tx, 0, "north")}
        messages = [m.raw for u in units.find(tx, source="north") if (m := units.message(tx, u))]
    assert left == {"Patient/n2", "Binary/both", "DocumentReference/l3", "Binary/stray", "Organization/ward"}
    assert len(messages) == len(left) and not any(b"n1" in raw for raw in messages)


def test_an_erasure_reads_only_what_messages_about_nobody_say(gate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home holds a document in each of its messages: those that mention somebody go with whom they mention."""
    monkeypatch.setattr(facts, "STEP", 2)
    with gate.store.read() as tx:
        found = [f"{r.type}/{r.key}" for r in facts.of_nobody(tx, {"north", "fair"}, {"Organization"})]
        held = [r for r in facts.since(tx, 0, "fair") if r.type == "Binary"]
    assert held and sorted(found) == ["Binary/held", "Binary/named", "Binary/stray", "Provenance/made"]
