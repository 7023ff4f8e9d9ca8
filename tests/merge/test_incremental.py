"""Where a new fact reaches further than itself: each step is compared with the merge from scratch (P4)."""

from typing import Any

import pytest

from gateway.jsontext import canonical
from gateway.merge import Person, merge
from gateway.model import Assertion, Fact
from tests.merge.given import (
    LOINC,
    RXNORM,
    SNOMED,
    VERIFICATION,
    allergy,
    coded,
    codes,
    condition,
    fact,
    of,
    result,
    says,
    tables,
)

MORNING = "2024-01-01T08:00:00Z"
CODE = coded((SNOMED, "38341003"))
AMOXICILLIN = coded((RXNORM, "723"))
NUMBER = [{"system": "urn:n", "value": "1"}]


def grow(*given: Fact | Assertion) -> list[Any]:
    """The records after each line, every one equal to the merge from scratch; assertions come first."""
    said = [g for g in given if isinstance(g, Assertion)]
    facts = [g for g in given if isinstance(g, Fact)]
    person = Person(tables())
    person.add([], said)
    person.add([fact(s, "Flag", "first") for s in "ABC"])
    records = []
    for n, one in enumerate(facts, 1):
        person.add([one])
        records.append(person.record())
        scratch = merge([*(fact(s, "Flag", "first") for s in "ABC"), *facts[:n]], said, tables())
        assert canonical(records[-1].json()) == canonical(scratch.json()), n
    return records


def statement(source: str = "B") -> Fact:
    return fact(source, "MedicationStatement", "s", status="active", medicationReference={"reference": "Medication/m"})


def test_a_medicine_is_known_when_its_catalogue_entry_comes() -> None:
    *_, before, after = grow(
        fact("A", "MedicationStatement", "s", status="active", medicationCodeableConcept=AMOXICILLIN), statement(),
        fact("B", "Medication", "m", code=AMOXICILLIN))
    assert (len(of(before, "MedicationStatement")), len(of(after, "MedicationStatement"))) == (2, 1)


def test_a_new_ingredient_warns() -> None:
    def product(version: int, **more: Any) -> Fact:
        return fact("B", "Medication", "m", version=version, code=coded(text="Mixture"), **more)

    *_, before, after = grow(allergy("A", "1", AMOXICILLIN), statement(), product(1),
                             product(2, ingredient=[{"itemCodeableConcept": AMOXICILLIN}]))
    assert (codes(before), codes(after)) == ([], ["drug-allergy"])


def test_reports_meet_when_their_results_do() -> None:
    reports = [fact(s, "DiagnosticReport", "r", status="final", code=coded((LOINC, "24331-1")), effectiveDateTime=MORNING,
                    result=[{"reference": "Observation/o"}]) for s in "AB"]
    *_, before, after = grow(*reports, result("A", "o", MORNING, version=1), result("B", "o", MORNING, 7, version=1),
                             result("B", "o", MORNING, version=2))
    assert (len(of(before, "DiagnosticReport")), len(of(after, "DiagnosticReport"))) == (2, 1)


def test_a_ruling_falls_when_a_fact_that_it_names_turns_up_elsewhere() -> None:
    a, b = condition("A", "1", CODE, "active", recordedDate="2020"), condition("B", "2", CODE, "resolved", recordedDate="2021")
    other = condition("C", "3", coded(text="Something else"))
    chosen = says("ruling", ruling="value", element="clinicalStatus", choose=a.id, facts=[a.id, b.id, other.id])
    _, held, fallen = grow(a, b, other, chosen)
    assert codes(held) == [] and codes(fallen) == ["ruling-reopened", "status-conflict"]


def test_an_origin_that_is_created_again_meets_its_copy() -> None:
    copy = condition("B", "b", coded((SNOMED, "1")), meta={"source": "A/Condition/1/_history/3"})
    gone = says("retract", source="A", type="Condition", id="1", version=2)
    *_, before, after = grow(condition("A", "1", CODE, version=1), copy, condition("A", "1", CODE, version=3), gone)
    assert len(of(before, "Condition")) == len(of(after, "Condition")) == 1
    assert len(after.members[f"Condition/{of(after, 'Condition')[0]['id']}"]) == 2


def test_a_clash_is_over_when_one_side_is_corrected() -> None:
    late = "2024-01-01T09:00:00Z"
    *_, before, after = grow(result("A", "1", MORNING, identifier=NUMBER), result("B", "2", late, 7, identifier=NUMBER),
                             result("B", "2", late, 7, identifier=NUMBER, version=2, status="corrected"))
    assert "identifier-clash" in codes(before) and "identifier-clash" not in codes(after)


def test_an_id_that_moves_is_followed_by_all_who_refer_to_it() -> None:
    visits = [fact(s, "Encounter", "e", status="finished", identifier=NUMBER, asserted=day) for s, day in (
        ("B", "2024-02-01"), ("A", "2024-01-01"))]
    seen = [result("B", str(n), MORNING, n, encounter={"reference": "Encounter/e"}) for n in range(4)]
    *_, after = grow(visits[0], *seen, visits[1])
    assert {o["encounter"]["reference"] for o in of(after, "Observation")} == {f"Encounter/{of(after, 'Encounter')[0]['id']}"}


@pytest.mark.parametrize("reference", ["Encounter/e", "urn:uuid:e"])
def test_a_dangling_reference_is_closed_when_its_target_comes(reference: str) -> None:
    before, after = grow(result("A", "1", MORNING, encounter={"reference": reference}),
                         fact("A", "Encounter", "e", status="finished"))
    assert "reference" not in of(before, "Observation")[0]["encounter"]
    assert "reference" in of(after, "Observation")[0]["encounter"]


def test_a_contact_meets_when_the_directory_learns_who_its_organisation_is() -> None:
    npi = {"identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1"}]}

    def visit(source: str, by: dict[str, Any]) -> Fact:
        return fact(source, "Encounter", "e", status="finished", period={"start": MORNING}, serviceProvider=by,
                    **{"class": {"system": "urn:c", "code": "AMB"}})

    *_, before, after = grow(visit("A", {"identifier": npi["identifier"][0]}), visit("B", {"reference": "Organization/o"}), fact("B", "Organization", "o", **npi))
    assert (len(of(before, "Encounter")), len(of(after, "Encounter"))) == (2, 1)


def test_a_superseded_version_leaves_its_bucket() -> None:
    *_, after = grow(condition("A", "1", CODE), condition("B", "2", CODE, version=1),
                     condition("B", "2", coded(text="Other"), version=2))
    assert len(of(after, "Condition")) == 2


def test_a_conflict_ends_with_the_fact_that_raised_it() -> None:
    *_, before, after = grow(condition("A", "1", CODE, "active", asserted="2020"), condition("B", "2", CODE, "resolved", asserted="2021"),
                             condition("B", "2", CODE, "resolved", version=2, verificationStatus=coded((VERIFICATION, "entered-in-error"))))
    assert (codes(before), codes(after)) == (["status-conflict"], [])


def test_a_stale_value_is_none_once_its_correction_is_withdrawn() -> None:
    """The corrected version is of another test, so nothing but the note of what is outdated touches the value's bucket."""
    other = coded((LOINC, "2339-0"))
    *_, before, after = grow(
        result("B", "2", MORNING, 5), result("A", "1", MORNING, 5), result("A", "1", MORNING, 7, version=2, status="corrected", code=other),
        result("A", "1", MORNING, 7, version=3, status="entered-in-error", code=other))
    assert (codes(before), codes(after)) == (["stale-version"], [])
