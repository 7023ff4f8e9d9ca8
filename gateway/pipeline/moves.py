"""What hangs on a visit that its source moved to another patient: the same facts, said of whoever has it now.

They are facts like others: kept under that patient's key, found and shown and handed on as any of theirs, carried by
the messages that carry what they were made of. Which there are depends on the facts and the moves alone, not on what
came first: a fact brings them when its visit has moved already, a move (or its undo) looks for the facts again.
"""

from collections.abc import Collection, Iterable, Sequence, Set

from gateway.fhir.search import terms
from gateway.merge.moves import Moves, about, followed, hangs_on, moves, when, with_visits
from gateway.merge.said import standing
from gateway.merge.versions import Key
from gateway.model import HIDDEN, Assertion, Fact
from gateway.reading.process import subject
from gateway.store import assertions, entries, facts, units
from gateway.store.engine import Transaction
from gateway.store.patients import Ref
from gateway.store.units import Unit

PLACE = "moved here with its visit"      # ends the place of what was made, and tells it from what was said


def key_of(assertion: Assertion) -> Key | None:
    """The thing that a move is about; None for any other assertion."""
    source, type, id = (str(assertion.body.get(name)) for name in ("source", "type", "id"))
    return (source, type, id) if assertion.kind == "move" else None


def stored(tx: Transaction, said: Collection[Fact]) -> tuple[Moves, set[Key]]:
    """The moves of what these facts are, or name; and the accounts with which a visit moves of which that is new.

    What was said before names such a visit perhaps, and is to follow now.
    """
    if not assertions.any_aims(tx):
        return {}, set()
    keys = {key for f in said for key in ((f.source, f.type, f.key), *hangs_on(f))}
    moved, accounts = _told(tx, keys, {Ref(f.source, patient) for f in said for patient in about(f.resource)})
    if not accounts:
        return moved, set()
    rows = [r for key in sorted(keys) if key[1] == "Encounter" for r in facts.of_key(tx, *key)]
    known = [(f, when(f)) for f in facts.opened(tx, rows)]
    before, now = with_visits(moved, known), with_visits(moved, [*known, *((f, when(f)) for f in said)])
    return now, accounts if before != now else set()


def _told(tx: Transaction, keys: Set[Key], whose: Set[Ref]) -> tuple[Moves, set[Key]]:
    """The moves of these things, and of the accounts that moved from or to patients who have or had any of them; and
    these accounts."""
    while True:
        accounts = {key for a in assertions.of_identity(tx, whose, ["move"]) if (key := key_of(a))
                    and key[1] == "Account"}
        moved = moves(a for key in assertions.with_aims(tx, keys | accounts)
                      for a in standing(assertions.aimed(tx, *key)) if a.kind == "move")
        owners = {Ref(key[0], who) for key, where in moved.items() for who in (where.owner, *where.away) if who}
        if owners <= whose:
            return moved, accounts
        whose = whose | owners


def along(said: Sequence[entries.Entry], moved: Moves) -> list[entries.Entry]:
    """The facts of a message that were moved, as facts about whoever has their visit now."""
    made = []
    for e in said if moved else ():
        for fact in followed(e.fact, moved):
            made.append(entries.entry(fact, subject(fact.resource).partition("/")[2], f"{e.place} {PLACE}".strip(),
                                      e.labels.split(), terms(fact.resource)))
    return made


def follow(tx: Transaction, key: Key) -> set[Ref]:
    """After a move of a visit was said or taken back: make what is to follow it, end what is not. Who may be new."""
    told = [a for a in assertions.aimed(tx, *key) if a.kind == "move"]
    named = {str(a.body.get(name)).removeprefix("Patient/") for a in told for name in ("patient", "to")}
    whose = {Ref(key[0], patient) for patient in named if not patient.startswith(HIDDEN)}
    rows = facts.of_patients(tx, whose)
    known = facts.opened(tx, rows)
    things = {key, *((f.source, f.type, f.key) for f in known if f.type == "Encounter" and key in hangs_on(f))}
    concerned = [r for r, f in zip(rows, known, strict=True) if things & {(f.source, f.type, f.key), *hangs_on(f)}]
    for unit in units.numbered(tx, facts.carried_in(tx, [r.n for r in concerned])):
        whose |= say(tx, unit, facts.said_by(tx, unit))
    return whose


def say(tx: Transaction, unit: Unit, said: Iterable[tuple[facts.Row, Fact, str]]) -> set[Ref]:
    """A message says exactly these stored facts (each with its place), and what follows from the moves as they are.

    Returns whom what followed is about.
    """
    own = [_entry(fact, row, place) for row, fact, place in said if not place.endswith(PLACE)]
    made = along(own, stored(tx, [e.fact for e in own])[0])
    entries.add(tx, unit._replace(tries=max(unit.tries, 1)), [*own, *made])
    return {e.about for e in made if e.patient}


def follow_all(tx: Transaction, whose: Iterable[Ref]) -> None:
    """After anything about these source patients was taken back: look at every move of theirs again."""
    for key in sorted({key for a in assertions.of_patients(tx, whose) if (key := key_of(a))}):
        follow(tx, key)


def _entry(fact: Fact, row: facts.Row, place: str) -> entries.Entry:
    return entries.entry(fact, row.patient_key, place, row.labels.split(), terms(fact.resource))
