"""The log itself, handed out: search, export, verification, accounting. Reading the log is an entry too."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gateway.audit.verify import Verdict, anchors_text, read_anchors, verify
from gateway.disclose.moments import first, last
from gateway.disclose.transfer import Answer, Asked, hand_over
from gateway.disclose.visible import cell, decision_for, person_of
from gateway.errors import UsageError, error
from gateway.merge import taken_back
from gateway.opened import Gate, iso
from gateway.policy.request import from_json
from gateway.store import assertions, facts
from gateway.store.engine import Transaction
from gateway.store.patients import Ref


def rows(gate: Gate, person: str = "", since: str = "", until: str = "9",
         member: tuple[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """Rows of `gateway audit search`: metadata, no clinical content."""
    for e in gate.log.search(person or None, since, until, member):
        yield {"entry": e["entry"], "time": e["time"], "who": e.get("who", ""), "purpose": e.get("purpose", ""),
               "person": e.get("subject"), "view": e.get("view", ""), "outcome": e.get("outcome", ""),
               "action": e.get("action", ""), "direction": e.get("direction", ""), "facts": e.get("facts", 0),
               "organisation": e.get("organisation", ""), "country": e.get("country", ""), "rules": e.get("rules", [])}


def verified(gate: Gate) -> Verdict:
    """Verify the home's own log against its own checkpoints: an operator's check, not an outsider's."""
    if gate.log.size() and not gate.log.checkpoints():
        gate.log.checkpoint()          # nothing was signed yet: the first checkpoint is signed now
    anchors = read_anchors(anchors_text(gate.log.verifier_key, gate.log.checkpoints()).encode())
    if not gate.log.size() and not any(c.size for c in anchors):
        return Verdict("VERIFIED", 0)
    return verify(gate.log.lines(), anchors)


def export(gate: Gate, asked: Asked, out: Path, anchors: Path) -> int:
    """Write the log and its anchors: first its own entry, then a checkpoint over everything, then the files.

    Each is written beside its place and renamed, so that what breaks off leaves no half of a log.
    """
    hand_over(gate, asked, Answer(200, b""), ())
    gate.log.checkpoint()
    size = gate.log.size()
    _put(out, (line + b"\n" for line in gate.log.lines(1, size)))
    _put(anchors, [anchors_text(gate.log.verifier_key, gate.log.checkpoints()).encode()])
    return size


def _put(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that is there whole or not at all; what is no file (a pipe, standard output) is written to."""
    if path.exists() and not path.is_file():
        with path.open("wb") as f:
            f.writelines(pieces)
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as f:
            f.writelines(pieces)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def search(gate: Gate, asked: Asked, person: str = "", since: str = "", until: str = "") -> list[dict[str, Any]]:
    """Rows of the log between two times (inclusive); that they were read is an entry. Raises UsageError."""
    found = list(rows(gate, _internal(gate, person), *_between(since, until)))
    hand_over(gate, asked, Answer(200, b""), ())
    return found


def copied(gate: Gate, asked: Asked) -> None:
    """Note that somebody takes a copy of everything, keys included."""
    hand_over(gate, asked, Answer(200, b""), ())


def _internal(gate: Gate, person: str) -> str:
    """The person that an id leads to, as the log knows it."""
    if not person:
        return ""
    with gate.store.read() as tx:
        return person_of(tx, person) or person


def entry(gate: Gate, asked: Asked, number: int, private: bool) -> dict[str, Any]:
    """One entry; who it was about and the request only with a reason. Raises UsageError."""
    found = gate.log.entry(number)
    if found is None:
        hand_over(gate, asked, Answer(404, b""), (), "empty")
        raise UsageError(error("entry-unknown", f"The log has no entry {number}.", "ENTRY", "gateway audit search"))
    if not private:
        found = {k: v for k, v in found.items() if k not in ("person", "private")}
    hand_over(gate, asked, Answer(200, b""), ())
    return found


def _between(since: str, until: str) -> tuple[str, str]:
    """Two times as the log writes them."""
    return iso(first(since, "--from")) if since else "", iso(last(until, "--to")) if until else "9"


def accounting(gate: Gate, asked: Asked, person: str, since: str, until: str) -> list[dict[str, Any]]:
    """Disclosures about one person between two times (inclusive), refused ones included. Raises UsageError."""
    found = [r for r in rows(gate, _internal(gate, person), *_between(since, until)) if r["direction"] == "out"]
    hand_over(gate, asked, Answer(200, b""), ())
    return found


def _held(tx: Transaction, row: facts.Row, members: Sequence[Ref], change: int) -> bool:
    """Was a fact known of these source patients at a change, and not taken back: by an error, a deletion or a move?"""
    mine = set(members)
    rows = [r for r in facts.of_key(tx, row.source, row.type, row.key, change)
            if not r.patient_key or (r.source, r.patient_key) in mine]
    if all(r.id != row.id for r in rows):
        return False
    return row.id not in taken_back(facts.opened(tx, rows), assertions.of_patients(tx, members, change))


def recipients(gate: Gate, asked: Asked, fact: str) -> list[dict[str, Any]]:
    """Entries whose view held a fact: those about whoever its source patient was then, of a change at which it was
    known and not taken back, that could see its cell. Charts that were joined and parted since then change nothing.

    Raises UsageError when no such fact is known.
    """
    with gate.store.read() as tx:
        said = facts.ever(tx, fact)
        if not said:
            hand_over(gate, asked, Answer(404, b""), (), "empty")
            raise UsageError(error("fact-unknown", "There is no such fact.", fact[:64], "See: gateway record --json"))
        row, first = said[0], min(r.change for r in said)
    member = (row.source, row.patient_key) if row.patient_key else None
    out = []
    for e in gate.log.search(member=member):
        known = e.get("change", 0) >= first
        if known and e["direction"] == "out" and e["outcome"] == "done" and e["private"] and e["person"]:
            reader = from_json(e["private"]["reader"], "log")
            with gate.store.read() as tx:
                members = [Ref(*m) for m in e["private"]["members"]]
                decision = decision_for(tx, reader, e["person"], members, e["change"])
                if decision.shows(cell(row), row.reference) and _held(tx, row, members, e["change"]):
                    out.append(e["entry"])
    wanted = set(out)
    found = [r for r in rows(gate, member=member) if r["entry"] in wanted]
    hand_over(gate, asked, Answer(200, b""), ())
    return found
