"""The only place that reads facts on their way out: whom a request concerns, what is decided, what stays visible."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from gateway.errors import UsageError, error
from gateway.fhir.leads import COPIES
from gateway.ids import digest
from gateway.merge import hidden_copies
from gateway.model import Assertion, Fact
from gateway.once import once
from gateway.policy.consent import Cell, Deny
from gateway.policy.decide import DIRECTORY, Decision, decide
from gateway.policy.request import Request
from gateway.policy.scopes import granted
from gateway.store import assertions, changes, facts, people, search
from gateway.store.engine import Transaction
from gateway.store.patients import Ref


@dataclass(frozen=True)
class Visible:
    """What one decision leaves of one person. `members` are the source patients that were this person then."""

    person: str
    members: tuple[Ref, ...]
    decision: Decision
    change: int
    rows: tuple[facts.Row, ...]
    facts: tuple[Fact, ...]
    assertions: tuple[Assertion, ...]
    versions: Any

    @once
    def digest(self) -> str:
        """Names the view: what is visible, what is heard, and the versions of the tables."""
        return digest([sorted({(r.id, r.asserted) for r in self.rows}), sorted({a.id for a in self.assertions}),
                       self.versions])


class _Whole(NamedTuple):
    """All that there is about one person, before a decision leaves some of it out."""

    person: str
    members: tuple[Ref, ...]
    rows: Sequence[facts.Row]
    said: Sequence[Assertion]


CONSENTS = ("Consent",)
BEHIND = ("Patient", "Provenance")     # read for whatever scopes: whom it is about, and what is a copy of what
OPENED = 2000          # people whose records are opened for one search
TOGETHER = 10          # people who are read in one go: each may have thousands of facts
_ID = re.compile("[0-9a-f]{64}")
MERGED = ("unlink", "retract", "move", "listing", "ruling")   # what the merge reads, beside undos of them


def whose(tx: Transaction, id: str) -> list[str]:
    """The persons that an id leads to: a person's own id, or the merged id of any of its facts. A source that gives
    one number to things of two patients makes them several."""
    if people.members(tx, id):
        return [id]
    patients = dict.fromkeys(Ref(r.source, r.patient_key) for r in facts.of_merged(tx, id) if r.patient_key)
    return list(dict.fromkeys(p for ref in patients if (p := people.person(tx, ref))))


def few(persons: Sequence[str]) -> Sequence[str]:
    """The people who may answer to a search, where they are few enough to be opened. Raises UsageError `too-costly`.

    Who answers is known behind the filter alone, so that each of them is opened for every page and number.
    """
    if len(persons) > OPENED:
        raise UsageError(error("too-costly", f"More than {OPENED} people may answer to this.", "",
                               "Name more of what is known, or export: $export."))
    return persons


def person_of(tx: Transaction, id: str) -> str:
    """The one person that an id leads to; "" when it leads to none, or to several."""
    found = whose(tx, id)
    return found[0] if len(found) == 1 else ""


def decision_for(tx: Transaction, request: Request, person: str, members: Sequence[Ref],
                 upto: int | None = None) -> Decision:
    """Policy's answer about one person, its consents read for that alone.

    A token may name the patient by any id that leads to the person: by an alias, too. A deny reaches whoever was one
    person with its patient, and a split since then does not end it. Who is denied something by a consent does not see
    the consent either: it says what is not to be seen. Its rule has its merged id, since rules stand in the log for
    ever and a source's own id may name the patient.
    """
    return _decided(tx, request, person, facts.of_patients(tx, people.companions(tx, members, upto), upto, CONSENTS))


def _decided(tx: Transaction, request: Request, person: str, rows: Sequence[facts.Row]) -> Decision:
    """Policy's answer, given the consents that reach the person."""
    if request.patient and person_of(tx, request.patient) == person:
        request = replace(request, patient=person)
    decision = decide(request, person, _newest(facts.opened(tx, rows)))
    if not rows:
        return decision
    denying = {f"deny: consent {r.source}/{r.key}": r for r in rows}
    own = [Deny(r, references=frozenset([denying[r].reference])) for r in decision.rules if r in denying]
    return replace(decision, denied=(*decision.denied, *own), rules=tuple(
        f"deny: consent {denying[r].merged}" if r in denying else r for r in decision.rules))


def _newest(consents: Iterable[Fact]) -> list[tuple[str, Mapping[str, Any]]]:
    """The last version of each consent: an ended one must not go on denying, nor a new one be passed over."""
    newest: dict[tuple[str, str], Fact] = {}
    for f in sorted(consents, key=lambda f: (f.asserted or "", f.id)):
        newest[f.source, f.key] = f
    return [(f.source, f.resource) for _, f in sorted(newest.items())]


def change_of(tx: Transaction, members: Sequence[Ref]) -> int:
    """The newest change that can have touched this person's record, or what of it is seen: consents reach whoever was
    ever one person with their patient (`decision_for`)."""
    return max(changes.last_of(tx, people.companions(tx, members)), changes.last_of_directory(tx))


def visible(tx: Transaction, request: Request, person: str, versions: Any, members: Sequence[Ref] | None = None,
            upto: int | None = None) -> Visible:
    """The visible facts and assertions of one person, now or as they stood at a change number.

    versions  of the tables, part of the digest that names the view
    members   who the person was then; given, the decision is taken again as it was then, else it is taken now
    """
    refs = tuple(people.members(tx, person) if members is None else members)
    decision = decision_for(tx, request, person, refs, None if members is None else upto)
    return left(tx, decision, person, refs, versions, upto)


def visible_of(tx: Transaction, request: Request, persons: Sequence[str], versions: Any) -> Iterator[Visible]:
    """The same of several people as they are now, in this order: TOGETHER of them in as few statements as one."""
    types = granted(request.scopes, patient=bool(request.patient)).types
    for start in range(0, len(persons), TOGETHER):
        some = persons[start:start + TOGETHER]
        members, now = people.members_of(tx, some), changes.last(tx)
        near, said = people.companions_of(tx, members), assertions.of_groups(tx, members)
        mine = {ref for refs in members for ref in refs}
        others = {ref for refs in near for ref in refs} - mine
        rows = _readable(tx, mine, [a for words in said for a in words], types)
        rows |= facts.by_patient(tx, others, types=CONSENTS)
        for person, refs, companions, words in zip(some, members, near, said, strict=True):
            consents = [r for r in _ordered(rows, companions) if r.type in CONSENTS]
            whole = _Whole(person, tuple(refs), _ordered(rows, refs), words)
            yield _left(tx, _decided(tx, request, person, consents), whole, versions, now)


def _readable(tx: Transaction, refs: Collection[Ref], said: Iterable[Assertion],
              types: Set[str] | None) -> dict[Ref, list[facts.Row]]:
    """The facts about these source patients that can touch what scopes leave visible; all where they leave all.

    These are the types that are shown or decide what is, and those behind which a copy or a ruling would be hidden
    (`concerned`, `_heard`): thousands of results cost little where only the Patient is asked for.
    """
    if types is None:
        return facts.by_patient(tx, refs)
    found = facts.by_patient(tx, refs, types={*types, *DIRECTORY, *CONSENTS, *BEHIND})
    ruled = {id for a in said for id in _facts_named(a) if _ID.fullmatch(id)}
    unnamed = set(refs) - found.keys()       # of a source, one fact names it; few have none of these types
    more = {r.n: r for r in (*facts.firsts(tx, unnamed), *facts.of_ids(tx, ruled))}
    for row in more.values():
        ref = Ref(row.source, row.patient_key)
        if ref in refs and row not in found.get(ref, ()):
            found.setdefault(ref, []).append(row)
    return found


def _ordered(rows: Mapping[Ref, Sequence[facts.Row]], refs: Iterable[Ref]) -> list[facts.Row]:
    """The rows about these source patients, in order of arrival."""
    return sorted((row for ref in refs for row in rows.get(ref, ())), key=lambda r: r.n)


def left(tx: Transaction, decision: Decision, person: str, refs: tuple[Ref, ...], versions: Any,
         upto: int | None = None) -> Visible:
    """What a decision leaves of a person's facts, now or as they stood at a change number."""
    said = assertions.of_patients(tx, refs, upto)
    rows = _readable(tx, refs, said, decision.scope.types) if upto is None else facts.by_patient(tx, refs, upto)
    whole = _Whole(person, refs, _ordered(rows, refs), said)
    return _left(tx, decision, whole, versions, changes.last(tx) if upto is None else upto, upto)


def _left(tx: Transaction, decision: Decision, whole: _Whole, versions: Any, change: int,
          upto: int | None = None) -> Visible:
    every, said = whole.rows, whole.said
    rows = [r for r in every if decision.uses(cell(r), r.reference)]
    if len(rows) < len(every):
        near = [*concerned(every, rows), *_telling(tx, every, rows, upto)]
        copies = hidden_copies(facts.opened(tx, near), said,
                               {r.id for r in every} - {r.id for r in rows})
        rows = [r for r in rows if r.id not in copies]
    opened = facts.opened(tx, rows)
    directory = _referred(tx, rows, opened, upto)
    rows, opened = [*rows, *directory], [*opened, *facts.opened(tx, directory)]
    hidden = {r.id for r in every} - {r.id for r in rows}
    heard = _heard(said, {r.source for r in rows}, hidden)
    return Visible(whole.person, whole.members, decision, change, tuple(rows), tuple(opened), tuple(heard), versions)


def concerned(every: Sequence[facts.Row], shown: Sequence[facts.Row]) -> list[facts.Row]:
    """What can make copies of shown facts: facts of their types, since a copy has the type of its origin, Provenance,
    and one fact of each source, by whose name copies name origins."""
    types = {"Provenance", *(r.type for r in shown)}
    first = {r.source: r for r in reversed(every)}
    return [r for r in every if r.type in types or r is first[r.source]]


def _telling(tx: Transaction, every: Sequence[facts.Row], shown: Sequence[facts.Row],
             upto: int | None) -> list[facts.Row]:
    """Provenance about no patient that says, or said then, which shown facts are copies; none is looked for where
    nothing is hidden that another source told."""
    kept = {r.id for r in shown}
    hidden = {(r.type, r.source) for r in every if r.id not in kept}
    may = [r for r in shown if any(type == r.type and source != r.source for type, source in hidden)]
    if not may:
        return []
    sources = {r.source for r in may}
    found = search.leading(tx, "Provenance", COPIES, {f"{r.type}/{r.key}" for r in may})
    return [r for r in facts.numbered(tx, sorted(found), upto) if r.source in sources]


def _heard(said: Iterable[Assertion], sources: Collection[str], hidden: Collection[str]) -> list[Assertion]:
    """What the merge may hear: nothing that a hidden source said, no ruling about a hidden fact, no undo of these."""
    kept = {a.id: a for a in said if a.kind in MERGED and a.body.get("source") in {*sources, None}
            and not set(_facts_named(a)) & set(hidden)}
    undone: dict[Any, list[Assertion]] = {}
    for a in said:
        if a.kind == "undo":
            undone.setdefault(a.body.get("of"), []).append(a)
    waiting = list(kept)
    while waiting:
        fresh = {a.id: a for a in undone.pop(waiting.pop(), ()) if a.id not in kept}
        kept |= fresh
        waiting += fresh
    return list(kept.values())


def _facts_named(ruling: Assertion) -> list[str]:
    named = ruling.body.get("facts")
    return [f for f in named if isinstance(f, str)] if isinstance(named, list) else []


def cell(row: facts.Row) -> Cell:
    """The cell of a stored fact, without opening its body."""
    return Cell(row.source, f"{row.source}/{row.patient_key}", row.type, frozenset(row.labels.split()))


def _referred(tx: Transaction, rows: Sequence[facts.Row], opened: Sequence[Fact], upto: int | None) -> list[facts.Row]:
    """Directory facts that visible facts refer to, and those that these refer to."""
    found: dict[int, facts.Row] = {}
    waiting = {(r.source, t) for r, f in zip(rows, opened, strict=True) for t in references(f.resource)}
    seen: set[tuple[str, str]] = set()
    while waiting:
        seen |= waiting
        fresh = [r for source, target in sorted(waiting) for r in _entry(tx, source, target, upto) if r.n not in found]
        found.update((r.n, r) for r in fresh)
        waiting = {(r.source, t) for r, f in zip(fresh, facts.opened(tx, fresh), strict=True)
                   for t in references(f.resource)} - seen
    return [found[n] for n in sorted(found)]


def _entry(tx: Transaction, source: str, target: str, upto: int | None) -> list[facts.Row]:
    type, _, key = target.partition("/")
    return facts.entry(tx, source, type, key, upto) if type in DIRECTORY else []


def references(value: Any) -> set[str]:
    """Every `Type/id` that a resource refers to."""
    out: set[str] = set()
    if isinstance(value, dict):
        target = value.get("reference")
        if isinstance(target, str) and target.count("/") == 1:
            out.add(target)
        for v in value.values():
            out |= references(v) if isinstance(v, (dict, list)) else set()
    elif isinstance(value, list):
        for v in value:
            out |= references(v) if isinstance(v, (dict, list)) else set()
    return out
