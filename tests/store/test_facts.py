"""Facts under their content hash (house promises 1, 6, 10)."""

import itertools

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import IntegrityError
from gateway.ids import merged_id
from gateway.jsontext import Number, dumps
from gateway.merge.intake import Intake
from gateway.model import Fact
from gateway.store import changes, facts, problems, schema, search, units
from gateway.store.entries import Entry, add_all, entry
from gateway.store.patients import Ref
from tests.store.conftest import ID_KEY, NOON
from tests.store.samples import lines, observation, organization, patient, say

NUMBERS = itertools.count()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LEAF = TEXT | st.booleans() | st.integers() | st.sampled_from([Number("1.50"), Number("1e2"), Number("-0")])
JSON = st.recursive(LEAF, lambda x: st.lists(x, max_size=3) | st.dictionaries(TEXT, x, max_size=3), max_leaves=8)
ANNA, BO = Ref("lund", "anna"), Ref("lund", "bo")


@given(TEXT, TEXT, TEXT, TEXT | st.integers() | st.none(), st.dictionaries(TEXT, JSON, max_size=4))
def test_an_entry_has_the_id_of_its_fact(source, type, key, version, more):
    fact = Fact(source, version, {**more, "resourceType": type, "id": key})
    assert entry(fact).id == fact.id


def test_number_text_order_and_version_come_back(store):
    say(store, "m", [observation("o", "anna", version=Number("1.0"), valueQuantity={"value": Number("1.50")})])
    (line,) = lines(store, ANNA)
    assert dumps(line["resource"]["valueQuantity"]) == '{"value":1.50}'
    assert dumps(line["version"]) == "1.0"


def test_any_order_of_messages_keeps_the_same_facts(store):
    said = [[patient("anna"), observation("o", "anna")], [observation("o", "anna", asserted="2026-02-01")],
            [patient("anna"), observation("p", "anna")]]
    seen = set()
    for number, order in enumerate(itertools.permutations(said)):
        source = f"s{number}"
        for key, entries in enumerate(order):
            say(store, str(key), [entry(Fact(source, e.fact.version, e.fact.resource, e.fact.asserted), e.patient)
                                  for e in entries], source)
        seen.add(dumps([{**line, "source": ""} for line in lines(store, Ref(source, "anna"))]))
    assert len(seen) == 1


def test_redelivery_in_another_message_adds_a_carrier_only(store):
    first = say(store, "1", [observation("o", "anna")])
    second = say(store, "2", [observation("o", "anna")])
    with store.read() as tx:
        (row,) = facts.of_patients(tx, [ANNA])
        assert [c.unit for c in facts.carried_by(tx, row.id, 9)] == [first.id, second.id]
        assert changes.last(tx) == 1
        assert facts.mentioned(tx, second) == [ANNA]


def test_other_content_under_a_known_id_is_refused_and_stores_nothing(store):
    say(store, "1", [good := observation("o", "anna", status="final")])
    other = observation("o", "anna", status="amended")
    forged = Entry(other.fact, good.name, other.version, other.body, "anna", "", "", ())
    with pytest.raises(IntegrityError, match="one id"):
        say(store, "2", [observation("new", "anna"), forged])
    assert [line["resource"]["id"] for line in lines(store, ANNA)] == ["o"]


def test_two_keys_with_one_merged_id_are_detected(store):
    say(store, "1", [observation("o", "anna"), observation("p", "anna")])
    with store.write(NOON) as tx:
        tx.conn.execute(sa.update(schema.facts).values(merged="same"))
    with store.read() as tx, pytest.raises(IntegrityError, match="merged id"):
        facts.of_merged(tx, "same")


def test_changed_body_does_not_open(store):
    say(store, "1", [observation("o", "anna"), observation("p", "anna")])
    with store.write(NOON) as tx:
        bodies = [b for (b,) in tx.conn.execute(sa.select(schema.facts.c.body).order_by(schema.facts.c.n))]
        tx.conn.execute(sa.update(schema.facts).where(schema.facts.c.n == 1).values(body=bodies[1]))
    with pytest.raises(IntegrityError):
        lines(store, ANNA)


def test_a_replay_ends_what_the_message_says_no_longer(store):
    say(store, "1", [observation("o", "anna", status="wrong"), observation("p", "anna")])
    with store.read() as tx:
        before = changes.last(tx)
    unit = say(store, "1", [observation("o", "anna", status="final"), observation("p", "anna")])
    assert sorted(str(line["resource"].get("status")) for line in lines(store, ANNA)) == ["None", "final"]
    assert sorted(str(line["resource"].get("status")) for line in lines(store, ANNA, upto=before)) == ["None", "wrong"]
    with store.read() as tx:
        assert sorted(r.key for r in facts.of_unit(tx, unit)) == ["o", "p"]


def test_replaying_twice_changes_nothing(store):
    say(store, "1", [observation("o", "anna")])
    say(store, "1", [observation("p", "anna")])
    with store.read() as tx:
        before = changes.last(tx)
    say(store, "1", [observation("p", "anna")])
    with store.read() as tx:
        assert changes.last(tx) == before


def test_a_replay_leaves_what_another_message_says(store):
    say(store, "1", [observation("o", "anna")])
    say(store, "2", [observation("o", "anna")])
    say(store, "1", [])
    assert len(lines(store, ANNA)) == 1
    say(store, "2", [])
    assert lines(store, ANNA) == []


def test_what_was_ended_can_be_said_again(store):
    for entries in ([observation("o", "anna")], [], [observation("o", "anna")]):
        say(store, "1", entries)
    with store.read() as tx:
        (row,) = facts.of_patients(tx, [ANNA])
        assert len(facts.carried_by(tx, row.id, 9)) == 1
    assert [len(lines(store, ANNA, upto=n)) for n in range(4)] == [0, 1, 0, 1]


def test_one_message_about_two_patients_and_the_directory(store):
    say(store, "1", [observation("o", "anna"), observation("p", "bo"), organization("lab", name="Lab")])
    assert [line["resource"]["id"] for line in lines(store, ANNA)] == ["o"]
    assert [line["resource"]["id"] for line in lines(store, BO)] == ["p"]
    with store.read() as tx:
        assert [r.reference for r in facts.directory(tx)] == ["lund/Organization/lab"]
        assert facts.opened(tx, facts.directory(tx))[0].resource["name"] == "Lab"


def test_ways_to_a_fact(store):
    say(store, "1", [e := observation("o", "anna"), observation("o", "anna", version="2"), patient("bo")])
    with store.read() as tx:
        both = facts.of_key(tx, "lund", "Observation", "o")
        assert [r.version for r in both] == ['"1"', '"2"']
        assert facts.of_merged(tx, merged_id(ID_KEY, "lund", "Observation", "o")) == both
        assert facts.of_ids(tx, [e.id]) == both[:1] == facts.numbered(tx, [both[0].n])
        assert facts.of_patients(tx, [ANNA, BO], types=["Patient"]) == facts.of_patients(tx, [BO])
        assert facts.since(tx, 0, "lund", limit=2) == both
        assert (facts.since(tx, 1), facts.since(tx, 0, "kiel")) == ([], [])
        assert facts.count(tx) == {"lund": 3}


def test_many_messages_at_once_equal_one_by_one(store):
    said = {"1": [observation("o", "a"), patient("a")], "2": [observation("o", "a"), observation("q", "b")], "3": []}
    for key, entries in said.items():
        say(store, key, entries)
    with store.write(NOON) as tx:
        made = [(units.find(tx)[i], [entry(Fact("kiel", e.fact.version, e.fact.resource, e.fact.asserted),
                                                 e.patient) for e in entries]) for i, entries in
                enumerate(said.values())]
        added = add_all(tx, [(u._replace(tries=0), e) for u, e in made])
    assert [len(a.new) for a in added] == [2, 1, 0]
    assert [a.same for a in added] == [0, 1, 0]
    kiel, lund = (lines(store, Ref(s, "a"), Ref(s, "b")) for s in ("kiel", "lund"))
    assert [{**line, "source": ""} for line in kiel] == [{**line, "source": ""} for line in lund]


def test_ended_facts_leave_the_index(store):
    say(store, "1", [patient("anna")])
    hit = [search.Criterion("family", "prefix", [("berg", None)])]
    with store.read() as tx:
        assert len(search.fact_numbers(tx, "Patient", hit)) == 1
    say(store, "1", [])
    with store.read() as tx:
        assert search.fact_numbers(tx, "Patient", hit) == []
        assert tx.conn.execute(sa.select(schema.search)).all() == []
        assert problems.unreadable(tx, [ANNA]) == []


def test_search_terms_and_places_may_hold_what_text_columns_cannot(store):
    fact = Fact("lund", "1", {"resourceType": "Observation", "id": "o"})
    say(store, "1", [entry(fact, "anna", "a\0\udc80", terms=[("code", "x\0", "\ud800")])])
    with store.read() as tx:
        (row,) = facts.of_patients(tx, [ANNA])
        assert facts.carried_by(tx, row.id, 9)[0].place == "a\ufffd?"
        assert search.fact_numbers(tx, "Observation", [search.Criterion("code", "prefix", [("x", None)])]) == [row.n]


TIMES = st.sampled_from(["", "2026-01-01", "2026-01", "2026-01-01T12:00:00+01:00", "2026-01-01T12:00:00Z", "2026-01-01T10:30:00Z",
                         "2026-01-01T12:30:00+02:00", "2026-01-01T11:00:00.5Z", "2026-01-01T12:00:00-05:00",
                         "2026-03-29T03:00:00+02:00", "2026-03-29T01:30:00+01:00", "2026-03-28T23:00:00+01:00"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("ab"), TIMES), min_size=1, max_size=12, unique=True))
def test_a_directory_entry_is_read_at_the_ends_of_its_times_and_the_merge_sees_no_difference(store, said):
    """MRG step 1 reads the first and the last time of a content, whatever its form; the times between are not read."""
    source = f"s{next(NUMBERS)}"
    for number, (name, at) in enumerate(said):
        say(store, str(number), [entry(Fact(source, f"h{name}", {"resourceType": "Organization", "id": "o", "name": name},
                                            at or None), "")], source)
    with store.read() as tx:
        every, read = facts.of_key(tx, source, "Organization", "o"), facts.entry(tx, source, "Organization", "o")
        ends, all_ = Intake(), Intake()
        ends.add(facts.opened(tx, read), ())
        all_.add(facts.opened(tx, every), ())
        assert facts.entry(tx, source, "Organization", "o", upto=changes.last(tx)) == read
    assert {r.n for r in read} <= {r.n for r in every}
    assert ends.times == all_.times


def test_a_directory_entry_said_many_times_is_two_rows(store):
    for hour in range(10, 24):
        say(store, str(hour), [entry(Fact("lund", "h1", {"resourceType": "Organization", "id": "o", "name": "x"},
                                          f"2026-01-01T{hour}:00:00+01:00"), "")], "lund")
    with store.read() as tx:
        assert len(facts.of_key(tx, "lund", "Organization", "o")) == 14
        assert [r.asserted[11:13] for r in facts.entry(tx, "lund", "Organization", "o")] == ["10", "23"]


def test_what_a_source_spoke_as_fhir_is_not_what_was_made_of_a_message_or_handed_on(store):
    say(store, "1", [observation("spoken", "anna")], kind="Observation")
    say(store, "2", [observation("spoken", "anna", version="2")], kind="Observation")
    say(store, "3", [observation("made", "anna"), patient("anna")], kind="ClinicalDocument")
    say(store, "4", [entry(Fact("lund", "1", {"resourceType": "Observation", "id": "via"}, via="kiel"))], source="kiel",
        kind="Observation")
    say(store, "5", [observation("other", "anna", source="kiel")], source="kiel", kind="Observation")
    say(store, "6", [observation("ended", "anna")], kind="Observation")
    say(store, "6", [], kind="Observation")
    with store.read() as tx:
        assert facts.spoken(tx, "lund") == {"Observation": {"spoken"}}
        assert facts.spoken(tx, "kiel") == {"Observation": {"other"}}
