"""Everything a store holds, opened, as text: two stores that hold the same give the same bytes.

Received times, nonces, keys and salts are left out; numbers are not, since equal histories give them out equally.
"""

from typing import Any

import sqlalchemy as sa

from gateway.jsontext import canonical
from gateway.store import Store, Transaction, assertions, cursors, facts, people, problems, schema, units

# Tables whose rows are compared as they are; the others are opened below or hold what differs by nature.
PLAIN = [t for t in schema.METADATA.sorted_tables if not any(isinstance(c.type, sa.LargeBinary) for c in t.c)]
COUNTED = [c for c in schema.counter.c if c.name not in ("at", "proof")]
TIMES = {"received", "at", "since", "last", "due", "built"}


def export(store: Store) -> bytes:
    with store.read() as tx:
        return b"\n".join(canonical(line) for line in [*_tables(tx), *_opened(tx)])


def _tables(tx: Transaction) -> list[Any]:
    return [[t.name, sorted(([v for k, v in row._mapping.items() if k not in TIMES] for row in
                             tx.conn.execute(sa.select(t))), key=repr)] for t in PLAIN]


def _opened(tx: Transaction) -> list[Any]:
    lines: list[Any] = [["counter", *tx.conn.execute(sa.select(*COUNTED)).one()]]
    for unit in units.find(tx, limit=10**9):
        kept = units.message(tx, unit)
        lines.append(["unit", *unit._replace(received=""), kept and [kept.key, kept.raw.hex(), kept.delivery, kept.cursor],
                      [i.json() for i in problems.of_unit(tx, unit)]])
    for row in facts.numbered(tx, (n for (n,) in tx.conn.execute(sa.select(schema.facts.c.n)))):
        (fact,) = facts.opened(tx, [row])
        lines.append(["fact", row.n, row.id, row.merged, row.labels, row.patient_key, row.change,
                      {k: v for k, v in fact.line().items() if k != "received"}])
    lines += [["ended", *row] for row in tx.conn.execute(
        sa.select(schema.facts.c.n, schema.facts.c.id, schema.facts.c.gone).where(schema.facts.c.gone.is_not(None)))]
    lines += [["said", a.line()] for a in assertions.of_kinds(tx, ["retract", "same", "never", "undo"])]
    lines += [["person", *k.ref, k.features, k.person] for k in people.everyone(tx)]
    lines += [["cursor", c.source, c.cursor, c.state] for c in cursors.every(tx)]
    return lines
