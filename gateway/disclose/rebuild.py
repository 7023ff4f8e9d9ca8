"""`audit show ENTRY --rebuild`: answer the request of an entry again as it stood then, and compare with the log.

The view is built from the facts and members of that time and compared by its digest. FHIR answers are pure functions of
the view and the request, so their bytes are made again too and compared with the hash that was logged before the first
byte left. Pages and the command line show ages and the state of sources around the view; of these the view is compared.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from gateway.audit.log import Transfer, TransferLog
from gateway.disclose import answers, summaries
from gateway.disclose.transfer import Answer, Asked
from gateway.disclose.view import View, Views, build
from gateway.disclose.visible import visible
from gateway.errors import UsageError, error
from gateway.opened import Gate
from gateway.policy.request import Request, from_json
from gateway.store.engine import Transaction
from gateway.store.patients import Ref


@dataclass(frozen=True)
class Rebuilt:
    """same: what was shown was built again and is the same; `what`: bytes, view, or nothing; why: in words."""

    same: bool
    what: str
    why: str
    entry: dict[str, Any]
    body: bytes = b""


class _Unlogged:
    """Stands where the log stands while an old answer is built again: nothing is handed over, nothing is written."""

    def append(self, transfers: Sequence[Transfer]) -> list[int]:
        return [0]


class _Then(Views):
    """Views as they stood under an entry."""

    def __init__(self, gate: Gate, entry: dict[str, Any]) -> None:
        super().__init__(gate)
        self._then, self._entry = gate, entry

    def recall(self, asked: Any) -> Any:
        return None

    def get(self, tx: Transaction, request: Request, person: str) -> View:
        mine = person == self._entry["person"]
        members = [Ref(*m) for m in self._entry["private"]["members"]] if mine else None
        seen = visible(tx, request, person, self._then.tables.versions, members, self._entry["change"])
        return build(self._then, tx, seen)


def rebuild(gate: Gate, number: int) -> Rebuilt:
    """Build what was shown under an entry again. Raises UsageError when there is no such entry."""
    entry = gate.log.entry(number)
    if entry is None:
        raise UsageError(error("entry-unknown", f"The log has no entry {number}.", "ENTRY", "gateway audit search"))
    if entry["private"] is None:
        return Rebuilt(False, "nothing", "what names the person was erased by order; the line still verifies", entry)
    if not entry.get("view"):
        return Rebuilt(False, "nothing", "nothing about a person was shown under this entry", entry)
    asked = Asked(from_json(entry["private"]["reader"], "log"), entry["action"], entry["private"]["request"])
    views = _Then(gate, entry)
    with gate.store.read() as tx:
        digest = views.get(tx, asked.request, entry["person"]).digest
    if digest != entry["view"]:
        return Rebuilt(False, "view", "facts of that time are gone, or the tables changed: the digest differs", entry)
    again = _answered(replace(gate, log=cast(TransferLog, _Unlogged())), views, asked)
    if again is None:
        return Rebuilt(True, "view", "the same facts under the same decision; of this action the view is kept", entry)
    same = hashlib.sha256(again.body).hexdigest() == entry["sent"]
    return Rebuilt(same, "bytes", "" if same else "the bytes differ from those that were logged", entry, again.body)


def _answered(gate: Gate, views: Views, asked: Asked) -> Answer | None:
    """The answer to a FHIR request of the merged view, None for any other action."""
    if asked.action == "export":
        return None
    method, _, address = asked.text.partition(" ")
    parts = urlsplit(address)
    query, words = parse_qsl(parts.query, keep_blank_values=True), parts.path.removeprefix("/fhir/").split("/")
    if method != "GET" or not parts.path.startswith("/fhir/") or words[0] == "source":
        return None
    match words:
        case ["Patient", "$summary"]:
            return summaries.summary(gate, views, asked, "", query)
        case ["Patient", id, "$summary"]:
            return summaries.summary(gate, views, asked, id, query)
        case [type]:
            return answers.find(gate, views, asked, type, query)
        case [type, id]:
            return answers.read(gate, views, asked, type, id, query)
        case [type, id, "_history", *version] if len(version) < 2:
            return answers.history(gate, views, asked, type, id, "".join(version))
        case ["Patient", id, "$everything"]:
            return answers.everything(gate, views, asked, id, query)
        case [type, id, "$provenance"]:
            return answers.provenance(gate, views, asked, type, id)
    return None
