"""Tables for grouping: only equal and equivalent make one concept (MRG-06), every mistake is named at once."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import ConfigError
from gateway.shipped import below, shipped
from gateway.terminology.closure import ancestors, representatives
from gateway.terminology.tables import UCUM, Tables, load

PAIRS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=12)


@given(PAIRS, st.randoms())
def test_representatives_do_not_depend_on_order(pairs: list[tuple[str, str]], random: Any) -> None:
    shuffled = [random.choice(((a, b), (b, a))) for a, b in random.sample(pairs, len(pairs))]
    assert representatives(pairs) == representatives(shuffled)


@given(PAIRS)
def test_a_pair_has_one_representative_and_it_is_the_least(pairs: list[tuple[str, str]]) -> None:
    found = representatives(pairs)
    for a, b in pairs:
        assert found[a] == found[b] <= min(a, b)


@given(PAIRS)
def test_ancestors_are_transitive_and_never_the_concept_itself(pairs: list[tuple[str, str]]) -> None:
    found = ancestors(pairs)
    for child, above in found.items():
        assert child not in above
        for parent in above:
            assert found.get(parent, frozenset()) - {child} <= above


def conceptmap(*rows: tuple[str, str, str]) -> str:
    elements = [{"code": a, "target": [{"code": b, "equivalence": how}]} for a, how, b in rows]
    return json.dumps({"resourceType": "ConceptMap", "version": "1", "group": [
        {"source": "urn:a", "target": "urn:b", "element": elements}]})


@pytest.mark.parametrize(("relation", "one"), [
    ("equal", True), ("equivalent", True), ("wider", False), ("narrower", False), ("subsumes", False),
    ("specializes", False), ("inexact", False), ("relatedto", False), ("unmatched", False), ("disjoint", False)])
def test_only_equal_and_equivalent_make_one_concept(relation: str, one: bool) -> None:
    tables = load({"m.json": conceptmap(("1", relation, "2"))})
    assert (tables.concept("urn:a", "1") == tables.concept("urn:b", "2")) is one


def test_wider_and_narrower_say_what_lies_above() -> None:
    tables = load({"m.json": conceptmap(("1", "wider", "2"), ("3", "narrower", "4"), ("1", "equivalent", "9"))})
    assert tables.broader(tables.concept("urn:a", "1")) == {"urn:b|2"}
    assert tables.broader("urn:b|4") == {"urn:a|3"}
    assert tables.broader("urn:a|3") == frozenset()


def test_the_shipped_tables_load_and_name_their_versions() -> None:
    tables = load(below(shipped(), "conceptmaps", "terminology"))
    assert {"problems", "substances", "drug-classes", "systems", "molar-masses"} <= set(tables.versions)
    assert all(tables.versions.values())


def test_an_oid_is_the_same_system_as_its_uri() -> None:
    tables = load(below(shipped(), "terminology"))
    assert tables.concept("urn:oid:2.16.840.1.113883.6.96", "1") == tables.concept("http://snomed.info/sct", "1")
    assert tables.priority("urn:oid:2.16.840.1.113883.6.1") == tables.priority("http://loinc.org") == 0
    assert tables.priority("urn:unheard-of") > tables.priority("http://hl7.org/fhir/sid/ndc")


@pytest.mark.parametrize(("system", "code", "text", "known"), [
    (UCUM, "mg/dL", "", True), (UCUM, "mcg", "mg/dL", False), (UCUM, "", "mg/dL", True), ("", "mcg", "", True),
    ("", "", "K/uL", True), ("urn:local", "mg/dL", "mg/dL", False), ("", "", "", False), ("", "", "furlongs", False)])
def test_a_unit_is_known_only_for_sure(system: str, code: str, text: str, known: bool) -> None:
    assert (Tables().unit(system, code, text) is not None) is known


_MAP = '{"resourceType":"ConceptMap","version":"1","group":%s}'
_ROW = '[{"source":"urn:a","target":"urn:b","element":[{"code":"1","target":[{"code":"2","equivalence":"%s"}]}]}]'
_VERSION = "# version: 1\n"


@pytest.mark.parametrize(("path", "text", "where"), [
    ("m.json", _MAP % "null", "m.json ConceptMap.group"), ("m.json", _MAP % "{}", "m.json ConceptMap.group"), ("m.json", _MAP % "[null]", "m.json ConceptMap.group[0]"),
    ("m.json", _MAP % '[{"source":"urn:a","target":"urn:b","element":null}]', "m.json ConceptMap.group[0]"),
    ("m.json", _MAP % '[{"source":"urn:a","target":"urn:b","element":[{"code":"1","target":null}]}]', "m.json ConceptMap.group[0]"),
    ("m.json", _MAP % (_ROW % "equivelent"), "m.json ConceptMap.group[0]"), ("m.json", _MAP % (_ROW % "source-is-narrower-than-target"), "m.json ConceptMap.group[0]"),
    ("terminology/molar-masses.csv", _VERSION + "system,code,grams_per_mole\nurn:a,1,heavy\n", "terminology/molar-masses.csv:3"),
    ("terminology/valences.csv", _VERSION + "system,code,valence\nurn:a,1,1\nurn:a,1,0\n", "terminology/valences.csv:4"),
    ("terminology/kinds.csv", _VERSION + "system,kind\nurn:a,x\n", "terminology/kinds.csv:3"), ("terminology/kinds.csv", _VERSION + "system,code,kind\nurn:a\n", "terminology/kinds.csv:3"),
    ("terminology/molarmasses.csv", _VERSION + "system,code,grams_per_mole\nurn:a,1,2\n", "terminology/molarmasses.csv")])
def test_a_mistake_in_a_table_of_the_site_is_told_with_its_place(path: str, text: str, where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({path: text})
    assert [i.where for i in caught.value.issues] == [where]


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load({"a.json": "{", "b.json": "[]", "c.json": '{"resourceType":"ConceptMap"}', "d.csv": "system,code\n",
              "e.json": '{"resourceType":"ConceptMap","version":"1","group":[{"source":"a"}]}'})
    assert [i.where for i in caught.value.issues] == ["a.json", "b.json", "c.json", "d.csv:1",
                                                      "e.json ConceptMap.group[0]"]
    assert {i.code for i in caught.value.issues} == {"terminology-invalid"}
