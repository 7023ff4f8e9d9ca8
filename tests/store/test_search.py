"""The index finds what a walk over all rows finds; text is ordered by code point on both engines."""

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.model import Fact
from gateway.store import facts, people, schema, search
from gateway.store.entries import entry
from gateway.store.patients import Ref
from gateway.store.search import Criterion
from tests.store.conftest import NOON
from tests.store.samples import say

LETTERS = "aAzÅåßé\U0010ffff\ud7ff\ue000\U0001f600"
WORDS = st.text(LETTERS, min_size=1, max_size=3)
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fill(store, terms: dict[str, list[tuple[str, str, str]]]) -> None:
    """One Observation for each patient."""
    with store.write(NOON) as tx:
        for table in (schema.search, schema.carriers, schema.facts):
            tx.conn.execute(sa.delete(table))
    entries = [entry(Fact("lund", "1", {"resourceType": "Observation", "id": key}), key, terms=rows)
               for key, rows in terms.items()]
    say(store, "1", entries)
    with store.write(NOON) as tx:
        people.assign(tx, {Ref("lund", key): f"person-{key}" for key in terms})


def found(store, *criteria: Criterion, **more) -> set[str]:
    with store.read() as tx:
        return {p.removeprefix("person-") for p in search.persons(tx, "Observation", criteria, **more)}


@SLOW
@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(WORDS, WORDS), min_size=1), WORDS, WORDS)
def test_prefix_token_and_overlap_equal_a_walk(store, pairs, lo, hi):
    spans = {k: sorted(p) for k, p in pairs.items()}
    fill(store, {k: [("name", p[0], p[0]), ("code", *p), ("date", *spans[k])] for k, p in pairs.items()})
    lo, hi = sorted((lo, hi))
    assert found(store, Criterion("name", "prefix", [(lo, None)])) == {
        k for k, p in pairs.items() if p[0].startswith(lo)}
    assert found(store, Criterion("code", "token", [(lo, None)])) == {k for k, p in pairs.items() if p[0] == lo}
    assert found(store, Criterion("code", "token", [("", hi)])) == {k for k, p in pairs.items() if p[1] == hi}
    assert found(store, Criterion("date", "overlap", [(lo, hi)])) == {
        k for k, (a, b) in spans.items() if a <= hi and b >= lo}


def test_criteria_are_and_alternatives_are_or(store):
    fill(store, {"a": [("code", "1", "loinc"), ("status", "final", "")], "b": [("code", "2", "loinc")]})
    one_or_two = Criterion("code", "token", [("1", "loinc"), ("2", None)])
    assert found(store, one_or_two) == {"a", "b"}
    assert found(store, one_or_two, Criterion("status", "token", [("final", None)])) == {"a"}
    assert found(store, one_or_two, members=[Ref("lund", "b")]) == {"b"}
    assert found(store) == found(store, Criterion("code", "token", [])) == set()
    assert found(store, Criterion("code", "prefix", [("", None)])) == set(), "an empty value selects nothing"


def test_facts_of_a_source_and_an_index_that_is_rebuilt(store):
    fill(store, {"a": [("code", "1", "loinc")], "b": [("code", "1", "loinc")]})
    hit = [Criterion("code", "token", [("1", "loinc")])]
    with store.write(NOON) as tx:
        rows = facts.numbered(tx, search.fact_numbers(tx, "Observation", hit, "lund"))
        assert [r.patient_key for r in rows] == ["a", "b"]
        assert search.fact_numbers(tx, "Observation", hit, members=[Ref("lund", "b")]) == [rows[1].n]
        assert search.fact_numbers(tx, "Observation", hit, upto=0) == []
        assert search.fact_numbers(tx, "Observation", hit, "kiel") == []
        search.rebuild(tx, [(rows[0].n, "Observation", rows[0].patient, [("code", "2", "loinc")])])
        assert search.fact_numbers(tx, "Observation", hit) == [rows[1].n]


def test_persons_are_paged_by_code_point(store):
    names = ["a", "B", "é", "Z", "z", "\U0001f600", "\uffee", "_", "-1"]
    with store.write(NOON) as tx:
        people.assign(tx, {Ref("lund", str(i)): name for i, name in enumerate(names)})
        assert people.persons(tx) == sorted(names)
        assert people.persons(tx, after="Z") == [n for n in sorted(names) if n > "Z"]
