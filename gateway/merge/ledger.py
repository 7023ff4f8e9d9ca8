"""Step 7: where every fact ended. The ledger is total, and the record checks that it is."""

from collections.abc import Iterable

from gateway.merge.keys import rule
from gateway.merge.versions import Entry
from gateway.model import Fact

Line = dict[str, str]


def lines(entry: Entry, shown: str | None) -> dict[str, Line]:
    """Fact id → {state, by, why} for one key. `shown`: "Type/id" of the resource that shows it."""
    found = {f.id: _line("retracted", r.by, r.why) for f, r in entry.ended}
    top = entry.head.id if entry.head else next((f.id for f, r in entry.ended if r.by != f.id), next(iter(found), ""))
    found |= {f.id: _line("superseded", top, "a newer version stands") for f in entry.older}
    return found | {f.id: _line("represented", shown) if shown else _unshown(entry) for f in entry.alive}


def unlinked(facts: Iterable[Fact]) -> dict[str, Line]:
    return {f.id: _line("excluded", "", "its source is unlinked") for f in facts}


def _unshown(entry: Entry) -> Line:
    """Only catalogue entries may stand unshown; the record checks that no other does."""
    catalogue = rule(entry.key[1]).way == "catalogue"
    return _line("excluded", "", "no visible fact refers to this directory entry" if catalogue else "")


def _line(state: str, by: str, why: str = "") -> Line:
    return {"state": state, "by": by, "why": why}
