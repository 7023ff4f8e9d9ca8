"""What is known of each source when a record is shown: who answered, who did not since when, what was unreadable."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gateway.config import Source
from gateway.disclose.view import View
from gateway.opened import Gate
from gateway.policy.consent import Cell
from gateway.rhythm import late, seconds
from gateway.store import cursors, facts, problems, units
from gateway.store.engine import Transaction
from gateway.store.patients import Ref
from gateway.summary.sections import SECTION_OF, SourceSaid


def said(gate: Gate, tx: Transaction, view: View | None = None) -> list[SourceSaid]:
    """The state of every wired source, and of every origin that a visible fact came from.

    Of a source that is hidden from this reader nothing tells: it stands there as one that holds nothing. One that is
    being tried out is no gap in anybody's record, and stands only in those that it told something for.
    """
    known = {c.source: c for c in cursors.every(tx)}
    unread = _unreadable(tx, view) if view else {}
    out = {name: _one(gate, s, known.get(name), unread.get(name, {})) for name, s in sorted(gate.home.sources.items())}
    if view:
        heard = {n for pair in _origins(view).items() for n in pair} | unread.keys()
        out = {n: _tried(s) for n, s in out.items() if n in heard or not s.trial}
    for name, via in sorted(_origins(view).items()):
        if name not in out:
            way = out.get(via)
            out[name] = SourceSaid(name, name, way.country if way else "", way.answered if way else None,
                                   way.failing if way else "", unreadable=unread.get(name, {}))
    return list(out.values())


def _tried(s: SourceSaid) -> SourceSaid:
    """A source in test as the record tells it: what it said, and no word of when it was to answer."""
    return replace(s, asked=True, failing="", since="", late=False) if s.trial else s


def _origins(view: View | None) -> dict[str, str]:
    return {f["source"]: f["via"] for f in view.facts.values()} if view else {}


def _unreadable(tx: Transaction, view: View) -> dict[str, dict[str, int]]:
    out: dict[str, dict[str, int]] = {}
    for item in problems.unreadable(tx, [Ref(*m) for m in view.members]):
        section = SECTION_OF.get(item.type)
        if section and view.decision.shows(Cell(item.source, "", item.type), ""):
            counts = out.setdefault(item.source, {})
            counts[section] = counts.get(section, 0) + int(item[2])
    return out


def _one(gate: Gate, source: Source, cursor: cursors.Cursor | None, unread: Mapping[str, int]) -> SourceSaid:
    answered = f"{cursor.answered[:19]}Z" if cursor and cursor.answered else None
    failing = cursor.detail or cursor.state if cursor and cursor.state not in ("ok", "") else ""
    failing = f"Its settings have a mistake. {source.wrong[0].message}" if source.wrong else failing
    promised = seconds(source.rhythm) if source.rhythm else float("inf")
    silent = late(cursor.answered if cursor else None, gate.now(), promised)
    return SourceSaid(source.name, source.organisation or source.name, source.country, answered, failing,
                      cursor.tried if cursor and failing else "", silent,
                      source.state == "live" and source.mode != "ask", source.sends, unread,
                      source.state == "live" and source.mode == "ask", source.state == "test")


def state(s: SourceSaid) -> str:
    """One word for lists: data, no_answer, late, not_asked, waiting."""
    return ("not_asked" if not s.asked else "no_answer" if s.failing else "late" if s.late else
            "data" if s.answered else "waiting")


def rows(gate: Gate) -> list[dict[str, Any]]:
    """Rows of `gateway source list`: no patient data in them."""
    with gate.store.read() as tx:
        messages, known = units.counts(tx), facts.count(tx)
        found = said(gate, tx)
        via = facts.count_via(tx)
    return [{"name": s.name, "kind": gate.home.sources[s.name].kind, "country": s.country, "state": state(s),
             "last_answer": s.answered, "messages": sum(messages.get(s.name, {}).values()),
             "facts": max(known.get(s.name, 0), via.get(s.name, 0)), "organisation": s.organisation,
             "failing": s.failing, "sends": list(s.sends),
             "rejected": _rejected(messages.get(s.name, {}))} for s in found]


def _rejected(states: Mapping[str, int]) -> int:
    return sum(states.get(name, 0) for name in ("rejected", "held"))


def on_time(found: Iterable[Mapping[str, Any]]) -> int:
    """How many sources answered when they promised."""
    return sum(s["state"] == "data" for s in found)
