"""A sender whose clock is wrong is told of: what it says counts as newer than all that comes until then."""

from datetime import UTC, datetime

import pytest

from gateway.merge import merge
from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.pipeline.replay import replay
from gateway.store import assertions, problems, units
from gateway.store.patients import Ref
from tests import ccda_documents as made
from tests.scenarios.test_documents_withdrawn import Home, stored

CAME = datetime(2022, 3, 6, 9, tzinfo=UTC)


def told(gate):
    with gate.store.read() as tx:
        return [i.code for u in units.find(tx) for i in problems.of_unit(tx, u, "map") if i.code == "time-ahead"]


@pytest.mark.parametrize(("written", "ahead"), [
    ("20220306101500-0500", 0), ("20220307080000+1400", 0), ("20220309", 1), ("20990305101500-0500", 1), ("2099", 1)])
def test_what_was_written_after_it_came_is_told(tmp_path, written, ahead):
    home = Home(tmp_path / "home", "ccda")
    with opened(home.folder, lambda: CAME) as gate:
        document = made.document("1", {"problems": [made.problem(made.Ids("1"), made.ASTHMA)]}, written)
        (home.folder / "inbox/1.xml").write_bytes(document)
        assert not pull(gate, "c").failed
        assert len(told(gate)) == ahead
        with gate.store.read() as tx:
            ids = [u.id for u in units.find(tx)]
        replay(gate, ids)
        assert len(told(gate)) == ahead


def month(number, date, *medicines):
    """A month's whole list of medicines of Eva, as a Bundle of a FHIR source; date: when each was told."""
    eva = {"resourceType": "Patient", "id": "e", "name": [{"family": "Holm", "given": ["Eva"]}]}
    told = [{"resourceType": "MedicationStatement", "id": name, "status": "active", "subject": {"reference": "Patient/e"},
             "medicationCodeableConcept": {"text": name}, "dateAsserted": date, "meta": {"lastUpdated": at, "versionId": str(number)}}
            for name, at in medicines]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in (eva, *told)]}


@pytest.mark.parametrize("at", ["2099-01-01T00:00:00Z", "2022-01-03T00:00:00Z"])
def test_a_row_dated_after_it_came_makes_no_list_that_ends_those_of_later_months(tmp_path, at):
    home, now = Home(tmp_path / "home"), [datetime(2022, 1, 5, tzinfo=UTC)]
    toml = home.folder / "sources/c.toml"
    toml.write_text('lists = ["medications"]\n' + toml.read_text("utf-8"), "utf-8")
    with opened(home.folder, lambda: now[0]) as gate:
        home.give(gate, month(1, "2022-01-02", ("warfarin", "2022-01-02T00:00:00Z"), ("metformin", at)))
        now[0] = datetime(2022, 2, 5, tzinfo=UTC)
        home.give(gate, month(2, "2022-02-02", ("metformin", "2022-02-02T00:00:00Z"), ("ramipril", "2022-02-02T00:00:00Z")))
        with gate.store.read() as tx:
            said = assertions.of_patients(tx, [Ref("c", "e")])
        assert sorted(a.body["at"][:10] for a in said if a.kind == "listing") == ["2022-01-02" if at > "2099" else "2022-01-03", "2022-02-02"]
        status = {r["medicationCodeableConcept"]["text"]: r["status"] for r in merge(stored(gate), said, gate.tables).resources
                  if r["resourceType"] == "MedicationStatement"}
        assert status["ramipril"] == status["metformin"] == "active" and status["warfarin"] != "active"
