"""Invariants: every row of invariants.csv and every rule of rules.py holds and fails where it should."""

import csv
from importlib.resources import files
from typing import Any

import pytest

from gateway.fhir import invariants, rules
from gateway.fhir.elements import ELEMENTS
from gateway.fhir.invariants import Rule
from gateway.fhir.validate import validate
from gateway.jsontext import Number
from tests.fhir.samples import ALLERGY, CONDITION, ENCOUNTER, OBSERVATION, PATIENT, UCUM, concept

ROWS = list(csv.DictReader(files("gateway.fhir").joinpath("invariants.csv").read_text("utf-8").splitlines()))
ERROR = concept(rules.CONDITION_VERIFICATION, "entered-in-error")
ALLERGY_ERROR = concept(rules.ALLERGY_VERIFICATION, "entered-in-error")


def satisfying(row: dict[str, str], word: str) -> dict[str, Any]:
    """An object in which one term of a row holds."""
    name, _, values = word.partition("=")
    if values:
        return {name: {"true": True, "0": 0}.get(values.split("|")[0], values.split("|")[0])}
    elements = (ELEMENTS.children(row["group"]) or {}).values()
    return {next(e.name for e in elements if name in (e.name, e.choice_of)): 1}


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['key']}-{r['group']}-{r['terms'].replace(' ', '+')[:40]}")
def test_every_row_holds_and_fails(row: dict[str, str]) -> None:
    rule = invariants.rule(row)
    words = row["terms"].split(" ")
    nothing: dict[str, Any] = {}
    first, everything = satisfying(row, words[0]), {k: v for w in words for k, v in satisfying(row, w).items()}
    expected = {  # nothing stands, the first term holds, all hold
        "needs": (True, False, True), "never": (True, True, False), "some": (False, True, True),
        "one": (False, True, False), "together": (True, False, True)}[row["form"]]
    if len(words) == 1:
        expected = (False, True, True)
    elif words[0] == words[-1].partition("=")[0]:  # `system` needs `system=…`
        first = {words[0]: "other"}
    assert (rule.holds(nothing), rule.holds(first), rule.holds(everything)) == expected
    assert rule.says and words[0] in rule.says


def test_a_row_about_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="has no element colour"):
        invariants.rule({"key": "x-1", "group": "Patient", "form": "needs", "terms": "colour name"})


def test_types_inherit_rules() -> None:
    assert "qty-3" in {r.key for r in rules.rules_of("Age")}
    assert "qty-3" not in {r.key for r in rules.rules_of("Patient")}


CASES: list[tuple[Rule, dict[str, Any], dict[str, Any]]] = [
    (rules.per_1, {"start": "2020-01", "end": "2020"}, {"start": "2020-02", "end": "2020-01-31"}),
    (rules.per_1, {"start": "2020-01-01T10:00:00+01:00", "end": "2020-01-01T09:00:00Z"},
     {"start": "2020-01-01T10:00:00Z", "end": "2020-01-01T10:00:00+01:00"}),
    (rules.per_1, {"start": "2020-01-01T10:00:60Z", "end": "2020-01-01T09:00:00Z"},
     {"start": "2021", "end": "2020-12-31"}),
    (rules.rng_2, {"low": {"value": 1}, "high": {"value": Number("1.0")}}, {"low": {"value": 2}, "high": {"value": 1}}),
    (rules.rng_2, {"low": {"value": 2, "code": "g"}, "high": {"value": 1, "code": "kg"}},
     {"low": {"value": Number("1e400")}, "high": {"value": 1}}),
    (rules.tim_4, {"duration": 0}, {"period": Number("-0.5")}),
    (rules.tim_9, {"offset": 1, "when": ["ACM"]}, {"offset": 1, "when": ["C"]}),
    (rules.att_size, {"data": "QU I=", "size": 2}, {"data": "QUI=", "size": 3}),
    (rules.ident_uri, {"system": rules.URI_SCHEME, "value": "urn:oid:1.2"},
     {"system": rules.URI_SCHEME, "value": "1.2"}),
    (rules.ait_1, {"verificationStatus": ALLERGY_ERROR}, {}),
    (rules.ait_2, {"clinicalStatus": {}}, {"clinicalStatus": {}, "verificationStatus": ALLERGY_ERROR}),
    (rules.con_4, {"abatementString": "x", "clinicalStatus": concept(rules.CONDITION_CLINICAL, "inactive")},
     {"abatementString": "x", "clinicalStatus": concept(rules.CONDITION_CLINICAL, "active")}),
    (rules.con_5, {"verificationStatus": ERROR}, {"clinicalStatus": {}, "verificationStatus": ERROR}),
    (rules.obs_7, {"code": concept("s", "a"), "valueString": "x", "component": [{"code": concept("s", "b")}]},
     {"code": concept("s", "a"), "valueString": "x", "component": [{"code": concept("s", "a")}]}),
    (rules.org_2, {"address": [{"use": "work"}]}, {"telecom": [{"use": "home"}]}),
    (rules.mdd_1, {"whenPrepared": "2020", "whenHandedOver": "2020-01"},
     {"whenPrepared": "2020-02", "whenHandedOver": "2020-01"}),
    (rules.lnk_1, {"item": [{}, {}]}, {"item": [{}]}),
    (rules.lst_2, {"mode": "changes", "entry": [{"deleted": True}]}, {"mode": "working", "entry": [{"deleted": True}]}),
    (rules.lst_2, {"mode": "working", "entry": [{"date": "2020"}]}, {"mode": "snapshot", "entry": [{"date": "2020"}]}),
    (rules.ras_2, {"probabilityDecimal": 100}, {"probabilityDecimal": Number("100.1")}),
    (rules.que_2, {"item": [{"linkId": "a", "item": [{"linkId": "b"}]}]},
     {"item": [{"linkId": "a", "item": [{"linkId": "a"}]}]}),
    (rules.que_12, {"enableWhen": [1]}, {"enableWhen": [1, 2]}),
    (rules.que_13, {"initial": [1, 2], "repeats": True}, {"initial": [1, 2]}),
    (rules.csd_1, {"concept": [{"code": "a"}, {"code": "b"}]},
     {"concept": [{"code": "a", "concept": [{"code": "a"}]}]}),
    (rules.csd_content, {"content": "complete", "concept": []}, {"content": "not-present", "concept": []}),
    (rules.vsd_system, {"system": "urn:x"}, {"system": "x"}),
    (rules.eld_13, {"type": [{"code": "a"}, {"code": "b"}]}, {"type": [{"code": "a"}, {"code": "a"}]}),
    (rules.eld_14, {"constraint": [{"key": "a"}]}, {"constraint": [{"key": "a"}, {"key": "a"}]}),
    (rules.eld_12, {"valueSet": "urn:x"}, {"valueSet": "ValueSet/x"}),
    (rules.sdf_14, {"snapshot": {"element": [{"id": "a"}]}, "differential": {"element": [{"id": "a"}]}},
     {"differential": {"element": [{}]}}),
    (rules.sdf_14, {}, {"snapshot": {"element": [{"id": "a"}, {"id": "a"}]}}),
    (rules.sdf_21, {"derivation": "constraint", "differential": {"element": [{}]}},
     {"derivation": "constraint", "differential": {"element": [{"defaultValueCode": "x"}]}}),
]


@pytest.mark.parametrize(("rule", "good", "bad"), CASES, ids=[f"{c[0].key}-{n}" for n, c in enumerate(CASES)])
def test_rules(rule: Rule, good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert rule.holds(good) and not rule.holds(bad)


def test_every_rule_has_a_case() -> None:
    assert {c[0].key for c in CASES} == {v.key for v in vars(rules).values() if isinstance(v, Rule)}


@pytest.mark.parametrize(("resource", "key", "where"), [
    (OBSERVATION | {"dataAbsentReason": {"text": "x"}}, "obs-6", "Observation"),
    (OBSERVATION | {"component": [{"code": OBSERVATION["code"], "valueInteger": 1}]}, "obs-7", "Observation"),
    (OBSERVATION | {"referenceRange": [{"low": {"value": 1, "comparator": "<"}}]}, "sqty-1",
     "Observation.referenceRange[0].low.comparator"),
    (ALLERGY | {"verificationStatus": ALLERGY_ERROR}, "ait-2", "AllergyIntolerance"),
    (CONDITION | {"clinicalStatus": concept(rules.CONDITION_CLINICAL, "active")}, "con-4", "Condition"),
    (CONDITION | {"onsetAge": {"value": 3, "unit": "a"}}, "age-1", "Condition.onset.ofType(Age)"),
    (CONDITION | {"onsetAge": {"value": 3, "system": UCUM, "code": "a"}}, None, None),
    (ENCOUNTER | {"period": {"start": "2024-01-02", "end": "2024-01-01"}}, "per-1", "Encounter.period"),
    (PATIENT | {"contact": [{"gender": "male"}]}, "pat-1", "Patient.contact[0]"),
    (PATIENT | {"telecom": [{"value": "1"}]}, "cpt-2", "Patient.telecom[0]"),
])
def test_where_a_broken_invariant_is_told(resource: dict[str, Any], key: str | None, where: str | None) -> None:
    told = [(i.message.partition(":")[0], i.where) for i in validate(resource)]
    assert told == ([(key, where)] if key else [])
