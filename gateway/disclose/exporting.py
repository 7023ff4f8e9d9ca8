"""Making a bulk export: one snapshot, person by person, each decided on, built and logged before anything is kept.

With `_since` = the transactionTime of an earlier export of the same reader, what is kept is the exact difference between
what that export gave and what this one would give: a client that applies every answer holds what a fresh export gives
(mirror law), whatever made the difference: facts, retractions, links, erasures, consents that come or run out, tables.
What the reader was never given leaves no trace.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.view import View, build
from gateway.disclose.visible import visible
from gateway.errors import Issue, Severity
from gateway.fhir.outcome import outcome
from gateway.jsontext import dumps
from gateway.opened import Gate, iso
from gateway.policy.decide import DIRECTORY
from gateway.policy.request import from_json
from gateway.store import changes, exports, people
from gateway.store.engine import Transaction

NDJSON = {"Content-Type": "application/fhir+ndjson"}
PEOPLE, PAGE, DELETES = 50, 4 << 20, 500     # people a step; bytes a page; deletions a Bundle
DELETED, ERROR = "deleted", "error"
Tick = Callable[[str, int, int], None]


class Line(NamedTuple):
    """One resource as NDJSON. body: opaque name of the text; updated: when it last changed for this reader."""

    type: str
    id: str
    text: bytes
    body: str
    updated: str


@dataclass
class Maker:
    """One run. told: resources of the directory, which stand in many records and are given once."""

    gate: Gate
    tx: Transaction
    made: exports.Export
    asked: Asked
    types: frozenset[str]
    since: str
    earlier: str
    told: set[tuple[str, str]] = field(default_factory=set)
    waiting: dict[str, list[bytes]] = field(default_factory=dict)
    given: list[Line] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)

    def take(self, view: View) -> None:
        """Log what a record gives and keep it for the next step."""
        lines = [self._line(view, r) for r in view.record["resources"] if not self.types or r["resourceType"] in self.types]
        mine = [x for x in lines if (x.type, x.id) not in self.told]
        self.told |= {(x.type, x.id) for x in mine if x.type in DIRECTORY}
        fresh = self._changed(mine)
        shown = fresh if self.since else lines
        if shown:
            hand_over(self.gate, self.asked, Answer(200, b"".join(x.text for x in shown), NDJSON), [view])
        self.given += mine
        for line in fresh:
            self.waiting.setdefault(line.type, []).append(line.text)

    def _line(self, view: View, resource: dict[str, Any]) -> Line:
        whole = view.versioned(resource)
        text = dumps(whole).encode() + b"\n"
        return Line(whole["resourceType"], whole["id"], text, self.tx.vault.name(text), whole["meta"].get("lastUpdated", ""))

    def _changed(self, lines: list[Line]) -> list[Line]:
        if not self.since:
            return lines
        if not self.earlier:
            return [x for x in lines if not x.updated or x.updated[:23] >= self.since[:23]]
        had = exports.given(self.tx, self.earlier, [x.id for x in lines])
        return [x for x in lines if had.get((x.type, x.id)) != x.body]

    def keep(self, said: str, last: bool = False) -> bool:
        """Write what waits, pages that are full or all; False: nobody asks for this run any more."""
        full = [t for t, texts in self.waiting.items() if last or sum(map(len, texts)) >= PAGE]
        pages = [self._page(type, self.waiting.pop(type)) for type in sorted(full)]
        with self.gate.store.write(self.gate.now(), ordered=False) as tx:
            kept = exports.put(tx, self.made, pages, [(x.id, x.type, x.body) for x in self.given], said)
        self.given.clear()
        return kept

    def _page(self, type: str, texts: list[bytes]) -> tuple[exports.Page, bytes]:
        self.numbers[type] += 1
        return exports.Page(type, self.numbers[type], len(texts)), b"".join(texts)

    def end(self, notes: list[Issue]) -> bool:
        """Say what went, and that the export is whole."""
        pages = [self._page(ERROR, [dumps(outcome(notes)).encode() + b"\n"])] if notes else []
        with self.gate.store.write(self.gate.now(), ordered=False) as tx:
            if self.earlier:
                gone = exports.gone(tx, self.earlier, self.made.id, self.types)
                pages += [self._page(DELETED, [_deletions(gone[i:i + DELETES]) for i in range(0, len(gone), DELETES)])] if gone else []
                if self.types:
                    exports.carry(tx, self.earlier, self.made.id, self.types)
            return exports.put(tx, self.made, pages, (), "whole") and exports.finish(tx, self.made)


def _deletions(gone: list[tuple[str, str]]) -> bytes:
    entries = [{"request": {"method": "DELETE", "url": f"{type}/{id}"}} for type, id in gone]
    return dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode() + b"\n"


def run(gate: Gate, id: str, tick: Tick) -> str:
    """Make an export that waits, or again one whose worker died. Returns what became of it, in words."""
    with gate.store.read() as tx:
        found, change, now = exports.find(tx, id), changes.last(tx), gate.now()
        if found is None:
            return "nobody asks for it"
        with gate.store.write(now, ordered=False) as writing:
            made = exports.begin(writing, found, now, change)
        if made is None:
            return f"{found.state} already"
        wants, reader = found.asked["wanted"], from_json(found.asked["reader"], "export")
        asked = Asked(replace(reader, time=iso(now)), "export", found.asked["request"], found.asked["token"])
        earlier = exports.before(tx, found.reader, wants["since"]) if wants["since"] else ""
        maker = Maker(gate, tx, made, asked, frozenset(wants["types"]), wants["since"], earlier)
        if not _people(maker, tick):
            return "ended meanwhile"
        notes = [Issue("export-parameter", Severity.warning, f"The parameter {n!r} is not known and was passed over.", n)
                 for n in wants["notes"]]
        if wants["since"] and not earlier:
            notes.append(Issue("export-since", Severity.warning, "No export of this reader that is still known ended at "
                               "this time, so what went since is not told.", "_since", "Export everything once, and "
                               "give the transactionTime of that export the next time."))
        return "whole" if maker.end(notes) else "ended meanwhile"


def _people(maker: Maker, tick: Tick) -> bool:
    total, done = people.count(maker.tx), 0
    for page in _pages(maker.tx):
        for person in page:
            seen = visible(maker.tx, maker.asked.request, person, maker.gate.tables.versions)
            if seen.decision.permit:
                maker.take(build(maker.gate, maker.tx, seen))
        done += len(page)
        tick("people", done, total)
        if not maker.keep(f"{done} of {total} people"):
            return False
    return maker.keep("whole", last=True)


def _pages(tx: Transaction) -> Iterator[list[str]]:
    after = ""
    while page := people.persons(tx, after, PEOPLE):
        yield page
        after = page[-1]
