"""A FHIR server that corrects whose a resource is: a newer version under one id names another patient.

The older version is taken back (merge `corrected`), by a retraction of every message that says the newer one: it stands
as long as one of them says so, whichever came first.
"""

from collections.abc import Sequence

from gateway.jsontext import loads
from gateway.merge.corrected import Said, numbered, pairs
from gateway.merge.versions import Key
from gateway.model import Assertion
from gateway.store import facts
from gateway.store.engine import Transaction
from gateway.store.entries import Entry
from gateway.store.units import Unit


def taken_back(tx: Transaction, said: Sequence[tuple[Unit, Sequence[Entry]]]) -> dict[int, list[Assertion]]:
    """By the number of a message, of these or of those before: the retractions that its resources amount to beside
    others'."""
    own = [(unit.n, key, mine) for unit, entries in said for e in entries
           if (key := _key(e)) and numbered(mine := Said(e.patient, loads(e.version), e.fact.asserted or ""))]
    known: dict[Key, set[Said]] = {}
    for _, key, mine in own:
        known.setdefault(key, set()).add(mine)
    stored = ((key, Said(*words)) for key, *words in facts.whose(tx, known)) if known else ()
    for key, one in stored:
        if numbered(one):
            known[key].add(one)
    found: dict[int, dict[str, Assertion]] = {}
    for n, key, mine in own:
        for taken, newer in pairs(mine, known[key]):
            source, type, id = key
            body = {"source": source, "type": type, "id": id, "version": taken.version}
            back = Assertion("retract", {**body, "asserted": taken.asserted} if taken.asserted else body)
            for by in [n] if newer is mine else facts.sayers(tx, key, *newer):
                found.setdefault(by, {})[back.id] = back
    return {n: list(backs.values()) for n, backs in found.items()}


def _key(entry: Entry) -> Key | None:
    """The key of what its own source says about a patient."""
    fact = entry.fact
    return (fact.source, fact.type, fact.key) if entry.patient and fact.type != "Patient" and not fact.via else None
