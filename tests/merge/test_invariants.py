"""What must hold of every record is checked on every record; each check is seen to fail when its rule is broken."""

import re
from pathlib import Path
from typing import Any

import pytest

from gateway.merge import findings, grouping, merge, person, writing
from gateway.merge.forms import Form
from tests.merge.given import SNOMED, coded, codes, condition, fact, record, result, says, tables

MORNING = "2024-01-01T08:00:00Z"


def broken(*given: Any) -> list[str]:
    made = merge(given, (), tables())
    return [i["detail"] for i in made.issues if i["code"]["coding"][0]["code"] == "invariant-broken"]


def test_a_fact_that_is_not_accounted_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "lines", lambda entry, shown: {})
    assert broken(result("A", "1", MORNING)) == ["A fact is not accounted for."]


def test_a_reference_to_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing.Beside, "put", lambda self, made: None)
    told = broken(fact("A", "Encounter", "e"), result("A", "1", MORNING, encounter={"reference": "Encounter/e"}))
    assert "A reference points to nothing." in told


def test_one_id_for_two_resources_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person, "merged_id", lambda *key: "same")
    assert "Two resources share an id or a fact." in broken(result("A", "1", MORNING), result("B", "2", None))


def test_what_is_unknown_and_was_taken_for_equal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def alike(lead: Form, law: Any) -> Any:
        return lead.fact.type

    monkeypatch.setattr(grouping, "_bucket_of", alike)
    assert broken(fact("A", "Condition", "1"), fact("B", "Condition", "2")) == ["What cannot be compared was taken for equal."]


def test_a_ruling_may_join_what_cannot_be_compared() -> None:
    a, b = fact("A", "Condition", "1"), fact("B", "Condition", "2")
    assert codes(record(a, b, says("ruling", ruling="same", facts=[a.id, b.id]))) == []


def test_two_findings_of_the_same_facts_are_one_issue_whatever_comes_first() -> None:
    groups = [fact(s, "Observation", "1", status="final", code=coded(("http://loinc.org", "882-1")), effectiveDateTime=MORNING,
                   valueString=v) for s, v in (("A", "A+"), ("B", "0-"))]
    assert codes(record(*groups)).count("value-conflict") == 1
    assert codes(record(condition("A", "1", coded((SNOMED, "1"))))) == []


def test_the_page_of_issues_lists_every_code_with_its_severity() -> None:
    page = Path(findings.__file__).with_name("ISSUES.md").read_text("utf-8")
    assert dict(re.findall(r"(?m)^\| `([a-z-]+)` \| (high|moderate|low) \|", page)) == findings.SEVERITY
