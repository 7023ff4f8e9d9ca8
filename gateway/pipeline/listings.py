"""Listings of sources that always send a section whole (`lists` in sources/<name>.toml).

Each delivery (a file, an answer) then says for every patient of that source which facts of the section stood in it; a
patient who is not in it has an empty list. Deliveries are closed when the feed comes to its end; a listing is named by
its content, so closing again adds nothing. A delivery of which something could not be read lists nothing until a replay
brings it: a row that was cut off would otherwise be a medicine that is no longer listed. A listing is as old as the
newest row that is not dated after it came.
"""

from datetime import datetime, timedelta

from gateway.config import Source
from gateway.model import Assertion
from gateway.store import assertions, facts, units
from gateway.store.engine import Transaction
from gateway.store.patients import Ref
from gateway.summary.sections import SECTIONS


def close(tx: Transaction, source: Source) -> int:
    """Assert what the complete deliveries of a source list. Returns how many listings are new."""
    if not source.lists:
        return 0
    said = []
    spoilt = units.incomplete(tx, source.name)
    for rows in (rows for id, rows in facts.by_delivery(tx, source.name).items() if id not in spoilt):
        at = max((r.asserted for r in rows if not ahead(r.asserted, r.received)), default="")
        for section in source.lists if at else ():
            types = SECTIONS.get(section, (section,))
            if any(r.type in types for r in rows):
                said += [(_listing(source.name, section, key, at, types, rows), [Ref(source.name, key)])
                         for key in facts.patients_with(tx, source.name, types)]
    return len(assertions.add(tx, said))


def _listing(source: str, section: str, patient: str, at: str, types: tuple[str, ...],
             rows: list[facts.Row]) -> Assertion:
    keys = sorted({f"{r.type}/{r.key}" for r in rows if r.type in types and r.patient_key == patient})
    return Assertion("listing", {"source": source, "scope": f"Patient/{patient}/{section}", "at": at, "keys": keys})


def ahead(time: str, received: str) -> bool:
    """Is a time later than that at which a message came, by more than the zones of the world are apart?"""
    return time[:10] > (datetime.fromisoformat(received) + timedelta(days=1)).date().isoformat()
