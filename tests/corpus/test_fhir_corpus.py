"""The validator beside published R4 resources and the official validator's own cases (folder CORPUS, read-only)."""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gateway.errors import Issue
from gateway.fhir.reader import read
from gateway.fhir.validate import salvage, validate
from tests.oracle import medplum_verdicts

pytestmark = [pytest.mark.corpus, pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder")]
CORPUS = Path(os.environ.get("CORPUS", "."))
CASES = CORPUS / "fhir/FHIR+fhir-test-cases/validator"

# A case is out of scope when it asks for another resource, a profile, a package, or a mode of the other validator …
NEEDS = {"profile", "profiles", "packages", "logical", "supporting", "supporting5", "allow-comments", "security-checks",
         "for-publication", "certificate", "new-xver-mode"}
# … or when every error expected rests on a terminology, an extension or profile definition, a signature, or rules
# for publishing: words of the expected messages by which that is known.
BEYOND = re.compile(
    r"Display Name|Unknown code|unknown code|is not valid in the system|value set|CodeSystem|ValueSet expression|"
    r"xtension .*(could not be found|is not allowed|must not be used|not defined)|Sub-extension|Slice '|magic LOINC|"
    r"from http://hl7.org/fhir/StructureDefinition/[a-z]|Example URLs|signature|is fixed to|signed content|"
    r"When HL7 is publishing|SearchParameter '|search expression|is not listed as a base|CQL|"
    r"Canonical URL '.*' refers to|could not be resolved in this bundle")
# Refused, and rightly: file name → what is wrong with the published resource.
KNOWN = {
    "medicationrequest0301.json": "dispenseRequest.performer takes an Organization, a Practitioner stands there",
    "message-request-link.json": "fullUrl and id of a Patient differ",
    "message-response-link.json": "fullUrl and id of a Patient differ",
    "observation-example-clinical-gender.json": "performer refers to an Encounter",
    "organization-example-good-health-care.json": "an identifier of the system urn:ietf:rfc:3986 that is no URI",
    "questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json": "an id of more than 64 characters",
    "diagnosticreport-cbc.json": "a narrative without div",
    "Bundle-SubscriptionNotificationBundleExample.json": "a history whose entries have no request",
    "bundle-questionnaire.json": "questionnaire items without linkId", "bundle-with-no-type.json": "no Bundle.type",
    "r4-caredove-bundle.json": "ids that are numbers, and more",
    "example-02-a-fhirBundle.json": "a document whose Composition names resources that are not in it",
}
# Folders of published examples; the others hold resources damaged on purpose, templates, or no resources.
EXAMPLES = ("fhir/npm+hl7.fhir.uv.ips-2.0.0", "fhir/jddamore+fhir-ips-server", "fhir/hl7au+au-fhir-test-data",
            "fhir/HL7+US-Core", "fhir/gematik+spec-ISiK-Basismodul", "fhir/HeliosSoftware+hfs", "fhir/_compiled",
            "fhir/smart-on-fhir+generated-sample-data", "fhir/FHIR+fhir-test-cases/r4",
            "shl", "same_patient", "igpackages")


def resources(*folders: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every resource below some folders that could be read."""
    for folder in folders:
        for file in sorted((CORPUS / folder).rglob("*")):
            if file.suffix in (".json", ".xml", ".ndjson") and CASES not in file.parents:
                yield from ((file, r) for r in read(file.read_bytes()) if isinstance(r, dict) and "resourceType" in r)


def expected_errors(java: str | dict[str, Any] | None) -> list[str] | None:
    """Texts of the errors that the official validator gives; None where its answer is not here."""
    if isinstance(java, str):
        file = CASES / "outcomes" / java
        java = {"outcome": json.loads(file.read_text("utf-8"))} if file.is_file() else None
    if not java or "outcome" not in java:
        return None
    issues = java["outcome"].get("issue", [])
    return [i["details"]["text"] for i in issues if i["severity"] in ("error", "fatal")]


class Case(NamedTuple):
    name: str
    in_scope: bool
    expected: bool
    found: bool


@cache
def cases() -> list[Case]:
    """Every official case whose files are here, with the verdict expected and ours."""
    out = []
    for case in json.loads((CASES / "manifest-r4.json").read_text("utf-8"))["test-cases"]:
        file, errors = CASES / case["file"], expected_errors(case.get("java"))
        if not file.exists() or errors is None:
            continue
        beyond = bool(errors) and all(BEYOND.search(text) for text in errors)
        found = [i for r in read(file.read_bytes()) for i in ([r] if isinstance(r, Issue) else validate(r))]
        out.append(Case(case["name"], not (NEEDS & case.keys() or beyond), not errors, not found))
    return out


def test_the_official_cases_agree() -> None:
    scope = [case for case in cases() if case.in_scope]
    disagree = [case.name for case in scope if case.expected != case.found]
    agreement = 1 - len(disagree) / len(scope)
    print(f"official R4 cases: {agreement:.3f} of {len(scope)} agree (bound 0.95); not: {', '.join(disagree)}")
    assert len(scope) >= 95 and agreement >= 0.95


def test_no_valid_case_is_refused_whatever_it_needs() -> None:
    """Two stand out: a JSON text with comments, valid in a mode that allows them, and a template with placeholders."""
    refused = {case.name for case in cases() if case.expected and not case.found}
    assert len(cases()) >= 250 and refused == {"json-comments-2-yes", "matchetype-pattern-1"}


@cache
def refused() -> dict[str, list[Issue]]:
    return {file.name: issues for file, r in resources(*EXAMPLES) if (issues := validate(r))}


def test_no_published_example_is_falsely_refused() -> None:
    assert {name: [str(i) for i in issues] for name, issues in refused().items() if name not in KNOWN} == {}


def test_every_known_refusal_still_stands() -> None:
    assert set(KNOWN) <= refused().keys()


def test_what_the_oracle_refuses_we_refuse() -> None:
    """The oracle wants base 64 without blanks and at most 1 MB of it; R4 allows both."""
    listed = list(resources("fhir", *EXAMPLES[-3:], "suites"))
    missed = [(file.name, verdict) for (file, resource), verdict in zip(listed, medplum_verdicts(
        [r for _, r in listed]), strict=True) if any("ase64" not in v and "1 MB" not in v for v in verdict)
        and not validate(resource)]
    assert len(listed) > 1500 and missed == []


def test_what_is_salvaged_is_valid() -> None:
    held = kept = 0
    for _, resource in resources("fhir"):
        entries = [e["resource"] for e in resource.get("entry", []) if isinstance(e, dict) and "resource" in e]
        for one in entries or [resource]:
            rest, issues = salvage(one)
            assert rest is None or validate(rest) == []
            held, kept = held + (rest is None), kept + (rest is not None and bool(issues))
    print(f"salvage: {kept} kept in part, {held} held")
    assert kept and held
