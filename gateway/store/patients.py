"""Source patients: numbers for (source, key), and the data keys that seal what is said about them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import IntegrityError, Issue, Severity
from gateway.store.engine import Transaction
from gateway.store.schema import patient_keys, patients

CHUNK = 500


class Ref(NamedTuple):
    """A source patient: the origin and its Patient's key there (with its epoch)."""

    source: str
    key: str

    def __str__(self) -> str:
        return f"{self.source}/{self.key}"


def numbers(tx: Transaction, refs: Iterable[Ref]) -> dict[Ref, int]:
    """Numbers of the source patients that are known."""
    by_source: dict[str, set[str]] = {}
    for source, key in refs:
        by_source.setdefault(source, set()).add(key)
    found = {}
    for source, keys in by_source.items():
        for some in chunks(sorted(keys)):
            query = sa.select(patients.c.key, patients.c.n).where(patients.c.source == source, patients.c.key.in_(some))
            found.update({Ref(source, key): n for key, n in tx.conn.execute(query)})
    return found


def ensure(tx: Transaction, refs: Iterable[Ref]) -> dict[Ref, int]:
    """Numbers of source patients, made with a fresh data key where they are new."""
    wanted = sorted(set(refs))
    known = numbers(tx, wanted)
    new = [r for r in wanted if r not in known]
    if not new:
        return known
    first = tx.take("patient", len(new))
    rows, keys = [], []
    for n, ref in enumerate(new, first):
        wrapped, tx.ciphers[n] = tx.vault.new_key(f"patient/{n}")
        rows.append((n, ref.source, ref.key, "", None))
        keys.append((n, wrapped))
        known[ref] = n
    tx.insert(patients, rows)
    tx.insert(patient_keys, keys)
    return known


def refs(tx: Transaction, ns: Iterable[int]) -> dict[int, Ref]:
    """Names of numbered source patients."""
    found = {}
    for some in chunks(sorted(set(ns))):
        query = sa.select(patients.c.n, patients.c.source, patients.c.key).where(patients.c.n.in_(some))
        found.update({n: Ref(source, key) for n, source, key in tx.conn.execute(query)})
    return found


def ciphers(tx: Transaction, ns: Iterable[int]) -> Mapping[int, AESGCM]:
    """Data keys of numbered source patients. Raises IntegrityError when one is missing."""
    wanted = set(ns)
    found = {n: key for n in wanted if (key := tx.ciphers.get(n) or tx.known.get(n))}
    for some in chunks(sorted(wanted - found.keys())):
        query = sa.select(patient_keys.c.patient, patient_keys.c.wrapped).where(patient_keys.c.patient.in_(some))
        for n, wrapped in tx.conn.execute(query):
            found[n] = tx.known[n] = tx.vault.unwrap(wrapped, f"patient/{n}")
    if wanted - found.keys():
        raise IntegrityError(Issue("key-missing", Severity.fatal, "The key of a source patient is not there although "
                                   "something sealed with it is.", "", "Restore the database from a backup."))
    return found


def chunks(items: list) -> Iterable[list]:
    """Pieces short enough for one `in (…)` of either engine."""
    return (items[i:i + CHUNK] for i in range(0, len(items), CHUNK))
