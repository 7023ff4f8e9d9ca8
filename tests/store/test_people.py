"""What identity keeps: features, block keys, decisions, persons."""

import sqlalchemy as sa

from gateway.store import changes, people, schema
from gateway.store.patients import Ref
from gateway.store.people import Known, Link
from tests.store.conftest import NOON

ANNA, ANN, BO = Ref("lund", "anna"), Ref("kiel", "ann"), Ref("kiel", "bo")


def seen(tx) -> None:
    people.put(tx, {ANNA: ("Berg", ["berg1980", "x"]), ANN: ("Bergh", ["berg1980"]),
                    BO: ("Ek", ["x", "y"])})


def test_candidates_share_a_block_key(store):
    with store.write(NOON) as tx:
        seen(tx)
        assert {k.ref for k in people.candidates(tx, ["berg1980"])} == {ANNA, ANN}
        assert people.candidates(tx, ["y", "nobody"]) == [Known(BO, "Ek", "")]
        people.put(tx, {BO: ("Ekh", ["z"])})
        assert people.candidates(tx, ["y"]) == []
        assert people.known(tx, [BO, Ref("lund", "unseen")]) == [Known(BO, "Ekh", "")]
        assert [k.ref for k in people.everyone(tx, step=2)] == sorted([ANNA, ANN, BO], key=[ANN, BO, ANNA].index)
        assert "berg1980" not in {key for (key,) in tx.conn.execute(sa.select(schema.blocks.c.key))}


def test_persons_change_and_source_patients_do_not(store):
    with store.write(NOON) as tx:
        seen(tx)
        people.assign(tx, {ANNA: "p1", ANN: "p2", BO: "p3"})
    with store.write(NOON) as tx:
        moved = people.assign(tx, {ANNA: "p1", ANN: "p1", BO: "p3"})
        assert [(m.ref, m.was, m.now) for m in moved] == [(ANN, "p2", "p1")]
        assert people.assign(tx, {ANN: "p1"}) == []
    with store.read() as tx:
        assert people.members(tx, "p1") == [ANN, ANNA]
        assert (people.members(tx, "p2"), people.members(tx, "")) == ([], [])
        assert (people.person(tx, ANN), people.person(tx, Ref("x", "y"))) == ("p1", "")
        assert people.persons(tx) == ["p1", "p3"] and people.persons(tx, after="p1") == ["p3"]
        assert [(m.was, m.now, m.change) for m in people.changes(tx, [ANN])] == [("", "p2", 1), ("p2", "p1", 2)]
        assert changes.last_of(tx, [BO]) == 1


def test_companions_were_one_person_once_and_nobody_is_no_person(store):
    """Who was together is for ever, from when on it was; two of whom nothing was left for a while were not together."""
    with store.write(NOON) as tx:
        seen(tx)
        people.assign(tx, {ANNA: "p1", ANN: "p2", BO: "p3"})
    with store.write(NOON) as tx:
        first = people.assign(tx, {ANNA: "p2"})[0].change - 1
    for persons in ({ANNA: "p1"}, {ANN: "", BO: ""}, {ANN: "p2", BO: "p3"}):
        with store.write(NOON) as tx:
            people.assign(tx, persons)
    with store.read() as tx:
        assert people.companions(tx, [ANNA]) == people.companions(tx, [ANN]) == [ANN, ANNA]
        assert people.companions(tx, [BO]) == [BO] and people.companions(tx, []) == []
        assert people.companions(tx, [ANNA], first) == [ANNA] and people.companions(tx, [ANNA], first + 1) == [ANN, ANNA]


def test_decisions_keep_model_weight_and_reasons(store):
    link = Link(ANNA, ANN, "m1", "link", 17.5, 0.99, {"why": ["family"]})
    review = Link(BO, ANNA, "m1", "review", 3.0, 0.5, {})
    with store.write(NOON) as tx:
        people.decide(tx, [link, review])
        people.decide(tx, [link._replace(weight=18.25)])
        people.decide(tx, [link._replace(model="m2")])
    with store.read() as tx:
        assert [d.weight for d in people.decisions(tx, decision="link")] == [18.25, 17.5]
        assert {(d.a, d.b) for d in people.decisions(tx, [BO])} == {(ANNA, BO)} or {
            (d.a, d.b) for d in people.decisions(tx, [BO])} == {(BO, ANNA)}
        assert people.decisions(tx, [ANN])[0].detail == {"why": ["family"]}
        assert len(people.decisions(tx)) == 3 and people.decisions(tx, []) == []
    with store.write(NOON) as tx:
        people.forget_decisions(tx, [ANN])
        assert len(people.decisions(tx)) == 1


def test_names_are_made_together_as_one_by_one(store):
    texts = ["", "berg1980", "å|王", "\ud800"]
    assert store.vault.names("block", texts) == {store.vault.name("block", t) for t in texts}
    assert store.vault.names("block", ["x"]).isdisjoint(store.vault.names("erased", ["x"]))
