"""The judge of C-CDA documents can fail: it reads what an invented document says, and misses what is changed."""

import pytest

from tests import ccda_documents as made
from tests.ccda_documents import LOINC, SNOMED
from tests.corpus.ccda_facts import Document, Fact
from tests.corpus.ccda_judge import Verdict, judge

SCT, TYPES = "http://snomed.info/sct", ("Observation",)


def test_every_kind_of_fact_is_read_with_its_place_and_polarity() -> None:
    facts = list(Document(made.everything()).facts())
    said = {(f.kind, f.codes[0][1], f.negated) for f in facts if f.codes}
    assert said == {("allergen", "7980", False), ("allergen", "111088007", True), ("problem", "195967001", False),
                    ("problem", "90560007", True), ("medicine", "860975", False), ("medicine", "314076", True),
                    ("vaccine", "140", False), ("vaccine", "03", True), ("result", "2345-7", False),
                    ("vital", "8867-4", False), ("procedure", "80146002", False), ("procedure", "609588000", True)}
    result = next(f for f in facts if f.kind == "result")
    assert (result.section, result.value, result.unit) == ("30954-2", ("99.10",), "mg/dL")
    assert result.path.endswith("component[5]/section/entry/organizer/component/observation")
    assert {(f.kind, f.texts[0]) for f in facts if f.section == "header"} == {
        ("identifier", "A-1001"), ("name", "Nora"), ("name", "Jane"), ("name", "Ashgrove"), ("birthDate", "19610217"),
        ("sex", "F"), ("address", "12 Elm Row"), ("address", "Fairhaven"), ("address", "OR"), ("address", "97001"),
        ("phone", "tel:+1(555)010-2030")}


def test_an_entry_whose_code_is_absent_counts_by_translation_or_text_or_not_at_all() -> None:
    value = made.coded("value", made.ASTHMA, 'xsi:type="CD"').encode()
    assert value in made.everything()
    for instead, codes, texts in (
            (b'<value xsi:type="CD" nullFlavor="OTH"><translation code="J45" codeSystem="2.16.840.1.113883.6.90"/></value>',
             (("2.16.840.1.113883.6.90", "J45"),), ()),
            (b'<value xsi:type="CD" nullFlavor="OTH"><originalText>Wheezing  child</originalText></value>', (), ("Wheezing child",))):
        facts = [f for f in Document(made.everything().replace(value, instead)).facts() if f.kind == "problem" and not f.negated]
        assert [(f.codes, f.texts) for f in facts] == [(codes, texts)]
    assert not [f for f in Document(made.everything().replace(value, b'<value xsi:type="CD" nullFlavor="UNK"/>')).facts()
                if f.kind == "problem" and not f.negated]


def _observation(code: str, value: str, unit: str, **more: object) -> dict:
    return {"resourceType": "Observation", "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value, "unit": unit}, **more}


GLUCOSE = Fact("result", "30954-2", "", TYPES, ((LOINC, "2345-7"),), (), ("99.10",), "mg/dL")


@pytest.mark.parametrize("resource, found", [
    (_observation("2345-7", "99.1", "mg/dL"), True), (_observation("2345-7", "99.1", "mmol/L"), False),
    (_observation("2345-7", "99", "mg/dL"), False), (_observation("2339-0", "99.1", "mg/dL"), False),
    ({**_observation("2345-7", "99.1", "mg/dL"), "resourceType": "Condition"}, False),
    (_observation("1-1", "5", "g", component=[_observation("2345-7", "99.1", "mg/dL")]), True),
    ({"resourceType": "Observation", "code": _observation("2345-7", "", "")["code"],
      "component": [_observation("1-1", "99.1", "mg/dL")]}, False)])
def test_a_value_counts_beside_its_own_code_only(resource: dict, found: bool) -> None:
    assert judge([GLUCOSE], [resource])[0][1].found is found


def _condition(code: str, status: str) -> dict:
    return {"resourceType": "Condition", "code": {"coding": [{"system": SCT, "code": code}]},
            "verificationStatus": {"coding": [{"code": status}]}}


@pytest.mark.parametrize("resources, verdict", [
    ([], Verdict(False)), ([_condition("90560007", "refuted")], Verdict(True)),
    ([_condition("90560007", "confirmed")], Verdict(False, (), True))])
def test_a_negation_that_is_lost_is_wrong(resources: list[dict], verdict: Verdict) -> None:
    gout = Fact("problem", "11450-4", "", ("Condition",), ((SNOMED, "90560007"),), negated=True)
    assert judge([gout], resources)[0][1] == verdict


def test_a_lost_translation_is_counted_by_itself() -> None:
    fact = Fact("problem", "11450-4", "", ("Condition",), ((SNOMED, "195967001"), ("2.16.840.1.113883.6.90", "J45")))
    assert judge([fact], [_condition("195967001", "confirmed")])[0][1] == Verdict(True, (("2.16.840.1.113883.6.90", "J45"),))


@pytest.mark.parametrize("name, instead", [("family", "Ashgrov"), ("given", ["Nora"])])
def test_demographics_are_looked_for_in_the_patient(name: str, instead: object) -> None:
    facts = [f for f in Document(made.everything()).facts() if f.section == "header"]
    patient = {"resourceType": "Patient", "identifier": [{"value": "A-1001"}], "birthDate": "1961-02-17", "gender": "female",
               "name": [{"given": ["Nora", "Jane"], "family": "Ashgrove"}], "telecom": [{"value": "+1 (555) 010-2030"}],
               "address": [{"line": ["12 Elm Row"], "city": "Fairhaven", "state": "OR", "postalCode": "97001"}]}
    assert all(v.found for _, v in judge(facts, [patient]))
    patient["name"][0][name] = instead
    assert sum(not v.found for _, v in judge(facts, [patient])) == 1
