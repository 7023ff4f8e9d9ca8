"""Documents inside of messages: they say something as long as anything that hands them on does.

A document is a message of its own, so what it says would outlast the DocumentReference, Binary or MDM in which it came.
Whether it is said is judged anew after whatever may change it, from what is stored and not from what came first: it
falls silent when all that hands it on was deleted, entered in error or replaced, or holds something else since, and,
however it came, when another document says that it takes its place; it speaks again when that was undone, or when it is
handed on anew. A visit that moved takes its DocumentReference along: a document names its patient itself, and stays
with that one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.fhir.leads import HOLDS, LEADS, REPLACES, leads
from gateway.ids import merged_id
from gateway.merge.documents import content_hashes, contents, hash_of
from gateway.merge.said import said
from gateway.merge.times import order
from gateway.merge.versions import Entry, Key, Time, entry
from gateway.model import Assertion, Fact
from gateway.pipeline import moves
from gateway.pipeline.replaced import related, replaced
from gateway.store import assertions, enclosed, entries, facts, search, units
from gateway.store.enclosed import Way
from gateway.store.engine import Transaction
from gateway.store.patients import Ref
from gateway.store.units import Unit

HOLDERS = frozenset(("DocumentReference", "Binary", "DiagnosticReport", "Observation", "Media", "Communication"))
WITHDRAWN = "withdrawn"
_GONE_ON = "superseded"              # the status of a document whose content another one took over


class Held(NamedTuple):
    """A message, what it says, and the documents that stand in it: number → bytes."""

    unit: Unit
    said: Sequence[entries.Entry]
    inside: dict[int, bytes]


@dataclass
class Touched:
    """What may change whether documents are said: things of sources, documents by number, all about source patients."""

    keys: set[Key] = field(default_factory=set)
    documents: set[int] = field(default_factory=set)
    about: set[Ref] = field(default_factory=set)
    undos: set[str] = field(default_factory=set)

    def add(self, said: Iterable[Fact], told: Iterable[Assertion]) -> None:
        """Facts of a message, and assertions that it makes or made before."""
        self.keys |= {(f.source, f.type, f.key) for f in said if f.type in HOLDERS}
        for assertion in told:
            if assertion.kind == "retract":
                source, type, id = (str(assertion.body.get(name)) for name in ("source", "type", "id"))
                self.keys.add((source, type, id))
            elif assertion.kind == "undo":
                self.undos.add(assertion.id)


def hold(tx: Transaction, held: Iterable[Held], new: Collection[int]) -> set[int]:
    """Note which of its facts hand on each document of a message. The numbers of all that it holds, or held before.

    new: documents that were not here before; another one of which no way is known came by one of before these notes,
    which nothing ends
    """
    rows = {h.unit.n: {(n, merged) for n, raw in h.inside.items() for merged in _handing_on(tx, h.said, raw)}
            for h in held}
    before, here = enclosed.held_by(tx, rows), {n for some in rows.values() for n, _ in some}
    unknown = here - set(new) - enclosed.ways(tx, here).keys()
    enclosed.put(tx, rows)
    enclosed.hold_themselves(tx, unknown)
    return before | here


def _handing_on(tx: Transaction, said: Sequence[entries.Entry], raw: bytes) -> set[str]:
    """Merged ids of the facts that hold a document as it is; else of those that hold anything; "" where none does."""
    of = [e.fact for e in said if e.fact.type in HOLDERS]
    exact = [f for f in of if hash_of(raw) in content_hashes(f.resource)]
    found = exact or [f for f in of if contents(f.resource)]
    return {merged_id(tx.id_key, f.source, f.type, f.key) for f in found} or {""}


def judge(tx: Transaction, touched: Touched) -> set[Ref]:
    """Let documents fall silent or speak again, by all that is stored now. The source patients that this concerns."""
    if not enclosed.known(tx):
        return set()
    about = touched.about | {ref for id in touched.undos for ref in assertions.about(tx, id)}
    found = touched.documents | enclosed.about(tx, about)
    if touched.keys:
        found |= enclosed.under(tx, _near(tx, touched.keys))
    found |= related(tx, found)
    concerned: set[Ref] = set()
    ways, over = enclosed.ways(tx, found), replaced(tx, found, lambda n: _comes(tx, n))
    for unit in units.numbered(tx, {*ways, *enclosed.names(tx, found)}):
        stands = unit.n not in over and (unit.n not in ways or any(_stands(tx, way) for way in ways[unit.n]))
        if not stands and unit.state == "done":
            concerned |= silence(tx, unit)
        elif stands and unit.state == WITHDRAWN:
            concerned |= _speak(tx, unit)
    return concerned


def _comes(tx: Transaction, document: int) -> bool:
    """Is a document here by itself, or does anything that hands it on still say so?"""
    known = enclosed.ways(tx, [document]).get(document)
    here = [u for u in units.numbered(tx, [document]) if u.state in ("done", WITHDRAWN)]
    return bool(here) and (not known or any(_stands(tx, way) for way in known))


def _near(tx: Transaction, keys: Collection[Key]) -> set[str]:
    """Merged ids of these things, of what they replace, and of the Binaries of both."""
    near = {key: merged_id(tx.id_key, *key) for key in keys}
    for _ in range(2):
        source_of = {merged: source for (source, type, _), merged in near.items() if type == "DocumentReference"}
        named = {(source_of[m], *name.split("/")) for m, name in search.led(tx, source_of, LEADS)}
        near |= {(source, type, id): merged_id(tx.id_key, source, type, id) for source, type, id in named}
    return set(near.values())


def silence(tx: Transaction, unit: Unit) -> set[Ref]:
    """Let a message say nothing, until it is read again or `judge` finds that it stands. Whom it said something of."""
    about = set(facts.mentioned(tx, unit))
    again = unit._replace(tries=max(unit.tries, 1))
    entries.add(tx, again, ())
    assertions.add(tx, (), again)
    units.mark(tx, unit, WITHDRAWN)
    return about


def _speak(tx: Transaction, unit: Unit) -> set[Ref]:
    """Say again what was said when it fell silent."""
    again, at = unit._replace(tries=max(unit.tries, 1)), facts.silent_since(tx, unit)
    moves.say(tx, again, facts.said_by(tx, unit, at))
    assertions.add(tx, assertions.ended_with(tx, unit, at), again)
    units.mark(tx, unit, "done")
    return set(facts.mentioned(tx, unit))


def _stands(tx: Transaction, way: Way) -> bool:
    """Does what hands a document on still say so?"""
    if not way.merged:
        return True
    rows = facts.of_merged(tx, way.merged)
    mine = {r.id for r in rows if way.holder in facts.carried_in(tx, [r.n])}
    if not mine or not _says(tx, rows, mine):
        return False
    named = _leading(tx, HOLDS, rows[0]) if rows[0].type == "Binary" else {}
    return not named or any(_says(tx, facts.of_key(tx, *key), ids) for key, ids in named.items())


def _says(tx: Transaction, rows: Sequence[facts.Row], ids: Collection[str]) -> bool:
    """Is one of these versions what its source says, or did it say nothing else of contents since, and nothing else
    that took its place?"""
    now = standing(tx, rows)
    if now.head is None or now.head.resource.get("status") == _GONE_ON:
        return False
    since = any(contents(f.resource) for f in now.alive)
    if not any(f.id in ids for f in (now.alive if since else (*now.alive, *now.older))):
        return False
    own = f"{rows[0].type}/{rows[0].key}"
    return all(_leads_back(tx, key, own) for key in _leading(tx, REPLACES, rows[0]) if _replaces(tx, key, own))


def _replaces(tx: Transaction, key: Key, name: str) -> bool:
    """Does what stands of one thing say that it takes the place of another?"""
    return any((REPLACES, name) in leads(f.resource) for f in standing(tx, facts.of_key(tx, *key)).alive)


def _leads_back(tx: Transaction, key: Key, name: str) -> bool:
    """Two that replace each other replace nothing."""
    type, id = name.split("/")
    return key[1:] == (type, id) or _replaces(tx, (key[0], type, id), f"{key[1]}/{key[2]}")


def _leading(tx: Transaction, how: str, to: facts.Row) -> dict[Key, set[str]]:
    """What names a thing of its source: key → ids of the facts that do."""
    wanted = search.Criterion(how, "token", [(f"{to.type}/{to.key}", None)])
    found: dict[Key, set[str]] = {}
    for r in facts.numbered(tx, search.fact_numbers(tx, "DocumentReference", [wanted], to.source)):
        found.setdefault((r.source, r.type, r.key), set()).add(r.id)
    return found


def standing(tx: Transaction, rows: Sequence[facts.Row]) -> Entry:
    """What stands of one thing of a source, by its rows, after what was said of it; moves play no part."""
    key = rows[0].source, rows[0].type, rows[0].key
    times = {r.id: Time(max(order(s.asserted) for s in rows if s.id == r.id)) for r in rows}
    opened = {f.id: f for f in facts.opened(tx, rows)}
    told = said(assertions.aimed(tx, *key)).retractions.get(key, ())
    return entry(key, list(opened.values()), told, times)
