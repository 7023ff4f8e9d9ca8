"""Source patients: numbers for (source, key), and the data keys that seal what is said about them."""

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import IntegrityError, Issue, Severity
from gateway.store.engine import SOME, Transaction
from gateway.store.fixed import Fixed
from gateway.store.schema import erased, patient_keys, patients


class Ref(NamedTuple):
    """A source patient: the origin and its Patient's key there (with its epoch)."""

    source: str
    key: str

    def __str__(self) -> str:
        return f"{self.source}/{self.key}"


_NUMBERS = Fixed(sa.select(patients.c.key, patients.c.n).where(patients.c.source == sa.bindparam("source"),
                                                               patients.c.key.in_(SOME)))
_NAMES = Fixed(sa.select(patients.c.n, patients.c.source, patients.c.key).where(patients.c.n.in_(SOME)))
_ERASED = Fixed(sa.select(erased.c.patient).where(erased.c.patient.in_(SOME)))
_KEYS = Fixed(sa.select(patient_keys.c.patient, patient_keys.c.wrapped).where(patient_keys.c.patient.in_(SOME)))


def numbers(tx: Transaction, refs: Iterable[Ref]) -> dict[Ref, int]:
    """Numbers of the source patients that are known."""
    by_source: dict[str, set[str]] = {}
    found: dict[Ref, int] = {}
    for ref in refs:
        if ref in tx.named:
            found[Ref(*ref)] = tx.named[ref]
        else:
            by_source.setdefault(ref[0], set()).add(ref[1])
    found |= {Ref(source, key): n for source, keys in by_source.items()
              for key, n in tx.each(_NUMBERS, keys, source=source)}
    tx.named |= found
    return found


def erased_name(tx: Transaction, ref: Ref) -> str:
    """What an erasure remembers a source patient by."""
    return tx.vault.name("erased", *ref)


def refused(tx: Transaction, refs: Iterable[Ref]) -> set[Ref]:
    """Those of the source patients that were erased: nothing about them is taken in again."""
    names = {erased_name(tx, r): r for r in set(refs)}
    return {names[name] for (name,) in tx.each(_ERASED, names)}


def ensure(tx: Transaction, refs: Iterable[Ref]) -> dict[Ref, int]:
    """Numbers of source patients, made with a fresh data key where they are new. Erased ones get none."""
    wanted = set(refs)
    known = numbers(tx, wanted)
    unknown = wanted - known.keys()
    new = sorted(unknown - refused(tx, unknown))
    if not new:
        return known
    first = tx.take("patient", len(new))
    rows, keys = [], []
    for n, ref in enumerate(new, first):
        wrapped, tx.ciphers[n] = tx.vault.new_key(f"patient/{n}")
        rows.append((n, ref.source, ref.key, "", None))
        keys.append((n, wrapped))
        known[ref] = n
    tx.named |= known
    tx.insert(patients, rows)
    tx.insert(patient_keys, keys)
    return known


def refs(tx: Transaction, ns: Iterable[int]) -> dict[int, Ref]:
    """Names of numbered source patients."""
    return {n: Ref(source, key) for n, source, key in tx.each(_NAMES, ns)}


def ciphers(tx: Transaction, ns: Iterable[int]) -> dict[int, AESGCM]:
    """Data keys of numbered source patients. Raises IntegrityError when one is missing."""
    wanted = set(ns)
    found = {n: key for n in wanted if (key := tx.ciphers.get(n) or tx.known.get(n))}
    if len(found) < len(wanted):
        for n, wrapped in tx.each(_KEYS, wanted - found.keys()):
            found[n] = tx.known[n] = tx.vault.unwrap(wrapped, f"patient/{n}")
    if len(found) < len(wanted):
        raise IntegrityError(Issue("key-missing", Severity.fatal, "The key of a source patient is not there although "
                                   "something sealed with it is.", "", "Restore the database from a backup."))
    return found
