"""Keep what came in: bytes, facts, assertions, problems and ledger of many messages in one commit."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from gateway.errors import Issue, Severity, error
from gateway.fhir.search import terms
from gateway.merge.versions import Key
from gateway.model import HIDDEN, Assertion, Fact, Message, Rejected
from gateway.pipeline import corrected, documents, ended, moves, replaced
from gateway.pipeline.documents import HOLDERS, Touched
from gateway.pipeline.listings import ahead
from gateway.policy.cells import labels
from gateway.reading.process import Outcome, subject
from gateway.store import assertions as assertion_rows
from gateway.store import entries as entry_rows
from gateway.store import facts as fact_rows
from gateway.store import inbox, ledger, people, problems, search, units
from gateway.store.engine import Transaction
from gateway.store.patients import Ref
from gateway.store.units import Unit


@dataclass
class Kept:
    """What one commit kept.

    held      facts that did not pass validation and were left out
    patients  source patients about whose identity something was said, or is no longer said: they are linked anew
    named     source patients of whom a Patient came: linked anew where it differs from the last
    about     source patients with new facts, and how many
    """

    new: int = 0
    same: int = 0
    rejected: int = 0
    facts: int = 0
    held: int = 0
    patients: set[Ref] = field(default_factory=set)
    named: set[Ref] = field(default_factory=set)
    about: dict[Ref, int] = field(default_factory=dict)


IDENTITY = ("same", "never", "split")
EVERYTHING = "*"                     # type of what is missing when a whole message could not be read
WORDS, DIGIT = re.compile(rb"[A-Za-z0-9][A-Za-z0-9-]{3,}"), re.compile(rb"[0-9]")
SEARCHED, MOST = 1 << 20, 5000
KEY_CLASH = error("message-key-clash", "The source used this message's key before for other bytes. The first message "
                  "stands; this one was set aside and says nothing.", "key", "Compare both; if this one is right, "
                  "replay it, and have the sender number its messages once only.")
Item = tuple[Message | Rejected, Outcome | None]


@dataclass(frozen=True)
class Ready:
    """A message with what became of it, hashed and serialised outside of the transaction."""

    message: Message | Rejected
    outcome: Outcome | None
    entries: tuple[entry_rows.Entry, ...]


def ready(item: Item, labels_inside: frozenset[str] = frozenset()) -> Ready:
    """Do all the work that needs no transaction. labels_inside: those of the documents that the message holds."""
    message, outcome = item
    entries = (_entry(f, message, labels_inside if f.type in HOLDERS else frozenset())
               for f in (outcome.facts if outcome else ()))
    return Ready(message, outcome, tuple(entries))


def ready_all(items: Iterable[Item]) -> list[Ready]:
    """A message and the documents inside of it: what hands on a restricted document is as restricted as that."""
    holder, *inside = items
    said = frozenset(label for _, o in inside if o for f in o.facts for label in labels(f.resource))
    return [ready(holder, said), *(ready(item) for item in inside)]


def keep(tx: Transaction, source: str, items: Sequence[Ready], into: Kept,
         once: bool = False) -> list[tuple[inbox.Arrival, Ready]]:
    """Store messages with what became of them; those that were kept before change nothing.

    once: the source pushes: a key is used once, other bytes under a key that was used are set aside until a replay,
          and what could not be read before is taken when it comes again and can be read now
    """
    arrivals = inbox.add(tx, source, [item.message for item in items])
    kept = [(a, _clash(item) if once and a.new and a.reused else item) for a, item in zip(arrivals, items, strict=True)]
    fresh = [(a.unit, item) for a, item in kept if a.new]
    again = [(a.unit._replace(tries=max(a.unit.tries, 1)), item) for a, item in kept if once and _readable(a, item)]
    into.new += len(fresh)
    into.same += len(items) - len(fresh)
    into.rejected += sum(item.outcome is None for _, item in fresh)
    for unit, item in fresh:
        if isinstance(item.message, Rejected) and (about := _named_in(tx, unit, item.message.raw)):
            notes = [problems.Note(item.message.issue, "read", ref, EVERYTHING) for ref in about]
            problems.note(tx, unit, notes, (item.message.delivery,))
    settled = [(unit, item) for unit, item in fresh + again if item.outcome is not None]
    held = documents.hold(tx, _holding(kept, {unit.n for unit, _ in settled}), {a.unit.n for a, _ in kept if a.new})
    settle(tx, settled, into, held)
    return kept


def _holding(kept: Sequence[tuple[inbox.Arrival, Ready]], settled: Set[int]) -> list[documents.Held]:
    """The messages that are settled now, each with the documents that stood in it: those that follow it."""
    found = list[documents.Held]()
    for arrival, item in kept:
        if not item.message.inside:
            found.append(documents.Held(arrival.unit, item.entries, {}))
        elif found:
            found[-1].inside[arrival.unit.n] = item.message.raw
    return [h for h in found if h.inside and h.unit.n in settled]


def _readable(arrival: inbox.Arrival, item: Ready) -> bool:
    """Whether a message that was set aside because nobody could read it can be read now that it comes again."""
    return (not arrival.new and not arrival.reused and arrival.unit.state == "rejected" and item.outcome is not None
            and item.outcome.state != "rejected")


def _clash(item: Ready) -> Ready:
    """Other bytes under a key that the source used before: which of the two is true only a person can tell."""
    return item if item.outcome is None else Ready(item.message, Outcome("rejected", issues=(KEY_CLASH,)), ())


def settle(tx: Transaction, units_: Sequence[tuple[Unit, Ready]], into: Kept, held: Iterable[int] = ()) -> None:
    """Store what units say now; what an earlier processing said and this one does not is ended.

    held: numbers of documents inside of messages that came with these
    """
    touched = Touched(documents={*held, *(unit.n for unit, _ in units_)})
    moved, anew = moves.stored(tx, [e.fact for _, item in units_ for e in item.entries])
    said = [(unit, (*item.entries, *moves.along(item.entries, moved))) for unit, item in units_]
    added = entry_rows.add_all(tx, said)
    taken = corrected.taken_back(tx, [(unit, item.entries) for unit, item in units_])
    handed: set[Key] = set()
    notes, accounts, states = [], [], []
    for (unit, item), now in zip(units_, added, strict=True):
        outcome = item.outcome
        assert outcome is not None
        _count(item.entries, set(now.new), outcome, into)
        told = _said(tx, unit, (*_listed_by_now(unit, outcome.assertions), *taken.get(unit.n, ())), into)
        touched.add((e.fact for e in item.entries), told)
        handed |= ended.keys((e.fact for e in item.entries), told)
        touched.about |= set(fact_rows.mentioned(tx, unit)) if unit.tries else set()
        into.patients.update(now.patients)
        about = _named_in(tx, unit, item.message.raw) if outcome.state == "rejected" else []
        remarks = [*_notes(unit, outcome, about, getattr(item.message, "remarks", ())), *_ahead(unit, item)]
        notes.append((unit, remarks, (item.message.delivery, getattr(item.message, "place", ""))))
        accounts.append((unit, outcome.ledger))
        states.append((unit, outcome.state))
    for n in sorted(taken.keys() - {unit.n for unit, _ in units_}):
        assertion_rows.carry(tx, taken[n], n)
    replaced.name(tx, {unit: [e.fact for e in item.entries] for unit, item in units_})
    for key in sorted(anew):
        into.patients.update(moves.follow(tx, key))
    problems.note_all(tx, notes)
    ledger.put_all(tx, accounts)
    units.settle_all(tx, states)
    into.patients.update(documents.judge(tx, touched))
    into.patients.update(ended.judge(tx, handed))
    into.patients.update(ref for ref, person in people.persons_of(tx, into.about).items() if not person)


def _count(entries: Sequence[entry_rows.Entry], new: set[str], outcome: Outcome, into: Kept) -> None:
    into.facts += len(new)
    into.rejected += outcome.state != "done"
    into.held += len(outcome.held)
    for entry in entries:
        if entry.name[0] in new and entry.patient:
            ref = Ref(entry.fact.source, entry.patient)
            into.about[ref] = into.about.get(ref, 0) + 1
            if entry.fact.type == "Patient":
                into.named.add(ref)


def _said(tx: Transaction, unit: Unit, asserts: Sequence[Assertion], into: Kept) -> Sequence[Assertion]:
    """Store what a message asserts. All that it asserts, or did before."""
    if not asserts and not unit.tries:
        return ()
    before = assertion_rows.of_unit(tx, unit) if unit.tries else []
    said = [(a, refs_of(a, unit.source) or _owners(tx, a, unit.source)) for a in asserts]
    into.patients.update(assertion_rows.about_unit(tx, unit) if unit.tries else ())
    assertion_rows.add(tx, said, unit)
    for key in {key for a in (*before, *asserts) if (key := moves.key_of(a))}:
        into.patients.update(moves.follow(tx, key))
    into.patients.update(ref for a, refs in said if a.kind in IDENTITY or a.body.get("type") == "Patient"
                         for ref in refs)
    return (*before, *asserts)


def _entry(fact: Fact, message: Message | Rejected, inside: frozenset[str]) -> entry_rows.Entry:
    return entry_rows.entry(fact, subject(fact.resource).partition("/")[2], getattr(message, "place", ""),
                           labels(fact.resource) | inside, terms(fact.resource))


def _notes(unit: Unit, outcome: Outcome, about: Iterable[Ref], remarks: Sequence[Issue]) -> list[problems.Note]:
    """Each issue once, with the source patient and the type of what is missing because of it, where they are known.

    remarks  those of the delivery: a replay, which has the bytes alone, repeats them
    """
    stage = "parse" if outcome.state == "rejected" else "map"
    notes = [problems.Note(outcome.issues[-1], stage, ref, EVERYTHING) for ref in about]
    for name, patient in outcome.held:
        type = name.partition("/")[0]
        issue = next((i for i in outcome.issues if i.where.startswith(type)), outcome.issues[-1])
        ref = Ref(unit.source, patient.partition("/")[2]) if patient else None
        notes.append(problems.Note(issue, stage if outcome.state == "held" else "validate", ref, type if ref else ""))
    told = [n.issue for n in notes]
    rest = [i for i in outcome.issues if i.severity is not Severity.information and not any(i is t for t in told)]
    return [*(problems.Note(i, "read" if i in remarks else stage) for i in rest), *notes]


def _ahead(unit: Unit, item: Ready) -> list[problems.Note]:
    """A warning where something was said after it came, by more than the zones of the world are apart."""
    latest = max((e.fact.asserted for e in item.entries if e.fact.asserted), default="")
    if not ahead(latest, unit.received):
        return []
    told = (f"It says that it was written on {latest[:10]}, after it came. It was taken: until then it counts as newer "
            "than all that comes. What its lists omit is not taken to be over.")
    return [problems.Note(Issue("time-ahead", Severity.warning, told, getattr(item.message, "place", ""), "Correct the "
                                "clock of the sender, withdraw the message there, and let it send again."), "map")]


def _listed_by_now(unit: Unit, asserts: Iterable[Assertion]) -> list[Assertion]:
    """Without lists that are dated after they came: what a true list holds again would be over until then."""
    return [a for a in asserts if a.kind != "listing" or not ahead(str(a.body.get("at") or ""), unit.received)]


def _named_in(tx: Transaction, unit: Unit, raw: bytes) -> list[Ref]:
    """The source's patients of whom an identifier stands in bytes that could not be read: their record lacks these."""
    text = raw[:SEARCHED].replace(b"\0", b"")
    numbers = list(dict.fromkeys(w.decode() for w in WORDS.findall(text) if DIGIT.search(w)))[:MOST]
    return search.with_identifiers(tx, unit.source, numbers)


def _owners(tx: Transaction, assertion: Assertion, source: str) -> list[Ref]:
    """Whom a retraction is about: the patients of the facts that it names."""
    body = assertion.body
    rows = fact_rows.of_key(tx, str(body.get("source", source)), str(body.get("type")), str(body.get("id")))
    return [Ref(r.source, r.patient_key) for r in rows if r.patient_key]


def refs_of(assertion: Assertion, source: str) -> list[Ref]:
    """The source patients an assertion is about."""
    body, out = assertion.body, list[Ref]()
    for name in ("a", "b", "patient", "to", "scope"):
        value = body.get(name)
        if isinstance(value, str):
            out += _refs(value, str(body.get("source", source)))
    for value in body.get("members", ()):
        out += _refs(value, str(body.get("source", source))) if isinstance(value, str) else ()
    if body.get("type") == "Patient" and isinstance(body.get("id"), str):
        out.append(Ref(str(body.get("source", source)), body["id"]))
    return out


def _refs(text: str, source: str) -> Iterable[Ref]:
    """`Patient/id`, `source/id`, `source/Patient/id` or `Patient/id/section`."""
    words = text.split("/")
    if words[-1].startswith(HIDDEN):
        return []
    if words[0] == "Patient" and len(words) >= 2:
        return [Ref(source, words[1])]
    if len(words) == 3 and words[1] == "Patient":
        return [Ref(words[0], words[2])]
    return [Ref(words[0], words[1])] if len(words) == 2 else []
