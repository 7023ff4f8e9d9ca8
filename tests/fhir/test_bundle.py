"""Bundles: their rules (bdl-1 to bdl-12) and references between entries."""

from typing import Any

import pytest

from gateway.fhir.validate import validate
from tests.fhir.samples import DOCUMENT, PATIENT, put, without

A = "urn:uuid:0f9ab0c1-2d3e-4f50-8a61-72b3c4d5e6f7"


def bundle(type: str, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": type, "entry": list(entries), **more}


def organization(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Organization", "name": "Ward", **more}


@pytest.mark.parametrize(("resource", "told"), [
    (bundle("collection", {"resource": PATIENT}, total=1), ["bdl-1"]),
    (bundle("searchset", {"resource": PATIENT, "search": {"mode": "match"}}, total=1), []),
    (bundle("collection", {"resource": PATIENT, "search": {"mode": "match"}}), ["bdl-2"]),
    (bundle("batch", {"resource": PATIENT}), ["bdl-3"]),
    (bundle("collection", {"resource": PATIENT, "request": {"method": "PUT", "url": "Patient/p1"}}), ["bdl-3"]),
    (bundle("transaction-response", {"resource": PATIENT}), ["bdl-4"]),
    (bundle("collection", {"link": [{"relation": "self", "url": "x"}]}), ["bdl-5"]),
    (bundle("collection", *[{"fullUrl": A, "resource": organization()}] * 2), ["bdl-7"]),
    (bundle("collection", {"fullUrl": "https://x.example/Organization/a/_history/1", "resource": organization(id="a")}),
     ["bdl-8"]),
    (bundle("collection", {"fullUrl": "Organization/a", "resource": organization(id="a")}), ["full-url"]),
    (bundle("collection", {"fullUrl": "https://x.example/Organization/b", "resource": organization(id="a")}),
     ["full-url"]),
    (bundle("collection", {"fullUrl": "https://x.example/Organization/b", "resource": organization()}), ["full-url"]),
    (bundle("collection", {"fullUrl": "https://x.example/ward/b", "resource": organization(id="a")}), []),
    (bundle("transaction", {"fullUrl": "https://x.example/Organization/b", "resource": organization(),
                            "request": {"method": "POST", "url": "Organization"}}), []),
    (bundle("searchset", link=[{"relation": "self", "url": "x"}] * 2, entry=[{"resource": PATIENT}]), ["link-once"]),
    (bundle("message", {"resource": PATIENT}), ["bdl-12"]),
    (without(DOCUMENT, ("identifier", "system")), ["bdl-9"]),
    (without(DOCUMENT, ("timestamp",)), ["bdl-10"]),
    (bundle("document", {"resource": PATIENT}, identifier=DOCUMENT["identifier"], timestamp="2024-01-01T00:00:00Z"),
     ["bdl-11"]),
])
def test_rules(resource: dict[str, Any], told: list[str]) -> None:
    assert [i.message.partition(":")[0] for i in validate(resource)] == told


def test_a_document_carries_what_its_composition_names() -> None:
    author = ("entry", 0, "resource", "author", 0, "reference")
    issues = validate(put(DOCUMENT, author, "Device/other"))
    assert [i.where for i in issues] == ["Bundle.entry[0].resource.author[0].reference", "Bundle.entry[3]"]
    nested = put(DOCUMENT, ("entry", 0, "resource", "section", 0), {
        "section": [{"entry": [{"reference": "Observation/o1"}, {"reference": "Observation/o2"}]}]})
    assert [i.where for i in validate(nested)] == ["Bundle.entry[0].resource.section[0].section[0].entry[1].reference"]


def test_entries_hang_together_in_either_direction() -> None:
    flag = {"resourceType": "Provenance", "id": "v", "target": [{"reference": "Observation/o1"}], "agent": [
        {"who": {"reference": "Device/g"}}], "recorded": "2024-01-01T00:00:00Z"}
    link = {"fullUrl": "https://x.example/Provenance/v", "resource": flag}
    leads_in = {**DOCUMENT, "entry": [*DOCUMENT["entry"], link]}
    assert validate(leads_in) == []
    alone = {**DOCUMENT, "entry": [*DOCUMENT["entry"], {"fullUrl": A, "resource": organization()}]}
    assert [i.message.partition(":")[0] for i in validate(alone)] == ["reachable"]


def test_versions_of_a_reference_are_told_apart() -> None:
    old, new = (put(DOCUMENT["entry"][2], ("resource", "meta"), {"versionId": v}) for v in "12")
    entries = [*DOCUMENT["entry"][:2], old, new, DOCUMENT["entry"][3]]
    named = put({**DOCUMENT, "entry": entries}, ("entry", 0, "resource", "section", 0, "entry"), [
        {"reference": "Observation/o1/_history/1"}, {"reference": "Observation/o1/_history/2"}])
    assert validate(named) == []
    vague = put(named, ("entry", 0, "resource", "section", 0, "entry"), [{"reference": "Observation/o1"}])
    assert ["found 2 times" in i.message for i in validate(vague)] == [True]


def test_a_reference_that_leads_to_another_type() -> None:
    patient = {"resourceType": "Patient", "generalPractitioner": [{"reference": "Practitioner/" + A[9:]}]}
    wrong = bundle("collection", {"resource": patient, "fullUrl": "urn:uuid:1f9ab0c1-2d3e-4f50-8a61-72b3c4d5e6f7"},
                   {"fullUrl": A, "resource": organization()})
    assert [(i.code, i.where) for i in validate(wrong)] == [("fhir-reference", "Bundle.entry[0].resource")]


def test_many_entries_take_no_square_time() -> None:
    entries = [{"fullUrl": f"https://x.example/Organization/o{n}", "resource": organization(
        id=f"o{n}", partOf={"reference": f"Organization/o{n + 1}"})} for n in range(3000)]
    assert validate(bundle("collection", *entries)) == []
