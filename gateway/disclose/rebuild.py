"""`audit show ENTRY --rebuild`: build what was shown under an entry again, and compare it with the hash in the log."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.disclose.view import View, build
from gateway.disclose.visible import visible
from gateway.errors import UsageError, error
from gateway.jsontext import dumps
from gateway.opened import Gate
from gateway.policy.request import from_json
from gateway.store.patients import Ref


@dataclass(frozen=True)
class Rebuilt:
    """same: the view was built again, with the digest and facts that the entry names."""

    same: bool
    why: str
    record: dict[str, Any]
    entry: dict[str, Any]


def rebuild(gate: Gate, number: int) -> Rebuilt:
    """Build the view of an entry again: its members, its reader, its change number. Raises UsageError."""
    entry = gate.log.entry(number)
    if entry is None:
        raise UsageError(error("entry-unknown", f"The log has no entry {number}.", "ENTRY", "gateway audit search"))
    private = entry["private"]
    if private is None:
        return Rebuilt(False, "what names the person was erased by order; the line itself still verifies", {}, entry)
    if not entry.get("view"):
        return Rebuilt(False, "nothing about a person was shown under this entry", {}, entry)
    view = _view(gate, entry, private)
    same = view.digest == entry["view"]
    why = "" if same else "facts of that time are gone or the tables changed: the digest differs"
    if same and (render := RENDERED.get(entry["action"])):
        sent = hashlib.sha256(render(view)).hexdigest()
        same, why = sent == entry["sent"], "" if sent == entry["sent"] else "the bytes differ"
    return Rebuilt(same, why, dict(view.record), entry)


def _view(gate: Gate, entry: dict[str, Any], private: dict[str, Any]) -> View:
    reader = from_json(private["reader"], "log")
    members = [Ref(*m) for m in private["members"]]
    with gate.store.read() as tx:
        seen = visible(tx, reader, entry["person"], gate.tables.versions, members, entry["change"])
        return build(gate, tx, seen)


def plain(view: View) -> bytes:
    """The merged record as it is handed out for a rebuild."""
    return dumps(view.record, sort=True).encode()


# Actions whose answer is the record alone: their bytes are compared, not only the digest of the view.
RENDERED: dict[str, Callable[[View], bytes]] = {"record-plain": plain}
