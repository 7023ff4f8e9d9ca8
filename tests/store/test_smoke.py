from gateway.model import Fact, Message, Ledger
from gateway.store import facts, inbox, units, ledger, changes, people, search
from gateway.store.patients import Ref
from tests.store.conftest import NOON

def test_smoke(store):
    with store.write(NOON) as tx:
        (a,) = inbox.add(tx, "lund", [Message("k1","ADT^A01",b"raw","c1",None,"f.hl7","f.hl7:1")])
        e = facts.entry(Fact("lund","1",{"resourceType":"Patient","id":"p1"}), "p1", terms=[("family","svensson","svensson")])
        added = facts.add(tx, a.unit, [e])
        ledger.put(tx, a.unit, Ledger({"a":[]},{},["PID-3(2)"]))
        units.settle(tx, a.unit, "done")
        people.assign(tx, {Ref("lund","p1"): "P"})
    assert added.new == (e.id,) == (e.fact.id,)
    with store.read() as tx:
        rows = facts.of_patients(tx, [Ref("lund","p1")])
        assert facts.opened(tx, rows)[0].resource == e.fact.resource
        assert units.message(tx, a.unit).raw == b"raw"
        assert changes.last(tx) == 1
        assert search.persons(tx, "Patient", [search.Criterion("family","prefix",[("sven",None)])]) == ["P"]
        assert [r for _, r in units.delivery(tx,"lund","f.hl7")] == [b"raw"]
