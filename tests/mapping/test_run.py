"""`gateway map run`, `coverage`, `explain` (contract.md) on messages of the tiny adapter."""

import json
from dataclasses import replace

from gateway.errors import error
from gateway.fhir.validate import validate
from gateway.jsontext import dumps, loads
from gateway.mapping.run import Coverage, Mapper, explain, line, result, sentence, sentences
from gateway.model import Lineage, Message, Rejected
from tests.mapping.tiny import Tiny
from tests.mapping.world import compiled, only

MAPPER = Mapper(Tiny(), compiled(), validate, "north", "Europe/Berlin")
MESSAGE = {"sent": "20240102", "snapshot": "y", "allergy": ["nuts"],
           "patient": {"number": "7", "name": "Doe Jane", "sex": "F", "shoe": "44", "hat": "8"}}


def message(content: object, key: str = "k1") -> Message:
    return Message(key, "visit", json.dumps(content).encode(), "1")


def test_a_line_has_what_the_contract_names() -> None:
    row = loads(dumps(line(result(MAPPER, message(MESSAGE)), "tiny", "a.json", 3)))
    assert list(row) == ["schema", "file", "index", "kind", "message", "key", "resources", "issues", "ledger",
                         "listings", "asserted"]
    assert [row[n] for n in ("schema", "file", "index", "kind", "message", "key")] == \
        ["gateway.map/1", "a.json", 3, "tiny", "visit", "k1"]
    assert {r["resourceType"] for r in row["resources"]} == {"Patient", "AllergyIntolerance"}
    assert row["ledger"] == {"mapped": 5, "ignored": 1, "unmapped": 2, "unmapped_paths": ["snapshot", "patient.hat"]}
    patient = next(r for r in row["resources"] if r["resourceType"] == "Patient")
    allergy = next(r for r in row["resources"] if r["resourceType"] == "AllergyIntolerance")
    assert row["listings"] == [{"source": "north", "scope": f"Patient/{patient['id']}/allergies", "at": "2024-01-02",
                                "keys": [f"AllergyIntolerance/{allergy['id']}"]}]
    assert row["asserted"] == {f"Patient/{patient['id']}": "2024-01-02"}


def test_a_message_that_could_not_be_split_or_read_has_its_line_too() -> None:
    bad = error("tiny-bad", "Nothing could be read.", "a.json:1")
    row = line(result(MAPPER, Rejected(bad, b"?", "2", "k2")), None, "a.json", 0)
    assert row["issues"] == [bad.json()] and row["resources"] == [] and row["key"] == "k2"
    assert row["ledger"] == {"mapped": 0, "ignored": 0, "unmapped": 0, "unmapped_paths": []}
    broken = result(MAPPER, Message("k3", "visit", b"{", "3"))
    assert [i.code for i in broken.mapped.issues] == ["internal-error"] and broken.failed


def test_a_resource_that_does_not_pass_is_left_out_and_its_leaves_are_unmapped() -> None:
    def strict(resource: dict) -> list:
        refused = resource["resourceType"] == "AllergyIntolerance"
        return [error("fhir-required", "Something is missing.", "AllergyIntolerance.code")] if refused else []
    found = result(replace(MAPPER, validate=strict), message(MESSAGE), lineage=True)
    assert [r["resourceType"] for r in found.mapped.resources] == ["Patient"] and found.failed
    assert [i.code for i in found.mapped.issues] == ["fhir-required", "resource-invalid"]
    assert "allergy(1)" in found.mapped.ledger.unmapped
    assert not [one for one in found.mapped.lineage if one.resource.startswith("AllergyIntolerance/")]
    ledger = found.mapped.ledger
    assert len(ledger.mapped) + len(ledger.ignored) + len(ledger.unmapped) == len(found.leaves)
    assert [p for p, _ in found.leaves if p in ledger.unmapped] == list(ledger.unmapped)


def test_warnings_of_the_validator_leave_a_resource_in() -> None:
    def careful(resource: dict) -> list:
        return [replace(error("fhir-code", "Unusual.", "Patient.gender"), severity="warning")]
    found = result(replace(MAPPER, validate=careful), message(MESSAGE))
    assert len(found.mapped.resources) == 2 and not found.failed and len(found.mapped.issues) == 2


def test_coverage_adds_up_by_section_and_path() -> None:
    coverage = Coverage()
    for content in (MESSAGE, {**MESSAGE, "allergy": ["nuts", "eggs"]}):
        coverage.add(result(MAPPER, message(content)))
    body = coverage.json()
    assert (body["messages"], body["resources"]) == (2, 5)
    paths = {row["path"]: row for row in body["paths"]}
    assert paths["patient.shoe"] == {"path": "patient.shoe", "mapped": 0, "ignored": 2, "unmapped": 0,
                                     "reason": "patient.yaml:23: size of the shoe, not used by any reader"}
    assert paths["allergy"] == {"path": "allergy", "mapped": 3, "ignored": 0, "unmapped": 0}
    sections = {row["section"]: row for row in body["sections"]}
    assert sections["patient"] == {"section": "patient", "mapped": 6, "ignored": 2, "unmapped": 2}
    assert sum(row["mapped"] for row in body["sections"]) == body["mapped"] == sum(r["mapped"] for r in body["paths"])
    assert body["paths"][0]["path"] == "patient.hat"


def test_explain_says_where_a_value_came_from() -> None:
    found = result(MAPPER, message(MESSAGE), lineage=True)
    rows = {r["element"]: r for r in explain(found, "a.json", 0)}
    patient = next(r for r in found.mapped.resources if r["resourceType"] == "Patient")
    assert rows["Patient.gender"] == {
        "schema": "gateway.map-explain/1", "file": "a.json", "index": 0, "resource": f"Patient/{patient['id']}",
        "element": "Patient.gender", "value": "female", "path": "patient.sex", "source": "F", "rule": "patient.yaml:14"}
    texts = [sentence(one) for one in found.mapped.lineage]
    assert "Patient.gender = female ← patient.sex 'F' (patient.yaml:14)" in texts
    assert "Patient.identifier[0].use = usual said by the mapping (patient.yaml:10)" in texts


def test_explained_to_people_each_resource_has_its_id_and_what_reached_nothing_stands_last() -> None:
    found = result(MAPPER, message(MESSAGE), lineage=True)
    texts = list(sentences(found))
    assert [t for t in texts if t.endswith(":") and not t.startswith((" ", "in no"))] == list(dict.fromkeys(
        f"{one.resource}:" for one in found.mapped.lineage))
    assert {t.removeprefix("  ") for t in texts} >= {sentence(one) for one in found.mapped.lineage}
    assert texts[texts.index("in no element (unmapped):") + 1:] == [
        f"  {leaf.path} {leaf.value!r}" for leaf in found.leaves if leaf.path in found.mapped.ledger.unmapped]


def test_a_message_of_which_nothing_is_made_says_so() -> None:
    found = result(replace(MAPPER, mapping=only("Patient", "  birthDate: born")), message({"other": "1"}))
    assert [i.code for i in found.mapped.issues] == ["mapping-none"] and not found.failed
    assert found.mapped.ledger.unmapped == ["other"]


def test_a_long_value_is_cut_in_the_line_for_people() -> None:
    told = sentence(Lineage("Binary/1", "Binary.data", "QUJD" * 1000, "text", "e" * 5000, "binary.yaml:12"))
    assert "… (4000 characters)" in told and "… (5000 characters)" in told and len(told) < 600
