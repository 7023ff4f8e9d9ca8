"""Verify an exported log offline: a pure function of its lines, the checkpoints and the log's public key (AUD-13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from gateway.audit.checkpoint import Checkpoint, opened, parse_verifier_key
from gateway.audit.proof import Tree, leaf_hash
from gateway.errors import IntegrityError, Issue, Severity, UsageError
from gateway.ids import digest
from gateway.jsontext import BadJson, canonical, dumps, loads

ANCHORS_SCHEMA = "gateway.audit-anchors/1"
FIRST_PREV = "0" * 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """state is VERIFIED or BROKEN; entries count from 1.

    verified  entries covered by a checkpoint that matches
    open      entries behind the last checkpoint
    broken_at first entry that is not what was logged, as near as the evidence tells (0: none)
    """

    state: str
    verified: int
    open: int = 0
    broken_at: int = 0
    why: str = ""

    def words(self) -> str:
        if self.state == "VERIFIED" and not self.verified:
            lines = ["VERIFIED   the log holds no entry yet"]
        elif self.state == "VERIFIED":
            lines = [f"VERIFIED   entries 1 - {self.verified} are unbroken and match the signed checkpoints"]
            if self.open:
                lines.append(f"OPEN       {self.verified + 1} - {self.verified + self.open} ({self.open}) were written "
                             "after the last checkpoint")
        else:
            lines = [f"BROKEN     entry {self.broken_at}: {self.why}",
                     f"           intact before it, as far as checkpoints reach: 1 - {self.verified}"]
        return "\n".join([*lines, "Not proved: that every event was logged. See: gateway explain audit-limits"])


def anchors_text(verifier_key: str, notes: Iterable[str]) -> str:
    """The anchors file: the verifier's trusted input."""
    return dumps({"schema": ANCHORS_SCHEMA, "key": verifier_key, "checkpoints": list(notes)}, indent=1) + "\n"


def read_anchors(data: bytes) -> list[Checkpoint]:
    """Checkpoints of an anchors file by size. Raises UsageError (not an anchors file) or IntegrityError (forged)."""
    try:
        body: Any = loads(data)
        name, key = parse_verifier_key(body["key"])
        notes = [str(n) for n in body["checkpoints"]]
    except (BadJson, KeyError, TypeError, ValueError, AttributeError) as e:
        raise UsageError(Issue("anchors-unreadable", Severity.error, f"The anchors file cannot be read: {e}.", "",
                               "It is written by: gateway audit export --out FILE --anchors FILE")) from e
    return sorted((opened(n, name, key) for n in notes), key=lambda c: c.size)


def verify(lines: Iterable[bytes], checkpoints: list[Checkpoint]) -> Verdict:
    """Walk the lines (without their line feeds) once, in constant memory, and compare at each checkpoint."""
    if not checkpoints or not checkpoints[-1].size:
        return Verdict("BROKEN", 0, 0, 1, "no signed checkpoint covers any entry, so nothing can be proved")
    roots = {c.size: c.root for c in checkpoints}
    if any(roots[c.size] != c.root for c in checkpoints):
        return Verdict("BROKEN", 0, 0, 1, "two signed checkpoints of one size differ: the log was rewritten")
    last, tree, verified, prev = checkpoints[-1].size, Tree(), 0, FIRST_PREV
    for line in lines:
        number = tree.size + 1
        if number <= last and (fault := _fault(line, number, prev)):
            return Verdict("BROKEN", verified, 0, max(number - 1, 1) if fault == _REWRITTEN else number, fault)
        leaf = leaf_hash(line)
        tree.add(leaf)
        prev = leaf.hex()
        if number in roots:
            if tree.root != roots[number]:
                return Verdict("BROKEN", verified, 0, number, _REWRITTEN)
            verified = number
    if tree.size < last:
        return Verdict("BROKEN", verified, 0, tree.size + 1, f"missing: the last checkpoint covers {last} entries")
    return Verdict("VERIFIED", verified, tree.size - verified)


_REWRITTEN = "it was rewritten together with its own hash; what follows or the signed checkpoint does not match it"


def self_hash(entry: dict[str, Any]) -> str:
    """Hash of an entry without its `hash`: names the changed line even when nothing follows it."""
    return digest({k: v for k, v in entry.items() if k != "hash"})


def sealed_line(entry: dict[str, Any]) -> bytes:
    """The line of an entry: canonical, with its `self_hash` as `hash`, and serialised only once for both.

    An entry has names before and behind `hash`.
    """
    before = canonical({k: v for k, v in entry.items() if k < "hash"})[:-1]
    behind = canonical({k: v for k, v in entry.items() if k > "hash"})[1:]
    own = sha256(before + b"," + behind).hexdigest()
    return b'%b,"hash":"%b",%b' % (before, own.encode(), behind)


def _fault(line: bytes, number: int, prev: str) -> str:
    """Why a line cannot be entry `number` behind a line with hash `prev`; "" when it can."""
    try:
        entry = loads(line)
    except BadJson:
        return "unreadable"
    if not isinstance(entry, dict) or canonical(entry) != line or entry.get("hash") != self_hash(entry):
        return "its content does not match its hash"
    if entry.get("entry") != number:
        return "it is not the entry with this number: lines are missing, added or swapped"
    return "" if entry.get("prev") == prev else _REWRITTEN


def read_lines(data: bytes) -> list[bytes]:
    """Lines of an exported log; only the last line feed may be missing."""
    lines = data.split(b"\n")
    return lines[:-1] if lines and not lines[-1] else lines


def verify_export(log: bytes, anchors: bytes) -> Verdict:
    """Verdict over the bytes of an export and its anchors file. Raises UsageError for unreadable anchors."""
    try:
        checkpoints = read_anchors(anchors)
    except IntegrityError as e:
        return Verdict("BROKEN", 0, 0, 1, e.issue.message)
    return verify(read_lines(log), checkpoints)
