"""A sender whose clock is wrong is told of: what it says counts as newer than all that comes until then."""

from datetime import UTC, datetime

import pytest

from gateway.opened import opened
from gateway.pipeline.pull import pull
from gateway.pipeline.replay import replay
from gateway.store import problems, units
from tests import ccda_documents as made
from tests.scenarios.test_documents_withdrawn import Home

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
