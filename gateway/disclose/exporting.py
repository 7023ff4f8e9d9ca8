"""Making a bulk export: one snapshot, person by person, each decided on, built and logged before anything is kept.

With `_since` = the transactionTime of an earlier export of the same reader, what is kept is the exact difference
between what that export gave and what this one would give: a client that applies every answer holds what a fresh export
gives (mirror law), whatever made the difference: facts, retractions, links, erasures, consents that come or run out.
What the reader was never given leaves no trace: not in pages, their order or their size.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, NamedTuple

from gateway.audit.log import Transfer
from gateway.disclose.transfer import Answer, Asked, Made, entries
from gateway.disclose.view import View, build, note
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
    """One run. directory: entries that stand in many records are given once, the newest of what the records show."""

    gate: Gate
    tx: Transaction
    made: exports.Export
    asked: Asked
    types: frozenset[str]
    since: str
    earlier: str
    directory: dict[tuple[str, str], Line] = field(default_factory=dict)
    waiting: dict[str, list[bytes]] = field(default_factory=dict)
    full: list[tuple[exports.Page, bytes]] = field(default_factory=list)
    entries: list[Transfer] = field(default_factory=list)
    given: list[Line] = field(default_factory=list)
    sizes: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    shown: int = 0

    def take(self, view: View) -> None:
        """Note what a record gives, for the log and for the next step."""
        lines = [self._line(view, r) for r in view.record["resources"]
                 if not self.types or r["resourceType"] in self.types]
        fresh = self._changed(lines)
        if fresh:
            answer = Answer(200, b"".join(x.text for x in fresh), NDJSON)
            self.entries += entries(self.gate, self.asked, Made(answer, [view]))
        for line in (x for x in lines if x.type in DIRECTORY):
            known = self.directory.get((line.type, line.id), line)
            self.directory[line.type, line.id] = max(known, line, key=lambda x: (x.updated, x.text))
        self._give([x for x in lines if x.type not in DIRECTORY], [x for x in fresh if x.type not in DIRECTORY])

    def take_directory(self) -> None:
        """Give the directory, once all records are known."""
        lines = [line for _, line in sorted(self.directory.items())]
        self._give(lines, self._changed(lines))

    def _give(self, lines: list[Line], fresh: list[Line]) -> None:
        self.given += lines
        self.shown += len(fresh)
        for line in fresh:
            self.waiting.setdefault(line.type, []).append(line.text)
            self.sizes[line.type] += len(line.text)
            if self.sizes[line.type] >= PAGE:
                self._page(line.type, self.waiting.pop(line.type))
                del self.sizes[line.type]

    def _line(self, view: View, resource: dict[str, Any]) -> Line:
        whole = view.versioned(resource)
        text = dumps(whole).encode() + b"\n"
        return Line(whole["resourceType"], whole["id"], text, self.tx.vault.name(text),
                    whole["meta"].get("lastUpdated", ""))

    def _changed(self, lines: list[Line]) -> list[Line]:
        if not self.since:
            return lines
        if not self.earlier:
            return [x for x in lines if not x.updated or x.updated[:23] >= self.since[:23]]
        had = exports.given(self.tx, self.earlier, [x.id for x in lines])
        return [x for x in lines if had.get((x.type, x.id)) != x.body]

    def _page(self, type: str, texts: list[bytes]) -> None:
        self.numbers[type] += 1
        self.full.append((exports.Page(type, self.numbers[type], len(texts)), b"".join(texts)))

    def keep(self) -> bool:
        """Log what was given, then write it with the pages that are full; False: nobody asks for this run any more."""
        if self.entries:
            self.gate.log.append(self.entries)
            self.entries = []
        with self.gate.store.write(self.gate.now(), ordered=False) as tx:
            return self._put(tx)

    def _put(self, tx: Transaction) -> bool:
        given = [(x.id, x.type, x.body) for x in self.given]
        kept = exports.put(tx, self.made, self.full, given, f"{self.shown} resources so far")
        self.full, self.given = [], []
        return kept

    def end(self, notes: list[Issue]) -> bool:
        """Write the rest, say what went, and that the export is whole."""
        for type in sorted(self.waiting):
            self._page(type, self.waiting[type])
        if notes:
            self._page(ERROR, [dumps(outcome(notes)).encode() + b"\n"])
        with self.gate.store.write(self.gate.now(), ordered=False) as tx:
            if not self._put(tx):
                return False
            if self.earlier:
                if gone := exports.gone(tx, self.earlier, self.made.id, self.types):
                    self._page(DELETED, [_deletions(gone[i:i + DELETES]) for i in range(0, len(gone), DELETES)])
                if self.types:
                    exports.carry(tx, self.earlier, self.made.id, self.types)
            return self._put(tx) and exports.finish(tx, self.made)


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
            return "over already"
        wants, reader = found.asked["wanted"], from_json(found.asked["reader"], "export")
        asked = Asked(replace(reader, time=iso(now)), "export", found.asked["request"], found.asked["token"])
        earlier = exports.before(tx, found.reader, wants["since"]) if wants["since"] else ""
        maker = Maker(gate, tx, made, asked, frozenset(wants["types"]), wants["since"], earlier)
        whole = _people(maker, tick) and maker.end(_notes(wants, bool(earlier)))
    return f"{maker.shown} resources" if whole else "ended meanwhile"


def _notes(wants: dict[str, Any], known: bool) -> list[Issue]:
    notes = [Issue("export-parameter", Severity.warning, f"The parameter {n!r} is not known and was passed over.", n)
             for n in wants["notes"]]
    if wants["since"] and not known:
        notes.append(Issue("export-since", Severity.warning, "No export of this reader that is still known has this "
                           "transactionTime, so what went since is not told.", "_since", "Export everything once, and "
                           "give the transactionTime of that export the next time."))
    return notes


def _people(maker: Maker, tick: Tick) -> bool:
    order = _order(maker.tx, maker.made.id)
    for start in range(0, len(order), PEOPLE):
        for n, person in enumerate(order[start:start + PEOPLE], start):
            tick("people", n, len(order))
            seen = visible(maker.tx, maker.asked.request, person, maker.gate.tables.versions)
            if seen.decision.permit:
                view = build(maker.gate, maker.tx, seen)
                note(maker.gate, maker.tx, view)
                maker.take(view)
        if not maker.keep():
            return False
    tick("people", len(order), len(order))
    maker.take_directory()
    return True


def _order(tx: Transaction, id: str) -> list[str]:
    """All people in an order of this export's own: one by their ids would show where a hidden source gave the id."""
    return sorted(_everyone(tx), key=lambda person: blake2b(person.encode(), key=id.encode()).digest())


def _everyone(tx: Transaction) -> Iterator[str]:
    after = ""
    while page := people.persons(tx, after):
        yield from page
        after = page[-1]
