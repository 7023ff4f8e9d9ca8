"""Step 7: where every fact ended. The ledger is total, and says so itself (invariant)."""

from collections.abc import Iterable, Mapping

from gateway.merge.keys import rule
from gateway.merge.versions import Entry, Key
from gateway.model import Fact


def ledger(entries: Mapping[Key, Entry], excluded: Iterable[Fact], references: Mapping[Key, str]) -> dict[str, dict[str, str]]:
    """Fact id → {state, by, why}. `references`: key → "Type/id" of the resource that shows it."""
    lines = {f.id: _line("excluded", "", "its source is unlinked") for f in excluded}
    for key, entry in entries.items():
        lines |= {f.id: _line("retracted", r.by, r.why) for f, r in entry.ended}
        top = entry.head.id if entry.head else next((f.id for f, r in entry.ended if r.by != f.id), entry.ended[0][0].id)
        lines |= {f.id: _line("superseded", top, "a newer version stands") for f in entry.older}
        for fact in entry.alive:
            shown = references.get(key)
            lines[fact.id] = _line("represented", shown) if shown else _unshown(key)
    return dict(sorted(lines.items()))


def _unshown(key: Key) -> dict[str, str]:
    if rule(key[1]).way == "catalogue":
        return _line("excluded", "", "no visible fact refers to this directory entry")
    return _line("excluded", "", "")


def _line(state: str, by: str, why: str = "") -> dict[str, str]:
    return {"state": state, "by": by, "why": why}
