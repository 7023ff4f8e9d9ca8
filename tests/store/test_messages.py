"""House promise 2: raw bytes are kept first, in sealed units; a file is its ordered list of units."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import IntegrityError, error
from gateway.model import Rejected
from gateway.store import Store, cursors, inbox, problems, schema, units
from tests.store.conftest import NOON
from tests.store.samples import message

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FEEDS = st.lists(st.lists(st.tuples(st.sampled_from("abcd"), st.binary(max_size=6)), max_size=4), max_size=4)


def arrive(store: Store, *messages, source: str = "lund") -> list[inbox.Arrival]:
    with store.write(NOON) as tx:
        return inbox.add(tx, source, messages)


def clean(store: Store) -> None:
    with store.write(NOON) as tx:
        for table in (schema.parts, schema.unit_keys, schema.issues, schema.units, schema.deliveries):
            tx.conn.execute(sa.delete(table))


@FEW
@given(FEEDS)
def test_redelivery_adds_nothing_and_other_bytes_are_never_lost(store, feed):
    clean(store)
    new = []
    for batch in feed:
        arrivals = arrive(store, *(message(*m) for m in batch))
        new += [m for m, arrival in zip(batch, arrivals, strict=True) if arrival.new]
    assert new == list(dict.fromkeys(m for batch in feed for m in batch))
    with store.read() as tx:
        kept = [units.message(tx, u) for u in units.find(tx)]
    assert [(m.key, m.raw) for m in kept] == new


@FEW
@given(st.lists(st.binary(max_size=8), unique=True, max_size=12), st.data())
def test_a_file_is_its_units_in_order_however_often_and_in_how_many_reads_it_comes(store, pieces, data):
    clean(store)
    all_of_it = [message(str(i), raw, delivery="labs.csv") for i, raw in enumerate(pieces)]
    for _ in range(3):
        cut = data.draw(st.integers(0, len(pieces)))
        arrive(store, *all_of_it[:cut])
    arrive(store, *all_of_it)
    with store.read() as tx:
        assert b"".join(raw for _, raw in units.delivery(tx, "lund", "labs.csv")) == b"".join(pieces)


def test_a_unit_stands_in_every_delivery_that_held_it(store):
    arrive(store, message("1", b"a\n", delivery="monday"), message("2", b"b\n", delivery="monday"))
    arrive(store, message("2", b"b\n", delivery="tuesday"), message("3", b"c\n", delivery="tuesday"))
    with store.read() as tx:
        assert [raw for _, raw in units.delivery(tx, "lund", "tuesday")] == [b"b\n", b"c\n"]


def test_message_comes_back_with_its_header(store):
    (arrival,) = arrive(store, message("k", b"\x00\xff", delivery="f.hl7", place="f.hl7:3", cursor="f.hl7:4"))
    with store.read() as tx:
        kept = units.message(tx, arrival.unit)
        assert units.of_key(tx, "lund", "k") == [units.get(tx, arrival.unit.id)]
    assert (kept.key, kept.raw, kept.delivery, kept.place, kept.cursor, kept.kind) == (
        "k", b"\x00\xff", "f.hl7", "f.hl7:3", "f.hl7:4", "ADT^A01")


def test_a_key_used_again_for_other_bytes_is_told(store):
    first, again = arrive(store, message("k", b"one")), arrive(store, message("k", b"two"))
    assert (first[0].reused, again[0].reused, again[0].new) == (False, True, True)
    assert [a.reused for a in arrive(store, message("k", b"two"), message("k", b"one"))] == [True, True]


def test_keys_are_the_source_s_own(store):
    arrive(store, message("k"))
    assert arrive(store, message("k"), source="kiel")[0].new


def test_what_could_not_be_read_is_kept_and_is_a_problem(store):
    issue = error("csv-row", "The row has 3 fields, not 4.", "labs.csv:12")
    (arrival,) = arrive(store, Rejected(issue, b"a;b;c", "labs.csv:13", delivery="labs.csv"))
    with store.read() as tx:
        assert units.message(tx, arrival.unit).raw == b"a;b;c"
        (problem,) = problems.find(tx)
        assert problems.of_unit(tx, arrival.unit) == [issue]
    assert (problem.code, problem.stage, problem.units, arrival.unit.state) == ("csv-row", "read", 1, "rejected")


@pytest.mark.parametrize("column", ["raw", "header"])
def test_changed_bytes_do_not_open(store, column):
    (arrival,) = arrive(store, message("k", b"dose 5 mg"))
    with store.write(NOON) as tx:
        sealed = tx.conn.execute(sa.select(schema.units.c[column])).scalar_one()
        spoiled = sealed[:-1] + bytes([sealed[-1] ^ 1])
        tx.conn.execute(sa.update(schema.units).values({column: spoiled}))
    with store.read() as tx, pytest.raises(IntegrityError, match="do not open"):
        units.message(tx, arrival.unit)


def test_a_commitment_proves_the_bytes(store):
    (arrival,) = arrive(store, message("k", b"dose 5 mg"))
    with store.write(NOON) as tx:
        tx.conn.execute(sa.update(schema.units).values(commitment=b"other"))
        with pytest.raises(IntegrityError, match="committed"):
            units.message(tx, arrival.unit)


def test_bytes_moved_to_another_row_do_not_open(store):
    one, two = arrive(store, message("1", b"one"), message("2", b"two"))
    with store.write(NOON) as tx:
        sealed = tx.conn.execute(sa.select(schema.units.c.raw).where(schema.units.c.n == one.unit.n)).scalar_one()
        tx.conn.execute(sa.update(schema.units).where(schema.units.c.n == two.unit.n).values(raw=sealed))
    with store.read() as tx, pytest.raises(IntegrityError):
        units.message(tx, two.unit)


def test_states_and_pages(store):
    arrive(store, *(message(str(i), str(i).encode()) for i in range(5)))
    with store.write(NOON) as tx:
        for unit in units.find(tx, limit=2):
            units.settle(tx, unit, "done")
        assert units.counts(tx) == {"lund": {"done": 2, "received": 3}}
        waiting = units.find(tx, state="received")
        assert [u.n for u in units.find(tx, state="received", after=waiting[0].n)] == [u.n for u in waiting[1:]]
        assert units.reopen(tx, [u.n for u in units.find(tx, state="done")]) == 2
        assert {u.tries for u in units.find(tx, state="received")} == {0, 1}


WEIRD = st.text(st.characters(categories=["L", "Cs", "Cc", "Nd"]), max_size=4)


@FEW
@given(WEIRD, WEIRD, WEIRD, WEIRD, WEIRD)
def test_names_that_are_no_proper_text_are_kept_all_the_same(store, key, kind, delivery, place, cursor):
    clean(store)
    (arrival,) = arrive(store, message(key, b"x", kind=kind, delivery=delivery, place=place, cursor=cursor))
    with store.write(NOON) as tx:
        cursors.answered(tx, "lund", cursor)
        cursors.failed(tx, "kiel", "no-answer", place)
        problems.note(tx, arrival.unit, [problems.Note(error("odd", "odd", place), "map")], [key])
        kept = units.message(tx, arrival.unit)
        assert (kept.key, kept.delivery, kept.place, kept.cursor) == (key, delivery, place, cursor)
        assert cursors.get(tx, "lund").cursor == cursor and len(problems.find(tx)) == 1
