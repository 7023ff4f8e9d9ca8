"""A copy of a home from which one source's facts about one person were physically removed (the differential oracle)."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from gateway.opened import Gate, opened
from gateway.store import assertions, schema
from gateway.store.patients import Ref, numbers


def copy(gate: Gate, folder: Path) -> Path:
    """A home with the same settings, keys, databases and files."""
    home = gate.home.folder
    shutil.copytree(home, folder, ignore=shutil.ignore_patterns("*.db*"))
    for name in ("gateway.db", "transfers.db"):
        with closing(sqlite3.connect(home / "data" / name)) as old, closing(sqlite3.connect(folder / "data" / name)) as new:
            old.backup(new)
    return folder


@contextmanager
def without(gate: Gate, folder: Path, source: str, members: list[Ref], consents: list[str],
            keep: list[str]) -> Iterator[Gate]:
    """The copy, opened: no fact, assertion or problem of the source about these source patients, nor the consents.

    keep  other consents that deny: they are the law, wherever they lie
    Persons stay as they are: identity is computed once over everything.
    """
    with opened(copy(gate, folder), gate.now) as other:
        with other.store.read() as tx:
            mine = set(numbers(tx, members).values())
            hers = set(numbers(tx, [m for m in members if m.source == source]).values())
            gone = {n for (n,) in tx.conn.execute(sa.select(schema.facts.c.n).where(sa.or_(
                sa.and_(schema.facts.c.patient.in_(mine), schema.facts.c.source == source,
                        schema.facts.c.key.not_in(keep)), schema.facts.c.key.in_(consents))))}
            said = [a.id for a in assertions.of_patients(tx, members) if a.body.get("source") == source]
        with other.store.begin(writes=True) as conn:
            for table, column, values in (
                    (schema.search, "fact", gone), (schema.carriers, "fact", gone), (schema.facts, "n", gone),
                    (schema.assertions, "id", said), (schema.issues, "patient", hers), (schema.touched, "patient", hers)):
                conn.execute(sa.delete(table).where(table.c[column].in_(values)))
        yield other
