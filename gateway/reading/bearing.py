"""Whom a fact is about that names no patient: the bytes of a document (Binary), who made it (Provenance), and the like.

Such a fact is kept beside the directory, yet it may tell everything about somebody. It is about the patients to whom it
refers, those of the documents whose content it is, and those whom every message concerns that says it: what is told in
messages about different people, as a device or a ward is, is about none of them.
"""

import re
from collections.abc import Collection

from gateway.fhir.leads import HOLDS, leads
from gateway.ids import merged_id
from gateway.merge.body import references
from gateway.model import Fact
from gateway.policy.decide import DIRECTORY
from gateway.store import facts, search
from gateway.store.engine import Transaction
from gateway.store.patients import Ref

_NAMED = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([^/?#]+)(?:/_history/[^/?#]+)?")


def concerned(tx: Transaction, row: facts.Row) -> set[Ref]:
    """The source patients whom a fact without a patient concerns; empty when it is about nobody."""
    body = next((f.resource for f in _opened(tx, row)), {})
    named = {m.groups() for m in map(_NAMED.fullmatch, references(body)) if m}
    found = {Ref(row.source, key) for type, key in named if type == "Patient"}
    others = [n for n in named if n[0] not in ("Patient", *DIRECTORY)]
    found |= facts.owners(tx, [merged_id(tx.id_key, row.source, *n) for n in others])
    found |= {Ref(r.source, r.patient_key) for r in holders(tx, row) if r.patient_key}
    return found | facts.always_about(tx, row.n)


def _opened(tx: Transaction, row: facts.Row) -> list[Fact]:
    """The fact; a row that ended may have come without its body."""
    return facts.opened(tx, [row] if row.body else [r for r in facts.ever(tx, row.id) if r.n == row.n])


def holders(tx: Transaction, row: facts.Row) -> list[facts.Row]:
    """The documents that have a Binary as their content; none for any other type."""
    if row.type != "Binary":
        return []
    held = [search.Criterion(HOLDS, "token", [(f"{row.type}/{row.key}", None)])]
    return facts.numbered(tx, search.fact_numbers(tx, "DocumentReference", held, row.source))


def messages_beside(tx: Transaction, members: Collection[Ref]) -> list[str]:
    """Ids of the messages that say, or said, what names no patient and concerns these source patients alone: the bytes
    of a document that came by themselves name nobody whom they are about."""
    documents = facts.opened(tx, facts.ever_of(tx, members, ["DocumentReference"]))
    held = {(f.source, *name.split("/")) for f in documents for how, name in leads(f.resource) if how == HOLDS}
    mine, said = set(members), set[int]()
    for row in facts.of_nobody(tx, {r.source for r in mine}, DIRECTORY):
        about = concerned(tx, row)
        if about <= mine and (about or (row.source, row.type, row.key) in held):
            said.add(row.n)
    return facts.ever_said_in(tx, said)
