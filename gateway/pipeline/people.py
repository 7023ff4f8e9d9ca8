"""What humans say about people: same, different, cannot tell, undo; and erasure by order. Assertions, never edits."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gateway.errors import UsageError, error
from gateway.identity.assertions import standing
from gateway.model import Assertion
from gateway.opened import Gate, iso
from gateway.pipeline import documents, moves
from gateway.pipeline.link import relink
from gateway.reading.bearing import messages_beside
from gateway.store import assertions, cases, changes, facts, jobs, people
from gateway.store import erase as erasure
from gateway.store.engine import Transaction
from gateway.store.naming import names_of
from gateway.store.patients import Ref, numbers

FASTER = "Somebody ruled, or a record changed, while this was said. Nothing was changed: look again."
SHORTEST_MARK = 6          # shorter numbers would be found in messages about others


def _ref(tx: Transaction, text: str) -> Ref:
    """The source patient `source/id`. Raises UsageError."""
    source, _, key = text.partition("/")
    ref = Ref(source, key.removeprefix("Patient/"))
    if ref not in numbers(tx, [ref]):
        raise UsageError(error("person-unknown", "There is no source patient of this name.", text[:80],
                               "Names are SOURCE/ID; list them with: gateway person sources PERSON"))
    return ref


def _looked_at(tx: Transaction, refs: Iterable[Ref], seen: int | None) -> None:
    """Raises UsageError where something touched these people behind the change up to which somebody has seen them."""
    persons = {p for p in people.persons_of(tx, refs).values() if p}
    members = {m for group in people.members_of(tx, sorted(persons)) for m in group}
    if seen is not None and changes.last_of(tx, people.companions(tx, members)) > seen:
        raise UsageError(error("ruling-refused", FASTER, "", "Read the pair again and send its stamp with a reason."))


def rule(gate: Gate, kind: str, a: str, b: str, by: str, reason: str, dry_run: bool = False,
         seen: int | None = None) -> dict[str, Any]:
    """Assert `same`, `never` or `unsure` about two source patients, with what the computer said of them then.

    `same` is said of everybody who is one person with either just now: what somebody looks at and joins are persons,
    and a member that fits one of the two alone must not fall out. `unsure` changes nobody. seen: the change up to which
    whoever rules has looked at them; None asks for nothing. Two who rule at once are two who looked at the same, and
    the second has to look again.
    Returns the assertion's id and who they are now. Raises UsageError when both are one record, unless an update of it
    described another person: to call that one the same as itself takes the update for what it is.
    """
    with gate.store.write(gate.now()) as tx:
        refs = [_ref(tx, a), _ref(tx, b)]
        if refs[0] == refs[1] and not cases.overlaid(tx, refs):
            raise UsageError(error("ruling-of-one", "Both names are one record. Nothing was ruled.", str(refs[0]),
                                   "Name two records; list them with: gateway person sources PERSON"))
        _looked_at(tx, refs, seen)
        kept = cases.about(tx, (refs[0], refs[1]))
        evidence = {"model": kept.model, "decision": kept.decision, "weight": kept.weight} if kept else {}
        body = {"a": str(refs[0]), "b": str(refs[1]), "by": by, "at": iso(gate.now()), "reason": reason, **evidence}
        if kind == "same":
            whole = {m for r in refs for m in people.members(tx, people.person(tx, r))} | set(refs)
            refs, body = sorted(whole), {**body, "members": sorted(map(str, whole))}
        said = Assertion(kind, body)
        if not dry_run:
            assertions.add(tx, [(said, refs)])
            if kind != "unsure":
                relink(tx, refs, gate.model)
        return {"id": said.id, "applied": not dry_run, "persons": sorted({people.person(tx, r) for r in refs})}


def undo(gate: Gate, of: str, by: str, reason: str, dry_run: bool = False, seen: int | None = None) -> dict[str, Any]:
    """Take an assertion back. Raises UsageError when there is none of this id.

    seen: as in `rule`; who has looked is told, too, when it was taken back already.
    """
    with gate.store.write(gate.now()) as tx:
        refs = assertions.about(tx, of)
        if not refs:
            raise UsageError(error("assertion-unknown", "There is no ruling with this id.", of[:80],
                                   "It was printed when the ruling was made."))
        if seen is not None and not _stands(tx, of):
            raise UsageError(error("ruling-undone", "This was taken back already. Nothing was changed.", of[:80],
                                   "To bring it back, undo the undo: gateway person rulings"))
        _looked_at(tx, refs, seen)
        said = Assertion("undo", {"of": of, "by": by, "at": iso(gate.now()), "reason": reason})
        if not dry_run:
            assertions.add(tx, [(said, refs)])
            moves.follow_all(tx, refs)
            relink(tx, {*refs, *documents.judge(tx, documents.Touched(about=set(refs)))}, gate.model)
        return {"id": said.id, "applied": not dry_run, "persons": sorted({people.person(tx, r) for r in refs})}


def _stands(tx: Transaction, id: str) -> bool:
    said = assertions.named(tx, id)
    return said is None or id in {a.id for a in standing([said, *assertions.of_kinds(tx, ["undo"])])}


def members_of(tx: Transaction, name: str) -> list[Ref]:
    """The source patients of a person named by its id, or by the id of one of its resources. Raises UsageError."""
    rows = facts.of_merged(tx, name)
    person = next((p for r in rows if r.patient_key and (p := people.person(tx, Ref(r.source, r.patient_key)))), name)
    found = people.members(tx, person)
    if not found:
        raise UsageError(error("person-unknown", "No person is known under this id.", name[:64],
                               "Find the person with: gateway person find"))
    return found


def erase(gate: Gate, name: str, order: str, by: str, dry_run: bool = False) -> dict[str, Any]:
    """Erase one person by order: from the store, and what names the person in the log.

    Whoever was compared with the person is linked anew, as if the person had never been there.
    """
    with gate.store.read() as tx:
        try:
            refs = members_of(tx, name)
        except UsageError as e:
            if before := erasure.applied(tx, order):        # a run that broke off is finished by opening the home
                raise UsageError(replace(e.issue, message=f"{e.issue.message} Order {order} was applied already, as "
                                         f"given at {before[-1]}.")) from e
            raise
        near = erasure.neighbours(tx, refs)
        marks = sorted(i.encode() for i in names_of(tx, refs).identifiers if len(i) >= SHORTEST_MARK)
        beside = messages_beside(tx, refs)
    forgotten = [0]
    done = erasure.erase(gate.store, refs, order, by, gate.now(), marks=marks, beside=beside, dry_run=dry_run,
                         before=lambda names: forgotten.append(gate.forget(names)))
    if near and not dry_run:
        with gate.store.write(gate.now()) as tx:
            relink(tx, near, gate.model)
            jobs.withdraw(tx, "relink", done.id)
    return {"order": order, "applied": not dry_run, "patients": len(refs), "log_details": sum(forgotten),
            **{k: v for k, v in done.json().items() if k not in ("id", "patients")}}
