"""The merge on third-party records of one patient each, and on what many vendors' C-CDA documents say of the same test
patients: nothing lost, references closed, output as valid as its input, by ours and by @medplum/core."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.fhir.validate import validate
from gateway.jsontext import BadJson, canonical, loads
from gateway.merge import Record, merge
from gateway.merge.body import references
from gateway.model import Fact
from tests.corpus.test_ccda_people import PEOPLE, clusters, facts_of
from tests.laws.test_merge_laws import missing
from tests.merge.given import tables
from tests.oracle import medplum_verdicts

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]
_FOLDERS = ("same_patient", "fhir/npm+hl7.fhir.uv.ips-2.0.0", "fhir/jddamore+fhir-ips-server",
            "fhir/smart-on-fhir+generated-sample-data", "fhir/hl7au+au-fhir-test-data", "shl")
_LARGEST = 3_000_000


def bundles() -> Iterator[tuple[str, list[Fact]]]:
    """Name and facts of every Bundle about at most one patient."""
    root = Path(os.environ["CORPUS"])
    for path in sorted(p for folder in _FOLDERS for p in (root / folder).rglob("*.json")):
        if path.stat().st_size > _LARGEST:
            continue
        try:
            facts = list(_facts(loads(path.read_bytes())))
        except BadJson:
            continue
        if facts and sum(f.type == "Patient" for f in facts) <= 1:
            yield str(path.relative_to(root)), facts


def _facts(bundle: Any) -> Iterator[Fact]:
    entries = bundle.get("entry", ()) if isinstance(bundle, dict) and bundle.get("resourceType") == "Bundle" else ()
    for entry in entries:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("id") and resource.get("resourceType"):
            yield Fact("A", 1, resource)


@pytest.fixture(scope="module")
def merged() -> list[tuple[str, list[Fact], Record]]:
    given = [*bundles(), *((key, facts_of(clusters()[key])) for key in PEOPLE)]
    assert len(given) > len(PEOPLE), "CORPUS holds no Bundle about one patient"
    return [(name, facts, merge(facts, (), tables())) for name, facts in given]


def test_no_fact_is_lost(merged: list[tuple[str, list[Fact], Record]]) -> None:
    for name, facts, record in merged:
        assert set(record.ledger) == {f.id for f in facts}, name
        shown = {f"{r['resourceType']}/{r['id']}": r for r in record.resources}
        for fact in facts:
            line = record.ledger[fact.id]
            if line["state"] == "represented":
                assert not missing(fact.resource, shown[line["by"]], record.alternatives.get(line["by"], {})), name


def test_references_are_closed_and_the_output_is_as_valid_as_its_input(
        merged: list[tuple[str, list[Fact], Record]]) -> None:
    for name, facts, record in merged:
        known = {f"{r['resourceType']}/{r['id']}" for r in record.resources}
        valid = {f.id for f in facts if not _errors(f.resource)}
        for resource in record.resources:
            reference = f"{resource['resourceType']}/{resource['id']}"
            assert all(r in known or r.startswith("#") for r in references(resource)), (name, reference)
            if set(record.provenance[reference]["resourceType"]) <= valid:
                assert not _errors(resource), (name, reference)
        assert not [e for issue in record.issues for e in _errors(issue)], name


def _errors(resource: dict[str, Any]) -> list[Any]:
    return [i for i in validate(resource) if i.severity in ("error", "fatal")]


def test_what_the_oracle_takes_it_takes_merged(merged: list[tuple[str, list[Fact], Record]]) -> None:
    facts = [f for _, listed, _ in merged for f in listed]
    valid = {f.id for f, wrong in zip(facts, medplum_verdicts(f.resource for f in facts), strict=True) if not wrong}
    assert len(valid) > len(facts) * .99
    shown = [(record, r) for _, _, record in merged for r in [*record.resources, *record.issues]]
    for (record, resource), wrong in zip(shown, medplum_verdicts(r for _, r in shown), strict=True):
        said = record.provenance.get(f"{resource['resourceType']}/{resource['id']}", {}).get("resourceType", ())
        assert not wrong or not set(said) <= valid, (resource, wrong)


def test_merging_a_record_with_itself_changes_nothing(merged: list[tuple[str, list[Fact], Record]]) -> None:
    """Neither all its facts a second time, nor the record as what one more source would say of this person alone."""
    for name, facts, record in merged:
        assert canonical(merge(facts + facts[::-1], (), tables()).json()) == canonical(record.json()), name
        if len({f.source for f in facts}) > 1:
            continue        # one source that says what several said may have used one identifier for several things
        said = [Fact("M", 1, r) for r in record.resources]
        again = merge(said, (), tables())
        ids = {f.reference: again.ledger[f.id]["by"] for f in said}
        expected = [canonical({**_renamed(f.resource, ids), "id": ids[f.reference].partition("/")[2]}) for f in said]
        assert sorted(expected) == sorted(map(canonical, again.resources)), name


def _renamed(value: Any, ids: dict[str, str]) -> Any:
    """A body whose references lead to other ids."""
    if isinstance(value, dict):
        return {k: ids.get(v, v) if k == "reference" and isinstance(v, str) else _renamed(v, ids) for k, v in value.items()}
    return [_renamed(v, ids) for v in value] if isinstance(value, list) else value


def test_a_second_source_that_says_the_same_adds_no_problem_allergy_or_result(
        merged: list[tuple[str, list[Fact], Record]]) -> None:
    """Whatever can be compared at all meets its double; nothing meets more than before."""
    for name, facts, record in merged:
        if len({f.source for f in facts}) > 1:
            continue        # the ids of several sources are not those of one
        both = merge([*facts, *(Fact("B", f.version, f.resource) for f in facts)], (), tables())
        for type in ("AllergyIntolerance", "Condition", "MedicationStatement", "Immunization"):
            alone, twice = (sum(r["resourceType"] == type for r in x.resources) for x in (record, both))
            coded = sum(r["resourceType"] == type and bool(r.get("code") or r.get("vaccineCode") or r.get(
                "medicationCodeableConcept")) for r in record.resources)
            assert alone <= twice <= 2 * alone - coded, (name, type)
